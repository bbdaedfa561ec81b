"""The paper's numbered statements, one function each, in the paper's letters.

=====================  =======================================================================================
`fully_synthetic`      Theorem 1 and Proposition 1: (6), (7), (8)
`partially_synthetic`  Theorem 2: (9), printed and corrected
`concentration`        Lemma 1: phi, pi (12), G_n(s) (10) = (13), and the tail of the L1 deviation
`model_deviation`      Theorems 3 and 4: (11), (16), (18), (19)
=====================  =======================================================================================

Functions of numbers take arrays and broadcast; sizes are in tokens, m is a generation.
"""

from collapse_lib.theory.paper.concentration import (
    C0,
    G,
    concentration_bound,
    exact_tail,
    log_G,
    outcomes,
    phi,
    pi,
    uniform_tail,
    weissman_bound,
)
from collapse_lib.theory.paper.fully_synthetic import (
    collapse_probability_bounds,
    collapse_time_bounds,
    limit_distribution,
    sigma_fully_synthetic,
)
from collapse_lib.theory.paper.model_deviation import (
    deviation_bound,
    deviation_bound_refined,
    deviation_bound_sum,
    deviation_chain,
    largest_synthetic,
    mean_spread,
    zeta,
)
from collapse_lib.theory.paper.partially_synthetic import (
    sigma_much_synthetic,
    sigma_partially_synthetic,
    sigma_partially_synthetic_limit,
)

__all__ = [
    "C0",
    "G",
    "collapse_probability_bounds",
    "collapse_time_bounds",
    "concentration_bound",
    "deviation_bound",
    "deviation_bound_refined",
    "deviation_bound_sum",
    "deviation_chain",
    "exact_tail",
    "largest_synthetic",
    "limit_distribution",
    "log_G",
    "mean_spread",
    "outcomes",
    "phi",
    "pi",
    "sigma_fully_synthetic",
    "sigma_much_synthetic",
    "sigma_partially_synthetic",
    "sigma_partially_synthetic_limit",
    "uniform_tail",
    "weissman_bound",
    "zeta",
]
