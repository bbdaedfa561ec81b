"""A book: its folder of sources, and beside it everything that is made of them.

    book/            pages and `_toc.yml`; beside it `_config.yml` and `requirements.txt`
    _build/executed/ each chapter's executed notebook, with a record of what it was made from
    _build/ledger.json  every claim's findings
    _build/html/     the site

A `Book` is a value: whoever needs to know where something is, in which order pages come or what the last build
left, asks it.  Nothing here runs a chapter or makes a page.
"""

from __future__ import annotations

import functools
import hashlib
import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
import yaml

from collapse_lib import records, shapes
from collapse_lib.claims.ledger import RECORD, Ledger
from collapse_lib.errors import InvalidInput, unknown
from collapse_lib.press.chapter import Chapter, read
from collapse_lib.press.contents import Contents, contents
from collapse_lib.press.executed import Executed


@dataclass(frozen=True)
class Book:
    """The book whose sources are in `folder`."""

    folder: Path

    @classmethod
    def here(cls) -> Book:
        """The book at hand: the one that `COLLAPSE_BOOK` names, or `book` here, or beside the library."""
        return cls(_folder(os.environ.get("COLLAPSE_BOOK"), Path.cwd()))

    @property
    def root(self) -> Path:
        """The folder that holds the sources and `_build`."""
        return self.folder.parent

    @property
    def output(self) -> Path:
        """The folder of all that a build makes: `_build` beside the book.

        A book that lies in a `_build` itself is an edition of another, with what is made of it beside it.
        """
        return self.root if self.root.parent.name == "_build" else self.root / "_build"

    @property
    def executed(self) -> Path:
        """Where executed notebooks are kept between builds."""
        return self.output / "executed"

    @property
    def site(self) -> Path:
        """The folder of the pages."""
        return self.output / "html"

    @property
    def lock(self) -> Path:
        """The lock file of what the book runs on; a book may have none."""
        return self.root / "requirements.txt"

    @property
    def lock_sha256(self) -> str | None:
        """The SHA-256 of the lock file."""
        return hashlib.sha256(self.lock.read_bytes()).hexdigest() if self.lock.is_file() else None

    @property
    def contents(self) -> Contents:
        """Its table of contents."""
        return contents(self.folder)

    @property
    def settings(self) -> dict[str, Any]:
        """What `_config.yml` says."""
        return dict(yaml.safe_load((self.root / "_config.yml").read_text(encoding="utf-8")))

    @property
    def title(self) -> str:
        """Its title."""
        return str(self.settings["title"])

    @property
    def chapters(self) -> dict[str, Chapter]:
        """Every chapter by its slug, in alphabetical order: the pages that have a `parameters` cell."""
        pages = sorted(self.folder.glob("*.md"))
        return {page.stem: chapter for page in pages if (chapter := read(page)) is not None}

    def chapter(self, slug: str) -> Chapter:
        """The chapter of that slug (a trailing .md is forgiven), or `InvalidInput` that names the nearest."""
        name = slug.removesuffix(".md")
        page = {page.stem: page for page in self.folder.glob("*.md")}.get(name)
        if page is None or (chapter := read(page)) is None:
            raise unknown("chapter", name, self.chapters)
        return chapter

    def record(self, slug: str) -> dict[str, Any]:
        """What is known of a chapter's last execution here: the key, the claims, and what it was made with."""
        path = self.executed / f"{slug}.json"
        if not path.is_file() or not path.with_suffix(".ipynb").is_file():
            return {}
        return dict(json.loads(path.read_text(encoding="utf-8")))

    def kept(self, slug: str) -> Executed:
        """A chapter as the last build executed it."""
        return Executed(slug, nbformat.read(self.executed / f"{slug}.ipynb", as_version=4), self.record(slug))

    def keep(self, executed: Executed) -> None:
        """Write an executed notebook, then the record that vouches for it."""
        path = self.executed / f"{executed.slug}.ipynb"
        path.with_suffix(".json").unlink(missing_ok=True)
        records.write(path, nbformat.writes(executed.notebook) + "\n")
        records.write(path.with_suffix(".json"), dict(executed.record))

    def ledger(self) -> Ledger:
        """The verdicts of the last build, or `InvalidInput` where there was none."""
        path = self.output / "ledger.json"
        if not path.is_file():
            raise InvalidInput(
                "the book has not been built here, so there are no verdicts; run `collapse build` first."
            )
        return Ledger.from_records(shapes.loaded(path, {"claims": [RECORD]}, f"the ledger {str(path)!r}")["claims"])


@functools.lru_cache(maxsize=8)
def _folder(named: str | None, cwd: Path) -> Path:
    """Its folder, or `InvalidInput`."""
    candidates = [Path(named)] if named else [cwd / "book", records.LIBRARY.parent / "book"]
    for folder in candidates:
        if (folder / "_toc.yml").is_file():
            return folder.resolve()
    raise InvalidInput(
        f"no book was found in {' or '.join(map(str, candidates))}; run this in a clone of the repository, or let "
        "COLLAPSE_BOOK name its book folder."
    )
