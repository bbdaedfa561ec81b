"""Figure 6: windows of recent models, and random sampling of the past; its exact laws are in `mixtures_laws`.

Windows are judged in both readings; the paper's is the fresh one (`first_hit` tells what says so).  Random sampling
has four readings (`schedules.MIXING`), and every claim on it names its own.
"""

from __future__ import annotations

import numpy as np

from collapse_lib import evidence, metrics
from collapse_lib.claims import Judge, claim
from collapse_lib.evidence import Verdict
from collapse_lib.experiments.mixtures import (
    READINGS,
    Scene,
    ended,
    horizon,
    random_past,
    run_chance,
)
from collapse_lib.schedules import MIXING, MostRecent
from collapse_lib.theory import moments

CHAPTER = "mixtures"
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
def delays(s: Scene) -> Judge:
    """Differences of first hits between each window and K = 1, independent runs."""
    p, windows = s.p, s.wide
    s.require_the_figure()
    one, *wider = (ended(p, MostRecent(s.n, K, draw="fresh"), s.trials, s.seed + K).first for K in (1, *windows))

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
def not_prevented(s: Scene) -> Judge:
    """First hits against `horizon`, and the exact rates."""
    p, windows = s.p, s.wide
    schedules = [MostRecent(s.n, K, draw=draw) for K in windows for draw in READINGS]

    rates = [moments.decay_rate(schedule) for schedule in schedules]

    def judge(spoil: float) -> Verdict:
        hits = [
            ended(p, schedule, s.trials, s.seed + schedule.window).first
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
def degrades(s: Scene) -> Judge:
    """Simulated sigma against the exact mean of the first model's."""
    p = s.p
    S1 = 1 / s.n + (1 - 1 / s.n) * float(metrics.sigma(p))
    later = [random_past(p, s.n, s.trials, s.seed, draw).at("sigma", 10, 100, 500) for draw in MIXING]
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
def plateau(s: Scene) -> Judge:
    """The difference of the two in each run, in units of the mean at m = 50."""
    p = s.p
    s.require_the_figure()
    pairs = np.stack(
        [random_past(p, s.n, s.trials, s.seed, draw).at("deviation", 50, 500) for draw in MIXING], axis=1
    )
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
def rare(s: Scene) -> Judge:
    """The share of runs with a first hit against the largest chance of a run that leaves so much."""
    p = s.p
    s.require_the_figure()
    hit = random_past(p, s.n, s.trials, s.seed, "redrawn").first > 0
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
def kept_ruled_out(s: Scene) -> Judge:
    """The shares of runs with a first hit against the smallest chance of a run that leaves so little."""
    p = s.p
    s.require_the_count()
    hits = np.stack([random_past(p, s.n, s.trials, s.seed, draw).first > 0 for draw in ("subset", "first")], axis=1)
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
def corpus_matters(s: Scene) -> Judge:
    """The difference of the two shares, independent runs."""
    p = s.p
    s.require_the_count()
    fixed, redrawn = (random_past(p, s.n, s.trials, s.seed, draw).first > 0 for draw in ("mixed", "redrawn"))
    return lambda spoil: evidence.at_least(fixed - spoil * redrawn, 0.0)
