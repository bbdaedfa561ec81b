"""Citing, on the pages: a fold at the foot of each, tags for reference managers, and the directive `{citation}`.

    ```{citation} book
    ```

shows how to cite the book; `paper` does so for the paper, `page` with the name of a page for that page, and
`example` shows a sentence that cites both.  The first page stands for the book.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from docutils import nodes
from markupsafe import Markup
from sphinx.application import Sphinx
from sphinx.errors import ExtensionError
from sphinx.util.docutils import SphinxDirective

from collapse_lib.press import templates
from collapse_lib.press.publish import citing


class CitationDirective(SphinxDirective):
    """How to cite the book, one of its pages, or the paper: APA and BibTeX, each with a button that copies it."""

    required_arguments = 1
    optional_arguments = 1

    def run(self) -> list[nodes.Node]:
        """The two formats, as HTML."""
        what, *pages = self.arguments
        book = _book(self.env.app)
        if book is None:
            raise ExtensionError(f"{self.env.docname} shows a citation, and the book has no {citing.SOURCE}.")
        if what == "book" and not pages:
            shown = formats("book", book.apa(), book.bibtex())
        elif what == "paper" and not pages:
            paper = citing.paper(Path(self.env.srcdir))
            shown = formats("paper", paper.apa(), paper.bibtex())
        elif what == "page" and pages and Path(self.env.doc2path(pages[0])).is_file():
            self.env.note_dependency(self.env.doc2path(pages[0]))
            title = _title(Path(self.env.doc2path(pages[0])))
            shown = formats(pages[0], book.page_apa(pages[0], title), book.page_bibtex(pages[0], title))
        elif what == "example" and not pages:
            shown = templates.part("citing", "example", book, citing.paper(Path(self.env.srcdir)))
        else:
            given = " ".join(self.arguments)
            raise self.error(
                f"citation was given {given!r}; it takes book, paper, example, or page and a page's name."
            )
        return [nodes.raw("", f'<div class="citing">{shown}</div>', format="html")]


def setup(app: Sphinx) -> None:
    """Register what this module adds to the pages."""
    app.add_config_value("collapse_root", "", "env", [str])
    app.add_directive("citation", CitationDirective)
    app.connect("html-page-context", add_to_page)


def add_to_page(app: Sphinx, page: str, template: str, context: dict[str, Any], doctree: Any) -> None:  # noqa: ARG001
    """Put the fold at the foot of a page and the tags in its head; Sphinx calls this for each page."""
    if doctree is None or app.builder.name != "html" or (book := _book(app)) is None:
        return
    app.add_css_file("cite.css", priority=810)  # after book.css
    app.add_js_file("cite.js", priority=810)
    title = app.env.titles[page].astext()
    whole = page == app.config.root_doc
    apa = book.apa() if whole else book.page_apa(page, title)
    bibtex = book.bibtex() if whole else book.page_bibtex(page, title)
    fold = templates.part(
        "citing", "fold", f"Cite this {'book' if whole else 'page'}", formats("this", apa, bibtex)
    )
    context["body"] += str(fold)
    context["metatags"] = context.get("metatags", "") + tags(book, page, title, whole=whole)


def formats(name: str, apa: str, bibtex: str) -> Markup:
    """A reference in both formats, of which APA is HTML already."""
    return templates.part("citing", "formats", name, Markup(apa), bibtex)


def tags(book: citing.Book, page: str, title: str, *, whole: bool) -> str:
    """The tags from which reference managers fill their fields: Google Scholar's names, and Dublin Core.

    Scholar calls the book of a chapter `inbook_title`, Zotero `book_title`.
    """
    authors = [f"{author.family}, {author.given}" if author.given else author.family for author in book.authors]
    address = book.address if whole else book.page_address(page)
    found = [("citation_title", book.title if whole else title)]
    found += [("citation_author", author) for author in authors]
    found += [("citation_publication_date", book.released.strftime("%Y/%m/%d")), ("citation_language", "en")]
    if not whole:
        found += [("citation_inbook_title", book.title), ("citation_book_title", book.title)]
    found += [("citation_public_url", address)] if address else []
    found += [("DC.title", book.title if whole else title), *(("DC.creator", author) for author in authors)]
    found += [("DC.date", book.released.isoformat()), ("DC.language", "en")]
    return str(templates.part("citing", "tags", found))


def _book(app: Sphinx) -> citing.Book | None:
    """What `CITATION.cff` says; None where there is none, and on the page of a single run."""
    root = app.config.collapse_root
    return citing.book(Path(root), app.config.html_baseurl) if root else None


def _title(page: Path) -> str:
    """A page's title, from its source."""
    lines = page.read_text(encoding="utf-8").splitlines()
    return next(line[2:] for line in lines if line.startswith("# ")).strip()
