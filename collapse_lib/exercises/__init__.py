"""The exercises of the book, each with a check that tells right from wrong and does not give the answer away.

    >>> from collapse_lib import exercises
    >>> exercises.check("collapse-time/two-samples", lambda S0: 1 + S0)
    not yet: it is wrong at S0 = 0.82; condition on whether the first model is a Dirac mass already.
    >>> exercises.check("fully-synthetic/three-samples", 4)
    not yet: that is the upper bound of (8); asked was the exact mean.

An exercise is registered beside its key:

    @exercise("fully-synthetic/corpus", points=1, title=..., question=..., takes=Number(whole=True), hint=...)
    def corpus(*, generations: int = 100) -> Key: ...

The key computes the truth when it is asked, from an exact law, and the answers that a recognisable mistake leads
to.  Nothing holds an answer in the clear; the choice among given statements is kept as a salted digest.  What a key
takes can be set, so that all may get numbers of their own: `check("fully-synthetic/corpus", 200, generations=137)`.

The text of an exercise is on its page, in the directive `{exercise}`; what is here is its one-line question.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from collapse_lib.errors import InvalidInput, require, unknown
from collapse_lib.exercises.answers import Key, Kind, Reply
from collapse_lib.registry import Registry

__all__ = ["Exercise", "Key", "Reply", "check", "exercise", "find", "registry"]

LEVELS: Mapping[int, Literal["easy", "medium", "hard"]] = {1: "easy", 2: "medium", 3: "hard"}
"""What a number of points says of an exercise."""

MOST = 2_000  # the largest given


@dataclass(frozen=True)
class Exercise:
    """One exercise: its question in a line, the kind of answer that it takes, and the key to it."""

    id: str
    points: int
    title: str
    question: str
    takes: Kind
    hint: str
    key: Callable[..., Key]

    @property
    def chapter(self) -> str:
        """The chapter that holds it: fully-synthetic/corpus is in fully_synthetic."""
        return self.id.split("/")[0].replace("-", "_")

    @property
    def label(self) -> str:
        """Its place on the page."""
        return "ex-" + self.id.replace("/", "-")

    @property
    def level(self) -> str:
        """Easy, medium or hard."""
        return LEVELS[self.points]

    @property
    def givens(self) -> dict[str, Any]:
        """What can be set, with the book's own values."""
        return {name: p.default for name, p in inspect.signature(self.key).parameters.items()}


_exercises = Registry[Exercise]("exercise", __name__)


def exercise(
    id: str,  # noqa: A002
    *,
    points: int,
    title: str,
    question: str,
    takes: Kind,
    hint: str,
) -> Callable[[Callable[..., Key]], Callable[..., Key]]:
    """Register the decorated key under `id`; `hint` ends the reply to a mistake that is not recognised."""

    def register(key: Callable[..., Key]) -> Callable[..., Key]:
        assert points in LEVELS
        _exercises.add(id, Exercise(id, points, title, question, takes, hint, key))
        return key

    return register


def registry() -> dict[str, Exercise]:
    """Every exercise by its id, those of a chapter in its order."""
    return _exercises.all()


def find(id: str) -> Exercise:  # noqa: A002
    """The exercise of that id, or `InvalidInput` that names the nearest."""
    return _exercises.find(id)


def check(id: str, answer: Any, **givens: Any) -> Reply:  # noqa: A002
    """Whether `answer` is right: a `Reply`, true where it is, whose repr says "right" or "not yet: ..." and why.

    `givens` sets numbers of the exercise; the others are the book's.  Raises `InvalidInput` for an unknown exercise
    or given, and for an answer of another kind than the exercise takes.
    """
    found = find(id)
    if strange := set(givens) - set(found.givens):
        if not found.givens:
            raise InvalidInput(f"{id} has no givens to set, and was given {', '.join(sorted(strange))}.")
        raise unknown(f"given of {id}", min(strange), found.givens)
    for name, value in givens.items():
        _check_given(found, name, value)
    try:
        key = found.key(**givens)
    except (ArithmeticError, ValueError, LookupError) as error:
        raise InvalidInput(f"{id} has no answer with these givens: {error}") from None
    return found.takes.reply(found.id, key, answer, found.hint)


def _check_given(found: Exercise, name: str, value: Any) -> None:
    """Refuse a given of another kind than the book's own, or one that would take for ever."""
    kinds = int if isinstance(found.givens[name], int) else (int, float)
    words = f"a whole number from 1 to {MOST:,}" if kinds is int else f"a number above 0, at most {MOST:,}"
    require(
        isinstance(value, kinds) and not isinstance(value, bool) and 0 < value <= MOST,
        f"{found.id} was given {name} = {value!r}; it takes {words}.",
    )
