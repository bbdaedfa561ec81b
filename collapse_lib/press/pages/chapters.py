"""Chapters with their outputs: Sphinx reads `book/*.md` in place, but of a chapter it gets the executed notebook.

`collapse build` has left the notebook in `_build/executed`; a missing or stale one stops the build with a sentence.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import nbformat
from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.errors import ExtensionError

from collapse_lib import plotting
from collapse_lib.evidence import Verdict
from collapse_lib.press.book import Book
from collapse_lib.press.executed import plates
from collapse_lib.press.pages import figure_code, how_made, ledger_table, notebooks, parameters
from collapse_lib.press.publish import repository
from collapse_lib.records import digest

_app: Sphinx | None = None  # myst-nb calls a reader with the text alone


def setup(app: Sphinx) -> None:
    """Let `read_chapter`, which `nb_custom_formats` names, know the book that is built."""
    global _app
    _app = app
    app.add_config_value("collapse_executed", "", "env", [str])


def read_chapter(text: str) -> nbformat.NotebookNode:
    """The executed notebook of the chapter that Sphinx is reading, ready for the page."""
    assert _app is not None
    env, name = _app.env, _app.env.docname
    if not text.startswith("---\njupytext:"):
        return _plain_page(text)
    path = Path(_app.config.collapse_executed) / f"{name}.ipynb"
    if not path.is_file():
        raise ExtensionError(f"{name} has not been executed; run `collapse build`, which does both.")
    notebook = nbformat.read(path, as_version=4)
    record = notebook.metadata.pop("collapse")
    if record["source"] != digest(text):
        raise ExtensionError(f"{name} has changed since it was executed; run `collapse build`, which does both.")
    code, book = figure_code.of_figures(notebook, text), ledger_table.found(_app.config)
    for cell in notebook.cells:
        _dress(cell, code, book)
    if record["changed"]:
        notebook.cells.insert(_after_title(notebook), nbformat.v4.new_markdown_cell(_banner(record)))
    env.metadata[name]["collapse"] = record
    for read in (path, path.with_suffix(".json")):
        env.note_dependency(str(read))
    kept = parameters.recorded(_app.config.collapse_executed, name)
    notebook.cells.append(nbformat.v4.new_markdown_cell(foot(_app.config, name, kept or record)))
    return notebook


def foot(config: Config, name: str, record: Mapping[str, Any]) -> str:
    """How the page was made, as Markdown for its end."""
    notebook = notebooks.address(config, name)
    lines = how_made.foot(Book.here().chapter(name), record, notebook=notebook, repository=repository.address())
    return f"```{{raw}} html\n{lines}\n```"


def _plain_page(text: str) -> nbformat.NotebookNode:
    """A page of text alone, as a notebook of one Markdown cell."""
    notebook = nbformat.v4.new_notebook()
    notebook.cells = [nbformat.v4.new_markdown_cell(text)]
    return notebook


def _dress(cell: nbformat.NotebookNode, code: Mapping[str, figure_code.Code], book: Mapping[str, Verdict]) -> None:
    """Make a cell ready for the page: what its fold is called, and its outputs as the page shows them."""
    tags = cell.metadata.get("tags", [])
    if "injected-parameters" in tags:
        cell.metadata["tags"] = ["remove-cell"]
    prompt = "Parameters" if "parameters" in tags else "Code"
    cell.metadata["mystnb"] = {"code_prompt_show": prompt, "code_prompt_hide": prompt}
    for output in cell.get("outputs", []):
        if plotting.MIME in output.get("data", {}):
            plate = next(plates(nbformat.from_dict({"cells": [{"outputs": [output]}]})))
            shown = not {"remove-input", "hide-cell"} & set(tags)
            plate["code"] = {**asdict(code[plate["name"]]), "shown": shown}
            output["data"] = {plotting.MIME: plate}
        ledger_table.draw(output.get("data", {}), book)


def _after_title(notebook: nbformat.NotebookNode) -> int:
    """The index of the first cell after the one that holds the page's title."""
    return 1 + next(i for i, cell in enumerate(notebook.cells) if cell.source.lstrip().startswith("# "))


def _banner(record: Mapping[str, Any]) -> str:
    """What ran, where that is not the chapter's own default."""
    changed = ", ".join(f"`{name} = {value!r}`" for name, value in record["changed"].items())
    return (
        f":::{{admonition}} Other parameters than the book's own\n:class: note ran-with\n"
        f"This page was run with {changed} (preset `{record['preset']}`).\n:::"
    )
