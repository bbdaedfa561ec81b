"""Claims with their verdicts, as values, as JSON and as lines to read."""

from __future__ import annotations

import collections
import functools
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

from collapse_lib import evidence, prose, shapes
from collapse_lib.evidence import Kind, Verdict
from collapse_lib.shapes import Exactly, Such

MIME = "application/vnd.collapse.ledger+json"

SIGNS: dict[Kind, str] = {
    "supported": "✓",
    "refuted": "✗",
    "inconclusive": "?",
    "out of scope": "–",
    "corrected": "✎",
    "overstated": "~",
    "vacuous": "○",
}

Origin = Literal["paper", "classical", "ours"]
ORIGINS: dict[Origin, str] = {"paper": "The paper’s", "classical": "Classical", "ours": "Ours"}
"""Whose a statement is: the paper's, somebody's before (who is cited), or this book's, as far as a search told."""


@dataclass(frozen=True)
class Claim:
    """What is claimed, where the paper says it, and which verdict the book stands by.

    `statement` is one sentence with its mathematics between backslashed parentheses.  `origin` tells the paper's
    claims from classical ones, whose source `after` names, and from ours.  `quantifiers` and `not_run` are its
    contract: for what it is meant, and what of that no check looks at.
    """

    id: str
    chapter: str
    place: str
    statement: str
    origin: Origin
    expects: Kind
    after: str = ""
    quantifiers: str = ""
    not_run: str = ""

    @property
    def whose(self) -> str:
        """The origin in words, where it is not the paper: "ours", or "classical: Möhle (2004)"."""
        if self.origin == "paper":
            return ""
        return f"{self.origin}: {self.after}" if self.after else self.origin


def _shape() -> dict[str, Any]:
    """What `Ledger.records` gives for a claim; beyond 1e300 a number could not be written to a few digits."""
    name = Such(
        "a name such as theorem-1/sigma", lambda v: isinstance(v, str) and bool(re.fullmatch(r"[\w./+-]+", v))
    )
    finite = Such("a number", lambda v: not shapes.fault(v, float) and abs(v) <= 1e300)
    number = (finite, frozenset({"nan", "inf", "-inf"}))
    chance = Such("a number from 0 to 1", lambda v: not shapes.fault(v, float) and 0 <= v <= 1)
    pair = Such("a list of two numbers", lambda v: not shapes.fault(v, [number]) and len(v) == 2)
    claim, verdict = shapes.of(Claim), shapes.of(Verdict)
    real = {each: number for each, kind in verdict.items() if kind is float}
    maybe = {each: (*number, None) for each, kind in verdict.items() if kind == (float, None)}
    verdict = Exactly(verdict | real | maybe | {"interval": pair, "p_support?": chance, "p_refute?": chance})
    return {"claim": Exactly(claim | {"id": name, "chapter": name}), "verdict": verdict}


@dataclass(frozen=True)
class Ledger:
    """Claims and what their checks found; `verdicts` judges them as one family by Holm's procedure."""

    claims: tuple[Claim, ...]
    found: Mapping[str, Verdict]

    @functools.cached_property
    def verdicts(self) -> dict[str, Verdict]:
        """Each claim's verdict, judged together with all the others."""
        return evidence.holm(self.found)

    @classmethod
    def from_records(cls, records: Sequence[Mapping[str, Any]]) -> Ledger:
        """A ledger from what `records` gave; ledgers may be joined by joining their records.

        Raises `InvalidInput` where they are no such records.
        """
        shapes.conforms(list(records), [RECORD], "a record of verdicts")
        claims = tuple(Claim(**record["claim"]) for record in records)
        return cls(claims, {r["claim"]["id"]: Verdict.from_dict(r["verdict"]) for r in records})

    def records(self) -> list[dict[str, Any]]:
        """One plain dict a claim, ready for JSON: what the check found, not yet judged with others."""
        return [{"claim": asdict(claim), "verdict": self.found[claim.id].as_dict()} for claim in self.claims]

    def __getitem__(self, name: str) -> Verdict:
        return self.verdicts[name]

    def counts(self, origin: Origin | None = None) -> dict[Kind, int]:
        """How many claims, or how many of that origin, have each verdict, in the order of SIGNS, zeros left out."""
        judged = [self.verdicts[claim.id].kind for claim in self.claims if origin in (None, claim.origin)]
        tally = collections.Counter(judged)
        return {kind: tally[kind] for kind in SIGNS if tally[kind]}

    def unexpected(self) -> list[Claim]:
        """The claims whose verdict is not the one that the book stands by (out of scope is never unexpected)."""
        return [c for c in self.claims if self.verdicts[c.id].kind not in (c.expects, "out of scope")]

    def text(self) -> str:
        """One line a claim."""
        width = max((len(claim.id) for claim in self.claims), default=0)
        return "\n".join(
            f"{SIGNS[v.kind]} {claim.id:{width}}  {v.words}: {summary(v)}"
            for claim, v in ((claim, self.verdicts[claim.id]) for claim in self.claims)
        )

    def _repr_mimebundle_(self, **_: object) -> dict[str, Any]:
        """What a notebook shows, and the records that the book collects and draws as a table."""
        return {"text/plain": self.text(), MIME: self.records()}


RECORD = _shape()
"""A record has this shape."""


def summary(verdict: Verdict) -> str:
    """Measured against expected, in a phrase."""
    if verdict.kind == "out of scope":
        return verdict.note
    return f"measured {prose.estimate(verdict.measured, verdict.interval)}, expected {expectation(verdict)}"


def expectation(verdict: Verdict) -> str:
    """The expected value with its margin, or the bound with its side."""
    value = prose.number(verdict.expected, 4)
    if verdict.margin:
        return f"{value} ± {prose.number(verdict.margin, 2)}"
    return value if verdict.relation == "=" else f"{verdict.relation} {value}"


def factor(value: float) -> str:
    """A ratio: in powers of ten where it is huge, with what tells it from 1 where it is close.

    >>> factor(1.00213), factor(0.85), factor(3.7e8), factor(1 + 4.4e-6)
    ('1.002', '0.850', '3.7e+08', '1 + 4.4e-06')
    """
    if abs(value) >= 1e6:
        return f"{value:.1e}"
    if 0 < abs(value - 1) < 5e-4:
        return f"1 {'+' if value > 1 else '-'} {abs(value - 1):.1e}"
    return prose.number(value, 4) if 0.9 < value < 1.1 else prose.number(value)


def seen(verdict: Verdict) -> str:
    """How much the verdict sees: the error of the theory that the same samples would refute, and the margin.

    >>> seen(Verdict("supported", 1.0, (0.9, 1.1), 1.0, resolution=0.05, errors=9.24, sensitivity=1.06))
    'the theory times 1.060 would be refuted; the margin is 5 % of it, and 9.2 standard errors'
    """
    parts = []
    if verdict.sensitivity is not None:
        parts.append(f"the theory times {factor(verdict.sensitivity)} would be refuted")
    if verdict.resolution is not None:
        width = f"the margin is {prose.number(100 * verdict.resolution, 2)} % of it"
        parts.append(
            width if verdict.errors is None else f"{width}, and {prose.number(verdict.errors, 2)} standard errors"
        )
    return "; ".join(parts)


def contract(claim: Claim, verdict: Verdict) -> dict[str, str]:
    """What the claim says before it is run: what it is meant for, what supports or refutes it, what is not run."""
    passes, fails = "the interval lies inside what it allows", "the interval lies outside"
    if verdict.kind != "out of scope" and not verdict.samples:
        passes, fails = "every computed value is inside what it allows", "one of them is outside"
    elif verdict.relation != "=":
        passes, fails = (
            f"the whole interval is {verdict.relation} the bound",
            "the whole interval is on the other side",
        )
    elif verdict.margin:
        passes, fails = "the interval lies within the margin, at every point", "at some point it lies outside"
    entries = {"Meant": claim.quantifiers, "Supported if": passes, "Refuted if": fails, "Not run": claim.not_run}
    return {name: text for name, text in entries.items() if text}
