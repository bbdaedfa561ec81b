"""What ran, when, with what code and at what cost: the record of a run, and the lines at the foot of its page.

A record is plain values, ready for JSON.  It holds no path and no name of a machine.  The book keeps one beside
each executed notebook, `collapse run` one in the manifest; both are made here, so two of them can be compared.
"""

from __future__ import annotations

import hashlib
import html
import platform
from collections.abc import Mapping
from typing import Any

import collapse_lib
from collapse_lib import records
from collapse_lib.press import wording
from collapse_lib.press.book import Book
from collapse_lib.press.chapter import Chapter

NOT_RUN = (
    *("press/pages", "press/editions", "press/publish", "press/expense.py", "press/wording.py"),
    *("commands", "papers", "__main__.py"),
)
"""What no chapter's code imports and nothing that runs one: the pages, their editions and the command line."""


def made_with(book: Book) -> dict[str, Any]:
    """The code that is here: version, commit, the SHA-256 of lock file and library, and the interpreter.

    The library's is of what a chapter can import: what only makes pages is left out.
    """
    lock = book.lock
    return {
        "version": collapse_lib.__version__,
        "commit": records.commit(),
        "lock_sha256": hashlib.sha256(lock.read_bytes()).hexdigest() if lock.is_file() else None,
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


def badge(chapter: Chapter, parameters: Mapping[str, Any]) -> str:
    """Whether the parameters are those of the preset `paper`, as a mark in HTML."""
    names = changed(chapter, parameters)
    if not names:
        return '<span class="ran ran-paper">paper’s parameters</span>'
    return f'<span class="ran ran-changed">changed: {", ".join(names)}</span>'


def commit(name: str | None, repository: str = "", *, digits: int = 12) -> str:
    """A commit by the first digits of its name, linked if it can be found at the repository's address.

    >>> commit("4975de29121d-dirty", digits=7)
    '<code>4975de2</code> with changes'
    """
    if not name:
        return "not known"
    text = f"<code>{html.escape(name.removesuffix('-dirty')[:digits])}</code>"
    if name.endswith("-dirty"):
        return f"{text} with changes"
    if not repository:
        return text
    part = "commits" if "bitbucket" in repository else "commit"
    return f'<a href="{html.escape(repository)}/{part}/{name}">{text}</a>'


def foot(chapter: Chapter, record: Mapping[str, Any], *, notebook: str = "", repository: str = "") -> str:
    """The end of a page, in HTML: one line, which opens to everything that the record holds."""
    parameters, started = record.get("parameters", {}), record.get("started", "")
    took = cost(record)
    line = [
        f"made on {wording.date(started)}" if started else "made",
        f"preset {record.get('preset', 'unknown')}",
        *([took.removeprefix("about ")] if took else []),
        *([f"version {record['version']}"] if record.get("version") else []),
    ]
    rows = {
        "Parameters": badge(chapter, parameters) + _parameters(chapter, parameters),
        "Seed": "" if record.get("seed") is None else str(record["seed"]),
        "Run": _run(record, started),
        "Code": _code(record, repository),
        "Lock file": _sha256(record.get("lock_sha256")),
        "Library": _sha256(record.get("chapters_sha256")),
        "Notebook": f'<a href="{html.escape(notebook)}" download>as it ran, with its outputs</a>'
        if notebook
        else "",
    }
    entries = "".join(f"<dt>{name}</dt><dd>{text}</dd>" for name, text in rows.items() if text)
    summary = f'<span class="provenance-title">How this page was made</span> {html.escape(" · ".join(line))}'
    return f'<details class="provenance"><summary>{summary}</summary><dl>{entries}</dl></details>'


def _parameters(chapter: Chapter, parameters: Mapping[str, Any]) -> str:
    """Every parameter that ran, with the preset's own value beside one that was changed."""
    own, names = chapter.settings("paper", {}), changed(chapter, parameters)
    items = []
    for name, value in parameters.items():
        instead = f" <small>not {html.escape(wording.read(own[name]))}</small>" if name in names else ""
        items.append(f"<li><code>{name}</code> {html.escape(wording.read(value))}{instead}</li>")
    return f"<ul>{''.join(items)}</ul>"


def _run(record: Mapping[str, Any], started: str) -> str:
    """When the run began and what it took."""
    parts = [f"began {started[:16].replace('T', ' ')} UTC"] if started else []
    if record.get("seconds") is not None:
        parts.append(f"{record['seconds']:,.1f} s")
    if record.get("memory"):
        parts.append(f"{wording.memory(record['memory'])} of memory at its peak")
    return ", ".join(parts)


def _code(record: Mapping[str, Any], repository: str) -> str:
    """Version, commit and interpreter."""
    if not record.get("version"):
        return ""
    return (
        f"version {html.escape(record['version'])}, commit {commit(record.get('commit'), repository)}, "
        f"Python {html.escape(record['python'])}"
    )


def _sha256(digest: str | None) -> str:
    """The beginning of a SHA-256."""
    return f"SHA-256 <code>{digest[:12]}</code>…" if digest else ""
