r"""An upper bound of the mean collapse time, for any truth and any n, by a drift argument.

Let w(x) = -(1 - x) ln(1 - x), and let X_m be the probability of one token in generation m of the fully synthetic
chain.  While X_m < 1, the expected fall of 2n w(X_m) in one generation is at least X_m.  Over all tokens, the X_m
below 1 add up to 1 before the collapse and to 0 after it.  Hence, for every truth p,

    E[T] <= 1 + 2n sum_i w(p_i).

The whole proof stands in the book's chapter on the collapse time; it rests on one lemma, here `drift`.  The
sum is the mean fixation time of the diffusion that approximates the chain (Kimura and Ohta 1969): up to the 1, the
approximation is a bound.

Origin.  For two tokens, that the diffusion's mean bounds the chain's is classical (Ewens 1963, as Buss and Clote
2004 report); the bound for many tokens, on the discrete chain, and this proof are ours as far as we found.
Classical too is E[T] <= 2n - 1: by duality T is at most 1 plus the time back to the common ancestor, whose mean is
at most 2n (1 - 1/n) (Moehle 2004, as Buss and Clote report).

Glossary: `p` the truth, shape (s,); `n` tokens a generation; `z` a probability, Z = Bin(n, z)/n.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import xlogy

from collapse_lib import distributions
from collapse_lib.errors import count, numbers, require

Floats = NDArray[np.float64]


def diffusion_time(p: ArrayLike, n: int) -> float:
    """2n sum_i w(p_i): the mean collapse time of the diffusion, in generations (from Kimura and Ohta 1969).

    >>> round(diffusion_time([0.5, 0.5], n=10), 3)
    13.863
    """
    rest, n = 1 - distributions.validated(p), count("n", n)
    return float(-2 * n * xlogy(rest, rest).sum())


def collapse_time_bound(p: ArrayLike, n: int) -> float:
    """1 + 2n sum_i w(p_i), or 2n - 1 where that is smaller: at least E[T], in generations.

    >>> round(collapse_time_bound([0.5, 0.5], n=10), 2)
    14.86
    """
    p = distributions.validated(p)
    require(p.ndim == 1, f"p has shape {p.shape}; the bound takes one context, shape (s,).")
    n = count("n", n)
    return float(min(1 + diffusion_time(p, n), 2 * n - 1))


def drift(n: int, z: ArrayLike) -> Floats:
    """E[Z ln(Z/z)] for Z = Bin(n, z)/n, by summing over the n + 1 outcomes; shape of z, which lies in (0, 1].

    The lemma (ours): it is at least (1 - z)/(2n) for z >= 1/(n + 1).

    >>> bool(drift(10, 0.3) >= 0.7 / 20)
    True
    """
    n, z = count("n", n), numbers("z", z)
    require(bool(((z > 0) & (z <= 1)).all()), f"z was {z}; it takes probabilities above 0 and at most 1.")
    from scipy.stats import binom  # loaded where it is needed, since that takes half a second

    outcomes = np.arange(n + 1)
    chances = binom.pmf(outcomes, n, z[..., None])
    return (chances * xlogy(outcomes / n, outcomes / (n * z[..., None]))).sum(axis=-1)
