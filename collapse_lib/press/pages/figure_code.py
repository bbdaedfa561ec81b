"""The code that drew a figure: its lines in the chapter's source, and a script that draws the figure by itself.

A figure is the output of one code cell.  That cell stands at some lines of `book/<slug>.md`, and it needs the code
cells above it and the parameters that the page ran with: put together, they are a program, and its last line saves
the figure.  With the same library the program writes the same bytes as the page shows.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import nbformat
from jupytext.myst import myst_to_notebook

import collapse_lib
from collapse_lib import plotting


@dataclass(frozen=True)
class Code:
    """The code of a figure: its first and last line in the source, counted from 1, and the script that draws it.

    The script is None where the cell does not end in the figure, so that there is no last line to save it.
    """

    lines: tuple[int, int]
    script: str | None


def of_figures(notebook: nbformat.NotebookNode, text: str) -> dict[str, Code]:
    """The code of each figure of an executed chapter, whose source is `text`, by the figure's name."""
    title = next(line[2:] for line in text.splitlines() if line.startswith("# ")).strip()
    places = iter(cell_lines(text))
    found: dict[str, Code] = {}
    code: list[str] = []
    for cell in notebook.cells:
        if cell.cell_type != "code":
            continue
        if "injected-parameters" in cell.metadata.get("tags", []):  # by papermill; it stands nowhere in the source
            code.append(cell.source.replace("# Parameters", "# What the page ran with", 1).strip())
            continue
        code.append(cell.source)
        place = next(places)
        names = list(_shown(cell))
        for name in names:
            found[name] = Code(place, script(code, name, title) if len(names) == 1 else None)
    return found


def cell_lines(text: str) -> list[tuple[int, int]]:
    r"""First and last line, counted from 1, of the code of each cell in a chapter's source; options are no code.

    >>> cell_lines("# Title\n\n```{code-cell}\n:tags: [hide-input]\n\nx = 1\ny = 2\n```\n")
    [(6, 7)]
    """
    notebook = myst_to_notebook(text, add_source_map=True)
    lines = text.splitlines()
    found = []
    for cell, inside in zip(notebook.cells, notebook.metadata["source_map"], strict=True):
        if cell.cell_type == "code":
            code = cell.source.splitlines()
            first = next(i for i in range(inside, len(lines)) if lines[i : i + len(code)] == code)
            found.append((first + 1, first + len(code)))
    return found


def script(code: Sequence[str], name: str, title: str) -> str | None:
    r"""A program that draws the figure `name`: the cells of a chapter up to the one that ends in its plate.

    >>> print("\n".join(script(["n = 3", "ax = draw(n)\nPlate(ax)"], "three", "Numbers").splitlines()[6:]))
    from pathlib import Path
    <BLANKLINE>
    n = 3
    <BLANKLINE>
    ax = draw(n)
    plate = Plate(ax)
    <BLANKLINE>
    Path("three.svg").write_text(plate.svg(), encoding="utf-8")
    """
    *before, last = code
    line = _last_expression(last)
    if line is None:
        return None
    lines = last.splitlines()
    lines[line - 1] = "plate = " + lines[line - 1]
    return "\n\n".join(
        [
            f'"""Draws the figure "{name}" of the chapter "{title}" and saves it as {name}.svg.\n\n'
            "It is the code of the chapter up to the figure, with the parameters of the page, and needs\n"
            f'collapse_lib {collapse_lib.__version__} with its extra "book".\n"""',
            "from pathlib import Path",
            *(source for source in before if source.strip()),
            "\n".join(lines),
            f'Path("{name}.svg").write_text(plate.svg(), encoding="utf-8")\n',
        ]
    )


def _last_expression(code: str) -> int | None:
    """The line, from 1, on which the expression begins that is the last statement; None where there is none."""
    try:
        *_, last = ast.parse(code).body
    except (SyntaxError, ValueError):  # a line for the notebook, such as %timeit, or nothing at all
        return None
    return last.lineno if isinstance(last, ast.Expr) and last.col_offset == 0 else None


def _shown(cell: nbformat.NotebookNode) -> Iterator[str]:
    """The names of the figures in a cell's output."""
    for output in cell.get("outputs", []):
        if plate := output.get("data", {}).get(plotting.MIME):
            yield plate["name"]
