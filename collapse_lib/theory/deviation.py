r"""Exact deviation from the first model, when real data are kept (the paper has bounds, Theorems 3 and 4).

Partially synthetic training: N real samples always, and from generation 2 on n samples of the last model.  Follow
one token.  Let the real corpus hold it k times, so that p_i^(1) = k/N, and let x_m be its count among the n samples
of p^(m).  Then p_i^(m+1) = (k + x_m)/(N + n), and given that, x_{m+1} is binomial: a Markov chain on {0, ..., n},

    x_1 ~ Bin(n, k/N),      x_{m+1} ~ Bin(n, (k + x_m)/(N + n)),

which is Wright's model of drift with immigrants, the real data (1931).  It knows of the truth only k, and k ~
Bin(N, p_i).  Hence the mean L1 deviation exactly, with no error but rounding: sum over k of #{i : k_i = k} in mean,
times E_k |(k + x)/(N + n) - k/N|.

**Bounds that need no chain.**  With alpha = n/(N + n) and p_hat^(m) the law of the n samples,

    p^(m+1) - p^(1) = alpha [(p_hat^(m) - p^(m)) + (p^(m) - p^(1))],

and the first difference has mean 0 given the past.  So, token by token, with v_m = E p_i^(m)(1 - p_i^(m)), which is
at most p_i (1 - p_i),

    D_{m+1} = alpha^2 [v_m/n + D_m],      D_m = E (p_i^(m) - p_i^(1))^2 <= p_i (1 - p_i) n/(N (N + 2n)),

since alpha^2/(1 - alpha^2) = n^2/(N (N + 2n)).  Cauchy and Schwarz give `saturating_bound`, which stays below
sqrt((s~ - 1)/(2N)) for every n: with N real samples kept, no amount of synthetic data leads further away.

Glossary: `p` the truth, shape (s,); `N` real and `n` synthetic samples, tokens; `support` s~ live tokens (of the
truth, or of p^(1), which has fewer); `eps` the mean L1 deviation to stay below.
"""

from __future__ import annotations

import functools
import itertools
import math

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import betaln, erfcx

from collapse_lib import distributions, metrics
from collapse_lib.errors import InvalidInput, count, number, require
from collapse_lib.theory.immigrants import Chain, counts, mean_absolute_error
from collapse_lib.theory.immigrants import binomial as binomial
from collapse_lib.theory.paper import arguments, sigma_partially_synthetic

Floats = NDArray[np.float64]

MOST_SYNTHETIC = 2048  # the chain's table has (N/2 + n)(n + 1) entries


def l1(p: ArrayLike, N: int, n: int, generations: int) -> Floats:
    """Exact E||p^(m) - p^(1)||_1 for m = 0, ..., M = `generations`, shape (M + 1,), in O(N n^2 M).

    Entry 0 is E||p - p^(1)||_1, the distance from the truth to the first model; entry 1 is 0.

    >>> l1([0.5, 0.5], N=1, n=1, generations=2).tolist()
    [1.0, 0.0, 0.0]
    >>> l1([0.5, 0.5], N=2, n=1, generations=3).round(4).tolist()
    [0.5, 0.0, 0.1667, 0.1667]
    """
    _check_generations(generations, first=0)
    N, n = count("N", N), count("n", n)
    chain = Chain.of(_check(p), N, n)
    later = (chain.deviation(law) for law in itertools.islice(chain.laws(), max(0, generations - 1)))
    return np.array([_first_error(p, N), 0.0, *later])[: generations + 1]


def l2_squared(p: ArrayLike, N: int, n: int, generations: int) -> Floats:
    """Exact E||p^(m) - p^(1)||_2^2, m = 0..M: D_1 = 0, D_{m+1} = alpha^2 [(1 - S_m)/n + D_m].  Shape (M + 1,).

    Entry 0 is E||p - p^(1)||_2^2 = (1 - S_0)/N.

    >>> l2_squared([0.5, 0.5], N=2, n=1, generations=2).round(4).tolist()
    [0.25, 0.0, 0.0278]
    """
    _check_generations(generations, first=0)
    N, n, S0 = count("N", N), count("n", n), float(metrics.sigma(_check(p)))
    alpha, D = n / (N + n), [(1 - S0) / N, 0.0]
    for m in range(1, generations):
        D.append(alpha**2 * ((1 - float(sigma_partially_synthetic(S0, N, n, m))) / n + D[-1]))
    return np.array(D[: generations + 1])


def sampling_error(p: ArrayLike, N: int, n: int, generations: int) -> Floats:
    """Exact E||p_hat^(j) - p^(j)||_1, j = 1..M: how far n samples of generation j stray from it.  Shape (M,).

    These are the terms of (18), `paper.deviation_chain`.

    >>> sampling_error([0.5, 0.5], N=2, n=1, generations=1).round(12).tolist()
    [0.5]
    """
    _check_generations(generations, first=1)
    N, n = count("N", N), count("n", n)
    chain = Chain.of(_check(p), N, n)
    first = chain.weight @ mean_absolute_error(n, chain.k / N)
    at_each = mean_absolute_error(n, np.arange(N + n + 1) / (N + n))
    state = chain.k[:, None] + np.arange(n + 1)
    later = (
        float(chain.weight @ (law * at_each[state]).sum(axis=1))
        for law in itertools.islice(chain.laws(), generations - 1)
    )
    return np.array([float(first), *later])


def stationary_l1(p: ArrayLike, N: int, n: float) -> float:
    """Exact lim E||p^(m) - p^(1)||_1 as m grows; `n` may be infinite.

    The chain starts with the right mean and forgets the rest at the rate alpha^(2m), and is followed until that is
    1e-12.  As n grows, x/n tends to the Beta law with parameters 2k and 2(N - k) (Wright 1931), whose mean absolute
    deviation is known.

    >>> stationary_l1([0.5, 0.5], N=1, n=5)
    0.0
    >>> round(stationary_l1([0.5, 0.5], N=2, n=math.inf), 4)
    0.1875
    """
    N, n = count("N", N), number("n", n)
    if math.isinf(n):
        weight, k = counts(_check(p), N)
        a, b = 2.0 * k, 2.0 * (N - k)
        log_mad = math.log(2) + a * np.log(a) + b * np.log(b) - betaln(a, b) - (a + b + 1) * np.log(a + b)
        return float(weight @ np.exp(log_mad))
    require(n >= 1 and n.is_integer(), f"n was {n!r}; it takes a whole number of tokens, at least 1, or infinity.")
    chain = Chain.of(_check(p), N, int(n))
    steps = max(2, math.ceil(math.log(1e-12) / (2 * math.log(chain.n / (N + chain.n)))))
    law = next(itertools.islice(chain.laws(), steps, None))
    return chain.deviation(law)


def step_from_tail(n: ArrayLike, s: ArrayLike, *, capped: bool = True) -> Floats:
    """E||p_hat - p||_1 from its tail (2^s - 2) exp(-n eps^2/2) (Weissman et al. 2003) integrated over eps.

    A probability is at most 1.  Capped there, the integral is x + sqrt(pi/(2n)) (2^s - 2) erfc(x sqrt(n/2)) with
    x = sqrt(2 ln(2^s - 2)/n), which grows like sqrt(s/n); uncapped, as in the proof of Theorem 3, it is
    sqrt(pi/(2n)) (2^s - 2), infinite beyond a float.
    """
    n, s = np.broadcast_arrays(arguments.sample_size(n), arguments.vocabulary(s))
    log_sets = s * math.log(2) + np.log1p(-(2.0 ** np.minimum(1 - s, -1e-16)))
    with np.errstate(over="ignore"):
        if not capped:
            return np.sqrt(math.pi / (2 * n)) * np.exp(log_sets)
    x = np.sqrt(np.maximum(log_sets, 0.0))
    return np.sqrt(2 / n) * x + np.sqrt(math.pi / (2 * n)) * erfcx(x) * np.exp(np.minimum(log_sets, 0.0))


def simple_bound(N: ArrayLike, n: ArrayLike) -> Floats:
    """E||p^(m) - p^(1)||_1 <= 2n/N for every m: (18) with E||p_hat - p||_1 <= 2.  So n = N eps/2 is always safe."""
    return 2 * arguments.sample_size(n) / arguments.sample_size(N, "N")


def sharp_bound(N: ArrayLike, n: ArrayLike, support: ArrayLike) -> Floats:
    """E||p^(m) - p^(1)||_1 <= sqrt(n (s~ - 1))/N for every m: (18) with E||p_hat - p||_1 <= sqrt((s~ - 1)/n)."""
    N, n = arguments.sample_size(N, "N"), arguments.sample_size(n)
    return np.sqrt(n * (arguments.vocabulary(support) - 1)) / N


def saturating_bound(N: ArrayLike, n: ArrayLike, support: ArrayLike) -> Floats:
    """E||p^(m) - p^(1)||_1 <= sqrt(n (s~ - 1)/(N (N + 2n))) for every m: below `sharp_bound`, and bounded in n."""
    N, n = arguments.sample_size(N, "N"), arguments.sample_size(n)
    with np.errstate(invalid="ignore"):
        share = np.where(np.isinf(n), 0.5, n / (N + 2 * n))
    return np.sqrt(share * (arguments.vocabulary(support) - 1) / N)


def largest_synthetic_sharp(N: ArrayLike, eps: ArrayLike, support: ArrayLike) -> Floats:
    """The largest real n that `sharp_bound` keeps within eps: N^2 eps^2/(s~ - 1); below 1 it allows none.

    >>> float(largest_synthetic_sharp(N=100, eps=0.5, support=26))
    100.0
    """
    N, eps = arguments.sample_size(N, "N"), arguments.tolerance(eps)
    with np.errstate(divide="ignore"):
        return (N * eps) ** 2 / (arguments.vocabulary(support) - 1)


def largest_synthetic_saturating(N: ArrayLike, eps: ArrayLike, support: ArrayLike) -> Floats:
    """The largest real n that `saturating_bound` keeps within eps: N^2 eps^2/(s~ - 1 - 2 N eps^2).

    Infinite, so that any amount is safe, once N >= (s~ - 1)/(2 eps^2).

    >>> largest_synthetic_saturating(N=[100, 200], eps=0.25, support=26).tolist()
    [50.0, inf]
    """
    N, eps = arguments.sample_size(N, "N"), arguments.tolerance(eps)
    room = arguments.vocabulary(support) - 1 - 2 * N * eps**2
    return np.where(room > 0, (N * eps) ** 2 / np.where(room > 0, room, 1.0), np.inf)


def largest_synthetic_exact(p: ArrayLike, N: int, eps: float) -> float:
    """The largest whole n whose `stationary_l1` stays below eps, by bisection; 0 where that of n = 1 does not.

    Infinite where the limit of large n stays below eps: then any amount of synthetic data is safe.  The deviation
    rises with n, but for dips at the multiples of N, where exact ties are likelier (0.5 % at n = N = 100); if eps
    lies within a dip, the n returned is one of several after which the deviation passes eps.  That it stays below
    its limit is checked, not proved; `largest_synthetic_saturating` is proved.

    Raises `InvalidInput` where the answer is finite and 2,048 tokens or more, which is too much to compute.

    >>> largest_synthetic_exact([0.2] * 5, N=10, eps=0.15), largest_synthetic_exact([0.2] * 5, N=10, eps=0.31)
    (1.0, inf)
    """
    eps = number("eps", arguments.tolerance(eps))

    @functools.cache
    def safe(n: float) -> bool:
        return stationary_l1(p, N, n) < eps

    if safe(math.inf):
        return math.inf
    reached = (eps / stationary_l1(p, N, math.inf)) ** 2  # roughly 2n/(N + 2n)
    low = min(MOST_SYNTHETIC, int(N * reached / (2 * (1 - reached)))) if reached < 1 else MOST_SYNTHETIC
    high = low + 1
    while low and not safe(low):
        low, high = low * 4 // 5, low
    while high <= MOST_SYNTHETIC and safe(high):
        low, high = high, min(high * 5 // 4 + 1, MOST_SYNTHETIC + 1)
    if high > MOST_SYNTHETIC and safe(MOST_SYNTHETIC):
        raise InvalidInput(
            f"with N = {N} and eps = {eps:g} at least {MOST_SYNTHETIC:,} synthetic tokens are safe, but not any "
            "number; exactly how many is too much to compute. Take a smaller eps."
        )
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if safe(middle) else (low, middle)
    return float(low)


def _first_error(p: ArrayLike, N: int) -> float:
    """E||p - p^(1)||_1, the mean absolute error of N samples."""
    return float(mean_absolute_error(N, distributions.validated(p)).sum())


def _check(p: ArrayLike) -> Floats:
    """The truth as an array of shape (s,), or `InvalidInput`."""
    law = distributions.validated(p)
    require(law.ndim == 1, f"p has shape {law.shape}; the exact deviation takes one context, shape (s,).")
    return law


def _check_generations(generations: int, first: int) -> None:
    """Refuse what is not a whole number of at least `first`."""
    count("generations", generations, first)
