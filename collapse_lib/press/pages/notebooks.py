"""Each chapter as a notebook with its outputs, to download from its page.

The file opens in any Jupyter, and runs again where the library is installed with its extra `book`.  What only this
book's pages can show is put into what a notebook can: numbers in the text, pictures as PNG, references by
author and year.  A site that gives no sources away (`html_copy_source`) gives no notebooks either.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import nbformat
from sphinx.application import Sphinx
from sphinx.config import Config

from collapse_lib import plotting, records
from collapse_lib.evidence import Verdict
from collapse_lib.press.executed import GLUE, numbers
from collapse_lib.press.pages import ledger_table, myst_to_markdown

FOLDER = "_notebooks"
"""Folder of the site that holds the notebooks."""

OURS = (plotting.MIME, "image/svg+xml")
"""What is left out of an output: our own formats, and drawings, which untrusted notebooks do not show."""


def setup(app: Sphinx) -> None:
    """Write the notebooks, and offer them in the menu of each page."""
    app.connect("html-page-context", offer, priority=600)  # after the theme has made its menu
    app.connect("build-finished", write_all)


def downloadable(
    notebook: nbformat.NotebookNode,
    bibliography: Path,
    *,
    site: str = "",
    book: Mapping[str, Verdict] | None = None,
) -> nbformat.NotebookNode:
    """An executed chapter for any Jupyter.

    `site` is the address that links to other pages start with, if known, and `book` what the book found.
    """
    notebook = copy.deepcopy(notebook)
    myst_to_markdown.rewrite(notebook, bibliography, numbers=numbers(notebook), site=site)
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs = [_shown(output, book) for output in cell.outputs if GLUE not in output.get("data", {})]
    for name in ("collapse", "jupytext"):
        notebook.metadata.pop(name, None)
    return notebook


def write_all(app: Sphinx, failure: Exception | None) -> None:
    """The notebooks behind the links, once the pages are there; Sphinx calls this."""
    if failure is not None or app.builder.format != "html" or not app.config.html_copy_source:
        return
    for path in sorted(Path(app.config.collapse_executed).glob("*.ipynb")):
        if path.stem in app.env.found_docs:
            found = nbformat.read(path, as_version=4)
            bibliography, site = Path(app.srcdir) / "references.bib", app.config.html_baseurl
            shown = downloadable(found, bibliography, site=site, book=ledger_table.found(app.config))
            records.write(Path(app.outdir) / FOLDER / path.name, nbformat.writes(shown) + "\n")
    for copied in (Path(app.outdir) / "_sources").glob("*.ipynb"):  # the theme's own, which lack all of this
        copied.unlink()


def offer(app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: Any) -> None:  # noqa: ARG001
    """Name the downloads for what they are, the notebook first; Sphinx calls this after the theme made its menu."""
    groups = [group for group in context.get("header_buttons", []) if group.get("label") == "download-buttons"]
    for group in groups:
        buttons = [b for b in group["buttons"] if b.get("label") != "download-notebook-button"]
        for button in buttons:
            if button.get("label") == "download-source-button":
                button["text"] = f"source ({button['text']})"
            elif button.get("label") == "download-pdf-button":
                button["text"] = "print (.pdf)"
        if app.config.html_copy_source and (Path(app.config.collapse_executed) / f"{pagename}.ipynb").is_file():
            buttons.insert(
                0,
                {
                    "type": "link",
                    "url": context["pathto"](f"{FOLDER}/{pagename}.ipynb", 1),
                    "text": "notebook with outputs (.ipynb)",
                    "tooltip": "Download this page as a notebook, to read or run in Jupyter",
                    "icon": "fas fa-code",
                    "label": "download-notebook-button",
                },
            )
        group["buttons"] = buttons


def address(config: Config, name: str) -> str:
    """Where a page finds its notebook: in the site's folder, or beside the page of a single run."""
    return f"{FOLDER}/{name}.ipynb" if config.collapse_ledger else f"{name}.ipynb"


def _shown(output: nbformat.NotebookNode, book: Mapping[str, Verdict] | None) -> nbformat.NotebookNode:
    """An output as any Jupyter shows it, pictures as wide as they were drawn."""
    data = output.get("data", {})
    drawn = re.search(r'<svg[^>]* width="([\d.]+)pt"', str(data.get("image/svg+xml", "")))
    if drawn and "image/png" in data:
        output.metadata["image/png"] = {"width": round(float(drawn[1]) * 4 / 3)}
    ledger_table.draw(data, book)
    for mime in OURS:
        data.pop(mime, None)
    return output
