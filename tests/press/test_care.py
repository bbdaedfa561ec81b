"""What a book that is cared for has: terms that are explained, dates, and a site that can be found and cited."""

import json
import os
import re
import shutil
import subprocess
from types import SimpleNamespace

import pytest
from bs4 import BeautifulSoup
from conftest import ROOT
from docutils import nodes

from collapse_lib import plotting
from collapse_lib.press import build as building
from collapse_lib.press import rendering
from collapse_lib.press.book import Book
from collapse_lib.press.pages import descriptions
from collapse_lib.press.publish import addresses, versions

SITE = "https://example.org/a-book"

# The glossary -----------------------------------------------------------------------------------------------------

PAGES = {path.stem: path.read_text(encoding="utf-8") for path in sorted((ROOT / "book").glob("*.md"))}
TERM = re.compile(r"\{term\}`([^`<]+?)\s*(?:<([^`>]+)>)?`")


def defined(page):
    """The terms of a page's glossary, each with its definition."""
    [glossary] = re.findall(r"```\{glossary\}\n(.*?)\n```", page, re.DOTALL)
    return {
        entry.split("\n")[0].strip(): " ".join(entry.split("\n", 1)[1].split())
        for entry in re.split(r"\n\n(?=\S)", glossary)
    }


def linked(page):
    """The terms that a page links, in order."""
    return [" ".join((target or words).split()) for words, target in TERM.findall(page)]


TERMS = defined(PAGES["notation"])


def test_a_term_is_defined_in_a_few_words():
    assert len(TERMS) > 30
    for term, definition in TERMS.items():
        assert len(definition.split()) >= 4, term
        assert definition.endswith((".", ".)")), term
        assert not definition.startswith(":"), term


@pytest.mark.parametrize("term", TERMS)
def test_a_term_that_is_defined_is_used(term):
    assert any(term in linked(page) for name, page in PAGES.items() if name != "notation")


@pytest.mark.parametrize("slug", sorted(Book.here().chapters))
def test_a_chapter_leads_to_the_glossary_once_for_each_of_its_terms(slug):
    found = linked(PAGES[slug])
    assert len(set(found)) >= 3
    assert len(set(found)) == len(found)
    assert set(found) <= set(TERMS)


def test_a_term_that_nobody_defined_would_be_seen():
    assert linked("See {term}`tokens <token>` and {term}`nothing\nmuch`.") == ["token", "nothing much"]
    assert not set(linked("{term}`phlogiston`")) <= set(TERMS)


# Descriptions -----------------------------------------------------------------------------------------------------


def page(*paragraphs):
    """A page of these paragraphs, as docutils has it."""
    section = nodes.section("", nodes.title("", "A title"), *(nodes.paragraph("", text) for text in paragraphs))
    return SimpleNamespace(findall=nodes.Element("", section).findall)


def test_a_description_is_made_of_whole_sentences_without_formulas():
    text = (
        "Models forget what they do not repeat, and then they forget it for good. Then \\sigma_m falls. It is slow."
    )
    assert descriptions.description(page(text), 200) == (
        "Models forget what they do not repeat, and then they forget it for good. It is slow."
    )


def test_a_description_is_no_longer_than_it_may_be():
    told = descriptions.description(page("Short. " + "word " * 100), 80)
    assert told.startswith("Short. word")
    assert len(told) <= 80
    assert told.endswith("…")


def test_a_page_without_sentences_is_described_by_its_title():
    assert descriptions.description(page("x_{m} = 1."), 200).startswith("A title")


# Settings ---------------------------------------------------------------------------------------------------------


def settings(tmp_path, **environment):
    """What the environment adds to Sphinx's settings, for a book outside any repository."""
    (tmp_path / "_toc.yml").write_text("format: jb-book\nroot: intro\n", encoding="utf-8")
    given = {f"COLLAPSE_{name}": value for name, value in environment.items()}
    config = addresses.addressed({}, given, tmp_path)
    return config["html"], config["sphinx"]["config"]


def test_without_an_address_there_is_nothing_to_find(tmp_path):
    assert settings(tmp_path) == ({}, {})
    assert settings(tmp_path, VERSIONS="1") == ({}, {})


def test_canonical_links_of_a_versioned_site_lead_to_the_latest(tmp_path):
    assert settings(tmp_path, SITE=SITE)[0]["baseurl"] == f"{SITE}/"
    html, sphinx = settings(tmp_path, SITE=f"{SITE}/", VERSIONS="1")
    assert html["baseurl"] == sphinx["ogp_site_url"] == f"{SITE}/latest/"
    assert sphinx["notfound_urls_prefix"] == "/a-book/latest/"
    assert sphinx["ogp_social_cards"]["site_url"] == "example.org/a-book"


def git(folder, *words, date="2026-03-04T12:00:00Z"):
    who = {f"GIT_{role}_{what}": "a" for role in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
    when = {"GIT_AUTHOR_DATE": date, "GIT_COMMITTER_DATE": date, "GIT_CONFIG_GLOBAL": os.devnull}
    subprocess.run(["git", *words], cwd=folder, capture_output=True, check=True, env={**os.environ, **who, **when})


def test_outside_a_repository_no_page_has_a_date(tmp_path):
    (tmp_path / "book").mkdir()
    assert addresses.last_commit(tmp_path / "book") == ""
    git(tmp_path, "init", "--quiet")
    assert addresses.last_commit(tmp_path / "book") == ""


def test_only_a_commit_that_changes_the_book_makes_its_pages_new(tmp_path):
    (tmp_path / "book").mkdir()
    (tmp_path / "book" / "a.md").write_text("# A\n", encoding="utf-8")
    git(tmp_path, "init", "--quiet")
    git(tmp_path, "add", "--all")
    git(tmp_path, "commit", "--quiet", "-m", "The book")
    first = addresses.last_commit(tmp_path / "book")
    (tmp_path / "other").write_text("", encoding="utf-8")
    git(tmp_path, "add", "--all")
    git(tmp_path, "commit", "--quiet", "-m", "Another file")
    assert re.fullmatch("[0-9a-f]{40}", first)
    assert addresses.last_commit(tmp_path / "book") == first


def test_without_git_there_are_no_dates(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    assert addresses.last_commit(ROOT / "book") == ""


# A site with an address -------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """A small book of plain pages, in a repository, built for a versioned site."""
    top = tmp_path_factory.mktemp("site")
    folder = top / "book"
    shutil.copytree(ROOT / "book" / "assets", folder / "assets")
    shutil.copy(ROOT / "book" / "references.bib", folder)
    shutil.copy(ROOT / "_config.yml", top)
    (top / "requirements.txt").write_text("", encoding="utf-8")
    (folder / "_toc.yml").write_text(
        "format: jb-book\nroot: intro\nchapters:\n  - file: second\n", encoding="utf-8"
    )
    (folder / "intro.md").write_text(
        "# First\n\nThe coalescent is on the second page, not here.\n", encoding="utf-8"
    )
    text = "# Second\n\nWhen $p^{(m)}$ is fixed, {math}`x_1` is too. Lines that meet: the *genealogy*.\n"
    (folder / "second.md").write_text(text, encoding="utf-8")
    git(top, "init", "--quiet")
    (top / ".gitignore").write_text("_build/\n", encoding="utf-8")
    git(top, "add", "--all")
    git(top, "commit", "--quiet", "-m", "The book")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("COLLAPSE_BOOK", str(folder))
        patch.setenv("COLLAPSE_SITE", SITE)
        patch.setenv("COLLAPSE_VERSIONS", "1")
        patch.setenv("COLLAPSE_REPOSITORY", "https://github.com/owner/name")
        building.build(Book.here(), preset="quick", jobs=1)
    return top / "_build" / "html"


def of_the_site(test):
    """A test of the small site; one worker builds it, once."""
    return pytest.mark.slow(pytest.mark.xdist_group("small-site")(test))


def read(site, name):
    return BeautifulSoup((site / f"{name}.html").read_text(encoding="utf-8"), "html.parser")


@of_the_site
def test_a_page_says_when_it_was_last_changed(site):
    for name in ("intro", "second"):
        assert "2026-03-04" in read(site, name).select_one(".last-updated").get_text()
    assert read(site, "search").select_one(".last-updated") is None


@of_the_site
def test_a_page_says_which_address_is_its_own(site):
    head = read(site, "second").head
    assert head.find("link", rel="canonical")["href"] == f"{SITE}/latest/second.html"
    assert head.find("meta", property="og:url")["content"] == f"{SITE}/latest/second.html"
    described = head.find("meta", attrs={"name": "description"})["content"]
    assert described == "Lines that meet: the genealogy."


@of_the_site
def test_a_page_has_a_card(site):
    image = read(site, "second").head.find("meta", property="og:image")["content"]
    assert image.startswith(f"{SITE}/latest/_images/")
    card = site / image.removeprefix(f"{SITE}/latest/")
    assert card.read_bytes().startswith(b"\x89PNG")


@of_the_site
def test_the_sitemap_lists_the_pages_to_read(site):
    listed = re.findall("<loc>(.*?)</loc>", (site / "sitemap.xml").read_text(encoding="utf-8"))
    assert sorted(listed) == [f"{SITE}/latest/intro.html", f"{SITE}/latest/second.html"]


@of_the_site
def test_the_page_for_what_is_not_found_works_from_any_depth(site):
    missing = read(site, "404")
    targets = [
        tag.get("href") or tag.get("src") for tag in missing.select("link[href], script[src], img[src], a[href]")
    ]
    local = [t for t in targets if not t.startswith(("https://", "#", "data:"))]
    assert len(local) > 10
    assert [target for target in local if not target.startswith("/a-book/latest/")] == []
    for name in ("intro", "search"):
        assert missing.find("article").find("a", href=f"/a-book/latest/{name}.html")
    assert missing.select(".version-banner") == []


@of_the_site
def test_a_versioned_page_has_a_place_for_the_banner_above_its_title(site):
    banner = read(site, "second").select_one(".version-banner")
    assert banner.has_attr("hidden")
    assert banner.script["src"] == "../versions.js"
    assert banner.find_next("h1").get_text().startswith("Second")


@of_the_site
@pytest.mark.browser
def test_the_search_finds_a_word_over_file(site, launch):
    with launch() as browser:
        tab = browser.new_page(viewport={"width": 390, "height": 800})
        tab.goto(f"{(site / 'search.html').as_uri()}?q=coalescent")
        tab.wait_for_selector("#search-results li a", timeout=10_000)
        found = tab.eval_on_selector_all("#search-results li a", "links => links.map(a => a.href)")
        wide = tab.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        tab.close()
    assert [address.rsplit("/", 1)[1].split("?")[0].split("#")[0] for address in found] == ["intro.html"]
    assert wide <= 0


def test_robots_are_told_where_the_sitemap_is_unless_the_top_does(tmp_path):
    def written(versioned, address):
        config = SimpleNamespace(html_baseurl=address, collapse_versioned=versioned)
        app = SimpleNamespace(config=config, outdir=str(tmp_path), builder=SimpleNamespace(format="html"))
        (tmp_path / "robots.txt").unlink(missing_ok=True)
        versions.write_robots(app, None)
        return (tmp_path / "robots.txt").is_file()

    assert [written(True, SITE), written(False, ""), written(False, f"{SITE}/")] == [False, False, True]
    assert f"Sitemap: {SITE}/sitemap.xml" in (tmp_path / "robots.txt").read_text(encoding="utf-8")


# Figures by themselves --------------------------------------------------------------------------------------------


def contrast(one, other):
    """The contrast of two colours, as WCAG defines it."""

    def luminance(colour):
        shares = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        linear = [s / 12.92 if s <= 0.04045 else ((s + 0.055) / 1.055) ** 2.4 for s in shares]
        return sum(weight * value for weight, value in zip((0.2126, 0.7152, 0.0722), linear, strict=True))

    pair = sorted((luminance(one), luminance(other)))
    return (pair[1] + 0.05) / (pair[0] + 0.05)


@pytest.mark.parametrize("ground", ["#ffffff", "#121212", "#000000"], ids=["white", "dark", "black"])
def test_a_figure_by_itself_can_be_read_on_any_ground(ground):
    """Its drawing has no ground of its own: ink and colours stand out at least 3:1, as graphics must."""
    assert min(contrast(colour, ground) for colour in (plotting.INK, *plotting.COLOURS.values())) >= 3
    assert contrast("#333333", "#000000") < 3


def test_settings_are_plain_values():
    assert json.loads(json.dumps(rendering.configured(Book.here())))
