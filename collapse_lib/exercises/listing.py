"""The exercises as a list to read: for the command line."""

from __future__ import annotations

import textwrap
from typing import Any

from collapse_lib import exercises
from collapse_lib.errors import unknown


def catalogue(chapter: str | None = None) -> list[dict[str, Any]]:
    """Every exercise, or one chapter's, as plain values; `InvalidInput` for a chapter without exercises."""
    if chapter is not None and chapter not in exercises.CHAPTERS:
        raise unknown("chapter with exercises", chapter, exercises.CHAPTERS)
    return [
        {
            "id": item.id,
            "chapter": item.chapter,
            "title": item.title,
            "points": item.points,
            "level": item.level,
            "question": item.question,
            "takes": item.takes.accepts,
            "givens": item.givens,
        }
        for item in exercises.registry().values()
        if chapter in (None, item.chapter)
    ]


def listing(chapter: str | None = None) -> str:
    """The same in lines, chapter by chapter, with the points of each chapter and of all."""
    found = catalogue(chapter)
    lines: list[str] = []
    for slug in dict.fromkeys(item["chapter"] for item in found):
        here = [item for item in found if item["chapter"] == slug]
        lines.append(f"{slug}: {len(here)} exercises, {sum(item['points'] for item in here)} points")
        for item in here:
            lines.append(f"  {item['id']}: {item['level']}, {item['points']}")
            lines += textwrap.wrap(item["question"], 104, initial_indent="      ", subsequent_indent="      ")
            lines.append(f"      takes {item['takes']}")
        lines.append("")
    lines.append(f"{len(found)} exercises, {sum(item['points'] for item in found)} points in all")
    lines.append(f'In Python: cl.exercises.check("{found[0]["id"]}", answer)')
    return "\n".join(lines)
