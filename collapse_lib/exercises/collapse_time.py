"""Exercises on the collapse time and its exact law."""

from __future__ import annotations

import itertools
import math

import numpy as np

from collapse_lib import distributions
from collapse_lib.exercises import Key, exercise
from collapse_lib.exercises.answers import Function, Number
from collapse_lib.theory import coalescent


def _moment(rng: np.random.Generator) -> tuple[float, ...]:
    """S_0, of at least 1/2, so that two tokens have it."""
    return (round(float(rng.uniform(0.5, 0.99)), 2),)


@exercise(
    "collapse-time/two-samples",
    points=1,
    title="Two samples",
    question="E[T] for n = 2, as a function of S_0.",
    takes=Function("S0", _moment),
    hint="condition on whether the first model is a Dirac mass already.",
)
def two_samples() -> Key:
    """The exact mean for two tokens; with n = 2 it depends on the truth through S_0 alone."""

    def law(S0: float) -> float:
        first = (1 + math.sqrt(2 * S0 - 1)) / 2
        return coalescent.expected_collapse_time([first, 1 - first], 2)

    return Key(
        law,
        {
            "that leaves out the first generation, which counts.": lambda S0: law(S0) - 1,
            "that is for a first model which is no Dirac mass; sometimes it is one.": lambda _: 3.0,
        },
    )


@exercise(
    "collapse-time/rarest",
    points=2,
    title="The end of a rare token",
    question="The chance that a token with p_i = 0.02 is extinct by generation 10, for n = 50.",
    takes=Number(1e-4),
    hint="the token is extinct if none of the ancestors in the real corpus is that token; how many are there?",
)
def rarest(*, n: int = 50, generations: int = 10, p: float = 0.02) -> Key:
    """The exact law; a token and all the others together are a truth of two tokens."""
    law = coalescent.extinction_probability([p, 1 - p], n, generations)[:, 0]
    last = next(itertools.islice(coalescent.ancestors(n), generations - 1, None))
    lines = float(last @ np.arange(len(last)))
    return Key(
        float(law[generations]),
        {
            "that is the chance for the first generation alone.": float(law[1]),
            "that is one generation early: generation m has K_{m-1} ancestors in the real corpus.": float(
                law[generations - 1]
            ),
            "that puts the mean of K in place of K: a mean of powers is not the power of a mean.": (1 - p) ** lines,
            "that is the chance for as many independent samples as there are in all generations together.": (1 - p)
            ** (n * generations),
            "that is the chance to survive.": 1 - float(law[generations]),
        },
        (0, 1, "a probability lies between 0 and 1."),
    )


@exercise(
    "collapse-time/last-context",
    points=2,
    title="Until the last context has collapsed",
    question="The mean time until all of 81 contexts have collapsed, n = 20, each with three equal tokens.",
    takes=Number(1e-3),
    hint="the last of independent times is at most m if all are: sum 1 - rho_m^81 over m.",
)
def last_context(*, contexts: int = 81, n: int = 20) -> Key:
    """The exact mean of the maximum."""
    truths = np.tile(distributions.uniform(3), (contexts, 1))
    one = coalescent.expected_collapse_time(truths[0], n)
    truth = coalescent.expected_last_collapse(truths, n)
    return Key(
        truth,
        {
            "that is the mean for one context.": one,
            "that adds up the contexts' times; they run side by side.": one * contexts,
            "that starts the sum at m = 1; at m = 0 no context has collapsed.": truth - 1,
        },
        (one, one * contexts, "the last of them takes longer than one, and no longer than all in a row."),
    )
