"""Exercises on the recursion itself: its tables, its variance, and a learner that smooths."""

from __future__ import annotations

import numpy as np

from collapse_lib.exercises import Key, exercise
from collapse_lib.exercises.answers import Array, Function
from collapse_lib.schedules import FullySynthetic, MostRecent
from collapse_lib.theory import moments

ROWS = 8


@exercise(
    "recursive-training/sizes",
    points=1,
    title="Read a table",
    question="The size of the training set in generations 1 to 8, for a window of K = 5 models and n = 12.",
    takes=Array("generations 1 to 8", ROWS, 1e-9),
    hint="write the first rows of the table down: source t = 0 is the real data, and no source is older.",
)
def sizes(*, n: int = 12, K: int = 5) -> Key:
    """The sums of the rows of the table."""
    rows = [MostRecent(n, K).sizes(m) for m in range(1, ROWS + 1)]
    return Key(
        [row.sum() for row in rows],
        {
            "the table has whole numbers of samples.": [n / K * np.count_nonzero(row) for row in rows],
            "the first generations have fewer models behind them.": [n // K * K] * ROWS,
            "n is shared among K models, and not all of them are there at first.": [n] * ROWS,
        },
    )


def _token(rng: np.random.Generator) -> tuple[float, ...]:
    """A probability, n and m."""
    return round(float(rng.uniform(0.02, 0.98)), 2), int(rng.integers(2, 60)), int(rng.integers(1, 100))


@exercise(
    "recursive-training/variance",
    points=2,
    title="No bias, all variance",
    question="The variance of one token's probability in generation m, as a function of p_i, n and m.",
    takes=Function("p, n, m", _token),
    hint="use the law of total variance once, and find the recursion of E p_i (1 - p_i).",
)
def variance() -> Key:
    """A token and all the others together are a truth of two tokens, whose variances are equal: (S_m - S_0)/2."""

    def law(p: float, n: int, m: int) -> float:
        S = moments.sigma(FullySynthetic(n), [p, 1 - p], m)
        return float(S[m] - S[0]) / 2

    return Key(
        law,
        {
            "that adds up m equal steps, and exceeds p (1 - p) in the end; steps get smaller.": lambda p, n, m: (
                p * (1 - p) * m / n
            ),
            "that is the variance of a single step.": lambda p, n, _: p * (1 - p) / n,
            "that is what is left, E p_i^(m) (1 - p_i^(m)); asked was the variance.": lambda p, n, m: (
                p * (1 - p) * (1 - 1 / n) ** m
            ),
        },
    )


def _smoothing(rng: np.random.Generator) -> tuple[float, ...]:
    """n, s and the smoothing constant."""
    return int(rng.integers(2, 60)), int(rng.integers(2, 30)), round(float(rng.uniform(0.05, 2)), 2)


@exercise(
    "recursive-training/smoothing",
    points=3,
    title="A learner that smooths",
    question="The limit of S_m if every model adds c to each of its s counts, as a function of n, s and c.",
    takes=Function("n, s, c", _smoothing),
    hint="a smoothed model is (1 - r) times the frequencies plus r times the uniform law; what is r?",
)
def smoothing() -> Key:
    """The stationary law of one token's count, a Markov chain on 0..n, by linear algebra."""

    def law(n: int, s: int, c: float) -> float:
        from scipy.stats import binom  # which takes a while to load

        p = (np.arange(n + 1) + c) / (n + c * s)
        step = binom.pmf(np.arange(n + 1)[None, :], n, p[:, None])
        system = np.vstack([step.T - np.eye(n + 1), np.ones(n + 1)])
        stationary = np.linalg.lstsq(system, np.r_[np.zeros(n + 1), 1.0], rcond=None)[0]
        return float(s * stationary @ p**2)

    def share(n: int, s: int, c: float) -> float:
        return c * s / (n + c * s)

    return Key(
        law,
        {
            "that is the uniform law, the mean; single models scatter about it.": lambda _, s, __: 1 / s,
            "that is total collapse, from which a smoothed model returns.": lambda *_: 1.0,
            "that is the limit for the frequencies, before the last smoothing.": lambda n, s, c: (
                (law(n, s, c) - (1 - (1 - share(n, s, c)) ** 2) / s) / (1 - share(n, s, c)) ** 2
            ),
        },
    )
