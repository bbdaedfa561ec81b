"""The setting of the chapter `transformers`."""

from __future__ import annotations

from dataclasses import dataclass

from collapse_lib import parameters
from collapse_lib.parameters import parameter


@dataclass(frozen=True, eq=False)
class Scene(parameters.Scene):
    """The setting of the chapter."""

    record: str = parameter(
        "laptop", "the recorded experiment: laptop, or the path of the .json that collapse gpt left"
    )
    live: bool = parameter(
        False, "train the models of the preset laptop here and now, which needs torch and some minutes"
    )
    runs: int = parameter(4, "runs behind the tables beside the transformer", 1, 1_000, quick=1, deep=20)
    seed: int = parameter(0, "where their random streams start", 0)
