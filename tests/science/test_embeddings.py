"""Contexts as vectors: softmax regression on them is maximum likelihood, and in as many dimensions it counts.

The oracles share no code with the fit: scipy's optimiser on the log-likelihood written out pair by pair, a linear
programme that finds which probabilities are 0 in the limit, and brute force over labellings.
"""

import itertools
import math

import numpy as np
import pytest
from scipy.optimize import linprog, minimize

from collapse_lib import (
    Accumulate,
    FullySynthetic,
    InvalidInput,
    MostRecent,
    PartiallySynthetic,
    RandomlySampled,
    embeddings,
    metrics,
    simulate,
)
from collapse_lib.embeddings import Embedded, gaussian, most_likely, realisable, separable
from collapse_lib.learners import Tabular

SEEDS = range(12)
random_corpora = pytest.mark.parametrize("seed", SEEDS)


def corpora(seed, runs=1, full=False):
    """Contexts (c, d) and counts (runs, c, s) of random laws; with `full` every pair occurs."""
    rng = np.random.default_rng(seed)
    c, s, n = rng.integers(2, 7), rng.integers(2, 5), rng.integers(1, 25)
    d = rng.integers(1, c + 3)
    laws = rng.dirichlet(np.full(s, rng.choice([0.3, 1.0, 3.0])), size=(runs, c))
    return rng.standard_normal((c, d)), rng.multinomial(n, laws) + int(full)


def log_likelihood(counts, p):
    """sum C log p, pair by pair."""
    pairs = itertools.product(*map(range, counts.shape))
    return sum(int(counts[i]) * math.log(p[i]) for i in pairs if counts[i])


def by_scipy(X, counts):
    """The most likely softmax(X W), by a quasi-Newton method on the log-likelihood and a numerical gradient."""
    shape = X.shape[1], counts.shape[1]

    def table(flat):
        odds = np.exp(X @ flat.reshape(shape))
        return odds / odds.sum(axis=1, keepdims=True)

    found = minimize(lambda flat: -log_likelihood(counts, table(flat)), np.zeros(math.prod(shape)), tol=1e-10)
    return table(found.x)


def zeros_in_the_limit(X, counts):
    """Which pairs of living tokens have probability 0 where the likelihood is largest, by a linear programme.

    A direction V of weights along which no observed log-odds falls behind takes away the pairs that it leaves
    behind; all of them at once, since such directions add up.  Variables are V, row by row, and a lag in [0, 1] for
    each pair that was not observed.
    """
    alive = np.flatnonzero(counts.any(axis=0))
    C = counts[:, alive]
    c, s = C.shape
    unseen = [(j, k) for j, k in itertools.product(range(c), range(s)) if C[j, k] == 0]
    size = X.shape[1] * s

    def lead(j, k):
        """The coefficients of (x_j V)_k0 - (x_j V)_k, where k0 is the first token observed in j."""
        row = np.zeros((X.shape[1], s))
        row[:, C[j].nonzero()[0][0]] += X[j]
        row[:, k] -= X[j]
        return np.append(row.ravel(), np.zeros(len(unseen)))

    equal = [lead(j, k) for j, k in itertools.product(range(c), range(s)) if C[j, k]]
    ahead = [-lead(j, k) + np.eye(size + len(unseen))[size + i] for i, (j, k) in enumerate(unseen)]
    zero = np.zeros_like(counts, dtype=bool)
    zero[:, ~counts.any(axis=0)] = True
    if unseen:
        found = linprog(
            np.append(np.zeros(size), -np.ones(len(unseen))),
            A_ub=ahead, b_ub=np.zeros(len(ahead)), A_eq=equal, b_eq=np.zeros(len(equal)),
            bounds=[(None, None)] * size + [(0, 1)] * len(unseen),
        )  # fmt: skip
        for (j, k), lag in zip(unseen, found.x[size:], strict=True):
            zero[j, alive[k]] = lag > 0.5
    return zero


# The fit ----------------------------------------------------------------------------------------------------------


@random_corpora
def test_the_fit_is_the_one_that_a_general_optimiser_finds(seed):
    X, counts = corpora(seed, full=True)
    np.testing.assert_allclose(Embedded(X).fit(counts)[0], by_scipy(X, counts[0]), rtol=0, atol=2e-5)


@random_corpora
def test_the_score_equations_hold(seed):
    """X^T (C - N p) = 0, for the contexts as they were given."""
    X, counts = corpora(seed, runs=50)
    N = counts.sum(axis=-1, keepdims=True)
    score = np.einsum("jd,rjk->rdk", X, counts - N * Embedded(X).fit(counts)) / N.max()
    np.testing.assert_allclose(score, 0, atol=1e-4)
    assert np.median(np.abs(score).max(axis=(1, 2))) < 1e-6


@random_corpora
def test_the_log_odds_are_linear_in_the_contexts(seed):
    """As far as eight decimals of the probabilities tell."""
    X, counts = corpora(seed, full=True)
    p = Embedded(X).fit(counts)[0]
    odds = np.log(p) - np.log(p[:, :1])
    np.testing.assert_allclose(X @ np.linalg.lstsq(X, odds)[0], odds, rtol=0, atol=2e-8 / p.min())


@random_corpora
def test_a_fit_is_told_to_eight_decimals(seed):
    """So that tokens of which alike was said are equally probable, to the last bit."""
    X, counts = corpora(seed, runs=6)
    twins = np.concatenate([counts, counts[..., -1:]], axis=-1)
    fitted = Embedded(X).fit(twins)
    assert (fitted[..., -1] == fitted[..., -2]).all()


@random_corpora
def test_no_other_weights_are_likelier(seed):
    X, counts = corpora(seed)
    best = log_likelihood(counts[0], Embedded(X).fit(counts)[0])
    for scale in (0.1, 1.0, 10.0):
        for other in range(20):
            assert log_likelihood(counts[0], realisable(X, counts.shape[-1], other, strength=scale)) <= best + 1e-6


@random_corpora
def test_in_as_many_dimensions_as_contexts_the_fit_is_the_frequencies(seed):
    """Equation (2), to 1e-6, with tokens that never follow a context among them."""
    _, counts = corpora(seed, runs=50)
    c = counts.shape[1]
    for d in (c, c + 1, 2 * c):
        fitted = Embedded(gaussian(c, d, seed)).fit(counts)
        np.testing.assert_allclose(fitted, Tabular().fit(counts), rtol=0, atol=1e-6)
        np.testing.assert_array_equal(fitted > 0, counts > 0)


def test_in_fewer_dimensions_it_is_not():
    counts = np.array([[9, 1], [1, 9], [5, 5]])
    assert abs(Embedded(gaussian(3, 1, seed=0)).fit(counts) - counts / 10).max() > 0.05


@pytest.mark.parametrize("seed", range(60))
def test_what_is_zero_in_the_limit_is_zero(seed):
    X, counts = corpora(seed)
    assert (Embedded(X).fit(counts)[0] == 0)[zeros_in_the_limit(X, counts[0])].all()


def test_what_is_zero_is_zero_in_the_limit_but_for_what_is_below_the_floor():
    """A probability of 10^-7 is taken for 0 too; of these corpora one has such a pair."""
    differ = 0
    for seed in range(60):
        X, counts = corpora(seed)
        differ += (zeros_in_the_limit(X, counts[0]) != (Embedded(X).fit(counts)[0] == 0)).any()
    assert differ <= 1


def test_the_linear_programme_finds_zeros_of_every_kind():
    """Pairs that are separated, pairs that never occurred and live, and tokens that occurred nowhere."""
    kinds = set()
    for seed in range(60):
        X, counts = corpora(seed)
        zero = zeros_in_the_limit(X, counts[0])
        unseen, nowhere = counts[0] == 0, ~counts[0].any(axis=0)
        kinds |= {"lives"} if (unseen & ~zero).any() else set()
        kinds |= {"separated"} if (zero & ~nowhere).any() else set()
        kinds |= {"nowhere"} if nowhere.any() else set()
    assert kinds == {"lives", "separated", "nowhere"}


@random_corpora
def test_a_token_that_occurs_nowhere_is_dead_everywhere(seed):
    X, counts = corpora(seed)
    counts = np.insert(counts, 1, 0, axis=-1)
    assert (Embedded(X).fit(counts)[..., 1] == 0).all()


def test_a_token_can_come_back_after_one_context_while_it_lives_after_another():
    X = np.array([[1.0], [1.0], [1.0]])
    fitted = Embedded(X).fit(np.array([[2, 2], [4, 0], [4, 0]]))
    np.testing.assert_allclose(fitted, [[5 / 6, 1 / 6]] * 3, atol=1e-7)


@random_corpora
def test_many_runs_at_once_are_as_one_by_one(seed):
    X, counts = corpora(seed, runs=6)
    learner = Embedded(X)
    together = learner.fit(counts.reshape(2, 3, *counts.shape[1:]))
    alone = np.stack([learner.fit(one) for one in counts]).reshape(together.shape)
    np.testing.assert_allclose(together, alone, rtol=0, atol=1e-7)


@random_corpora
def test_only_the_column_space_of_the_contexts_matters(seed):
    X, counts = corpora(seed, full=True)
    mixed = X @ np.random.default_rng(seed).standard_normal((X.shape[1], X.shape[1] + 2))
    np.testing.assert_allclose(Embedded(mixed).fit(counts), Embedded(X).fit(counts), rtol=0, atol=1e-6)


def test_contexts_that_are_the_same_share_their_counts():
    counts = np.array([[3, 1, 0], [0, 1, 3]])
    np.testing.assert_allclose(Embedded(np.ones((2, 1))).fit(counts), [[3 / 8, 2 / 8, 3 / 8]] * 2, atol=1e-8)


def test_contexts_may_have_different_numbers_of_tokens():
    counts = np.array([[30, 10], [1, 3]])
    np.testing.assert_allclose(Embedded(np.ones((2, 1))).fit(counts), [[31 / 44, 13 / 44]] * 2, atol=1e-8)


def test_a_fit_of_one_step_is_not_a_fit(monkeypatch):
    monkeypatch.setattr(embeddings, "MOST", 1)
    X, counts = corpora(0, full=True)
    Q = Embedded(X).basis
    N = counts.sum(axis=-1, keepdims=True)
    assert abs(Q.T @ (counts - N * most_likely(counts, Q))).max() > 1e-4 * N.max()


# The recursion ----------------------------------------------------------------------------------------------------

SCHEDULES = [FullySynthetic(6), PartiallySynthetic(6, 4), MostRecent(6, 2), RandomlySampled(6), Accumulate(6)]


@pytest.mark.parametrize("schedule", SCHEDULES, ids=lambda schedule: type(schedule).__name__)
@pytest.mark.parametrize("dimension", [1, 3, 7])
def test_it_learns_under_every_schedule(schedule, dimension):
    X = gaussian(4, dimension, seed=0)
    truth = realisable(X, 3, seed=1)
    run = simulate(truth, schedule, 6, runs=5, seed=2, record=[metrics.distribution], learner=Embedded(X))
    laws = run["distribution"]
    assert laws.shape == (7, 5, 4, 3)
    np.testing.assert_allclose(laws.sum(axis=-1), 1, rtol=1e-12)


class Rounded:
    """A learner whose probabilities are rounded to six digits, so that two that differ by less are the same."""

    def __init__(self, learner):
        self.learner = learner

    def __getattr__(self, name):
        return getattr(self.learner, name)

    def fit(self, corpus):
        """The learner's model, rounded."""
        p = self.learner.fit(corpus).round(6)
        return p / p.sum(axis=-1, keepdims=True)


@pytest.mark.parametrize("schedule", SCHEDULES, ids=lambda schedule: type(schedule).__name__)
@pytest.mark.parametrize("dimension", [5, 9])
def test_in_as_many_dimensions_the_recursion_is_the_one_hot_one_run_by_run(schedule, dimension):
    """The same random numbers give the same tokens, so the whole path is that of counting."""
    truth = np.random.default_rng(0).dirichlet(np.ones(3), size=5)
    settings = {"runs": 20, "seed": 3, "record": [metrics.distribution]}
    ours = simulate(truth, schedule, 12, learner=Rounded(Embedded(gaussian(5, dimension, seed=1))), **settings)
    counted = simulate(truth, schedule, 12, learner=Rounded(Tabular()), **settings)
    np.testing.assert_array_equal(ours["distribution"], counted["distribution"])


def drifting(X, *, vocabulary, n, generations):
    """Fifty runs on synthetic data alone from a realisable truth; shape (generations + 1, runs, c, s)."""
    truth, learner = realisable(X, vocabulary, seed=1), Embedded(X)
    settings = {"runs": 50, "seed": 1, "record": [metrics.distribution], "learner": learner}
    return simulate(truth, FullySynthetic(n), generations, **settings)["distribution"]


def test_a_dead_token_stays_dead():
    X = gaussian(6, 2, seed=0)
    laws = drifting(X, vocabulary=4, n=2, generations=40)
    alive = laws.any(axis=2)  # (generations + 1, runs, s)
    assert not (alive[1:] & ~alive[:-1]).any()
    assert alive[-1].sum() < alive[0].sum()


def test_a_model_that_has_collapsed_everywhere_stays_as_it_is():
    X = gaussian(6, 2, seed=0)
    laws = drifting(X, vocabulary=3, n=3, generations=60)
    done = metrics.collapsed(laws).all(axis=-1)
    assert done[-1].mean() > 0.5
    np.testing.assert_array_equal(laws[1:][done[:-1]], laws[:-1][done[:-1]])


def test_one_dimension_ends_with_two_tokens_at_most():
    X = gaussian(6, 1, seed=3)
    laws = drifting(X, vocabulary=4, n=3, generations=80)
    last = laws[-1]
    done = metrics.collapsed(last).all(axis=-1)
    assert done.any()
    assert metrics.support(last[done].any(axis=1)).max() == 2


def test_the_learner_says_which_contexts_have_collapsed():
    model = np.array([[[1.0, 0.0], [0.5, 0.5]]])
    np.testing.assert_array_equal(Embedded(np.eye(2)).collapsed(model), [[True, False]])


# Vectors, truths and counting -------------------------------------------------------------------------------------


def test_a_smaller_dimension_sees_less_of_the_same_contexts():
    np.testing.assert_array_equal(gaussian(5, 7, seed=4)[:, :3], gaussian(5, 3, seed=4))


def test_a_realisable_truth_is_learned_from_much_data():
    X = gaussian(6, 2, seed=0)
    truth = realisable(X, 3, seed=1)
    np.testing.assert_allclose(Embedded(X).fit(np.round(truth * 10**7).astype(int)), truth, rtol=0, atol=1e-5)


def test_a_truth_of_strength_zero_is_uniform():
    np.testing.assert_array_equal(realisable(gaussian(3, 2, seed=0), 4, seed=1, strength=0), np.full((3, 4), 0.25))


@pytest.mark.parametrize(("c", "d"), [(3, 1), (3, 2), (4, 2), (4, 3), (4, 4), (3, 5)])
def test_the_number_of_separable_labellings_is_counted_one_by_one(c, d):
    X = gaussian(c, d, seed=8)
    found = [
        linprog(np.zeros(d), A_ub=-np.array(signs)[:, None] * X, b_ub=-np.ones(c), bounds=(None, None)).status == 0
        for signs in itertools.product((-1, 1), repeat=c)
    ]
    assert sum(found) == separable(c, d)


# Mistakes ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("mistake", "sentence"),
    [
        (lambda: Embedded([1.0, 2.0]), r"shape \(2,\)"),
        (lambda: Embedded(np.zeros((2, 2))), "not all of them 0"),
        (lambda: Embedded([[np.nan]]), "finite"),
        (lambda: Embedded(np.eye(2)).fit(np.ones((3, 2), dtype=int)), r"takes counts of shape \(\.\.\., 2, s\)"),
        (lambda: Embedded(np.eye(2)).corpus(np.ones(2, dtype=int)), r"it was given shape \(2,\)"),
        (lambda: Embedded(np.eye(2)).fit([[1, 1], [0, 0]]), "no token to learn from"),
        (lambda: gaussian(0, 2, seed=0), "contexts was 0"),
        (lambda: gaussian(2, 0, seed=0), "dimension was 0"),
    ],
)
def test_a_mistake_is_told_in_a_sentence(mistake, sentence):
    with pytest.raises(InvalidInput, match=sentence):
        mistake()


def test_a_truth_with_other_contexts_is_refused():
    settings = {"runs": 1, "seed": 0, "record": [metrics.sigma], "learner": Embedded(np.eye(3))}
    with pytest.raises(InvalidInput, match="this learner has 3 contexts"):
        simulate(np.full((2, 2), 0.5), FullySynthetic(3), 1, **settings)
