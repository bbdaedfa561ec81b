"""The setting of the chapter `errata`, and what is simulated for it."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import ArrayLike, NDArray

from collapse_lib import distributions, metrics, parameters
from collapse_lib.experiments.truths import OneTruth
from collapse_lib.parameters import parameter
from collapse_lib.theory import paper

FIGURE_4 = (600, 10)
"""Tokens s and synthetic samples n of the paper's Figure 4."""


@dataclass(frozen=True, eq=False)
class Scene(OneTruth, parameters.Scene):
    """The setting of the chapter."""

    took = (9, 179e6)

    trials: int = parameter(20_000, "runs behind each verdict", 100, 1_000_000, quick=10_000, deep=100_000)
    moment: float = parameter(
        0.3, "S_0 of the truth at which the misprint in (9) is measured", 0.05, 0.9, paper="0.1 in Figure 3"
    )
    real: int = parameter(5, "real samples at which it is measured", 2, 50, paper="100 in Figure 3")
    tokens: int = parameter(5, "equal tokens in the counterexample to a step of Theorem 4's proof", 2, 10)
    lemma_tokens: int = parameter(60, "equal tokens in the counterexample to Lemma 1, an even number", 4, 1_000)
    lemma_samples: int = parameter(10, "samples in that counterexample", 2, 500)
    seed: int = parameter(0, "where every random stream starts", 0)
    synthetic: int = parameter(100, "synthetic samples where (9) is tried, tokens", 1, 1_000, own=True)
    odd: int = parameter(7, "real samples where the step of Theorem 4 is tried, tokens", 1, 25, own=True)
    vocabulary: int = parameter(600, "size s of the vocabulary in Theorem 3, tokens", 52, 100_000, own=True)
    N: int = parameter(100, "real samples in Theorem 3, tokens", 1, 1_000, own=True)
    sizes: tuple[int, ...] = parameter(
        (1, 10, 100, 400), "synthetic samples in Theorem 3, tokens", 1, 1_000, own=True
    )
    truth: tuple[float, ...] = parameter((), "your own truth, probabilities that sum to 1", 0, 1, own=True)
    eps: float = parameter(0.25, "the bound on the deviation in Theorem 3", 0.001, 2, own=True)
    size: int = parameter(10, "samples in each generation of (5), tokens", 5, 200, own=True)


def mean_spreads(tokens: int, real: int) -> tuple[Fraction, Fraction]:
    """E lambda_1 and E lambda_2 with n = 1, in exact fractions, for the uniform law.

    lambda(p) = max_A p(A) (1 - p(A)).  Every corpus of `real` samples is looked at, and each token that may follow.
    """
    first = second = Fraction(0)
    for counts in _partitions(real, tokens):
        weight = _chance(counts, tokens)
        first += weight * _spread(counts)
        for i, count in enumerate(counts):
            more = (*counts[:i], count + 1, *counts[i + 1 :])
            second += weight * Fraction(count, real) * _spread(more)
    return first, second


def _partitions(N: int, parts: int, largest: int | None = None) -> list[tuple[int, ...]]:
    """Ways to write N as at most `parts` positive numbers, largest first."""
    if N == 0:
        return [()]
    top = min(N, N if largest is None else largest)
    return [
        (k, *rest)
        for k in range(top, 0, -1) if parts for rest in _partitions(N - k, parts - 1, k)
    ]  # fmt: skip


def _chance(counts: tuple[int, ...], tokens: int) -> Fraction:
    """Probability that uniform samples have these counts, in some order of the tokens."""
    all_counts = [*counts, *[0] * (tokens - len(counts))]
    orders = math.factorial(tokens)
    for count in set(all_counts):
        orders //= math.factorial(all_counts.count(count))
    ways = math.factorial(sum(counts))
    for count in counts:
        ways //= math.factorial(count)
    return Fraction(orders * ways, tokens ** sum(counts))


def _spread(counts: tuple[int, ...]) -> Fraction:
    """lambda of the law with these counts."""
    N = sum(counts)
    sums = {sum(chosen) for r in range(len(counts) + 1) for chosen in itertools.combinations(counts, r)}
    return max(Fraction(a, N) * Fraction(N - a, N) for a in sums)


def equation_9(p: NDArray[np.float64], N: int, n: int, m: ArrayLike, printed: bool) -> NDArray[np.float64]:
    """(9) at this truth."""
    return paper.sigma_partially_synthetic(metrics.sigma(p), N, n, m, printed=printed)


def second_moments(sigma: NDArray[np.float64], p: NDArray[np.float64], N: int) -> NDArray[np.float64]:
    """sigma_m less the same run's sigma_1 - S_1, which has mean 0: S_m with less noise, same shape.

    S_1 = 1/N + (1 - 1/N) S_0 is elementary, and no part of (9), which starts at S_2.
    """
    return sigma - (sigma[1] - (1 / N + (1 - 1 / N) * metrics.sigma(p)))


def at_the_sure_deviation(bound: Callable[..., ArrayLike], s: int, n: int) -> float:
    """A bound of P(||p_hat - p||_1 >= 2 (1 - n/s)) for uniform p on s tokens, s even; the probability is 1."""
    return float(bound(distributions.uniform(s), n, 2 * (1 - n / s), pi_p=0.5))  # type: ignore[arg-type]


def erratum_truth(moment: float, seed: int) -> NDArray[np.float64]:
    """Thirty tokens with a large enough S_0 for the misprint to show."""
    return distributions.with_moments(30, 30, moment, seed=seed)
