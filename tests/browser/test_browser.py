"""The built book in headless Chromium: every page, over http and as a file, at both widths and in both themes.

The pages are those in the built folder, whoever made them.  A test takes every twelfth of them, so that the workers
share the pages and each is opened once for all that is asked of it: wide over http, narrow as a file.
"""

import pytest
from eyes import ASK_AXE, AXE, BAD_PAGE, CONTRAST, DRAWN, HIDDEN, LOOK, OPEN, SHIFTS, STILL

pytestmark = pytest.mark.browser

SHARES = 12
WIDTHS = {"http": 1280, "file": 390}
over_http_and_as_a_file = pytest.mark.parametrize("over", ["http", "file"])
every_share = pytest.mark.parametrize("share", range(SHARES))

LIGHT, WITH_EXPLORER = 1_000_000, 2_000_000
"""Bytes that a page may load, MathJax's files aside; the second where it loads an explorer."""

MOVED = 0.05
"""The share of the window by which what is to be seen may move while a page loads (cumulative layout shift)."""


def pages(top):
    """The names of the site's pages, but for the one that only leads to the first."""
    html = top / "_build" / "html"
    found = sorted(path.relative_to(html).as_posix() for path in html.rglob("*.html"))
    return [name for name in found if name != "index.html" and not name.startswith("_static/")]


class Visit:
    """A page in a tab of its own, typeset, and what it asked for and complained of while it opened."""

    def __init__(self, browser, address, *, width=1280, height=900):
        self.asked, self.complaints, self.bytes = [], [], {}
        self.tab = tab = browser.new_page(
            viewport={"width": width, "height": height}, color_scheme="light", reduced_motion="reduce"
        )
        tab.on("request", lambda request: self.asked.append(request.url))
        tab.on("requestfailed", lambda request: self.complaints.append(f"failed: {request.url}"))
        tab.on("console", lambda note: self.complaints.append(note.text) if note.type == "error" else None)
        tab.on("pageerror", lambda error: self.complaints.append(str(error)))
        tab.on("response", self._weigh)
        tab.add_init_script(SHIFTS)
        tab.goto(address)
        tab.evaluate(STILL)

    def _weigh(self, response):
        self.bytes[response.url] = int(response.headers.get("content-length") or 0)

    def theme(self, name):
        """Change to the light or the dark theme, as the reader's system would."""
        self.tab.emulate_media(color_scheme=name, reduced_motion="reduce")
        self.tab.wait_for_function("name => document.documentElement.dataset.theme === name", arg=name)

    def narrow(self):
        """As wide as a phone."""
        self.tab.set_viewport_size({"width": 390, "height": 844})

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.tab.close()


def faults_of_loading(visit, site):
    """Requests that leave the site or fail, errors, a page that is heavy, contents that jump."""
    weight = sum(size for url, size in visit.bytes.items() if "/mathjax/" not in url)
    most = WITH_EXPLORER if any("explore" in url and url.endswith(".js") for url in visit.asked) else LIGHT
    moved, what = visit.tab.evaluate("[moved.sum, moved.what]")
    found = {
        "asks elsewhere": [url for url in visit.asked if not url.startswith((site, "data:", "blob:"))],
        "complains": visit.complaints,
        "is heavy": [weight] if weight > most else [],
        "jumps": [moved, *what] if moved > MOVED else [],
    }
    return {fault: what for fault, what in found.items() if what}


def faults_to_see(tab):
    """What is wrong with the page as it is now: mathematics left as it was written, pictures without a name, ..."""
    seen = tab.evaluate(LOOK)
    found = {
        "mathematics not typeset": seen["raw"] + ["\\\\("] * seen["left"],
        "mathematics with errors": seen["errors"],
        "scrolls sideways": seen["scrolling"] + ["the page"] * (seen["wide"] > 0),
        "pictures without a name": seen["nameless"] + seen["unlabelled"],
    }
    return {fault: what for fault, what in found.items() if what}


def faults_of_access(tab, *rules):
    """What axe-core finds by these of its rules, or by all that it applies by default, best practices included."""
    if not tab.evaluate("'axe' in window"):
        tab.evaluate(AXE)
    return tab.evaluate(ASK_AXE, list(rules))


def faults_of_colour(tab, theme):
    """4.5:1, as WCAG 2.2 asks (AA), for every word and for the ink of every figure."""
    seen = tab.evaluate(CONTRAST)
    assert seen["theme"] == theme
    assert (seen["ground"] > 0.5) == (theme == "light")
    found = {"faint words": seen["faint"], "faint figures": [ratio for ratio in seen["figures"] if ratio < 4.5]}
    return {fault: what for fault, what in found.items() if what}


@every_share
def test_a_page_is_whole_and_open_to_everybody(quick, browser, addresses, share):
    """Over http: nothing is wrong with it at both widths and in both themes, to the eye and by axe-core.

    What axe-core asks of things that are not to be seen, it asks once: they are the same at every width and theme.
    """
    faults = {}
    for page in pages(quick[0])[share::SHARES]:
        with Visit(browser, f"{addresses['http']}/{page}") as visit:
            faults[page, "loading"] = faults_of_loading(visit, addresses["http"])
            faults[page, "wide"] = faults_to_see(visit.tab)
            faults[page, "light"] = faults_of_colour(visit.tab, "light")
            visit.theme("dark")
            faults[page, "dark"] = faults_of_colour(visit.tab, "dark")
            visit.theme("light")
            visit.tab.evaluate(DRAWN)
            faults[page, "axe, wide, light"] = faults_of_access(visit.tab)
            visit.tab.evaluate(HIDDEN)
            visit.theme("dark")
            faults[page, "axe, wide, dark"] = faults_of_access(visit.tab, "color-contrast")
            visit.theme("light")
            visit.narrow()
            faults[page, "axe, narrow, light"] = faults_of_access(visit.tab)
            visit.theme("dark")
            faults[page, "axe, narrow, dark"] = faults_of_access(visit.tab, "color-contrast")
    assert {where: what for where, what in faults.items() if what} == {}


@every_share
def test_a_page_is_whole_as_a_file_on_a_phone(quick, browser, addresses, share):
    """With its exercises' solutions closed, and with them open."""
    faults = {}
    for page in pages(quick[0])[share::SHARES]:
        with Visit(browser, f"{addresses['file']}/{page}", width=390, height=844) as visit:
            faults[page, "loading"] = faults_of_loading(visit, addresses["file"])
            faults[page, "narrow"] = faults_to_see(visit.tab)
            if solutions := visit.tab.locator("details.solution").count():
                visit.tab.evaluate(OPEN)
                assert visit.tab.locator("details.solution[open]").count() == solutions
                faults[page, "solutions"] = faults_to_see(visit.tab)
    assert {where: what for where, what in faults.items() if what} == {}


def test_there_are_pages_to_look_at(quick):
    found = pages(quick[0])
    assert len(found) > SHARES
    assert {"intro.html", "search.html", "genindex.html", "prf-prf.html", "claims.html"} <= set(found)


def test_there_is_mathematics_and_there_are_figures_to_look_at(browser, addresses):
    with Visit(browser, f"{addresses['http']}/fully_synthetic.html") as visit:
        assert visit.tab.evaluate(LOOK)["math"] > 20
        assert len(visit.tab.evaluate(CONTRAST)["figures"]) >= 4
        assert sum(visit.bytes.values()) > 300_000
        assert any("/mathjax/" in url for url in visit.bytes)


def test_what_is_looked_for_on_a_page_would_be_seen(browser, tmp_path):
    (tmp_path / "page.html").write_text(BAD_PAGE, encoding="utf-8")
    with Visit(browser, (tmp_path / "page.html").as_uri(), width=800) as visit:
        seen, colours = visit.tab.evaluate(LOOK), visit.tab.evaluate(CONTRAST)
        assert set(faults_to_see(visit.tab)) == {
            "mathematics not typeset", "mathematics with errors", "scrolls sideways", "pictures without a name",
        }  # fmt: skip
        found = faults_of_access(visit.tab)
    assert seen["wide"] > 0
    assert [len(seen[name]) for name in ("raw", "errors", "scrolling")] == [1, 1, 1]
    assert (seen["nameless"], seen["unlabelled"], seen["left"]) == (1, 1, 2)
    assert [words.split(": ")[1] for words in colours["faint"]] == ["Faint.", "Dark on dark."]
    assert colours["figures"][0] < 1.5
    assert {"image-alt", "button-name", "color-contrast", "html-has-lang", "region"} <= {rule for rule, *_ in found}


def test_a_colour_that_axe_core_has_read_before_is_the_same_colour(browser):
    """The second reading of each is the remembered one; no two of them are taken for one another."""
    colours = ["rgb(10, 20, 30)", "rgba(10, 20, 30, 0.5)", "#0a141f", "color(srgb 0.1 0.2 0.3)", "transparent"]
    tab = browser.new_page()
    tab.evaluate(AXE)
    read = "colours => colours.map(one => new axe.commons.color.Color().parseString(one).toJSON())"
    first, again = (tab.evaluate(read, colours) for _ in range(2))
    tab.close()
    assert first == again
    assert len({tuple(sorted(colour.items())) for colour in first}) == len(colours)
    assert first[0] == {"red": 10, "green": 20, "blue": 30, "alpha": 1}


@pytest.mark.parametrize(
    ("planted", "fault"),
    [
        ('<img alt="A dot" src="http://127.0.0.1:9/dot.png">', "asks elsewhere"),
        ("<script>undefined_name()</script>", "complains"),
        ('<img alt="A dot" src="missing.png">', "complains"),
        ("<script>setTimeout(() => document.body.prepend(Object.assign(document.createElement('p'), "
         "{style: 'height: 300px'})), 50)</script><p>A word that moves down.</p>", "jumps"),
    ],
)  # fmt: skip
def test_what_may_go_wrong_while_a_page_loads_would_be_seen(browser, tmp_path, planted, fault):
    page = f"<!DOCTYPE html><html lang=en><title>x</title><body>{planted}{'<p>A line.</p>' * 50}"
    (tmp_path / "page.html").write_text(page, encoding="utf-8")
    with Visit(browser, (tmp_path / "page.html").as_uri()) as visit:
        assert fault in faults_of_loading(visit, tmp_path.as_uri())


def test_a_heavy_page_would_be_seen(browser, addresses, monkeypatch):
    with Visit(browser, f"{addresses['http']}/notation.html") as visit:
        assert faults_of_loading(visit, addresses["http"]) == {}
        monkeypatch.setattr("test_browser.LIGHT", 50_000)
        assert set(faults_of_loading(visit, addresses["http"])) == {"is heavy"}


@over_http_and_as_a_file
def test_the_search_finds_a_word(browser, addresses, over):
    tab = browser.new_page()
    tab.goto(f"{addresses[over]}/search.html?q=coalescent")
    tab.wait_for_selector("#search-results li a[href*='fully_synthetic.html']", timeout=10_000)  # one after another
    tab.close()


@over_http_and_as_a_file
def test_the_first_page_leads_into_the_book(browser, addresses, over):
    tab = browser.new_page()
    tab.goto(f"{addresses[over]}/index.html")
    tab.wait_for_url("**/intro.html", timeout=10_000)
    assert tab.locator("article h1").is_visible()
    tab.close()
