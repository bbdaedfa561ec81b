"""Section 3.2: Theorem 2, Figure 3, and the exact laws beside them."""

from __future__ import annotations

import numpy as np

from collapse_lib import evidence, metrics
from collapse_lib.claims import Judge, claim
from collapse_lib.evidence import OutOfScope, Verdict
from collapse_lib.experiments.partially_synthetic import Scene, later, second_moments, trajectory
from collapse_lib.schedules import PartiallySynthetic
from collapse_lib.theory import deviation, paper

CHAPTER = "partially_synthetic"


@claim(
    "theorem-2/sigma",
    chapter=CHAPTER,
    place="Theorem 2, (9), its last sign corrected",
    statement=r"\(S_m\) is what (9) says with a plus for its last minus: to 1 % at the page's sizes, where the "
    r"two signs cannot be told apart, and to a quarter of their difference at \(N = 5\), \(n = 100\).",
    quantifiers=r"Every truth with \(S_0 < 1\), all \(N, n \ge 1\) and \(m \ge 2\), in the mean over runs.",
    not_run=r"Other sizes than these two, and \(m > 4\) at the smaller one "
    "(tests/science/test_partially_synthetic.py enumerates small chains; tests/science/test_algebra.py proves it "
    "by symbols).",
)
def sigma(s: Scene) -> Judge:
    """Simulated S_m against the corrected (9): at the page's sizes, and where the signs differ by four margins."""
    p = s.p
    if s.generations < 2:
        raise OutOfScope("(9) speaks of the second generation and later ones.")
    S0, m, few = float(metrics.sigma(p)), later(s.generations), np.arange(2, 5)
    at_page = second_moments(trajectory(tuple(p), s.N, s.n, s.generations, s.trials, s.seed), S0, s.N, m)
    at_five = second_moments(trajectory(tuple(p), 5, 100, 4, 3 * s.trials, s.seed), S0, 5, few)
    page = paper.sigma_partially_synthetic(S0, s.N, s.n, m)
    plus, minus = (paper.sigma_partially_synthetic(S0, 5, 100, few, printed=sign) for sign in (False, True))
    return lambda spoil: evidence.both(
        evidence.equality(at_page, spoil * page, margin=0.01 * page),
        evidence.equality(at_five, spoil * plus, margin=np.abs(plus - minus) / 4),
    )


@claim(
    "theorem-2/bound",
    chapter=CHAPTER,
    place="Appendix B.3, in the proof of Theorem 2",
    statement=r"\(S_m < 1 - \frac{(1 - 1/N)(1 + \alpha)(1 - S_0)}{1 + (1 + 1/N)\alpha}\) for \(m \ge 2\) and \(N, "
    r"n \ge 2\): simulated at \(N = 5\), \(n = 20\), where the two sides differ, and from the corrected (9) up to "
    r"\(m = 50\), there and at the page's sizes.",
    quantifiers=r"Every truth with \(S_0 < 1\), all \(N, n \ge 2\) and \(m \ge 2\), in the mean over runs; with "
    r"\(n = 1\) or \(N = 1\) the two sides are equal.",
    not_run=r"That the inequality is strict for large \(m\), where the two sides agree to rounding.",
)
def bound(s: Scene) -> Judge:
    """Simulated S_2 and S_3 below the bound; the exact S_2..S_50 below it."""
    p, page = s.p, PartiallySynthetic(s.N, s.n)
    S0, m = metrics.sigma(p), np.arange(2, 51)
    small = second_moments(trajectory(tuple(p), 5, 20, 3, 3 * s.trials, s.seed), float(S0), 5, np.array([2, 3]))
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
    statement=r"\(\sigma_m\) hardly moves: its mean over the second half of the generations lies between \(S_1\) "
    r"and \(S_1 + \frac{1}{2N}\), simulated for each of the figure's \(n\), and in the limit of \(m\) for \(n\) "
    "up to a million.",
    quantifiers=r"Every truth with \(S_0 < 1\), all \(N \ge 2\), \(n\) and \(m\), in the mean over runs; single "
    "runs wander more.",
    not_run=r"How far a single run strays from \(S_1\), and other \(N\).",
)
def sigma_flat(s: Scene) -> Judge:
    """The rise over the same run's sigma_1, a mean over late generations, at every n; and its exact limit."""
    p = s.p
    if s.N < 2 or s.generations < 2:
        raise OutOfScope("a rise needs two real samples and a second generation.")
    S0 = s.S0
    limits = paper.sigma_partially_synthetic_limit(S0, s.N, 10.0 ** np.arange(7)) - (1 / s.N + (1 - 1 / s.N) * S0)
    runs = [
        trajectory(tuple(p), s.N, n, s.generations, s.trials, s.seed + i)["sigma"] for i, n in enumerate(s.sizes)
    ]
    rise = np.stack([run[s.generations // 2 + 1 :].mean(axis=0) - run[1] for run in runs], axis=1)

    def judge(spoil: float) -> Verdict:
        most = 1 / (2 * s.N) / spoil
        between = evidence.both(evidence.at_most(rise, most), evidence.at_least(rise, 0.0))
        return evidence.both(between, evidence.exact_bound(limits, most))

    return judge


@claim(
    "figure-3/deviation-grows",
    chapter=CHAPTER,
    place="Figure 3, bottom",
    statement=r"\(\lVert p^{(m)} - p^{(1)} \rVert_1\) grows with \(n\): the mean at the last generation is larger "
    "for each of the figure's sizes than for the one before.",
    quantifiers=r"The figure's \(N\) and \(n\) at its last generation, in the mean over runs; read off a picture, "
    r"and no theorem: for neighbouring \(n\) there are exceptions of half a per cent at the multiples of \(N\).",
    not_run=r"Other truths and generations, and sizes closer together than those of the figure.",
    planted=2.5,
)
def deviation_grows(s: Scene) -> Judge:
    """Differences of the last deviations between neighbouring sizes, independent runs."""
    p = s.p
    ordered = sorted(set(s.sizes))
    if len(ordered) < 2 or s.generations < 2 or s.N < 2:
        raise OutOfScope("an order needs two sizes, a second generation and two real samples.")
    runs = [trajectory(tuple(p), s.N, n, s.generations, s.trials, s.seed + i) for i, n in enumerate(ordered)]
    last = np.stack([run["deviation"][-1] for run in runs], axis=1)
    return lambda spoil: evidence.at_least(last[:, 1:] - spoil * last[:, :-1], 0.0)


@claim(
    "deviation/l1",
    chapter=CHAPTER,
    place="Exact law beside Figure 3, bottom",
    statement=r"The chain of one token's count gives \(\mathbb{E}\lVert p^{(m)} - p^{(1)} \rVert_1\) exactly: it "
    "is the mean of the simulated deviations, to 3 %.",
    quantifiers=r"Every truth, all \(N\), \(n\) and \(m\), in the mean over runs; \(m = 0\) is the truth's own "
    "deviation.",
    not_run="Other sizes than the page's (tests/science/test_deviation.py enumerates small chains), and the law of "
    "the deviation beyond its mean.",
    origin="ours",
)
def l1(s: Scene) -> Judge:
    """Simulated mean L1 deviations against the exact ones, from the truth's to the last generation's."""
    p = s.p
    run, m = trajectory(tuple(p), s.N, s.n, s.generations, s.trials, s.seed), np.append(0, later(s.generations))
    exact = deviation.l1(p, s.N, s.n, s.generations)[m]
    return lambda spoil: evidence.equality(run["deviation"][m].T, spoil * exact, margin=0.03 * exact)


@claim(
    "deviation/l2",
    chapter=CHAPTER,
    place="Exact law, squared",
    statement=r"\(\mathbb{E}\lVert p^{(m)} - p^{(1)} \rVert_2^2\) follows \(D_{m+1} = \alpha^2[(1 - S_m)/n + "
    r"D_m]\), \(D_1 = 0\), to 8 %.",
    quantifiers=r"Every truth, all \(N\), \(n\) and \(m \ge 1\), in the mean over runs.",
    not_run="Other sizes than the page's (tests/science/test_deviation.py enumerates small chains).",
    origin="ours",
)
def l2(s: Scene) -> Judge:
    """Simulated mean squared deviations against the exact ones."""
    p = s.p
    if s.generations < 2:
        raise OutOfScope("the first generation does not deviate from itself.")
    run, m = trajectory(tuple(p), s.N, s.n, s.generations, s.trials, s.seed), later(s.generations)
    exact = deviation.l2_squared(p, s.N, s.n, s.generations)[m]
    return lambda spoil: evidence.equality(run["squared"][m].T, spoil * exact, margin=0.08 * exact)
