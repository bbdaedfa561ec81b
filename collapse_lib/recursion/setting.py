"""Who learns, from whom, and under which schedule: checked once, at the door of `simulate` and `collapse_times`."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from collapse_lib import distributions
from collapse_lib.errors import InvalidInput, count, require
from collapse_lib.learners import Learner, Tokens
from collapse_lib.recursion.loop import READINGS, generations
from collapse_lib.recursion.sources import Counted, Given, Source, Truth
from collapse_lib.schedules import Schedule, known


@dataclass(frozen=True, eq=False)
class Setting:
    """A recursion before it runs; `start` is the source of the first corpus, and others are of `source`."""

    source: Source
    start: Source
    schedule: Schedule
    learner: Learner

    @property
    def law(self) -> NDArray[np.float64] | None:
        """p^(0), or None where nothing is known of it."""
        return getattr(self.source, "law", None)

    @property
    def alone(self) -> bool:
        """Whether the learner takes one run at a time."""
        return getattr(self.learner, "alone", False)

    def corpus(self, runs: int, rng: np.random.Generator) -> Any:
        """The real corpus that so many runs begin with."""
        return self.start(runs, _real(self.schedule), rng)

    def models(self, runs: int, rng: np.random.Generator) -> Iterator[Any]:
        """The `generations` of so many runs."""
        corpus = self.corpus(runs, rng)
        anew = functools.partial(self.source, runs, _real(self.schedule), rng)
        redraw = None if isinstance(self.source, Given) else anew
        return generations(self.learner, self.schedule, rng, corpus=corpus, redraw=redraw)


def checked(
    truth: ArrayLike | Source,
    schedule: Schedule,
    runs: int,
    seed: int,
    learner: Learner | None,
    corpus: ArrayLike | None = None,
) -> Setting:
    """The setting, or `InvalidInput`.  The learner is `Tokens` where the truth is an array and none is named."""
    law = None if callable(truth) else distributions.validated(truth)
    known(schedule)
    require(schedule.draw in READINGS, f"draw was {schedule.draw!r}; it is one of {', '.join(READINGS)}.")
    count("runs", runs)
    count("seed", seed, 0)
    if law is not None:
        learner = Tokens(law.shape[-1]) if learner is None else learner
        source = Truth(law, learner)
        start = source if corpus is None else Counted(_counts(corpus, law, schedule), learner)
        return Setting(source, start, schedule, learner)
    assert callable(truth)
    require(corpus is None, "corpus is for a truth that is an array; let the source return the corpus itself.")
    if learner is None:
        raise InvalidInput("a source's corpora are in the form of one learner; name that learner.")
    return Setting(truth, truth, schedule, learner)


def _counts(corpus: ArrayLike, law: NDArray[np.float64], schedule: Schedule) -> NDArray[np.integer[Any]]:
    """The token counts, or `InvalidInput` where they are not what generation 1 trains on."""
    given = np.asarray(corpus)
    require(
        given.shape == law.shape and np.issubdtype(given.dtype, np.integer) and bool((given >= 0).all()),
        f"corpus takes whole token counts of shape {law.shape}, at least 0; "
        f"it was given shape {given.shape} of {given.dtype}.",
    )
    totals, size = given.sum(axis=-1), _real(schedule)
    require(
        bool((totals == size).all()),
        f"the corpus holds {np.unique(totals).tolist()} tokens, but generation 1 of {schedule} trains on {size}.",
    )
    return given


def _real(schedule: Schedule) -> int:
    """The size of the real corpus."""
    return round(float(schedule.sizes(1)[0]))
