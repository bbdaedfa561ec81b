"""Lemma 1: phi, pi and G_n(s) against many digits and brute force, and the tail against every outcome."""

import functools
import math

import mpmath
import numpy as np
import oracles
import pytest
from hypothesis import given
from hypothesis import strategies as st

from collapse_lib import InvalidInput, distributions
from collapse_lib.theory import paper

count_lists = st.lists(st.integers(0, 30), min_size=1, max_size=9).filter(any)
weights = st.lists(st.floats(1e-6, 1), min_size=1, max_size=9)


# phi --------------------------------------------------------------------------------------------------------------


def slow_phi(x):
    """The definition in 60 digits."""
    with mpmath.workdps(60):
        x = mpmath.mpf(x)
        return float(2 if 2 * x == 1 else mpmath.log((1 - x) / x) / (1 - 2 * x))


def test_phi_is_2_at_one_half():
    assert paper.phi(0.5) == 2


@pytest.mark.parametrize("x", [0.0, 1.0])
def test_phi_is_infinite_where_nothing_can_deviate(x):
    assert paper.phi(x) == math.inf


@pytest.mark.parametrize("distance", [1e-3, 1e-6, 1e-8, 6e-9, 4e-9, 1e-10, 1e-15, 1e-16])
@pytest.mark.parametrize("side", [-1, 1])
def test_phi_loses_no_digits_near_one_half(distance, side):
    x = 0.5 + side * distance
    assert paper.phi(x) == pytest.approx(slow_phi(x), rel=1e-14)


@pytest.mark.parametrize("x", [0.3, 0.1, 1e-3, 1e-8, 1e-13, 1e-16, 1e-17, 1e-100])
def test_phi_loses_no_digits_near_zero(x):
    """1 - 2x is 1 in floating point below 1e-17, where phi is 39 and not infinite."""
    assert paper.phi(x) == pytest.approx(slow_phi(x), rel=1e-13)


@given(st.floats(1e-12, 0.5))
def test_phi_is_the_definition(x):
    assert paper.phi(x) == pytest.approx(slow_phi(x), rel=1e-12)


@given(st.floats(1e-9, 1 - 1e-9))
def test_phi_is_at_least_2(x):
    assert paper.phi(x) >= 2


@given(st.floats(0.001, 0.999))
def test_phi_is_symmetric(x):
    assert paper.phi(x) == pytest.approx(float(paper.phi(1 - x)), rel=1e-12)


def test_phi_falls_up_to_one_half():
    assert (np.diff(paper.phi(np.linspace(0, 0.499, 1_000)[1:])) < 0).all()


@given(st.floats(1e-300, 0.5))
def test_x_times_phi_of_x_is_at_most_one(x):
    """Used in our proof of Theorem 4."""
    assert x * paper.phi(x) <= 1


@pytest.mark.parametrize("x", [-0.1, 1.1])
def test_phi_takes_a_probability(x):
    with pytest.raises(InvalidInput, match=f"x was {x}; phi takes a probability"):
        paper.phi(x)


# pi ---------------------------------------------------------------------------------------------------------------


@given(count_lists)
def test_pi_of_counts_is_the_best_of_all_subsets(counts):
    assert paper.pi(np.array(counts)) == pytest.approx(oracles.split(counts), abs=1e-15)


@given(weights)
def test_pi_of_a_law_is_the_best_of_all_subsets(w):
    p = np.array(w) / sum(w)
    assert paper.pi(p) == pytest.approx(oracles.split(p), abs=1e-11)


@given(count_lists)
def test_pi_of_counts_is_pi_of_their_frequencies(counts):
    counts = np.array(counts)
    assert paper.pi(counts) == pytest.approx(paper.pi(counts / counts.sum()), abs=1e-11)


@pytest.mark.parametrize("p", [[1.0, 0.0], [1, 0, 0], [7]])
def test_pi_of_a_dirac_mass_is_zero(p):
    assert paper.pi(p) == 0


def test_pi_of_an_even_number_of_equal_tokens_is_one_half():
    assert paper.pi(distributions.uniform(30)) == pytest.approx(0.5, abs=1e-12)


def test_pi_of_an_odd_number_of_equal_tokens_misses_half_a_token():
    assert paper.pi(distributions.uniform(31)) == pytest.approx(15 / 31, abs=1e-12)


def test_pi_of_a_dominant_token_is_what_the_others_have():
    assert paper.pi([0.7, 0.2, 0.1]) == pytest.approx(0.3, abs=1e-15)


def test_pi_of_many_small_counts_is_found_by_bits():
    """600 tokens counted 100 times: 2^600 subsets."""
    counts = np.bincount(np.random.default_rng(0).integers(600, size=101), minlength=600)
    assert paper.pi(counts) == 50 / 101


def test_pi_takes_narrow_integers():
    assert paper.pi(np.array([200, 100, 100], dtype=np.uint8)) == 0.5


def test_pi_of_too_many_unequal_tokens_is_refused_with_a_bound_to_use():
    with pytest.raises(InvalidInput, match=r"pi of 41 live tokens .* too much work .*use 1/2"):
        paper.pi(distributions.zipf(41))


def test_pi_of_too_many_counts_is_refused():
    with pytest.raises(InvalidInput, match="too much work"):
        paper.pi(np.array([10**10, 1]))


@pytest.mark.parametrize(
    ("p", "sentence"),
    [
        ([0.5, 0.6], r"sum to 1\.1"),
        ([[0.5, 0.5], [0.5, 0.5]], "pi takes one law"),
        ([3, -1], "none below 0"),
        ([0, 0], "not all 0"),
        ([[1, 2], [3, 4]], r"takes shape \(s,\)"),
    ],
)
def test_pi_refuses_what_is_neither_a_law_nor_counts(p, sentence):
    with pytest.raises(InvalidInput, match=sentence):
        paper.pi(p)


# G ----------------------------------------------------------------------------------------------------------------

C0 = math.exp(3) / (2 * math.pi)
C1 = 6 * math.e / math.pi**1.5


def slow_equation_10(n, s):
    """Equation (10) in 60 digits."""
    with mpmath.workdps(60):
        c0, c1 = mpmath.e**3 / (2 * mpmath.pi), 6 * mpmath.e / mpmath.pi**1.5
        if c0 * n / mpmath.e + 2 <= s:
            return c1 * s * mpmath.exp(c0 * n / (2 * mpmath.e))
        if c0 * n / 4 + 2 <= s:
            return c1 * s * (c0 * n / s) ** (mpmath.mpf(s) / 2)
        return mpmath.mpf(2) ** s - 2


def test_the_papers_constants():
    assert pytest.approx((3.197, 2.929), abs=5e-4) == (C0, C1)


def test_equation_10_with_many_tokens_by_hand():
    """n = 10: C_0 n/e + 2 = 13.8 <= 14."""
    assert paper.G(10, 14) == pytest.approx(C1 * 14 * math.exp(C0 * 10 / (2 * math.e)), rel=1e-12)


def test_equation_10_with_a_middling_number_of_tokens_by_hand():
    """n = 10: C_0 n/4 + 2 = 9.99 <= 10, 13 < 13.8."""
    expected = [C1 * s * (C0 * 10 / s) ** (s / 2) for s in (10, 13)]
    assert paper.G(10, [10, 13]) == pytest.approx(expected, rel=1e-12)


def test_equation_10_with_few_tokens_by_hand():
    assert paper.G(10, [2, 3, 9]) == pytest.approx([2, 6, 510], rel=1e-12)


@given(st.integers(1, 3_000), st.integers(2, 3_000))
def test_equation_10_in_every_regime_and_beyond_a_float(n, s):
    assert paper.log_G(n, s) == pytest.approx(float(mpmath.log(slow_equation_10(n, s))), rel=1e-11)


def test_equation_10_beyond_a_float_is_infinite():
    assert paper.G(3_000, 2_000) == math.inf


def test_with_one_token_nothing_deviates():
    assert paper.G(10, 1) == 0


def test_equation_10_broadcasts():
    assert paper.G(np.ones((3, 1)), range(2, 6)).shape == (3, 4)


def test_equation_10_is_at_least_s():
    """Used in our proofs of Theorems 3 and 4 and of (19), for n >= 1 and s >= 2."""
    n, s = np.arange(1, 301)[:, None], np.arange(2, 1_001)
    assert (paper.log_G(n, s) >= np.log(s) - 1e-12).all()


def test_pi_times_the_square_of_equation_10_over_4_s_is_at_least_half_pi():
    """Used in our proof of (19): the least ratio, 1.57, is at s = 2, where G is 2."""
    n, s = np.arange(1, 301)[:, None], np.arange(2, 1_001)
    ratio = np.exp(math.log(math.pi) + 2 * paper.log_G(n, s) - np.log(4 * s))
    assert ratio.min() == pytest.approx(math.pi / 2, rel=1e-12)
    assert np.unique(np.nonzero(ratio < 1.58)[1]).tolist() == [0]


@pytest.mark.parametrize(("n", "s", "sentence"), [(0, 3, "n was 0"), (3, 0, "s was 0")])
def test_equation_10_refuses_what_cannot_be(n, s, sentence):
    with pytest.raises(InvalidInput, match=sentence):
        paper.G(n, s)


# Lemma 1 against every outcome ------------------------------------------------------------------------------------

LAWS = [
    (1 / 3, 1 / 3, 1 / 3),
    (0.5, 0.3, 0.2),
    (0.5, 0.5, 0.0),
    (0.9, 0.08, 0.02),
    (0.25, 0.25, 0.25, 0.25),
    (0.6, 0.2, 0.15, 0.05),
]
CASES = [(p, n) for p in LAWS for n in ((1, 2, 5, 12, 30, 60) if len(p) == 3 else (1, 2, 3, 8, 25))]
cases = pytest.mark.parametrize(("p", "n"), CASES)
EPS = np.linspace(0.02, 2, 100)


@functools.cache
def exact_tail(p, n):
    """P(||p_hat - p||_1 >= eps) at each eps; a tie within rounding counts, so that the tail is never too small."""
    distance, chance = np.array(oracles.straying(p, n)).T
    return np.array([chance[distance >= eps - 1e-12].sum() for eps in EPS])


@cases
def test_the_oracles_outcomes_have_probability_one(p, n):
    assert sum(chance for _, chance in oracles.straying(p, n)) == pytest.approx(1, abs=1e-12)


@cases
def test_lemma_1_holds_for_every_outcome(p, n):
    assert (exact_tail(p, n) <= paper.concentration_bound(p, n, EPS) + 1e-15).all()


@cases
def test_weissmans_bound_holds_for_every_outcome(p, n):
    assert (exact_tail(p, n) <= paper.weissman_bound(p, n, EPS) + 1e-15).all()


@cases
def test_lemma_1_holds_with_one_half_for_pi(p, n):
    assert (exact_tail(p, n) <= paper.concentration_bound(p, n, EPS, pi_p=0.5) + 1e-15).all()


def test_the_three_regimes_are_among_the_cases():
    assert [paper.G(n, 4) == pytest.approx(14) for n in (1, 2, 3)] == [False, False, True]
    assert paper.G(1, 4) == pytest.approx(float(slow_equation_10(1, 4)))
    assert C0 * 2 / 4 + 2 <= 4 < C0 * 2 / math.e + 2


@pytest.mark.parametrize("factor", [1.5, 4])
@pytest.mark.parametrize("p", [(0.5, 0.5, 0.0), (0.25, 0.25, 0.25, 0.25)])
def test_with_a_larger_phi_lemma_1_would_fail(p, factor):
    """The negative control: Lemma 1 with 1.5 or 4 phi, at an outcome of positive probability."""
    n = 60 if len(p) == 3 else 25
    bound = paper.concentration_bound(p, n, EPS * math.sqrt(factor))
    assert (exact_tail(p, n) > bound + 1e-15).any()


def test_without_its_factor_lemma_1_would_fail():
    p, n = (0.25, 0.25, 0.25, 0.25), 25
    assert (exact_tail(p, n) > paper.concentration_bound(p, n, EPS) / paper.G(n, 4)).any()


@pytest.mark.parametrize(("s", "below"), [(60, 0.06), (600, 0.0026)], ids=["60 tokens", "the size of Figure 4"])
def test_lemma_1_fails_with_many_more_tokens_than_samples(s, below):
    """10 samples of s equal tokens miss at least s - 10 of them, so ||p_hat - p||_1 >= 2 (1 - 10/s) always."""
    bound = paper.concentration_bound(distributions.uniform(s), 10, 2 * (1 - 10 / s), pi_p=0.5)
    assert C0 * 10 / math.e + 2 <= s
    assert bound < below


def worst_of_lemma_1(n, s):
    """The largest probability over its bound, for s equal tokens, by the law of the number of missed tokens."""
    eps, tail = paper.uniform_tail(n, s)
    split = (s // 2) / s
    return (tail / paper.concentration_bound(distributions.uniform(s), n, eps, pi_p=split)).max()


def test_the_first_case_of_lemma_1_holds_for_10_samples_of_32_tokens_and_fails_from_33_on():
    first_case = range(math.ceil(C0 * 10 / math.e + 2), 200)
    assert [s for s in first_case if worst_of_lemma_1(10, s) <= 1] == list(range(first_case[0], 33))


def test_the_second_case_of_lemma_1_holds_for_equal_tokens():
    cases = [(n, s) for n in range(2, 61) for s in range(n + 1, 2 * n) if C0 * n / 4 + 2 <= s < C0 * n / math.e + 2]
    assert len(cases) > 300
    assert max(worst_of_lemma_1(n, s) for n, s in cases) <= 1


def test_the_sure_deviation_refutes_lemma_1_from_a_ratio_of_2_19_on_where_n_is_large():
    """C_0/(2e) < 2 (1 - n/s)^2 where s/n > 2.1845."""
    ratio = 1 / (1 - math.sqrt(C0 / (4 * math.e)))
    assert ratio == pytest.approx(2.1845, abs=1e-4)
    for factor, fails in ((0.9, False), (1.1, True)):
        n = 2_000
        s = 2 * round(factor * ratio * n / 2)
        log_bound = paper.log_G(n, s) - 2 * n * (1 - n / s) ** 2
        assert (log_bound < 0) == fails


@pytest.mark.parametrize(("n", "s"), [(1, 1), (1, 5), (2, 2), (3, 4), (4, 5), (5, 6), (4, 4)])
def test_the_tail_of_equal_tokens_is_that_of_every_outcome(n, s):
    outcomes = oracles.straying([1 / s] * s, n)
    eps, tail = paper.uniform_tail(n, s)
    exact = [sum(chance for distance, chance in outcomes if distance >= e - 1e-12) for e in eps]
    np.testing.assert_allclose(tail, exact, rtol=0, atol=1e-12)


def test_the_tail_of_equal_tokens_with_one_more_is_another():
    assert abs(paper.uniform_tail(4, 6)[1] - paper.uniform_tail(4, 5)[1]).max() > 0.01


@pytest.mark.parametrize(("n", "s"), [(6, 5), (0, 5)])
def test_the_tail_of_equal_tokens_takes_no_more_samples_than_tokens(n, s):
    with pytest.raises(InvalidInput, match=f"n was {n}"):
        paper.uniform_tail(n, s)


def test_weissmans_bound_says_nothing_there():
    assert paper.weissman_bound(distributions.uniform(60), 10, 5 / 3, pi_p=0.5) > 1e9


@cases
def test_the_librarys_tail_is_that_of_every_outcome(p, n):
    np.testing.assert_allclose(paper.exact_tail(p, n, EPS), exact_tail(p, n), rtol=0, atol=1e-12)


def test_the_tail_of_one_sample_less_is_another():
    assert abs(paper.exact_tail(LAWS[1], 11, EPS) - exact_tail(LAWS[1], 12)).max() > 0.05


@pytest.mark.parametrize(("p", "n"), [(p, n) for p, n in CASES if n <= 12])
def test_the_outcomes_are_all_the_count_vectors(p, n):
    counts, chance = paper.outcomes(p, n)
    expected = {x: oracles.multinomial(x, p) for x in oracles.count_vectors(n, len(p))}
    found = dict(zip(map(tuple, counts.tolist()), chance, strict=True))
    assert found.keys() == expected.keys()
    assert found == pytest.approx(expected, abs=1e-12)


def test_one_token_has_one_outcome():
    assert [part.tolist() for part in paper.outcomes([1.0], 5)] == [[[5]], [1.0]]


@pytest.mark.parametrize("look", [paper.outcomes, lambda p, n: paper.exact_tail(p, n, 0.5)])
def test_too_many_outcomes_are_refused(look):
    with pytest.raises(InvalidInput, match="more than the 200,000 that can be looked at one by one"):
        look(distributions.uniform(52), 100)


def test_an_uneven_law_deviates_less():
    even, uneven = (paper.concentration_bound(p, 60, 0.5) for p in (LAWS[0], LAWS[3]))
    assert uneven < 0.2 * even


def test_a_rare_token_may_be_drawn():
    """A token of probability 1e-17 deviates by 2 when one sample is it."""
    assert paper.concentration_bound([1.0, 1e-17], 1, 2.0) >= 1e-17


@pytest.mark.parametrize("bound", [paper.concentration_bound, paper.weissman_bound])
def test_a_bound_beyond_a_float_is_infinite_without_a_warning(bound):
    assert bound(distributions.uniform(3_000), 1_300, 1e-3, pi_p=0.5) == math.inf


@pytest.mark.parametrize("bound", [paper.concentration_bound, paper.weissman_bound])
def test_the_tail_refuses_what_cannot_be(bound):
    with pytest.raises(InvalidInput, match="eps was 0"):
        bound([0.5, 0.5], 3, 0)
    with pytest.raises(InvalidInput, match="n was 0"):
        bound([0.5, 0.5], 0, 1)
    with pytest.raises(InvalidInput, match=r"sum to 1\.1"):
        bound([0.5, 0.6], 3, 1)
