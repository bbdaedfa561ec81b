"""Contexts as vectors (Section 5's extension): what the dimension d does to the collapse.

The score equations are classical (Barndorff-Nielsen 1978), and so are the martingale that they make and its
absorption (Jangjoo, Marsili and Roudi 2026); what d does to the speed is ours.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from collapse_lib import embeddings, evidence, metrics
from collapse_lib.claims import Judge, claim
from collapse_lib.evidence import OutOfScope, Verdict
from collapse_lib.experiments.embeddings import MANY, Scene, diversity, first_generation, random_counts, smaller
from collapse_lib.learners import Tabular
from collapse_lib.recursion import simulate
from collapse_lib.schedules import FullySynthetic

CHAPTER = "embeddings"


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
def one_hot(s: Scene) -> Judge:
    """The largest difference over 100 random corpora, half of them of few tokens."""
    counts = random_counts(s.contexts, s.vocabulary, s.seed)
    learners = [
        embeddings.Embedded(embeddings.gaussian(s.contexts, d, s.seed)) for d in (s.contexts, 2 * s.contexts)
    ]
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
def score(s: Scene) -> Judge:
    """The largest difference over 100 random corpora, at d = 1, c/2 and c - 1."""
    if s.contexts < 2:
        raise OutOfScope("one context has no smaller dimension than its own.")
    counts = random_counts(s.contexts, s.vocabulary, s.seed)
    frequencies = Tabular().fit(counts)
    learners = [
        embeddings.Embedded(embeddings.gaussian(s.contexts, d, s.seed))
        for d in sorted({1, max(1, s.contexts // 2), s.contexts - 1})
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
def martingale(s: Scene) -> Judge:
    """Both combinations of every token, from twice the trials.

    The variance of a combination q . p_k grows by sum_j q_j^2 p_jk (1 - p_jk)/n in the first generation, and by
    about as much in each of the next two: the square root of three times that is how far a run strays.
    """
    X, schedule, M = embeddings.gaussian(s.contexts, 2, s.seed), FullySynthetic(s.n), 3
    truth, learner = embeddings.realisable(X, s.vocabulary, s.seed), embeddings.Embedded(X)

    def combinations(p: NDArray[np.float64]) -> NDArray[np.float64]:
        return (learner.basis.T @ p).reshape(*p.shape[:-2], -1)

    run = simulate(truth, schedule, M, runs=2 * s.trials, seed=s.seed, record=[combinations], learner=learner)
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
def first_loss(s: Scene) -> Judge:
    """Lost diversity, averaged over the contexts, in units of what d/(cn) says."""
    small = smaller(s.dimensions, s.contexts)
    lost = [first_generation(s.contexts, s.vocabulary, MANY, d, 0, s.trials, s.seed)[0] for d in small]
    units = [MANY * s.contexts / d * each for d, each in zip(small, lost, strict=True)]
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
def information(s: Scene) -> Judge:
    """Kullback-Leibler divergence of the first model from the truth, in units of what Wilks's theorem says."""
    small = smaller(s.dimensions, s.contexts)
    strays = [first_generation(s.contexts, s.vocabulary, MANY, d, min(small), s.trials, s.seed)[1] for d in small]
    units = [2 * MANY * s.contexts / (d * (s.vocabulary - 1)) * each for d, each in zip(small, strays, strict=True)]
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
def slower(s: Scene) -> Judge:
    """The diversity left at generation n against the exact one of counting, a twentieth of the trials."""
    n, low = FullySynthetic(s.n).size, min(smaller(s.dimensions, s.contexts))
    D = diversity(s.contexts, s.vocabulary, n, low, low, s.trials // 20, s.seed).mean(axis=-1)
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
def catches_up(s: Scene) -> Judge:
    """The diversity left at 3 n against that at n times the factor, run by run, a twentieth of the trials."""
    d = min(smaller(s.dimensions, s.contexts), key=lambda each: abs(each - s.contexts / 2))
    n, low = FullySynthetic(s.n).size, min(*s.dimensions, s.contexts)
    if n < 5:
        raise OutOfScope("with fewer than 5 samples little diversity is left at generation n.")
    D = diversity(s.contexts, s.vocabulary, n, d, low, s.trials // 20, s.seed).mean(axis=-1)

    def judge(spoil: float) -> Verdict:
        factor = spoil * (1 - d / (s.contexts * n)) ** (2 * n)
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
def total_collapse(s: Scene) -> Judge:
    """Runs in which every context has collapsed: a fortieth of the trials for each d, and at least 120."""
    X, runs = embeddings.gaussian(4, 2, s.seed), max(120, s.trials // 40)
    truth = embeddings.realisable(X[:, :1], 3, s.seed)
    ended = [
        simulate(
            truth, FullySynthetic(4), 80, runs=runs, seed=s.seed + d, record=[metrics.collapsed],
            learner=embeddings.Embedded(X[:, :d]),
        )["collapsed"][-1].all(axis=-1)
        for d in (1, 2)
    ]  # fmt: skip
    return lambda spoil: evidence.at_least(np.stack(ended, axis=1), 0.9 * spoil)
