"""The exercises as a list to read: for the command line."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable
from typing import Any

from collapse_lib import exercises
from collapse_lib.errors import unknown
from collapse_lib.exercises import Exercise


def chosen(chapter: str | None = None) -> list[Exercise]:
    """Every exercise, or one chapter's; `InvalidInput` for a chapter without exercises."""
    found = [item for item in exercises.registry().values() if chapter in (None, item.chapter)]
    if not found:
        raise unknown("chapter with exercises", str(chapter), {i.chapter for i in exercises.registry().values()})
    return found


def catalogue(items: Iterable[Exercise]) -> list[dict[str, Any]]:
    """Exercises as plain values."""
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
        for item in items
    ]


def listing(items: Iterable[Exercise]) -> str:
    """The same in lines, chapter by chapter, with the points of each chapter and of all."""
    found = catalogue(items)
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
