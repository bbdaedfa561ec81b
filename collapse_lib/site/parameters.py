"""The directive `{parameters}`: what a reader may change in a chapter, what ran, and the command to copy."""

from __future__ import annotations

import html
import shlex
from typing import Any

from docutils import nodes
from sphinx.util.docutils import SphinxDirective

from collapse_lib.chapters import source


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
