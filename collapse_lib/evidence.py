"""Holding a measurement against a claim: each comparison ends in a `Verdict`.

"Not rejected" is not "supported".  A claim is a region of values that it allows (a number give or take a stated
margin; everything below a bound), and the data give a confidence interval:

=================  =======================================================================================
`supported`        the interval lies inside the region: p_support <= alpha
`refuted`          the interval lies outside it: p_refute <= alpha
`inconclusive`     it straddles the edge: more runs are needed
`out of scope`     the parameters are outside the theorem's assumptions; nothing was measured
`corrected`        the printed statement is refuted and its correction supported (an erratum)
`vacuous`          true, but it allows every possible value here, so it says nothing
=================  =======================================================================================

`p_support` is the probability, at most, of data so favourable were the claim false; `p_refute` of data so
unfavourable were it true.  A claim about many numbers at once (a curve) is supported only where all are, so
p_support is the largest of theirs (an intersection-union test); it is refuted where any is, so p_refute is the
smallest times their number (Bonferroni).  `holm` does the same for a book of claims (Holm 1979).

Samples have shape (runs,) or (runs, k): runs are independent, and the claim is about k means.  Means are
compared by Student's t; samples of 0 and 1 (dtype bool) by the exact binomial law (Clopper and Pearson 1934).
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import stats

from collapse_lib.errors import require

Kind = Literal["supported", "refuted", "inconclusive", "out of scope", "corrected", "vacuous"]
Floats = NDArray[np.float64]

ALPHA = 0.01
"""Chance of a false "supported" or a false "refuted", over the whole family that is judged together."""


@dataclass(frozen=True)
class Verdict:
    """What a comparison found.

    `measured` and `interval` (its 1 - ALPHA confidence interval) are of the point, among those compared, that
    decided; `expected` and `margin` are the claim's value there (for a bound: the bound, margin 0).  `points`
    counts the numbers compared, `samples` the runs behind each (0 where nothing is random).  `relation` is what the
    claim says of measured and expected.  `tightness` is bound / measured, at the tightest point.  `success` is what
    the verdict is called where p_support <= alpha: "supported", or, of the paper's text, "corrected" or "vacuous".
    """

    kind: Kind
    measured: float
    interval: tuple[float, float]
    expected: float
    margin: float = 0.0
    p_support: float = 1.0
    p_refute: float = 1.0
    points: int = 1
    samples: int = 0
    tightness: float | None = None
    relation: Literal["=", "≤", "≥"] = "="
    note: str = ""
    success: Kind = "supported"

    def as_dict(self) -> dict[str, Any]:
        """Plain values, ready for JSON: numbers that are not finite become the words "nan", "inf" and "-inf"."""
        values = {**dataclasses.asdict(self), "interval": list(self.interval)}
        return {name: _jsonable(value) for name, value in values.items()}

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Verdict:
        """The inverse of `as_dict`."""
        numbers = ("measured", "expected", "margin", "p_support", "p_refute")
        read = {**values, "interval": tuple(map(float, values["interval"]))}
        read |= {name: float(values[name]) for name in numbers if name in values}
        if read.get("tightness") is not None:
            read["tightness"] = float(read["tightness"])
        return cls(**read)


class OutOfScope(Exception):
    """Raised by a check whose parameters leave the theorem's assumptions; the text says which."""


def equality(samples: ArrayLike, expected: ArrayLike, *, margin: ArrayLike) -> Verdict:
    """The means equal `expected`, give or take `margin` (all in the samples' units; margin > 0).

    >>> rng = np.random.default_rng(0)
    >>> equality(rng.normal(size=4_000), 0.0, margin=0.1).kind
    'supported'
    >>> equality(rng.normal(size=4_000), 0.3, margin=0.1).kind
    'refuted'
    """
    data, expected, margin = _columns(samples, expected, margin)
    require(bool((margin > 0).all()), "an equality needs a margin above 0: no sample can show two numbers equal.")
    outside = _p_value(data, expected - margin, "less"), _p_value(data, expected + margin, "greater")
    support = np.maximum(_p_value(data, expected - margin, "greater"), _p_value(data, expected + margin, "less"))
    refute = np.minimum(1, 2 * np.minimum(*outside))
    return _judge(data, expected, margin, support, refute)


def at_most(samples: ArrayLike, bound: ArrayLike) -> Verdict:
    """The means are at most `bound`.  Tightness is bound / mean."""
    return _one_sided(samples, bound, "less")


def at_least(samples: ArrayLike, bound: ArrayLike) -> Verdict:
    """The means are at least `bound`.  Tightness is bound / mean."""
    return _one_sided(samples, bound, "greater")


def slope(x: ArrayLike, samples: Sequence[ArrayLike], expected: float, *, margin: float) -> Verdict:
    """The means grow like x^expected, the exponent give or take `margin`.

    `samples[i]` holds the runs at x[i] > 0, of positive mean.  The exponent is the slope of log mean against
    log x by least squares, weighted with the variances of the log means (delta method).
    """
    log_x = np.log(np.asarray(x, dtype=np.float64))
    groups = [np.asarray(group, dtype=np.float64) for group in samples]
    require(
        len(groups) == len(log_x) >= 2 and all(len(group) >= 2 and group.mean() > 0 for group in groups),
        "a slope needs at least two values of x, and at least two runs of positive mean at each.",
    )
    log_y = np.array([np.log(group.mean()) for group in groups])
    variance = np.array([(group.std(ddof=1) / group.mean()) ** 2 / len(group) for group in groups])
    require(bool((variance > 0).all()), "a slope needs runs that differ; all runs at some x are the same.")
    weight = 1 / variance
    centred = log_x - np.average(log_x, weights=weight)
    precision = float(weight @ centred**2)
    exponent, error = float(weight @ (centred * log_y)) / precision, precision**-0.5
    z = np.array([exponent - (expected - margin), (expected + margin) - exponent]) / error
    half = float(stats.norm.isf(ALPHA / 2)) * error
    return _decided(
        Verdict(
            kind="inconclusive",
            measured=exponent,
            interval=(exponent - half, exponent + half),
            expected=expected,
            margin=margin,
            p_support=float(stats.norm.sf(z.min())),
            p_refute=float(min(1, 2 * stats.norm.cdf(z.min()))),
            samples=min(len(group) for group in groups),
        )
    )


def same_law(samples: ArrayLike, cdf: Sequence[float] | Floats, *, margin: float) -> Verdict:
    """Integers 0..M follow the law with P(X <= m) = cdf[m], to within `margin` at every m.

    The distance is Kolmogorov's, sup |F_runs - F|; its interval and p-values come from the inequality of
    Dvoretzky, Kiefer and Wolfowitz with Massart's constant (1990): P(sup |F_runs - F_true| > e) <= 2 exp(-2 N e^2).
    Values above M count as not yet reached.
    """
    data = np.asarray(samples)
    law = np.asarray(cdf, dtype=np.float64)
    require(
        data.ndim == 1 and np.issubdtype(data.dtype, np.integer) and data.size > 0 and bool((data >= 0).all()),
        "same_law takes whole numbers of at least 0, shape (runs,).",
    )
    empirical = np.bincount(np.minimum(data, len(law)), minlength=len(law) + 1)[: len(law)].cumsum() / data.size
    distance = float(np.abs(empirical - law).max())
    half = float(np.sqrt(np.log(2 / ALPHA) / (2 * data.size)))
    tail = float(min(1.0, 2 * np.exp(-2 * data.size * (distance - margin) ** 2)))
    return _decided(
        Verdict(
            kind="inconclusive",
            measured=distance,
            interval=(max(0.0, distance - half), min(1.0, distance + half)),
            expected=0.0,
            margin=margin,
            p_support=tail if distance < margin else 1.0,
            p_refute=tail if distance > margin else 1.0,
            points=len(law),
            samples=data.size,
        )
    )


def exact(measured: ArrayLike, expected: ArrayLike, *, tolerance: ArrayLike) -> Verdict:
    """Computed numbers equal expected ones to within `tolerance`; nothing is random."""
    measured, expected, margin = np.broadcast_arrays(
        *(np.atleast_1d(np.asarray(value, dtype=np.float64)) for value in (measured, expected, tolerance))
    )
    worst = int((np.abs(measured - expected) - margin).argmax())
    agrees = bool((np.abs(measured - expected) <= margin).all())
    return Verdict(
        kind="supported" if agrees else "refuted",
        measured=float(measured.flat[worst]),
        interval=(float(measured.flat[worst]),) * 2,
        expected=float(expected.flat[worst]),
        margin=float(margin.flat[worst]),
        p_support=0.0 if agrees else 1.0,
        p_refute=1.0 if agrees else 0.0,
        points=measured.size,
    )


def exact_bound(lower: ArrayLike, upper: ArrayLike, *, rounding: float = 1e-9) -> Verdict:
    """Computed numbers satisfy lower <= upper everywhere, but for `rounding` (relative); nothing is random.

    `measured` is the largest lower / upper, which is also the tightness, and `expected` is 1.
    """
    lower, upper = np.broadcast_arrays(np.asarray(lower, dtype=np.float64), np.asarray(upper, dtype=np.float64))
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
        tightness=largest,
        relation="≤",
    )


def both(first: Verdict, second: Verdict) -> Verdict:
    """The verdict on two claims at once: supported where both are, refuted where either is.

    The numbers shown are those of the one that decided; where neither is worse, of the first.
    """
    severity = ("supported", "inconclusive", "refuted").index
    shown = second if severity(second.kind) > severity(first.kind) else first
    return _decided(
        dataclasses.replace(
            shown,
            p_support=max(first.p_support, second.p_support),
            p_refute=min(1.0, 2 * min(first.p_refute, second.p_refute)),
            points=first.points + second.points,
        )
    )


def corrected(printed: Verdict, correction: Verdict) -> Verdict:
    """The verdict on an erratum: the printed statement is wrong and its correction is right.

    Corrected where the first is refuted and the second supported; refuted where the printed statement holds after
    all, or its correction does not.  The numbers shown are the correction's.

    >>> rng = np.random.default_rng(0)
    >>> runs = rng.normal(0.3, 1.0, size=40_000)
    >>> corrected(equality(runs, 0.0, margin=0.05), equality(runs, 0.3, margin=0.05)).kind
    'corrected'
    """
    return _decided(
        dataclasses.replace(
            correction,
            p_support=max(printed.p_refute, correction.p_support),
            p_refute=min(1.0, 2 * min(printed.p_support, correction.p_refute)),
            note=f"as printed, {printed.relation} {printed.expected:.4g} against {printed.measured:.4g}",
            success="corrected",
        )
    )


def vacuous(holds: Verdict, bound: ArrayLike, largest: float) -> Verdict:
    """The verdict on an upper bound that may say nothing: `holds`, called vacuous where no value exceeds the bound.

    `largest` is the largest value there can be at all.
    """
    if float(np.min(bound)) < largest:
        return holds
    note = f"the bound is {float(np.min(bound)):.4g}, and no value exceeds {largest:g}"
    return _decided(dataclasses.replace(holds, success="vacuous", note=note))


def out_of_scope(reason: str) -> Verdict:
    """The verdict that nothing was measured, and why."""
    nan = float("nan")
    return Verdict(kind="out of scope", measured=nan, interval=(nan, nan), expected=nan, note=reason)


def holm(verdicts: Mapping[str, Verdict], *, alpha: float = ALPHA) -> dict[str, Verdict]:
    """The same verdicts, judged as one family: a false support, or a false refutal, has chance alpha at most.

    Holm's step-down procedure (1979): the smallest of k p-values must reach alpha/k, the next alpha/(k-1), ...;
    the p-values returned are the adjusted ones.  A verdict out of scope measured nothing and stays as it is.
    """
    judged = {name: v for name, v in verdicts.items() if v.kind != "out of scope"}
    support = _holm_adjusted([v.p_support for v in judged.values()])
    refute = _holm_adjusted([v.p_refute for v in judged.values()])
    adjusted = {
        name: _decided(dataclasses.replace(v, p_support=s, p_refute=r), alpha=alpha)
        for (name, v), s, r in zip(judged.items(), support, refute, strict=True)
    }
    return {name: adjusted.get(name, v) for name, v in verdicts.items()}


def interval(samples: ArrayLike, *, alpha: float = ALPHA) -> tuple[Floats, Floats, Floats]:
    """(mean, lower, upper) along axis 0: Student's interval for a mean, the exact binomial one for 0 and 1."""
    data = np.asarray(samples)
    N = len(data)
    mean = data.mean(axis=0, dtype=np.float64)
    if data.dtype == np.bool_:
        hits = np.count_nonzero(data, axis=0)
        with np.errstate(invalid="ignore"):
            lower = np.where(hits > 0, stats.beta.ppf(alpha / 2, hits, N - hits + 1), 0.0)
            upper = np.where(hits < N, stats.beta.isf(alpha / 2, hits + 1, N - hits), 1.0)
        return mean, lower, upper
    if N < 2:
        return mean, np.full_like(mean, -np.inf), np.full_like(mean, np.inf)
    half = stats.t.isf(alpha / 2, N - 1) * data.std(axis=0, ddof=1) / np.sqrt(N)
    return mean, mean - half, mean + half


def _columns(samples: ArrayLike, *values: ArrayLike) -> tuple[NDArray[Any], ...]:
    """Samples as (runs, k), and each value as (k,)."""
    data = np.asarray(samples)
    require(
        data.ndim in (1, 2) and len(data) >= 1, f"samples has shape {data.shape}; it takes (runs,) or (runs, k)."
    )
    data = data.reshape(len(data), -1)
    return data, *(np.broadcast_to(np.asarray(v, dtype=np.float64), data.shape[1:]) for v in values)


def _p_value(data: NDArray[Any], value: Floats, side: Literal["less", "greater"]) -> Floats:
    """For each column: p-value of the alternative that the mean is less (or greater) than `value`."""
    N = len(data)
    if data.dtype == np.bool_:
        hits, chance = np.count_nonzero(data, axis=0), np.clip(value, 0, 1)
        tail = stats.binom.cdf(hits, N, chance) if side == "less" else stats.binom.sf(hits - 1, N, chance)
        impossible = (value > 1) if side == "less" else (value < 0)
        return np.where(impossible, 0.0, tail)
    if N < 2:
        return np.ones(data.shape[1])
    error = data.std(axis=0, ddof=1) / np.sqrt(N)
    difference = data.mean(axis=0) - value if side == "greater" else value - data.mean(axis=0)
    # Runs that are all the same have no error: the difference itself decides, a tie for neither side.
    with np.errstate(divide="ignore", invalid="ignore"):
        t = np.where(error > 0, difference / error, np.where(difference == 0, 0.0, np.copysign(np.inf, difference)))
    return stats.t.sf(t, N - 1)


def _one_sided(samples: ArrayLike, bound: ArrayLike, side: Literal["less", "greater"]) -> Verdict:
    """The means are on that side of the bound."""
    data, bound = _columns(samples, bound)
    support = _p_value(data, bound, side)
    refute = _p_value(data, bound, "greater" if side == "less" else "less")
    means = data.mean(axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratios = bound / means
    ratios = ratios[np.isfinite(ratios) & (ratios > 0)]
    tightest = None if not ratios.size else float(ratios[np.abs(np.log(ratios)).argmin()])
    verdict = _judge(data, bound, np.zeros_like(bound), support, refute)
    return dataclasses.replace(verdict, tightness=tightest, relation="≤" if side == "less" else "≥")


def _judge(data: NDArray[Any], expected: Floats, margin: Floats, support: Floats, refute: Floats) -> Verdict:
    """The verdict on k means at once, told through the mean that decides."""
    worst = int(refute.argmin()) if refute.min() <= ALPHA / len(refute) else int(support.argmax())
    mean, lower, upper = interval(data[:, worst])
    return _decided(
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


def _decided(verdict: Verdict, *, alpha: float = ALPHA) -> Verdict:
    """The verdict with the kind that its p-values give."""
    kind: Kind = "inconclusive"
    if verdict.p_refute <= alpha:
        kind = "refuted"
    elif verdict.p_support <= alpha:
        kind = verdict.success
    return dataclasses.replace(verdict, kind=kind)


def _jsonable(value: Any) -> Any:
    """A float that JSON can hold, or its name; lists entry by entry."""
    if isinstance(value, list):
        return [_jsonable(entry) for entry in value]
    return str(float(value)) if isinstance(value, float) and not np.isfinite(value) else value


def _holm_adjusted(p_values: Sequence[float]) -> list[float]:
    """Holm's adjusted p-values, in the given order."""
    p = np.asarray(p_values, dtype=np.float64)
    order = p.argsort(kind="stable")
    stepped = np.maximum.accumulate(p[order] * np.arange(len(p), 0, -1))
    adjusted = np.empty_like(p)
    adjusted[order] = np.minimum(1.0, stepped)
    return adjusted.tolist()
