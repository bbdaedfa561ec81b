"""The setting of the chapter `suresh2024`, and what is simulated for it."""

from __future__ import annotations

import functools
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from collapse_lib import distributions, metrics, parameters
from collapse_lib.errors import require
from collapse_lib.learners import Tabular
from collapse_lib.parameters import parameter
from collapse_lib.recursion import simulate
from collapse_lib.schedules import FullySynthetic


@dataclass(frozen=True, eq=False)
class Scene(parameters.Scene):
    """The setting of the chapter."""

    took = (6, 150e6)

    small: int = parameter(100, "samples in each generation of the first two figures, tokens", 2, 1_000, paper=100)
    start: float = parameter(
        0.2, "share of the word whose paths are drawn", 0.001, 0.999, paper="0.2 in Figure 2(b)"
    )
    paths: int = parameter(25, "paths that are drawn", 1, 30, paper="25 in Figure 2(b)")
    far: int = parameter(600, "last generation of the paths", 10, 2_000, paper="600 in Figure 2(b)")
    share: float = parameter(0.01, "share of the word whose survival is bounded", 0.0001, 0.999, paper=0.01)
    last: int = parameter(50, "last generation of the bounds", 2, 500, paper=50)
    n: int = parameter(1_000, "samples in each generation of the last two figures, tokens", 200, 2_000, paper=1_000)
    counts: tuple[int, ...] = parameter(
        (1, 2, 5, 10, 20, 50), "counts of words whose medians are compared, tokens, at most n/20", 1, 100
    )
    vocabulary: int = parameter(1_000, "words of Zipf and Mandelbrot's law", 10, 100_000, paper=1_000)
    powers: tuple[float, ...] = parameter((1.0, 2.0), "its powers a, one for each curve", 0, 10, paper=(1, 2))
    shifts: tuple[float, ...] = parameter((2.7, 5.0), "its shifts b, one for each curve", 0, 100, paper=(2.7, 5))
    generations: int = parameter(10, "last generation of its curves", 1, 100, paper=10)
    runs: int = parameter(1_000, "runs behind the points of each figure", 100, 20_000, quick=200, deep=20_000)
    trials: int = parameter(2_000, "runs behind the verdict that draws", 100, 1_000_000, quick=500, deep=40_000)
    seed: int = parameter(0, "where every random stream starts", 0)
    sizes: tuple[int, ...] = parameter(
        (10, 30, 100, 300), "further sample sizes of the bounds, tokens", 1, 1_000, own=True
    )
    shares: tuple[float, ...] = parameter(
        (0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 0.6, 0.9), "further shares of the bounds", 0, 1, own=True
    )
    at: tuple[int, ...] = parameter((1, 2, 5, 9), "generations at which the curves are judged", 1, 100, own=True)

    @functools.cached_property
    def corpora(self) -> list[NDArray[np.int64]]:
        """The first training set of each curve, as counts of the words that are in it."""
        require(
            len(self.powers) == len(self.shifts),
            f"there are {len(self.powers)} powers and {len(self.shifts)} shifts; give one shift for each power.",
        )
        laws = (zipf_mandelbrot(self.vocabulary, a, b) for a, b in zip(self.powers, self.shifts, strict=True))
        drawn = [np.random.default_rng(self.seed).multinomial(self.n, distributions.settled(p)) for p in laws]
        return [counts[counts > 0] for counts in drawn]


def zipf_mandelbrot(vocabulary: int, power: float, shift: float) -> NDArray[np.float64]:
    """p_i proportional to 1/(i + b)^a for i = 1, ..., s (Mandelbrot), shape (s,).

    >>> zipf_mandelbrot(3, 1, 0).round(3).tolist()
    [0.545, 0.273, 0.182]
    """
    weight = (np.arange(1, vocabulary + 1) + shift) ** -float(power)
    return weight / weight.sum()


def word_shares(shares: ArrayLike, n: int, generations: int, runs: int, seed: int) -> NDArray[np.float64]:
    """The share of each word in generations 0, 1, ..., shape (generations + 1, runs, words); each by itself.

    A word against all others together: two tokens suffice.
    """
    x = np.atleast_1d(np.asarray(shares, dtype=np.float64))
    truth = distributions.settled(np.stack([x, 1 - x], axis=-1))

    def share(p: NDArray[np.float64]) -> NDArray[np.float64]:
        return p[..., 0]

    schedule = FullySynthetic(n)
    return simulate(truth, schedule, generations, runs=runs, seed=seed, record=[share], learner=Tabular())["share"]


@functools.lru_cache(maxsize=8)
def shares_left(counts: tuple[int, ...], n: int, generations: int, runs: int, seed: int) -> NDArray[np.float64]:
    """The share of a training set's distinct words that is left, shape (generations + 1, runs)."""
    run = simulate(
        np.array(counts) / n, FullySynthetic(n), generations, runs=runs, seed=seed, record=[metrics.support],
        learner=Tabular(),
    )  # fmt: skip
    return run["support"] / len(counts)
