"""How to cite: entries that BibTeX reads, references as APA has them, one source for both, buttons that copy."""

import datetime
import functools
import html
import http.server
import re
import shutil
import threading

import pytest
import yaml
from bs4 import BeautifulSoup
from conftest import ROOT, Quiet
from pybtex.database import parse_string
from sphinx.testing.util import SphinxTestApp

from collapse_lib.press.pages import citing_on_pages
from collapse_lib.press.publish import citing

BOOK = citing.book(ROOT, "https://example.org/book/")
PAPER = citing.paper(ROOT / "book")
TITLES = {
    page.stem: next(line[2:] for line in page.read_text(encoding="utf-8").splitlines() if line.startswith("# "))
    for page in sorted((ROOT / "book").glob("*.md"))
}
PERSONS = (citing.Author("Núñez", "Ana Lía"), citing.Author("O'Hara", "J."), citing.Author("The A_B team"))
HARD = citing.Book("On 5 % & more: A_B", PERSONS, "1.0", datetime.date(2027, 1, 2), "https://e.org/a_b/")


def words(reference):
    """A reference as a reader sees it."""
    return html.unescape(re.sub(r"<[^>]+>", "", reference))


# BibTeX -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("page", TITLES)
def test_the_entry_of_a_page_says_what_the_page_is_called(page):
    entry = parse_string(BOOK.page_bibtex(page, TITLES[page]), "bibtex").entries[f"collapse_lib2026:{page}"]
    assert entry.type == "incollection"
    assert citing.plain(entry.fields["title"]) == TITLES[page]
    assert citing.plain(entry.fields["booktitle"]) == BOOK.title
    assert entry.fields["url"] == f"https://example.org/book/{page}.html"
    assert BOOK.version in entry.fields["note"]
    assert str(BOOK.released) in entry.fields["note"]


@pytest.mark.parametrize("page", TITLES)
def test_no_style_takes_a_capital_from_a_title(page):
    assert citing.sentence(citing.braced(TITLES[page])) == TITLES[page]


def test_without_braces_a_style_would():
    assert citing.sentence("Which Markov chain") == "Which markov chain"
    assert citing.sentence(citing.braced("Which Markov chain: E[T]?")) == "Which Markov chain: E[T]?"


def test_the_pages_entries_are_of_one_bibliography():
    """parse_string refuses a key that comes twice."""
    entries = [BOOK.bibtex(), PAPER.bibtex(), *(BOOK.page_bibtex(page, title) for page, title in TITLES.items())]
    assert len(parse_string("\n".join(entries), "bibtex").entries) == len(TITLES) + 2 > 15


def test_signs_that_mean_something_to_latex_are_escaped():
    entry = parse_string(HARD.bibtex(), "bibtex").entries["collapse_lib2027"]
    assert entry.fields["title"] == r"On 5 \% \& more: {A\_B}"
    assert citing.plain(entry.fields["title"]) == HARD.title
    assert entry.fields["url"] == HARD.address


def test_authors_are_told_apart_and_a_team_is_one():
    persons = parse_string(HARD.bibtex(), "bibtex").entries["collapse_lib2027"].persons["author"]
    names = [[citing.plain(part) for part in person.last_names] for person in persons]
    assert names == [["Núñez"], ["O'Hara"], ["The A_B team"]]


def test_a_book_without_an_address_gives_none():
    at_home = citing.book(ROOT)
    shown = [at_home.bibtex(), at_home.apa(), at_home.page_bibtex("intro", "A"), at_home.page_apa("intro", "A")]
    assert not [text for text in shown if "http" in text or "url" in text]


# APA --------------------------------------------------------------------------------------------------------------


def test_the_book_as_apa_cites_software():
    assert words(BOOK.apa()) == (
        "The collapse_lib contributors. (2026). How bad is training on synthetic data? A reproducible companion "
        f"(Version {BOOK.version}) [Computer software]. https://example.org/book/"
    )
    assert f"<i>{BOOK.title}</i>" in BOOK.apa()


def test_a_page_as_apa_cites_a_chapter():
    assert words(BOOK.page_apa("notation", "Notation")) == (
        "The collapse_lib contributors. (2026). Notation. In How bad is training on synthetic data? A reproducible "
        f"companion (Version {BOOK.version}). https://example.org/book/notation.html"
    )


def test_a_title_that_asks_keeps_its_question_mark():
    assert "is safe? In" in words(BOOK.page_apa("x", "How much is safe?"))


def test_the_paper_as_apa_cites_a_contribution_to_a_conference():
    assert words(PAPER.apa()) == (
        "Seddik, M. E. A., Chen, S.-W., Hayou, S., Youssef, P., & Debbah, M. (2024). How bad is training on "
        "synthetic data? A statistical analysis of language model collapse. In Conference on Language Modeling "
        "(COLM). https://arxiv.org/abs/2404.05090"
    )


def test_persons_and_a_team_as_apa_lists_them():
    assert words(HARD.apa()).startswith("Núñez, A. L., O'Hara, J., & The A_B team. (2027). On 5 % & more: A_B (")


def test_a_sentence_cites_by_author_and_year():
    assert (BOOK.in_text(), PAPER.in_text()) == ("The collapse_lib contributors, 2026", "Seddik et al., 2024")


# One source -------------------------------------------------------------------------------------------------------


def test_the_citation_file_and_the_bibliography_name_the_same_paper():
    (reference,) = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))["references"]
    assert citing.sentence(PAPER.entry.fields["title"]) == reference["title"].capitalize().replace("? a", "? A")
    authors = [citing.Author(author["family-names"], author["given-names"]) for author in reference["authors"]]
    assert authors == list(PAPER.authors)
    assert str(reference["year"]) == PAPER.entry.fields["year"]
    assert reference["url"].endswith(PAPER.entry.fields["eprint"])


def test_the_site_has_the_title_of_the_citation_file():
    config = yaml.safe_load((ROOT / "_config.yml").read_text(encoding="utf-8"))
    assert config["title"] == config["sphinx"]["config"]["project"] == BOOK.title


def test_the_version_was_released_when_the_changelog_says():
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert f"## {BOOK.version} ({BOOK.released})" in changelog


def test_a_book_without_a_citation_file_cannot_be_cited(tmp_path):
    assert citing.book(tmp_path) is None


# On the pages -----------------------------------------------------------------------------------------------------

PAGES = {
    "start": "# Where it begins\n\n```{toctree}\nsecond\n```\n",
    "second": "# Two & *more*\n\n## A part\n\n```{citation} book\n```\n\n```{citation} page start\n```\n\n"
    "```{citation} paper\n```\n\n```{citation} example\n```\n",
}


def made(folder, *, citation=True, pages=PAGES, **settings):
    """A small book with citations, built; the warnings of the build."""
    source = folder / "source"
    source.mkdir(parents=True)
    for name, text in pages.items():
        (source / f"{name}.md").write_text(text, encoding="utf-8")
    shutil.copy(ROOT / "book" / "references.bib", source)
    if citation:
        shutil.copy(ROOT / "CITATION.cff", folder)
    (source / "conf.py").write_text("", encoding="utf-8")
    options = {
        "extensions": ["myst_parser", "collapse_lib.press.pages.citing_on_pages"],
        "source_suffix": {".md": "markdown"},
        "root_doc": "start",
        "html_static_path": [str(ROOT / "book" / "assets")],
        "html_css_files": ["book.css"],
        "collapse_root": str(folder),
        **settings,
    }
    app = SphinxTestApp(srcdir=source, builddir=folder / "built", confoverrides=options)
    app.build()
    warnings = app.warning.getvalue()
    app.cleanup()
    return warnings


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """The folder of a small site that knows its address."""
    folder = tmp_path_factory.mktemp("cited")
    assert made(folder, html_baseurl="https://example.org/book/") == ""
    return folder / "built" / "html"


def page(site, name):
    return BeautifulSoup((site / f"{name}.html").read_text(encoding="utf-8"), "html.parser")


def test_every_page_ends_with_its_own_entry(site):
    (fold,) = page(site, "second").select("details.citing")
    assert fold.summary.get_text() == "Cite this page"
    entry = parse_string(fold.pre.get_text(), "bibtex").entries["collapse_lib2026:second"]
    assert citing.plain(entry.fields["title"]) == "Two & more"
    assert fold.p.get_text() == words(BOOK.page_apa("second", "Two & more"))


def test_the_first_page_stands_for_the_book(site):
    (fold,) = page(site, "start").select("details.citing")
    assert fold.summary.get_text() == "Cite this book"
    assert fold.pre.get_text() == BOOK.bibtex()


def test_what_is_no_page_of_the_book_says_nothing(site):
    assert not page(site, "search").select("details.citing, meta[name^=citation]")


def test_the_fold_adds_no_heading(site):
    shown = page(site, "second")
    assert [heading.find(string=True) for heading in shown.select("article h1, div.body h1, div.body h2")] == [
        "Two & ",
        "A part",
    ]
    assert "Cite" not in shown.select_one("div.sphinxsidebar").get_text()


def test_the_tags_tell_reference_managers_what_the_page_is(site):
    found = {tag["name"]: tag["content"] for tag in page(site, "second").select("meta[name]")}
    assert found["citation_title"] == found["DC.title"] == "Two & more"
    assert found["citation_author"] == found["DC.creator"] == "The collapse_lib contributors"
    assert found["citation_inbook_title"] == found["citation_book_title"] == BOOK.title
    assert found["citation_publication_date"] == BOOK.released.strftime("%Y/%m/%d")
    assert found["citation_public_url"] == "https://example.org/book/second.html"


def test_the_tags_of_the_first_page_name_the_book(site):
    found = {tag["name"]: tag["content"] for tag in page(site, "start").select("meta[name]")}
    assert found["citation_title"] == BOOK.title
    assert "citation_inbook_title" not in found


def test_a_person_is_tagged_family_name_first():
    tags = citing_on_pages.tags(HARD, "a", "A", whole=False)
    assert '<meta name="citation_author" content="Núñez, Ana Lía" />' in tags


def test_the_directive_shows_book_page_paper_and_a_sentence(site):
    shown = page(site, "second")
    assert shown.find(id="cite-book-bibtex").get_text() == BOOK.bibtex()
    assert shown.find(id="cite-start-bibtex").get_text() == BOOK.page_bibtex("start", "Where it begins")
    assert shown.find(id="cite-paper-bibtex").get_text() == PAPER.bibtex()
    assert PAPER.in_text() in shown.blockquote.get_text()
    assert BOOK.version in shown.blockquote.get_text()


def test_an_id_of_a_citation_is_on_the_page_once(site):
    ids = [tag["id"] for tag in page(site, "second").select("[id]")]
    assert len(ids) == len(set(ids))


def test_without_a_script_there_is_no_button(site):
    buttons = page(site, "second").select("button.copies")
    assert len(buttons) == 8
    assert all(button.has_attr("hidden") for button in buttons)


def test_a_citation_of_something_else_is_a_fault(tmp_path):
    pages = {"start": "# A\n\n```{citation} journal\n```\n"}
    assert "it takes book, paper, example, or page and a page's name" in made(tmp_path, pages=pages)


def test_without_a_citation_file_the_pages_say_nothing(tmp_path):
    pages = {"start": "# A\n"}
    assert made(tmp_path, citation=False, pages=pages) == ""
    assert not page(tmp_path / "built" / "html", "start").select("details.citing, meta[name^=citation]")


@pytest.mark.parametrize("name", TITLES)
def test_every_page_of_the_book_says_how_to_cite_it(top, name):
    found = page(top / "_build" / "html", name)
    (fold,) = found.select("article details.citing")
    assert fold.pre.get_text() == (
        citing.book(ROOT).bibtex() if name == "intro" else citing.book(ROOT).page_bibtex(name, TITLES[name])
    )
    assert found.find("meta", {"name": "citation_title"})["content"]
    assert not [words for words in found.select(".bd-sidebar-secondary") if "Cite this" in words.get_text()]


# In a browser -----------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def address(site):
    """The site's address over http."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=site))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def clicked(tab, where):
    """Click both buttons at the foot of a page, and tell what a reader could then paste, and was told."""
    tab.goto(f"{where}/second.html")
    tab.locator("details.citing summary").click()
    found = []
    for kind in ("APA", "BibTeX"):
        button = tab.locator("details.citing").get_by_role("button", name=f"Copy {kind}")
        button.click()
        status = button.locator("xpath=following-sibling::*[@role='status']")
        tab.wait_for_function("e => e.textContent", arg=status.element_handle())
        told = status.inner_text()
        tab.evaluate("document.body.insertAdjacentHTML('beforeend', '<textarea id=paste></textarea>')")
        if told == "Copied":
            tab.locator("#paste").focus()
            tab.keyboard.press("Control+V")
        found.append((told, tab.locator("#paste").input_value() or tab.evaluate("getSelection().toString()")))
        tab.evaluate("document.getElementById('paste').remove()")
    return found


REFERENCES = [words(BOOK.page_apa("second", "Two & more")), BOOK.page_bibtex("second", "Two & more")]
NO_CLIPBOARD = "Object.defineProperty(navigator, 'clipboard', {value: undefined});"
NO_COPY = NO_CLIPBOARD + "document.execCommand = () => false;"


@pytest.mark.browser
@pytest.mark.parametrize("over", ["http", "file"])
@pytest.mark.parametrize("before", ["", NO_CLIPBOARD], ids=["clipboard", "the old way"])
def test_the_buttons_copy_the_references(browser, site, address, over, before):
    context = browser.new_context()
    if over == "http":
        context.grant_permissions(["clipboard-read", "clipboard-write"], origin=address)
    context.add_init_script(before)
    found = clicked(context.new_page(), address if over == "http" else site.as_uri())
    context.close()
    assert found == [("Copied", reference) for reference in REFERENCES]


@pytest.mark.browser
def test_where_nothing_may_be_copied_the_reference_is_selected(browser, site):
    context = browser.new_context()
    context.add_init_script(NO_COPY)
    found = clicked(context.new_page(), site.as_uri())
    context.close()
    assert [told for told, _ in found] == ["Selected: press Ctrl+C"] * 2
    assert [text.strip() for _, text in found] == REFERENCES
