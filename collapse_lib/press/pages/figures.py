"""Figures on the pages: inline SVG in the page's own ink, with caption, alternative text, files and code.

Under a figure stands one quiet line of links: its numbers, the drawing in two formats, the code that drew it (the
folded cell above it, which the link unfolds), the same code as a script, and the lines in the repository.
"""

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
from sphinx.environment import BuildEnvironment

from collapse_lib import plotting
from collapse_lib.press.executed import plates
from collapse_lib.press.pages import figure_code
from collapse_lib.press.pages.drawing import slim

FOLDER = "_figures"
"""Folder of the site that holds each figure as SVG, PNG and CSV, and the script that draws it."""


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
        holder = nodes.container(classes=["plate"], plate=plate["name"])
        with (
            page.current_node_context(holder),
            create_figure_context(page, {"name": plate["name"], "caption": plate["caption"]}, data.line or 0),
        ):
            page.current_node.append(nodes.raw(text=inline_svg(plate), format="html"))
        holder.append(nodes.raw(text=_links(plate, page.sphinx_env), format="html"))
        return [holder]


def inline_svg(plate: dict[str, Any]) -> str:
    """The figure's SVG for a page: it scales, takes the page's text colour, and says what it shows."""
    drawing = slim(plate["svg"], plate["name"]).replace(plotting.INK, "currentColor")
    drawing = re.sub(r' width="[\d.]+pt" height="[\d.]+pt"', "", drawing, count=1)
    return drawing.replace("<svg", f'<svg role="img" aria-label="{html.escape(plate["alt"])}"', 1)


def setup(app: Sphinx) -> None:
    """Give figures their addresses and files; myst-nb finds what draws them by an entry point."""
    app.add_config_value("collapse_source", "", "env", [str])
    app.connect("doctree-read", anchor_code)
    app.connect("build-finished", write_all)


def anchor_code(app: Sphinx, document: nodes.document) -> None:  # noqa: ARG001
    """Give the code of each figure an address of its own, `#<name>-code`; Sphinx calls this with each page.

    The address is inside the fold, so that a browser opens the fold to show it.
    """
    for holder in document.findall(nodes.container):
        if "plate" in holder:
            cell = holder.parent
            while cell is not None and cell.get("nb_element") != "cell_code":
                cell = cell.parent
            if cell is not None and cell[0].get("nb_element") == "cell_code_source":
                cell[0]["ids"].append(anchor(holder["plate"]))


def anchor(name: str) -> str:
    """The address, on the page, of the code that drew a figure."""
    return f"{name}-code"


def write_all(app: Sphinx, failure: Exception | None) -> None:
    """The files behind the links, once the pages are there; Sphinx calls this."""
    if failure is not None or app.builder.format != "html":
        return
    for path in sorted(Path(app.config.collapse_executed).glob("*.ipynb")):
        if path.stem in app.env.found_docs:
            text = Path(app.env.doc2path(path.stem)).read_text(encoding="utf-8")
            write(nbformat.read(path, as_version=4), text, Path(app.outdir) / FOLDER / path.stem)


def write(notebook: nbformat.NotebookNode, text: str, folder: Path) -> None:
    """Every figure of an executed chapter, whose source is `text`: SVG, PNG, CSV and script, under its name."""
    code = figure_code.of_figures(notebook, text)
    for plate in plates(notebook):
        write_plate(plate, folder)
        if (script := code[plate["name"]].script) is not None:
            (folder / f"{plate['name']}.py").write_text(script, encoding="utf-8")


def write_plate(plate: dict[str, Any], folder: Path) -> None:
    """A figure as SVG, PNG and CSV in `folder`, under its name."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{plate['name']}.svg").write_text(plate["svg"], encoding="utf-8")
    (folder / f"{plate['name']}.csv").write_text(plate["csv"], encoding="utf-8")
    (folder / f"{plate['name']}.png").write_bytes(base64.b64decode(plate["png"]))


def _links(plate: dict[str, Any], env: BuildEnvironment) -> str:
    """The line under a figure; each link says in full, to a screen reader, what it leads to."""
    name, file = plate["name"], f"{FOLDER}/{env.docname}/{plate['name']}"
    links = [
        _link(f"{file}.csv", "CSV", f"the numbers behind figure {name}", download=True),
        _link(f"{file}.svg", "SVG", f"figure {name}", download=True),
        _link(f"{file}.png", "PNG", f"figure {name}", download=True),
    ]
    code: Any = plate.get("code", {})
    if code.get("shown"):
        links.append(_link(f"#{anchor(name)}", "code", f"the cell on this page that draws figure {name}"))
    if code.get("script"):
        links.append(_link(f"{file}.py", "script", f"a program that draws figure {name} by itself", download=True))
    if code and (address := env.config.collapse_source):
        first, last = code["lines"]
        place = address.format(page=env.docname, first=first, last=last)
        links.append(_link(place, "source", f"lines {first} to {last} in the repository draw figure {name}"))
    return f'<p class="downloads">{" · ".join(links)}</p>'


def _link(address: str, text: str, meaning: str, *, download: bool = False) -> str:
    """One of the links under a figure."""
    kind = " download" if download else ""
    return f'<a href="{html.escape(address)}"{kind} aria-label="{text}: {html.escape(meaning)}">{text}</a>'
