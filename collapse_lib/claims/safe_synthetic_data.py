"""How much synthetic data is safe: bounds that need no lemma, the limit of large n, and the exact answer."""

from __future__ import annotations

import itertools
import math

import numpy as np

from collapse_lib import distributions, evidence, metrics
from collapse_lib.claims import Judge, claim
from collapse_lib.evidence import OutOfScope, Verdict
from collapse_lib.experiments.safe_synthetic_data import Scene, grid
from collapse_lib.recursion import simulate
from collapse_lib.schedules import PartiallySynthetic
from collapse_lib.theory import deviation

CHAPTER = "safe_synthetic_data"


@claim(
    "safe/simple",
    chapter=CHAPTER,
    place="A bound without mathematics",
    statement=r"\(\mathbb{E}\lVert p^{(m)} - p^{(1)} \rVert_1 \le 2n/N\): exact, for this truth and the uniform "
    r"one, over a grid of \(N\) and \(n\).",
    quantifiers=r"Every truth, all \(N\), \(n\) and \(m\), in the mean over runs; (18) and nothing else.",
    not_run=r"Generations beyond 30 and sizes off the grid; proved on the page.",
    origin="ours",
    planted=100,
)
def simple(s: Scene) -> Judge:
    """The exact deviations, largest over the generations, over the bound."""
    cases, exact = grid(tuple(s.p))
    return lambda spoil: evidence.exact_bound(exact, [deviation.simple_bound(N, n) / spoil for N, n, _ in cases])


@claim(
    "safe/direct",
    chapter=CHAPTER,
    place="A direct bound",
    statement=r"\(\mathbb{E}\lVert p^{(m)} - p^{(1)} \rVert_1 \le\) \(\sqrt{n(\tilde s - 1)}/N\): exact, for this "
    r"truth and the uniform one, over a grid of \(N\) and \(n\).",
    quantifiers=r"Every truth, all \(N\), \(n\) and \(m\), with \(\tilde s\) the live tokens of the truth or of "
    r"\(p^{(1)}\), in the mean over runs.",
    not_run=r"Generations beyond 30 and sizes off the grid; proved on the page.",
    origin="ours",
    planted=5,
)
def direct(s: Scene) -> Judge:
    """The exact deviations, largest over the generations, over the bound."""
    cases, exact = grid(tuple(s.p))
    return lambda spoil: evidence.exact_bound(exact, [deviation.sharp_bound(N, n, s) / spoil for N, n, s in cases])


@claim(
    "safe/saturating",
    chapter=CHAPTER,
    place="A bound that saturates",
    statement=r"\(\mathbb{E}\lVert p^{(m)} - p^{(1)} \rVert_1\) is at most \(\sqrt{n(\tilde s - 1)/(N(N + "
    r"2n))}\), and so below \(\sqrt{(\tilde s - 1)/(2N)}\): proved on the page; exact, over the same grid.",
    quantifiers=r"Every truth, all \(N\), \(n\) and \(m\), with \(\tilde s\) the live tokens of the truth or of "
    r"\(p^{(1)}\), in the mean over runs.",
    not_run="Generations beyond 30 and sizes off the grid; that the deviation of a single run stays below is not "
    "claimed.",
    origin="ours",
    planted=3,
)
def saturating(s: Scene) -> Judge:
    """The exact deviations over the bound."""
    cases, exact = grid(tuple(s.p))

    def judge(spoil: float) -> Verdict:
        bounds = [deviation.saturating_bound(N, n, s) / spoil for N, n, s in cases]
        ceilings = [deviation.saturating_bound(N, np.inf, s) / spoil for N, _, s in cases]
        return evidence.both(evidence.exact_bound(exact, bounds), evidence.exact_bound(exact, ceilings))

    return judge


@claim(
    "safe/half",
    chapter=CHAPTER,
    place="Half the error of real data",
    statement=r"\(\mathbb{E}\lVert p^{(m)} - p^{(1)} \rVert_2^2 <\) \(\tfrac12 \mathbb{E}\lVert p^{(1)} - p "
    r"\rVert_2^2\): simulated at \(n = 4 N\), and exact at \(n = 100 N\) for three \(N\).",
    quantifiers=r"Every truth with \(S_0 < 1\), all \(N\), \(n\) and \(m\), in the mean over runs; in squared L2, "
    "not in L1.",
    not_run=r"Other \(n\), between which the deviation rises; proved on the page.",
    origin="ours",
    planted=1.6,
)
def half(s: Scene) -> Judge:
    """Squared deviations against half of the first model's."""
    p = s.p
    N = min(s.N, 100)
    run = simulate(p, PartiallySynthetic(N, 4 * N), 20, runs=s.trials, seed=s.seed, record=[metrics.squared])[
        "squared"
    ]
    first = (1 - metrics.sigma(p)) / np.array([5.0, 20.0, 100.0])
    exact = [deviation.l2_squared(p, N, 100 * N, 1000)[-1] for N in (5, 20, 100)]

    def judge(spoil: float) -> Verdict:
        simulated = evidence.at_least(run[0] / 2 / spoil - run[-1], 0.0)
        return evidence.both(simulated, evidence.exact_bound(exact, first / 2 / spoil))

    return judge


@claim(
    "safe/limit",
    chapter=CHAPTER,
    place="The limit of large n",
    statement=r"As \(n\) grows the stationary deviation tends to a finite limit, that of Beta laws with "
    r"parameters \(2k\), \(2(N-k)\): the exact deviation at \(n = 100 N\) is within 3 % of it, and below.",
    quantifiers=r"Every truth and every \(N\), first \(m\) and then \(n\) without bound; that the limit is "
    "approached from below is observed, not proved.",
    not_run=r"\(N\) above 5, where \(n = 100 N\) is too much to compute.",
    origin="classical",
    after="Wright (1931)",
    planted=1.1,
)
def limit(s: Scene) -> Judge:
    """Small N, where n = 100 N can be computed."""
    p = s.p
    limits = np.array([deviation.stationary_l1(p, N, math.inf) for N in (2, 3, 5)])
    near = np.array([deviation.stationary_l1(p, N, 100 * N) for N in (2, 3, 5)])

    def judge(spoil: float) -> Verdict:
        close = evidence.exact(near, spoil * limits, tolerance=0.03 * limits)
        return evidence.both(close, evidence.exact_bound(near, spoil * limits))

    return judge


@claim(
    "safe/exact-n",
    chapter=CHAPTER,
    place="The exact answer",
    statement=r"The exact \(n\) is the right one: with a tenth fewer synthetic samples the simulated deviation is "
    r"below \(\epsilon\), with a tenth more it is above.",
    quantifiers=r"The page's truth, \(N\) and \(\epsilon\), in the mean over runs, at generation 30.",
    not_run=r"The \(n\) within a tenth of the answer, and generations after the 30th.",
    origin="ours",
    planted=1.5,
)
def exact_n(s: Scene) -> Judge:
    """Simulated deviations at generation 30 (or where the chain has forgotten its start) on either side of eps."""
    p = s.p
    n = deviation.largest_synthetic_exact(p, s.N, s.eps)
    if not 4 <= n <= 2_000:
        raise OutOfScope(
            f"the answer is {n:g}; the check needs one between 4 and 2,000 to stand on both sides of it."
        )
    below, above = math.floor(0.9 * n), math.ceil(1.1 * n)
    runs = [
        simulate(p, PartiallySynthetic(s.N, size), 30, runs=s.trials, seed=s.seed + i, record=[metrics.deviation])
        for i, size in enumerate((below, above))
    ]
    last = [run["deviation"][-1] for run in runs]
    return lambda spoil: evidence.both(
        evidence.at_most(last[0], s.eps / spoil), evidence.at_least(last[1], s.eps / spoil)
    )


@claim(
    "safe/polynomial",
    chapter=CHAPTER,
    place="Not exponentially smaller",
    statement=r"For a fixed \(\epsilon\) the exact safe \(n\) grows at least in proportion to \(N\), not like "
    r"\(\ln N\): slopes of \(\ln n\) against \(\ln N\), from \(N = 200\) to 800, for uniform truths on 10, 50 and "
    "200 tokens.",
    quantifiers=r"Uniform truths and these \(\epsilon\) and \(N\); proved is only that \(N\epsilon/2\) and "
    r"\(N^2\epsilon^2/(\tilde s - 1)\) are safe for every truth.",
    not_run=r"\(N\) above 800 and other truths; three points a line do not show a law.",
    origin="ours",
)
def polynomial(_: Scene) -> Judge:
    """The exact n at each N, by least squares, for eps = 0.02 (10 tokens) and 0.05."""
    N, slopes = [200, 400, 800], []
    for s, eps in ((10, 0.02), (50, 0.05), (200, 0.05)):
        n = [deviation.largest_synthetic_exact(distributions.uniform(s), size, eps) for size in N]
        slopes.append(float(np.polyfit(np.log(N), np.log(n), 1)[0]))
    return lambda spoil: evidence.exact_bound(spoil * 1.0, slopes)


@claim(
    "safe/capped",
    chapter=CHAPTER,
    place="Where the exponential comes from",
    statement=r"The tail \((2^s - 2)\, e^{-n\epsilon^2/2}\), integrated with its probabilities capped at 1, "
    r"bounds \(\mathbb{E}\lVert \hat p - p \rVert_1\), and by at most \(4 \sqrt{s/n}\) for \(s \ge 2\): on a "
    "grid, above the exact error and below that multiple.",
    quantifiers=r"Every law on \(s \ge 2\) tokens and every \(n\), in the mean; the cap is the textbook integral "
    "of a tail.",
    not_run=r"The exact error for \(n\) above 10, and of laws that are not uniform.",
    origin="classical",
    after="Weissman et al. (2003)",
    planted=3,
)
def capped(_: Scene) -> Judge:
    """The capped integral (Weissman et al. 2003) between the exact error of uniform laws and the multiple."""
    cases = list(itertools.product((2, 5, 20, 100, 600), (1, 10, 100, 1000)))
    steps = np.array([deviation.step_from_tail(n, s) for s, n in cases])
    errors = [deviation.sampling_error(distributions.uniform(s), 10_000, n, 1)[0] for s, n in cases if n <= 10]
    few = np.array([step for step, (_, n) in zip(steps, cases, strict=True) if n <= 10])
    multiples = np.array([4 * math.sqrt(s / n) for s, n in cases])
    return lambda spoil: evidence.both(
        evidence.exact_bound(errors, few / spoil), evidence.exact_bound(spoil * steps, multiples)
    )
