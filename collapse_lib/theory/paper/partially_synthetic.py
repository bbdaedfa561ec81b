"""Section 3.2, real data kept: Theorem 2, the mean of sigma_m when N real samples are always in the training set.

Glossary, the paper's letters:

=======  ==============================================================================================
`S0`     S_0 = ||p||_2^2
`N`      real samples, drawn once and used by every generation, tokens
`n`      synthetic samples of the last model, in every generation from the second on, tokens
`m`      generation, here from 1, the model trained on the real samples alone
`alpha`  n/(N + n), the synthetic share of a training set
`beta`   alpha [(1 + 1/N) alpha - 1/N] = n (n - 1)/(N + n)^2
=======  ==============================================================================================

**A misprint.** In arXiv v1 equation (9), for m >= 1, gives S_{m+1} as

    (1/N) [1 + 2 alpha - (1 - 1/N) alpha beta^m] / D  +  (1 - 1/N) S_0 [1 + alpha - (alpha/N) beta^m] / D

with D = 1 + (1 + 1/N) alpha.  The last minus sign must be a plus, here and in the last display of the proof
(Appendix B.3); the line before that display, with - alpha^2 (1 - beta^m)/(1 - beta), forces it.  So written, it is
the same as

    1 - S_m = (1 - 1/N) (1 - S_0) [1 + alpha + (alpha/N) beta^(m-1)] / D,        m >= 1,

which says at once that S_m grows from S_1 = 1/N + (1 - 1/N) S_0 to the limit that the paper gives as a bound.  The
correction and this form are ours; the page on Theorem 2 proves them.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from collapse_lib.theory.paper import arguments
from collapse_lib.theory.paper.arguments import Floats


def sigma_partially_synthetic(
    S0: ArrayLike, N: ArrayLike, n: ArrayLike, m: ArrayLike, *, printed: bool = False
) -> Floats:
    """(9), Theorem 2, S_m for m >= 1: the corrected formula, or with `printed=True` that of arXiv v1.

    The theorem begins at S_2.  A sanity check beside it: at m = 1 no synthetic data are involved, and S_1 is
    1/N + (1 - 1/N) S_0, here 0.6.

    >>> [round(float(sigma_partially_synthetic(S0=0.5, N=5, n=20, m=m)), 4) for m in (1, 2)]
    [0.6, 0.6128]
    >>> [round(float(sigma_partially_synthetic(S0=0.5, N=5, n=20, m=m, printed=True)), 4) for m in (1, 2)]
    [0.5347, 0.5731]
    """
    S0, N, n = arguments.second_moment(S0), arguments.sample_size(N, "N"), arguments.sample_size(n)
    m = arguments.generation(m, first=1)
    alpha, beta, D = _letters(N, n)
    sign = -1 if printed else 1
    constant = (1 / N) * (1 + 2 * alpha - (1 - 1 / N) * alpha * beta ** (m - 1)) / D
    slope = (1 - 1 / N) * (1 + alpha + sign * (alpha / N) * beta ** (m - 1)) / D
    return constant + slope * S0


def sigma_partially_synthetic_limit(S0: ArrayLike, N: ArrayLike, n: ArrayLike) -> Floats:
    """Appendix B.3, proof of Theorem 2, the bound of S_m, m >= 2: 1 - (1 - 1/N)(1 + alpha)(1 - S_0)/D; its limit.

    The paper states S_m < bound.  Since S_m increases to it, no smaller bound holds for all m; it is attained, from
    m = 2 on, where beta = 0 (n = 1) and where the first model is a Dirac mass (N = 1).
    """
    S0, N, n = arguments.second_moment(S0), arguments.sample_size(N, "N"), arguments.sample_size(n)
    alpha, _, D = _letters(N, n)
    return 1 - (1 - 1 / N) * (1 + alpha) * (1 - S0) / D


def sigma_much_synthetic(S0: ArrayLike, N: ArrayLike, *, printed: bool = False) -> Floats:
    """The remark after Theorem 2, S_m as n/N grows without bound, at any fixed m >= 2.

    Corrected: S_1 = 1/N + (1 - 1/N) S_0; each generation copies the one before it.  Printed: 1/N +
    (2 + 1/N)^{-1} (1 - 1/N)(2 - 1/N) S_0, which the misprint in (9) entails.
    """
    S0, N = arguments.second_moment(S0), arguments.sample_size(N, "N")
    kept = (1 - 1 / N) * (2 - 1 / N) / (2 + 1 / N) if printed else 1 - 1 / N
    return 1 / N + kept * S0


def _letters(N: Floats, n: Floats) -> tuple[Floats, Floats, Floats]:
    """alpha, beta and D = 1 + (1 + 1/N) alpha."""
    alpha = n / (N + n)
    beta = np.asarray(n * (n - 1) / (N + n) ** 2)
    return alpha, beta, 1 + (1 + 1 / N) * alpha
