"""One executed chapter: its notebook, and the record of what it was made from and what it cost.

It is made once, by `execute`, or read once, from the book's last build or a folder that `collapse run` left.
Whoever wants its verdicts, its figures or the numbers in its text asks here.
"""

from __future__ import annotations

import ast
import dataclasses
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import nbformat

from collapse_lib.claims import ledger
from collapse_lib.claims.ledger import Ledger

GLUE = "application/papermill.record/text/plain"
"""What a chapter says in its text (see `prose.say`)."""


@dataclass(frozen=True)
class Executed:
    """A chapter that ran; `record` has preset, parameters, cost and code, `name` is what a reader calls it."""

    slug: str
    notebook: nbformat.NotebookNode
    record: Mapping[str, Any] = field(default_factory=dict)
    name: str = ""

    def told(self, **more: Any) -> Executed:
        """The same with more in its record."""
        return dataclasses.replace(self, record={**self.record, **more})

    @property
    def parameters(self) -> Mapping[str, Any]:
        """All of its parameters."""
        return dict(self.record.get("parameters", {}))

    def ledger(self) -> Ledger:
        """The verdicts that it reached, judged together; empty where it has none."""
        return Ledger.from_records([record for found in outputs(self.notebook, ledger.MIME) for record in found])

    def plates(self) -> dict[str, dict[str, Any]]:
        """Its figures by their names: dicts with name, caption, alt, csv, svg and png (base64)."""
        return {plate["name"]: plate for plate in plates(self.notebook)}

    def numbers(self) -> dict[str, str]:
        """What it says in its text, by name."""
        return numbers(self.notebook)


def outputs(notebook: nbformat.NotebookNode, mime: str) -> Iterator[Any]:
    """The data of every output that has this MIME type, in order."""
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            if mime in output.get("data", {}):
                yield output["data"][mime]


def plates(notebook: nbformat.NotebookNode) -> Iterator[dict[str, Any]]:
    """The figures of an executed notebook, each with its SVG and PNG."""
    from collapse_lib.plotting import MIME  # and with it matplotlib, which a build has no other use for

    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            data = output.get("data", {})
            if MIME in data:
                yield {**data[MIME], "svg": data["image/svg+xml"], "png": data["image/png"]}


def numbers(notebook: nbformat.NotebookNode) -> dict[str, str]:
    """What an executed notebook says in its text, by name."""
    found = {}
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            name = output.get("metadata", {}).get("scrapbook", {}).get("name")
            if name and GLUE in output.get("data", {}):
                found[name] = _words(output["data"][GLUE])
    return found


def _words(text: str) -> str:
    """What was said, of which a notebook keeps the repr; another's notebook may keep anything."""
    try:
        return str(ast.literal_eval(text))
    except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
        return text
