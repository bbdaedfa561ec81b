"""The directive `{paper-map} NAME`: a paper, part by part, beside pages, functions, tests and verdicts."""

from __future__ import annotations

import html
import json
import re
import types
from collections.abc import Mapping
from pathlib import Path

from docutils import nodes
from sphinx.util.docutils import SphinxDirective

from collapse_lib import papers
from collapse_lib.claims.ledger import Ledger, chip
from collapse_lib.evidence import Kind
from collapse_lib.papers import Item
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


def table(
    items: tuple[Item, ...],
    kinds: Mapping[str, Kind],
    titles: Mapping[str, str],
    whose: Mapping[str, str] = types.MappingProxyType({}),
) -> str:
    """The map in HTML: the verdicts that are known, every page's title, and whose a claim is if not the paper's."""
    heads = "".join(f'<th scope="col">{heading}</th>' for heading in HEADINGS)
    rows = "\n".join(_row(item, kinds, titles, whose) for item in items)
    return (
        f'<table class="paper-map tex2jax_process"><thead><tr>{heads}</tr></thead><tbody>\n{rows}\n</tbody></table>'
    )


def _title(page: Path) -> str:
    """The title of a page of the book."""
    return next(line[2:].strip() for line in page.read_text(encoding="utf-8").splitlines() if line.startswith("# "))


def _row(item: Item, kinds: Mapping[str, Kind], titles: Mapping[str, str], whose: Mapping[str, str]) -> str:
    """One part of the paper."""
    _, *labels = HEADINGS
    cells = (_page(item, titles), _computed(item), _verdicts(item, kinds, whose))
    return (
        f'<tr><th scope="row"><span class="place">{html.escape(item.place)}</span> '
        f"{html.escape(item.what, quote=False)}</th>"
        + "".join(f'<td data-label="{label}">{cell}</td>' for label, cell in zip(labels, cells, strict=True))
        + "</tr>"
    )


def _page(item: Item, titles: Mapping[str, str]) -> str:
    """The link to the page, or why there is none."""
    if not item.chapter:
        return f'<a href="#{LEFT_OPEN}"><em>{html.escape(item.missing)}</em></a>'
    return f'<a href="{item.chapter}.html#{item.anchor}">{html.escape(titles[item.chapter])}</a>'


def _computed(item: Item) -> str:
    """The functions by their names in the library, and the files that test them."""
    functions = ", ".join(_code(name.removeprefix("collapse_lib.")) for name in item.functions)
    tests = ", ".join(map(_code, item.tests))
    return f"{functions} <small>{tests}</small>" if item.functions else ""


def _code(name: str) -> str:
    """A name that may be broken between its parts where a line is too short for it."""
    return "<code>" + re.sub("([./_])", r"\1<wbr>", name) + "</code>"


def _verdicts(item: Item, kinds: Mapping[str, Kind], whose: Mapping[str, str]) -> str:
    """The claims, each with its verdict where there is one, linked to the table of all."""
    return "".join(
        f'<div>{chip(kinds[id])} <a href="claims.html#claim-{id.replace("/", "-")}">{id}</a>'
        f"{_origin(whose, id)}</div>"
        for id in item.claims  # noqa: A001
        if id in kinds
    )


def _origin(whose: Mapping[str, str], id: str) -> str:  # noqa: A002
    """Whose the claim is, if not the paper's."""
    return f" <small>({html.escape(whose[id])})</small>" if whose.get(id) else ""
