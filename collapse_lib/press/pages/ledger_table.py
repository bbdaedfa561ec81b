"""A ledger as a table to read: on the page of all claims, and where a chapter's cell ends in one."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from markupsafe import Markup
from sphinx.config import Config

from collapse_lib import prose
from collapse_lib.claims.ledger import MIME, Claim, Ledger, contract, expectation, factor, seen
from collapse_lib.evidence import Verdict
from collapse_lib.press import templates


def table(ledger: Ledger, *, link: str = "") -> Markup:
    """The table in HTML; `link` is a pattern such as "{chapter}.html" for the page of each claim's chapter."""
    rows = [_row(claim, ledger[claim.id], link) for claim in ledger.claims]
    return templates.render("ledger", rows=rows)


def draw(data: dict[str, Any], book: Mapping[str, Verdict] | None = None) -> None:
    """Put the table in the place of a ledger's records, where a cell's output holds them.

    They are judged with what else the `book` found, as one family: so a claim has one word on all pages.
    """
    if MIME in data:
        own = Ledger.from_records(data.pop(MIME))
        data["text/html"] = str(table(Ledger(own.claims, {**(book or {}), **own.found})))


def found(config: Config) -> Mapping[str, Verdict]:
    """What the last build of the book found for each claim; nothing on the page of a single run."""
    path = Path(config.collapse_ledger)
    if not config.collapse_ledger or not path.is_file():
        return {}
    return Ledger.from_records(json.loads(path.read_text(encoding="utf-8"))["claims"]).found


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
    told = [f"{verdict.samples:,} runs"] if verdict.samples else []
    if verdict.points > 1:
        told.append(f"the closest of {verdict.points:,}")
    if verdict.tightness is not None:
        told.append(f"at its closest the bound is off by a factor {factor(verdict.tightness)}")
    if sees := seen(verdict):
        told.append(sees)
    if verdict.note and verdict.kind != "out of scope":
        told.append(verdict.note)
    return told
