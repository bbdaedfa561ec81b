"""Beyond the paper: schedules that never collapse, and what a single run does in the end."""

from __future__ import annotations

import numpy as np

from collapse_lib import evidence, metrics
from collapse_lib.claims import Judge, claim
from collapse_lib.evidence import Verdict
from collapse_lib.experiments.any_schedule import (
    SIZES,
    Scene,
    ended,
    mean_of_the_past,
    shares_left,
)
from collapse_lib.recursion import simulate
from collapse_lib.schedules import (
    Accumulate,
    PartiallySynthetic,
    RandomlySampled,
    Schedule,
)
from collapse_lib.theory import limits, moments

CHAPTER = "any_schedule"


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
