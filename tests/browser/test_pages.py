"""The pages of the built book as HTML: every figure with its files, every link with its end, every number there."""

import base64
import collections
import functools
import os
import re
from pathlib import Path
from urllib.parse import unquote, urlsplit

import nbformat
import pytest
import yaml
from bs4 import BeautifulSoup
from conftest import ROOT

from collapse_lib.press import wording
from collapse_lib.press.book import Book
from collapse_lib.press.executed import outputs, plates
from collapse_lib.press.pages import parameters

TOC = yaml.safe_load((ROOT / "book" / "_toc.yml").read_text(encoding="utf-8"))
PAGES = [TOC["root"], *(entry["file"] for part in TOC["parts"] for entry in part["chapters"])]
CHAPTERS = sorted(Book.here().chapters)
WRITTEN = [page for page in PAGES if "{modules}" not in (ROOT / "book" / f"{page}.md").read_text(encoding="utf-8")]
"""Those whose text is the book's own, and not that of docstrings."""

every_page = pytest.mark.parametrize("page", PAGES)
every_chapter = pytest.mark.parametrize("slug", CHAPTERS)


@functools.cache
def parsed(path):
    return BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser")


def executed(top, slug):
    return nbformat.read(top / "_build" / "executed" / f"{slug}.ipynb", as_version=4)


def test_every_entry_of_the_table_of_contents_is_a_page(top):
    assert {path.stem for path in (top / "_build" / "html").glob("*.html")} >= set(PAGES)


def test_every_page_of_the_book_is_in_the_table_of_contents(top):
    assert {path.stem for path in (top / "book").glob("*.md")} == set(PAGES)


@every_chapter
def test_no_chapter_complains(top, slug):
    outputs = [output for cell in executed(top, slug).cells for output in cell.get("outputs", [])]
    assert [o.text for o in outputs if o.output_type == "stream" and o.name == "stderr"] == []
    assert [o.ename for o in outputs if o.output_type == "error"] == []


def test_the_verdicts_of_the_quick_book_are_those_that_the_book_stands_by(quick):
    """All verdicts are judged as one family; the chance that a true claim is refuted is 1 %."""
    assert [claim.id for claim in quick[1].ledger.unexpected()] == []


def test_the_ledger_follows_the_order_of_the_book(quick):
    order = [PAGES.index(claim.chapter) for claim in quick[1].ledger.claims]
    assert order == sorted(order)


@every_chapter
def test_every_figure_is_on_its_page_with_its_files(top, slug):
    page = parsed(top / "_build" / "html" / f"{slug}.html")
    drawn = list(plates(executed(top, slug)))
    assert drawn
    assert len({plate["name"] for plate in drawn}) == len(drawn)
    assert len(page.select("article svg[role=img]")) == len(drawn)
    for plate in drawn:
        folder = top / "_build" / "html" / "_figures" / slug
        assert (folder / f"{plate['name']}.svg").read_text(encoding="utf-8") == plate["svg"]
        assert (folder / f"{plate['name']}.csv").read_text(encoding="utf-8") == plate["csv"]
        assert (folder / f"{plate['name']}.png").read_bytes() == base64.b64decode(plate["png"])
        for kind in ("svg", "csv", "png", "py"):
            assert (folder / f"{plate['name']}.{kind}").is_file()
            assert page.find("a", href=f"_figures/{slug}/{plate['name']}.{kind}")


@every_chapter
def test_a_page_with_other_parameters_says_so(top, slug):
    """The preset `quick` changes some."""
    chapter = Book.here().chapter(slug)
    quick, own = (chapter.settings(preset, {}) for preset in ("quick", "paper"))
    banners = parsed(top / "_build" / "html" / f"{slug}.html").select(".ran-with")
    changed = {name: value for name, value in quick.items() if value != own[name]}
    assert len(banners) == (1 if changed else 0)
    for name, value in changed.items():
        assert f"{name} = {value!r}" in banners[0].get_text()
        assert "quick" in banners[0].get_text()


def test_some_chapter_has_other_parameters_in_the_quick_book(top):
    assert any(parsed(top / "_build" / "html" / f"{slug}.html").select(".ran-with") for slug in CHAPTERS)


@every_chapter
def test_a_page_lists_its_parameters_with_their_values(top, slug):
    chapter = Book.here().chapter(slug)
    rows = parsed(top / "_build" / "html" / f"{slug}.html").select("table.parameters tbody tr")
    assert [row.code.get_text() for row in rows] == [p.name for p in chapter.parameters]
    ran = chapter.settings("quick", {})
    for row, parameter in zip(rows, chapter.parameters, strict=True):
        default, _, here, _ = (cell.get_text() for cell in row.find_all("td"))
        assert default == wording.read(parameter.default)
        assert here in (
            "the same" if ran[parameter.name] == parameter.default else "",
            wording.read(ran[parameter.name]),
        )
        assert parameters.takes(parameter) in row.get_text()


@every_chapter
def test_a_page_ends_with_how_it_was_made(top, slug):
    (foot,) = parsed(top / "_build" / "html" / f"{slug}.html").select("details.provenance")
    told, record = foot.get_text(" "), Book.here().record(slug)
    assert all(name in told for name in Book.here().chapter(slug).settings("quick", {}))
    assert record["version"] in told
    assert record["chapters_sha256"][:12] in told
    assert record["lock_sha256"][:12] in told
    assert f"{record['seconds']:,.1f} s" in told
    assert record["started"][:10] in told


def test_every_chapter_is_on_the_page_of_what_ran(top):
    table = parsed(top / "_build" / "html" / "status.html").select_one("table.status")
    assert [row.a["href"] for row in table.select("tbody tr")] == [f"{s}.html" for s in PAGES if s in CHAPTERS]
    assert f"{len(CHAPTERS)} chapters" in table.tfoot.get_text()


@every_chapter
def test_a_notebook_beside_the_pages_has_its_outputs(top, slug):
    notebook = nbformat.read(top / "_build" / "html" / "_notebooks" / f"{slug}.ipynb", as_version=4)
    nbformat.validate(notebook)
    pictures = list(outputs(notebook, "image/png"))
    assert len(pictures) == len(list(plates(executed(top, slug))))


def test_the_page_of_claims_has_every_claim_with_its_verdict(quick):
    page = parsed(quick[0] / "_build" / "html" / "claims.html")
    for claim in quick[1].ledger.claims:
        row = page.find("tr", id="claim-" + claim.id.replace("/", "-"))
        assert quick[1].ledger[claim.id].kind in row.get_text()
        assert row.a["href"].startswith(f"{claim.chapter}.html")


@every_page
def test_every_link_leads_somewhere(top, page):
    html = top / "_build" / "html"
    for link in parsed(html / f"{page}.html").find_all("a", href=True):
        parts = urlsplit(link["href"])
        if parts.scheme:
            assert parts.scheme == "https", link
            continue
        target = html / (unquote(parts.path) or f"{page}.html")
        assert target.is_file(), link
        if parts.fragment and target.suffix == ".html":
            assert parsed(target).find(id=unquote(parts.fragment)), link


GENERATED = [*PAGES, "genindex", "prf-prf", "search"]
"""With what Sphinx makes by itself."""


def twice(values):
    return [value for value, count in collections.Counter(values).items() if count > 1]


@pytest.mark.parametrize("page", GENERATED)
def test_an_id_is_on_a_page_once(top, page):
    tags = parsed(top / "_build" / "html" / f"{page}.html").find_all(id=True)
    assert twice(tag["id"] for tag in tags) == []


def called(summary):
    """What a screen reader calls a fold."""
    return " ".join((summary.get("aria-label") or summary.get_text(" ")).split())


@pytest.mark.parametrize("page", GENERATED)
def test_no_two_folds_of_a_page_are_called_the_same(top, page):
    names = [called(summary) for summary in parsed(top / "_build" / "html" / f"{page}.html").find_all("summary")]
    assert twice(names) == []
    assert not {"", "Toggle hidden content"} & set(names)


@every_chapter
def test_a_fold_of_code_is_called_after_what_it_hides_and_its_name_begins_with_what_is_seen(top, slug):
    page = parsed(top / "_build" / "html" / f"{slug}.html")
    folds = page.select("details.hide > summary")
    assert folds
    assert [fold for fold in folds if not called(fold).startswith(fold.get_text().strip())] == []
    drawn = {a["href"].partition("#")[2].removesuffix("-code") for a in page.select('.downloads a[href^="#"]')}
    hidden = [summary for summary in folds if summary.parent.select_one("[id$=-code]")]
    assert all(re.search(rf"of figures? .*\b{re.escape(name)}\b", " ".join(map(called, hidden))) for name in drawn)


PHRASING = {"span", "a", "b", "i", "em", "strong", "code", "small", "abbr", "sub", "sup"}


@pytest.mark.parametrize("page", GENERATED)
def test_a_summary_holds_nothing_but_words(top, page):
    """HTML takes phrasing content and headings there: no paragraph, no list."""
    summaries = parsed(top / "_build" / "html" / f"{page}.html").find_all("summary")
    assert {tag.name for summary in summaries for tag in summary.find_all(True)} <= PHRASING


@pytest.mark.parametrize("page", WRITTEN)
def test_no_number_in_the_text_is_missing(top, page):
    """A name that `say` did not give would be left as it stands in the source."""
    text = parsed(top / "_build" / "html" / f"{page}.html").find("article").get_text()
    assert "glue" not in text
    assert "{cite" not in text
    assert "not a number" not in text


def test_without_addresses_no_page_mentions_one(top):
    assert not {"COLLAPSE_REPOSITORY", "COLLAPSE_SITE"} & set(os.environ)
    for path in (top / "_build" / "html").glob("*.html"):
        if path.stem not in set(PAGES) - set(WRITTEN):
            assert not re.search("github|binder", path.read_text(encoding="utf-8"), re.IGNORECASE), path.name
        assert not parsed(path).select("link[rel=canonical], meta[property='og:url'][content*=http]")


def test_no_page_tells_where_it_was_built(top):
    for path in (top / "_build").rglob("*"):
        if path.suffix in (".html", ".ipynb", ".svg", ".csv", ".js") and "_static" not in path.parts:
            assert str(top) not in path.read_text(encoding="utf-8"), path


def test_the_pages_looked_at_are_the_books():
    assert len(PAGES) == len(set(PAGES)) >= 7
    assert Path(ROOT / "book" / f"{PAGES[0]}.md").is_file()
