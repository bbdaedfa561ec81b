"""Softmax regression on one-hot contexts (paper, equation 1), to show that it is counting (equation 2).

The data are M pairs: a context x_i in {0..c-1} and the token y_i in {0..s-1} that follows it.  The loss is

    L(W) = -(1/M) sum_i log softmax(W[x_i])[y_i],       W of shape (c, s).

With w_j = N_j / M the share of context j and f_j the token frequencies after it, the gradient of row j is
w_j (softmax(W[j]) - f_j).  It vanishes exactly where the fitted probabilities are the frequencies.  Hence, too,
the distance between what an optimiser returns and the frequencies is its own gradient divided by w_j.

A token never seen after a context has frequency 0, which softmax reaches only as its weight goes to minus
infinity: the infimum of the loss is then not attained, and the optimiser stops at a small positive probability.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy
from numpy.typing import ArrayLike, NDArray
from scipy.special import log_softmax
from scipy.special import softmax as _softmax

from collapse_lib.errors import require


@dataclass(frozen=True)
class Fit:
    """A fitted softmax regression: W and probabilities (c, s), counts (c, s), the loss and how it was reached.

    `converged` is False where the iterations ran out first.
    """

    weights: NDArray[np.float64]
    counts: NDArray[np.int64]
    loss: float
    iterations: int
    converged: bool

    @property
    def probabilities(self) -> NDArray[np.float64]:
        """softmax(W), shape (c, s)."""
        return _softmax(self.weights, axis=-1)

    @property
    def frequencies(self) -> NDArray[np.float64]:
        """Equation (2): the share of each token among those seen after each context, shape (c, s)."""
        return self.counts / self.counts.sum(axis=-1, keepdims=True)

    @property
    def discrepancy(self) -> float:
        """Largest absolute difference between the fitted probabilities and the frequencies."""
        return float(np.abs(self.probabilities - self.frequencies).max())


def fit(
    contexts: ArrayLike,
    tokens: ArrayLike,
    *,
    vocabulary: int | None = None,
    tolerance: float = 1e-7,
    iterations: int = 5_000,
) -> Fit:
    """Minimise equation (1) by L-BFGS (scipy), from W = 0.

    `contexts` and `tokens` are integer arrays of one shape (M,).  Every context in 0..max must occur.
    `tolerance` bounds the gradient of each context's own mean loss, and so the discrepancy from equation (2).

    The frequencies enter only through the loss and its gradient; the solution is found, not filled in.

    >>> fit([0, 0, 0, 1], [0, 0, 1, 1]).probabilities.round(3).tolist()
    [[0.667, 0.333], [0.0, 1.0]]
    """
    contexts, tokens = _whole_numbers("contexts", contexts), _whole_numbers("tokens", tokens)
    require(
        contexts.shape == tokens.shape and contexts.ndim == 1 and contexts.size > 0,
        f"contexts has shape {contexts.shape} and tokens {tokens.shape}; they take one shape (M,), M at least 1.",
    )
    s = int(tokens.max()) + 1 if vocabulary is None else vocabulary
    require(s > tokens.max(), f"vocabulary was {s}, but the token {tokens.max()} occurs.")
    c = int(contexts.max()) + 1
    cells = (contexts * s + tokens).astype(np.intp, copy=False)
    counts = np.bincount(cells, minlength=c * s).reshape(c, s)
    seen = counts.sum(axis=-1)
    require(bool((seen > 0).all()), f"context {int(seen.argmin())} never occurs; number the contexts without gaps.")

    # Rows of W do not interact, so each row's loss may be divided by its own share N_j / M; no minimiser moves.
    # And each weight is measured in units of its standard error, about 1/sqrt(frequency), so that rare contexts and
    # rare tokens converge as fast as the others.
    frequencies = counts / seen[:, None]
    scale = np.sqrt((seen[:, None] + s) / (counts + 1))

    def mean_losses(flat: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        log_p = log_softmax(flat.reshape(c, s) * scale, axis=-1)
        return -float((frequencies * log_p).sum()), ((np.exp(log_p) - frequencies) * scale).reshape(-1)

    found = scipy.optimize.minimize(
        mean_losses,
        np.zeros(c * s),
        jac=True,
        method="L-BFGS-B",
        options={"maxiter": iterations, "maxfun": 2 * iterations, "gtol": tolerance, "ftol": 0.0, "maxcor": 20},
    )
    weights = found.x.reshape(c, s) * scale
    loss = -float((counts * log_softmax(weights, axis=-1)).sum() / len(tokens))
    return Fit(weights, counts, loss, int(found.nit), bool(np.abs(found.jac).max() <= tolerance))


def _whole_numbers(name: str, values: ArrayLike) -> NDArray[np.int64]:
    """The values as integers of at least 0, or `InvalidInput`."""
    array = np.asarray(values)
    require(
        np.issubdtype(array.dtype, np.integer) and (array.size == 0 or bool(array.min() >= 0)),
        f"{name} takes whole numbers of at least 0; it was given {array.dtype}"
        + (f" with {array.min()} among them." if array.size and np.issubdtype(array.dtype, np.integer) else "."),
    )
    return array.astype(np.int64)
