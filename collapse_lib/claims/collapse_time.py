"""The collapse time (ours): its exact law against simulation, E[T] < 2n, and the diffusion as a check."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from collapse_lib import distributions, evidence, metrics
from collapse_lib.claims import Judge, claim
from collapse_lib.claims.fully_synthetic import times
from collapse_lib.claims.truths import live_truth
from collapse_lib.evidence import Verdict
from collapse_lib.recursion import collapse_times, simulate
from collapse_lib.schedules import FullySynthetic
from collapse_lib.theory import coalescent, drift

CHAPTER = "collapse_time"
QUANTILES = (0.05, 0.5, 0.95)


@claim(
    "coalescent/ancestors",
    chapter=CHAPTER,
    place="The number of ancestors",
    statement=r"The number of ancestors \(K_j\) that \(n\) tokens have \(j\) generations earlier has the law of "
    r"the occupancy chain, at \(j\) = 1, about \(n/5\), and \(n\) (distance: Kolmogorov's).",
    origin="ours",
)
def ancestors(*, n: int = 50, trials: int = 10_000, seed: int = 0) -> Judge:
    """Genealogies drawn parent by parent, the last generation followed back through them; trials / 2 of them."""
    n = FullySynthetic(n).size
    laws = dict(zip(range(n + 1), coalescent.ancestors(n), strict=False))
    K = numbers_of_ancestors(n, n, max(2, trials // 2), np.random.default_rng(seed))

    def judge(spoil: float) -> Verdict:
        found = [
            evidence.same_law(K[j], np.minimum(1, spoil * laws[j].cumsum()), margin=0.06)
            for j in np.unique([1, max(1, n // 5), n]).tolist()
        ]
        verdict = found[0]
        for other in found[1:]:
            verdict = evidence.both(verdict, other)
        return verdict

    return judge


@claim(
    "coalescent/collapse-probability",
    chapter=CHAPTER,
    place="Exact law beside (7)",
    statement=r"The coalescent gives \(\rho_m\) exactly: it is the distribution function of the simulated \(T\) "
    r"(distance: Kolmogorov's).",
    origin="ours",
)
def exact_collapse_probability(
    *, truth: ArrayLike | None = None, n: int = 50, trials: int = 10_000, seed: int = 0
) -> Judge:
    """The whole law of T up to 10 n generations."""
    p = live_truth(truth)
    rho = coalescent.collapse_probability(p, n, 10 * n)
    return lambda spoil: evidence.same_law(
        times(tuple(p), n, trials, seed), np.minimum(1, spoil * rho), margin=0.04
    )


@claim(
    "coalescent/collapse-time",
    chapter=CHAPTER,
    place="Exact law beside (8)",
    statement=r"The coalescent gives \(\mathbb{E}[T]\) exactly: it is the mean of the simulated collapse times.",
    origin="ours",
)
def exact_collapse_time(
    *, truth: ArrayLike | None = None, n: int = 50, trials: int = 10_000, seed: int = 0
) -> Judge:
    """Simulated mean T against the exact one, give or take 5 %."""
    p = live_truth(truth)
    exact = coalescent.expected_collapse_time(p, n)
    return lambda spoil: evidence.equality(times(tuple(p), n, trials, seed), spoil * exact, margin=0.05 * exact)


@claim(
    "coalescent/quantile",
    chapter=CHAPTER,
    place="Quantiles of T",
    statement=r"At the exact 5 %, 50 % and 95 % quantiles \(m_q\) of \(T\), the share of runs with \(T \le m_q\) "
    r"is at least \(q\), and that with \(T < m_q\) at most \(q\), each give or take 0.03.",
    origin="ours",
)
def quantile(*, truth: ArrayLike | None = None, n: int = 50, trials: int = 10_000, seed: int = 0) -> Judge:
    """Shares of simulated T on either side of the three exact quantiles."""
    p = live_truth(truth)
    T = times(tuple(p), n, trials, seed)[:, None]
    q = np.array(QUANTILES)

    def judge(spoil: float) -> Verdict:
        m = np.array([coalescent.collapse_time_quantile(p, n, each) for each in q / spoil])
        return evidence.both(evidence.at_least(m >= T, q - 0.03), evidence.at_most(m > T, q + 0.03))

    return judge


@claim(
    "coalescent/extinction",
    chapter=CHAPTER,
    place="Exact law, token by token",
    statement=r"The coalescent gives the probability that token \(i\) is extinct by generation \(m\).",
    origin="ours",
)
def extinction(*, truth: ArrayLike | None = None, n: int = 50, trials: int = 10_000, seed: int = 0) -> Judge:
    """Six tokens from the most to the least probable, at generations about n/4 and n."""
    p = live_truth(truth)
    tokens = spread_tokens(p, 6)
    m = np.unique([max(1, n // 4), n])
    run = simulate(p, FullySynthetic(n), int(m[-1]), runs=trials, seed=seed, record=[absent(tokens)])
    exact = coalescent.extinction_probability(p, n, int(m[-1]))[np.ix_(m, tokens)]
    samples = run["absent"][m].transpose(1, 0, 2).reshape(trials, -1)
    return lambda spoil: evidence.equality(samples, np.minimum(1, spoil * exact).reshape(-1), margin=0.03)


@claim(
    "drift/collapse-time",
    chapter=CHAPTER,
    place="Remark after Theorem 1, settled",
    statement=r"\(\mathbb{E}[T] \le 1 + 2n \sum_i w(p_i)\), where \(w(x) = -(1-x)\ln(1-x)\), and "
    r"\(\mathbb{E}[T] < 2n\): the exact mean keeps both bounds, for this truth and for the uniform one on "
    r"many tokens, at six \(n\) from 2 to 400.",
    origin="ours",
)
def drift_bound(*, truth: ArrayLike | None = None, sizes: Sequence[int] = (2, 10, 50, 100, 200, 400)) -> Judge:
    """The exact mean collapse time over the smaller of the two bounds, at every size."""
    pairs = [(q, n) for q in _this_truth_and_the_most_diverse(truth) for n in sizes]
    means = [coalescent.expected_collapse_time(q, n) for q, n in pairs]

    bounds = np.array([min(drift.collapse_time_bound(q, n), 2 * n) for q, n in pairs])
    return lambda spoil: evidence.exact_bound(means, bounds / spoil)


@claim(
    "drift/lemma",
    chapter=CHAPTER,
    place="The lemma behind it",
    statement=r"\(\mathbb{E}[Z \ln(Z/z)] \ge (1-z)/(2n)\) for \(nZ \sim \mathrm{Bin}(n, z)\), \(z \ge 1/(n+1)\): "
    r"proved on the page, and computed for every \(z = j/n < 1\), \(n \le 150\).",
    origin="ours",
)
def lemma() -> Judge:
    """The bound over the mean, at every grid point."""
    grid = [(n, np.arange(1, n) / n) for n in range(2, 151)]

    bounds = np.concatenate([(1 - z) / (2 * n) for n, z in grid])
    drifts = np.concatenate([drift.drift(n, z) for n, z in grid])
    return lambda spoil: evidence.exact_bound(spoil * bounds, drifts)


@claim(
    "coalescent/diffusion",
    chapter=CHAPTER,
    place="The diffusion's mean",
    statement=r"The diffusion's mean \(2n \sum_i w(p_i)\) is at least \(\mathbb{E}[T] - 1\), which is proved, and "
    r"at most \(\mathbb{E}[T] + 1 + \frac13 \ln n\), which is only computed: for this truth and for the uniform "
    r"one on many tokens, at seven \(n\) from 1 to 400.",
    origin="ours",
)
def diffusion(*, truth: ArrayLike | None = None, sizes: Sequence[int] = (1, 2, 10, 50, 100, 200, 400)) -> Judge:
    """The exact mean less one generation below it, and the exact mean with the allowance above it."""
    pairs = [(q, n) for q in _this_truth_and_the_most_diverse(truth) for n in sizes]
    exact = np.array([coalescent.expected_collapse_time(q, n) for q, n in pairs])

    approximate = np.array([drift.diffusion_time(q, n) for q, n in pairs])
    allowance = 1 + np.log([n for _, n in pairs]) / 3
    return lambda spoil: evidence.both(
        evidence.exact_bound(spoil * approximate, exact + allowance),
        evidence.exact_bound(exact, spoil * approximate + 1),
    )


@claim(
    "coalescent/kingman",
    chapter=CHAPTER,
    place="Kingman's rates",
    statement=r"The chain of ancestors has \(k\) lines for \(\frac{2n}{k(k-1)} \bigl(1 - \frac{k}{6n}\bigr)\) "
    r"generations on average, with a relative error below \(k^2/n^2\): computed at \(n\) = 50, 100 and 200 for "
    r"\(k \le 10\).",
    origin="ours",
)
def kingman() -> Judge:
    """Exact mean times against Kingman's with its first correction."""
    k = np.arange(2, 11)
    sizes = np.array([50, 100, 200])[:, None]
    measured = np.array([coalescent.generations_with_lines(n)[k] for n in sizes.ravel().tolist()])
    expected = 2 * sizes / (k * (k - 1)) * (1 - k / (6 * sizes))
    return lambda spoil: evidence.exact(measured, spoil * expected, tolerance=expected * (k / sizes) ** 2)


@claim(
    "coalescent/joint",
    chapter=CHAPTER,
    place="All contexts at once",
    statement=r"Of independent contexts, the last collapses by generation \(m\) with the probability "
    r"\(\prod_j \rho_m^{(j)}\), and after \(\sum_m (1 - \prod_j \rho_m^{(j)})\) generations on average: four "
    r"random truths with \(n_j\) = 5, 10, 15 and 20 (distance: Kolmogorov's).",
    origin="ours",
)
def joint(*, trials: int = 10_000, seed: int = 0) -> Judge:
    """Maxima of simulated collapse times: their law, and their mean give or take 5 %."""
    sizes = np.array([5, 10, 15, 20])
    truths = np.random.default_rng(seed).dirichlet(np.ones(5), size=len(sizes))
    last = last_collapses(truths, sizes, trials, seed)
    law = coalescent.joint_collapse_probability(truths, sizes, 10 * int(sizes.max()))
    mean = coalescent.expected_last_collapse(truths, sizes)
    return lambda spoil: evidence.both(
        evidence.same_law(last, np.minimum(1, spoil * law), margin=0.05),
        evidence.equality(last, spoil * mean, margin=0.05 * mean),
    )


def numbers_of_ancestors(n: int, generations: int, runs: int, rng: np.random.Generator) -> NDArray[np.int64]:
    """K_0, K_1, ... of simulated genealogies: the number of distinct ancestors, shape (generations + 1, runs).

    Every token of every generation draws its parent, and each of the last n tokens is followed back through them.
    """
    line = np.tile(np.arange(n), (runs, 1))  # the ancestor of each of the last n tokens, shape (runs, n)
    K = [np.full(runs, n)]
    for _ in range(generations):
        parents = rng.integers(n, size=(runs, n))
        line = np.take_along_axis(parents, line, axis=1)
        met = np.zeros((runs, n), dtype=bool)
        np.put_along_axis(met, line, True, axis=1)
        K.append(np.count_nonzero(met, axis=1))
    return np.stack(K)


def last_collapses(
    truths: NDArray[np.float64], sizes: NDArray[np.int64], runs: int, seed: int
) -> NDArray[np.int64]:
    """The largest of the contexts' collapse times in each run, shape (runs,); truths of shape (contexts, s)."""
    each = [
        collapse_times(p[p > 0], FullySynthetic(n), runs=runs, seed=seed + j)
        for j, (p, n) in enumerate(zip(truths, sizes.tolist(), strict=True))
    ]
    return np.max(each, axis=0)


def spread_tokens(p: NDArray[np.float64], most: int) -> NDArray[np.int64]:
    """At most `most` tokens, evenly spread over the ranks from the most to the least probable."""
    ranked = np.argsort(-p, kind="stable")
    return ranked[np.linspace(0, len(p) - 1, min(most, len(p))).astype(int)]


def absent(tokens: NDArray[np.int64]) -> metrics.Metric:
    """The metric that tells which of these tokens are extinct."""

    def absent(p: NDArray[np.float64]) -> NDArray[np.bool_]:
        return p[..., tokens] == 0

    return absent


def _this_truth_and_the_most_diverse(truth: ArrayLike | None) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The truth to check at, and one that gives n different tokens to any n of the claims, but for rare runs."""
    return live_truth(truth), distributions.uniform(100_000)
