"""Contexts as vectors (Section 5's extension): what the dimension d does to the collapse.

The score equations are classical (Barndorff-Nielsen 1978), and so are the martingale that they make and its
absorption (Jangjoo, Marsili and Roudi 2026); what d does to the speed is ours.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from collapse_lib import embeddings, evidence, metrics
from collapse_lib.claims import Judge, claim
from collapse_lib.evidence import OutOfScope, Verdict
from collapse_lib.learners import Tabular
from collapse_lib.recursion import simulate
from collapse_lib.schedules import FullySynthetic

CHAPTER = "embeddings"

DIMENSIONS = (2, 4, 8, 16)
MANY = 1_000  # samples of a context where a statement is to first order in 1/n


@claim(
    "embeddings/one-hot",
    chapter=CHAPTER,
    place="As many dimensions as contexts",
    statement=r"With \(d \ge c\) the one-hot law is back: on random counts the fitted probabilities are the "
    r"frequencies, to \(10^{-5}\), at \(d = c\) and \(2c\).",
    quantifiers=r"For all Gaussian vectors with probability one, every \(d \ge c\) and every corpus.",
    not_run="The recursion: a learner that counts has the paths of counting, and (6) needs no second check.",
    origin="ours",
)
def one_hot(*, contexts: int = 8, vocabulary: int = 3, seed: int = 0) -> Judge:
    """The largest difference over 100 random corpora, half of them of few tokens."""
    counts = _random_counts(contexts, vocabulary, seed)
    learners = [embeddings.Embedded(embeddings.gaussian(contexts, d, seed)) for d in (contexts, 2 * contexts)]
    fitted, frequencies = [learner.fit(counts) for learner in learners], Tabular().fit(counts)

    def judge(spoil: float) -> Verdict:
        gaps = [np.abs(each - spoil * frequencies).max() for each in fitted]
        return evidence.exact(gaps, 0.0, tolerance=1e-5)

    return judge


@claim(
    "embeddings/score",
    chapter=CHAPTER,
    place="What is fitted",
    statement=r"With \(d < c\) the score equations hold: \(d\) combinations of the fitted probabilities are those "
    r"of the frequencies, \(Q^\top \hat p = Q^\top f\), to \(10^{-4}\), on random counts.",
    quantifiers="For all vectors and every corpus, its limits at infinity included.",
    not_run="Other sizes than the page's, and vectors that are not Gaussian.",
    origin="classical",
    after="Barndorff-Nielsen (1978)",
)
def score(*, contexts: int = 8, vocabulary: int = 3, seed: int = 0) -> Judge:
    """The largest difference over 100 random corpora, at d = 1, c/2 and c - 1."""
    if contexts < 2:
        raise OutOfScope("one context has no smaller dimension than its own.")
    counts = _random_counts(contexts, vocabulary, seed)
    frequencies = Tabular().fit(counts)
    learners = [
        embeddings.Embedded(embeddings.gaussian(contexts, d, seed))
        for d in sorted({1, max(1, contexts // 2), contexts - 1})
    ]
    found = [(learner.basis.T, learner.fit(counts)) for learner in learners]

    def judge(spoil: float) -> Verdict:
        worst = [float(np.abs(Q @ (fitted - spoil * frequencies)).max()) for Q, fitted in found]
        return evidence.exact(worst, 0.0, tolerance=1e-4)

    return judge


@claim(
    "embeddings/martingale",
    chapter=CHAPTER,
    place="What stays the same on average",
    statement=r"\(\mathbb{E}\, Q^\top p^{(m)} = Q^\top p\): on average the two fitted combinations of each token "
    r"neither rise nor fall; \(d = 2\), at generation 3.",
    quantifiers="For all vectors, every realisable truth and every generation, in the mean over runs; give or take "
    "a tenth of how far a single run strays by then.",
    not_run="One set of vectors and one truth of each size are run, and one generation.",
    origin="classical",
    after="Jangjoo et al. (2026)",
    planted=2,
)
def martingale(
    *,
    contexts: int = 8,
    vocabulary: int = 3,
    n: int = 20,
    trials: int = 4_000,
    seed: int = 0,
) -> Judge:
    """Both combinations of every token, from twice the trials.

    The variance of a combination q . p_k grows by sum_j q_j^2 p_jk (1 - p_jk)/n in the first generation, and by
    about as much in each of the next two: the square root of three times that is how far a run strays.
    """
    X, schedule, M = embeddings.gaussian(contexts, 2, seed), FullySynthetic(n), 3
    truth, learner = embeddings.realisable(X, vocabulary, seed), embeddings.Embedded(X)

    def combinations(p: NDArray[np.float64]) -> NDArray[np.float64]:
        return (learner.basis.T @ p).reshape(*p.shape[:-2], -1)

    run = simulate(truth, schedule, M, runs=2 * trials, seed=seed, record=[combinations], learner=learner)
    found, expected = run["combinations"][-1], combinations(truth)
    strayed = np.sqrt(M * (learner.basis**2).T @ (truth * (1 - truth)) / schedule.size).reshape(-1)
    return lambda spoil: evidence.equality(found, spoil * expected, margin=0.1 * strayed, about=strayed)


@claim(
    "embeddings/first-loss",
    chapter=CHAPTER,
    place="The first generation",
    statement=r"From the uniform truth the first generation loses the share \(d/(cn)\) of the diversity, where "
    r"counting loses \(1/n\): at each \(d < c\), with 1000 samples, to within a tenth of it.",
    quantifiers=r"For all vectors, the uniform truth and every \(d \le c\), in the mean over contexts and runs, to "
    r"first order as \(n\) grows.",
    not_run="Vectors other than one Gaussian set, and smaller samples.",
    origin="ours",
)
def first_loss(
    *,
    contexts: int = 8,
    vocabulary: int = 3,
    dimensions: Sequence[int] = DIMENSIONS,
    trials: int = 4_000,
    seed: int = 0,
) -> Judge:
    """Lost diversity, averaged over the contexts, in units of what d/(cn) says."""
    small = _smaller(dimensions, contexts)
    lost = [first_generation(contexts, vocabulary, MANY, d, 0, trials, seed)[0] for d in small]
    units = [MANY * contexts / d * each for d, each in zip(small, lost, strict=True)]
    return lambda spoil: evidence.equality(np.stack(units, axis=1), spoil, margin=0.1, about=1.0)


@claim(
    "embeddings/information",
    chapter=CHAPTER,
    place="The first generation",
    statement=r"From any realisable truth the first model is \(\frac{1}{c} \sum_j \mathrm{KL}(p^{(1)}_j, p_j) = "
    r"\frac{d}{c} \cdot \frac{s-1}{2n}\) away on average: at each \(d < c\), with 1000 samples, to within a tenth "
    r"of it.",
    quantifiers=r"For every realisable truth without zeros and every \(d \le c\), in the mean over contexts and "
    r"runs, to first order as \(n\) grows.",
    not_run="Truths other than the page's, and smaller samples.",
    origin="classical",
    after="Wilks (1938)",
)
def information(
    *,
    contexts: int = 8,
    vocabulary: int = 3,
    dimensions: Sequence[int] = DIMENSIONS,
    trials: int = 4_000,
    seed: int = 0,
) -> Judge:
    """Kullback-Leibler divergence of the first model from the truth, in units of what Wilks's theorem says."""
    small = _smaller(dimensions, contexts)
    strays = [first_generation(contexts, vocabulary, MANY, d, min(small), trials, seed)[1] for d in small]
    units = [2 * MANY * contexts / (d * (vocabulary - 1)) * each for d, each in zip(small, strays, strict=True)]
    return lambda spoil: evidence.equality(np.stack(units, axis=1), spoil, margin=0.1, about=1.0)


@claim(
    "embeddings/slower",
    chapter=CHAPTER,
    place="Fewer dimensions, slower collapse",
    statement=r"With few dimensions the collapse is slower at first: with the smallest \(d < c\), more diversity "
    r"is left after \(n\) generations than (6) leaves to one-hot contexts.",
    quantifiers=r"Observed and not proved: in the mean over contexts and runs, at generation \(n\).",
    not_run=r"Larger \(d\), where the gain is small for some truths; other vectors and truths than the page's.",
    origin="ours",
    planted=3,
)
def slower(
    *,
    contexts: int = 8,
    vocabulary: int = 3,
    n: int = 20,
    dimensions: Sequence[int] = DIMENSIONS,
    trials: int = 4_000,
    seed: int = 0,
) -> Judge:
    """The diversity left at generation n against the exact one of counting, a twentieth of the trials."""
    n, low = FullySynthetic(n).size, min(_smaller(dimensions, contexts))
    D = diversity(contexts, vocabulary, n, low, low, trials // 20, seed).mean(axis=-1)
    counting = float(D[0, 0]) * (1 - 1 / n) ** n
    return lambda spoil: evidence.at_least(D[n], spoil * counting)


@claim(
    "embeddings/catches-up",
    chapter=CHAPTER,
    place="The advantage does not last",
    statement=r"Later the collapse is faster than at the rate \(d/(cn)\): from generation \(n\) to \(3n\) more "
    r"diversity is lost than \((1 - \frac{d}{cn})^{2n}\) would leave, at the \(d < c\) nearest to \(c/2\).",
    quantifiers="Observed and not proved: in the mean over contexts and runs.",
    not_run="Other vectors, truths and dimensions than the page's.",
    origin="ours",
    planted=0.2,
)
def catches_up(
    *,
    contexts: int = 8,
    vocabulary: int = 3,
    n: int = 20,
    dimensions: Sequence[int] = DIMENSIONS,
    trials: int = 4_000,
    seed: int = 0,
) -> Judge:
    """The diversity left at 3 n against that at n times the factor, run by run, a twentieth of the trials."""
    d = min(_smaller(dimensions, contexts), key=lambda each: abs(each - contexts / 2))
    n, low = FullySynthetic(n).size, min(*dimensions, contexts)
    if n < 5:
        raise OutOfScope("with fewer than 5 samples little diversity is left at generation n.")
    D = diversity(contexts, vocabulary, n, d, low, trials // 20, seed).mean(axis=-1)

    def judge(spoil: float) -> Verdict:
        factor = spoil * (1 - d / (contexts * n)) ** (2 * n)
        return evidence.at_most(D[3 * n] - factor * D[n], 0.0)

    return judge


@claim(
    "embeddings/total-collapse",
    chapter=CHAPTER,
    place="The end is the same",
    statement=r"Whatever \(d\), every context collapses: of runs with four contexts, three tokens, \(n = 4\) and "
    r"\(d = 1\), 2, nine in ten at least have Dirac masses only at generation 80.",
    quantifiers=r"With probability one, for all vectors none of which is 0, every truth and every \(n\).",
    not_run=r"Larger sizes, whose collapse takes longer than a check can wait.",
    origin="classical",
    after="Jangjoo et al. (2026)",
)
def total_collapse(*, trials: int = 4_000, seed: int = 0) -> Judge:
    """Runs in which every context has collapsed: a fortieth of the trials for each d, and at least 120."""
    X, runs = embeddings.gaussian(4, 2, seed), max(120, trials // 40)
    truth = embeddings.realisable(X[:, :1], 3, seed)
    ended = [
        simulate(
            truth, FullySynthetic(4), 80, runs=runs, seed=seed + d, record=[metrics.collapsed],
            learner=embeddings.Embedded(X[:, :d]),
        )["collapsed"][-1].all(axis=-1)
        for d in (1, 2)
    ]  # fmt: skip
    return lambda spoil: evidence.at_least(np.stack(ended, axis=1), 0.9 * spoil)


@functools.lru_cache(maxsize=16)
def diversity(
    contexts: int, vocabulary: int, n: int, d: int, truth_dimension: int, runs: int, seed: int
) -> NDArray[np.float64]:
    """1 - sigma of each context at generations 0..3n on synthetic data alone, shape (3 n + 1, runs, contexts).

    Contexts have d dimensions; the truth is one that `truth_dimension` of them can represent.
    """
    X = embeddings.gaussian(contexts, max(d, truth_dimension), seed)
    truth = embeddings.realisable(X[:, :truth_dimension], vocabulary, seed)
    run = simulate(
        truth, FullySynthetic(n), 3 * n, runs=max(2, runs), seed=seed + d, record=[metrics.sigma],
        learner=embeddings.Embedded(X[:, :d]),
    )  # fmt: skip
    return 1 - run["sigma"]


@functools.lru_cache(maxsize=32)
def first_generation(
    contexts: int, vocabulary: int, n: int, d: int, truth_dimension: int, runs: int, seed: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Of each run's first model: the share of the diversity lost, and the divergence KL(p^(1), p); shape (runs,).

    Both are means over the contexts.  The truth is as in `diversity`, and uniform where `truth_dimension` is 0.
    """
    X = embeddings.gaussian(contexts, max(d, truth_dimension, 1), seed)
    truth = embeddings.realisable(
        X[:, : max(1, truth_dimension)], vocabulary, seed, strength=float(truth_dimension > 0)
    )

    def divergence(p: NDArray[np.float64]) -> NDArray[np.float64]:
        return (p * np.log(np.where(p > 0, p, 1) / truth)).sum(axis=-1)

    run = simulate(
        truth, FullySynthetic(n), 1, runs=max(2, runs), seed=seed + d, record=[metrics.sigma, divergence],
        learner=embeddings.Embedded(X[:, :d]),
    )  # fmt: skip
    before, after = 1 - run["sigma"].mean(axis=-1)
    return (before - after) / before, run["divergence"][1].mean(axis=-1)


def _smaller(dimensions: Sequence[int], contexts: int) -> list[int]:
    """The dimensions below the number of contexts."""
    small = sorted({d for d in dimensions if d < contexts})
    if not small:
        raise OutOfScope(f"no dimension is smaller than the number of contexts, {contexts}.")
    return small


def _random_counts(contexts: int, vocabulary: int, seed: int) -> NDArray[np.int64]:
    """A hundred corpora of random laws, half of them of 3 tokens a context, half of 50; shape (100, c, s)."""
    rng = np.random.default_rng(seed)
    laws = rng.dirichlet(np.ones(vocabulary), size=(100, contexts))
    return rng.multinomial(np.repeat([3, 50], 50)[:, None], laws)
