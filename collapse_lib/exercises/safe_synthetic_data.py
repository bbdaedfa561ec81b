"""Exercises on how much synthetic data is safe."""

from __future__ import annotations

import math

import numpy as np

from collapse_lib.exercises import Key, exercise
from collapse_lib.exercises.answers import Function, Number
from collapse_lib.schedules import PartiallySynthetic
from collapse_lib.theory import deviation, moments


@exercise(
    "safe-synthetic-data/any-amount",
    points=1,
    title="When any amount is safe",
    question="The fewest real samples with which any amount of synthetic data is safe, on 65 tokens, eps = 0.15.",
    takes=Number(whole=True),
    hint="let n grow in the saturating bound, and ask when it is still at most eps.",
)
def any_amount(*, s: int = 65, eps: float = 0.15) -> Key:
    """The first N for which the library's largest n is infinite."""
    N = np.arange(1, math.ceil(s / eps**2) + 2)
    truth = int(N[np.argmax(np.isinf(deviation.largest_synthetic_saturating(N, eps, s)))])
    return Key(
        truth,
        {
            "that is for s in place of s - 1.": math.ceil(s / (2 * eps**2)),
            "a factor is missing: as n grows, n/(N + 2n) tends to 1/2.": math.ceil((s - 1) / eps**2),
            "with that N the bound tends to a little more than eps: round the other way.": truth - 1,
        },
        (1, math.inf, "a number of samples is at least 1."),
    )


def _real(rng: np.random.Generator) -> tuple[float, ...]:
    """N."""
    return (int(rng.integers(2, 60)),)


@exercise(
    "safe-synthetic-data/worst",
    points=2,
    title="The worst that can happen, exactly",
    question="The late squared deviation over the first model's own squared error, for n without bound, given N.",
    takes=Function("N", _real),
    hint="solve D = alpha^2 ((1 - S)/n + D) for D, put the limit of S_m of Theorem 2 in, and let n grow.",
)
def worst() -> Key:
    """By Wright's equilibrium of drift and immigration."""

    def ratio(N: int) -> float:
        return _stationary(N) / float(moments.squared_deviation(PartiallySynthetic(N, 1), [0.5, 0.5], 1)[0])

    return Key(
        ratio,
        {
            "that is the bound of the chapter; 1 - S_m is smaller than 1 - S_0.": lambda _: 0.5,
            "that has S_1 where the limit of S_m belongs.": lambda N: (1 - 1 / N) / 2,
        },
    )


def _stationary(N: int) -> float:
    """The limit of E||p^(m) - p^(1)||^2 for an even truth of two tokens, n without bound.

    The frequency x of a token that the corpus holds k times has the Beta law with parameters 2k and
    2 (N - k), whose variance is k (N - k)/(N^2 (2N + 1)); k is binomial.
    """
    k = np.arange(N + 1)
    weights = np.array([math.comb(N, int(i)) / 2.0**N for i in k])
    return float(2 * weights @ (k * (N - k) / (N**2 * (2 * N + 1))))
