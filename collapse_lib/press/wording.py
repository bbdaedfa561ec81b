"""Values as a reader meets them on a page: as one would type them, or grouped to be read; times, memory, dates."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any


def typed(value: Any) -> str:
    """A parameter's value as one would type it on a command line.

    >>> typed([10, 50]), typed(True), typed(10_000), typed([])
    ('10,50', 'true', '10000', '')
    """
    if isinstance(value, list):
        return ",".join(map(str, value))
    return str(value).lower() if isinstance(value, bool) else str(value)


def read(value: Any) -> str:
    """A parameter's value to be read.

    >>> read([10, 50]), read(True), read(10_000), read([]), read(0.1), read("")
    ('10, 50', 'true', '10,000', 'none', '0.1', 'none')
    """
    if isinstance(value, list):
        return ", ".join(map(read, value)) or "none"
    if isinstance(value, bool | float):
        return str(value).lower()
    return (f"{value:,}" if isinstance(value, int) else str(value)) or "none"


def grouped(text: str) -> str:
    """A text with its thousands grouped.

    >>> grouped("a whole number from 100 to 1000000")
    'a whole number from 100 to 1,000,000'
    """
    return re.sub(r"(?<![\d.])\d{4,}", lambda found: f"{int(found[0]):,}", text)


def duration(seconds: float) -> str:
    """A time that nobody needs to the tenth.

    >>> duration(0.3), duration(12.4), duration(249), duration(7300)
    ('less than a second', 'about 12 s', 'about 4 min', 'about 2.0 h')
    """
    if seconds < 1:
        return "less than a second"
    if seconds < 100:
        return f"about {seconds:.0f} s"
    return f"about {seconds / 60:.0f} min" if seconds < 5400 else f"about {seconds / 3600:.1f} h"


def memory(size: int) -> str:
    """Bytes, to two digits.

    >>> memory(220_500_000), memory(3_000_000_000)
    ('210 MiB', '2.8 GiB')
    """
    mebibytes = size / 2**20
    return f"{float(f'{mebibytes:.2g}'):.0f} MiB" if mebibytes < 1000 else f"{mebibytes / 1024:.1f} GiB"


def date(moment: str) -> str:
    """The day of a moment in ISO 8601.

    >>> date("2026-11-22T12:58:03+00:00")
    '22 November 2026'
    """
    day = datetime.fromisoformat(moment)
    return f"{day.day} {day:%B %Y}"
