"""Recursive training: each generation learns from what earlier ones wrote (paper, equation 5).

Index convention, the paper's: p^(0) is the truth, p^(1) the first model, trained on the real corpus, and p^(m)
the model of generation m.  Within generation m, in this order: the schedule's row says how many samples of each
p^(t) are wanted; those that do not exist yet are drawn; they are pooled; the learner is fitted to the pool.

`generations` is the loop, and yields models for ever.  `simulate` runs it `generations` times for many runs at
once and keeps what the metrics return; `collapse_times` runs it until every run is a Dirac mass.
"""

from __future__ import annotations

import functools
import inspect
import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from collapse_lib import distributions
from collapse_lib.errors import InvalidInput, count, require
from collapse_lib.learners import Integers, Learner, Ordered, Tabular, Tokens
from collapse_lib.metrics import Metric
from collapse_lib.schedules import FullySynthetic, Schedule, known

Places = Callable[[Integers], Integers]  # of each sample in its pool, from its source

BLOCK = 256  # runs that share one random stream: fixed, so that the number of workers changes no number


def generations(
    learner: Learner,
    schedule: Schedule,
    rng: np.random.Generator,
    *,
    corpus: Any,
    redraw: Callable[[], Any] | None = None,
) -> Iterator[Any]:
    """Yield the models p^(1), p^(2), ... for ever, starting from the real `corpus`.

    `corpus` is in the learner's own form and holds as many tokens as `schedule.sizes(1)[0]` asks for; `redraw`
    returns another such corpus, drawn anew from the truth, and is asked by the reading "redrawn" alone.
    """
    if schedule.draw == "redrawn":
        require(
            redraw is not None,
            f"{schedule} draws real data anew in every generation; give `redraw`, which returns a new real corpus.",
        )
        return _mixed(learner, schedule, rng, corpus, redraw)
    return READINGS[schedule.draw](learner, schedule, rng, corpus)


def _kept(learner: Learner, schedule: Schedule, rng: np.random.Generator, real: Any) -> Iterator[Any]:
    """Pool t is drawn once, when a row first names it, and used again by later rows."""
    model: Any = None
    pools, drawn = {0: real}, {0: int(schedule.sizes(1)[0])}
    for m in itertools.count(1):
        row = schedule.sizes(m)
        sources = row.nonzero()[0].tolist()
        if m > 1 and row[m - 1]:
            drawn[m - 1] = int(row[m - 1])
            pools[m - 1] = learner.sample(model, drawn[m - 1], rng)
        for t in sources:
            if drawn.get(t) != row[t]:
                raise _unavailable(schedule, m, t, int(row[t]), drawn.get(t, 0))
        model = learner.fit(learner.pool([pools[t] for t in sources]))
        yield model
        gone = set(pools) - {0, *sources}
        for t in gone:
            del pools[t], drawn[t]


def _fresh(learner: Learner, schedule: Schedule, rng: np.random.Generator, real: Any) -> Iterator[Any]:
    """Every row draws anew from the earlier models; the real corpus is used again."""
    models: dict[int, Any] = {}
    held = int(schedule.sizes(1)[0])
    for m in itertools.count(1):
        row = schedule.sizes(m)
        sources = row.nonzero()[0].tolist()
        for t in sources:
            if t not in models and (t or row[0] != held):
                raise _unavailable(schedule, m, t, int(row[t]), held if t == 0 else 0)
        model = learner.fit(
            learner.pool([learner.sample(models[t], int(row[t]), rng) if t else real for t in sources])
        )
        yield model
        models = {t: models[t] for t in sources if t} | {m: model}


def _part(learner: Learner, schedule: Schedule, rng: np.random.Generator, real: Any) -> Iterator[Any]:
    """As fresh, with a part of the real corpus, picked anew for every row, where a row does not take it whole."""
    models: dict[int, Any] = {}
    held = int(schedule.sizes(1)[0])
    for m in itertools.count(1):
        row = schedule.sizes(m)
        sources = row.nonzero()[0].tolist()
        for t in sources:
            if t not in models and (t or row[0] > held):
                raise _unavailable(schedule, m, t, int(row[t]), held if t == 0 else 0)
        model = learner.fit(
            learner.pool(
                [
                    learner.sample(models[t], int(row[t]), rng)
                    if t
                    else (real if row[0] == held else learner.subset(real, int(row[0]), rng))
                    for t in sources
                ]
            )
        )
        yield model
        models = {t: models[t] for t in sources if t} | {m: model}


def _mixed(
    learner: Learner,
    schedule: Schedule,
    rng: np.random.Generator,
    real: Any,
    redraw: Callable[[], Any] | None = None,
) -> Iterator[Any]:
    """Every sample picks its source uniformly from the past; real ones are of one corpus, or drawn anew.

    All training sets have one size, so a token of a uniformly picked model among p^(1)..p^(m-1) is a token of
    the model fitted to all their training sets together: one urn holds the whole past.
    """
    size = _size(schedule)
    corpus, past = real, real
    for m in itertools.count(1):
        model = learner.fit(corpus)
        yield model
        _check_even(schedule, m + 1, size)
        if redraw is not None:
            real = redraw()
        from_real = rng.binomial(size, 1 / (m + 1), size=np.shape(learner.collapsed(model)))
        corpus = learner.pool(
            [learner.subset(real, from_real, rng), learner.sample(learner.fit(past), size - from_real, rng)]
        )
        past = learner.pool([past, corpus])


def _first(learner: Learner, schedule: Schedule, rng: np.random.Generator, real: Any) -> Iterator[Any]:
    """Every pool is kept, and a row that wants k of its samples takes the first k."""
    return _stored(learner, schedule, rng, real, _ranks)


def _subset(learner: Learner, schedule: Schedule, rng: np.random.Generator, real: Any) -> Iterator[Any]:
    """Every pool is kept, and a row that wants k of its samples takes any k, picked anew."""
    size = _size(schedule)
    return _stored(learner, schedule, rng, real, lambda source: _distinct(source, size, rng))


def _stored(
    learner: Learner, schedule: Schedule, rng: np.random.Generator, real: Any, places: Places
) -> Iterator[Any]:
    """Every sample picks its source uniformly from the past, and is the entry of its pool that `places` says.

    `past` is pool 0, pool 1, ..., of `size` entries each, so memory grows with m.  The real corpus, which may be
    given as counts, is put into a random order of its own.
    """
    if not isinstance(learner, Ordered):
        raise InvalidInput(
            f"{schedule} goes back to single samples, and the corpora of {type(learner).__name__} have no order to "
            "find them by; use Tokens, or the reading 'mixed'."
        )
    size = _size(schedule)
    corpus = past = learner.subset(real, size, rng)
    for m in itertools.count(1):
        model = learner.fit(corpus)
        yield model
        _check_even(schedule, m + 1, size)
        past = learner.pool([past, learner.sample(model, size, rng)])
        # in ascending order, which makes equal sources neighbours: the order of a training set means nothing
        source = np.sort(rng.integers(m + 1, size=(*np.shape(learner.collapsed(model)), size)), axis=-1)
        corpus = learner.pick(past, source * size + places(source))


def _ranks(source: Integers) -> Integers:
    """0, 1, 2, ... within each run of equal sources, which are in ascending order."""
    place = np.arange(source.shape[-1])
    begins = np.diff(source, axis=-1, prepend=-1) > 0
    return place - np.maximum.accumulate(np.where(begins, place, 0), axis=-1)


def _distinct(source: Integers, size: int, rng: np.random.Generator) -> Integers:
    """A uniform pick out of 0..size-1 for each sample, no two of one source the same.

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


def _size(schedule: Schedule) -> int:
    """The size of every training set, where sources are random."""
    return round(float(schedule.sizes(1).sum()))


def _check_even(schedule: Schedule, m: int, size: int) -> None:
    """Refuse a row that is not `size` samples spread evenly over the past."""
    require(
        bool((abs(schedule.sizes(m) - size / m) <= 1e-9 * size).all()),
        f"row {m} of {schedule} is not {size} samples spread evenly over the past.",
    )


READINGS = {
    "kept": _kept,
    "fresh": _fresh,
    "mixed": _mixed,
    "part": _part,
    "subset": _subset,
    "first": _first,
    "redrawn": _mixed,
}


@dataclass(frozen=True)
class Trajectory:
    """What `simulate` measured: `values[name]` has shape (generations + 1, runs, ...), row m being p^(m)."""

    schedule: Schedule
    truth: NDArray[np.float64]
    runs: int
    seed: int
    values: Mapping[str, NDArray[Any]]

    def __getitem__(self, name: str) -> NDArray[Any]:
        require(name in self.values, f"'{name}' was not recorded; recorded: {', '.join(sorted(self.values))}.")
        return self.values[name]


def simulate(
    truth: ArrayLike,
    schedule: Schedule,
    generations: int,
    *,
    runs: int,
    seed: int,
    record: Sequence[Metric],
    learner: Learner | None = None,
    corpus: ArrayLike | None = None,
    workers: int = 1,
) -> Trajectory:
    """Recursive training from `truth`, `runs` times, measured at every generation.

    `truth`       p^(0), shape (s,), or (contexts, s) for several independent contexts under one schedule.
    `generations` the last generation M >= 1.
    `record`      metrics, kept under their names; `run["sigma"]` has shape (M + 1, runs, [contexts]).  Row 0 is
                  the truth.  A metric of two arguments compares with p^(1) of the same run, so row 0 of
                  `deviation` is the distance from the truth to the first model.
    `learner`     `Tokens` by default; `Tabular` has the same law.
    `corpus`      token counts, shape like `truth`: one real corpus for all runs.  By default each run draws its
                  own from the truth, once.  (The reading "redrawn" starts from it and draws its own from then on.)
    `workers`     threads; the numbers do not depend on it.

    Raises `InvalidInput` where an argument makes no sense.

    >>> from collapse_lib import FullySynthetic, distributions, metrics
    >>> run = simulate(distributions.uniform(5), FullySynthetic(10), 3, runs=4, seed=0, record=[metrics.sigma])
    >>> run["sigma"].shape
    (4, 4)
    """
    truth, learner = _check(truth, schedule, runs, seed, learner)
    generations, seed = count("generations", generations), int(seed)
    require(
        isinstance(record, Sequence) and len(record) > 0 and all(map(callable, record)),
        f"record was {record!r}; it takes a list of at least one metric, for instance [metrics.sigma].",
    )
    names = [getattr(metric, "__name__", repr(metric)) for metric in record]
    require(
        len(set(names)) == len(names), f"record names a metric twice: {', '.join(names)}; each needs its own name."
    )

    def block(index: int, size: int) -> list[NDArray[Any]]:
        models = _models(truth, schedule, learner, size, corpus, _stream(seed, index))
        laws = map(learner.law, itertools.islice(models, generations))
        first = next(laws)
        origin = np.broadcast_to(truth, first.shape)
        rows = (_measure(record, p, first) for p in itertools.chain([origin, first], laws))
        return [np.stack(column) for column in zip(*rows, strict=True)]

    measured = _over_blocks(block, runs, workers)
    values = {name: np.concatenate([b[i] for b in measured], axis=1) for i, name in enumerate(names)}
    return Trajectory(schedule, truth, runs, seed, values)


def collapse_times(
    truth: ArrayLike,
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
    probability one; a schedule that keeps real data may never end, and is refused without a limit.

    >>> from collapse_lib import FullySynthetic, distributions
    >>> bool((collapse_times(distributions.uniform(3), FullySynthetic(5), runs=9, seed=1) >= 1).all())
    True
    """
    truth, learner = _check(truth, schedule, runs, seed, learner)
    require(truth.ndim == 1, f"collapse_times takes one context, a truth of shape (s,); this one is {truth.shape}.")
    if limit is not None:
        limit = count("limit", limit)
    else:
        row = schedule.sizes(10_000)
        require(
            row[0] == 0,
            f"{schedule} goes on using real data and may never collapse; give a limit, in generations.",
        )

    def block(index: int, size: int) -> NDArray[np.int64]:
        rng = _stream(seed, index)
        if isinstance(schedule, FullySynthetic):
            corpus = _real_corpus(truth, schedule, learner, size, None, rng)
            return _times_of_forgetful_runs(learner, schedule, rng, corpus, size, limit)
        times = np.full(size, -1)
        for m, model in enumerate(_models(truth, schedule, learner, size, None, rng), start=1):
            times[(times < 0) & learner.collapsed(model)] = m
            if m == limit or (times > 0).all():
                break
        return times

    return np.concatenate(_over_blocks(block, runs, workers))


def _times_of_forgetful_runs(
    learner: Learner, schedule: FullySynthetic, rng: np.random.Generator, corpus: Any, runs: int, limit: int | None
) -> NDArray[np.int64]:
    """The fully synthetic loop, which forgets all but its last model, with each run dropped as soon as it ends."""
    times, still_open = np.full(runs, -1), np.arange(runs)
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


def _measure(record: Sequence[Metric], p: NDArray[np.float64], first: NDArray[np.float64]) -> list[NDArray[Any]]:
    """Each metric of p; those of two arguments against the first model."""
    return [metric(p, first) if _compares(metric) else metric(p) for metric in record]


@functools.lru_cache(maxsize=64)
def _compares(metric: Metric) -> bool:
    """Whether a metric needs a second distribution."""
    parameters = inspect.signature(metric).parameters.values()
    return sum(p.default is p.empty and p.kind is not p.VAR_KEYWORD for p in parameters) == 2


def _models(
    truth: NDArray[np.float64],
    schedule: Schedule,
    learner: Learner,
    runs: int,
    counts: ArrayLike | None,
    rng: np.random.Generator,
) -> Iterator[Any]:
    """`generations` of so many runs, from real corpora of their own or from the given counts."""
    corpus = _real_corpus(truth, schedule, learner, runs, counts, rng)
    anew = functools.partial(_real_corpus, truth, schedule, learner, runs, None, rng)
    return generations(learner, schedule, rng, corpus=corpus, redraw=anew)


def _real_corpus(
    truth: NDArray[np.float64],
    schedule: Schedule,
    learner: Learner,
    runs: int,
    counts: ArrayLike | None,
    rng: np.random.Generator,
) -> Any:
    """The real corpus of every run: drawn from the truth, or the given counts shared by all."""
    size = round(float(schedule.sizes(1)[0]))
    shape = (runs, *truth.shape)
    if counts is None:
        return learner.corpus(Tabular().sample(np.broadcast_to(truth, shape), size, rng))
    given = np.asarray(counts)
    require(
        given.shape == truth.shape and np.issubdtype(given.dtype, np.integer) and bool((given >= 0).all()),
        f"corpus takes whole token counts of shape {truth.shape}, at least 0; "
        f"it was given shape {given.shape} of {given.dtype}.",
    )
    totals = given.sum(axis=-1)
    require(
        bool((totals == size).all()),
        f"the corpus holds {np.unique(totals).tolist()} tokens, but generation 1 of {schedule} trains on {size}.",
    )
    return learner.corpus(np.broadcast_to(given, shape))


def _over_blocks(block: Callable[[int, int], Any], runs: int, workers: int) -> list[Any]:
    """`block(index, size)` for each block of runs, in order, on `workers` threads."""
    workers, runs = count("workers", workers), count("runs", runs)
    sizes = [min(BLOCK, runs - start) for start in range(0, runs, BLOCK)]
    if workers == 1:
        return [block(index, size) for index, size in enumerate(sizes)]
    with ThreadPoolExecutor(workers) as pool:
        return list(pool.map(block, itertools.count(), sizes))


def _stream(seed: int, index: int) -> np.random.Generator:
    """The random stream of block `index`: keyed by the seed and the index alone."""
    return np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(index,)))


def _check(
    truth: ArrayLike, schedule: Schedule, runs: int, seed: int, learner: Learner | None
) -> tuple[NDArray[np.float64], Learner]:
    """The truth as an array and the learner to use, or `InvalidInput`."""
    array = distributions.validated(truth)
    known(schedule)
    require(schedule.draw in READINGS, f"draw was {schedule.draw!r}; it is one of {', '.join(READINGS)}.")
    count("runs", runs)
    count("seed", seed, 0)
    return array, Tokens(array.shape[-1]) if learner is None else learner


def _unavailable(schedule: Schedule, m: int, t: int, wanted: int, held: int) -> InvalidInput:
    """The error for a row that asks for what the recursion no longer has, or for part of a pool."""
    return InvalidInput(
        f"row {m} of {schedule} asks for {wanted} samples of source {t}, of which {held} are at hand: "
        "the real corpus and kept pools are taken whole, and any other source that a row leaves out is gone."
    )
