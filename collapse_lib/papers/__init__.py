"""Papers from their first equation to their last open question, and where each part of them is in this book.

A module is a paper: it registers its parts in the paper's own order.  What stands in them is checked by
tests/claims/test_paper_map.py: that every page, anchor, function, test and claim exists.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from collapse_lib.registry import Registry


@dataclass(frozen=True)
class Item:
    """One part of a paper: `chapter` is a page's slug, `functions` are dotted names, `claims` are ids."""

    place: str
    what: str
    chapter: str = ""
    anchor: str = ""
    functions: tuple[str, ...] = ()
    tests: tuple[str, ...] = ()
    claims: tuple[str, ...] = ()
    missing: str = ""


Paper = tuple[Item, ...]

_papers = Registry[Paper]("paper", __name__)


def paper(name: str, items: Iterable[Item]) -> None:
    """Register a paper by its parts."""
    _papers.add(name, tuple(items))


def registry() -> dict[str, Paper]:
    """Every paper by its name."""
    return _papers.all()


def find(name: str) -> Paper:
    """The parts of the paper of that name, or `InvalidInput` that names the nearest."""
    return _papers.find(name)


def item(place: str, at: str, what: str, functions: str, tests: str, claims: str = "") -> Item:
    """A part that is treated: on the page and at the anchor `at`, and lists of names with spaces between.

    Functions are named within the library, tests within tests/science without what all their files' names share.

    >>> item("(1)", "page#anchor", "Sigma", "metrics.sigma metrics.top", "metrics").functions
    ('collapse_lib.metrics.sigma', 'collapse_lib.metrics.top')
    """
    chapter, _, anchor = at.partition("#")
    return Item(
        place,
        what,
        chapter,
        anchor,
        tuple(f"collapse_lib.{name}" for name in functions.split()),
        tuple(f"tests/science/test_{name}.py" for name in tests.split()),
        tuple(claims.split()),
    )
