"""The setting of the chapter `transformers`, and what is simulated for it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from collapse_lib import evidence, parameters
from collapse_lib.evidence.samples import FEWEST
from collapse_lib.gpt import recorded
from collapse_lib.parameters import parameter

RISE = 0.01
"""What counts as a rise, a generation: in the deviation, or in nats a character."""


@dataclass(frozen=True, eq=False)
class Scene(parameters.Scene):
    """The setting of the chapter."""

    took = (10, 181e6)

    record: str = parameter(
        "laptop", "the recorded experiment: laptop, or the path of the .json that collapse gpt left"
    )
    live: bool = parameter(
        False, "train the models of the preset laptop here and now, which needs torch and some minutes"
    )
    runs: int = parameter(4, "runs behind the tables beside the transformer", 1, 1_000, quick=1, deep=20)
    seed: int = parameter(0, "where their random streams start", 0)


def slopes(values: NDArray[np.float64], first: int = 2) -> NDArray[np.float64]:
    """The least-squares slope over generations `first`..M of each seed's values, shapes (seeds, M) -> (seeds,).

    >>> slopes(np.array([[9.0, 1.0, 1.5, 2.0]])).tolist()
    [0.5]
    """
    m = np.arange(first, values.shape[1] + 1)
    centred = m - m.mean()
    return values[:, first - 1 :] @ centred / (centred @ centred)


def several(name: str) -> recorded.Record:
    """The record, or `OutOfScope` where it has fewer seeds than tell how much seeds differ."""
    found = recorded.read(name)
    if (seeds := len(found.seeds)) < FEWEST:
        raise evidence.OutOfScope(f"the seeds of the record are {seeds}, and a verdict takes at least {FEWEST}.")
    return found
