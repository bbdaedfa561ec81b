"""The pages of a book: made anew by jupyter-book when anything that they are made of has changed.

What stands on them is known by then: the executed chapters and their verdicts, which `build` sees to.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import yaml

from collapse_lib import records
from collapse_lib.press import templates
from collapse_lib.press.book import Book
from collapse_lib.press.publish import addresses, citing, repository
from collapse_lib.press.speed import waiting_sphinx

Report = Callable[[str], None]

Renderer = Callable[[Book, dict[str, Any], Path], str]
"""What makes the pages of a book with these settings in a folder, and returns what it found fault with."""


class BuildFailed(Exception):
    """The book could not be built; the text says why and where to look."""


def site(book: Book, settings: dict[str, Any], render: Renderer, report: Report) -> Path:
    """Make the pages, unless nothing that they are made of has changed; the first one."""
    made_of, index = site_key(book, settings), book.site / "index.html"
    if index.is_file() and stamp(book) == made_of:
        report("the site is up to date")
        return index
    report("building the pages")
    with tempfile.TemporaryDirectory(prefix=".site-", dir=book.output) as folder:
        fresh = Path(folder) / "_build" / "html"
        if log := render(book, settings, Path(folder)):
            kept = book.output / "failed" / "sphinx.log"
            records.write(kept, log)
            raise BuildFailed(f"Sphinx found fault with the pages (all of it in {kept}):\n{_complaints(log)}")
        (book.output / "site.json").unlink(missing_ok=True)
        shutil.rmtree(book.site, ignore_errors=True)
        fresh.replace(book.site)
    records.write(book.output / "site.json", {"key": made_of})
    return index


def jupyter_book(command: waiting_sphinx.Command, book: Book, settings: dict[str, Any], folder: Path) -> str:
    """The pages by jupyter-book, in `_build/html` of the folder."""
    config = folder / "config.yml"
    config.write_text(yaml.safe_dump(settings), encoding="utf-8")
    place = [str(book.folder), "--config", str(config), "--path-output", str(folder)]
    done = command.run(["build", *place, "-W", "--keep-going", "-n", "--all"])
    return done.stdout + done.stderr if done.returncode != 0 else ""


def stamp(book: Book) -> str | None:
    """The digest of what the pages were made of, if there are any."""
    path = book.output / "site.json"
    return json.loads(path.read_text(encoding="utf-8"))["key"] if path.is_file() else None


def site_key(book: Book, settings: dict[str, Any]) -> str:
    """The digest of everything that the pages depend on; where the book is does not matter."""
    parts = [
        records.tree_digest(book.folder, "*"),
        records.library_digest(),
        records.tree_digest(templates.FOLDER, "*"),
    ]
    parts.append(addresses.last_commit(book.folder))  # the pages show its date
    told = json.dumps(settings, sort_keys=True).replace(json.dumps(str(book.root))[1:-1], "")
    parts += [records.tree_digest(book.executed, "*.*"), told]
    files = (book.output / "ledger.json", book.lock, book.root / citing.SOURCE)
    parts += [path.read_text() for path in files if path.is_file()]
    return records.digest(*parts)


def configured(book: Book, environment: Mapping[str, str] = os.environ) -> dict[str, Any]:
    """`_config.yml`, with the folders of this build and the addresses that the environment knows."""
    settings = book.settings
    sphinx = settings.setdefault("sphinx", {}).setdefault("config", {})
    sphinx["collapse_executed"] = str(book.executed)
    sphinx["collapse_root"] = str(book.root)
    sphinx["collapse_ledger"] = str(book.output / "ledger.json")
    sphinx["collapse_source"] = repository.lines(records.commit(), environment)
    return addresses.addressed(settings, environment, book.folder)


def _complaints(log: str) -> str:
    """The warnings and errors in Sphinx's log, each with the line after it, without colours."""
    lines = re.sub(r"\x1b\[[0-9;]*m", "", log).splitlines()
    marks = [i for i, line in enumerate(lines) if re.search(r"WARNING|ERROR|Exception|error:", line)]
    told = [lines[i] for i in sorted({i + step for i in marks for step in (0, 1)}) if i < len(lines)]
    return "\n".join(line for line in told[:24] if line.strip()) or "\n".join(lines[-20:])
