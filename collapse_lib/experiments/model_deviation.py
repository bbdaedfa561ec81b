"""The setting of the chapter `model_deviation`."""

from __future__ import annotations

from dataclasses import dataclass

from collapse_lib import parameters
from collapse_lib.parameters import parameter


@dataclass(frozen=True, eq=False)
class Scene(parameters.Scene):
    """The setting of the chapter."""

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
