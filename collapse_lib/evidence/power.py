"""The chance of each verdict of an equality, exactly, where the runs are normal.

N runs of mean d (in units of the runs' standard deviation) are held against "the mean is 0, give or take `margin`".
Their mean is normal with variance 1/N, and N - 1 times their squared standard deviation S^2 is chi-squared,
independent of it.  Given S, both verdicts are intervals of the mean:

    supported:  |mean| <= margin - t_alpha S / sqrt(N)            two one-sided tests at level alpha
    refuted:    |mean| >= margin + t_{alpha/2} S / sqrt(N)        either side at level alpha / 2

so each chance is a mean over S of normal probabilities, taken here over quantiles of its law.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from collapse_lib.evidence.samples import Floats
from collapse_lib.evidence.verdict import ALPHA

QUANTILES = (np.arange(400) + 0.5) / 400
"""Where the law of S is cut; the chances are then right to about three digits."""


def supported(N: ArrayLike, d: ArrayLike, margin: float, *, alpha: float = ALPHA) -> Floats:
    """The chance that N runs of mean d are judged "supported"; N >= 4 and d broadcast."""
    return _within(N, d, margin, -1, alpha)


def refuted(N: ArrayLike, d: ArrayLike, margin: float, *, alpha: float = ALPHA) -> Floats:
    """The chance that N runs of mean d are judged "refuted"; N >= 4 and d broadcast."""
    return 1 - _within(N, d, margin, 1, alpha / 2)


def _within(N: ArrayLike, d: ArrayLike, margin: float, sign: int, alpha: float) -> Floats:
    """P(|mean| <= margin + sign t_alpha S / sqrt(N))."""
    N, d = (np.asarray(value, dtype=np.float64)[..., None] for value in (N, d))
    S = np.sqrt(special.chdtri(N - 1, 1 - QUANTILES) / (N - 1))
    edge = np.maximum(0, margin + sign * -special.stdtrit(N - 1, alpha) * S / np.sqrt(N))
    inside = special.ndtr((edge - d) * np.sqrt(N)) - special.ndtr((-edge - d) * np.sqrt(N))
    return inside.mean(axis=-1)
