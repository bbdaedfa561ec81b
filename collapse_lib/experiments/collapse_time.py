"""The setting of the chapter `collapse_time`, and what is simulated for it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from collapse_lib import distributions, metrics, parameters
from collapse_lib.experiments.truths import OneTruth
from collapse_lib.parameters import parameter
from collapse_lib.recursion import collapse_times
from collapse_lib.schedules import FullySynthetic

QUANTILES = np.array([0.05, 0.5, 0.95])
SIZES = (2, 10, 50, 100, 200, 400)


@dataclass(frozen=True, eq=False)
class Scene(OneTruth, parameters.Scene):
    """The setting of the chapter."""

    took = (23, 207e6)

    n: int = parameter(50, "samples in each generation, tokens", 1, 1_000)
    vocabulary: int = parameter(600, "size s of the vocabulary, tokens", 2, 100_000, paper=600)
    support: int = parameter(52, "live tokens of the truth, the paper's s with a tilde", 1, 100_000, paper=52)
    sigma: float = parameter(0.1, "the truth's S_0, the sum of its squared probabilities", 0, 1, paper=0.1)
    truth: tuple[float, ...] = parameter(
        (), "your own truth in place of this one, probabilities that sum to 1", 0, 1
    )
    small: int = parameter(8, "samples in each generation of the drawn genealogy, tokens", 2, 16)
    largest: int = parameter(400, "the largest sample size in the figures against n, tokens", 10, 1_000, quick=200)
    runs: int = parameter(1_000, "runs behind the points of each figure", 100, 100_000, quick=400, deep=20_000)
    corpus: str = parameter("book", "the text: book, tinyshakespeare, or the path of your own UTF-8 file")
    characters: int = parameter(5_000, "how much of the text is read, from its beginning", 1_000, 20_000)
    context_length: int = parameter(2, "characters in a context of the text", 1, 8)
    contexts: int = parameter(40, "how many of its most frequent contexts must collapse", 2, 200, quick=20)
    trials: int = parameter(10_000, "runs behind each verdict", 100, 1_000_000, quick=8_000, deep=100_000)
    seed: int = parameter(0, "where every random stream starts", 0)
    sizes: tuple[int, ...] = parameter(
        (2, 10, 50, 100, 200, 400), "sample sizes of the exact laws, tokens", 1, 1_000, own=True
    )

    def pairs(self, *more: int) -> list[tuple[NDArray[np.float64], int]]:
        """Every size, and more, with the truth and with one that gives n different tokens but in rare runs."""
        return [(q, n) for q in (self.p, distributions.uniform(100_000)) for n in (*more, *self.sizes)]


def numbers_of_ancestors(n: int, generations: int, runs: int, rng: np.random.Generator) -> NDArray[np.int64]:
    """K_0, K_1, ... of simulated genealogies: the number of distinct ancestors, shape (generations + 1, runs).

    Every token of every generation draws its parent, and each of the last n tokens is followed back through them.
    """
    line = np.tile(np.arange(n), (runs, 1))  # the ancestor of each of the last n tokens, shape (runs, n)
    K = [np.full(runs, n, dtype=np.intp)]
    for _ in range(generations):
        parents = rng.integers(n, size=(runs, n))
        line = np.take_along_axis(parents, line, axis=1)
        met = np.zeros((runs, n), dtype=bool)
        np.put_along_axis(met, line, True, axis=1)
        K.append(np.count_nonzero(met, axis=1))
    return np.stack(K)


def last_collapses(
    truths: NDArray[np.float64], sizes: NDArray[np.int64], runs: int, seed: int
) -> NDArray[np.int64]:
    """The largest of the contexts' collapse times in each run, shape (runs,); truths of shape (contexts, s)."""
    each = [
        collapse_times(p[p > 0], FullySynthetic(n), runs=runs, seed=seed + j)
        for j, (p, n) in enumerate(zip(truths, sizes.tolist(), strict=True))
    ]
    return np.max(each, axis=0)


def spread_tokens(p: NDArray[np.float64], most: int) -> NDArray[np.int64]:
    """At most `most` tokens, evenly spread over the ranks from the most to the least probable."""
    ranked = np.argsort(-p, kind="stable")
    return ranked[np.linspace(0, len(p) - 1, min(most, len(p))).astype(int)]


def typical_tokens(p: NDArray[np.float64], shares: Sequence[float]) -> NDArray[np.int64]:
    """The tokens met at these shares of the probability, counted from the most probable token on; each once."""
    ranked = np.argsort(-p, kind="stable")
    return ranked[np.unique(np.searchsorted(p[ranked].cumsum(), shares))]


def absent(tokens: NDArray[np.int64]) -> metrics.Metric:
    """The metric that tells which of these tokens are extinct."""

    def absent(p: NDArray[np.float64]) -> NDArray[np.bool_]:
        return p[..., tokens] == 0

    return absent
