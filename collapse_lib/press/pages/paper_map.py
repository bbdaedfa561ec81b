"""The directive `{paper-map} NAME`: a paper, part by part, beside pages, functions, tests and verdicts."""

from __future__ import annotations

import json
import re
import types
from collections.abc import Mapping
from pathlib import Path

from docutils import nodes
from markupsafe import Markup, escape
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from collapse_lib import papers
from collapse_lib.claims.ledger import Ledger
from collapse_lib.evidence import Kind
from collapse_lib.papers import Item
from collapse_lib.press import templates
from collapse_lib.press.book import Book

LEFT_OPEN = "what-is-not-here"
"""The section of the page that says why an item has no page of its own."""

HEADINGS = ("In the paper", "In this book", "Computed by", "Verdicts")


class PaperMapDirective(SphinxDirective):
    """The map as a table, with the verdicts of the last build."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        """One row for each part of the paper."""
        path = Path(self.config.collapse_ledger)
        kinds: dict[str, Kind] = {}
        whose: dict[str, str] = {}
        if path.is_file():
            self.env.note_dependency(str(path))
            ledger = Ledger.from_records(json.loads(path.read_text(encoding="utf-8"))["claims"])
            kinds = {id: verdict.kind for id, verdict in ledger.verdicts.items()}  # noqa: A001
            whose = {claim.id: claim.whose for claim in ledger.claims}
        titles = {path.stem: _title(path) for path in Book.here().folder.glob("*.md")}
        return [nodes.raw("", table(papers.find(self.arguments[0]), kinds, titles, whose), format="html")]


def setup(app: Sphinx) -> None:
    """Register the directive."""
    app.add_directive("paper-map", PaperMapDirective)


def table(
    items: tuple[Item, ...],
    kinds: Mapping[str, Kind],
    titles: Mapping[str, str],
    whose: Mapping[str, str] = types.MappingProxyType({}),
) -> Markup:
    """The map in HTML: the verdicts that are known, every page's title, and whose a claim is if not the paper's."""
    return templates.render(
        "paper_map",
        items=items,
        kinds=kinds,
        titles=titles,
        whose=whose,
        breakable=breakable,
        headings=HEADINGS,
        left_open=LEFT_OPEN,
    )


def breakable(name: str) -> Markup:
    """A name that may be broken between its parts where a line is too short for it.

    >>> breakable("theory.paper")
    Markup('theory.<wbr>paper')
    """
    return Markup(re.sub("([./_])", r"\1<wbr>", str(escape(name.removeprefix("collapse_lib.")))))


def _title(page: Path) -> str:
    """The title of a page of the book."""
    return next(line[2:].strip() for line in page.read_text(encoding="utf-8").splitlines() if line.startswith("# "))
