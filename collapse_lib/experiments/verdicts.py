"""The setting of the chapter `verdicts`, and what is simulated for it."""

from __future__ import annotations

import functools
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import special

from collapse_lib import distributions, parameters
from collapse_lib.evidence import ALPHA, OutOfScope
from collapse_lib.evidence.comparisons import (
    PValues,
    bound_p_values,
    equality_p_values,
    law_p_values,
    power_law,
    slope_p_values,
)
from collapse_lib.evidence.families import holm_adjusted
from collapse_lib.evidence.samples import FEWEST, Floats, Means, Shares
from collapse_lib.experiments.truths import live_truth
from collapse_lib.parameters import parameter
from collapse_lib.theory import coalescent

NARROW = 1e-9
"""The margin of a claim that allows one value only, as good as."""
SKEWED_ENOUGH = 2_000
"""The smallest number of runs behind a verdict in this book, for which the claims below are made."""
Z = float(-special.ndtri(ALPHA))
"""The normal quantile of alpha, 2.33."""


@dataclass(frozen=True, eq=False)
class Scene(parameters.Scene):
    """The setting of the chapter."""

    took = (14, 425e6)

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


@functools.lru_cache(maxsize=4)
def at_the_edge(data_sets: int, trials: int, n: int, seed: int) -> dict[str, PValues]:
    """For each comparison: p_support with the truth on the claim's edge, p_refute where it allows the truth only.

    Each has shape (data_sets,).  Growth rates are measured at three x, from all the runs at the first and a fifth
    of them at the others, as in the claim about E[T] = O(n).
    """
    rng = np.random.default_rng(seed)
    law = collapse_time_law(n)
    mean = float(law @ np.arange(len(law)))
    runs = normal(rng, 0.0, trials, data_sets)
    half = Shares(rng.binomial(trials, 0.5, data_sets), trials)
    few = Shares(rng.binomial(trials, 0.02, data_sets), trials)
    counts = rng.multinomial(trials, law, data_sets)
    times = moments(counts)
    sizes = np.array([50, 100, 200])
    groups = [times, *(moments(rng.multinomial(trials // 5, law, data_sets)) for _ in sizes[1:])]
    rates = power_law(sizes, [Means(k * g.mean, k * g.deviation, g.N) for k, g in zip(sizes, groups, strict=True)])
    return {
        "equality\nnormal": both_edges(runs, 0.0, 0.1),
        "equality\n0 and 1": both_edges(half, 0.5, 0.1),
        "equality\nskewed": both_edges(times, mean, 0.1 * mean),
        "bound\n0 and 1": bound_p_values(few, np.asarray(0.02), "less"),
        "bound\nskewed": bound_p_values(times, np.asarray(mean), "less"),
        "growth\nskewed": (slope_p_values(*rates, 0.9, 0.1)[0], slope_p_values(*rates, 1.0, NARROW)[1]),
        "law\nskewed": laws(counts, law.cumsum(), margin=0.05),
    }


@functools.lru_cache(maxsize=4)
def simulated_families(claims: int, families: int, seed: int) -> dict[str, tuple[Floats, int]]:
    """Families of claims: p-values, shape (families, claims), and how many claims are at the edge.

    Those come first; the others are as true as can be.  At the edge an exact p-value is uniform.  Claims that share
    noise have normal test statistics with correlation 1/2.
    """
    rng = np.random.default_rng(seed)
    edge, other = rng.random((2, families, claims))
    third = -(-claims // 3)
    noise, common = rng.normal(size=(families, claims)), rng.normal(size=(families, 1))
    return {
        "all barely false": (edge, claims),
        "a third barely false": (np.where(np.arange(claims) < third, other, 0.0), third),
        "all barely false, noise shared": (special.ndtr(-(noise + common) / np.sqrt(2)), claims),
    }


def smallest_false(p: Floats, false: int, *, holm: bool = True) -> Floats:
    """The smallest p-value, adjusted by Holm's procedure or not, of the first `false` claims; shape (families,)."""
    return (holm_adjusted(p) if holm else p)[:, :false].min(axis=1)


def any_false(p: Floats, false: int, *, holm: bool = True) -> NDArray[np.bool_]:
    """Whether a family has a false verdict among its first `false` claims, with Holm's procedure or without."""
    return smallest_false(p, false, holm=holm) <= ALPHA


def skewed_alarms(N: int, n: int, data_sets: int, seed: int) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Whether "at most" and "at least" the true mean are called supported from N collapse times, (data_sets,)."""
    law = collapse_time_law(n)
    times = moments(np.random.default_rng(seed).multinomial(N, law, data_sets))
    at_most, at_least = bound_p_values(times, law @ np.arange(len(law)), "less")
    return at_most <= ALPHA, at_least <= ALPHA


def skewed_rate(N: NDArray[np.int64], n: int, *, sign: int) -> Floats:
    """The same chances to first order: alpha + sign gamma (2 z^2 + 1) phi(z) / (6 sqrt(N)), at least 0.

    gamma is the skewness of one run and z, here Z, the normal quantile of alpha (Hall 1987); sign is 1 for "at
    most" and -1 for "at least".
    """
    law = collapse_time_law(n)
    t = np.arange(len(law)) - law @ np.arange(len(law))
    skewness = law @ t**3 / (law @ t**2) ** 1.5
    density = np.exp(-(Z**2) / 2) / np.sqrt(2 * np.pi)
    return np.maximum(0, ALPHA + sign * skewness * (2 * Z**2 + 1) * density / (6 * np.sqrt(N)))


def collapse_time_law(n: int) -> Floats:
    """P(T = t) at t = 0, ..., 10 n + 1 for the book's truth, what is later counted as the last."""
    rho = coalescent.collapse_probability(live_truth(), n, 10 * n)
    return distributions.settled(np.diff(np.concatenate([[0.0], rho, [1.0]])))


def normal(rng: np.random.Generator, mean: float, N: int, *shape: int) -> Means:
    """Means and standard deviations of data sets of N normal runs of variance 1."""
    deviation = np.sqrt(rng.chisquare(N - 1, shape) / (N - 1))
    return Means(rng.normal(mean, N**-0.5, shape), deviation, N)


def moments(counts: NDArray[np.int64]) -> Means:
    """Means and standard deviations of data sets told as counts of 0, 1, 2, ...: shape (data_sets, values)."""
    N = int(counts[0].sum())
    t = np.arange(counts.shape[1], dtype=np.float64)
    sums = counts.astype(np.float64) @ np.stack([t, t**2], axis=1)
    mean = sums[:, 0] / N
    variance = (sums[:, 1] - N * mean**2) / (N - 1)
    return Means(mean, np.sqrt(np.maximum(0, variance)), N)


def enough_runs(margin: float, points: int = 9) -> NDArray[np.int64]:
    """Numbers of runs from far too few to more than enough for a margin (in standard deviations of a run)."""
    return np.unique(np.maximum(FEWEST, np.geomspace(4, 120, points) / margin**2).astype(int))


def errors(margin: float, N: int, points: int = 9) -> Floats:
    """Planted errors from none to one that N runs are sure to refute."""
    return np.linspace(0, margin + 6 / np.sqrt(N), points)


def both_edges(sample: Means | Shares, truth: float, margin: float) -> PValues:
    """p_support of a claim at whose edge the truth is, p_refute of one that allows nothing else."""
    edge = equality_p_values(sample, np.asarray(truth - margin), np.asarray(margin))
    return edge[0], equality_p_values(sample, np.asarray(truth), np.asarray(NARROW))[1]


def laws(counts: NDArray[np.int64], cdf: Floats, *, margin: float) -> PValues:
    """The same for whole laws: one that is `margin` too high, and the right one."""
    N = int(counts[0].sum())
    empirical = counts.cumsum(axis=1) / N
    wrong = np.abs(empirical - np.minimum(1, cdf + margin)).max(axis=1)
    right = np.abs(empirical - cdf).max(axis=1)
    return law_p_values(wrong, N, margin)[0], law_p_values(right, N, NARROW)[1]


def enough(trials: int, n: int) -> int:
    """`trials`, where Student's t is close enough on skewed runs of n tokens a generation."""
    if n == 1:
        raise OutOfScope("with one token a generation every collapse time is 1, and there is nothing to judge.")
    if trials < SKEWED_ENOUGH:
        raise OutOfScope(f"the claim is about at least {SKEWED_ENOUGH:,} runs, since Student's t is approximate.")
    return trials
