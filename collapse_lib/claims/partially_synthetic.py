"""Section 3.2: Theorem 2, Figure 3, and the exact laws beside them."""

from __future__ import annotations

import functools
from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from collapse_lib import evidence, metrics
from collapse_lib.claims import Judge, claim
from collapse_lib.claims.truths import live_truth
from collapse_lib.evidence import OutOfScope, Verdict
from collapse_lib.recursion import Trajectory, simulate
from collapse_lib.schedules import PartiallySynthetic
from collapse_lib.theory import deviation, paper

CHAPTER = "partially_synthetic"


@claim(
    "theorem-2/sigma",
    chapter=CHAPTER,
    place="Theorem 2, (9), its last sign corrected",
    statement=r"\(S_m\) is what (9) says with a plus for its last minus.",
)
def sigma(
    *,
    truth: ArrayLike | None = None,
    N: int = 100,
    n: int = 50,
    generations: int = 50,
    trials: int = 4_000,
    seed: int = 0,
) -> Judge:
    """Simulated S_m against the corrected (9), at five generations."""
    p = live_truth(truth)
    run, m = _run(tuple(p), N, n, generations, trials, seed), _shown(generations)
    expected = paper.sigma_partially_synthetic(metrics.sigma(p), N, n, m)
    return lambda spoil: evidence.equality(run["sigma"][m].T, spoil * expected, margin=0.01)


@claim(
    "theorem-2/bound",
    chapter=CHAPTER,
    place="Theorem 2, the bound",
    statement=r"\(S_m < 1 - \frac{(1 - 1/N)(1 + \alpha)(1 - S_0)}{1 + (1 + 1/N)\alpha}\) for \(m \ge 2\): "
    r"simulated at \(N = 5\), \(n = 20\), where the two sides differ, and exact up to \(m = 50\), there and at "
    "the page's sizes.",
)
def bound(
    *,
    truth: ArrayLike | None = None,
    N: int = 100,
    n: int = 50,
    trials: int = 4_000,
    seed: int = 0,
) -> Judge:
    """Simulated S_2 and S_3 below the bound; the exact S_2..S_50 below it."""
    p, page = live_truth(truth), PartiallySynthetic(N, n)
    S0, m = metrics.sigma(p), np.arange(2, 51)
    small = _run(tuple(p), 5, 20, 3, 3 * trials, seed)["sigma"][2:].T
    both_sizes = (5, 20), (page.real, page.synthetic)

    def judge(spoil: float) -> Verdict:
        limits = [paper.sigma_partially_synthetic_limit(S0, *sizes) / spoil for sizes in both_sizes]
        exact = [paper.sigma_partially_synthetic(S0, *sizes, m) for sizes in both_sizes]
        below = evidence.exact_bound(np.stack(exact), np.stack(limits)[:, None])
        return evidence.both(evidence.at_most(small, limits[0]), below)

    return judge


@claim(
    "figure-3/sigma-flat",
    chapter=CHAPTER,
    place="Figure 3, top",
    statement=r"\(\sigma_m\) hardly moves with \(n\): its mean stays within \(1/(2N)\) of \(S_1\), whatever \(n\) "
    r"and \(m\), and the simulated one within 0.01.",
)
def sigma_flat(
    *,
    truth: ArrayLike | None = None,
    N: int = 100,
    sizes: Sequence[int] = (10, 100, 400),
    generations: int = 50,
    trials: int = 4_000,
    seed: int = 0,
) -> Judge:
    """The last generation at every n against S_1; and exactly, at n up to a million."""
    p = live_truth(truth)
    if N < 50:
        raise OutOfScope("with fewer than 50 real samples 1/(2N) exceeds the 0.01 of the claim.")
    S0 = metrics.sigma(p)
    S1 = paper.sigma_partially_synthetic(S0, N, 1, 1)
    rise = paper.sigma_partially_synthetic_limit(S0, N, 10.0 ** np.arange(7)) - S1
    last = [_run(tuple(p), N, n, generations, trials, seed + i)["sigma"][-1] for i, n in enumerate(sizes)]

    def judge(spoil: float) -> Verdict:
        flat = evidence.equality(np.stack(last, axis=1), spoil * S1, margin=0.01)
        return evidence.both(flat, evidence.exact_bound(rise, 1 / (2 * N)))

    return judge


@claim(
    "figure-3/deviation-grows",
    chapter=CHAPTER,
    place="Figure 3, bottom",
    statement=r"\(\lVert p^{(m)} - p^{(1)} \rVert_1\) grows with \(n\): the mean at the last generation is larger "
    "for each of the figure's sizes than for the one before.",
    planted=2.5,
)
def deviation_grows(
    *,
    truth: ArrayLike | None = None,
    N: int = 100,
    sizes: Sequence[int] = (10, 100, 400),
    generations: int = 50,
    trials: int = 4_000,
    seed: int = 0,
) -> Judge:
    """Differences of the last deviations between neighbouring sizes, independent runs."""
    p = live_truth(truth)
    ordered = sorted(set(sizes))
    if len(ordered) < 2 or generations < 2 or N < 2:
        raise OutOfScope("an order needs two sizes, a second generation and two real samples.")
    runs = [_run(tuple(p), N, n, generations, trials, seed + i) for i, n in enumerate(ordered)]
    last = np.stack([run["deviation"][-1] for run in runs], axis=1)
    return lambda spoil: evidence.at_least(last[:, 1:] - spoil * last[:, :-1], 0.0)


@claim(
    "deviation/l1",
    chapter=CHAPTER,
    place="Exact law beside Figure 3, bottom",
    statement=r"The chain of one token's count gives \(\mathbb{E}\lVert p^{(m)} - p^{(1)} \rVert_1\) exactly: it "
    "is the mean of the simulated deviations.",
    origin="ours",
)
def l1(
    *,
    truth: ArrayLike | None = None,
    N: int = 100,
    n: int = 50,
    generations: int = 50,
    trials: int = 4_000,
    seed: int = 0,
) -> Judge:
    """Simulated mean L1 deviations against the exact ones, from the truth's to the last generation's."""
    p = live_truth(truth)
    run, m = _run(tuple(p), N, n, generations, trials, seed), _shown(generations)
    m = np.append(0, m[m > 1])
    exact = deviation.l1(p, N, n, generations)
    return lambda spoil: evidence.equality(run["deviation"][m].T, spoil * exact[m], margin=0.01)


@claim(
    "deviation/l2",
    chapter=CHAPTER,
    place="Exact law, squared",
    statement=r"\(\mathbb{E}\lVert p^{(m)} - p^{(1)} \rVert_2^2\) follows \(D_{m+1} = \alpha^2[(1 - S_m)/n + "
    r"D_m]\), \(D_1 = 0\).",
    origin="ours",
)
def l2(
    *,
    truth: ArrayLike | None = None,
    N: int = 100,
    n: int = 50,
    generations: int = 50,
    trials: int = 4_000,
    seed: int = 0,
) -> Judge:
    """Simulated mean squared deviations against the exact ones, give or take a tenth of 1/(2N)."""
    p = live_truth(truth)
    if generations < 2:
        raise OutOfScope("the first generation does not deviate from itself.")
    run, m = _run(tuple(p), N, n, generations, trials, seed), _shown(generations)
    m = m[m > 1]
    exact = deviation.l2_squared(p, N, n, generations)[m]
    return lambda spoil: evidence.equality(run["squared"][m].T, spoil * exact, margin=0.1 * exact.max())


def _shown(generations: int) -> NDArray[np.int64]:
    """Five generations, from the first to the last."""
    return np.unique(np.geomspace(1, generations, 5).astype(int))


@functools.lru_cache(maxsize=16)
def _run(p: tuple[float, ...], N: int, n: int, generations: int, trials: int, seed: int) -> Trajectory:
    """One simulation, shared by the claims about it."""
    record: list[metrics.Metric] = [metrics.sigma, metrics.deviation, metrics.squared]
    return simulate(p, PartiallySynthetic(N, n), generations, runs=trials, seed=seed, record=record)
