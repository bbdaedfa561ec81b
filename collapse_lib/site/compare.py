"""Two runs of a chapter set side by side: parameters, code, numbers, verdicts, figures.

`comparison` finds what differs and says nothing about which run is right: other parameters give other numbers, and
so does another seed.  What ought to agree are a claim's verdicts where both runs are in its scope, and every number
where parameters and code are the same.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from collapse_lib.chapters.executed import Executed
from collapse_lib.claims.ledger import Claim
from collapse_lib.errors import require
from collapse_lib.evidence import Verdict
from collapse_lib.site import words

CODE = {
    "version": "version",
    "commit": "commit",
    "chapters_sha256": "library",
    "lock_sha256": "lock file",
    "python": "Python",
}
"""What a record tells of the code, and its name for a reader."""


@dataclass(frozen=True)
class Pair:
    """One thing in both runs: its name and its two texts; None where a run has no such thing."""

    name: str
    one: str | None
    two: str | None

    @property
    def same(self) -> bool:
        """Whether the two are equal."""
        return self.one == self.two


@dataclass(frozen=True)
class Judged:
    """One claim in both runs; a verdict is None where the run did not reach one."""

    claim: Claim
    one: Verdict | None
    two: Verdict | None

    @property
    def same(self) -> bool:
        """Whether both runs end in the same word."""
        return self.one is not None and self.two is not None and self.one.kind == self.two.kind

    @property
    def overlap(self) -> bool | None:
        """Whether the intervals of what was measured have a point in common; None where one run has none."""
        if self.one is None or self.two is None or "out of scope" in (self.one.kind, self.two.kind):
            return None
        low, high = max(self.one.interval[0], self.two.interval[0]), min(self.one.interval[1], self.two.interval[1])
        return low <= high


@dataclass(frozen=True)
class Figure:
    """One figure in both runs, as plates; None where a run has no such figure."""

    name: str
    one: Mapping[str, Any] | None
    two: Mapping[str, Any] | None

    @property
    def same(self) -> bool:
        """Whether both are drawn from the same numbers."""
        return self.one is not None and self.two is not None and self.one["csv"] == self.two["csv"]


@dataclass(frozen=True)
class Comparison:
    """Two runs of one chapter and all that they have, pair by pair."""

    one: Executed
    two: Executed
    parameters: tuple[Pair, ...]
    code: tuple[Pair, ...]
    numbers: tuple[Pair, ...]
    verdicts: tuple[Judged, ...]
    figures: tuple[Figure, ...]

    def text(self) -> str:
        """What differs, in a few lines."""
        other = [pair for pair in self.parameters if not pair.same]
        changes = "; ".join(f"{p.name} {p.one} | {p.two}" for p in other)
        lines = [
            f"{self.one.slug}: {self.one.name} | {self.two.name}",
            f"  parameters  {_of(other, self.parameters)}" + (f": {changes}" if other else ""),
        ]
        if code := [pair.name for pair in self.code if not pair.same]:
            lines.append(f"  code        not the same: {', '.join(code)}")
        else:
            lines.append("  code        the same")
        lines.append(f"  numbers     {_of([pair for pair in self.numbers if not pair.same], self.numbers)}")
        if self.verdicts:
            differing = [each for each in self.verdicts if not each.same]
            lines.append(f"  verdicts    {_of(differing, self.verdicts)}")
            lines += [f"    {e.claim.id}: {_kind(e.one)} | {_kind(e.two)}" for e in differing]
            apart = [each.claim.id for each in self.verdicts if each.overlap is False]
            lines.append(f"  intervals   {_apart(len(apart), self.verdicts)}")
            lines += [f"    {name}: apart" for name in apart]
        lines.append(f"  figures     {_of([figure for figure in self.figures if not figure.same], self.figures)}")
        return "\n".join(lines)


def comparison(one: Executed, two: Executed) -> Comparison:
    """The two runs side by side.

    Raises `InvalidInput` where they are of different chapters.
    """
    require(one.slug == two.slug, f"a run of {one.slug} cannot be compared with a run of {two.slug}.")
    if one.name == two.name:
        one, two = (dataclasses.replace(run, name=f"{run.name} ({i})") for i, run in enumerate((one, two), start=1))
    ledgers = one.ledger(), two.ledger()
    claims = {claim.id: claim for ledger in ledgers for claim in ledger.claims}
    plates = one.plates(), two.plates()
    return Comparison(
        one,
        two,
        _pairs(
            *({name: words.read(value) for name, value in run.record["parameters"].items()} for run in (one, two))
        ),
        _pairs(*({name: _code(run.record, key) for key, name in CODE.items()} for run in (one, two))),
        _pairs(one.numbers(), two.numbers()),
        tuple(
            Judged(claim, *(ledger.verdicts.get(id) for ledger in ledgers))
            for id, claim in claims.items()  # noqa: A001
        ),
        tuple(Figure(name, *(found.get(name) for found in plates)) for name in plates[0] | plates[1]),
    )


def _pairs(one: Mapping[str, str], two: Mapping[str, str]) -> tuple[Pair, ...]:
    """What is in either, in the order of the first and then of the second."""
    return tuple(Pair(name, one.get(name), two.get(name)) for name in {**one, **two})


def _code(record: Mapping[str, Any], key: str) -> str:
    """One thing that a record tells of the code; a digest by its first twelve digits."""
    value = record.get(key)
    return "not known" if value is None else str(value)[:12] if key.endswith("sha256") else str(value)


def _of(differing: list[Any], all_of: tuple[Any, ...]) -> str:
    """So many of so many differ."""
    if not differing:
        return "none" if not all_of else f"{len(all_of)}, all the same"
    return f"{len(differing)} of {len(all_of)} differ"


def _apart(apart: int, verdicts: tuple[Judged, ...]) -> str:
    """How many intervals of what was measured overlap."""
    known = sum(each.overlap is not None for each in verdicts)
    return f"{known - apart} of {known} overlap" if known else "none measured by both"


def _kind(verdict: Verdict | None) -> str:
    """A verdict's word."""
    return "not judged" if verdict is None else verdict.kind
