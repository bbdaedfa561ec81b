"""The site: what a build runs again and what it keeps, the pages that it makes, and how a browser shows them.

The bookkeeping is tested on small books whose chapters only pretend to run.  The book itself is built once, in a
temporary folder.
"""

import base64
import functools
import gc
import hashlib
import http.server
import itertools
import json
import os
import re
import shutil
import threading
from pathlib import Path
from urllib.parse import unquote, urlsplit

import nbformat
import pytest
import yaml
from bs4 import BeautifulSoup
from conftest import ROOT

from collapse_lib import records
from collapse_lib.chapters import execute, source
from collapse_lib.chapters.execute import ChapterFailed, Execution
from collapse_lib.site import book

# Each thread that runs a chapter leaves an event loop, which jupyter_core does not close.
pytestmark = pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning")


def built_once(test):
    """A test of the book itself; one worker builds it, once."""
    return pytest.mark.slow(pytest.mark.xdist_group("site")(test))


# Bookkeeping ------------------------------------------------------------------------------------------------------


class Pretence:
    """Stands for the execution of chapters and for jupyter-book; keeps note of what was asked of them."""

    def __init__(self):
        self.ran, self.failing, self.sites = [], set(), 0
        self.meanwhile = lambda: None

    def execute(self, chapter, parameters, *, preset, progress=False):
        """What `site` calls to run a chapter."""
        self.ran.append(chapter.slug)
        self.meanwhile()
        if chapter.slug in self.failing:
            raise ChapterFailed(chapter, chapter.notebook(), 1, "RuntimeError: boom")
        return Execution(chapter, preset, dict(parameters), chapter.notebook(), 0.1)

    def make_site(self, *_, **__):
        """What `site` calls to make the pages."""
        self.sites += 1
        return book.root() / "_build" / "html" / "index.html"

    def build(self, preset="quick"):
        """The chapters that a build runs."""
        self.ran.clear()
        built = book.build(preset=preset, jobs=1)
        assert sorted(built.ran) == sorted(self.ran)
        return sorted(self.ran)


@pytest.fixture
def pretence(small_book, monkeypatch):
    """A book of chapters `one` and `two`, built once."""
    small_book(one="pass", two="pass")
    pretence = Pretence()
    monkeypatch.setattr(book, "execute", pretence.execute)
    monkeypatch.setattr(book, "_site", pretence.make_site)
    assert pretence.build() == ["one", "two"]
    return pretence


def test_a_second_build_runs_nothing(pretence):
    assert pretence.build() == []


def test_a_chapter_with_another_text_is_run_again_alone(pretence):
    page = source.book_folder() / "one.md"
    page.write_text(page.read_text(encoding="utf-8") + "\nA word more.\n", encoding="utf-8")
    assert pretence.build() == ["one"]
    assert pretence.build() == []


def test_another_lock_runs_everything_again(pretence):
    (book.root() / "requirements.txt").write_text("numpy==9\n", encoding="utf-8")
    assert pretence.build() == ["one", "two"]


def test_another_library_runs_everything_again(pretence, monkeypatch):
    monkeypatch.setattr(records, "library_digest", lambda **_: "another")
    assert pretence.build() == ["one", "two"]


def test_another_preset_runs_everything_again(pretence):
    assert pretence.build("paper") == ["one", "two"]


def test_another_corpus_runs_the_chapters_that_read_it(pretence, tmp_path, monkeypatch):
    page = source.book_folder() / "one.md"
    text = page.read_text(encoding="utf-8")
    reads = 'corpus: str = "tinyshakespeare"  # the text\n'
    page.write_text(text.replace("loud: bool", reads + "loud: bool"), encoding="utf-8")
    assert pretence.build() == ["one"]
    (tmp_path / "tinyshakespeare.txt").write_text("abc", encoding="utf-8")
    monkeypatch.setenv("COLLAPSE_DATA", str(tmp_path))
    assert pretence.build() == ["one"]


@pytest.mark.parametrize("kind", ["ipynb", "json"])
def test_an_interrupted_build_resumes(pretence, kind):
    (book.executed_folder() / f"two.{kind}").unlink()
    assert pretence.build() == ["two"]


def test_a_new_chapter_is_run_alone(pretence, small_book):
    small_book(three="pass")
    assert pretence.build() == ["three"]


def test_a_chapter_that_left_the_book_leaves_no_execution(pretence):
    (source.book_folder() / "two.md").unlink()
    assert pretence.build() == []
    assert {path.stem for path in book.executed_folder().iterdir()} == {"one"}


def test_a_lock_that_changes_during_a_run_makes_it_stale(pretence):
    """What ran had the old one."""
    lock = book.root() / "requirements.txt"
    (source.book_folder() / "two.md").unlink()
    (book.executed_folder() / "one.json").unlink()
    pretence.meanwhile = lambda: lock.write_text("numpy==9\n", encoding="utf-8")
    assert pretence.build() == ["one"]
    pretence.meanwhile = lambda: None
    assert pretence.build() == ["one"]


def test_a_failing_chapter_does_not_keep_the_others_from_running(pretence):
    (book.root() / "requirements.txt").write_text("numpy==9\n", encoding="utf-8")
    pretence.failing = {"one"}
    with pytest.raises(book.BuildFailed, match="one failed in cell 1: RuntimeError: boom"):
        book.build(preset="quick", jobs=1)
    pretence.failing = set()
    assert pretence.build() == ["one"]


def test_a_failing_chapter_keeps_its_notebook_and_makes_no_site(pretence):
    (book.executed_folder() / "one.json").unlink()
    pretence.failing, sites = {"one"}, pretence.sites
    with pytest.raises(book.BuildFailed) as failure:
        pretence.build()
    kept = book.root() / "_build" / "failed" / "one.ipynb"
    assert str(kept) in str(failure.value)
    nbformat.validate(nbformat.read(kept, as_version=4))
    assert pretence.sites == sites


def test_a_record_tells_what_ran(pretence):
    found = book.record("one")
    assert (found["preset"], found["parameters"]) == ("quick", {"n": 2, "loud": False})
    assert book.record("missing") == {}


def test_without_addresses_the_configuration_has_none(monkeypatch):
    monkeypatch.delenv("COLLAPSE_REPOSITORY", raising=False)
    monkeypatch.delenv("COLLAPSE_SITE", raising=False)
    config = book._config()
    assert "repository" not in config
    assert "http" not in json.dumps(config)


def test_the_repositorys_address_turns_on_the_button(monkeypatch):
    monkeypatch.setenv("COLLAPSE_REPOSITORY", "https://github.com/somebody/something/")
    config = book._config()
    assert config["repository"]["url"] == "https://github.com/somebody/something"
    assert config["html"]["use_repository_button"] is True


def test_the_sites_address_gives_canonical_links(monkeypatch):
    monkeypatch.setenv("COLLAPSE_SITE", "https://example.org/book")
    assert book._config()["html"]["baseurl"] == "https://example.org/book/"


# The book, built once ---------------------------------------------------------------------------------------------

TOC = yaml.safe_load((ROOT / "book" / "_toc.yml").read_text(encoding="utf-8"))
PAGES = [TOC["root"], *(entry["file"] for part in TOC["parts"] for entry in part["chapters"])]
CHAPTERS = sorted(source.available())
every_page = pytest.mark.parametrize("page", PAGES)
every_chapter = pytest.mark.parametrize("slug", CHAPTERS)


@pytest.fixture(scope="module")
def quick(tmp_path_factory, fonts):
    """The whole book with the preset `quick`, in a folder of its own."""
    top = tmp_path_factory.mktemp("site")
    shutil.copytree(ROOT / "book", top / "book")
    for name in ("_config.yml", "requirements.txt"):
        shutil.copy(ROOT / name, top)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("COLLAPSE_BOOK", str(top / "book"))
        built = book.build(preset="quick", jobs=2)
        gc.collect()
    return top, built


@pytest.fixture
def top(quick, monkeypatch):
    """The folder of the built book, which COLLAPSE_BOOK names."""
    monkeypatch.setenv("COLLAPSE_BOOK", str(quick[0] / "book"))
    return quick[0]


@functools.cache
def parsed(path):
    return BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser")


def executed(top, slug):
    return nbformat.read(top / "_build" / "executed" / f"{slug}.ipynb", as_version=4)


def digests(folder):
    return {path: hashlib.sha256(path.read_bytes()).digest() for path in folder.rglob("*") if path.is_file()}


@built_once
def test_every_chapter_was_run(quick):
    assert sorted(quick[1].ran) == CHAPTERS
    assert quick[1].index.is_file()


@built_once
def test_every_entry_of_the_table_of_contents_is_a_page(top):
    assert {path.stem for path in (top / "_build" / "html").glob("*.html")} >= set(PAGES)


@built_once
def test_every_page_of_the_book_is_in_the_table_of_contents(top):
    assert {path.stem for path in (top / "book").glob("*.md")} == set(PAGES)


@built_once
@every_chapter
def test_no_chapter_complains(top, slug):
    outputs = [output for cell in executed(top, slug).cells for output in cell.get("outputs", [])]
    assert [o.text for o in outputs if o.output_type == "stream" and o.name == "stderr"] == []
    assert [o.ename for o in outputs if o.output_type == "error"] == []


@built_once
def test_the_verdicts_of_the_quick_book_are_those_that_the_book_stands_by(quick):
    """All verdicts are judged as one family; the chance that a true claim is refuted is 1 %."""
    assert [claim.id for claim in quick[1].ledger.unexpected()] == []


@built_once
def test_the_ledger_follows_the_order_of_the_book(quick):
    order = [PAGES.index(claim.chapter) for claim in quick[1].ledger.claims]
    assert order == sorted(order)


@built_once
def test_building_the_book_again_runs_and_writes_nothing(top):
    before = digests(top / "_build")
    again = book.build(preset="quick", jobs=2)
    assert again.ran == ()
    assert digests(top / "_build") == before


@built_once
def test_a_fault_in_a_page_is_told_and_leaves_the_site_as_it_was(top):
    page, html = top / "book" / "notation.md", top / "_build" / "html"
    text, before = page.read_text(encoding="utf-8"), digests(html)
    page.write_text(text + "\nSee {ref}`a-place-that-is-not-there`.\n", encoding="utf-8")
    with pytest.raises(book.BuildFailed, match="a-place-that-is-not-there"):
        book.build(preset="quick")
    page.write_text(text, encoding="utf-8")
    assert digests(html) == before
    assert book.build(preset="quick").ran == ()


@built_once
def test_a_chapter_that_fails_leaves_the_site_as_it_was(top):
    page, html = top / "book" / "recursive_training.md", top / "_build" / "html"
    text, before = page.read_text(encoding="utf-8"), digests(html)
    broken = re.sub(r"(\n## )", '\n```{code-cell} ipython3\nraise RuntimeError("boom")\n```\n\\1', text, count=1)
    page.write_text(broken, encoding="utf-8")
    try:
        with pytest.raises(book.BuildFailed, match=r"recursive_training failed in cell .*boom"):
            book.build(preset="quick")
    finally:
        page.write_text(text, encoding="utf-8")
        gc.collect()
    assert digests(html) == before
    assert "boom" in (top / "_build" / "failed" / "recursive_training.ipynb").read_text(encoding="utf-8")
    assert book.build(preset="quick").ran == ()


@built_once
@every_chapter
def test_every_figure_is_on_its_page_with_its_files(top, slug):
    page = parsed(top / "_build" / "html" / f"{slug}.html")
    plates = list(execute.plates(executed(top, slug)))
    assert plates
    assert len({plate["name"] for plate in plates}) == len(plates)
    assert len(page.select("article svg[role=img]")) == len(plates)
    for plate in plates:
        folder = top / "_build" / "html" / "_figures" / slug
        assert (folder / f"{plate['name']}.svg").read_text(encoding="utf-8") == plate["svg"]
        assert (folder / f"{plate['name']}.csv").read_text(encoding="utf-8") == plate["csv"]
        assert (folder / f"{plate['name']}.png").read_bytes() == base64.b64decode(plate["png"])
        for kind in ("svg", "csv", "png"):
            assert page.find("a", href=f"_figures/{slug}/{plate['name']}.{kind}")


@built_once
@every_chapter
def test_every_figure_says_what_it_shows(top, slug):
    figures = parsed(top / "_build" / "html" / f"{slug}.html").select("article figure")
    assert figures
    for figure in figures:
        assert len(figure.find("svg", role="img")["aria-label"].split()) >= 8
        assert figure.find("figcaption").get_text(strip=True)


@built_once
@every_chapter
def test_a_page_with_other_parameters_says_so(top, slug):
    """The preset `quick` changes some."""
    chapter = source.find(slug)
    quick, own = (chapter.settings(preset, {}) for preset in ("quick", "paper"))
    banners = parsed(top / "_build" / "html" / f"{slug}.html").select(".ran-with")
    changed = {name: value for name, value in quick.items() if value != own[name]}
    assert len(banners) == (1 if changed else 0)
    for name, value in changed.items():
        assert f"{name} = {value!r}" in banners[0].get_text()
        assert "quick" in banners[0].get_text()


@built_once
def test_some_chapter_has_other_parameters_in_the_quick_book(top):
    assert any(parsed(top / "_build" / "html" / f"{slug}.html").select(".ran-with") for slug in CHAPTERS)


@built_once
@every_chapter
def test_a_page_lists_its_parameters_with_their_values(top, slug):
    chapter = source.find(slug)
    rows = parsed(top / "_build" / "html" / f"{slug}.html").select("table.parameters tbody tr")
    assert [row.code.get_text() for row in rows] == [p.name for p in chapter.parameters]
    ran = chapter.settings("quick", {})
    for row, parameter in zip(rows, chapter.parameters, strict=True):
        value = ran[parameter.name]
        assert row.find_all("td")[-1].get_text().startswith(str(value).strip("[]") if value != [] else "")
        assert parameter.accepts in row.get_text()


@built_once
def test_the_page_of_claims_has_every_claim_with_its_verdict(quick):
    page = parsed(quick[0] / "_build" / "html" / "claims.html")
    for claim in quick[1].ledger.claims:
        row = page.find("tr", id="claim-" + claim.id.replace("/", "-"))
        assert quick[1].ledger[claim.id].kind in row.get_text()
        assert row.a["href"].startswith(f"{claim.chapter}.html")


@built_once
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


@built_once
@every_page
def test_an_id_is_on_a_page_once(top, page):
    """But for those that sphinx-proof repeats inside a theorem of its own."""
    tags = parsed(top / "_build" / "html" / f"{page}.html").find_all(id=True)
    ids = sorted(tag["id"] for tag in tags if "proof" not in (tag.parent.get("class") or []))
    assert [name for name, group in itertools.groupby(ids) if len(list(group)) > 1] == []


@built_once
@every_page
def test_no_number_in_the_text_is_missing(top, page):
    """A name that `say` did not give would be left as it stands in the source."""
    text = parsed(top / "_build" / "html" / f"{page}.html").find("article").get_text()
    assert "glue" not in text
    assert "{cite" not in text
    assert "not a number" not in text


@built_once
def test_without_addresses_no_page_mentions_one(top):
    assert not {"COLLAPSE_REPOSITORY", "COLLAPSE_SITE"} & set(os.environ)
    for path in (top / "_build" / "html").glob("*.html"):
        assert not re.search("github|binder", path.read_text(encoding="utf-8"), re.IGNORECASE), path.name
        assert not parsed(path).select("link[rel=canonical], meta[property='og:url'][content*=http]")


@built_once
def test_no_page_tells_where_it_was_built(top):
    for path in (top / "_build").rglob("*"):
        if path.suffix in (".html", ".ipynb", ".svg", ".csv", ".js") and "_static" not in path.parts:
            assert str(top) not in path.read_text(encoding="utf-8"), path


# In a browser -----------------------------------------------------------------------------------------------------

LOOK = """() => {
  const article = document.querySelector('article');
  const shown = e => e.checkVisibility({opacityProperty: true, visibilityProperty: true});
  const name = e => e.tagName + '.' + e.className + ': ' + e.textContent.trim().slice(0, 60);
  return {
    math: article.querySelectorAll('.math').length,
    raw: [...article.querySelectorAll('.math')].filter(e => !e.querySelector('mjx-container')).map(name),
    errors: [...document.querySelectorAll('mjx-merror, [data-mjx-error]')].map(name),
    typeset: article.querySelectorAll('mjx-container').length,
    left: (article.innerText.match(/\\\\[()]/g) || []).length,
    wide: document.documentElement.scrollWidth - window.innerWidth,
    scrolling: [...article.querySelectorAll('*')].filter(e => shown(e) && e.clientWidth > 0
      && e.scrollWidth > e.clientWidth + 1 && /auto|scroll/.test(getComputedStyle(e).overflowX)).map(name),
    nameless: [...article.querySelectorAll('svg')].filter(e => !e.closest('mjx-container') && shown(e)
      && e.getAttribute('aria-hidden') !== 'true' && !(e.getAttribute('role') === 'img'
      && (e.getAttribute('aria-label') || '').trim())).length,
    unlabelled: [...article.querySelectorAll('img')].filter(e => !e.alt).length,
  };
}"""

CONTRAST = """() => {
  const channels = colour => {
    const found = colour.match(/[\\d.]+/g).map(Number);
    return found.length === 4 ? found : [...found, 1];
  };
  const over = (top, below) => [0, 1, 2].map(i => top[i] * top[3] + below[i] * (1 - top[3])).concat(1);
  const ground = e => {
    const layers = [];
    for (; e; e = e.parentElement) layers.push(channels(getComputedStyle(e).backgroundColor));
    return layers.reverse().reduce((below, top) => over(top, below), [255, 255, 255, 1]);
  };
  const luminance = c => [0.2126, 0.7152, 0.0722].reduce((sum, weight, i) => {
    const share = c[i] / 255;
    return sum + weight * (share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4);
  }, 0);
  const contrast = e => {
    const below = ground(e);
    const pair = [luminance(over(channels(getComputedStyle(e).color), below)), luminance(below)];
    return (Math.max(...pair) + 0.05) / (Math.min(...pair) + 0.05);
  };
  const written = e => [...e.childNodes].some(n => n.nodeType === 3 && n.textContent.trim());
  const shown = e => e.checkVisibility({opacityProperty: true, visibilityProperty: true});
  const article = document.querySelector('article');
  const faint = [...article.querySelectorAll('*')].filter(e => shown(e) && !e.closest('svg')
    && (written(e) || e.tagName === 'MJX-CONTAINER') && contrast(e) < 4.5);
  return {
    theme: document.documentElement.dataset.theme,
    ground: luminance(ground(article)),
    faint: faint.map(e => e.tagName + '.' + e.className + ' ' + contrast(e).toFixed(2) + ': '
      + e.textContent.trim().slice(0, 40)),
    figures: [...article.querySelectorAll('svg[role=img]')].map(contrast),
  };
}"""


class Quiet(http.server.SimpleHTTPRequestHandler):
    """Serves files and says nothing."""

    def log_message(self, *_):
        """Nothing."""


@pytest.fixture(scope="module")
def addresses(quick):
    """The site's address over http, and as files."""
    html = quick[0] / "_build" / "html"
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=html))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield {"http": f"http://127.0.0.1:{server.server_port}", "file": html.as_uri()}
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def browser(launch):
    with launch() as started:
        yield started


@pytest.fixture(scope="module")
def visit(browser, addresses):
    """A function that opens a page, once, and tells what is to be seen at both widths and in both themes."""

    @functools.cache
    def look(page, over):
        asked, complaints = [], []
        tab = browser.new_page(viewport={"width": 1280, "height": 900}, color_scheme="light")
        tab.on("request", lambda request: asked.append(request.url))
        tab.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
        tab.on("pageerror", lambda error: complaints.append(str(error)))
        tab.goto(f"{addresses[over]}/{page}.html")
        tab.wait_for_function("!window.MathJax || MathJax.startup?.promise?.then(() => true)")
        seen = {"wide": tab.evaluate(LOOK)}
        if over == "http":
            seen["light"] = tab.evaluate(CONTRAST)
            tab.emulate_media(color_scheme="dark")
            tab.wait_for_function("document.documentElement.dataset.theme === 'dark'")
            seen["dark"] = tab.evaluate(CONTRAST)
        tab.set_viewport_size({"width": 390, "height": 844})
        seen["narrow"] = tab.evaluate(LOOK)
        tab.close()
        known = (addresses[over], "data:", "blob:")
        return seen | {"foreign": [url for url in asked if not url.startswith(known)], "complaints": complaints}

    return look


def in_a_browser(test):
    """A test of one page, over http and as a file."""
    for mark in (pytest.mark.browser, built_once, pytest.mark.parametrize("over", ["http", "file"]), every_page):
        test = mark(test)
    return test


@in_a_browser
def test_a_page_loads_nothing_from_elsewhere(visit, page, over):
    assert visit(page, over)["foreign"] == []


@in_a_browser
def test_a_page_has_nothing_to_complain_about(visit, page, over):
    assert visit(page, over)["complaints"] == []


@in_a_browser
def test_mathematics_is_typeset(visit, page, over):
    seen = visit(page, over)["wide"]
    assert (seen["raw"], seen["errors"], seen["left"]) == ([], [], 0)
    assert seen["typeset"] >= seen["math"]


@in_a_browser
@pytest.mark.parametrize("width", ["wide", "narrow"])
def test_nothing_has_to_be_scrolled_sideways(visit, page, over, width):
    seen = visit(page, over)[width]
    assert seen["wide"] <= 0
    assert seen["scrolling"] == []


@in_a_browser
def test_every_picture_has_a_name(visit, page, over):
    seen = visit(page, over)["wide"]
    assert (seen["nameless"], seen["unlabelled"]) == (0, 0)


@pytest.mark.browser
@built_once
@every_page
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_text_can_be_told_from_the_page(visit, page, theme):
    """4.5:1, as WCAG 2.2 asks (AA), for every word and for the ink of every figure."""
    seen = visit(page, "http")[theme]
    assert seen["theme"] == theme
    assert (seen["ground"] > 0.5) == (theme == "light")
    assert seen["faint"] == []
    assert min(seen["figures"], default=21) >= 4.5


@pytest.mark.browser
@built_once
def test_there_is_mathematics_and_there_are_figures_to_look_at(visit):
    assert visit("fully_synthetic", "http")["wide"]["math"] > 20
    assert len(visit("fully_synthetic", "http")["light"]["figures"]) >= 4


BAD_PAGE = """<!DOCTYPE html><html data-theme="light"><body style="background: #fff"><article style="width: 300px">
<p style="color: #999">Faint.</p>
<p style="opacity: 0; color: #fff">Not to be seen, so not to be read.</p>
<div style="background: rgba(0, 0, 0, 0.9)"><p style="color: #222">Dark on dark.</p></div>
<pre style="overflow-x: auto; width: 200px">A line of code that is too long for its place on the page.</pre>
<div style="width: 3000px">Too wide.</div>
<span class="math">\\(raw\\)</span><mjx-container><mjx-merror>bad</mjx-merror></mjx-container>
<svg width="9" height="9"></svg><svg width="9" height="9" role="img" aria-label="A dot" style="color: #ddd"></svg>
<img width="9" height="9"></article></body></html>"""


@pytest.mark.browser
@built_once
def test_what_is_looked_for_on_a_page_would_be_seen(browser):
    tab = browser.new_page(viewport={"width": 800, "height": 600})
    tab.set_content(BAD_PAGE)
    seen, colours = tab.evaluate(LOOK), tab.evaluate(CONTRAST)
    tab.close()
    assert seen["wide"] > 0
    assert [len(seen[name]) for name in ("raw", "errors", "scrolling")] == [1, 1, 1]
    assert (seen["nameless"], seen["unlabelled"], seen["left"]) == (1, 1, 2)
    assert [words.split(": ")[1] for words in colours["faint"]] == ["Faint.", "Dark on dark."]
    assert colours["figures"][0] < 1.5


@pytest.mark.browser
@built_once
@pytest.mark.parametrize("over", ["http", "file"])
def test_the_search_finds_a_word(browser, addresses, over):
    tab = browser.new_page()
    tab.goto(f"{addresses[over]}/search.html?q=coalescent")
    tab.wait_for_selector("#search-results li a", timeout=10_000)
    found = tab.eval_on_selector_all("#search-results li a", "links => links.map(a => a.href)")
    tab.close()
    assert any("fully_synthetic.html" in address for address in found)


@pytest.mark.browser
@built_once
@pytest.mark.parametrize("over", ["http", "file"])
def test_the_first_page_leads_into_the_book(browser, addresses, over):
    tab = browser.new_page()
    tab.goto(f"{addresses[over]}/index.html")
    tab.wait_for_url(f"**/{PAGES[0]}.html", timeout=10_000)
    assert tab.locator("article h1").is_visible()
    tab.close()


def test_the_pages_looked_at_are_the_books():
    assert len(PAGES) == len(set(PAGES)) >= 7
    assert Path(ROOT / "book" / f"{PAGES[0]}.md").is_file()
