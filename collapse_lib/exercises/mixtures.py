"""Exercises on mixtures of earlier models: windows, random sampling, and a trickle of real data."""

from __future__ import annotations

import math
from typing import Literal

import numpy as np

from collapse_lib.exercises import Key, exercise
from collapse_lib.exercises.answers import Array, Function, Number
from collapse_lib.schedules import MostRecent, RandomlySampled
from collapse_lib.theory import moments


@exercise(
    "mixtures/at-once",
    points=1,
    title="Lost at once",
    question="The chance that the first model of a window (n = 11, K = 5) is a Dirac mass, for four equal tokens.",
    takes=Number(1e-6),
    hint="how many real tokens does row 1 of the table hold? All of them must be equal.",
)
def at_once(*, n: int = 11, K: int = 5, tokens: int = 4) -> Key:
    """All tokens of the first row are equal; the row is asked of the schedule itself."""
    first = int(MostRecent(n, K).sizes(1)[0])
    return Key(
        tokens * tokens**-first,
        {
            "that is for all n samples; the first row of a window holds fewer.": tokens ** (1.0 - n),
            "the table has whole numbers of samples.": tokens ** (1.0 - n / K),
            "that is the chance for one given token; any of them will do.": float(tokens) ** -first,
        },
        (0, 1, "a probability lies between 0 and 1."),
    )


def _truth_and_size(rng: np.random.Generator) -> tuple[float, ...]:
    """S_0 (of at least 1/2, so that two tokens have it) and n."""
    return round(float(rng.uniform(0.5, 0.95)), 2), int(rng.integers(2, 60))


@exercise(
    "mixtures/second-model",
    points=2,
    title="Random sampling, by hand",
    question="S_2 under random sampling with one fixed corpus, as a function of S_0 and n.",
    takes=Function("S0, n", _truth_and_size),
    hint="two tokens of p^(2) are one sample, or two; then tell apart how many of the two are real.",
)
def second_model() -> Key:
    """The exact law, at generation 2."""

    def law(S0: float, n: int) -> float:
        first = (1 + math.sqrt(2 * S0 - 1)) / 2
        return float(moments.sigma(RandomlySampled(n), [first, 1 - first], 2)[2])

    return Key(
        law,
        {
            "that is for real data drawn anew each time; here there is one corpus.": lambda S0, n: (
                1 - (1 - S0) * (1 - 1 / n) * (1 - 1 / (4 * n))
            ),
            "that is for samples of the last model alone.": lambda S0, n: 1 - (1 - S0) * (1 - 1 / n) ** 2,
            "that is S_1, and asked was S_2.": lambda S0, n: 1 - (1 - S0) * (1 - 1 / n),
        },
    )


@exercise(
    "mixtures/how-wide",
    points=2,
    title="How wide a window",
    question="The narrowest windows, fresh and kept, that lose diversity half as fast as K = 1 does, n = 20.",
    takes=Array("K with fresh samples, K with kept ones", 2, 1e-9),
    hint="compare the half-lives, ln 2/(-ln rate), for K = 1, 2, 3, ...; whole numbers of samples matter.",
)
def how_wide(*, n: int = 20, times: int = 2) -> Key:
    """Windows tried one after the other, by their exact decay rates."""
    slow = times / -math.log1p(-1 / n)

    def narrowest(draw: Literal["fresh", "kept"]) -> float:
        found = (
            K for K in range(1, n + 1) if 1 / -math.log(moments.decay_rate(MostRecent(n, K, draw=draw))) >= slow
        )
        return next(found, math.inf)

    fresh, kept = narrowest("fresh"), narrowest("kept")
    rule = next(K for K in range(1, 10 * n) if 4 * times * K <= (K + 1) ** 2)
    near = next(K for K in range(1, 10 * n) if 4 * times <= (K + 1) ** 2)
    return Key(
        [fresh, kept],
        {
            "these are the right two numbers, in the wrong order.": [kept, fresh],
            "that is the rule to first order, in which every n/K is whole; ask for the exact rates.": [near, rule],
        },
    )


@exercise(
    "mixtures/trickle",
    points=3,
    title="A trickle of real data",
    question="The mean number of fresh real tokens a generation that keeps half of the diversity for ever, n = 10.",
    takes=Number(1e-4),
    hint="let d be the share that is left in the end; a pair is apart if it has a real token, or with chance d.",
)
def trickle(*, n: int = 10) -> Key:
    """Bisection on the recursion of d, run until it stands still."""

    def in_the_end(r: float) -> float:
        d = 1.0
        for _ in range(60 * n):
            d = (1 - 1 / n) * (1 - (1 - r) ** 2 * (1 - d))
        return d

    low, high = 0.0, 1.0
    for _ in range(40):
        middle = (low + high) / 2
        low, high = (middle, high) if in_the_end(middle) < 0.5 else (low, middle)
    truth = n * high
    return Key(
        truth,
        {
            "that is the share r of real tokens; asked was their number n r.": truth / n,
            "that is the limit of large n, Wright's rule; here n is given.": 0.5,
        },
        (0, n, "of n tokens, between 0 and n are real."),
    )
