"""A ledger as a table on a page: words for the verdicts, text as it was written, headings, links."""

import dataclasses
import re

import pytest
from bs4 import BeautifulSoup

from collapse_lib import claims, evidence
from collapse_lib.claims.ledger import MIME, SIGNS, Claim, Ledger
from collapse_lib.evidence import Verdict
from collapse_lib.press.pages import ledger_table

CERTAIN = {"supported", "corrected", "vacuous", "overstated"}


def verdict(kind, note=""):
    if kind == "out of scope":
        return dataclasses.replace(evidence.out_of_scope("n = 1 is excluded"), note=note)
    found = Verdict(kind, 1.25, (1.0, 1.5), 1.2, margin=0.1, samples=4_000, points=3, tightness=1.1, note=note)
    if kind in CERTAIN:
        return dataclasses.replace(found, p_support=1e-9, success=kind)
    return dataclasses.replace(found, p_refute=1e-9) if kind == "refuted" else found


def ledger(*statements, found):
    """A ledger of claims a/0, a/1, ... with these statements."""
    made = [
        Claim(f"a/{i}", "fully_synthetic", "Place", text, "paper", "supported") for i, text in enumerate(statements)
    ]
    return Ledger(tuple(made), {claim.id: v for claim, v in zip(made, found, strict=True)})


KINDS = ledger(*SIGNS, found=map(verdict, SIGNS))


def read(shown, **more):
    return BeautifulSoup(ledger_table.table(shown, **more), "html.parser")


@pytest.mark.parametrize("i", range(len(SIGNS)))
def test_a_verdict_is_a_word_in_the_table(i):
    cell = read(KINDS).find(id=f"claim-a-{i}").find(attrs={"data-label": "Verdict"})
    assert list(SIGNS)[i] in cell.get_text()
    assert list(SIGNS.values())[i] in cell.get_text()


def test_a_note_is_escaped_in_the_table():
    notes = verdict("supported", note="<b>&"), verdict("out of scope", note="<i>")
    page = ledger_table.table(ledger("One.", "Two.", found=notes))
    assert "&lt;b&gt;&amp;" in page
    assert "&lt;i&gt;" in page
    assert not re.search("<[bi]>", page)


@pytest.mark.parametrize("chapter", sorted({item.claim.chapter for item in claims.registry().values()}))
def test_a_statement_reads_in_the_table_as_it_was_written(chapter):
    """Its mathematics has signs such as < that a browser must not take for a tag."""
    written = [item.claim for item in claims.registry().values() if item.claim.chapter == chapter]
    table = read(Ledger(tuple(written), {claim.id: verdict("supported") for claim in written}))
    rows = table.find("tbody").find_all("tr")
    assert all(claim.statement in row.th.get_text() for claim, row in zip(written, rows, strict=True))


def test_a_less_than_sign_in_a_statement_is_no_tag():
    statement = r"\(a<b\) and \(a<i\)."
    assert statement in read(ledger(statement, found=[verdict("supported")])).tbody.get_text()


def test_each_row_can_link_to_its_chapter():
    assert read(KINDS, link="{chapter}.html").tbody.a["href"] == "fully_synthetic.html"
    assert read(KINDS).tbody.a is None


def test_the_table_has_headings_for_its_columns_and_rows():
    table = read(KINDS)
    assert {th["scope"] for th in table.thead.find_all("th")} == {"col"}
    assert all(row.th["scope"] == "row" for row in table.tbody.find_all("tr"))


def test_what_a_cell_ends_in_becomes_the_table_that_the_page_of_claims_has():
    data = KINDS._repr_mimebundle_()
    ledger_table.draw(data)
    assert data == {"text/plain": KINDS.text(), "text/html": ledger_table.table(KINDS)}
    assert MIME not in data


def test_an_output_without_a_ledger_stays_as_it_is():
    data = {"text/plain": "1"}
    ledger_table.draw(data)
    assert data == {"text/plain": "1"}


def test_a_chapter_has_the_word_that_the_book_has_for_its_claim():
    """Barely refuted by itself, and left open among many: on its own page, too."""
    own = ledger("One.", found=[dataclasses.replace(verdict("refuted"), p_refute=0.004, success="supported")])
    book = {f"b/{i}": verdict("supported") for i in range(100)}
    words = []
    for family in (None, book):
        data = {MIME: own.records()}
        ledger_table.draw(data, family)
        words.append(
            BeautifulSoup(data["text/html"], "html.parser").find(attrs={"data-label": "Verdict"}).get_text()
        )
    assert "refuted" in words[0]
    assert "inconclusive" in words[1]
