r"""The exact law of the collapse time, for any truth, by looking backwards: classical, put to work on the paper.

In the fully synthetic case each of the n tokens of a generation copies a uniformly random token of the one
before it.  This is the neutral Wright-Fisher model of population genetics (Fisher 1930, Wright 1931) with n
haploid individuals, and it is read most easily backwards in time.  That the two readings are dual is in Moehle
(1999), and for many types in Moehle (2010), in models named after Cannings (1974); the number of ancestors is
Tavare's (1984) subject and, for this chain, Houchmandzadeh's (2025).  In the limit of large n it is Kingman's
coalescent (1982).  What is added here is the use: the paper's rho_m and E[T], and all contexts at once.

Follow the n tokens of generation m back by one generation: they have K' distinct parents, where K' is the number
of boxes hit by n balls thrown into n boxes.  Those parents have K'' distinct parents, and so on.  So let K_0 = n
and let K_{j+1} be the number of distinct boxes when K_j balls fall into n boxes.  Generation m has K_{m-1}
ancestors in the real corpus, and those are independent draws from p.  Hence, exactly,

    P(p^(m) = delta_i)  = E p_i^{K_{m-1}}                 all the ancestors are token i
    rho_m = P(T <= m)   = E sum_i p_i^{K_{m-1}}           all the ancestors are the same token
    P(p_i^(m) = 0)      = E (1 - p_i)^{K_{m-1}}           no ancestor is token i.

The chain of K does not know p.  One pass over it answers for every truth.

Glossary: `p` the truth, shape (s,); `n` tokens a generation; `A[k, j]` = P(K' = j | K = k), lower triangular;
f(k) = 1 - sum_i p_i^k, the probability that k draws from p are not all the same.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import numpy as np
from numpy.typing import ArrayLike, NDArray

from collapse_lib import distributions
from collapse_lib.errors import count, number, numbers, require

Floats = NDArray[np.float64]

LOST = 1e-18  # mass that may be dropped at each step: far below the rounding of a sum to one


def occupancy(n: int) -> Iterator[Floats]:
    """Rows k = 1, 2, ..., n of A: the law of the number of boxes hit by k balls in n boxes; entry j of row k at j.

    The ball k falls into one of the j boxes already hit, or into a new one:
    A[k, j] = A[k-1, j] j/n + A[k-1, j-1] (n - j + 1)/n.

    >>> [row.tolist() for row in occupancy(2)]
    [[0.0, 1.0, 0.0], [0.0, 0.5, 0.5]]
    """
    n = count("n", n)
    j = np.arange(n + 1)
    hit, new = j / n, (n - j + 1) / n
    row = np.zeros(n + 1)
    row[0] = 1.0
    for k in range(1, n + 1):
        row[1 : k + 1] = row[1 : k + 1] * hit[1 : k + 1] + row[:k] * new[1 : k + 1]
        row[0] = 0.0
        yield row.copy()


def ancestors(n: int) -> Iterator[Floats]:
    """Yield the laws of K_0, K_1, K_2, ...: entry k of an array (at most n + 1 long) is P(K_j = k).

    K never grows, so only a shrinking corner of A is used; what is cut off weighs less than 1e-18 a generation.
    """
    n = count("n", n)
    A = np.stack([np.zeros(n + 1), *occupancy(n)])
    law = np.zeros(n + 1)
    law[n] = 1.0
    while True:
        yield law
        law = law @ A[: len(law), : len(law)]
        tail = np.cumsum(law[::-1])[::-1]
        law = law[: max(2, int(np.count_nonzero(tail > LOST)))]


def collapse_probability(p: ArrayLike, n: int, generations: int) -> Floats:
    """Exact rho_0, ..., rho_M for M = `generations`: rho_m = P(T <= m), shape (M + 1,); rho_0 = 0.

    >>> collapse_probability([0.5, 0.5], n=2, generations=3).tolist()
    [0.0, 0.5, 0.75, 0.875]
    """
    p, n = _check(p, n)
    _check_generations(generations)
    same = _coincidence(p, n)
    laws = itertools.islice(ancestors(n), generations)
    return np.array([0.0, *(law @ same[: len(law)] for law in laws)])


def expected_collapse_time(p: ArrayLike, n: int) -> float:
    """Exact E[T] in generations: E[T] = 1 + h(n), with h(1) = 0 and h(k) = f(k) + sum_j A[k, j] h(j).

    A is lower triangular, so h is found by forward substitution, one row of A at a time: time O(n^2), memory
    O(n).  The rows do not depend on p; the vocabulary enters only through f.

    >>> expected_collapse_time([0.5, 0.5], n=2)
    2.0
    """
    p, n = _check(p, n)
    f = 1 - _coincidence(p, n)
    h = np.zeros(n + 1)
    for k, row in enumerate(occupancy(n), start=1):
        if k > 1:
            h[k] = (f[k] + row[1:k] @ h[1:k]) / (1 - row[k])
    return float(1 + h[n])


def collapse_time_quantile(p: ArrayLike, n: int, q: float) -> int:
    """The q-quantile of T: the first m with rho_m >= q, in generations, for 0 < q <= 1 - 1e-12.

    Nearer to 1, rho_m is not told from 1 by its rounding.

    >>> collapse_time_quantile([0.5, 0.5], n=2, q=0.8)
    3
    """
    p, n = _check(p, n)
    q = number("q", q)
    require(0 < q <= 1 - 1e-12, f"q was {q!r}; it takes a probability above 0 and at most 1 - 1e-12.")
    same = _coincidence(p, n)
    reached = (m for m, law in enumerate(ancestors(n), start=1) if law @ same[: len(law)] >= q)
    return next(reached)


def extinction_probability(p: ArrayLike, n: int, generations: int) -> Floats:
    """Exact P(p_i^(m) = 0) for m = 0..M and each token i, shape (M + 1, s); row 0 tells which p_i are 0.

    >>> extinction_probability([0.5, 0.5], n=2, generations=2).tolist()
    [[0.0, 0.0], [0.25, 0.25], [0.375, 0.375]]
    """
    p, n = _check(p, n)
    _check_generations(generations)
    return np.vstack([p == 0, _mean_power(1 - p, n, generations)])


def dirac_probability(p: ArrayLike, n: int, generations: int) -> Floats:
    """Exact P(p^(m) = delta_i) for m = 0..M and each token i, shape (M + 1, s); it tends to p_i (Proposition 1).

    >>> dirac_probability([0.75, 0.25], n=2, generations=1).tolist()
    [[0.0, 0.0], [0.5625, 0.0625]]
    """
    p, n = _check(p, n)
    _check_generations(generations)
    return np.vstack([p == 1, _mean_power(p, n, generations)])


def generations_with_lines(n: int) -> Floats:
    """Mean number of generations in which n tokens have k ancestors, k = 0..n (0 for k < 2), shape (n + 1,).

    t_n = 1/(1 - A[n, n]), and t_k = sum_{j > k} t_j A[j, k] / (1 - A[k, k]): back substitution.

    >>> generations_with_lines(2).tolist()
    [0.0, 0.0, 2.0]
    """
    n = count("n", n)
    A = np.stack([np.zeros(n + 1), *occupancy(n)])
    t = np.zeros(n + 1)
    for k in range(n, 1, -1):
        t[k] = ((k == n) + t[k + 1 :] @ A[k + 1 :, k]) / (1 - A[k, k])
    return t


def joint_collapse_probability(P: ArrayLike, sizes: ArrayLike, generations: int) -> Floats:
    """P(every context has collapsed by generation m), m = 0..M: the product of their rho_m.  Shape (M + 1,).

    `P` has shape (contexts, s), one truth a row; `sizes` holds each context's n, shape (contexts,), or one for all.
    Each context is trained on its own, with its own fixed n, so they are independent.  This makes precise the
    collapse of all contexts at once, which the paper leaves open.

    >>> joint_collapse_probability([[0.5, 0.5], [0.5, 0.5]], 2, generations=3).tolist()
    [0.0, 0.25, 0.5625, 0.765625]
    """
    _check_generations(generations)
    survival = itertools.islice(_survival(*_check_contexts(P, sizes)), generations)
    return np.array([0.0, *(np.prod(1 - each) for each in survival)])


def expected_last_collapse(P: ArrayLike, sizes: ArrayLike) -> float:
    """Exact E[max_j T_j] in generations, for independent contexts: sum_{m >= 0} (1 - prod_j rho_m^(j)).

    It sums until the terms fall like (1 - 1/n)^m, n the largest size, and adds that tail; to nine digits.

    >>> round(expected_last_collapse([[0.5, 0.5], [0.5, 0.5]], 2), 9)  # the larger of two fair geometric times
    2.666666667
    """
    truths, sizes = _check_contexts(P, sizes)
    largest = int(sizes.max())
    total = 1.0  # m = 0
    for survival in _survival(truths, sizes):
        term = -float(np.expm1(np.log1p(-survival[survival < 1]).sum())) if (survival < 1).all() else 1.0
        total += term
        if term * largest < 1e-10 * total:
            return total + term * (largest - 1)
    raise AssertionError("generations never end")


def _survival(truths: Floats, sizes: NDArray[np.int64]) -> Iterator[Floats]:
    """Yield every context's P(T > m) = E f(K_{m-1}) for m = 1, 2, ..., shape (contexts,).

    Contexts of one size share the chain of K.  Once three lines are 1e-10 times as likely as two, each generation
    multiplies what is left by 1 - 1/n, the chance that two lines stay two, and the chain is let go.
    """
    groups = {int(n): np.flatnonzero(sizes == n) for n in np.unique(sizes)}
    differ = {n: 1 - np.stack([_coincidence(p, n) for p in truths[rows]], axis=1) for n, rows in groups.items()}
    chains = {n: ancestors(n) for n in groups}
    survival = np.ones(len(truths))
    while True:
        for n, rows in groups.items():
            if n in chains:
                law = next(chains[n])
                survival[rows] = law[2:] @ differ[n][2 : len(law)]
                if law[3:].sum() <= 1e-10 * law[2:3].sum():
                    del chains[n], differ[n]
            else:
                survival[rows] *= 1 - 1 / n
        yield survival.copy()


def _mean_power(x: Floats, n: int, generations: int) -> Floats:
    """E x_i^{K_{m-1}} for m = 1..M, shape (M, s), by Horner's rule in x."""
    laws = np.zeros((generations, n + 1))
    for row, law in zip(laws, ancestors(n), strict=False):
        row[: len(law)] = law
    value = np.zeros((generations, len(x)))
    for k in range(n, -1, -1):
        value = value * x + laws[:, k, None]
    return value


def _coincidence(p: Floats, n: int) -> Floats:
    """sum_i p_i^k for k = 0..n, shape (n + 1,): the probability that k draws from p are all the same (k >= 1)."""
    live = p[p > 0]
    power = np.ones_like(live)
    sums = np.empty(n + 1)
    for k in range(n + 1):
        sums[k] = power.sum()
        power *= live
    sums[1] = 1.0
    return sums


def _check(p: ArrayLike, n: int) -> tuple[Floats, int]:
    """The truth as an array of shape (s,), and n, or `InvalidInput`."""
    p = distributions.validated(p)
    require(p.ndim == 1, f"p has shape {p.shape}; the exact laws take one context, shape (s,).")
    return p, count("n", n)


def _check_contexts(P: ArrayLike, sizes: ArrayLike) -> tuple[Floats, NDArray[np.int64]]:
    """The truths as an array of shape (contexts, s), and each one's n, or `InvalidInput`."""
    truths = distributions.validated(P)
    require(truths.ndim == 2, f"P has shape {truths.shape}; it takes one truth a row, shape (contexts, s).")
    numbers("sizes", sizes)
    n = np.asarray(sizes)
    require(
        np.issubdtype(n.dtype, np.integer) and n.shape in ((), truths.shape[:1]) and bool((n >= 1).all()),
        f"sizes was {sizes!r}; it takes whole numbers of at least 1, one for all or one for each of "
        f"{len(truths)} contexts.",
    )
    return truths, np.broadcast_to(n, truths.shape[:1])


def _check_generations(generations: int) -> None:
    """Refuse what is not a whole number of at least 0."""
    count("generations", generations, 0)
