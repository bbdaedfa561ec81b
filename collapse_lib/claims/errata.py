"""What the paper prints and what holds: each erratum with the measurement that decides it."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from fractions import Fraction

import numpy as np
from numpy.typing import ArrayLike, NDArray

from collapse_lib import distributions, evidence, metrics
from collapse_lib.claims import Judge, claim
from collapse_lib.claims.truths import live_truth
from collapse_lib.evidence import OutOfScope, Verdict
from collapse_lib.recursion import simulate
from collapse_lib.schedules import MostRecent, PartiallySynthetic
from collapse_lib.theory import deviation, moments, paper

CHAPTER = "errata"


@claim(
    "erratum/theorem-2",
    chapter=CHAPTER,
    place="Theorem 2, (9)",
    statement=r"The last sign of (9) is misprinted: simulated \(S_1, \dots, S_4\) at \(N = 5\), \(n = 20\) refute "
    "the minus and support the plus.",
    expects="corrected",
)
def theorem_2(
    *,
    moment: float = 0.3,
    real: int = 5,
    synthetic: int = 20,
    trials: int = 20_000,
    seed: int = 0,
) -> Judge:
    """Printed and corrected (9) on the same runs."""
    p, m = _erratum_truth(moment, seed), np.arange(1, 5)
    gap = np.abs(_equation_9(p, real, synthetic, m, True) - _equation_9(p, real, synthetic, m, False))
    if gap[0] < 0.01:
        raise OutOfScope(
            f"the two signs differ by {gap[0]:.2g} at most; take fewer real samples to tell them apart."
        )
    run = simulate(p, PartiallySynthetic(real, synthetic), 4, runs=trials, seed=seed, record=[metrics.sigma])
    printed, right = (_equation_9(p, real, synthetic, m, sign) for sign in (True, False))
    margin, samples = gap[0] / 4, run["sigma"][m].T
    return lambda spoil: evidence.corrected(
        evidence.equality(samples[:, 0], printed[0], margin=margin),
        evidence.equality(samples, spoil * right, margin=margin),
    )


@claim(
    "erratum/theorem-2-remark",
    chapter=CHAPTER,
    place="Remark after Theorem 2",
    statement=r"As \(n\) grows, \(S_2\) tends to \(S_1\), not to \(\frac1N + \frac{(1 - 1/N)(2 - 1/N)}{2 + 1/N} "
    r"S_0\): simulated at \(N = 5\), \(n = 2000\).",
    expects="corrected",
)
def remark(*, moment: float = 0.3, real: int = 5, trials: int = 20_000, seed: int = 0) -> Judge:
    """The printed limit and S_1, on the same runs at n = 2000."""
    p = _erratum_truth(moment, seed)
    S0 = metrics.sigma(p)
    printed, right = (float(paper.sigma_much_synthetic(S0, real, printed=sign)) for sign in (True, False))
    if abs(printed - right) < 0.02:
        raise OutOfScope(f"the two limits differ by {abs(printed - right):.2g}; take fewer real samples.")
    runs = min(trials, 4_000)
    run = simulate(p, PartiallySynthetic(real, 2_000), 2, runs=runs, seed=seed, record=[metrics.sigma])
    margin = abs(printed - right) / 3
    return lambda spoil: evidence.corrected(
        evidence.equality(run["sigma"][2], printed, margin=margin),
        evidence.equality(run["sigma"][2], spoil * right, margin=margin),
    )


@claim(
    "erratum/lemma-1",
    chapter=CHAPTER,
    place="Lemma 1 with (10), first regime",
    statement=r"With \(G_n(s)\) of (10) Lemma 1 fails for the uniform law on \(s = 60\) tokens and \(n = 10\): "
    r"every outcome has \(\lVert \hat p - p \rVert_1 \ge 2(1 - n/s)\), and the bound at that deviation is below "
    r"1; with \(2^s - 2\) it holds.",
    expects="corrected",
    planted=1e13,
)
def lemma_1(*, lemma_tokens: int = 60, lemma_samples: int = 10) -> Judge:
    """A probability of 1 against the bound in either form."""
    s, n = lemma_tokens, lemma_samples
    if n >= s or s % 2:
        raise OutOfScope("the argument needs an even number of tokens, and fewer samples than tokens.")
    p, eps = distributions.uniform(s), 2 * (1 - n / s)
    printed = float(paper.concentration_bound(p, n, eps, pi_p=0.5))
    if printed >= 1:
        raise OutOfScope(f"the bound is {printed:.3g} here and says nothing; take more tokens for as many samples.")

    def judge(spoil: float) -> Verdict:
        right = float(paper.weissman_bound(p, n, eps, pi_p=0.5)) / spoil
        return evidence.corrected(evidence.exact_bound(1.0, printed), evidence.exact_bound(1.0, right))

    return judge


@claim(
    "erratum/theorem-4-step",
    chapter=CHAPTER,
    place="Proof of Theorem 4",
    statement=r"The step \(\mathbb{E}\lambda_2 \le\) \(\frac14 - (\frac14 - \mathbb{E}\lambda_1)(N/(N+n))^2\) "
    r"fails for the uniform law on five tokens, \(N = 7\), \(n = 1\) (in exact fractions); the conclusion (16) "
    r"holds there, as does the inequality \(1 - \sigma \le 4\lambda\) that replaces it.",
    expects="corrected",
    planted=40,
)
def theorem_4_step(*, tokens: int = 5, odd: int = 7) -> Judge:
    """The printed step in fractions; (16) and our inequality at the same place."""
    first, second = mean_spreads(tokens, odd)
    claimed = Fraction(1, 4) - (Fraction(1, 4) - first) * Fraction(odd, odd + 1) ** 2
    if second <= claimed:
        raise OutOfScope(
            f"with {tokens} tokens and N = {odd} the printed step holds; take more tokens or an odd N."
        )
    p = distributions.uniform(tokens)
    bound = paper.deviation_bound_refined(p, odd, 1, spread=float(first))
    exact = deviation.l1(p, odd, 1, 20)[2:]
    counts, _ = paper.outcomes(p, odd)
    split = np.array([paper.pi(c) for c in counts])
    ours = evidence.exact_bound(1 - metrics.sigma(counts / odd), 4 * split * (1 - split))

    def judge(spoil: float) -> Verdict:
        conclusion = evidence.exact_bound(exact, bound / spoil)
        return evidence.corrected(
            evidence.exact_bound(float(second), float(claimed), rounding=1e-12), evidence.both(conclusion, ours)
        )

    return judge


@claim(
    "erratum/theorem-3-vacuous",
    chapter=CHAPTER,
    place="Theorem 3, at the sizes of Figures 3 and 4",
    statement=r"At the figures' sizes, \(N = 100\), \(s = 600\), Theorem 3 bounds an L1 distance by more than 2, "
    r"the largest there is, for every \(n\).",
    expects="vacuous",
    planted=1e4,
)
def theorem_3_vacuous(*, vocabulary: int = 600, N: int = 100, sizes: Sequence[int] = (1, 10, 100, 400)) -> Judge:
    """The exact deviations below the bound, and the bound above 2."""
    p = distributions.with_moments(vocabulary, min(52, vocabulary), 0.1, seed=0)
    exact = [deviation.l1(p, N, n, 10)[2:].max() for n in sizes]

    def judge(spoil: float) -> Verdict:
        bounds = [float(paper.deviation_bound(N, n, vocabulary)) / spoil for n in sizes]
        return evidence.vacuous(evidence.exact_bound(exact, bounds), bounds, largest=2)

    return judge


@claim(
    "erratum/exponentially",
    chapter=CHAPTER,
    place="Conclusion from (11)",
    statement=r"Synthetic data need not be exponentially fewer than real data: with \(N = 1000\) and \(\tilde s = "
    r"52\), (11) allows no synthetic sample at \(\epsilon = 0.25\), and yet with \(n = 2000\) the simulated "
    r"deviation is below our bound \(\sqrt{n(\tilde s - 1)/(N(N+2n))}\), itself below \(\epsilon\).",
    expects="corrected",
    planted=10,
)
def exponentially(
    *, truth: ArrayLike | None = None, eps: float = 0.25, trials: int = 20_000, seed: int = 0
) -> Judge:
    """The reading that more than (11) leads beyond eps, against the direct bound."""
    p, N, n = live_truth(truth), 1_000, 2_000
    if paper.largest_synthetic(N, eps, len(p)) >= 1 or deviation.saturating_bound(N, n, len(p)) >= eps:
        raise OutOfScope("equation (11) allows some synthetic data here, or the direct bound exceeds eps.")
    runs = max(2, min(500, trials))
    run = simulate(p, PartiallySynthetic(N, n), 10, runs=runs, seed=seed, record=[metrics.deviation])
    last = run["deviation"][-1]

    def judge(spoil: float) -> Verdict:
        bound = float(deviation.saturating_bound(N, n, len(p))) / spoil
        return evidence.corrected(evidence.at_least(last, eps), evidence.at_most(last, bound))

    return judge


@claim(
    "erratum/equation-5",
    chapter=CHAPTER,
    place="Equation (5), two readings",
    statement="Equation (5) can be read in two ways, samples kept or drawn afresh, and for a window of 5 models "
    r"they differ: simulated \(S_{30}\) and \(S_{60}\) of each reading follow its own exact law.",
    origin="ours",
)
def equation_5(*, size: int = 10, trials: int = 20_000, seed: int = 0) -> Judge:
    """Each reading against its own exact law, with a margin of a quarter of their difference."""
    if size < 5:
        raise OutOfScope("a window of 5 models needs at least 5 samples.")
    p, m = live_truth(None), [30, 60]
    schedules = MostRecent(size, 5, "kept"), MostRecent(size, 5, "fresh")
    exact = np.stack([moments.sigma(schedule, p, 60)[m] for schedule in schedules])
    margin = np.abs(exact[0] - exact[1]).min() / 4
    runs = [
        simulate(p, schedule, 60, runs=max(2, trials // 5), seed=seed + i, record=[metrics.sigma])["sigma"][m].T
        for i, schedule in enumerate(schedules)
    ]
    return lambda spoil: evidence.both(
        evidence.equality(runs[0], spoil * exact[0], margin=margin),
        evidence.equality(runs[1], spoil * exact[1], margin=margin),
    )


def mean_spreads(tokens: int, real: int) -> tuple[Fraction, Fraction]:
    """E lambda_1 and E lambda_2 with n = 1, in exact fractions, for the uniform law.

    lambda(p) = max_A p(A) (1 - p(A)).  Every corpus of `real` samples is looked at, and each token that may follow.
    """
    first = second = Fraction(0)
    for counts in _partitions(real, tokens):
        weight = _chance(counts, tokens)
        first += weight * _spread(counts)
        for i, count in enumerate(counts):
            more = (*counts[:i], count + 1, *counts[i + 1 :])
            second += weight * Fraction(count, real) * _spread(more)
    return first, second


def _partitions(N: int, parts: int, largest: int | None = None) -> list[tuple[int, ...]]:
    """Ways to write N as at most `parts` positive numbers, largest first."""
    if N == 0:
        return [()]
    top = min(N, N if largest is None else largest)
    return [
        (k, *rest)
        for k in range(top, 0, -1) if parts for rest in _partitions(N - k, parts - 1, k)
    ]  # fmt: skip


def _chance(counts: tuple[int, ...], tokens: int) -> Fraction:
    """Probability that uniform samples have these counts, in some order of the tokens."""
    all_counts = [*counts, *[0] * (tokens - len(counts))]
    orders = math.factorial(tokens)
    for count in set(all_counts):
        orders //= math.factorial(all_counts.count(count))
    ways = math.factorial(sum(counts))
    for count in counts:
        ways //= math.factorial(count)
    return Fraction(orders * ways, tokens ** sum(counts))


def _spread(counts: tuple[int, ...]) -> Fraction:
    """lambda of the law with these counts."""
    N = sum(counts)
    sums = {sum(chosen) for r in range(len(counts) + 1) for chosen in itertools.combinations(counts, r)}
    return max(Fraction(a, N) * Fraction(N - a, N) for a in sums)


def _equation_9(p: NDArray[np.float64], N: int, n: int, m: ArrayLike, printed: bool) -> NDArray[np.float64]:
    """(9) at this truth."""
    return paper.sigma_partially_synthetic(metrics.sigma(p), N, n, m, printed=printed)


def _erratum_truth(moment: float, seed: int) -> NDArray[np.float64]:
    """Thirty tokens with a large enough S_0 for the misprint to show."""
    return distributions.with_moments(30, 30, moment, seed=seed)
