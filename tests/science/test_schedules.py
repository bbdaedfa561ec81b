"""Schedules are the paper's tables: rows written by hand for m = 1..6, and what holds of every row."""

import dataclasses
from dataclasses import is_dataclass

import numpy as np
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
)
from collapse_lib import schedules as schedules_module
from collapse_lib.schedules import MIXING, Schedule

TABLES = {
    FullySynthetic(7): [[7], [0, 7], [0, 0, 7], [0, 0, 0, 7], [0, 0, 0, 0, 7], [0, 0, 0, 0, 0, 7]],
    FullySynthetic(1): [[1], [0, 1], [0, 0, 1], [0, 0, 0, 1], [0, 0, 0, 0, 1], [0, 0, 0, 0, 0, 1]],
    PartiallySynthetic(real=5, synthetic=3): [
        [5],
        [5, 3],
        [5, 0, 3],
        [5, 0, 0, 3],
        [5, 0, 0, 0, 3],
        [5, 0, 0, 0, 0, 3],
    ],
    PartiallySynthetic(real=1, synthetic=10): [
        [1],
        [1, 10],
        [1, 0, 10],
        [1, 0, 0, 10],
        [1, 0, 0, 0, 10],
        [1, 0, 0, 0, 0, 10],
    ],
    FixedTotal(10, synthetic=2): [
        [10],
        [8, 2],
        [8, 0, 2],
        [8, 0, 0, 2],
        [8, 0, 0, 0, 2],
        [8, 0, 0, 0, 0, 2],
    ],
    FixedTotal(3, synthetic=3): [[3], [0, 3], [0, 0, 3], [0, 0, 0, 3], [0, 0, 0, 0, 3], [0, 0, 0, 0, 0, 3]],
    MostRecent(10, window=1): [[10], [0, 10], [0, 0, 10], [0, 0, 0, 10], [0, 0, 0, 0, 10], [0, 0, 0, 0, 0, 10]],
    MostRecent(10, window=2): [[5], [5, 5], [0, 5, 5], [0, 0, 5, 5], [0, 0, 0, 5, 5], [0, 0, 0, 0, 5, 5]],
    MostRecent(11, window=3): [[3], [3, 3], [3, 3, 3], [0, 3, 3, 3], [0, 0, 3, 3, 3], [0, 0, 0, 3, 3, 3]],
    MostRecent(6, window=6, draw="fresh"): [
        [1],
        [1, 1],
        [1, 1, 1],
        [1, 1, 1, 1],
        [1, 1, 1, 1, 1],
        [1, 1, 1, 1, 1, 1],
    ],
    RandomlySampled(60): [
        [60],
        [30, 30],
        [20, 20, 20],
        [15, 15, 15, 15],
        [12, 12, 12, 12, 12],
        [10, 10, 10, 10, 10, 10],
    ],
    RandomlySampled(4, draw="first"): [
        [4],
        [2, 2],
        [4 / 3, 4 / 3, 4 / 3],
        [1, 1, 1, 1],
        [0.8, 0.8, 0.8, 0.8, 0.8],
        [4 / 6, 4 / 6, 4 / 6, 4 / 6, 4 / 6, 4 / 6],
    ],
    RandomlySampled(3): [
        [3],
        [1.5, 1.5],
        [1, 1, 1],
        [0.75, 0.75, 0.75, 0.75],
        [0.6, 0.6, 0.6, 0.6, 0.6],
        [0.5, 0.5, 0.5, 0.5, 0.5, 0.5],
    ],
    Accumulate(4): [[4], [4, 4], [4, 4, 4], [4, 4, 4, 4], [4, 4, 4, 4, 4], [4, 4, 4, 4, 4, 4]],
    Accumulate(1, draw="fresh"): [[1], [1, 1], [1, 1, 1], [1, 1, 1, 1], [1, 1, 1, 1, 1], [1, 1, 1, 1, 1, 1]],
}

count = st.integers(1, 1_000)
redraw = st.sampled_from(["kept", "fresh"])
windows = st.tuples(count, count).map(lambda two: MostRecent(max(two), window=min(two)))
schedules = st.one_of(
    count.map(FullySynthetic),
    st.builds(PartiallySynthetic, real=count, synthetic=count),
    windows,
    st.builds(RandomlySampled, count, draw=st.sampled_from(MIXING)),
    st.builds(Accumulate, count, draw=redraw),
    st.tuples(count, count).map(lambda pair: FixedTotal(max(pair), min(pair))),
)
generation = st.integers(1, 60)


@pytest.mark.parametrize("schedule", TABLES, ids=repr)
def test_the_rows_are_those_of_the_paper(schedule):
    assert [schedule.sizes(m).tolist() for m in range(1, 7)] == TABLES[schedule]


def test_every_schedule_of_the_library_has_a_table():
    every = {kind for kind in vars(schedules_module).values() if isinstance(kind, type) and is_dataclass(kind)}
    assert len(every) >= 6
    assert {type(schedule) for schedule in TABLES} == every


@pytest.mark.parametrize(
    ("schedule", "draw"),
    [
        (FullySynthetic(5), "fresh"),
        (PartiallySynthetic(5, 5), "fresh"),
        (FixedTotal(5, 2), "part"),
        (MostRecent(5, 2), "kept"),
        (MostRecent(5, 2, draw="fresh"), "fresh"),
        (RandomlySampled(5), "mixed"),
        (RandomlySampled(5, draw="first"), "first"),
        (Accumulate(5), "kept"),
        (Accumulate(5, draw="fresh"), "fresh"),
    ],
    ids=repr,
)
def test_a_schedule_has_its_reading_unless_told_otherwise(schedule, draw):
    assert schedule.draw == draw


@pytest.mark.parametrize("kind", [np.int8, np.uint8, np.int16, np.int64])
def test_sizes_of_few_bits_do_not_overflow(kind):
    assert Accumulate(kind(100)) == Accumulate(100)
    assert Accumulate(kind(100)).size * 1_000 == 100_000
    assert MostRecent(kind(100), kind(4)).sizes(9).sum() == 100


@given(schedules, generation)
def test_row_m_has_m_entries(schedule, m):
    assert schedule.sizes(m).shape == (m,)


@given(schedules, generation)
def test_sizes_are_never_negative(schedule, m):
    assert (schedule.sizes(m) >= 0).all()


@given(schedules, generation)
def test_sizes_are_whole_numbers_unless_they_are_means(schedule, m):
    assert np.issubdtype(schedule.sizes(m).dtype, np.integer) == (schedule.draw not in MIXING)


@given(count, generation)
def test_fully_synthetic_training_sets_have_one_size(n, m):
    assert FullySynthetic(n).sizes(m).sum() == n


@given(count, count, generation)
def test_partially_synthetic_training_sets_are_the_real_data_and_the_last_model(N, n, m):
    assert PartiallySynthetic(real=N, synthetic=n).sizes(m).sum() == (N if m == 1 else N + n)


@given(windows, generation)
def test_a_window_shares_its_samples_among_the_models_there_are(schedule, m):
    assert schedule.sizes(m).sum() == schedule.size // schedule.window * min(m, schedule.window)


@given(count, generation)
def test_random_sampling_uses_one_size_in_all(n, m):
    assert RandomlySampled(n).sizes(m).sum() == pytest.approx(n, rel=1e-12)


@given(count, generation)
def test_accumulation_grows_by_one_pool_a_generation(n, m):
    assert Accumulate(n).sizes(m).sum() == n * m


@given(count, generation)
def test_a_window_of_one_model_is_the_fully_synthetic_schedule(n, m):
    assert MostRecent(n, window=1).sizes(m).tolist() == FullySynthetic(n).sizes(m).tolist()


@given(schedules, generation)
def test_a_row_is_the_callers_to_change(schedule, m):
    before = schedule.sizes(m).tolist()
    schedule.sizes(m)[:] = -1
    assert schedule.sizes(m).tolist() == before


@given(schedules)
def test_equal_schedules_are_one_key(schedule):
    assert {schedule: "first", dataclasses.replace(schedule): "second"} == {schedule: "second"}


@given(count, generation, st.sampled_from(MIXING))
def test_the_readings_of_random_sampling_share_their_rows(n, m, draw):
    assert RandomlySampled(n, draw).sizes(m).tolist() == RandomlySampled(n).sizes(m).tolist()


def test_other_parameters_make_another_schedule():
    assert MostRecent(10, 2) != MostRecent(10, 2, draw="fresh") != MostRecent(10, 5)


def test_the_readings_of_random_sampling_are_four_schedules():
    assert len({RandomlySampled(10, draw) for draw in MIXING}) == 4


def test_schedules_of_different_kinds_are_never_equal():
    assert FullySynthetic(10) != Accumulate(10)


@given(schedules)
def test_a_schedule_answers_the_protocol(schedule):
    assert isinstance(schedule, Schedule)


@pytest.mark.parametrize("schedule", TABLES, ids=repr)
def test_a_schedule_cannot_be_changed(schedule):
    name = dataclasses.fields(schedule)[0].name
    with pytest.raises(dataclasses.FrozenInstanceError):
        setattr(schedule, name, 99)


@pytest.mark.parametrize("schedule", TABLES, ids=repr)
@pytest.mark.parametrize("m", [0, -1, 1.0, "2", None])
def test_only_generations_from_one_on_have_a_row(schedule, m):
    with pytest.raises(InvalidInput, match=f"m = {m!r}"):
        schedule.sizes(m)


@pytest.mark.parametrize("wrong", [0, -3, 2.5, "10", None, True])
@pytest.mark.parametrize(
    ("make", "name"),
    [
        (FullySynthetic, "size"),
        (lambda k: PartiallySynthetic(real=k, synthetic=1), "real"),
        (lambda k: PartiallySynthetic(real=1, synthetic=k), "synthetic"),
        (lambda k: MostRecent(k, window=1), "size"),
        (lambda k: MostRecent(10, window=k), "window"),
        (lambda k: FixedTotal(k, synthetic=1), "size"),
        (lambda k: FixedTotal(10, synthetic=k), "synthetic"),
        (RandomlySampled, "size"),
        (Accumulate, "size"),
    ],
)
def test_a_size_is_a_whole_number_of_at_least_one(make, name, wrong):
    with pytest.raises(InvalidInput, match=f"the {name} of .* was {wrong!r}; it takes a whole number"):
        make(wrong)


def test_more_synthetic_samples_than_samples_are_refused():
    with pytest.raises(InvalidInput, match="synthetic = 11, more than the 10 samples"):
        FixedTotal(10, synthetic=11)


@given(count, count, generation)
def test_a_fixed_total_is_fixed(n, k, m):
    assert FixedTotal(max(n, k), min(n, k)).sizes(m).sum() == max(n, k)


def test_a_window_wider_than_the_samples_is_refused():
    with pytest.raises(InvalidInput, match="window of 11 models cannot share 10 samples"):
        MostRecent(10, window=11)


@pytest.mark.parametrize("wrong", ["pooled", "mixed", None])
@pytest.mark.parametrize(
    "make", [lambda draw: MostRecent(10, 2, draw=draw), lambda draw: Accumulate(10, draw=draw)]
)
def test_a_reading_is_kept_or_fresh(make, wrong):
    with pytest.raises(InvalidInput, match="it is 'kept' or 'fresh'"):
        make(wrong)


@pytest.mark.parametrize("wrong", ["kept", "fresh", "part", None])
def test_random_sampling_has_readings_of_its_own(wrong):
    with pytest.raises(InvalidInput, match=f"{wrong!r}; it is 'mixed', 'subset', 'first' or 'redrawn'"):
        RandomlySampled(10, draw=wrong)
