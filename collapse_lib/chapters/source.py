"""What a chapter is: a MyST Markdown notebook whose `parameters` cell declares what a reader may change.

One line declares one parameter:

    n: int = 50  # samples in each generation, tokens [1..5000]

name, type, default, meaning, and the range in brackets at the end: `[low..high]`, either side may be missing, or
`[this|that]` for a choice of words.  Types are int, float, bool, str, list[int] and list[float]; a list's range is
that of its entries.

The chapter's header holds its presets: `quick` for a fast look, `paper` for the paper's sizes (what the cell
declares), `deep` for tighter intervals.  Under `paper_values` it may hold what the paper prints for a parameter: a
value, or a text where a value alone would say too much, as in

    paper_values: {N: 100, support: 52 in Figures 3 and 6}
"""

from __future__ import annotations

import ast
import functools
import math
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import jupytext
import nbformat

from collapse_lib.errors import InvalidInput, require, unknown

PRESETS = ("quick", "paper", "deep")

_DECLARATION = re.compile(
    r"^(?P<name>\w+): (?P<type>[\w\[\]]+) = (?P<default>.+?)  # (?P<meaning>.+?)(?: \[(?P<range>[^\[\]]+)\])?$"
)
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
            value = _READERS[self.type](text.strip())
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

    def _refusal(self, given: str) -> InvalidInput:
        return InvalidInput(f"{self.name} was given {given}; it takes {self.accepts}.")


@dataclass(frozen=True)
class Chapter:
    """A chapter: its slug (the file's name), title, source, declared parameters, and the paper's own values."""

    slug: str
    title: str
    path: Path
    text: str
    parameters: tuple[Parameter, ...]
    presets: Mapping[str, Mapping[str, Any]]
    paper_values: Mapping[str, Any] = field(default_factory=dict)

    def notebook(self) -> nbformat.NotebookNode:
        """The chapter as a notebook without outputs; cells have fixed ids."""
        notebook = jupytext.reads(self.text, fmt="md:myst")
        for index, cell in enumerate(notebook.cells):
            cell["id"] = f"{self.slug}-{index}"
        return notebook

    def parameter(self, name: str) -> Parameter:
        """The parameter of that name, or `InvalidInput` that names the nearest."""
        for parameter in self.parameters:
            if parameter.name == name:
                return parameter
        raise unknown(f"parameter of {self.slug}", name, [p.name for p in self.parameters])

    def settings(self, preset: str, given: Mapping[str, str]) -> dict[str, Any]:
        """Every parameter's value: the default, then the preset's, then what was given as text."""
        known_preset(preset)
        values = {parameter.name: parameter.default for parameter in self.parameters}
        values |= {
            name: self.parameter(name).checked(value) for name, value in self.presets.get(preset, {}).items()
        }
        return values | {name: self.parameter(name).parse(text) for name, text in given.items()}


def known_preset(name: str) -> None:
    """Raise `InvalidInput` where no preset has that name."""
    if name not in PRESETS:
        raise unknown("preset", name, PRESETS)


def book_folder() -> Path:
    """The folder of the chapters: `COLLAPSE_BOOK`, or `book` here, or beside the library."""
    named = os.environ.get("COLLAPSE_BOOK")
    candidates = [Path(named)] if named else [Path.cwd() / "book", Path(__file__).parents[2] / "book"]
    for folder in candidates:
        if (folder / "_toc.yml").is_file():
            return folder.resolve()
    raise InvalidInput(
        f"no book was found in {' or '.join(map(str, candidates))}; run this in a clone of the repository, or let "
        "COLLAPSE_BOOK name its book folder."
    )


def available() -> dict[str, Chapter]:
    """Every chapter by its slug, in alphabetical order: the pages that have a `parameters` cell."""
    pages = sorted(book_folder().glob("*.md"))
    return {page.stem: chapter for page in pages if (chapter := _read(page)) is not None}


def find(slug: str) -> Chapter:
    """The chapter of that slug (a trailing .md is forgiven), or `InvalidInput` that names the nearest."""
    page = {page.stem: page for page in book_folder().glob("*.md")}.get(slug.removesuffix(".md"))
    if page is None or (chapter := _read(page)) is None:
        raise unknown("chapter", slug.removesuffix(".md"), available())
    return chapter


def _read(path: Path) -> Chapter | None:
    """The chapter in a file, or None where the file is a page of plain text."""
    text = path.read_text(encoding="utf-8")
    return _chapter(path, text) if text.startswith("---\njupytext:") else None


@functools.lru_cache(maxsize=64)
def _chapter(path: Path, text: str) -> Chapter:
    """The chapter with that text; a build asks for it many times."""
    notebook = jupytext.reads(text, fmt="md:myst")
    cells = [cell for cell in notebook.cells if "parameters" in cell.metadata.get("tags", [])]
    require(len(cells) == 1, f"{path.name} has {len(cells)} cells tagged 'parameters'; a chapter has one.")
    title = next(line[2:] for line in text.splitlines() if line.startswith("# "))
    parameters = tuple(_declared(line, path) for line in cells[0].source.splitlines() if line.strip())
    header = notebook.metadata.get("collapse", {})
    presets, paper_values = header.get("presets", {}), header.get("paper_values", {})
    known = [p.name for p in parameters]
    for name in paper_values:
        require(name in known, f"{path.name}: paper_values names {name!r}, which is no parameter of the chapter.")
    return Chapter(path.stem, title.strip(), path, text, parameters, presets, paper_values)


def _declared(line: str, path: Path) -> Parameter:
    """The parameter that a line declares."""
    try:
        return _parsed(line)
    except (ValueError, SyntaxError):
        raise InvalidInput(
            f"{path.name}: the parameter line {line!r} is not of the form 'n: int = 50  # meaning [1..9]'."
        ) from None


def _parsed(line: str) -> Parameter:
    """The parameter that a line declares, or `ValueError`."""
    found = _DECLARATION.match(line)
    if found is None or found["type"] not in _READERS:
        raise ValueError(line)
    parameter = Parameter(found["name"], found["type"], ast.literal_eval(found["default"]), found["meaning"])
    if found["range"] is None:
        return parameter
    if found["type"] == "str":
        choices = tuple(found["range"].split("|"))
        return Parameter(parameter.name, "str", parameter.default, parameter.meaning, choices=choices)
    low, high = found["range"].split("..")
    return Parameter(
        parameter.name, parameter.type, parameter.default, parameter.meaning,
        float(low) if low else -math.inf, float(high) if high else math.inf,
    )  # fmt: skip


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


_READERS: dict[str, Any] = {
    "int": _whole,
    "float": _real,
    "bool": _flag,
    "str": str,
    "list[int]": lambda text: [_whole(entry) for entry in _entries(text)],
    "list[float]": lambda text: [_real(entry) for entry in _entries(text)],
}
