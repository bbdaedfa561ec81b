"""What is folded on a page says what it hides, and what has an address has one: in the HTML, before any script.

myst-nb calls every fold "Toggle hidden content", and puts two paragraphs into a summary, which takes none.  Here a
fold of code is called after the figures that the code draws, or after its section, so that a screen reader's list
of folds tells them apart.  sphinx-proof gives a statement's id to its title too, and one id to the text of all.
"""

from __future__ import annotations

import collections
import html
from typing import Any

from docutils import nodes
from myst_nb.sphinx_ import HideCodeCellNode, depart_HideCellInput
from sphinx.application import Sphinx
from sphinx_proof.nodes import depart_unenumerable_node, unenumerable_node, visit_unenumerable_node


def setup(app: Sphinx) -> None:
    """Take the place of what draws folds and statements; both extensions are there already."""
    app.add_js_file("unfold.js", priority=810)
    app.add_node(HideCodeCellNode, override=True, html=(_open, depart_HideCellInput))
    app.add_node(unenumerable_node, override=True, html=(visit_unenumerable_node, _close_statement))
    app.connect("doctree-resolved", tell_apart)


def tell_apart(_app: Sphinx, page: nodes.document, _name: str) -> None:
    """Name each fold of a page, and take away the ids that are there twice; Sphinx calls this."""
    count: collections.Counter[str] = collections.Counter()
    for fold in page.findall(HideCodeCellNode):
        name = called(fold)
        count[name] += 1
        fold["called"] = name if count[name] == 1 else f"{name}, {count[name]}"
    for part in page.findall(nodes.section):
        if "proof-content" in part["ids"]:
            part["ids"].remove("proof-content")


def called(fold: nodes.Element) -> str:
    """What a fold hides: "Code of figure sigma", "Code in The exact law", or what its prompt says by itself."""
    prompt = str(fold["prompt_show"])
    if prompt == "Parameters":
        return prompt
    drawn = [str(holder["plate"]) for holder in fold.parent.findall(nodes.container) if "plate" in holder]
    if drawn:
        return f"{prompt} of figure{'s' * (len(drawn) > 1)} {' and '.join(drawn)}"
    place: Any = fold
    while place is not None and not isinstance(place, nodes.section):
        place = place.parent
    title = None if place is None else next(place.findall(nodes.title), None)
    return prompt if title is None else f"{prompt} in {title.astext()}"


def _open(self: Any, fold: nodes.Element) -> None:
    """The beginning of a fold, in elements that a summary may hold."""
    prompt, name = (html.escape(str(fold[key])) for key in ("prompt_show", "called"))
    self.body.append(
        f'<details class="admonition hide {" ".join(fold["classes"])}">\n'
        f'<summary aria-label="{name}"><span class="admonition-title">{prompt}</span></summary>\n'
    )


def _close_statement(self: Any, statement: nodes.Element) -> None:
    """The end of a statement without a number, whose id its title had for sphinx-proof to find it by."""
    depart_unenumerable_node(self, statement)
    title = f'<p class="admonition-title" id="{statement["ids"][0]}">'
    self.body[len(self.body) - 1 - self.body[::-1].index(title)] = '<p class="admonition-title">'
