"""Learners: how a model is trained on a corpus and how it speaks.

A learner is the half of recursive training that knows what data look like; the loop in `recursion` knows neither
arrays nor text.  Its verbs:

====================  ====================================================================================
`fit(corpus)`         the model trained on that corpus
`sample(model, k)`    a new corpus of k tokens that the model wrote
`pool(corpora)`       several corpora as one
`subset(corpus, k)`   k tokens of a corpus, picked at random without replacement
`law(model)`          the model's distribution, shape (..., s): what metrics look at
`corpus(counts)`      a corpus with those token counts, shape (..., s) integers
`pick(corpus, i)`     the tokens of a corpus at the places i: only where a corpus has an order (`Ordered`)
====================  ====================================================================================

Two learners of the paper's model, equation (2), with one context or a batch of them.  They have the same law and
share no sampling code:

`Tabular`   a corpus is its count array, a model its probability array, and sampling is multinomial.  Counts have
            no order, so there is no `pick`.
`Tokens`    a corpus is the array of its tokens, a model is that array again, and sampling picks tokens from it
            with replacement: the Wright-Fisher urn.  It costs one random index a token whatever the vocabulary.

Leading axes are runs and contexts.  `k` may be one number, or one number for each leading index.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol, runtime_checkable

import numpy as np
from numpy.typing import ArrayLike, NDArray

from collapse_lib.errors import count, require

Integers = NDArray[np.integer[Any]]
Floats = NDArray[np.float64]

HOLE = -1  # fills the rows of a token array that are shorter than the longest


class Learner(Protocol):
    """What the recursion asks of a learner; corpora and models are the learner's own business."""

    def corpus(self, counts: Integers) -> Any:
        """A corpus with these token counts, shape (..., s)."""

    def fit(self, corpus: Any) -> Any:
        """The model trained on `corpus`."""

    def sample(self, model: Any, size: ArrayLike, rng: np.random.Generator) -> Any:
        """A corpus of `size` tokens drawn from `model`."""

    def pool(self, corpora: Sequence[Any]) -> Any:
        """Several corpora as one."""

    def subset(self, corpus: Any, size: ArrayLike, rng: np.random.Generator) -> Any:
        """`size` tokens of `corpus`, picked at random without replacement."""

    def law(self, model: Any) -> Floats:
        """The model's distribution, shape (..., s)."""

    def collapsed(self, model: Any) -> NDArray[np.bool_]:
        """Whether the model is a Dirac mass, shape (...,)."""


@runtime_checkable
class Ordered(Learner, Protocol):
    """A learner whose corpora have an order, and `pool` keeps it: a token can be named by its place."""

    def pick(self, corpus: Any, places: Integers) -> Any:
        """The tokens at these places, counted from 0, shape (..., k)."""


@dataclass(frozen=True)
class Tabular:
    """Counts in, frequencies out: corpora are integer counts (..., s), models are probabilities (..., s)."""

    def corpus(self, counts: Integers) -> Integers:
        """The counts themselves."""
        return np.asarray(counts)

    def fit(self, corpus: Integers) -> Floats:
        """Empirical frequencies, the maximum-likelihood model (equation 2)."""
        return corpus / corpus.sum(axis=-1, keepdims=True)

    def sample(self, model: Floats, size: ArrayLike, rng: np.random.Generator) -> Integers:
        """Multinomial counts of `size` tokens."""
        # Generator.multinomial gives the rounding remainder of sum(p), about 1e-16, to the last category even
        # when its probability is 0, which would revive a dead token.  So the likeliest token is put last.
        last = model.argmax(axis=-1, keepdims=True)
        counts = rng.multinomial(np.asarray(size), _swapped(model, last))
        return _swapped(counts, last)

    def pool(self, corpora: Sequence[Integers]) -> Integers:
        """The sum of the counts."""
        return np.sum(corpora, axis=0)

    def subset(self, corpus: Integers, size: ArrayLike, rng: np.random.Generator) -> Integers:
        """Counts of `size` tokens taken without replacement (multivariate hypergeometric)."""
        rows = corpus.reshape(-1, corpus.shape[-1])
        sizes = np.broadcast_to(size, corpus.shape[:-1]).reshape(-1)
        taken = [rng.multivariate_hypergeometric(row, k) for row, k in zip(rows, sizes, strict=True)]
        return np.reshape(taken, corpus.shape)

    def law(self, model: Floats) -> Floats:
        """The probabilities themselves."""
        return model

    def collapsed(self, model: Floats) -> NDArray[np.bool_]:
        """Whether one token has all the probability."""
        return np.count_nonzero(model, axis=-1) == 1


@dataclass(frozen=True)
class Tokens:
    """The urn: corpora and models are token arrays (..., N), entries in 0..vocabulary-1.

    The model trained on N tokens is the uniform law on those N tokens, so `fit` has nothing to do.
    """

    vocabulary: int

    def __post_init__(self) -> None:
        object.__setattr__(self, "vocabulary", count("vocabulary", self.vocabulary))

    def corpus(self, counts: Integers) -> Integers:
        """Each token repeated as often as it is counted.  Every row must hold the same number of tokens."""
        batch = counts.shape[:-1]
        totals = counts.sum(axis=-1)
        require(
            totals.size == 0 or bool((totals == totals.flat[0]).all()),
            "the rows of a token array have one length, but these counts have different totals; use Tabular.",
        )
        small = np.min_scalar_type(
            -self.vocabulary
        )  # the past of random sampling is long; int8 is a quarter of int32
        everyone = np.broadcast_to(np.arange(self.vocabulary, dtype=small), counts.shape)
        return np.repeat(everyone.reshape(-1), counts.reshape(-1)).reshape(*batch, -1)

    def fit(self, corpus: Integers) -> Integers:
        """The corpus itself, as an urn."""
        return corpus

    def sample(self, model: Integers, size: ArrayLike, rng: np.random.Generator) -> Integers:
        """`size` picks from each row's urn, with replacement; rows of unequal size are filled up with holes."""
        *batch, length = model.shape
        width = size if isinstance(size, int) else int(np.max(size))
        # floor(u length) with u on a grid of 2^-53: uniform to one part in 10^15, and twice as fast as integers()
        picks = rng.random((*batch, width))
        picks *= length
        index = picks.astype(np.intp)
        if batch:
            index += np.arange(0, model.size, length).reshape(*batch, 1)
        drawn = model.reshape(-1)[index]
        return _cut(drawn, size) if np.ndim(size) else drawn

    def pool(self, corpora: Sequence[Integers]) -> Integers:
        """One row after the other, holes dropped."""
        if len(corpora) == 1:
            return corpora[0]
        joined = np.concatenate(corpora, axis=-1)
        return joined if joined.min(initial=0) >= 0 else joined[joined >= 0].reshape(*joined.shape[:-1], -1)

    def subset(self, corpus: Integers, size: ArrayLike, rng: np.random.Generator) -> Integers:
        """The first `size` tokens of a random permutation of each row, the rest holes."""
        return _cut(rng.permuted(corpus, axis=-1), size)

    def pick(self, corpus: Integers, places: Integers) -> Integers:
        """The tokens at these places of each row."""
        return np.take_along_axis(corpus, places, axis=-1)

    def law(self, model: Integers) -> Floats:
        """Counts over the row length, shape (..., vocabulary)."""
        *batch, length = model.shape
        rows = model.reshape(-1, length)
        cells = rows + self.vocabulary * np.arange(len(rows))[:, None]
        counts = np.bincount(cells.reshape(-1), minlength=len(rows) * self.vocabulary)
        return counts.reshape(*batch, self.vocabulary) / length

    def collapsed(self, model: Integers) -> NDArray[np.bool_]:
        """Whether all tokens of a row are the same."""
        return (model == model[..., :1]).all(axis=-1)


def _swapped(array: NDArray[Any], index: Integers) -> NDArray[Any]:
    """A copy in which entry `index` (shape (..., 1)) and the last entry have changed places."""
    swapped = array.copy()
    np.put_along_axis(swapped, index, array[..., -1:], axis=-1)
    swapped[..., -1] = np.take_along_axis(array, index, axis=-1)[..., 0]
    return swapped


def _cut(tokens: Integers, size: ArrayLike) -> Integers:
    """Rows of `tokens` cut to `size` tokens each: one width for all, or holes behind the shorter rows."""
    if np.ndim(size) == 0:
        return tokens[..., : int(np.asarray(size))]
    return np.where(np.arange(tokens.shape[-1]) < np.asarray(size)[..., None], tokens, HOLE)
