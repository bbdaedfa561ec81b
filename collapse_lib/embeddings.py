"""Softmax regression on context embeddings: contexts as vectors of R^d in place of one-hot ones (paper, Section 5).

The model of the paper's equation (1) gives each of c contexts a row of weights of its own.  Here context j is a
vector x_j in R^d, the rows of X (c, d), and the model is

    p_jk = softmax(X W)_jk,        W of shape (d, s):

d is its capacity, and contexts share weights.  With C_jk the count of token k after context j and N_j = sum_k C_jk,
the log-likelihood sum_jk C_jk log p_jk is concave in W, and where it is largest

    X^T (C - N p) = 0,             the score equations: d combinations of the contexts are fitted, for each token.

Only the column space of X matters, so the fit works with an orthonormal basis Q of it, shape (c, r), r = min(c, d)
for Gaussian vectors.  Where r = c every table of log-odds is some X W and the score equations say p = C / N:
equation (2) again.

Two rules complete the definition.  The vocabulary of a model is that of its training set: a token that occurs after
no context has probability 0 after all.  And where the likelihood is largest only in a limit (a token is missing
after contexts that the vectors separate from the others), the model is that limit: a pair that never occurred and
whose probability has fallen below `FLOOR` gets 0.

What a fit returns is rounded to eight decimals.  Matrix products and exponentials differ in their last bits from
one processor to another, and what is equal would be equal on one of them only; rounded, all draw alike.

Whose it is.  The paper's: the model, which its Section 5 proposes.  Classical: the score equations and the limits
(Barndorff-Nielsen 1978; Albert and Anderson 1984), and that the fitted combinations are a martingale which ends in
absorbing states (Jangjoo, Marsili and Roudi 2026, for exponential families).  Ours: the rule about the vocabulary,
the algorithm, and what d does to the speed.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import softmax

from collapse_lib.errors import count, require
from collapse_lib.learners import Floats, Integers, Tabular

TOLERANCE = 1e-11  # a fit is done when no entry of Q^T (C - N p) exceeds this share of the largest N
UNITS = 10**8  # a fitted probability is a whole number of these parts, so that no draw hangs on a last bit
FLOOR = 1e-6  # a pair that never occurred and is less probable than this gets 0
STEPS = 2.0 ** np.array([-8, -6, -4, -2, -1, 0, 1, 2, 3, 4])  # the multiples of Newton's step that are tried
DAMPING = 1e-4  # of the largest score, added to the information: no step is longer than the inverse of this
MOST = 60  # Newton steps; fewer than one random corpus in 10^4 still has a score above 1e-6 then
DEAD = -1e9  # log-odds of a token outside the vocabulary: exp gives 0 exactly

_COUNTS = Tabular()


@dataclass(frozen=True, eq=False)
class Embedded:
    """A learner whose contexts are the rows of `contexts`, shape (c, d); trained by maximum likelihood.

    Corpora are integer counts (..., c, s), with at least one token after every context; models are probabilities
    (..., c, s).  But for `fit` it is `Tabular`.

    >>> counts = np.array([[3, 1], [1, 3]])
    >>> Embedded(np.eye(2)).fit(counts).round(3).tolist()
    [[0.75, 0.25], [0.25, 0.75]]
    >>> Embedded([[1.0], [1.0]]).fit(counts).round(3).tolist()
    [[0.5, 0.5], [0.5, 0.5]]
    """

    contexts: ArrayLike

    def __post_init__(self) -> None:
        X = np.asarray(self.contexts, dtype=np.float64)
        require(
            X.ndim == 2 and X.size > 0 and bool(np.isfinite(X).all()) and bool(X.any()),
            f"contexts takes an array (c, d) of finite numbers, not all of them 0; it was given shape {X.shape}.",
        )

    @functools.cached_property
    def basis(self) -> Floats:
        """Q, an orthonormal basis of the column space of the contexts, shape (c, r).

        The largest entry of each column is positive: which sign an SVD returns is its own business.
        """
        U, lengths, _ = np.linalg.svd(np.asarray(self.contexts, dtype=np.float64), full_matrices=False)
        U = U[:, lengths > 1e-10 * lengths[0]]
        largest = np.take_along_axis(U, np.abs(U).argmax(axis=0)[None], axis=0)
        return np.asarray(U * np.sign(largest))

    def corpus(self, counts: Integers) -> Integers:
        """The counts themselves."""
        counts = np.asarray(counts)
        require(
            counts.ndim >= 2 and counts.shape[-2] == len(self.basis),
            f"this learner has {len(self.basis)} contexts and takes counts of shape (..., {len(self.basis)}, s); "
            f"it was given shape {counts.shape}.",
        )
        return counts

    def fit(self, corpus: Integers) -> Floats:
        """The most likely softmax(X W), shape (..., c, s)."""
        counts = self.corpus(corpus)
        require(
            bool((counts.sum(axis=-1) > 0).all()), "a context has no token to learn from; give each at least one."
        )
        return most_likely(counts.reshape(-1, *counts.shape[-2:]), self.basis).reshape(counts.shape)

    def sample(self, model: Floats, size: ArrayLike, rng: np.random.Generator) -> Integers:
        """Counts of `size` tokens after each context."""
        return _COUNTS.sample(model, size, rng)

    def pool(self, corpora: Sequence[Integers]) -> Integers:
        """The sum of the counts."""
        return _COUNTS.pool(corpora)

    def subset(self, corpus: Integers, size: ArrayLike, rng: np.random.Generator) -> Integers:
        """Counts of `size` tokens of each context taken without replacement."""
        return _COUNTS.subset(corpus, size, rng)

    def law(self, model: Floats) -> Floats:
        """The probabilities themselves."""
        return model

    def collapsed(self, model: Floats) -> NDArray[np.bool_]:
        """Whether one token has all the probability after a context, shape (..., c)."""
        return _COUNTS.collapsed(model)


def gaussian(contexts: int, dimension: int, seed: int) -> Floats:
    """Contexts as independent standard Gaussian vectors, shape (contexts, dimension).

    The first columns are the same whatever the dimension: a smaller d sees less of the same contexts.

    >>> bool((gaussian(4, 3, seed=0)[:, :2] == gaussian(4, 2, seed=0)).all())
    True
    """
    shape = count("dimension", dimension), count("contexts", contexts)
    return np.random.default_rng(count("seed", seed, 0)).standard_normal(shape).T


def realisable(contexts: ArrayLike, vocabulary: int, seed: int, *, strength: float = 1.0) -> Floats:
    """A truth that the model can represent, softmax(X W) with Gaussian W, shape (c, vocabulary).

    Log-odds have the standard deviation `strength` for Gaussian contexts; strength 0 is the uniform truth.
    """
    X = np.asarray(contexts, dtype=np.float64)
    W = np.random.default_rng(seed).normal(scale=strength / np.sqrt(X.shape[1]), size=(X.shape[1], vocabulary))
    return softmax(X @ W, axis=-1)


def separable(contexts: int, dimension: int) -> int:
    """In how many ways d dimensions split c contexts in general position in two: 2 sum_{i<d} binom(c-1, i).

    Cover (1965).  Over 2^c it is the probability that c Gaussian vectors lie in one half-space (Wendel 1962).

    >>> separable(4, 2), separable(4, 4)
    (8, 16)
    """
    return 2 * sum(math.comb(contexts - 1, i) for i in range(dimension))


def most_likely(counts: Integers, Q: Floats) -> Floats:
    """The table softmax(Q B) under which counts (runs, c, s) are likeliest, for each run; shape (runs, c, s).

    Newton's method from smoothed log-frequencies, all runs at once, until no score exceeds `TOLERANCE` or `MOST`
    steps are done.  Along Newton's direction that of the `STEPS` is taken where the slope is nearest to 0: near a
    maximum the step itself, and on the way to a limit at infinity the longest.
    """
    C, p, unfinished = counts.astype(np.float64), np.empty(counts.shape), np.arange(len(counts))
    log_odds = Q @ (Q.T @ np.log(C + 0.5)) + np.where(C.any(axis=-2, keepdims=True), 0.0, DEAD)
    for _ in range(MOST):
        fitted, N = softmax(log_odds, axis=-1), C.sum(axis=-1, keepdims=True)
        p[unfinished] = fitted
        score = Q.T @ (C - N * fitted)  # (runs, r, s)
        far = np.abs(score).max(axis=(-2, -1)) > TOLERANCE * N.max(axis=(-2, -1))
        if not far.any():
            break
        unfinished, C, log_odds = unfinished[far], C[far], log_odds[far]
        towards = Q @ _newton(N[far], fitted[far], score[far], Q)
        log_odds = log_odds + _length(C, N[far], log_odds, towards) * towards
    p[(counts == 0) & (p < FLOOR)] = 0.0
    parts = np.rint(UNITS * p).astype(np.int64)
    return parts / parts.sum(axis=-1, keepdims=True)


def _newton(N: Floats, p: Floats, score: Floats, Q: Floats) -> Floats:
    """Newton's step, shape (runs, r, s): the score over sum_j N_j q_j q_j^T (x) (diag p_j - p_j p_j^T).

    That sum is Fisher's information.  Its diagonal gets `DAMPING` times the largest score, which bends the step and
    moves no solution; and a trace of itself, for log-odds that nothing depends on (all tokens moved alike; a token
    outside the vocabulary).
    """
    runs, r, s = score.shape
    covariance = (N * p)[..., :, None] * (np.eye(s) - p[..., None, :])  # (runs, c, s, s)
    pairs = (Q[:, :, None] * Q[:, None, :]).reshape(len(Q), r * r)
    information = covariance.reshape(runs, len(Q), s * s).swapaxes(1, 2) @ pairs  # (runs, s s, r r)
    information = information.reshape(runs, s, s, r, r).transpose(0, 3, 1, 4, 2).reshape(runs, r * s, r * s)
    diagonal = np.einsum("rii->ri", information)
    diagonal += DAMPING * np.abs(score).max(axis=(-2, -1))[:, None] + 1e-12 * diagonal.max(axis=-1, keepdims=True)
    return np.asarray(np.linalg.solve(information, score.reshape(runs, r * s, 1)).reshape(runs, r, s))


def _length(C: Floats, N: Floats, log_odds: Floats, towards: Floats) -> Floats:
    """Which of the `STEPS` brings the slope of the log-likelihood nearest to 0; shape (runs, 1, 1)."""
    tried = softmax(log_odds + STEPS[:, None, None, None] * towards, axis=-1)
    slopes = np.einsum("trjk,rjk->tr", C - N * tried, towards)
    return STEPS[np.abs(slopes).argmin(axis=0)][:, None, None]
