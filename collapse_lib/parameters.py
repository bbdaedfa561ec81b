"""What may be changed: a parameter by its name, type, default, meaning and range, and the setting of a chapter.

A chapter's setting is one frozen dataclass, in `experiments`.  Each of its fields says all that is to be known of a
parameter: the notebook's cell and presets are written from it, the command line, the forms and the claims read it.

    @dataclass(frozen=True, eq=False)
    class Scene(parameters.Scene):
        n: int = parameter(50, "samples in each generation, tokens", 1, 2_000)
        trials: int = parameter(10_000, "runs behind each verdict", 100, 1_000_000, quick=7_000, deep=100_000)

A default is a value of the preset `paper`; `quick` and `deep` give another, and `paper` is what the paper prints.
With `own=True` a parameter is the checks' own: no chapter shows it.
"""

from __future__ import annotations

import ast
import dataclasses
import inspect
import json
import math
import numbers
import re
import textwrap
import types
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from collapse_lib.errors import InvalidInput

PRESETS = ("quick", "paper", "deep")

_ARTICLES = {
    "int": "a whole number",
    "float": "a number",
    "bool": "true or false",
    "str": "a text",
    "list[int]": "whole numbers separated by commas",
    "list[float]": "numbers separated by commas",
}


@dataclass(frozen=True)
class Parameter:
    """One declared parameter; `low` and `high` bound a number or a list's entries, `choices` a word."""

    name: str
    type: str
    default: Any
    meaning: str
    low: float = -math.inf
    high: float = math.inf
    choices: tuple[str, ...] = ()

    @property
    def accepts(self) -> str:
        """What it takes, in words.

        >>> Parameter("n", "int", 50, "samples", 1, 5000).accepts
        'a whole number from 1 to 5000'
        """
        if self.choices:
            return "one of " + ", ".join(self.choices)
        return _ARTICLES[self.type] + self.limits

    @property
    def line(self) -> str:
        """The line of a notebook's cell that declares it.

        >>> Parameter("corpus", "str", "book", "the text").line, Parameter("seed", "int", 0, "a seed", low=0).line
        ('corpus: str = "book"  # the text', 'seed: int = 0  # a seed [0..]')
        """
        default = json.dumps(self.default, ensure_ascii=False) if self.type == "str" else repr(self.default)
        low, high = (f"{edge:.15g}" if math.isfinite(edge) else "" for edge in (self.low, self.high))
        limits = "|".join(self.choices) or (f"{low}..{high}" if low or high else "")
        return f"{self.name}: {self.type} = {default}  # {self.meaning}" + (f" [{limits}]" if limits else "")

    @property
    def limits(self) -> str:
        """Its range in words, empty where there is none."""
        if math.isfinite(self.low) and math.isfinite(self.high):
            return f" from {self.low:.15g} to {self.high:.15g}"
        if math.isfinite(self.low):
            return f" of at least {self.low:.15g}"
        return f" of at most {self.high:.15g}" if math.isfinite(self.high) else ""

    def parse(self, text: str) -> Any:
        """The value that `text` (from a command line) stands for.

        >>> n = Parameter("n", "int", 50, "samples", 1, 5000)
        >>> n.parse("1e3")
        1000
        >>> n.parse("2.5")
        Traceback (most recent call last):
        ...
        collapse_lib.errors.InvalidInput: n was given '2.5'; it takes a whole number from 1 to 5000.
        """
        try:
            value = READERS[self.type](text.strip())
        except (ValueError, OverflowError):
            raise self._refusal(repr(text)) from None
        return self.checked(value)

    def checked(self, value: Any) -> Any:
        """`value` if it is in range, else `InvalidInput`."""
        entries = value if isinstance(value, list) else [value]
        if not entries and self.default:
            raise self._refusal("an empty list")
        if self.choices:
            if value not in self.choices:
                raise self._refusal(repr(value))
        elif not isinstance(value, str):
            for entry in entries:
                if not self.low <= entry <= self.high:
                    raise self._refusal(repr(entry) if value == entry else f"{value!r}, in it {entry!r}")
        return value

    def taken(self, value: Any) -> Any:
        """`value`, given as such and not as a text, if it is of this type and in range, else `InvalidInput`.

        >>> Parameter("n", "int", 50, "samples", 1, 5000).taken(2.5)
        Traceback (most recent call last):
        ...
        collapse_lib.errors.InvalidInput: n was given 2.5; it takes a whole number from 1 to 5000.
        """
        many, kind = self.type.startswith("list"), _KINDS[self.type.removeprefix("list[").removesuffix("]")]
        if many and (isinstance(value, str) or not isinstance(value, Iterable)):
            raise self._refusal(repr(value))
        for entry in value if many else [value]:
            if not isinstance(entry, kind) or (isinstance(entry, bool) and kind is not bool):
                raise self._refusal(repr(value))
        self.checked(list(value) if many else value)
        return value

    def _refusal(self, given: str) -> InvalidInput:
        return InvalidInput(f"{self.name} was given {given}; it takes {self.accepts}.")


def parameter(
    default: Any,
    meaning: str,
    low: float = -math.inf,
    high: float = math.inf,
    *,
    choices: tuple[str, ...] = (),
    quick: Any = None,
    deep: Any = None,
    paper: Any = None,
    own: bool = False,
) -> Any:
    """A field of a scene.  Its unit is in its meaning; `low` and `high` bound a number, or a list's entries."""
    told = {"meaning": meaning, "low": low, "high": high, "choices": choices}
    return dataclasses.field(
        default=default, metadata={**told, "presets": {"quick": quick, "deep": deep}, "paper": paper, "own": own}
    )


@dataclass(frozen=True, eq=False)
class Scene:
    """The setting of a chapter, as values; what follows from them is computed once, when it is asked for.

    A check takes a scene, and so does what is simulated for the book.  `took` tells what a run of the chapter took
    once at the preset `paper`, in seconds and bytes, on two cores that had other work as well.
    """

    took: ClassVar[tuple[float, float] | None] = None

    def __post_init__(self) -> None:
        """Check the values: `InvalidInput` for one of another type or out of range."""
        for name, parameter in self.parameters().items():
            parameter.taken(getattr(self, name))

    @classmethod
    def parameters(cls, *, own: bool = True) -> dict[str, Parameter]:
        """Every parameter by its name; without `own`, those that the chapter shows.

        >>> @dataclass(frozen=True, eq=False)
        ... class Small(Scene):
        ...     sizes: tuple[int, ...] = parameter((1, 2), "sizes, tokens", 1, 9)
        >>> Small.parameters()["sizes"].line
        'sizes: list[int] = [1, 2]  # sizes, tokens [1..9]'
        """
        return {
            field.name: Parameter(
                field.name, _TYPES[str(field.type)], _plain(field.default),
                *(field.metadata[name] for name in ("meaning", "low", "high", "choices")),
            )
            for field in dataclasses.fields(cls)
            if own or not field.metadata["own"]
        }  # fmt: skip

    @classmethod
    def known(cls, values: Mapping[str, Any]) -> dict[str, Any]:
        """Of these values those that are its parameters."""
        return {field.name: values[field.name] for field in dataclasses.fields(cls) if field.name in values}

    @classmethod
    def presets(cls) -> dict[str, dict[str, Any]]:
        """What the presets `quick` and `deep` set."""
        return {
            preset: {
                field.name: _plain(value)
                for field in dataclasses.fields(cls)
                if (value := field.metadata["presets"][preset]) is not None
            }
            for preset in ("quick", "deep")
        }

    @classmethod
    def paper_values(cls) -> dict[str, Any]:
        """What the paper prints for a parameter, where it prints it."""
        fields = dataclasses.fields(cls)
        return {f.name: _plain(paper) for f in fields if (paper := f.metadata["paper"]) is not None}


def read_by(function: Callable[..., Any], scene: type[Scene]) -> frozenset[str]:
    """The parameters that a function reads of a scene, its first argument.

    It may read them itself, through what follows from them (a property of the scene), or through a function of its
    own module to which it hands the scene.
    """
    fields = {field.name for field in dataclasses.fields(scene)}
    found, seen, waiting = set[str](), set[Any](), list[Any]([function])
    while waiting:
        f: Any = waiting.pop()
        if f in seen or not isinstance(f, types.FunctionType):
            continue
        seen.add(f)
        names, handed = _reads(f)
        found |= names & fields
        members = (inspect.getattr_static(scene, name, None) for name in names - fields)
        waiting += [getattr(member, "func", member) for member in members]
        waiting += [f.__globals__.get(name) for name in handed]
    return frozenset(found)


def _reads(f: types.FunctionType) -> tuple[set[str], set[str]]:
    """The attributes that a function's text takes of its first argument, and the functions that it hands it to."""
    first, names, handed = f.__code__.co_varnames[0], set[str](), set[str]()
    for node in ast.walk(ast.parse(textwrap.dedent(inspect.getsource(f)))):
        match node:
            case ast.Attribute(value=ast.Name(id=name)) if name == first:
                names.add(node.attr)
            case ast.Call(func=ast.Name(id=called)) if any(_is(argument, first) for argument in node.args):
                handed.add(called)
    return names, handed


def _is(node: ast.expr, name: str) -> bool:
    """Whether an expression is that name."""
    return isinstance(node, ast.Name) and node.id == name


def _plain(value: Any) -> Any:
    """A value as a notebook's cell has it: tuples are lists there."""
    return list(value) if isinstance(value, tuple) else value


_KINDS: dict[str, Any] = {"int": numbers.Integral, "float": numbers.Real, "bool": bool, "str": str}
"""What a value of each type is; numpy's numbers are among them."""

_TYPES = {
    **{name: name for name in ("int", "float", "bool", "str")},
    "tuple[int, ...]": "list[int]",
    "tuple[float, ...]": "list[float]",
}
"""The type of a field, as a notebook's cell writes it."""


def _whole(text: str) -> int:
    """A whole number, however written: 1000, 1e3, 1_000, 1000.0."""
    try:
        return int(text)
    except ValueError:
        value = float(text)
        if not value.is_integer():
            raise ValueError(text) from None
        return int(value)


def _real(text: str) -> float:
    """A finite number."""
    value = float(text)
    if not math.isfinite(value):
        raise ValueError(text)
    return value


def _flag(text: str) -> bool:
    """True or false."""
    words = {
        "true": True,
        "yes": True,
        "on": True,
        "1": True,
        "false": False,
        "no": False,
        "off": False,
        "0": False,
    }
    if text.lower() not in words:
        raise ValueError(text)
    return words[text.lower()]


def _entries(text: str) -> list[str]:
    """The entries of a list written with commas, with or without brackets."""
    inner = text.removeprefix("[").removesuffix("]").strip()
    return [entry for entry in re.split(r"\s*,\s*", inner) if entry] if inner else []


READERS: dict[str, Any] = {
    "int": _whole,
    "float": _real,
    "bool": _flag,
    "str": str,
    "list[int]": lambda text: [_whole(entry) for entry in _entries(text)],
    "list[float]": lambda text: [_real(entry) for entry in _entries(text)],
}
