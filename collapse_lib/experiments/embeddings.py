"""The setting of the chapter `embeddings`."""

from __future__ import annotations

from dataclasses import dataclass

from collapse_lib import parameters
from collapse_lib.parameters import parameter


@dataclass(frozen=True, eq=False)
class Scene(parameters.Scene):
    """The setting of the chapter."""

    contexts: int = parameter(8, "number c of contexts", 1, 24)
    vocabulary: int = parameter(3, "size s of the vocabulary, tokens", 2, 6)
    dimensions: tuple[int, ...] = parameter((2, 4, 8, 16), "dimensions d of the context vectors", 1, 48)
    n: int = parameter(20, "samples of each context in each generation, tokens", 1, 200, quick=8, deep=40)
    points: int = parameter(60, "contexts in the triangles", 3, 300)
    trials: int = parameter(
        4_000,
        "runs behind the verdicts on one generation; a twentieth of them behind whole trajectories",
        400,
        100_000,
        quick=2_400,
        deep=20_000,
    )
    seed: int = parameter(0, "where every random stream starts", 0)
