"""The one exception for a user's mistake: what was given, what was expected, what to try.

Everything that checks an input raises `InvalidInput` with one sentence that a person can act on.  The command
line prints that sentence and exits with 2; a notebook shows it as an ordinary `ValueError`.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable

import numpy as np

MOST_LISTED = 30  # names that an error lists in full


class InvalidInput(ValueError):
    """A user's mistake, told in one sentence."""


def require(condition: bool | np.bool, sentence: str) -> None:
    """Raise `InvalidInput(sentence)` unless `condition` holds."""
    if not condition:
        raise InvalidInput(sentence)


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
