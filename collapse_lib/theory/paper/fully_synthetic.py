"""Section 3.1, training on synthetic data alone: Theorem 1 and Proposition 1.

Glossary, the paper's letters:

========  =============================================================================================
`p`       the truth p^(0), shape (s,)
`S0`      S_0 = ||p||_2^2 = sum_k p_k^2, in [1/s~, 1)
`n`       samples in each generation's training set, tokens
`m`       generation, 0 for the truth, 1 for the model trained on real data
`support` s~ = #{k : p_k > 0}, tokens
========  =============================================================================================

Every function takes arrays and broadcasts.  The statements assume S_0 < 1: the truth is not a Dirac mass already.
At S_0 = 1 the functions still answer, by continuity, what is then trivially true: sigma, rho and T are 1.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from collapse_lib import distributions
from collapse_lib.errors import numbers, require
from collapse_lib.theory.paper import arguments
from collapse_lib.theory.paper.arguments import Floats


def sigma_fully_synthetic(S0: ArrayLike, n: ArrayLike, m: ArrayLike) -> Floats:
    """(6), Theorem 1.1: S_m = 1 - (1 - 1/n)^m (1 - S_0), the mean of sigma_m in the fully synthetic case.

    >>> float(sigma_fully_synthetic(S0=0.5, n=2, m=1))
    0.75
    """
    S0, n, m = arguments.second_moment(S0), arguments.sample_size(n), arguments.generation(m)
    return 1 - _survival(n, m) * (1 - S0)


def collapse_probability_bounds(
    S0: ArrayLike, n: ArrayLike, m: ArrayLike, support: ArrayLike, *, clip: bool = False
) -> tuple[Floats, Floats]:
    """(7), Theorem 1.2: bounds (lower, upper) of rho_m = P(T <= m) in the fully synthetic case.

    1 - n (1 - S_0) (1 - 1/n)^m  <=  rho_m  <=  1 - (1 - S_0)/(1 - 1/s~) (1 - 1/n)^m.

    The lower bound is negative, and says nothing, until m is about n log n; `clip=True` cuts both to [0, 1].
    """
    S0, n, m = arguments.second_moment(S0), arguments.sample_size(n), arguments.generation(m)
    s = _check_support(S0, support)
    lower = 1 - n * (1 - S0) * _survival(n, m)
    upper = 1 - _diversity(S0, s) * _survival(n, m)
    lower, upper = np.broadcast_arrays(lower, upper)
    return (np.clip(lower, 0, 1), np.clip(upper, 0, 1)) if clip else (lower, upper)


def collapse_time_bounds(S0: ArrayLike, n: ArrayLike, support: ArrayLike) -> tuple[Floats, Floats]:
    """(8), Theorem 1.3: bounds (lower, upper) of E[T], in generations, in the fully synthetic case.

    1 + (1 - S_0)/(1 - 1/s~) (n - 1)  <=  E[T]  <=  1 + (1 - S_0) n (n - 1).
    """
    S0, n = arguments.second_moment(S0), arguments.sample_size(n)
    s = _check_support(S0, support)
    lower, upper = np.broadcast_arrays(1 + _diversity(S0, s) * (n - 1), 1 + (1 - S0) * n * (n - 1))
    return lower, upper


def limit_distribution(p: ArrayLike) -> Floats:
    """Proposition 1: P(lim p^(m) = delta_i) = p_i.  The law of the surviving token is the truth itself."""
    return distributions.validated(p)


def _diversity(S0: Floats, s: Floats) -> Floats:
    """(1 - S_0)/(1 - 1/s~): the truth's diversity, as a share of the most that s~ tokens can have; 0 at S_0 = 1."""
    return np.divide(1 - S0, 1 - 1 / s, out=np.zeros(np.broadcast_shapes(S0.shape, s.shape)), where=s > 1)


def _survival(n: Floats, m: Floats) -> Floats:
    """(1 - 1/n)^m: the mean share of diversity, 1 - sigma, that m generations leave; 0^0 = 1 at n = 1, m = 0."""
    return (1 - 1 / n) ** m


def _check_support(S0: Floats, support: ArrayLike) -> Floats:
    """The support size as floats, or `InvalidInput` where S_0 could not be so small."""
    s = numbers("support", support)
    require(
        bool((s >= 1).all()) and bool((S0 * s >= 1 - 1e-9).all()) and bool(((S0 == 1) | (s >= 2)).all()),
        f"support was {s} with S0 = {S0}; it takes at least 1/S0 tokens, and at least 2 where S0 is below 1.",
    )
    return s
