"""The setting of the chapter `partially_synthetic`."""

from __future__ import annotations

from dataclasses import dataclass

from collapse_lib import parameters
from collapse_lib.parameters import parameter


@dataclass(frozen=True, eq=False)
class Scene(parameters.Scene):
    """The setting of the chapter."""

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
