"""The setting of the chapter `model_deviation`, and what is simulated for it."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from collapse_lib import distributions, parameters
from collapse_lib.parameters import parameter
from collapse_lib.theory import paper

LAWS = ([1 / 3, 1 / 3, 1 / 3], [0.5, 0.3, 0.2], [0.8, 0.15, 0.05], [0.98, 0.01, 0.01], [0.4, 0.3, 0.2, 0.1])
"""Small laws whose outcomes can be looked at one by one."""


@dataclass(frozen=True, eq=False)
class Scene(parameters.Scene):
    """The setting of the chapter."""

    took = (12, 204e6)

    N: int = parameter(100, "real samples, kept in every training set, tokens", 2, 1_000, paper=100)
    n: int = parameter(10, "synthetic samples in each generation of Figure 4, tokens", 1, 1_000, paper=10)
    sizes: tuple[int, ...] = parameter(
        (10, 100, 400), "synthetic samples where the chain (18) is drawn, tokens", 1, 1_000
    )
    moments: tuple[float, ...] = parameter((0.03, 0.1, 0.3, 0.6), "S_0 of the truths in Figure 4", 0.02, 0.95)
    generations: int = parameter(50, "last generation", 3, 500, paper=50)
    runs: int = parameter(100, "runs in each figure", 2, 10_000, deep=1_000, paper=100)
    trials: int = parameter(4_000, "runs behind each verdict", 100, 1_000_000, quick=2_000, deep=40_000)
    seed: int = parameter(0, "where every random stream starts", 0)


def truths(moments: Sequence[float], seed: int = 0, support: int = 52) -> list[NDArray[np.float64]]:
    """Truths on `support` tokens with these S_0, smallest first: ours, as the paper's are only in the image."""
    return [distributions.with_moments(support, support, S0, seed=seed) for S0 in sorted(set(moments))]


def split(p: NDArray[np.float64]) -> NDArray[np.float64]:
    """pi_p = max_A min{p(A), 1 - p(A)} by looking at every set A; for a few tokens.  Shapes (..., s) -> (...,)."""
    members = np.array(list(itertools.product([0.0, 1.0], repeat=p.shape[-1])))
    shares = p @ members.T
    return np.minimum(shares, 1 - shares).max(axis=-1)


def tails(
    bound: Callable[..., NDArray[np.float64]],
) -> tuple[list[NDArray[np.float64]], list[NDArray[np.float64]]]:
    """Exact tails of small laws by looking at every outcome, and a bound of each."""
    eps = np.linspace(0.1, 1.5, 8)
    cases = [(np.array(p), n) for p in LAWS for n in ((10, 20, 60) if len(p) == 3 else (10, 20, 40))]
    cases += [(distributions.uniform(s), n) for s, n in ((5, 3), (6, 4), (7, 5))]  # the second case of (13)
    return [paper.exact_tail(p, n, eps) for p, n in cases], [bound(p, n, eps) for p, n in cases]
