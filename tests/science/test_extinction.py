"""Extinction of any share, and its bound for training sets of any size: against chains of all the counts."""

import numpy as np
import oracles
import pytest
from hypothesis import given
from hypothesis import strategies as st

from collapse_lib import InvalidInput
from collapse_lib.theory import coalescent, extinction

shares = st.lists(st.floats(0, 1), min_size=1, max_size=4).map(np.array)
sizes = st.integers(1, 40)


def test_a_token_dies_out_as_in_the_chain_of_all_the_counts():
    p = [0.5, 0.3, 0.2]
    chain = oracles.Chain(p, 5)
    for m in range(1, 6):
        found = extinction.extinct(p, 5, m)[m]
        expected = [chain.mean(m, lambda q, i=i: q[i] == 0) for i in range(3)]
        np.testing.assert_allclose(found, expected, rtol=1e-12)


def test_two_tokens_together_die_out_as_one_of_their_joint_share():
    chain = oracles.Chain([0.5, 0.3, 0.2], 5)
    both = chain.mean(4, lambda q: q[1] == q[2] == 0)
    assert extinction.extinct(0.5, 5, 4)[4] == pytest.approx(both, rel=1e-12)


@given(sizes)
def test_for_a_whole_law_it_is_what_the_coalescent_says(n):
    p = np.array([0.6, 0.25, 0.15, 0.0])
    np.testing.assert_allclose(
        extinction.extinct(p, n, 6), coalescent.extinction_probability(p, n, 6), rtol=1e-12, atol=1e-15
    )


@given(shares, sizes)
def test_the_bound_is_a_lower_one(x, n):
    assert (extinction.extinct_at_least(x, n, 30) <= extinction.extinct(x, n, 30) + 1e-12).all()


@pytest.mark.parametrize("n", [2, 10, 100])
def test_the_lines_are_at_least_the_mean_number_of_ancestors(n):
    laws = [law for law, _ in zip(coalescent.ancestors(n), range(20), strict=False)]
    means = [law @ np.arange(len(law)) for law in laws]
    assert (extinction.lines(n, 19) >= np.array(means) - 1e-9).all()


@pytest.mark.parametrize("n", [100, 400])
def test_the_bound_is_off_by_what_the_module_says(n):
    c = np.arange(1, n)
    gap = extinction.extinct(c / n, n, 60) - extinction.extinct_at_least(c / n, n, 60)
    assert (gap <= 0.16 * c / n).all()
    assert gap.max() > 1e-3  # and is not exact


def test_one_sample_keeps_what_it_is():
    assert extinction.extinct([0.25], 1, 3).tolist() == [[0.0], [0.75], [0.75], [0.75]]
    assert extinction.extinct_at_least([0.25], 1, 3).tolist() == [[0.0], [0.75], [0.75], [0.75]]


def test_what_is_not_there_is_extinct_and_what_is_everything_never():
    for law in (extinction.extinct, extinction.extinct_at_least):
        found = law([0.0, 1.0], 7, 9)
        assert found[:, 0] == pytest.approx(1, abs=1e-15)
        assert found[:, 1] == pytest.approx(0, abs=1e-15)


def test_shares_may_have_any_shape():
    assert extinction.extinct(np.full((2, 3), 0.1), 4, 5).shape == (6, 2, 3)
    assert extinction.extinct_at_least(0.1, 4, 5).shape == (6,)
    assert extinction.extinct_at_least(np.full((2, 3), 0.1), 4, 0).shape == (1, 2, 3)


@pytest.mark.parametrize("law", [extinction.extinct, extinction.extinct_at_least])
@pytest.mark.parametrize(
    ("given", "said"),
    [
        ((-0.1, 5, 3), "share"),
        ((1.1, 5, 3), "share"),
        ((0.5, 0, 3), "n was 0"),
        ((0.5, 5, -1), "generations was -1"),
    ],
)
def test_what_makes_no_sense_is_refused(law, given, said):
    with pytest.raises(InvalidInput, match=said):
        law(*given)
