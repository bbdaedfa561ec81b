"""What a row of a schedule may ask for: checks that the readings share."""

from __future__ import annotations

from collapse_lib.errors import InvalidInput, require
from collapse_lib.schedules import Schedule


def training_size(schedule: Schedule) -> int:
    """The size of every training set, where sources are random."""
    return round(float(schedule.sizes(1).sum()))


def check_even(schedule: Schedule, m: int, size: int) -> None:
    """Refuse a row that is not `size` samples spread evenly over the past."""
    require(
        bool((abs(schedule.sizes(m) - size / m) <= 1e-9 * size).all()),
        f"row {m} of {schedule} is not {size} samples spread evenly over the past.",
    )


def unavailable(schedule: Schedule, m: int, t: int, wanted: int, held: int) -> InvalidInput:
    """The error for a row that asks for what the recursion no longer has, or for part of a pool."""
    return InvalidInput(
        f"row {m} of {schedule} asks for {wanted} samples of source {t}, of which {held} are at hand: "
        "the real corpus and kept pools are taken whole, and any other source that a row leaves out is gone."
    )
