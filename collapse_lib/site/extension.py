"""The Sphinx extension of the book: executed outputs on the pages, and everything that this package adds to them.

Sphinx reads `book/*.md` in place.  For a chapter, `read_chapter` gives it the executed notebook instead, which
`collapse build` has left in `_build/executed`; a missing or stale one stops the build with a sentence.
"""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any

import nbformat
from sphinx.application import Sphinx
from sphinx.errors import ExtensionError

import collapse_lib
from collapse_lib import plotting
from collapse_lib.chapters.book import Book
from collapse_lib.chapters.executed import plates
from collapse_lib.claims import ledger
from collapse_lib.records import digest
from collapse_lib.site import (
    accessible,
    care,
    citing_on_pages,
    descriptions,
    exercises,
    explorers,
    figure_code,
    figures,
    folds,
    notebooks,
    parameters,
    provenance,
    reference,
    repository,
    side_by_side,
    weight,
)
from collapse_lib.site.paper_map import PaperMapDirective
from collapse_lib.site.parameters import ParametersDirective
from collapse_lib.site.status import StatusDirective
from collapse_lib.site.verdicts import SeedsDirective, VerdictsDirective, VerdictSummaryDirective

DIRECTIVES = {
    "explorer": explorers.ExplorerDirective,
    "paper-map": PaperMapDirective,
    "parameters": ParametersDirective,
    "status": StatusDirective,
    "verdict-summary": VerdictSummaryDirective,
    "verdicts-under-other-seeds": SeedsDirective,
    "verdicts": VerdictsDirective,
}

_app: Sphinx | None = None  # myst-nb calls a reader with the text alone


def read_chapter(text: str) -> nbformat.NotebookNode:
    """The executed notebook of the chapter that Sphinx is reading, ready for the page."""
    assert _app is not None
    name = _app.env.docname
    if not text.startswith("---\njupytext:"):
        return _plain_page(text)
    path = Path(_app.config.collapse_executed) / f"{name}.ipynb"
    if not path.is_file():
        raise ExtensionError(f"{name} has not been executed; run `collapse build`, which does both.")
    _app.env.note_dependency(str(path))
    notebook = nbformat.read(path, as_version=4)
    record = notebook.metadata.pop("collapse")
    if record["source"] != digest(text):
        raise ExtensionError(f"{name} has changed since it was executed; run `collapse build`, which does both.")
    code = figure_code.of_figures(notebook, text)
    for cell in notebook.cells:
        tags = cell.metadata.get("tags", [])
        if "injected-parameters" in tags:
            cell.metadata["tags"] = ["remove-cell"]
        prompt = "Parameters" if "parameters" in tags else "Code"
        cell.metadata["mystnb"] = {"code_prompt_show": prompt, "code_prompt_hide": prompt}
        for output in cell.get("outputs", []):
            if plotting.MIME in output.get("data", {}):
                plate = next(plates(nbformat.from_dict({"cells": [{"outputs": [output]}]})))
                plate["code"] = {
                    **asdict(code[plate["name"]]),
                    "shown": not {"remove-input", "hide-cell"} & set(tags),
                }
                output["data"] = {plotting.MIME: plate}
            output.get("data", {}).pop(ledger.MIME, None)
    if record["changed"]:
        notebook.cells.insert(_after_title(notebook), nbformat.v4.new_markdown_cell(_banner(record)))
    _app.env.metadata[name]["collapse"] = record
    kept = parameters.recorded(_app.config.collapse_executed, name)
    _app.env.note_dependency(str(path.with_suffix(".json")))
    notebook.cells.append(nbformat.v4.new_markdown_cell(_foot(name, kept or record)))
    return notebook


def setup(app: Sphinx) -> dict[str, Any]:
    """Register everything; Sphinx calls this."""
    global _app
    _app = app
    for name in ("collapse_executed", "collapse_ledger", "collapse_source"):
        app.add_config_value(name, "", "env", [str])
    app.add_config_value("collapse_versioned", False, "html", [bool])
    side_by_side.allow(app)
    for name, directive in DIRECTIVES.items():
        app.add_directive(name, directive)
    app.add_css_file("care.css")
    citing_on_pages.setup(app)
    exercises.setup(app)
    reference.setup(app)
    descriptions.install()
    folds.setup(app)
    app.connect("doctree-read", figures.anchor_code)
    app.connect("html-page-context", parameters.load)
    app.connect("html-page-context", explorers.add_scripts)
    app.connect("html-page-context", care.banner)
    app.connect("html-page-context", notebooks.offer, priority=600)  # after the theme has made its menu
    app.connect("build-finished", figures.write_all)
    app.connect("build-finished", notebooks.write_all)
    app.connect("build-finished", care.write_robots)
    app.connect("build-finished", accessible.mend, priority=800)  # after everything is there
    app.connect("build-finished", weight.lighten, priority=900)  # last, since it looks at what the pages use
    return {"version": collapse_lib.__version__, "parallel_read_safe": True, "parallel_write_safe": True}


def _plain_page(text: str) -> nbformat.NotebookNode:
    """A page of text alone, as a notebook of one Markdown cell."""
    notebook = nbformat.v4.new_notebook()
    notebook.cells = [nbformat.v4.new_markdown_cell(text)]
    return notebook


def _after_title(notebook: nbformat.NotebookNode) -> int:
    """The index of the first cell after the one that holds the page's title."""
    return 1 + next(i for i, cell in enumerate(notebook.cells) if cell.source.lstrip().startswith("# "))


def _foot(name: str, record: dict[str, Any]) -> str:
    """How the page was made."""
    assert _app is not None
    notebook = notebooks.address(_app, name)
    lines = provenance.foot(Book.here().chapter(name), record, notebook=notebook, repository=repository.address())
    return f"```{{raw}} html\n{lines}\n```"


def _banner(record: dict[str, Any]) -> str:
    """What ran, where that is not the chapter's own default."""
    changed = ", ".join(f"`{name} = {value!r}`" for name, value in record["changed"].items())
    return (
        f":::{{admonition}} Other parameters than the book's own\n:class: note ran-with\n"
        f"This page was run with {changed} (preset `{record['preset']}`).\n:::"
    )
