"""The whole book: run the chapters that changed, collect their verdicts, build the site.

A chapter is run again when its source, its parameters, the library (but for what only makes pages), the lock file,
its text or its recorded experiment changed: the key in its record is the digest of all of them.  Everything is
written atomically, so an interrupted build resumes.
"""

from __future__ import annotations

import contextlib
import functools
import json
import math
import os
import shutil
import sys
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
from filelock import FileLock, Timeout

from collapse_lib import corpora, lifetime, records
from collapse_lib.claims.ledger import Ledger
from collapse_lib.errors import InvalidInput, require
from collapse_lib.gpt import recorded
from collapse_lib.press import provenance, rendering
from collapse_lib.press.book import Book
from collapse_lib.press.chapter import Chapter, known_preset
from collapse_lib.press.execute import ChapterFailed, execute
from collapse_lib.press.executed import Executed
from collapse_lib.press.rendering import BuildFailed, Renderer, Report
from collapse_lib.press.speed import kernels, waiting_sphinx

Runner = Callable[..., Executed]
"""What executes a chapter: `execute`, or what stands for it in a test."""


@dataclass(frozen=True)
class Built:
    """What a build did: the site's first page, the chapters that ran, and the verdicts."""

    index: Path
    ran: tuple[str, ...]
    ledger: Ledger


def build(
    book: Book,
    *,
    preset: str = "paper",
    jobs: int = 2,
    report: Report = lambda _: None,
    environment: Mapping[str, str] = os.environ,
    runner: Runner | None = None,
    renderer: Renderer | None = None,
) -> Built:
    """Bring the site up to date; `report` is told, in a line, what happens.

    `environment` is where the addresses of the site are looked for.  `runner` stands for the execution of a
    chapter, `renderer` for jupyter-book.

    Raises `BuildFailed` where a chapter failed (the others are finished first) or Sphinx found fault.
    """
    require(jobs >= 1, f"jobs was {jobs}; it takes a whole number of at least 1.")
    known_preset(preset)
    settings = rendering.configured(book, environment)
    extensions = settings["sphinx"]["config"].get("extensions", ())
    inside = {**environment, "COLLAPSE_BOOK": str(book.folder)}
    with lifetime.terminable(), alone(book), waiting_sphinx.Command(extensions, inside) as command:
        meanwhile = command.start if renderer is None else lambda: None
        ran, ledger = run_chapters(
            book, preset=preset, jobs=jobs, report=report, runner=runner, meanwhile=meanwhile
        )
        render = renderer or functools.partial(rendering.jupyter_book, command)
        index = rendering.site(book, settings, render, report)
        return Built(index, ran, ledger)


@contextlib.contextmanager
def alone(book: Book) -> Iterator[None]:
    """This build and no other in the same folder, which is cleared of what a build that was killed left there."""
    book.output.mkdir(parents=True, exist_ok=True)
    lock = FileLock(book.output / ".lock", timeout=0)  # let go when the process ends, however it ends
    try:
        lock.acquire()
    except Timeout:
        raise InvalidInput(
            f"another build is at work in {str(book.output)!r}; wait until it has ended, or stop it."
        ) from None
    try:
        lifetime.sweep()
        for left in book.output.glob(".site-*"):
            shutil.rmtree(left, ignore_errors=True)
        yield
    finally:
        lock.release()


def run_chapters(
    book: Book,
    *,
    preset: str,
    jobs: int,
    report: Report,
    runner: Runner | None = None,
    meanwhile: Callable[[], None] = lambda: None,
) -> tuple[tuple[str, ...], Ledger]:
    """Run the chapters that changed: the slugs of those, and the verdicts of all.

    Where there are any, `meanwhile` is called before the first kernel starts; it should not take long.
    """
    require(jobs >= 1, f"jobs was {jobs}; it takes a whole number of at least 1.")
    chapters = book.chapters
    wanted = {slug: chapter.settings(preset, {}) for slug, chapter in chapters.items()}
    code = code_digest(book)
    keys = {slug: key(chapter, wanted[slug], preset, code) for slug, chapter in chapters.items()}
    stale = [slug for slug in chapters if book.record(slug).get("key") != keys[slug]]
    _forget(book, set(chapters))
    made_with = provenance.made_with(book)
    if not stale:
        report("every chapter is up to date")
        return (), _collect(book, chapters)
    meanwhile()
    many = len(stale) > 1
    if many and runner is None:
        kernels.prepare()
    run = functools.partial(runner or execute, preset=preset, one_of_many=many)

    def keep(executed: Executed) -> None:
        """The text's digest is taken anew, since the run may have downloaded it.

        The key takes in no commit: a commit alone makes nothing run again.
        """
        own = key(chapters[executed.slug], executed.parameters, preset, code)
        claims = executed.ledger().records()
        book.keep(executed.told(**made_with, key=own, claims=claims))

    first = sorted(stale, key=lambda slug: _length(book, chapters[slug]), reverse=True)
    if failures := _run(
        {slug: functools.partial(run, chapters[slug], wanted[slug]) for slug in first}, keep, book, jobs, report
    ):
        raise BuildFailed("\n".join(failures))
    return tuple(stale), _collect(book, chapters)


def code_digest(book: Book) -> str:
    """The digest of the code that a chapter runs: the library, the lock file, the interpreter."""
    library = records.library_digest(without=provenance.NOT_RUN)
    return records.digest(library, book.lock.read_bytes() if book.lock.is_file() else b"", sys.version)


def key(chapter: Chapter, parameters: Mapping[str, Any], preset: str, code: str) -> str:
    """The digest of everything that an execution depends on, given the digest of the code."""
    text, record = parameters.get("corpus"), parameters.get("record")
    return records.digest(
        chapter.text,
        json.dumps(parameters, sort_keys=True),
        preset,
        code,
        corpora.fingerprint(text) if text else "",
        recorded.fingerprint(record) if record else "",
    )


def stale(book: Book) -> list[str]:
    """What has changed since the last build: chapters, by their slugs, or else what the pages are made of."""
    code = code_digest(book)
    kept = {slug: (chapter, book.record(slug)) for slug, chapter in book.chapters.items()}
    changed = [
        slug
        for slug, (chapter, known) in kept.items()
        if not known or known["key"] != key(chapter, chapter.settings(known["preset"], {}), known["preset"], code)
    ]
    if not changed and rendering.stamp(book) != rendering.site_key(book, rendering.configured(book)):
        return ["the pages, or the settings that they are made with,"]
    return changed


def _run(
    work: Mapping[str, Callable[[], Executed]],
    keep: Callable[[Executed], None],
    book: Book,
    jobs: int,
    report: Report,
) -> list[str]:
    """Execute chapters, several at a time; one sentence for each that failed."""
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    failures = []
    with ThreadPoolExecutor(jobs) as pool, _stopping(pool):
        running = {pool.submit(run): slug for slug, run in work.items()}
        for done, future in enumerate(as_completed(running), start=1):
            slug = running[future]
            try:
                executed = future.result()
            except ChapterFailed as failure:
                kept = book.output / "failed" / f"{slug}.ipynb"
                records.write(kept, nbformat.writes(failure.notebook))
                failures.append(f"{failure}\nIts notebook, with the error in place: {kept}")
            except InvalidInput as mistake:
                failures.append(f"{slug}: {mistake}")
            else:
                keep(executed)
                report(f"[{done}/{len(work)}] {slug} ran in {executed.record['seconds']:.1f} s")
    return failures


@contextlib.contextmanager
def _stopping(pool: ThreadPoolExecutor) -> Iterator[None]:
    """Where something fails in here, or is interrupted, no chapter goes on and none is begun."""
    try:
        yield
    except BaseException:
        pool.shutdown(wait=False, cancel_futures=True)
        kernels.stop()
        raise


def _length(book: Book, chapter: Chapter) -> tuple[float, int]:
    """How long a chapter may take: as long as the last time, or else the longer the more there is to read.

    The longest runs first, so that no processor waits for it at the end.
    """
    return book.record(chapter.slug).get("seconds", math.inf), len(chapter.text)


def _forget(book: Book, slugs: set[str]) -> None:
    """Drop the executions of chapters that are no longer in the book."""
    for path in book.executed.glob("*.*"):
        if path.stem not in slugs:
            path.unlink()


def _collect(book: Book, chapters: Mapping[str, Chapter]) -> Ledger:
    """Join the chapters' findings, in the order of the book, into one ledger."""
    order = book.contents.in_order(chapters, lambda slug: slug)
    claims = [claim for slug in order for claim in book.record(slug)["claims"]]
    path, content = book.output / "ledger.json", {"claims": claims}
    if not path.is_file() or json.loads(path.read_text(encoding="utf-8")) != content:
        records.write(path, content)
    return Ledger.from_records(claims)
