"""What a value from somebody else's file should look like, and one sentence where it does not.

`loaded` reads such a file, `conforms` holds a value against a shape.  A shape is

    int, float, str, bool, None   a value of that type, in 64 bits and finite; a whole number is a float too
    {"a": shape, "b?": shape}     an object with these names, the second of which may be missing
    Exactly({...})                the same, without other names
    {str: shape}, {Such: shape}   an object with any names; with such names
    [shape], (shape, shape)       a list; what fits one of these
    frozenset({...})              one of these
    Such("words", test)           what passes a test, which `words` tells a reader of

It needs the standard library only: records are read where the book's packages are not installed.
"""

from __future__ import annotations

import dataclasses
import json
import math
import typing
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from collapse_lib.errors import InvalidInput, require

WORDS = {int: "a whole number", float: "a number", str: "a text", bool: "true or false", None: "null"}
MOST = 64 * 2**20
"""Bytes above which a file is not read."""


class Exactly(dict[str, Any]):
    """An object without other names."""


@dataclass(frozen=True)
class Such:
    """What passes a test; `words` tells a reader which."""

    words: str
    test: Callable[[Any], bool]


def conforms(value: Any, shape: Any, where: str) -> None:
    """Raise `InvalidInput`, with the first thing that is wrong, unless the value has the shape."""
    if found := fault(value, shape):
        raise InvalidInput(f"{where} is not as it should be: {found}.")


def loaded(path: Path, shape: Any, where: str) -> Any:
    """The JSON in a regular file, if it has the shape; `InvalidInput` otherwise."""
    try:
        require(path.is_file(), f"{where} cannot be read: there is no such file.")
        with path.open("rb") as file:
            data = file.read(MOST + 1)
    except OSError as error:
        raise InvalidInput(f"{where} cannot be read: {error.strerror}.") from None
    require(len(data) <= MOST, f"{where} cannot be read: it has more than {MOST:,} bytes.")
    return parsed(data, shape, where)


def parsed(data: bytes, shape: Any, where: str) -> Any:
    """The JSON that these bytes are, if it has the shape; `InvalidInput` otherwise."""
    try:
        value = json.loads(data)
        json.dumps(value, ensure_ascii=False, allow_nan=False).encode()  # refuses half of a surrogate pair
    except (ValueError, RecursionError) as error:
        raise InvalidInput(f"{where} cannot be read: it is no JSON ({type(error).__name__}).") from None
    conforms(value, shape, where)
    return value


def of(described: type) -> Exactly:
    """The shape of a dataclass as JSON: tuples are lists, what has a default may be missing."""
    hints = typing.get_type_hints(described)
    optional = {field.name: field.default is not dataclasses.MISSING for field in dataclasses.fields(described)}
    return Exactly({name + "?" * missing: _of_hint(hints[name]) for name, missing in optional.items()})


def fault(value: Any, shape: Any, at: str = "") -> str:
    """What is wrong with a value, in a phrase; empty where nothing is."""
    if isinstance(shape, dict) and isinstance(value, dict):
        return _fault_of_object(value, shape, at)
    if isinstance(shape, list) and isinstance(value, list):
        return _first(fault(each, shape[0], f"{at}[{i}]") for i, each in enumerate(value))
    return "" if _fits(value, shape) else f"{at or 'it'} is {shown(value)}, and should be {_words(shape)}"


def shown(value: Any) -> str:
    r"""A value in a few characters that any terminal can show.

    >>> shown("a\x1b[31m"), shown([1, 2]), shown(None), shown("a" * 99)[-5:]
    ("'a\\x1b[31m'", 'a list', 'null', 'aa...')
    """
    if isinstance(value, list | dict):
        return "a list" if isinstance(value, list) else "an object"
    text = ascii(value)
    return "null" if value is None else text if len(text) <= 60 else f"{text[:57]}..."


def _fault_of_object(value: dict[str, Any], shape: dict[Any, Any], at: str) -> str:
    inside = f"{at}." if at else ""
    for names in (key for key in shape if not isinstance(key, str)):
        strange = [
            f"{at or 'it'} has {shown(name)}, no {_words(names)}" for name in value if not _fits(name, names)
        ]
        return next(iter(strange), "") or _first(fault(value[n], shape[names], f"{inside}{n}") for n in value)
    known = {name.removesuffix("?"): each for name, each in shape.items()}
    told = [f"{at or 'it'} has no {shown(name)}" for name in known if name in shape and name not in value]
    if isinstance(shape, Exactly):
        told += [f"{at or 'it'} has {shown(name)}, which is not known" for name in value if name not in known]
    return _first(told) or _first(fault(value[n], known[n], inside + n) for n in known if n in value)


def _first(faults: Iterable[str]) -> str:
    return next(filter(None, faults), "")


def _fits(value: Any, shape: Any) -> bool:
    """Whether a value fits a shape; an object or a list is entered only by `fault`."""
    if isinstance(shape, tuple):
        return any(not fault(value, each) for each in shape)
    if isinstance(shape, Such):
        return shape.test(value)
    if isinstance(shape, frozenset):
        return isinstance(value, str) and value in shape
    if shape is float and isinstance(value, float):
        return math.isfinite(value)
    if shape in (int, float):
        return isinstance(value, int) and not isinstance(value, bool) and abs(value) < 2**63
    return value is None if shape is None else isinstance(shape, type) and isinstance(value, shape)


def _words(shape: Any) -> str:
    if isinstance(shape, Such):
        return shape.words
    if isinstance(shape, tuple | frozenset):
        return " or ".join(_words(each) if isinstance(shape, tuple) else each for each in sorted(shape, key=str))
    return "an object" if isinstance(shape, dict) else "a list" if isinstance(shape, list) else WORDS[shape]


def _of_hint(hint: Any) -> Any:
    """The shape of a field by its annotation."""
    inner = typing.get_args(hint)
    if dataclasses.is_dataclass(hint):
        return of(typing.cast(type, hint))
    if typing.get_origin(hint) is typing.Literal:
        return frozenset(inner)
    if typing.get_origin(hint) is tuple:
        many = [_of_hint(inner[0])]
        fixed = Such(f"a list of {len(inner)}", lambda value: not fault(value, many) and len(value) == len(inner))
        return many if inner[-1] is ... else fixed
    return tuple(None if each is type(None) else each for each in inner) or hint
