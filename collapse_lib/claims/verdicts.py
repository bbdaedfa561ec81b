"""How often a verdict is false: the comparisons of `evidence`, measured on data whose truth is known.

The worst truth is one on the edge of what is claimed: a claim that is barely false is the easiest to support by
chance, and one that is barely true the easiest to refute.  Data sets are drawn as what the comparisons look at:
mean and standard deviation of normal runs (independent, with their own laws), hits of 0/1 runs (binomial), and
for skewed runs how many collapsed at each generation (multinomial, with the exact law of the collapse time).
"""

from __future__ import annotations

import functools

import numpy as np
from numpy.typing import NDArray
from scipy import special

from collapse_lib import evidence
from collapse_lib.claims import Judge, claim, registry
from collapse_lib.claims.truths import live_truth
from collapse_lib.evidence import ALPHA, OutOfScope, Verdict, power
from collapse_lib.evidence.comparisons import (
    PValues,
    bound_p_values,
    equality_p_values,
    law_p_values,
    power_law,
    slope_p_values,
)
from collapse_lib.evidence.families import holm_adjusted
from collapse_lib.evidence.samples import Floats, Means, Shares
from collapse_lib.theory import coalescent

CHAPTER = "verdicts"
SLACK = 1.5
"""A measured rate may be this many times alpha: Student's t and the growth rates are approximations."""

NARROW = 1e-9
"""The margin of a claim that allows one value only, as good as."""

SKEWED_ENOUGH = 2_000
"""The smallest number of runs behind a verdict in this book, for which the claims below are made."""


@claim(
    "verdicts/false-support",
    chapter=CHAPTER,
    place="False alarms",
    statement=r"A claim that is barely false is called supported with chance \(\alpha\) = 1 % at most, or 1.5 % "
    r"where the comparison is approximate: equalities, bounds, growth rates and whole laws.",
    origin="ours",
    planted=3,
)
def false_support(*, data_sets: int = 40_000, trials: int = 10_000, n: int = 10, seed: int = 0) -> Judge:
    """The share of data sets, truth on the edge, that each comparison supports (at level alpha times `distort`)."""
    found = at_the_edge(data_sets, _enough(trials, n), n, seed)

    def judge(spoil: float) -> Verdict:
        falsely = np.stack([support <= spoil * ALPHA for support, _ in found.values()], axis=1)
        return evidence.at_most(falsely, SLACK * ALPHA)

    return judge


@claim(
    "verdicts/false-refutal",
    chapter=CHAPTER,
    place="False alarms",
    statement=r"A claim that is barely true is called refuted with chance \(\alpha\) = 1 % at most, or 1.5 % where "
    r"the comparison is approximate.",
    origin="ours",
    planted=3,
)
def false_refutal(*, data_sets: int = 40_000, trials: int = 10_000, n: int = 10, seed: int = 0) -> Judge:
    """The share of data sets, truth the only value allowed, that each comparison refutes."""
    found = at_the_edge(data_sets, _enough(trials, n), n, seed)

    def judge(spoil: float) -> Verdict:
        falsely = np.stack([refute <= spoil * ALPHA for _, refute in found.values()], axis=1)
        return evidence.at_most(falsely, SLACK * ALPHA)

    return judge


@claim(
    "verdicts/family",
    chapter=CHAPTER,
    place="The book as a family",
    statement=r"In a whole book of claims that are judged together, some claim is falsely called supported with "
    r"chance \(\alpha\) = 1 % at most: where all are barely false, or a third of them, or their noise is shared.",
    origin="ours",
    planted=3,
)
def family(*, claims: int = 0, families: int = 20_000, seed: int = 0) -> Judge:
    """The share of families with a false verdict, at level alpha times `distort`."""
    found = simulated_families(claims or len(registry()), families, seed)

    def judge(spoil: float) -> Verdict:
        alarms = [any_false(p, false, alpha=spoil * ALPHA) for p, false in found.values()]
        return evidence.at_most(np.stack(alarms, axis=1), SLACK * ALPHA)

    return judge


@claim(
    "verdicts/power",
    chapter=CHAPTER,
    place="Power",
    statement=r"True claims are called supported, and planted errors refuted, as often as the exact law of "
    r"Student's \(t\) says for normal runs.",
    origin="ours",
    planted=1.3,
)
def exact_power(*, data_sets: int = 20_000, trials: int = 10_000, margin: float = 0.1, seed: int = 0) -> Judge:
    """Shares of "supported" with few to many runs, of "refuted" with small to large errors, give or take 3 %."""
    rng = np.random.default_rng(seed)
    N, d = enough_runs(margin)[2:-2], errors(margin, trials)[2:-2]
    found = [equality_p_values(normal(rng, 0.0, k, data_sets), np.zeros(1), np.asarray(margin))[0] for k in N]
    found += [equality_p_values(normal(rng, e, trials, data_sets), np.zeros(1), np.asarray(margin))[1] for e in d]
    exact = np.concatenate([power.supported(N, 0.0, margin), power.refuted(trials, d, margin)])
    shares = np.stack([p <= ALPHA for p in found], axis=1)
    return lambda spoil: evidence.equality(shares, np.minimum(1, spoil * exact), margin=0.03)


@functools.lru_cache(maxsize=4)
def at_the_edge(data_sets: int, trials: int, n: int, seed: int) -> dict[str, PValues]:
    """For each comparison: p_support with the truth on the claim's edge, p_refute where it allows the truth only.

    Each has shape (data_sets,).  Growth rates are measured from a fifth of the runs at each of three x, as
    in the claim about E[T] = O(n).
    """
    rng = np.random.default_rng(seed)
    law = collapse_time_law(n)
    mean = float(law @ np.arange(len(law)))
    runs = normal(rng, 0.0, trials, data_sets)
    half = Shares(rng.binomial(trials, 0.5, data_sets), trials)
    few = Shares(rng.binomial(trials, 0.02, data_sets), trials)
    counts = rng.multinomial(trials, law, data_sets)
    times = moments(counts)
    sizes, fifth = np.array([50, 100, 200]), max(2, trials // 5)
    groups = [moments(rng.multinomial(fifth, law, data_sets)) for _ in sizes]
    rates = power_law(sizes, [Means(k * g.mean, k * g.deviation, g.N) for k, g in zip(sizes, groups, strict=True)])
    return {
        "equality\nnormal": _both_edges(runs, 0.0, 0.1),
        "equality\n0 and 1": _both_edges(half, 0.5, 0.1),
        "equality\nskewed": _both_edges(times, mean, 0.1 * mean),
        "bound\n0 and 1": bound_p_values(few, np.asarray(0.02), "less"),
        "bound\nskewed": bound_p_values(times, np.asarray(mean), "less"),
        "growth\nskewed": (slope_p_values(*rates, 0.9, 0.1)[0], slope_p_values(*rates, 1.0, NARROW)[1]),
        "law\nskewed": _laws(counts, law.cumsum(), margin=0.04),
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


def any_false(p: Floats, false: int, *, alpha: float = ALPHA, holm: bool = True) -> NDArray[np.bool_]:
    """Whether a family has a false verdict among its first `false` claims, with Holm's procedure or without."""
    return (holm_adjusted(p) if holm else p)[:, :false].min(axis=1) <= alpha


def skewed_alarms(N: int, n: int, data_sets: int, seed: int) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Whether "at most" and "at least" the true mean are called supported from N collapse times, (data_sets,)."""
    law = collapse_time_law(n)
    times = moments(np.random.default_rng(seed).multinomial(N, law, data_sets))
    at_most, at_least = bound_p_values(times, law @ np.arange(len(law)), "less")
    return at_most <= ALPHA, at_least <= ALPHA


def skewed_rate(N: NDArray[np.int64], n: int, *, sign: int) -> Floats:
    """The same chances to first order: alpha + sign gamma (2 z^2 + 1) phi(z) / (6 sqrt(N)), at least 0.

    gamma is the skewness of one run and z the normal quantile of alpha (Hall 1987); sign is 1 for "at most" and -1
    for "at least".
    """
    law = collapse_time_law(n)
    t = np.arange(len(law)) - law @ np.arange(len(law))
    skewness = law @ t**3 / (law @ t**2) ** 1.5
    z = -special.ndtri(ALPHA)
    density = np.exp(-(z**2) / 2) / np.sqrt(2 * np.pi)
    return np.maximum(0, ALPHA + sign * skewness * (2 * z**2 + 1) * density / (6 * np.sqrt(N)))


def collapse_time_law(n: int) -> Floats:
    """P(T = t) at t = 0, ..., 10 n + 1 for the book's truth, what is later counted as the last."""
    rho = coalescent.collapse_probability(live_truth(None), n, 10 * n)
    return np.diff(np.concatenate([[0.0], rho, [1.0]]))


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
    return np.unique(np.maximum(2, np.geomspace(4, 120, points) / margin**2).astype(int))


def errors(margin: float, N: int, points: int = 9) -> Floats:
    """Planted errors from none to one that N runs are sure to refute."""
    return np.linspace(0, margin + 6 / np.sqrt(N), points)


def _both_edges(sample: Means | Shares, truth: float, margin: float) -> PValues:
    """p_support of a claim at whose edge the truth is, p_refute of one that allows nothing else."""
    edge = equality_p_values(sample, np.asarray(truth - margin), np.asarray(margin))
    return edge[0], equality_p_values(sample, np.asarray(truth), np.asarray(NARROW))[1]


def _laws(counts: NDArray[np.int64], cdf: Floats, *, margin: float) -> PValues:
    """The same for whole laws: one that is `margin` too high, and the right one."""
    N = int(counts[0].sum())
    empirical = counts.cumsum(axis=1) / N
    wrong = np.abs(empirical - np.minimum(1, cdf + margin)).max(axis=1)
    right = np.abs(empirical - cdf).max(axis=1)
    return law_p_values(wrong, N, margin)[0], law_p_values(right, N, NARROW)[1]


def _enough(trials: int, n: int) -> int:
    """`trials`, where Student's t is close enough on skewed runs of n tokens a generation."""
    if n == 1:
        raise OutOfScope("with one token a generation every collapse time is 1, and there is nothing to judge.")
    if trials < SKEWED_ENOUGH:
        raise OutOfScope(f"the claim is about at least {SKEWED_ENOUGH:,} runs, since Student's t is approximate.")
    return trials
