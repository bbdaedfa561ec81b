"""The exact mean diversity of every schedule: slow twins, simulation, and what follows for windows and the past.

Every seed is fixed; |z| < 5 fails by chance once in 1.7 million comparisons.
"""

import functools
import itertools
import math
import time
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import oracles
import pytest
from hypothesis import given
from hypothesis import strategies as st

from collapse_lib import (
    Accumulate,
    FixedTotal,
    FullySynthetic,
    InvalidInput,
    MostRecent,
    PartiallySynthetic,
    RandomlySampled,
    distributions,
    metrics,
    simulate,
)
from collapse_lib.experiments import mixtures
from collapse_lib.schedules import MIXING
from collapse_lib.theory import moments, paper

TRUTH = np.array([0.45, 0.0, 0.3, 0.15, 0.1])
S0 = float((TRUTH**2).sum())
M = 15
EXACT = {"rtol": 0, "atol": 1e-12}

# The library's schedule; the slow twin's [E||p^(m)||^2] and [E||p^(m) - p^(1)||^2] from S_0 and M.
SCENARIOS = {
    "fully synthetic": (FullySynthetic(12), oracles.fresh_moments, oracles.fully_synthetic(12)),
    "partially synthetic": (PartiallySynthetic(8, 20), oracles.fresh_moments, oracles.partially_synthetic(8, 20)),
    "fixed total": (FixedTotal(12, 5), oracles.fresh_moments, oracles.fixed_total(12, 5)),
    "window of 2, kept": (MostRecent(12, 2), oracles.kept_moments, oracles.most_recent(12, 2)),
    "window of 2, fresh": (MostRecent(12, 2, draw="fresh"), oracles.fresh_moments, oracles.most_recent(12, 2)),
    "window of 5, kept": (MostRecent(13, 5), oracles.kept_moments, oracles.most_recent(13, 5)),
    "window of 5, fresh": (MostRecent(13, 5, draw="fresh"), oracles.fresh_moments, oracles.most_recent(13, 5)),
    "accumulate, kept": (Accumulate(12), oracles.kept_moments, oracles.accumulate(12)),
    "accumulate, fresh": (Accumulate(12, draw="fresh"), oracles.fresh_moments, oracles.accumulate(12)),
    "random": (RandomlySampled(12), oracles.random_moments, 12),
    **{
        f"random, {draw}": (RandomlySampled(12, draw), functools.partial(oracles.random_moments, reading=draw), 12)
        for draw in ("subset", "first", "redrawn")
    },
}
scenarios = pytest.mark.parametrize("name", SCENARIOS)


def slow(name, generations=M, sigma=S0):
    """The slow twin's moments, shape (2, generations)."""
    _, twin, row = SCENARIOS[name]
    return np.array(twin(row, sigma, generations))


# Against the slow twins -------------------------------------------------------------------------------------------


@scenarios
def test_sigma_is_the_slow_twins(name):
    np.testing.assert_allclose(moments.sigma(SCENARIOS[name][0], TRUTH, M)[1:], slow(name)[0], **EXACT)


@scenarios
def test_the_squared_deviation_is_the_slow_twins(name):
    exact = moments.squared_deviation(SCENARIOS[name][0], TRUTH, M)[1:]
    np.testing.assert_allclose(exact, slow(name)[1], **EXACT)


@scenarios
def test_the_diversity_left_is_the_slow_twins(name):
    share = (1 - slow(name)[0]) / (1 - S0)
    np.testing.assert_allclose(moments.diversity(SCENARIOS[name][0], M)[1:], share, **EXACT)


@given(st.integers(1, 40), st.integers(1, 12), st.sampled_from(["kept", "fresh"]))
def test_every_window_is_the_slow_twins(size, window, draw):
    if window > size:
        size, window = window, size
    twin = {"kept": oracles.kept_moments, "fresh": oracles.fresh_moments}[draw]
    expected = np.array(twin(oracles.most_recent(size, window), S0, M))
    schedule = MostRecent(size, window, draw=draw)
    found = moments.sigma(schedule, TRUTH, M)[1:], moments.squared_deviation(schedule, TRUTH, M)[1:]
    np.testing.assert_allclose(found, expected, **EXACT)


@dataclass(frozen=True)
class Table:
    """A schedule from a function of m and t."""

    draw: str
    size: object

    def sizes(self, m):
        """Row m."""
        return np.array([self.size(m, t) for t in range(m)])


@pytest.mark.parametrize(
    ("own", "twin"),
    [
        (Table("fresh", lambda m, t: 6 * (t == 0) + (2 + m) * (t == m - 1 > 0)), oracles.fresh_moments),
        (Table("kept", lambda m, t: 3 + 2 * t), oracles.kept_moments),
        (Table("kept", lambda m, t: (4 + t) * (t == 0 or t >= m - 2)), oracles.kept_moments),
    ],
    ids=["growing", "all the past, growing", "real data and a window"],
)
def test_a_schedule_of_ones_own_is_the_slow_twins(own, twin):
    expected = np.array(twin(lambda m: own.sizes(m).tolist(), S0, M))
    found = moments.sigma(own, TRUTH, M)[1:], moments.squared_deviation(own, TRUTH, M)[1:]
    np.testing.assert_allclose(found, expected, **EXACT)


@pytest.mark.parametrize(("name", "other"), list(itertools.permutations(SCENARIOS, 2)))
def test_the_twins_of_two_scenarios_differ(name, other):
    """The negative control of the tests above."""
    schedule = SCENARIOS[name][0]
    found = moments.sigma(schedule, TRUTH, M)[1:], moments.squared_deviation(schedule, TRUTH, M)[1:]
    assert abs(found - slow(other)).max() > 1e-3


# Against the enumerated chains and the paper ----------------------------------------------------------------------


def test_sigma_is_that_of_the_enumerated_fully_synthetic_chain():
    p, chain = (0.5, 0.3, 0.2), oracles.Chain((0.5, 0.3, 0.2), 4)
    exact = [chain.mean(m, oracles.squares) for m in range(1, 7)]
    np.testing.assert_allclose(moments.sigma(FullySynthetic(4), p, 6)[1:], exact, **EXACT)


def test_sigma_and_deviation_are_those_of_the_enumerated_partially_synthetic_chain():
    p, chain = (0.5, 0.3, 0.2), oracles.PartialChain((0.5, 0.3, 0.2), 4, 3)
    exact = [[chain.mean(m, f) for m in range(1, 5)] for f in (oracles.squares, oracles.l2_squared)]
    schedule = PartiallySynthetic(4, 3)
    found = moments.sigma(schedule, p, 4)[1:], moments.squared_deviation(schedule, p, 4)[1:]
    np.testing.assert_allclose(found, exact, **EXACT)


# n, generations, truth: small enough for every history of random sampling to be written down.
SMALL = [
    (2, 4, (Fraction(1, 3), Fraction(2, 3))),
    (3, 3, (Fraction(1, 3), Fraction(2, 3))),
    (2, 3, (Fraction(1, 2), Fraction(1, 3), Fraction(1, 6))),
]
small = pytest.mark.parametrize(("n", "last", "p"), SMALL, ids=["n = 2", "n = 3", "three tokens"])


def enumerated(n, last, p, draw):
    """[E||p^(m)||^2] and [E||p^(m) - p^(1)||^2] for m = 1..last, by enumeration."""
    return np.array(oracles.path_moments(oracles.random_paths(p, n, draw, last), n), dtype=float)


def of_random_sampling(n, last, p, draw):
    """The same by `moments`."""
    p, schedule = [float(q) for q in p], RandomlySampled(n, draw)
    return np.array([f(schedule, p, last)[1:] for f in (moments.sigma, moments.squared_deviation)])


@small
@pytest.mark.parametrize("draw", MIXING)
def test_random_sampling_has_the_moments_of_the_enumerated_histories(n, last, p, draw):
    np.testing.assert_allclose(of_random_sampling(n, last, p, draw), enumerated(n, last, p, draw), **EXACT)


@small
def test_the_enumerated_histories_tell_the_readings_apart(n, last, p):
    """The negative control; the readings part at the third generation, but for new real data at the second."""
    for draw, other in itertools.permutations(MIXING, 2):
        assert abs(of_random_sampling(n, last, p, draw) - enumerated(n, last, p, other)).max() > 5e-3


@given(st.integers(1, 60))
def test_random_sampling_of_new_real_data_keeps_the_diversity_of_accumulation(n):
    d = moments.diversity(RandomlySampled(n, "redrawn"), M)
    np.testing.assert_allclose(d, moments.accumulated_diversity(n, range(M + 1)), **EXACT)


@given(st.integers(1, 30), st.sampled_from(MIXING))
def test_every_random_sampling_is_the_slow_twins(n, draw):
    expected = np.array(oracles.random_moments(n, S0, 6, draw))
    np.testing.assert_allclose(of_random_sampling(n, 6, TRUTH, draw), expected, **EXACT)


def test_the_four_readings_of_figure_6_have_the_sigma_that_their_runs_show():
    """200 runs; twice a 99 % interval is 5 standard errors: four comparisons, false alarm 2e-6."""
    p = distributions.with_moments(600, 52, 0.1, seed=0)
    table = mixtures.readings(p[p > 0], 10, 200, seed=0)
    assert [row.draw for row in table] == ["redrawn", "mixed", "subset", "first"]
    for row in table:
        mean, low, high = row.sigma
        assert abs(mean - row.exact) < high - low
    assert table[0].dirac[2] < table[-1].dirac[1]


@given(st.integers(2, 40))
def test_the_more_is_new_the_more_diversity_is_left(n):
    """Four readings, from everything new to the first samples of the same pools."""
    d = [moments.diversity(RandomlySampled(n, draw), M)[3:] for draw in ("redrawn", "mixed", "subset", "first")]
    assert (np.diff(d, axis=0) < 0).all()


def test_kept_pools_over_500_generations_are_quick():
    start = time.thread_time()
    moments.diversity(RandomlySampled(10, "first"), 500)
    assert time.thread_time() - start < 1


@given(st.integers(1, 300))
def test_sigma_of_the_fully_synthetic_schedule_is_equation_6(n):
    stated = paper.sigma_fully_synthetic(S0, n, range(M + 1))
    np.testing.assert_allclose(moments.sigma(FullySynthetic(n), TRUTH, M), stated, **EXACT)


@given(st.integers(1, 300), st.integers(1, 300))
def test_sigma_of_the_partially_synthetic_schedule_is_corrected_equation_9(N, n):
    stated = paper.sigma_partially_synthetic(S0, N, n, range(1, M + 1))
    np.testing.assert_allclose(moments.sigma(PartiallySynthetic(N, n), TRUTH, M)[1:], stated, **EXACT)


@pytest.mark.parametrize("draw", ["kept", "fresh"])
def test_a_window_of_one_model_is_the_fully_synthetic_schedule(draw):
    window = moments.diversity(MostRecent(9, 1, draw=draw), M)
    np.testing.assert_allclose(window, moments.diversity(FullySynthetic(9), M), **EXACT)


# Against simulation -----------------------------------------------------------------------------------------------


def squared_deviation(p, q):
    """||p - q||_2^2."""
    return ((p - q) ** 2).sum(axis=-1)


@functools.cache
def measured(name):
    """8,000 simulated runs of a scenario."""
    record = [metrics.sigma, squared_deviation]
    return simulate(TRUTH, SCENARIOS[name][0], M, runs=8_000, seed=9, record=record)


def disagreement(name, schedule):
    """Largest |z| of the theory of a schedule in the runs of a scenario: 15 means of sigma, 14 of the deviation."""
    run = measured(name)
    sigma = oracles.z_scores(run["sigma"][1:], moments.sigma(schedule, TRUTH, M)[1:])
    apart = oracles.z_scores(run["squared_deviation"][2:], moments.squared_deviation(schedule, TRUTH, M)[2:])
    return max(abs(sigma).max(), abs(apart).max())


@scenarios
def test_the_moments_are_those_of_8_000_runs(name):
    """29 comparisons: false alarm 1.7e-5."""
    assert disagreement(name, SCENARIOS[name][0]) < 5


@pytest.mark.parametrize(
    ("name", "other"),
    [
        ("window of 2, kept", "window of 2, fresh"),
        ("window of 2, fresh", "window of 2, kept"),
        ("window of 5, kept", "window of 5, fresh"),
        ("window of 5, fresh", "window of 5, kept"),
        ("random", "accumulate, kept"),
        ("accumulate, fresh", "random"),
        *itertools.permutations(["random", "random, subset", "random, first", "random, redrawn"], 2),
        ("accumulate, kept", "accumulate, fresh"),
        ("partially synthetic", "fully synthetic"),
        ("fully synthetic", "window of 2, kept"),
    ],
)
def test_8_000_runs_reject_the_moments_of_another_schedule(name, other):
    """The negative control."""
    assert disagreement(name, SCENARIOS[other][0]) > 5


@pytest.mark.parametrize("wrong", [RandomlySampled(11), RandomlySampled(13)], ids=repr)
def test_8_000_runs_reject_one_sample_more_or_less(wrong):
    assert disagreement("random", wrong) > 5


# What follows -----------------------------------------------------------------------------------------------------


@scenarios
def test_sigma_is_linear_in_the_truths_sigma(name):
    """1 - S_m = d_m (1 - S_0), and d_m does not know the truth: the slow twin's at another S_0."""
    d = moments.diversity(SCENARIOS[name][0], M)[1:]
    np.testing.assert_allclose(1 - d * (1 - 0.07), slow(name, sigma=0.07)[0], **EXACT)


@scenarios
def test_the_deviation_is_proportional_to_the_truths_diversity(name):
    schedule = SCENARIOS[name][0]
    one, other = (moments.squared_deviation(schedule, p, M) / (1 - metrics.sigma(p)) for p in (TRUTH, [0.9, 0.1]))
    np.testing.assert_allclose(one, other, **EXACT)


@scenarios
def test_contexts_are_answered_side_by_side(name):
    schedule = SCENARIOS[name][0]
    contexts = np.array([TRUTH, distributions.uniform(5), distributions.zipf(5)])
    for exact in (moments.sigma, moments.squared_deviation):
        together = exact(schedule, contexts, 4)
        assert together.shape == (5, 3)
        np.testing.assert_allclose(together.T, [exact(schedule, p, 4) for p in contexts], **EXACT)


@scenarios
def test_the_entries_at_zero_are_the_truth_and_its_distance_from_the_first_model(name):
    schedule = SCENARIOS[name][0]
    assert moments.sigma(schedule, TRUTH, 2)[0] == pytest.approx(S0, rel=1e-14)
    N = float(schedule.sizes(1)[0])
    assert moments.squared_deviation(schedule, TRUTH, 2)[0] == pytest.approx((1 - S0) / N, rel=1e-12)


@scenarios
def test_the_first_model_does_not_deviate_from_itself(name):
    assert moments.squared_deviation(SCENARIOS[name][0], TRUTH, 2)[1] == pytest.approx(0, abs=1e-15)


@scenarios
def test_at_a_dirac_truth_nothing_can_change(name):
    schedule = SCENARIOS[name][0]
    np.testing.assert_allclose(moments.sigma(schedule, [0.0, 1.0], M), 1, **EXACT)
    assert not moments.squared_deviation(schedule, [0.0, 1.0], M).any()


# Rates of decay ---------------------------------------------------------------------------------------------------

FORGETFUL = [
    FullySynthetic(1),
    FullySynthetic(10),
    *(
        MostRecent(*sizes, draw=draw)
        for sizes in [(10, 1), (10, 2), (12, 5), (40, 10)]
        for draw in ("kept", "fresh")
    ),
]


@pytest.mark.parametrize("schedule", FORGETFUL, ids=repr)
def test_the_decay_rate_is_the_late_ratio_of_diversity(schedule):
    rate, d = moments.decay_rate(schedule), moments.diversity(schedule, 400)
    np.testing.assert_allclose(d[-20:], rate * d[-21:-1], rtol=1e-9, atol=1e-300)


def test_the_decay_rate_is_not_the_first_ratio():
    d = moments.diversity(MostRecent(40, 10), 1)
    assert abs(d[1] / d[0] - moments.decay_rate(MostRecent(40, 10))) > 0.01


@pytest.mark.parametrize(
    "schedule",
    [
        PartiallySynthetic(5, 5),
        Accumulate(5),
        Accumulate(5, draw="fresh"),
        *(RandomlySampled(5, draw) for draw in MIXING),
    ],
    ids=repr,
)
def test_a_schedule_that_goes_on_using_real_data_has_no_decay_rate(schedule):
    with pytest.raises(InvalidInput, match="has no decay rate: it goes on using real data"):
        moments.decay_rate(schedule)


@pytest.mark.parametrize(
    "own",
    [Table("fresh", lambda m, t: (4 + m) * (t == m - 1)), Table("fresh", lambda m, t: 10 * (t == max(0, m - 2)))],
    ids=["growing", "skips the last model"],
)
def test_a_schedule_whose_rows_go_on_changing_or_have_gaps_has_no_decay_rate(own):
    with pytest.raises(InvalidInput, match="has no decay rate"):
        moments.decay_rate(own)


@pytest.mark.parametrize("draw", ["kept", "fresh"])
@pytest.mark.parametrize("K", [1, 2, 3, 6])
def test_the_windows_decay_is_of_first_order_in_one_over_q(K, draw):
    """What is left out is of order 1/q^2: four times less when q doubles."""
    missing = [
        abs(moments.decay_rate(MostRecent(q * K, K, draw=draw)) - moments.window_decay(q, K, draw=draw))
        for q in (400, 800)
    ]
    assert missing[0] < 1e-5
    assert K == 1 or missing[0] / missing[1] == pytest.approx(4, rel=0.05)


@pytest.mark.parametrize("draw", ["kept", "fresh"])
def test_another_constant_would_leave_an_error_of_first_order(draw):
    """The negative control: 3.9 in place of 4."""
    rate = moments.decay_rate(MostRecent(400 * 3, 3, draw=draw))
    wrong = 1 - (1 - moments.window_decay(400, 3, draw=draw)) * 3.9 / 4
    assert abs(rate - wrong) > 5 * abs(rate - moments.window_decay(400, 3, draw=draw))


def test_the_windows_decay_by_hand():
    assert moments.window_decay(10, 3) == pytest.approx(1 - 4 / 160, rel=1e-14)
    assert moments.window_decay(10, 3, draw="fresh") == pytest.approx(1 - 4 / 480, rel=1e-14)


def test_a_longer_window_of_the_same_size_decays_more_slowly():
    rates = [moments.decay_rate(MostRecent(60, K)) for K in (1, 2, 3, 5, 10)]
    assert (np.diff(rates) > 0).all()


@pytest.mark.parametrize(("given", "sentence"), [((0, 1), "0"), ((5, 0), "0")])
def test_the_windows_decay_refuses_an_empty_window(given, sentence):
    with pytest.raises(InvalidInput, match=f"was {sentence}"):
        moments.window_decay(*given)


def test_the_windows_decay_refuses_another_reading():
    with pytest.raises(InvalidInput, match="draw was 'mixed'; it is 'kept' or 'fresh'"):
        moments.window_decay(10, 3, draw="mixed")


# All the past -----------------------------------------------------------------------------------------------------


@given(st.integers(1, 50))
def test_the_accumulated_diversity_is_that_of_the_schedule(n):
    product = moments.accumulated_diversity(n, range(M + 1))
    np.testing.assert_allclose(product, moments.diversity(Accumulate(n), M), **EXACT)


def test_the_accumulated_diversity_is_not_that_of_fresh_draws():
    fresh = moments.diversity(Accumulate(5, draw="fresh"), M)
    assert abs(moments.accumulated_diversity(5, range(M + 1)) - fresh).max() > 0.01


@given(st.integers(1, 400))
def test_the_accumulated_diversity_tends_to_sin_x_over_x(n):
    """The factors left out, j > m, lose about 1/(n m)."""
    x = math.pi / math.sqrt(n)
    limit = float(moments.accumulated_diversity(n))
    assert limit == pytest.approx(math.sin(x) / x, abs=1e-15)
    assert moments.accumulated_diversity(n, 3_000) == pytest.approx(limit * (1 + 1 / (n * 3_000)), abs=1e-6)


def test_accumulated_data_keep_most_of_the_diversity_for_ever():
    assert moments.accumulated_diversity(10) > 0.84


def test_the_accumulated_diversity_broadcasts():
    together = moments.accumulated_diversity(np.array([[2], [7]]), [0, 1, 5, np.inf])
    assert together.shape == (2, 4)
    alone = [[float(moments.accumulated_diversity(n, m)) for m in (0, 1, 5, np.inf)] for n in (2, 7)]
    np.testing.assert_allclose(together, alone, rtol=1e-14)


@pytest.mark.parametrize(("given", "sentence"), [((0, 3), "n was 0"), ((3, -1), "m was -1")])
def test_the_accumulated_diversity_refuses_what_cannot_be(given, sentence):
    with pytest.raises(InvalidInput, match=sentence):
        moments.accumulated_diversity(*given)


# Time and memory --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("draw", ["kept", "fresh"])
def test_a_window_of_20_models_over_500_generations_is_quick(draw):
    start = time.thread_time()
    moments.diversity(MostRecent(200, 20, draw=draw), 500)
    assert time.thread_time() - start < 0.5


@pytest.mark.parametrize("draw", ["kept", "fresh"])
def test_a_window_of_20_models_remembers_22_sources_at_most(draw):
    laws = moments._remembering(MostRecent(200, 20, draw=draw))
    for _ in range(60):
        next(laws)
    assert 20 <= len(laws.gi_frame.f_locals["r"]) <= 22


# What is refused --------------------------------------------------------------------------------------------------

EVERY = [
    lambda schedule, M: moments.sigma(schedule, TRUTH, M),
    moments.diversity,
    lambda schedule, M: moments.squared_deviation(schedule, TRUTH, M),
]
every = pytest.mark.parametrize("exact", EVERY, ids=["sigma", "diversity", "squared_deviation"])


@every
@pytest.mark.parametrize("generations", [0, -1, 2.0, None])
def test_generations_are_a_whole_number_of_at_least_one(exact, generations):
    with pytest.raises(InvalidInput, match=f"generations was {generations!r}"):
        exact(FullySynthetic(5), generations)


@pytest.mark.parametrize("exact", [moments.sigma, moments.squared_deviation])
def test_the_truth_is_a_distribution(exact):
    with pytest.raises(InvalidInput, match=r"sum to 1\.1"):
        exact(FullySynthetic(5), [0.5, 0.6], 3)


@every
@pytest.mark.parametrize(
    "own",
    [
        Table("fresh", lambda m, t: 6 * (t == 0) + 4 * (t == m - 2 > 0)),
        Table("kept", lambda m, t: 4 * (m != 3 or t != 1)),
        Table("kept", lambda m, t: 4 if t == m - 1 else 2),
        Table("fresh", lambda m, t: 12 if m == 1 else 4 * (t == 0) + 8 * (t == m - 1)),
        *(Table(draw, lambda m, t: 12.0 * (t == m - 1)) for draw in MIXING),
        *(Table(draw, lambda m, t: 12.0) for draw in MIXING),
    ],
    ids=[
        "returns to a model",
        "returns to a pool",
        "part of a pool",
        "part of the corpus",
        *(f"not even, {draw}" for draw in MIXING),
        *(f"growing, {draw}" for draw in MIXING),
    ],
)
def test_a_schedule_that_no_simulation_follows_is_refused(exact, own):
    """Each of these is refused by `simulate`, and must not be answered as if it were another schedule."""
    with pytest.raises(InvalidInput, match="row"):
        exact(own, 6)


# What the recursion may not forget --------------------------------------------------------------------------------


@pytest.mark.parametrize(("draw", "twin"), [("kept", oracles.kept_moments), ("fresh", oracles.fresh_moments)])
def test_the_real_corpus_is_remembered_while_rows_leave_it_out(draw, twin):
    """Every second row does without the real data."""
    own = Table(draw, lambda m, t: 6 * (t == 0 and m % 2 == 1) + 4 * (t == m - 1 > 0))
    expected = np.array(twin(lambda m: own.sizes(m).tolist(), S0, M))
    found = moments.sigma(own, TRUTH, M)[1:], moments.squared_deviation(own, TRUTH, M)[1:]
    np.testing.assert_allclose(found, expected, **EXACT)


@every
@pytest.mark.parametrize(
    "own",
    [
        Table("part", lambda m, t: 4 if m == 1 else 6 * (t == 0) + 2 * (t == m - 1)),
        Table("part", lambda m, t: 4 if m == 1 else 2 * (t == 0) + 2 * (t == max(1, m - 2))),
        Table("fresh", lambda m, t: 4 if m == 1 else 6 * (t == 0) + 2 * (t == m - 1)),
    ],
    ids=["more than the corpus", "a part, and a model that was left", "more than the corpus, fresh"],
)
def test_a_schedule_that_asks_for_more_than_there_is_is_refused(exact, own):
    """As `simulate` does."""
    with pytest.raises(InvalidInput, match=r"row [234]"):
        exact(own, 6)


def test_a_window_of_more_than_sixty_models_is_refused_its_decay_rate():
    with pytest.raises(InvalidInput, match="looks back at more than 60 models"):
        moments.decay_rate(MostRecent(61, 61))
