"""The last build: whether it is still what the sources would give, and what it was made from.

What is handed on (the archive, the printed book) is made from the last build and runs nothing, so it asks here
first.
"""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from typing import Any

import collapse_lib
from collapse_lib import corpora, records
from collapse_lib.claims.ledger import Ledger
from collapse_lib.errors import InvalidInput
from collapse_lib.press import build
from collapse_lib.press.book import Book
from collapse_lib.press.publish import citing


@dataclass(frozen=True)
class LastBuild:
    """The book, the preset and the parameters of every chapter, and the verdicts."""

    book: Book
    preset: str
    parameters: dict[str, dict[str, Any]]
    ledger: Ledger

    def provenance(self) -> dict[str, Any]:
        """Version, commit, date, lock, preset, parameters and verdicts, as plain values.

        Nothing in it tells when it was asked, so the same build gives the same values.
        """
        texts = sorted({str(text) for values in self.parameters.values() if (text := values.get("corpus"))})
        return {
            "title": self.book.title,
            "version": collapse_lib.__version__,
            "date": date(self.book),
            **records.provenance(),
            "lock_sha256": self.book.lock_sha256,
            "preset": self.preset,
            "parameters": self.parameters,
            "texts": {text: corpora.fingerprint(text) for text in texts},
            "verdicts": {"claims": len(self.ledger.claims), **self.ledger.counts()},
            "not_as_the_book_stands_by": [claim.id for claim in self.ledger.unexpected()],
        }


def last_build(book: Book) -> LastBuild:
    """The last build; raises `InvalidInput` where there is none, or where its sources have changed since."""
    if not (book.site / "index.html").is_file():
        raise InvalidInput("the book has not been built here; run `collapse build` first.")
    known = {slug: book.record(slug) for slug in book.chapters}
    presets = sorted({record["preset"] for record in known.values() if record})
    again = f"run `collapse build{_flag(presets)}` first."
    if stale := build.stale(book):
        raise InvalidInput(f"the last build is out of date ({', '.join(stale)} changed since); {again}")
    parameters = {slug: known[slug]["parameters"] for slug in sorted(known)}
    return LastBuild(book, ", ".join(presets), parameters, book.ledger())


def _flag(presets: list[str]) -> str:
    """How to ask for the same build again; `paper` need not be said."""
    return f" --preset {presets[0]}" if len(presets) == 1 and presets != ["paper"] else ""


def date(book: Book) -> str:
    """The day of this version: of SOURCE_DATE_EPOCH if that is set, of the commit, or of the release."""
    if (told := records.source_date()) is not None:
        return told.isoformat()
    try:
        command = ["git", "log", "-1", "--format=%cs"]
        shown = subprocess.run(command, cwd=records.LIBRARY, capture_output=True, text=True, check=True).stdout
        if shown.strip():
            return shown.strip()
    except (OSError, subprocess.CalledProcessError):
        pass
    cited = citing.book(book.root)
    return cited.released.isoformat() if cited else "1980-01-01"
