"""The verdicts under other seeds: how many of them are not the book's.

A verdict at one seed could be luck.  So every claim that draws anything is judged again under fresh seeds, at the
published sizes, with the same truths; under each seed the whole book is one family, as it is when it is built.
`benchmarks/seeds.py` does it, and its record is `book/data/seeds.json`.

The stated rate: a family has a false verdict with chance ALPHA at most, so one in a hundred of such books.  A claim
that is true may also be left open, more often the narrower its margin is in standard errors.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from collapse_lib import claims, evidence
from collapse_lib.evidence import ALPHA, Verdict

Parameters = Mapping[str, Mapping[str, Any]]
"""For each claim, by its id, the parameters at which it is judged."""

OPEN = "inconclusive"


def drawn() -> list[str]:
    """The claims that draw: those that take a seed."""
    return [id for id, item in claims.registry().items() if "seed" in item.parameters]  # noqa: A001


def judged(parameters: Parameters, seed: int | None = None) -> dict[str, Verdict]:
    """Each claim by itself, under `seed` where it takes one, without its sensitivity."""
    registry = claims.registry()
    fresh = {} if seed is None else {"seed": seed}
    return {
        id: registry[id].judge(
            registry[id].scene(**{**given, **(fresh if "seed" in registry[id].parameters else {})})
        )
        for id, given in parameters.items()  # noqa: A001
    }


def record(parameters: Parameters, seeds: Iterable[int], found: Iterable[Mapping[str, Verdict]]) -> dict[str, Any]:
    """What differed, as plain values: `found` has the drawn claims' verdicts under each of the `seeds`.

    Each family is the drawn claims under that seed with the others as they are; its words are held against those
    that the book stands by.
    """
    registry = claims.registry()
    others = judged({id: given for id, given in parameters.items() if id not in drawn()})  # noqa: A001
    books, differ = 0, []
    smallest: dict[str, dict[str, float | None]] = {}
    for seed, verdicts in zip(seeds, found, strict=True):
        books += 1
        family = evidence.holm({**others, **verdicts})
        for id, verdict in verdicts.items():  # noqa: A001
            if family[id].kind != registry[id].claim.expects:
                differ.append({"seed": seed, "claim": id, "kind": family[id].kind})
            margin = smallest.setdefault(id, {"resolution": verdict.resolution, "errors": verdict.errors})
            if verdict.errors is not None and (least := margin["errors"]) is not None:
                margin["errors"] = round(min(least, verdict.errors), 2)
    return {
        "alpha": ALPHA,
        "seeds": list(seeds),
        "claims": len(smallest),
        "verdicts": books * len(smallest),
        "differ": differ,
        "margins": {id: margin for id, margin in smallest.items() if margin["errors"] is not None},  # noqa: A001
    }


def told(values: Mapping[str, Any]) -> str:
    """A record in a sentence or two.

    >>> told({"seeds": [1, 2], "claims": 3, "verdicts": 6, "alpha": 0.01, "differ": []})
    '3 claims under 2 fresh seeds: all 6 verdicts are as in the book. A false one may be in 1 % of such families.'
    """
    differ = values["differ"]
    false = [each for each in differ if each["kind"] != OPEN]
    start = f"{values['claims']} claims under {len(values['seeds'])} fresh seeds: "
    rate = f" A false one may be in {values['alpha']:.0%} of such families.".replace("%", " %")
    if not differ:
        return f"{start}all {values['verdicts']:,} verdicts are as in the book.{rate}"
    names = ", ".join(dict.fromkeys(each["claim"] for each in differ))
    return (
        f"{start}{len(differ)} of {values['verdicts']:,} verdicts differ from the book's, {len(false)} of them "
        f"false and {len(differ) - len(false)} left open ({names}).{rate}"
    )
