"""Every claim that draws, judged again under fresh seeds at the published sizes; `make seeds` writes the record.

The sizes are those of each chapter's preset `paper`; the truths are the book's.  It takes about as long as so many
builds of the book.  `make seeds SEEDS=5` for fewer.
"""

import functools
import itertools
import os
import re
import sys
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from collapse_lib import claims, evidence, records
from collapse_lib.chapters.book import Book
from collapse_lib.claims import seeds
from collapse_lib.errors import require

RECORD = Path(__file__).parent.parent / "book" / "data" / "seeds.json"
FIRST = 1_000
"""The fresh seeds count up from here; the book's own is 0."""


def published() -> dict[str, dict[str, Any]]:
    """The parameters of every claim: what its chapter's call of `check_all` passes on of the preset `paper`."""
    chapters = {slug: chapter.settings("paper", {}) for slug, chapter in Book.here().chapters.items()}
    return {
        name: {
            parameter: value
            for parameter, value in chapters[item.claim.chapter].items()
            if parameter in (set(item.parameters) & passed(item.claim.chapter)) - {"truth", "seed", "distort"}
        }
        for name, item in claims.registry().items()
    }


@functools.cache
def passed(chapter: str) -> frozenset[str]:
    """The names of what a chapter's call of `check_all` passes on."""
    text = Book.here().chapters[chapter].text
    calls = re.findall(rf'check_all\(\s*"{chapter}"([^()]*)\)', text)
    require(len(calls) == 1, f"{chapter} calls check_all {len(calls)} times, expected once")
    return frozenset(re.findall(r"(\w+)=", calls[0]))


def under(seed: int) -> dict[str, evidence.Verdict]:
    """The drawn claims' verdicts under one seed."""
    drawn = seeds.drawn()
    return seeds.judged({name: given for name, given in published().items() if name in drawn}, seed)


def main(many: int) -> None:
    """Judge, tell and write the record."""
    begun = datetime.now(UTC)
    fresh = list(itertools.islice(itertools.count(FIRST), many))
    with ProcessPoolExecutor(os.cpu_count()) as pool:
        found = list(pool.map(under, fresh))
    values = seeds.record(published(), fresh, found)
    spent = (datetime.now(UTC) - begun).total_seconds()
    made = {"date": begun.date().isoformat(), "seconds": round(spent), **records.provenance()}
    records.write(RECORD, {**values, "made": made})
    print(seeds.told(values))


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 20)
