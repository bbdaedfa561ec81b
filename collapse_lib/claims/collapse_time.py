"""The collapse time: its exact law against simulation, two bounds of its mean, and the diffusion as a check.

Whole laws are compared by Kolmogorov's distance, give or take 0.05 of a probability; a mean give or take 5 %.
"""

from __future__ import annotations

import functools
import itertools

import numpy as np
from numpy.typing import NDArray

from collapse_lib import evidence
from collapse_lib.claims import Judge, claim
from collapse_lib.evidence import Verdict
from collapse_lib.experiments.collapse_time import (
    QUANTILES,
    Scene,
    absent,
    last_collapses,
    numbers_of_ancestors,
    typical_tokens,
)
from collapse_lib.experiments.fully_synthetic import times
from collapse_lib.recursion import simulate
from collapse_lib.schedules import FullySynthetic
from collapse_lib.theory import coalescent, drift

CHAPTER = "collapse_time"
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
def ancestors(s: Scene) -> Judge:
    """Genealogies drawn parent by parent, the last generation followed back through them."""
    n = FullySynthetic(s.n).size
    laws = list(itertools.islice(coalescent.ancestors(n), n + 1))
    K = numbers_of_ancestors(n, n, s.trials, np.random.default_rng(s.seed))
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
def exact_collapse_probability(s: Scene) -> Judge:
    """The whole law of T up to 10 n generations."""
    p = s.p
    rho = coalescent.collapse_probability(p, s.n, 10 * s.n)
    T = times(tuple(p), s.n, s.trials, s.seed)
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
def exact_collapse_time(s: Scene) -> Judge:
    """Simulated mean T against the exact one, give or take 5 %."""
    p = s.p
    exact, T = coalescent.expected_collapse_time(p, s.n), times(tuple(p), s.n, s.trials, s.seed)
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
def quantile(s: Scene) -> Judge:
    """Shares of runs that have collapsed a tenth earlier than the three exact quantiles, and a tenth later."""
    p, q = s.p, QUANTILES
    T = times(tuple(p), s.n, s.trials, s.seed)[:, None]
    m = np.array([coalescent.collapse_time_quantile(p, s.n, each) for each in q])
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
def extinction(s: Scene) -> Judge:
    """The generations in which three tokens die out: those met at 0.1, 0.5 and 0.8 of the probability, by rank."""
    p, n = s.p, FullySynthetic(s.n).size
    tokens = typical_tokens(p, [0.1, 0.5, 0.8])
    run = simulate(p, FullySynthetic(n), n, runs=s.trials, seed=s.seed, record=[absent(tokens)])
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
def twice_n(s: Scene) -> Judge:
    """The exact mean of T, and 1 plus that of the time with two lines or more, over the bound at every size."""
    p = s.p
    means = [
        [coalescent.expected_collapse_time(p, n), 1 + coalescent.generations_with_lines(n).sum()] for n in s.sizes
    ]
    bounds = 2 * np.array(s.sizes)[:, None] - 1
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
def drift_bound(s: Scene) -> Judge:
    """The exact mean collapse time over the bound, at every size."""
    means = [coalescent.expected_collapse_time(q, n) for q, n in s.pairs()]
    bounds = np.array([1 + drift.diffusion_time(q, n) for q, n in s.pairs()])
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
def lemma(_: Scene) -> Judge:
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
def diffusion(s: Scene) -> Judge:
    """The exact mean less one generation below it, and the exact mean with the allowance above it."""
    pairs = s.pairs(1)
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
def kingman(_: Scene) -> Judge:
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
def joint(s: Scene) -> Judge:
    """Maxima of simulated collapse times: their law, and their mean give or take 5 %."""
    sizes = np.array([5, 10, 15, 20])
    truths = np.random.default_rng(s.seed).dirichlet(np.ones(5), size=len(sizes))
    last = last_collapses(truths, sizes, s.trials, s.seed)
    law = coalescent.joint_collapse_probability(truths, sizes, 10 * int(sizes.max()))
    mean = coalescent.expected_last_collapse(truths, sizes)
    return lambda spoil: evidence.both(
        _law(last, spoil * law), evidence.equality(last, spoil * mean, margin=WITHIN * mean)
    )


def _law(samples: NDArray[np.int64], cdf: NDArray[np.float64]) -> Verdict:
    """Whether whole numbers follow the law, its distribution function cut off at 1."""
    return evidence.same_law(samples, np.minimum(1, cdf), margin=WITHIN)
