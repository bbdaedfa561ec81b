"""The setting of the chapter `mixtures`."""

from __future__ import annotations

from dataclasses import dataclass

from collapse_lib import parameters
from collapse_lib.parameters import parameter


@dataclass(frozen=True, eq=False)
class Scene(parameters.Scene):
    """The setting of the chapter."""

    n: int = parameter(10, "samples in each generation, tokens", 2, 100, paper=10)
    windows: tuple[int, ...] = parameter((2, 5), "windows K beside K = 1, models; each at most n", 2, 12)
    draw: str = parameter(
        "fresh",
        "how Figure 6 reads the windows",
        choices=(
            "fresh",
            "kept",
        ),
    )
    generations: int = parameter(500, "last generation of Figure 6", 20, 2_000, paper=500)
    vocabulary: int = parameter(600, "size s of the vocabulary, tokens", 2, 100_000, paper=600)
    support: int = parameter(52, "live tokens of the truth, the paper's s with a tilde", 2, 100_000, paper=52)
    sigma: float = parameter(0.1, "the truth's S_0, the sum of its squared probabilities", 0, 1, paper=0.1)
    truth: tuple[float, ...] = parameter(
        (), "your own truth in place of these three, probabilities that sum to 1", 0, 1
    )
    runs: int = parameter(100, "runs in Figure 6", 2, 10_000, quick=60, deep=400, paper=100)
    trials: int = parameter(
        4_000,
        "runs behind each verdict, and in the figures after Figure 6",
        100,
        1_000_000,
        quick=1_800,
        deep=40_000,
    )
    seed: int = parameter(0, "where every random stream starts", 0)
