r"""How fast a word is forgotten: bounds of Suresh, Thangaraj and Khandavally (2025, arXiv 2412.17646), and of ours.

A word has the share x of the truth, and each generation is n tokens drawn from the one before.  Let

    g_1 = 1,   g_{k+1} = 1 - exp(-g_k),

which is the chance that a family in which everybody has Poisson(1) children lives for k generations, its founder's
counted (about 2/(k + 1)).  Their Theorem 1, as the authors' notebook states it (commit a172c4d), bounds from below
the probability that the word is still there in generation k:

    P(still there) >= 1 - exp(-n x g_k).

From above, the mean number of ancestors does it (`extinction`): with r_1 = 1, r_{k+1} = 1 - (1 - 1/n)^{n r_k},

    P(still there) <= 1 - (1 - x)^{n r_k}.

It is the same recursion, (1 - 1/n)^n in place of 1/e, so that the two meet as n grows and n x stays.

Glossary: `shares` x, any shape (...,); `n` tokens a generation; rows are the generations k = 1, ..., K.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from collapse_lib.errors import require
from collapse_lib.theory import extinction

Floats = NDArray[np.float64]


def g(generations: int) -> Floats:
    """g_1, ..., g_K, shape (K,).

    >>> g(3).round(4).tolist()
    [1.0, 0.6321, 0.4685]
    """
    require(generations >= 1, f"generations was {generations!r}; it takes a whole number of at least 1.")
    found = [1.0]
    for _ in range(generations - 1):
        found.append(-np.expm1(-found[-1]))
    return np.array(found)


def survives_at_least(shares: ArrayLike, n: int, generations: int) -> Floats:
    """Their lower bound 1 - exp(-n x g_k), shape (K, ...).

    >>> survives_at_least([0.5, 0.25], n=2, generations=1).round(4).tolist()
    [[0.6321, 0.3935]]
    """
    return -np.expm1(-n * np.multiply.outer(g(generations), np.asarray(shares, dtype=np.float64)))


def survives(shares: ArrayLike, n: int, generations: int) -> Floats:
    """The exact probability that the word is still there, shape (K, ...), in O(n^2).

    >>> survives([0.5, 0.25], n=2, generations=2).tolist()
    [[0.75, 0.4375], [0.625, 0.34375]]
    """
    return 1 - extinction.extinct(shares, n, generations)[1:]


def survives_at_most(shares: ArrayLike, n: int, generations: int) -> Floats:
    """The upper bound 1 - (1 - x)^{n r_k}, shape (K, ...).

    >>> survives_at_most([0.5, 0.25], n=2, generations=1).tolist()
    [[0.75, 0.4375]]
    """
    return 1 - extinction.extinct_at_least(shares, n, generations)[1:]


def median(survival: ArrayLike) -> Floats:
    """When a survival falls to one half, in generations, shape (...); linear between them.

    `survival` has shape (K, ...) and begins at generation 1; before it, at 0, the word is there.  Raises
    `InvalidInput` where it is above one half throughout.

    >>> median([0.75, 0.625, 0.25]).tolist()
    2.3333333333333335
    """
    S = np.asarray(survival, dtype=np.float64)
    require(bool((S[-1] <= 0.5).all()), "a median lies beyond the last generation; give more generations.")
    S = np.concatenate([np.ones_like(S[:1]), S])
    k = np.argmax(S <= 0.5, axis=0)[None]
    before, after = (np.take_along_axis(S, each, axis=0)[0] for each in (k - 1, k))
    return k[0] - (0.5 - after) / (before - after)


def distinct_left(counts: ArrayLike, n: int, generations: int) -> Floats:
    """The mean share of a training set's distinct words that is left, given their counts in it, shape (K,).

    >>> distinct_left([1, 1], n=2, generations=2).tolist()
    [0.75, 0.625]
    """
    values, words = np.unique(np.asarray(counts), return_counts=True)
    here = values > 0
    return survives(values[here] / n, n, generations) @ (words[here] / words[here].sum())
