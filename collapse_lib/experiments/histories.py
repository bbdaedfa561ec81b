"""What is left of a text when the model of its n-grams is trained on itself: the runs that claims on texts judge.

Generation 1 is the model of the text itself: the text is the real corpus, the same in every run.
"""

from __future__ import annotations

import functools
import itertools
from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from collapse_lib import corpora, text
from collapse_lib.errors import InvalidInput, require
from collapse_lib.recursion import generations
from collapse_lib.schedules import FullySynthetic, Schedule
from collapse_lib.text import Corpus, FixedContexts, Model, NGrams, Tokenizer
from collapse_lib.text.tables import UNSEEN

Writing = Literal["passages", "single tokens", "fixed contexts"]

WATCHED = 300  # contexts that the deviation is a mean over: as many as in the paper's Figure 5
LATEST = 60  # generations that a last collapse is waited for
FEWEST = 100  # tokens, below which a text is too short to say anything about


@dataclass(frozen=True)
class Reading:
    """How a text is read: its first `characters`, in a unit, with contexts of `length` tokens."""

    corpus: str = corpora.BOOK
    characters: int = 10_000
    length: int = 3
    unit: text.Unit = "characters"
    passage: int = 50

    def learner(self, writing: Writing) -> NGrams | FixedContexts:
        """The learner that writes in that way, for this text's vocabulary."""
        s = len(opened(self).tokenizer)
        if writing == "fixed contexts":
            return FixedContexts(self.length, s)
        return NGrams(self.length, s, self.passage if writing == "passages" else 1)


class Opened(NamedTuple):
    """A text that was read: where it is from, its tokens as a corpus, how they are written, and its own model."""

    text: corpora.Text
    tokenizer: Tokenizer
    real: Corpus
    model: Model
    M: int


class History(NamedTuple):
    """Shares and means at the generations of `looks`, each of shape (looks, runs).

    `types`      the share of the text's runs of l + 1 tokens that the model still knows
    `tokens`     the share of the text's vocabulary that it still knows
    `open`       of the contexts that the text follows with several tokens, the share that it still does
    `entropy`    its conditional entropy, nats a token
    `deviation`  ||p^(m) - p^(1)||_1 after a context, the mean over `WATCHED` contexts of the text, by frequency
    """

    types: NDArray[np.float64]
    tokens: NDArray[np.float64]
    open: NDArray[np.float64]
    entropy: NDArray[np.float64]
    deviation: NDArray[np.float64]


@functools.lru_cache(maxsize=8)
def opened(reading: Reading) -> Opened:
    """The text, read and counted; `InvalidInput` where it is too short, or one token repeated."""
    found = corpora.load(reading.corpus, reading.characters)
    tokens, tokenizer = text.tokenized(found.characters, reading.unit)
    few = FEWEST + reading.length
    require(
        len(tokens) >= few,
        f"the text {found.name!r} has {len(tokens):,} {reading.unit} in what is read of it; contexts of "
        f"{reading.length} take at least {few}.",
    )
    require(
        len(tokenizer) > 1,
        f"the text {found.name!r} is one of its {reading.unit}, repeated; there is nothing to lose in it, so "
        "give another text.",
    )
    learner = NGrams(reading.length, len(tokenizer), reading.passage)
    real = learner.read(tokens)
    return Opened(found, tokenizer, real, learner.fit(real), learner.size(real))


def has_words(reading: Reading) -> bool:
    """Whether the text has words enough to be read by them; `InvalidInput` where it cannot be read at all."""
    corpora.load(reading.corpus, reading.characters)
    try:
        opened(reading)
    except InvalidInput:
        return False
    return True


@functools.lru_cache(maxsize=32)
def history(reading: Reading, writing: Writing, schedule: Schedule, M: int, runs: int, seed: int) -> History:
    """`runs` runs of the recursion on the text, each for M generations, looked at now and then."""
    start, learner = opened(reading), reading.learner(writing)
    types, first = text.pairs(start.model.table), start.model.table
    several = first.contexts[first.support > 1]
    watched = first.contexts[first.openings(WATCHED, np.random.default_rng(seed))]
    before = text.conditional(start.model.tables, watched)

    def measured(model: Model) -> tuple[float, ...]:
        table = model.table
        row = table.rows(several)
        return (
            float(_known(text.pairs(table), types).mean()),
            float(np.count_nonzero(learner.law(model)) / len(start.tokenizer)),
            float((table.support[row] > 1)[row != UNSEEN].sum() / max(1, len(several))),
            text.entropy(table),
            float(np.abs(text.conditional(model.tables, watched) - before).sum(axis=1).mean()),
        )

    at = looks(M).tolist()
    values = np.empty((len(History._fields), len(at), runs))
    for run in range(runs):
        models = generations(learner, schedule, _stream(seed, run), corpus=start.real)
        for m, model in enumerate(itertools.islice(models, M), start=1):
            if m in at:
                values[:, at.index(m), run] = measured(model)
    return History(*values)


def looks(M: int) -> NDArray[np.int64]:
    """The generations that are looked at: the first, the last, and up to seven between.

    >>> looks(20).tolist()
    [1, 2, 3, 4, 7, 9, 14, 20]
    """
    return np.unique(np.geomspace(1, M, 9).round().astype(np.int64))


def last_collapses(rows: NDArray[np.int64], trials: int, seed: int) -> NDArray[np.int64]:
    """When the last of several contexts of fixed sizes collapses, in generations after their own; shape (trials,).

    `rows` holds the counts after each context, shape (contexts, tokens), none of them collapsed yet.  `LATEST` + 1
    stands for later than `LATEST`.
    """
    return _last_collapses(tuple(map(tuple, rows.tolist())), trials, seed)


@functools.lru_cache(maxsize=4)
def _last_collapses(rows: tuple[tuple[int, ...], ...], trials: int, seed: int) -> NDArray[np.int64]:
    """All trials are one corpus, in which the number of the trial is the first token of every context."""
    counts = np.array(rows, dtype=np.intp)
    one = np.repeat(np.argwhere(counts), counts[counts > 0], axis=0)  # (context, token) of each place
    trial = np.repeat(np.arange(trials), len(one))
    places = np.column_stack([trial, np.tile(one, (trials, 1))]).astype(np.int32)
    learner = FixedContexts(2, max(trials, *counts.shape))
    real = Corpus(places.reshape(-1), np.full(len(places), 3, dtype=np.int64))
    last = np.full(trials, LATEST + 1, dtype=np.int64)
    models = generations(learner, FullySynthetic(len(places)), np.random.default_rng(seed), corpus=real)
    for m, model in enumerate(itertools.islice(models, LATEST + 1)):
        waiting = np.zeros(trials, dtype=bool)
        waiting[model.table.contexts[model.table.support > 1] // learner.vocabulary] = True
        last[~waiting & (last > LATEST)] = m
        if not waiting.any():
            break
    return last


def written(reading: Reading, seed: int, size: int, at: tuple[int, ...]) -> dict[int, str]:
    """What the models of one run trained on their own passages write, `size` tokens at each generation of `at`."""
    start, learner = opened(reading), reading.learner("passages")
    writer = NGrams(reading.length, len(start.tokenizer), size)
    models = generations(learner, FullySynthetic(start.M), _stream(seed, 0), corpus=start.real)
    rng = np.random.default_rng(seed)
    return {
        m: start.tokenizer.write(writer.sample(model, size, rng).tokens)
        for m, model in enumerate(itertools.islice(models, max(at)), start=1)
        if m in at
    }


def _known(types: NDArray[np.int64], wanted: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Which of the wanted keys are among the sorted `types`."""
    place = np.minimum(np.searchsorted(types, wanted), len(types) - 1)
    return types[place] == wanted


def _stream(seed: int, run: int) -> np.random.Generator:
    """The random stream of a run, keyed by seed and run."""
    return np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(run,)))
