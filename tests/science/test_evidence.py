"""Verdicts: the three zones, false-alarm rates measured or enumerated, and Holm's procedure from its definition.

Every seed is fixed.  A rate of false verdicts is counted over 2,000 null data sets and must not exceed ALPHA by
more than chance would allow once in a million (binomial); each kind of count has a control that does exceed it.
Rates of verdicts on 0 and 1 are not counted but enumerated, and need no tolerance.
"""

import dataclasses
import json
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from collapse_lib import InvalidInput, evidence
from collapse_lib.evidence import ALPHA, Verdict

DATA_SETS = 2_000
MOST_FALSE_ALARMS = int(stats.binom.isf(1e-6, DATA_SETS, ALPHA))


def normal(mean, *shape, seed=0):
    return np.random.default_rng(seed).normal(mean, 1.0, size=shape)


def bits(hits, N):
    return np.arange(N) < hits


def kinds(verdicts):
    return {name: verdict.kind for name, verdict in verdicts.items()}


# Equality ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("mean", "kind"),
    [(0.0, "supported"), (0.5, "refuted"), (-0.5, "refuted"), (0.2, "inconclusive"), (-0.2, "inconclusive")],
)
def test_an_equality_has_three_zones(mean, kind):
    assert evidence.equality(normal(mean, 2_000), 0.0, margin=0.2).kind == kind


def test_too_few_runs_are_inconclusive_even_on_the_spot():
    assert evidence.equality(normal(0.0, 20), 0.0, margin=0.2).kind == "inconclusive"


def test_a_curve_is_refuted_by_one_bad_point():
    samples = normal([0.0, 0.0, 0.5, 0.0], 2_000, 4)
    verdict = evidence.equality(samples, 0.0, margin=0.2)
    assert (verdict.kind, verdict.points) == ("refuted", 4)
    assert verdict.measured == pytest.approx(samples[:, 2].mean())


def test_a_curve_is_not_supported_by_all_points_but_one():
    assert evidence.equality(normal([0.0, 0.0, 0.2], 2_000, 3), 0.0, margin=0.2).kind == "inconclusive"


def test_each_point_has_its_own_expected_value_and_margin():
    samples = normal([1.0, 5.0], 2_000, 2)
    assert evidence.equality(samples, [1.0, 5.3], margin=[0.1, 0.5]).kind == "supported"
    assert evidence.equality(samples, [1.0, 5.3], margin=[0.5, 0.1]).kind == "refuted"


def test_the_interval_shown_is_of_the_point_that_decides():
    samples = normal([0.0, 0.4], 2_000, 2)
    verdict = evidence.equality(samples, 0.0, margin=0.2)
    assert verdict.interval[0] < samples[:, 1].mean() < verdict.interval[1]


@pytest.mark.parametrize("margin", [0.0, -0.1, [0.1, 0.0]])
def test_a_margin_of_zero_is_refused(margin):
    with pytest.raises(InvalidInput, match="margin above 0"):
        evidence.equality(normal(0.0, 50, 2), 0.0, margin=margin)


@pytest.mark.parametrize("samples", [[], np.zeros((2, 2, 2)), 1.0])
def test_samples_of_another_shape_are_refused(samples):
    with pytest.raises(InvalidInput, match="shape"):
        evidence.equality(samples, 0.0, margin=1.0)


@pytest.mark.parametrize(
    ("value", "kind"), [(0.0, "inconclusive"), (0.9, "inconclusive"), (1.5, "refuted"), (-1.5, "refuted")]
)
def test_runs_that_are_all_equal_support_nothing_and_may_refute(value, kind):
    assert evidence.equality(np.full(10, value), 0.0, margin=1.0).kind == kind


@pytest.mark.parametrize("value", [0.1, 1 / 3, 0.7])
def test_equal_runs_whose_mean_is_rounded_are_equal_all_the_same(value):
    """numpy gives 1000 equal runs a deviation of about 1e-16."""
    assert evidence.equality(np.full(1000, value), value, margin=0.5).kind == "inconclusive"
    assert evidence.at_most(np.full(1000, value), 1.0).kind == "inconclusive"


def test_one_mean_without_variance_keeps_a_curve_from_support():
    samples = normal([0.0, 0.0], 2_000, 2)
    assert evidence.equality(samples, 0.0, margin=0.2).kind == "supported"
    samples[:, 1] = 0.0
    assert evidence.equality(samples, 0.0, margin=0.2).kind == "inconclusive"


@pytest.mark.parametrize("N", [1, 2, 3])
def test_fewer_than_four_runs_decide_nothing(N):
    runs = 1e-3 * np.arange(N, dtype=float)
    assert evidence.equality(runs, 0.0, margin=1.0).kind == "inconclusive"
    assert evidence.at_most(runs, 5.0).kind == "inconclusive"
    assert evidence.at_least(runs, 5.0).kind == "inconclusive"
    assert evidence.equality(1e-3 * np.arange(4.0), 0.0, margin=1.0).kind == "supported"


@pytest.mark.parametrize("hits", [0, 40])
def test_shares_of_all_or_none_are_evidence(hits):
    assert evidence.equality(bits(hits, 40), hits / 40, margin=0.2).kind == "supported"


def test_runs_that_all_sit_on_the_edge_decide_nothing():
    assert evidence.equality(np.full(10, 1.0), 0.0, margin=1.0).kind == "inconclusive"


@pytest.mark.parametrize("check", [evidence.at_most, evidence.at_least])
def test_equal_runs_on_a_bound_decide_nothing(check):
    assert check(np.full(10, 2.0), 2.0).kind == "inconclusive"


@pytest.mark.parametrize(
    "verdict",
    [
        evidence.equality([0.0], 0.0, margin=1.0),
        evidence.at_most([0.0], 1.0),
        evidence.at_least([[5.0, 5.0]], 1.0),
        evidence.equality([True], 1.0, margin=0.5),
        evidence.at_least([True], 0.1),
    ],
    ids=["equality", "at_most", "at_least", "equality of shares", "at_least of shares"],
)
def test_a_single_run_is_inconclusive(verdict):
    assert verdict.kind == "inconclusive"


@pytest.mark.parametrize(
    "judge",
    [
        lambda: evidence.equality([0.0, math.nan, 0.1, 0.2], 0.0, margin=1.0),
        lambda: evidence.equality([0.0, 0.3, 0.1, 0.2], math.nan, margin=1.0),
        lambda: evidence.at_most([0.0, math.nan, 0.1, 0.2], 1.0),
        lambda: evidence.at_least([0.0, 0.3, 0.1, 0.2], math.nan),
        lambda: evidence.exact(math.nan, 1.0, tolerance=1.0),
        lambda: evidence.exact_bound(math.nan, 1.0),
        lambda: evidence.exact_bound(1.0, math.nan),
        lambda: evidence.slope([1, 2], [[1.0, 2, 3, math.nan], [2.0, 3, 4, 5]], 1.0, margin=0.5),
        lambda: evidence.same_law([1, 2, 3], [0.5, math.nan], margin=0.1),
    ],
    ids=["equality", "expected", "at_most", "bound", "exact", "lower", "upper", "slope", "law"],
)
def test_what_is_not_a_number_is_refused(judge):
    with pytest.raises(InvalidInput, match="NaN"):
        judge()


# False alarms of an equality --------------------------------------------------------------------------------------


def false_alarms(kind, mean, N=15, margin=0.5):
    """How many of 2,000 normal data sets of N runs with that mean get that verdict on "the mean is 0"."""
    data = np.random.default_rng(1).normal(mean, 1.0, size=(DATA_SETS, N))
    return sum(evidence.equality(runs, 0.0, margin=margin).kind == kind for runs in data)


def test_a_mean_at_the_edge_of_the_margin_is_refuted_with_chance_alpha_at_most():
    assert false_alarms("refuted", 0.5) <= MOST_FALSE_ALARMS


def test_a_mean_further_out_is_refuted_more_often_than_that():
    assert false_alarms("refuted", 1.0) > MOST_FALSE_ALARMS


def test_a_mean_just_outside_the_margin_is_supported_with_chance_alpha_at_most():
    assert false_alarms("supported", 0.5 + 1e-9, N=100) <= MOST_FALSE_ALARMS


def test_a_mean_further_in_is_supported_more_often_than_that():
    assert false_alarms("supported", 0.4, N=100) > MOST_FALSE_ALARMS


def test_a_curve_of_twenty_points_at_their_edges_is_refuted_with_chance_alpha_at_most():
    data = np.random.default_rng(2).normal(0.5, 1.0, size=(DATA_SETS, 15, 20))
    refuted = sum(evidence.equality(runs, 0.0, margin=0.5).kind == "refuted" for runs in data)
    assert refuted <= MOST_FALSE_ALARMS


def test_twenty_looks_without_bonferroni_would_alarm_too_often():
    data = np.random.default_rng(2).normal(0.5, 1.0, size=(500, 15, 20))
    p = [stats.ttest_1samp(runs, 0.5, alternative="greater").pvalue.min() for runs in data]
    assert (np.array(p) <= ALPHA / 2).sum() > stats.binom.isf(1e-6, 500, ALPHA)


def test_one_point_just_outside_keeps_a_curve_from_support_but_for_chance_alpha():
    mean = np.array([0.0, 0.0, 0.5 + 1e-9, 0.0])
    data = np.random.default_rng(3).normal(mean, 1.0, size=(DATA_SETS, 100, 4))
    assert sum(evidence.equality(runs, 0.0, margin=0.5).kind == "supported" for runs in data) <= MOST_FALSE_ALARMS


# Bounds -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("mean", "kind"), [(-0.3, "supported"), (0.3, "refuted"), (0.0, "inconclusive")])
def test_at_most_has_three_zones(mean, kind):
    assert evidence.at_most(normal(mean, 1_000), 0.0).kind == kind


@pytest.mark.parametrize(("mean", "kind"), [(-0.3, "refuted"), (0.3, "supported"), (0.0, "inconclusive")])
def test_at_least_has_three_zones(mean, kind):
    assert evidence.at_least(normal(mean, 1_000), 0.0).kind == kind


def test_tightness_is_bound_over_mean_where_they_are_closest():
    samples = np.array([[2.0, 10.0], [2.0, 10.0], [2.0, 10.0]])
    assert evidence.at_most(samples, [3.0, 11.0]).tightness == pytest.approx(1.1)


def test_a_lower_bound_is_as_tight_as_the_upper_one_on_the_other_side():
    samples = np.random.default_rng(0).normal(10, 1, size=400)
    assert evidence.at_least(samples, samples.mean() / 2).tightness == pytest.approx(2)
    assert evidence.at_most(samples, samples.mean() * 2).tightness == pytest.approx(2)


def test_a_bound_on_means_that_are_zero_has_no_tightness():
    assert evidence.at_most(np.zeros((5, 2)), 1.0).tightness is None


def binomial(N, p):
    """The probabilities of 0..N hits, term by term."""
    return [math.comb(N, k) * p**k * (1 - p) ** (N - k) for k in range(N + 1)]


@pytest.mark.parametrize(
    ("hits", "N", "bound"), [(0, 10, 0.3), (3, 10, 0.3), (10, 10, 0.7), (1, 40, 0.2), (60, 80, 0.6)]
)
def test_shares_are_compared_by_the_binomial_law(hits, N, bound):
    law = binomial(N, bound)
    below, above = sum(law[: hits + 1]), sum(law[hits:])
    at_most, at_least = evidence.at_most(bits(hits, N), bound), evidence.at_least(bits(hits, N), bound)
    assert (at_most.p_support, at_most.p_refute) == pytest.approx((below, above), rel=1e-9)
    assert (at_least.p_support, at_least.p_refute) == pytest.approx((above, below), rel=1e-9)


def test_an_equality_of_shares_is_two_binomial_comparisons():
    low, high = binomial(60, 0.4), binomial(60, 0.6)
    verdict = evidence.equality(bits(33, 60), 0.5, margin=0.1)
    assert verdict.p_support == pytest.approx(max(sum(low[33:]), sum(high[:34])), rel=1e-9)
    assert verdict.p_refute == pytest.approx(min(1, 2 * min(sum(low[:34]), sum(high[33:]))), rel=1e-9)


def test_a_margin_that_reaches_past_one_asks_for_nothing_there():
    assert evidence.equality(bits(200, 200), 1.0, margin=0.1).kind == "supported"
    assert evidence.equality(bits(0, 200), 0.0, margin=0.1).kind == "supported"


def test_a_bound_says_on_which_side_the_means_are_to_be():
    runs = normal(0.3, 1_000)
    assert [evidence.at_most(runs, 0.0).relation, evidence.at_least(runs, 0.0).relation] == ["≤", "≥"]
    assert evidence.equality(runs, 0.0, margin=0.1).relation == "="


def test_no_p_value_of_many_means_is_larger_than_one():
    """Five means that are right: five looks at p-values near 1."""
    found = evidence.at_most(normal(-0.3, 1_000, 5), 0.0)
    assert (found.kind, found.p_refute) == ("supported", 1.0)


def test_a_share_that_only_alone_would_be_refuted_does_not_decide_for_two():
    """1 of 100 under a bound of 8e-5, and 63 of 100 under 0.5: refuted at 0.8 % and 0.6 %, each alone.

    Of two shares neither is, and the one shown is the first, which is further from support.
    """
    runs = np.stack([bits(1, 100), bits(63, 100)], axis=1)
    alone = [evidence.at_most(column, bound) for column, bound in zip(runs.T, (8e-5, 0.5), strict=True)]
    assert [each.kind for each in alone] == ["refuted", "refuted"]
    assert alone[1].p_refute < alone[0].p_refute
    assert alone[1].p_support < alone[0].p_support
    found = evidence.at_most(runs, [8e-5, 0.5])
    assert (found.kind, found.expected) == ("inconclusive", 8e-5)
    assert found.p_refute == pytest.approx(2 * alone[1].p_refute, rel=1e-12)


@pytest.mark.parametrize("share", [0.02, 0.3, 0.5, 0.97])
@pytest.mark.parametrize("N", [1, 7, 60, 300])
def test_a_share_on_the_bound_is_judged_falsely_with_chance_alpha_at_most(share, N):
    found = [evidence.at_most(bits(hits, N), share).kind for hits in range(N + 1)]
    law = binomial(N, share)
    for kind in ("supported", "refuted"):
        assert sum(p for p, k in zip(law, found, strict=True) if k == kind) <= ALPHA


@pytest.mark.parametrize("N", [60, 300])
def test_a_share_at_the_edge_of_a_margin_is_judged_falsely_with_chance_alpha_at_most(N):
    found = [evidence.equality(bits(hits, N), 0.5, margin=0.1).kind for hits in range(N + 1)]
    law = binomial(N, 0.6)
    for kind in ("supported", "refuted"):
        assert sum(p for p, k in zip(law, found, strict=True) if k == kind) <= ALPHA


# Slopes -----------------------------------------------------------------------------------------------------------

X = [10, 30, 100, 300]


def power_law(exponent, runs=400, spread=0.3, seed=0):
    rng = np.random.default_rng(seed)
    return [2.5 * x**exponent * rng.lognormal(-(spread**2) / 2, spread, size=runs) for x in X]


@pytest.mark.parametrize("exponent", [-1.0, 0.5, 1.0, 2.0])
def test_a_power_law_has_its_exponent(exponent):
    verdict = evidence.slope(X, power_law(exponent), exponent, margin=0.1)
    assert verdict.kind == "supported"
    assert verdict.interval[0] < exponent < verdict.interval[1]


@pytest.mark.parametrize("wrong", [0.75, 1.25, 2.0])
def test_another_exponent_is_refuted(wrong):
    assert evidence.slope(X, power_law(1.0), wrong, margin=0.1).kind == "refuted"


def test_an_exponent_at_the_edge_of_the_margin_is_inconclusive():
    assert evidence.slope(X, power_law(1.1), 1.0, margin=0.1).kind == "inconclusive"


def test_the_interval_of_an_exponent_covers_it():
    """400 data sets; the interval's 99 % is asymptotic, and less than 96 % would come about once in 10^5."""
    covered = 0
    for seed in range(400):
        low, high = evidence.slope(X, power_law(1.0, runs=100, seed=seed), 1.0, margin=0.1).interval
        covered += low < 1.0 < high
    assert covered / 400 > 0.96


def test_two_groups_of_four_runs_have_the_exponent_and_the_error_worked_out_by_hand():
    """Means 3 and 12, sums of squares 2 and 8 over N - 1 = 3: the log means have variances 1/54 and 1/216."""
    verdict = evidence.slope([2, 8], [[2, 3, 3, 4], [10, 12, 12, 14]], 1.0, margin=0.5)
    error = math.sqrt(1 / 54 + 1 / 216) / math.log(4)
    half = stats.norm.isf(ALPHA / 2) * error
    assert verdict.measured == pytest.approx(1.0, rel=1e-12)
    assert verdict.interval == pytest.approx((1 - half, 1 + half), rel=1e-9)
    assert verdict.p_support == pytest.approx(stats.norm.sf(0.5 / error), rel=1e-9)


def test_an_exponent_is_refuted_by_the_nearer_end_of_its_margin_looked_at_from_both_sides():
    """The same runs against 1.3, give or take 0.1: the exponent 1 lies 0.2 outside."""
    verdict = evidence.slope([2, 8], [[2, 3, 3, 4], [10, 12, 12, 14]], 1.3, margin=0.1)
    error = math.sqrt(1 / 54 + 1 / 216) / math.log(4)
    assert verdict.p_refute == pytest.approx(2 * stats.norm.sf(0.2 / error), rel=1e-9)


@pytest.mark.parametrize(
    ("x", "samples"),
    [
        ([10], [[1, 2]]),
        ([1, 2, 3], [[1, 2], [1, 2]]),
        ([1, 2], [[1], [1, 2]]),
        ([1, 2], [[-1, 0], [1, 2]]),
        ([1, 2], [[3, 3], [1, 2]]),
    ],
    ids=["one x", "too few groups", "a single run", "a negative mean", "equal runs"],
)
def test_a_slope_that_cannot_be_measured_is_refused(x, samples):
    with pytest.raises(InvalidInput, match="a slope needs"):
        evidence.slope(x, samples, 1.0, margin=0.1)


# Whole laws -------------------------------------------------------------------------------------------------------

GEOMETRIC = 1 - 0.9 ** np.arange(31)  # P(X <= m), m = 0..30, of a geometric law that starts at 1


def geometric(p, runs=5_000, seed=0):
    return np.random.default_rng(seed).geometric(p, size=runs)


def test_a_sample_follows_its_own_law():
    """False alarm: the distance of 5,000 runs exceeds 0.04 with probability at most 2 exp(-16)."""
    assert evidence.same_law(geometric(0.1), GEOMETRIC, margin=0.06).kind == "supported"


def test_a_sample_does_not_follow_another_law():
    assert evidence.same_law(geometric(0.15), GEOMETRIC, margin=0.06).kind == "refuted"


def test_a_law_at_the_margin_is_inconclusive():
    shifted = np.clip(GEOMETRIC + 0.06, 0, 1)
    assert evidence.same_law(geometric(0.1), shifted, margin=0.06).kind == "inconclusive"


def test_the_distance_of_laws_is_kolmogorovs():
    sample = np.array([0, 1, 1, 3])
    verdict = evidence.same_law(sample, [0.5, 0.5, 0.9, 1.0], margin=0.5)
    assert verdict.measured == pytest.approx(0.25)


def test_values_beyond_the_law_count_as_not_yet_reached():
    assert evidence.same_law(np.array([0, 9, 9, 9]), [0.25, 0.25], margin=0.5).measured == 0


@pytest.mark.parametrize(("law", "off"), [([0.25, 1.0], 0.25), ([0.75, 1.0], 0.25), ([0.9, 1.0], 0.4)])
def test_the_p_values_of_a_law_are_those_of_the_inequality(law, off):
    """40 runs, half of them 0: 2 exp(-2 N e^2), with e the way from the distance to the margin, here 0.3."""
    verdict = evidence.same_law(bits(20, 40).astype(int), law, margin=0.3)
    tail = min(1, 2 * math.exp(-2 * 40 * (off - 0.3) ** 2))
    assert verdict.p_support == pytest.approx(tail if off < 0.3 else 1, rel=1e-9)
    assert verdict.p_refute == pytest.approx(tail if off > 0.3 else 1, rel=1e-9)
    half = math.sqrt(math.log(2 / ALPHA) / 80)
    assert verdict.interval == pytest.approx((max(0, off - half), min(1, off + half)), rel=1e-9)


def test_a_law_that_is_far_off_or_on_the_spot_has_p_values_far_from_one():
    """1,000 runs, half of them 0, and e = 0.05: 2 exp(-5)."""
    found = [evidence.same_law(bits(500, 1_000).astype(int), [0.4, 1.0], margin=m) for m in (0.15, 0.05)]
    assert [found[0].p_support, found[1].p_refute] == pytest.approx([2 * math.exp(-5)] * 2, rel=1e-9)


def test_a_run_that_never_ended_is_refused_by_same_law():
    with pytest.raises(InvalidInput, match="at least 0"):
        evidence.same_law(np.array([3, -1]), GEOMETRIC, margin=0.1)


def test_the_true_law_is_refuted_with_chance_alpha_at_most():
    """With a margin of almost 0, where the inequality is the only protection."""
    refuted = sum(
        evidence.same_law(geometric(0.1, 200, seed), GEOMETRIC, margin=1e-12).kind == "refuted"
        for seed in range(DATA_SETS)
    )
    assert refuted <= MOST_FALSE_ALARMS


# Nothing random ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("value", "kind"), [(1.25, "supported"), (0.75, "supported"), (1.2500001, "refuted")])
def test_exact_allows_the_tolerance_and_no_more(value, kind):
    assert evidence.exact([1.0, value], 1.0, tolerance=0.25).kind == kind


def test_exact_shows_the_worst_number():
    verdict = evidence.exact([1.0, 3.0, 2.0], [1.0, 2.9, 2.2], tolerance=0.3)
    assert (verdict.measured, verdict.expected, verdict.points) == (2.0, 2.2, 3)


@pytest.mark.parametrize(
    ("lower", "upper", "kind"),
    [
        (1.0, 1.0, "supported"),
        (1 + 0.5e-9, 1.0, "supported"),
        (1 + 2e-9, 1.0, "refuted"),
        (0.0, 0.0, "supported"),
        (-1.0, 0.0, "supported"),
        (1.0, 0.0, "refuted"),
        (1.0, -1.0, "refuted"),
    ],
)
def test_an_exact_bound_holds_up_to_rounding(lower, upper, kind):
    assert evidence.exact_bound(lower, upper).kind == kind


def test_an_exact_bound_is_refuted_by_one_point_of_many():
    verdict = evidence.exact_bound([0.5, 1.2, 0.1], [1.0, 1.0, 1.0])
    assert (verdict.kind, verdict.measured, verdict.points) == ("refuted", 1.2, 3)


def test_a_zero_among_exact_bounds_changes_nothing():
    assert evidence.exact_bound([0.0, 0.5], [0.0, 1.0]).tightness == 2


# Together ---------------------------------------------------------------------------------------------------------


def verdict(p_support=1.0, p_refute=1.0, kind=None, success="supported"):
    found = "refuted" if p_refute <= ALPHA else success if p_support <= ALPHA else "inconclusive"
    return Verdict(kind or found, 1.0, (0.5, 1.5), 1.0, p_support=p_support, p_refute=p_refute, success=success)


SUPPORTED, REFUTED, OPEN = verdict(p_support=1e-9), verdict(p_refute=1e-9), verdict()


@pytest.mark.parametrize(
    ("first", "second", "kind"),
    [
        (SUPPORTED, SUPPORTED, "supported"),
        (SUPPORTED, OPEN, "inconclusive"),
        (SUPPORTED, REFUTED, "refuted"),
        (OPEN, OPEN, "inconclusive"),
        (OPEN, REFUTED, "refuted"),
        (REFUTED, REFUTED, "refuted"),
    ],
)
def test_two_claims_at_once_are_supported_if_both_are_and_refuted_if_either_is(first, second, kind):
    assert evidence.both(first, second).kind == evidence.both(second, first).kind == kind


def test_two_looks_for_a_refutal_cost_a_factor_of_two():
    assert evidence.both(verdict(p_refute=0.006), SUPPORTED).p_refute == pytest.approx(0.012)


def test_both_shows_the_numbers_of_the_worse_one():
    shown = evidence.both(SUPPORTED, dataclasses.replace(REFUTED, measured=7.0))
    assert shown.measured == 7.0


def test_both_shows_the_first_one_where_neither_is_worse_and_counts_the_points_of_both():
    other = dataclasses.replace(SUPPORTED, measured=7.0, points=5)
    assert (evidence.both(SUPPORTED, other).measured, evidence.both(other, SUPPORTED).measured) == (1.0, 7.0)
    assert evidence.both(SUPPORTED, other).points == 6


def test_a_p_value_of_alpha_itself_is_enough():
    family = {"a": verdict(p_support=ALPHA), "b": evidence.out_of_scope("n = 1 is excluded.")}
    assert evidence.holm(family)["a"].kind == "supported"
    assert evidence.holm({"a": verdict(p_refute=ALPHA)})["a"].kind == "refuted"
    assert evidence.holm({"a": verdict(p_support=ALPHA, p_refute=ALPHA)})["a"].kind == "refuted"


def test_holm_makes_no_p_value_larger_than_one():
    family = {name: verdict(p_support=0.5, p_refute=0.9) for name in "abc"}
    assert {(v.p_support, v.p_refute) for v in evidence.holm(family).values()} == {(1.0, 1.0)}


def test_holm_by_hand():
    """0.005 * 4, 0.01 * 3, 0.03 * 2, and the last may not fall below the third."""
    family = {name: verdict(p_support=p) for name, p in zip("abcd", (0.01, 0.04, 0.03, 0.005), strict=True)}
    adjusted = {name: v.p_support for name, v in evidence.holm(family).items()}
    assert adjusted == pytest.approx({"a": 0.03, "b": 0.06, "c": 0.06, "d": 0.02})


p_values = st.lists(st.floats(1e-6, 1, exclude_max=True), min_size=1, max_size=6)


def step_down(p, alpha):
    """Holm's own words: from the smallest p-value on, reject while the i-th is at most alpha / (k - i)."""
    rejected, order = set(), sorted(range(len(p)), key=lambda i: p[i])
    for i, index in enumerate(order):
        if p[index] > alpha / (len(p) - i):
            break
        rejected.add(index)
    return rejected


@given(p_values, st.sampled_from([0.0102, 0.0503, 0.2004]), st.sampled_from(["p_support", "p_refute"]))
def test_holm_supports_and_refutes_what_its_definition_does(p, alpha, side):
    family = {str(i): verdict(**{side: value}) for i, value in enumerate(p)}
    judged = kinds(evidence.holm(family, alpha=alpha))
    wanted = {"p_support": "supported", "p_refute": "refuted"}[side]
    assert {int(name) for name, kind in judged.items() if kind == wanted} == step_down(p, alpha)


@given(p_values)
def test_the_order_of_a_family_does_not_matter(p):
    family = {str(i): verdict(p_support=value) for i, value in enumerate(p)}
    backwards = dict(reversed(family.items()))
    assert evidence.holm(family) == evidence.holm(backwards)


@given(p_values)
def test_a_verdict_among_others_is_never_more_certain_than_alone(p):
    family = {str(i): verdict(p_support=value) for i, value in enumerate(p)}
    assert all(v.p_support >= family[name].p_support for name, v in evidence.holm(family).items())


def test_two_verdicts_that_stand_alone_may_not_stand_together():
    family = {"a": verdict(p_support=0.008), "b": verdict(p_support=0.009)}
    assert kinds(family) == {"a": "supported", "b": "supported"}
    assert kinds(evidence.holm(family)) == {"a": "inconclusive", "b": "inconclusive"}


def test_holm_leaves_alone_what_was_not_judged():
    aside = verdict(kind="out of scope")
    judged = evidence.holm({"aside": aside, "a": verdict(p_support=0.009)})
    assert judged["aside"] is aside
    assert judged["a"].kind == "supported"


@pytest.mark.parametrize("success", ["supported", "corrected", "vacuous"])
def test_holm_judges_errata_with_the_rest_and_keeps_what_success_is_called(success):
    family = {"a": verdict(p_support=0.004, success=success), "b": verdict(p_support=0.9)}
    assert kinds(evidence.holm(family)) == {"a": success, "b": "inconclusive"}
    family["a"] = verdict(p_support=0.006, success=success)
    assert kinds(evidence.holm(family))["a"] == "inconclusive"


# Errata -----------------------------------------------------------------------------------------------------------


def test_an_erratum_is_corrected_where_the_print_is_refuted_and_the_correction_supported():
    print_, right = evidence.exact(1.0, 2.0, tolerance=0.1), evidence.exact(1.0, 1.0, tolerance=0.1)
    found = evidence.corrected(print_, right)
    assert (found.kind, found.expected, found.note) == ("corrected", 1.0, "printed 2, and measured 1")


def test_an_erratum_of_a_bound_tells_the_side_that_was_printed():
    runs = normal(0.3, 1_000)
    found = evidence.corrected(evidence.at_most(runs, 0.0), evidence.equality(runs, 0.3, margin=0.2))
    assert (found.kind, found.note) == ("corrected", f"printed ≤ 0, and measured {runs.mean():.4g}")


def test_an_erratum_is_refuted_where_the_print_holds_or_the_correction_fails():
    wrong, right = evidence.exact(1.0, 2.0, tolerance=0.1), evidence.exact(1.0, 1.0, tolerance=0.1)
    assert evidence.corrected(right, right).kind == "refuted"
    assert evidence.corrected(wrong, wrong).kind == "refuted"


def test_an_erratum_is_inconclusive_on_few_runs():
    runs = np.random.default_rng(0).normal(0.3, 1.0, size=20)
    few = evidence.corrected(evidence.equality(runs, 0.0, margin=0.05), evidence.equality(runs, 0.3, margin=0.05))
    assert few.kind == "inconclusive"


def test_an_erratum_whose_print_is_not_refuted_is_not_corrected_however_well_its_correction_is_supported():
    """Runs of mean 0.3 cannot tell 0.25, give or take 0.06, from the truth; 0.3, give or take 0.2, is safe."""
    runs = normal(0.3, 2_000)
    printed = evidence.equality(runs, 0.25, margin=0.06)
    right = evidence.equality(runs, 0.3, margin=0.2)
    assert (printed.kind, right.kind) == ("inconclusive", "supported")
    found = evidence.corrected(printed, right)
    assert (found.kind, found.p_support) == ("inconclusive", printed.p_refute)


def test_a_bound_that_allows_everything_is_vacuous_where_it_holds():
    holds = evidence.exact_bound(1.0, 39.0)
    assert evidence.vacuous(holds, [39.0, 50.0], largest=2).kind == "vacuous"
    assert evidence.vacuous(holds, [1.5, 39.0], largest=2).kind == "supported"
    assert evidence.vacuous(evidence.exact_bound(40.0, 39.0), 39.0, largest=2).kind == "refuted"


def test_a_bound_at_the_largest_value_that_there_is_says_nothing():
    assert evidence.vacuous(evidence.exact_bound(1.0, 2.0), 2.0, largest=2).kind == "vacuous"
    assert evidence.vacuous(evidence.exact_bound(1.0, 1.999), 1.999, largest=2).kind == "supported"


def test_holm_of_nothing_is_nothing():
    assert evidence.holm({}) == {}


def test_holm_keeps_the_family_false_alarm_rate():
    """20 true nulls: some is rejected with chance alpha at most; at 0.05 each, without Holm, it would be 64 %."""
    p = np.random.default_rng(4).uniform(size=(DATA_SETS, 20))
    families = ({str(i): verdict(p_refute=value) for i, value in enumerate(row)} for row in p)
    alarms = sum("refuted" in kinds(evidence.holm(family, alpha=0.05)).values() for family in families)
    assert alarms <= stats.binom.isf(1e-6, DATA_SETS, 0.05) < (p.min(axis=1) <= 0.05).sum()


# Intervals --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("N", [2, 5, 30])
def test_students_interval_covers_as_often_as_it_says(N):
    """100,000 normal data sets: 99 % give or take what chance would exceed once in a million."""
    _, low, high = evidence.interval(np.random.default_rng(N).normal(3.0, 2.0, size=(N, 100_000)))
    missed = int(((low > 3) | (high < 3)).sum())
    assert stats.binom.ppf(5e-7, 100_000, ALPHA) <= missed <= stats.binom.isf(5e-7, 100_000, ALPHA)


@pytest.mark.parametrize("share", [0.001, 0.1, 0.37, 0.5, 0.999])
@pytest.mark.parametrize("N", [1, 12, 200])
def test_the_binomial_interval_covers_at_least_as_often_as_it_says(share, N):
    _, low, high = evidence.interval(np.stack([bits(hits, N) for hits in range(N + 1)], axis=1))
    covered = (low <= share) & (share <= high)
    assert np.array(binomial(N, share))[covered].sum() >= 1 - ALPHA


def test_the_ends_of_the_binomial_interval_leave_half_of_alpha_each():
    _, low, high = (float(v) for v in evidence.interval(bits(7, 30)))
    assert sum(binomial(30, low)[7:]) == pytest.approx(ALPHA / 2, rel=1e-6)
    assert sum(binomial(30, high)[:8]) == pytest.approx(ALPHA / 2, rel=1e-6)


@pytest.mark.parametrize(("hits", "end", "value"), [(0, 1, 0.0), (30, 2, 1.0)])
def test_no_hit_and_all_hits_leave_one_end_open(hits, end, value):
    assert evidence.interval(bits(hits, 30))[end] == value


def test_a_single_number_has_no_interval():
    assert [float(v) for v in evidence.interval([3.0])] == [3.0, -math.inf, math.inf]


@given(st.floats(0.001, 0.2))
def test_a_smaller_alpha_gives_a_wider_interval(alpha):
    _, low, high = evidence.interval(normal(0.0, 20), alpha=alpha)
    _, lower, higher = evidence.interval(normal(0.0, 20), alpha=alpha / 2)
    assert lower < low < high < higher


# As plain values --------------------------------------------------------------------------------------------------

MANY = [
    evidence.equality(normal(0.0, 50, 3), 0.0, margin=2.0),
    evidence.at_most(bits(3, 20), 0.5),
    evidence.slope(X, power_law(1.0), 1.0, margin=0.1),
    evidence.same_law(geometric(0.1), GEOMETRIC, margin=0.05),
    evidence.exact(1.0, 1.0, tolerance=0.1),
    evidence.exact_bound(0.0, 0.0),
    evidence.equality([1.0], 0.0, margin=2.0),
    evidence.out_of_scope("n = 1 is excluded."),
]


def strict(text):
    """What a JSON reader other than Python's makes of it: NaN and Infinity are no JSON."""

    def refuse(constant):
        raise AssertionError(f"{constant} is not JSON")

    return json.loads(text, parse_constant=refuse)


@pytest.mark.parametrize("found", MANY, ids=lambda v: f"{v.kind} of {v.points}")
def test_a_verdict_survives_the_trip_through_a_dict(found):
    assert repr(Verdict.from_dict(found.as_dict())) == repr(found)


@pytest.mark.parametrize("found", MANY, ids=lambda v: f"{v.kind} of {v.points}")
def test_a_verdict_survives_the_trip_through_json(found):
    text = json.dumps(found.as_dict())
    assert json.dumps(Verdict.from_dict(strict(text)).as_dict()) == text


def test_out_of_scope_says_why_and_measures_nothing():
    found = evidence.out_of_scope("n = 1 is excluded.")
    assert (found.kind, found.note, found.samples) == ("out of scope", "n = 1 is excluded.", 0)


def test_every_kind_of_verdict_is_reached_by_some_check():
    reached = {v.kind for v in (*MANY, SUPPORTED, REFUTED, OPEN)}
    assert reached >= {"supported", "refuted", "inconclusive", "out of scope"}


# How much a verdict sees ------------------------------------------------------------------------------------------


def test_the_margin_is_told_as_a_part_of_what_is_claimed_at_its_coarsest_point():
    samples = normal([1.0, 5.0], 2_000, 2)
    assert evidence.equality(samples, [1.0, 5.0], margin=0.5).resolution == 0.5
    assert evidence.equality(samples - [1, 5], 0.0, margin=0.5, about=[10, 50]).resolution == 0.05
    assert evidence.equality(samples - [1, 5], 0.0, margin=0.5).resolution is None


def test_the_margin_is_told_in_standard_errors_at_its_noisiest_point():
    samples = np.random.default_rng(3).normal(0.0, [1.0, 4.0], size=(400, 2))
    found = evidence.equality(samples, 0.0, margin=1.0).errors
    assert found == pytest.approx(1.0 / (samples[:, 1].std(ddof=1) / 20), rel=1e-12)


def test_of_two_claims_at_once_the_worse_tells_how_much_is_seen():
    fine = evidence.equality(normal(1.0, 10_000), 1.0, margin=0.1)
    coarse = evidence.equality(normal(1.0, 2_000), 1.0, margin=0.3)
    found = evidence.both(fine, coarse)
    assert (found.resolution, found.errors) == (coarse.resolution, min(fine.errors, coarse.errors))
    assert evidence.both(fine, evidence.exact(1.0, 1.0, tolerance=0.1)).resolution == fine.resolution


@pytest.mark.parametrize("order", [[0, 1, 2], [2, 1, 0]])
def test_which_of_several_ties_is_shown_does_not_depend_on_their_last_bits(order):
    noise = np.array([0.0, 1e-16, 2e-16])[order]
    assert evidence.exact(1 / 3 + noise, [1 / 3] * 3, tolerance=1e-9).measured == 1 / 3 + noise[0]
    assert evidence.exact_bound([5 + noise[0], 5 + noise[1], 1.0], 10).points == 3


def test_a_worst_point_that_is_no_tie_is_the_one_shown():
    assert evidence.exact([1.0, 1.5, 1.2], 1.0, tolerance=0.1).measured == 1.5


# Words ------------------------------------------------------------------------------------------------------------


def test_a_statement_that_says_too_much_is_overstated_where_its_weaker_form_holds():
    runs = normal(0.3, 40_000)
    printed, weaker = evidence.at_least(runs, 0.5), evidence.at_least(runs, 0.1)
    found = evidence.overstated(printed, weaker)
    assert (found.kind, found.words) == ("overstated", "overstated")
    assert "printed ≥ 0.5" in found.note


def test_a_statement_that_holds_after_all_is_not_overstated():
    runs = normal(0.6, 40_000)
    assert evidence.overstated(evidence.at_least(runs, 0.5), evidence.at_least(runs, 0.1)).kind == "refuted"
    close = normal(0.5, 40_000)
    assert evidence.overstated(evidence.at_least(close, 0.5), evidence.at_least(close, 0.1)).kind == "inconclusive"


@pytest.mark.parametrize(
    ("verdict", "words"),
    [
        (evidence.exact_bound([1.0, 2.0], [3.0, 4.0]), "supported in 2 computed cases"),
        (evidence.exact_bound(1.0, 1.5), "supported in 1 computed case"),
        (evidence.exact_bound(1.0, 11.0), "supported in 1 computed case, loosely"),
        (evidence.at_most(normal(0.5, 2_000), 20.0), "supported, loosely"),
        (evidence.at_most(normal(0.5, 2_000), 2.0), "supported"),
        (evidence.exact(1.0, 1.0, tolerance=0.1), "supported"),
        (evidence.exact_bound(30.0, 1.0), "refuted"),
    ],
)
def test_the_word_has_its_qualifiers(verdict, words):
    assert verdict.words == words
