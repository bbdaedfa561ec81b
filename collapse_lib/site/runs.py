"""The folder that a run leaves: notebook, page, figures, manifest; written whole or not at all, and read again."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import nbformat

from collapse_lib import records, targets
from collapse_lib.chapters.book import Book
from collapse_lib.chapters.execute import ChapterFailed
from collapse_lib.chapters.executed import Executed
from collapse_lib.chapters.source import Chapter
from collapse_lib.errors import require
from collapse_lib.site import foreign

MANIFEST = "manifest.json"
FIGURES = "figures"
DRAWN = (".svg", ".png", ".csv", ".py")
"""The files of a figure."""

CACHES = (".ipynb_checkpoints", ".DS_Store")
"""What programs leave in a folder that one only looks at."""


def default_folder(slug: str, parameters: Mapping[str, Any]) -> Path:
    """Where a run goes that was given no folder: named after its parameters."""
    return Path("runs") / f"{slug}-{records.digest(json.dumps(parameters, sort_keys=True))[:8]}"


def _ours(folder: Path) -> bool:
    """Whether all that a folder holds is of a kind that a run leaves."""
    try:
        if not targets.regular(folder / MANIFEST):
            return False
        slug = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))["chapter"]
        left = {MANIFEST, f"{slug}.ipynb", f"{slug}.html", FIGURES, *CACHES}
        drawn = [path for path in (folder / FIGURES).glob("*") if path.name not in CACHES]
        return {path.name for path in folder.iterdir()} <= left and all(path.suffix in DRAWN for path in drawn)
    except (OSError, ValueError, LookupError, TypeError):
        return False


FOLDER = targets.Kind("folder of an earlier run", "", _ours)
"""What `collapse run` may replace: an earlier run to which nothing was added."""


def write(executed: Executed, chapter: Chapter, target: Path) -> None:
    """Everything that a run leaves."""
    from collapse_lib.site import figures, stand_alone

    slug, found = chapter.slug, executed.ledger()
    with records.folder(target) as folder:
        records.write(folder / f"{slug}.ipynb", nbformat.writes(executed.notebook) + "\n")
        records.write(folder / f"{slug}.html", stand_alone.page(executed, chapter))
        figures.write(executed.notebook, chapter.text, folder / FIGURES)
        records.write(
            folder / MANIFEST,
            {
                "chapter": slug,
                "title": chapter.title,
                **records.provenance(),
                **executed.record,
                "figures": list(executed.plates()),
                "verdicts": {claim.id: found[claim.id].as_dict() for claim in found.claims},
            },
        )


def write_failure(failure: ChapterFailed, target: Path) -> None:
    """What a failed run leaves: the notebook with the error in place, and what went wrong."""
    with records.folder(target) as folder:
        records.write(folder / f"{failure.chapter.slug}.ipynb", nbformat.writes(failure.notebook) + "\n")
        records.write(
            folder / MANIFEST,
            {
                "chapter": failure.chapter.slug,
                "failed": {"cell": failure.cell, "error": failure.error},
                **records.provenance(),
            },
        )


def read(folder: Path) -> Executed:
    """The run that `collapse run` left in a folder.

    Raises `InvalidInput` where there is none, where it failed, or where it is not in the shape of one.
    """
    record = foreign.record(folder, MANIFEST)
    slug = record["chapter"]
    name = foreign.printable(folder.resolve().name)
    return Executed(slug, foreign.notebook(folder / f"{slug}.ipynb"), record, name)


def published(book: Book, slug: str) -> Executed:
    """The run of a chapter that the last build put on its page."""
    record = book.record(slug)
    require(
        bool(record),
        f"the book has not been built here with {slug}, so there is no published run of it; run `collapse build` "
        "first, or give a second run.",
    )
    return Executed(slug, foreign.notebook(book.executed / f"{slug}.ipynb"), record, "published")
