"""The reference: what a package's modules say of themselves, by autodoc, and an inventory for other projects.

`{modules} NAME ...` puts modules on a page, a package with all that is in it.  Docstrings here are plain text: a
name between backticks is code, what is indented, in columns or prompts with `>>>` stands as it is, and all else is
prose whose signs mean nothing.  `as_rst` says so in reStructuredText, which is what autodoc reads.
"""

from __future__ import annotations

import importlib
import inspect
import itertools
import pkgutil
import re
from typing import Any, ClassVar

from docutils import nodes
from docutils.parsers.rst import directives
from docutils.statemachine import StringList
from sphinx.application import Sphinx
from sphinx.ext.autodoc.mock import mock
from sphinx.util.docutils import SphinxDirective

_SIGNS = re.compile(r"([\\*|_<>`])")


NOT_NEEDED = ["torch"]
"""What modules import that is not needed to read what they say; a book is built without it."""


class ModulesDirective(SphinxDirective):
    """Modules by their dotted names, each with its public members; `brief`, only what each says of itself.

    Of a package its modules too, unless it is to be `alone`.
    """

    required_arguments: ClassVar[int] = 1
    final_argument_whitespace: ClassVar[bool] = True
    option_spec: ClassVar[Any] = {"alone": directives.flag, "brief": directives.flag}

    def run(self) -> list[nodes.Node]:
        """A section for each module."""
        found = []
        named = self.arguments[0].split()
        for name in named if "alone" in self.options else itertools.chain(*map(within, named)):
            section = nodes.section(ids=[nodes.make_id(name)], names=[name])
            section += nodes.title(text=name.removeprefix("collapse_lib."))
            shown = [f".. automodule:: {name}"]
            if not {"alone", "brief"} & set(self.options):
                shown += ["   :members:", "   :member-order: bysource"]
                shown.append(f"   :exclude-members: {', '.join(borrowed(name))}")
            fenced = ["```{eval-rst}", *shown, "```"]
            self.state.nested_parse(StringList(fenced, self.env.docname), self.content_offset, section)
            found.append(section)
        return found


def within(name: str) -> list[str]:
    """What to show of a module: itself; of a package that does not say what is public in it, its modules too.

    >>> within("collapse_lib.evidence"), within("collapse_lib.theory")[:2]
    (['collapse_lib.evidence'], ['collapse_lib.theory', 'collapse_lib.theory.coalescent'])
    """
    module = importlib.import_module(name)
    public = [getattr(module, each) for each in getattr(module, "__all__", [])]
    if public and not all(map(inspect.ismodule, public)):
        return [name]
    found = sorted(pkgutil.iter_modules(getattr(module, "__path__", [])), key=lambda each: each.name)
    inside = [(f"{name}.{each.name}", each.ispkg) for each in found if not each.name.startswith("_")]
    return [name, *(each for sub, package in inside for each in (within(sub) if package else [sub]))]


def borrowed(name: str) -> list[str]:
    """What a module offers of another package, which is described there, and nowhere twice.

    >>> borrowed("collapse_lib.claims")
    ['Verdict']
    """
    with mock(NOT_NEEDED):
        module = importlib.import_module(name)
    offered = {each: getattr(getattr(module, each), "__module__", None) for each in getattr(module, "__all__", [])}
    return [each for each, home in offered.items() if home and home.startswith("collapse_lib") and name not in home]


def as_rst(docstring: list[str]) -> list[str]:
    r"""A docstring as reStructuredText.

    >>> as_rst(["The `sizes` of row_m, |x|:", "", "    n_t^(m)", "", "and *so* on."])
    ['The ``sizes`` of row\\_m, \\|x\\|:', '', '.. code-block:: text', '', '    n_t^(m)', '', 'and \\*so\\* on.']
    """
    lines: list[str] = []
    for block in re.split(r"\n\s*\n", "\n".join(docstring).strip("\n")):
        rows = block.splitlines()
        if not rows:
            continue
        if any(row.startswith((" ", "=", ">>>")) or re.search(r"\S {3,}\S", row) for row in rows):
            verbatim = (
                rows if all(row.startswith("    ") or not row for row in rows) else [f"    {r}" for r in rows]
            )
            language = "pycon" if ">>>" in block else "text"
            lines += [f".. code-block:: {language}", "", *verbatim, ""]
        else:
            lines += [_prose(row) for row in rows] + [""]
    return lines[:-1]


def _prose(row: str) -> str:
    """A line of prose, in which only backticks mean something."""
    pieces = re.split(r"`([^`]+)`", row)
    return "".join(f"``{piece}``" if i % 2 else _SIGNS.sub(r"\\\1", piece) for i, piece in enumerate(pieces))


def _process(_app: Sphinx, _what: str, _name: str, _obj: Any, _options: Any, lines: list[str]) -> None:
    """What autodoc calls with each docstring, to be changed in place."""
    lines[:] = as_rst(lines)


def setup(app: Sphinx) -> None:
    """Register the directive and the way of reading docstrings."""
    app.setup_extension("sphinx.ext.autodoc")
    app.add_directive("modules", ModulesDirective)
    app.connect("autodoc-process-docstring", _process)
    app.config.autodoc_typehints = "none"
    app.config.autodoc_mock_imports = NOT_NEEDED
    app.config.add_module_names = False
    app.config.html_domain_indices = ["prf-prf"]  # the theorems; modules have their pages
    app.config.toc_object_entries = False
    app.config.autodoc_preserve_defaults = True
    app.config.nitpick_ignore_regex = [("py:class", r"(?!collapse_lib\b).*")]  # what an alias stands for
