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

from collapse_lib import distributions, evidence
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
from collapse_lib.evidence.samples import FEWEST, Floats, Means, Shares
from collapse_lib.theory import coalescent

CHAPTER = "verdicts"
SLACK = 1.5
"""A measured rate may be this many times alpha: Student's t and the growth rates are approximations."""

NARROW = 1e-9
"""The margin of a claim that allows one value only, as good as."""

SKEWED_ENOUGH = 2_000
"""The smallest number of runs behind a verdict in this book, for which the claims below are made."""

Z = float(-special.ndtri(ALPHA))
"""The normal quantile of alpha, 2.33."""

ENOUGH = f"For {SKEWED_ENOUGH:,} runs or more"
OTHER_DATA = "Other data than normal runs, runs of 0 and 1, and collapse times"


@claim(
    "verdicts/false-support",
    chapter=CHAPTER,
    place="False alarms",
    statement=r"A claim that is barely false is called supported with a chance of at most 1.5 %, half as much "
    r"again as the \(\alpha\) = 1 % that is aimed at: equalities, bounds, growth rates and whole laws.",
    origin="ours",
    quantifiers=f"{ENOUGH}, with the truth on the edge of what is claimed, the worst case for a support.",
    not_run=rf"{OTHER_DATA}; fewer runs, where Student's \(t\) is worse (the page shows by how much).",
    planted=3,
    sensible=False,
)
def false_support(*, data_sets: int = 40_000, trials: int = 10_000, n: int = 10, seed: int = 0) -> Judge:
    """The share of data sets, truth on the edge, that each comparison supports (at level alpha times `distort`)."""
    found = at_the_edge(data_sets, _enough(trials, n), n, seed)
    return lambda spoil: _rarely([support <= spoil * ALPHA for support, _ in found.values()])


@claim(
    "verdicts/false-refutal",
    chapter=CHAPTER,
    place="False alarms",
    statement=r"A claim that is barely true is called refuted with a chance of at most 1.5 %, half as much again "
    r"as the \(\alpha\) = 1 % that is aimed at.",
    origin="ours",
    quantifiers=f"{ENOUGH}, with a claim that allows the truth and nothing else, the worst case for a refutal.",
    not_run=f"{OTHER_DATA}; fewer runs.",
    planted=3,
    sensible=False,
)
def false_refutal(*, data_sets: int = 40_000, trials: int = 10_000, n: int = 10, seed: int = 0) -> Judge:
    """The share of data sets, truth the only value allowed, that each comparison refutes."""
    found = at_the_edge(data_sets, _enough(trials, n), n, seed)
    return lambda spoil: _rarely([refute <= spoil * ALPHA for _, refute in found.values()])


@claim(
    "verdicts/family",
    chapter=CHAPTER,
    place="The book as a family",
    statement=r"In a whole book of claims that are judged together, some claim is falsely called supported with a "
    r"chance of at most 1.5 %, where \(\alpha\) = 1 %: all barely false, or a third, or all with shared noise.",
    origin="classical",
    after="Holm (1979)",
    quantifiers=r"For any number of claims, however many are false and however they depend on each other, with a "
    r"chance of \(\alpha\) at most; where it is \(\alpha\), no measurement can show that it is not more.",
    not_run="Other numbers of claims than this book's, and other dependence than noise of correlation 1/2.",
    planted=3,
    sensible=False,
)
def family(*, claims: int = 0, families: int = 30_000, seed: int = 0) -> Judge:
    """The share of families with a false verdict, at level alpha times `distort`."""
    found = simulated_families(claims or len(registry()), families, seed)
    smallest = [smallest_false(p, false) for p, false in found.values()]
    return lambda spoil: _rarely([p <= spoil * ALPHA for p in smallest])


@claim(
    "verdicts/power",
    chapter=CHAPTER,
    place="Power",
    statement=r"True claims are called supported, and planted errors refuted, as often as the exact law of "
    r"Student's \(t\) says for normal runs: where that is about a quarter, a half and three quarters.",
    origin="classical",
    after="Schuirmann (1987)",
    quantifiers=r"For normal runs, any number of them from 4, any margin and any error.",
    not_run="Runs that are not normal, chances near 0 and 1, and other comparisons than equality.",
    planted=1.3,
)
def exact_power(*, data_sets: int = 40_000, trials: int = 10_000, margin: float = 0.1, seed: int = 0) -> Judge:
    """Shares of "supported" at three numbers of runs, and of "refuted" at three errors.

    Give or take 10 % of the share or of what is left of 1, whichever is smaller.
    """
    rng = np.random.default_rng(seed)
    quarters = np.array([0.25, 0.5, 0.75])
    N = np.unique(np.maximum(FEWEST, ((Z + special.ndtri((1 + quarters) / 2)) / margin) ** 2).astype(int))
    d = margin + (-special.ndtri(ALPHA / 2) + special.ndtri(quarters)) / np.sqrt(trials)
    found = [equality_p_values(normal(rng, 0.0, k, data_sets), np.zeros(1), np.asarray(margin))[0] for k in N]
    found += [equality_p_values(normal(rng, e, trials, data_sets), np.zeros(1), np.asarray(margin))[1] for e in d]
    exact = np.concatenate([power.supported(N, 0.0, margin), power.refuted(trials, d, margin)])
    shares, about = np.stack([p <= ALPHA for p in found], axis=1), np.minimum(exact, 1 - exact)
    return lambda spoil: evidence.equality(shares, np.minimum(1, spoil * exact), margin=0.1 * about, about=about)


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
        "equality\nnormal": _both_edges(runs, 0.0, 0.1),
        "equality\n0 and 1": _both_edges(half, 0.5, 0.1),
        "equality\nskewed": _both_edges(times, mean, 0.1 * mean),
        "bound\n0 and 1": bound_p_values(few, np.asarray(0.02), "less"),
        "bound\nskewed": bound_p_values(times, np.asarray(mean), "less"),
        "growth\nskewed": (slope_p_values(*rates, 0.9, 0.1)[0], slope_p_values(*rates, 1.0, NARROW)[1]),
        "law\nskewed": _laws(counts, law.cumsum(), margin=0.05),
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
    rho = coalescent.collapse_probability(live_truth(None), n, 10 * n)
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


def _rarely(falsely: list[NDArray[np.bool_]]) -> Verdict:
    """The verdict on "each of these happens with a chance of at most SLACK times alpha", over all data sets."""
    return evidence.at_most(np.stack(falsely, axis=1), SLACK * ALPHA)


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
