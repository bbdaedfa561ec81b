"""Section 4.2 by exact laws: the mean of sigma in each reading, what readings change, and what is left for good."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from collapse_lib import evidence, metrics
from collapse_lib.claims import Judge, claim
from collapse_lib.evidence import Verdict
from collapse_lib.experiments.mixtures import (
    LAST,
    READINGS,
    TIMES,
    Floats,
    Mixture,
    Scene,
    ended,
    random_limits,
    random_past,
    trajectory,
)
from collapse_lib.schedules import MIXING, Accumulate, MostRecent, RandomlySampled
from collapse_lib.theory import moments

CHAPTER = "mixtures"
OTHER_WINDOWS = r"Windows other than those given, and those of more than \(n/2\) models."


@claim(
    "mixtures/sigma-kept",
    chapter=CHAPTER,
    place="Exact law, windows kept",
    statement=r"The recursion for two lines of descent gives \(S_m\) of a window exactly, in the kept reading.",
    quantifiers=r"For every truth, \(n\), \(K\) and \(m\), in the mean over runs.",
    not_run=r"Generations other than 2 and 8; in later ones \(1 - S_m\) is too small for these runs.",
    origin="ours",
)
def sigma_kept(s: Scene) -> Judge:
    """Simulated means at two generations, each window."""
    p, windows = s.p, s.wide
    return _sigma_agrees(p, [MostRecent(s.n, K) for K in windows], s.trials, s.seed)


@claim(
    "mixtures/sigma-fresh",
    chapter=CHAPTER,
    place="Exact law, windows fresh",
    statement=r"The recursion for two lines of descent gives \(S_m\) of a window exactly, in the fresh reading.",
    quantifiers=r"For every truth, \(n\), \(K\) and \(m\), in the mean over runs.",
    not_run="Generations other than 2 and 8.",
    origin="ours",
)
def sigma_fresh(s: Scene) -> Judge:
    """Simulated means at two generations, each window."""
    p, windows = s.p, s.wide
    return _sigma_agrees(p, [MostRecent(s.n, K, draw="fresh") for K in windows], s.trials, s.seed)


@claim(
    "mixtures/sigma-random",
    chapter=CHAPTER,
    place="Exact law, random sampling",
    statement=r"The recursion for two lines of descent gives \(S_m\) of random sampling exactly, in each of its "
    r"four readings.",
    quantifiers=r"For every truth, \(n\) and \(m\), in the mean over runs.",
    not_run="Generations other than 20.",
    origin="ours",
)
def sigma_random(s: Scene) -> Judge:
    """Simulated means at generation 20, each reading."""
    schedules = [RandomlySampled(s.n, draw) for draw in MIXING]
    # The readings differ by a tenth of S_m and less: to tell them apart takes a smaller margin.
    return _sigma_agrees(s.p, schedules, s.trials, s.seed, times=[LAST], share=0.06)


@claim(
    "mixtures/squared-deviation",
    chapter=CHAPTER,
    place="Exact law, all columns",
    statement=r"The same recursion gives \(\mathbb{E}\lVert p^{(m)} - p^{(1)} \rVert_2^2\) exactly: for the "
    r"narrowest window beyond \(K = 1\) in both readings, for random sampling from one corpus with all else fresh, "
    r"and for accumulation with samples kept.",
    quantifiers=r"For every truth, schedule and \(m\), in the mean over runs.",
    not_run="Generations other than 20, wider windows and the other readings of random sampling.",
    origin="ours",
)
def squared_deviation_agrees(s: Scene) -> Judge:
    """Simulated means at generation 20, each schedule, give or take a tenth."""
    p, windows = s.p, s.wide
    schedules: list[Mixture] = [MostRecent(s.n, windows[0], draw=draw) for draw in READINGS]
    schedules += [RandomlySampled(s.n), Accumulate(s.n)]
    samples = np.stack(
        [trajectory(tuple(p), each, s.trials, s.seed)["squared"][LAST] for each in schedules], axis=1
    )
    expected = np.array([moments.squared_deviation(each, p, LAST)[LAST] for each in schedules])
    return lambda spoil: evidence.equality(samples, spoil * expected, margin=0.1 * expected)


@claim(
    "mixtures/readings-differ",
    chapter=CHAPTER,
    place="Section 4.2, windows",
    statement=r"With kept samples a window loses diversity faster than with fresh ones, which Section 4.2 means: "
    r"the mean of \(\sigma_m\) is larger at \(m\) = 10 and 20.",
    quantifiers="For every truth, in the mean over runs.",
    not_run="Generations other than 10 and 20. " + OTHER_WINDOWS,
    origin="ours",
    planted=2,
)
def readings_differ(s: Scene) -> Judge:
    """Differences of sigma, run by run."""
    p, windows = s.p, s.wide
    kept, fresh = (
        [
            trajectory(tuple(p), MostRecent(s.n, K, draw=draw), s.trials, s.seed)["sigma"][[10, 20]].T
            for K in windows
        ]
        for draw in READINGS
    )
    return lambda spoil: evidence.at_least(
        np.concatenate(kept, axis=1) - spoil * np.concatenate(fresh, axis=1), 0.0
    )


@claim(
    "mixtures/first-hit",
    chapter=CHAPTER,
    place="Section 4.2, the time T",
    statement=r"For \(K > 1\) a model that is a Dirac mass can be followed by one that is none, as the paper "
    r"says: in the fresh reading at least one run in four leaves its first Dirac mass again.",
    quantifiers=r"For each window given, in the share of runs, for \(n \ge 10\) and \(S_0 \le 0.1\).",
    not_run=OTHER_WINDOWS,
    planted=4,
)
def first_hit(s: Scene) -> Judge:
    """The share of runs whose final collapse comes after the first hit."""
    p, windows = s.p, s.wide
    s.require_the_figure()
    ends = [ended(p, MostRecent(s.n, K, draw="fresh"), s.trials, s.seed + K) for K in windows]
    return lambda spoil: evidence.at_least(np.stack([end.final > end.first for end in ends], axis=1), 0.25 * spoil)


@claim(
    "mixtures/kept-final",
    chapter=CHAPTER,
    place="Section 4.2, the time T",
    statement=r"In the kept reading a window's first Dirac mass is final, in every run; so Section 4.2 does not "
    r"mean this reading.",
    quantifiers="For every truth, window and run; proved.",
    not_run=OTHER_WINDOWS,
    origin="ours",
    sensible=False,
)
def kept_final(s: Scene) -> Judge:
    """The share of runs that leave it again, which is proved to be 0."""
    p, windows = s.p, s.wide
    ends = [ended(p, MostRecent(s.n, K), s.trials, s.seed + K) for K in windows]
    return lambda spoil: evidence.exact(
        [float(np.mean(end.final > end.first)) for end in ends], spoil - 1, tolerance=0.0
    )


@claim(
    "mixtures/random-limit",
    chapter=CHAPTER,
    place="Exact law, random sampling",
    statement=r"With random sampling from one corpus, all else fresh, diversity has a positive limit, between "
    r"\(a\,\frac{\sin x}{x}\) and \(a\bigl(\frac{\sin x}{x} + \frac an (\frac{\pi^2}3 - 3)\bigr)\) of the "
    r"truth's, where \(x = \pi/\sqrt n\) and \(a = 1 - 1/n\); the simulated mean at \(m = 500\) is the exact one.",
    quantifiers=r"For every truth and \(n \ge 2\), in the mean over runs, as \(m \to \infty\).",
    not_run=r"Generations beyond 20,000, computed, and 500, simulated.",
    origin="ours",
)
def random_limit(s: Scene) -> Judge:
    """The recursion at generation 20,000 between the two bounds, to one part in 10^6, and sigma at 500."""
    p = s.p
    left = moments.diversity(RandomlySampled(s.n), 20_000)[-1]
    low, high = random_limits(s.n)
    expected = moments.sigma(RandomlySampled(s.n), p, 500)[-1]
    simulated = random_past(p, s.n, s.trials, s.seed).at("sigma", 500)
    return lambda spoil: evidence.both(
        _close(simulated, spoil * expected, of=expected, share=0.07),
        evidence.exact_bound([low, left], [left, high], rounding=1e-6),
    )


@claim(
    "mixtures/redrawn",
    chapter=CHAPTER,
    place="Exact law, random sampling",
    statement=r"With everything drawn anew, real data too, random sampling of \(n\) tokens keeps exactly the mean "
    r"diversity that accumulation of all data keeps: \(1 - S_m =\) \((1 - S_0) \prod_{j=1}^m (1 - 1/(n j^2))\).",
    quantifiers=r"For every truth, \(n\) and \(m\), in the mean over runs.",
    not_run="Generations other than 2, 20 and 500.",
    origin="ours",
)
def redrawn_sigma(s: Scene) -> Judge:
    """Simulated means at three generations up to 500."""
    p, m = s.p, (2, 20, 500)
    expected = 1 - (1 - float(metrics.sigma(p))) * moments.accumulated_diversity(s.n, m)
    samples = random_past(p, s.n, s.trials, s.seed, "redrawn").at("sigma", *m)
    return lambda spoil: _close(samples, spoil * expected, of=expected, share=0.08)


def _sigma_agrees(
    p: Floats,
    schedules: Sequence[Mixture],
    trials: int,
    seed: int,
    *,
    times: Sequence[int] = TIMES,
    share: float = 0.1,
) -> Judge:
    """Simulated S_m against the exact one at these generations, for each schedule."""
    found = np.concatenate(
        [trajectory(tuple(p), each, trials, seed)["sigma"][times].T for each in schedules], axis=1
    )
    expected = np.concatenate([moments.sigma(each, p, LAST)[times] for each in schedules])
    return lambda spoil: _close(found, spoil * expected, of=expected, share=share)


def _close(samples: ArrayLike, expected: ArrayLike, *, of: ArrayLike, share: float) -> Verdict:
    """Means of sigma give or take a share of S or of the diversity 1 - S, whichever is smaller; S is `of`."""
    size = np.minimum(of, 1 - np.asarray(of))
    return evidence.equality(samples, expected, margin=share * size, about=size)
