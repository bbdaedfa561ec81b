"""One claim against one measurement: equalities, bounds, growth rates, whole laws, and what is not random at all.

Each comparison has its p-values in a function of its own (`equality_p_values`, ...), which takes what is known of
many samples at once, each by itself; the chapter on verdicts measures with them how often a verdict is false.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

from collapse_lib.errors import number, numbers, require
from collapse_lib.evidence.samples import (
    FEWEST,
    Floats,
    Means,
    Shares,
    Side,
    columns,
    interval,
    runs,
    summary,
)
from collapse_lib.evidence.verdict import ALPHA, Verdict, decided

PValues = tuple[Floats, Floats]
"""p_support and p_refute."""

ROUNDING = 1e-12
"""Relative differences below this are rounding: they differ between processors, and decide nothing shown."""


def equality(
    samples: ArrayLike, expected: ArrayLike, *, margin: ArrayLike, about: ArrayLike | None = None
) -> Verdict:
    """The means equal `expected`, give or take `margin` (all in the samples' units; margin > 0).

    `about` is the size of what is claimed, of which the margin is to be a small part: |expected| unless given.  It
    must be given where something is claimed to be 0, or where the claim is a difference from the expected value.

    >>> rng = np.random.default_rng(0)
    >>> found = equality(rng.normal(size=4_000), 0.0, margin=0.1, about=1.0)
    >>> found.kind, found.resolution, round(found.errors, 1)
    ('supported', 0.1, 6.3)
    >>> equality(rng.normal(size=4_000), 0.3, margin=0.1).kind
    'refuted'
    """
    data, expected, margin, size = columns(samples, expected, margin, expected if about is None else about)
    require(bool((margin > 0).all()), "an equality needs a margin above 0: no sample can show two numbers equal.")
    sample = summary(data)
    verdict = _judge(data, expected, margin, equality_p_values(sample, expected, margin))
    return dataclasses.replace(
        verdict, resolution=_largest_ratio(margin, np.abs(size)), errors=_errors(sample, margin)
    )


def equality_p_values(sample: Means | Shares, expected: Floats, margin: Floats) -> PValues:
    """Of "the mean is `expected`, give or take `margin`", for each mean by itself.

    Support must reject "below the region" and "above it" (two one-sided tests, Schuirmann 1987).
    """
    low, high = np.asarray(expected - margin), np.asarray(expected + margin)
    support = np.maximum(sample.p_value(low, "greater"), sample.p_value(high, "less"))
    outside = np.minimum(sample.p_value(low, "less"), sample.p_value(high, "greater"))
    return np.where(sample.mute, 1.0, support), np.minimum(1, 2 * outside)


def at_most(samples: ArrayLike, bound: ArrayLike) -> Verdict:
    """The means are at most `bound`.  Tightness is bound / mean, where closest to 1."""
    return _one_sided(samples, bound, "less")


def at_least(samples: ArrayLike, bound: ArrayLike) -> Verdict:
    """The means are at least `bound`.  Tightness is mean / bound, where closest to 1."""
    return _one_sided(samples, bound, "greater")


def bound_p_values(sample: Means | Shares, bound: Floats, side: Side) -> PValues:
    """Of "the mean is on that side of `bound`", for each mean by itself."""
    support, refute = sample.p_value(bound, side), sample.p_value(bound, "greater" if side == "less" else "less")
    return np.where(sample.mute, 1.0, support), refute


def slope(x: ArrayLike, samples: Sequence[ArrayLike], expected: float, *, margin: float) -> Verdict:
    """The means grow like x^expected, the exponent give or take `margin`.

    `samples[i]` holds the runs at x[i] > 0, of positive mean.  The exponent is the slope of log mean against
    log x by least squares, weighted with the variances of the log means (delta method).
    """
    require(isinstance(samples, Sequence), "a slope needs the runs at each x, as a list.")
    groups = [numbers("a measurement", group) for group in samples]
    x, expected, margin = numbers("x", x), number("expected", expected), number("margin", margin)
    require(
        len(groups) == x.size >= 2
        and all(group.ndim == 1 and len(group) >= FEWEST and group.mean() > 0 for group in groups),
        f"a slope needs at least two values of x, and at least {FEWEST} runs of positive mean at each.",
    )
    found = [Means(group.mean(), group.std(ddof=1), len(group)) for group in groups]
    require(
        all(each.deviation > 0 for each in found),
        "a slope needs runs that differ; all runs at some x are the same.",
    )
    exponent, error = (float(value) for value in power_law(x, found))
    support, refute = slope_p_values(np.asarray(exponent), np.asarray(error), expected, margin)
    half = float(-special.ndtri(ALPHA / 2)) * error
    return decided(
        Verdict(
            kind="inconclusive",
            measured=exponent,
            interval=(exponent - half, exponent + half),
            expected=expected,
            margin=margin,
            p_support=float(support),
            p_refute=float(refute),
            samples=min(len(group) for group in groups),
            resolution=margin / abs(expected) if expected else None,
            errors=margin / error,
        )
    )


def power_law(x: ArrayLike, groups: Sequence[Means]) -> tuple[Floats, Floats]:
    """The exponent of the power law through the means at each x, with its standard error."""
    log_x = np.log(np.asarray(x, dtype=np.float64))
    log_y = np.stack([np.log(group.mean) for group in groups], axis=-1)
    weight = np.stack([group.N * (group.mean / group.deviation) ** 2 for group in groups], axis=-1)
    centred = log_x - (weight @ log_x / weight.sum(axis=-1))[..., None]
    precision = (weight * centred**2).sum(axis=-1)
    return (weight * centred * log_y).sum(axis=-1) / precision, precision**-0.5


def slope_p_values(exponent: Floats, error: Floats, expected: float, margin: float) -> PValues:
    """Of "the exponent is `expected`, give or take `margin`", for each by itself, in normal approximation."""
    z = (margin - np.abs(exponent - expected)) / error
    return special.ndtr(-z), np.minimum(1, 2 * special.ndtr(z))


def same_law(samples: ArrayLike, cdf: Sequence[float] | Floats, *, margin: float) -> Verdict:
    """Integers 0..M follow the law with P(X <= m) = cdf[m], to within `margin` at every m.

    The distance is Kolmogorov's, sup |F_runs - F|; its interval and p-values come from the inequality of
    Dvoretzky, Kiefer and Wolfowitz with Massart's constant (1990): P(sup |F_runs - F_true| > e) <= 2 exp(-2 N e^2).
    Values above M count as not yet reached.  What is claimed is a probability, of size 1; its standard error is at
    most 1/(2 sqrt(N)).
    """
    data, law, margin = runs(samples), numbers("cdf", cdf), number("margin", margin)
    require(
        data.ndim == 1 and np.issubdtype(data.dtype, np.integer) and data.size > 0 and bool((data >= 0).all()),
        "same_law takes whole numbers of at least 0, shape (runs,).",
    )
    reached = np.minimum(data, len(law)).astype(np.intp, copy=False)
    empirical = np.bincount(reached, minlength=len(law) + 1)[: len(law)].cumsum() / data.size
    distance = float(np.abs(empirical - law).max())
    half = float(np.sqrt(np.log(2 / ALPHA) / (2 * data.size)))
    support, refute = law_p_values(np.asarray(distance), data.size, margin)
    return decided(
        Verdict(
            kind="inconclusive",
            measured=distance,
            interval=(max(0.0, distance - half), min(1.0, distance + half)),
            expected=0.0,
            margin=margin,
            p_support=float(support),
            p_refute=float(refute),
            points=len(law),
            samples=data.size,
            resolution=margin,
            errors=float(2 * margin * np.sqrt(data.size)),
        )
    )


def law_p_values(distance: Floats, N: int, margin: float) -> PValues:
    """Of "the law is right to within `margin`", for each distance that N runs have from it."""
    tail = np.minimum(1.0, 2 * np.exp(-2 * N * (distance - margin) ** 2))
    return np.where(distance < margin, tail, 1.0), np.where(distance > margin, tail, 1.0)


def exact(measured: ArrayLike, expected: ArrayLike, *, tolerance: ArrayLike) -> Verdict:
    """Computed numbers equal expected ones to within `tolerance`; nothing is random.

    The point shown is the first of those that are worst, differences of rounding counted as none.
    """
    measured, expected, margin = np.broadcast_arrays(
        *(np.atleast_1d(numbers("a computed number", value)) for value in (measured, expected, tolerance))
    )
    gap = np.abs(measured - expected)
    shown = _first_largest(np.where(gap <= ROUNDING * np.maximum(1, np.abs(expected)), 0.0, gap) - margin)
    agrees = bool((gap <= margin).all())
    return Verdict(
        kind="supported" if agrees else "refuted",
        measured=float(measured.flat[shown]),
        interval=(float(measured.flat[shown]),) * 2,
        expected=float(expected.flat[shown]),
        margin=float(margin.flat[shown]),
        p_support=0.0 if agrees else 1.0,
        p_refute=1.0 if agrees else 0.0,
        points=measured.size,
    )


def exact_bound(lower: ArrayLike, upper: ArrayLike, *, rounding: float = 1e-9) -> Verdict:
    """Computed numbers satisfy lower <= upper everywhere, but for `rounding` (relative); nothing is random.

    `measured` is the largest lower / upper, `expected` is 1, and the tightness is the inverse of the first.
    """
    lower, upper = np.broadcast_arrays(numbers("the lower side", lower), numbers("the upper side", upper))
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.where(upper > 0, lower / upper, np.where(lower <= upper, -np.inf, np.inf))
    largest = float(np.max(ratio))
    holds = largest <= 1 + rounding
    return Verdict(
        kind="supported" if holds else "refuted",
        measured=largest,
        interval=(largest, largest),
        expected=1.0,
        p_support=0.0 if holds else 1.0,
        p_refute=1.0 if holds else 0.0,
        points=int(ratio.size),
        tightness=1 / largest if 0 < largest < np.inf else None,
        relation="≤",
        note="the ratio of the two sides",
    )


def _one_sided(samples: ArrayLike, bound: ArrayLike, side: Side) -> Verdict:
    """The means are on that side of the bound."""
    data, bound = columns(samples, bound)
    means = data.mean(axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratios = bound / means if side == "less" else means / bound
    ratios = ratios[np.isfinite(ratios) & (ratios > 0)]
    tightest = None if not ratios.size else float(ratios[_first_largest(-np.abs(np.log(ratios)))])
    verdict = _judge(data, bound, np.zeros_like(bound), bound_p_values(summary(data), bound, side))
    return dataclasses.replace(verdict, tightness=tightest, relation="≤" if side == "less" else "≥")


def _judge(data: NDArray[Any], expected: Floats, margin: Floats, p_values: PValues) -> Verdict:
    """The verdict on k means at once, told through the mean that decides."""
    support, refute = p_values
    decides = -refute if refute.min() <= ALPHA / len(refute) else support
    worst = _first_largest(decides)
    mean, lower, upper = interval(data[:, worst])
    return decided(
        Verdict(
            kind="inconclusive",
            measured=float(mean),
            interval=(float(lower), float(upper)),
            expected=float(expected[worst]),
            margin=float(margin[worst]),
            p_support=float(support.max()),
            p_refute=float(min(1.0, refute.min() * len(refute))),
            points=len(support),
            samples=len(data),
        )
    )


def _first_largest(values: Floats) -> int:
    """The place of the largest value, and the first of them where several differ by rounding only.

    Which of several ties is largest in the last bit is the processor's business, and no reader's.
    """
    flat = np.ravel(values)
    largest = flat.max()
    slack = ROUNDING * max(1.0, abs(largest)) if np.isfinite(largest) else 0.0
    return int((flat >= largest - slack).argmax())


def _errors(sample: Means | Shares, margin: Floats) -> float | None:
    """The margin in standard errors, at the noisiest mean."""
    error = sample.error
    return float((margin[error > 0] / error[error > 0]).min()) if (error > 0).any() else None


def _largest_ratio(margin: Floats, size: Floats) -> float | None:
    """The margin over what it is a margin of, where that is smallest; None where something is claimed to be 0."""
    return float((margin / size).max()) if (size > 0).all() else None
