"""The map of the paper: every name in it exists, every claim of the paper is in it, the table reads as written."""

import importlib
import re

import pytest
from bs4 import BeautifulSoup
from conftest import ROOT
from docutils.nodes import make_id

from collapse_lib import claims, papers
from collapse_lib.press.pages import paper_map

REGISTRY = claims.registry()
PAPER_MAP = papers.find("seddik2024")
ITEMS = [item for paper in papers.registry().values() for item in paper]
every_item = pytest.mark.parametrize("item", ITEMS, ids=lambda item: item.place)


def places(word):
    return [item for item in PAPER_MAP if re.search(rf"{re.escape(word)}(?!\w)", item.place)]


def anchors(page):
    """The ids that a page's source makes: of its headings, of its theorems and targets, and of its figures."""
    prose = re.sub(r"```.*?```", "", page, flags=re.DOTALL)
    headings = re.findall(r"^#+ (.*)$", prose, re.MULTILINE)
    named = re.findall(r"^:label: (\S+)$|^\((\S+)\)=$", page, re.MULTILINE)
    figures = re.findall(r'Plate\(\s*fig, "([^"]+)"', page)
    return {make_id(heading) for heading in headings} | {a or b for a, b in named} | set(figures)


# What it names ----------------------------------------------------------------------------------------------------


@every_item
def test_the_functions_of_an_item_are_in_the_library(item):
    for name in item.functions:
        module, function = name.rsplit(".", 1)
        assert hasattr(importlib.import_module(module), function), name


@every_item
def test_the_tests_of_an_item_are_files_with_tests(item):
    for name in item.tests:
        assert re.fullmatch(r"tests/\w+/test_\w+\.py", name)
        assert "def test_" in (ROOT / name).read_text(encoding="utf-8")


@every_item
def test_what_computes_an_item_is_tested_by_a_file_that_names_it(item):
    sources = "".join((ROOT / name).read_text(encoding="utf-8") for name in item.tests)
    for name in item.functions:
        assert re.search(rf"\b{name.rsplit('.', 1)[1]}\b", sources), name


@every_item
def test_the_claims_of_an_item_are_registered(item):
    assert [name for name in item.claims if name not in REGISTRY] == []


@every_item
def test_an_item_leads_to_a_place_in_the_book_or_says_why_not(item):
    if not item.chapter:
        assert item.missing in ("planned", "left open")
        assert (item.anchor, item.functions, item.tests, item.claims) == ("", (), (), ())
        return
    assert not item.missing
    assert item.anchor in anchors((ROOT / "book" / f"{item.chapter}.md").read_text(encoding="utf-8"))


def test_an_anchor_that_is_not_there_would_be_seen():
    page = "# A title\n\n::::{prf:theorem} 1\n:label: one\n\n```python\n# no title\n```\n(two)=\n"
    assert anchors(page) == {"a-title", "one", "two"}


# Whether it is whole ----------------------------------------------------------------------------------------------


def test_every_claim_of_the_paper_is_in_the_map():
    mapped = {name for item in PAPER_MAP for name in item.claims}
    assert {name for name, found in REGISTRY.items() if found.claim.origin == "paper"} <= mapped


@pytest.mark.parametrize(
    "place",
    [
        *("Equation (1)", "Equation (2)", "(3)", "(4)", "Equation (5)", "Definition 1", "Footnote 1", "after (5)"),
        *("Fully Synthetic", "Partially Synthetic", "Most Recent Models", "Randomly Sampled Data", "Appendix B.1"),
        *("(6)", "(7)", "(8)", "Remark after Theorem 1", "Proposition 1", "(9)", "Proof of Theorem 2"),
        *("Remark after Theorem 2", "Theorem 3", "(10)", "(11)", "Conclusion from (11)", "Lemma 1", "second form"),
        *("Theorem 4", "(12)", "(13)", "(16)", "(18)", "(19)", "Appendix B.3", "Table 1", "Future work"),
        *("Section 2.1", "Section 2.2", "Section 4.2", "Appendix A", "Appendix C"),
        *(f"Figure {number}" for number in range(1, 7)),
    ],
)
def test_the_papers_part_is_in_the_map(place):
    assert places(place)


def test_the_map_follows_the_paper():
    order = [
        "Equation (1)",
        "Equation (5)",
        "(6)",
        "(8)",
        "Proposition 1",
        "(9)",
        "Theorem 3",
        "Theorem 4",
        "Figure 1",
    ]
    found = [PAPER_MAP.index(places(place)[0]) for place in order]
    assert found == sorted(found)


SECTIONS = {"2.1", "2.2", "3.1", "3.2", "4.1", "4.2", "5", "A", "B.1", "B.2", "B.3", "C"}
"""Of the paper, arXiv v1, from 2 on."""


def sections(text):
    """The sections and appendices that a text names."""
    return re.findall(r"(?:Section|Appendix) (\d(?:\.\d)?|[A-Z](?:\.\d)?)\b", text)


@every_item
def test_a_section_that_the_map_names_is_one_of_the_papers(item):
    assert set(sections(f"{item.place} {item.what}")) <= SECTIONS


def test_a_section_that_the_paper_does_not_have_would_be_seen():
    assert not set(sections("Section 3.3, windows")) <= SECTIONS
    assert sections("Appendix B.3: a bound, and Section 5.") == ["B.3", "5"]


def test_what_is_not_in_the_main_text_is_said_to_be_in_an_appendix():
    """Lemma 1 stands in Appendix A; the bound on S_m in the proof of Theorem 2, not in the theorem."""
    assert [item for item in places("Lemma 1") if "Appendix A" not in item.place] == []
    assert "Appendix B.3" in places("Proof of Theorem 2")[0].what


def test_the_conclusion_from_11_is_in_the_papers_words():
    [item] = places("Conclusion from (11)")
    assert "should be exponentially smaller" in item.what
    assert "must" not in item.what


def test_no_place_is_twice_in_the_map():
    assert len({item.place for item in PAPER_MAP}) == len(PAPER_MAP)


def test_nothing_is_only_planned():
    assert [item.place for item in PAPER_MAP if item.missing == "planned"] == []


def test_each_panel_of_figure_5_says_from_which_preset_its_numbers_are():
    panels = places("Figure 5")
    assert len(panels) == 4
    assert all(re.search(r"numbers from the preset (laptop|paper)$", item.what) for item in panels)
    assert "has not been run" in places("Table 1")[0].what


@every_item
def test_the_mathematics_of_an_item_is_closed(item):
    assert re.findall(r"\\[()]", item.what) == [r"\(", r"\)"] * item.what.count(r"\(")
    assert item.what.count("{") == item.what.count("}")


# The table --------------------------------------------------------------------------------------------------------

KINDS = {name: found.claim.expects for name, found in REGISTRY.items()}
TITLES = {item.chapter: f"Title of {item.chapter}" for item in PAPER_MAP}


@pytest.fixture(scope="module")
def rows():
    page = BeautifulSoup(paper_map.table(PAPER_MAP, KINDS, TITLES), "html.parser")
    return page.find("tbody").find_all("tr")


def test_the_table_has_a_row_for_each_item_and_headings(rows):
    table = rows[0].find_parent("table")
    assert [th["scope"] for th in table.thead.find_all("th")] == ["col"] * len(paper_map.HEADINGS)
    assert [row.th["scope"] for row in rows] == ["row"] * len(PAPER_MAP)
    assert all([td["data-label"] for td in row.find_all("td")] == list(paper_map.HEADINGS[1:]) for row in rows)


def test_a_row_says_where_what_and_by_what(rows):
    for item, row in zip(PAPER_MAP, rows, strict=True):
        assert item.place in row.th.get_text()
        assert item.what in row.th.get_text()
        names = [code.get_text() for code in row.find_all("code")]
        assert names == [name.removeprefix("collapse_lib.") for name in item.functions] + list(item.tests)


def test_a_row_leads_to_the_page_or_says_why_not(rows):
    for item, row in zip(PAPER_MAP, rows, strict=True):
        cell = row.find(attrs={"data-label": "In this book"})
        if item.chapter:
            assert cell.a["href"] == f"{item.chapter}.html#{item.anchor}"
            assert cell.a.get_text() == TITLES[item.chapter]
        else:
            assert (cell.a["href"], cell.get_text()) == ("#what-is-not-here", item.missing)


def test_a_row_has_the_verdicts_of_its_claims_each_with_its_line(rows):
    for item, row in zip(PAPER_MAP, rows, strict=True):
        shown = row.find(attrs={"data-label": "Verdicts"}).find_all("div")
        assert [div.a["href"] for div in shown] == [
            f"claims.html#claim-{name.replace('/', '-')}" for name in item.claims
        ]
        assert all(KINDS[name] in div.get_text() for name, div in zip(item.claims, shown, strict=True))


def test_a_claim_that_was_not_judged_has_no_verdict():
    page = BeautifulSoup(paper_map.table(PAPER_MAP, {}, TITLES), "html.parser")
    assert page.select(".verdict") == []
