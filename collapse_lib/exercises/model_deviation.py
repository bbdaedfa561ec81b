"""Exercises on the deviation from the first model: Theorem 3, equation (11), and exact second moments."""

from __future__ import annotations

import math

import numpy as np

from collapse_lib.exercises import Key, exercise
from collapse_lib.exercises.answers import Array, Choice, Function, Number
from collapse_lib.schedules import PartiallySynthetic
from collapse_lib.theory import deviation, moments, paper


@exercise(
    "model-deviation/speaks",
    points=1,
    title="Where Theorem 3 speaks",
    question="The fewest real samples for which Theorem 3 says anything, on 3 tokens with n = 10.",
    takes=Number(whole=True),
    hint="find the case of (10) that applies, and the largest value that an L1 distance can have.",
)
def speaks(*, n: int = 10, s: int = 3) -> Key:
    """The first N whose bound is below 2."""
    bound = float(paper.deviation_bound(1, n, s))
    truth = math.floor(bound / 2) + 1
    return Key(
        truth,
        {
            "that makes the bound smaller than 1; an L1 distance can be larger than that.": math.floor(bound) + 1,
            "with that N the bound is still as large as any L1 distance: round the other way.": truth - 1,
        },
        (1, math.inf, "a number of samples is at least 1."),
    )


@exercise(
    "model-deviation/conclusion",
    points=1,
    title="What follows",
    question="Which of four conclusions follows from equation (11).",
    takes=Choice("abcd"),
    hint="say (11) aloud as 'if ..., then ...', and ask of each conclusion whether it is that, or its converse.",
)
def conclusion() -> Key:
    """The letter, sealed."""
    return Key("473316f74015f47c2d6f")


@exercise(
    "model-deviation/two-amounts",
    points=2,
    title="A hundred million, or a few hundred",
    question="The real data needed for n = 10, eps = 0.1 on 52 tokens: by (11), and by the direct bound.",
    takes=Array("by (11), by the direct bound", 2, 0.01),
    hint="solve each for N: (11) through its logarithm, the direct bound sqrt(n (s - 1))/N < eps at once.",
)
def two_amounts(*, n: int = 10, s: int = 52, eps: float = 0.1) -> Key:
    """Each N found by bisection on the library's own largest n."""

    def needed(allowed: object) -> float:
        low, high = 1.0, 1e30
        for _ in range(400):
            middle = math.sqrt(low * high)
            low, high = (low, middle) if float(allowed(middle)) >= n else (middle, high)  # type: ignore[operator]
        return high

    first = needed(lambda N: paper.largest_synthetic(N, eps, s))
    second = needed(lambda N: deviation.largest_synthetic_sharp(N, eps, s))
    return Key(
        [first, second],
        {"these are the right two numbers, in the wrong order.": [second, first]},
    )


def _squares(rng: np.random.Generator) -> tuple[float, ...]:
    """S_0 of at least 1/2 (so that two tokens have it), N and n."""
    return round(float(rng.uniform(0.5, 0.95)), 2), int(rng.integers(2, 60)), int(rng.integers(1, 80))


def _squared(S0: float, N: int, n: int, m: int) -> float:
    """E||p^(m) - p^(1)||^2, from the recursion for every schedule."""
    first = (1 + math.sqrt(2 * S0 - 1)) / 2
    law = moments.squared_deviation(PartiallySynthetic(N, n), [first, 1 - first], m)
    return float(law[m])


@exercise(
    "model-deviation/first-step",
    points=2,
    title="The first step, squared",
    question="E||p^(2) - p^(1)||_2^2, exactly, as a function of S_0, N and n.",
    takes=Function("S0, N, n", _squares),
    hint="given p^(1), the difference is alpha times the error of n samples; take its variance, then the mean.",
)
def first_step() -> Key:
    """Generation 2 of the exact law."""

    def mixed(S0: float, N: int, n: int, power: int) -> float:
        return float((n / (N + n)) ** power * (1 - 1 / N) * (1 - S0) / n)

    return Key(
        lambda S0, N, n: _squared(S0, N, n, 2),
        {
            "the samples come from the first model, whose mean sigma is S_1, not S_0.": lambda S0, N, n: (
                mixed(S0, N, n, 2) / (1 - 1 / N)
            ),
            "that is the error of the n samples; the model mixes them with real ones.": lambda S0, N, n: mixed(
                S0, N, n, 0
            ),
            "the share alpha enters squared.": lambda S0, N, n: mixed(S0, N, n, 1),
        },
    )


@exercise(
    "model-deviation/plateau",
    points=3,
    title="The plateau, squared",
    question="The limit of E||p^(m) - p^(1)||_2^2 as m grows, as a function of S_0, N and n.",
    takes=Function("S0, N, n", _squares, 1e-5),
    hint="find D_{m+1} from D_m and S_m, set both to their limits, and take that of S_m from Theorem 2.",
)
def plateau() -> Key:
    """The exact law, so far out that it no longer changes."""

    def solved(N: int, n: int, diversity: float) -> float:
        a = n / (N + n)
        return a**2 / (1 - a**2) * diversity / n

    return Key(
        lambda S0, N, n: _squared(S0, N, n, 2 + 8 * math.ceil((N + n) / N)),
        {
            "that has the truth's S_0 where the models' own S_m belongs.": lambda S0, N, n: solved(N, n, 1 - S0),
            "that has S_1 where the limit of S_m belongs.": lambda S0, N, n: solved(N, n, (1 - 1 / N) * (1 - S0)),
            "that is the first step alone.": lambda S0, N, n: _squared(S0, N, n, 2),
        },
    )
