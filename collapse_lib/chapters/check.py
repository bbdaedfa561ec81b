"""One claim, judged afresh on the command line: its parameters, read from the check's signature, and its verdict.

A check declares its parameters like any function; the type that it writes there says how a text is read.  What a
parameter takes is what its chapter takes for it; `OWN` has the ranges of those that only a check has.
"""

from __future__ import annotations

import dataclasses
import inspect
import math
import textwrap
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from collapse_lib import claims, prose
from collapse_lib.chapters import source
from collapse_lib.chapters.source import Parameter
from collapse_lib.claims import Registered
from collapse_lib.claims.ledger import SIGNS, Claim, expectation, seen
from collapse_lib.errors import InvalidInput, unknown
from collapse_lib.evidence import Verdict

TYPES = {
    "int": "int",
    "float": "float",
    "bool": "bool",
    "str": "str",
    "Sequence[int]": "list[int]",
    "Sequence[float]": "list[float]",
    "ArrayLike": "list[float]",
    "ArrayLike | None": "list[float]",
}
"""How the type that a check writes is read from a text; a parameter of another type cannot be given as one."""

OWN = {
    ("any_schedule", "q"): (300, 1_000_000),
    ("any_schedule", "real"): (2, 200),
    ("any_schedule", "size"): (2, 8),
    ("collapse_time", "sizes"): (1, 1_000),
    ("errata", "N"): (1, 1_000),
    ("errata", "eps"): (0.001, 2),
    ("errata", "odd"): (1, 25),
    ("errata", "size"): (5, 200),
    ("errata", "sizes"): (1, 1_000),
    ("errata", "synthetic"): (1, 1_000),
    ("errata", "vocabulary"): (52, 100_000),
}
"""What a parameter takes that is no parameter of the claim's chapter: lowest and highest, each included."""


def find(id: str) -> Registered:  # noqa: A002
    """The claim of that id, or `InvalidInput` that names the nearest."""
    registry = claims.registry()
    if id not in registry:
        raise unknown("claim", id, registry)
    return registry[id]


def parameters(item: Registered) -> dict[str, Parameter]:
    """What a text can set in a check, each with its range; `distort` is above 0."""
    declared = inspect.signature(item.check).parameters.values()
    known = {p.name: _ranged(p, item.claim.chapter) for p in declared if p.annotation in TYPES}
    return {**known, "distort": Parameter("distort", "float", 1.0, "", 1e-9, 1e9)}


def _ranged(declared: inspect.Parameter, chapter: str) -> Parameter:
    """One parameter of a check with the chapter's range for it, or its own; a truth's entries are probabilities."""
    kind = TYPES[declared.annotation]
    made = Parameter(declared.name, kind, declared.default, "")
    for p in _chapters_own(chapter):
        if (p.name, p.type) == (declared.name, kind):
            return dataclasses.replace(made, low=p.low, high=p.high, choices=p.choices)
    low, high = (0, 1) if declared.name == "truth" else OWN.get((chapter, declared.name), (-math.inf, math.inf))
    return dataclasses.replace(made, low=low, high=high)


def _chapters_own(slug: str) -> tuple[Parameter, ...]:
    """The parameters that a chapter declares; none where the book is not there."""
    try:
        return source.find(slug).parameters
    except InvalidInput:
        return ()


def settings(item: Registered, given: Mapping[str, str]) -> dict[str, Any]:
    """The values of the parameters that were given, each as a text."""
    known = parameters(item)
    if strange := set(given) - set(known):
        raise unknown(f"parameter of {item.claim.id}", min(strange), known)
    return {name: known[name].parse(text) for name, text in given.items()}


def as_expected(claim: Claim, verdict: Verdict) -> bool:
    """Whether the verdict is the one that the book stands by, or out of scope."""
    return verdict.kind in (claim.expects, "out of scope")


def catalogue() -> list[dict[str, Any]]:
    """Every claim with its parameters and their defaults, as plain values."""
    return [
        {**asdict(item.claim), "parameters": {p.name: p.default for p in parameters(item).values()}}
        for item in claims.registry().values()
    ]


def listing() -> str:
    """Every claim with its place and its parameters, chapter by chapter."""
    lines: list[str] = []
    chapter = ""
    for id, item in claims.registry().items():  # noqa: A001
        if item.claim.chapter != chapter:
            chapter = item.claim.chapter
            lines += ["", chapter] if lines else [chapter]
        defaults = ", ".join(f"{p.name} = {_shown(p.default)}" for p in parameters(item).values())
        defaults += f" (a planted error: {item.planted:g})"
        lines.append(f"  {id}: {place(item.claim)}")
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
