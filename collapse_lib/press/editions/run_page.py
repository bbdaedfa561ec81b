"""One run as one HTML file that opens anywhere: styles, figures and mathematics inside, no network.

The page is made by Sphinx with the book's own extensions, so it reads like the site; stylesheets, scripts and
images are then put into the file itself.
"""

from __future__ import annotations

import base64
import contextlib
import copy
import importlib.util
import io
import mimetypes
import os
import tempfile
from pathlib import Path
from typing import Any

import nbformat
from bs4 import BeautifulSoup
from sphinx.application import Sphinx
from sphinx.util.docutils import docutils_namespace, patch_docutils

from collapse_lib import records
from collapse_lib.press.book import Book
from collapse_lib.press.chapter import Chapter
from collapse_lib.press.editions.policy import policy
from collapse_lib.press.executed import Executed
from collapse_lib.press.pages.accessible import mended
from collapse_lib.press.publish import repository
from collapse_lib.press.publish.addresses import site_address

MATHJAX = "sphinx-mathjax-offline"
"""The package that brings MathJax; the page takes its one-file build, which needs no fonts."""


def page(run: Executed, chapter: Chapter) -> str:
    """The page of a run, as HTML text, with its record at the foot."""
    slug, book = chapter.slug, Book.here()
    with tempfile.TemporaryDirectory(prefix="collapse-page-") as name:
        folder = Path(name)
        pages, executed, html = folder / "pages", folder / "executed", folder / "html"
        for each in (pages, executed, static := folder / "static"):
            each.mkdir()
        (static / "mathjax.js").write_bytes(mathjax().read_bytes())
        (pages / f"{slug}.md").write_text(chapter.text, encoding="utf-8")
        (pages / "references.bib").write_bytes((book.folder / "references.bib").read_bytes())
        notebook = copy.deepcopy(run.notebook)
        if "{cite:" in chapter.text:
            notebook.cells.append(nbformat.v4.new_markdown_cell("## References\n\n```{bibliography}\n```"))
        nbformat.write(notebook, executed / f"{slug}.ipynb")
        records.write(executed / f"{slug}.json", dict(run.record))
        _sphinx(pages, html, folder / "doctrees", _settings(book, slug, executed, static))
        return _inlined(html / f"{slug}.html")


def mathjax() -> Path:
    """MathJax with SVG output, in one file."""
    package = importlib.util.find_spec(MATHJAX)
    assert package is not None
    assert package.origin is not None
    return Path(package.origin).parent / "static" / "mathjax" / "tex-svg.js"


def _settings(book: Book, slug: str, executed: Path, static: Path) -> dict[str, Any]:
    """The book's own Sphinx settings, for one page without a theme's navigation."""
    settings = book.settings["sphinx"]
    extensions = ["myst_nb", "sphinx_proof", "sphinx_togglebutton", "sphinxcontrib.bibtex", "sphinx_design"]
    return {
        "collapse_executed": str(executed),
        "collapse_source": repository.lines(records.commit()),
        "extensions": [*extensions, "collapse_lib.press.pages.extension"],
        "root_doc": slug,
        "html_theme": "basic",
        "html_theme_options": {"nosidebar": True},
        "html_static_path": [str(book.folder / "assets"), str(static)],
        "html_css_files": ["book.css", ("page.css", {"priority": 900})],
        "html_title": "",
        "html_show_sphinx": False,
        "html_copy_source": False,
        "html_use_index": False,
        "mathjax_path": "mathjax.js",
        "bibtex_bibfiles": ["references.bib"],
        "bibtex_reference_style": "author_year",
        "nb_custom_formats": {".md": ["collapse_lib.press.pages.chapters.read_chapter", {}, False]},
        "nb_execution_mode": "off",
        "myst_enable_extensions": settings["config"]["myst_enable_extensions"],
        "suppress_warnings": ["myst.xref_missing", "ref.ref", "ref.doc", "toc.not_included"],
    }


def _sphinx(pages: Path, html: Path, doctrees: Path, settings: dict[str, Any]) -> None:
    """Build the one page; warnings about links that leave it are of no interest here."""
    quiet = io.StringIO()
    with patch_docutils(), docutils_namespace(), contextlib.redirect_stdout(quiet):
        Sphinx(
            str(pages), None, str(html), str(doctrees), "html", settings, status=None, warning=quiet, freshenv=True
        ).build(True)


def _inlined(path: Path) -> str:
    """The page with everything that it refers to put inside."""
    page: Any = BeautifulSoup(mended(path.read_text(encoding="utf-8")), "html.parser")
    for link in page.find_all("link", href=True):
        if "stylesheet" in link.get("rel", []) and (file := _beside(path, link["href"])):
            style = page.new_tag("style")
            style.string = file.read_text(encoding="utf-8")
            link.replace_with(style)
        elif not link["href"].startswith("#"):
            link.decompose()
    for script in page.find_all("script", src=True):
        if file := _beside(path, script["src"]):
            inline = page.new_tag("script")
            inline.string = file.read_text(encoding="utf-8").replace("</script", "<\\/script")
            script.replace_with(inline)
    for image in page.find_all("img", src=True):
        if file := _beside(path, image["src"]):
            kind = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
            image["src"] = f"data:{kind};base64,{base64.b64encode(file.read_bytes()).decode()}"
    for anchor in page.select(
        'a[href*=".md"]:not([href*="://"])'
    ):  # another chapter: on the site, if its address is known
        if address := site_address(os.environ):
            anchor["href"] = f"{address}/{anchor['href'].lstrip('#').replace('.md', '.html')}"
        else:
            anchor.unwrap()
    for navigation in page.select("div.related, div.footer"):
        navigation.decompose()
    for anchor in page.select("p.downloads a[download]"):
        anchor["href"] = "figures/" + anchor["href"].rsplit("/", 1)[-1]
    scripts = [script.string or "" for script in page.select("head script")]  # one in the body is not ours
    rule = page.new_tag("meta", attrs={"http-equiv": "Content-Security-Policy", "content": policy(scripts)})
    for first in page.select("head > meta[charset]"):
        first.insert_after(rule)
    return str(page)


def _beside(page: Path, reference: str) -> Path | None:
    """The file that a relative reference names, if it is there."""
    file = page.parent / reference.split("?")[0]
    return file if "://" not in reference and file.is_file() else None
