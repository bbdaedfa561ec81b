"""Live explorers: figures that a reader moves, on pages that are whole without JavaScript.

`{explorer} NAME` puts one on a page.  Its module here describes it, with the pictures and numbers of the default
setting; its script in `book/assets/explore`, of the same name, makes them live.

Why our own SVG and not Bokeh: on the same page with the same laws, Bokeh brought 1,650 kB of scripts against 60,
took 1.4 s to the first paint against 0.9 s, and 361 ms for a slider's move against 107 ms (browser's task time),
all on a busy machine, ours with simulated runs besides.  It draws on canvases, which are empty to a screen reader
and stay light in the dark.

The scripts are classic ones, without a library: they run from a file as well as from a server.
"""

from __future__ import annotations

import math
from typing import Any, ClassVar

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from collapse_lib.errors import InvalidInput
from collapse_lib.press.book import Book
from collapse_lib.press.pages.explorers.widgets import EXPLORERS

LAWS = ("laws", "binomial", "deviation", "schedules", "recursion")
"""The mathematics, in the order in which the scripts need one another."""

SHARED = ("chart", "controls", "explorer", "settings", "workshop")
"""What explorers share: pictures, controls, the way between them, what the controls describe, and a worker."""


class ExplorerDirective(SphinxDirective):
    """A live explorer, by its name; one to a page, since the page's address holds its state."""

    required_arguments: ClassVar[int] = 1

    def run(self) -> list[nodes.Node]:
        """The explorer's HTML, or what is wrong."""
        name = self.arguments[0]
        metadata = self.env.metadata[self.env.docname]
        try:
            make = EXPLORERS.find(name)
        except InvalidInput as mistake:
            raise self.error(str(mistake)) from None
        if "explorer" in metadata:
            raise self.error(f"this page has the explorer {metadata['explorer']} already; a page has one.")
        metadata["explorer"] = name
        explorer = make()
        limits = {slug: _limits(slug) for slug in explorer.commands}
        return [nodes.raw("", explorer.html(limits), format="html")]


def setup(app: Sphinx) -> None:
    """Register the directive, and the scripts of its pages."""
    app.add_directive("explorer", ExplorerDirective)
    app.connect("html-page-context", add_scripts)


def add_scripts(app: Sphinx, page: str, *_: Any) -> None:
    """The scripts and the style of a page that has an explorer; Sphinx calls this before it writes each page."""
    name = app.env.metadata.get(page, {}).get("explorer")
    if name is not None:
        app.add_css_file("explore.css")
        for script in (*LAWS, *SHARED, f"explore_{name.replace('-', '_')}"):
            app.add_js_file(f"explore/{script}.js", loading_method="defer")


def _limits(slug: str) -> dict[str, tuple[float, float]]:
    """What a chapter's numbers may be, by name, where both ends are set; nothing where there is no such chapter."""
    try:
        parameters = Book.here().chapter(slug).parameters
    except InvalidInput:
        return {}
    return {p.name: (p.low, p.high) for p in parameters if math.isfinite(p.low) and math.isfinite(p.high)}
