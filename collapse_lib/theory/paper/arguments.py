"""What the paper's formulas take, refused in one sentence where it cannot be."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from collapse_lib.errors import numbers, require

Floats = NDArray[np.float64]


def second_moment(S0: ArrayLike) -> Floats:
    """S_0 = ||p||_2^2 as floats; it lies in (0, 1]."""
    S0 = numbers("S0", S0)
    require(
        bool(((S0 > 0) & (S0 <= 1)).all()),
        f"S0 was {S0}; a sum of squared probabilities lies in (0, 1], and the paper assumes it below 1.",
    )
    return S0


def sample_size(value: ArrayLike, name: str = "n") -> Floats:
    """A training set's size as floats, tokens."""
    n = numbers(name, value)
    require(bool((n >= 1).all()), f"{name} was {n}; a training set holds at least 1 token.")
    return n


def generation(m: ArrayLike, first: int = 0) -> Floats:
    """A generation's number as floats."""
    m = numbers("m", m)
    require(bool((m >= first).all()), f"m was {m}; here generations count from {first}.")
    return m


def vocabulary(s: ArrayLike) -> Floats:
    """A number of tokens s as floats."""
    s = numbers("s", s)
    require(bool((s >= 1).all()), f"s was {s}; it takes at least 1 token.")
    return s


def tolerance(eps: ArrayLike) -> Floats:
    """An L1 deviation to stay below, as floats."""
    eps = numbers("eps", eps)
    require(
        bool((eps > 0).all()), f"eps was {eps}; it takes an L1 deviation above 0 (and 2 is the largest there is)."
    )
    return eps
