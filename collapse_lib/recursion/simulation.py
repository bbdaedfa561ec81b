"""`simulate`: many runs of the recursion, measured along the way."""

from __future__ import annotations

import functools
import inspect
import itertools
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from collapse_lib.errors import count, require
from collapse_lib.learners import Learner
from collapse_lib.metrics import Metric
from collapse_lib.recursion.blocks import BLOCK, over_blocks
from collapse_lib.recursion.loop import recorded
from collapse_lib.recursion.setting import Setting, checked
from collapse_lib.recursion.sources import Source
from collapse_lib.schedules import Schedule

Look = Callable[[Any], Mapping[str, ArrayLike]]
"""What is to be known of a model itself, by name."""
Values = Mapping[str, NDArray[Any]]


@dataclass(frozen=True)
class Trajectory:
    """What `simulate` measured: `values[name]` has shape (len(at), runs, ...), and its row i is of p^(at[i]).

    Unless it was asked for other generations, `at` is 0, 1, ..., M, so that row m is p^(m) and row 0 the truth.
    `truth` is p^(0), or None where the source of the real data has no law.
    """

    schedule: Schedule
    truth: NDArray[np.float64] | None
    runs: int
    seed: int
    values: Values
    at: tuple[int, ...]

    def __getitem__(self, name: str) -> NDArray[Any]:
        require(name in self.values, f"'{name}' was not recorded; recorded: {', '.join(sorted(self.values))}.")
        return self.values[name]


def simulate(
    truth: ArrayLike | Source,
    schedule: Schedule,
    generations: int,
    *,
    runs: int,
    seed: int,
    record: Sequence[Metric] | Look,
    learner: Learner | None = None,
    corpus: ArrayLike | None = None,
    at: Iterable[int] | None = None,
    workers: int = 1,
) -> Trajectory:
    """Recursive training from `truth`, `runs` times, measured at every generation.

    `truth`       p^(0), shape (s,), or (contexts, s) for several independent contexts under one schedule.  Or a
                  *source* (see `recursion.sources`): a function (runs, size, rng) that returns real corpora in the
                  form of `learner`, which is then to be named.
    `generations` the last generation M >= 1.
    `record`      metrics, kept under their names; `run["sigma"]` has shape (M + 1, runs, [contexts]).  Row 0 is
                  the truth.  A metric of two arguments compares with p^(1) of the same run, so row 0 of
                  `deviation` is the distance from the truth to the first model.  Or one function of the model
                  itself, which returns its values by their names.
    `learner`     `Tokens` by default; `Tabular` has the same law.
    `corpus`      token counts, shape like `truth`: one real corpus for all runs.  By default each run draws its
                  own from the truth, once.  (The reading "redrawn" starts from it and draws its own from then on.)
    `at`          the generations that are kept, all of 0..M by default.  Without 0 where there is no law of the
                  truth, and where the models themselves are recorded.
    `workers`     threads; the numbers do not depend on it.

    Runs share a random stream by the 256; those of a learner that takes one run at a time have one each.

    Raises `InvalidInput` where an argument makes no sense.

    >>> from collapse_lib import FullySynthetic, distributions, metrics
    >>> run = simulate(distributions.uniform(5), FullySynthetic(10), 3, runs=4, seed=0, record=[metrics.sigma])
    >>> run["sigma"].shape
    (4, 4)
    """
    setting = checked(truth, schedule, runs, seed, learner, corpus)
    generations, runs, workers, seed = (
        count("generations", generations),
        int(runs),
        count("workers", workers),
        int(seed),
    )
    rows: Callable[[Sequence[int], int, np.random.Generator], list[Values]]
    if callable(record):
        kept = _generations(at, generations, 1, "a function of the models, not in a list of metrics, sees no p^(0)")
        rows = functools.partial(_looks, setting, record)
    else:
        _check_names(record)
        kept = _generations(
            at, generations, int(setting.law is None), "the source has no law, so p^(0) is not known"
        )
        rows = functools.partial(_metrics, setting, record)

    def block(size: int, rng: np.random.Generator) -> Values:
        found = rows(kept, size, rng)
        return {name: np.stack([row[name] for row in found]) for name in found[0]}

    blocks = over_blocks(block, runs, seed, length=1 if setting.alone else BLOCK, workers=workers)
    values = {name: np.concatenate([each[name] for each in blocks], axis=1) for name in blocks[0]}
    return Trajectory(schedule, setting.law, runs, seed, values, kept)


def _metrics(
    setting: Setting, record: Sequence[Metric], at: Sequence[int], runs: int, rng: np.random.Generator
) -> list[Values]:
    """The metrics of the laws at these generations; those of two arguments against the first model."""
    laws = (_runs_first(setting, setting.learner.law(model)) for model in setting.models(runs, rng))
    first = next(laws)

    def measured(p: NDArray[np.float64]) -> Values:
        return {_name(metric): metric(p, first) if _compares(metric) else metric(p) for metric in record}

    truth = [measured(np.broadcast_to(np.asarray(setting.law), first.shape))] if 0 in at else []
    return truth + recorded(itertools.chain([first], laws), lambda _, p: measured(p), [m for m in at if m])


def _looks(setting: Setting, record: Look, at: Sequence[int], runs: int, rng: np.random.Generator) -> list[Values]:
    """What `record` returns of the models at these generations."""

    def look(_: int, model: Any) -> Values:
        found = record(model)
        require(
            isinstance(found, Mapping), f"record returned a {type(found).__name__}; it takes values by their names."
        )
        return {name: _runs_first(setting, value) for name, value in found.items()}

    return recorded(setting.models(runs, rng), look, at)


def _runs_first(setting: Setting, value: ArrayLike) -> NDArray[Any]:
    """The value with an axis of runs, which a learner of one run at a time leaves away."""
    return np.asarray(value)[None] if setting.alone else np.asarray(value)


def _generations(at: Iterable[int] | None, last: int, first: int, why: str) -> tuple[int, ...]:
    """The generations to keep, or `InvalidInput`; where `first` is 1, `why` says what generation 0 lacks."""
    kept = tuple(range(last + 1)) if at is None else tuple(at)
    require(
        0 not in kept or first == 0, f"{why}; name the generations to keep, for instance at=range(1, {last + 1})."
    )
    require(
        len(kept) > 0 and list(kept) == sorted(set(kept)) and set(kept) <= set(range(first, last + 1)),
        f"at was {list(kept)}; it takes generations from {first} to {last}, each once and in ascending order.",
    )
    return tuple(map(int, kept))


def _check_names(record: Sequence[Metric]) -> None:
    """Refuse to record nothing, and two things under one name."""
    require(
        isinstance(record, Sequence) and len(record) > 0 and all(map(callable, record)),
        f"record was {record!r}; it takes a list of at least one metric, for instance [metrics.sigma].",
    )
    names = list(map(_name, record))
    require(
        len(set(names)) == len(names), f"record names a metric twice: {', '.join(names)}; each needs its own name."
    )


def _name(metric: Metric) -> str:
    """Under which a metric is kept."""
    return getattr(metric, "__name__", repr(metric))


@functools.lru_cache(maxsize=64)
def _compares(metric: Metric) -> bool:
    """Whether a metric needs a second distribution."""
    parameters = inspect.signature(metric).parameters.values()
    return sum(p.default is p.empty and p.kind is not p.VAR_KEYWORD for p in parameters) == 2
