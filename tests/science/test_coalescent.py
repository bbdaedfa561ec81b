"""The exact laws of collapse: the coalescent against the chain enumerated forwards, and what follows from it."""

import contextlib
import functools
import itertools

import numpy as np
import oracles
import pytest
from hypothesis import given
from hypothesis import strategies as st

from collapse_lib import FullySynthetic, InvalidInput, collapse_times, distributions
from collapse_lib.theory import coalescent, paper

CHAINS = [
    (1, (0.6, 0.4)),
    (2, (0.5, 0.5)),
    (3, (0.5, 0.3, 0.2)),
    (4, (0.7, 0.2, 0.1, 0.0)),
    (4, (0.25, 0.25, 0.25, 0.25)),
    (5, (0.4, 0.35, 0.25)),
    (6, (0.9, 0.1)),
    (3, (0.0, 1.0)),
]
chains = pytest.mark.parametrize(("n", "p"), CHAINS)
EXACT = {"rtol": 0, "atol": 1e-12}
GENERATIONS = 12

truths = st.lists(st.integers(0, 20), min_size=2, max_size=8).filter(lambda c: np.count_nonzero(c) >= 2)


# Balls and boxes --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("n", [1, 2, 3, 4, 5])
def test_the_occupancy_law_is_that_of_all_possible_throws(n):
    thrown = [oracles.occupancy(k, n) for k in range(1, n + 1)]
    np.testing.assert_allclose(list(coalescent.occupancy(n)), thrown, **EXACT)


@pytest.mark.parametrize("n", [1, 7, 60, 400])
def test_the_occupancy_rows_sum_to_one(n):
    np.testing.assert_allclose([row.sum() for row in coalescent.occupancy(n)], 1, **EXACT)


@pytest.mark.parametrize("n", [1, 7, 60])
def test_k_balls_hit_at_most_k_boxes(n):
    rows = np.array(list(coalescent.occupancy(n)))
    assert not np.triu(rows[:, 1:], k=1).any()


def test_the_mean_number_of_boxes_hit_is_the_textbooks():
    """n (1 - (1 - 1/n)^k)."""
    means = [row @ np.arange(31) for row in coalescent.occupancy(30)]
    np.testing.assert_allclose(means, 30 * (1 - (29 / 30) ** np.arange(1, 31)), rtol=1e-12)


def test_all_n_tokens_have_n_ancestors_at_first():
    assert next(coalescent.ancestors(4)).tolist() == [0, 0, 0, 0, 1]


def test_the_law_of_the_grandparents_is_two_throws():
    laws = list(itertools.islice(coalescent.ancestors(4), 3))
    A = np.array([[1, 0, 0, 0, 0], *(oracles.occupancy(k, 4) for k in range(1, 5))])
    np.testing.assert_allclose(laws[2], (A @ A)[4, : len(laws[2])], **EXACT)


@pytest.mark.parametrize("n", [5, 60, 300])
def test_cutting_the_ancestors_law_loses_nothing_that_counts(n):
    totals = [law.sum() for law in itertools.islice(coalescent.ancestors(n), 20 * n)]
    np.testing.assert_allclose(totals, 1, **EXACT)


def test_the_ancestors_law_does_get_shorter():
    assert len(next(itertools.islice(coalescent.ancestors(300), 300, None))) < 50


# Against the chain enumerated forwards ----------------------------------------------------------------------------


@chains
def test_rho_is_that_of_the_enumerated_chain(n, p):
    chain = oracles.Chain(p, n)
    exact = [0, *(chain.collapse_probability(m) for m in range(1, GENERATIONS + 1))]
    np.testing.assert_allclose(coalescent.collapse_probability(p, n, GENERATIONS), exact, **EXACT)


@chains
def test_the_mean_collapse_time_is_that_of_the_enumerated_chain(n, p):
    assert coalescent.expected_collapse_time(p, n) == pytest.approx(
        oracles.Chain(p, n).expected_collapse_time(), rel=1e-12
    )


@chains
def test_the_extinction_of_a_token_is_that_of_the_enumerated_chain(n, p):
    chain = oracles.Chain(p, n)
    exact = [[chain.mean(m, lambda q, i=i: q[i] == 0) for i in range(len(p))] for m in range(1, GENERATIONS + 1)]
    np.testing.assert_allclose(coalescent.extinction_probability(p, n, GENERATIONS)[1:], exact, **EXACT)


@chains
def test_the_chance_of_each_dirac_mass_is_that_of_the_enumerated_chain(n, p):
    chain = oracles.Chain(p, n)
    exact = [[chain.mean(m, lambda q, i=i: q[i] == 1) for i in range(len(p))] for m in range(1, GENERATIONS + 1)]
    np.testing.assert_allclose(coalescent.dirac_probability(p, n, GENERATIONS)[1:], exact, **EXACT)


def test_another_sample_size_has_another_law():
    wrong = oracles.Chain((0.5, 0.3, 0.2), 4).collapse_probability(5)
    assert abs(coalescent.collapse_probability((0.5, 0.3, 0.2), 3, 5)[5] - wrong) > 0.05


# What follows -----------------------------------------------------------------------------------------------------


def test_a_token_is_missing_from_the_real_corpus_as_often_as_n_draws_miss_it():
    p = distributions.zipf(30)
    np.testing.assert_allclose(coalescent.extinction_probability(p, 20, 1)[1], (1 - p) ** 20, rtol=1e-12)


def test_generation_zero_lacks_the_tokens_that_the_truth_lacks():
    assert coalescent.extinction_probability((0.0, 0.3, 0.7), 5, 0).tolist() == [[1, 0, 0]]


def test_generation_zero_is_a_dirac_mass_only_if_the_truth_is():
    assert coalescent.dirac_probability((0.0, 1.0), 5, 0).tolist() == [[0, 1]]


def test_rho_never_falls():
    assert (np.diff(coalescent.collapse_probability(distributions.zipf(50), 30, 300)) >= 0).all()


def test_rho_tends_to_one():
    assert coalescent.collapse_probability(distributions.zipf(50), 30, 1_500)[-1] == pytest.approx(1, abs=1e-12)


def test_the_last_token_follows_the_truth():
    p = (0.5, 0.3, 0.2, 0.0)
    np.testing.assert_allclose(coalescent.dirac_probability(p, 6, 300)[-1], p, **EXACT)


def test_the_dirac_masses_share_out_rho():
    p = distributions.zipf(50)
    shared = coalescent.dirac_probability(p, 30, 80).sum(axis=1)
    np.testing.assert_allclose(shared, coalescent.collapse_probability(p, 30, 80), **EXACT)


@given(truths, st.integers(1, 40))
def test_the_mean_collapse_time_is_the_sum_of_the_tails(counts, n):
    """E[T] = sum over m >= 0 of P(T > m)."""
    p = np.array(counts) / sum(counts)
    tails = 1 - coalescent.collapse_probability(p, n, 40 * n)
    assert coalescent.expected_collapse_time(p, n) == pytest.approx(tails.sum(), rel=1e-9)


@pytest.mark.parametrize("n", [1, 2, 3, 5, 10, 30, 100, 200, 300])
def test_the_mean_collapse_time_is_below_twice_n(n):
    """The paper's conjecture E[T] = O(n), for so many equal tokens that no two real samples agree."""
    assert coalescent.expected_collapse_time(distributions.uniform(100_000), n) <= 2 * n - 1


def test_two_lineages_merge_after_n_generations_on_average():
    """Two samples of different tokens have one parent with probability 1/2 a generation: E[T] - 1 = 2 (1 - S_0)."""
    p = np.array([0.5, 0.3, 0.2])
    assert coalescent.expected_collapse_time(p, 2) == pytest.approx(1 + 2 * (1 - (p**2).sum()), rel=1e-14)


def test_two_samples_of_many_tokens_reach_the_bound_of_three_generations():
    assert coalescent.expected_collapse_time(distributions.uniform(1_000_000), 2) == pytest.approx(3, abs=3e-6)


@pytest.mark.parametrize(("n", "stated"), [(400, 796.6), (4_000, 1.997 * 4_000)])
def test_600_equal_tokens_collapse_after_twice_n_generations_nearly(n, stated):
    assert coalescent.expected_collapse_time(distributions.uniform(600), n) == pytest.approx(stated, rel=3e-4)


def test_one_sample_collapses_at_once():
    assert coalescent.collapse_probability((0.5, 0.5), 1, 3).tolist() == [0, 1, 1, 1]


def test_one_sample_takes_one_generation():
    assert coalescent.expected_collapse_time((0.5, 0.5), 1) == 1


@given(truths, st.integers(1, 40), st.integers(1, 200))
def test_equation_7_contains_the_exact_rho(counts, n, m):
    p = np.array(counts) / sum(counts)
    lower, upper = paper.collapse_probability_bounds((p**2).sum(), n, m, np.count_nonzero(p))
    assert lower - 1e-12 <= coalescent.collapse_probability(p, n, m)[m] <= upper + 1e-12


@given(truths, st.integers(1, 60))
def test_equation_8_contains_the_exact_mean(counts, n):
    p = np.array(counts) / sum(counts)
    lower, upper = paper.collapse_time_bounds((p**2).sum(), n, np.count_nonzero(p))
    assert lower - 1e-9 <= coalescent.expected_collapse_time(p, n) <= upper + 1e-9


# Quantiles --------------------------------------------------------------------------------------------------------


@given(truths, st.integers(1, 30), st.floats(0.001, 0.999))
def test_a_quantile_is_the_first_generation_that_reaches_it(counts, n, q):
    p = np.array(counts) / sum(counts)
    m = coalescent.collapse_time_quantile(p, n, q)
    rho = coalescent.collapse_probability(p, n, m)
    assert rho[m - 1] < q <= rho[m]


def test_the_quantile_search_ends_however_near_q_is_to_one(monkeypatch):
    """Rounding keeps rho a few 1e-16 below one for ever: so near a q may be refused, not sought without end."""
    sought = coalescent.ancestors

    def at_most_ten_thousand(n):
        yield from itertools.islice(sought(n), 10_000)
        pytest.fail("the search went beyond 10,000 generations")

    monkeypatch.setattr(coalescent, "ancestors", at_most_ten_thousand)
    with contextlib.suppress(InvalidInput):
        assert coalescent.collapse_time_quantile((0.5, 0.5), 3, np.nextafter(1, 0)) > 0


def test_a_quantile_nearer_to_one_than_rounding_tells_is_refused():
    """At q = 1 - 1e-12 it is known: two equal tokens, n = 2, have rho_m = 1 - 2^-m, and 2^-40 is 9e-13."""
    assert coalescent.collapse_time_quantile((0.5, 0.5), 2, 1 - 1e-12) == 40
    with pytest.raises(InvalidInput, match="at most 1 - 1e-12"):
        coalescent.collapse_time_quantile((0.5, 0.5), 2, 1 - 1e-13)


# Lines of descent -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("n", [1, 2, 3, 8, 25])
def test_the_generations_with_k_lines_are_the_sum_of_the_laws_of_the_ancestors(n):
    spent = np.zeros(n + 1)
    for law in itertools.islice(coalescent.ancestors(n), 60 * n):
        spent[: len(law)] += law
    np.testing.assert_allclose(coalescent.generations_with_lines(n)[2:], spent[2:], rtol=1e-9)
    assert not coalescent.generations_with_lines(n)[:2].any()


@given(truths, st.integers(1, 40))
def test_the_mean_collapse_time_is_shared_out_among_the_numbers_of_lines(counts, n):
    """E[T] = 1 + sum over k >= 2 of t_k (1 - sum_i p_i^k)."""
    p, k = np.array(counts) / sum(counts), np.arange(n + 1)
    differ = 1 - (p[:, None] ** k).sum(axis=0)
    spent = coalescent.generations_with_lines(n)
    assert coalescent.expected_collapse_time(p, n) == pytest.approx(1 + spent[2:] @ differ[2:], rel=1e-9)


# Many contexts ----------------------------------------------------------------------------------------------------

CONTEXTS = np.array([(0.5, 0.3, 0.2), (0.7, 0.3, 0.0), (0.4, 0.35, 0.25)])
SIZES = [3, 2, 5]


def test_all_contexts_collapse_as_the_product_of_enumerated_chains():
    chains = [oracles.Chain(p, n) for p, n in zip(CONTEXTS, SIZES, strict=True)]
    product = [np.prod([chain.collapse_probability(m) for chain in chains]) for m in range(1, GENERATIONS + 1)]
    np.testing.assert_allclose(
        coalescent.joint_collapse_probability(CONTEXTS, SIZES, GENERATIONS), [0, *product], **EXACT
    )


def test_the_last_collapse_is_that_of_the_enumerated_chain_of_two_contexts():
    """E max(T_1, T_2), by a linear solve on all the pairs of states; generation 1 is the start."""
    one, two = oracles.Chain((0.5, 0.3, 0.2), 3), oracles.Chain((0.6, 0.4), 4)
    start, move = np.kron(one.start, two.start), np.kron(one.move, two.move)
    both = np.kron(one.dead_end, two.dead_end).astype(bool)
    inner = move[np.ix_(~both, ~both)]
    exact = 1 + np.linalg.solve((np.eye(len(inner)) - inner).T, start[~both]).sum()
    found = coalescent.expected_last_collapse([(0.5, 0.3, 0.2), (0.6, 0.4, 0.0)], [3, 4])
    assert found == pytest.approx(exact, rel=1e-9)


def test_contexts_of_other_sizes_collapse_otherwise():
    exact = coalescent.joint_collapse_probability(CONTEXTS, SIZES, 5)[5]
    assert abs(coalescent.joint_collapse_probability(CONTEXTS, [3, 2, 4], 5)[5] - exact) > 0.02


@given(st.lists(st.tuples(truths, st.integers(1, 40)), min_size=1, max_size=5))
def test_the_joint_law_is_the_product_of_the_single_ones(contexts):
    P = np.zeros((len(contexts), 8))
    for row, (counts, _) in zip(P, contexts, strict=True):
        row[: len(counts)] = np.array(counts) / sum(counts)
    sizes = [n for _, n in contexts]
    single = [coalescent.collapse_probability(p, n, 60) for p, n in zip(P, sizes, strict=True)]
    np.testing.assert_allclose(
        coalescent.joint_collapse_probability(P, sizes, 60), np.prod(single, axis=0), rtol=1e-9, atol=1e-12
    )


@given(st.lists(st.tuples(truths, st.integers(1, 25)), min_size=1, max_size=5))
def test_the_mean_of_the_last_collapse_is_the_sum_of_the_tails(contexts):
    """Far out, 60 n generations, where (1 - 1/n)^m is 1e-26."""
    P = np.zeros((len(contexts), 8))
    for row, (counts, _) in zip(P, contexts, strict=True):
        row[: len(counts)] = np.array(counts) / sum(counts)
    sizes = [n for _, n in contexts]
    tails = 1 - coalescent.joint_collapse_probability(P, sizes, 60 * max(sizes))
    assert coalescent.expected_last_collapse(P, sizes) == pytest.approx(tails.sum(), rel=1e-9)


@given(truths, st.integers(1, 60))
def test_one_context_is_the_last(counts, n):
    p = np.array(counts) / sum(counts)
    last = coalescent.expected_last_collapse(p[None], n)
    assert last == pytest.approx(coalescent.expected_collapse_time(p, n), rel=1e-9)


def test_the_last_collapse_is_neither_the_mean_nor_the_largest_mean():
    means = [coalescent.expected_collapse_time(p, n) for p, n in zip(CONTEXTS, SIZES, strict=True)]
    assert coalescent.expected_last_collapse(CONTEXTS, SIZES) > 1.05 * max(means)


def test_one_size_may_be_given_for_all_contexts():
    one, each = (coalescent.joint_collapse_probability(CONTEXTS, sizes, 9) for sizes in (4, [4, 4, 4]))
    assert (one == each).all()


def test_the_joint_law_is_a_law():
    joint = coalescent.joint_collapse_probability(np.tile(distributions.uniform(5_000), (50, 1)), 20, 400)
    assert (np.diff(joint) >= -1e-15).all()
    assert joint.min() >= 0
    assert joint.max() <= 1


def test_a_context_whose_truth_is_a_dirac_mass_waits_for_nobody():
    with_dirac = coalescent.expected_last_collapse([(0.5, 0.3, 0.2), (0.0, 1.0, 0.0)], [5, 50])
    assert with_dirac == pytest.approx(coalescent.expected_collapse_time((0.5, 0.3, 0.2), 5), rel=1e-9)


@functools.cache
def simulated_last():
    """The last of four independent contexts to collapse, 10,000 times, and its sizes; two contexts share a size."""
    P = np.array([(0.5, 0.3, 0.2), (0.6, 0.4, 0.0), (0.8, 0.1, 0.1), (0.4, 0.4, 0.2)])
    sizes = [6, 6, 10, 4]
    times = [
        collapse_times(p, FullySynthetic(n), runs=10_000, seed=seed)
        for seed, (p, n) in enumerate(zip(P, sizes, strict=True))
    ]
    return P, sizes, np.max(times, axis=0)


def test_the_last_of_simulated_contexts_has_the_joint_law():
    """10,000 maxima: false alarm 1e-6."""
    P, sizes, last = simulated_last()
    joint = coalescent.joint_collapse_probability(P, sizes, int(last.max()))
    simulated = [(last <= m).mean() for m in range(len(joint))]
    assert abs(np.array(simulated) - joint).max() < oracles.law_margin(10_000)


def test_the_last_of_simulated_contexts_has_the_mean():
    """False alarm 6e-7."""
    P, sizes, last = simulated_last()
    assert abs(oracles.z_scores(last, coalescent.expected_last_collapse(P, sizes))) < 5


def test_the_last_of_simulated_contexts_has_no_other_joint_law():
    """The negative control: one context left out."""
    P, sizes, last = simulated_last()
    joint = coalescent.joint_collapse_probability(P[:3], sizes[:3], int(last.max()))
    simulated = [(last <= m).mean() for m in range(len(joint))]
    assert abs(np.array(simulated) - joint).max() > oracles.law_margin(10_000)
    assert abs(oracles.z_scores(last, coalescent.expected_last_collapse(P[:3], sizes[:3]))) > 5


JOINT = [lambda P, sizes: coalescent.joint_collapse_probability(P, sizes, 3), coalescent.expected_last_collapse]


@pytest.mark.parametrize("exact", JOINT, ids=["joint", "last"])
@pytest.mark.parametrize(
    ("P", "sizes", "sentence"),
    [
        ([0.5, 0.5], 3, "takes one truth a row"),
        ([[0.5, 0.6]], 3, r"sum to 1\.1"),
        ([[0.5, 0.5]], 0, "sizes was 0"),
        ([[0.5, 0.5]], 2.0, "sizes was 2.0"),
        ([[0.5, 0.5]], None, "sizes was None"),
        ([[0.5, 0.5]] * 2, [3, 0], "sizes was"),
        ([[0.5, 0.5]] * 2, [3, 3, 3], "one for each of 2 contexts"),
    ],
)
def test_contexts_and_sizes_go_together(exact, P, sizes, sentence):
    with pytest.raises(InvalidInput, match=sentence):
        exact(P, sizes)


@pytest.mark.parametrize("generations", [-1, 2.0, None])
def test_the_joint_law_takes_whole_generations(generations):
    with pytest.raises(InvalidInput, match=f"generations was {generations!r}"):
        coalescent.joint_collapse_probability([[0.5, 0.5]], 3, generations)


# What is refused --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("q", [0, 1, -0.5, 1.5, float("nan")])
def test_a_quantile_lies_strictly_between_zero_and_one(q):
    with pytest.raises(InvalidInput, match=f"q was {q!r}"):
        coalescent.collapse_time_quantile((0.5, 0.5), 3, q)


@pytest.mark.parametrize("n", [0, -1, 2.0, None])
@pytest.mark.parametrize(
    "exact",
    [
        coalescent.expected_collapse_time,
        lambda p, n: coalescent.collapse_probability(p, n, 3),
        lambda p, n: coalescent.extinction_probability(p, n, 3),
        lambda p, n: coalescent.dirac_probability(p, n, 3),
        lambda p, n: coalescent.collapse_time_quantile(p, n, 0.5),
    ],
)
def test_a_training_set_holds_a_whole_number_of_tokens(exact, n):
    with pytest.raises(InvalidInput, match=f"n was {n!r}"):
        exact((0.5, 0.5), n)


@pytest.mark.parametrize("generations", [-1, 2.0, None])
@pytest.mark.parametrize(
    "exact", [coalescent.collapse_probability, coalescent.extinction_probability, coalescent.dirac_probability]
)
def test_generations_are_a_whole_number_of_at_least_zero(exact, generations):
    with pytest.raises(InvalidInput, match=f"generations was {generations!r}"):
        exact((0.5, 0.5), 3, generations)


def test_the_exact_laws_take_one_context():
    with pytest.raises(InvalidInput, match="take one context"):
        coalescent.expected_collapse_time([[0.5, 0.5], [0.5, 0.5]], 3)


def test_the_exact_laws_take_a_distribution():
    with pytest.raises(InvalidInput, match="sum to 2"):
        coalescent.expected_collapse_time([1.0, 1.0], 3)
