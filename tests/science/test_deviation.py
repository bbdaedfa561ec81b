"""The exact deviation from the first model: every outcome, long chains, integrals, and the bounds that it obeys.

Every seed is fixed; |z| < 5 fails by chance once in 1.7 million comparisons.
"""

import functools
import math

import numpy as np
import oracles
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import quad

from collapse_lib import InvalidInput, PartiallySynthetic, distributions, metrics, simulate
from collapse_lib.theory import deviation, immigrants, paper

CHAINS = [
    ((0.5, 0.5), 1, 3),
    ((0.7, 0.3), 3, 1),
    ((0.8, 0.2), 2, 5),
    ((0.5, 0.3, 0.2), 5, 5),
    ((0.6, 0.3, 0.1), 3, 4),
    ((0.9, 0.1, 0.0), 4, 2),
    ((0.0, 1.0), 3, 3),
]
chains = pytest.mark.parametrize(("p", "N", "n"), CHAINS)
LAST = 5
EXACT = {"rtol": 0, "atol": 1e-12}

truths = st.lists(st.integers(0, 20), min_size=2, max_size=8).filter(lambda c: np.count_nonzero(c) >= 2)
real = st.integers(1, 14)
synthetic = st.integers(1, 25)


@functools.cache
def chain(p, N, n):
    return oracles.PartialChain(p, N, n)


def law(counts):
    return np.array(counts) / sum(counts)


# Against the chain enumerated corpus by corpus --------------------------------------------------------------------


@chains
def test_the_mean_l1_deviation_is_that_of_the_enumerated_chain(p, N, n):
    exact = [chain(p, N, n).mean(m, oracles.l1) for m in range(1, LAST + 1)]
    np.testing.assert_allclose(deviation.l1(p, N, n, LAST)[1:], exact, **EXACT)


@chains
def test_the_mean_squared_deviation_is_that_of_the_enumerated_chain(p, N, n):
    exact = [chain(p, N, n).mean(m, oracles.l2_squared) for m in range(1, LAST + 1)]
    np.testing.assert_allclose(deviation.l2_squared(p, N, n, LAST)[1:], exact, **EXACT)


@chains
def test_the_sampling_error_is_that_of_the_enumerated_chain(p, N, n):
    exact = [chain(p, N, n).sampling_error(m) for m in range(1, LAST)]
    np.testing.assert_allclose(deviation.sampling_error(p, N, n, LAST - 1), exact, **EXACT)


@chains
def test_the_entry_at_zero_is_the_first_models_distance_from_the_truth(p, N, n):
    apart = [chain(p, N, n).mean(1, lambda q, _, d=d: d(q, p)) for d in (oracles.l1, oracles.l2_squared)]
    starts = [deviation.l1(p, N, n, 1)[0], deviation.l2_squared(p, N, n, 1)[0]]
    np.testing.assert_allclose(starts, apart, **EXACT)


@pytest.mark.parametrize(("N", "n"), [(4, 5), (5, 4), (6, 5), (5, 6)])
def test_a_sample_more_or_less_would_be_seen(N, n):
    exact = chain((0.5, 0.3, 0.2), 5, 5).mean(3, oracles.l1)
    assert abs(deviation.l1((0.5, 0.3, 0.2), N, n, 3)[3] - exact) > 0.003


@given(truths, real, synthetic)
def test_the_squared_deviation_is_the_recursion_of_second_moments(counts, N, n):
    p = law(counts)
    apart = oracles.kept_moments(oracles.partially_synthetic(N, n), oracles.squares(p), 12)[1]
    np.testing.assert_allclose(deviation.l2_squared(p, N, n, 12)[1:], apart, **EXACT)


# Against simulation -----------------------------------------------------------------------------------------------

TRUTH = np.array([0.4, 0.25, 0.15, 0.1, 0.06, 0.04])


def squared(p, q):
    """||p - q||_2^2."""
    return ((p - q) ** 2).sum(axis=-1)


@functools.cache
def simulated():
    """20,000 runs with 10 real and 15 synthetic samples."""
    record = [metrics.deviation, squared]
    return simulate(TRUTH, PartiallySynthetic(10, 15), 10, runs=20_000, seed=3, record=record)


def test_the_mean_l1_deviation_is_that_of_20_000_runs():
    """Ten comparisons, p^(1) left out, which does not deviate: false alarm 6e-6."""
    exact = np.delete(deviation.l1(TRUTH, 10, 15, 10), 1)
    assert (abs(oracles.z_scores(np.delete(simulated()["deviation"], 1, axis=0), exact)) < 5).all()


def test_the_mean_squared_deviation_is_that_of_20_000_runs():
    """Ten comparisons: false alarm 6e-6."""
    exact = np.delete(deviation.l2_squared(TRUTH, 10, 15, 10), 1)
    assert (abs(oracles.z_scores(np.delete(simulated()["squared"], 1, axis=0), exact)) < 5).all()


@pytest.mark.parametrize(("N", "n"), [(11, 15), (10, 18)])
def test_20_000_runs_tell_other_sizes_apart(N, n):
    z = oracles.z_scores(simulated()["deviation"][2:], deviation.l1(TRUTH, N, n, 10)[2:])
    assert abs(z).max() > 5


# What a token does, seen alone ------------------------------------------------------------------------------------


@given(truths, real, synthetic)
def test_the_first_model_does_not_deviate_from_itself(counts, N, n):
    assert deviation.l1(law(counts), N, n, 1)[1] == deviation.l2_squared(law(counts), N, n, 1)[1] == 0


def test_a_single_real_sample_is_never_left():
    assert not deviation.l1((0.5, 0.3, 0.2), 1, 9, 8)[1:].any()


def test_a_dirac_truth_is_never_left():
    assert not deviation.l1((0.0, 1.0), 7, 9, 8).any()


def test_tokens_that_the_truth_lacks_change_nothing():
    with_dead = deviation.l1((0.5, 0.3, 0.2, 0.0, 0.0), 7, 9, 8)
    np.testing.assert_allclose(with_dead, deviation.l1((0.5, 0.3, 0.2), 7, 9, 8), **EXACT)


@given(st.integers(1, 60), st.floats(0, 1))
def test_the_mean_absolute_error_of_a_binomial_is_de_moivres(n, q):
    """Two tokens: E||p_hat - p||_1 = 2 E|Bin(n, q)/n - q|."""
    exact = 2 * sum(w * abs(j / n - q) for j, w in enumerate(oracles.binomial_law(n, q)))
    assert deviation.l1([q, 1 - q], n, 1, 0) == pytest.approx([exact], abs=1e-12)


@pytest.mark.parametrize("generations", [0, 1, 2, 5])
def test_there_is_an_entry_for_each_generation_from_zero(generations):
    lengths = [len(exact(TRUTH, 5, 5, generations)) for exact in (deviation.l1, deviation.l2_squared)]
    assert lengths == [generations + 1] * 2


def test_chains_moved_together_go_where_each_goes_alone(monkeypatch):
    p = distributions.zipf(60, 1.0)
    together = [deviation.l1(p, 90, n, 6) for n in (1, 8, 200)]
    monkeypatch.setattr(immigrants, "TOGETHER", 1)
    for n, found in zip((1, 8, 200), together, strict=True):
        np.testing.assert_allclose(found, deviation.l1(p, 90, n, 6), rtol=0, atol=1e-13)


@pytest.mark.parametrize("n", [10, 100])
def test_the_deviation_is_exact_at_the_sizes_of_figure_3(n):
    """N = 100, s~ = 52, S_0 = 0.1, m = 50, 600 runs: false alarm 6e-7."""
    p = distributions.with_moments(600, 52, 0.1, seed=0)
    run = simulate(p, PartiallySynthetic(100, n), 50, runs=600, seed=n, record=[metrics.deviation])
    assert abs(oracles.z_scores(run["deviation"][50], deviation.l1(p, 100, n, 50)[50])) < 5


# The limit of many generations ------------------------------------------------------------------------------------


@pytest.mark.parametrize(("N", "n"), [(2, 1), (2, 7), (4, 7), (5, 5), (7, 20), (20, 3)])
def test_the_stationary_deviation_is_that_of_a_late_generation(N, n):
    late = deviation.l1((0.5, 0.3, 0.2), N, n, 400)[-1]
    assert deviation.stationary_l1((0.5, 0.3, 0.2), N, n) == pytest.approx(late, abs=1e-11)


def test_the_stationary_deviation_is_not_that_of_generation_3():
    assert deviation.stationary_l1((0.5, 0.3, 0.2), 5, 5) > 1.02 * deviation.l1((0.5, 0.3, 0.2), 5, 5, 3)[3]


def stationary_by_eigenvector(p, N, n):
    """The same from the stationary law of every token's chain, by a linear solve."""
    total = 0.0
    for k in range(1, N):
        move = np.array([oracles.binomial_law(n, (k + x) / (N + n)) for x in range(n + 1)])
        equations = np.vstack([move.T - np.eye(n + 1), np.ones(n + 1)])
        stationary = np.linalg.lstsq(equations, np.append(np.zeros(n + 1), 1.0), rcond=None)[0]
        apart = [abs((k + x) / (N + n) - k / N) for x in range(n + 1)]
        total += sum(oracles.binomial_law(N, q)[k] for q in p) * (stationary @ apart)
    return total


@pytest.mark.parametrize(("N", "n"), [(2, 5), (5, 5), (6, 11), (9, 30)])
def test_the_stationary_deviation_is_that_of_the_stationary_law(N, n):
    p = (0.5, 0.3, 0.15, 0.05)
    assert deviation.stationary_l1(p, N, n) == pytest.approx(stationary_by_eigenvector(p, N, n), abs=1e-10)


def beta_mad(k, N):
    """E|Y - k/N| for Y ~ Beta(2k, 2(N - k)), by numerical integration on both sides of k/N."""
    a, b, mean = 2 * k, 2 * (N - k), k / N
    constant = math.exp(math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b))

    def weighted(y):
        return constant * y ** (a - 1) * (1 - y) ** (b - 1) * abs(y - mean)

    return sum(quad(weighted, *side, epsabs=1e-13)[0] for side in ((0, mean), (mean, 1)))


@pytest.mark.parametrize("N", [2, 3, 6, 11])
def test_without_end_of_synthetic_data_each_token_follows_a_beta_law(N):
    p = (0.5, 0.3, 0.15, 0.05)
    exact = sum(oracles.binomial_law(N, q)[k] * beta_mad(k, N) for q in p for k in range(1, N))
    assert deviation.stationary_l1(p, N, math.inf) == pytest.approx(exact, abs=1e-10)


def test_the_infinite_limit_is_reached_at_the_rate_one_over_n():
    p, sizes = (0.5, 0.3, 0.2), np.array([40, 80, 160])
    limit = deviation.stationary_l1(p, 3, math.inf)
    missing = limit - np.array([deviation.stationary_l1(p, 3, int(n)) for n in sizes])
    np.testing.assert_allclose(missing[:-1] / missing[1:], 2, rtol=0.1)


def test_the_infinite_limit_of_one_real_sample_more_is_another():
    p = (0.5, 0.3, 0.2)
    near, other = deviation.stationary_l1(p, 4, 300), deviation.stationary_l1(p, 5, math.inf)
    assert abs(deviation.stationary_l1(p, 4, math.inf) - near) < 0.002 < abs(other - near)


@given(truths, real, synthetic)
def test_the_stationary_deviation_is_below_its_limit_of_large_n(counts, N, n):
    """Checked, not proved."""
    p = law(counts)
    assert deviation.stationary_l1(p, N, n) <= deviation.stationary_l1(p, N, math.inf) + 1e-12


@pytest.mark.parametrize(("N", "multiple"), [(3, 1), (5, 1), (10, 1), (100, 1), (5, 2), (10, 3)])
def test_the_stationary_deviation_dips_at_multiples_of_the_real_size(N, multiple):
    p, n = distributions.uniform(20), multiple * N
    before, at, after = (deviation.stationary_l1(p, N, n + d) for d in (-1, 0, 1))
    assert at < min(before, after)


def test_the_dip_at_100_real_and_100_synthetic_samples_is_about_half_a_percent():
    p = distributions.with_moments(600, 52, 0.1, seed=0)
    at, after = (deviation.stationary_l1(p, 100, n) for n in (100, 101))
    assert 1.003 < after / at < 1.008


def test_the_dip_at_twice_the_real_size_begins_before_it():
    """N = 10: the deviation rises from n = 11 to 17 and falls from there to 20."""
    change = np.diff([deviation.stationary_l1(distributions.uniform(20), 10, n) for n in range(11, 21)])
    assert (change[:6] > 0).all()
    assert (change[6:] < 0).all()


# Bounds -----------------------------------------------------------------------------------------------------------


@given(truths, real, synthetic)
def test_the_bounds_of_the_deviation_hold_in_order(counts, N, n):
    """exact <= saturating <= sharp, in every generation."""
    p = law(counts)
    s = np.count_nonzero(p)
    saturating, sharp = deviation.saturating_bound(N, n, s), deviation.sharp_bound(N, n, s)
    assert deviation.l1(p, N, n, 15)[1:].max() <= saturating + 1e-12
    assert saturating <= sharp + 1e-12


@given(truths, real, synthetic)
def test_twice_the_synthetic_share_is_a_bound(counts, N, n):
    assert deviation.l1(law(counts), N, n, 15)[1:].max() <= deviation.simple_bound(N, n)


@given(truths, real, synthetic)
def test_the_sampling_error_is_below_its_bound(counts, N, n):
    """E||p_hat - p||_1 <= sqrt((s~ - 1)/n), the step of `sharp_bound`."""
    p = law(counts)
    assert deviation.sampling_error(p, N, n, 8).max() <= math.sqrt((np.count_nonzero(p) - 1) / n) + 1e-12


@given(truths, real, synthetic)
def test_the_squared_deviation_is_below_its_bound(counts, N, n):
    p = law(counts)
    bound = (1 - oracles.squares(p)) * n / (N * (N + 2 * n))
    assert deviation.l2_squared(p, N, n, 40)[1:].max() <= bound * (1 + 1e-9)


@given(st.integers(1, 500), st.integers(1, 500))
def test_the_saturating_bound_is_below_its_limit_of_large_n(N, s):
    limit = deviation.saturating_bound(N, math.inf, s)
    assert limit == pytest.approx(math.sqrt((s - 1) / (2 * N)), rel=1e-12)
    assert (deviation.saturating_bound(N, np.arange(1, 1_000), s) <= limit).all()


@pytest.mark.parametrize("factor", [0.3, 0.95])
def test_a_smaller_saturating_bound_would_be_violated(factor):
    """The negative control: two equal tokens, one synthetic sample."""
    assert deviation.l1((0.5, 0.5), 30, 1, 15).max() > factor * deviation.saturating_bound(30, 1, 2)


@pytest.mark.parametrize("factor", [0.3, 0.9])
def test_a_smaller_sharp_bound_would_be_violated(factor):
    assert deviation.l1((0.5, 0.5), 30, 1, 15)[2:].max() > factor * deviation.sharp_bound(30, 1, 2)


def test_a_smaller_bound_of_the_squared_deviation_would_be_violated():
    """Many real samples: the bound's v_m <= p (1 - p) is nearly an equality."""
    p, N, n = (0.5, 0.5), 200, 50
    assert deviation.l2_squared(p, N, n, 60)[-1] > 0.98 * 0.5 * n / (N * (N + 2 * n))


def test_half_of_the_simple_bound_would_be_violated():
    """Many tokens, one synthetic sample and few real ones of nearly as many kinds."""
    p = distributions.uniform(10_000)
    assert deviation.l1(p, 100, 1, 3)[2] > 0.5 * deviation.simple_bound(100, 1)


def test_the_bounds_by_hand():
    assert deviation.sharp_bound(100, 25, 5) == pytest.approx(0.1, rel=1e-14)
    assert deviation.saturating_bound(100, 50, 5) == pytest.approx(0.1, rel=1e-14)
    assert deviation.simple_bound(100, 25) == pytest.approx(0.5, rel=1e-14)


@pytest.mark.parametrize("bound", [deviation.sharp_bound, deviation.saturating_bound])
@pytest.mark.parametrize(
    ("refused", "sentence"), [((0, 1, 3), "N was 0"), ((3, 0, 3), "n was 0"), ((3, 1, 0), "s was 0")]
)
def test_the_bounds_refuse_what_cannot_be(bound, refused, sentence):
    with pytest.raises(InvalidInput, match=sentence):
        bound(*refused)


# A step from its tail ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("capped", [True, False])
@pytest.mark.parametrize(("n", "s"), [(1, 2), (5, 2), (5, 3), (20, 6), (3, 30)])
def test_the_step_from_the_tail_is_its_integral(n, s, capped):
    def tail(eps):
        chance = (2**s - 2) * math.exp(-n * eps**2 / 2)
        return min(1.0, chance) if capped else chance

    corner = math.sqrt(2 * math.log(2**s - 2) / n)
    ends = (0, corner, corner + 20 / math.sqrt(n))
    integral = sum(quad(tail, *ends[i : i + 2], epsabs=1e-12)[0] for i in range(2))
    assert deviation.step_from_tail(n, s, capped=capped) == pytest.approx(integral, rel=1e-8)


@given(truths, st.integers(1, 40))
def test_the_step_from_the_capped_tail_is_above_the_exact_error(counts, n):
    assert deviation.l1(law(counts), n, 1, 0)[0] <= deviation.step_from_tail(n, len(counts)) + 1e-12


def test_capping_the_tail_turns_exponential_growth_in_s_into_a_square_root():
    capped = deviation.step_from_tail(10, [100, 400])
    assert capped[1] / capped[0] == pytest.approx(2, rel=0.02)
    uncapped = deviation.step_from_tail(10, [100, 400], capped=False)
    assert uncapped[1] / uncapped[0] > 1e80


def test_an_uncapped_tail_beyond_a_float_is_infinite():
    assert deviation.step_from_tail(10, 2_000, capped=False) == math.inf


@pytest.mark.parametrize("capped", [True, False])
def test_one_token_has_no_tail(capped):
    assert deviation.step_from_tail(10, 1, capped=capped) == pytest.approx(0, abs=1e-12)


def test_theorem_3_is_the_uncapped_step_times_n_over_big_n_in_its_third_regime():
    """s < C_0 n/4 + 2, where G is 2^s - 2."""
    step = deviation.step_from_tail(20, 6, capped=False)
    assert paper.deviation_bound(50, 20, 6) == pytest.approx(20 / 50 * float(step), rel=1e-12)


# How much is safe -------------------------------------------------------------------------------------------------

budgets = (st.integers(1, 500), st.floats(0.01, 1.9), st.integers(2, 200))


@given(*budgets)
def test_the_largest_sharp_n_meets_its_bound(N, eps, s):
    n = float(deviation.largest_synthetic_sharp(N, eps, s))
    if n >= 1:
        assert deviation.sharp_bound(N, n, s) == pytest.approx(eps, rel=1e-9)


@given(*budgets)
def test_the_largest_saturating_n_meets_its_bound_or_is_infinite(N, eps, s):
    n = float(deviation.largest_synthetic_saturating(N, eps, s))
    if n == math.inf:
        assert deviation.saturating_bound(N, math.inf, s) <= eps * (1 + 1e-12)
    elif n >= 1:
        assert deviation.saturating_bound(N, n, s) == pytest.approx(eps, rel=1e-6)


@given(*budgets)
def test_any_amount_is_safe_from_so_many_real_samples_on(N, eps, s):
    """N >= (s~ - 1)/(2 eps^2)."""
    share = N * 2 * eps**2 / (s - 1)
    if abs(share - 1) > 1e-12:
        assert (deviation.largest_synthetic_saturating(N, eps, s) == math.inf) == (share > 1)


@pytest.mark.parametrize(("N", "eps", "s"), [(2, 0.5, 2), (8, 0.25, 2), (200, 0.25, 26)])
def test_any_amount_is_safe_at_exactly_so_many_real_samples(N, eps, s):
    assert deviation.largest_synthetic_saturating(N, eps, s) == math.inf
    assert deviation.largest_synthetic_saturating(N - 1, eps, s) < math.inf


@given(*budgets)
def test_the_saturating_bound_allows_more_than_the_sharp_one(N, eps, s):
    saturating = deviation.largest_synthetic_saturating(N, eps, s)
    assert saturating >= deviation.largest_synthetic_sharp(N, eps, s)


def test_one_live_token_allows_any_amount():
    assert (
        deviation.largest_synthetic_sharp(5, 0.1, 1)
        == deviation.largest_synthetic_saturating(5, 0.1, 1)
        == math.inf
    )


@settings(max_examples=30)
@given(truths, st.integers(1, 10), st.floats(0.05, 1.0))
def test_the_exact_largest_n_is_safe_and_one_more_is_not(counts, N, eps):
    p = law(counts)
    limit = deviation.stationary_l1(p, N, math.inf)
    if limit < eps:
        assert deviation.largest_synthetic_exact(p, N, eps) == math.inf
    elif eps < 0.85 * limit:
        n = deviation.largest_synthetic_exact(p, N, eps)
        assert n == 0 or deviation.stationary_l1(p, N, n) < eps
        assert deviation.stationary_l1(p, N, n + 1) >= eps


@settings(max_examples=30)
@given(truths, st.integers(1, 10), st.floats(0.05, 1.0))
def test_the_exact_largest_n_is_at_least_what_the_bounds_allow(counts, N, eps):
    """But for eps within a dip, which the bounds, being smooth, do not know."""
    p = law(counts)
    allowed = deviation.largest_synthetic_saturating(N, eps, np.count_nonzero(p))
    if allowed == math.inf:
        assert deviation.stationary_l1(p, N, math.inf) <= eps
    elif eps < 0.7 * deviation.stationary_l1(p, N, math.inf):
        assert deviation.largest_synthetic_exact(p, N, eps) >= math.floor(allowed * (1 - 1e-9))


def test_the_exact_largest_n_is_zero_where_one_is_too_many():
    p = distributions.uniform(5)
    assert deviation.largest_synthetic_exact(p, 4, 0.5 * deviation.stationary_l1(p, 4, 1)) == 0


def test_the_exact_search_ends_where_the_answer_is_too_large_to_compute(monkeypatch):
    """Just below the limit of large n, with a bound on n that a test can afford."""
    monkeypatch.setattr(deviation, "MOST_SYNTHETIC", 64)
    p = distributions.uniform(5)
    eps = deviation.stationary_l1(p, 6, math.inf) * (1 - 1e-5)
    with pytest.raises(InvalidInput, match=r"N = 6 and eps = .* too much to compute"):
        deviation.largest_synthetic_exact(p, 6, eps)


# What is refused --------------------------------------------------------------------------------------------------

EVERY = [
    lambda p, N, n: deviation.l1(p, N, n, 3),
    lambda p, N, n: deviation.l2_squared(p, N, n, 3),
    lambda p, N, n: deviation.sampling_error(p, N, n, 3),
    deviation.stationary_l1,
]
every = pytest.mark.parametrize("exact", EVERY, ids=["l1", "l2_squared", "sampling_error", "stationary_l1"])


@every
@pytest.mark.parametrize("N", [0, -1, 2.0, None])
def test_real_samples_are_a_whole_number(exact, N):
    with pytest.raises(InvalidInput, match=f"N was {N!r}"):
        exact((0.5, 0.5), N, 3)


@every
@pytest.mark.parametrize("n", [0, -1, 2.5])
def test_synthetic_samples_are_a_whole_number(exact, n):
    with pytest.raises(InvalidInput, match=f"n was {n!r}"):
        exact((0.5, 0.5), 3, n)


@every
def test_the_exact_deviation_takes_one_context(exact):
    with pytest.raises(InvalidInput, match="takes one context"):
        exact([[0.5, 0.5], [0.5, 0.5]], 3, 3)


@every
def test_the_exact_deviation_takes_a_distribution(exact):
    with pytest.raises(InvalidInput, match="sum to 2"):
        exact([1.0, 1.0], 3, 3)


@pytest.mark.parametrize("generations", [-1, 2.5, None])
@pytest.mark.parametrize("exact", [deviation.l1, deviation.l2_squared, deviation.sampling_error])
def test_generations_are_a_whole_number(exact, generations):
    with pytest.raises(InvalidInput, match=f"generations was {generations!r}"):
        exact((0.5, 0.5), 3, 3, generations)


def test_a_deviation_to_stay_below_is_above_zero():
    with pytest.raises(InvalidInput, match="eps was 0"):
        deviation.largest_synthetic_exact((0.5, 0.5), 3, 0)
