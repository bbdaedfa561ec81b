"""The loop: models p^(1), p^(2), ... for ever, each trained on what its row of the schedule names (equation 5).

Within generation m, in this order: the row says how many samples of each p^(t) are wanted; those that do not exist
yet are drawn; they are pooled; the learner is fitted to the pool.  How a row is read is one function a word of
`schedule.draw`; the two that go back to single samples are in `stored`.

`generations` is the loop, and `recorded` the one recorder: it keeps what somebody wants to know of the models.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator
from typing import Any, TypeVar

import numpy as np

from collapse_lib.errors import require
from collapse_lib.learners import Learner
from collapse_lib.recursion import stored
from collapse_lib.recursion.rows import check_even, training_size, unavailable
from collapse_lib.schedules import Schedule

Kept = TypeVar("Kept")


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


def recorded(models: Iterable[Any], record: Callable[[int, Any], Kept], at: Iterable[int]) -> list[Kept]:
    """What `record(m, model)` returns at each generation m >= 1 of `at`, in ascending order.

    `models` are p^(1), p^(2), ...; after the last of `at` no other is asked for.

    >>> recorded("abcdef", lambda m, model: f"{m}{model}", [1, 2, 4])
    ['1a', '2b', '4d']
    """
    wanted = set(at)
    upto = itertools.islice(models, max(wanted, default=0))
    return [record(m, model) for m, model in enumerate(upto, start=1) if m in wanted]


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
                raise unavailable(schedule, m, t, int(row[t]), drawn.get(t, 0))
        model = learner.fit(learner.pool([pools[t] for t in sources]))
        yield model
        gone = set(pools) - {0, *sources}
        for t in gone:
            del pools[t], drawn[t]


def _fresh(learner: Learner, schedule: Schedule, rng: np.random.Generator, real: Any) -> Iterator[Any]:
    """Every row draws anew from the earlier models; the real corpus is used again.

    Where real data are read in parts, a row that does not take the corpus whole takes a part, picked anew.
    """
    models: dict[int, Any] = {}
    held, parts = int(schedule.sizes(1)[0]), schedule.draw == "part"

    def samples(t: int, size: int) -> Any:
        if t:
            return learner.sample(models[t], size, rng)
        return real if size == held else learner.subset(real, size, rng)

    for m in itertools.count(1):
        row = schedule.sizes(m)
        sources = row.nonzero()[0].tolist()
        for t in sources:
            at_hand = t in models if t else row[0] == held or (parts and row[0] < held)
            if not at_hand:
                raise unavailable(schedule, m, t, int(row[t]), held if t == 0 else 0)
        model = learner.fit(learner.pool([samples(t, int(row[t])) for t in sources]))
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
    size = training_size(schedule)
    corpus, past = real, real
    for m in itertools.count(1):
        model = learner.fit(corpus)
        yield model
        check_even(schedule, m + 1, size)
        if redraw is not None:
            real = redraw()
        from_real = rng.binomial(size, 1 / (m + 1), size=np.shape(learner.collapsed(model)))
        corpus = learner.pool(
            [learner.subset(real, from_real, rng), learner.sample(learner.fit(past), size - from_real, rng)]
        )
        past = learner.pool([past, corpus])


READINGS = {
    "kept": _kept,
    "fresh": _fresh,
    "mixed": _mixed,
    "part": _fresh,
    "subset": stored.subset,
    "first": stored.first,
    "redrawn": _mixed,
}
"""How a row is read, by the words of `schedule.draw`."""
