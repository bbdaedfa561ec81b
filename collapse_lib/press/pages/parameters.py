"""The directive `{parameters}`: what a reader may change in a chapter, and a form that writes the command.

The table says it all without a script.  With one, each row has a field, and `book/assets/parameters.js` writes the
command line for what stands in the fields; it reads a text as `Parameter.parse` does and refuses in the same words.
What it knows of the chapter stands as JSON in the page (`declaration`).
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from docutils import nodes
from markupsafe import Markup
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from collapse_lib.parameters import PRESETS, Parameter
from collapse_lib.press import provenance, templates, wording
from collapse_lib.press.book import Book
from collapse_lib.press.chapter import Chapter


class ParametersDirective(SphinxDirective):
    """What a reader may change in this chapter, and the command that does."""

    def run(self) -> list[nodes.Node]:
        """The card."""
        chapter = Book.here().chapter(self.env.docname)
        record = recorded(self.config.collapse_executed, self.env.docname)
        return [nodes.raw("", card(chapter, record), format="html")]


def setup(app: Sphinx) -> None:
    """Register the directive, and what its pages load."""
    app.add_directive("parameters", ParametersDirective)
    app.connect("html-page-context", load)


def load(app: Sphinx, _page: str, _template: str, context: dict[str, Any], _doctree: object) -> None:
    """Let the pages that need them load the form's script and the styles; Sphinx calls this."""
    body = context.get("body", "")
    if "parameter-card" in body:
        app.add_js_file("parameters.js")
    if "parameter-card" in body or 'class="ran ' in body:
        app.add_css_file("parameters.css")


def recorded(executed: str, slug: str) -> dict[str, Any]:
    """The record beside an executed notebook; empty where there is none."""
    path = Path(executed) / f"{slug}.json"
    return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}


def card(chapter: Chapter, record: Mapping[str, Any]) -> Markup:
    """The card in HTML: a table of the parameters, a field for each, the command, and what it may cost."""
    ran = record.get("parameters", {})
    rows = [_row(chapter, p, ran.get(p.name, p.default)) for p in chapter.parameters]
    values = json.dumps(declaration(chapter), ensure_ascii=False).replace("</", "<\\/")
    return templates.render(
        "parameters",
        slug=chapter.slug,
        declaration=Markup(values),
        presets=PRESETS,
        took=provenance.cost(record),
        rows=rows,
        example=rows[0],
    )


def declaration(chapter: Chapter) -> dict[str, Any]:
    """What the script has to know of a chapter, as plain values; parameters' values are texts, as typed."""
    return {
        "chapter": chapter.slug,
        "parameters": [
            {
                "name": p.name,
                "type": p.type,
                "accepts": p.accepts,
                "low": p.low if math.isfinite(p.low) else None,
                "high": p.high if math.isfinite(p.high) else None,
                "choices": list(p.choices),
                "empty": not p.default,
            }
            for p in chapter.parameters
        ],
        "presets": {
            preset: {name: wording.typed(value) for name, value in chapter.settings(preset, {}).items()}
            for preset in PRESETS
        },
    }


def takes(parameter: Parameter) -> str:
    """What a parameter takes, in fewer words than its refusals have.

    >>> takes(Parameter("n", "int", 50, "samples", 1, 5000)), takes(Parameter("name", "str", "", "a name"))
    ('whole number, 1 to 5,000', 'text')
    """
    if parameter.choices:
        return " or ".join(parameter.choices)
    return wording.grouped(
        parameter.accepts.removeprefix("a ")
        .replace(" separated by commas", ", separated by commas")
        .replace(" from ", ", ")
        .replace(" of at", ", at")
    )


def paper_value(chapter: Chapter, parameter: Parameter) -> str:
    """What the paper has for a parameter, to be read; a dash where it has or prints none."""
    return wording.read(chapter.paper_values[parameter.name]) if parameter.name in chapter.paper_values else "–"


def _row(chapter: Chapter, parameter: Parameter, ran: Any) -> dict[str, Any]:
    """One parameter, as the template takes it."""
    default, paper, here = wording.read(parameter.default), paper_value(chapter, parameter), wording.read(ran)
    kinds = {
        "Default": (default, ""),
        "Paper": (paper, "same" if paper in (default, "–") else ""),
        "Here": (here, "same" if here == default else "other"),
    }
    cells = [{"label": label, "text": _once(text, kind), "kind": kind} for label, (text, kind) in kinds.items()]
    return {
        "name": parameter.name,
        "meaning": parameter.meaning,
        "takes": takes(parameter),
        "cells": cells,
        "keypad": _keypad(parameter),
        "default": parameter.default,
        "typed": wording.typed(parameter.default),
        "choices": parameter.choices,
    }


def _once(text: str, kind: str) -> str:
    """A value, but for a long list that the cell before has already."""
    return "the same" if kind == "same" and len(text) > 16 else text


def _keypad(parameter: Parameter) -> str:
    """What a phone offers to type a value with."""
    if parameter.type == "bool":
        return "checkbox"
    if parameter.low < 0:  # a phone's keypad of digits has no minus
        return "text"
    return {"int": "numeric", "float": "decimal"}.get(parameter.type, "text")
