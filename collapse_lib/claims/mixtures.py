"""Section 4.2 and Figure 6: windows of recent models, and random sampling of the past.

Windows are judged in both readings; the paper's is the fresh one (`first_hit` tells what says so).  Random sampling
has four readings (`schedules.MIXING`), and every claim on it names its own.
"""

from __future__ import annotations

import functools
import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

from collapse_lib import distributions, evidence, metrics
from collapse_lib.claims import Judge, claim
from collapse_lib.claims.truths import live_truth
from collapse_lib.evidence import OutOfScope, Verdict
from collapse_lib.learners import Tabular, Tokens
from collapse_lib.recursion import Trajectory, generations, simulate
from collapse_lib.schedules import MIXING, Accumulate, FullySynthetic, Mixing, MostRecent, RandomlySampled
from collapse_lib.theory import moments

CHAPTER = "mixtures"
SHOWN = (1, 2, 5, 10, 20, 50, 100, 200, 500)  # generations at which random sampling is measured; 500 is the paper's
LIMIT = 5_000  # generations after which a window's run is given up
TIMES = [2, 8]  # generations at which exact means are compared: before most windows are full, and after
LAST = 20
COUNTED = 100  # the runs of the paper's Figure 6, one of which met a Dirac mass under random sampling
BLOCK = 500  # runs at a time, where the whole past of each is kept
READINGS: tuple[Literal["kept"], Literal["fresh"]] = ("kept", "fresh")

Mixture = MostRecent | RandomlySampled | Accumulate
Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

OTHER_WINDOWS = r"Windows other than those given, and those of more than \(n/2\) models."


@claim(
    "figure-6/delays",
    chapter=CHAPTER,
    place="Figure 6, windows",
    statement=r"A window delays collapse: with fresh samples, the reading of Section 4.2, \(\mathbb{E}[T]\) is "
    r"larger with each window \(K > 1\) than with \(K = 1\).",
    quantifiers=r"In the mean of the first Dirac mass, for \(n \ge 10\) and \(S_0 \le 0.1\).",
    not_run=OTHER_WINDOWS,
    planted=4,
)
def delays(
    *,
    truth: ArrayLike | None = None,
    n: int = 10,
    windows: Sequence[int] = (2, 5),
    trials: int = 4_000,
    seed: int = 0,
) -> Judge:
    """Differences of first hits between each window and K = 1, independent runs."""
    p, windows = _scene(truth, n, windows)
    _as_in_the_figure(p, n)
    one, *wider = (_ends(p, MostRecent(n, K, draw="fresh"), trials, seed + K).first for K in (1, *windows))

    def judge(spoil: float) -> Verdict:
        gaps = [first - spoil * one for first in wider]
        return evidence.at_least(np.stack(gaps, axis=1), 0.0)

    return judge


@claim(
    "figure-6/not-prevented",
    chapter=CHAPTER,
    place="Figure 6, windows",
    statement=r"A window does not prevent collapse: in either reading the mean diversity decays at a rate below 1, "
    r"and at least 95 % of the runs have collapsed by the generation at which the exact \(S_m\) leaves at most one "
    r"in a hundred.",
    quantifiers=r"For every truth; proved of almost every run as \(m \to \infty\), and measured at one generation.",
    not_run=OTHER_WINDOWS,
    planted=30,
)
def not_prevented(
    *,
    truth: ArrayLike | None = None,
    n: int = 10,
    windows: Sequence[int] = (2, 5),
    trials: int = 4_000,
    seed: int = 0,
) -> Judge:
    """First hits against `horizon`, and the exact rates."""
    p, windows = _scene(truth, n, windows)
    schedules = [MostRecent(n, K, draw=draw) for K in windows for draw in READINGS]

    rates = [moments.decay_rate(schedule) for schedule in schedules]

    def judge(spoil: float) -> Verdict:
        hits = [
            _ends(p, schedule, trials, seed + schedule.window).first
            <= round(horizon(schedule, float(metrics.sigma(p))) / spoil)
            for schedule in schedules
        ]
        return evidence.both(
            evidence.at_least(np.stack(hits, axis=1), 0.95),
            evidence.exact_bound(rates, np.nextafter(1, 0), rounding=0),
        )

    return judge


@claim(
    "figure-6/degrades",
    chapter=CHAPTER,
    place="Figure 6, random sampling",
    statement=r"With random sampling the model degrades, in each of the four readings: the mean of \(\sigma_m\) at "
    r"\(m\) = 10, 100 and 500 is above \(S_1\).",
    quantifiers="For every truth, in the mean over runs.",
    not_run="Generations beyond 500.",
    planted=3,
)
def degrades(*, truth: ArrayLike | None = None, n: int = 10, trials: int = 4_000, seed: int = 0) -> Judge:
    """Simulated sigma against the exact mean of the first model's."""
    p = _truth(truth, n)
    S1 = 1 / n + (1 - 1 / n) * float(metrics.sigma(p))
    later = [random_past(p, n, trials, seed, draw).at("sigma", 10, 100, 500) for draw in MIXING]
    return lambda spoil: evidence.at_least(np.concatenate(later, axis=1), spoil * S1)


@claim(
    "figure-6/plateau",
    chapter=CHAPTER,
    place="Figure 6, random sampling",
    statement=r"With random sampling the deviation \(\lVert p^{(m)} - p^{(1)} \rVert_1\) reaches its plateau "
    r"quickly, in each of the four readings: its mean at \(m = 500\) is the one at \(m = 50\), to a tenth of it.",
    quantifiers=r"In the mean over runs, for \(n \ge 10\) and \(S_0 \le 0.1\).",
    not_run="Generations beyond 500: no limit of the mean L1 deviation is known to us.",
)
def plateau(*, truth: ArrayLike | None = None, n: int = 10, trials: int = 4_000, seed: int = 0) -> Judge:
    """The difference of the two in each run, in units of the mean at m = 50."""
    p = _truth(truth, n)
    _as_in_the_figure(p, n)
    pairs = np.stack([random_past(p, n, trials, seed, draw).at("deviation", 50, 500) for draw in MIXING], axis=1)
    early, late = pairs[..., 0], pairs[..., 1]
    # The level is measured, too, to about 1 %, which moves the margin by a thousandth of the level.
    level = early.mean(axis=0)
    return lambda spoil: evidence.equality(late - spoil * early, 0.0, margin=0.1 * level, about=level)


@claim(
    "figure-6/rare",
    chapter=CHAPTER,
    place="Figure 6, random sampling",
    statement=r"With random sampling a Dirac mass is rare: if everything is drawn anew, real data too, a run meets "
    r"one within 500 generations so seldom that \(P(\text{at most 1 of 100 runs}) \ge 0.01\). The paper counted 1.",
    quantifiers=r"For independent runs, \(n \ge 10\) and \(S_0 \le 0.1\).",
    not_run=r"The paper's own truth: of it only \(s\), \(\tilde s\) and \(S_0\) are printed.",
    planted=20,
)
def rare(*, truth: ArrayLike | None = None, n: int = 10, trials: int = 4_000, seed: int = 0) -> Judge:
    """The share of runs with a first hit against the largest chance of a run that leaves so much."""
    p = _truth(truth, n)
    _as_in_the_figure(p, n)
    hit = random_past(p, n, trials, seed, "redrawn").first > 0
    return lambda spoil: evidence.at_most(hit, run_chance(0.01) / spoil)


@claim(
    "mixtures/kept-ruled-out",
    chapter=CHAPTER,
    place="Figure 6, random sampling",
    statement=r"The paper's count rules out that its pools were kept: in either kept reading of random sampling a "
    r"run meets a Dirac mass within 500 generations so often that \(P(\text{at most 1 of 100 runs}) \le 0.001\).",
    quantifiers=r"For independent runs at the paper's \(n = 10\) and \(S_0 = 0.1\), at this page's truth.",
    not_run=r"The paper's own truth: of it only \(s\), \(\tilde s\) and \(S_0\) are printed.",
    origin="ours",
    planted=4,
)
def kept_ruled_out(*, truth: ArrayLike | None = None, n: int = 10, trials: int = 4_000, seed: int = 0) -> Judge:
    """The shares of runs with a first hit against the smallest chance of a run that leaves so little."""
    p = _as_counted(truth, n)
    hits = np.stack([random_past(p, n, trials, seed, draw).first > 0 for draw in ("subset", "first")], axis=1)
    return lambda spoil: evidence.at_least(hits, spoil * run_chance(0.001))


@claim(
    "mixtures/corpus-matters",
    chapter=CHAPTER,
    place="Figure 6, random sampling",
    statement=r"How rare depends on the real data, all else fresh: with one fixed corpus, as (5) has it, more runs "
    r"meet a Dirac mass in 500 generations than with real data drawn anew each time.",
    quantifiers=r"For the chance of a run at the paper's \(n = 10\) and \(S_0 = 0.1\).",
    not_run="Other truths.",
    origin="ours",
    planted=20,
)
def corpus_matters(*, truth: ArrayLike | None = None, n: int = 10, trials: int = 4_000, seed: int = 0) -> Judge:
    """The difference of the two shares, independent runs."""
    p = _as_counted(truth, n)
    fixed, redrawn = (random_past(p, n, trials, seed, draw).first > 0 for draw in ("mixed", "redrawn"))
    return lambda spoil: evidence.at_least(fixed - spoil * redrawn, 0.0)


@claim(
    "mixtures/sigma-kept",
    chapter=CHAPTER,
    place="Exact law, windows kept",
    statement=r"The recursion for two lines of descent gives \(S_m\) of a window exactly, in the kept reading.",
    quantifiers=r"For every truth, \(n\), \(K\) and \(m\), in the mean over runs.",
    not_run=r"Generations other than 2 and 8; in later ones \(1 - S_m\) is too small for these runs.",
    origin="ours",
)
def sigma_kept(
    *,
    truth: ArrayLike | None = None,
    n: int = 10,
    windows: Sequence[int] = (2, 5),
    trials: int = 4_000,
    seed: int = 0,
) -> Judge:
    """Simulated means at two generations, each window."""
    p, windows = _scene(truth, n, windows)
    return _sigma_agrees(p, [MostRecent(n, K) for K in windows], trials, seed)


@claim(
    "mixtures/sigma-fresh",
    chapter=CHAPTER,
    place="Exact law, windows fresh",
    statement=r"The recursion for two lines of descent gives \(S_m\) of a window exactly, in the fresh reading.",
    quantifiers=r"For every truth, \(n\), \(K\) and \(m\), in the mean over runs.",
    not_run="Generations other than 2 and 8.",
    origin="ours",
)
def sigma_fresh(
    *,
    truth: ArrayLike | None = None,
    n: int = 10,
    windows: Sequence[int] = (2, 5),
    trials: int = 4_000,
    seed: int = 0,
) -> Judge:
    """Simulated means at two generations, each window."""
    p, windows = _scene(truth, n, windows)
    return _sigma_agrees(p, [MostRecent(n, K, draw="fresh") for K in windows], trials, seed)


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
def sigma_random(*, truth: ArrayLike | None = None, n: int = 10, trials: int = 4_000, seed: int = 0) -> Judge:
    """Simulated means at generation 20, each reading."""
    schedules = [RandomlySampled(n, draw) for draw in MIXING]
    # The readings differ by a tenth of S_m and less: to tell them apart takes a smaller margin.
    return _sigma_agrees(_truth(truth, n), schedules, trials, seed, times=[LAST], share=0.06)


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
def squared_deviation_agrees(
    *,
    truth: ArrayLike | None = None,
    n: int = 10,
    windows: Sequence[int] = (2, 5),
    trials: int = 4_000,
    seed: int = 0,
) -> Judge:
    """Simulated means at generation 20, each schedule, give or take a tenth."""
    p, windows = _scene(truth, n, windows)
    schedules: list[Mixture] = [MostRecent(n, windows[0], draw=draw) for draw in READINGS]
    schedules += [RandomlySampled(n), Accumulate(n)]
    samples = np.stack([_run(tuple(p), each, trials, seed)["squared"][LAST] for each in schedules], axis=1)
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
def readings_differ(
    *,
    truth: ArrayLike | None = None,
    n: int = 10,
    windows: Sequence[int] = (2, 5),
    trials: int = 4_000,
    seed: int = 0,
) -> Judge:
    """Differences of sigma, run by run."""
    p, windows = _scene(truth, n, windows)
    kept, fresh = (
        [_run(tuple(p), MostRecent(n, K, draw=draw), trials, seed)["sigma"][[10, 20]].T for K in windows]
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
def first_hit(
    *,
    truth: ArrayLike | None = None,
    n: int = 10,
    windows: Sequence[int] = (2, 5),
    trials: int = 4_000,
    seed: int = 0,
) -> Judge:
    """The share of runs whose final collapse comes after the first hit."""
    p, windows = _scene(truth, n, windows)
    _as_in_the_figure(p, n)
    ends = [_ends(p, MostRecent(n, K, draw="fresh"), trials, seed + K) for K in windows]
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
def kept_final(
    *,
    truth: ArrayLike | None = None,
    n: int = 10,
    windows: Sequence[int] = (2, 5),
    trials: int = 4_000,
    seed: int = 0,
) -> Judge:
    """The share of runs that leave it again, which is proved to be 0."""
    p, windows = _scene(truth, n, windows)
    ends = [_ends(p, MostRecent(n, K), trials, seed + K) for K in windows]
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
def random_limit(*, truth: ArrayLike | None = None, n: int = 10, trials: int = 4_000, seed: int = 0) -> Judge:
    """The recursion at generation 20,000 between the two bounds, to one part in 10^6, and sigma at 500."""
    p = _truth(truth, n)
    left = moments.diversity(RandomlySampled(n), 20_000)[-1]
    low, high = random_limits(n)
    expected = moments.sigma(RandomlySampled(n), p, 500)[-1]
    simulated = random_past(p, n, trials, seed).at("sigma", 500)
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
def redrawn_sigma(*, truth: ArrayLike | None = None, n: int = 10, trials: int = 4_000, seed: int = 0) -> Judge:
    """Simulated means at three generations up to 500."""
    p, m = _truth(truth, n), (2, 20, 500)
    expected = 1 - (1 - float(metrics.sigma(p))) * moments.accumulated_diversity(n, m)
    samples = random_past(p, n, trials, seed, "redrawn").at("sigma", *m)
    return lambda spoil: _close(samples, spoil * expected, of=expected, share=0.08)


@dataclass(frozen=True)
class Ends:
    """When runs collapsed, in generations, shape (runs,); -1 where the limit came first."""

    first: Integers
    """T, the first generation whose model is a Dirac mass."""
    final: Integers
    """The first generation from which on all models are."""


@functools.lru_cache(maxsize=16)
def ends(p: tuple[float, ...], schedule: MostRecent, runs: int, seed: int, limit: int = LIMIT) -> Ends:
    """First hit and final collapse under a window of K models.

    A run is over after K + 1 Dirac masses in a row: the last of them learned from the K before, so those are all
    the same token, and nothing else is left in the window.
    """
    learner, rng = Tokens(len(p)), np.random.default_rng(seed)
    size = int(schedule.sizes(1)[0])
    truth = np.broadcast_to(distributions.settled(p), (runs, len(p)))
    corpus = learner.corpus(Tabular().sample(truth, size, rng))
    first, last_open = np.full(runs, -1, dtype=np.int64), np.zeros(runs, dtype=np.int64)
    for m, model in enumerate(generations(learner, schedule, rng, corpus=corpus), start=1):
        dirac = learner.collapsed(model)
        first[(first < 0) & dirac] = m
        last_open[~dirac] = m
        over = m - last_open > schedule.window
        if over.all() or m == limit:
            return Ends(first, np.where(over, last_open + 1, -1))
    raise AssertionError("generations never end")


@functools.lru_cache(maxsize=32)
def horizon(schedule: MostRecent, S0: float) -> int:
    """The first generation at which P(p^(m) is no Dirac mass) <= 1/100 for certain; -1 if beyond `LIMIT`.

    A model fitted to at most N tokens that is no Dirac mass has 1 - sigma >= 2 (N - 1)/N^2, so Markov's inequality
    gives P(no Dirac mass) <= (1 - S_m) N^2/(2 (N - 1)).
    """
    N = schedule.size // schedule.window * schedule.window
    for last in (100, 1_000, LIMIT):
        left = (1 - S0) * moments.diversity(schedule, last)
        if (enough := left * N**2 / (2 * (N - 1)) <= 0.01).any():
            return int(enough.argmax())
    return -1


def random_limits(n: int) -> tuple[float, float]:
    """Bounds of the share of diversity that random sampling leaves in the end, from one fixed corpus."""
    a, product = 1 - 1 / n, float(moments.accumulated_diversity(n))
    return a * product, a * (product + a / n * (np.pi**2 / 3 - 3))


@dataclass(frozen=True)
class RandomPast:
    """Runs of random sampling: first hits up to generation 500, shape (runs,), -1 where there was none.

    `sigma` and `deviation` (from p^(1)) are at the generations `SHOWN`, shape (len(SHOWN), runs).
    """

    first: Integers
    sigma: Floats
    deviation: Floats

    def at(self, name: Literal["sigma", "deviation"], *m: int) -> Floats:
        """The measurement at these generations, shape (runs, len(m))."""
        values: Floats = getattr(self, name)
        return values[[SHOWN.index(generation) for generation in m]].T


def random_past(p: Floats, n: int, trials: int, seed: int, draw: Mixing = "mixed") -> RandomPast:
    """500 generations of random sampling under a reading, measured.

    They are the dearest runs of the chapter: there are half as many as `trials`, and claims and figures share them.
    """
    return _random_past(tuple(p), n, max(2, trials // 2), seed + MIXING.index(draw), draw)


@dataclass(frozen=True)
class Reading:
    """What the 500 generations of Figure 6 come to under one reading of random sampling."""

    draw: Mixing
    dirac: tuple[float, float, float]
    """The share of runs that met a Dirac mass, and its 99 % interval."""
    sigma: tuple[float, float, float]
    """The mean of sigma at the last generation, and its interval."""
    exact: float
    """S_500, which that mean estimates."""


def readings(p: Floats, n: int, trials: int, seed: int) -> tuple[Reading, ...]:
    """The four readings side by side, those with the most new data first; independent runs."""
    order: tuple[Mixing, ...] = ("redrawn", "mixed", "subset", "first")
    past = {draw: random_past(p, n, trials, seed, draw) for draw in order}
    return tuple(
        Reading(
            draw,
            _interval(past[draw].first > 0),
            _interval(past[draw].at("sigma", SHOWN[-1])[:, 0]),
            float(moments.sigma(RandomlySampled(n, draw), p, SHOWN[-1])[-1]),
        )
        for draw in order
    )


def _interval(sample: NDArray[Any]) -> tuple[float, float, float]:
    """Mean and interval as plain numbers."""
    mean, low, high = evidence.interval(sample)
    return float(mean), float(low), float(high)


@functools.lru_cache(maxsize=8)
def _random_past(p: tuple[float, ...], n: int, runs: int, seed: int, draw: Mixing) -> RandomPast:
    """`random_past`, some runs at a time."""
    rng = np.random.default_rng(seed)
    sizes = [min(BLOCK, runs - start) for start in range(0, runs, BLOCK)]
    blocks = [_measured(np.array(p), RandomlySampled(n, draw), size, rng) for size in sizes]
    first, sigma, deviation = (np.concatenate(parts, axis=-1) for parts in zip(*blocks, strict=True))
    return RandomPast(first, sigma, deviation)


def _measured(
    p: Floats, schedule: RandomlySampled, runs: int, rng: np.random.Generator
) -> tuple[Integers, Floats, Floats]:
    """First hits, sigma and deviation of one block."""
    learner, tokens, truth = Tokens(len(p)), np.arange(len(p), dtype=np.int16), distributions.settled(p)

    def corpus() -> NDArray[np.int16]:
        return rng.choice(tokens, size=(runs, schedule.size), p=truth)

    first, laws = np.full(runs, -1, dtype=np.int64), []
    models = generations(learner, schedule, rng, corpus=corpus(), redraw=corpus)
    for m, model in enumerate(itertools.islice(models, SHOWN[-1]), start=1):
        first[(first < 0) & learner.collapsed(model)] = m
        if m in SHOWN:
            laws.append(learner.law(model))
    return first, metrics.sigma(laws), metrics.deviation(laws, laws[0])


@functools.lru_cache(maxsize=32)
def _run(p: tuple[float, ...], schedule: Mixture, trials: int, seed: int) -> Trajectory:
    """Simulated runs, shared by the claims about sigma and the squared deviation."""
    record: list[metrics.Metric] = [metrics.sigma, metrics.squared]
    return simulate(np.array(p), schedule, LAST, runs=trials, seed=seed, record=record)


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
    found = np.concatenate([_run(tuple(p), each, trials, seed)["sigma"][times].T for each in schedules], axis=1)
    expected = np.concatenate([moments.sigma(each, p, LAST)[times] for each in schedules])
    return lambda spoil: _close(found, spoil * expected, of=expected, share=share)


def _close(samples: ArrayLike, expected: ArrayLike, *, of: ArrayLike, share: float) -> Verdict:
    """Means of sigma give or take a share of S or of the diversity 1 - S, whichever is smaller; S is `of`."""
    size = np.minimum(of, 1 - np.asarray(of))
    return evidence.equality(samples, expected, margin=share * size, about=size)


def at_most_one(chance: float) -> float:
    """The chance of at most one such run in the paper's 100, binomial."""
    return float(special.bdtr(1, COUNTED, chance))


def run_chance(p: float) -> float:
    """The chance of a run at which `at_most_one` is p."""
    return float(special.bdtri(1, COUNTED, p))


def _ends(p: Floats, schedule: MostRecent, trials: int, seed: int) -> Ends:
    """`ends`, or `OutOfScope` where that would take too long."""
    if horizon(schedule, float(metrics.sigma(p))) < 0:
        raise OutOfScope(
            f"a window of {schedule.window} collapses too slowly to be watched for {LIMIT:,} generations."
        )
    return ends(tuple(p), schedule, trials, seed)


def _truth(truth: ArrayLike | None, n: int) -> Floats:
    """The live tokens of the truth; with one token a generation there is nothing to measure."""
    FullySynthetic(n)  # refuses what is no sample size
    if n == 1:
        raise OutOfScope("with n = 1 every model is a Dirac mass.")
    return live_truth(truth)


def _scene(truth: ArrayLike | None, n: int, windows: Sequence[int]) -> tuple[Floats, list[int]]:
    """The truth, and the windows of at least two models that leave two samples for each."""
    p = _truth(truth, n)
    wide = sorted({K for K in windows if 2 <= K <= n // 2})
    if not wide:
        raise OutOfScope(f"no window of 2 to n/2 = {n // 2} models is given.")
    return p, wide


def _as_counted(truth: ArrayLike | None, n: int) -> Floats:
    """The truth, where the paper's count of Dirac masses tells something of it."""
    p = _truth(truth, n)
    if n != 10 or abs(metrics.sigma(p) - 0.1) > 1e-6:
        raise OutOfScope("the paper's count is for n = 10 and a truth with S_0 = 0.1.")
    return p


def _as_in_the_figure(p: Floats, n: int) -> None:
    """Refuse a harsher setting than the paper's."""
    if n < 10 or metrics.sigma(p) > 0.1 + 1e-9:
        raise OutOfScope(
            "the paper's figure has n = 10 and S_0 = 0.1; with fewer tokens or a more concentrated truth, "
            "the small training sets of the first generations decide."
        )
