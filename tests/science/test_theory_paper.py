"""Theorem 1 and Proposition 1: numbers worked out by hand, and the fully synthetic chain enumerated by state."""

import numpy as np
import oracles
import pytest
from hypothesis import given
from hypothesis import strategies as st

from collapse_lib import InvalidInput
from collapse_lib.theory import paper

CHAINS = [(2, (0.5, 0.5)), (3, (0.5, 0.3, 0.2)), (5, (0.4, 0.35, 0.25)), (4, (0.7, 0.2, 0.1, 0.0)), (1, (0.6, 0.4))]
chains = pytest.mark.parametrize(("n", "p"), CHAINS)


def squares(p):
    return sum(q * q for q in p)


# Theorem 1.1, equation (6) ----------------------------------------------------------------------------------------


@chains
def test_equation_6_is_the_mean_sigma_of_the_enumerated_chain(n, p):
    chain = oracles.Chain(p, n)
    exact = [chain.mean(m, squares) for m in range(1, 9)]
    np.testing.assert_allclose(paper.sigma_fully_synthetic(squares(p), n, range(1, 9)), exact, rtol=0, atol=1e-12)


def test_equation_6_with_one_sample_more_is_not_the_enumerated_mean():
    chain = oracles.Chain((0.4, 0.35, 0.25), 5)
    assert abs(paper.sigma_fully_synthetic(0.345, 6, 3) - chain.mean(3, squares)) > 0.01


def test_equation_6_by_hand():
    assert paper.sigma_fully_synthetic(S0=0.25, n=10, m=3) == pytest.approx(1 - 0.729 * 0.75, rel=1e-14)


@given(st.floats(0.001, 0.999), st.integers(1, 10_000))
def test_equation_6_starts_at_the_truth(S, n):
    assert paper.sigma_fully_synthetic(S, n, 0) == pytest.approx(S, rel=1e-12)


def test_equation_6_tends_to_one():
    assert paper.sigma_fully_synthetic(0.1, 10, 1_000) == pytest.approx(1, abs=1e-12)


def test_equation_6_broadcasts():
    assert paper.sigma_fully_synthetic(np.full((4, 1, 1), 0.5), np.array([[2], [3]]), range(5)).shape == (4, 2, 5)


# Theorem 1.2, equation (7) ----------------------------------------------------------------------------------------


def test_equation_7_by_hand():
    """S_0 = 1/4, n = 10, m = 3, s~ = 5: (1 - 1/n)^m = 0.729."""
    bounds = paper.collapse_probability_bounds(0.25, 10, 3, 5)
    assert bounds == pytest.approx((1 - 10 * 0.75 * 0.729, 1 - 0.75 / 0.8 * 0.729), rel=1e-14)


@chains
def test_equation_7_holds_in_the_enumerated_chain(n, p):
    chain = oracles.Chain(p, n)
    for m in range(1, 9):
        lower, upper = paper.collapse_probability_bounds(squares(p), n, m, np.count_nonzero(p))
        assert lower - 1e-12 <= chain.collapse_probability(m) <= upper + 1e-12


def test_equation_7_is_an_equality_for_two_tokens_and_two_samples():
    """n = s = 2: sigma_m is 1 or 1/2, so rho_m = 2 S_m - 1, and the upper bound is that."""
    upper = paper.collapse_probability_bounds(0.68, 2, 4, 2)[1]
    assert upper == pytest.approx(oracles.Chain((0.8, 0.2), 2).collapse_probability(4), abs=1e-12)


def test_equation_7_may_be_clipped_to_probabilities():
    assert paper.collapse_probability_bounds(0.25, 10, 3, 5, clip=True)[0] == 0


def test_clipping_changes_no_bound_that_is_a_probability():
    plain = paper.collapse_probability_bounds(0.25, 10, 60, 5)
    assert paper.collapse_probability_bounds(0.25, 10, 60, 5, clip=True) == plain


@pytest.mark.parametrize("argument", ["S0", "n", "m", "support"])
def test_equation_7_broadcasts_both_bounds_to_one_shape(argument):
    arguments = {"S0": 0.5, "n": 10, "m": 3, "support": 5}
    arguments[argument] = np.full((2, 1), arguments[argument])
    assert [bound.shape for bound in paper.collapse_probability_bounds(**arguments)] == [(2, 1), (2, 1)]


# Theorem 1.3, equation (8) ----------------------------------------------------------------------------------------


def test_equation_8_by_hand():
    assert paper.collapse_time_bounds(0.25, 10, 5) == pytest.approx((1 + 0.75 / 0.8 * 9, 1 + 0.75 * 90), rel=1e-14)


@chains
def test_equation_8_holds_in_the_enumerated_chain(n, p):
    lower, upper = paper.collapse_time_bounds(squares(p), n, np.count_nonzero(p))
    assert lower - 1e-12 <= oracles.Chain(p, n).expected_collapse_time() <= upper + 1e-12


def test_equation_8_says_one_generation_for_one_sample():
    assert paper.collapse_time_bounds(0.5, 1, 2) == (1, 1)


@pytest.mark.parametrize("argument", ["S0", "n", "support"])
def test_equation_8_broadcasts_both_bounds_to_one_shape(argument):
    arguments = {"S0": 0.5, "n": 10, "support": 5}
    arguments[argument] = np.full((2, 1), arguments[argument])
    assert [bound.shape for bound in paper.collapse_time_bounds(**arguments)] == [(2, 1), (2, 1)]


# Proposition 1 ----------------------------------------------------------------------------------------------------


@chains
def test_proposition_1_is_the_limit_of_the_enumerated_chain(n, p):
    np.testing.assert_allclose(paper.limit_distribution(p), oracles.Chain(p, n).limit(), rtol=0, atol=1e-12)


def test_the_limit_is_refused_for_what_is_no_distribution():
    with pytest.raises(InvalidInput, match=r"sum to 1\.1"):
        paper.limit_distribution([0.5, 0.6])


def test_at_a_dirac_truth_every_statement_is_trivially_true():
    assert paper.sigma_fully_synthetic(1.0, 10, 3) == 1
    assert paper.collapse_probability_bounds(1.0, 10, 3, support=1) == (1, 1)
    assert paper.collapse_time_bounds(1.0, 10, support=1) == (1, 1)


# What is refused --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ({"S0": 1.5, "n": 10, "m": 1}, r"S0 was 1.5; .* lies in \(0, 1\]"),
        ({"S0": [0.5, 1.5], "n": 10, "m": 1}, r"S0 was \[0.5 1.5\]"),
        ({"S0": 0.0, "n": 10, "m": 1}, "S0 was 0.0"),
        ({"S0": float("nan"), "n": 10, "m": 1}, "S0 was nan"),
        ({"S0": 0.5, "n": 0, "m": 1}, "n was 0.0; a training set holds at least 1"),
        ({"S0": 0.5, "n": 10, "m": -1}, "m was -1.0; .*generations count from 0"),
    ],
)
def test_equation_6_refuses_what_cannot_be(arguments, sentence):
    with pytest.raises(InvalidInput, match=sentence):
        paper.sigma_fully_synthetic(**arguments)


@pytest.mark.parametrize(
    ("S", "support"), [(0.9, 1), (0.1, 5), (0.1, 9), ([0.5, 0.1], 4)], ids=["one token", "too few", "just", "array"]
)
@pytest.mark.parametrize(
    "bounds",
    [
        lambda S, support: paper.collapse_probability_bounds(S, 10, 1, support),
        lambda S, support: paper.collapse_time_bounds(S, 10, support),
    ],
    ids=["(7)", "(8)"],
)
def test_a_support_too_small_for_its_sigma_is_refused(bounds, S, support):
    with pytest.raises(InvalidInput, match=f"support was {support}.0 with S0 = "):
        bounds(S, support)


def test_the_smallest_sigma_of_a_support_is_accepted():
    assert np.isfinite(paper.collapse_time_bounds(1 / 3, 10, 3)).all()
