"""Learners: both read the same corpora, both sample the multinomial law, and neither revives a dead token.

Chi-square tests refuse below p = 1e-6, their false-alarm rate; every seed is fixed.
"""

import math
from collections import Counter
from dataclasses import dataclass

import numpy as np
import oracles
import pytest
from hypothesis import given
from hypothesis import strategies as st

from collapse_lib import InvalidInput
from collapse_lib.learners import HOLE, Ordered, Tabular, Tokens

LEARNERS = [Tabular(), Tokens(3)]
COUNTS = np.array([4, 1, 3])
FALSE_ALARM = 1e-6

both = pytest.mark.parametrize("learner", LEARNERS, ids=["tabular", "tokens"])
corpora = st.lists(st.integers(0, 9), min_size=1, max_size=6).filter(any).map(np.array)


@dataclass(frozen=True)
class Sharpened(Tabular):
    """A learner that is wrong on purpose: it samples from p^1.3, renormalised."""

    def sample(self, model, size, rng):
        """Counts of tokens drawn from the sharpened law."""
        sharper = model**1.3
        return super().sample(sharper / sharper.sum(axis=-1, keepdims=True), size, rng)


def counts_of(learner, corpus):
    """Token counts of a corpus of three tokens, holes apart, shape (runs, 3)."""
    if isinstance(learner, Tabular):
        return corpus
    return np.stack([(corpus == k).sum(axis=-1) for k in range(3)], axis=-1)


def batch(learner, runs=20_000):
    """The model trained on COUNTS, for many runs."""
    return learner.fit(learner.corpus(np.broadcast_to(COUNTS, (runs, 3))))


def fit_to_multinomial(samples, size, p):
    """p-value of the hypothesis that rows of counts are multinomial(size, p)."""
    cells = [(a, b, size - a - b) for a in range(size + 1) for b in range(size + 1 - a)]
    seen = Counter(map(tuple, samples.tolist()))
    expected = [len(samples) * oracles.multinomial(cell, p) for cell in cells]
    return oracles.chi_square_p([seen[cell] for cell in cells], expected)


# Corpora and models -----------------------------------------------------------------------------------------------


@given(corpora)
def test_the_model_is_the_frequencies_of_the_corpus(counts):
    for learner in (Tabular(), Tokens(len(counts))):
        law = learner.law(learner.fit(learner.corpus(counts)))
        np.testing.assert_allclose(law, counts / counts.sum(), rtol=1e-15)


@given(corpora, corpora)
def test_a_pool_holds_the_tokens_of_all_its_corpora(one, two):
    one, two = np.pad(one, (0, 6 - len(one))), np.pad(two, (0, 6 - len(two)))
    for learner in (Tabular(), Tokens(6)):
        pooled = learner.pool([learner.corpus(one), learner.corpus(two)])
        np.testing.assert_allclose(learner.law(learner.fit(pooled)), (one + two) / (one + two).sum(), rtol=1e-15)


@given(corpora)
def test_a_model_is_collapsed_when_one_token_is_left(counts):
    for learner in (Tabular(), Tokens(len(counts))):
        assert learner.collapsed(learner.fit(learner.corpus(counts))) == (np.count_nonzero(counts) == 1)


@both
def test_leading_axes_are_runs_and_contexts(learner):
    model = learner.fit(learner.corpus(np.broadcast_to(COUNTS, (5, 2, 3))))
    assert learner.law(learner.sample(model, 7, np.random.default_rng(0))).shape == (5, 2, 3)


@both
def test_one_run_is_an_empty_batch(learner):
    drawn = learner.sample(learner.fit(learner.corpus(COUNTS)), 7, np.random.default_rng(0))
    assert learner.law(learner.fit(drawn)).shape == (3,)


@both
def test_sampling_leaves_the_model_as_it_was(learner):
    model = learner.fit(learner.corpus(COUNTS))
    before = model.copy()
    learner.sample(model, 7, np.random.default_rng(0))
    assert (model == before).all()


@both
def test_taking_a_subset_leaves_the_corpus_as_it_was(learner):
    corpus = learner.corpus(np.tile(COUNTS, (4, 1)))
    before = corpus.copy()
    learner.subset(corpus, 3, np.random.default_rng(0))
    assert (corpus == before).all()


@pytest.mark.parametrize("vocabulary", [0, -1])
def test_an_urn_needs_a_vocabulary(vocabulary):
    with pytest.raises(InvalidInput, match=f"vocabulary was {vocabulary}"):
        Tokens(vocabulary)


def test_an_urn_refuses_rows_of_different_lengths():
    with pytest.raises(InvalidInput, match="different totals; use Tabular"):
        Tokens(2).corpus(np.array([[1, 2], [2, 2]]))


@pytest.mark.parametrize("vocabulary", [127, 128, 129, 300, 40_000])
def test_an_urn_holds_its_last_token(vocabulary):
    """Tokens are kept in the smallest integers that hold them and a hole."""
    counts = np.zeros((2, vocabulary), dtype=int)
    counts[[0, 1], [0, -1]] = 1
    law = Tokens(vocabulary).law(Tokens(vocabulary).corpus(counts))
    assert law.argmax(axis=-1).tolist() == [0, vocabulary - 1]


def test_an_urn_picks_tokens_by_their_places():
    corpus = Tokens(9).pool([np.array([[5, 6], [7, 8]]), np.array([[1], [2]])])
    assert Tokens(9).pick(corpus, np.array([[2, 0], [1, 1]])).tolist() == [[1, 5], [8, 8]]


def test_tokens_have_an_order_and_counts_have_none():
    assert isinstance(Tokens(3), Ordered)
    assert not isinstance(Tabular(), Ordered)


# Counts are integers ----------------------------------------------------------------------------------------------


@both
def test_samples_are_integers(learner):
    assert np.issubdtype(learner.sample(batch(learner, 5), 7, np.random.default_rng(0)).dtype, np.integer)


@both
def test_pools_are_integers(learner):
    corpus = learner.corpus(np.tile(COUNTS, (5, 1)))
    assert np.issubdtype(learner.pool([corpus, corpus]).dtype, np.integer)


@both
def test_subsets_are_integers(learner):
    corpus = learner.corpus(np.tile(COUNTS, (5, 1)))
    assert np.issubdtype(learner.subset(corpus, 2, np.random.default_rng(0)).dtype, np.integer)


@both
def test_a_sample_holds_as_many_tokens_as_asked(learner):
    drawn = learner.sample(batch(learner, 50), 7, np.random.default_rng(0))
    assert (counts_of(learner, drawn).sum(axis=-1) == 7).all()


@both
def test_every_row_may_ask_for_its_own_number_of_tokens(learner):
    sizes = np.arange(50) % 8
    drawn = learner.sample(batch(learner, 50), sizes, np.random.default_rng(0))
    assert counts_of(learner, drawn).sum(axis=-1).tolist() == sizes.tolist()


@both
def test_every_row_may_ask_for_its_own_size_of_subset(learner):
    sizes = np.arange(50) % 8
    corpus = learner.corpus(np.tile(COUNTS, (50, 1)))
    taken = learner.subset(corpus, sizes, np.random.default_rng(0))
    assert counts_of(learner, taken).sum(axis=-1).tolist() == sizes.tolist()


def test_an_urn_fills_short_rows_up_with_holes():
    drawn = Tokens(3).sample(np.array([[0, 1], [1, 2]]), np.array([3, 1]), np.random.default_rng(0))
    assert (drawn == HOLE).tolist() == [[False, False, False], [False, True, True]]


def test_an_urn_drops_the_holes_when_it_pools():
    pooled = Tokens(3).pool([np.array([[0, HOLE], [1, 2]]), np.array([[1, 2], [0, HOLE]])])
    assert pooled.tolist() == [[0, 1, 2], [1, 2, 0]]


# The sampling law -------------------------------------------------------------------------------------------------


@both
def test_samples_have_the_multinomial_law(learner):
    """20,000 samples of 5 tokens against the exact probabilities of the 21 count vectors."""
    drawn = learner.sample(batch(learner), 5, np.random.default_rng(1))
    assert fit_to_multinomial(counts_of(learner, drawn), 5, COUNTS / 8) > FALSE_ALARM


def test_a_wrong_sampling_law_is_told_from_the_multinomial():
    drawn = Sharpened().sample(batch(Sharpened()), 5, np.random.default_rng(1))
    assert fit_to_multinomial(drawn, 5, COUNTS / 8) < FALSE_ALARM


@both
def test_subsets_have_the_hypergeometric_law(learner):
    corpus = learner.corpus(np.tile(COUNTS, (20_000, 1)))
    taken = counts_of(learner, learner.subset(corpus, 3, np.random.default_rng(2)))
    cells = [(a, b, 3 - a - b) for a in range(4) for b in range(2) if a + b <= 3]
    ways = [math.prod(math.comb(K, k) for K, k in zip(COUNTS.tolist(), cell, strict=True)) for cell in cells]
    seen = Counter(map(tuple, taken.tolist()))
    expected = [20_000 * w / math.comb(8, 3) for w in ways]
    assert oracles.chi_square_p([seen[cell] for cell in cells], expected) > FALSE_ALARM


def test_subsets_are_told_from_samples():
    drawn = Tabular().subset(np.tile(COUNTS, (20_000, 1)), 5, np.random.default_rng(2))
    assert fit_to_multinomial(drawn, 5, COUNTS / 8) < FALSE_ALARM


@both
def test_a_subset_of_everything_is_the_corpus(learner):
    corpus = learner.corpus(np.tile(COUNTS, (9, 1)))
    taken = learner.subset(corpus, 8, np.random.default_rng(0))
    assert (counts_of(learner, taken) == COUNTS).all()


# The dead stay dead -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("dead", [0, 4, 10])
def test_the_rounding_remainder_revives_no_dead_token(dead):
    """Ten times 0.1 sums to 1 - 1e-16; of 10^17 tokens the remainder would bring about 11 to the last category."""
    p = np.insert(np.full(10, 0.1), dead, 0.0)
    counts = Tabular().sample(np.tile(p, (200, 1)), 10**17, np.random.default_rng(0))
    assert not counts[:, dead].any()


def test_numpys_own_multinomial_would_revive_a_dead_last_token():
    """The trap is there: without it, the test above would say nothing."""
    p = np.append(np.full(10, 0.1), 0.0)
    assert np.random.default_rng(0).multinomial(10**17, p, size=200)[:, -1].any()


@both
def test_no_sample_holds_a_token_that_the_model_lacks(learner):
    model = learner.fit(learner.corpus(np.tile([5, 0, 3], (20_000, 1))))
    assert not counts_of(learner, learner.sample(model, 20, np.random.default_rng(0)))[:, 1].any()


def test_of_equal_tokens_the_same_one_is_put_last_whatever_their_last_bits():
    """Which of them is larger by rounding is the processor's business; put last, it would change all counts."""
    one, other = np.array([0.4, np.nextafter(0.4, 0), 0.2]), np.array([np.nextafter(0.4, 0), 0.4, 0.2])
    drawn = [Tabular().sample(p, 1_000, np.random.default_rng(0)).tolist() for p in (one, other)]
    assert drawn[0] == drawn[1]


@pytest.mark.parametrize("likeliest", [0, 1, 2])
def test_putting_the_likeliest_token_last_moves_no_counts(likeliest):
    """Mean counts against n p, three tokens, z below 5: false alarm 2e-6 a case."""
    p = np.roll([0.6, 0.3, 0.1], likeliest)
    drawn = Tabular().sample(np.tile(p, (20_000, 1)), 10, np.random.default_rng(3))
    assert (abs(oracles.z_scores(drawn.T, 10 * p)) < 5).all()
