"""Figures on the pages: inline SVG in the page's own ink, with caption, alternative text and files to download."""

from __future__ import annotations

import base64
import html
import re
from pathlib import Path
from typing import Any, ClassVar

import nbformat
from docutils import nodes
from myst_nb.core.render import MimeData, NbElementRenderer, create_figure_context
from sphinx.application import Sphinx

from collapse_lib import plotting
from collapse_lib.chapters import execute

FOLDER = "_figures"
"""Folder of the site that holds each figure as SVG, PNG and CSV."""


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
        holder.append(nodes.raw(text=_downloads(plate, page.sphinx_env.docname), format="html"))
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


def write_all(app: Sphinx, failure: Exception | None) -> None:
    """The files behind the links, once the pages are there; Sphinx calls this."""
    if failure is not None or app.builder.format != "html":
        return
    for path in sorted(Path(app.config.collapse_executed).glob("*.ipynb")):
        if path.stem in app.env.found_docs:
            for plate in execute.plates(nbformat.read(path, as_version=4)):
                write_plate(plate, Path(app.outdir) / FOLDER / path.stem)


def write_plate(plate: dict[str, Any], folder: Path) -> None:
    """A figure as SVG, PNG and CSV in `folder`, under its name."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{plate['name']}.svg").write_text(plate["svg"], encoding="utf-8")
    (folder / f"{plate['name']}.csv").write_text(plate["csv"], encoding="utf-8")
    (folder / f"{plate['name']}.png").write_bytes(base64.b64decode(plate["png"]))


def _downloads(plate: dict[str, Any], page: str) -> str:
    """Links to the figure as a file, under the figure."""
    base = f"{FOLDER}/{page}/{plate['name']}"
    links = " · ".join(
        f'<a href="{base}.{kind}" download aria-label="{text} of figure {plate["name"]}">{text}</a>'
        for kind, text in (("csv", "data (CSV)"), ("svg", "SVG"), ("png", "PNG"))
    )
    return f'<p class="downloads">{links}</p>'
