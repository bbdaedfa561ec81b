"""The directive `{parameters}`: what a reader may change in a chapter, and a form that writes the command.

The table says it all without a script.  With one, each row has a field, and `book/assets/parameters.js` writes the
command line for what stands in the fields; it reads a text as `Parameter.parse` does and refuses in the same words.
What it knows of the chapter stands as JSON in the page (`declaration`).
"""

from __future__ import annotations

import html
import json
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from collapse_lib.parameters import PRESETS, Parameter
from collapse_lib.press import provenance, wording
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


def card(chapter: Chapter, record: Mapping[str, Any]) -> str:
    """The card in HTML: a table of the parameters, a field for each, the command, and what it may cost."""
    ran = {p.name: record.get("parameters", {}).get(p.name, p.default) for p in chapter.parameters}
    values = json.dumps(declaration(chapter), ensure_ascii=False).replace("</", "<\\/")
    rows = "\n".join(_row(chapter, p, ran[p.name]) for p in chapter.parameters)
    presets = "".join(
        f'<option value="{name}"{" selected" if name == "paper" else ""}>{name}</option>' for name in PRESETS
    )
    example = chapter.parameters[0]
    took = provenance.cost(record)
    cost = f"What stands under “Here” took {took}." if took else ""
    return f"""
<form class="parameter-card" aria-label="Parameters of this chapter" autocomplete="off">
<script type="application/json">{values}</script>
<p class="start"><span class="yours"><label for="{chapter.slug}-preset">Preset</label>
<select id="{chapter.slug}-preset" name="preset">{presets}</select></span> <span class="cost">{cost}</span></p>
<table class="parameters"><thead><tr><th scope="col">Parameter</th><th scope="col">Default</th>
<th scope="col">Paper</th><th scope="col">Here</th><th scope="col" class="yours">Yours</th></tr></thead>
<tbody>
{rows}
</tbody></table>
<div class="command">
<pre><code>collapse run {chapter.slug}</code></pre>
<p class="buttons yours"><button type="button" class="copy">Copy</button> <button type="reset">Reset</button>
<span class="answer" role="status" id="{chapter.slug}-answer"></span></p>
</div>
<p class="hint">The command runs in a clone of the repository and leaves a folder of results. Whether the values go
together, only the run itself can tell. <code>collapse lab {chapter.slug}</code> opens the chapter in JupyterLab.
<span class="without-script">To change a parameter, add its name and a value, such as
<code>-p {example.name} {html.escape(wording.typed(example.default))}</code>.</span></p>
</form>"""


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


def _row(chapter: Chapter, parameter: Parameter, ran: Any) -> str:
    """One parameter as a table row, with its field."""
    name, default = parameter.name, wording.read(parameter.default)
    paper, here = paper_value(chapter, parameter), wording.read(ran)
    cells = {
        "Default": (default, ""),
        "Paper": (paper, "same" if paper in (default, "–") else ""),
        "Here": (here, "same" if here == default else "other"),
    }
    values = "".join(
        f'<td data-label="{label}"{f" class={kind}" if kind else ""}>{html.escape(_once(text, kind))}</td>'
        for label, (text, kind) in cells.items()
    )
    return (
        f'<tr><th scope="row"><label for="{chapter.slug}-parameter-{name}"><code>{name}</code></label> '
        f'<span class="meaning">{html.escape(parameter.meaning)}</span> '
        f'<span class="takes" id="{chapter.slug}-takes-{name}">{html.escape(takes(parameter))}</span></th>{values}'
        f'<td class="yours">{_field(chapter, parameter)}</td></tr>'
    )


def _once(text: str, kind: str) -> str:
    """A value, but for a long list that the cell before has already."""
    return "the same" if kind == "same" and len(text) > 16 else text


def _field(chapter: Chapter, parameter: Parameter) -> str:
    """The field in which a reader types a value; what it takes stands in the row's first cell."""
    takes = f"{chapter.slug}-takes-{parameter.name}"
    shared = (
        f'id="{chapter.slug}-parameter-{parameter.name}" name="parameter-{parameter.name}" data-takes="{takes}" '
        f'aria-describedby="{takes}"'
    )
    default = wording.typed(parameter.default)
    if parameter.type == "bool":
        return f'<input type="checkbox" {shared}{" checked" if parameter.default else ""}>'
    if parameter.choices:
        options = "".join(
            f"<option{' selected' if choice == parameter.default else ''}>{html.escape(choice)}</option>"
            for choice in parameter.choices
        )
        return f"<select {shared}>{options}</select>"
    keys = {"int": "numeric", "float": "decimal"}.get(parameter.type, "text")
    if parameter.low < 0 or keys == "text":  # a phone's keypad of digits has no minus
        keys = "text"
    return (
        f'<input type="text" {shared} value="{html.escape(default)}" inputmode="{keys}" spellcheck="false"'
        ' autocapitalize="off" autocomplete="off">'
    )
