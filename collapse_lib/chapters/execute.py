"""One run of a chapter by papermill, and what it leaves behind.

The executed notebook is a value: the same parameters give the same bytes (timings and papermill's own metadata
are dropped).  Its metadata under `collapse` says what ran.  What a run cost differs from run to run, so it stands
beside the notebook, in the record of an `Executed`: `seconds` of wall time, `memory`, the kernel's peak in bytes
(None where the platform does not tell), and `started`, the moment it began, UTC, in ISO 8601.  A cell that asks for
the peak of memory is put at the end, and taken away again.
"""

from __future__ import annotations

import contextlib
import logging
import time
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import nbformat

from collapse_lib import lifetime
from collapse_lib.chapters.executed import Executed
from collapse_lib.chapters.source import Chapter
from collapse_lib.errors import InvalidInput
from collapse_lib.records import digest

PEAK = "__import__('collapse_lib.records', fromlist=['records']).peak_memory()"
"""The last cell of every run, which is not the chapter's."""


class ChapterFailed(Exception):
    """A chapter stopped inside; the executed notebook holds the error in place."""

    def __init__(self, chapter: Chapter, notebook: nbformat.NotebookNode, cell: int, error: str) -> None:
        self.chapter, self.notebook, self.cell, self.error = chapter, notebook, cell, error
        super().__init__(f"{chapter.slug} failed in cell {cell}: {error}")


def execute(
    chapter: Chapter,
    parameters: Mapping[str, Any],
    *,
    preset: str,
    progress: bool = False,
    one_of_many: bool = False,
) -> Executed:
    """Run every cell with these parameters (all of them given).

    Where it is one of many, its kernel is forked from a process that all of them share (see `kernels`).

    Raises `InvalidInput` where the library refused one of the parameters, `ChapterFailed` where a cell failed,
    `kernels.Stopped` where the kernels were told to end.
    """
    with _quiet():
        import papermill
        from nbclient.exceptions import CellTimeoutError, DeadKernelError
        from traitlets.config import Config

        from collapse_lib.chapters import kernels
    kernels.start_by(kernels.FORK if one_of_many else kernels.LAUNCH)
    changed = {p.name: parameters[p.name] for p in chapter.parameters if parameters[p.name] != p.default}
    moment, clock = datetime.now(UTC).isoformat(timespec="seconds"), time.perf_counter()
    with lifetime.scratch() as folder, _quiet():
        source, target = Path(folder) / "source.ipynb", Path(folder) / f"{chapter.slug}.ipynb"
        planned = chapter.notebook()
        planned.cells.append(nbformat.v4.new_code_cell(PEAK))
        nbformat.write(planned, source)
        failure: InvalidInput | ChapterFailed | None = None

        def run(*, saving: bool) -> None:
            papermill.execute_notebook(
                source,
                target,
                parameters=changed,
                progress_bar=progress,
                request_save_on_cell_execute=saving,
                shutdown_kernel="immediate",
                config=Config({"KernelManager": {"transport": "ipc", "ip": f"{folder}/k"}}),
            )

        try:
            try:  # saving after every cell costs a tenth of the time, and matters only where a kernel dies
                run(saving=False)
            except DeadKernelError:
                if kernels.stopped():
                    raise kernels.Stopped from None
                run(saving=True)
        except papermill.PapermillExecutionError as error:
            if error.ename == InvalidInput.__name__:
                failure = InvalidInput(f"{chapter.slug} cannot run with these parameters: {error.evalue}")
            else:
                failure = _failed(chapter, target, f"{error.ename}: {error.evalue}")
        except (DeadKernelError, CellTimeoutError) as error:
            failure = _failed(chapter, target, f"{type(error).__name__}: {error}")
        if failure is not None:
            raise failure
        notebook = nbformat.read(target, as_version=4)
    seconds = time.perf_counter() - clock
    memory = _peak(notebook)
    _clean(notebook, chapter)
    notebook.metadata["collapse"] = {
        "source": digest(chapter.text),
        "preset": preset,
        "parameters": dict(parameters),
        "changed": changed,
    }
    return Executed(
        chapter.slug,
        notebook,
        {
            "preset": preset,
            "parameters": dict(parameters),
            "seed": parameters.get("seed"),
            "seconds": round(seconds, 2),
            "memory": memory,
            "started": moment,
        },
    )


def _peak(notebook: nbformat.NotebookNode) -> int | None:
    """Take the last cell off the notebook; what it told of the kernel's memory, in bytes."""
    told = [output.data["text/plain"] for output in notebook.cells.pop().outputs if "data" in output]
    return int(told[0]) if told else None


def _failed(chapter: Chapter, target: Path, error: str) -> ChapterFailed:
    """The failure of a chapter, with the notebook as far as it came and the cell that it came to."""
    notebook = nbformat.read(target, as_version=4)
    _peak(notebook)
    raised = [
        index
        for index, cell in enumerate(notebook.cells)
        if any(output.output_type == "error" for output in cell.get("outputs", []))
        or cell.metadata.get("papermill", {}).get("status") in ("failed", "running")
    ]
    return ChapterFailed(chapter, notebook, raised[0] if raised else len(notebook.cells) - 1, error)


def _clean(notebook: nbformat.NotebookNode, chapter: Chapter) -> None:
    """Drop what differs from run to run without meaning anything."""
    notebook.metadata.pop("papermill", None)
    notebook.metadata.get("language_info", {}).pop("version", None)
    for index, cell in enumerate(notebook.cells):
        cell["id"] = f"{chapter.slug}-{index}"
        for name in ("papermill", "execution"):
            cell.metadata.pop(name, None)
        if not cell.metadata.get("tags", True):
            del cell.metadata["tags"]


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Papermill logs through the root of its own logger; only its errors are of interest here."""
    logger = logging.getLogger("papermill")
    level = logger.level
    logger.setLevel(logging.ERROR)
    try:
        yield
    finally:
        logger.setLevel(level)
