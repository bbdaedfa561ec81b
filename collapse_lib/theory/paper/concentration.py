"""Appendix A, Lemma 1: how far n samples stray from their law in L1 (Mardia et al. 2020).

    P(||p_hat - p||_1 >= eps) <= G_n(s) exp(-n phi(pi_p) eps^2 / 4)

Glossary, the paper's letters:

========  =============================================================================================
`p`       the law sampled from, shape (s,)
`n`       samples, tokens
`s`       tokens of the vocabulary
`pi`      (12), pi_p = max_A min{p(A), 1 - p(A)}: how evenly a set of tokens can split p, at most 1/2
`phi`     phi(x) = ln((1 - x)/x)/(1 - 2x), phi(1/2) = 2; it falls on (0, 1/2]
`G`       G_n(s), equation (10) and again (13), which replaces the 2^s - 2 of Weissman et al. (2003)
========  =============================================================================================

**A gap in the lemma.**  With G_n(s) in its first case, s well above n, the statement fails (ours).  n <= s samples
of the uniform law touch at most n tokens, and

    ||p_hat - p||_1 = 2 (number of tokens that are missed)/s >= 2 (1 - n/s),

always, while the right-hand side at that eps falls below 1 (n = 10, s = 60: 0.06; at the size of the paper's Figure
4, n = 10 and s = 600: 0.0025).  The number of missed tokens has a known law, and `uniform_tail` gives with it the
whole exact tail.  In the third case G_n(s) = 2^s - 2 and the lemma holds; in the second we have found no exception.
Theorems 3 and 4 rest on it in the paper, and hold without it; the page on them proves them another way.  Whether
the fault is the restatement's or the source's is not known.
"""

from __future__ import annotations

import itertools
import math

import numpy as np
from numpy.typing import ArrayLike, NDArray

from collapse_lib import distributions
from collapse_lib.errors import InvalidInput, count, numbers, require
from collapse_lib.theory.paper import arguments
from collapse_lib.theory.paper.arguments import Floats

C0 = math.e**3 / (2 * math.pi)
C1 = 6 * math.e / math.pi**1.5

MOST_TOKENS = 40  # of unequal probabilities: 2^20 subset sums on either side
MOST_OUTCOMES = 200_000  # count vectors to look at one by one
MOST_WORK = 10**10  # tokens times corpus: bits to shift for an empirical law


def phi(x: ArrayLike) -> Floats:
    """ln((1 - x)/x)/(1 - 2x) for 0 <= x <= 1, and 2 at x = 1/2; infinite at 0 and 1.

    >>> phi([0.5, 0.25]).round(4).tolist()
    [2.0, 2.1972]
    """
    x = numbers("x", x)
    require(bool(((x >= 0) & (x <= 1)).all()), f"x was {x}; phi takes a probability.")
    u = 1 - 2 * x  # ln((1 - x)/x) = 2 artanh(u) has no cancellation at x = 1/2, but for a small x it forgets x
    with np.errstate(divide="ignore", invalid="ignore"):
        log_odds = np.where(np.abs(u) < 0.5, 2 * np.arctanh(u), np.log1p(-x) - np.log(x))
        return np.where(np.abs(u) < 1e-8, 2.0, log_odds / u)


def pi(p: ArrayLike) -> float:
    """pi_p = max_A min{p(A), 1 - p(A)}, exactly.  `p` is a law of shape (s,), or whole token counts.

    Counts that sum to N: every reachable sum of counts is one bit, N/64 words a token.  Probabilities: all sums of
    one half of the live tokens against all of the other (Horowitz and Sahni 1974), 2^(s/2) numbers.

    Raises `InvalidInput` where that is too much work; 1/2 is then a bound, which only loosens Lemma 1.

    >>> pi([0.5, 0.3, 0.2]), round(pi([3, 3, 1]), 4)
    (0.5, 0.4286)
    """
    numbers("p", p)
    given = np.asarray(p)
    if np.issubdtype(given.dtype, np.integer):
        return _pi_of_counts(given)
    law = distributions.validated(p)
    require(law.ndim == 1, f"p has shape {law.shape}; pi takes one law, shape (s,).")
    return _pi_of_law(law[law > 0])


def _pi_of_counts(counts: NDArray[np.integer]) -> float:
    """pi of the empirical law with these counts, by a bit for every reachable sum."""
    require(
        counts.ndim == 1 and counts.size > 0 and bool((counts >= 0).all()) and bool(counts.any()),
        f"p was given as whole counts of shape {counts.shape}; it takes shape (s,), none below 0, not all 0.",
    )
    N, live = int(counts.sum()), counts[counts > 0].tolist()
    if N * len(live) > MOST_WORK:
        raise _too_large(f"{len(live)} tokens counted {N} times")
    reachable = 1  # bit b: some of the tokens so far have b counts together
    for times in live:
        reachable |= reachable << times
    below = reachable & ((1 << (N // 2 + 1)) - 1)
    return (below.bit_length() - 1) / N


def _pi_of_law(live: Floats) -> float:
    """pi of probabilities: the largest subset sum of at most 1/2, meeting in the middle."""
    if len(live) > MOST_TOKENS:
        raise _too_large(f"{len(live)} live tokens given by their probabilities")
    half = len(live) // 2
    left, right = _subset_sums(live[:half]), np.sort(_subset_sums(live[half:]))
    partner = np.searchsorted(right, 0.5 + 1e-12 - left, side="right") - 1
    sums = left + right[np.maximum(partner, 0)]
    return float(min(0.5, sums[partner >= 0].max()))


def _subset_sums(values: Floats) -> Floats:
    """The sums of all subsets, 2^len(values) of them."""
    sums = np.zeros(1)
    for value in values:
        sums = np.concatenate([sums, sums + value])
    return sums


def _too_large(what: str) -> InvalidInput:
    return InvalidInput(
        f"pi of {what} is too much work (at most {MOST_TOKENS} tokens, or tokens x counts up to 1e10); "
        "use 1/2, which is a bound and only loosens Lemma 1, or give fewer tokens."
    )


def log_G(n: ArrayLike, s: ArrayLike) -> Floats:  # noqa: N802
    """(10) and (13): ln G_n(s); -inf at s = 1, where nothing can deviate.

    G_n(s) = C_1 s exp(C_0 n/(2e))    if C_0 n/e + 2 <= s,
             C_1 s (C_0 n/s)^(s/2)    if C_0 n/4 + 2 <= s < C_0 n/e + 2,
             2^s - 2                  if s < C_0 n/4 + 2,       with C_0 = e^3/(2 pi) and C_1 = 6e/pi^(3/2).
    """
    n, s = np.broadcast_arrays(arguments.sample_size(n), arguments.vocabulary(s))
    with np.errstate(divide="ignore"):
        few = s * math.log(2) + np.log1p(-(2.0 ** (1 - s)))
    some = math.log(C1) + np.log(s) + s / 2 * np.log(C0 * n / s)
    many = math.log(C1) + np.log(s) + C0 * n / (2 * math.e)
    return np.where(C0 * n / math.e + 2 <= s, many, np.where(C0 * n / 4 + 2 <= s, some, few))


def G(n: ArrayLike, s: ArrayLike) -> Floats:  # noqa: N802
    """(10): G_n(s) itself; infinite where it is beyond a float.

    >>> float(G(n=10, s=3).round(12))
    6.0
    """
    with np.errstate(over="ignore"):
        return np.exp(log_G(n, s))


def concentration_bound(p: ArrayLike, n: ArrayLike, eps: ArrayLike, *, pi_p: float | None = None) -> Floats:
    """Lemma 1: G_n(s) exp(-n phi(pi_p) eps^2/4), said to bound P(||p_hat - p||_1 >= eps); above 1 it says nothing.

    `s` is the length of `p`.  `pi_p` is computed by `pi` unless it is given; 1/2 is always allowed.
    """
    with np.errstate(over="ignore"):
        return np.exp(log_G(n, _length(p)) + _log_tail(p, n, eps, pi_p))


def weissman_bound(p: ArrayLike, n: ArrayLike, eps: ArrayLike, *, pi_p: float | None = None) -> Floats:
    """Lemma 1 with 2^s - 2 in place of G_n(s), for every n and s (Weissman et al. 2003)."""
    s = float(_length(p))
    with np.errstate(over="ignore"):
        return np.exp(s * math.log(2) + np.log1p(-(2.0 ** (1 - s))) + _log_tail(p, n, eps, pi_p))


def exact_tail(p: ArrayLike, n: int, eps: ArrayLike) -> Floats:
    """P(||p_hat - p||_1 >= eps) for n samples, by looking at every outcome (ours), as far as `outcomes` goes.

    >>> exact_tail([0.5, 0.5], n=2, eps=[0.5, 1.5]).round(12).tolist()
    [0.5, 0.0]
    """
    p, n = distributions.validated(p), count("n", n)
    counts, chance = outcomes(p[p > 0], n)
    deviation = np.abs(counts / n - p[p > 0]).sum(axis=1)
    reached = deviation >= numbers("eps", eps)[..., None] - 1e-12  # a tie counts, whatever its rounding
    return np.asarray((reached * chance).sum(axis=-1))


def uniform_tail(n: int, s: int) -> tuple[Floats, Floats]:
    """Exact P(||p_hat - p||_1 >= eps) for uniform p on s >= n tokens, at every value eps that can occur.

    The pair (eps, probability), both of shape (n,), from the largest eps on.  Where n <= s, a token that is hit has
    p_hat >= 1/n >= 1/s, so all that p_hat lacks is at the tokens missed, and the deviation is 2/s times their
    number.  After k samples j tokens are hit with probability P_k(j) = P_{k-1}(j) j/s + P_{k-1}(j-1) (s-j+1)/s.

    >>> [part.round(12).tolist() for part in uniform_tail(2, 4)]
    [[1.5, 1.0], [0.25, 1.0]]
    """
    n, s = count("n", n), count("s", s)
    require(n <= s, f"n was {n} and s was {s}; the law of the missed tokens tells all where 1 <= n <= s.")
    j = np.arange(n + 1)
    hit = np.zeros(n + 1)
    hit[0] = 1.0
    for _ in range(n):
        hit[1:] = hit[1:] * j[1:] / s + hit[:-1] * (s - j[:-1]) / s
        hit[0] = 0.0
    return 2 * (1 - j[1:] / s), hit[1:].cumsum()


def outcomes(p: ArrayLike, n: int) -> tuple[NDArray[np.int64], Floats]:
    """Every vector of token counts of n samples, shape (outcomes, s), and its probability, shape (outcomes,).

    Raises `InvalidInput` above 200,000 outcomes.
    """
    p, n = distributions.validated(p), count("n", n)
    require(p.ndim == 1, f"p has shape {p.shape}; it takes one law, shape (s,).")
    many = math.comb(n + len(p) - 1, len(p) - 1)
    require(
        many <= MOST_OUTCOMES,
        f"{n} samples of {len(p)} tokens have {many:.3g} outcomes, more than the {MOST_OUTCOMES:,} that can be "
        "looked at one by one; give fewer samples or tokens.",
    )
    from scipy.stats import multinomial  # loaded where it is needed, since that takes half a second

    bars = itertools.combinations(range(n + len(p) - 1), len(p) - 1)  # between n stars
    counts = np.array([[b - a - 1 for a, b in itertools.pairwise((-1, *cut, n + len(p) - 1))] for cut in bars])
    return counts, multinomial.pmf(counts, n, p)


def _length(p: ArrayLike) -> int:
    """The s of a law, or of counts, of shape (s,)."""
    law = numbers("p", p)
    require(law.ndim == 1 and law.size > 0, f"p has shape {law.shape}; it takes one law, shape (s,).")
    return len(law)


def _log_tail(p: ArrayLike, n: ArrayLike, eps: ArrayLike, pi_p: float | None) -> Floats:
    """-n phi(pi_p) eps^2 / 4."""
    rate = phi(pi(p) if pi_p is None else pi_p)
    return -arguments.sample_size(n) * rate * arguments.tolerance(eps) ** 2 / 4
