"""The Sphinx extension of the book: executed outputs on the pages, figures with their numbers, verdict tables.

Sphinx reads `book/*.md` in place.  For a chapter, `read_chapter` gives it the executed notebook instead, which
`collapse build` has left in `_build/executed`; a missing or stale one stops the build with a sentence.

Directives: `{parameters}` is the table of what a reader may change, with what ran and the command to copy;
`{verdicts}` the table of all claims; `{verdict-summary}` so many supported, so many not; `{paper-map}` the paper
item by item, with the page that treats each.
"""

from __future__ import annotations

import base64
import html
import json
import re
import shlex
from pathlib import Path
from typing import Any, ClassVar

import nbformat
from docutils import nodes
from myst_nb.core.render import MimeData, NbElementRenderer, create_figure_context
from sphinx.application import Sphinx
from sphinx.errors import ExtensionError
from sphinx.util.docutils import SphinxDirective

import collapse_lib
from collapse_lib import plotting
from collapse_lib.chapters import execute, source
from collapse_lib.chapters.paper_map import PaperMapDirective
from collapse_lib.claims import ledger
from collapse_lib.claims.ledger import Ledger, chip
from collapse_lib.records import digest

FIGURES = "_figures"
"""Folder of the site that holds each figure as SVG, PNG and CSV."""

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
    for cell in notebook.cells:
        tags = cell.metadata.get("tags", [])
        if "injected-parameters" in tags:
            cell.metadata["tags"] = ["remove-cell"]
        prompt = "Parameters" if "parameters" in tags else "Code"
        cell.metadata["mystnb"] = {"code_prompt_show": prompt, "code_prompt_hide": prompt}
        for output in cell.get("outputs", []):
            if plotting.MIME in output.get("data", {}):
                plate = next(execute.plates(nbformat.from_dict({"cells": [{"outputs": [output]}]})))
                output["data"] = {plotting.MIME: plate}
            output.get("data", {}).pop(ledger.MIME, None)
    if record["changed"]:
        notebook.cells.insert(_after_title(notebook), nbformat.v4.new_markdown_cell(_banner(record)))
    _app.env.metadata[name]["collapse"] = record
    return notebook


class PlateRenderer:
    """A figure on the page: inline SVG in the page's own ink, with caption, alternative text and downloads."""

    mime_priority_overrides: ClassVar[Any] = [("*", plotting.MIME, 1)]

    @staticmethod
    def handle_mime(renderer: NbElementRenderer, data: MimeData, inline: bool) -> list[nodes.Element] | None:
        """A figure node for a plate, None for anything else."""
        if data.mime_type != plotting.MIME or inline:
            return None
        plate: Any = data.content
        page = renderer.renderer
        holder = nodes.container(classes=["plate"])
        with (
            page.current_node_context(holder),
            create_figure_context(page, {"name": plate["name"], "caption": plate["caption"]}, data.line or 0),
        ):
            page.current_node.append(nodes.raw(text=inline_svg(plate), format="html"))
        holder.append(nodes.raw(text=_downloads(plate), format="html"))
        return [holder]


def inline_svg(plate: dict[str, Any]) -> str:
    """The figure's SVG for a page: it scales, takes the page's text colour, and says what it shows.

    Its ids get the figure's name in front, since a page holds several.
    """
    name = plate["name"]
    drawing = re.sub(r"^.*?(?=<svg)", "", plate["svg"], flags=re.DOTALL)
    drawing = re.sub(r"<metadata>.*?</metadata>", "", drawing, flags=re.DOTALL)
    drawing = re.sub(r'\bid="', f'id="{name}-', drawing)
    drawing = re.sub(r"url\(#", f"url(#{name}-", drawing)
    drawing = re.sub(r'href="#', f'href="#{name}-', drawing)
    drawing = drawing.replace(plotting.INK, "currentColor")
    drawing = re.sub(r' width="[\d.]+pt" height="[\d.]+pt"', "", drawing, count=1)
    return drawing.replace("<svg", f'<svg role="img" aria-label="{html.escape(plate["alt"])}"', 1)


class ParametersDirective(SphinxDirective):
    """What a reader may change in this chapter, and the command that does."""

    def run(self) -> list[nodes.Node]:
        """A table and a command."""
        chapter = source.find(self.env.docname)
        ran = self.env.metadata[self.env.docname].get("collapse", {}).get("parameters", {})
        rows = "".join(_parameter_row(p, ran.get(p.name, p.default)) for p in chapter.parameters)
        table = (
            '<table class="parameters"><thead><tr><th scope="col">Name</th><th scope="col">Meaning</th>'
            f'<th scope="col">Takes</th><th scope="col">Here</th></tr></thead><tbody>{rows}</tbody></table>'
        )
        command = nodes.literal_block("", _command(chapter), language="console")
        return [nodes.raw("", table, format="html"), command]


class VerdictsDirective(SphinxDirective):
    """Every claim with its verdict, from the last build."""

    def run(self) -> list[nodes.Node]:
        """The table, each claim linked to its chapter."""
        return [nodes.raw("", _ledger(self).html(link="{chapter}.html"), format="html")]


class VerdictSummaryDirective(SphinxDirective):
    """So many claims supported, so many not."""

    def run(self) -> list[nodes.Node]:
        """A line of chips, and the chapters' own counts."""
        ledger = _ledger(self)
        items = "".join(
            f"<li>{chip(kind)} <strong>{count}</strong></li>" for kind, count in ledger.counts().items()
        )
        return [nodes.raw("", f'<ul class="verdict-counts">{items}</ul>', format="html")]


def setup(app: Sphinx) -> dict[str, Any]:
    """Register everything; Sphinx calls this."""
    global _app
    _app = app
    app.add_config_value("collapse_executed", "", "env", [str])
    app.add_config_value("collapse_ledger", "", "env", [str])
    app.add_directive("parameters", ParametersDirective)
    app.add_directive("verdicts", VerdictsDirective)
    app.add_directive("verdict-summary", VerdictSummaryDirective)
    app.add_directive("paper-map", PaperMapDirective)
    app.connect("build-finished", _write_figures)
    return {"version": collapse_lib.__version__, "parallel_read_safe": False, "parallel_write_safe": True}


def _plain_page(text: str) -> nbformat.NotebookNode:
    """A page of text alone, as a notebook of one Markdown cell."""
    notebook = nbformat.v4.new_notebook()
    notebook.cells = [nbformat.v4.new_markdown_cell(text)]
    return notebook


def _after_title(notebook: nbformat.NotebookNode) -> int:
    """The index of the first cell after the one that holds the page's title."""
    return 1 + next(i for i, cell in enumerate(notebook.cells) if cell.source.lstrip().startswith("# "))


def _banner(record: dict[str, Any]) -> str:
    """What ran, where that is not the chapter's own default."""
    changed = ", ".join(f"`{name} = {value!r}`" for name, value in record["changed"].items())
    return (
        f":::{{admonition}} Other parameters than the book's own\n:class: note ran-with\n"
        f"This page was run with {changed} (preset `{record['preset']}`).\n:::"
    )


def _parameter_row(parameter: source.Parameter, value: Any) -> str:
    """One parameter as a table row."""
    default = (
        "" if value == parameter.default else f" <small>(default {html.escape(_shown(parameter.default))})</small>"
    )
    return (
        f'<tr><th scope="row"><code>{parameter.name}</code></th><td>{html.escape(parameter.meaning)}</td>'
        f"<td>{html.escape(parameter.accepts)}</td><td>{html.escape(_shown(value))}{default}</td></tr>"
    )


def _shown(value: Any) -> str:
    """A parameter's value as one would type it."""
    if isinstance(value, list):
        return ", ".join(map(str, value)) or "none"
    return str(value).lower() if isinstance(value, bool) else str(value)


def _command(chapter: source.Chapter) -> str:
    """A command that runs the chapter with its first parameter changed."""
    first = chapter.parameters[0]
    value = first.default // 2 if first.type == "int" else first.default
    return f"$ collapse run {chapter.slug} -p {first.name} {shlex.quote(_shown(value))}"


def _ledger(directive: SphinxDirective) -> Ledger:
    """The ledger of the last build."""
    path = Path(directive.config.collapse_ledger)
    if not path.is_file():
        raise ExtensionError("there are no verdicts yet; run `collapse build`, which makes them.")
    directive.env.note_dependency(str(path))
    return Ledger.from_records(json.loads(path.read_text(encoding="utf-8"))["claims"])


def _downloads(plate: dict[str, Any]) -> str:
    """Links to the figure as a file, under the figure."""
    assert _app is not None
    base = f"{FIGURES}/{_app.env.docname}/{plate['name']}"
    links = " · ".join(
        f'<a href="{base}.{kind}" download aria-label="{text} of figure {plate["name"]}">{text}</a>'
        for kind, text in (("csv", "data (CSV)"), ("svg", "SVG"), ("png", "PNG"))
    )
    return f'<p class="downloads">{links}</p>'


def _write_figures(app: Sphinx, failure: Exception | None) -> None:
    """The files behind those links."""
    if failure is not None or app.builder.format != "html":
        return
    for path in sorted(Path(app.config.collapse_executed).glob("*.ipynb")):
        if path.stem in app.env.found_docs:
            for plate in execute.plates(nbformat.read(path, as_version=4)):
                write_plate(plate, Path(app.outdir) / FIGURES / path.stem)


def write_plate(plate: dict[str, Any], folder: Path) -> None:
    """A figure as SVG, PNG and CSV in `folder`, under its name."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{plate['name']}.svg").write_text(plate["svg"], encoding="utf-8")
    (folder / f"{plate['name']}.csv").write_text(plate["csv"], encoding="utf-8")
    (folder / f"{plate['name']}.png").write_bytes(base64.b64decode(plate["png"]))
