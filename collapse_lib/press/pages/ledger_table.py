"""A ledger as a table to read: on the page of all claims, and where a chapter's cell ends in one."""

from __future__ import annotations

from typing import Any

from markupsafe import Markup

from collapse_lib import prose
from collapse_lib.claims.ledger import MIME, Claim, Ledger, contract, expectation, factor, seen
from collapse_lib.evidence import Verdict
from collapse_lib.press import templates


def table(ledger: Ledger, *, link: str = "") -> Markup:
    """The table in HTML; `link` is a pattern such as "{chapter}.html" for the page of each claim's chapter."""
    rows = [_row(claim, ledger[claim.id], link) for claim in ledger.claims]
    return templates.render("ledger", rows=rows)


def draw(data: dict[str, Any]) -> None:
    """Put the table in the place of a ledger's records, where a cell's output holds them."""
    if MIME in data:
        data["text/html"] = str(table(Ledger.from_records(data.pop(MIME))))


def _row(claim: Claim, verdict: Verdict, link: str) -> dict[str, Any]:
    """One claim, as the template takes it."""
    measured, expected = verdict.note, ""
    if verdict.kind != "out of scope":
        measured, expected = prose.estimate(verdict.measured, verdict.interval), expectation(verdict)
    return {
        "claim": claim,
        "verdict": verdict,
        "link": link.format(chapter=claim.chapter, id=claim.id),
        "contract": contract(claim, verdict) if claim.quantifiers else {},
        "measured": measured,
        "expected": expected,
        "details": details(verdict),
    }


def details(verdict: Verdict) -> list[str]:
    """What the measured value rests on, in phrases."""
    found = [f"{verdict.samples:,} runs"] if verdict.samples else []
    if verdict.points > 1:
        found.append(f"the closest of {verdict.points:,}")
    if verdict.tightness is not None:
        found.append(f"at its closest the bound is off by a factor {factor(verdict.tightness)}")
    if sees := seen(verdict):
        found.append(sees)
    if verdict.note and verdict.kind != "out of scope":
        found.append(verdict.note)
    return found
