"""The setting of the chapter `embeddings`, and what is simulated for it."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from collapse_lib import embeddings, metrics, parameters
from collapse_lib.evidence import OutOfScope
from collapse_lib.parameters import parameter
from collapse_lib.recursion import simulate
from collapse_lib.schedules import FullySynthetic

DIMENSIONS = (2, 4, 8, 16)
MANY = 1_000  # samples of a context where a statement is to first order in 1/n


@dataclass(frozen=True, eq=False)
class Scene(parameters.Scene):
    """The setting of the chapter."""

    took = (14, 144e6)

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


@functools.lru_cache(maxsize=16)
def diversity(
    contexts: int, vocabulary: int, n: int, d: int, truth_dimension: int, runs: int, seed: int
) -> NDArray[np.float64]:
    """1 - sigma of each context at generations 0..3n on synthetic data alone, shape (3 n + 1, runs, contexts).

    Contexts have d dimensions; the truth is one that `truth_dimension` of them can represent.
    """
    X = embeddings.gaussian(contexts, max(d, truth_dimension), seed)
    truth = embeddings.realisable(X[:, :truth_dimension], vocabulary, seed)
    run = simulate(
        truth, FullySynthetic(n), 3 * n, runs=max(2, runs), seed=seed + d, record=[metrics.sigma],
        learner=embeddings.Embedded(X[:, :d]),
    )  # fmt: skip
    return 1 - run["sigma"]


@functools.lru_cache(maxsize=32)
def first_generation(
    contexts: int, vocabulary: int, n: int, d: int, truth_dimension: int, runs: int, seed: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Of each run's first model: the share of the diversity lost, and the divergence KL(p^(1), p); shape (runs,).

    Both are means over the contexts.  The truth is as in `diversity`, and uniform where `truth_dimension` is 0.
    """
    X = embeddings.gaussian(contexts, max(d, truth_dimension, 1), seed)
    truth = embeddings.realisable(
        X[:, : max(1, truth_dimension)], vocabulary, seed, strength=float(truth_dimension > 0)
    )

    def divergence(p: NDArray[np.float64]) -> NDArray[np.float64]:
        return (p * np.log(np.where(p > 0, p, 1) / truth)).sum(axis=-1)

    run = simulate(
        truth, FullySynthetic(n), 1, runs=max(2, runs), seed=seed + d, record=[metrics.sigma, divergence],
        learner=embeddings.Embedded(X[:, :d]),
    )  # fmt: skip
    before, after = 1 - run["sigma"].mean(axis=-1)
    return (before - after) / before, run["divergence"][1].mean(axis=-1)


def smaller(dimensions: Sequence[int], contexts: int) -> list[int]:
    """The dimensions below the number of contexts."""
    small = sorted({d for d in dimensions if d < contexts})
    if not small:
        raise OutOfScope(f"no dimension is smaller than the number of contexts, {contexts}.")
    return small


def random_counts(contexts: int, vocabulary: int, seed: int) -> NDArray[np.int64]:
    """A hundred corpora of random laws, half of them of 3 tokens a context, half of 50; shape (100, c, s)."""
    rng = np.random.default_rng(seed)
    laws = rng.dirichlet(np.ones(vocabulary), size=(100, contexts))
    return rng.multinomial(np.repeat([3, 50], 50)[:, None], laws)
