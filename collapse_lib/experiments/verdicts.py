"""The setting of the chapter `verdicts`."""

from __future__ import annotations

from dataclasses import dataclass

from collapse_lib import parameters
from collapse_lib.parameters import parameter


@dataclass(frozen=True, eq=False)
class Scene(parameters.Scene):
    """The setting of the chapter."""

    data_sets: int = parameter(
        40_000, "data sets behind each rate of false verdicts", 1_000, 1_000_000, deep=200_000
    )
    families: int = parameter(30_000, "families of claims behind each rate", 1_000, 1_000_000, deep=100_000)
    claims: int = parameter(0, "claims that are judged together; 0 for as many as this book has", 0, 300)
    trials: int = parameter(10_000, "runs in a data set", 100, 1_000_000)
    n: int = parameter(
        10, "tokens a generation, for the collapse times that stand for skewed data", 2, 100, quick=5
    )
    margin: float = parameter(
        0.1, "margin of the equality in the section on power, in standard deviations of a run", 0.001, 10
    )
    seed: int = parameter(0, "where every random stream starts", 0)
