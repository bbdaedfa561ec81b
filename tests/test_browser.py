"""The built book in headless Chromium: every page, over http and as a file, at both widths and in both themes.

The pages are those in the built folder, whoever made them.  A test takes every twelfth of them, so that the workers
share the pages and each is opened once for all that is asked of it.
"""

import pytest
from eyes import BAD_PAGE, CONTRAST, LOOK

pytestmark = pytest.mark.browser

SHARES = 12
over_http_and_as_a_file = pytest.mark.parametrize("over", ["http", "file"])
every_share = pytest.mark.parametrize("share", range(SHARES))


def pages(top):
    """The names of the site's pages, but for the one that only leads to the first."""
    html = top / "_build" / "html"
    found = sorted(
        path.relative_to(html).as_posix() for path in html.rglob("*.html") if "_static" not in path.parts
    )
    return [name for name in found if name != "index.html"]


def opened(browser, address):
    """The page in a tab of its own, typeset, and lists that fill with what it asks for and what it complains of."""
    asked, complaints = [], []
    tab = browser.new_page(viewport={"width": 1280, "height": 900}, color_scheme="light", reduced_motion="reduce")
    tab.on("request", lambda request: asked.append(request.url))
    tab.on("requestfailed", lambda request: complaints.append(f"failed: {request.url}"))
    tab.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    tab.on("pageerror", lambda error: complaints.append(str(error)))
    tab.goto(address)
    tab.wait_for_function("!window.MathJax || MathJax.startup?.promise?.then(() => true)")
    return tab, asked, complaints


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


def faults_of_colour(tab, theme):
    """4.5:1, as WCAG 2.2 asks (AA), for every word and for the ink of every figure."""
    seen = tab.evaluate(CONTRAST)
    assert seen["theme"] == theme
    assert (seen["ground"] > 0.5) == (theme == "light")
    found = {"faint words": seen["faint"], "faint figures": [ratio for ratio in seen["figures"] if ratio < 4.5]}
    return {fault: what for fault, what in found.items() if what}


@over_http_and_as_a_file
@every_share
def test_a_page_is_whole_wherever_and_however_it_is_opened(quick, browser, addresses, share, over):
    """No request leaves the site, nothing fails, mathematics is typeset, at both widths and in both themes."""
    faults = {}
    for page in pages(quick[0])[share::SHARES]:
        tab, asked, complaints = opened(browser, f"{addresses[over]}/{page}")
        faults[page, "wide"] = faults_to_see(tab)
        if over == "http":
            faults[page, "light"] = faults_of_colour(tab, "light")
            tab.emulate_media(color_scheme="dark", reduced_motion="reduce")
            tab.wait_for_function("document.documentElement.dataset.theme === 'dark'")
            faults[page, "dark"] = faults_of_colour(tab, "dark")
        tab.set_viewport_size({"width": 390, "height": 844})
        faults[page, "narrow"] = faults_to_see(tab)
        tab.close()
        faults[page, "foreign"] = [url for url in asked if not url.startswith((addresses[over], "data:", "blob:"))]
        faults[page, "complaints"] = complaints
    assert {where: what for where, what in faults.items() if what} == {}


def test_there_are_pages_to_look_at(quick):
    found = pages(quick[0])
    assert len(found) > SHARES
    assert {"intro.html", "search.html", "genindex.html", "prf-prf.html", "claims.html"} <= set(found)


def test_there_is_mathematics_and_there_are_figures_to_look_at(browser, addresses):
    tab, *_ = opened(browser, f"{addresses['http']}/fully_synthetic.html")
    assert tab.evaluate(LOOK)["math"] > 20
    assert len(tab.evaluate(CONTRAST)["figures"]) >= 4
    tab.close()


def test_what_is_looked_for_on_a_page_would_be_seen(browser):
    tab = browser.new_page(viewport={"width": 800, "height": 600})
    tab.set_content(BAD_PAGE)
    seen, colours = tab.evaluate(LOOK), tab.evaluate(CONTRAST)
    assert set(faults_to_see(tab)) == {
        "mathematics not typeset", "mathematics with errors", "scrolls sideways", "pictures without a name",
    }  # fmt: skip
    tab.close()
    assert seen["wide"] > 0
    assert [len(seen[name]) for name in ("raw", "errors", "scrolling")] == [1, 1, 1]
    assert (seen["nameless"], seen["unlabelled"], seen["left"]) == (1, 1, 2)
    assert [words.split(": ")[1] for words in colours["faint"]] == ["Faint.", "Dark on dark."]
    assert colours["figures"][0] < 1.5


def test_a_request_elsewhere_and_an_error_would_be_seen(browser, tmp_path):
    page = tmp_path / "page.html"
    page.write_text(
        '<!DOCTYPE html><img src="http://127.0.0.1:9/dot.png"><script>undefined_name()</script>', encoding="utf-8"
    )
    tab, asked, complaints = opened(browser, page.as_uri())
    tab.close()
    assert [url for url in asked if not url.startswith(tmp_path.as_uri())] == ["http://127.0.0.1:9/dot.png"]
    assert any("undefined_name" in text for text in complaints)
    assert any("dot.png" in text for text in complaints)


@over_http_and_as_a_file
def test_the_search_finds_a_word(browser, addresses, over):
    tab = browser.new_page()
    tab.goto(f"{addresses[over]}/search.html?q=coalescent")
    tab.wait_for_selector("#search-results li a", timeout=10_000)
    found = tab.eval_on_selector_all("#search-results li a", "links => links.map(a => a.href)")
    tab.close()
    assert any("fully_synthetic.html" in address for address in found)


@over_http_and_as_a_file
def test_the_first_page_leads_into_the_book(browser, addresses, over):
    tab = browser.new_page()
    tab.goto(f"{addresses[over]}/index.html")
    tab.wait_for_url("**/intro.html", timeout=10_000)
    assert tab.locator("article h1").is_visible()
    tab.close()
