"""Theorems 3 and 4: bounds above the exact deviation, letters by enumeration, and the step that fails."""

import functools
import math
from fractions import Fraction

import numpy as np
import oracles
import pytest
from hypothesis import given
from hypothesis import strategies as st

from collapse_lib import InvalidInput, distributions
from collapse_lib.theory import deviation, paper

TRUTHS = [(0.5, 0.5), (0.9, 0.1), (0.5, 0.3, 0.2), (0.25, 0.25, 0.25, 0.25), (0.7, 0.1, 0.1, 0.05, 0.05, 0.0)]
SIZES = [(1, 1), (3, 1), (3, 7), (8, 2), (8, 8), (15, 4)]
cases = pytest.mark.parametrize(("p", "N", "n"), [(p, *sizes) for p in TRUTHS for sizes in SIZES])
LAST = 12

laws = st.lists(st.floats(0.001, 1), min_size=2, max_size=6).map(lambda w: np.array(w) / sum(w))


@functools.cache
def chain(p, N, n):
    return oracles.PartialChain(p, N, n)


# Theorem 3 and equation (11) --------------------------------------------------------------------------------------


def test_theorem_3_by_hand():
    """n = 10, s = 3: G is 6."""
    assert paper.deviation_bound(100, 10, 3) == pytest.approx(math.sqrt(math.pi * 5) * 6 / 100, rel=1e-12)


@cases
def test_theorem_3_is_above_the_exact_deviation(p, N, n):
    assert (deviation.l1(p, N, n, LAST)[2:] < paper.deviation_bound(N, n, len(p))).all()


def test_an_eighth_of_theorem_3_would_be_violated():
    """The negative control: two equal tokens, one synthetic sample."""
    assert deviation.l1((0.5, 0.5), 30, 1, LAST)[-1] > paper.deviation_bound(30, 1, 2) / 8


def test_theorem_3_says_nothing_where_figure_3_is_drawn():
    """At s = 600 and N = 100 it is above 2, which no L1 distance exceeds, from one synthetic token on."""
    assert paper.deviation_bound(100, 1, 600) == pytest.approx(39, rel=0.02)
    assert (np.diff(np.log(paper.deviation_bound(100, range(1, 200), 600))) > 0.5).all()


def test_theorem_3_beyond_a_float_is_infinite():
    assert paper.deviation_bound(100, 10**4, 10**5) == math.inf


@given(st.integers(1, 10**12), st.floats(0.01, 2), st.integers(3, 2_000))
def test_equation_11_keeps_theorem_3_below_eps(N, eps, s):
    """So many tokens, rounded down, where it allows one."""
    allowed = math.floor(paper.largest_synthetic(N, eps, s))
    if allowed >= 1:
        assert paper.deviation_bound(N, allowed, s) < eps


def test_equation_11_by_hand():
    """s - 2 = 8 is the larger entry at N = 10^5, and the smaller at N = 10^12."""
    room = math.log(math.sqrt(2) * math.pi * 1e5 / (6 * math.e * 10))
    assert paper.largest_synthetic([1e5, 1e12], 1.0, 10) == pytest.approx(
        [2 * math.pi / math.e**2 * room, 2 * math.pi / math.e**2 * 8], rel=1e-12
    )


def test_ten_times_what_equation_11_allows_is_too_much_for_theorem_3():
    allowed = float(paper.largest_synthetic(10**6, 0.5, 600))
    assert allowed > 1
    assert paper.deviation_bound(10**6, 10 * allowed, 600) > 0.5


def test_equation_11_may_allow_no_token():
    assert paper.largest_synthetic(100, 0.5, 600) < 1


@pytest.mark.parametrize(
    ("refused", "sentence"),
    [((0, 1, 3), "N was 0"), ((3, 0, 3), "n was 0"), ((3, 1, 0), "s was 0")],
)
def test_theorem_3_refuses_what_cannot_be(refused, sentence):
    with pytest.raises(InvalidInput, match=sentence):
        paper.deviation_bound(*refused)


# Theorem 4, equation (16) -----------------------------------------------------------------------------------------


@cases
def test_equation_16_is_above_the_exact_deviation(p, N, n):
    assert (deviation.l1(p, N, n, LAST)[2:] < paper.deviation_bound_refined(p, N, n)).all()


@cases
def test_equation_16_is_at_most_theorem_3(p, N, n):
    assert paper.deviation_bound_refined(p, N, n) <= paper.deviation_bound(N, n, len(p)) * (1 + 1e-12)


@pytest.mark.parametrize(("N", "n"), SIZES)
def test_equation_16_with_the_largest_spread_is_theorem_3(N, n):
    refined = paper.deviation_bound_refined((0.5, 0.3, 0.2), N, n, spread=0.25)
    assert refined == pytest.approx(float(paper.deviation_bound(N, n, 3)), rel=1e-12)


def test_equation_16_falls_with_the_truths_sigma():
    even, uneven = (paper.deviation_bound_refined(p, 15, 4) for p in [(0.5, 0.5), (0.99, 0.01)])
    assert uneven < 0.95 * even


def test_zeta_by_hand():
    assert paper.zeta(5, 5, 0.15) == pytest.approx(0.5 - 0.2 * 0.25, rel=1e-14)


@pytest.mark.parametrize(("p", "N"), [(p, N) for p in TRUTHS for N in (1, 4, 7)])
def test_the_mean_spread_is_that_of_every_corpus(p, N):
    exact = float(oracles.mean_spread_of_generation_1(p, N))
    assert paper.mean_spread(p, N) == pytest.approx(exact, abs=1e-12)


def test_the_mean_spread_with_another_corpus_is_another():
    exact = float(oracles.mean_spread_of_generation_1(TRUTHS[2], 6))
    assert abs(paper.mean_spread(TRUTHS[2], 7) - exact) > 1e-3


@given(laws, st.integers(1, 8))
def test_the_mean_spread_is_at_most_one_quarter(p, N):
    assert paper.mean_spread(p, N) <= 0.25 + 1e-15


def test_the_mean_spread_of_a_dirac_truth_is_zero():
    assert paper.mean_spread([0.0, 1.0], 5) == 0


def test_one_real_sample_has_no_spread():
    assert paper.mean_spread([0.5, 0.3, 0.2], 1) == 0


def test_too_many_corpora_are_refused():
    with pytest.raises(InvalidInput, match=r"100 samples of 52 tokens have .* outcomes, more than the 200,000"):
        paper.mean_spread(distributions.uniform(52), 100)


def test_the_mean_spread_takes_one_law():
    with pytest.raises(InvalidInput, match="takes one law"):
        paper.mean_spread([[0.5, 0.5]], 3)


# The step of the printed proof of Theorem 4 -----------------------------------------------------------------------


def room_of_the_printed_step(s, N, n):
    """1/4 - (1/4 - E lambda_1)(N/(N + n))^2 - E lambda_2 for s equal tokens, exactly; the proof needs it >= 0."""
    p, quarter = [Fraction(1, s)] * s, Fraction(1, 4)
    stated = quarter - (quarter - oracles.mean_spread_of_generation_1(p, N)) * Fraction(N, N + n) ** 2
    return stated - oracles.mean_spread_of_generation_2(p, N, n)


def test_the_printed_step_of_theorem_4_holds_for_four_equal_tokens():
    """The margin is 1/288 = 0.0035."""
    assert room_of_the_printed_step(4, 5, 1) == Fraction(1, 288)


def test_the_printed_step_of_theorem_4_fails_for_five_equal_tokens():
    """1/4 - E lambda_2 is 0.00342, and should be at least 0.00476."""
    assert Fraction(1, 4) - oracles.mean_spread_of_generation_2([Fraction(1, 5)] * 5, 7, 1) == Fraction(107, 31250)
    assert -0.00134 < room_of_the_printed_step(5, 7, 1) < -0.00133


def test_theorem_4_itself_holds_where_its_printed_step_fails():
    p = distributions.uniform(5)
    assert (deviation.l1(p, 7, 1, 40)[2:] < 0.1 * paper.deviation_bound_refined(p, 7, 1)).all()


@given(laws)
def test_one_minus_sigma_is_at_most_four_times_the_spread(p):
    """Used in our proof: a set drawn by fair coins has p(A)(1 - p(A)) = (1 - sigma)/4 on average."""
    assert 1 - oracles.squares(p) <= 4 * oracles.spread(p) + 1e-12


def test_one_minus_sigma_may_exceed_three_point_eight_times_the_spread():
    """The negative control: 25 equal tokens, split 12 to 13."""
    assert 1 - 1 / 25 > 3.8 * (12 / 25) * (13 / 25)


# Equation (18) ----------------------------------------------------------------------------------------------------


def test_equation_18_by_hand():
    """alpha = 1/2, steps 1 and 2: 1/2, then 1/4 + 2/2."""
    assert paper.deviation_chain(5, 5, [1.0, 2.0]).tolist() == [0.5, 1.25]


@cases
def test_equation_18_is_above_the_exact_deviation(p, N, n):
    steps = deviation.sampling_error(p, N, n, LAST - 1)
    assert (deviation.l1(p, N, n, LAST)[2:] <= paper.deviation_chain(N, n, steps) + 1e-12).all()


@cases
def test_equation_18_is_an_equality_for_generation_2(p, N, n):
    """p^(2) - p^(1) = alpha (p_hat^(1) - p^(1)), sample by sample."""
    step = deviation.sampling_error(p, N, n, 1)
    assert paper.deviation_chain(N, n, step)[0] == pytest.approx(deviation.l1(p, N, n, 2)[2], abs=1e-13)


def test_equation_18_is_no_equality_for_generation_3():
    p, N, n = (0.5, 0.3, 0.2), 8, 8
    bound = paper.deviation_chain(N, n, deviation.sampling_error(p, N, n, 2))[1]
    assert bound > 1.1 * deviation.l1(p, N, n, 3)[3]


def test_equation_18_with_alpha_squared_would_be_violated():
    p, N, n = (0.5, 0.3, 0.2), 8, 8
    bound = paper.deviation_chain(N, n, deviation.sampling_error(p, N, n, 1))[0]
    assert deviation.l1(p, N, n, 2)[2] > 0.51 * bound


# Equation (19) ----------------------------------------------------------------------------------------------------

TINY = [((0.5, 0.5), 3, 4), ((0.9, 0.1), 4, 3), ((0.5, 0.3, 0.2), 4, 4), ((0.8, 0.1, 0.1), 5, 2)]


@functools.cache
def mean_splits(p, N, n, last):
    """E pi_j for j = 1..last, by enumeration."""
    return [float(chain(p, N, n).mean(j, oracles.split)) for j in range(1, last + 1)]


@pytest.mark.parametrize(("p", "N", "n"), TINY)
def test_equation_19_is_above_equation_18(p, N, n):
    """Each step is bounded through phi of the enumerated E pi_j."""
    by_lemma = paper.deviation_bound_sum(N, n, len(p), mean_splits(p, N, n, 4))
    exact_steps = [chain(p, N, n).sampling_error(j) for j in range(1, 5)]
    assert (by_lemma >= paper.deviation_chain(N, n, exact_steps)).all()


def test_equation_19_by_hand():
    """One step at pi = 1/2: alpha sqrt(pi/(2 n)) G."""
    bound = paper.deviation_bound_sum(5, 5, 3, [0.5])
    assert bound == pytest.approx([0.5 * math.sqrt(math.pi / 10) * 6], rel=1e-12)


def test_equation_19_falls_with_the_truths_sigma():
    """The paper's reading of Figure 4."""
    even, uneven = (paper.deviation_bound_sum(4, 4, 2, mean_splits(p, 4, 4, 3)) for p in [(0.5, 0.5), (0.95, 0.05)])
    assert (uneven < even).all()


def test_equation_19_with_laws_that_cannot_deviate_is_zero():
    assert paper.deviation_bound_sum(5, 5, 3, [0.0, 0.0]).tolist() == [0, 0]
