"""Beyond the paper: one recursion for every schedule, and how fast windows forget.

What is left in the end: `any_schedule_limits`.

The method is population genetics', and so are windows (seed banks); accumulation and random sampling are urns.  A
claim of "ours" is on what was not found there: exact laws for any table of sizes, with kept pools or fresh draws.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from collapse_lib import evidence, metrics
from collapse_lib.claims import Judge, claim
from collapse_lib.evidence import OutOfScope, Verdict
from collapse_lib.experiments.any_schedule import (
    READINGS,
    Scene,
    first_order_ratio,
    seven,
    shares_left,
)
from collapse_lib.recursion import simulate
from collapse_lib.schedules import (
    FullySynthetic,
    MostRecent,
    PartiallySynthetic,
    Schedule,
)
from collapse_lib.theory import moments, paper

CHAPTER = "any_schedule"


@claim(
    "moments/every-schedule",
    chapter=CHAPTER,
    place="One recursion",
    statement=r"\(S_m = 1 - d_m(1 - S_0)\), with \(d_m\) from the recursion: it is the mean of the simulated "
    r"\(\sigma_m\) under seven schedules and readings.",
    quantifiers=r"For every truth, every table of sizes and every \(m\), in the mean over runs.",
    not_run="Generations other than 2 and 7, and tables that are none of the seven.",
    origin="ours",
)
def every_schedule(s: Scene) -> Judge:
    """Simulated S_m against the exact one, before and after a window is full, from a quarter of the trials."""
    p, m = s.p, np.array([2, 7])
    schedules = list(seven(s.n, min(s.window, s.n)).values())
    runs = [
        simulate(p, each, 7, runs=max(2, s.trials // 4), seed=s.seed, record=[metrics.sigma]) for each in schedules
    ]
    exact = np.concatenate([moments.sigma(each, p, 7)[m] for each in schedules])
    samples = np.concatenate([run["sigma"][m].T for run in runs], axis=1)
    size = np.minimum(exact, 1 - exact)
    if not size.all():
        raise OutOfScope("with one sample of each model nothing is left at once, and there is nothing to measure.")
    return lambda spoil: evidence.equality(samples, spoil * exact, margin=0.07 * size, about=size)


@claim(
    "moments/truth-free",
    chapter=CHAPTER,
    place="The truth drops out",
    statement=r"\(d_m\) does not know the truth: under one window, \((1 - \sigma_m)/(1 - S_0)\) has the same mean "
    r"from this truth and from a coin with chances 0.7 and 0.3, to a tenth of it.",
    quantifiers=r"For every schedule, every \(m\) and any two truths, in the mean over runs.",
    not_run=r"Schedules other than one window, kept, and \(m\) other than 1 and \(n/2\).",
    origin="classical",
    after="Wright (1931)",
)
def truth_free(s: Scene) -> Judge:
    """The difference of the two shares at two generations, independent runs; theory says 0."""
    schedule, m = MostRecent(s.n, min(s.window, s.n)), np.unique([1, max(1, s.n // 2)])
    left = moments.diversity(schedule, int(m[-1]))[m]
    if not left.all():
        raise OutOfScope("with one real token nothing is left at once, from any truth.")
    ours = shares_left(s.p, schedule, int(m[-1]), s.trials, s.seed)[m]
    coin = shares_left([0.7, 0.3], schedule, int(m[-1]), s.trials, s.seed + 1)[m]
    return lambda spoil: evidence.equality((ours - spoil * coin).T, 0.0, margin=0.1 * left, about=left)


@claim(
    "moments/reproduces-6-and-9",
    chapter=CHAPTER,
    place="(6) and (9) as special cases",
    statement=r"The recursion gives (6), and (9) with its sign corrected, at every generation up to 60.",
    quantifiers=r"For every truth, \(n\), \(N\) and \(m\): the two are one formula.",
    not_run=r"Sizes other than four, and \(m > 60\).",
    origin="ours",
)
def reproduces(s: Scene) -> Judge:
    """Both curves, (9) for three pairs of sizes, to twelve digits."""
    p, m = s.p, np.arange(1, 61)
    S0 = float(metrics.sigma(p))
    pairs = [(s.n, s.n), (5, 20), (100, 10)]
    printed = [paper.sigma_fully_synthetic(S0, s.n, m)]
    printed += [paper.sigma_partially_synthetic(S0, N, synthetic, m) for N, synthetic in pairs]
    schedules: list[Schedule] = [FullySynthetic(s.n)]
    schedules += [PartiallySynthetic(N, synthetic) for N, synthetic in pairs]
    exact = [moments.sigma(each, p, 60)[1:] for each in schedules]
    return lambda spoil: evidence.exact(np.stack(exact), spoil * np.stack(printed), tolerance=1e-12)


@claim(
    "moments/decay-rate",
    chapter=CHAPTER,
    place="How fast windows forget",
    statement=r"Under a window of \(K\) models \(d_m\) falls in the end by the same factor in each generation, the "
    r"largest eigenvalue of one step of the recursion: computed for \(K\) up to 6, and simulated, where what "
    r"\(n\) generations leave is that factor to the power \(n\), to a tenth of it.",
    quantifiers=r"For every truth and window, in the mean over runs, as \(m \to \infty\).",
    not_run=r"\(K > 6\); simulated, windows other than one in both readings, from generation \(3K\) on.",
    origin="ours",
)
def decay_rate(s: Scene) -> Judge:
    """Late ratios d_{m+1}/d_m; simulated, the diversity that n generations leave, from generation 3K on."""
    p, K = s.p, min(s.window, s.n)
    if FullySynthetic(s.n).size // K < 2:
        raise OutOfScope("with one sample of each model the real corpus is one token, and nothing is left at once.")
    schedules = [MostRecent(s.n, k, draw) for k in range(1, min(6, s.n // 2) + 1) for draw in READINGS]
    curves = [moments.diversity(each, 30 * each.window + 1) for each in schedules]
    rates = np.array([moments.decay_rate(each) for each in schedules])
    windows, early, late = [MostRecent(s.n, K, draw) for draw in READINGS], 3 * K, 3 * K + s.n
    slow = [moments.decay_rate(each) for each in windows]
    left = (1 - float(metrics.sigma(p))) * np.array([moments.diversity(each, late)[late] for each in windows])
    runs = [
        simulate(p, each, late, runs=s.trials, seed=s.seed, record=[metrics.sigma])["sigma"] for each in windows
    ]

    def judge(spoil: float) -> Verdict:
        ratios = evidence.exact([d[-1] / d[-2] for d in curves], _spoilt(rates, spoil), tolerance=1e-9)
        gaps = [
            (1 - run[late]) - _spoilt(rate, spoil) ** s.n * (1 - run[early])
            for rate, run in zip(slow, runs, strict=True)
        ]
        return evidence.both(ratios, evidence.equality(np.stack(gaps, axis=1), 0.0, margin=0.1 * left, about=left))

    return judge


@claim(
    "moments/window-law",
    chapter=CHAPTER,
    place="How fast windows forget",
    statement=r"To first order the rate is \(1 - \frac{4}{q(K+1)^2}\) for pools kept and "
    r"\(1 - \frac{4}{qK(K+1)^2}\) for fresh draws, "
    r"\(q\) samples of each of \(K\) models: computed at \(q\) = 10,000 for \(K\) up to 8.",
    quantifiers=r"For each fixed \(K\), as \(q \to \infty\).",
    not_run=r"\(K > 8\), and how large \(q\) has to be for a given \(K\).",
    origin="classical",
    after="Kaj, Krone and Lascoux (2001)",
)
def window_law(s: Scene) -> Judge:
    """(1 - rate) over its first order, which tends to 1."""
    pairs = [(K, draw) for K in range(1, 9) for draw in READINGS]
    ratios = np.array([first_order_ratio(s.q, K, draw) for K, draw in pairs])
    return lambda spoil: evidence.exact(spoil * ratios, 1.0, tolerance=1e-3)


def _spoilt(rate: Any, spoil: float) -> Any:
    """The rate with 1 - rate multiplied by `spoil`."""
    return 1 - spoil * (1 - rate)
