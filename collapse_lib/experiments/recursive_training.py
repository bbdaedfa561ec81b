"""The setting of the chapter `recursive_training`, and what is simulated for it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from collapse_lib import metrics, parameters
from collapse_lib.learners import Tabular
from collapse_lib.parameters import parameter
from collapse_lib.recursion import simulate
from collapse_lib.schedules import (
    Accumulate,
    FullySynthetic,
    MostRecent,
    PartiallySynthetic,
    RandomlySampled,
    Schedule,
)

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
SCHEDULES: tuple[Schedule, ...] = (
    FullySynthetic(12),
    PartiallySynthetic(real=12, synthetic=6),
    MostRecent(12, window=3),
    MostRecent(12, window=3, draw="fresh"),
    RandomlySampled(12),
    Accumulate(12),
    Accumulate(12, draw="fresh"),
)


@dataclass(frozen=True, eq=False)
class Scene(parameters.Scene):
    """The setting of the chapter."""

    took = (16, 193e6)

    n: int = parameter(
        1_000, "samples in each generation of Figure 1, of each context or in all, tokens", 1, 100_000, paper=1_000
    )
    contexts: int = parameter(81, "random contexts on three tokens in Figure 1", 1, 2_000, paper=81)
    generations: int = parameter(40, "last generation of Figure 1", 4, 1_000, paper=40)
    size: int = parameter(12, "samples in the tables of sizes, tokens", 6, 99)
    window: int = parameter(3, "models in the window of the tables", 1, 6)
    corpus: str = parameter("book", "the text: book, tinyshakespeare, or the path of your own UTF-8 file")
    characters: int = parameter(100_000, "how much of the text is read, from its beginning", 1_000, 100_000_000)
    context_length: int = parameter(2, "characters in a context of the text", 1, 8)
    trials: int = parameter(10_000, "runs behind each verdict", 100, 1_000_000, quick=7_000, deep=100_000)
    seed: int = parameter(0, "where every random stream starts", 0)


def shared(n: int, contexts: int) -> Integers:
    """n samples over the contexts, as evenly as they go and at least one for each; shape (contexts,).

    >>> shared(1_000, 81)[[0, 27, 28, 80]].tolist(), int(shared(1_000, 81).sum())
    ([13, 13, 12, 12], 1000)
    """
    return np.maximum(1, n // contexts + (np.arange(contexts) < n % contexts))


def share_left(truths: Floats, sizes: Integers, generations: int) -> float:
    """Equation (6) for each context: the share of their mean diversity that is left, sum_j (1 - 1/n_j)^m D_j."""
    diversity = 1 - metrics.sigma(truths)
    return float((1 - 1 / sizes) ** generations @ diversity / diversity.sum())


def less(
    truths: Floats, sizes: Integers, generations: int, left: float, *, runs: int, seed: int
) -> tuple[Floats, float]:
    """The share of the mean diversity that is left, or lost, whichever is less: in each run, and expected."""
    found = np.zeros(runs)
    for size in np.unique(sizes).tolist():
        these = truths[sizes == size]

        def measured(p: Floats, these: Floats = these) -> Floats:
            return (1 - metrics.sigma(p) if left < 1 / 2 else metrics.squared(p, these)).sum(axis=-1)

        run = simulate(
            these, FullySynthetic(size), generations,
            runs=runs, seed=seed + size, record=[measured], learner=Tabular(),
        )  # fmt: skip
        found += run["measured"][-1]
    return found / (1 - metrics.sigma(truths)).sum(), min(left, 1 - left)


def drifting(truths: Floats, sizes: Integers, generations: int, seed: int) -> Floats:
    """One run of every context by itself, context j on sizes[j] samples; shape (generations + 1, contexts, s)."""
    laws = np.empty((generations + 1, *truths.shape))
    for size in np.unique(sizes).tolist():
        at = sizes == size
        run = simulate(
            truths[at], FullySynthetic(size), generations, runs=1, seed=seed + size, record=[metrics.distribution]
        )
        laws[:, at] = run["distribution"][:, 0]
    return laws
