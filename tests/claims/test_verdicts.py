"""How often a verdict is false: many samples at once are judged as each by itself, and the exact laws behind it.

Every seed is fixed; a rate counted over D data sets may miss its exact value by what chance would exceed once in a
million (binomial).
"""

import numpy as np
import pytest
from scipy import stats

from collapse_lib import claims, evidence
from collapse_lib.evidence import ALPHA, comparisons, families, power, samples
from collapse_lib.experiments import verdicts as simulated

D = 20_000


def as_likely(hits, chance):
    """Whether that many of D hits would come at random, but for once in a million."""
    return stats.binom.ppf(5e-7, D, chance) <= hits <= stats.binom.isf(5e-7, D, chance)


def normal(*shape, seed=0):
    return np.random.default_rng(seed).normal(0.05, 1.0, size=shape)


# Many at once -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("data", [normal(40, 5), normal(40, 5) > 0.3], ids=["means", "shares"])
def test_many_samples_are_judged_as_each_by_itself(data):
    """The public comparisons on one column, against the p-values of all columns at once."""
    found = comparisons.equality_p_values(samples.summary(data), np.full(5, 0.2), np.full(5, 0.3))
    bounds = comparisons.bound_p_values(samples.summary(data), np.full(5, 0.2), "less")
    for i in range(5):
        equality = evidence.equality(data[:, i], 0.2, margin=0.3)
        bound = evidence.at_most(data[:, i], 0.2)
        assert (equality.p_support, equality.p_refute) == pytest.approx((found[0][i], found[1][i]), rel=1e-12)
        assert (bound.p_support, bound.p_refute) == pytest.approx((bounds[0][i], bounds[1][i]), rel=1e-12)


def test_many_growth_rates_are_judged_as_each_by_itself():
    groups = [x * (10 + normal(30, 4, seed=x)) for x in (1, 2, 5)]
    rates, errors = comparisons.power_law([1, 2, 5], [samples.summary(group) for group in groups])
    support, refute = comparisons.slope_p_values(rates, errors, 1.0, 0.05)
    for i in range(4):
        alone = evidence.slope([1, 2, 5], [group[:, i] for group in groups], 1.0, margin=0.05)
        assert alone.measured == pytest.approx(rates[i], rel=1e-12)
        assert (alone.p_support, alone.p_refute) == pytest.approx((support[i], refute[i]), rel=1e-9)


def test_many_families_are_adjusted_as_each_by_itself():
    p = np.random.default_rng(0).random((6, 9))
    np.testing.assert_array_equal(families.holm_adjusted(p), [families.holm_adjusted(row) for row in p])


def test_counts_have_the_moments_of_what_they_count():
    runs = np.random.default_rng(0).integers(0, 7, size=(3, 50))
    counts = np.stack([np.bincount(row, minlength=7) for row in runs])
    found, exact = simulated.moments(counts), samples.summary(runs.T.astype(float))
    np.testing.assert_allclose(found.mean, exact.mean, rtol=1e-12)
    np.testing.assert_allclose(found.deviation, exact.deviation, rtol=1e-9)
    assert found.N == exact.N


def test_normal_data_sets_have_the_law_of_means_and_deviations():
    """Against data sets that are really drawn: Kolmogorov and Smirnov's test of both."""
    rng = np.random.default_rng(0)
    found, drawn = simulated.normal(rng, 0.5, 7, 5_000), samples.summary(rng.normal(0.5, 1.0, size=(7, 5_000)))
    assert stats.ks_2samp(found.mean, drawn.mean).pvalue > 1e-4
    assert stats.ks_2samp(found.deviation, drawn.deviation).pvalue > 1e-4


def test_the_law_of_the_collapse_time_sums_to_one_and_starts_at_one():
    law = simulated.collapse_time_law(4)
    assert law.sum() == pytest.approx(1, rel=1e-12)
    assert law[0] == 0
    assert (law[1:] > 0).all()


# False alarms -----------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def edge():
    return simulated.at_the_edge(D, 2_000, 5, 0)


@pytest.mark.parametrize("side", [0, 1], ids=["support", "refutal"])
def test_normal_data_on_the_edge_are_judged_falsely_as_often_as_alpha(edge, side):
    assert as_likely(int((edge["equality\nnormal"][side] <= ALPHA).sum()), ALPHA)


@pytest.mark.parametrize("name", ["equality\n0 and 1", "bound\n0 and 1", "law\nskewed"])
@pytest.mark.parametrize("side", [0, 1], ids=["support", "refutal"])
def test_what_is_exact_or_cautious_is_false_no_more_often_than_alpha(edge, name, side):
    assert (edge[name][side] <= ALPHA).sum() <= stats.binom.isf(1e-6, D, ALPHA)


def test_skewed_data_miss_alpha_by_the_first_term_of_the_expansion():
    """With 100 runs the rate is about twice alpha, which the first term tells to within a third."""
    at_most, at_least = simulated.skewed_alarms(100, 5, D, 0)
    N = np.array([100])
    assert at_most.mean() == pytest.approx(simulated.skewed_rate(N, 5, sign=1)[0], rel=1 / 3)
    assert at_least.mean() < ALPHA / 2 < at_most.mean() / 3
    assert simulated.skewed_rate(np.array([10**12]), 5, sign=1)[0] == pytest.approx(ALPHA, rel=1e-4)


@pytest.mark.parametrize("name", ["all barely false", "a third barely false"])
def test_a_family_has_a_false_verdict_with_chance_alpha(name):
    p, false = simulated.simulated_families(30, D, 0)[name]
    alarms = int(simulated.any_false(p, false).sum())
    assert as_likely(alarms, 1 - (1 - ALPHA / false) ** false)
    assert alarms < simulated.any_false(p, false, holm=False).sum() / 5


def test_a_family_is_counted_from_its_smallest_adjusted_p_value():
    p, false = simulated.simulated_families(12, 500, 0)["a third barely false"]
    adjusted = np.array([families.holm_adjusted(row)[:false].min() for row in p])
    np.testing.assert_array_equal(simulated.smallest_false(p, false), adjusted)
    np.testing.assert_array_equal(simulated.any_false(p, false), adjusted <= ALPHA)


def test_too_few_runs_are_out_of_scope():
    for name in ("verdicts/false-support", "verdicts/false-refutal"):
        found = claims.check(name, trials=1_000)
        assert found.kind == "out of scope"
        assert "2,000 runs" in found.note


# Power ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("N", "d", "margin"), [(20, 0.0, 1.0), (100, 0.1, 0.4), (50, 0.9, 0.5), (4, 0.5, 5.0)])
def test_the_chance_of_a_verdict_is_exact(N, d, margin):
    sample = simulated.normal(np.random.default_rng(N), d, N, D)
    support, refute = comparisons.equality_p_values(sample, np.zeros(1), np.asarray(margin))
    assert as_likely(int((support <= ALPHA).sum()), float(power.supported(N, d, margin)))
    assert as_likely(int((refute <= ALPHA).sum()), float(power.refuted(N, d, margin)))


def test_an_error_is_refuted_as_the_noncentral_t_law_says():
    """Far from the other edge only one side counts."""
    N, d, margin = 40, 0.8, 0.5
    one_sided = stats.nct.sf(stats.t.isf(ALPHA / 2, N - 1), N - 1, (d - margin) * np.sqrt(N))
    assert power.refuted(N, d, margin) == pytest.approx(one_sided, rel=1e-3)


def test_on_the_edge_the_chance_of_support_is_alpha():
    assert power.supported(10_000, 0.3, 0.3) == pytest.approx(ALPHA, rel=5e-3)


def test_more_runs_support_more_and_larger_errors_are_refuted_more():
    assert (np.diff(power.supported(np.arange(2, 200, 9), 0.0, 0.5)) >= 0).all()
    assert (np.diff(power.refuted(100, np.linspace(0, 2, 30), 0.5)) >= 0).all()
