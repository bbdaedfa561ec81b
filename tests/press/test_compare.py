"""Two runs side by side: what is found to differ, the page, and what cannot be compared."""

import base64
import json
import re

import nbformat
import pytest
from bs4 import BeautifulSoup
from click.testing import CliRunner
from conftest import ROOT

from collapse_lib import records
from collapse_lib.claims.ledger import MIME, Claim, Ledger
from collapse_lib.commands.main import main
from collapse_lib.evidence import Verdict
from collapse_lib.plotting import INK
from collapse_lib.plotting import MIME as PLATE
from collapse_lib.press.book import Book
from collapse_lib.press.editions import compare, comparison_page, run_folder
from collapse_lib.press.executed import GLUE, Executed

SVG = f"""<svg xmlns="http://www.w3.org/2000/svg" width="1pt" height="1pt" viewBox="0 0 1 1" color="{INK}">
<defs><path id="p"/></defs><use href="#p" clip-path="url(#p)"/></svg>"""


def verdict(low, high, expected=1.0, kind="supported"):
    p = {"supported": {"p_support": 1e-9}, "refuted": {"p_refute": 1e-9}}.get(kind, {})
    return Verdict(kind, (low + high) / 2, (low, high), expected, **p)


def notebook(numbers, verdicts=None, figures=None):
    """An executed notebook that says these numbers and has these verdicts and figures (name: their data)."""
    outputs = [
        nbformat.v4.new_output("display_data", {GLUE: repr(text)}, metadata={"scrapbook": {"name": name}})
        for name, text in numbers.items()
    ]
    claims = {
        name: Claim(name, "one", f"Place of {name}", r"\(x = 1\).", "paper", "supported") for name in verdicts or {}
    }
    ledger = Ledger(tuple(claims.values()), verdicts or {})
    outputs.append(nbformat.v4.new_output("display_data", {MIME: ledger.records()}))
    outputs += [
        nbformat.v4.new_output(
            "display_data",
            {PLATE: {"name": name, "caption": f"Caption of {name}.", "alt": "A path.", "csv": data},
             "image/svg+xml": SVG, "image/png": ""},
        )
        for name, data in (figures or {}).items()
    ]  # fmt: skip
    return nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("pass", outputs=outputs)])


def run_of(parameters, *args, name="one-1", slug="one", **code):
    record = {"preset": "paper", "parameters": parameters, "seconds": 1.5, "memory": None, "version": "1", **code}
    return Executed(slug, notebook(*args), record, name)


ONE = run_of(
    {"n": 5, "loud": False}, {"T": "1,000", "same": "7"},
    {"a/same": verdict(0.9, 1.1), "a/other": verdict(0.9, 1.1)}, {"first": "x\n1\n", "second": "x\n2\n"},
    chapters_sha256="a" * 64,
)  # fmt: skip
TWO = run_of(
    {"n": 9, "loud": False}, {"T": "2,000", "same": "7", "new": "3"},
    {"a/same": verdict(1.05, 1.2), "a/other": verdict(2.0, 2.1, kind="refuted")},
    {"first": "x\n1\n", "second": "x\n3\n"}, name="one-2", chapters_sha256="b" * 64,
)  # fmt: skip


def differing(pairs):
    return [(pair.name, pair.one, pair.two) for pair in pairs if not pair.same]


# What differs -----------------------------------------------------------------------------------------------------


def test_what_differs_is_found():
    found = compare.comparison(ONE, TWO)
    assert differing(found.parameters) == [("n", "5", "9")]
    assert differing(found.numbers) == [("T", "1,000", "2,000"), ("new", None, "3")]
    assert differing(found.code) == [("library", "a" * 12, "b" * 12)]
    assert [(each.claim.id, each.same, each.overlap) for each in found.verdicts] == [
        ("a/same", True, True),
        ("a/other", False, False),
    ]
    assert [(figure.name, figure.same) for figure in found.figures] == [("first", True), ("second", False)]


def test_a_run_compared_with_itself_differs_in_nothing():
    found = compare.comparison(ONE, ONE)
    assert differing(found.parameters) == differing(found.numbers) == differing(found.code) == []
    assert all(each.same and each.overlap for each in found.verdicts)
    assert all(figure.same for figure in found.figures)
    assert "differ" not in found.text()
    assert (found.one.name, found.two.name) == ("one-1 (1)", "one-1 (2)")


def test_intervals_that_touch_overlap_and_what_was_not_measured_has_none():
    claim = Claim("a/b", "one", "", "", "paper", "supported")
    assert compare.Judged(claim, verdict(0, 1), verdict(1, 2)).overlap is True
    assert compare.Judged(claim, verdict(0, 1), verdict(1.1, 2)).overlap is False
    assert compare.Judged(claim, verdict(0, 1), verdict(0, 1, kind="out of scope")).overlap is None
    assert compare.Judged(claim, verdict(0, 1), None).overlap is None


def test_the_summary_names_what_differs():
    text = compare.comparison(ONE, TWO).text()
    for part in ("one-1 | one-2", "1 of 2 differ: n 5 | 9", "2 of 3 differ", "a/other: supported | refuted",
                 "1 of 2 overlap", "a/other: apart", "not the same: library"):  # fmt: skip
        assert part in text


def test_a_number_is_shown_in_its_sentence():
    text = "First.\n\nThe mean is\n{glue:text}`T` of {glue:text}`all` (see {cite:t}`x`, [there](a.md)). Last."
    assert comparison_page.sentence("T", text) == "The mean is <b>T</b> of <i>all</i> (see , there)."
    assert comparison_page.sentence("T", "x < 1 at {glue:text}`T`.") == "x &lt; 1 at <b>T</b>."


# The page ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def page(small_book):
    """The page of the two runs."""
    small_book(one="pass\n```\n\nThe mean is {glue:text}`T`.\n\n```{code-cell} ipython3\npass")
    return BeautifulSoup(comparison_page.page(compare.comparison(ONE, TWO)), "html.parser")


def test_the_page_has_numbers_verdicts_and_figures_side_by_side(page):
    rows = [
        [cell.get_text(" ", strip=True) for cell in row.find_all(["th", "td"])] for row in page.select("tbody tr")
    ]
    assert ["n", "5", "9"] in rows
    assert ["The mean is T .", "1,000", "2,000"] in rows
    assert len(page.select(".both img")) == 2
    assert [picture["alt"] for picture in page.select("details img")] == ["A path."]
    assert [row.select_one(".place").get_text() for row in page.select("tr.differs")] == ["Place of a/other"]
    assert len(page.select("svg.bars")) == 2


def test_a_figure_is_the_picture_that_the_run_has_in_the_inks_of_the_page(page):
    kind, content = page.select_one(".both img")["src"].split(",")
    assert kind == "data:image/svg+xml;base64"
    drawn = base64.b64decode(content).decode()
    assert drawn.replace(comparison_page.INKS, "").replace("currentColor", INK) == SVG
    for ink in re.findall("color:(#[0-9a-f]{6})", comparison_page.INKS):
        assert f"--text: {ink};" in (ROOT / "book" / "assets" / "page.css").read_text(encoding="utf-8")


def test_no_id_is_on_the_page_twice(page):
    ids = [tag["id"] for tag in page.find_all(id=True)]
    assert len(ids) == len(set(ids))


def test_the_page_loads_nothing(page):
    assert [
        tag for tag in page.find_all(src=True) + page.find_all("link") if not tag.get("src", "").startswith("data:")
    ] == []


# The command ------------------------------------------------------------------------------------------------------


def keep(folder, run, **more):
    """Leave a run as `collapse run` does."""
    records.write(folder / "manifest.json", {"chapter": run.slug, **run.record, **more})
    records.write(folder / f"{run.slug}.ipynb", nbformat.writes(run.notebook))


def publish(run):
    """Leave a run as a build does."""
    records.write(Book.here().executed / f"{run.slug}.json", dict(run.record))
    records.write(Book.here().executed / f"{run.slug}.ipynb", nbformat.writes(run.notebook))


@pytest.fixture
def here(small_book, tmp_path, monkeypatch):
    """A folder with two runs, one of another chapter, and one that failed."""
    small_book(one="pass", two="pass")
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    here = tmp_path / "here"
    keep(here / "runs" / "one-1", ONE)
    keep(here / "runs" / "one-2", TWO)
    keep(here / "runs" / "other", run_of({"n": 5}, {}, slug="two"))
    records.write(
        here / "runs" / "failed" / "manifest.json", {"chapter": "one", "failed": {"cell": 3, "error": "x"}}
    )
    records.write(here / "runs" / "gone" / "manifest.json", {"chapter": "one", "parameters": {"n": 5}})
    records.write(here / "notes.txt", "mine")
    return here


def collapse(*words):
    return CliRunner().invoke(main, ["compare", *words])


def test_two_runs_are_compared_in_a_page_beside_the_first(here):
    done = collapse("runs/one-1", "runs/one-2")
    assert done.exit_code == 0, done.output
    assert "open runs/compare-one-1-2.html" in done.stdout
    assert "two runs" in (here / "runs" / "compare-one-1-2.html").read_text(encoding="utf-8")


def test_one_run_is_compared_with_the_published_one(here):
    publish(TWO)
    done = collapse("runs/one-1", "-o", "page.html")
    assert done.exit_code == 0, done.output
    assert "published | one-1" in done.stdout
    assert "n 9 | 5" in done.stdout
    again = collapse("runs/one-1", "-o", "page.html")
    assert again.exit_code == 0


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["runs/one-1"], "no published run of it"),
        (["runs/nothing"], "no folder that `collapse run` left"),
        (["notes.txt"], "no folder that `collapse run` left"),
        (["runs/one-1", "runs/other"], "a run of one cannot be compared with a run of two"),
        (["runs/failed"], "failed in cell 3"),
        (["runs/one-1", "runs/gone"], "cannot be read"),
        (["runs/one-1", "runs/one-2", "-o", "notes.txt"], "is no comparison"),
        (["runs/one-1", "runs/one-2", "-o", "runs"], "is a folder"),
    ],
    ids=["not built", "no folder", "a file", "other chapters", "failed", "no notebook", "another file", "a folder"],
)
def test_what_cannot_be_compared_is_refused_in_a_sentence(here, words, said):
    before = sorted(here.rglob("*"))
    done = collapse(*words)
    assert (done.exit_code, done.stdout) == (2, "")
    assert re.fullmatch(r"Error: [^\n]+\n", done.stderr)
    assert said in done.stderr
    assert sorted(here.rglob("*")) == before
    assert (here / "notes.txt").read_text(encoding="utf-8") == "mine"


def test_a_run_that_was_really_made_can_be_compared(small_book, tmp_path, monkeypatch):
    """What `collapse run` writes is what is read."""
    small_book(one="from collapse_lib import prose\nprose.say(twice=2 * n)")
    monkeypatch.chdir(tmp_path)
    for n in ("3", "4"):
        assert CliRunner().invoke(main, ["run", "one", "-p", "n", n, "-o", f"run-{n}"]).exit_code == 0
    found = compare.comparison(*(run_folder.read(tmp_path / f"run-{n}") for n in ("3", "4")))
    assert differing(found.parameters) == [("n", "3", "4")]
    assert differing(found.numbers) == [("twice", "6", "8")]
    assert differing(found.code) == []
    manifest = json.loads((tmp_path / "run-3" / "manifest.json").read_text(encoding="utf-8"))
    foot = BeautifulSoup((tmp_path / "run-3" / "one.html").read_text(encoding="utf-8"), "html.parser")
    assert manifest["chapters_sha256"][:12] in foot.select_one("details.provenance").get_text()
    assert foot.select_one("details.provenance a[download]")["href"] == "one.ipynb"
    assert Book.here().chapter("one").title in foot.get_text()


@pytest.mark.browser
def test_the_page_opens_without_a_network_and_fits_a_phone(here, launch):
    assert collapse("runs/one-1", "runs/one-2", "-o", "page.html").exit_code == 0
    asked, complaints = [], []
    with launch() as browser:
        tab = browser.new_page(viewport={"width": 390, "height": 844})
        tab.on("request", lambda request: asked.append(request.url))
        tab.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
        tab.on("pageerror", lambda error: complaints.append(str(error)))
        tab.goto((here / "page.html").as_uri())
        tab.wait_for_selector("mjx-container", timeout=20_000)
        width = tab.evaluate("document.documentElement.scrollWidth")
        pictures = tab.evaluate("[...document.images].map(one => one.naturalWidth > 0)")
    assert [url[:60] for url in asked if not url.startswith(("file:", "data:"))] == []
    assert complaints == []
    assert pictures == [True] * 3
    assert width <= 390
