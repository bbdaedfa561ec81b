"""Section 2, equation (5) and Definition 1: what recursive training keeps, and where it goes.

How much of the mean diversity 1 - sigma has been lost by generation m is measured in two ways of the same mean.
Directly; or, where little has been lost, by ||p^(m) - p^(0)||_2^2, which has less noise.  For p^(m) is unbiased, so
that E <p^(m), p^(0)> = S_0, and the squared distance is S_m - S_0 on average.
"""

from __future__ import annotations

import functools

import numpy as np

from collapse_lib import corpora, evidence, metrics
from collapse_lib.claims import Judge, claim
from collapse_lib.evidence import OutOfScope, Verdict
from collapse_lib.evidence.samples import FEWEST
from collapse_lib.experiments.recursive_training import SCHEDULES, Floats, Scene, less, share_left, shared
from collapse_lib.experiments.truths import live_truth
from collapse_lib.recursion import collapse_times, simulate
from collapse_lib.schedules import (
    FullySynthetic,
)
from collapse_lib.theory import coalescent

OPEN = 1 / 1_000  # a larger share of runs is not still open after 20 n generations


@claim(
    "equation-5/unbiased",
    chapter="recursive_training",
    place="Section 2, after (5)",
    statement=r"No schedule is biased: \(\mathbb{E}\, p^{(m)} = p^{(0)}\), token by token, at every generation.",
    quantifiers="For every truth, every schedule and every generation, in the mean over runs; give or take a tenth "
    "of the token's probability.",
    not_run=r"Truths other than (0.4, 0.35, 0.25), sizes other than 12, and generations other than 1, 2 and 5.",
)
def unbiased(s: Scene) -> Judge:
    """Three tokens, the five schedules and both readings, generations 1, 2 and 5."""
    truth = np.array([0.4, 0.35, 0.25])
    samples = []
    for schedule in SCHEDULES:
        run = simulate(truth, schedule, 5, runs=s.trials, seed=s.seed, record=[metrics.distribution])
        samples.append(run["distribution"][[1, 2, 5]].transpose(1, 0, 2).reshape(s.trials, -1))
    values = np.concatenate(samples, axis=1)
    expected = np.tile(truth, values.shape[1] // len(truth))
    return lambda spoil: evidence.equality(values, spoil * expected, margin=0.1 * expected)


@claim(
    "definition-1/absorption",
    chapter="recursive_training",
    place="Definition 1, Section 3.1",
    statement=r"The fully synthetic chain collapses totally, with probability one: after \(20\,n\) generations "
    r"fewer than one run in a thousand is still open.",
    quantifiers=r"With probability one, for every truth and every \(n\); the rate of one in a thousand, for "
    r"every truth and the \(n\) that is run.",
    not_run="Sizes other than 20, and all generations after the last.",
    planted=10,
)
def absorption(s: Scene) -> Judge:
    """The share of runs of n = `size` that are still open after 20 n generations, simulated and exact.

    A factor on the theory divides the time that it gives; one below 1 changes nothing.
    """
    p, size = live_truth(), 20
    times = collapse_times(p, FullySynthetic(size), runs=s.trials, seed=s.seed)
    still_open = 1 - coalescent.collapse_probability(p, size, 20 * size)

    def judge(spoil: float) -> Verdict:
        last = min(round(20 * size / spoil), 20 * size)
        return evidence.both(evidence.at_most(times > last, OPEN), evidence.exact_bound(still_open[last], OPEN))

    return judge


@claim(
    "figure-1/drift",
    chapter="recursive_training",
    place="Figure 1",
    statement=r"The contexts drift towards the vertices of the simplex as (6) says, whichever way the caption's "
    r"\(n = 1000\) is read. With 1000 samples of each context (6) leaves 96 % of the mean diversity "
    r"\(1 - \sigma_m\) at \(m = 40\); with 1000 in all, 12 or 13 of each, it leaves 3 %.",
    quantifiers=r"For every truth on three tokens and every \(n\), in the mean over contexts and runs; give or "
    "take a tenth of what is left or of what is lost, whichever is less.",
    not_run="The paper's own picture, which was not seen; and samples that fall on the contexts at random.",
)
def drift(s: Scene) -> Judge:
    """Random contexts on three tokens, in each reading that leaves a hundredth at least.

    trials / 50 runs where each context has n samples, and trials / 4 where all have: there few runs are still open.
    """
    n = FullySynthetic(s.n).size
    truths = np.random.default_rng(s.seed).dirichlet(np.ones(3), size=s.contexts)
    readings = ((np.full(s.contexts, n), s.trials // 50), (shared(n, s.contexts), s.trials // 4))
    found: list[tuple[Floats, float]] = []
    for sizes, runs in readings:
        left = share_left(truths, sizes, s.generations)
        if left >= 0.01:
            found.append(less(truths, sizes, s.generations, left, runs=max(FEWEST, runs), seed=s.seed))
    if not found:
        raise OutOfScope("with so few samples (6) leaves less than a hundredth of the diversity in either reading.")

    def judge(spoil: float) -> Verdict:
        return functools.reduce(evidence.both, [_equal(samples, expected, spoil) for samples, expected in found])

    return judge


@claim(
    "figure-1/real-text",
    chapter="recursive_training",
    place="Figure 1, on a text",
    statement=r"On the most frequent contexts of a text, each with its own \(N_j\), the mean diversity falls as "
    r"(6) says for each: \(1 - \sigma\) by \((1 - 1/N_j)^m\).",
    quantifiers="For every text, in the mean over contexts and runs; give or take a tenth of what is lost.",
    not_run=r"The rarer contexts, and generations other than the last.",
    origin="ours",
)
def real_text(s: Scene) -> Judge:
    """`generations` beyond the text, which is generation 1; trials / 200 runs."""
    counts = corpora.contexts(corpora.load(s.corpus, s.characters), s.context_length).counts[: s.contexts]
    counts = counts[:, counts.any(axis=0)]
    sizes = counts.sum(axis=1)
    start = counts / sizes[:, None]
    if (metrics.sigma(start) == 1).all():
        raise OutOfScope("every context of this text is followed by one token only.")
    left = share_left(start, sizes, s.generations)
    # Given the text, generation m + 1 is m generations beyond a truth with the text's frequencies.
    samples, expected = less(start, sizes, s.generations, left, runs=max(FEWEST, s.trials // 200), seed=s.seed)
    return lambda spoil: _equal(samples, expected, spoil)


def _equal(samples: Floats, expected: float, spoil: float) -> Verdict:
    """A share and its expected value, give or take a tenth of it."""
    return evidence.equality(samples, spoil * expected, margin=0.1 * expected, about=expected)
