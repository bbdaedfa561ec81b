"""A corpus of text: one or several sequences of tokens, and what learners do with it without reading it.

The first l tokens of a sequence are its opening: the context of what follows, and not counted themselves.  Every
later token is a *place*, a run of l + 1 tokens that ends with it and lies within one sequence.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from collapse_lib.errors import require
from collapse_lib.text.tables import Integers

Tokens = NDArray[np.int32]


@dataclass(frozen=True)
class Corpus:
    """Sequences of tokens, one after the other: `tokens` has shape (n,), `lengths` (sequences,) and the sum n."""

    tokens: Tokens
    lengths: Integers

    def passages(self) -> list[Tokens]:
        """The sequences one by one, openings included."""
        return np.split(self.tokens, np.cumsum(self.lengths)[:-1])


def read(tokens: ArrayLike, length: int, vocabulary: int) -> Corpus:
    """One sequence, checked."""
    given = np.asarray(tokens)
    require(
        given.ndim == 1 and (given.size == 0 or np.issubdtype(given.dtype, np.integer)),
        f"a text is a row of whole numbers, shape (n,); this has shape {given.shape} of {given.dtype}.",
    )
    require(
        len(given) > length,
        f"the text has {len(given)} tokens; contexts of {length} need at least {length + 1}.",
    )
    require(
        bool((given >= 0).all() and (given < vocabulary).all()),
        f"the text has tokens from {given.min()} to {given.max()}; a vocabulary of {vocabulary} has 0 to "
        f"{vocabulary - 1}.",
    )
    return Corpus(given.astype(np.int32), np.array([len(given)], dtype=np.int64))


def of_counts(counts: Integers, length: int, vocabulary: int) -> Corpus:
    """Each run of length + 1 tokens as often as it is counted."""
    shape = (vocabulary,) * (length + 1)
    require(
        counts.shape == shape and np.issubdtype(counts.dtype, np.integer) and bool((counts >= 0).all()),
        f"the counts have shape {counts.shape} of {counts.dtype}; contexts of {length} over a vocabulary of "
        f"{vocabulary} take whole numbers of shape {shape}.",
    )
    return of_runs(np.repeat(np.argwhere(counts >= 0), counts.reshape(-1).astype(np.intp), axis=0))


def pooled(corpora: Sequence[Corpus]) -> Corpus:
    """One after the other."""
    if len(corpora) == 1:
        return corpora[0]
    return Corpus(np.concatenate([c.tokens for c in corpora]), np.concatenate([c.lengths for c in corpora]))


def subset(corpus: Corpus, length: int, size: int, rng: np.random.Generator) -> Corpus:
    """Random places, each as a sequence of its context and its token."""
    places = np.flatnonzero(inside(corpus, length))
    require(size <= len(places), f"{size:,} tokens were asked of a corpus that has {len(places):,}.")
    chosen = rng.permutation(places)[:size]
    return of_runs(corpus.tokens[chosen[:, None] + np.arange(length + 1)])


def inside(corpus: Corpus, length: int) -> NDArray[np.bool_]:
    """Which runs of length + 1 tokens lie within one sequence, shape (n - length,)."""
    inside = np.ones(max(0, len(corpus.tokens) - length), dtype=bool)
    across = np.cumsum(corpus.lengths)[:-1, None] - 1 - np.arange(length)
    inside[across[(across >= 0) & (across < len(inside))]] = False
    return inside


def of_runs(runs: Tokens) -> Corpus:
    """Sequences of one length, shape (sequences, length), as a corpus."""
    return Corpus(runs.reshape(-1).astype(np.int32, copy=False), np.full(len(runs), runs.shape[1], dtype=np.int64))
