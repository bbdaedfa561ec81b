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
import re
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
import yaml
from filelock import FileLock, Timeout

from collapse_lib import corpora, lifetime, records
from collapse_lib.claims.ledger import Ledger
from collapse_lib.errors import InvalidInput, require
from collapse_lib.gpt import recorded
from collapse_lib.press import provenance, templates
from collapse_lib.press.book import Book
from collapse_lib.press.chapter import Chapter, known_preset
from collapse_lib.press.execute import ChapterFailed, execute
from collapse_lib.press.executed import Executed
from collapse_lib.press.publish import addresses, citing, repository
from collapse_lib.press.speed import kernels, waiting_sphinx

Report = Callable[[str], None]

Runner = Callable[..., Executed]
"""What executes a chapter: `execute`, or what stands for it in a test."""

Renderer = Callable[[Book, dict[str, Any], Path], str]
"""What makes the pages of a book with these settings in a folder, and returns what it found fault with."""


class BuildFailed(Exception):
    """The book could not be built; the text says why and where to look."""


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
    settings = configured(book, environment)
    extensions = settings["sphinx"]["config"].get("extensions", ())
    inside = {**environment, "COLLAPSE_BOOK": str(book.folder)}
    with lifetime.terminable(), alone(book), waiting_sphinx.Command(extensions, inside) as command:
        meanwhile = command.start if renderer is None else lambda: None
        ran, ledger = run_chapters(
            book, preset=preset, jobs=jobs, report=report, runner=runner, meanwhile=meanwhile
        )
        index = _site(book, settings, renderer or functools.partial(_jupyter_book, command), report)
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
    if not changed and _stamp(book) != site_key(book, configured(book)):
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


def _site(book: Book, settings: dict[str, Any], render: Renderer, report: Report) -> Path:
    """Make the pages, unless nothing that they are made of has changed; the first one."""
    made_of, index = site_key(book, settings), book.site / "index.html"
    if index.is_file() and _stamp(book) == made_of:
        report("the site is up to date")
        return index
    report("building the pages")
    with tempfile.TemporaryDirectory(prefix=".site-", dir=book.output) as folder:
        fresh = Path(folder) / "_build" / "html"
        if log := render(book, settings, Path(folder)):
            kept = book.output / "failed" / "sphinx.log"
            records.write(kept, log)
            raise BuildFailed(f"Sphinx found fault with the pages (all of it in {kept}):\n{_complaints(log)}")
        (book.output / "site.json").unlink(missing_ok=True)
        shutil.rmtree(book.site, ignore_errors=True)
        fresh.replace(book.site)
    records.write(book.output / "site.json", {"key": made_of})
    return index


def _jupyter_book(command: waiting_sphinx.Command, book: Book, settings: dict[str, Any], folder: Path) -> str:
    """The pages by jupyter-book, in `_build/html` of the folder."""
    config = folder / "config.yml"
    config.write_text(yaml.safe_dump(settings), encoding="utf-8")
    place = [str(book.folder), "--config", str(config), "--path-output", str(folder)]
    done = command.run(["build", *place, "-W", "--keep-going", "-n", "--all"])
    return done.stdout + done.stderr if done.returncode != 0 else ""


def _stamp(book: Book) -> str | None:
    """The digest of what the pages were made of, if there are any."""
    path = book.output / "site.json"
    return json.loads(path.read_text(encoding="utf-8"))["key"] if path.is_file() else None


def site_key(book: Book, settings: dict[str, Any]) -> str:
    """The digest of everything that the pages depend on; where the book is does not matter."""
    parts = [
        records.tree_digest(book.folder, "*"),
        records.library_digest(),
        records.tree_digest(templates.FOLDER, "*"),
    ]
    parts.append(addresses.last_commit(book.folder))  # the pages show its date
    told = json.dumps(settings, sort_keys=True).replace(json.dumps(str(book.root))[1:-1], "")
    parts += [records.tree_digest(book.executed, "*.*"), told]
    files = (book.output / "ledger.json", book.lock, book.root / citing.SOURCE)
    parts += [path.read_text() for path in files if path.is_file()]
    return records.digest(*parts)


def configured(book: Book, environment: Mapping[str, str] = os.environ) -> dict[str, Any]:
    """`_config.yml`, with the folders of this build and the addresses that the environment knows."""
    settings = book.settings
    sphinx = settings.setdefault("sphinx", {}).setdefault("config", {})
    sphinx["collapse_executed"] = str(book.executed)
    sphinx["collapse_root"] = str(book.root)
    sphinx["collapse_ledger"] = str(book.output / "ledger.json")
    sphinx["collapse_source"] = repository.lines(records.commit(), environment)
    return addresses.addressed(settings, environment, book.folder)


def _complaints(log: str) -> str:
    """The warnings and errors in Sphinx's log, each with the line after it, without colours."""
    lines = re.sub(r"\x1b\[[0-9;]*m", "", log).splitlines()
    marks = [i for i, line in enumerate(lines) if re.search(r"WARNING|ERROR|Exception|error:", line)]
    told = [lines[i] for i in sorted({i + step for i in marks for step in (0, 1)}) if i < len(lines)]
    return "\n".join(line for line in told[:24] if line.strip()) or "\n".join(lines[-20:])
