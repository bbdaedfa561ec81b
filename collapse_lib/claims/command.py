"""One claim, judged afresh on the command line: the parameters that it reads, and its verdict."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from typing import Any

from collapse_lib import prose
from collapse_lib.claims import Registered
from collapse_lib.claims.ledger import SIGNS, Claim, expectation, seen
from collapse_lib.errors import unknown
from collapse_lib.evidence import Verdict


def settings(item: Registered, given: Mapping[str, str]) -> dict[str, Any]:
    """The values of the parameters that were given, each as a text."""
    known = item.parameters
    if strange := set(given) - set(known):
        raise unknown(f"parameter of {item.claim.id}", min(strange), known)
    return {name: known[name].parse(text) for name, text in given.items()}


def as_expected(claim: Claim, verdict: Verdict) -> bool:
    """Whether the verdict is the one that the book stands by, or out of scope."""
    return verdict.kind in (claim.expects, "out of scope")


def catalogue(items: Iterable[Registered]) -> list[dict[str, Any]]:
    """Claims with their parameters and defaults, as plain values."""
    return [
        {**asdict(item.claim), "parameters": {p.name: p.default for p in item.parameters.values()}}
        for item in items
    ]


def listing(items: Iterable[Registered]) -> str:
    """Claims with their places and parameters, chapter by chapter."""
    lines: list[str] = []
    chapter = ""
    for item in items:
        if item.claim.chapter != chapter:
            chapter = item.claim.chapter
            lines += ["", chapter] if lines else [chapter]
        defaults = ", ".join(f"{p.name} = {_shown(p.default)}" for p in item.parameters.values())
        defaults += f" (a planted error: {item.planted:g})"
        lines.append(f"  {item.claim.id}: {place(item.claim)}")
        lines += textwrap.wrap(defaults, 110, initial_indent="      ", subsequent_indent="      ")
    return "\n".join(lines)


def told(claim: Claim, verdict: Verdict) -> str:
    r"""The claim and its verdict, in lines.

    >>> claim = Claim("a/b", "one", "(6)", r"\(x = 1\).", "paper", "supported")
    >>> print(told(claim, Verdict("inconclusive", 1.25, (1.0, 1.5), 1.0, margin=0.25, samples=40)))
    a/b: (6)
    x = 1.
    ? inconclusive
      measured   1.25 [1.00, 1.50]
      expected   1 ± 0.25
      runs       40
      p-values   1 of support, 1 of refutal
    """
    lines = [f"{claim.id}: {place(claim)}", plain(claim.statement), f"{SIGNS[verdict.kind]} {verdict.words}"]
    details = {"note": verdict.note}
    if verdict.kind != "out of scope":
        many = f", the closest of {verdict.points:,}" if verdict.points > 1 else ""
        details = {
            "measured": prose.estimate(verdict.measured, verdict.interval) + many,
            "expected": expectation(verdict),
            "runs": f"{verdict.samples:,}" if verdict.samples else "none: nothing is random",
            "tightness": "" if verdict.tightness is None else f"off by a factor {prose.number(verdict.tightness)}",
            "sees": seen(verdict),
            "p-values": f"{verdict.p_support:.2g} of support, {verdict.p_refute:.2g} of refutal",
            "note": verdict.note,
            "meant": plain(claim.quantifiers),
            "not run": plain(claim.not_run),
        }
    return "\n".join([*lines, *(f"  {name:<10} {words}" for name, words in details.items() if words)])


def plain(statement: str) -> str:
    """A statement without the marks that open and close its mathematics."""
    return statement.replace(r"\(", "").replace(r"\)", "")


def place(claim: Claim) -> str:
    """Where the claim stands, and whose it is if not the paper's."""
    return claim.place + (f" ({claim.whose})" if claim.whose else "")


def described(claim: Claim, verdict: Verdict) -> dict[str, Any]:
    """The claim and its verdict as plain values, ready for JSON."""
    return {**asdict(claim), **verdict.as_dict()}


def _shown(default: Any) -> str:
    """A default as one would type it."""
    if default is None:
        return "the book's own"
    return ",".join(map(str, default)) if isinstance(default, tuple | list) else str(default)
