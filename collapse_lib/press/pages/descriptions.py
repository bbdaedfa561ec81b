"""What a page is about, in a sentence or two, for search engines and for those who share its address.

Formulas do not read in a line of plain text, so a sentence that needs one is left out.
"""

from __future__ import annotations

import html
import re
from collections.abc import Set
from typing import Any

import sphinxext.opengraph
from docutils import nodes
from sphinx.application import Sphinx

ENOUGH = 60
"""Characters that say something; after fewer, the next sentence is begun even if it has to be cut."""


def description(page: nodes.document, length: int, known_titles: Set[str] = frozenset()) -> str:  # noqa: ARG001
    """The first sentences of a page that are words alone, as many as fit; as HTML text."""
    paragraphs = [node for node in page.findall(nodes.paragraph) if isinstance(node.parent, nodes.section)]
    told = ""
    for sentence in sentences(" ".join(" ".join(node.astext().split()) for node in paragraphs)):
        if len(told) > ENOUGH and len(told) + 1 + len(sentence) > length:
            break
        told = f"{told} {sentence}".strip()
    if not told:
        title = next(page.findall(nodes.title), None)
        told = f"{title.astext()} of this reproducible companion of a paper." if title is not None else ""
    return html.escape(told if len(told) <= length else told[: length - 1].rsplit(" ", 1)[0] + "…")


def sentences(text: str) -> list[str]:
    r"""The sentences of a text that hold no mathematics.

    >>> sentences(r"Seddik et al. [2024] say so. Then \sigma_m falls. Does p^{(m)} stay? It does not.")
    ['Seddik et al. [2024] say so.', 'It does not.']
    """
    found = re.split(r"(?<=[.?!])\s+(?=[A-Z])", text)
    return [sentence for sentence in found if sentence and not re.search(r"[\\{}^_$]", sentence)]


def setup(_app: Sphinx) -> None:
    """Let sphinxext.opengraph, which writes the tags and the cards, describe a page in this way."""
    opengraph: Any = sphinxext.opengraph
    opengraph.get_description = description
