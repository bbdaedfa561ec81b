"""`Tokens`: a corpus is the array of its tokens, a model is that array again, the Wright-Fisher urn."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from collapse_lib.errors import count, require
from collapse_lib.learners.protocol import Floats, Integers

HOLE = -1  # fills the rows of a token array that are shorter than the longest


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
        times = counts.reshape(-1).astype(np.intp, copy=False)
        return np.repeat(everyone.reshape(-1), times).reshape(*batch, -1)

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
        cells = rows + self.vocabulary * np.arange(len(rows), dtype=np.intp)[:, None]
        counts = np.bincount(cells.reshape(-1), minlength=len(rows) * self.vocabulary)
        return counts.reshape(*batch, self.vocabulary) / length

    def collapsed(self, model: Integers) -> NDArray[np.bool_]:
        """Whether all tokens of a row are the same."""
        return (model == model[..., :1]).all(axis=-1)


def _cut(tokens: Integers, size: ArrayLike) -> Integers:
    """Rows of `tokens` cut to `size` tokens each: one width for all, or holes behind the shorter rows."""
    if np.ndim(size) == 0:
        return tokens[..., : int(np.asarray(size))]
    return np.where(np.arange(tokens.shape[-1]) < np.asarray(size)[..., None], tokens, HOLE)
