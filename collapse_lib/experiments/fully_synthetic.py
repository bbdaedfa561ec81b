"""The setting of the chapter `fully_synthetic`, and what is simulated for it beyond one call of `simulate`."""

from __future__ import annotations

import functools
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from collapse_lib import distributions, learners, parameters
from collapse_lib.experiments.truths import OneTruth
from collapse_lib.parameters import parameter
from collapse_lib.recursion import Truth, collapse_times
from collapse_lib.schedules import FullySynthetic


@dataclass(frozen=True, eq=False)
class Scene(OneTruth, parameters.Scene):
    """The setting of the chapter."""

    took = (24, 262e6)

    n: int = parameter(50, "samples in each generation, tokens", 1, 2_000)
    vocabulary: int = parameter(600, "size s of the vocabulary, tokens", 2, 100_000, paper=600)
    support: int = parameter(
        52, "live tokens of the truth, the paper's s with a tilde", 1, 100_000, paper="52 in Figures 3 and 6"
    )
    sigma: float = parameter(
        0.1, "the truth's S_0, the sum of its squared probabilities", 0, 1, paper="0.1 in Figures 3 and 6"
    )
    truth: tuple[float, ...] = parameter(
        (), "your own truth in place of these three, probabilities that sum to 1", 0, 1
    )
    sizes: tuple[int, ...] = parameter(
        (10, 50, 100, 150, 200, 250, 300, 350, 400),
        "sample sizes in Figure 2, tokens",
        1,
        2_000,
        quick=(10, 50, 100),
        paper=(10, 50, 100, 150, 200, 250, 300, 350, 400),
    )
    runs: int = parameter(100, "runs in each figure", 2, 100_000, deep=1_000, paper=100)
    trials: int = parameter(10_000, "runs behind each verdict", 100, 1_000_000, quick=7_000, deep=100_000)
    seed: int = parameter(0, "where every random stream starts", 0)

    @functools.cached_property
    def times(self) -> NDArray[np.int64]:
        """Simulated collapse times, one of each run."""
        return times(tuple(self.p), self.n, self.trials, self.seed)


def three_truths(vocabulary: int = 600, seed: int = 0) -> list[NDArray[np.float64]]:
    """Three truths that span the range of S_0, as in Figure 2 (top); the middle one has the paper's s~ and S_0.

    arXiv v1 shows its three pairs (S_0, s~) only inside the image; these are ours.
    """
    pairs = ((vocabulary, 0.01), (52, 0.1), (10, 0.5))
    return [distributions.with_moments(vocabulary, support, S0, seed=seed) for support, S0 in pairs]


def last_tokens(p: NDArray[np.float64], n: int, runs: int, seed: int) -> NDArray[np.int64]:
    """The token that is left in each run when all runs have collapsed, shape (runs,)."""
    learner, rng, n = learners.Tokens(len(p)), np.random.default_rng(seed), FullySynthetic(n).size
    model = Truth(p, learner)(runs, n, rng)
    survivor, still_open = np.empty(runs, dtype=np.int64), np.arange(runs)
    while len(still_open):
        ended = learner.collapsed(model)
        survivor[still_open[ended]] = model[ended, 0]
        still_open, model = still_open[~ended], learner.sample(model[~ended], n, rng)
    return survivor


def groups(p: NDArray[np.float64], most: int) -> NDArray[np.int64]:
    """The group of each token: by rank, cut into at most `most` groups of about equal probability; shape (s,).

    >>> groups(np.array([0.1, 0.5, 0.1, 0.3]), 2).tolist()
    [1, 0, 1, 1]
    """
    ranked = np.argsort(-p, kind="stable")
    group = np.empty(len(p), dtype=np.int64)
    group[ranked] = most * (p[ranked].cumsum() - p[ranked] / 2)
    return group


@functools.lru_cache(maxsize=8)
def times(p: tuple[float, ...], n: int, trials: int, seed: int) -> NDArray[np.int64]:
    """Simulated collapse times, shared by the claims about T, here and in `collapse_time`."""
    return collapse_times(p, FullySynthetic(n), runs=trials, seed=seed)
