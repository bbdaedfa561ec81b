"""Section 3.3 and Figure 6: windows of recent models, random sampling of the past, and all of it accumulated."""

from __future__ import annotations

import functools
import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from collapse_lib import evidence, metrics
from collapse_lib.claims import Judge, claim
from collapse_lib.claims.truths import live_truth
from collapse_lib.evidence import OutOfScope, Verdict
from collapse_lib.learners import Tabular, Tokens
from collapse_lib.recursion import Trajectory, generations, simulate
from collapse_lib.schedules import Accumulate, FullySynthetic, Mixing, MostRecent, RandomlySampled
from collapse_lib.theory import moments

CHAPTER = "mixtures"
SHOWN = (1, 2, 5, 10, 20, 50, 100, 200, 500)  # generations at which random sampling is measured; 500 is the paper's
LIMIT = 5_000  # generations after which a window's run is given up
TIMES = np.array([2, 5, 10, 20, 50])  # generations at which the exact means are compared
LAST = 50
BLOCK = 500  # runs at a time, where the whole past of each is kept
READINGS: tuple[Literal["kept"], Literal["fresh"]] = ("kept", "fresh")

Mixture = MostRecent | RandomlySampled | Accumulate
Floats = NDArray[np.float64]
Integers = NDArray[np.int64]


@claim(
    "figure-6/delays",
    chapter=CHAPTER,
    place="Figure 6, windows",
    statement=r"A window delays collapse: in the fresh reading \(\mathbb{E}[T]\) is larger with each window "
    r"\(K > 1\) than with \(K = 1\).",
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
    statement=r"With random sampling the model degrades: the mean of \(\sigma_m\) at \(m\) = 10, 100 and 500 is "
    r"above \(S_1\).",
    planted=3,
)
def degrades(*, truth: ArrayLike | None = None, n: int = 10, trials: int = 4_000, seed: int = 0) -> Judge:
    """Simulated sigma against the exact mean of the first model's."""
    p = _truth(truth, n)
    S1 = 1 / n + (1 - 1 / n) * float(metrics.sigma(p))
    return lambda spoil: evidence.at_least(random_past(p, n, trials, seed).at("sigma", 10, 100, 500), spoil * S1)


@claim(
    "figure-6/plateau",
    chapter=CHAPTER,
    place="Figure 6, random sampling",
    statement=r"With random sampling the deviation \(\lVert p^{(m)} - p^{(1)} \rVert_1\) reaches its plateau "
    r"quickly: its mean at \(m = 500\) is the one at \(m = 50\), give or take 0.1 (it could be 2).",
)
def plateau(*, truth: ArrayLike | None = None, n: int = 10, trials: int = 4_000, seed: int = 0) -> Judge:
    """The difference of the two in each run."""
    p = _truth(truth, n)
    _as_in_the_figure(p, n)
    early, late = random_past(p, n, trials, seed).at("deviation", 50, 500).T
    return lambda spoil: evidence.equality(late - spoil * early, 0.0, margin=0.1)


@claim(
    "figure-6/rare",
    chapter=CHAPTER,
    place="Figure 6, random sampling",
    statement=r"With random sampling a Dirac mass is rare: at most 15 % of the runs meet one in 500 generations, "
    r"whether the real corpus is fixed or redrawn.",
    planted=20,
)
def rare(*, truth: ArrayLike | None = None, n: int = 10, trials: int = 4_000, seed: int = 0) -> Judge:
    """The share of runs with a first hit, under both ways to use real data."""
    p = _truth(truth, n)
    _as_in_the_figure(p, n)
    first = [random_past(p, n, trials, seed + redrawn, redrawn=redrawn).first for redrawn in (False, True)]
    return lambda spoil: evidence.at_most(np.stack(first, axis=1) > 0, 0.15 / spoil)


@claim(
    "mixtures/corpus-matters",
    chapter=CHAPTER,
    place="Figure 6, random sampling",
    statement=r"How rare depends on the real data: with one fixed corpus, as (5) has it, more runs meet a Dirac "
    r"mass in 500 generations than with real data drawn anew each time, by more than 1 in 100.",
    origin="ours",
    planted=20,
)
def corpus_matters(*, truth: ArrayLike | None = None, n: int = 10, trials: int = 4_000, seed: int = 0) -> Judge:
    """The difference of the two shares, independent runs."""
    p = _truth(truth, n)
    if n != 10 or abs(metrics.sigma(p) - 0.1) > 1e-6:
        raise OutOfScope("the paper's count is for n = 10 and a truth with S_0 = 0.1.")
    fixed, redrawn = (random_past(p, n, trials, seed + anew, redrawn=anew).first > 0 for anew in (False, True))
    return lambda spoil: evidence.at_least(fixed - spoil * redrawn, 0.01)


@claim(
    "mixtures/sigma-kept",
    chapter=CHAPTER,
    place="Exact law, windows kept",
    statement=r"The recursion for two lines of descent gives \(S_m\) of a window exactly, in the kept reading.",
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
    """Simulated means at five generations, each window."""
    p, windows = _scene(truth, n, windows)
    return _sigma_agrees(p, [MostRecent(n, K) for K in windows], trials, seed)


@claim(
    "mixtures/sigma-fresh",
    chapter=CHAPTER,
    place="Exact law, windows fresh",
    statement=r"The recursion for two lines of descent gives \(S_m\) of a window exactly, in the fresh reading.",
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
    """Simulated means at five generations, each window."""
    p, windows = _scene(truth, n, windows)
    return _sigma_agrees(p, [MostRecent(n, K, draw="fresh") for K in windows], trials, seed)


@claim(
    "mixtures/sigma-random",
    chapter=CHAPTER,
    place="Exact law, random sampling",
    statement=r"The recursion for two lines of descent gives \(S_m\) of random sampling exactly.",
    origin="ours",
)
def sigma_random(*, truth: ArrayLike | None = None, n: int = 10, trials: int = 4_000, seed: int = 0) -> Judge:
    """Simulated means at five generations."""
    return _sigma_agrees(_truth(truth, n), [RandomlySampled(n)], trials, seed)


@claim(
    "mixtures/sigma-accumulate",
    chapter=CHAPTER,
    place="Exact law, accumulation",
    statement=r"Where all data are kept and accumulate, \(1 - S_m =\) \((1 - S_0) \prod_{j=1}^m (1 - 1/(n j^2))\).",
    origin="ours",
)
def sigma_accumulate(*, truth: ArrayLike | None = None, n: int = 10, trials: int = 4_000, seed: int = 0) -> Judge:
    """The recursion against the simulated means, and against the product."""
    p = _truth(truth, n)
    product = (1 - float(metrics.sigma(p))) * moments.accumulated_diversity(n, TIMES)
    recursion = 1 - moments.sigma(Accumulate(n), p, LAST)[TIMES]
    simulated = _sigma_agrees(p, [Accumulate(n)], trials, seed)
    return lambda spoil: evidence.both(
        simulated(spoil),
        evidence.exact(recursion, product, tolerance=1e-9),
    )


@claim(
    "mixtures/squared-deviation",
    chapter=CHAPTER,
    place="Exact law, all columns",
    statement=r"The same recursion gives \(\mathbb{E}\lVert p^{(m)} - p^{(1)} \rVert_2^2\) exactly, for windows "
    r"in both readings, random sampling and accumulation.",
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
    """Simulated means at five generations, each schedule."""
    p, windows = _scene(truth, n, windows)
    schedules: list[Mixture] = [MostRecent(n, K, draw=draw) for K in windows for draw in READINGS]
    schedules += [RandomlySampled(n), Accumulate(n)]
    runs = [_run(tuple(p), schedule, LAST, trials, seed) for schedule in schedules]
    expected = [moments.squared_deviation(schedule, p, LAST)[TIMES] for schedule in schedules]
    samples = np.concatenate([run["squared"][TIMES].T for run in runs], axis=1)
    return lambda spoil: evidence.equality(samples, spoil * np.concatenate(expected), margin=0.04)


@claim(
    "mixtures/readings-differ",
    chapter=CHAPTER,
    place="Section 3.3, windows",
    statement=r"With kept samples a window loses diversity faster than with fresh ones: the mean of "
    r"\(\sigma_m\) is larger at \(m\) = 10 and 20.",
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
        [_run(tuple(p), MostRecent(n, K, draw=draw), LAST, trials, seed)["sigma"][[10, 20]].T for K in windows]
        for draw in READINGS
    )
    return lambda spoil: evidence.at_least(
        np.concatenate(kept, axis=1) - spoil * np.concatenate(fresh, axis=1), 0.0
    )


@claim(
    "mixtures/factor",
    chapter=CHAPTER,
    place="Section 3.3, windows",
    statement=r"Kept, a window of \(K\) models loses diversity \(K\) times as fast as fresh, for many samples: "
    r"\(4/(q(K+1)^2)\) against \(4/(qK(K+1)^2)\) in each generation, at \(q = 1000\) samples of each model, "
    r"to 1 %.",
    origin="ours",
)
def factor(*, windows: Sequence[int] = (2, 5)) -> Judge:
    """The exact eigenvalues of both readings against the two formulas."""
    windows = [K for K in windows if 2 <= K <= 12]
    if not windows:
        raise OutOfScope("no window of 2 to 12 models is given.")
    pairs = [(K, draw) for K in windows for draw in READINGS]
    losses = [1 - moments.decay_rate(MostRecent(1_000 * K, K, draw=draw)) for K, draw in pairs]

    def judge(spoil: float) -> Verdict:
        formula = [spoil * (1 - float(moments.window_decay(1_000, K, draw=draw))) for K, draw in pairs]
        return evidence.exact(np.divide(losses, formula), 1.0, tolerance=0.01)

    return judge


@claim(
    "mixtures/first-hit",
    chapter=CHAPTER,
    place="Figure 6, the time T",
    statement=r"In the fresh reading a window's first Dirac mass need not be final: for each \(K > 1\), more than "
    r"one run in twenty leaves it again.",
    origin="ours",
    planted=20,
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
    ends = [_ends(p, MostRecent(n, K, draw="fresh"), trials, seed + K) for K in windows]
    return lambda spoil: evidence.at_least(np.stack([end.final > end.first for end in ends], axis=1), 0.05 * spoil)


@claim(
    "mixtures/kept-final",
    chapter=CHAPTER,
    place="Figure 6, the time T",
    statement=r"In the kept reading a window's first Dirac mass is final, in every run.",
    origin="ours",
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
    statement=r"With random sampling diversity has a positive limit, between \(a\,\frac{\sin x}{x}\) and "
    r"\(a\bigl(\frac{\sin x}{x} + \frac an (\frac{\pi^2}3 - 3)\bigr)\) of the truth's, where "
    r"\(x = \pi/\sqrt n\) and \(a = 1 - 1/n\); the simulated mean at \(m = 500\) is the exact one.",
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
        evidence.equality(simulated, spoil * expected, margin=0.03),
        evidence.exact_bound([low, left], [left, high], rounding=1e-6),
    )


@claim(
    "mixtures/redrawn",
    chapter=CHAPTER,
    place="Exact law, random sampling",
    statement=r"With real data drawn anew, random sampling of \(n\) tokens keeps exactly the mean diversity that "
    r"accumulation of all data keeps: \(1 - S_m =\) \((1 - S_0) \prod_{j=1}^m (1 - 1/(n j^2))\).",
    origin="ours",
)
def redrawn_sigma(*, truth: ArrayLike | None = None, n: int = 10, trials: int = 4_000, seed: int = 0) -> Judge:
    """Simulated means at six generations up to 500."""
    p, m = _truth(truth, n), (1, 2, 5, 20, 100, 500)
    expected = 1 - (1 - float(metrics.sigma(p))) * moments.accumulated_diversity(n, m)
    samples = random_past(p, n, trials, seed + 1, redrawn=True).at("sigma", *m)
    return lambda spoil: evidence.equality(samples, spoil * expected, margin=0.03)


@claim(
    "mixtures/accumulate-limit",
    chapter=CHAPTER,
    place="Exact law, accumulation",
    statement=r"Where all data accumulate, diversity has a positive limit: \(S_m \to 1 - (1 - S_0) "
    r"\frac{\sin x}{x}\) with \(x = \pi/\sqrt n\), and the simulated mean is there by \(m\) = 50.",
    origin="ours",
)
def accumulate_limit(*, truth: ArrayLike | None = None, n: int = 10, trials: int = 4_000, seed: int = 0) -> Judge:
    """The last generation of the simulated runs against the limit."""
    p = _truth(truth, n)
    limit = 1 - (1 - float(metrics.sigma(p))) * float(moments.accumulated_diversity(n))
    run = _run(tuple(p), Accumulate(n), LAST, trials, seed)
    return lambda spoil: evidence.equality(run["sigma"][LAST], spoil * limit, margin=0.03)


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
    corpus = learner.corpus(Tabular().sample(np.broadcast_to(p, (runs, len(p))), size, rng))
    first, last_open = np.full(runs, -1), np.zeros(runs, dtype=np.int64)
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


def random_past(
    p: Floats, n: int, runs: int, seed: int, draw: Mixing = "mixed", *, redrawn: bool = False
) -> RandomPast:
    """500 generations of random sampling under a reading, measured; `redrawn` is short for draw="redrawn"."""
    return _random_past(tuple(p), n, runs, seed, "redrawn" if redrawn else draw)


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


def readings(p: Floats, n: int, runs: int, seed: int) -> tuple[Reading, ...]:
    """The four readings side by side, those with the most new data first; independent runs."""
    order: tuple[Mixing, ...] = (
        "mixed",
        "redrawn",
        "subset",
        "first",
    )  # the first two share their runs with claims
    past = {draw: random_past(p, n, runs, seed + shift, draw) for shift, draw in enumerate(order)}
    return tuple(
        Reading(
            draw,
            _interval(past[draw].first > 0),
            _interval(past[draw].at("sigma", SHOWN[-1])[:, 0]),
            float(moments.sigma(RandomlySampled(n, draw), p, SHOWN[-1])[-1]),
        )
        for draw in ("redrawn", "mixed", "subset", "first")
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
    learner, tokens = Tokens(len(p)), np.arange(len(p), dtype=np.int16)

    def corpus() -> NDArray[np.int16]:
        return rng.choice(tokens, size=(runs, schedule.size), p=p)

    first, laws = np.full(runs, -1), []
    models = generations(learner, schedule, rng, corpus=corpus(), redraw=corpus)
    for m, model in enumerate(itertools.islice(models, SHOWN[-1]), start=1):
        first[(first < 0) & learner.collapsed(model)] = m
        if m in SHOWN:
            laws.append(learner.law(model))
    return first, metrics.sigma(laws), metrics.deviation(laws, laws[0])


@functools.lru_cache(maxsize=32)
def _run(p: tuple[float, ...], schedule: Mixture, last: int, trials: int, seed: int) -> Trajectory:
    """Simulated runs, shared by the claims about sigma and the squared deviation."""
    record: list[metrics.Metric] = [metrics.sigma, metrics.squared]
    return simulate(np.array(p), schedule, last, runs=trials, seed=seed, record=record)


def _sigma_agrees(p: Floats, schedules: Sequence[Mixture], trials: int, seed: int) -> Judge:
    """Simulated S_m against the exact one, give or take 0.04, for each schedule."""
    samples = [_run(tuple(p), schedule, LAST, trials, seed)["sigma"][TIMES].T for schedule in schedules]
    expected = [moments.sigma(schedule, p, LAST)[TIMES] for schedule in schedules]
    found, exact = np.concatenate(samples, axis=1), np.concatenate(expected)
    return lambda spoil: evidence.equality(found, spoil * exact, margin=0.04)


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


def _as_in_the_figure(p: Floats, n: int) -> None:
    """Refuse a harsher setting than the paper's."""
    if n < 10 or metrics.sigma(p) > 0.1 + 1e-9:
        raise OutOfScope(
            "the paper's figure has n = 10 and S_0 = 0.1; with fewer tokens or a more concentrated truth, "
            "the small training sets of the first generations decide."
        )
