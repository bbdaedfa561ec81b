"""The directive `{status}`: every chapter's last run in a row, with its parameters, verdicts and cost."""

from __future__ import annotations

import html
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from collapse_lib.claims.ledger import SIGNS, Ledger
from collapse_lib.press import provenance, wording
from collapse_lib.press.book import Book
from collapse_lib.press.chapter import Chapter
from collapse_lib.press.pages import notebooks, parameters, verdicts
from collapse_lib.press.publish import repository

HEADINGS = ("Chapter", "Parameters", "Verdicts", "Took", "Run")


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


def table(records: Mapping[str, Mapping[str, Any]], ledger: Ledger, repository: str = "") -> str:
    """One row for each chapter, given what is known of its last run; and the totals."""
    heads = "".join(f'<th scope="col">{heading}</th>' for heading in HEADINGS)
    chapters = Book.here().chapters
    rows = "\n".join(_row(chapters[slug], record, ledger, repository) for slug, record in records.items())
    return (
        f'<table class="status"><thead><tr>{heads}</tr></thead><tbody>\n{rows}\n</tbody>'
        f"<tfoot>{_totals(chapters, records, ledger)}</tfoot></table>"
    )


def counts(ledger: Ledger, chapter: str | None = None) -> str:
    """How many claims have each verdict, in words: all, or a chapter's."""
    kinds = [ledger[claim.id].kind for claim in ledger.claims if chapter in (None, claim.chapter)]
    return "".join(f"<div>{sign} {kinds.count(kind)} {kind}</div>" for kind, sign in SIGNS.items() if kind in kinds)


def _row(chapter: Chapter, record: Mapping[str, Any], ledger: Ledger, repository: str) -> str:
    """One chapter."""
    slug, ran = chapter.slug, record.get("parameters", {})
    links = (
        f'<a href="{slug}.html">{html.escape(chapter.title)}</a> '
        f'<a class="notebook" href="{notebooks.FOLDER}/{slug}.ipynb" download '
        f'aria-label="Notebook of {html.escape(chapter.title)}">notebook</a>'
    )
    took = [f"{record['seconds']:,.1f} s"] if "seconds" in record else []
    took += [wording.memory(record["memory"])] if record.get("memory") else []
    when = [f"<span>{record['started'][:10]}</span>"] if record.get("started") else []
    when += [f"<span>version {html.escape(record['version'])}</span>"] if record.get("version") else []
    when += [provenance.commit(record["commit"], repository, digits=7)] if record.get("commit") else []
    cells = {
        "Parameters": f"{provenance.badge(chapter, ran)} <small>preset {html.escape(record['preset'])}</small>",
        "Verdicts": counts(ledger, slug) or "none",
        "Took": ", ".join(took),
        "Run": " ".join(when),
    }
    return f'<tr><th scope="row">{links}</th>{_cells(cells)}</tr>'


def _totals(chapters: Mapping[str, Chapter], records: Mapping[str, Mapping[str, Any]], ledger: Ledger) -> str:
    """The last row: how many ran with the paper's parameters, all verdicts, all seconds, the most memory."""
    own = sum(
        not provenance.changed(chapters[slug], record.get("parameters", {})) for slug, record in records.items()
    )
    most = max((record.get("memory") or 0 for record in records.values()), default=0)
    took = [f"{sum(record.get('seconds', 0) for record in records.values()):,.0f} s in all"]
    took += [f"at most {wording.memory(most)}"] if most else []
    cells = {
        "Parameters": f"{own} of {len(records)} with the paper’s parameters",
        "Verdicts": counts(ledger),
        "Took": ", ".join(took),
        "Run": "",
    }
    return f'<tr><th scope="row">{len(records)} chapters</th>{_cells(cells)}</tr>'


def _cells(cells: Mapping[str, str]) -> str:
    """The cells of a row, each with its heading for narrow screens."""
    return "".join(f'<td data-label="{label}">{text}</td>' for label, text in cells.items())
