"""Metrics: values worked out by hand, the inequalities that the paper uses, and the free leading axes."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from collapse_lib import metrics

ROUNDING = 1e-12
ONE_ARGUMENT = [
    metrics.sigma,
    metrics.top,
    metrics.entropy,
    metrics.support,
    metrics.collapsed,
    metrics.distribution,
]

counts = st.lists(st.integers(0, 50), min_size=1, max_size=12).filter(any)
distributions = counts.map(lambda c: np.array(c) / sum(c))


def several(how_many):
    """That many distributions on one vocabulary, shape (how_many, s)."""
    return (
        st.integers(1, 10)
        .flatmap(
            lambda s: st.lists(
                st.lists(st.integers(0, 9), min_size=s, max_size=s).filter(any),
                min_size=how_many,
                max_size=how_many,
            )
        )
        .map(lambda rows: np.array([np.array(row) / sum(row) for row in rows]))
    )


@pytest.mark.parametrize(
    ("metric", "value"),
    [
        (metrics.sigma, 0.375),
        (metrics.top, 0.5),
        (metrics.entropy, 1.5 * math.log(2)),
        (metrics.support, 3),
        (metrics.collapsed, False),
    ],
)
def test_a_half_and_two_quarters_by_hand(metric, value):
    assert metric([0.25, 0.0, 0.5, 0.25]) == pytest.approx(value, abs=ROUNDING)


def test_the_deviation_of_two_distributions_by_hand():
    assert metrics.deviation([0.5, 0.5, 0.0], [0.2, 0.4, 0.4]) == pytest.approx(0.8, abs=ROUNDING)


def test_the_squared_distance_of_two_distributions_by_hand():
    assert metrics.squared([0.5, 0.5, 0.0], [0.2, 0.4, 0.4]) == pytest.approx(0.26, abs=ROUNDING)


@pytest.mark.parametrize(
    ("metric", "value"),
    [(metrics.sigma, 1), (metrics.top, 1), (metrics.entropy, 0), (metrics.support, 1), (metrics.collapsed, True)],
)
def test_a_dirac_mass_by_hand(metric, value):
    assert metric([0, 0, 1, 0]) == value


@given(distributions)
def test_sigma_is_at_least_one_over_the_support(p):
    assert metrics.sigma(p) >= 1 / metrics.support(p) - ROUNDING


@given(distributions)
def test_sigma_is_at_most_the_largest_probability(p):
    assert metrics.sigma(p) <= metrics.top(p) + ROUNDING


@given(distributions)
def test_no_probability_exceeds_one(p):
    assert metrics.top(p) <= 1


@given(distributions)
def test_entropy_lies_between_zero_and_the_log_of_the_support(p):
    assert 0 <= metrics.entropy(p) <= math.log(metrics.support(p)) + ROUNDING


@given(distributions)
def test_the_support_is_between_one_and_the_vocabulary(p):
    assert 1 <= metrics.support(p) <= len(p)


@given(distributions)
def test_collapse_is_one_token_with_all_the_probability(p):
    assert metrics.collapsed(p) == (metrics.top(p) == 1)


@given(several(2))
def test_deviation_is_symmetric(two):
    assert metrics.deviation(two[0], two[1]) == metrics.deviation(two[1], two[0])


@given(several(2))
def test_deviation_lies_between_zero_and_two(two):
    assert 0 <= metrics.deviation(*two) <= 2 + ROUNDING


@given(several(3))
def test_deviation_obeys_the_triangle_inequality(three):
    p, q, r = three
    assert metrics.deviation(p, r) <= metrics.deviation(p, q) + metrics.deviation(q, r) + ROUNDING


@given(distributions)
def test_a_distribution_deviates_from_itself_by_nothing(p):
    assert metrics.deviation(p, p) == 0


@pytest.mark.parametrize("metric", ONE_ARGUMENT)
@given(several(6))
def test_a_batch_is_measured_one_by_one(metric, batch):
    together = metric(batch.reshape(3, 2, -1))
    apart = np.array([metric(p) for p in batch]).reshape(together.shape)
    np.testing.assert_allclose(together, apart, rtol=ROUNDING, atol=ROUNDING)


@given(several(6))
def test_a_batch_of_pairs_is_compared_pair_by_pair(batch):
    apart = [metrics.deviation(p, q) for p, q in zip(batch[:3], batch[3:], strict=True)]
    np.testing.assert_allclose(metrics.deviation(batch[:3], batch[3:]), apart, rtol=ROUNDING)


def test_a_batch_may_be_compared_with_one_reference():
    assert metrics.deviation([[1, 0], [0.5, 0.5]], [1, 0]).tolist() == [0, 1]


@given(distributions)
def test_the_recorded_distribution_is_a_copy(p):
    assert not np.shares_memory(metrics.distribution(p), p)
