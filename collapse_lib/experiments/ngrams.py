"""The setting of the chapter `ngrams`, and what is simulated for it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from collapse_lib import parameters
from collapse_lib.evidence import OutOfScope
from collapse_lib.experiments.histories import Reading, Writing, history, opened
from collapse_lib.parameters import parameter
from collapse_lib.schedules import FullySynthetic
from collapse_lib.text import Table
from collapse_lib.theory import extinction

EXACT = 400  # tokens of an urn, above which extinction is given by its lower bound
RARE = range(2, 7)  # occurrences of the contexts whose last collapse is timed
TIMED = 20  # such contexts, at most
WORDS = 5  # times as much of a text is read by words as by characters: a word has about five
Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Scene(parameters.Scene):
    """The setting of the chapter."""

    took = (53, 168e6)

    corpus: str = parameter("book", "the text: book, tinyshakespeare, or the path of your own UTF-8 file")
    characters: int = parameter(
        30_000, "how much of the text is read, from its beginning", 200, 1_000_000, quick=3_000, deep=200_000
    )
    context_length: int = parameter(3, "characters in a context", 1, 8)
    generations: int = parameter(20, "the last generation", 4, 200)
    runs: int = parameter(
        16, "runs behind each point, half as many where schedules are compared", 4, 200, quick=16, deep=40
    )
    trials: int = parameter(
        2_000, "runs behind the law of the last collapse", 500, 20_000, quick=1_500, deep=10_000
    )
    seed: int = parameter(0, "where every random stream starts", 0)


def alive_fixed(table: Table, generations: int) -> Floats:
    """Expected share of a text's types at p^(1), ..., p^(M), each context keeping its size; shape (M,)."""
    sizes = np.repeat(table.sizes, table.support)
    return 1 - mean_extinct(table.counts, sizes, generations) / len(sizes)


def alive_in_one_urn(counts: NDArray[np.int64], size: int, generations: int) -> Floats:
    """Expected share of types at p^(1), ..., p^(M), the whole text being one urn of `size`; shape (M,)."""
    return 1 - mean_extinct(counts, np.full(len(counts), size), generations) / len(counts)


def open_fixed(table: Table, generations: int) -> Floats:
    """Expected share, of the contexts followed by several tokens, that have not collapsed; p^(1), ..., p^(M).

    A context has collapsed to a token if all its other tokens, together, are extinct.
    """
    several = np.repeat(table.support > 1, table.support)
    sizes = np.repeat(table.sizes, table.support)[several]
    closed = mean_extinct(sizes - table.counts[several], sizes, generations)
    return 1 - closed / max(1, int(np.count_nonzero(table.support > 1)))


def by_word(corpus: str, characters: int) -> Reading:
    """The text read by words, `WORDS` times as much of it."""
    return Reading(corpus, WORDS * characters, 1, "words")


def rare_contexts(table: Table) -> NDArray[np.int64]:
    """The counts after at most `TIMED` rare contexts that have several followers, shape (contexts, 6)."""
    rare = np.flatnonzero((table.support > 1) & np.isin(table.sizes, RARE))
    if len(rare) < 2:
        raise OutOfScope("the text has too few contexts that occur two to six times, followed by several tokens.")
    rare = rare[np.linspace(0, len(rare) - 1, min(TIMED, len(rare))).astype(int)]
    place, pair = table.blocks(rare)
    rows = np.zeros((len(rare), max(RARE)), dtype=np.int64)
    rows[place, pair - table.first[rare][place]] = table.counts[pair]
    return rows


def mean_extinct(counts: NDArray[np.int64], sizes: NDArray[np.int64], generations: int) -> Floats:
    """Expected number of extinct types at p^(1), ..., p^(M), types of `counts` tokens among `sizes`; shape (M,)."""
    total = np.zeros(generations)
    for n in np.unique(sizes).tolist():
        c, times = np.unique(counts[sizes == n], return_counts=True)
        law = extinction.extinct if n <= EXACT else extinction.extinct_at_least
        total += law(c / n, n, generations - 1) @ times
    return total


def against_one_urn(
    reading: Reading, writing: Writing, generations: int, runs: int, seed: int
) -> tuple[Floats, Floats]:
    """The share of types alive, and that in one urn of all the text."""
    start = opened(reading)
    measured = history(reading, writing, FullySynthetic(start.M), generations, runs, seed).types
    return measured, alive_in_one_urn(start.model.table.counts, start.M, generations)


def open_table(reading: Reading) -> Table:
    """The text's own table; `OutOfScope` where each of its contexts has one token only."""
    table = opened(reading).model.table
    if (table.support == 1).all():
        raise OutOfScope("each context of the text is followed by one token only: all have collapsed already.")
    return table
