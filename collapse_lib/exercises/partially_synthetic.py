"""Exercises on keeping the real data: Theorem 2 and its misprint."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from collapse_lib.exercises import Key, exercise
from collapse_lib.exercises.answers import Array, Function, Number
from collapse_lib.schedules import Draw, PartiallySynthetic
from collapse_lib.theory import moments, paper


def _truth_and_real(rng: np.random.Generator) -> tuple[float, ...]:
    """S_0 and N."""
    return round(float(rng.uniform(0.05, 0.9)), 2), int(rng.integers(2, 40))


def _all_three(rng: np.random.Generator) -> tuple[float, ...]:
    """S_0, N and n."""
    return *_truth_and_real(rng), int(rng.integers(2, 80))


@exercise(
    "partially-synthetic/flood",
    points=1,
    title="Drowned in synthetic data",
    question="What S_m tends to as n grows without bound, at a fixed m, as a function of S_0 and N.",
    takes=Function("S0, N", _truth_and_real),
    hint="with ever more samples of a model, what does the next model look like?",
)
def flood() -> Key:
    """Each model copies the one before it, so S_m stays at S_1."""
    return Key(
        lambda S0, N: paper.sigma_partially_synthetic(S0, N, 1e13, 3),
        {
            "that is the remark as arXiv v1 has it; does it tend to S_1?": lambda S0, N: paper.sigma_much_synthetic(
                S0, N, printed=True
            ),
            "that is the truth's own value, and no model but an endless one reaches it.": lambda S0, _: S0,
            "that is total collapse; with m fixed, ever larger n copy ever more faithfully.": lambda *_: 1.0,
        },
    )


@exercise(
    "partially-synthetic/settled",
    points=1,
    title="When it has settled",
    question="The first generation at which S_m has come 99 % of the way from S_1 to its limit, N = 100, n = 400.",
    takes=Number(whole=True),
    hint="what is still missing shrinks by one and the same factor in each generation; which?",
)
def settled(*, N: int = 100, n: int = 400) -> Key:
    """From the exact diversities and their limit."""
    S = moments.sigma(PartiallySynthetic(N, n), [0.5, 0.5], 5 + 3 * math.ceil((N + n) / N))
    limit = float(paper.sigma_partially_synthetic_limit(0.5, N, n))
    truth = int(np.argmax((limit - S[1:]) <= 0.01 * (limit - S[1]))) + 1
    alpha = n / (N + n)
    return Key(
        truth,
        {
            "that is the number of generations after the first; the first is generation 1.": truth - 1,
            "that is how one line of descent forgets, at the rate alpha; two lines are followed.": 1
            + math.ceil(math.log(0.01) / math.log(alpha)),
        },
        (1, math.inf, "generations that are trained start at 1."),
    )


@exercise(
    "partially-synthetic/misprint",
    points=2,
    title="Catch the misprint",
    question="How much larger S_2 is than (9) says in arXiv v1, as a function of S_0, N and n.",
    takes=Function("S0, N, n", _all_three),
    hint="S_1 needs no theorem, and S_2 is one step from it: two draws are the same sample, or they are not.",
)
def misprint() -> Key:
    """S_2 from the exact moments, less what is printed, at m = 1."""

    def off(S0: float, N: int, n: int, m: int = 2) -> float:
        real = 1 - (1 - S0) * float(moments.diversity(PartiallySynthetic(N, n), m)[m])
        return real - float(paper.sigma_partially_synthetic(S0, N, n, m, printed=True))

    return Key(
        off,
        {
            "that is the printed value less the true one.": lambda S0, N, n: -off(S0, N, n),
            "that is half of it: what should be added is taken away.": lambda S0, N, n: off(S0, N, n) / 2,
            "that is at m = 0, for S_1; the formula is stated for m >= 1.": lambda S0, N, n: off(S0, N, n, 1),
        },
    )


@dataclass(frozen=True)
class Alternating:
    """Real and synthetic data in the odd generations, synthetic data alone in the even ones."""

    real: int
    synthetic: int
    draw: ClassVar[Draw] = "fresh"

    def sizes(self, m: int) -> NDArray[np.int64]:
        """Row m, tokens.

        >>> Alternating(20, 10).sizes(3).tolist(), Alternating(20, 10).sizes(2).tolist()
        ([20, 0, 10], [0, 10])
        """
        row = np.zeros(m, dtype=np.int64)
        row[-1] = self.synthetic
        if m % 2:
            row[0] = self.real
        return row


@exercise(
    "partially-synthetic/alternating",
    points=3,
    title="Real data every other time",
    question="The two values between which S_m alternates in the end, if only odd generations see the real data.",
    takes=Array("after odd generations, after even ones", 2, 1e-5),
    hint="let x and y be the shares of diversity after odd and even generations, and write one equation for each.",
)
def alternating(*, N: int = 20, n: int = 20, S0: float = 0.2) -> Key:
    """The exact moments, far out."""
    S = 1 - moments.diversity(Alternating(N, n), 201) * (1 - S0)
    always = float(paper.sigma_partially_synthetic_limit(S0, N, n))
    return Key(
        S[[201, 200]],
        {
            "these are the right two numbers, in the wrong order.": S[[200, 201]],
            "the even one is right for that odd one, but the odd generations mix with what the even ones left.": [
                always,
                1 - (1 - 1 / n) * (1 - always),
            ],
        },
    )
