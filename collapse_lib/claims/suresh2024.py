"""The rate of forgetting (Suresh, Thangaraj and Khandavally 2025): a beginning of three claims.

Their statements are read from the authors' notebook at commit a172c4d, not from the paper.
"""

from __future__ import annotations

import functools

import numpy as np

from collapse_lib import evidence
from collapse_lib.claims import Judge, claim
from collapse_lib.evidence import OutOfScope, Verdict
from collapse_lib.experiments.suresh2024 import Scene, shares_left
from collapse_lib.theory import suresh2024 as law

CHAPTER = "suresh2024"
WITHIN = 0.05
RARE = 20
"""The median's rule is to first order in the share, and is tried up to 1/20."""


@claim(
    "rate/two-sided",
    chapter=CHAPTER,
    place="Suresh et al., Theorem 1, and a bound from above",
    statement=r"A word of share \(x\) is still there in generation \(k\) with a probability of at least "
    r"\(1 - e^{-n x g_k}\) (theirs) and at most \(1 - (1 - x)^{n r_k}\) (ours): exact, for this page’s word and "
    r"over a grid of \(n\) and \(x\).",
    origin="ours",
    quantifiers=r"For every \(n\), \(x\) and \(k\), in probability; proved on the page.",
    not_run=r"Generations after the page’s last, \(n\) and \(x\) off the grid; their upper bound, and how the "
    "paper itself prints the theorem.",
    planted=1.2,
)
def two_sided(s: Scene) -> Judge:
    """The exact survival between the two bounds, at every size, share and generation."""
    x, K = [s.share, *s.shares], s.last
    sizes = sorted({s.small, *s.sizes})
    low, exact, high = (
        np.stack([f(x, n, K) for n in sizes]) for f in (law.survives_at_least, law.survives, law.survives_at_most)
    )
    return lambda spoil: evidence.both(
        evidence.exact_bound(spoil * low, exact), evidence.exact_bound(exact, high / spoil)
    )


@claim(
    "rate/median",
    chapter=CHAPTER,
    place="Suresh et al., abstract: forgetting time",
    statement=r"The exact median time to forget a word that the truth gives \(c\) of \(n\) tokens is that of "
    r"\(1 - e^{-c g_k}\), give or take 5 %, and so about linear in \(c\), at six counts from 1 to 50.",
    origin="ours",
    quantifiers=r"For rare words, \(c \le n/20\), and the median of the time, read between generations along a "
    "straight line.",
    not_run=r"More frequent words; other \(n\) than this page’s; the mean time, which is not linear in \(c\).",
    planted=1.2,
)
def median(s: Scene) -> Judge:
    """The exact medians against those of the bound."""
    n, c = s.n, np.array(s.counts)
    if c.max() > n / RARE:
        raise OutOfScope(f"the rule is for rare words, of at most n/{RARE} = {n / RARE:g} tokens.")
    K = 4 * int(c.max()) + 4
    exact = law.median(law.survives(c / n, n, K))
    rule = law.median(law.survives_at_least(c / n, n, K))
    return lambda spoil: evidence.exact(exact, spoil * rule, tolerance=WITHIN * exact)


@claim(
    "rate/zipf",
    chapter=CHAPTER,
    place="Suresh et al., Zipf and Mandelbrot’s law",
    statement=r"Of the distinct words of a training set with counts \(c_i\), the share still there \(k\) "
    r"generations later is, in the mean, the mean of \(1 - \mathbb{E}(1 - c_i/n)^{K_{k-1}}\): give or take 5 %, at "
    r"\(k\) = 1, 2, 5 and 9, for two of Mandelbrot’s laws.",
    origin="ours",
    quantifiers=r"For every training set, every \(n\) and \(k\), in the mean over runs that start from that set.",
    not_run="Other training sets than one of each law, and other laws; the spread of the share.",
    planted=1.1,
)
def zipf(s: Scene) -> Judge:
    """The share that is left in each run, from one training set of each law."""
    at, last = np.array(s.at), max(s.at)
    exact = np.stack([law.distinct_left(counts, s.n, last)[at - 1] for counts in s.corpora])
    found = [shares_left(tuple(c.tolist()), s.n, last, s.trials, s.seed)[at] for c in s.corpora]

    def judge(spoil: float) -> Verdict:
        pairs = zip(found, exact, strict=True)
        each = [evidence.equality(left.T, spoil * mean, margin=WITHIN * mean) for left, mean in pairs]
        return functools.reduce(evidence.both, each)

    return judge
