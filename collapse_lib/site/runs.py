"""The folder that a run leaves: notebook, page, figures, manifest; written whole or not at all, and read again."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat

from collapse_lib import records, targets
from collapse_lib.chapters import execute
from collapse_lib.chapters.execute import ChapterFailed, Execution
from collapse_lib.claims import ledger
from collapse_lib.claims.ledger import Ledger
from collapse_lib.errors import require
from collapse_lib.site import book, foreign, provenance

MANIFEST = "manifest.json"
FIGURES = "figures"
DRAWN = (".svg", ".png", ".csv", ".py")
"""The files of a figure."""

CACHES = (".ipynb_checkpoints", ".DS_Store")
"""What programs leave in a folder that one only looks at."""


@dataclass(frozen=True)
class Run:
    """A run that was kept: what it is called, its chapter, its record (see `provenance.of`) and its notebook."""

    name: str
    slug: str
    record: Mapping[str, Any]
    notebook: nbformat.NotebookNode

    def ledger(self) -> Ledger:
        """The verdicts that it reached, judged together; empty where it has none."""
        found = execute.outputs(self.notebook, ledger.MIME)
        return Ledger.from_records([record for records in found for record in records])

    def plates(self) -> dict[str, dict[str, Any]]:
        """Its figures by their names."""
        return {plate["name"]: plate for plate in execute.plates(self.notebook)}


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


def write(execution: Execution, made_with: Mapping[str, Any], target: Path) -> None:
    """Everything that a run leaves; `made_with` is the code that was there when it began."""
    from collapse_lib.site import figures, stand_alone

    slug, found, plates = execution.chapter.slug, execution.ledger(), execution.plates()
    record = provenance.of(execution, made_with)
    with records.folder(target) as folder:
        records.write(folder / f"{slug}.ipynb", nbformat.writes(execution.notebook) + "\n")
        records.write(folder / f"{slug}.html", stand_alone.page(execution, record))
        figures.write(execution.notebook, execution.chapter.text, folder / FIGURES)
        records.write(
            folder / MANIFEST,
            {
                "chapter": slug,
                "title": execution.chapter.title,
                **records.provenance(),
                **record,
                "figures": [plate["name"] for plate in plates],
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


def read(folder: Path) -> Run:
    """The run that `collapse run` left in a folder.

    Raises `InvalidInput` where there is none, where it failed, or where it is not in the shape of one.
    """
    record = foreign.record(folder, MANIFEST)
    slug = record["chapter"]
    return Run(foreign.printable(folder.resolve().name), slug, record, foreign.notebook(folder / f"{slug}.ipynb"))


def published(slug: str) -> Run:
    """The run of a chapter that the last build put on its page."""
    record = book.record(slug)
    require(
        bool(record),
        f"the book has not been built here with {slug}, so there is no published run of it; run `collapse build` "
        "first, or give a second run.",
    )
    return Run("published", slug, record, foreign.notebook(book.executed_folder() / f"{slug}.ipynb"))
