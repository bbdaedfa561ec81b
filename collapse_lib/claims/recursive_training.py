"""Section 2, equation (5) and Definition 1: what recursive training keeps, and where it goes."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from collapse_lib import corpora, evidence, metrics
from collapse_lib.claims import Judge, claim
from collapse_lib.claims.truths import live_truth
from collapse_lib.evidence import OutOfScope, Verdict
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
from collapse_lib.theory import coalescent, paper

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
)
def unbiased(*, trials: int = 10_000, seed: int = 0) -> Judge:
    """Four tokens, the five schedules and both readings, generations 1, 3 and 10."""
    truth = np.array([0.4, 0.3, 0.2, 0.1])
    samples = []
    for schedule in SCHEDULES:
        run = simulate(truth, schedule, 10, runs=trials, seed=seed, record=[metrics.distribution])
        samples.append(run["distribution"][[1, 3, 10]].transpose(1, 0, 2).reshape(trials, -1))
    values = np.concatenate(samples, axis=1)
    expected = np.tile(truth, values.shape[1] // len(truth))
    return lambda spoil: evidence.equality(values, spoil * expected, margin=0.03)


@claim(
    "definition-1/absorption",
    chapter="recursive_training",
    place="Definition 1, Section 3.1",
    statement=r"The fully synthetic chain collapses totally, with probability one: after \(20\,n\) generations "
    r"fewer than one run in a thousand is still open.",
    planted=10,
)
def absorption(*, truth: ArrayLike | None = None, size: int = 20, trials: int = 10_000, seed: int = 0) -> Judge:
    """The share of runs of n = `size` that are still open after 20 n generations, simulated and exact."""
    p = live_truth(truth)

    def judge(spoil: float) -> Verdict:
        last = round(20 * size / spoil)
        exact = coalescent.collapse_probability(p, size, last)[-1]
        still_open = collapse_times(p, FullySynthetic(size), runs=trials, seed=seed, limit=last) < 0
        return evidence.both(evidence.at_most(still_open, 1e-3), evidence.exact_bound(1 - exact, 1e-3))

    return judge


@claim(
    "figure-1/drift",
    chapter="recursive_training",
    place="Figure 1",
    statement=r"The contexts drift towards the vertices of the simplex: over all of them, the mean diversity "
    r"\(1 - \sigma_m\) falls to the share \((1 - 1/n)^m\) of the truth's, as (6) says.",
)
def drift(
    *,
    contexts: int = 81,
    n: int = 1_000,
    generations: int = 40,
    trials: int = 10_000,
    seed: int = 0,
) -> Judge:
    """Random contexts on three tokens; (6) holds for each and so for their mean; trials / 50 runs."""
    runs = max(2, trials // 50)
    truths = np.random.default_rng(seed).dirichlet(np.ones(3), size=contexts)
    run = simulate(
        truths, FullySynthetic(n), generations, runs=runs, seed=seed, record=[metrics.sigma], learner=Tabular()
    )
    left = (1 - run["sigma"][-1].mean(axis=-1)) / (1 - metrics.sigma(truths).mean())
    expected = 1 - paper.sigma_fully_synthetic(0.5, n, generations)
    return lambda spoil: evidence.equality(left, spoil * expected / 0.5, margin=0.01)


@claim(
    "figure-1/real-text",
    chapter="recursive_training",
    place="Figure 1, on a text",
    statement=r"On the most frequent contexts of a text, each with its own \(N_j\), the mean diversity falls as "
    r"(6) says for each: \(1 - \sigma\) by \((1 - 1/N_j)^m\).",
    origin="ours",
)
def real_text(
    *,
    corpus: str = corpora.TINY_SHAKESPEARE,
    characters: int = 50_000,
    context_length: int = 2,
    contexts: int = 81,
    generations: int = 40,
    trials: int = 10_000,
    seed: int = 0,
) -> Judge:
    """The mean over contexts of 1 - sigma, after `generations` beyond the text; trials / 100 runs."""
    counts = corpora.contexts(corpora.load(corpus).head(characters), context_length).counts[:contexts]
    sizes = counts.sum(axis=1)
    start = 1 - metrics.sigma(counts / sizes[:, None])
    if not start.any():
        raise OutOfScope("every context of this text is followed by one token only.")
    runs = max(2, trials // 100)
    ended = [
        simulate(
            row / size, FullySynthetic(int(size)), generations + 1,
            runs=runs, seed=seed + j, record=[metrics.sigma], learner=Tabular(), corpus=row,
        )["sigma"][-1]
        for j, (row, size) in enumerate(zip(counts[:, counts.any(axis=0)], sizes, strict=True))
    ]  # fmt: skip
    left = (1 - np.stack(ended, axis=1)).mean(axis=1) / start.mean()
    expected = float(((1 - 1 / sizes) ** generations * start).mean() / start.mean())
    return lambda spoil: evidence.equality(left, spoil * expected, margin=0.01)
