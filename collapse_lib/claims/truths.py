"""The truth that a claim is checked at."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from collapse_lib import distributions, metrics
from collapse_lib.evidence import OutOfScope


def live_truth(truth: ArrayLike | None) -> NDArray[np.float64]:
    """The live tokens of the given truth, or of the book's own; `OutOfScope` where it is a Dirac mass.

    Tokens of probability zero never appear, so leaving them out changes nothing that the claims measure.
    """
    p = distributions.with_moments(600, 52, 0.1, seed=0) if truth is None else distributions.validated(truth)
    if metrics.collapsed(p):
        raise OutOfScope("the truth is a Dirac mass already (S_0 = 1), which the paper excludes.")
    return p[p > 0]
