"""What an answer can be (a number, an array, a function, a choice, a schedule) and what is said to it.

A reply never holds the right value.  It says what it recognises: the number that a bound gives where the exact
value was asked, a formula with a term too few, which entries of an array are right, where a function goes wrong.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from collapse_lib.errors import InvalidInput, require
from collapse_lib.schedules import Schedule

POINTS = 8
"""At how many random arguments a function is looked at."""


@dataclass(frozen=True)
class Reply:
    """Right, or not yet, and what there is to say; it counts as true where it is right."""

    right: bool
    hint: str = ""

    def __bool__(self) -> bool:
        return self.right

    def __repr__(self) -> str:
        return "right" if self.right else f"not yet: {self.hint}"


@dataclass(frozen=True)
class Key:
    """The truth, and what recognisable mistakes lead to: a sentence for each, with the value that it gives.

    For a number, `within` says where any sensible answer lies and why, as (low, high, sentence).
    """

    truth: Any
    mistakes: Mapping[str, Any] = field(default_factory=dict)
    within: tuple[float, float, str] | None = None


class Kind(Protocol):
    """A kind of answer."""

    @property
    def accepts(self) -> str:
        """What it takes, in words."""
        ...

    def reply(self, id: str, key: Key, answer: Any, hint: str) -> Reply:  # noqa: A002
        """What is said to `answer`; raises `InvalidInput` for one of another kind."""
        ...


@dataclass(frozen=True)
class Number:
    """A number, to a relative tolerance, or a whole number exactly."""

    tolerance: float = 1e-3
    whole: bool = False

    @property
    def accepts(self) -> str:
        """What it takes, in words."""
        return "a whole number" if self.whole else f"a number{_to(self.tolerance)}"

    def reply(self, id: str, key: Key, answer: Any, hint: str) -> Reply:  # noqa: A002
        """What is said to `answer`."""
        value = _number(id, self.accepts, answer)
        if not np.isfinite(value):
            return Reply(False, "the answer is a finite number.")
        if self._same(value, key.truth):
            return Reply(True)
        for sentence, mistaken in key.mistakes.items():
            if self._same(value, mistaken):
                return Reply(False, sentence)
        if self.whole and value != round(value):
            return Reply(False, "a whole number is asked; think about which way to round.")
        if key.within is not None and not key.within[0] <= value <= key.within[1]:
            return Reply(False, key.within[2])
        return Reply(False, hint)

    def _same(self, value: float, other: float) -> bool:
        """Whether two numbers are the same answer."""
        return value == other if self.whole else bool(np.isclose(value, other, rtol=self.tolerance, atol=1e-12))


@dataclass(frozen=True)
class Array:
    """Several numbers, in order, to a relative tolerance; `of` says what they are."""

    of: str
    length: int
    tolerance: float = 1e-3

    @property
    def accepts(self) -> str:
        """What it takes, in words."""
        return f"a list of {self.length} numbers ({self.of}){_to(self.tolerance)}"

    def reply(self, id: str, key: Key, answer: Any, hint: str) -> Reply:  # noqa: A002
        """What is said to `answer`."""
        if isinstance(answer, str | bytes):
            raise _another_kind(id, self.accepts, answer)
        try:
            values = np.asarray(answer, dtype=np.float64)
        except (TypeError, ValueError):
            raise _another_kind(id, self.accepts, answer) from None
        if values.shape != (self.length,):
            raise InvalidInput(f"{id} takes {self.accepts}; it was given an array of shape {values.shape}.")
        right = self._same(values, key.truth)
        if right.all():
            return Reply(True)
        for sentence, mistaken in key.mistakes.items():
            if self._same(values, mistaken).all():
                return Reply(False, sentence)
        first = 1 + int(np.argmin(right))
        return Reply(False, f"{right.sum()} of {self.length} are right, number {first} is not; {hint}")

    def _same(self, values: NDArray[Any], other: Any) -> NDArray[np.bool_]:
        """Which entries are the same answer."""
        return np.isclose(values, np.asarray(other, dtype=np.float64), rtol=self.tolerance, atol=1e-12)


@dataclass(frozen=True)
class Function:
    """A function of numbers, looked at on random arguments; `draw` draws one tuple of them."""

    arguments: str
    draw: Callable[[np.random.Generator], tuple[float, ...]]
    tolerance: float = 1e-6

    @property
    def accepts(self) -> str:
        """What it takes, in words."""
        return f"a function of ({self.arguments})"

    def reply(self, id: str, key: Key, answer: Any, hint: str) -> Reply:  # noqa: A002
        """What is said to `answer`; the arguments are the same in every call."""
        if not callable(answer):
            raise _another_kind(id, self.accepts, answer)
        rng = np.random.default_rng(2404)
        points = [self.draw(rng) for _ in range(POINTS)]
        values = []
        for point in points:
            try:
                values.append(float(answer(*point)))
            except Exception as error:  # whatever a reader's function raises is told
                return Reply(False, f"it raised {type(error).__name__} at {self._at(point)}: {error}")
        if self._same(values, key.truth, points).all():
            return Reply(True)
        for sentence, mistaken in key.mistakes.items():
            if self._same(values, mistaken, points).all():
                return Reply(False, sentence)
        wrong = int(np.argmin(self._same(values, key.truth, points)))
        return Reply(False, f"it is wrong at {self._at(points[wrong])}; {hint}")

    def _same(
        self, values: list[float], other: Callable[..., float], points: list[tuple[float, ...]]
    ) -> NDArray[np.bool_]:
        """At which points the values are those of `other`."""
        return np.isclose(values, [float(other(*point)) for point in points], rtol=self.tolerance, atol=1e-12)

    def _at(self, point: tuple[float, ...]) -> str:
        """A point in words."""
        names = self.arguments.split(", ")
        return ", ".join(f"{name} = {value:g}" for name, value in zip(names, point, strict=True))


@dataclass(frozen=True)
class Choice:
    """A letter, of those before the statements on the page; the key is `sealed`."""

    letters: str

    @property
    def accepts(self) -> str:
        """What it takes, in words."""
        return f"one of the letters {', '.join(self.letters)}"

    def reply(self, id: str, key: Key, answer: Any, hint: str) -> Reply:  # noqa: A002
        """What is said to `answer`."""
        if not isinstance(answer, str):
            raise _another_kind(id, self.accepts, answer)
        letter = answer.strip().lower()
        require(len(letter) == 1 and letter in self.letters, f"{id} takes {self.accepts}; it was given {answer!r}.")
        return Reply(True) if sealed(id, letter) == key.truth else Reply(False, hint)


@dataclass(frozen=True)
class Design:
    """A schedule that keeps some rules and reaches an aim; `fault` finds what is wrong with it, if anything is.

    Many answers are right, so what is wrong with one may be told with its numbers.
    """

    fault: Callable[[Schedule, Any], str]

    @property
    def accepts(self) -> str:
        """What it takes, in words."""
        return "a schedule: an object with `draw` and `sizes(m)`"

    def reply(self, id: str, key: Key, answer: Any, hint: str) -> Reply:  # noqa: A002
        """What is said to `answer`; what its own code raises is told as it is."""
        if not isinstance(answer, Schedule) or isinstance(answer, type):
            raise _another_kind(id, self.accepts, answer)
        try:
            fault = self.fault(answer, key.truth)
        except Exception as error:  # a reader's schedule may raise anything
            return Reply(False, f"it raised {type(error).__name__}: {error}")
        return Reply(False, f"{fault}; {hint}") if fault else Reply(True)


def sealed(id: str, letter: str) -> str:  # noqa: A002
    """The digest that stands for the right letter of a choice."""
    return hashlib.sha256(f"{id} is not answered by reading this, {letter}".encode()).hexdigest()[:20]


def _to(tolerance: float) -> str:
    """How precise an answer has to be, where it may be rounded."""
    return f", to {100 * tolerance:g} %" if tolerance >= 1e-4 else ""


def _number(id: str, accepts: str, answer: Any) -> float:  # noqa: A002
    """`answer` as a float, or `InvalidInput`."""
    if isinstance(answer, str | bytes | bool | np.bool) or np.ndim(answer) != 0:
        raise _another_kind(id, accepts, answer)
    try:
        return float(answer)
    except (TypeError, ValueError, OverflowError):
        raise _another_kind(id, accepts, answer) from None


def _another_kind(id: str, accepts: str, answer: Any) -> InvalidInput:  # noqa: A002
    """The error for an answer of another kind."""
    return InvalidInput(f"{id} takes {accepts}; it was given a value of type {type(answer).__name__}.")
