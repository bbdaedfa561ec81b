"""The whole book: run the chapters that changed, collect their verdicts, build the site.

`_build/executed/`  each chapter's executed notebook, with a record beside it of what it was made from
`_build/ledger.json` every claim's findings
`_build/html/`      the site

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
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
import yaml
from filelock import FileLock, Timeout

from collapse_lib import corpora, lifetime, records, shapes
from collapse_lib.chapters import contents, kernels, source
from collapse_lib.chapters.execute import ChapterFailed, Execution, execute
from collapse_lib.chapters.source import Chapter
from collapse_lib.claims.ledger import RECORD, Ledger
from collapse_lib.errors import InvalidInput, require
from collapse_lib.gpt import recorded
from collapse_lib.site import addresses, citing, pages, provenance, repository

Report = Callable[[str], None]


class BuildFailed(Exception):
    """The book could not be built; the text says why and where to look."""


@dataclass(frozen=True)
class Built:
    """What a build did: the site's first page, the chapters that ran, and the verdicts."""

    index: Path
    ran: tuple[str, ...]
    ledger: Ledger


def root() -> Path:
    """The folder that holds the book and `_build`."""
    return source.book_folder().parent


def output() -> Path:
    """The folder of all that a build makes: `_build` beside the book.

    A book that lies in a `_build` itself is an edition of another, with what is made of it beside it.
    """
    return root() if root().parent.name == "_build" else root() / "_build"


def executed_folder() -> Path:
    """Where executed notebooks are kept between builds."""
    return output() / "executed"


def build(*, preset: str = "paper", jobs: int = 2, report: Report = lambda _: None) -> Built:
    """Bring the site up to date; `report` is told, in a line, what happens.

    Raises `BuildFailed` where a chapter failed (the others are finished first) or Sphinx found fault.
    """
    require(jobs >= 1, f"jobs was {jobs}; it takes a whole number of at least 1.")
    source.known_preset(preset)
    config = _config()
    extensions = config["sphinx"]["config"].get("extensions", ())
    with lifetime.terminable(), _alone(), pages.Command(extensions) as command:
        ran, ledger = run_chapters(preset=preset, jobs=jobs, report=report, meanwhile=command.start)
        return Built(_site(config, command, report), ran, ledger)


@contextlib.contextmanager
def _alone() -> Iterator[None]:
    """This build and no other in the same folder, which is cleared of what a build that was killed left there."""
    output().mkdir(parents=True, exist_ok=True)
    lock = FileLock(output() / ".lock", timeout=0)  # let go when the process ends, however it ends
    try:
        lock.acquire()
    except Timeout:
        raise InvalidInput(
            f"another build is at work in {str(output())!r}; wait until it has ended, or stop it."
        ) from None
    try:
        lifetime.sweep()
        for left in output().glob(".site-*"):
            shutil.rmtree(left, ignore_errors=True)
        yield
    finally:
        lock.release()


def run_chapters(
    *, preset: str, jobs: int, report: Report, meanwhile: Callable[[], None] = lambda: None
) -> tuple[tuple[str, ...], Ledger]:
    """Run the chapters that changed: the slugs of those, and the verdicts of all.

    Where there are any, `meanwhile` is called before the first kernel starts; it should not take long.
    """
    require(jobs >= 1, f"jobs was {jobs}; it takes a whole number of at least 1.")
    chapters = source.available()
    wanted = {slug: chapter.settings(preset, {}) for slug, chapter in chapters.items()}
    code = code_digest()
    keys = {slug: key(chapter, wanted[slug], preset, code) for slug, chapter in chapters.items()}
    stale = [slug for slug in chapters if record(slug).get("key") != keys[slug]]
    _forget(set(chapters))
    made_with = provenance.made_with()
    first = sorted(stale, key=_length, reverse=True)
    work = [(chapters[slug], wanted[slug]) for slug in first]
    if work:
        meanwhile()
    failures = _run(work, preset, code, made_with, jobs, report)
    if failures:
        raise BuildFailed("\n".join(failures))
    return tuple(stale), _collect(chapters)


def code_digest() -> str:
    """The digest of the code that a chapter runs: the library, the lock file, the interpreter."""
    lock = root() / "requirements.txt"
    library = records.library_digest(without=provenance.NOT_RUN)
    return records.digest(library, lock.read_bytes() if lock.is_file() else b"", sys.version)


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


def record(slug: str) -> dict[str, Any]:
    """What is known of a chapter's last execution: the key, the claims, and what `provenance.of` tells."""
    path = executed_folder() / f"{slug}.json"
    if not path.is_file() or not path.with_suffix(".ipynb").is_file():
        return {}
    return json.loads(path.read_text(encoding="utf-8"))


def stale() -> list[str]:
    """What has changed since the last build: chapters, by their slugs, or else what the pages are made of."""
    code = code_digest()
    kept = {slug: (chapter, record(slug)) for slug, chapter in source.available().items()}
    changed = [
        slug
        for slug, (chapter, known) in kept.items()
        if not known or known["key"] != key(chapter, chapter.settings(known["preset"], {}), known["preset"], code)
    ]
    stamp = output() / "site.json"
    if not changed and not (stamp.is_file() and json.loads(stamp.read_text())["key"] == _site_key(_config())):
        return ["the pages, or the settings that they are made with,"]
    return changed


def ledger() -> Ledger:
    """The verdicts of the last build."""
    path = output() / "ledger.json"
    if not path.is_file():
        raise InvalidInput(
            "the book has not been built here, so there are no verdicts; run `collapse build` first."
        )
    return Ledger.from_records(shapes.loaded(path, {"claims": [RECORD]}, f"the ledger {str(path)!r}")["claims"])


def _run(
    work: list[tuple[Chapter, dict[str, Any]]],
    preset: str,
    code: str,
    made_with: Mapping[str, Any],
    jobs: int,
    report: Report,
) -> list[str]:
    """Execute chapters, several at a time; one sentence for each that failed."""
    if not work:
        report("every chapter is up to date")
        return []
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    if len(work) > 1:
        kernels.prepare()
    failures = []
    run = functools.partial(execute, preset=preset, one_of_many=len(work) > 1)
    with ThreadPoolExecutor(jobs) as pool, _stopping(pool):
        running = {pool.submit(run, chapter, parameters): chapter for chapter, parameters in work}
        for done, future in enumerate(as_completed(running), start=1):
            chapter = running[future]
            try:
                execution = future.result()
            except ChapterFailed as failure:
                kept = output() / "failed" / f"{chapter.slug}.ipynb"
                records.write(kept, nbformat.writes(failure.notebook))
                failures.append(f"{failure}\nIts notebook, with the error in place: {kept}")
            except InvalidInput as mistake:
                failures.append(f"{chapter.slug}: {mistake}")
            else:
                _keep(execution, code, made_with)
                report(f"[{done}/{len(work)}] {chapter.slug} ran in {execution.seconds:.1f} s")
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


def _length(slug: str) -> tuple[float, int]:
    """How long a chapter may take: as long as the last time, or else the longer the more there is to read.

    The longest runs first, so that no processor waits for it at the end.
    """
    return record(slug).get("seconds", math.inf), len(source.find(slug).text)


def _keep(execution: Execution, code: str, made_with: Mapping[str, Any]) -> None:
    """Keep an execution.

    `code` and `made_with` are from before the run; the text's digest is taken anew, since the run may have
    downloaded it.  The key takes in no commit: a commit alone makes nothing run again.
    """
    keep(
        execution.chapter.slug,
        execution.notebook,
        {
            "key": key(execution.chapter, execution.parameters, execution.preset, code),
            **provenance.of(execution, made_with),
            "claims": execution.ledger().records(),
        },
    )


def keep(slug: str, notebook: nbformat.NotebookNode, record: dict[str, Any]) -> None:
    """Write an executed notebook, then the record that vouches for it."""
    path = executed_folder() / f"{slug}.ipynb"
    path.with_suffix(".json").unlink(missing_ok=True)
    records.write(path, nbformat.writes(notebook) + "\n")
    records.write(path.with_suffix(".json"), record)


def _forget(slugs: set[str]) -> None:
    """Drop the executions of chapters that are no longer in the book."""
    for path in executed_folder().glob("*.*"):
        if path.stem not in slugs:
            path.unlink()


def _collect(chapters: Iterable[str]) -> Ledger:
    """Join the chapters' findings, in the order of the book, into one ledger."""
    order = contents.contents(source.book_folder()).in_order(chapters, lambda slug: slug)
    claims = [claim for slug in order for claim in record(slug)["claims"]]
    path = output() / "ledger.json"
    content = {"claims": claims}
    if not path.is_file() or json.loads(path.read_text(encoding="utf-8")) != content:
        records.write(path, content)
    return Ledger.from_records(claims)


def _site(settings: dict[str, Any], command: pages.Command, report: Report) -> Path:
    """Build the pages with jupyter-book, unless nothing that they are made of has changed."""
    html = output() / "html"
    stamp = output() / "site.json"
    made_of = _site_key(settings)
    if (html / "index.html").is_file() and stamp.is_file() and json.loads(stamp.read_text())["key"] == made_of:
        report("the site is up to date")
        return html / "index.html"
    report("building the pages")
    with tempfile.TemporaryDirectory(prefix=".site-", dir=output()) as folder:
        config = Path(folder) / "config.yml"
        config.write_text(yaml.safe_dump(settings), encoding="utf-8")
        place = [str(source.book_folder()), "--config", str(config), "--path-output", folder]
        done = command.run(["build", *place, "-W", "--keep-going", "-n", "--all"])
        fresh = Path(folder) / "_build" / "html"
        if done.returncode != 0:
            log = output() / "failed" / "sphinx.log"
            records.write(log, done.stdout + done.stderr)
            raise BuildFailed(
                f"Sphinx found fault with the pages (all of it in {log}):\n{_complaints(done.stderr)}"
            )
        stamp.unlink(missing_ok=True)
        shutil.rmtree(html, ignore_errors=True)
        fresh.replace(html)
    records.write(stamp, {"key": made_of})
    return html / "index.html"


def _site_key(settings: dict[str, Any]) -> str:
    """The digest of everything that the pages depend on; where the book is does not matter."""
    top = root()
    parts = [records.tree_digest(source.book_folder(), "*"), records.library_digest()]
    parts.append(addresses.last_commit(source.book_folder()))  # the pages show its date
    told = json.dumps(settings, sort_keys=True).replace(json.dumps(str(top))[1:-1], "")
    parts += [records.tree_digest(executed_folder(), "*.*"), told]
    files = (output() / "ledger.json", top / "requirements.txt", top / citing.SOURCE)
    parts += [path.read_text() for path in files if path.is_file()]
    return records.digest(*parts)


def _config() -> dict[str, Any]:
    """`_config.yml`, with the folders of this build and the addresses that are known here."""
    config = yaml.safe_load((root() / "_config.yml").read_text(encoding="utf-8"))
    sphinx = config.setdefault("sphinx", {}).setdefault("config", {})
    sphinx["collapse_executed"] = str(executed_folder())
    sphinx["collapse_root"] = str(root())
    sphinx["collapse_ledger"] = str(output() / "ledger.json")
    sphinx["collapse_source"] = repository.lines(records.commit())
    return addresses.addressed(config, os.environ, source.book_folder())


def _complaints(log: str) -> str:
    """The warnings and errors in Sphinx's log, each with the line after it, without colours."""
    lines = re.sub(r"\x1b\[[0-9;]*m", "", log).splitlines()
    marks = [i for i, line in enumerate(lines) if re.search(r"WARNING|ERROR|Exception|error:", line)]
    told = [lines[i] for i in sorted({i + step for i in marks for step in (0, 1)}) if i < len(lines)]
    return "\n".join(line for line in told[:24] if line.strip()) or "\n".join(lines[-20:])
