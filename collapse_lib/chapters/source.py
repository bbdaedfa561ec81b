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
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import jupytext
import nbformat

from collapse_lib.errors import InvalidInput, require, unknown
from collapse_lib.parameters import PRESETS, READERS, Parameter

_DECLARATION = re.compile(
    r"^(?P<name>\w+): (?P<type>[\w\[\]]+) = (?P<default>.+?)  # (?P<meaning>.+?)(?: \[(?P<range>[^\[\]]+)\])?$"
)


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


def read(path: Path) -> Chapter | None:
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
    if found is None or found["type"] not in READERS:
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
