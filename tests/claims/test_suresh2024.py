"""How fast a word is forgotten: bounds and laws against chains of counts and every training set; runs against both.

The z-scores of simulated means are held below 5, which chance passes once in 1.7 million comparisons.
"""

import itertools
import math
from collections import Counter

import numpy as np
import oracles
import pytest
from scipy.stats import binom

from collapse_lib import InvalidInput, claims
from collapse_lib.experiments import suresh2024 as experiments
from collapse_lib.theory import suresh2024 as law

every_size = pytest.mark.parametrize("n", [1, 2, 5, 12, 40])
SHARES = np.array([0.0, 0.01, 0.1, 0.3, 0.5, 0.9, 1.0])
K = 30


def still_there(x, n, generations):
    """P(the count is not 0) in generations 1..K, by the chain of the word's count: n + 1 states, nothing else."""
    counts = np.arange(n + 1)
    step = binom.pmf(counts, n, counts[:, None] / n)
    here = binom.pmf(counts, n, x)
    found = []
    for _ in range(generations):
        found.append(1 - here[0])
        here = here @ step
    return np.array(found)


# Bounds -----------------------------------------------------------------------------------------------------------


@every_size
def test_a_word_survives_as_in_the_chain_of_its_count(n):
    expected = np.stack([still_there(x, n, K) for x in SHARES], axis=1)
    np.testing.assert_allclose(law.survives(SHARES, n, K), expected, rtol=1e-10, atol=1e-13)


@every_size
def test_the_chain_of_the_count_lies_between_the_two_bounds(n):
    expected = np.stack([still_there(x, n, K) for x in SHARES], axis=1)
    assert (law.survives_at_least(SHARES, n, K) <= expected + 1e-12).all()
    assert (expected <= law.survives_at_most(SHARES, n, K) + 1e-12).all()


def test_bounds_that_are_a_hundredth_tighter_would_not_hold():
    expected = np.stack([still_there(x, 40, K) for x in SHARES], axis=1)
    assert (1.01 * law.survives_at_least(SHARES, 40, K) > expected + 1e-12).any()
    assert (expected > law.survives_at_most(SHARES, 40, K) / 1.01 + 1e-12).any()


def test_the_bounds_are_as_near_to_each_other_as_the_page_says():
    low, high = (f(0.001, 10_000, 50)[-1] for f in (law.survives_at_least, law.survives_at_most))
    assert high - low == pytest.approx(4.6e-4, abs=5e-6)
    assert law.survives(0.01, 100, 50)[-1] == pytest.approx(0.0411, abs=5e-5)


def test_g_is_the_survival_of_a_poisson_family():
    """By the law of the family's size, cut off at 60: a larger one has less than 1e-9 in these generations."""
    sizes = np.arange(61)
    children = np.array([[math.exp(-a) * a**b / math.factorial(b) for b in range(61)] for a in range(61)])
    family = (sizes == 1).astype(float)
    for g in law.g(6):
        assert g == pytest.approx(1 - family[0], abs=1e-9)
        family = family @ children


def test_g_is_about_two_over_the_generations():
    k = np.arange(1, 2_001)
    assert (law.g(2_000) <= 2 / (k + 1)).all()
    assert law.g(2_000)[-1] * 2_001 / 2 == pytest.approx(1, abs=0.003)


# Medians ----------------------------------------------------------------------------------------------------------


def test_the_medians_are_those_of_the_page():
    c = np.array([1, 2, 5, 10, 20, 50])
    exact, rule = (law.median(f(c / 1_000, 1_000, 204)) for f in (law.survives, law.survives_at_least))
    assert np.ceil(exact).tolist() == [2, 5, 13, 28, 57, 149]
    assert np.ceil(rule).tolist() == [2, 5, 13, 27, 56, 142]


@pytest.mark.parametrize(("x", "n"), [(0.05, 20), (0.2, 20), (0.02, 100)])
def test_a_median_is_reached_in_the_generation_in_which_the_chain_passes_one_half(x, n):
    survival = still_there(x, n, 60)
    first = 1 + int(np.argmax(survival <= 0.5))
    assert math.ceil(law.median(survival)) == math.ceil(law.median(law.survives(x, n, 60))) == first


@pytest.mark.parametrize("n", [200, 500, 2_000])
def test_the_rule_holds_to_five_per_cent_for_all_rare_words(n):
    c = np.arange(1, n // 20 + 1)
    exact, rule = (law.median(f(c / n, n, n // 5 + 4)) for f in (law.survives, law.survives_at_least))
    assert np.abs(rule / exact - 1).max() < 0.05


def test_the_rule_does_not_hold_for_frequent_words():
    exact, rule = (law.median(f(0.2, 200, 300)) for f in (law.survives, law.survives_at_least))
    assert rule / exact < 0.9


def test_a_median_beyond_the_last_generation_is_refused():
    with pytest.raises(InvalidInput, match="give more generations"):
        law.median(law.survives(0.5, 100, 3))


def test_no_generation_is_refused():
    with pytest.raises(InvalidInput, match="at least 1"):
        law.g(0)


# Whole vocabularies -----------------------------------------------------------------------------------------------


def enumerated(counts, generations):
    """The mean share of the distinct words that is left, over every training set that can follow."""
    n, distinct = sum(counts), sum(count > 0 for count in counts)
    sets, means = Counter({tuple(counts): 1.0}), []
    for _ in range(generations):
        following = Counter()
        for now, chance in sets.items():
            for drawn in itertools.product(range(len(counts)), repeat=n):
                likely = math.prod(now[word] / n for word in drawn)
                if likely:
                    following[tuple(drawn.count(word) for word in range(len(counts)))] += chance * likely
        sets = following
        means.append(sum(chance * sum(count > 0 for count in now) for now, chance in sets.items()) / distinct)
    return means


@pytest.mark.parametrize("counts", [(1, 1, 1), (2, 1, 1), (3, 1), (1, 0, 2), (2, 1, 1, 1)])
def test_the_distinct_words_left_are_those_of_every_training_set_that_can_follow(counts):
    found = law.distinct_left(counts, sum(counts), 3)
    np.testing.assert_allclose(found, enumerated(counts, 3), rtol=1e-12)


def test_the_shares_of_the_page_are_those_of_its_specification():
    narrow, wide = experiments.Scene().corpora
    assert (len(narrow), len(wide)) == (375, 113)
    at = np.array([1, 2, 5, 9]) - 1
    np.testing.assert_allclose(law.distinct_left(narrow, 1_000, 9)[at], [0.7547, 0.6206, 0.4209, 0.3035], atol=5e-5)
    np.testing.assert_allclose(law.distinct_left(wide, 1_000, 9)[at], [0.8132, 0.7033, 0.5294, 0.4188], atol=5e-5)


# Runs -------------------------------------------------------------------------------------------------------------


def test_runs_lose_the_words_as_the_law_says_and_not_as_a_law_five_per_cent_off():
    counts = experiments.Scene().corpora[0]
    runs = experiments.shares_left(tuple(counts.tolist()), 1_000, 9, 1_000, 0)
    exact = law.distinct_left(counts, 1_000, 9)
    assert (runs[0] == 1).all()
    assert np.abs(oracles.z_scores(runs[1:], exact)).max() < 5
    assert np.abs(oracles.z_scores(runs[1:], 1.05 * exact)).min() > 5


def test_one_words_runs_lose_it_as_the_chain_of_its_count_says():
    here = experiments.word_shares([0.05, 0.3], 20, 8, 20_000, 0)[1:] > 0
    expected = np.stack([still_there(x, 20, 8) for x in (0.05, 0.3)], axis=1)
    scores = [oracles.z_scores(here[..., word], expected[:, word]) for word in (0, 1)]
    assert np.abs(scores).max() < 5
    assert np.abs(oracles.z_scores(here[..., 0], expected[:, 0] + 0.05)).min() > 5


def test_zipf_and_mandelbrots_law_is_the_ratio_of_its_weights():
    p = experiments.zipf_mandelbrot(5, 2, 1)
    np.testing.assert_allclose(p / p[0], [(2 / (i + 1)) ** 2 for i in range(1, 6)])
    assert p.sum() == pytest.approx(1)


# The setting ------------------------------------------------------------------------------------------------------


def test_one_shift_is_given_for_each_power():
    with pytest.raises(InvalidInput, match="2 powers and 1 shifts"):
        _ = experiments.Scene(shifts=(1.0,)).corpora


def test_a_frequent_word_is_out_of_the_scope_of_the_medians_rule():
    assert claims.check("rate/median", n=200).kind == "out of scope"
    assert claims.check("rate/median", n=200, counts=[1, 10]).kind == "supported"
