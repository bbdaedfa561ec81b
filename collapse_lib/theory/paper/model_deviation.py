"""Section 3.2 and Appendix B.3: how far the models of later generations stray from the first one, in mean L1.

Partially synthetic training: N real samples always, and n of the last model.  All bounds here are of
E||p^(m) - p^(1)||_1, for every m >= 2; since an L1 distance is at most 2, a bound above 2 says nothing.

Glossary, the paper's letters:

========  =============================================================================================
`N`, `n`  real and synthetic samples in a training set, tokens
`s`       tokens of the vocabulary
`eps`     the deviation to stay below
`alpha`   n/(N + n)
`spread`  E lambda_1 = E max_A p^(1)(A) (1 - p^(1)(A)), at most 1/4
`zeta`    1/2 - (1/2 - 2 E lambda_1) (N/(N + n))^2
========  =============================================================================================
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike

from collapse_lib import distributions
from collapse_lib.errors import count, numbers, require
from collapse_lib.theory.paper import arguments
from collapse_lib.theory.paper.arguments import Floats
from collapse_lib.theory.paper.concentration import G, log_G, outcomes, phi, pi


def deviation_bound(N: ArrayLike, n: ArrayLike, s: ArrayLike) -> Floats:
    """Theorem 3: E||p^(m) - p^(1)||_1 < (1/N) sqrt(pi n/2) G_n(s), for every m >= 2; infinite beyond a float."""
    N, n = arguments.sample_size(N, "N"), arguments.sample_size(n)
    with np.errstate(over="ignore"):
        return np.exp(0.5 * np.log(math.pi * n / 2) - np.log(N) + log_G(n, s))


def largest_synthetic(N: ArrayLike, eps: ArrayLike, s: ArrayLike) -> Floats:
    """(11): n <= 2 pi e^{-2} min{s - 2, ln(sqrt(2) pi N eps/(6 e s))} keeps Theorem 3's bound below eps.

    A real number of tokens; below 1 it allows none.  It rests on the first regime of G_n(s), C_0 n/e + 2 <= s,
    which the first entry of the minimum ensures.
    """
    N, eps, s = arguments.sample_size(N, "N"), arguments.tolerance(eps), arguments.vocabulary(s)
    room = np.log(math.sqrt(2) * math.pi * N * eps / (6 * math.e * s))
    return 2 * math.pi * math.e**-2 * np.minimum(s - 2, room)


def mean_spread(p: ArrayLike, N: int) -> float:
    """E lambda_1 = E max_A p^(1)(A) (1 - p^(1)(A)) for the law p^(1) of N samples, by looking at every outcome.

    Raises `InvalidInput` where they are too many (see `concentration.outcomes`); 1/4 is then a bound.
    """
    p = distributions.validated(p)
    require(p.ndim == 1, f"p has shape {p.shape}; it takes one law, shape (s,).")
    counts, chance = outcomes(p[p > 0], N)
    split = np.array([pi(c) for c in counts])
    return float(chance @ (split * (1 - split)))


def zeta(N: ArrayLike, n: ArrayLike, spread: ArrayLike) -> Floats:
    """The zeta of (16): 1/2 - (1/2 - 2 E lambda_1) (N/(N + n))^2."""
    N, n = arguments.sample_size(N, "N"), arguments.sample_size(n)
    return 0.5 - (0.5 - 2 * numbers("spread", spread)) * (N / (N + n)) ** 2


def deviation_bound_refined(p: ArrayLike, N: int, n: ArrayLike, *, spread: float | None = None) -> Floats:
    """(16), Theorem 4: E||p^(m) - p^(1)||_1 < (1/N) sqrt(n pi/phi(zeta)) G_n(s), with s the length of `p`.

    `spread` is E lambda_1, enumerated unless it is given; at its largest, 1/4, this is Theorem 3.  The proof
    in arXiv v1 has a step that fails; the theorem holds all the same (our proof is in the chapter on deviation).
    """
    N = count("N", N)
    lambda_1 = mean_spread(p, N) if spread is None else spread
    at = arguments.sample_size(n)
    return np.sqrt(at * math.pi / phi(zeta(N, at, lambda_1))) * G(at, np.shape(p)[-1]) / N


def deviation_chain(N: int, n: int, steps: ArrayLike) -> Floats:
    """(18): sum_{j=1}^k alpha^(k+1-j) steps[j-1] >= E||p^(k+1) - p^(1)||_1 for k = 1, ..., len(steps).

    steps[j-1] is E||p_hat^(j) - p^(j)||_1, or a bound of it: how far n samples of generation j stray from p^(j).
    Entry k-1 of the result, shape (len(steps),), bounds generation k + 1.
    """
    alpha = n / (N + n)
    total, bounds = 0.0, []
    for step in numbers("steps", steps):
        total = alpha * (total + step)
        bounds.append(total)
    return np.array(bounds)


def deviation_bound_sum(N: int, n: int, s: int, splits: ArrayLike) -> Floats:
    """(19): (18) with each step bounded by Lemma 1: sqrt(pi/(n phi(E pi_j))) G_n(s), pi_j the pi of p^(j).

    It holds without Lemma 1 too (ours: e_j <= sqrt(4 s E pi_j/n), x phi(x) <= 1 and 4 s < pi G^2, as G >= s).
    splits[j-1] is E pi_j, j = 1..k; the result has that shape.  A truth with a large S_0 splits unevenly, which
    raises phi and lowers the bound: this is how the paper explains Figure 4.
    """
    steps = np.sqrt(math.pi / (n * phi(splits))) * G(n, s)
    return deviation_chain(N, n, steps)
