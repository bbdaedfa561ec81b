"""What the modules of a package register, each under a name: claims, exercises, explorers and papers are listed so.

Whoever adds a module to the package has added what is in it; no list is kept by hand.
"""

from __future__ import annotations

import importlib
import pkgutil
from typing import Generic, TypeVar

from collapse_lib.errors import unknown

Item = TypeVar("Item")


class Registry(Generic[Item]):
    """The items that the modules of `package` register; `kind` is what an item is called."""

    def __init__(self, kind: str, package: str) -> None:
        self.kind, self.package = kind, package
        self._items: dict[str, Item] = {}
        self._complete = False

    def add(self, name: str, item: Item) -> None:
        """Register an item; a name is given once."""
        assert name not in self._items, f"the {self.kind} {name} is registered twice"
        self._items[name] = item

    def all(self) -> dict[str, Item]:
        """Every item by its name: the modules by their names, each in its own order."""
        if not self._complete:
            folder = importlib.import_module(self.package).__path__
            for module in sorted(found.name for found in pkgutil.iter_modules(folder)):
                importlib.import_module(f"{self.package}.{module}")
            self._complete = True
        return dict(self._items)

    def find(self, name: str) -> Item:
        """The item of that name, or `InvalidInput` that tells the nearest."""
        items = self.all()
        if name not in items:
            raise unknown(self.kind, name, items)
        return items[name]
