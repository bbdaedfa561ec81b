"""Figure 1 in its two readings: how samples are shared, and two measures of what equation (6) leaves."""

import numpy as np
import oracles
import pytest

from collapse_lib import claims, metrics
from collapse_lib.claims import recursive_training as judged
from collapse_lib.experiments import recursive_training as checked

TRUTHS = np.array([[0.5, 0.3, 0.2], [0.1, 0.1, 0.8], [0.3, 0.7, 0.0]])
SIZES = np.array([4, 3, 4])


# Shares -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("n", "contexts"), [(1_000, 81), (81, 81), (162, 81), (7, 1)])
def test_all_samples_are_shared_and_evenly(n, contexts):
    sizes = checked.shared(n, contexts)
    assert sizes.sum() == n
    assert np.ptp(sizes) <= 1


def test_no_context_is_left_without_a_sample():
    assert checked.shared(50, 81).tolist() == [1] * 81


def test_what_is_left_is_the_mean_of_the_chains_of_the_contexts():
    chains = [oracles.Chain(p, int(n)) for p, n in zip(TRUTHS.tolist(), SIZES, strict=True)]
    for m in (1, 2, 5):
        left = sum(chain.mean(m, lambda p: 1 - sum(q * q for q in p)) for chain in chains)
        assert checked.share_left(TRUTHS, SIZES, m) == pytest.approx(left / (1 - metrics.sigma(TRUTHS)).sum())


def test_at_the_papers_sizes_one_reading_leaves_nearly_all_and_the_other_nearly_nothing():
    truths = np.random.default_rng(0).dirichlet(np.ones(3), size=81)
    assert checked.share_left(truths, np.full(81, 1_000), 40) == pytest.approx(0.999**40)
    assert checked.share_left(truths, checked.shared(1_000, 81), 40) == pytest.approx(0.034, abs=0.002)


# Measures ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("left", [0.4, 0.6], ids=["left", "lost"])
def test_what_is_measured_has_the_mean_that_is_expected(left):
    """Either measure against (6), 4,000 runs; |z| < 5 fails once in 1.7 million."""
    exact = checked.share_left(TRUTHS, SIZES, 3)
    samples, _ = checked.less(TRUTHS, SIZES, 3, left, runs=4_000, seed=0)
    expected = exact if left < 0.5 else 1 - exact
    error = samples.std() / np.sqrt(len(samples))
    assert abs(samples.mean() - expected) < 5 * error
    assert abs(samples.mean() - 1.1 * expected) > 5 * error


def test_the_smaller_of_what_is_left_and_what_is_lost_is_measured():
    for left in (0.2, 0.9):
        assert checked.less(TRUTHS, SIZES, 2, left, runs=4, seed=0)[1] == pytest.approx(min(left, 1 - left))


def test_a_picture_starts_at_the_truths_and_stays_on_the_grids_of_its_contexts():
    laws = checked.drifting(TRUTHS, SIZES, 6, seed=0)
    assert laws.shape == (7, 3, 3)
    np.testing.assert_array_equal(laws[0], TRUTHS)
    counts = laws[1:] * SIZES[:, None]
    np.testing.assert_allclose(counts, counts.round(), atol=1e-12)


# The claim --------------------------------------------------------------------------------------------------------


def test_both_readings_are_judged_and_either_can_refute(monkeypatch):
    assert claims.check("figure-1/drift", trials=4_000).points == 2
    right = checked.share_left
    for wrong in (13, 1_000):

        def half_as_long(p, sizes, m, wrong=wrong):
            return right(p, sizes, m // 2 if sizes.max() == wrong else m)

        monkeypatch.setattr(judged, "share_left", half_as_long)
        assert claims.check("figure-1/drift", trials=4_000).kind == "refuted"


def test_a_reading_that_leaves_nothing_is_not_judged():
    assert claims.check("figure-1/drift", n=200, trials=4_000).points == 1
    assert claims.check("figure-1/drift", n=2, trials=4_000).kind == "out of scope"
