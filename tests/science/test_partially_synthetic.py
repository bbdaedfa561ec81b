"""Theorem 2: equation (9), corrected and as printed, against the enumerated chain and against simulation.

Every seed is fixed; |z| < 5 fails by chance once in 1.7 million comparisons.
"""

import functools
from fractions import Fraction

import numpy as np
import oracles
import pytest
from hypothesis import given
from hypothesis import strategies as st

from collapse_lib import InvalidInput, PartiallySynthetic, distributions, metrics, simulate
from collapse_lib.theory import paper

CHAINS = [
    ((0.5, 0.5), 1, 3),
    ((0.7, 0.3), 3, 1),
    ((0.8, 0.2), 2, 5),
    ((0.5, 0.3, 0.2), 5, 5),
    ((0.6, 0.3, 0.1), 3, 4),
    ((0.9, 0.1, 0.0), 4, 2),
]
chains = pytest.mark.parametrize(("p", "N", "n"), CHAINS)
LAST = 4
EXACT = {"rtol": 0, "atol": 1e-12}

moments = st.floats(0.001, 0.999)
sizes = st.integers(1, 500)


@functools.cache
def chain(p, N, n):
    return oracles.PartialChain(p, N, n)


# Against the chain enumerated corpus by corpus --------------------------------------------------------------------


@chains
def test_the_oracles_outcomes_have_probability_one(p, N, n):
    assert sum(w for w, *_ in chain(p, N, n).outcomes(3)) == pytest.approx(1, abs=1e-12)


@chains
def test_corrected_equation_9_is_the_mean_sigma_of_the_enumerated_chain(p, N, n):
    exact = [chain(p, N, n).mean(m, oracles.squares) for m in range(1, LAST + 1)]
    corrected = paper.sigma_partially_synthetic(oracles.squares(p), N, n, range(1, LAST + 1))
    np.testing.assert_allclose(corrected, exact, **EXACT)


@pytest.mark.parametrize("m", [2, 3, 4])
def test_printed_equation_9_is_not_the_mean_sigma_of_the_enumerated_chain(m):
    p, N, n = (0.5, 0.3, 0.2), 5, 5
    printed = paper.sigma_partially_synthetic(0.38, N, n, m, printed=True)
    assert chain(p, N, n).mean(m, oracles.squares) - printed > 0.0001


def second_moment_of_generation_2(p, N, n):
    """S_2 exactly, for a truth of fractions: every real corpus of N tokens and every n draws from it."""
    total = Fraction(0)
    for c in oracles.count_vectors(N, len(p)):
        first = [Fraction(a, N) for a in c]
        later = sum(
            oracles.multinomial(x, first) * sum(Fraction(a + b, N + n) ** 2 for a, b in zip(c, x, strict=True))
            for x in oracles.count_vectors(n, len(p))
        )
        total += oracles.multinomial(c, p) * later
    return total


def equation_9_in_fractions(S0, N, n, m, sign):
    """S_{m+1} as the theorem writes it; the last sign is -1 in arXiv v1."""
    alpha = Fraction(n, N + n)
    beta = alpha * ((1 + Fraction(1, N)) * alpha - Fraction(1, N))
    D = 1 + (1 + Fraction(1, N)) * alpha
    constant = Fraction(1, N) * (1 + 2 * alpha - (1 - Fraction(1, N)) * alpha * beta**m) / D
    return constant + (1 - Fraction(1, N)) * S0 / D * (1 + alpha + sign * alpha / N * beta**m)


def test_in_exact_fractions_the_plus_of_equation_9_gives_generation_2_and_the_minus_does_not():
    """N = 5, n = 7, at m = 1, where the theorem begins: 0.51669, and 0.50500 with the minus."""
    p = [Fraction(1, 2), Fraction(3, 10), Fraction(3, 20), Fraction(1, 20)]
    exact, S0 = second_moment_of_generation_2(p, 5, 7), oracles.squares(p)
    assert exact == equation_9_in_fractions(S0, 5, 7, 1, +1)
    assert exact != equation_9_in_fractions(S0, 5, 7, 1, -1)
    assert f"{float(exact):.5f}" == "0.51669"
    assert f"{float(equation_9_in_fractions(S0, 5, 7, 1, -1)):.5f}" == "0.50500"


@pytest.mark.parametrize(("sign", "printed"), [(+1, False), (-1, True)])
def test_the_librarys_equation_9_is_that_of_the_fractions(sign, printed):
    exact = [equation_9_in_fractions(Fraction(3, 10), 5, 7, m, sign) for m in range(5)]
    found = paper.sigma_partially_synthetic(0.3, 5, 7, range(1, 6), printed=printed)
    np.testing.assert_allclose(found, [float(value) for value in exact], **EXACT)


def test_corrected_equation_9_with_one_real_sample_more_is_not_the_enumerated_mean():
    exact = chain((0.5, 0.3, 0.2), 5, 5).mean(3, oracles.squares)
    assert abs(paper.sigma_partially_synthetic(0.38, 6, 5, 3) - exact) > 0.01


def test_the_oracles_second_moments_are_those_of_the_enumerated_chain():
    exact = [chain((0.6, 0.3, 0.1), 3, 4).mean(m, oracles.squares) for m in range(1, LAST + 1)]
    np.testing.assert_allclose(
        oracles.kept_moments(oracles.partially_synthetic(3, 4), 0.46, LAST)[0], exact, **EXACT
    )


@given(moments, sizes, sizes)
def test_corrected_equation_9_is_the_recursion_of_second_moments(S0, N, n):
    recursion = oracles.kept_moments(oracles.partially_synthetic(N, n), S0, 12)[0]
    np.testing.assert_allclose(paper.sigma_partially_synthetic(S0, N, n, range(1, 13)), recursion, **EXACT)


# Against simulation -----------------------------------------------------------------------------------------------


@functools.cache
def simulated_z(printed):
    """z of the stated S_1..S_5 against 60,000 runs, N = 5 and n = 20, a random truth on 30 tokens."""
    truth = distributions.dirichlet(30, 1.0, np.random.default_rng(0))
    run = simulate(truth, PartiallySynthetic(5, 20), 5, runs=60_000, seed=1, record=[metrics.sigma])
    stated = paper.sigma_partially_synthetic(metrics.sigma(truth), 5, 20, range(1, 6), printed=printed)
    return oracles.z_scores(run["sigma"][1:], stated)


def test_corrected_equation_9_is_the_mean_of_60_000_runs():
    """Five comparisons: false alarm 3e-6."""
    assert (abs(simulated_z(printed=False)) < 5).all()


@pytest.mark.parametrize("m", [2, 3, 4])
def test_printed_equation_9_is_rejected_by_60_000_runs(m):
    """The negative control, at S_2 and later, where the theorem speaks; it falls as beta^(m - 1)."""
    assert abs(simulated_z(printed=True)[m - 1]) > 5


# What follows from the corrected formula --------------------------------------------------------------------------


@given(moments, sizes, sizes)
def test_the_first_model_knows_nothing_of_synthetic_data(S0, N, n):
    assert paper.sigma_partially_synthetic(S0, N, n, 1) == pytest.approx(1 / N + (1 - 1 / N) * S0, rel=1e-12)


def test_the_printed_formula_misses_the_first_model():
    """A sanity check, at m = 0: the theorem is stated for m >= 1."""
    assert abs(paper.sigma_partially_synthetic(0.5, 5, 20, 1, printed=True) - 0.6) > 0.05


@given(moments, sizes, sizes)
def test_sigma_never_falls_on_average(S0, N, n):
    assert (np.diff(paper.sigma_partially_synthetic(S0, N, n, range(1, 40))) >= -1e-14).all()


@given(moments, sizes, sizes, st.integers(2, 200))
def test_the_papers_bound_holds(S0, N, n, m):
    assert paper.sigma_partially_synthetic(S0, N, n, m) <= paper.sigma_partially_synthetic_limit(S0, N, n) + 1e-14


@given(moments, st.integers(2, 30), st.integers(2, 30), st.integers(2, 6))
def test_the_papers_bound_is_strict_with_two_samples_of_either_kind(S0, N, n, m):
    assert paper.sigma_partially_synthetic(S0, N, n, m) < paper.sigma_partially_synthetic_limit(S0, N, n)


@pytest.mark.parametrize(("N", "n"), [(7, 1), (1, 7)], ids=["one synthetic sample", "one real sample"])
def test_the_papers_bound_is_attained_with_one_sample_of_either_kind(N, n):
    limit = paper.sigma_partially_synthetic_limit(0.3, N, n)
    np.testing.assert_allclose(paper.sigma_partially_synthetic(0.3, N, n, [2, 3, 9]), limit, **EXACT)


@given(moments, st.integers(1, 50), st.integers(1, 200))
def test_sigma_tends_to_the_papers_bound(S0, N, n):
    late = paper.sigma_partially_synthetic(S0, N, n, 10_000)
    assert late == pytest.approx(paper.sigma_partially_synthetic_limit(S0, N, n), abs=1e-12)


def test_real_data_keep_the_model_from_collapse():
    assert paper.sigma_partially_synthetic_limit(0.1, 100, 400) < 0.15


@pytest.mark.parametrize("m", [2, 5])
def test_much_synthetic_data_leave_the_first_models_sigma(m):
    many = paper.sigma_partially_synthetic(0.3, 5, 10**9, m)
    assert many == pytest.approx(paper.sigma_much_synthetic(0.3, 5), rel=1e-7)


def test_the_printed_remark_is_the_limit_of_the_printed_formula():
    many = paper.sigma_partially_synthetic(0.3, 5, 10**9, 3, printed=True)
    assert many == pytest.approx(paper.sigma_much_synthetic(0.3, 5, printed=True), rel=1e-7)


def test_the_printed_remark_is_not_the_corrected_one():
    assert paper.sigma_much_synthetic(0.3, 5) - paper.sigma_much_synthetic(0.3, 5, printed=True) > 0.01


def test_many_real_samples_keep_the_truths_sigma():
    assert paper.sigma_partially_synthetic(0.3, 10**9, 5, 50) == pytest.approx(0.3, rel=1e-7)


def test_equation_9_broadcasts():
    shape = paper.sigma_partially_synthetic(np.full((4, 1, 1), 0.5), 5, np.array([[2], [3]]), range(1, 6)).shape
    assert shape == (4, 2, 5)


def test_at_a_dirac_truth_sigma_is_one():
    np.testing.assert_allclose(paper.sigma_partially_synthetic(1.0, 5, 20, [1, 2, 9]), 1, **EXACT)


# What is refused --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"S0": 1.5}, r"S0 was 1.5; .* lies in \(0, 1\]"),
        ({"S0": 0.0}, "S0 was 0.0"),
        ({"N": 0}, "N was 0.0; a training set holds at least 1"),
        ({"n": 0}, "n was 0.0; a training set holds at least 1"),
        ({"n": float("nan")}, "n was nan"),
        ({"m": 0}, "m was 0.0; here generations count from 1"),
    ],
)
def test_equation_9_refuses_what_cannot_be(change, sentence):
    with pytest.raises(InvalidInput, match=sentence):
        paper.sigma_partially_synthetic(**({"S0": 0.5, "N": 5, "n": 20, "m": 2} | change))


@pytest.mark.parametrize("refused", [{"S0": 2.0, "N": 5, "n": 5}, {"S0": 0.5, "N": 0.5, "n": 5}])
def test_the_papers_bound_refuses_what_cannot_be(refused):
    with pytest.raises(InvalidInput):
        paper.sigma_partially_synthetic_limit(**refused)
