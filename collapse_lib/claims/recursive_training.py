"""Section 2, equation (5) and Definition 1: what recursive training keeps, and where it goes.

How much of the mean diversity 1 - sigma has been lost by generation m is measured in two ways of the same mean.
Directly; or, where little has been lost, by ||p^(m) - p^(0)||_2^2, which has less noise.  For p^(m) is unbiased, so
that E <p^(m), p^(0)> = S_0, and the squared distance is S_m - S_0 on average.
"""

from __future__ import annotations

import functools

import numpy as np
from numpy.typing import ArrayLike, NDArray

from collapse_lib import corpora, evidence, metrics
from collapse_lib.claims import Judge, claim
from collapse_lib.claims.truths import live_truth
from collapse_lib.evidence import OutOfScope, Verdict
from collapse_lib.evidence.samples import FEWEST
from collapse_lib.learners import Tabular
from collapse_lib.recursion import collapse_times, simulate
from collapse_lib.schedules import (
    Accumulate,
    FullySynthetic,
    MostRecent,
    PartiallySynthetic,
    RandomlySampled,
    Schedule,
)
from collapse_lib.theory import coalescent

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

OPEN = 1 / 1_000  # a larger share of runs is not still open after 20 n generations

SCHEDULES: tuple[Schedule, ...] = (
    FullySynthetic(12),
    PartiallySynthetic(real=12, synthetic=6),
    MostRecent(12, window=3),
    MostRecent(12, window=3, draw="fresh"),
    RandomlySampled(12),
    Accumulate(12),
    Accumulate(12, draw="fresh"),
)


@claim(
    "equation-5/unbiased",
    chapter="recursive_training",
    place="Section 2, after (5)",
    statement=r"No schedule is biased: \(\mathbb{E}\, p^{(m)} = p^{(0)}\), token by token, at every generation.",
    quantifiers="For every truth, every schedule and every generation, in the mean over runs; give or take a tenth "
    "of the token's probability.",
    not_run=r"Truths other than (0.4, 0.35, 0.25), sizes other than 12, and generations other than 1, 2 and 5.",
)
def unbiased(*, trials: int = 10_000, seed: int = 0) -> Judge:
    """Three tokens, the five schedules and both readings, generations 1, 2 and 5."""
    truth = np.array([0.4, 0.35, 0.25])
    samples = []
    for schedule in SCHEDULES:
        run = simulate(truth, schedule, 5, runs=trials, seed=seed, record=[metrics.distribution])
        samples.append(run["distribution"][[1, 2, 5]].transpose(1, 0, 2).reshape(trials, -1))
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
def absorption(*, truth: ArrayLike | None = None, size: int = 20, trials: int = 10_000, seed: int = 0) -> Judge:
    """The share of runs of n = `size` that are still open after 20 n generations, simulated and exact.

    A factor on the theory divides the time that it gives; one below 1 changes nothing.
    """
    p = live_truth(truth)
    times = collapse_times(p, FullySynthetic(size), runs=trials, seed=seed)
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
def drift(
    *,
    contexts: int = 81,
    n: int = 1_000,
    generations: int = 40,
    trials: int = 10_000,
    seed: int = 0,
) -> Judge:
    """Random contexts on three tokens, in each reading that leaves a hundredth at least.

    trials / 50 runs where each context has n samples, and trials / 4 where all have: there few runs are still open.
    """
    n = FullySynthetic(n).size
    truths = np.random.default_rng(seed).dirichlet(np.ones(3), size=contexts)
    readings = ((np.full(contexts, n), trials // 50), (shared(n, contexts), trials // 4))
    found: list[tuple[Floats, float]] = []
    for sizes, runs in readings:
        left = share_left(truths, sizes, generations)
        if left >= 0.01:
            found.append(less(truths, sizes, generations, left, runs=max(FEWEST, runs), seed=seed))
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
def real_text(
    *,
    corpus: str = corpora.BOOK,
    characters: int = 50_000,
    context_length: int = 2,
    contexts: int = 81,
    generations: int = 40,
    trials: int = 10_000,
    seed: int = 0,
) -> Judge:
    """`generations` beyond the text, which is generation 1; trials / 200 runs."""
    counts = corpora.contexts(corpora.load(corpus, characters), context_length).counts[:contexts]
    counts = counts[:, counts.any(axis=0)]
    sizes = counts.sum(axis=1)
    start = counts / sizes[:, None]
    if (metrics.sigma(start) == 1).all():
        raise OutOfScope("every context of this text is followed by one token only.")
    left = share_left(start, sizes, generations)
    # Given the text, generation m + 1 is m generations beyond a truth with the text's frequencies.
    samples, expected = less(start, sizes, generations, left, runs=max(FEWEST, trials // 200), seed=seed)
    return lambda spoil: _equal(samples, expected, spoil)


def shared(n: int, contexts: int) -> Integers:
    """n samples over the contexts, as evenly as they go and at least one for each; shape (contexts,).

    >>> shared(1_000, 81)[[0, 27, 28, 80]].tolist(), int(shared(1_000, 81).sum())
    ([13, 13, 12, 12], 1000)
    """
    return np.maximum(1, n // contexts + (np.arange(contexts) < n % contexts))


def share_left(truths: Floats, sizes: Integers, generations: int) -> float:
    """Equation (6) for each context: the share of their mean diversity that is left, sum_j (1 - 1/n_j)^m D_j."""
    diversity = 1 - metrics.sigma(truths)
    return float((1 - 1 / sizes) ** generations @ diversity / diversity.sum())


def less(
    truths: Floats, sizes: Integers, generations: int, left: float, *, runs: int, seed: int
) -> tuple[Floats, float]:
    """The share of the mean diversity that is left, or lost, whichever is less: in each run, and expected."""
    found = np.zeros(runs)
    for size in np.unique(sizes).tolist():
        these = truths[sizes == size]

        def measured(p: Floats, these: Floats = these) -> Floats:
            return (1 - metrics.sigma(p) if left < 1 / 2 else metrics.squared(p, these)).sum(axis=-1)

        run = simulate(
            these, FullySynthetic(size), generations,
            runs=runs, seed=seed + size, record=[measured], learner=Tabular(),
        )  # fmt: skip
        found += run["measured"][-1]
    return found / (1 - metrics.sigma(truths)).sum(), min(left, 1 - left)


def drifting(truths: Floats, sizes: Integers, generations: int, seed: int) -> Floats:
    """One run of every context by itself, context j on sizes[j] samples; shape (generations + 1, contexts, s)."""
    laws = np.empty((generations + 1, *truths.shape))
    for size in np.unique(sizes).tolist():
        at = sizes == size
        run = simulate(
            truths[at], FullySynthetic(size), generations, runs=1, seed=seed + size, record=[metrics.distribution]
        )
        laws[:, at] = run["distribution"][:, 0]
    return laws


def _equal(samples: Floats, expected: float, spoil: float) -> Verdict:
    """A share and its expected value, give or take a tenth of it."""
    return evidence.equality(samples, spoil * expected, margin=0.1 * expected, about=expected)
