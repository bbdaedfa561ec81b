"""A run folder that somebody else made: what of it is taken, and in which shape.

Anything may be in it, so everything that a page or a terminal shows of it is held against a shape first, once, when
it is read: names are names, numbers are numbers, and what is shown in one line is one line.  Texts may hold any
character; that they stay texts is the business of who writes the page.
"""

from __future__ import annotations

import re
import warnings
from datetime import datetime
from pathlib import Path
from typing import Any

import nbformat

from collapse_lib import shapes
from collapse_lib.chapters.executed import GLUE
from collapse_lib.claims import ledger
from collapse_lib.errors import InvalidInput
from collapse_lib.shapes import Such


def _is_moment(value: Any) -> bool:
    try:
        return isinstance(value, str) and bool(datetime.fromisoformat(value))
    except ValueError:
        return False


NAME = Such("a name", lambda value: isinstance(value, str) and bool(re.fullmatch(r"\w[\w-]{0,99}", value)))
LINE = Such("a line of text", lambda value: isinstance(value, str) and value.isprintable())
WORDS = Such("a word or two", lambda value: isinstance(value, str) and len(value) < 1000)
AMOUNT = Such("a number of at least 0", lambda value: not shapes.fault(value, float) and 0 <= value <= 1e15)
MOMENT = Such("a moment in ISO 8601", _is_moment)
SIMPLE = (bool, int, float, LINE)

STATE = {"chapter": NAME, "failed?": ({"cell": int}, None)}
"""Which chapter ran, and whether it failed: all that a failed run tells."""

RECORD = {
    "parameters": {NAME: (*SIMPLE, [SIMPLE])},
    "preset?": LINE,
    "seconds?": (AMOUNT, None),
    "memory?": (AMOUNT, None),
    "started?": (MOMENT, None),
    **{f"{name}?": (LINE, None) for name in ("version", "commit", "chapters_sha256", "lock_sha256", "python")},
}
"""What is shown of a record (see `provenance.of`)."""

NOTEBOOK = {"nbformat": Such("4", lambda value: value == 4), "nbformat_minor": int, "cells": [{"cell_type": str}]}
SAID = {"metadata": {"scrapbook": {"name": NAME}}, "data": {GLUE: WORDS}}
PLATE = {"name": NAME, "caption": str, "alt": str, "csv": str}


def record(folder: Path, manifest: str) -> dict[str, Any]:
    """The record of a run that did not fail, or `InvalidInput`."""
    where = f"{str(folder)!r} is no folder that `collapse run` left: its {manifest}"
    found: dict[str, Any] = shapes.loaded(folder / manifest, STATE, where)
    if failed := found.get("failed"):
        raise InvalidInput(
            f"the run in {str(folder)!r} failed in cell {failed['cell']}; there is nothing to compare."
        )
    shapes.conforms(found, RECORD, where)
    return found


def notebook(path: Path) -> nbformat.NotebookNode:
    """An executed notebook whose numbers and figures are as the book's, or `InvalidInput`."""
    from collapse_lib.plotting import MIME  # and with it matplotlib

    where = f"the notebook {str(path)!r} of the run"
    content = shapes.loaded(path, NOTEBOOK, where)
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # nbformat mends what it warns of
        try:
            nbformat.validate(content)
            found = nbformat.v4.to_notebook_json(content)
        except (nbformat.ValidationError, Warning) as error:
            raise InvalidInput(f"{where} cannot be read: it is no notebook ({type(error).__name__}).") from None
    for output in (output for cell in found.cells for output in cell.get("outputs", [])):
        if GLUE in output.get("data", {}):
            shapes.conforms(output, SAID, where)
        if ledger.MIME in output.get("data", {}):
            shapes.conforms(output["data"][ledger.MIME], [ledger.RECORD], where)
        if MIME in output.get("data", {}):
            shapes.conforms(output["data"], {MIME: PLATE, "image/svg+xml": str, "image/png": str}, where)
    return found


def printable(text: str) -> str:
    r"""A text in which nothing moves the cursor of a terminal.

    >>> printable("a\x1b[2Jb")
    'a?[2Jb'
    """
    return "".join(letter if letter.isprintable() else "?" for letter in text)
