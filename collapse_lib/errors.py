"""The one exception for a user's mistake: what was given, what was expected, what to try.

Everything that checks an input raises `InvalidInput` with one sentence that a person can act on.  The command
line prints that sentence and exits with 2; a notebook shows it as an ordinary `ValueError`.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

MOST_LISTED = 30  # names that an error lists in full
MOST_SHOWN = 80  # characters of what was given


class InvalidInput(ValueError):
    """A user's mistake, told in one sentence."""


def require(condition: bool | np.bool, sentence: str) -> None:
    """Raise `InvalidInput(sentence)` unless `condition` holds."""
    if not condition:
        raise InvalidInput(sentence)


def count(name: str, value: Any, least: int = 1, most: int | None = None) -> int:
    """`value` as a whole number of at least `least`; True is none, and NumPy's integers become Python's.

    >>> count("runs", 2.5)
    Traceback (most recent call last):
    ...
    collapse_lib.errors.InvalidInput: runs was 2.5; it takes a whole number of at least 1.
    """
    whole = isinstance(value, int | np.integer) and not isinstance(value, bool)
    limits = f"of at least {least}" if most is None else f"from {least} to {most}"
    require(
        whole and value >= least and (most is None or value <= most),
        f"{name} was {shown(value)}; it takes a whole number {limits}.",
    )
    return int(value)


def number(name: str, value: Any) -> float:
    """`value` as one number, which may be infinite."""
    array = numbers(name, value)
    require(array.ndim == 0, f"{name} was {shown(value)}; it takes one number.")
    return float(array)


def numbers(name: str, values: Any) -> NDArray[np.float64]:
    """`values` as float64, of any shape; neither None nor a text nor NaN is a number."""
    try:
        given = np.asarray(values)
        require(given.dtype.kind in "buifO", "")
        array = given.astype(np.float64, copy=False)
        require(not np.isnan(array).any(), "")
    except (TypeError, ValueError, OverflowError):  # an `InvalidInput` is a ValueError
        raise InvalidInput(f"{name} was {shown(values)}; it takes numbers, and NaN is not a number.") from None
    return array


def shown(value: Any) -> str:
    """What was given, on one line and not too long."""
    text = " ".join(repr(value).split())
    return text if len(text) <= MOST_SHOWN else f"{text[:MOST_SHOWN]}..."


def unknown(kind: str, given: str, known: Iterable[str]) -> InvalidInput:
    """The error for a name that does not exist: it names the nearest known one, then all, or the nearest few.

    >>> str(unknown("chapter", "fuly_synthetic", ["intro", "fully_synthetic"]))
    "there is no chapter 'fuly_synthetic'; did you mean 'fully_synthetic'? Known: fully_synthetic, intro."
    """
    known = sorted(known)
    nearest = difflib.get_close_matches(given, known, n=1, cutoff=0.5)
    guess = f"did you mean '{nearest[0]}'? " if nearest else ""
    listing = f"Known: {', '.join(known)}." if known else "None is known."
    if len(known) > MOST_LISTED:
        few = difflib.get_close_matches(given, known, n=5, cutoff=0)
        listing = f"The nearest of {len(known)}: {', '.join(few)}."
    return InvalidInput(f"there is no {kind} '{given}'; {guess}{listing}")
