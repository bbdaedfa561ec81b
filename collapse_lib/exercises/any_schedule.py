"""Exercises on lines of descent under any schedule."""

from __future__ import annotations

import numpy as np

from collapse_lib.exercises import Key, exercise
from collapse_lib.exercises.answers import Design, Function
from collapse_lib.schedules import Schedule
from collapse_lib.theory import moments

LAST = 60
TOKENS = 10


def _sizes(rng: np.random.Generator) -> tuple[float, ...]:
    """N and n."""
    return int(rng.integers(1, 200)), int(rng.integers(1, 200))


@exercise(
    "any-schedule/how-far-back",
    points=1,
    title="How far back",
    question="The mean number of copies from a token of a late model to a real sample, as a function of N and n.",
    takes=Function("N, n", _sizes),
    hint="at each step back the token is one of the N real samples with one and the same chance.",
)
def how_far_back() -> Key:
    """The mean of the waiting time, summed: sum_k P(more than k steps)."""

    def law(N: int, n: int) -> float:
        alpha, total, term = n / (N + n), 0.0, 1.0
        while term > 1e-12 * max(total, 1):
            total, term = total + term, term * alpha
        return total

    return Key(
        law,
        {
            "that counts the synthetic samples on the way; the copy of the real one counts, too.": lambda N, n: (
                n / N
            ),
            "that is one over the synthetic share; the waiting is for a real sample.": lambda N, n: (N + n) / n,
        },
    )


def _fault(schedule: Schedule, least: float) -> str:
    """What breaks a rule, or falls short of the aim; empty where nothing does."""
    for m in range(1, LAST + 1):
        row = np.asarray(schedule.sizes(m), dtype=float)
        if row.shape != (m,) or (row < 0).any():
            return f"row {m} has to hold {m} sizes of at least 0"
        if row.sum() > TOKENS:
            return f"row {m} holds {row.sum():g} tokens, and may hold {TOKENS}"
        if m > 1 and row[0] > 0:
            return f"row {m} has real data, which only row 1 may have"
    left = float(moments.diversity(schedule, LAST)[LAST])
    return (
        ""
        if left >= least
        else f"it keeps {100 * left:.3g} % of the diversity at generation {LAST}, which is too little"
    )


@exercise(
    "any-schedule/without-real",
    points=2,
    title="Ten tokens, and real data once",
    question="A schedule that keeps three quarters of the diversity for 60 generations and sees real data once.",
    takes=Design(_fault),
    hint="what wears a line of descent down is the number of copies between it and the real data.",
)
def without_real() -> Key:
    """The share of diversity to keep."""
    return Key(0.75)
