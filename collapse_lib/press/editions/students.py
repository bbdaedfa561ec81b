"""The students' edition: the book without its solutions, in `_build/student`.

`book/`      the sources, stripped of their solutions, without the teachers' pages
`executed/`  the executed notebooks, as a run of these sources would leave them
`html/`      the site

It is a book of its own.  It is written first, and then built like any other: whatever the pages are made from
(sources, notebooks, figures, the search index, what is there to download) is read from that folder, in which no
solution has ever been.  No chapter is run for it: the executed notebooks of the whole book hold all its outputs
(see `collapse_lib.press.solutions`).
"""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import nbformat
import yaml

from collapse_lib import records
from collapse_lib.errors import require
from collapse_lib.press import build as whole_book
from collapse_lib.press import solutions
from collapse_lib.press.book import Book
from collapse_lib.press.build import Built
from collapse_lib.press.chapter import Chapter
from collapse_lib.press.executed import Executed
from collapse_lib.press.rendering import Report

TEACHERS = ("teaching",)
"""Pages for teachers alone."""

NOTICE = "Students' edition: the exercises are here, their solutions are not."

ADDRESSES = ("COLLAPSE_REPOSITORY", "COLLAPSE_SITE")
"""Settings that would link these pages to those with the solutions."""


def build(
    book: Book, *, preset: str = "paper", jobs: int = 2, report: Report = lambda _: None, **stand_ins: Any
) -> Built:
    """Bring the students' edition up to date, running the chapters that changed; the book's site stays as it is.

    Raises what `build.build` raises, and `InvalidInput` where the solutions of a page cannot be told from the rest.
    """
    require(book.root.parent.name != "_build", f"{book.folder} is the students' edition already.")
    chapters = book.chapters
    texts = {
        page.stem: solutions.stripped(page.read_text(encoding="utf-8"), page.name)
        for page in book.folder.glob("*.md")
    }
    ran, _ = whole_book.run_chapters(book, preset=preset, jobs=jobs, report=report, runner=stand_ins.get("runner"))
    edition = Book(book.output / "student" / "book")
    _write(book.folder, edition.root, texts)
    report("the students' edition:")
    code = whole_book.code_digest(edition)
    for slug, chapter in chapters.items():
        kept = book.kept(slug)
        key = whole_book.key(replace(chapter, text=texts[slug]), kept.parameters, kept.record["preset"], code)
        if edition.record(slug).get("key") != key:
            stripped = replace(kept, notebook=_without_solutions(kept, chapter, texts[slug]))
            edition.keep(stripped.told(key=key, claims=stripped.ledger().records()))
    environment = {name: value for name, value in os.environ.items() if name not in ADDRESSES}
    built = whole_book.build(edition, preset=preset, jobs=jobs, report=report, environment=environment, **stand_ins)
    return Built(built.index, ran, built.ledger)


def _without_solutions(kept: Executed, chapter: Chapter, text: str) -> nbformat.NotebookNode:
    """The executed notebook of a chapter as if its text had been `text`."""
    notebook = solutions.without(kept.notebook, chapter.text, chapter.slug)
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
