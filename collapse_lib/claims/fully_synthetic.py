"""Section 3.1: Theorem 1 and Proposition 1, and Figure 2; the exact laws of T are in `collapse_time`.

A margin is a share of what its claim is about.  For S_m that is S_m or what is left of the diversity, 1 - S_m,
whichever is smaller.
"""

from __future__ import annotations

import numpy as np

from collapse_lib import evidence, metrics
from collapse_lib.claims import Judge, claim
from collapse_lib.evidence import OutOfScope, Verdict
from collapse_lib.experiments.fully_synthetic import Scene, groups, last_tokens, three_truths, times
from collapse_lib.recursion import collapse_times, simulate
from collapse_lib.schedules import FullySynthetic
from collapse_lib.theory import coalescent, paper

CHAPTER = "fully_synthetic"
ANY_TRUTH = r"For every truth with \(S_0 < 1\), every \(n\)"
ONE_TRUTH = r"Other truths and other \(n\) than this page's"


@claim(
    "theorem-1/sigma",
    chapter=CHAPTER,
    place="Theorem 1.1, (6)",
    statement=r"\(S_m = 1 - (1 - 1/n)^m (1 - S_0)\).",
    quantifiers=rf"{ANY_TRUTH} and every generation \(m\), in the mean over runs.",
    not_run=rf"{ONE_TRUTH}; generations beyond \(n\), where runs differ most; more than the mean of \(\sigma_m\).",
)
def sigma(s: Scene) -> Judge:
    """Simulated S_m against (6), at five generations up to n, give or take 6 % of S_m or 1 - S_m."""
    p, S0 = s.p, s.S0
    n = FullySynthetic(s.n).size
    if n == 1:
        raise OutOfScope("with n = 1 every model is a Dirac mass, and sigma is 1 without any chance.")
    m = np.unique(np.geomspace(1, n, 5).astype(int))
    found = simulate(p, FullySynthetic(n), n, runs=s.trials, seed=s.seed, record=[metrics.sigma])["sigma"][m].T
    expected = paper.sigma_fully_synthetic(S0, n, m)
    about = np.minimum(expected, 1 - expected)
    return lambda spoil: evidence.equality(found, spoil * expected, margin=0.06 * about, about=about)


@claim(
    "theorem-1/collapse-probability-lower",
    chapter=CHAPTER,
    place="Theorem 1.2, (7), lower",
    statement=r"\(\rho_m \ge\) \(1 - n(1-S_0)(1-1/n)^m\).",
    quantifiers=rf"{ANY_TRUTH} and every \(m \ge 1\), as probabilities.",
    not_run=rf"{ONE_TRUTH}; \(m > 10n\); simulation at other \(m\) than the three where the bound passes 0.1, 0.5 "
    "and 0.9.",
    planted=60,
)
def collapse_probability_lower(s: Scene) -> Judge:
    """Simulated, where the bound first passes 0.1, 0.5 and 0.9; exact, at every m up to 10 n."""
    p, S0 = s.p, s.S0
    m = np.arange(1, 10 * s.n + 1)
    printed, _ = paper.collapse_probability_bounds(S0, s.n, m, len(p))
    exact = coalescent.collapse_probability(p, s.n, len(m))[1:]

    def judge(spoil: float) -> Verdict:
        lower = 1 - (1 - printed) / spoil
        reached = np.unique(np.minimum(np.searchsorted(lower, [0.1, 0.5, 0.9]), len(m) - 1))
        collapsed = s.times[:, None] <= m[reached]
        return evidence.both(
            evidence.at_least(collapsed, lower[reached]), evidence.exact_bound(1 - exact, 1 - lower)
        )

    return judge


@claim(
    "theorem-1/collapse-probability-upper",
    chapter=CHAPTER,
    place="Theorem 1.2, (7), upper",
    statement=r"\(\rho_m \le 1 - \frac{1-S_0}{1-1/\tilde s}(1-1/n)^m\).",
    quantifiers=rf"{ANY_TRUTH} and every \(m \ge 1\), as probabilities.",
    not_run=rf"{ONE_TRUTH}; \(m > 10n\); simulation at other \(m\) than the quartiles of \(T\).",
    planted=6,
)
def collapse_probability_upper(s: Scene) -> Judge:
    """Simulated, at the quartiles of T; exact, at every m up to 10 n."""
    p, S0 = s.p, s.S0
    if s.n == 1:
        raise OutOfScope("with n = 1 every model is a Dirac mass and the bound is 1.")
    m = np.arange(1, 10 * s.n + 1)
    _, printed = paper.collapse_probability_bounds(S0, s.n, m, len(p))
    exact = coalescent.collapse_probability(p, s.n, len(m))[1:]
    quartiles = np.unique(np.searchsorted(exact, [0.25, 0.5, 0.75]))
    collapsed = s.times[:, None] <= m[quartiles]

    def judge(spoil: float) -> Verdict:
        upper = 1 - (1 - printed) * spoil
        return evidence.both(
            evidence.at_most(collapsed, upper[quartiles]), evidence.exact_bound(1 - upper, 1 - exact)
        )

    return judge


@claim(
    "theorem-1/collapse-time-lower",
    chapter=CHAPTER,
    place="Theorem 1.3, (8), lower",
    statement=r"\(\mathbb{E}[T] \ge 1 + \frac{1-S_0}{1-1/\tilde s}(n-1)\).",
    quantifiers=rf"{ANY_TRUTH}, in the mean.",
    not_run=rf"{ONE_TRUTH}.",
    planted=4,
)
def collapse_time_lower(s: Scene) -> Judge:
    """Simulated mean T, and the exact one."""
    p, S0 = s.p, s.S0
    printed, mean = paper.collapse_time_bounds(S0, s.n, len(p))[0], coalescent.expected_collapse_time(p, s.n)

    def judge(spoil: float) -> Verdict:
        lower = spoil * printed
        exact = evidence.exact_bound(lower, mean)
        # With one sample T is always 1, the bound too: no interval separates the two, and the exact law decides.
        return exact if s.n == 1 else evidence.both(evidence.at_least(s.times, lower), exact)

    return judge


@claim(
    "theorem-1/collapse-time-upper",
    chapter=CHAPTER,
    place="Theorem 1.3, (8), upper",
    statement=r"\(\mathbb{E}[T] \le 1 + (1-S_0)\,n(n-1)\).",
    quantifiers=rf"{ANY_TRUTH}, in the mean; it is attained at \(n = 2\).",
    not_run=rf"{ONE_TRUTH}.",
    planted=50,
)
def collapse_time_upper(s: Scene) -> Judge:
    """Simulated mean T, and the exact one."""
    p, S0 = s.p, s.S0
    printed, mean = paper.collapse_time_bounds(S0, s.n, len(p))[1], coalescent.expected_collapse_time(p, s.n)

    def judge(spoil: float) -> Verdict:
        upper = printed / spoil
        exact = evidence.exact_bound(mean, upper)
        return exact if s.n == 1 else evidence.both(evidence.at_most(s.times, upper), exact)

    return judge


@claim(
    "theorem-1/linear",
    chapter=CHAPTER,
    place="Remark after Theorem 1",
    statement=r"\(\mathbb{E}[T] = O(n)\): the simulated mean collapse time grows like \(n^1\), "
    r"at \(n\) = 50, 100 and 200.",
    quantifiers=r"As \(n\) grows, for a fixed truth; the paper only says that its experiments suggest it.  That "
    r"\(\mathbb{E}[T]\) is below \(2n\) for every truth and \(n\) is a theorem, on the page on the collapse time.",
    not_run=r"Other truths than this page's, and other \(n\) than these three, of which a measured exponent tells "
    "nothing.",
)
def linear(s: Scene) -> Judge:
    """The slope of log mean T against log n, give or take 0.1.

    All the trials are run at the smallest size, where a run costs least, and a fifth of them at the others.  Over
    these sizes n log n would have the slope 1.2, and the upper bound of (8) has 2.
    """
    sizes = (50, 100, 200)
    runs = (s.trials, s.trials // 5, s.trials // 5)
    samples = [times(tuple(s.p), n, k, s.seed) for n, k in zip(sizes, runs, strict=True)]
    return lambda spoil: evidence.slope(sizes, samples, spoil, margin=0.1)


@claim(
    "proposition-1/limit",
    chapter=CHAPTER,
    place="Proposition 1",
    statement=r"\(P(\lim p^{(m)} = \delta_i) = p_i\): each token survives with the probability that it had; "
    "added up over four groups of tokens, from the likeliest to the rarest.",
    quantifiers=rf"{ANY_TRUTH} and every token, in the limit of many generations.",
    not_run=r"Other truths than this page's; \(n > 20\), since the limit law does not depend on \(n\); how the "
    "chance is shared out within a group.",
)
def limit(s: Scene) -> Judge:
    """The share of runs that end in each group, give or take 10 % of it; four times the trials, n of at most 20."""
    p = s.p
    group = groups(p, 4)
    ended = group[last_tokens(p, min(s.n, 20), 4 * s.trials, s.seed)][:, None] == np.unique(group)
    expected = np.array([paper.limit_distribution(p)[group == j].sum() for j in np.unique(group)])
    return lambda spoil: evidence.equality(ended, np.minimum(1, spoil * expected), margin=0.1 * expected)


@claim(
    "figure-2/order",
    chapter=CHAPTER,
    place="Figure 2",
    statement=r"The more diverse the truth (the smaller \(S_0\)), the longer it lasts: of the figure's three "
    r"truths, each outlives the next on average; exactly at \(n\) = 10, 50, 100, 200 and 400, and over runs with "
    r"\(n = 10\).",
    quantifiers=r"For the three truths of the figure and its \(n\), in the mean; not for every pair of truths, "
    r"since \(\mathbb{E}[T]\) depends on more than \(S_0\).",
    not_run=r"The paper's own three truths, which arXiv v1 shows inside its image only; runs with other \(n\): "
    "the gaps and their noise grow alike.",
)
def order(s: Scene) -> Judge:
    """Differences of collapse times between neighbouring truths: exact, and of twice the trials, independent."""
    if s.vocabulary < 100:
        raise OutOfScope("the three truths need a vocabulary of at least 100 tokens.")
    truths = three_truths(s.vocabulary, s.seed)
    T = [collapse_times(p, FullySynthetic(10), runs=2 * s.trials, seed=s.seed + i) for i, p in enumerate(truths)]
    exact = np.array([[coalescent.expected_collapse_time(p, n) for n in (10, 50, 100, 200, 400)] for p in truths])

    def judge(spoil: float) -> Verdict:
        gaps = np.stack([T[0] - spoil * T[1], T[1] - spoil * T[2]], axis=1)
        return evidence.both(evidence.at_least(gaps, 0.0), evidence.exact_bound(spoil * exact[1:], exact[:-1]))

    return judge
