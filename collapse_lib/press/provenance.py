"""What ran, when, with what code and at what cost: the record of a run.

A record is plain values, ready for JSON.  It holds no path and no name of a machine.  The book keeps one beside
each executed notebook, `collapse run` one in the manifest; both are made here, so two of them can be compared.
"""

from __future__ import annotations

import platform
from collections.abc import Mapping
from typing import Any

import collapse_lib
from collapse_lib import records
from collapse_lib.press import wording
from collapse_lib.press.book import Book
from collapse_lib.press.chapter import Chapter

NOT_RUN = (
    *("press/pages", "press/editions", "press/publish"),
    *("press/rendering.py", "press/templates.py", "press/expense.py", "press/wording.py"),
    *("commands", "papers", "__main__.py"),
)
"""What no chapter's code imports and nothing that runs one: the pages, their editions and the command line."""


def made_with(book: Book) -> dict[str, Any]:
    """The code that is here: version, commit, the SHA-256 of lock file and library, and the interpreter.

    The library's is of what a chapter can import: what only makes pages is left out.
    """
    return {
        "version": collapse_lib.__version__,
        "commit": records.commit(),
        "lock_sha256": book.lock_sha256,
        "chapters_sha256": records.library_digest(without=NOT_RUN),
        "python": platform.python_version(),
    }


def cost(record: Mapping[str, Any]) -> str:
    """What a run took, in words; empty where nothing is known.

    >>> cost({"seconds": 12.3, "memory": 220_500_000}), cost({"seconds": 0.24}), cost({})
    ('about 12 s and 210 MiB', 'less than a second', '')
    """
    if record.get("seconds") is None:
        return ""
    time = wording.duration(record["seconds"])
    return f"{time} and {wording.memory(record['memory'])}" if record.get("memory") else time


def expected_cost(record: Mapping[str, Any], parameters: Mapping[str, Any]) -> str:
    """What a run with these parameters may take, judged by the record of another; empty where nothing is known.

    >>> expected_cost({"seconds": 12.3, "preset": "quick", "parameters": {"n": 2}}, {"n": 2})
    'about 12 s, measured at the last build with these parameters'
    >>> expected_cost({"seconds": 12.3, "preset": "quick", "parameters": {"n": 2}}, {"n": 5})
    'not measured with these parameters; the last build, preset quick, took about 12 s'
    """
    if not (took := cost(record)):
        return ""
    if record["parameters"] == parameters:
        return f"{took}, measured at the last build with these parameters"
    return f"not measured with these parameters; the last build, preset {record['preset']}, took {took}"


def changed(chapter: Chapter, parameters: Mapping[str, Any]) -> list[str]:
    """The names of the parameters that differ from the preset `paper`."""
    own = chapter.settings("paper", {})
    return [name for name, value in own.items() if parameters.get(name, value) != value]
