"""The directive `{status}`: every chapter's last run in a row, with its parameters, verdicts and cost."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from docutils import nodes
from markupsafe import Markup
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from collapse_lib.claims.ledger import SIGNS, Ledger
from collapse_lib.evidence import Kind
from collapse_lib.press import provenance, templates, wording
from collapse_lib.press.book import Book
from collapse_lib.press.chapter import Chapter
from collapse_lib.press.pages import how_made, notebooks, parameters, verdicts
from collapse_lib.press.publish import repository


class StatusDirective(SphinxDirective):
    """The chapters as they ran for this site."""

    def run(self) -> list[nodes.Node]:
        """The table, in the order of the book."""
        executed, ledger = Path(self.config.collapse_executed), verdicts.read(self)
        book = Book.here()
        order = [slug for slug in book.contents.order if slug in book.chapters]
        records = {slug: parameters.recorded(str(executed), slug) for slug in order}
        for slug in order:
            self.env.note_dependency(str(executed / f"{slug}.json"))
        return [nodes.raw("", table(records, ledger, repository.address()), format="html")]


def setup(app: Sphinx) -> None:
    """Register the directive."""
    app.add_directive("status", StatusDirective)


def table(records: Mapping[str, Mapping[str, Any]], ledger: Ledger, repository: str = "") -> Markup:
    """One row for each chapter, given what is known of its last run; and the totals."""
    chapters = Book.here().chapters
    rows = [_row(chapters[slug], how_made.whole(record), ledger) for slug, record in records.items()]
    most = max((row["record"]["memory"] or 0 for row in rows), default=0)
    took = [f"{sum(row['record']['seconds'] or 0 for row in rows):,.0f} s in all"]
    return templates.render(
        "status",
        rows=rows,
        own=sum(not row["changed"] for row in rows),
        verdicts=counts(ledger),
        took=took + ([f"at most {wording.memory(most)}"] if most else []),
        folder=notebooks.FOLDER,
        repository=repository,
    )


def counts(ledger: Ledger, chapter: str | None = None) -> dict[Kind, int]:
    """How many claims have each verdict: all, or a chapter's."""
    kinds = [ledger[claim.id].kind for claim in ledger.claims if chapter in (None, claim.chapter)]
    return {kind: kinds.count(kind) for kind in SIGNS if kind in kinds}


def _row(chapter: Chapter, record: Mapping[str, Any], ledger: Ledger) -> dict[str, Any]:
    """One chapter."""
    took = [] if record["seconds"] is None else [f"{record['seconds']:,.1f} s"]
    return {
        "chapter": chapter,
        "record": record,
        "changed": provenance.changed(chapter, record["parameters"]),
        "verdicts": counts(ledger, chapter.slug),
        "took": took + ([wording.memory(record["memory"])] if record["memory"] else []),
    }
