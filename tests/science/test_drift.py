"""The drift bound of the mean collapse time: its lemma term by term, and the exact law below it everywhere."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from collapse_lib import InvalidInput, distributions
from collapse_lib.experiments import collapse_time
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


@pytest.mark.parametrize("n", [1, 2, 3, 10, 100, 1000])
def test_the_bound_is_2n_less_1_at_most_whatever_the_truth(n):
    assert drift.collapse_time_bound(distributions.uniform(100_000), n) == 2 * n - 1
    assert drift.collapse_time_bound([0.5, 0.5], n) <= 2 * n - 1


@pytest.mark.parametrize("n", [1, 2, 3, 10, 60])
def test_the_time_back_to_the_common_ancestor_is_below_the_classical_bound(n):
    """2n (1 - 1/n), Moehle (2004), attained at n = 2; here by the chain of ancestors enumerated forwards in j."""
    law, waited = np.zeros(n + 1), 0.0
    law[n] = 1.0
    A = np.array([[1.0] + [0.0] * n, *(coalescent.occupancy(n))])
    for _ in range(40 * n):
        waited += law[2:].sum()
        law = law @ A
    assert waited <= 2 * (n - 1) + 1e-9
    assert waited == pytest.approx(coalescent.generations_with_lines(n).sum(), rel=1e-9)


def test_the_bound_is_within_four_percent_at_the_truth_of_the_figures():
    p = distributions.with_moments(600, 52, 0.1, seed=0)
    assert 1 < drift.collapse_time_bound(p, 50) / coalescent.expected_collapse_time(p, 50) < 1.04


def test_no_collapse_time_is_longer_in_law_than_that_of_real_tokens_that_all_differ():
    """T is at most 1 plus the time back to the common ancestor: every rho_m is at least P(K_{m-1} = 1)."""
    n = 20
    one_left = [law[1] for law, _ in zip(coalescent.ancestors(n), range(200), strict=False)]
    for p in (distributions.uniform(2), distributions.zipf(40), distributions.uniform(100_000)):
        assert (coalescent.collapse_probability(p, n, 200)[1:] >= np.array(one_left) - 1e-12).all()


def test_three_quarters_of_the_bound_would_be_refuted():
    p = distributions.with_moments(600, 52, 0.1, seed=0)
    assert coalescent.expected_collapse_time(p, 50) > 0.75 * drift.collapse_time_bound(p, 50)


def test_a_dirac_truth_has_collapsed_at_once():
    assert drift.collapse_time_bound([1.0, 0.0], n=10) == 1


# The steps of the proof -------------------------------------------------------------------------------------------


def binomial_mean(f, k, z):
    """E f(B_k) for B_k = Bin(k, z), outcome by outcome."""
    return sum(math.comb(k, b) * z**b * (1 - z) ** (k - b) * f(b) for b in range(k + 1))


def slope_of_phi(n, z):
    """phi'(z) of the lemma's proof: (n-1) E ln((B_{n-2} + 2)/(B_{n-2} + 1)) - 1/z + 1/(2 n z^2)."""
    return (n - 1) * binomial_mean(lambda b: math.log((b + 2) / (b + 1)), n - 2, z) - 1 / z + 1 / (2 * n * z**2)


every_step = pytest.mark.parametrize(("n", "z"), [(n, z) for n in (2, 3, 8, 30) for z in (1 / (n + 1), 0.4, 0.9)])


@every_step
def test_a_binomial_sized_by_its_value_is_one_more_than_a_smaller_binomial(n, z):
    left = binomial_mean(lambda b: b * math.exp(-b), n, z)
    assert left == pytest.approx(n * z * binomial_mean(lambda b: math.exp(-1 - b), n - 1, z), rel=1e-12)


@every_step
def test_the_two_means_of_the_proof_are_elementary(n, z):
    q = 1 - z
    one, two = (binomial_mean(lambda b, c=c: 1 / (c + b), n - 2, z) for c in (1, 2))
    assert one == pytest.approx((1 - q ** (n - 1)) / ((n - 1) * z), rel=1e-11)
    assert two == pytest.approx((n * z - 1 + q**n) / (n * (n - 1) * z**2), rel=1e-11)


@every_step
def test_the_slope_of_phi_is_its_derivative_and_not_above_its_bound(n, z):
    def phi(z):
        return drift.drift(n, z) / z - (1 - z) / (2 * n * z)

    h = 1e-5
    assert slope_of_phi(n, z) == pytest.approx((phi(z + h) - phi(z - h)) / (2 * h), rel=1e-4, abs=1e-7)
    bound = (1 - z) ** (n - 1) / (2 * z) * ((1 - z) / (n * z) - 1)
    assert slope_of_phi(n, z) <= bound + 1e-12
    assert bound <= 1e-15


@pytest.mark.parametrize("n", [2, 5, 20])
def test_each_token_that_has_not_won_pays_its_probability(n):
    """E w(X') <= w(x) - x/2n for every x = j/n < 1."""
    x = np.arange(n) / n
    kept = [binomial_mean(lambda b: -math.log(b / n) * b / n if b else 0.0, n, 1 - each) for each in x]
    w = np.array([-(1 - each) * math.log(1 - each) for each in x])
    assert (np.array(kept) <= w - x / (2 * n) + 1e-14).all()


# The approximations in continuous time ----------------------------------------------------------------------------


@given(
    n=st.integers(1, 60),
    weights=st.lists(st.floats(1e-6, 1), min_size=2, max_size=8).map(lambda w: np.array(w) / sum(w)),
)
def test_the_diffusion_is_within_a_third_of_log_n_of_the_exact_mean(n, weights):
    exact, diffusion = coalescent.expected_collapse_time(weights, n), drift.diffusion_time(weights, n)
    assert exact - 1 <= diffusion * (1 + 1e-12)
    assert diffusion <= exact + 1 + math.log(n) / 3 + 1e-9


@pytest.mark.parametrize("n", [1, 2, 7, 40])
def test_the_generations_with_k_lines_are_the_collapse_time_of_tokens_that_all_differ(n):
    """But for generation 1, and for the rare runs in which two of the draws from a million tokens are the same."""
    spent = coalescent.generations_with_lines(n).sum()
    assert 1 + spent == pytest.approx(
        coalescent.expected_collapse_time(distributions.uniform(1_000_000), n), rel=1e-5
    )


def test_two_lines_of_two_tokens_last_two_generations():
    assert coalescent.generations_with_lines(2).tolist() == [0, 0, 2]


def test_simulated_genealogies_have_the_laws_of_the_chain():
    """Each share is within five standard errors."""
    n, runs = 6, 4_000
    K = collapse_time.numbers_of_ancestors(n, 4, runs, np.random.default_rng(0))
    for law, counts in zip(coalescent.ancestors(n), K, strict=False):
        shares = np.bincount(counts, minlength=n + 1)[: len(law)] / runs
        assert (np.abs(shares - law) <= 5 * np.sqrt(law * (1 - law) / runs) + 1e-12).all()


# Mistakes ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("z", [0.0, 1.1, -0.1])
def test_a_drift_is_refused_outside_the_unit_interval(z):
    with pytest.raises(InvalidInput, match="z was"):
        drift.drift(10, z)
