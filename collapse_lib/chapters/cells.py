"""The parameters of a chapter as its page holds them: the cell and the presets, written from the chapter's scene.

`python -m collapse_lib.chapters.cells` writes them into every page whose scene says something else.
"""

from __future__ import annotations

import importlib
import re
from typing import Any

import yaml

from collapse_lib import records
from collapse_lib.chapters.book import Book
from collapse_lib.parameters import Scene

_CELL = re.compile(r"(:tags: \[parameters[^\]]*\]\n\n)(.*?)(\n```)", re.DOTALL)
_HEADER = re.compile(r"(\ncollapse:\n)(.*?)(---\n)", re.DOTALL)


def written(text: str, scene: type[Scene]) -> str:
    """The text of a page with the cell and the header that the scene has; a header that says the same is left."""
    lines = "\n".join(parameter.line for parameter in scene.parameters(own=False).values())
    text = _CELL.sub(lambda found: found[1] + lines + found[3], text, count=1)
    wanted = header(scene)
    return _HEADER.sub(
        lambda found: found[0] if _same(found[2], wanted) else found[1] + wanted + found[3], text, count=1
    )


def header(scene: type[Scene]) -> str:
    """What the header of a page says below `collapse:`.

    >>> from collapse_lib.experiments.errata import Scene
    >>> print(header(Scene), end="")
      presets:
        quick: {trials: 10000}
        deep: {trials: 100000}
      paper_values: {moment: 0.1 in Figure 3, real: 100 in Figure 3}
    """
    presets = [f"    {name}: {_flow(values)}\n" for name, values in scene.presets().items() if values]
    paper = f"  paper_values: {_flow(scene.paper_values())}\n" if scene.paper_values() else ""
    return ("  presets:\n" + "".join(presets) if presets else "") + paper


def _flow(values: dict[str, Any]) -> str:
    """A mapping on one line."""
    return str(yaml.safe_dump(values, default_flow_style=True, sort_keys=False, width=10_000)).strip()


def _same(told: str, wanted: str) -> bool:
    """Whether two pieces of a header say the same."""
    one, other = (yaml.safe_load(piece) or {} for piece in (told, wanted))
    return bool(one == other)


def main() -> None:
    """Write the cells and headers that are not as the scenes say."""
    for slug, chapter in Book.here().chapters.items():
        scene = importlib.import_module(f"collapse_lib.experiments.{slug}").Scene
        if (text := written(chapter.text, scene)) != chapter.text:
            records.write(chapter.path, text)
            print(f"{chapter.path} is written")  # noqa: T201


if __name__ == "__main__":
    main()
