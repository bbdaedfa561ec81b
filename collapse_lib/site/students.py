"""The students' edition: the book without its solutions, in `_build/student`.

`book/`      the sources, stripped of their solutions, without the teachers' pages
`executed/`  the executed notebooks, as a run of these sources would leave them
`html/`      the site

It is a book of its own.  It is written first, and then built like any other, by `collapse_lib.site.book` with
`COLLAPSE_BOOK` naming it: whatever the pages are made from (sources, notebooks, figures, the search index, what is
there to download) is read from that folder, in which no solution has ever been.  No chapter is run for it: the
executed notebooks of the whole book hold all its outputs (see `collapse_lib.chapters.solutions`).
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import nbformat
import yaml

from collapse_lib import records
from collapse_lib.chapters import execute, solutions, source
from collapse_lib.claims import ledger
from collapse_lib.errors import require
from collapse_lib.site import book
from collapse_lib.site.book import Built, Report

TEACHERS = ("teaching",)
"""Pages for teachers alone."""

NOTICE = "Students' edition: the exercises are here, their solutions are not."

ADDRESSES = ("COLLAPSE_REPOSITORY", "COLLAPSE_SITE")
"""Settings that would link these pages to those with the solutions."""


def build(*, preset: str = "paper", jobs: int = 2, report: Report = lambda _: None) -> Built:
    """Bring the students' edition up to date, running the chapters that changed; the book's site stays as it is.

    Raises what `book.build` raises, and `InvalidInput` where the solutions of a page cannot be told from the rest.
    """
    whole = source.book_folder()
    require(whole.parents[1].name != "_build", f"{whole} is the students' edition already.")
    chapters = source.available()
    texts = {
        page.stem: solutions.stripped(page.read_text(encoding="utf-8"), page.name) for page in whole.glob("*.md")
    }
    ran, _ = book.run_chapters(preset=preset, jobs=jobs, report=report)
    stripped = {slug: replace(chapter, text=texts[slug]) for slug, chapter in chapters.items()}
    notebooks = {slug: _without_solutions(chapter, texts[slug]) for slug, chapter in chapters.items()}
    found = {slug: book.record(slug) for slug in chapters}
    top = book.output() / "student"
    _write(whole, top, texts)
    report("the students' edition:")
    with _reading(top / "book"):
        code = book.code_digest()
        for slug, chapter in stripped.items():
            record = found[slug]
            key = book.key(chapter, record["parameters"], record["preset"], code)
            if book.record(slug).get("key") != key:
                claims = [claim for found in execute.outputs(notebooks[slug], ledger.MIME) for claim in found]
                book.keep(slug, notebooks[slug], {**record, "key": key, "claims": claims})
        built = book.build(preset=preset, jobs=jobs, report=report)
    return Built(built.index, ran, built.ledger)


def _without_solutions(chapter: source.Chapter, text: str) -> nbformat.NotebookNode:
    """The executed notebook of a chapter as if its text had been `text`."""
    executed = nbformat.read(book.executed_folder() / f"{chapter.slug}.ipynb", as_version=4)
    notebook = solutions.without(executed, chapter.text, chapter.slug)
    notebook.metadata["collapse"]["source"] = records.digest(text)
    return notebook


def _write(whole: Path, top: Path, texts: dict[str, str]) -> None:
    """The sources: stripped pages, the rest of the book's folder, and the files beside it."""
    written = {top / "book" / f"{slug}.md": text.encode() for slug, text in texts.items() if slug not in TEACHERS}
    for path in whole.rglob("*"):
        if path.is_file() and path.suffix != ".md" and not path.name.startswith("."):
            written[top / "book" / path.relative_to(whole)] = path.read_bytes()
    for path in whole.parent.iterdir():
        if path.is_file() and not path.name.startswith("."):
            written[top / path.name] = path.read_bytes()
    written[top / "book" / "_toc.yml"] = _contents((whole / "_toc.yml").read_text(encoding="utf-8")).encode()
    written[top / "_config.yml"] = _settings((whole.parent / "_config.yml").read_text(encoding="utf-8")).encode()
    for path in (top / "book").rglob("*"):
        if path.is_file() and path not in written:
            path.unlink()
    for path, content in written.items():
        if not path.is_file() or path.read_bytes() != content:
            records.write(path, content)


def _contents(toc: str) -> str:
    """The table of contents without the teachers' pages, and without a part that held nothing else."""
    contents = yaml.safe_load(toc)
    for part in contents.get("parts", [contents]):
        part["chapters"] = [entry for entry in part.get("chapters", []) if entry["file"] not in TEACHERS]
    if "parts" in contents:
        contents["parts"] = [part for part in contents["parts"] if part["chapters"]]
    return yaml.safe_dump(contents, sort_keys=False, allow_unicode=True)


def _settings(config: str) -> str:
    """The settings, with a line on each page that says which edition it is."""
    settings = yaml.safe_load(config)
    options = settings.setdefault("sphinx", {}).setdefault("config", {}).setdefault("html_theme_options", {})
    options["announcement"] = NOTICE
    return yaml.safe_dump(settings, sort_keys=False, allow_unicode=True)


@contextlib.contextmanager
def _reading(folder: Path) -> Iterator[None]:
    """Let COLLAPSE_BOOK name `folder`, and no address lead to the whole book."""
    before = {name: os.environ.get(name) for name in ("COLLAPSE_BOOK", *ADDRESSES)}
    os.environ["COLLAPSE_BOOK"] = str(folder)
    for name in ADDRESSES:
        os.environ.pop(name, None)
    try:
        yield
    finally:
        for name, value in before.items():
            os.environ.pop(name, None)
            if value is not None:
                os.environ[name] = value
