"""The drift bound of the mean collapse time: its lemma term by term, and the exact law below it everywhere."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from collapse_lib import InvalidInput, distributions
from collapse_lib.theory import coalescent, drift


def slow_drift(n, z):
    """E[Z ln(Z/z)] from the definition, outcome by outcome."""
    return sum(
        math.comb(n, k) * z**k * (1 - z) ** (n - k) * (k / n) * math.log(k / (n * z)) for k in range(1, n + 1)
    )


@pytest.mark.parametrize("n", [1, 2, 5, 12])
def test_the_drift_is_its_sum_over_outcomes(n):
    z = np.linspace(0.05, 1, 12)
    np.testing.assert_allclose(drift.drift(n, z), [slow_drift(n, each) for each in z], rtol=1e-12, atol=1e-15)


@given(n=st.integers(2, 300), share=st.floats(0, 1))
def test_the_lemma_holds_from_one_in_n_plus_one_upwards(n, share):
    z = 1 / (n + 1) + share * (1 - 1 / (n + 1))
    assert drift.drift(n, z) >= (1 - z) / (2 * n) - 1e-14


def test_the_lemma_would_fail_with_a_larger_constant():
    n, z = 100, 0.99
    assert drift.drift(n, z) < 1.01 * (1 - z) / (2 * n)


@given(
    n=st.integers(1, 120),
    weights=st.lists(st.floats(1e-6, 1), min_size=2, max_size=8).map(lambda w: np.array(w) / sum(w)),
)
def test_the_exact_mean_is_below_the_bound_for_any_truth(n, weights):
    assert coalescent.expected_collapse_time(weights, n) <= drift.collapse_time_bound(weights, n) * (1 + 1e-12)


@pytest.mark.parametrize("n", [2, 3, 10, 100, 1000])
def test_the_bound_is_below_2n_whatever_the_truth(n):
    assert drift.collapse_time_bound(distributions.uniform(100_000), n) < 2 * n


def test_the_bound_is_within_four_percent_at_the_truth_of_the_figures():
    p = distributions.with_moments(600, 52, 0.1, seed=0)
    assert 1 < drift.collapse_time_bound(p, 50) / coalescent.expected_collapse_time(p, 50) < 1.04


def test_three_quarters_of_the_bound_would_be_refuted():
    p = distributions.with_moments(600, 52, 0.1, seed=0)
    assert coalescent.expected_collapse_time(p, 50) > 0.75 * drift.collapse_time_bound(p, 50)


def test_a_dirac_truth_has_collapsed_at_once():
    assert drift.collapse_time_bound([1.0, 0.0], n=10) == 1


@pytest.mark.parametrize("z", [0.0, 1.1, -0.1])
def test_a_drift_is_refused_outside_the_unit_interval(z):
    with pytest.raises(InvalidInput, match="z was"):
        drift.drift(10, z)
