"""The setting of the chapter `fully_synthetic`."""

from __future__ import annotations

from dataclasses import dataclass

from collapse_lib import parameters
from collapse_lib.parameters import parameter


@dataclass(frozen=True, eq=False)
class Scene(parameters.Scene):
    """The setting of the chapter."""

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
