"""The setting of the chapter `mixtures`, and what is simulated for it."""

from __future__ import annotations

import functools
import itertools
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from scipy import special

from collapse_lib import distributions, evidence, metrics, parameters
from collapse_lib.evidence import OutOfScope
from collapse_lib.experiments.truths import OneTruth, live_truth
from collapse_lib.learners import Tokens
from collapse_lib.parameters import parameter
from collapse_lib.recursion import Trajectory, Truth, generations, simulate
from collapse_lib.schedules import MIXING, Accumulate, FullySynthetic, Mixing, MostRecent, RandomlySampled
from collapse_lib.theory import moments

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


@dataclass(frozen=True, eq=False)
class Scene(OneTruth, parameters.Scene):
    """The setting of the chapter."""

    took = (47, 220e6)

    n: int = parameter(10, "samples in each generation, tokens", 2, 100, paper=10)
    windows: tuple[int, ...] = parameter((2, 5), "windows K beside K = 1, models; each at most n", 2, 12)
    draw: str = parameter(
        "fresh",
        "how Figure 6 reads the windows",
        choices=(
            "fresh",
            "kept",
        ),
    )
    generations: int = parameter(500, "last generation of Figure 6", 20, 2_000, paper=500)
    vocabulary: int = parameter(600, "size s of the vocabulary, tokens", 2, 100_000, paper=600)
    support: int = parameter(52, "live tokens of the truth, the paper's s with a tilde", 2, 100_000, paper=52)
    sigma: float = parameter(0.1, "the truth's S_0, the sum of its squared probabilities", 0, 1, paper=0.1)
    truth: tuple[float, ...] = parameter(
        (), "your own truth in place of these three, probabilities that sum to 1", 0, 1
    )
    runs: int = parameter(100, "runs in Figure 6", 2, 10_000, quick=60, deep=400, paper=100)
    trials: int = parameter(
        4_000,
        "runs behind each verdict, and in the figures after Figure 6",
        100,
        1_000_000,
        quick=1_800,
        deep=40_000,
    )
    seed: int = parameter(0, "where every random stream starts", 0)

    @functools.cached_property
    def p(self) -> Floats:
        """The live tokens of the truth; with one token a generation there is nothing to measure."""
        FullySynthetic(self.n)  # refuses what is no sample size
        if self.n == 1:
            raise OutOfScope("with n = 1 every model is a Dirac mass.")
        return live_truth(self.truth)

    @functools.cached_property
    def wide(self) -> list[int]:
        """The windows of at least two models that leave two samples for each."""
        wide = sorted({K for K in self.windows if 2 <= K <= self.n // 2})
        if not wide:
            raise OutOfScope(f"no window of 2 to n/2 = {self.n // 2} models is given.")
        return wide

    def require_the_count(self) -> None:
        """`OutOfScope` where the paper's count of Dirac masses tells nothing of the truth."""
        if self.n != 10 or abs(self.S0 - 0.1) > 1e-6:
            raise OutOfScope("the paper's count is for n = 10 and a truth with S_0 = 0.1.")

    def require_the_figure(self) -> None:
        """`OutOfScope` in a harsher setting than the paper's."""
        if self.n < 10 or self.S0 > 0.1 + 1e-9:
            raise OutOfScope(
                "the paper's figure has n = 10 and S_0 = 0.1; with fewer tokens or a more concentrated truth, "
                "the small training sets of the first generations decide."
            )


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
    corpus = Truth(np.array(p), learner)(runs, int(schedule.sizes(1)[0]), rng)
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
    return past(tuple(p), n, max(2, trials // 2), seed + MIXING.index(draw), draw)


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
def past(p: tuple[float, ...], n: int, runs: int, seed: int, draw: Mixing) -> RandomPast:
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
def trajectory(p: tuple[float, ...], schedule: Mixture, trials: int, seed: int) -> Trajectory:
    """Simulated runs, shared by the claims about sigma and the squared deviation."""
    record: list[metrics.Metric] = [metrics.sigma, metrics.squared]
    return simulate(np.array(p), schedule, LAST, runs=trials, seed=seed, record=record)


def at_most_one(chance: float) -> float:
    """The chance of at most one such run in the paper's 100, binomial."""
    return float(special.bdtr(1, COUNTED, chance))


def run_chance(p: float) -> float:
    """The chance of a run at which `at_most_one` is p."""
    return float(special.bdtri(1, COUNTED, p))


def ended(p: Floats, schedule: MostRecent, trials: int, seed: int) -> Ends:
    """`ends`, or `OutOfScope` where that would take too long."""
    if horizon(schedule, float(metrics.sigma(p))) < 0:
        raise OutOfScope(
            f"a window of {schedule.window} collapses too slowly to be watched for {LIMIT:,} generations."
        )
    return ends(tuple(p), schedule, trials, seed)
