"""Functions of a distribution p: what the paper measures along the generations.

The last axis is the vocabulary and is consumed; leading axes (runs, contexts, generations) are free, so one run
is simply the empty batch `()`.  A metric of one argument looks at p alone.  A metric of two arguments compares p
with a reference q; the simulator gives it q = p^(1), the model of the same run that was trained on real data.

=============  ===============================  ======================================================
name           formula                          also known as
=============  ===============================  ======================================================
`sigma`        sum_k p_k^2                      homozygosity, collision probability, Simpson's index
`top`          max_k p_k                        the paper's ||p||_inf
`deviation`    sum_k |p_k - q_k|                L1 distance, twice the total variation
`squared`      sum_k (p_k - q_k)^2              squared L2 distance
`entropy`      -sum_k p_k log p_k  (nats)       Shannon entropy
`support`      #{k : p_k > 0}  (tokens)         number of surviving types, richness
`collapsed`    1 if max_k p_k = 1               total collapse, fixation
=============  ===============================  ======================================================
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import entr

from collapse_lib.errors import InvalidInput, numbers, require

Metric = Callable[..., NDArray[Any]]


def sigma(p: ArrayLike) -> NDArray[np.float64]:
    """Probability that two independent tokens of p are equal, sigma = sum_k p_k^2 (paper, Section 3).

    `p` has shape (..., s); the result has shape (...,) and lies in [1/support, 1].

    >>> float(sigma([0.5, 0.5, 0.0]))
    0.5
    """
    p = _laws("p", p)
    return np.einsum("...k,...k->...", p, p)


def top(p: ArrayLike) -> NDArray[np.float64]:
    """Largest probability, ||p||_inf.  Shapes (..., s) -> (...,)."""
    return _laws("p", p).max(axis=-1)


def deviation(p: ArrayLike, q: ArrayLike) -> NDArray[np.float64]:
    """L1 distance ||p - q||_1, between 0 and 2 (twice the total variation).  Shapes (..., s) -> (...,).

    >>> float(deviation([1, 0], [0, 1]))
    2.0
    """
    return np.abs(_difference(p, q)).sum(axis=-1)


def squared(p: ArrayLike, q: ArrayLike) -> NDArray[np.float64]:
    """Squared L2 distance ||p - q||_2^2, between 0 and 2.  Shapes (..., s) -> (...,).

    >>> float(squared([1, 0], [0, 1]))
    2.0
    """
    return sigma(_difference(p, q))


def entropy(p: ArrayLike) -> NDArray[np.float64]:
    """Shannon entropy in nats, with 0 log 0 = 0.  Shapes (..., s) -> (...,)."""
    return entr(_laws("p", p)).sum(axis=-1)


def support(p: ArrayLike) -> NDArray[np.int64]:
    """Number of tokens with positive probability.  Shapes (..., s) -> (...,)."""
    return np.count_nonzero(_laws("p", p), axis=-1)


def collapsed(p: ArrayLike) -> NDArray[np.bool_]:
    """Whether p is a Dirac mass: one token is left.  Shapes (..., s) -> (...,).

    >>> bool(collapsed([0, 1, 0])), bool(collapsed([0.5, 0.5, 0]))
    (True, False)
    """
    return support(p) == 1


def distribution(p: ArrayLike) -> NDArray[np.float64]:
    """p itself: record it to keep whole distributions.  Shapes (..., s) -> (..., s)."""
    return _laws("p", p).copy()


def _laws(name: str, p: ArrayLike) -> NDArray[np.float64]:
    """What was given as float64, with a last axis; the simulator's own arrays are not looked into."""
    array = p if isinstance(p, np.ndarray) and p.dtype == np.float64 else numbers(name, p)
    require(array.ndim >= 1 and array.size > 0, f"{name} has shape {array.shape}; it takes (..., s), one or more.")
    return array


def _difference(p: ArrayLike, q: ArrayLike) -> NDArray[np.float64]:
    """p - q."""
    p, q = _laws("p", p), _laws("q", q)
    try:
        return p - q
    except ValueError:
        raise InvalidInput(f"p has shape {p.shape} and q {q.shape}; they take shapes that go together.") from None
