"""The setting of the chapter `any_schedule`."""

from __future__ import annotations

from dataclasses import dataclass

from collapse_lib import parameters
from collapse_lib.parameters import parameter


@dataclass(frozen=True, eq=False)
class Scene(parameters.Scene):
    """The setting of the chapter."""

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
    q: int = parameter(10_000, "samples in each generation of the large window, tokens", 1, 1_000_000, own=True)
    real: int = parameter(2, "real samples where the diversity is kept, tokens", 1, 1_000, own=True)
    size: int = parameter(2, "samples where Dirac masses are often, tokens", 1, 100, own=True)
