"""What a comparison finds: a word, with the numbers that it rests on."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

Kind = Literal["supported", "refuted", "inconclusive", "out of scope", "corrected", "vacuous"]

ALPHA = 0.01
"""Chance of a false "supported" or a false "refuted", over the whole family that is judged together."""


@dataclass(frozen=True)
class Verdict:
    """What a comparison found.

    `measured` and `interval` (its 1 - ALPHA confidence interval) are of the point, among those compared, that
    decided; `expected` and `margin` are the claim's value there (for a bound: the bound, margin 0).  `points`
    counts the numbers compared, `samples` the runs behind each (0 where nothing is random).  `relation` is what the
    claim says of measured and expected.  `tightness` tells how many times a bound's larger side is the smaller,
    where the two are closest: 1 is sharp.  `success` is what the verdict is called where p_support <= alpha:
    "supported", or, of the paper's text, "corrected" or "vacuous".
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
        if read.get("tightness") is not None:
            read["tightness"] = float(read["tightness"])
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
