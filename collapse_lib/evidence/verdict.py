"""What a comparison finds: a word, with the numbers that it rests on."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

Kind = Literal["supported", "refuted", "inconclusive", "out of scope", "corrected", "overstated", "vacuous"]

ALPHA = 0.01
"""Chance of a false "supported" or a false "refuted", over the whole family that is judged together."""

LOOSE = 10.0
"""A bound whose larger side is more than so many times the smaller, where the two are closest, is loose."""


@dataclass(frozen=True)
class Verdict:
    """What a comparison found.

    `measured` and `interval` (its 1 - ALPHA confidence interval) are of the point, among those compared, that
    decided; `expected` and `margin` are the claim's value there (for a bound: the bound, margin 0).  `points`
    counts the numbers compared, `samples` the runs behind each (0 where nothing is random).  `relation` is what the
    claim says of measured and expected.  `success` is what the verdict is called where p_support <= alpha:
    "supported", or, of the paper's text, "corrected", "overstated" or "vacuous".

    How much the verdict sees, where that can be told:

    `tightness`    how many times a bound's larger side is the smaller, where the two are closest: 1 is sharp
    `resolution`   the margin over what the claim is about (0.1: a tenth of it), at the coarsest of the points
    `errors`       the margin in standard errors of the mean, at the noisiest of the points
    `sensitivity`  the factor on the theory's value, nearest to 1, at which the same samples would be refuted
    """

    kind: Kind
    measured: float
    interval: tuple[float, float]
    expected: float
    margin: float = 0.0
    p_support: float = 1.0
    p_refute: float = 1.0
    points: int = 1
    samples: int = 0
    tightness: float | None = None
    relation: Literal["=", "≤", "≥"] = "="
    note: str = ""
    success: Kind = "supported"
    resolution: float | None = None
    errors: float | None = None
    sensitivity: float | None = None

    @property
    def qualifiers(self) -> tuple[str, ...]:
        """What goes with "supported": in how many cases a bound was computed, and whether it is loose.

        >>> Verdict("supported", 0.02, (0.02, 0.02), 1.0, points=6, tightness=50.0, relation="≤").qualifiers
        ('in 6 computed cases', 'loosely')
        """
        if self.kind != "supported" or self.relation == "=":
            return ()
        cases = "case" if self.points == 1 else "cases"
        computed = (f"in {self.points:,} computed {cases}",) if not self.samples else ()
        return computed + (("loosely",) if self.tightness is not None and self.tightness > LOOSE else ())

    @property
    def words(self) -> str:
        """The verdict with its qualifiers: "supported in 6 computed cases, loosely"."""
        first, *rest = [*self.qualifiers, ""]
        joined = " " if first.startswith("in ") else ", "
        return ", ".join([f"{self.kind}{joined if first else ''}{first}", *filter(None, rest)])

    def as_dict(self) -> dict[str, Any]:
        """Plain values, ready for JSON: numbers that are not finite become the words "nan", "inf" and "-inf"."""
        values = {**dataclasses.asdict(self), "interval": list(self.interval)}
        return {name: _jsonable(value) for name, value in values.items()}

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Verdict:
        """The inverse of `as_dict`."""
        numbers = ("measured", "expected", "margin", "p_support", "p_refute")
        read = {**values, "interval": tuple(map(float, values["interval"]))}
        read |= {name: float(values[name]) for name in numbers if name in values}
        for name in ("tightness", "resolution", "errors", "sensitivity"):
            if read.get(name) is not None:
                read[name] = float(read[name])
        return cls(**read)


class OutOfScope(Exception):
    """Raised by a check whose parameters leave the theorem's assumptions; the text says which."""


def decided(verdict: Verdict, *, alpha: float = ALPHA) -> Verdict:
    """The verdict with the kind that its p-values give."""
    kind: Kind = "inconclusive"
    if verdict.p_refute <= alpha:
        kind = "refuted"
    elif verdict.p_support <= alpha:
        kind = verdict.success
    return dataclasses.replace(verdict, kind=kind)


def _jsonable(value: Any) -> Any:
    """A float that JSON can hold, or its name; lists entry by entry."""
    if isinstance(value, list):
        return [_jsonable(entry) for entry in value]
    return str(float(value)) if isinstance(value, float) and not np.isfinite(value) else value
