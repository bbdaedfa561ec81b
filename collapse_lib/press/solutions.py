"""A chapter without its solutions: its text, and its executed notebook.

A solution stands between two marks, each a directive on lines of its own:

    ```{solution-start} fully-synthetic/corpus
    ```
    Prose, and code cells that run with the chapter.
    ```{solution-end}
    ```

What lies between is taken out of the *text*, before anything is made from it, so that nothing made from what is
left can show it.  Solutions come last: after the first of them no code cell stands outside solutions.  So all other
cells run to the same outputs without them, and the executed notebook of the whole chapter holds that of the rest.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator

import jupytext
import nbformat

from collapse_lib.errors import require

_MARK = re.compile(r"^(?P<fence>`{3,}|:{3,})\{solution-(?P<which>start|end)\}[ \t]*(?P<id>\S*)[ \t]*$")
_FENCE = re.compile(r"^\s*(`{3,}|~{3,})(.*)$")


def stripped(text: str, name: str) -> str:
    r"""`text` without its solutions; `name` is what a complaint calls it.

    Raises `InvalidInput` where a mark has no partner, or stands where it could not be one.

    >>> page = "Why?\n\n```{solution-start} a/b\n```\nBecause.\n\n```{solution-end}\n```\n\nNext.\n"
    >>> stripped(page, "page")
    'Why?\n\nNext.\n'
    """
    kept: list[str] = []
    inside = ""
    for which, id, lines in _pieces(text, name):  # noqa: A001
        if which == "start":
            require(not inside, f"{name}: the solution of {id} starts inside that of {inside}.")
            require(bool(id), f"{name}: a solution starts without the name of its exercise.")
            inside = id
        elif which == "end":
            require(bool(inside), f"{name}: a solution ends that has not started.")
            inside = ""
        elif not inside:
            after_blank = not kept or not kept[-1].strip()
            first = next((i for i, line in enumerate(lines) if line.strip()), len(lines))
            kept += lines[first:] if after_blank and kept else lines
    require(not inside, f"{name}: the solution of {inside} does not end.")
    rest = "".join(kept)
    require("{solution" not in rest, f"{name}: a mark of a solution is not at the beginning of a line of its own.")
    return rest


def ids(text: str, name: str) -> list[str]:
    """The exercises that have a solution in `text`, in order."""
    return [id for which, id, _ in _pieces(text, name) if which == "start"]  # noqa: A001


def without(notebook: nbformat.NotebookNode, text: str, slug: str) -> nbformat.NotebookNode:
    """The executed `notebook` of a chapter whose source is `text`, as if it had been run without its solutions.

    Its cells are those of the stripped text; the code cells among them are the first of `notebook`, with their
    outputs.  Raises `InvalidInput` where a code cell follows a solution.
    """
    cells = _cells(stripped(text, slug))
    _, _, before = next(_pieces(text, slug))
    require(
        _code_cells(cells) == _code_cells(_cells("".join(before))),
        f"{slug}: a code cell stands after a solution, which could change it; move it before the exercises.",
    )
    ran = iter(cell for cell in notebook.cells if cell.cell_type == "code")
    result = copy.deepcopy(notebook)
    result.cells = []
    for cell in cells:
        if cell.cell_type == "code":
            same = next(ran)
            if "injected-parameters" in same.metadata.get("tags", []):
                result.cells.append(copy.deepcopy(same))
                same = next(ran)
            assert same.source == cell.source
            cell = copy.deepcopy(same)
        result.cells.append(cell)
    for index, cell in enumerate(result.cells):
        cell["id"] = f"{slug}-{index}"
    return result


def _pieces(text: str, name: str) -> Iterator[tuple[str, str, list[str]]]:
    """The marks of a text, ("start" or "end", exercise, []), and the lines between them, ("", "", lines)."""
    lines = text.splitlines(keepends=True)
    plain: list[str] = []
    fence = ""
    place = 0
    while place < len(lines):
        line = lines[place]
        mark = None if fence else _MARK.match(line.rstrip("\n"))
        place += 1
        if mark is None:
            fence = _fence_after(fence, line)
            plain.append(line)
            continue
        yield "", "", plain
        plain = []
        closed = place < len(lines) and lines[place].strip() == mark["fence"]
        require(closed, f"{name}: the mark {line.strip()!r} is not closed on the next line.")
        place += 1
        yield mark["which"], mark["id"], []
    yield "", "", plain


def _fence_after(fence: str, line: str) -> str:
    """The fence of backticks that is open after `line`, given the one before it; "" where none is.

    What such a block holds is code; a directive with colons holds text.
    """
    found = _FENCE.match(line)
    if found is None:
        return fence
    if not fence:
        return found[1]
    return "" if found[1].startswith(fence) and not found[2].strip() else fence


def _cells(text: str) -> list[nbformat.NotebookNode]:
    """The cells of a text notebook."""
    return jupytext.reads(text, fmt="md:myst").cells


def _code_cells(cells: list[nbformat.NotebookNode]) -> int:
    """How many of the cells hold code."""
    return sum(cell.cell_type == "code" for cell in cells)
