"""Altered learners: what is tempered follows the exact law, and all else is the learner's.

Chi-square tests refuse below p = 1e-6, their false-alarm rate; means take |z| < 5, a rate of 6e-7 a comparison;
every seed is fixed.
"""

import itertools
from collections import Counter

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
    metrics,
    simulate,
)
from collapse_lib.embeddings import Embedded
from collapse_lib.learners import Altered, Tabular, Tempered, Tokens, has_order
from collapse_lib.text import NGrams

FALSE_ALARM = 1e-6
COUNTS = np.array([4, 1, 3])
P = COUNTS / 8
COLD, HOT = 0.5, 2.0

LEARNERS = {"tabular": Tabular(), "tokens": Tokens(3)}
both = pytest.mark.parametrize("learner", LEARNERS.values(), ids=LEARNERS)
temperatures = pytest.mark.parametrize("temperature", [COLD, HOT])
WINDOWS = [MostRecent(16, 2), MostRecent(16, 2, draw="fresh")]
MIXED = [RandomlySampled(8), RandomlySampled(8, "redrawn")]
SCHEDULES = [FullySynthetic(8), PartiallySynthetic(8, 5), FixedTotal(8, 3), Accumulate(8), *WINDOWS, *MIXED]
STORED = [RandomlySampled(8, "subset"), RandomlySampled(8, "first")]


def powers(p, temperature):
    """The tempered law, by hand."""
    weights = [x ** (1 / temperature) for x in p]
    return np.array(weights) / sum(weights)


def laws(learner, schedule, m, **changes):
    """p^(m) of many runs on COUNTS, shape (runs, 3)."""
    given = {"runs": 20_000, "seed": 2, "record": [metrics.distribution], "corpus": COUNTS, "learner": learner}
    return simulate(P, schedule, m, **given | changes)["distribution"][m]


def two_generations(n, temperature):
    """The exact law of the counts of p^(3), by enumeration: {counts: probability}."""
    cells = [(a, b, n - a - b) for a in range(n + 1) for b in range(n + 1 - a)]
    found = Counter()
    for one, two in itertools.product(cells, cells):
        chance = oracles.multinomial(one, powers(P, temperature))
        found[two] += chance * oracles.multinomial(two, powers(np.array(one) / n, temperature))
    return found


def fit_to_two_generations(learner, stated):
    """p-value of the enumerated law at the stated temperature for simulated p^(3); n = 8."""
    exact = two_generations(8, stated)
    seen = Counter(map(tuple, (8 * laws(learner, FullySynthetic(8), 3)).round().astype(int).tolist()))
    return oracles.chi_square_p([seen[cell] for cell in exact], [20_000 * chance for chance in exact.values()])


# The law ----------------------------------------------------------------------------------------------------------


@both
@temperatures
def test_two_generations_have_the_enumerated_law(learner, temperature):
    assert fit_to_two_generations(Tempered(learner, temperature), temperature) > FALSE_ALARM


@both
@pytest.mark.parametrize(("temperature", "stated"), [(COLD, 1.0), (HOT, 1.0), (COLD, HOT), (COLD, 0.55)])
def test_the_law_is_not_that_of_another_temperature(learner, temperature, stated):
    assert fit_to_two_generations(Tempered(learner, temperature), stated) < FALSE_ALARM


@both
@temperatures
def test_the_mean_of_the_next_model_is_the_tempered_law(learner, temperature):
    p = laws(Tempered(learner, temperature), FullySynthetic(8), 2)
    assert (abs(oracles.z_scores(p.T, powers(P, temperature))) < 5).all()
    assert (abs(oracles.z_scores(p.T, P)) > 5).any()


@both
def test_its_mean_sigma_is_that_of_a_sample_of_the_tempered_law(learner):
    """E sigma = S + (1 - S)/n, with S of the tempered law."""
    S = float((powers(P, COLD) ** 2).sum())
    sigma = metrics.sigma(laws(Tempered(learner, COLD), FullySynthetic(8), 2))
    assert abs(oracles.z_scores(sigma, S + (1 - S) / 8)) < 5


@both
def test_where_half_of_the_samples_are_real_so_is_half_of_the_mean(learner):
    """Random sampling asks each row for a size of its own."""
    p = laws(Tempered(learner, COLD), RandomlySampled(8), 2)
    assert (abs(oracles.z_scores(p.T, (P + powers(P, COLD)) / 2)) < 5).all()


def test_contexts_are_tempered_each_for_itself():
    learner = Tempered(Embedded(np.eye(2)), COLD)
    corpus = np.array([COUNTS, [2, 5, 1]])
    run = simulate(
        corpus / 8, FullySynthetic(8), 2, runs=4_000, seed=0, record=[metrics.distribution], learner=learner,
        corpus=corpus,
    )  # fmt: skip
    for context in range(2):
        p = run["distribution"][2][:, context]
        assert (abs(oracles.z_scores(p.T, powers(corpus[context] / 8, COLD))) < 5).all()


def test_the_order_of_what_an_urn_draws_is_random():
    """At each of five places the token has the tempered law."""
    model = np.tile(Tokens(3).corpus(COUNTS), (20_000, 1))
    places = Tempered(Tokens(3), COLD).sample(model, 5, np.random.default_rng(1)).T
    expected = 20_000 * powers(P, COLD)
    for place in places:
        assert oracles.chi_square_p(np.bincount(place, minlength=3), expected) > FALSE_ALARM


@pytest.mark.parametrize("schedule", [*SCHEDULES, *STORED], ids=str)
def test_every_schedule_drives_a_tempered_urn_and_tempered_counts_alike(schedule):
    """False alarm at most 2e-6."""
    if schedule in STORED:
        assert laws(Tempered(Tokens(3), COLD), schedule, 4, runs=300).shape == (300, 3)
        return
    urn, table = (
        metrics.sigma(laws(Tempered(learner, COLD), schedule, 4, runs=4_000)).round(9)
        for learner in LEARNERS.values()
    )
    assert oracles.law_distance(urn, table) < 2 * oracles.law_margin(4_000)


# The ends of the scale --------------------------------------------------------------------------------------------


@both
def test_at_temperature_one_it_is_the_learner_itself_with_the_same_stream(learner):
    for schedule in SCHEDULES:
        one, other = (laws(each, schedule, 4, runs=300) for each in (learner, Tempered(learner, 1)))
        assert (one == other).all()


@both
def test_near_absolute_zero_only_the_likeliest_token_is_drawn(learner):
    assert (laws(Tempered(learner, 1e-9), FullySynthetic(8), 2, runs=300) == [1, 0, 0]).all()


@both
@pytest.mark.parametrize("temperature", [COLD, HOT, 1e9])
def test_however_hot_the_dead_stay_dead(learner, temperature):
    p = laws(Tempered(learner, temperature), FullySynthetic(8), 3, corpus=[5, 0, 3])
    assert not p[:, 1].any()
    assert p[:, 2].any()


@both
@pytest.mark.parametrize("temperature", [0, -1, np.nan, np.inf, "hot", None])
def test_what_is_no_temperature_is_refused(learner, temperature):
    with pytest.raises(InvalidInput, match="it takes a positive number, 1 leaving the learner as it is"):
        Tempered(learner, temperature)


def test_a_learner_of_texts_is_refused():
    with pytest.raises(InvalidInput, match="NGrams writes texts, and this alters counts"):
        Tempered(NGrams(2, 3), COLD)


# The form ---------------------------------------------------------------------------------------------------------


@both
def test_what_alters_nothing_is_the_learner(learner):
    for schedule in SCHEDULES:
        one, other = (laws(each, schedule, 4, runs=300) for each in (learner, Altered(learner)))
        assert (one == other).all()


def test_it_has_an_order_where_the_learner_has_one():
    assert has_order(Tempered(Tokens(3), COLD))
    assert has_order(Altered(Altered(Tokens(3))))
    assert not has_order(Tempered(Tabular(), COLD))


def test_an_altered_learner_takes_one_run_at_a_time_where_the_learner_does():
    assert Altered(NGrams(2, 3)).alone
    assert not Altered(Tokens(3)).alone


@pytest.mark.parametrize("schedule", STORED, ids=str)
def test_altered_counts_have_no_samples_to_go_back_to(schedule):
    with pytest.raises(InvalidInput, match="corpora of Tempered have no order to find them by"):
        laws(Tempered(Tabular(), COLD), schedule, 3, runs=3)


def test_every_row_may_ask_a_tempered_urn_for_its_own_number_of_tokens():
    sizes = np.arange(50) % 8
    model = np.tile(Tokens(3).corpus(COUNTS), (50, 1))
    tokens = Tempered(Tokens(3), COLD).sample(model, sizes, np.random.default_rng(0))
    assert (tokens >= 0).sum(axis=-1).tolist() == sizes.tolist()
