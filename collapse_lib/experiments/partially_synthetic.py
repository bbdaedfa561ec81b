"""The setting of the chapter `partially_synthetic`, and what is simulated for it."""

from __future__ import annotations

import functools
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from collapse_lib import metrics, parameters
from collapse_lib.experiments.truths import OneTruth
from collapse_lib.parameters import parameter
from collapse_lib.recursion import Trajectory, simulate
from collapse_lib.schedules import PartiallySynthetic


@dataclass(frozen=True, eq=False)
class Scene(OneTruth, parameters.Scene):
    """The setting of the chapter."""

    took = (7, 253e6)

    N: int = parameter(100, "real samples, kept in every training set, tokens", 2, 5_000, paper=100)
    n: int = parameter(50, "synthetic samples in each generation, tokens", 1, 1_000)
    sizes: tuple[int, ...] = parameter(
        (10, 100, 400), "synthetic samples in the panels of Figure 3, tokens", 1, 1_000
    )
    vocabulary: int = parameter(600, "size s of the vocabulary, tokens", 2, 100_000, paper=600)
    support: int = parameter(52, "live tokens of the truth, the paper's s with a tilde", 2, 100_000, paper=52)
    sigma: float = parameter(0.1, "the truth's S_0, the sum of its squared probabilities", 0, 1, paper=0.1)
    truth: tuple[float, ...] = parameter(
        (), "your own truth in place of these three, probabilities that sum to 1", 0, 1
    )
    generations: int = parameter(50, "last generation", 3, 500, paper=50)
    runs: int = parameter(100, "runs in each figure", 2, 10_000, deep=1_000, paper=100)
    trials: int = parameter(4_000, "runs behind each verdict", 100, 1_000_000, quick=2_000, deep=40_000)
    seed: int = parameter(0, "where every random stream starts", 0)


def second_moments(run: Trajectory, S0: float, N: int, m: NDArray[np.int64]) -> NDArray[np.float64]:
    """sigma_m less the same run's sigma_1 - S_1, which has mean 0: S_m with less noise.  Shape (runs, len(m)).

    S_1 = 1/N + (1 - 1/N) S_0 is elementary: two draws from p^(1) are the same real sample, or two of the truth.
    """
    S1 = 1 / N + (1 - 1 / N) * S0
    return (run["sigma"][m] - (run["sigma"][1] - S1)).T


def later(generations: int) -> NDArray[np.int64]:
    """Up to four generations, from the second to the last."""
    return np.unique(np.geomspace(2, generations, 4).astype(int)) if generations > 1 else np.empty(0, dtype=int)


@functools.lru_cache(maxsize=16)
def trajectory(p: tuple[float, ...], N: int, n: int, generations: int, trials: int, seed: int) -> Trajectory:
    """One simulation, shared by the claims about it."""
    record: list[metrics.Metric] = [metrics.sigma, metrics.deviation, metrics.squared]
    return simulate(p, PartiallySynthetic(N, n), generations, runs=trials, seed=seed, record=record)
