"""How often each token follows each context of a text, without a place for what never occurs.

A context of l tokens c_1 .. c_l over a vocabulary of s is one whole number, its *key*

    key = c_1 s^(l-1) + ... + c_(l-1) s + c_l,        and with the next token k it is a *pair*, key s + k.

The pairs of a text, sorted, lie in blocks: first by context, then by token.  So counting is sorting, a context is a
row of the table, and its law is a stretch of one long array of cumulative counts: to draw a token after a context
is to draw one of the context's places in the text, uniformly, and to look up (by bisection) whose place it is.
Many contexts at once cost one look-up each.  (These are sparse counts in compressed rows, of all the contexts of a
text at once: equation 2 of the paper.)

Glossary: s the vocabulary; c contexts; u pairs that occur; M places, the tokens counted; N_j those of context j.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from collapse_lib.errors import require

Integers = NDArray[np.int64]
Floats = NDArray[np.float64]

UNSEEN = -1  # the row of a context that never occurred
LARGEST = 2**63 - 1


@dataclass(frozen=True)
class Table:
    """The counts after contexts of `length` tokens.

    `contexts`  their keys, ascending, shape (c,)
    `before`    how many places come before each context's, and M at the end, shape (c + 1,)
    `first`     where each context's pairs begin, and u at the end, shape (c + 1,)
    `tokens`    the token of each pair, shape (u,)
    `upto`      how many places there are up to and with each pair's, shape (u,)
    """

    length: int
    vocabulary: int
    contexts: Integers
    before: Integers
    first: Integers
    tokens: NDArray[np.int32]
    upto: Integers

    @property
    def sizes(self) -> Integers:
        """N_j, how often each context occurs, shape (c,)."""
        return self.before[1:] - self.before[:-1]

    @property
    def counts(self) -> Integers:
        """How often each pair occurs, shape (u,)."""
        counts = self.upto.copy()
        counts[1:] -= self.upto[:-1]
        return counts

    @property
    def support(self) -> NDArray[np.intp]:
        """How many different tokens follow each context, shape (c,)."""
        return (self.first[1:] - self.first[:-1]).astype(np.intp, copy=False)  # what np.repeat takes

    def rows(self, keys: Integers) -> Integers:
        """The row of each context, `UNSEEN` for those that never occurred; any shape."""
        row = self.contexts.searchsorted(keys)
        inside = np.minimum(row, len(self.contexts) - 1)
        return np.where(self.contexts[inside] == keys, inside, UNSEEN)

    def blocks(self, rows: Integers) -> tuple[Integers, Integers]:
        """All pairs of the rows, shape (k,), row after row: which of the k each is in, and the pair's index."""
        long = self.support[rows]
        place = np.repeat(np.arange(len(rows)), long)
        return place, np.arange(len(place)) - np.repeat(np.cumsum(long) - long, long) + self.first[rows][place]

    def draw(self, rows: Integers, rng: np.random.Generator) -> Integers:
        """For each row a pair, drawn by its frequency after that context; the pairs' indices, shape of `rows`."""
        start = self.before[rows]
        # floor(u N) with u on a grid of 2^-53, as in `learners.Tokens`
        place = start + (rng.random(rows.shape) * (self.before[rows + 1] - start)).astype(np.int64)
        return self.upto.searchsorted(place, side="right")

    def openings(self, size: int, rng: np.random.Generator) -> Integers:
        """The rows of `size` contexts, each drawn by its frequency."""
        return self.before[1:].searchsorted(rng.integers(self.before[-1], size=size), side="right")


def windows(tokens: NDArray[np.int32], length: int, vocabulary: int) -> Integers:
    """The key of every run of `length` tokens, shape (n - length + 1,); of length 0 there are n + 1, all 0."""
    require(
        vocabulary**length <= LARGEST,
        f"runs of {length} tokens over a vocabulary of {vocabulary:,} are more than 64 bits can number; with "
        f"this vocabulary a context and its token may hold {longest(vocabulary)} together, so shorten the context.",
    )
    keys = np.zeros(max(0, len(tokens) - length + 1), dtype=np.int64)
    for step in range(length):
        keys *= vocabulary
        keys += tokens[step : step + len(keys)]
    return keys


def longest(vocabulary: int) -> int:
    """The most tokens whose key is below 2^63.

    >>> longest(65), longest(10_000)
    (10, 4)
    """
    length = 1
    while vocabulary ** (length + 1) <= LARGEST and length < 63:
        length += 1
    return length


def table(keys: Integers, counts: Integers | None, length: int, vocabulary: int) -> Table:
    """The table of pairs in any order, each once for every place, or with its count where `counts` are given."""
    if counts is None:
        ordered = np.sort(keys)
        last = _ends(ordered)
        upto = last + 1
    else:
        order = np.argsort(keys, kind="stable")
        ordered = keys[order]
        last = _ends(ordered)
        upto = np.cumsum(counts[order])[last]
    context, token = np.divmod(ordered[last], vocabulary)
    closing = _ends(context)  # the last pair of each context
    first, before = (np.zeros(len(closing) + 1, dtype=np.int64) for _ in range(2))
    first[1:], before[1:] = closing + 1, upto[closing]
    return Table(length, vocabulary, context[closing], before, first, token.astype(np.int32), upto)


def _ends(ordered: Integers) -> Integers:
    """Where each run of equal keys ends."""
    ends = np.ones(len(ordered), dtype=bool)
    np.not_equal(ordered[1:], ordered[:-1], out=ends[:-1])
    return np.flatnonzero(ends)


def shorter(longer: Table) -> Table:
    """The table of the same places with contexts that have lost their first token."""
    keys = pairs(longer) % longer.vocabulary**longer.length
    return table(keys, longer.counts, longer.length - 1, longer.vocabulary)


def pairs(of: Table) -> Integers:
    """The keys of the pairs (context, token) that occur, ascending, shape (u,): the types of l + 1 tokens."""
    return np.repeat(of.contexts, of.support) * of.vocabulary + of.tokens


def entropy(of: Table) -> float:
    """Conditional entropy of the next token, in nats: sum_j (N_j / M) H(row j), the loss that training reaches."""
    n, N = of.counts, np.repeat(of.sizes, of.support)
    return float(-(n * np.log(n / N)).sum() / of.before[-1]) + 0.0


def conditional(tables: tuple[Table, ...], keys: ArrayLike) -> Floats:
    """The law of the next token after each context, shape (k, s); after one never seen, that of its longest end.

    `tables` go from the longest contexts to none; `keys`, shape (k,), are of the longest.
    """
    keys = np.asarray(keys, dtype=np.int64)
    law = np.zeros((len(keys), tables[0].vocabulary))
    todo = np.arange(len(keys))
    for each in tables:
        row = each.rows(keys[todo] % each.vocabulary**each.length)
        found = row != UNSEEN
        place, entry = each.blocks(row[found])
        law[todo[found][place], each.tokens[entry]] = each.counts[entry] / each.sizes[row[found]][place]
        todo = todo[~found]
    return law
