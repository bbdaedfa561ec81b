"""The table of contents, `_toc.yml`: the one place that knows the order of the book and its parts."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import yaml

Item = TypeVar("Item")


@dataclass(frozen=True)
class Part:
    """A part of the book: its caption ("" for the first page alone) and the names of its pages."""

    caption: str
    pages: tuple[str, ...]


@dataclass(frozen=True)
class Contents:
    """The parts of a book, the first page in front."""

    parts: tuple[Part, ...]

    @property
    def root(self) -> str:
        """The name of the first page."""
        return self.parts[0].pages[0]

    @property
    def order(self) -> tuple[str, ...]:
        """Every page by its name, in the order of the book."""
        return tuple(page for part in self.parts for page in part.pages)

    def in_order(self, items: Iterable[Item], page: Callable[[Item], str]) -> list[Item]:
        """Items in the order of the pages that they are on; what is on none comes last, by the page's name.

        >>> contents = Contents((Part("", ("intro",)), Part("One", ("b", "a"))))
        >>> contents.in_order(["a", "z", "b", "intro"], lambda page: page)
        ['intro', 'b', 'a', 'z']
        """
        place = {name: i for i, name in enumerate(self.order)}
        return sorted(items, key=lambda item: (place.get(page(item), len(place)), page(item)))


def contents(book: Path) -> Contents:
    """What the `_toc.yml` of a book's folder lists."""
    found = yaml.safe_load((book / "_toc.yml").read_text(encoding="utf-8"))
    rest = found.get("parts") or [{"caption": "", "chapters": found.get("chapters") or []}]
    listed = (Part(part.get("caption", ""), tuple(entry["file"] for entry in part["chapters"])) for part in rest)
    return Contents((Part("", (found["root"],)), *listed))
