"""A chapter's Markdown for viewers that know no MyST, such as Jupyter: directives and roles as plain Markdown.

A directive with text in it becomes a paragraph with its kind in bold; one that only the site can fill (a table
of parameters, a bibliography) is left out.  `{glue:text}` becomes its number where there is one, and else the
number's name; a citation its author and year; any other role its words; a link to another page of the book its
words, or a link to the site where that has an address.
"""

from __future__ import annotations

import functools
import itertools
import re
from collections.abc import Mapping
from pathlib import Path

import nbformat

from collapse_lib import exercises

_FENCE = re.compile(r"^(?P<marks>`{3,}|:{3,})(?:\{(?P<name>[\w:+-]+)\}(?P<title>[^\n]*)|(?P<language>[^\n]*))$")
_ROLE = re.compile(r"\{(?P<role>[\w:+-]+)\}(?P<ticks>`+)(?P<words>.+?)(?P=ticks)", re.DOTALL)
_PAGE = re.compile(r"\[(?P<words>(?:[^\[\]\n]|\n(?!\n))*)\]\((?P<target>(?!\w+://)[^()\s]*)\)")

KINDS = {"code-block": "", "math": "", "glossary": "", "figure": "", "dropdown": "", "margin": ""}
"""Directives whose kind is not worth a word."""


def markdown(text: str, *, numbers: Mapping[str, str], citations: Mapping[str, str], site: str = "") -> str:
    r"""The text of a Markdown cell without MyST; `site` is the address that pages of the book are below.

    >>> cited = {"a2024": "A and B (2024)"}
    >>> text = "So {cite:t}`a2024` find {glue:text}`x:s` {term}`tokens <token>`."
    >>> markdown(text, numbers={"x": "7"}, citations=cited)
    'So A and B (2024) find 7 tokens.'
    >>> print(markdown(":::{prf:theorem} ours\n:label: t\n\n$x = 1$.\n:::", numbers={}, citations={}))
    **Theorem (ours).**
    <BLANKLINE>
    $x = 1$.
    """
    lines: list[str] = []
    code: set[int] = set()  # the lines that are shown as they stand
    open_fences: list[tuple[str, str]] = []  # the marks of each fence that is open, and what becomes of its inside
    for line in text.splitlines():
        inside = open_fences[-1][1] if open_fences else "shown"
        fence = _FENCE.match(line.strip())
        if open_fences and line.strip() == open_fences[-1][0]:
            open_fences.pop()
            if inside == "code":
                code.add(len(lines))
                lines.append(line)
        elif fence is not None and inside in ("shown", "options") and (fence["name"] or fence["language"]):
            kind = _inside(fence)
            open_fences.append((fence["marks"], kind))
            if kind == "code":
                code.add(len(lines))
                lines.append(line if fence["language"] else fence["marks"])
            elif kind == "options":
                lines.append(_heading(fence["name"], fence["title"].strip()))
        elif inside == "options" and re.match(r":[\w-]+:", line.strip()):
            continue
        elif inside == "code":
            code.add(len(lines))
            lines.append(line)
        elif inside != "dropped":
            if inside == "options":
                open_fences[-1] = (open_fences[-1][0], "shown")
                if line.strip() and lines[-1]:
                    lines.append("")
            lines.append(line)
    link = functools.partial(_link, site=site)
    words = functools.partial(_words, numbers=numbers, citations=citations)
    parts = []
    for is_code, numbered in itertools.groupby(enumerate(lines), key=lambda entry: entry[0] in code):
        part = "\n".join(line for _, line in numbered)
        parts.append(part if is_code else re.sub(r"\n{3,}", "\n\n", _ROLE.sub(words, _PAGE.sub(link, part))))
    return "\n".join(parts).strip("\n")


def rewrite(
    notebook: nbformat.NotebookNode, bibliography: Path, *, numbers: Mapping[str, str], site: str = ""
) -> None:
    """Rewrite the Markdown cells of a notebook in place; cells and a last heading with nothing left go."""
    cited = citations(bibliography) if bibliography.is_file() else {}
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            cell.source = markdown(cell.source, numbers=numbers, citations=cited, site=site)
    last = notebook.cells[-1]
    if last.cell_type == "markdown":
        last.source = re.sub(r"(^|\n+)#+ [^\n]*$", "", last.source)
    notebook.cells = [cell for cell in notebook.cells if cell.cell_type != "markdown" or cell.source]


def citations(bibliography: Path) -> dict[str, str]:
    """Every entry of a BibTeX file by its key, as "Author and Author (year)"."""
    from pybtex.database import parse_file

    found = {}
    for key, entry in parse_file(str(bibliography)).entries.items():
        names = [" ".join(person.last_names).strip("{}") for person in entry.persons.get("author", [])]
        authors = f"{names[0]} et al." if len(names) > 2 else " and ".join(names)
        found[key] = f"{authors} ({entry.fields.get('year', 'no year')})"
    return found


def _inside(fence: re.Match[str]) -> str:
    """What becomes of the lines in a fence: code stays, a directive's text is shown, another's is dropped."""
    name = fence["name"]
    if name is None or name in ("code", "code-block"):
        return "code"
    return "options" if fence["marks"].startswith(":") or name in ("note", "glossary", "dropdown") else "dropped"


def _heading(name: str, title: str) -> str:
    """The line that opens a directive: its kind, with its title in brackets."""
    if name == "exercise":
        found = exercises.find(title)
        call = f'cl.exercises.check("{found.id}", answer)'
        return f"**Exercise ({found.title}; {found.level}).** To check an answer: `{call}`"
    if name == "solution-start":
        return f"**Solution ({exercises.find(title).title}).**"
    if name == "solution-end":
        return ""
    kind = KINDS.get(name, name.rpartition(":")[2].replace("-", " ").capitalize())
    if name == "admonition":
        kind, title = title, ""
    told = f"{kind} ({title})" if kind and title else kind or title
    return f"**{told}.**" if told else ""


def _words(role: re.Match[str], *, numbers: Mapping[str, str], citations: Mapping[str, str]) -> str:
    """What a role says in plain Markdown."""
    words = " ".join(role["words"].split())
    if role["role"].startswith("glue"):
        name = re.sub(r"^.*::", "", words).partition(":")[0]
        return numbers.get(name, f"`{name}`")
    if role["role"].startswith("cite"):
        found = [citations.get(key.strip(), key.strip()) for key in words.split(",")]
        return "; ".join(found) if role["role"].endswith(":t") else f"[{'; '.join(found)}]"
    if role["role"] == "math":
        return f"${words}$"
    return re.sub(r"\s*<[^<>]*>$", "", words)


def _link(link: re.Match[str], *, site: str) -> str:
    """A link to a page of the book: to the site, if it has an address, or the words alone."""
    page = re.sub(r"\.md(?=#|$)", ".html", link["target"])
    return f"[{link['words']}]({site.rstrip('/')}/{page})" if site and ".html" in page else link["words"]
