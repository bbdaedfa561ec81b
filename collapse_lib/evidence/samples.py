"""What a comparison needs to know of a sample: its means or its shares, with their p-values and intervals.

The p-value of "the mean is above v" is the probability, were it v, of data that speak for "above" as strongly.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special  # scipy.stats has the same laws, and takes half a second to load

from collapse_lib.errors import number, numbers, require
from collapse_lib.evidence.verdict import ALPHA

Floats = NDArray[np.float64]
Side = Literal["less", "greater"]

FEWEST = 4
"""Fewer runs than these support nothing: how much they differ by chance cannot be told from them."""


@dataclass(frozen=True)
class Means:
    """Means over N runs and the runs' standard deviations, any shape; compared by Student's t."""

    mean: Floats
    deviation: Floats
    N: int

    @property
    def error(self) -> Floats:
        """The standard errors of the means."""
        return np.asarray(self.deviation / np.sqrt(self.N))

    @property
    def mute(self) -> NDArray[np.bool_]:
        """Whether a mean can support nothing: its runs are all the same, so how much they might differ is unknown.

        Equal runs still have a deviation of rounding.
        """
        return np.asarray(self.deviation <= 1e-12 * np.abs(self.mean))

    def p_value(self, value: Floats, side: Side) -> Floats:
        """For each mean: p-value of the alternative that it is less (or greater) than `value`.

        It is 1 with fewer runs than `FEWEST`.  Runs that are all the same have no error, so the difference decides,
        a tie for neither side: that may refute, and whoever asks for support looks at `mute`.
        """
        if self.N < FEWEST:
            return np.ones(self.mean.shape)
        gap = self.mean - value if side == "greater" else value - self.mean
        with np.errstate(divide="ignore", invalid="ignore"):
            t = np.where(self.mute, np.where(gap == 0, 0.0, np.copysign(np.inf, gap)), gap / self.error)
        return special.stdtr(self.N - 1, -t)


@dataclass(frozen=True)
class Shares:
    """How many of N runs hit, any shape; compared by the binomial law."""

    hits: NDArray[np.int64]
    N: int

    @property
    def mean(self) -> Floats:
        """The shares."""
        return self.hits / self.N

    @property
    def mute(self) -> NDArray[np.bool_]:
        """No share is: all or none is evidence."""
        return np.zeros(np.shape(self.hits), dtype=np.bool_)

    @property
    def error(self) -> Floats:
        """The standard errors of the shares, with one hit and one miss more than there were, so that none is 0."""
        share = (self.hits + 1) / (self.N + 2)
        return np.sqrt(share * (1 - share) / self.N)

    def p_value(self, value: Floats, side: Side) -> Floats:
        """For each share: p-value of the alternative that the chance is less (or greater) than `value`."""
        chance = np.clip(value, 0, 1)
        less = side == "less"
        tail = special.bdtr(self.hits, self.N, chance) if less else special.bdtrc(self.hits - 1, self.N, chance)
        impossible = (value > 1) if less else (value < 0)
        return np.where(impossible, 0.0, tail)


def summary(data: NDArray[Any]) -> Means | Shares:
    """Runs along axis 0 as their means, or as their shares where the dtype is bool."""
    N = len(data)
    if data.dtype == np.bool_:
        return Shares(np.count_nonzero(data, axis=0), N)
    deviation = data.std(axis=0, ddof=1) if N > 1 else np.zeros(data.shape[1:])
    return Means(data.mean(axis=0, dtype=np.float64), deviation, N)


def columns(samples: ArrayLike, *values: ArrayLike) -> tuple[NDArray[Any], ...]:
    """Samples as (runs, k), and each value as (k,)."""
    data = runs(samples)
    require(
        data.ndim in (1, 2) and len(data) >= 1, f"samples has shape {data.shape}; it takes (runs,) or (runs, k)."
    )
    data = data.reshape(len(data), -1)
    read = [numbers("what a measurement is held against", value) for value in values]
    return data, *(np.broadcast_to(value, data.shape[1:]) for value in read)


def runs(samples: ArrayLike) -> NDArray[Any]:
    """Samples as an array; whole numbers, true and false stay what they are.

    NaN is refused: it compares as nothing, so that any verdict on it would be an accident.
    """
    found, given = numbers("a measurement", samples), np.asarray(samples)
    return given if given.dtype.kind in "bui" else found


def interval(samples: ArrayLike, *, alpha: float = ALPHA) -> tuple[Floats, Floats, Floats]:
    """(mean, lower, upper) along axis 0: Student's interval for a mean, the exact binomial one for 0 and 1."""
    data, alpha = runs(samples), number("alpha", alpha)
    require(data.ndim >= 1 and len(data) >= 1, f"samples has shape {data.shape}; it takes one run or more.")
    N = len(data)
    mean = data.mean(axis=0, dtype=np.float64)
    if data.dtype == np.bool_:
        hits = np.count_nonzero(data, axis=0)
        with np.errstate(invalid="ignore"):
            lower = np.where(hits > 0, special.betaincinv(hits, N - hits + 1, alpha / 2), 0.0)
            upper = np.where(hits < N, special.betainccinv(hits + 1, N - hits, alpha / 2), 1.0)
        return mean, lower, upper
    if N < 2:
        return mean, np.full_like(mean, -np.inf), np.full_like(mean, np.inf)
    half = -special.stdtrit(N - 1, alpha / 2) * data.std(axis=0, ddof=1) / np.sqrt(N)
    return mean, mean - half, mean + half
