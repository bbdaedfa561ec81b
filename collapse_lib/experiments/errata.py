"""The setting of the chapter `errata`."""

from __future__ import annotations

from dataclasses import dataclass

from collapse_lib import parameters
from collapse_lib.parameters import parameter


@dataclass(frozen=True, eq=False)
class Scene(parameters.Scene):
    """The setting of the chapter."""

    trials: int = parameter(20_000, "runs behind each verdict", 100, 1_000_000, quick=10_000, deep=100_000)
    moment: float = parameter(
        0.3, "S_0 of the truth at which the misprint in (9) is measured", 0.05, 0.9, paper="0.1 in Figure 3"
    )
    real: int = parameter(5, "real samples at which it is measured", 2, 50, paper="100 in Figure 3")
    tokens: int = parameter(5, "equal tokens in the counterexample to a step of Theorem 4's proof", 2, 10)
    lemma_tokens: int = parameter(60, "equal tokens in the counterexample to Lemma 1, an even number", 4, 1_000)
    lemma_samples: int = parameter(10, "samples in that counterexample", 2, 500)
    seed: int = parameter(0, "where every random stream starts", 0)
    synthetic: int = parameter(100, "synthetic samples where (9) is tried, tokens", 1, 10_000, own=True)
    odd: int = parameter(7, "real samples where the step of Theorem 4 is tried, tokens", 1, 1_000, own=True)
    vocabulary: int = parameter(600, "size s of the vocabulary in Theorem 3, tokens", 2, 100_000, own=True)
    N: int = parameter(100, "real samples in Theorem 3, tokens", 1, 100_000, own=True)
    sizes: tuple[int, ...] = parameter(
        (1, 10, 100, 400), "synthetic samples in Theorem 3, tokens", 0, 100_000, own=True
    )
    truth: tuple[float, ...] = parameter((), "your own truth, probabilities that sum to 1", 0, 1, own=True)
    eps: float = parameter(0.25, "the bound on the deviation in Theorem 3", 0, 2, own=True)
    size: int = parameter(10, "samples in each generation of (5), tokens", 1, 1_000, own=True)
