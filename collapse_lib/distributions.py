"""Truths p^(0): the distribution that the real data come from.

Each function returns a float64 array of shape (vocabulary,) that sums to one, most probable token first (but for
`dirichlet`).  `with_moments` is the one that the paper's figures need: its three knobs are the vocabulary s, the
support size s~ and S_0 = sum_k p_k^2.  `zipf_with_sigma` has the same knobs and no chance in it.
"""

from __future__ import annotations

import math

import numpy as np
import scipy
from numpy.typing import ArrayLike, NDArray
from scipy.special import softmax

from collapse_lib.errors import InvalidInput, count, number, numbers, require

BITS = 33
"""Of a probability that is drawn from: ten decimal digits."""


def uniform(vocabulary: int, support: int | None = None) -> NDArray[np.float64]:
    """Equal probabilities on the first `support` tokens (all of them by default), so S_0 = 1/support.

    >>> uniform(4, support=2).tolist()
    [0.5, 0.5, 0.0, 0.0]
    """
    support = _check_support(vocabulary, support)
    p = np.zeros(vocabulary)
    p[:support] = 1 / support
    return p


def zipf(vocabulary: int, exponent: float = 1.0, support: int | None = None) -> NDArray[np.float64]:
    """Zipf's law: p_k proportional to k^(-exponent) for k = 1..support (G. K. Zipf, 1935).

    >>> zipf(3).round(3).tolist()
    [0.545, 0.273, 0.182]
    """
    support = _check_support(vocabulary, support)
    exponent = number("exponent", exponent)
    require(np.isfinite(exponent) and exponent >= 0, f"exponent was {exponent!r}; it takes a number of at least 0.")
    p = np.zeros(vocabulary)
    p[:support] = softmax(-exponent * np.log(np.arange(1, support + 1)))
    return p


def zipf_with_sigma(vocabulary: int, sigma: float, support: int | None = None) -> NDArray[np.float64]:
    """Zipf's law on `support` tokens (all of them by default), with the exponent for which sum_k p_k^2 = sigma.

    The exponent 0 is uniform (sigma = 1/support), a large one nearly a Dirac mass (sigma -> 1).  Nothing is random.

    Raises `InvalidInput` unless sigma lies in [1/support, 1).

    >>> p = zipf_with_sigma(52, sigma=0.1)
    >>> round(float((p**2).sum()), 14), round(float(np.log(p[0] / p[1]) / np.log(2)), 4)
    (0.1, 1.1008)
    """
    support = _check_support(vocabulary, support)
    _check_sigma(sigma, support)
    p = np.zeros(vocabulary)
    p[:support] = _with_sigma(-np.log(np.arange(1, support + 1)), sigma)
    return p


def dirichlet(vocabulary: int, concentration: float, rng: np.random.Generator) -> NDArray[np.float64]:
    """A random truth from the symmetric Dirichlet(concentration) law; 1 is uniform on the simplex.

    For many contexts at once, stack calls: shape (contexts, vocabulary).
    """
    _check_support(vocabulary, None)
    concentration = number("concentration", concentration)
    require(isinstance(rng, np.random.Generator), f"rng was {rng!r}; give one by numpy.random.default_rng(0).")
    require(
        np.isfinite(concentration) and concentration > 0,
        f"concentration was {concentration!r}; it takes a positive number, 1 being uniform on the simplex.",
    )
    return rng.dirichlet(np.full(vocabulary, float(concentration)))


def with_moments(vocabulary: int, support: int, sigma: float, seed: int) -> NDArray[np.float64]:
    """A random truth with exactly `support` live tokens and sum_k p_k^2 = sigma, to 1e-12.

    The log-probabilities are b times `support` standard normal variables drawn from `seed`, up to a constant: the
    log-normal abundances of Preston (1948).  b is solved for: b = 0 is uniform (sigma = 1/support), b -> infinity
    a Dirac mass (sigma -> 1).

    Raises `InvalidInput` unless sigma lies in [1/support, 1), or where the rarest token's probability would be
    too small for a float.

    >>> p = with_moments(vocabulary=600, support=52, sigma=0.1, seed=0)
    >>> int((p > 0).sum()), round(float((p**2).sum()), 12)
    (52, 0.1)
    """
    support = _check_support(vocabulary, support)
    seed = count("seed", seed, 0)
    _check_sigma(sigma, support)
    p = np.zeros(vocabulary)
    p[:support] = _with_sigma(-np.sort(-np.random.default_rng(seed).normal(size=support)), sigma)
    if p[support - 1] < np.finfo(float).tiny or abs(float(p @ p) - sigma) > 1e-12:
        raise InvalidInput(
            f"no float64 distribution on {support} tokens reaches sigma = {sigma!r} from seed {seed}: its rarest "
            "token would be lost to rounding; take a smaller sigma, a smaller support or another seed."
        )
    return p


def _with_sigma(levels: NDArray[np.float64], sigma: float) -> NDArray[np.float64]:
    """The law proportional to exp(b levels) whose sum of squares is sigma; b >= 0 is solved for."""
    if sigma <= 1 / len(levels) + 1e-15:
        return np.full(len(levels), 1 / len(levels))

    def squares(b: float) -> float:
        q = softmax(b * levels)
        return float(q @ q)

    upper = 1.0
    while squares(upper) < sigma:
        upper *= 2
    root = scipy.optimize.brentq(lambda b: squares(b) - sigma, 0.0, upper, xtol=1e-14, rtol=8.9e-16)
    return softmax(levels * root)


def validated(p: ArrayLike) -> NDArray[np.float64]:
    """`p` as float64 if it is a distribution along its last axis, else `InvalidInput` that says what is wrong.

    >>> validated([0.5, 0.6])
    Traceback (most recent call last):
    ...
    collapse_lib.errors.InvalidInput: the probabilities sum to 1.1; a distribution sums to 1 (to within 1e-9).
    """
    array = numbers("the distribution", p)
    require(array.ndim >= 1 and array.size > 0, "the distribution is empty; it takes one probability a token.")
    require(bool(np.isfinite(array).all()), "the distribution holds a value that is not finite.")
    require(array.min() >= 0, f"the distribution holds {array.min():.6g}; probabilities are at least 0.")
    totals = array.sum(axis=-1)
    worst = totals.flat[np.abs(totals - 1).argmax()]
    require(
        bool(abs(worst - 1) <= 1e-9),
        f"the probabilities sum to {worst:.10g}; a distribution sums to 1 (to within 1e-9).",
    )
    return array


def settled(p: ArrayLike) -> NDArray[np.float64]:
    """`p` to ten significant digits, rescaled to sum to one along its last axis: what is drawn from.

    Exponentials and matrix products differ in their last bits from one processor to another.  Rounded, a truth is
    the same on all of them, and so is what a seed draws from it.

    >>> here, there = np.array([0.1, 0.9]), np.array([0.1 + 2e-17, 0.9])
    >>> bool((here == there).all()), bool((settled(here) == settled(there)).all())
    (False, True)
    """
    fraction, exponent = np.frexp(np.asarray(p, dtype=np.float64))
    rounded = np.ldexp(np.rint(np.ldexp(fraction, BITS)), exponent - BITS)
    return np.asarray(rounded / np.apply_along_axis(math.fsum, -1, rounded)[..., None])


def _check_support(vocabulary: int, support: int | None) -> int:
    """The support to use (all of the vocabulary by default), or `InvalidInput`."""
    vocabulary = count("vocabulary", vocabulary)
    return vocabulary if support is None else count("support", support, 1, vocabulary)


def _check_sigma(sigma: float, support: int) -> None:
    """Refuse a sum of squares that `support` probabilities cannot have."""
    require(
        support >= 2, f"support was {support!r}; with one live token sigma is 1 and there is nothing to choose."
    )
    least, sigma = 1 / support, number("sigma", sigma)
    require(
        np.isfinite(sigma) and least - 1e-15 <= sigma < 1,
        f"sigma was {sigma!r} with support = {support}; the sum of squares of {support} probabilities lies "
        f"in [1/{support}, 1) = [{least:.6g}, 1).",
    )
