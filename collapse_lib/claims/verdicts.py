"""How often a verdict is false: the comparisons of `evidence`, measured on data whose truth is known.

The worst truth is one on the edge of what is claimed: a claim that is barely false is the easiest to support by
chance, and one that is barely true the easiest to refute.  Data sets are drawn as what the comparisons look at:
mean and standard deviation of normal runs (independent, with their own laws), hits of 0/1 runs (binomial), and
for skewed runs how many collapsed at each generation (multinomial, with the exact law of the collapse time).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import special

from collapse_lib import evidence
from collapse_lib.claims import Judge, claim, registry
from collapse_lib.evidence import ALPHA, Verdict, power
from collapse_lib.evidence.comparisons import (
    equality_p_values,
)
from collapse_lib.evidence.samples import FEWEST
from collapse_lib.experiments.verdicts import (
    SKEWED_ENOUGH,
    Scene,
    Z,
    at_the_edge,
    enough,
    normal,
    simulated_families,
    smallest_false,
)

CHAPTER = "verdicts"
SLACK = 1.5
"""A measured rate may be this many times alpha: Student's t and the growth rates are approximations."""
ENOUGH = f"For {SKEWED_ENOUGH:,} runs or more"
OTHER_DATA = "Other data than normal runs, runs of 0 and 1, and collapse times"


@claim(
    "verdicts/false-support",
    chapter=CHAPTER,
    place="False alarms",
    statement=r"A claim that is barely false is called supported with a chance of at most 1.5 %, half as much "
    r"again as the \(\alpha\) = 1 % that is aimed at: equalities, bounds, growth rates and whole laws.",
    origin="ours",
    quantifiers=f"{ENOUGH}, with the truth on the edge of what is claimed, the worst case for a support.",
    not_run=rf"{OTHER_DATA}; fewer runs, where Student's \(t\) is worse (the page shows by how much).",
    planted=3,
    sensible=False,
)
def false_support(s: Scene) -> Judge:
    """The share of data sets, truth on the edge, that each comparison supports (at level alpha times `distort`)."""
    found = at_the_edge(s.data_sets, enough(s.trials, s.n), s.n, s.seed)
    return lambda spoil: _rarely([support <= spoil * ALPHA for support, _ in found.values()])


@claim(
    "verdicts/false-refutal",
    chapter=CHAPTER,
    place="False alarms",
    statement=r"A claim that is barely true is called refuted with a chance of at most 1.5 %, half as much again "
    r"as the \(\alpha\) = 1 % that is aimed at.",
    origin="ours",
    quantifiers=f"{ENOUGH}, with a claim that allows the truth and nothing else, the worst case for a refutal.",
    not_run=f"{OTHER_DATA}; fewer runs.",
    planted=3,
    sensible=False,
)
def false_refutal(s: Scene) -> Judge:
    """The share of data sets, truth the only value allowed, that each comparison refutes."""
    found = at_the_edge(s.data_sets, enough(s.trials, s.n), s.n, s.seed)
    return lambda spoil: _rarely([refute <= spoil * ALPHA for _, refute in found.values()])


@claim(
    "verdicts/family",
    chapter=CHAPTER,
    place="The book as a family",
    statement=r"In a whole book of claims that are judged together, some claim is falsely called supported with a "
    r"chance of at most 1.5 %, where \(\alpha\) = 1 %: all barely false, or a third, or all with shared noise.",
    origin="classical",
    after="Holm (1979)",
    quantifiers=r"For any number of claims, however many are false and however they depend on each other, with a "
    r"chance of \(\alpha\) at most; where it is \(\alpha\), no measurement can show that it is not more.",
    not_run="Other numbers of claims than this book's, and other dependence than noise of correlation 1/2.",
    planted=3,
    sensible=False,
)
def family(s: Scene) -> Judge:
    """The share of families with a false verdict, at level alpha times `distort`."""
    found = simulated_families(s.claims or len(registry()), s.families, s.seed)
    smallest = [smallest_false(p, false) for p, false in found.values()]
    return lambda spoil: _rarely([p <= spoil * ALPHA for p in smallest])


@claim(
    "verdicts/power",
    chapter=CHAPTER,
    place="Power",
    statement=r"True claims are called supported, and planted errors refuted, as often as the exact law of "
    r"Student's \(t\) says for normal runs: where that is about a quarter, a half and three quarters.",
    origin="classical",
    after="Schuirmann (1987)",
    quantifiers=r"For normal runs, any number of them from 4, any margin and any error.",
    not_run="Runs that are not normal, chances near 0 and 1, and other comparisons than equality.",
    planted=1.3,
)
def exact_power(s: Scene) -> Judge:
    """Shares of "supported" at three numbers of runs, and of "refuted" at three errors.

    Give or take 10 % of the share or of what is left of 1, whichever is smaller.
    """
    rng = np.random.default_rng(s.seed)
    quarters = np.array([0.25, 0.5, 0.75])
    N = np.unique(np.maximum(FEWEST, ((Z + special.ndtri((1 + quarters) / 2)) / s.margin) ** 2).astype(int))
    d = s.margin + (-special.ndtri(ALPHA / 2) + special.ndtri(quarters)) / np.sqrt(s.trials)
    found = [equality_p_values(normal(rng, 0.0, k, s.data_sets), np.zeros(1), np.asarray(s.margin))[0] for k in N]
    found += [
        equality_p_values(normal(rng, e, s.trials, s.data_sets), np.zeros(1), np.asarray(s.margin))[1] for e in d
    ]
    exact = np.concatenate([power.supported(N, 0.0, s.margin), power.refuted(s.trials, d, s.margin)])
    shares, about = np.stack([p <= ALPHA for p in found], axis=1), np.minimum(exact, 1 - exact)
    return lambda spoil: evidence.equality(shares, np.minimum(1, spoil * exact), margin=0.1 * about, about=about)


def _rarely(falsely: list[NDArray[np.bool_]]) -> Verdict:
    """The verdict on "each of these happens with a chance of at most SLACK times alpha", over all data sets."""
    return evidence.at_most(np.stack(falsely, axis=1), SLACK * ALPHA)
