"""The setting of the chapter `safe_synthetic_data`, and what is simulated for it."""

from __future__ import annotations

import functools
import itertools
from dataclasses import dataclass

import numpy as np

from collapse_lib import distributions, parameters
from collapse_lib.experiments.truths import OneTruth
from collapse_lib.parameters import parameter
from collapse_lib.theory import deviation


@dataclass(frozen=True, eq=False)
class Scene(OneTruth, parameters.Scene):
    """The setting of the chapter."""

    took = (12, 196e6)

    N: int = parameter(100, "real samples, kept in every training set, tokens", 2, 1_000, paper=100)
    eps: float = parameter(0.1, "the mean L1 deviation from the first model to stay below", 0.001, 2)
    support: int = parameter(52, "live tokens of the truth", 2, 5_000, paper=52)
    sigma: float = parameter(0.1, "the truth's S_0, the sum of its squared probabilities", 0, 1, paper=0.1)
    corpus: str = parameter("", "instead of these two: book, tinyshakespeare, or the path of your own UTF-8 text")
    context: str = parameter("th", "the context in that text whose next characters are the truth")
    trials: int = parameter(4_000, "runs behind each verdict", 100, 1_000_000, quick=2_000, deep=40_000)
    seed: int = parameter(0, "where every random stream starts", 0)
    truth: tuple[float, ...] = parameter((), "your own truth, probabilities that sum to 1", 0, 1, own=True)


@functools.lru_cache(maxsize=2)
def grid(p: tuple[float, ...]) -> tuple[list[tuple[int, int, int]], list[float]]:
    """(N, n, s~) and the largest exact deviation of generations 2 to 30, for this truth and the uniform one."""
    truths = (np.array(p), distributions.uniform(10))
    sizes = list(itertools.product((5, 20, 100), (1, 10, 100, 300)))
    cases = [(N, n, min(len(q), N)) for q in truths for N, n in sizes]
    exact = [float(deviation.l1(q, N, n, 30)[2:].max()) for q in truths for N, n in sizes]
    return cases, exact
