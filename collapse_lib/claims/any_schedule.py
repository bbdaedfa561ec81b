"""Beyond the paper: one recursion for every schedule, how fast windows forget, and what is left in the end.

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
    SIZES,
    Scene,
    ended,
    first_order_ratio,
    mean_of_the_past,
    seven,
    shares_left,
)
from collapse_lib.recursion import simulate
from collapse_lib.schedules import (
    Accumulate,
    FullySynthetic,
    MostRecent,
    PartiallySynthetic,
    RandomlySampled,
    Schedule,
)
from collapse_lib.theory import limits, moments, paper

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


@claim(
    "moments/accumulate-limit",
    chapter=CHAPTER,
    place="Schedules that never collapse",
    statement=r"Accumulation, pools kept: \(d_m = \prod_{j \le m} (1 - \frac{1}{nj^2})\), which tends to "
    r"\(\sin(x)/x\) at \(x = \pi/\sqrt n\): the recursion, the product and 10 simulated generations agree.",
    quantifiers=r"For every truth, \(n\) and \(m\), in the mean over runs.",
    not_run=r"Computed, \(m > 60\) but for one of 100,000 against the limit; simulated, \(m\) other than 10.",
    origin="classical",
    after="Chen and Kuba (2013)",
    planted=1.3,
)
def accumulate_limit(s: Scene) -> Judge:
    """The product against the recursion and, at m = 10^5, against its limit; simulated, what is left at m = 10."""
    p, schedule = s.p, Accumulate(s.n)
    m = np.array([1, 2, 5, 20, 60])
    products = moments.accumulated_diversity(s.n, [*m, 10**5])
    expected = [*moments.diversity(schedule, 60)[m], moments.accumulated_diversity(s.n)]
    left, kept = (
        shares_left(p, schedule, 10, max(2, s.trials // 2), s.seed)[-1],
        moments.accumulated_diversity(s.n, 10),
    )

    def judge(spoil: float) -> Verdict:
        computed = evidence.exact(products, spoil * np.array(expected), tolerance=1e-5)
        if s.n == 1:
            return computed
        # What is lost is a small part of the diversity, and is what the product tells: the margin is a tenth of it.
        lost = min(kept, 1 - kept)
        return evidence.both(computed, evidence.equality(left, spoil * kept, margin=0.1 * lost, about=lost))

    return judge


@claim(
    "moments/accumulate-fresh-limit",
    chapter=CHAPTER,
    place="Schedules that never collapse",
    statement=r"Accumulation, fresh draws: \((1 - \frac1n)\bigl(1 - \frac{5 - \pi^2/2}{n}\bigr) \le \lim d_m\), "
    r"and \(\lim d_m \le 1 - \frac1n\): computed for eight \(n\) from 2 to 1,000. The curve dips below its limit: "
    r"\(d_2 < \lim d_m\).",
    quantifiers=r"For every truth and \(n \ge 2\), in the mean over runs, as \(m \to \infty\); proved.",
    not_run=r"\(n > 1,000\); the limit itself is computed from 2,000 generations.",
    origin="ours",
)
def fresh_limit_bounds(_: Scene) -> Judge:
    """The lower bound under the limit, the limit under the upper bound, and d_2 under the limit."""
    limit, upper = limits.accumulated_fresh(SIZES), 1 - 1 / SIZES
    lower = limits.accumulated_fresh_bound(SIZES)
    second = [moments.diversity(Accumulate(int(n), "fresh"), 2)[2] for n in SIZES]

    def judge(spoil: float) -> Verdict:
        bounds = evidence.both(evidence.exact_bound(spoil * lower, limit), evidence.exact_bound(limit, upper))
        return evidence.both(bounds, evidence.exact_bound(second, limit))

    return judge


@claim(
    "moments/random-limit",
    chapter=CHAPTER,
    place="Schedules that never collapse",
    statement=r"Random sampling from one corpus, all else fresh: "
    r"\(d_m \ge (1 - \frac1n)\bigl(1 - \frac{3 - \pi^2/6}{n}\bigr)\) for every \(m\), "
    r"which is positive for \(n \ge 2\): computed up to \(m\) = 1,000 for eight \(n\) from 2 to 1,000.",
    quantifiers=r"For every truth, \(n \ge 2\) and \(m\), in the mean over runs; proved.",
    not_run=r"The three other readings; \(n > 1,000\); the limit is computed from 5,000 generations.",
    origin="ours",
)
def random_limit_bound(_: Scene) -> Judge:
    """The bound under the smallest d_m, and under the limit."""
    least = [moments.diversity(RandomlySampled(int(n)), 1_000).min() for n in SIZES]

    lower, limit = limits.random_sampling_bound(SIZES), limits.random_sampling(SIZES)
    return lambda spoil: evidence.both(
        evidence.exact_bound(spoil * lower, least), evidence.exact_bound(spoil * lower, limit)
    )


@claim(
    "moments/never-collapse",
    chapter=CHAPTER,
    place="A single run",
    statement=r"Where the \(N\) real samples stay for ever, a run collapses at once or never: the share that has "
    r"collapsed at generation 1 is \(\sum_i p_i^N\), and no run changes between generations 1 and 10 (three "
    r"schedules, \(N\) = 2).",
    quantifiers=r"For every truth and every schedule that keeps all of the real data, in every run; proved.",
    not_run=r"\(N\) other than 2, and generations beyond 10.",
    origin="ours",
)
def never_collapse(s: Scene) -> Judge:
    """The share of first models that are Dirac masses; and that, of a tenth of the trials, none changes."""
    p = s.p
    schedules: list[Schedule] = [
        PartiallySynthetic(s.real, 4 * s.real),
        Accumulate(s.real),
        Accumulate(s.real, "fresh"),
    ]
    few = max(2, s.trials // 10)
    runs = [simulate(p, each, 10, runs=few, seed=s.seed, record=[metrics.collapsed]) for each in schedules]
    changed = sum(int((run["collapsed"][1] != run["collapsed"][-1]).sum()) for run in runs)
    # One draw of the corpus is cheap, and the share is small: so many make its tenth ten standard errors.
    first = simulate(p, schedules[0], 1, runs=10 * s.trials, seed=s.seed + 1, record=[metrics.collapsed])[
        "collapsed"
    ][1]
    share = float((p**s.real).sum())
    size = min(share, 1 - share)

    def judge(spoil: float) -> Verdict:
        at_once = evidence.equality(first, min(1.0, spoil * share), margin=0.1 * size, about=size)
        return evidence.both(at_once, evidence.exact(changed, 0, tolerance=0.5))

    return judge


@claim(
    "moments/random-dirac",
    chapter=CHAPTER,
    place="A single run",
    statement=r"Under random sampling from one corpus, all else fresh, a run is a Dirac mass again and again, and "
    r"never for good: with \(n\) = 2 samples of a fair coin, in a share \(\sum_i \pi_i^n\) of the generations, "
    r"\(\pi\) the mean of its past.",
    quantifiers=r"For every truth and \(n \ge 2\), for almost every run whose real corpus holds two kinds of "
    r"token, as \(m \to \infty\); proved.",
    not_run=r"Truths other than the coin, \(n\) other than 2, and generations beyond 240.",
    origin="ours",
)
def random_dirac(s: Scene) -> Judge:
    """The share of generations 120 to 240 spent as a Dirac mass, less the mean of sum_i pi_i^n, run by run."""
    run = simulate(
        [0.5, 0.5],
        RandomlySampled(s.size),
        240,
        runs=max(2, s.trials // 10),
        seed=s.seed,
        record=[metrics.distribution],
    )
    p = run["distribution"][1:]
    dirac, chance = metrics.collapsed(p), (mean_of_the_past(p) ** s.size).sum(axis=-1)
    level = 2.0 ** (1 - s.size)  # the least that sum_i pi_i^n can be, for two tokens
    return lambda spoil: evidence.equality(
        (dirac[120:] - spoil * chance[120:]).mean(axis=0), 0.0, margin=0.04 * level, about=level
    )


@claim(
    "moments/kept-for-good",
    chapter=CHAPTER,
    place="A single run",
    statement=r"It takes fresh samples: where random sampling uses the first samples of kept pools, a run whose "
    r"real corpus holds two kinds of token can collapse for good. With \(n\) = 2 samples of a fair coin at least "
    r"one such run in ten is a Dirac mass in every generation from 120 to 240.",
    quantifiers=r"With positive chance, for every truth and \(n \ge 2\); proved. The one in ten is of the coin.",
    not_run=r"Truths other than the coin, \(n\) other than 2, and generations beyond 240.",
    origin="ours",
    planted=8,
)
def kept_for_good(s: Scene) -> Judge:
    """The share of runs of two kinds at generation 1 that are a Dirac mass in all the generations 120 to 240."""
    gone = ended([0.5, 0.5], RandomlySampled(s.size, "first"), max(2, s.trials // 10), s.seed)
    return lambda spoil: evidence.at_least(gone, 0.1 * spoil)


def _spoilt(rate: Any, spoil: float) -> Any:
    """The rate with 1 - rate multiplied by `spoil`."""
    return 1 - spoil * (1 - rate)
