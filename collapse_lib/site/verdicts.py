"""The directives `{verdicts}`, a table of all claims, and `{verdict-summary}`, so many supported, so many not."""

from __future__ import annotations

import json
from pathlib import Path

from docutils import nodes
from sphinx.errors import ExtensionError
from sphinx.util.docutils import SphinxDirective

from collapse_lib.claims.ledger import Ledger, chip


class VerdictsDirective(SphinxDirective):
    """Every claim with its verdict, from the last build."""

    def run(self) -> list[nodes.Node]:
        """The table, each claim linked to its chapter."""
        return [nodes.raw("", read(self).html(link="{chapter}.html"), format="html")]


class VerdictSummaryDirective(SphinxDirective):
    """So many claims supported, so many not."""

    def run(self) -> list[nodes.Node]:
        """A line of chips, and the chapters' own counts."""
        ledger = read(self)
        items = "".join(
            f"<li>{chip(kind)} <strong>{count}</strong></li>" for kind, count in ledger.counts().items()
        )
        return [nodes.raw("", f'<ul class="verdict-counts">{items}</ul>', format="html")]


def read(directive: SphinxDirective) -> Ledger:
    """The ledger of the last build."""
    path = Path(directive.config.collapse_ledger)
    if not path.is_file():
        raise ExtensionError("there are no verdicts yet; run `collapse build`, which makes them.")
    directive.env.note_dependency(str(path))
    return Ledger.from_records(json.loads(path.read_text(encoding="utf-8"))["claims"])
