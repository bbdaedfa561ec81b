"""The setting of the chapter `any_schedule`, and what is simulated for it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from collapse_lib import metrics, parameters
from collapse_lib.experiments.truths import OneTruth
from collapse_lib.parameters import parameter
from collapse_lib.recursion import simulate
from collapse_lib.schedules import (
    Accumulate,
    FullySynthetic,
    MostRecent,
    PartiallySynthetic,
    RandomlySampled,
    Redraw,
    Schedule,
)
from collapse_lib.theory import moments

READINGS: tuple[Redraw, Redraw] = ("kept", "fresh")
SIZES = np.array([2.0, 3, 5, 10, 30, 100, 300, 1_000])


@dataclass(frozen=True, eq=False)
class Scene(OneTruth, parameters.Scene):
    """The setting of the chapter."""

    took = (9, 195e6)

    n: int = parameter(
        12, "samples of a model, or of all models in a window, tokens", 2, 200, paper="10 in Figure 6"
    )
    window: int = parameter(3, "models in the window, at most n of them are used", 1, 12)
    generations: int = parameter(60, "last generation of the figures", 10, 200)
    samples: int = parameter(240, "samples in all that windows of different length share, tokens", 24, 10_000)
    support: int = parameter(52, "live tokens of the truth", 2, 1_000, paper=52)
    sigma: float = parameter(0.1, "the truth's S_0, the sum of its squared probabilities", 0, 1, paper=0.1)
    runs: int = parameter(500, "runs in each figure", 2, 20_000, quick=200, deep=5_000)
    trials: int = parameter(10_000, "runs behind each verdict", 100, 1_000_000, quick=4_000, deep=100_000)
    seed: int = parameter(0, "where every random stream starts", 0)
    truth: tuple[float, ...] = parameter((), "your own truth, probabilities that sum to 1", 0, 1, own=True)
    q: int = parameter(10_000, "samples in each generation of the large window, tokens", 300, 1_000_000, own=True)
    real: int = parameter(2, "real samples where the diversity is kept, tokens", 2, 200, own=True)
    size: int = parameter(2, "samples where Dirac masses are often, tokens", 2, 8, own=True)


def seven(n: int, window: int) -> dict[str, Schedule]:
    """Every schedule and reading of this book, each with n samples of a model, or of all its window."""
    return {
        "fully synthetic": FullySynthetic(n),
        "window, kept": MostRecent(n, window),
        "window, fresh": MostRecent(n, window, "fresh"),
        "partially synthetic": PartiallySynthetic(n, n),
        "random sampling": RandomlySampled(n),
        "accumulate, kept": Accumulate(n),
        "accumulate, fresh": Accumulate(n, "fresh"),
    }


def shares_left(
    truth: ArrayLike, schedule: Schedule, generations: int, runs: int, seed: int
) -> NDArray[np.float64]:
    """(1 - sigma_m)/(1 - S_0) of simulated runs, shape (generations + 1, runs); its mean is d_m."""
    run = simulate(truth, schedule, generations, runs=runs, seed=seed, record=[metrics.sigma])
    return (1 - run["sigma"]) / (1 - metrics.sigma(truth))


def ended(truth: ArrayLike, schedule: Schedule, runs: int, seed: int) -> NDArray[np.bool_]:
    """Which runs were a Dirac mass in every generation from 120 to 240, of those that were none at generation 1."""
    dirac = simulate(truth, schedule, 240, runs=runs, seed=seed, record=[metrics.collapsed])["collapsed"]
    return np.asarray(dirac[120:, ~dirac[1]].all(axis=0))


def first_order_ratio(q: int, K: int, draw: Redraw) -> float:
    """(1 - rate) of a window of K models, q samples of each, over its first order in 1/q."""
    rate = moments.decay_rate(MostRecent(q * K, K, draw))
    return float((1 - rate) / (1 - moments.window_decay(q, K, draw=draw)))


def mean_of_the_past(p: NDArray[np.float64]) -> NDArray[np.float64]:
    """pi_m, the mean of the sources that generation m samples: p^(1) for the real corpus, then p^(1), ..., p^(m-1).

    `p` has shape (M, runs, s), p^(1) first; the result too, pi_1 = p^(1) first.
    """
    past = np.concatenate([p[:1], p[:-1]])
    return np.asarray(past.cumsum(axis=0) / np.arange(1, len(p) + 1)[:, None, None])
