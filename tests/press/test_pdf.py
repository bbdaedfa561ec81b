"""The printed book: what goes on paper and what does not, where its links lead, and that nothing is cut off."""

import io

import pytest
from bs4 import BeautifulSoup
from click.testing import CliRunner
from pypdf import PdfReader

from collapse_lib.commands.main import main
from collapse_lib.press.book import Book
from collapse_lib.press.contents import Part, contents
from collapse_lib.press.editions import browser as browsers
from collapse_lib.press.editions import last_build, one_page, pdf

WORD = "coalescent" * 40

ONE = f"""<h1 id="top">Counting lines of descent that meet<a class="headerlink" href="#top">#</a></h1>
<p>A <em id="here">coalescent</em>. <a id="a" href="two.html#there">There</a>, <a id="b" href="two.html">two</a>,
<a id="c" href="#here">here</a>, <a id="d" href="genindex.html">index</a>, <a id="e" href="https://example.org">out</a>.
</p><div class="cell"><details class="admonition hide"><summary>Code</summary><pre>folded = 1</pre></details></div>
<div class="cell"><pre>shown = "{WORD}"</pre></div>
<div class="proof admonition dropdown toggle"><p>The proof.</p></div>
<details><summary>More</summary><p>Unfolded.</p></details>
<svg role="img" aria-label="A line" viewBox="0 0 100 50"><defs><clipPath id="clip"><rect width="9" height="9"/>
</clipPath></defs><path clip-path="url(#clip)" d="M0 0H90"/></svg>
<p class="downloads"><a href="_figures/one/x.csv">CSV</a></p>
<div class="explorer"><div><label for="n">Samples</label><input type="number" id="n" value="57">
<input type="range" id="r" value="57"></div><select><option>low</option><option selected>high</option></select>
<button>Play</button></div>
<noscript><p>What stands for it.</p></noscript>
<form><input name="q"><button>Ask</button></form><details class="citing"><summary>Cite this page</summary></details>
<form class="parameter-card"><p class="start">Preset</p><table><tr><td>n</td><td class="yours">Yours</td></tr>
</table></form><details class="provenance"><summary>How this page was made</summary><dl><dt>Seed</dt></dl></details>
<div class="exercise" id="ex"><p>How many?</p></div>
<details class="solution" id="sol"><summary>Solution</summary><p>Forty-two, by <a href="#here">that</a>.</p>
</details>"""

TWO = """<h1 id="top">Two</h1><h2>Where the lines of
  a heading break</h2><p id="there">There.</p>"""


@pytest.fixture
def build(pretended):
    """The last build of a book of two pages."""
    pretended(one=ONE, two=TWO)
    return last_build.last_build(Book.here())


@pytest.fixture
def page(build):
    """The book as one page."""
    return BeautifulSoup(one_page.one_page(build), "html.parser")


def text(page, selector):
    return " ".join(page.select_one(selector).get_text().split())


def test_a_link_to_another_page_leads_to_its_place_in_the_one_page(page):
    assert page.find(id="one--a")["href"] == "#two--there"
    assert page.find(id="one--b")["href"] == "#two"
    assert page.find(id="one--c")["href"] == "#one--here"
    assert page.find(id="one--e")["href"] == "https://example.org"
    for link in page.select("a[href^='#']"):
        assert page.find(id=link["href"][1:]), link


def test_a_link_to_what_is_not_in_the_book_is_words_alone(page):
    assert "href" not in page.find(id="one--d").attrs


def test_an_id_is_there_once_and_a_picture_finds_its_own(page):
    ids = [tag["id"] for tag in page.find_all(id=True)]
    assert len(ids) == len(set(ids)) > 8
    assert page.find("path")["clip-path"] == "url(#one--clip)"


def test_what_only_a_screen_can_use_is_left_out(page):
    assert (
        page.select(
            "button, form, input, select, script, noscript, .headerlink, .downloads, nav:not(.contents nav)"
        )
        == []
    )
    for words in ("Menu", "Cite this page", "Preset", "Yours", "Seed"):
        assert words not in page.get_text()
    assert text(page, "div.parameter-card") == "n"
    assert text(page, "p.how-made") == "How this page was made"


def test_an_explorer_is_printed_with_its_settings(page):
    assert text(page, ".explorer") == "Samples57 high"
    assert "What stands for it." in page.get_text()


def test_what_a_page_hides_at_first_is_printed(page):
    assert page.select("details:not([open]), .dropdown, .toggle") == []
    assert "The proof." in page.get_text()


def test_folded_code_is_printed_only_if_asked_for(build, page):
    assert "shown" in page.get_text()
    assert "folded =" not in page.get_text()
    assert "left out" in text(page, ".title-page")
    whole = BeautifulSoup(one_page.one_page(build, with_code=True), "html.parser")
    assert "folded = 1" in whole.select_one("details[open]").get_text()
    assert "printed in full" in text(whole, ".title-page")


def test_solutions_are_at_the_end(page):
    assert "Forty-two" not in text(page, "section#one")
    assert "How many?" in text(page, "section#one")
    assert "Forty-two" in text(page, "section#solutions")
    assert page.select_one("#solutions a")["href"] == "#one--here"
    assert page.select_one("#solutions h3").get_text() == "Solution"
    assert page.select(".contents a")[-1]["href"] == "#solutions"


def test_the_title_page_tells_version_date_and_preset(page):
    words = text(page, ".title-page")
    assert f"Version {last_build.collapse_lib.__version__}, {last_build.date(Book.here())}" in words
    assert "preset quick" in words
    assert "The paper: Seddik" in words


def test_the_parts_of_the_book_are_those_of_its_table_of_contents(tmp_path):
    toc = "format: jb-book\nroot: a\nparts:\n  - caption: B\n    chapters:\n      - file: b\n      - file: c\n"
    (tmp_path / "_toc.yml").write_text(toc, encoding="utf-8")
    assert contents(tmp_path).parts == (Part("", ("a",)), Part("B", ("b", "c")))


# Without a browser ------------------------------------------------------------------------------------------------


def test_where_there_is_no_chromium_a_sentence_says_so(build, tmp_path, monkeypatch):
    monkeypatch.setattr(browsers, "installed", lambda _: None)
    done = CliRunner().invoke(main, ["pdf", "-o", str(tmp_path / "book.pdf")])
    assert done.exit_code == 2
    assert "printing needs Chromium or Chrome, and none was found" in done.output
    assert not (tmp_path / "book.pdf").exists()


def test_a_browser_that_does_not_start_is_named(build, tmp_path, monkeypatch):
    broken = tmp_path / "chromium"
    broken.write_text("#!/bin/sh\nexit 1\n", encoding="utf-8")
    broken.chmod(0o755)
    monkeypatch.setattr(browsers, "installed", lambda _: str(broken))
    done = CliRunner().invoke(main, ["pdf", "-o", str(tmp_path / "book.pdf")])
    assert (done.exit_code, f"the browser {broken} did not start" in done.output) == (2, True)


# On paper ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def printed(build, launch):
    """The small book as a PDF."""
    return PdfReader(io.BytesIO(pdf.print_book(build)))


@pytest.mark.browser
def test_the_printed_book_is_a_tagged_pdf_of_a4_pages_with_bookmarks_and_numbers(printed):
    assert printed.trailer["/Root"]["/MarkInfo"]["/Marked"]
    assert printed.trailer["/Root"]["/Lang"] == "en"
    assert printed.page_mode == "/UseOutlines"
    for page in printed.pages:
        assert [round(float(side) / 72 * 25.4) for side in page.mediabox[2:]] == [210, 297]
    words = [page.extract_text() for page in printed.pages]
    assert len(words) == 5  # title, contents, two chapters, solutions
    assert min(map(len, words)) > 20
    assert [str(number) in words[number - 1].split() for number in range(1, 6)] == [False, True, True, True, True]
    assert [entry.title for entry in printed.outline if not isinstance(entry, list)] == [
        "Contents", "Counting lines of descent that meet", "Two", "Solutions",
    ]  # fmt: skip
    assert printed.outline[3][0].title == "Where the lines of a heading break"
    assert "coalescent" in words[2]
    for line in ("Counting lines of descent that meet 3", "Two 4", "Solutions 5"):
        assert line in " ".join(words[1].split())


@pytest.mark.browser
def test_every_font_is_in_the_pdf(printed):
    fonts = [f.get_object() for page in printed.pages for f in page["/Resources"].get("/Font", {}).values()]
    assert fonts
    for font in fonts:
        inner = font["/DescendantFonts"][0].get_object() if "/DescendantFonts" in font else font
        descriptor = inner.get("/FontDescriptor", {})
        assert inner["/Subtype"] == "/Type3" or {"/FontFile", "/FontFile2", "/FontFile3"} & set(descriptor), font


WIDER = """() => [...document.querySelectorAll(
  'mjx-container, pre, svg, table, td, th, .admonition, .highlight'
)].filter(e => {
  if (e.closest('mjx-assistive-mml') || e.closest('svg') !== (e.matches('svg') ? e : null)) return false;
  const ink = (e.matches('mjx-container') && e.querySelector('mjx-math') || e).getBoundingClientRect();
  const clipped = e.matches('pre, .highlight') && e.scrollWidth > e.clientWidth + 1;
  const paper = document.body.getBoundingClientRect();
  const outside = ink.right > paper.right + 1 || ink.left < paper.left - 1;
  return e.checkVisibility() && ink.width > 0 && (outside || clipped);
}).map(e => e.tagName + '.' + e.getAttribute('class') + ': ' + e.textContent.trim().slice(0, 60))"""
"""What is wider than the paper."""


@pytest.mark.browser
def test_what_is_too_wide_for_the_paper_would_be_seen(build, browser, tmp_path):
    (tmp_path / "book.html").write_text(one_page.one_page(build), encoding="utf-8")
    tab = pdf.opened(browser, tmp_path / "book.html")
    assert tab.evaluate(WIDER) == []
    tab.add_style_tag(
        content="@media print { .bd-article pre { white-space: pre !important; overflow: auto !important } }"
    )
    assert [name.partition(":")[0] for name in tab.evaluate(WIDER)] == ["PRE.null"]
    tab.add_style_tag(content=".bd-article svg { min-width: 3000px }")
    assert len(tab.evaluate(WIDER)) == 2
    tab.close()


@pytest.mark.browser
def test_a_formula_that_is_too_wide_is_made_smaller(browser):
    tab = browser.new_page(viewport={"width": pdf.WIDTH, "height": 900})
    formula = (
        "<p style='margin:0'><mjx-container style='font-size:16px; white-space:nowrap'>"
        "<mjx-math>{}</mjx-math></mjx-container></p>"
    )
    tab.set_content("<body style='margin:0'>" + formula.format("x + y") + formula.format("x + y + " * 40))
    tab.evaluate(pdf.FIT)
    small, wide = tab.eval_on_selector_all(
        "mjx-container", "found => found.map(e => [e.style.fontSize, e.firstChild.getBoundingClientRect().right])"
    )
    tab.close()
    assert small[0] == "16px"
    assert wide[1] <= pdf.WIDTH + 1


@pytest.mark.browser
def test_nothing_in_the_book_is_wider_than_the_paper(top, browser, tmp_path):
    (tmp_path / "book.html").write_text(one_page.one_page(last_build.last_build(Book.here())), encoding="utf-8")
    tab = pdf.opened(browser, tmp_path / "book.html")
    assert tab.locator("mjx-container").count() > 1000
    assert tab.evaluate(WIDER) == []
    broken = """() => [...document.querySelectorAll('a[href^="#"]')].map(a => a.getAttribute('href').slice(1))
        .filter(id => !document.getElementById(decodeURIComponent(id)))"""
    assert tab.evaluate(broken) == []
    assert tab.locator("[data-mjx-error], mjx-merror").count() == 0
    tab.close()


@pytest.mark.browser
def test_one_page_of_the_site_is_printed_without_menus_and_in_light_colours(addresses, browser):
    tab = browser.new_page(viewport={"width": pdf.WIDTH, "height": 930}, color_scheme="dark")
    tab.goto(f"{addresses['file']}/fully_synthetic.html")
    tab.wait_for_function(pdf.TYPESET)
    assert tab.evaluate("document.documentElement.dataset.theme") == "dark"
    tab.evaluate("dispatchEvent(new Event('beforeprint'))")
    tab.emulate_media(media="print")
    tab.add_style_tag(content="body { width: 174mm }")  # of A4
    assert tab.evaluate("document.documentElement.dataset.theme") == "light"
    shown = "found => found.filter(e => e.checkVisibility()).map(e => e.outerHTML.slice(0, 80))"
    screen = (
        "button, input, select, .bd-sidebar-primary, .bd-sidebar-secondary, .bd-header, .downloads, .headerlink"
    )
    assert tab.eval_on_selector_all(screen, shown) == []
    assert tab.evaluate(WIDER) == []
    assert tab.locator("h1:visible").all_inner_texts() == ["Training on synthetic data alone"]  # once
    tab.evaluate("dispatchEvent(new Event('afterprint'))")
    assert tab.evaluate("document.documentElement.dataset.theme") == "dark"
    reader = PdfReader(io.BytesIO(tab.pdf(prefer_css_page_size=True)))
    words = [page.extract_text() for page in reader.pages]
    tab.close()
    assert "Training on synthetic data alone" in words[0]
    assert "Mixtures of earlier models" not in words[0]
    assert min(map(len, words)) > 20
