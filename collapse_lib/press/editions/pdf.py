"""The whole book as one PDF, printed by Chromium: tagged, with bookmarks, and every link to a page leads within it.

It is printed twice: the first time tells on which page each chapter starts, and the second has that in its table of
contents.  Chromium writes a bookmark twice where its heading opens a page, and joins words where a heading's lines
break, so the bookmarks get their names from the headings.
"""

from __future__ import annotations

import io
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from collapse_lib import targets
from collapse_lib.errors import InvalidInput
from collapse_lib.press.editions import browser
from collapse_lib.press.editions.last_build import LastBuild
from collapse_lib.press.editions.one_page import one_page

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

WIDTH = 794
"""The width of an A4 page in CSS pixels, of which a style sheet's conditions speak; the text has 174 mm."""

PATIENCE = 600_000
"""Milliseconds before a browser that says nothing is given up; a busy machine is slow."""

TYPESET = "!window.MathJax || MathJax.startup?.promise?.then(() => true)"
"""True once all mathematics is set."""

FIT = """() => {
  for (const formula of document.querySelectorAll('mjx-container')) {
    const holder = formula.closest('p, div, td, th, li, figcaption, dd');
    const ink = (formula.querySelector('mjx-math') || formula).getBoundingClientRect();
    const room = holder.getBoundingClientRect().right - ink.left;
    if (ink.width > room + 1 && room > 0)
      formula.style.fontSize = `${parseFloat(getComputedStyle(formula).fontSize) * room / ink.width}px`;
  }
}"""
"""Scale down each formula that is wider than its place."""


NUMBER = """numbers => {
  for (const entry of document.querySelectorAll('.contents a'))
    entry.querySelector('.page').textContent = numbers[entry.getAttribute('href').slice(1)] ?? '';
}"""
"""Write the chapters' pages into the table of contents."""


HEADINGS = """() => [...document.querySelectorAll('h1, h2, h3, h4, h5, h6')].map(heading => {
  const copy = heading.cloneNode(true);
  for (const formula of copy.querySelectorAll('mjx-container'))
    formula.replaceWith(formula.querySelector('mjx-assistive-mml')?.textContent ?? '');
  return copy.textContent.replace(/\\s+/g, ' ').trim();
})"""
"""Every heading as text."""


MARK = "collapse pdf"
"""The creator that a printed book names, by which it is known again."""


def _ours(path: Path) -> bool:
    """Whether a file is a printed book, of whatever version."""
    try:
        with path.open("rb") as file:
            return file.read(4) == b"%PDF" and f"/Creator ({MARK})".encode() in file.read()
    except OSError:
        return False


FILE = targets.Kind("printed book", ".pdf", _ours)
"""What `collapse pdf` writes, and may replace."""


def print_book(build: LastBuild, *, with_code: bool = False) -> bytes:
    """The book as the bytes of a PDF; raises `InvalidInput` where there is no Chromium."""
    with browser.chromium() as chromium, tempfile.TemporaryDirectory(prefix="collapse-pdf-") as folder:
        path = Path(folder) / "book.html"
        path.write_text(one_page(build, with_code=with_code), encoding="utf-8")
        tab = opened(chromium, path)
        tab.evaluate(NUMBER, starts(printed(tab, draft=True)))
        return named(printed(tab), tab.evaluate(HEADINGS))


def opened(chromium: Browser, path: Path) -> Page:
    """One HTML file, laid out as it will be printed."""
    tab = chromium.new_page(viewport={"width": WIDTH, "height": 930}, color_scheme="light")
    tab.set_default_timeout(PATIENCE)
    tab.goto(path.as_uri())
    tab.emulate_media(media="print")
    tab.wait_for_function(TYPESET)
    tab.evaluate(FIT)
    return tab


def printed(tab: Page, *, draft: bool = False) -> bytes:
    """An open page as a PDF; a draft has no tags, since those of a second print would join those of the first."""
    return tab.pdf(prefer_css_page_size=True, print_background=True, tagged=not draft, outline=not draft)


def starts(pdf: bytes) -> dict[str, int]:
    """The page, counted from 1, of everything in a PDF that a link in it leads to, by its id."""
    reader = pypdf().PdfReader(io.BytesIO(pdf))
    pages = {name: reader.get_destination_page_number(place) for name, place in reader.named_destinations.items()}
    return {str(name).removeprefix("/"): page + 1 for name, page in pages.items() if page is not None}


def named(pdf: bytes, headings: Sequence[str]) -> bytes:
    """The PDF with its bookmarks named after the headings, in order; it opens with its bookmarks beside it."""
    library = pypdf()
    writer = library.PdfWriter(clone_from=io.BytesIO(pdf))
    bookmarks = list(_bookmarks(writer.root_object["/Outlines"]))
    if len(bookmarks) == len(headings):
        for bookmark, heading in zip(bookmarks, headings, strict=True):
            bookmark[library.generic.NameObject("/Title")] = library.generic.TextStringObject(heading)
    writer.add_metadata({"/Creator": MARK})
    writer.pdf_header = "%PDF-1.7"  # pypdf writes 1.3, which has no tags
    writer.page_mode = "/UseOutlines"
    writer.create_viewer_preferences().display_doctitle = True
    target = io.BytesIO()
    writer.write(target)
    return target.getvalue()


def _bookmarks(parent: Any) -> Iterator[Any]:
    """The bookmarks below one, in the order of the book."""
    entry = parent.get("/First")
    while entry is not None:
        bookmark = entry.get_object()
        yield bookmark
        yield from _bookmarks(bookmark)
        entry = bookmark.get("/Next")


def pypdf() -> Any:
    """The package that reads and writes PDF, or `InvalidInput`."""
    try:
        import pypdf
    except ImportError:
        raise InvalidInput(
            "printing needs the package pypdf, which is not installed; install the extra `book`."
        ) from None
    return pypdf
