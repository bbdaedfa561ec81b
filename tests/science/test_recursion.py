"""Recursive training: simulation against exact laws and against a slow twin, and what the loop promises.

Every seed is fixed, so every test is deterministic; the rate stated beside a statistical check is how often it
would fail under another seed although all is well.  Checks of means take |z| < 5, a rate of 6e-7 a comparison.
Checks of laws use the inequality of Dvoretzky, Kiefer and Wolfowitz, at most 1e-6 a sample.  Each kind of check has
a negative control.
"""

import functools
import itertools
import weakref
from collections import Counter
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import oracles
import pytest

from collapse_lib import (
    Accumulate,
    FixedTotal,
    FullySynthetic,
    InvalidInput,
    MostRecent,
    PartiallySynthetic,
    RandomlySampled,
    collapse_times,
    generations,
    metrics,
    simulate,
)
from collapse_lib.learners import Tabular, Tokens
from collapse_lib.recursion import Given, Truth, stored
from collapse_lib.recursion import recorded as kept_of
from collapse_lib.schedules import MIXING
from collapse_lib.theory import coalescent

TRUTH = np.array([0.45, 0.0, 0.3, 0.15, 0.1])
S0 = float((TRUTH**2).sum())
M = 12

# The library's schedule; the oracle's row (the number of samples, where sources are random); how the row is read.
SCENARIOS = {
    "fully synthetic": (FullySynthetic(12), oracles.fully_synthetic(12), "fresh"),
    "partially synthetic": (PartiallySynthetic(8, 20), oracles.partially_synthetic(8, 20), "fresh"),
    "fixed total": (FixedTotal(12, 5), oracles.fixed_total(12, 5), "part"),
    "window of 2, kept": (MostRecent(12, 2), oracles.most_recent(12, 2), "kept"),
    "window of 2, fresh": (MostRecent(12, 2, draw="fresh"), oracles.most_recent(12, 2), "fresh"),
    "window of 3, kept": (MostRecent(12, 3), oracles.most_recent(12, 3), "kept"),
    "window of 3, fresh": (MostRecent(12, 3, draw="fresh"), oracles.most_recent(12, 3), "fresh"),
    "accumulate, kept": (Accumulate(12), oracles.accumulate(12), "kept"),
    "accumulate, fresh": (Accumulate(12, draw="fresh"), oracles.accumulate(12), "fresh"),
    "random": (RandomlySampled(12), 12, "mixed"),
    "random, redrawn": (RandomlySampled(12, "redrawn"), 12, "redrawn"),
    "random, subset": (RandomlySampled(12, "subset"), 12, "subset"),
    "random, first": (RandomlySampled(12, "first"), 12, "first"),
}
LEARNERS = {"tabular": Tabular(), "tokens": Tokens(5)}
ORDERED = ("random, subset", "random, first")  # counts have no order
COUNTED = [name for name in SCENARIOS if name not in ORDERED]
PAIRS = [(name, learner) for learner in LEARNERS for name in (COUNTED if learner == "tabular" else SCENARIOS)]
ONE_CORPUS = [name for name in COUNTED if name != "random, redrawn"]

scenarios = pytest.mark.parametrize("name", SCENARIOS)
counted = pytest.mark.parametrize("name", COUNTED)
one_corpus = pytest.mark.parametrize("name", ONE_CORPUS)
pairs = pytest.mark.parametrize(("name", "learner"), PAIRS)
learners = pytest.mark.parametrize("learner", LEARNERS.values(), ids=LEARNERS)


def squared_deviation(p, q):
    """||p - q||_2^2: a metric of two arguments with an exact mean."""
    return ((p - q) ** 2).sum(axis=-1)


def exact_moments(name):
    """Exact means of sigma and squared deviation for m = 1..M, shape (2, M)."""
    _, row, reading = SCENARIOS[name]
    if reading in MIXING:
        return np.array(oracles.random_moments(row, S0, M, reading))
    moments = {"kept": oracles.kept_moments, "fresh": oracles.fresh_moments, "part": oracles.fresh_moments}[reading]
    return np.array(moments(row, S0, M))


@functools.cache
def measured(name, learner="tokens"):
    """8,000 simulated runs of a scenario."""
    record = [metrics.sigma, squared_deviation, metrics.deviation, metrics.distribution]
    seed = list(LEARNERS).index(learner)
    return simulate(TRUTH, SCENARIOS[name][0], M, runs=8_000, seed=seed, record=record, learner=LEARNERS[learner])


def disagreement(run, moments):
    """Largest |z| of the means of sigma (m = 1..M) and squared deviation (m = 2..M) from what is stated."""
    sigma = oracles.z_scores(run["sigma"][1:], moments[0])
    apart = oracles.z_scores(run["squared_deviation"][2:], moments[1][1:])
    return max(abs(sigma).max(), abs(apart).max())


# Simulation against exact second moments --------------------------------------------------------------------------


@pairs
def test_the_mean_sigma_and_deviation_are_exact(name, learner):
    """23 comparisons: false alarm 1.4e-5."""
    assert disagreement(measured(name, learner), exact_moments(name)) < 5


@pytest.mark.parametrize(("name", "other"), list(itertools.permutations(SCENARIOS, 2)))
def test_the_moments_tell_every_two_scenarios_apart(name, other):
    """The negative control of the test above: the theory of one scenario, the data of another."""
    assert disagreement(measured(name), exact_moments(other)) > 5


@pytest.mark.parametrize("wrong", [11, 13])
def test_one_sample_more_or_less_in_the_theory_would_be_seen(wrong):
    moments = np.array(oracles.fresh_moments(oracles.fully_synthetic(wrong), S0, M))
    assert disagreement(measured("fully synthetic"), moments) > 5


def test_the_oracles_moments_are_those_of_the_enumerated_chain():
    p = (0.5, 0.3, 0.2)
    chain = oracles.Chain(p, 4)
    exact = [chain.mean(m, lambda q: sum(x * x for x in q)) for m in range(1, 7)]
    np.testing.assert_allclose(oracles.fresh_moments(oracles.fully_synthetic(4), 0.38, 6)[0], exact, atol=1e-12)


def test_kept_and_fresh_agree_where_the_paper_needs_no_choice():
    for row in (oracles.fully_synthetic(7), oracles.partially_synthetic(5, 9)):
        kept, fresh = oracles.kept_moments(row, 0.3, 9), oracles.fresh_moments(row, 0.3, 9)
        np.testing.assert_allclose(kept, fresh, rtol=1e-12, atol=1e-15)


@scenarios
def test_every_generation_is_unbiased(name):
    """E p^(m) = p: four live tokens, 12 generations; 48 comparisons, false alarm 3e-5."""
    p = measured(name)["distribution"][1:, :, TRUTH > 0]
    assert (abs(oracles.z_scores(p.transpose(0, 2, 1), TRUTH[TRUTH > 0])) < 5).all()


# Simulation against a slow twin -----------------------------------------------------------------------------------


@functools.cache
def twin(name, runs=1_000, m=5):
    """sigma and L1 deviation at generation m, shape (2, runs), token by token."""
    _, row, reading = SCENARIOS[name]
    rng = np.random.default_rng(2)
    seen = []
    for _ in range(runs):
        if reading in MIXING:
            models = oracles.slow_random_run(TRUTH, row, m, rng, reading)
        else:
            models = oracles.slow_run(TRUTH, row, reading, m, rng)
        first, last = models[1], models[m]
        seen.append((sum(q * q for q in last), sum(abs(a - b) for a, b in zip(first, last, strict=True))))
    return np.array(seen).T.round(9)


@scenarios
@pytest.mark.parametrize("metric", ["sigma", "deviation"])
def test_the_law_is_that_of_the_slow_twin(name, metric):
    """False alarm at most 2e-6."""
    fast, slow = measured(name)[metric][5].round(9), twin(name)[["sigma", "deviation"].index(metric)]
    assert oracles.law_distance(fast, slow) < oracles.law_margin(8_000) + oracles.law_margin(1_000)


@pytest.mark.parametrize(
    ("name", "other"),
    [
        ("fully synthetic", "window of 2, kept"),
        ("window of 3, kept", "accumulate, kept"),
        ("partially synthetic", "fully synthetic"),
        ("random", "accumulate, fresh"),
        ("random", "random, redrawn"),
        ("random, first", "random"),
    ],
)
def test_the_law_is_not_that_of_another_scenarios_twin(name, other):
    fast, slow = measured(name)["deviation"][5].round(9), twin(other)[1]
    assert oracles.law_distance(fast, slow) > oracles.law_margin(8_000) + oracles.law_margin(1_000)


# The two learners have one law ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Sharpened(Tabular):
    """A learner that is wrong on purpose: it samples from p^1.2, renormalised."""

    def sample(self, model, size, rng):
        """Counts of tokens drawn from the sharpened law."""
        sharper = model**1.2
        return super().sample(sharper / sharper.sum(axis=-1, keepdims=True), size, rng)


@counted
@pytest.mark.parametrize("metric", ["sigma", "deviation"])
def test_tabular_and_tokens_have_one_law(name, metric):
    """False alarm at most 2e-6."""
    urn, table = (measured(name, learner)[metric][5].round(9) for learner in ("tokens", "tabular"))
    assert oracles.law_distance(urn, table) < 2 * oracles.law_margin(8_000)


def test_a_learner_with_another_sampling_law_is_told_apart():
    wrong = simulate(TRUTH, FullySynthetic(12), 5, runs=8_000, seed=1, record=[metrics.sigma], learner=Sharpened())
    urn = measured("fully synthetic")["sigma"][5].round(9)
    assert oracles.law_distance(urn, wrong["sigma"][5].round(9)) > 2 * oracles.law_margin(8_000)


@learners
def test_the_law_of_p3_is_that_of_the_enumerated_chain(learner):
    """20,000 runs in 15 states; false alarm 1e-6."""
    assert _fit_to_chain(learner, generation=3, stated=3) > 1e-6


@learners
def test_the_law_of_p3_is_not_that_of_p4(learner):
    assert _fit_to_chain(learner, generation=3, stated=4) < 1e-6


def _fit_to_chain(learner, generation, stated):
    """p-value of the enumerated law of p^(stated) for simulated p^(generation); three tokens, n = 4."""
    p = (0.5, 0.3, 0.2)
    learner = Tokens(3) if isinstance(learner, Tokens) else learner
    run = simulate(
        p, FullySynthetic(4), generation, runs=20_000, seed=5, record=[metrics.distribution], learner=learner
    )
    counts = (run["distribution"][generation] * 4).round().astype(int)
    chain = oracles.Chain(p, 4)
    observed = [(counts == state).all(axis=1).sum() for state in chain.states]
    return oracles.chi_square_p(observed, 20_000 * chain.law(stated))


# Four readings of random sampling ---------------------------------------------------------------------------------

THIRDS = (Fraction(1, 3), Fraction(2, 3))


@functools.cache
def paths(draw, n, last, runs=20_000):
    """How often each sequence of training sets came about: {counts of the first token in each: runs}."""
    record = [metrics.distribution]
    run = simulate([float(q) for q in THIRDS], RandomlySampled(n, draw), last, runs=runs, seed=6, record=record)
    counts = (n * run["distribution"][1:, :, 0]).round().astype(int)
    return Counter(map(tuple, counts.T.tolist()))


def fit_to_histories(draw, stated, n, last):
    """p-value of the enumerated law of all the training sets under the `stated` reading."""
    seen, chances = paths(draw, n, last), Counter()
    for path, chance in oracles.random_paths(THIRDS, n, stated, last).items():
        chances[tuple(x[0] for x in path)] += float(chance)
    if set(seen) - set(chances):
        return 0.0
    return oracles.chi_square_p([seen[x] for x in chances], [seen.total() * chance for chance in chances.values()])


sizes = pytest.mark.parametrize(("n", "last"), [(2, 4), (3, 3)])


@sizes
@pytest.mark.parametrize("draw", MIXING)
def test_every_sequence_of_training_sets_is_as_likely_as_enumeration_says(draw, n, last):
    """20,000 runs of up to 81 sequences; false alarm 1e-6."""
    assert fit_to_histories(draw, draw, n, last) > 1e-6


@sizes
@pytest.mark.parametrize(("draw", "stated"), list(itertools.permutations(MIXING, 2)))
def test_the_sequences_of_one_reading_are_not_those_of_another(draw, stated, n, last):
    """The negative control."""
    assert fit_to_histories(draw, stated, n, last) < 1e-6


def test_the_first_samples_of_a_pool_are_those_that_every_generation_takes_first():
    """With n = 1 there is nothing to choose: after the real sample, every model is that one token."""
    run = simulate(TRUTH, RandomlySampled(1, "first"), 9, runs=200, seed=0, record=[metrics.distribution])
    assert (run["distribution"][2:] == run["distribution"][1]).all()


def test_distinct_picks_are_uniform_among_those_that_leave_no_pick_twice():
    """Two of one source and three of another, out of four: 12 x 24 ways, 40,000 runs; false alarm 1e-6."""
    source = np.broadcast_to([0, 0, 3, 3, 3], (40_000, 5))
    picks = Counter(map(tuple, stored.distinct(source, 4, np.random.default_rng(1)).tolist()))
    ways = [a + b for a in itertools.permutations(range(4), 2) for b in itertools.permutations(range(4), 3)]
    assert set(picks) <= set(ways)
    assert oracles.chi_square_p([picks[way] for way in ways], [40_000 / len(ways)] * len(ways)) > 1e-6


def test_picks_that_lean_are_told_from_uniform_ones():
    """The negative control: the first of two picks is made the larger one."""
    source = np.broadcast_to([0, 0, 3, 3, 3], (40_000, 5))
    drawn = stored.distinct(source, 4, np.random.default_rng(1))
    leaning = np.where(drawn[:, :1] > drawn[:, 1:2], drawn, drawn[:, [1, 0, 2, 3, 4]])
    picks = Counter(map(tuple, leaning.tolist()))
    ways = [a + b for a in itertools.permutations(range(4), 2) for b in itertools.permutations(range(4), 3)]
    assert oracles.chi_square_p([picks[way] for way in ways], [40_000 / len(ways)] * len(ways)) < 1e-6


@pytest.mark.parametrize("draw", MIXING)
def test_all_readings_begin_with_the_real_corpus_and_train_on_as_many_samples(draw):
    run = simulate(TRUTH, RandomlySampled(7, draw), 6, runs=50, seed=0, record=[metrics.distribution])
    counts = 7 * run["distribution"][1:]
    np.testing.assert_allclose(counts, counts.round(), atol=1e-9)


@pytest.mark.parametrize("draw", ["mixed", "subset", "first"])
def test_a_dirac_corpus_that_is_kept_leaves_nothing_else(draw):
    schedule = RandomlySampled(4, draw)
    run = simulate(TRUTH, schedule, 9, runs=50, seed=0, record=[metrics.collapsed], corpus=[4, 0, 0, 0, 0])
    assert run["collapsed"][1:].all()


def test_real_data_drawn_anew_bring_back_what_the_first_model_lacks():
    schedule = RandomlySampled(4, "redrawn")
    run = simulate(TRUTH, schedule, 9, runs=50, seed=0, record=[metrics.collapsed], corpus=[4, 0, 0, 0, 0])
    assert run["collapsed"][1].all()
    assert not run["collapsed"][2].all()


@pytest.mark.parametrize("draw", ["subset", "first"])
def test_counts_have_no_samples_to_go_back_to(draw):
    with pytest.raises(InvalidInput, match="corpora of Tabular have no order to find them by; use Tokens"):
        simulate(TRUTH, RandomlySampled(4, draw), 2, runs=2, seed=0, record=[metrics.sigma], learner=Tabular())


def test_real_data_are_drawn_anew_only_where_someone_can_draw_them():
    with pytest.raises(InvalidInput, match="give `redraw`, which returns a new real corpus"):
        generations(Tabular(), RandomlySampled(4, "redrawn"), np.random.default_rng(0), corpus=np.array([3, 1]))


def test_new_real_data_are_asked_for_once_a_generation():
    asked = []

    def redraw():
        asked.append(1)
        return np.array([2, 2])

    schedule, rng = RandomlySampled(4, "redrawn"), np.random.default_rng(0)
    list(itertools.islice(generations(Tabular(), schedule, rng, corpus=np.array([3, 1]), redraw=redraw), 5))
    assert len(asked) == 4


@pytest.mark.parametrize("draw", MIXING)
def test_collapse_times_are_first_hits_under_every_reading(draw):
    """One stream, two loops."""
    schedule = RandomlySampled(3, draw)
    times = collapse_times(TRUTH, schedule, runs=100, seed=2, limit=20)
    run = simulate(TRUTH, schedule, 20, runs=100, seed=2, record=[metrics.collapsed])
    ever = run["collapsed"][1:].any(axis=0)
    assert (times == np.where(ever, 1 + run["collapsed"][1:].argmax(axis=0), -1)).all()


# Indices ----------------------------------------------------------------------------------------------------------


@learners
def test_row_zero_is_the_truth(learner):
    run = simulate(TRUTH, Accumulate(6), 2, runs=3, seed=0, record=[metrics.distribution], learner=learner)
    assert (run["distribution"][0] == TRUTH).all()


@learners
def test_the_first_model_is_trained_on_the_real_corpus(learner):
    corpus = np.array([5, 0, 2, 0, 1])
    run = simulate(
        TRUTH,
        PartiallySynthetic(8, 5),
        2,
        runs=4,
        seed=0,
        record=[metrics.distribution],
        learner=learner,
        corpus=corpus,
    )
    assert (run["distribution"][1] == corpus / 8).all()


@scenarios
def test_the_first_model_deviates_from_itself_by_exactly_nothing(name):
    assert not measured(name)["deviation"][1].any()


def test_row_zero_of_the_deviation_is_the_distance_from_the_truth_to_the_first_model():
    run = measured("random")
    np.testing.assert_allclose(run["deviation"][0], abs(TRUTH - run["distribution"][1]).sum(axis=-1), rtol=1e-12)


def test_there_is_a_row_for_the_truth_and_one_for_each_generation():
    assert measured("random")["sigma"].shape == (M + 1, 8_000)


# The support never grows ------------------------------------------------------------------------------------------


@pairs
def test_a_token_that_the_truth_lacks_never_appears(name, learner):
    assert not measured(name, learner)["distribution"][..., TRUTH == 0].any()


@pytest.mark.parametrize("learner", LEARNERS)
def test_the_support_never_grows(learner):
    support = metrics.support(measured("fully synthetic", learner)["distribution"])
    assert (np.diff(support, axis=0) <= 0).all()


@pytest.mark.parametrize("name", [name for name in SCENARIOS if name != "random, redrawn"])
def test_a_token_that_the_first_model_lacks_is_gone_where_all_data_come_from_it(name):
    p = measured(name)["distribution"]
    assert not p[2:][:, p[1] == 0].any()


def test_the_support_never_grows_by_the_rounding_remainder():
    """0.1 ten times sums to 1 - 1e-16, and of 10^17 tokens numpy would give some 11 to the dead last token."""
    truth = np.append(np.full(10, 0.1), 0.0)
    run = simulate(truth, FullySynthetic(10**17), 3, runs=200, seed=0, record=[metrics.support], learner=Tabular())
    assert (run["support"] == 10).all()


@one_corpus
def test_counts_stay_integers(name):
    schedule, learner = SCENARIOS[name][0], Recorder()
    real = np.array([[round(float(schedule.sizes(1)[0])) - 3, 0, 2, 1, 0]])
    list(itertools.islice(generations(learner, schedule, np.random.default_rng(0), corpus=real), 6))
    assert {corpus.dtype.kind for corpus in learner.fitted} == {"i"}


@pytest.mark.parametrize("name", [name for name in ONE_CORPUS if name != "random"])
def test_each_training_set_has_the_size_of_its_row(name):
    schedule = SCENARIOS[name][0]
    learner = Recorder()
    real = np.array([[int(schedule.sizes(1)[0]) - 2, 2]])
    list(itertools.islice(generations(learner, schedule, np.random.default_rng(0), corpus=real), 6))
    assert [int(corpus.sum()) for corpus in learner.fitted] == [schedule.sizes(m).sum() for m in range(1, 7)]


# Randomness -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["fully synthetic", "window of 3, kept", "random", *ORDERED])
@pytest.mark.parametrize("workers", [2, 4])
def test_the_number_of_workers_changes_no_number(name, workers):
    """600 runs are three blocks."""
    one, many = (
        simulate(TRUTH, SCENARIOS[name][0], 4, runs=600, seed=3, record=[metrics.distribution], workers=w)
        for w in (1, workers)
    )
    assert (one["distribution"] == many["distribution"]).all()


@pytest.mark.parametrize("schedule", [FullySynthetic(9), MostRecent(9, 3)], ids=repr)
@pytest.mark.parametrize("workers", [2, 4])
def test_the_number_of_workers_changes_no_collapse_time(schedule, workers):
    one, many = (collapse_times(TRUTH, schedule, runs=600, seed=3, workers=w) for w in (1, workers))
    assert (one == many).all()


def test_the_same_seed_gives_the_same_numbers():
    one, two = (
        simulate(TRUTH, Accumulate(9), 4, runs=9, seed=3, record=[metrics.sigma])["sigma"] for _ in range(2)
    )
    assert (one == two).all()


def test_another_seed_gives_other_numbers():
    one, two = (simulate(TRUTH, Accumulate(9), 4, runs=9, seed=s, record=[metrics.sigma])["sigma"] for s in (3, 4))
    assert (one[1:] != two[1:]).any()


def test_another_seed_gives_other_collapse_times():
    one, two = (collapse_times(TRUTH, FullySynthetic(9), runs=50, seed=s) for s in (3, 4))
    assert (one != two).any()


def test_no_two_blocks_of_runs_are_the_same():
    p = simulate(TRUTH, FullySynthetic(9), 1, runs=512, seed=3, record=[metrics.distribution])["distribution"]
    assert (p[1, :256] != p[1, 256:]).any()


def test_more_runs_change_none_of_the_runs_in_full_blocks():
    few, many = (
        simulate(TRUTH, FullySynthetic(9), 4, runs=runs, seed=3, record=[metrics.sigma])["sigma"]
        for runs in (512, 700)
    )
    assert (few == many[:, :512]).all()


def test_more_generations_change_none_of_the_earlier_ones():
    short, long = (
        simulate(TRUTH, RandomlySampled(9), m, runs=9, seed=3, record=[metrics.sigma])["sigma"] for m in (3, 6)
    )
    assert (short == long[:4]).all()


def test_each_run_draws_its_own_real_corpus_once():
    p = measured("partially synthetic")["distribution"][1]
    assert (p[0] != p[1:]).any()


# A corpus for all -------------------------------------------------------------------------------------------------


@scenarios
def test_a_given_corpus_is_shared_by_all_runs(name):
    schedule = SCENARIOS[name][0]
    size = round(float(schedule.sizes(1)[0]))
    corpus = np.array([size - 3, 0, 1, 1, 1])
    run = simulate(TRUTH, schedule, 2, runs=300, seed=0, record=[metrics.distribution], corpus=corpus)
    assert (run["distribution"][1] == corpus / size).all()


def test_a_shared_corpus_leaves_the_later_generations_random():
    run = simulate(TRUTH, FullySynthetic(8), 2, runs=9, seed=0, record=[metrics.sigma], corpus=[4, 0, 2, 1, 1])
    assert len(np.unique(run["sigma"][2])) > 1


@pytest.mark.parametrize(
    ("corpus", "sentence"),
    [
        ([4, 0, 2, 1, 2], r"holds \[9\] tokens, but generation 1 of .* trains on 8"),
        ([4, 0, 2, 2], r"shape \(5,\), at least 0; it was given shape \(4,\)"),
        ([4.0, 0.0, 2.0, 1.0, 1.0], "whole token counts .* of float64"),
        ([9, 0, -1, 0, 0], "at least 0"),
    ],
)
def test_a_corpus_that_does_not_fit_is_refused(corpus, sentence):
    with pytest.raises(InvalidInput, match=sentence):
        simulate(TRUTH, FullySynthetic(8), 2, runs=9, seed=0, record=[metrics.sigma], corpus=corpus)


# Several contexts -------------------------------------------------------------------------------------------------

CONTEXTS = np.array([[0.5, 0.5, 0.0], [0.8, 0.1, 0.1], [1.0, 0.0, 0.0]])


@learners
def test_several_contexts_are_an_axis_after_the_runs(learner):
    learner = Tokens(3) if isinstance(learner, Tokens) else learner
    run = simulate(CONTEXTS, FullySynthetic(9), 4, runs=7, seed=0, record=[metrics.sigma], learner=learner)
    assert run["sigma"].shape == (5, 7, 3)


@pytest.mark.parametrize("schedule", [FullySynthetic(9), RandomlySampled(9), MostRecent(9, 3)], ids=repr)
def test_every_context_starts_from_its_own_truth(schedule):
    run = simulate(CONTEXTS, schedule, 4, runs=7, seed=0, record=[metrics.distribution])
    assert (run["distribution"][0] == CONTEXTS).all()


@pytest.mark.parametrize(
    "schedule", [FullySynthetic(9), MostRecent(9, 3), *(RandomlySampled(9, draw) for draw in MIXING)], ids=repr
)
def test_contexts_do_not_mix(schedule):
    run = simulate(CONTEXTS, schedule, 4, runs=50, seed=0, record=[metrics.distribution])
    assert not run["distribution"][:, :, CONTEXTS == 0].any()


def test_every_context_has_the_mean_sigma_of_its_own_truth():
    """(6) at m = 1..6 for two contexts: 12 comparisons, false alarm 7e-6."""
    run = simulate(CONTEXTS[:2], FullySynthetic(9), 6, runs=4_000, seed=0, record=[metrics.sigma])
    exact = [oracles.fresh_moments(oracles.fully_synthetic(9), float(p @ p), 6)[0] for p in CONTEXTS[:2]]
    z = oracles.z_scores(run["sigma"][1:].transpose(2, 0, 1), exact)
    assert (abs(z) < 5).all()


def test_contexts_are_independent():
    """Correlation of sigma_1 between two equal contexts, 4,000 runs: |r| sqrt(runs) below 5, false alarm 6e-7."""
    run = simulate([[0.5, 0.3, 0.2]] * 2, FullySynthetic(9), 1, runs=4_000, seed=0, record=[metrics.sigma])
    r = np.corrcoef(run["sigma"][1].T)[0, 1]
    assert abs(r) * np.sqrt(4_000) < 5


def test_one_corpus_may_be_given_for_each_context():
    corpus = np.array([[6, 3, 0], [7, 1, 1], [9, 0, 0]])
    run = simulate(CONTEXTS, FullySynthetic(9), 1, runs=4, seed=0, record=[metrics.distribution], corpus=corpus)
    assert (run["distribution"][1] == corpus / 9).all()


# Any source, any learner ------------------------------------------------------------------------------------------


class Gaussian:
    """A learner of real numbers: corpora (runs, n), models their mean and the likeliest variance (runs, 2)."""

    def fit(self, corpus):
        """The moments."""
        return np.stack([corpus.mean(axis=-1), corpus.var(axis=-1)], axis=-1)

    def sample(self, model, size, rng):
        """Normal variables."""
        mean, variance = model[:, :1], model[:, 1:]
        return rng.normal(mean, np.sqrt(variance), size=(len(model), size))

    def pool(self, corpora):
        """One after the other."""
        return np.concatenate(corpora, axis=-1)

    def collapsed(self, model):
        """Whether nothing varies."""
        return model[:, 1] == 0


def normal(runs, size, rng):
    """A source of standard normal variables."""
    return rng.normal(size=(runs, size))


def moments_of(model):
    """What is recorded of a Gaussian."""
    return {"mean": model[:, 0], "variance": model[:, 1]}


def gaussians(**changes):
    """Six generations of ten numbers each."""
    given = {"runs": 20_000, "seed": 0, "record": moments_of, "learner": Gaussian(), "at": range(1, 7)}
    return simulate(normal, FullySynthetic(10), 6, **given | changes)


def test_gaussians_that_learn_from_each_other_lose_their_variance_by_one_in_n_each_time():
    """E v_m = (1 - 1/n)^m, six comparisons: false alarm 3e-6."""
    z = oracles.z_scores(gaussians()["variance"], 0.9 ** np.arange(1, 7))
    assert (abs(z) < 5).all()


def test_that_they_lose_one_in_twelve_would_be_refuted():
    z = oracles.z_scores(gaussians()["variance"], (11 / 12) ** np.arange(1, 7))
    assert abs(z).max() > 5


def test_a_source_without_a_law_has_a_trajectory_without_one():
    run = gaussians(runs=300)
    assert run.truth is None
    assert run.at == (1, 2, 3, 4, 5, 6)
    assert run["mean"].shape == (6, 300)


@pytest.mark.parametrize("workers", [2, 4])
def test_a_sources_numbers_do_not_depend_on_the_workers(workers):
    one, many = (gaussians(runs=600, workers=count)["mean"] for count in (1, workers))
    assert (one == many).all()


@pytest.mark.parametrize("name", ["window of 3, kept", "fixed total", "random", "random, redrawn", "random, first"])
def test_the_truth_as_a_source_gives_the_numbers_of_the_truth(name):
    given = {"runs": 300, "seed": 3, "record": [metrics.deviation, metrics.distribution], "learner": Tokens(5)}
    one, two = (simulate(truth, SCENARIOS[name][0], 5, **given) for truth in (TRUTH, Truth(TRUTH, Tokens(5))))
    assert all((one[each] == two[each]).all() for each in one.values)
    assert (two.truth == TRUTH).all()


def test_collapse_times_of_the_truth_as_a_source_are_those_of_the_truth():
    one, two = (
        collapse_times(truth, FullySynthetic(8), runs=300, seed=3, learner=Tabular())
        for truth in (TRUTH, Truth(TRUTH, Tabular()))
    )
    assert (one == two).all()


@pytest.mark.parametrize("at", [(0, 1, 5), (2,), (0,), (5, 7)])
def test_some_generations_are_rows_of_all(at):
    record = [metrics.deviation, metrics.distribution]
    every, some = (
        simulate(TRUTH, MostRecent(9, 3), 7, runs=300, seed=2, record=record, at=which) for which in (None, at)
    )
    assert (every.at, some.at) == (tuple(range(8)), at)
    assert all((some[each] == every[each][list(at)]).all() for each in every.values)


def test_a_function_of_the_models_sees_what_the_metrics_see():
    def of_tokens(model):
        return {"law": Tokens(5).law(model)}

    given = {"runs": 300, "seed": 2, "at": [1, 3]}
    run = simulate(TRUTH, MostRecent(9, 3), 4, record=of_tokens, **given)
    laws = simulate(TRUTH, MostRecent(9, 3), 4, record=[metrics.distribution], **given)
    assert (run["law"] == laws["distribution"]).all()


def test_no_model_is_trained_after_the_last_that_is_recorded():
    learner = Recorder()
    models = generations(learner, FullySynthetic(5), np.random.default_rng(0), corpus=np.array([3, 2]))
    assert kept_of(models, lambda m, model: m, [4, 2]) == [2, 4]
    assert len(learner.fitted) == 4


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"learner": None}, "corpora are in the form of one learner; name that learner"),
        ({"at": None}, r"sees no p\^\(0\); name the generations to keep, for instance at=range\(1, 7\)"),
        ({"at": [0, 1]}, r"sees no p\^\(0\)"),
        ({"record": [metrics.sigma], "at": None}, r"the source has no law, so p\^\(0\) is not known; name"),
        ({"at": [2, 1]}, r"at was \[2, 1\]; it takes generations from 1 to 6, each once and in ascending order"),
        ({"at": [1, 1]}, "each once"),
        ({"at": [7]}, "from 1 to 6"),
        ({"at": [1.5]}, "from 1 to 6"),
        ({"at": []}, r"at was \[\]"),
        ({"corpus": [1, 2]}, "corpus is for a truth that is an array; let the source return the corpus itself"),
        ({"record": Gaussian().collapsed}, "record returned a ndarray; it takes values by their names"),
    ],
)
def test_what_a_source_cannot_answer_is_refused(changes, sentence):
    with pytest.raises(InvalidInput, match=sentence):
        gaussians(runs=3, **changes)


def test_one_corpus_for_many_runs_at_once_is_refused():
    with pytest.raises(InvalidInput, match="it takes a learner of one run at a time"):
        simulate(
            Given(np.array([2, 2])), FullySynthetic(4), 2, runs=3, seed=0, record=[metrics.sigma],
            learner=Tabular(), at=[1],
        )  # fmt: skip


# What is recorded -------------------------------------------------------------------------------------------------


def rarest(p):
    """A metric of one's own."""
    return p.min(axis=-1)


def renyi(p, order=2.0):
    """A metric with a default: one argument."""
    return np.log((p**order).sum(axis=-1)) / (1 - order)


def test_a_metric_of_ones_own_is_recorded_under_its_name():
    run = simulate(TRUTH[[0, 2, 3, 4]], FullySynthetic(9), 3, runs=5, seed=0, record=[rarest, metrics.distribution])
    assert (run["rarest"] == run["distribution"].min(axis=-1)).all()


def test_a_metric_with_a_default_looks_at_one_distribution():
    run = simulate(TRUTH, FullySynthetic(9), 3, runs=5, seed=0, record=[renyi, metrics.sigma])
    np.testing.assert_allclose(run["renyi"], -np.log(run["sigma"]), atol=1e-12)


def test_a_metric_of_two_arguments_is_given_the_first_model_of_the_same_run():
    run = measured("window of 3, kept")
    p = run["distribution"]
    assert (run["deviation"][2:] == metrics.deviation(p[2:], p[1])).all()


def test_a_name_that_was_not_recorded_is_refused_with_those_that_were():
    run = simulate(TRUTH, FullySynthetic(9), 1, runs=2, seed=0, record=[metrics.sigma, metrics.top])
    with pytest.raises(InvalidInput, match="'entropy' was not recorded; recorded: sigma, top"):
        run["entropy"]


def test_a_trajectory_remembers_what_was_simulated():
    run = simulate(TRUTH, FullySynthetic(9), 1, runs=2, seed=7, record=[metrics.sigma])
    assert (run.schedule, run.truth.tolist(), run.runs, run.seed) == (FullySynthetic(9), TRUTH.tolist(), 2, 7)


# Collapse times ---------------------------------------------------------------------------------------------------


@functools.cache
def times(n=10, learner="tokens"):
    return collapse_times(TRUTH, FullySynthetic(n), runs=6_000, seed=4, learner=LEARNERS[learner])


@pytest.mark.parametrize("learner", LEARNERS)
def test_the_mean_collapse_time_is_exact(learner):
    """False alarm 6e-7."""
    assert abs(oracles.z_scores(times(10, learner), coalescent.expected_collapse_time(TRUTH, 10))) < 5


def test_the_mean_collapse_time_is_not_that_of_one_sample_more():
    assert abs(oracles.z_scores(times(), coalescent.expected_collapse_time(TRUTH, 11))) > 5


def distance_from_rho(collapse, n, horizon=400):
    """Largest distance of the empirical law of T from the exact rho."""
    reached = np.searchsorted(np.sort(collapse), np.arange(horizon + 1), "right") / len(collapse)
    return abs(reached - coalescent.collapse_probability(TRUTH, n, horizon)).max()


@pytest.mark.parametrize("learner", LEARNERS)
def test_the_law_of_the_collapse_time_is_exact(learner):
    """False alarm 1e-6."""
    assert distance_from_rho(times(10, learner), 10) < oracles.law_margin(6_000)


@pytest.mark.parametrize("wrong", [9, 11])
def test_the_law_of_the_collapse_time_is_not_that_of_one_sample_more_or_less(wrong):
    assert distance_from_rho(times(), wrong) > oracles.law_margin(6_000)


def test_the_collapse_time_is_that_of_the_enumerated_chain():
    """P(T <= m) for m = 1..10, three tokens, n = 4: false alarm 1e-6."""
    p = (0.5, 0.3, 0.2)
    collapse = collapse_times(p, FullySynthetic(4), runs=6_000, seed=6)
    chain = oracles.Chain(p, 4)
    off = [abs((collapse <= m).mean() - chain.collapse_probability(m)) for m in range(1, 11)]
    assert max(off) < oracles.law_margin(6_000)


@pytest.mark.parametrize("learner", LEARNERS)
def test_a_window_of_one_model_collapses_as_the_fully_synthetic_schedule(learner):
    """The window takes the general loop, the other a loop of its own: false alarm 1e-6."""
    collapse = collapse_times(TRUTH, MostRecent(10, 1), runs=3_000, seed=5, learner=LEARNERS[learner])
    assert distance_from_rho(collapse, 10) < oracles.law_margin(3_000)


def test_a_window_of_five_models_collapses_otherwise():
    collapse = collapse_times(TRUTH, MostRecent(10, 5), runs=3_000, seed=5)
    assert distance_from_rho(collapse, 10) > oracles.law_margin(3_000)


@pytest.mark.parametrize("schedule", [FullySynthetic(10), MostRecent(10, 1), MostRecent(10, 3)], ids=repr)
def test_a_limit_only_hides_the_later_collapses(schedule):
    free = collapse_times(TRUTH, schedule, runs=300, seed=4)
    limited = collapse_times(TRUTH, schedule, runs=300, seed=4, limit=12)
    assert (limited == np.where(free <= 12, free, -1)).mean() == 1


def test_a_collapse_at_the_limit_itself_is_counted():
    assert (collapse_times([0.5, 0.5], FullySynthetic(1), runs=9, seed=0, limit=1) == 1).all()


def test_real_data_may_put_collapse_off_for_ever():
    late = collapse_times(TRUTH, PartiallySynthetic(50, 5), runs=20, seed=0, limit=30)
    assert (late == -1).all()


def test_a_dirac_truth_has_collapsed_at_generation_one():
    assert (collapse_times([0.0, 1.0], FullySynthetic(5), runs=9, seed=0) == 1).all()


def test_collapse_times_are_the_first_collapses_of_the_general_loop():
    """One stream, two loops: the window of one model in `simulate` and in `collapse_times`."""
    collapse = collapse_times(TRUTH, MostRecent(6, 1), runs=200, seed=8, limit=40)
    run = simulate(TRUTH, MostRecent(6, 1), 40, runs=200, seed=8, record=[metrics.collapsed])
    ever = run["collapsed"][1:].any(axis=0)
    assert (collapse == np.where(ever, 1 + run["collapsed"][1:].argmax(axis=0), -1)).all()


# The loop ---------------------------------------------------------------------------------------------------------


class Recorder:
    """A `Tabular` that remembers what was drawn, pooled and fitted."""

    corpus, subset = Tabular().corpus, Tabular().subset
    law, collapsed = Tabular().law, Tabular().collapsed

    def __init__(self):
        self.drawn, self.pooled, self.fitted = [], [], []

    def fit(self, corpus):
        """The frequencies; remembers the training set."""
        self.fitted.append(corpus)
        return Tabular().fit(corpus)

    def sample(self, model, size, rng):
        """Multinomial counts; remembers them."""
        self.drawn.append(Tabular().sample(model, size, rng))
        return self.drawn[-1]

    def pool(self, corpora):
        """The sum; remembers the parts."""
        self.pooled.append(list(corpora))
        return Tabular().pool(corpora)


def recorded(schedule, how_many):
    """The recorder of so many generations, and the real corpus that it was given."""
    learner, real = Recorder(), np.array([int(schedule.sizes(1)[0]) - 1, 1])
    list(itertools.islice(generations(learner, schedule, np.random.default_rng(0), corpus=real), how_many))
    return learner, real


def identities(corpora):
    return [id(corpus) for corpus in corpora]


def test_kept_pools_are_the_very_same_samples():
    """A window of 3: row m names the pools m-3, m-2, m-1, of which two were there before."""
    learner, real = recorded(MostRecent(12, 3), 6)
    pools = [real, *learner.drawn]
    assert [identities(used) for used in learner.pooled] == [
        identities(pools[max(0, m - 3) : m]) for m in range(1, 7)
    ]


def test_kept_schedules_draw_one_pool_a_generation():
    assert len(recorded(Accumulate(6), 7)[0].drawn) == 6


def test_fresh_schedules_draw_every_synthetic_part_of_every_row():
    """Rows 1..5 of accumulation name 0 + 1 + 2 + 3 + 4 earlier models."""
    assert len(recorded(Accumulate(6, draw="fresh"), 5)[0].drawn) == 10


def test_fresh_schedules_use_no_synthetic_sample_twice():
    learner, real = recorded(MostRecent(12, 3, draw="fresh"), 6)
    used = [id(corpus) for row in learner.pooled for corpus in row if corpus is not real]
    assert len(used) == len(set(used)) == 1 + 2 + 3 + 3 + 3


@pytest.mark.parametrize(
    "schedule", [PartiallySynthetic(6, 3), Accumulate(6, draw="fresh"), Accumulate(6)], ids=repr
)
def test_the_real_corpus_is_used_again_and_never_redrawn(schedule):
    learner, real = recorded(schedule, 5)
    assert all(row[0] is real for row in learner.pooled)


def test_nothing_is_trained_before_the_first_model_is_asked_for():
    learner = Recorder()
    generations(learner, FullySynthetic(5), np.random.default_rng(0), corpus=np.array([3, 2]))
    assert not learner.pooled + learner.fitted + learner.drawn


@one_corpus
def test_no_model_is_trained_before_it_is_asked_for(name):
    schedule, learner = SCENARIOS[name][0], Recorder()
    real = np.array([[round(float(schedule.sizes(1)[0])) - 1, 1]])
    next(generations(learner, schedule, np.random.default_rng(0), corpus=real))
    assert (len(learner.fitted), len(learner.drawn)) == (1, 0)


class Forgetful(Recorder):
    """Remembers only whether what was drawn and fitted is still held by someone: weak references."""

    def fit(self, corpus):
        """The frequencies."""
        model = Tabular().fit(corpus)
        self.fitted.append(weakref.ref(model))
        return model

    def sample(self, model, size, rng):
        """Multinomial counts."""
        drawn = Tabular().sample(model, size, rng)
        self.drawn.append(weakref.ref(drawn))
        return drawn

    def pool(self, corpora):
        """The sum."""
        return Tabular().pool(corpora)


def alive(schedule, how_many):
    """How many pools and how many models are still held after so many generations."""
    learner, real = Forgetful(), np.full(3, schedule.size // schedule.window)
    loop = generations(learner, schedule, np.random.default_rng(0), corpus=real)
    for _ in range(how_many):
        next(loop)
    return [sum(ref() is not None for ref in refs) for refs in (learner.drawn, learner.fitted)]


@pytest.mark.parametrize("draw", ["kept", "fresh"])
def test_a_window_holds_no_more_after_sixty_generations_than_after_twenty(draw):
    assert alive(MostRecent(12, 4, draw=draw), 60) == alive(MostRecent(12, 4, draw=draw), 20)


def test_a_window_of_kept_pools_holds_those_pools_and_the_one_it_leaves():
    assert alive(MostRecent(12, 4), 20)[0] <= 4 + 1


def test_a_window_of_kept_pools_holds_the_last_model_only():
    assert alive(MostRecent(12, 4), 20)[1] <= 1


def test_a_window_of_fresh_draws_holds_those_models_the_new_one_and_the_one_it_leaves():
    assert alive(MostRecent(12, 4, draw="fresh"), 20)[1] <= 4 + 2


# Schedules of one's own -------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Table:
    """A schedule from a function of m and t."""

    draw: str
    size: object

    def sizes(self, m):
        """Row m."""
        return np.array([self.size(m, t) for t in range(m)])


def own_run(own):
    return simulate(TRUTH, own, M, runs=4_000, seed=1, record=[metrics.sigma, squared_deviation])


@pytest.mark.parametrize(
    "own",
    [
        Table("fresh", lambda m, t: 6 * (t == 0) + (2 + m) * (t == m - 1 > 0)),
        Table("kept", lambda m, t: 3 + 2 * t),
    ],
    ids=["fresh", "kept"],
)
def test_a_schedule_of_ones_own_is_simulated(own):
    """Sizes that change from generation to generation: 23 comparisons, false alarm 1.4e-5 a case."""
    moments = {"fresh": oracles.fresh_moments, "kept": oracles.kept_moments}[own.draw]
    assert disagreement(own_run(own), np.array(moments(lambda m: own.sizes(m).tolist(), S0, M))) < 5


def followed_or_refused(own, moments):
    """Whether a schedule that the loop may not support is at least not simulated as if it were another."""
    try:
        run = own_run(own)
    except InvalidInput:
        return True
    return disagreement(run, np.array(moments)) < 5


def test_a_fresh_schedule_that_returns_to_an_older_model_is_followed_or_refused():
    """The real data and the model before the last."""
    own = Table("fresh", lambda m, t: 6 * (t == 0) + 4 * (t == m - 2 > 0))
    assert followed_or_refused(own, oracles.fresh_moments(lambda m: own.sizes(m).tolist(), S0, M))


def test_a_mixed_schedule_that_prefers_some_models_is_followed_or_refused():
    """All of 12 samples from the last model: the fully synthetic schedule in other words."""
    own = Table("mixed", lambda m, t: 12.0 * (t == m - 1))
    assert followed_or_refused(own, oracles.fresh_moments(oracles.fully_synthetic(12), S0, M))


def test_a_mixed_schedule_that_grows_is_refused():
    own = Table("mixed", lambda m, t: 12.0)
    with pytest.raises(InvalidInput):
        own_run(own)


def test_a_fresh_schedule_takes_the_real_corpus_whole_or_is_refused():
    own = Table("fresh", lambda m, t: 12 if m == 1 else 4 * (t == 0) + 8 * (t == m - 1))
    with pytest.raises(InvalidInput):
        own_run(own)


def test_a_kept_pool_that_was_left_is_gone():
    own = Table("kept", lambda m, t: 4 * (m != 3 or t != 1))
    with pytest.raises(InvalidInput, match=r"row 4 of .* asks for 4 samples of source 1, of which 0 are at hand"):
        simulate(TRUTH, own, 4, runs=2, seed=0, record=[metrics.sigma])


def test_a_kept_pool_is_taken_whole():
    own = Table("kept", lambda m, t: 4 if t == m - 1 else 2)
    with pytest.raises(InvalidInput, match=r"row 2 of .* asks for 2 samples of source 0, of which 4 are at hand"):
        simulate(TRUTH, own, 4, runs=2, seed=0, record=[metrics.sigma])


# What is refused --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"truth": [0.5, 0.6]}, r"sum to 1\.1"),
        ({"schedule": 50}, "schedule was 50"),
        ({"schedule": Table("pooled", max)}, "draw was 'pooled'; it is one of kept, fresh, mixed"),
        ({"generations": 0}, "generations was 0"),
        ({"generations": 2.0}, r"generations was 2\.0"),
        ({"runs": 0}, "runs was 0"),
        ({"runs": True}, "runs was True"),
        ({"seed": -1}, "seed was -1"),
        ({"seed": None}, "seed was None"),
        ({"workers": 0}, "workers was 0"),
        ({"record": []}, r"record was \[\]"),
        ({"record": [None]}, r"record was \[None\]"),
    ],
)
def test_simulate_refuses_what_makes_no_sense(change, sentence):
    good = {"truth": TRUTH, "schedule": FullySynthetic(5), "generations": 2}
    good |= {"runs": 2, "seed": 0, "record": [metrics.sigma], "workers": 1}
    with pytest.raises(InvalidInput, match=sentence):
        simulate(**(good | change))


@pytest.mark.parametrize("schedule", [PartiallySynthetic(5, 5), RandomlySampled(5), Accumulate(5)], ids=repr)
def test_a_schedule_that_may_never_collapse_is_refused_without_a_limit(schedule):
    with pytest.raises(InvalidInput, match="may never collapse; give a limit"):
        collapse_times(TRUTH, schedule, runs=2, seed=0)


@pytest.mark.parametrize("limit", [0, -1, 2.5])
def test_a_limit_is_a_whole_number_of_generations(limit):
    with pytest.raises(InvalidInput, match=f"limit was {limit}"):
        collapse_times(TRUTH, FullySynthetic(5), runs=2, seed=0, limit=limit)


def test_collapse_times_take_one_context():
    with pytest.raises(InvalidInput, match="takes one context"):
        collapse_times(CONTEXTS, FullySynthetic(5), runs=2, seed=0)


# What the loop may not forget -------------------------------------------------------------------------------------


def test_the_real_pool_is_kept_while_rows_leave_it_out():
    """A kept schedule whose second row does without the real data, and whose third takes them again."""
    own = Table("kept", lambda m, t: 4 * (t > 0 or m != 2))
    learner, real = recorded(own, 3)
    assert [identities(used) for used in learner.pooled] == [
        identities(used) for used in ([real], [learner.drawn[0]], [real, *learner.drawn])
    ]


# More that is refused ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("own", "sentence"),
    [
        (
            Table("part", lambda m, t: 4 if m == 1 else 6 * (t == 0) + 2 * (t == m - 1)),
            "row 2 of .* asks for 6 samples of source 0, of which 4 are at hand",
        ),
        (
            Table("part", lambda m, t: 4 if m == 1 else 2 * (t == 0) + 2 * (t == max(1, m - 3))),
            "row 5 of .* asks for 2 samples of source 2, of which 0 are at hand",
        ),
        (
            Table("fresh", lambda m, t: 4 if m == 1 else 6 * (t == 0) + 2 * (t == m - 1)),
            "row 2 of .* asks for 6 samples of source 0, of which 4 are at hand",
        ),
    ],
    ids=["a part larger than the corpus", "a part, and a model that was left", "fresh, more than the corpus"],
)
def test_what_is_not_at_hand_is_refused(own, sentence):
    with pytest.raises(InvalidInput, match=sentence):
        simulate(TRUTH, own, 6, runs=2, seed=0, record=[metrics.sigma])


def test_a_schedule_without_its_sizes_is_refused():
    """The class in place of a value of it."""
    with pytest.raises(InvalidInput, match="give one, for instance FullySynthetic"):
        simulate(TRUTH, FullySynthetic, 2, runs=2, seed=0, record=[metrics.sigma])


def test_two_metrics_of_one_name_are_refused():
    with pytest.raises(InvalidInput, match="record names a metric twice: sigma, top, sigma"):
        simulate(TRUTH, FullySynthetic(5), 2, runs=2, seed=0, record=[metrics.sigma, metrics.top, metrics.sigma])


def test_numpys_whole_numbers_are_whole_numbers():
    one, two = (
        simulate(TRUTH, FullySynthetic(5), number(2), runs=number(3), seed=number(0), record=[metrics.sigma])
        for number in (int, np.int64)
    )
    assert (one["sigma"] == two["sigma"]).all()
