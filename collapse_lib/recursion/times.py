"""`collapse_times`: the recursion until every run is a Dirac mass."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from collapse_lib.errors import count, require
from collapse_lib.learners import Learner
from collapse_lib.recursion.blocks import BLOCK, over_blocks
from collapse_lib.recursion.setting import checked
from collapse_lib.recursion.sources import Source
from collapse_lib.schedules import FullySynthetic, Schedule


def collapse_times(
    truth: ArrayLike | Source,
    schedule: Schedule,
    *,
    runs: int,
    seed: int,
    limit: int | None = None,
    learner: Learner | None = None,
    workers: int = 1,
) -> NDArray[np.int64]:
    """T = first generation m >= 1 whose model is a Dirac mass, one for each run; shape (runs,).

    -1 where `limit` generations were reached first.  Without a limit the fully synthetic schedule ends with
    probability one; a schedule that keeps real data may never end, and is refused without a limit.  `truth` may be
    a source, as in `simulate`.

    >>> from collapse_lib import FullySynthetic, distributions
    >>> bool((collapse_times(distributions.uniform(3), FullySynthetic(5), runs=9, seed=1) >= 1).all())
    True
    """
    setting = checked(truth, schedule, runs, seed, learner)
    if setting.law is not None:
        shape = setting.law.shape
        require(len(shape) == 1, f"collapse_times takes one context, a truth of shape (s,); this one is {shape}.")
    _check_limit(schedule, limit)
    workers, runs, seed = count("workers", workers), int(runs), int(seed)

    def block(size: int, rng: np.random.Generator) -> NDArray[np.int64]:
        if isinstance(schedule, FullySynthetic) and not setting.alone:
            return _times_of_forgetful_runs(setting.learner, schedule, rng, setting.corpus(size, rng), size, limit)
        times = np.full(size, -1, dtype=np.int64)
        for m, model in enumerate(setting.models(size, rng), start=1):
            times[(times < 0) & setting.learner.collapsed(model)] = m
            if m == limit or (times > 0).all():
                break
        return times

    return np.concatenate(over_blocks(block, runs, seed, length=1 if setting.alone else BLOCK, workers=workers))


def _check_limit(schedule: Schedule, limit: int | None) -> None:
    """Refuse a limit that is no number of generations, and a wait that may have no end."""
    if limit is not None:
        count("limit", limit)
    else:
        require(
            schedule.sizes(10_000)[0] == 0,
            f"{schedule} goes on using real data and may never collapse; give a limit, in generations.",
        )


def _times_of_forgetful_runs(
    learner: Learner, schedule: FullySynthetic, rng: np.random.Generator, corpus: Any, runs: int, limit: int | None
) -> NDArray[np.int64]:
    """The fully synthetic loop, which forgets all but its last model, with each run dropped as soon as it ends."""
    times, still_open = np.full(runs, -1, dtype=np.int64), np.arange(runs)
    for m in itertools.count(1) if limit is None else range(1, limit + 1):
        model = learner.fit(corpus)
        ended = learner.collapsed(model)
        if ended.any():
            times[still_open[ended]] = m
            still_open, model = still_open[~ended], model[~ended]
            if not len(still_open):
                break
        corpus = learner.sample(model, schedule.size, rng)
    return times
