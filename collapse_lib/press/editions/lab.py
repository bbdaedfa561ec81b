"""A chapter in JupyterLab: a notebook with the parameters on top, and the program that opens it.

The notebook is the reader's own: once written to `runs/lab/<chapter>.ipynb` it is opened as the reader left it,
until `--fresh` starts again.

JupyterLab is an extra (`lab`) that the locked environment does without, since every kernel
starts about a second slower where it is installed; so one that is installed elsewhere will do as well: the kernel
`python3` that it is given is this interpreter, with this library.
"""

from __future__ import annotations

import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import nbformat

from collapse_lib import lifetime, records
from collapse_lib.errors import InvalidInput
from collapse_lib.press.chapter import Chapter
from collapse_lib.press.pages import myst_to_markdown

FOLDER = Path("runs") / "lab"
"""Where the notebooks are written, below the folder that the command runs in."""

INVITATION = "# Change what you like, then choose Run > Run All Cells."


def notebook(chapter: Chapter, parameters: Mapping[str, Any]) -> nbformat.NotebookNode:
    """The chapter without outputs, its first cell declaring these parameters (all of them given)."""
    found = chapter.notebook()
    [declaring] = [cell for cell in found.cells if "parameters" in cell.metadata.get("tags", [])]
    found.cells.remove(declaring)
    declaring.source = f"{INVITATION}\n{declared(declaring.source, parameters)}"
    myst_to_markdown.rewrite(found, chapter.path.parent / "references.bib", numbers={})
    found.cells.insert(0, declaring)
    found.metadata.pop("jupytext", None)
    found.metadata.pop("collapse", None)
    return found


def declared(lines: str, parameters: Mapping[str, Any]) -> str:
    """The lines of a parameters cell with these values in place of the defaults.

    >>> declared("n: int = 50  # samples [1..5000]", {"n": 25})
    'n: int = 25  # samples [1..5000]'
    """

    def line(found: re.Match[str]) -> str:
        return f"{found['name']}{found['type']}{parameters[found['name']]!r}  # "

    return re.sub(r"^(?P<name>\w+)(?P<type>: [\w\[\]]+ = ).+?  # ", line, lines, flags=re.MULTILINE)


def written(chapter: Chapter, parameters: Mapping[str, Any], *, changed: bool, fresh: bool) -> tuple[Path, bool]:
    """The reader's notebook of the chapter, and whether it was there before and is kept.

    Raises `InvalidInput` where parameters were asked for (`changed`) that a notebook which is kept would not have.
    """
    path = FOLDER / f"{chapter.slug}.ipynb"
    if path.exists() and not fresh:
        if changed:
            raise InvalidInput(
                f"{path} is there from an earlier time and would not get these parameters; change its first cell, "
                "or add --fresh to write it again without your changes."
            )
        return path, True
    records.write(path, nbformat.writes(notebook(chapter, parameters)) + "\n")
    return path, False


def command() -> list[str]:
    """The command that starts JupyterLab, this environment's or the one on the PATH, or `InvalidInput`."""
    if importlib.util.find_spec("jupyterlab") is not None:
        return [sys.executable, "-m", "jupyterlab"]
    if program := shutil.which("jupyter-lab"):
        return [program]
    pip = f"{Path(sys.executable)} -m pip install jupyterlab"
    raise InvalidInput(
        f"JupyterLab is not installed; the extra `lab` names it, and it is installed by `{pip}`, or in an "
        "environment of its own by `uv tool install jupyterlab` or `pipx install jupyterlab`."
    )


def start(path: Path, options: Sequence[str]) -> int:
    """JupyterLab on that notebook until it is stopped; its exit status.

    An interrupt is JupyterLab's to answer (it asks before it stops), so this process only waits; SIGTERM, which
    this process alone hears, is passed on.
    """
    kernels = _kernels()
    others = os.environ.get("JUPYTER_PATH")
    environment = {**os.environ, "JUPYTER_PATH": os.pathsep.join([str(kernels), *([others] if others else [])])}
    with subprocess.Popen([*command(), str(path), *options], env=environment) as process:
        while True:
            try:
                return process.wait()
            except lifetime.Terminated:
                process.terminate()
            except KeyboardInterrupt:
                pass


def _kernels() -> Path:
    """A folder for JUPYTER_PATH in which the kernel `python3` is this interpreter."""
    folder = (FOLDER / ".jupyter").resolve()
    description = {
        "argv": [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"],
        "display_name": "Python 3",
        "language": "python",
    }
    records.write(folder / "kernels" / "python3" / "kernel.json", json.dumps(description, indent=1) + "\n")
    return folder
