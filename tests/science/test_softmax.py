"""Softmax regression on one-hot contexts is counting: equation (1) is minimised by equation (2)."""

import math

import numpy as np
import oracles
import pytest

from collapse_lib import InvalidInput, softmax

TOLERANCE = 1e-7
SEEDS = range(8)

random_data = pytest.mark.parametrize("seed", SEEDS)


def data(seed, unseen=0):
    """Random contexts and tokens, and the vocabulary; after each context all but the last `unseen` tokens occur."""
    rng = np.random.default_rng(seed)
    c, s = rng.integers(1, 6), rng.integers(2, 7)
    p = rng.dirichlet(np.ones(s), size=c)
    contexts = np.concatenate([np.repeat(np.arange(c), s), rng.integers(0, c, 300)])
    later = [rng.choice(s, p=p[x]) for x in contexts[c * s :]]
    tokens = np.concatenate([np.tile(np.arange(s), c), later]).astype(int)
    return contexts, tokens, int(s + unseen)


def frequencies(contexts, tokens, s):
    """Equation (2), counted pair by pair."""
    pairs = list(zip(contexts.tolist(), tokens.tolist(), strict=True))
    seen = [sum(x == j for x, _ in pairs) for j in range(max(contexts) + 1)]
    return np.array([[pairs.count((j, k)) / seen[j] for k in range(s)] for j in range(len(seen))])


@random_data
def test_the_fitted_probabilities_are_the_frequencies(seed):
    contexts, tokens, s = data(seed)
    fit = softmax.fit(contexts, tokens, tolerance=TOLERANCE)
    np.testing.assert_allclose(fit.probabilities, frequencies(contexts, tokens, s), rtol=0, atol=TOLERANCE)


@random_data
def test_the_reported_frequencies_are_counted_right(seed):
    contexts, tokens, s = data(seed)
    np.testing.assert_allclose(
        softmax.fit(contexts, tokens).frequencies, frequencies(contexts, tokens, s), rtol=1e-14
    )


@random_data
def test_the_discrepancy_is_the_largest_difference(seed):
    contexts, tokens, s = data(seed, unseen=1)
    fit = softmax.fit(contexts, tokens, vocabulary=s)
    largest = abs(fit.probabilities - frequencies(contexts, tokens, s)).max()
    assert fit.discrepancy == pytest.approx(largest, rel=1e-12)


@random_data
def test_a_looser_tolerance_is_a_looser_fit(seed):
    contexts, tokens, _ = data(seed)
    loose = softmax.fit(contexts, tokens, tolerance=1e-2).discrepancy
    assert softmax.fit(contexts, tokens).discrepancy < loose <= 1e-2


def test_one_iteration_is_not_enough():
    contexts, tokens, _ = data(0)
    assert softmax.fit(contexts, tokens, iterations=1).discrepancy > 1e-3


def test_a_context_seen_once_is_fitted_as_well_as_a_frequent_one():
    contexts = np.append(np.zeros(20_000, dtype=int), [1, 1, 1])
    tokens = np.append(np.arange(20_000) % 3, [0, 0, 1])
    fit = softmax.fit(contexts, tokens)
    np.testing.assert_allclose(fit.probabilities[1], [2 / 3, 1 / 3, 0], rtol=0, atol=TOLERANCE)


@random_data
def test_the_loss_is_equation_one(seed):
    contexts, tokens, _ = data(seed)
    fit = softmax.fit(contexts, tokens)
    assert fit.loss == pytest.approx(oracles.cross_entropy(fit.weights.tolist(), contexts, tokens), rel=1e-12)


@random_data
def test_the_least_loss_is_the_conditional_entropy(seed):
    contexts, tokens, s = data(seed)
    share = np.bincount(contexts) / len(contexts)
    entropies = [-sum(f * math.log(f) for f in row) for row in frequencies(contexts, tokens, s).tolist()]
    assert softmax.fit(contexts, tokens).loss == pytest.approx(share @ entropies, abs=1e-9)


@random_data
def test_no_other_weights_have_a_smaller_loss(seed):
    contexts, tokens, _ = data(seed)
    fit = softmax.fit(contexts, tokens)
    rng = np.random.default_rng(seed)
    others = [fit.weights + rng.normal(scale=0.1 * (1 + i), size=fit.weights.shape) for i in range(20)]
    assert fit.loss <= min(oracles.cross_entropy(W.tolist(), contexts, tokens) for W in others)


@pytest.mark.parametrize("seed", range(3))
def test_the_gradient_is_the_share_times_the_distance_from_the_frequencies(seed):
    """dL/dW[j, k] = w_j (softmax(W[j])_k - f_jk), by central differences at random weights."""
    contexts, tokens, s = data(seed)
    W = np.random.default_rng(seed).normal(size=(contexts.max() + 1, s))
    fitted = np.exp(W) / np.exp(W).sum(axis=1, keepdims=True)
    share = np.bincount(contexts) / len(contexts)
    stated = share[:, None] * (fitted - frequencies(contexts, tokens, s))
    np.testing.assert_allclose(_slopes(W, contexts, tokens), stated, rtol=0, atol=1e-8)


@pytest.mark.parametrize("seed", range(3))
def test_the_gradient_vanishes_at_the_fit(seed):
    contexts, tokens, _ = data(seed)
    slopes = _slopes(softmax.fit(contexts, tokens).weights, contexts, tokens)
    np.testing.assert_allclose(slopes, 0, atol=TOLERANCE)


@random_data
def test_an_unseen_token_keeps_a_small_positive_probability(seed):
    contexts, tokens, s = data(seed, unseen=2)
    unseen = softmax.fit(contexts, tokens, vocabulary=s).probabilities[:, -2:]
    assert ((unseen > 0) & (unseen <= TOLERANCE)).all()


@random_data
def test_the_weights_of_unseen_tokens_are_finite(seed):
    contexts, tokens, s = data(seed, unseen=2)
    assert np.isfinite(softmax.fit(contexts, tokens, vocabulary=s).weights).all()


@random_data
def test_with_unseen_tokens_the_least_loss_is_not_attained(seed):
    """The infimum is the entropy of the frequencies; finite weights stay above it."""
    contexts, tokens, s = data(seed, unseen=2)
    share = np.bincount(contexts) / len(contexts)
    f = frequencies(contexts, tokens, s)
    infimum = -share @ np.where(f > 0, f * np.log(np.where(f > 0, f, 1)), 0).sum(axis=1)
    assert infimum < softmax.fit(contexts, tokens, vocabulary=s).loss < infimum + 1e-6


@pytest.mark.parametrize(
    ("contexts", "tokens", "vocabulary", "sentence"),
    [
        ([0, 2], [0, 1], None, "context 1 never occurs"),
        ([0, 0], [0, 1, 1], None, "take one shape"),
        ([[0]], [[0]], None, "take one shape"),
        (np.array([], dtype=int), np.array([], dtype=int), None, "M at least 1"),
        ([0.0, 1.0], [0, 1], None, "contexts takes whole numbers"),
        ([0, 1], ["a", "b"], None, "tokens takes whole numbers"),
        ([0, 1], [0, -1], None, "tokens takes whole numbers of at least 0"),
        ([0, 0], [0, 3], 3, "vocabulary was 3, but the token 3 occurs"),
    ],
)
def test_pairs_that_make_no_sense_are_refused(contexts, tokens, vocabulary, sentence):
    with pytest.raises(InvalidInput, match=sentence):
        softmax.fit(contexts, tokens, vocabulary=vocabulary)


def _slopes(W, contexts, tokens, step=1e-5):
    """Central differences of equation (1) in every weight."""
    slopes = np.empty_like(W)
    for at in np.ndindex(*W.shape):
        up, down = W.copy(), W.copy()
        up[at] += step
        down[at] -= step
        rise = oracles.cross_entropy(up.tolist(), contexts, tokens) - oracles.cross_entropy(
            down.tolist(), contexts, tokens
        )
        slopes[at] = rise / (2 * step)
    return slopes
