"""Schedules: which data each generation is trained on.

The paper's equation (5) mixes, at generation m, n_t^(m) samples of every earlier model p^(t), t = 0..m-1
(p^(0) is the truth, so t = 0 is real data).  A schedule is that table: `sizes(m)` is row m, an array of shape
(m,) in tokens.  The simulator, the exact theory and the pictures read the same rows and nothing else.

How a row is read is the schedule's `draw`:

===========  =================================================================================================
`"kept"`     pool t is drawn once from p^(t) and used again by every later row that names it (equation 5, read
             literally).  A row takes a whole pool or leaves it; but for the real one, a pool once left is gone.
`"fresh"`    every row draws new samples from p^(t), t >= 1.  A model once left out of a row is gone.
`"part"`     as "fresh", but a row may take a part of the real corpus: so many of its samples, picked anew for
             every row, none twice.
===========  =================================================================================================

Where each sample picks its source t at random, uniformly over the past, the row holds equal means.  A row then
wants a random number n_t^(m) of samples of source t, and there are four readings of which ones:

===========  =================================================================================================
`"mixed"`    as "part": some of the real corpus, picked anew for every row, and new samples of p^(t), t >= 1.
`"subset"`   every pool is kept: n_t^(m) of its samples, picked anew for every row, none twice.
`"first"`    every pool is kept, in one order: its first n_t^(m) samples (equation 5, read literally).
`"redrawn"`  everything is new: n_t^(m) samples of p^(t) for t = 0 too, the truth.
===========  =================================================================================================

In all of them but the last the real corpus (t = 0) is drawn once per run, from the truth, and is used again,
never redrawn.

A new schedule is one frozen dataclass with a `draw` and a `sizes`; nothing else has to know it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any, ClassVar, Literal, Protocol, get_args, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from collapse_lib.errors import count, require

Redraw = Literal["kept", "fresh"]
Mixing = Literal["mixed", "subset", "first", "redrawn"]
Draw = Redraw | Literal["part"] | Mixing

MIXING: tuple[Mixing, ...] = get_args(Mixing)


@runtime_checkable
class Schedule(Protocol):
    """Anything that answers `sizes(m)` and says how its rows are read."""

    @property
    def draw(self) -> Draw:
        """How a row is read: one of the words in the tables above."""
        ...

    def sizes(self, m: int) -> NDArray[Any]:
        """n_0^(m), ..., n_{m-1}^(m), shape (m,), in tokens; m >= 1."""
        ...


@dataclass(frozen=True)
class FullySynthetic:
    """Each generation sees `size` samples of the one before it and nothing else (paper, Section 3.1)."""

    size: int
    draw: ClassVar[Draw] = "fresh"

    def __post_init__(self) -> None:
        _check_counts(self)

    def sizes(self, m: int) -> NDArray[np.int64]:
        """Row m, tokens.

        >>> FullySynthetic(10).sizes(3).tolist()
        [0, 0, 10]
        """
        row = _empty_row(m)
        row[-1] = self.size
        return row


@dataclass(frozen=True)
class PartiallySynthetic:
    """The `real` samples always, plus `synthetic` of the last model from generation 2 on (paper, Section 3.2)."""

    real: int
    synthetic: int
    draw: ClassVar[Draw] = "fresh"

    def __post_init__(self) -> None:
        _check_counts(self)

    def sizes(self, m: int) -> NDArray[np.int64]:
        """Row m, tokens.

        >>> PartiallySynthetic(real=100, synthetic=20).sizes(3).tolist()
        [100, 0, 20]
        """
        row = _empty_row(m)
        row[-1] = self.synthetic
        row[0] = self.real
        return row


@dataclass(frozen=True)
class FixedTotal:
    """`size` samples in all: from generation 2 on `synthetic` of them of the last model, the others real.

    The first generation has `size` real ones.  (The mixtures of the paper's Figure 5, as fractions of a training
    set whose size is fixed.)  `synthetic=size` is `FullySynthetic`.
    """

    size: int
    synthetic: int
    draw: ClassVar[Draw] = "part"

    def __post_init__(self) -> None:
        _check_counts(self)
        require(
            self.synthetic <= self.size,
            f"FixedTotal was given synthetic = {self.synthetic}, more than the {self.size} samples in all.",
        )

    def sizes(self, m: int) -> NDArray[np.int64]:
        """Row m, tokens.

        >>> FixedTotal(size=100, synthetic=20).sizes(3).tolist()
        [80, 0, 20]
        """
        row = _empty_row(m)
        row[-1] = self.synthetic
        row[0] = self.size if m == 1 else self.size - self.synthetic
        return row


@dataclass(frozen=True)
class MostRecent:
    """floor(size / window) samples of each of the last `window` models (paper, Section 4.2).

    The first generations have fewer models behind them and so fewer samples in all.  `window=1` is
    `FullySynthetic`.  "kept" is equation (5) to the letter; "fresh" must be what the paper ran, for it remarks that
    with a wider window p^(m+1) can be random again after a Dirac mass p^(m).  Kept, it cannot: the pools of a Dirac
    mass's training set are all that one token, and so is every later one.
    """

    size: int
    window: int
    draw: Redraw = "kept"

    def __post_init__(self) -> None:
        _check_counts(self)
        _check_draw(self.draw, get_args(Redraw))
        require(
            self.window <= self.size,
            f"a window of {self.window} models cannot share {self.size} samples: "
            f"give a window of at most {self.size}, or more samples.",
        )

    def sizes(self, m: int) -> NDArray[np.int64]:
        """Row m, tokens.

        >>> MostRecent(size=10, window=3).sizes(5).tolist()
        [0, 0, 3, 3, 3]
        """
        row = _empty_row(m)
        row[max(0, m - self.window) :] = self.size // self.window
        return row


@dataclass(frozen=True)
class RandomlySampled:
    """`size` samples, each of a model picked uniformly from the whole past (paper, Section 4.2).

    `sizes` holds means.  No sample of a pool that is kept is used twice in one generation.  Each reading can claim
    the paper's words, so each has a `draw`:

    =========  ===================================================================================================
    mixed      "we are given a corpus" (Section 2.2): real data are scarce, and a model can always be asked again
    subset     "mixed in a pool from which the training data for the next generation is collected" (Section 4.2)
    first      the sum over l = 1..n_t^(m) in (5) takes the first samples of one sequence for each t
    redrawn    no corpus in the code, every sample a draw from the p^(t) of its source: what Figure 6 looks like
    =========  ===================================================================================================

    They are far apart.  At the paper's sizes (n = 10, 500 generations, S_0 = 0.1) and the book's truth a run meets
    a Dirac mass with chance 0.07, 0.14, 0.51 and 0.016, in the order of the table.  The paper's one in 100 runs
    fits "redrawn"; so few have a chance of 1 in 200 under "mixed", and none to speak of under the two others.  The
    paper does not print its truth: for other shapes with its S_0 and support we found 0.05 to 0.13 under "mixed".

    The two kept readings need a learner whose corpora have an order, such as `Tokens`.  All four remember the whole
    past, so memory grows with m: by `size` tokens a generation in each run.
    """

    size: int
    draw: Mixing = "mixed"

    def __post_init__(self) -> None:
        _check_counts(self)
        _check_draw(self.draw, MIXING)

    def sizes(self, m: int) -> NDArray[np.float64]:
        """Row m, mean numbers of tokens.

        >>> RandomlySampled(10).sizes(4).tolist()
        [2.5, 2.5, 2.5, 2.5]
        """
        return np.full(len(_empty_row(m)), self.size / m)


@dataclass(frozen=True)
class Accumulate:
    """All the past: `size` real samples and `size` of every model so far.  (Ours: not one of the paper's.)"""

    size: int
    draw: Redraw = "kept"

    def __post_init__(self) -> None:
        _check_counts(self)
        _check_draw(self.draw, get_args(Redraw))

    def sizes(self, m: int) -> NDArray[np.int64]:
        """Row m, tokens.

        >>> Accumulate(10).sizes(3).tolist()
        [10, 10, 10]
        """
        row = _empty_row(m)
        row[:] = self.size
        return row


def known(schedule: Any) -> None:
    """Raise `InvalidInput` where something is no schedule."""
    require(
        isinstance(schedule, Schedule) and not isinstance(schedule, type),
        f"schedule was {schedule!r}; give one, for instance FullySynthetic(50).",
    )


def _empty_row(m: int) -> NDArray[np.int64]:
    """A row of m zeros, for generation m >= 1."""
    require(
        isinstance(m, int | np.integer) and not isinstance(m, bool) and m >= 1,
        f"sizes(m) was asked for m = {m!r}; generations that are trained start at m = 1.",
    )
    return np.zeros(m, dtype=np.int64)


def _check_counts(schedule: Any) -> None:
    """Refuse a schedule whose whole-number fields are not integers of at least 1; NumPy's become Python's.

    So a small integer type cannot overflow in what is computed from them.
    """
    for field in fields(schedule):
        if field.name != "draw":
            name = f"the {field.name} of {type(schedule).__name__}"
            object.__setattr__(schedule, field.name, count(name, getattr(schedule, field.name)))


def _check_draw(draw: str, readings: Sequence[str]) -> None:
    """Refuse a reading that is none of these."""
    *others, last = map(repr, readings)
    require(draw in readings, f"draw was {draw!r}; it is {', '.join(others)} or {last}.")
