"""The collapse time: its exact law against simulation, two bounds of its mean, and the diffusion as a check.

Whole laws are compared by Kolmogorov's distance, give or take 0.05 of a probability; a mean give or take 5 %.
"""

from __future__ import annotations

import functools
import itertools
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
QUANTILES = np.array([0.05, 0.5, 0.95])
SIZES = (2, 10, 50, 100, 200, 400)
WITHIN = 0.05
EVERY = r"For every truth and every \(n\)"
ONE_TRUTH = r"Other truths and other \(n\) than this page's"


@claim(
    "coalescent/ancestors",
    chapter=CHAPTER,
    place="The number of ancestors",
    statement=r"The number of ancestors \(K_j\) that \(n\) tokens have \(j\) generations earlier has the law of "
    r"the occupancy chain, at \(j\) = 1, about \(n/5\), and \(n\) (distance: Kolmogorov's).",
    origin="classical",
    after="Tavaré (1984)",
    quantifiers=r"For every \(n\) and \(j\), in law, whatever the tokens say.",
    not_run=r"Other \(n\) than this page's, and other \(j\) than these three.",
)
def ancestors(*, n: int = 50, trials: int = 10_000, seed: int = 0) -> Judge:
    """Genealogies drawn parent by parent, the last generation followed back through them."""
    n = FullySynthetic(n).size
    laws = list(itertools.islice(coalescent.ancestors(n), n + 1))
    K = numbers_of_ancestors(n, n, trials, np.random.default_rng(seed))
    back = np.unique([1, max(1, n // 5), n]).tolist()
    return lambda spoil: functools.reduce(evidence.both, [_law(K[j], spoil * laws[j].cumsum()) for j in back])


@claim(
    "coalescent/collapse-probability",
    chapter=CHAPTER,
    place="Exact law beside (7)",
    statement=r"The coalescent gives \(\rho_m\) exactly: it is the distribution function of the simulated \(T\) "
    r"(distance: Kolmogorov's).",
    origin="classical",
    after="Möhle (2010)",
    quantifiers=rf"{EVERY} and every \(m\), in law.",
    not_run=rf"{ONE_TRUTH}; \(m > 10n\).  Small chains are enumerated in the tests, without chance.",
)
def exact_collapse_probability(
    *, truth: ArrayLike | None = None, n: int = 50, trials: int = 10_000, seed: int = 0
) -> Judge:
    """The whole law of T up to 10 n generations."""
    p = live_truth(truth)
    rho = coalescent.collapse_probability(p, n, 10 * n)
    T = times(tuple(p), n, trials, seed)
    return lambda spoil: _law(T, spoil * rho)


@claim(
    "coalescent/collapse-time",
    chapter=CHAPTER,
    place="Exact law beside (8)",
    statement=r"The coalescent gives \(\mathbb{E}[T]\) exactly: it is the mean of the simulated collapse times.",
    origin="classical",
    after="Möhle (2010)",
    quantifiers=rf"{EVERY}, in the mean.",
    not_run=rf"{ONE_TRUTH}.  Small chains are enumerated in the tests, without chance.",
)
def exact_collapse_time(
    *, truth: ArrayLike | None = None, n: int = 50, trials: int = 10_000, seed: int = 0
) -> Judge:
    """Simulated mean T against the exact one, give or take 5 %."""
    p = live_truth(truth)
    exact, T = coalescent.expected_collapse_time(p, n), times(tuple(p), n, trials, seed)
    return lambda spoil: evidence.equality(T, spoil * exact, margin=WITHIN * exact)


@claim(
    "coalescent/quantile",
    chapter=CHAPTER,
    place="Quantiles of T",
    statement=r"The exact 5 %, 50 % and 95 % quantiles \(m_q\) of \(T\) are those of the runs, give or take 10 %: "
    r"the share of runs with \(T \le 0.9\,m_q\) is at most \(q\), and that with \(T \le 1.1\,m_q\) at least \(q\).",
    origin="classical",
    after="Möhle (2010)",
    quantifiers=rf"{EVERY}, for the quantiles of the law of \(T\).",
    not_run=rf"{ONE_TRUTH}; other quantiles.",
)
def quantile(*, truth: ArrayLike | None = None, n: int = 50, trials: int = 10_000, seed: int = 0) -> Judge:
    """Shares of runs that have collapsed a tenth earlier than the three exact quantiles, and a tenth later."""
    p, q = live_truth(truth), QUANTILES
    T = times(tuple(p), n, trials, seed)[:, None]
    m = np.array([coalescent.collapse_time_quantile(p, n, each) for each in q])
    return lambda spoil: evidence.both(
        evidence.at_most(0.9 * spoil * m >= T, q), evidence.at_least(1.1 * spoil * m >= T, q)
    )


@claim(
    "coalescent/extinction",
    chapter=CHAPTER,
    place="Exact law, token by token",
    statement=r"The coalescent gives the probability that token \(i\) is extinct by generation \(m\): the law of "
    r"the generation in which it dies out, up to \(n\), for a likely, a middling and a rarer token (distance: "
    "Kolmogorov's).",
    origin="classical",
    after="Möhle (1999)",
    quantifiers=rf"{EVERY}, every token \(i\) and every \(m\), in law.",
    not_run=rf"{ONE_TRUTH}; \(m > n\); tokens so rare that the first generation decides most of their "
    "law.",
)
def extinction(*, truth: ArrayLike | None = None, n: int = 50, trials: int = 10_000, seed: int = 0) -> Judge:
    """The generations in which three tokens die out: those met at 0.1, 0.5 and 0.8 of the probability, by rank."""
    p, n = live_truth(truth), FullySynthetic(n).size
    tokens = typical_tokens(p, [0.1, 0.5, 0.8])
    run = simulate(p, FullySynthetic(n), n, runs=trials, seed=seed, record=[absent(tokens)])
    died = np.count_nonzero(~run["absent"], axis=0)  # the first m without the token; n + 1 where it is still there
    exact = coalescent.extinction_probability(p, n, n)[:, tokens]
    return lambda spoil: functools.reduce(
        evidence.both, [_law(died[:, c], spoil * exact[:, c]) for c in range(len(tokens))]
    )


@claim(
    "coalescent/twice-n",
    chapter=CHAPTER,
    place="Remark after Theorem 1, settled",
    statement=r"\(\mathbb{E}[T] \le 2n - 1\): the exact mean keeps it, for this truth and where all \(n\) "
    r"real tokens differ, at six \(n\) from 2 to 400.",
    origin="classical",
    after="Möhle (2004), after Buss and Clote (2004)",
    quantifiers=r"For every truth and every \(n\), in the mean: \(T\) is at most 1 plus the time back to the "
    r"common ancestor, whose mean is at most \(2n(1 - 1/n)\).",
    not_run=r"\(n > 400\), and other truths: the mean is largest where all real tokens differ.",
)
def twice_n(*, truth: ArrayLike | None = None, sizes: Sequence[int] = SIZES) -> Judge:
    """The exact mean of T, and 1 plus that of the time with two lines or more, over the bound at every size."""
    p = live_truth(truth)
    means = [
        [coalescent.expected_collapse_time(p, n), 1 + coalescent.generations_with_lines(n).sum()] for n in sizes
    ]
    bounds = 2 * np.array(sizes)[:, None] - 1
    return lambda spoil: evidence.exact_bound(means, bounds / spoil)


@claim(
    "drift/collapse-time",
    chapter=CHAPTER,
    place="Remark after Theorem 1, settled",
    statement=r"\(\mathbb{E}[T] \le 1 + 2n \sum_i w(p_i)\), where \(w(x) = -(1-x)\ln(1-x)\): the exact mean keeps "
    r"it, for this truth and for the uniform one on many tokens, at six \(n\) from 2 to 400.",
    origin="ours",
    quantifiers=r"For every truth and every \(n\), in the mean: proved on the page.  For two tokens it is one "
    "sampling step away from Ewens (1963), after Buss and Clote (2004).",
    not_run=r"\(n > 400\), and other truths than these two; the tests try some hundred at random.",
)
def drift_bound(*, truth: ArrayLike | None = None, sizes: Sequence[int] = SIZES) -> Judge:
    """The exact mean collapse time over the bound, at every size."""
    pairs = [(q, n) for q in _this_truth_and_the_most_diverse(truth) for n in sizes]
    means = [coalescent.expected_collapse_time(q, n) for q, n in pairs]
    bounds = np.array([1 + drift.diffusion_time(q, n) for q, n in pairs])
    return lambda spoil: evidence.exact_bound(means, bounds / spoil)


@claim(
    "drift/lemma",
    chapter=CHAPTER,
    place="The lemma behind it",
    statement=r"\(\mathbb{E}[Z \ln(Z/z)] \ge (1-z)/(2n)\) for \(nZ \sim \mathrm{Bin}(n, z)\), \(z \ge 1/(n+1)\): "
    r"proved on the page, and computed for every \(z = j/n < 1\), \(n \le 150\).",
    origin="ours",
    quantifiers=r"For every \(n \ge 2\) and every \(z\) from \(1/(n+1)\) to 1.",
    not_run=r"\(n > 150\), and \(z\) between the multiples of \(1/n\), which the chain does not visit.",
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
    quantifiers=r"For every truth and every \(n\), in the mean; the second is a conjecture.  For two tokens a "
    "logarithmic error is classical: Ewens (1964), after Buss and Clote (2004).",
    not_run=r"\(n > 400\), and other truths than these two; the tests try some hundred at random.",
)
def diffusion(*, truth: ArrayLike | None = None, sizes: Sequence[int] = (1, *SIZES)) -> Judge:
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
    origin="classical",
    after="Kingman (1982)",
    quantifiers=r"For fixed \(k\), as \(n\) grows.  The rates are Kingman's; their first correction, "
    r"\(1 - \frac{k}{6n}\), is worked out on the page.",
    not_run=r"Other \(n\), and \(k > 10\); the error term for every \(k\) is not proved.",
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
    quantifiers=r"For any number of independent contexts, each with its own truth and a fixed \(n_j\); in law and "
    "in the mean.",
    not_run="More than four contexts, and contexts that depend on each other, as those of a text do.",
)
def joint(*, trials: int = 10_000, seed: int = 0) -> Judge:
    """Maxima of simulated collapse times: their law, and their mean give or take 5 %."""
    sizes = np.array([5, 10, 15, 20])
    truths = np.random.default_rng(seed).dirichlet(np.ones(5), size=len(sizes))
    last = last_collapses(truths, sizes, trials, seed)
    law = coalescent.joint_collapse_probability(truths, sizes, 10 * int(sizes.max()))
    mean = coalescent.expected_last_collapse(truths, sizes)
    return lambda spoil: evidence.both(
        _law(last, spoil * law), evidence.equality(last, spoil * mean, margin=WITHIN * mean)
    )


def numbers_of_ancestors(n: int, generations: int, runs: int, rng: np.random.Generator) -> NDArray[np.int64]:
    """K_0, K_1, ... of simulated genealogies: the number of distinct ancestors, shape (generations + 1, runs).

    Every token of every generation draws its parent, and each of the last n tokens is followed back through them.
    """
    line = np.tile(np.arange(n), (runs, 1))  # the ancestor of each of the last n tokens, shape (runs, n)
    K = [np.full(runs, n, dtype=np.intp)]
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


def typical_tokens(p: NDArray[np.float64], shares: Sequence[float]) -> NDArray[np.int64]:
    """The tokens met at these shares of the probability, counted from the most probable token on; each once."""
    ranked = np.argsort(-p, kind="stable")
    return ranked[np.unique(np.searchsorted(p[ranked].cumsum(), shares))]


def absent(tokens: NDArray[np.int64]) -> metrics.Metric:
    """The metric that tells which of these tokens are extinct."""

    def absent(p: NDArray[np.float64]) -> NDArray[np.bool_]:
        return p[..., tokens] == 0

    return absent


def _law(samples: NDArray[np.int64], cdf: NDArray[np.float64]) -> Verdict:
    """Whether whole numbers follow the law, its distribution function cut off at 1."""
    return evidence.same_law(samples, np.minimum(1, cdf), margin=WITHIN)


def _this_truth_and_the_most_diverse(truth: ArrayLike | None) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The truth to check at, and one that gives n different tokens to any n of the claims, but for rare runs."""
    return live_truth(truth), distributions.uniform(100_000)
