"""Exercises on training on synthetic data alone: Theorem 1."""

from __future__ import annotations

import math

import numpy as np

from collapse_lib.exercises import Key, exercise
from collapse_lib.exercises.answers import Function, Number
from collapse_lib.theory import coalescent, moments, paper


@exercise(
    "fully-synthetic/corpus",
    points=1,
    title="Enough to keep half",
    question="The smallest n that leaves at least half of the mean diversity after 100 generations.",
    takes=Number(whole=True),
    hint="solve (6) for n: the share of diversity that is left depends on n and m alone.",
)
def corpus(*, generations: int = 100) -> Key:
    """By (6), tried for one n after the other."""
    n = np.arange(2, 4 * generations + 4)
    left = (1 - paper.sigma_fully_synthetic(0.5, n, generations)) / 0.5
    truth = int(n[np.argmax(left >= 0.5)])
    return Key(
        truth,
        {
            "with that n a little more than half is lost: round the other way.": truth - 1,
            "with as many samples as generations about a share 1/e is left, which is less than half.": generations,
        },
        (2, math.inf, "with a single sample a generation everything is lost at once."),
    )


@exercise(
    "fully-synthetic/three-samples",
    points=1,
    title="Three samples, by hand",
    question="The exact mean of T for two equally likely tokens and n = 3.",
    takes=Number(1e-6),
    hint="write down the chance that the first model is a Dirac mass, and that of each later one if it is not.",
)
def three_samples(*, n: int = 3) -> Key:
    """The exact mean, by coalescent duality; the student needs two probabilities."""
    truth = coalescent.expected_collapse_time([0.5, 0.5], n)
    lower, upper = (float(bound) for bound in paper.collapse_time_bounds(0.5, n, 2))
    return Key(
        truth,
        {
            "that is the lower bound of (8); asked was the exact mean.": lower,
            "that is the upper bound of (8); asked was the exact mean.": upper,
            "that counts from the first model on: T is 1 where the first model is a Dirac mass.": truth - 1,
        },
        (lower, upper, "the bounds of (8) exclude that."),
    )


def _laws(rng: np.random.Generator) -> tuple[float, ...]:
    """S_0, n and m."""
    return round(float(rng.uniform(0.05, 0.9)), 2), int(rng.integers(3, 60)), int(rng.integers(1, 200))


@exercise(
    "fully-synthetic/sharper",
    points=2,
    title="Half the constant",
    question="A lower bound of rho_m with about half the constant of (7), as a function of S_0, n and m.",
    takes=Function("S0, n, m", _laws),
    hint="bound sigma, not the largest probability: how large can it be while two kinds of token are left?",
)
def sharper() -> Key:
    """Markov's inequality for 1 - sigma, whose least value short of 0 is found among all pairs of counts."""

    def least(n: int) -> float:
        k = np.arange(1, n)
        return float(np.min(2 * k * (n - k) / n**2))

    def bound(S0: float, n: int, m: int) -> float:
        return 1 - (1 - float(paper.sigma_fully_synthetic(S0, n, m))) / least(n)

    return Key(
        bound,
        {
            "that is the bound of (7) itself; use more than the largest probability.": lambda S0, n, m: (
                paper.collapse_probability_bounds(S0, n, m, 10_000)[0]
            ),
            "that bounds P(T > m) from above; asked was a bound of rho_m = P(T <= m).": lambda S0, n, m: (
                1 - bound(S0, n, m)
            ),
        },
    )


@exercise(
    "fully-synthetic/growing",
    points=3,
    title="A corpus that grows",
    question="The share of the diversity that is left for ever if generation m has 5 m^2 samples.",
    takes=Number(1e-4),
    hint="generation m keeps a share of 1 - 1/n_m of the mean diversity; Euler knew the infinite product.",
)
def growing(*, size: int = 5) -> Key:
    """A product over all generations, prod_j (1 - 1/(size j^2))."""
    finite = {
        f"that is what is left after {last} generations; asked was the limit.": float(
            moments.accumulated_diversity(size, last)
        )
        for last in (10, 20, 50, 100, 200, 500)
    }
    return Key(
        float(moments.accumulated_diversity(size)),
        {
            **finite,
            "that is the limit to first order in 1/n; the product is known exactly.": 1 - math.pi**2 / (6 * size),
            "that turns 1 - x into exp(-x), which is the first order in 1/n.": math.exp(-(math.pi**2) / (6 * size)),
            "everything is lost only where the sum of the 1/n_m diverges; here it converges.": 0.0,
        },
        (0, 1, "a share lies between 0 and 1."),
    )
