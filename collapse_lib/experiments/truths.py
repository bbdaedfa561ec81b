"""The truth that a chapter is about."""

from __future__ import annotations

import functools

import numpy as np
from numpy.typing import ArrayLike, NDArray

from collapse_lib import distributions, metrics
from collapse_lib.evidence import OutOfScope


class OneTruth:
    """A scene about one truth: the one that is given, or the book's own."""

    truth: tuple[float, ...]

    @functools.cached_property
    def p(self) -> NDArray[np.float64]:
        """Its live tokens, shape (s,)."""
        return live_truth(self.truth)

    @functools.cached_property
    def S0(self) -> float:  # noqa: N802
        """Its S_0."""
        return float(metrics.sigma(self.p))


def live_truth(truth: ArrayLike = ()) -> NDArray[np.float64]:
    """The live tokens of the given truth, or of the book's own; `OutOfScope` where it is a Dirac mass.

    Tokens of probability zero never appear, so leaving them out changes nothing that is measured.
    """
    p = distributions.validated(truth) if np.size(truth) else distributions.with_moments(600, 52, 0.1, seed=0)
    if metrics.collapsed(p):
        raise OutOfScope("the truth is a Dirac mass already (S_0 = 1), which the paper excludes.")
    return p[p > 0]
