"""The directives on verdicts: a table of all claims, how many have which verdict, and how many other seeds change.

`{verdicts}`, `{verdict-summary}` and `{verdicts-under-other-seeds}`.
"""

from __future__ import annotations

import json
from pathlib import Path

from docutils import nodes
from markupsafe import Markup
from sphinx.application import Sphinx
from sphinx.errors import ExtensionError
from sphinx.util.docutils import SphinxDirective

from collapse_lib.claims import seeds
from collapse_lib.claims.ledger import ORIGINS, Ledger
from collapse_lib.press import templates
from collapse_lib.press.book import Book
from collapse_lib.press.pages import ledger_table


class VerdictsDirective(SphinxDirective):
    """Every claim with its verdict, from the last build."""

    def run(self) -> list[nodes.Node]:
        """The table, each claim linked to its chapter."""
        return [nodes.raw("", ledger_table.table(read(self), link="{chapter}.html"), format="html")]


class VerdictSummaryDirective(SphinxDirective):
    """So many claims supported, so many not: the paper's, the classical ones, and ours."""

    def run(self) -> list[nodes.Node]:
        """A row for each origin."""
        return [nodes.raw("", summary(read(self)), format="html")]


class SeedsDirective(SphinxDirective):
    """How many verdicts are other ones under fresh seeds, as `make seeds` recorded it."""

    def run(self) -> list[nodes.Node]:
        """A paragraph."""
        path = Book.here().folder / "data" / "seeds.json"
        self.env.note_dependency(str(path))
        values = json.loads(path.read_text(encoding="utf-8"))
        made = values["made"]
        told = f"{seeds.told(values)} Recorded on {made['date']} with commit {made['commit']}."
        return [nodes.paragraph("", told)]


def setup(app: Sphinx) -> None:
    """Register the directives, and where the verdicts lie."""
    app.add_config_value("collapse_ledger", "", "env", [str])
    app.add_directive("verdicts", VerdictsDirective)
    app.add_directive("verdict-summary", VerdictSummaryDirective)
    app.add_directive("verdicts-under-other-seeds", SeedsDirective)


def summary(ledger: Ledger) -> Markup:
    """How many claims have each verdict, in a table with a column for each origin, and all of them at the end."""
    counts = {origin: ledger.counts(origin) for origin in ORIGINS}
    rows = {kind: [counts[origin].get(kind, 0) for origin in ORIGINS] for kind in ledger.counts()}
    totals = [sum(of.values()) for of in counts.values()]
    return templates.render("verdict_counts", origins=ORIGINS.values(), rows=rows, totals=totals)


def read(directive: SphinxDirective) -> Ledger:
    """The ledger of the last build."""
    path = Path(directive.config.collapse_ledger)
    if not path.is_file():
        raise ExtensionError("there are no verdicts yet; run `collapse build`, which makes them.")
    directive.env.note_dependency(str(path))
    return Ledger.from_records(json.loads(path.read_text(encoding="utf-8"))["claims"])
