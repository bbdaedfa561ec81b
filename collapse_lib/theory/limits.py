r"""What is left of the diversity in the end, under the schedules that never forget.

d_m = (1 - S_m)/(1 - S_0) has a positive limit where real data, or ever more of the past, stay in the training sets.
For kept pools that accumulate the limit is `moments.accumulated_diversity(n)`, and so it is for random sampling
where everything is drawn anew, real data too.  Here are two without a closed form (ours), with n >= 2 samples of
every model, or in every generation; random sampling is from one real corpus, all else fresh, `RandomlySampled(n)`:

*random sampling*      d_m = (1 - 1/n) v_m,  v_1 = 1,  v_{m+1} = v_m (1 - 1/(n (m+1)^2)) - 2/(n m (m+1)^2)
*accumulate, fresh*    d_m = e_m - D_m/(n m^2),  D_m = d_1 + ... + d_{m-1},
                       e_1 = 1 - 1/n,  e_{m+1} = e_m - D_m/(n m^2 (m+1)^2)

Both follow from the recursion in `moments`.  v and e fall, and what they lose in all is at most what they would
with v = 1, d = 1 - 1/n throughout: that gives the two lower bounds, which are exact to first order in 1/n.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray

from collapse_lib.errors import count, numbers

Floats = NDArray[np.float64]


def random_sampling(n: ArrayLike, generations: int = 5_000) -> Floats:
    """lim d_m for `RandomlySampled(n)` (one corpus, all else fresh), shape of n.

    What is left of the sums after `generations` is added to first order; the error is below 1e-7.

    >>> float(random_sampling(12).round(6))
    0.81575
    """
    n = numbers("n", n)
    generations, v = count("generations", generations), np.ones_like(n)
    for m in range(1, generations):
        v = v * (1 - 1 / (n * (m + 1) ** 2)) - 2 / (n * m * (m + 1) ** 2)
    rest = 1 / (generations + 0.5)  # of sum 1/(m+1)^2; that of sum 2/(m (m+1)^2) is its square
    return np.asarray((1 - 1 / n) * (v * (1 - rest / n) - rest**2 / n))


def random_sampling_bound(n: ArrayLike) -> Floats:
    """lim d_m >= (1 - 1/n)(1 - (3 - pi^2/6)/n) for `RandomlySampled(n)`.

    3 - pi^2/6 is the sum over m >= 1 of 1/(m+1)^2 + 2/(m (m+1)^2).
    """
    n = numbers("n", n)
    return (1 - 1 / n) * (1 - (3 - math.pi**2 / 6) / n)


def accumulated_fresh(n: ArrayLike, generations: int = 2_000) -> Floats:
    """lim d_m for `Accumulate(n, "fresh")`, shape of n; the error is below 1/(2 n generations^2).

    >>> float(accumulated_fresh(12).round(6))
    0.911723
    """
    n = numbers("n", n)
    generations, e, D = count("generations", generations), 1 - 1 / n, np.zeros_like(n)
    for m in range(1, generations):
        lost = D / (n * m**2)
        e, D = e - lost / (m + 1) ** 2, D + e - lost
    return np.asarray(e)


def accumulated_fresh_bound(n: ArrayLike) -> Floats:
    """lim d_m >= (1 - 1/n)(1 - (5 - pi^2/2)/n) for `Accumulate(n, "fresh")`.

    5 - pi^2/2 is the sum over m >= 1 of (m-1)/(m (m+1))^2.
    """
    n = numbers("n", n)
    return (1 - 1 / n) * (1 - (5 - math.pi**2 / 2) / n)
