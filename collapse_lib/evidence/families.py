"""Verdicts together: several claims at once, an erratum, a bound that says nothing, and a book (Holm 1979)."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import ArrayLike

from collapse_lib.evidence.samples import Floats
from collapse_lib.evidence.verdict import ALPHA, Kind, Verdict, decided


def both(first: Verdict, second: Verdict) -> Verdict:
    """The verdict on two claims at once: supported where both are, refuted where either is.

    The numbers shown are those of the one that decided; where neither is worse, of the first.  What tells how much
    the verdict sees is the worse of the two.
    """
    severity = ("supported", "inconclusive", "refuted").index
    shown = second if severity(second.kind) > severity(first.kind) else first
    return decided(
        dataclasses.replace(
            shown,
            p_support=max(first.p_support, second.p_support),
            p_refute=min(1.0, 2 * min(first.p_refute, second.p_refute)),
            points=first.points + second.points,
            resolution=_of_known(max, first.resolution, second.resolution),
            errors=_of_known(min, first.errors, second.errors),
        )
    )


def _of_known(worse: Callable[[list[float]], float], *values: float | None) -> float | None:
    """The worst of the values that are known."""
    known = [value for value in values if value is not None]
    return worse(known) if known else None


def corrected(printed: Verdict, correction: Verdict) -> Verdict:
    """The verdict on an erratum: the printed statement is wrong and its correction is right.

    Corrected where the first is refuted and the second supported; refuted where the printed statement holds after
    all, or its correction does not.  The numbers shown are the correction's.

    >>> from collapse_lib.evidence import equality
    >>> rng = np.random.default_rng(0)
    >>> runs = rng.normal(0.3, 1.0, size=40_000)
    >>> corrected(equality(runs, 0.0, margin=0.05), equality(runs, 0.3, margin=0.05)).kind
    'corrected'
    """
    return _instead(printed, correction, "corrected")


def overstated(printed: Verdict, weaker: Verdict) -> Verdict:
    """The verdict on a statement that says too much: as printed it is wrong, and in a weaker form it is right."""
    return _instead(printed, weaker, "overstated")


def _instead(printed: Verdict, right: Verdict, word: Kind) -> Verdict:
    """What is printed refuted and what is right supported, under that word."""
    return decided(
        dataclasses.replace(
            right,
            p_support=max(printed.p_refute, right.p_support),
            p_refute=min(1.0, 2 * min(printed.p_support, right.p_refute)),
            note=f"printed {_side(printed)}, and measured {printed.measured:.4g}",
            success=word,
        )
    )


def _side(printed: Verdict) -> str:
    """What a statement says, as a number or a bound."""
    return f"{'' if printed.relation == '=' else printed.relation + ' '}{printed.expected:.4g}"


def vacuous(holds: Verdict, bound: ArrayLike, largest: float) -> Verdict:
    """The verdict on an upper bound that may say nothing: `holds`, called vacuous where no value exceeds the bound.

    `largest` is the largest value there can be at all.
    """
    if float(np.min(bound)) < largest:
        return holds
    note = f"the bound is {float(np.min(bound)):.4g}, and no value exceeds {largest:g}"
    return decided(dataclasses.replace(holds, success="vacuous", note=note))


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
    support = holm_adjusted([v.p_support for v in judged.values()]).tolist()
    refute = holm_adjusted([v.p_refute for v in judged.values()]).tolist()
    adjusted = {
        name: decided(dataclasses.replace(v, p_support=s, p_refute=r), alpha=alpha)
        for (name, v), s, r in zip(judged.items(), support, refute, strict=True)
    }
    return {name: adjusted.get(name, v) for name, v in verdicts.items()}


def holm_adjusted(p_values: ArrayLike) -> Floats:
    """Holm's adjusted p-values, in the given order; families lie along the last axis, shape (..., k)."""
    p = np.asarray(p_values, dtype=np.float64)
    order = p.argsort(axis=-1, kind="stable")
    ranked = np.take_along_axis(p, order, axis=-1)
    stepped = np.maximum.accumulate(ranked * np.arange(p.shape[-1], 0, -1), axis=-1)
    adjusted = np.empty_like(p)
    np.put_along_axis(adjusted, order, np.minimum(1.0, stepped), axis=-1)
    return adjusted
