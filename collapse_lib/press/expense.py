"""What a run or a check may take, before it is begun: a rough guess, and the question that goes with a large one.

A chapter was measured at its last build, and once for all in its scene (`took`).  From there time and memory are
taken to grow with each size that was asked for (their ratios multiplied), and with the number of repetitions (the
largest ratio of them, since each kind has an experiment of its own).  Of the two guesses the smaller counts, so
that nobody is asked about what was measured to be cheap.  A claim is taken to cost its share of a chapter's time.
"""

from __future__ import annotations

import importlib.util
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from collapse_lib import claims
from collapse_lib.claims import Registered
from collapse_lib.parameters import Scene
from collapse_lib.press import wording
from collapse_lib.press.book import Book

LONG = 600.0
"""Seconds that are asked for before they are spent."""

LARGE = 4e9
"""Bytes that are asked for before they are spent."""

BARE = 130e6
"""Bytes that a kernel has before it computes anything."""

REPEATED = frozenset({"runs", "trials", "pairs", "data_sets", "families"})
"""Numbers of repetitions."""

FREE = frozenset({"seed", "context_length", "claims", "distort"})
"""Whole numbers that cost nothing: they name something, or are bounded by another."""


@dataclass(frozen=True)
class Expense:
    """Seconds and bytes, both roughly."""

    seconds: float
    memory: float

    @property
    def large(self) -> bool:
        """Whether it is asked for before it is spent."""
        return self.seconds > LONG or self.memory > LARGE

    def __str__(self) -> str:
        """In words.

        >>> str(Expense(7200, 5e9))
        'about 2.0 h and 4.7 GiB, roughly guessed from its sizes'
        """
        spent = f"{wording.duration(self.seconds)} and {wording.memory(round(self.memory))}"
        return f"{spent}, roughly guessed from its sizes"


def of_run(book: Book, slug: str, parameters: Mapping[str, Any]) -> Expense:
    """What a run of a chapter may take; nothing where nothing was measured."""
    return _smallest(guess(seconds, memory, ran, parameters) for seconds, memory, ran in _known(book, slug))


def of_check(book: Book, item: Registered, given: Mapping[str, Any]) -> Expense:
    """What the check of a claim may take with these parameters, the others being its own."""
    defaults = {p.name: p.default for p in item.parameters.values()}
    sharing = sum(each.claim.chapter == item.claim.chapter for each in claims.registry().values())
    known = [(seconds / sharing, memory) for seconds, memory, _ in _known(book, item.claim.chapter)]
    return _smallest(guess(seconds, memory, defaults, {**defaults, **given}) for seconds, memory in known)


def _smallest(guesses: Iterable[Expense]) -> Expense:
    """The one that is least to be asked about; nothing where there is none."""
    return min(guesses, key=lambda each: (each.large, each.seconds), default=Expense(0.0, 0.0))


def guess(seconds: float, memory: float, ran: Mapping[str, Any], asked: Mapping[str, Any]) -> Expense:
    """The expense of what is asked, given that of what ran.

    >>> guess(10, 230e6, {"n": 50, "runs": 100, "trials": 10}, {"n": 100, "runs": 100, "trials": 40}).seconds
    80.0
    """
    ratios = {name: _size(asked[name]) / _size(ran[name]) for name in asked if name in ran and _scales(name, ran)}
    repeated = max((ratio for name, ratio in ratios.items() if name in REPEATED), default=1.0)
    factor = repeated * math.prod(ratio for name, ratio in ratios.items() if name not in REPEATED)
    return Expense(seconds * factor, BARE + max(0.0, memory - BARE) * factor)


def _known(book: Book, slug: str) -> list[tuple[float, float, Mapping[str, Any]]]:
    """Seconds, bytes and parameters of what was measured of a chapter."""
    record = book.record(slug)
    known = []
    if record.get("seconds") is not None:
        known.append((record["seconds"], record.get("memory") or BARE, record["parameters"]))
    scene = _scene(slug)
    if scene and scene.took:
        known.append((*scene.took, {name: p.default for name, p in scene.parameters().items()}))
    return known


def _scene(slug: str) -> type[Scene] | None:
    """The setting of a chapter of ours; None of another."""
    name = f"collapse_lib.experiments.{slug}"
    found: type[Scene] | None = importlib.import_module(name).Scene if importlib.util.find_spec(name) else None
    return found


def _scales(name: str, ran: Mapping[str, Any]) -> bool:
    """Whether a parameter is a size: a whole number, or a list with something in it."""
    value = ran[name]
    whole = isinstance(value, int) and not isinstance(value, bool)
    return name not in FREE and (whole or (isinstance(value, list | tuple) and bool(value)))


def _size(value: Any) -> float:
    """A number as it is, at least 1; a list of whole numbers as their sum, of others as how many it has."""
    if isinstance(value, list | tuple):
        value = sum(value) if all(isinstance(entry, int) for entry in value) else len(value)
    return max(1.0, float(value))
