"""Wright's model of drift with immigrants (1931): the chains of a token's counts while real data stay.

`deviation` says why it is this one, and what the letters mean.  What is here trusts its arguments: a truth `p` of
shape (s,), `N` real and `n` synthetic tokens.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]

NEGLIGIBLE = 1e-16  # mass that may be left out of a law, at either end
TOGETHER = 32  # chains, or tokens, that are reckoned with in one go


@dataclass(frozen=True)
class Chain:
    """The chains of all k at once: `weight[i]` is the mean number of tokens with k = `k[i]` or N - k of N.

    k and N - k deviate alike, so only k <= N/2 are followed; k = 0 never moves and is left out.  `move[j, y]` is
    the chance of y tokens among n when p_i = j/(N + n), and is negligible outside of first[j] <= y < last[j].
    """

    N: int
    n: int
    weight: Floats
    k: NDArray[np.int64]
    move: Floats
    first: NDArray[np.int64]
    last: NDArray[np.int64]

    @classmethod
    def of(cls, p: Floats, N: int, n: int) -> Chain:
        """The chains for a truth."""
        weight, k = counts(p, N)
        x, state = np.arange(n + 1), np.arange(N // 2 + n + 1)
        move = binomial(x, n, state[:, None] / (N + n))
        matters = move > NEGLIGIBLE
        return cls(N, n, weight, k, move, matters.argmax(axis=1), n + 1 - matters[:, ::-1].argmax(axis=1))

    def laws(self) -> Iterator[Floats]:
        """The laws of x_1, x_2, ..., shape (len(k), n + 1)."""
        law = binomial(np.arange(self.n + 1), self.n, self.k[:, None] / self.N)
        while True:
            yield law
            next_law = np.empty_like(law)
            for i in range(0, len(self.k), TOGETHER):
                next_law[i : i + TOGETHER] = self._moved(law[i : i + TOGETHER], self.k[i : i + TOGETHER])
            law = next_law

    def _moved(self, law: Floats, k: NDArray[np.int64]) -> Floats:
        """The laws of x_{m+1} from those of x_m, for neighbouring k; all are narrow bands."""
        matters = np.flatnonzero((law > NEGLIGIBLE).any(axis=0))
        x = np.arange(matters[0], matters[-1] + 1)
        low, high = k[0] + x[0], k[-1] + x[-1]
        reached = np.zeros((len(k), high - low + 1))  # the laws of k + x_m, from the lowest to the highest
        reached[np.arange(len(k))[:, None], k[:, None] + x - low] = law[:, x]
        band = slice(self.first[low], self.last[high])
        moved = np.zeros_like(law)
        moved[:, band] = reached @ self.move[low : high + 1, band]
        return moved

    def deviation(self, law: Floats) -> float:
        """E||p^(m+1) - p^(1)||_1, where `law` is that of x_m."""
        apart = np.abs((self.k[:, None] + np.arange(self.n + 1)) / (self.N + self.n) - self.k[:, None] / self.N)
        return float(self.weight @ (law * apart).sum(axis=1))


def counts(p: Floats, N: int) -> tuple[Floats, NDArray[np.int64]]:
    """The mean number of tokens that the real corpus holds k or N - k times, and k, for 1 <= k <= N/2."""
    k = np.arange(N + 1)
    q, tokens = np.unique(p[p > 0], return_counts=True)
    held = np.zeros(N + 1)
    for i in range(0, len(q), TOGETHER):
        held += tokens[i : i + TOGETHER] @ binomial(k, N, q[i : i + TOGETHER, None])
    folded = held + held[::-1]
    if N % 2 == 0:
        folded[N // 2] = held[N // 2]
    k = k[1 : N // 2 + 1]
    k = k[folded[k] > NEGLIGIBLE]
    return folded[k], k


def binomial(x: ArrayLike, n: ArrayLike, q: ArrayLike) -> Floats:
    """P(Bin(n, q) = x), shapes broadcast.

    >>> binomial([0, 1, 2], 2, 0.5).round(12).tolist()
    [0.25, 0.5, 0.25]
    """
    from scipy.stats import binom  # loaded where it is needed, since that takes half a second

    return binom.pmf(x, n, q)


def mean_absolute_error(n: int, q: Floats) -> Floats:
    """E|Bin(n, q)/n - q| for each q: 2 (1 - q) j b(j)/n with j = floor(nq) + 1 (De Moivre 1730)."""
    j = np.minimum(np.floor(n * q) + 1, n)
    return np.where(q < 1, 2 * (1 - q) * j * binomial(j, n, q) / n, 0.0)
