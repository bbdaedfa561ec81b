"""The readings of random sampling that go back to single samples: "first" and "subset".

Every sample picks its source uniformly from the past, every pool is kept, and a row that wants k samples of a pool
takes its first k, or any k.  So the whole past is stored, sample by sample, and a learner's corpora need an order
to find them by.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from collapse_lib.errors import InvalidInput
from collapse_lib.learners import Integers, Learner, has_order
from collapse_lib.recursion.rows import check_even, training_size
from collapse_lib.schedules import Schedule

Places = Callable[[Integers], Integers]  # of each sample in its pool, from its source


def first(learner: Learner, schedule: Schedule, rng: np.random.Generator, real: Any) -> Iterator[Any]:
    """Every pool is kept, and a row that wants k of its samples takes the first k."""
    return _stored(learner, schedule, rng, real, _ranks)


def subset(learner: Learner, schedule: Schedule, rng: np.random.Generator, real: Any) -> Iterator[Any]:
    """Every pool is kept, and a row that wants k of its samples takes any k, picked anew."""
    size = training_size(schedule)
    return _stored(learner, schedule, rng, real, lambda source: distinct(source, size, rng))


def _stored(
    learner: Learner, schedule: Schedule, rng: np.random.Generator, real: Any, places: Places
) -> Iterator[Any]:
    """Every sample picks its source uniformly from the past, and is the entry of its pool that `places` says.

    `past` is pool 0, pool 1, ..., of `size` entries each, so memory grows with m.  The real corpus, which may be
    given as counts, is put into a random order of its own.
    """
    if not has_order(learner):
        raise InvalidInput(
            f"{schedule} goes back to single samples, and the corpora of {type(learner).__name__} have no order to "
            "find them by; use Tokens, or the reading 'mixed'."
        )
    size = training_size(schedule)
    corpus = past = learner.subset(real, size, rng)
    for m in itertools.count(1):
        model = learner.fit(corpus)
        yield model
        check_even(schedule, m + 1, size)
        past = learner.pool([past, learner.sample(model, size, rng)])
        # in ascending order, which makes equal sources neighbours: the order of a training set means nothing
        source = np.sort(rng.integers(m + 1, size=(*np.shape(learner.collapsed(model)), size)), axis=-1)
        corpus = learner.pick(past, source * size + places(source))


def _ranks(source: Integers) -> Integers:
    """0, 1, 2, ... within each run of equal sources, which are in ascending order."""
    place = np.arange(source.shape[-1])
    begins = np.diff(source, axis=-1, prepend=-1) > 0
    return place - np.maximum.accumulate(np.where(begins, place, 0), axis=-1)


def distinct(source: Integers, size: int, rng: np.random.Generator) -> Integers:
    """A uniform pick out of 0..size-1 for each sample, no two of one source the same; shape of `source`.

    A pick that an earlier sample of its source holds is drawn again.  Once held, a place stays held by that sample
    or an earlier one, so each sample ends with a uniform pick among those that the earlier ones have left.
    """
    pick = rng.integers(size, size=source.shape)
    while (again := _taken(source * size + pick)).any():
        pick[again] = rng.integers(size, size=np.count_nonzero(again))
    return pick


def _taken(place: Integers) -> NDArray[np.bool_]:
    """Whether an earlier entry of the row is the same."""
    order = place.argsort(axis=-1, kind="stable")
    same = np.diff(np.take_along_axis(place, order, axis=-1), axis=-1, prepend=-1) == 0
    taken = np.empty_like(same)
    np.put_along_axis(taken, order, same, axis=-1)
    return taken
