"""The paper's count of Dirac masses, four readings of random sampling, and when a window's run is over."""

import numpy as np
import pytest

from collapse_lib import MostRecent, RandomlySampled
from collapse_lib.experiments import any_schedule, mixtures
from collapse_lib.schedules import MIXING

EVEN = tuple(np.full(10, 0.1))


@pytest.mark.parametrize("chance", [0.0, 0.003, 0.073, 0.5, 1.0])
def test_at_most_one_of_a_hundred_runs_is_none_or_one(chance):
    none, one = (1 - chance) ** 100, 100 * chance * (1 - chance) ** 99
    assert mixtures.at_most_one(chance) == pytest.approx(none + one, abs=1e-12)


@pytest.mark.parametrize("p", [0.001, 0.01, 0.5])
def test_the_chance_of_a_run_is_told_from_that_of_at_most_one(p):
    assert mixtures.at_most_one(mixtures.run_chance(p)) == pytest.approx(p)


def test_the_readings_are_four_and_in_the_order_of_their_dirac_masses():
    """400 runs each; the closest two, 1/50 and 2/25, are 3.6 standard errors apart, and the seed is fixed."""
    found = mixtures.readings(np.array(EVEN), 10, 800, 3)
    assert {each.draw for each in found} == set(MIXING)
    assert [each.dirac[0] for each in found] == sorted(each.dirac[0] for each in found)
    assert all(low <= mean <= high for each in found for mean, low, high in (each.dirac, each.sigma))


def test_the_same_runs_are_shared_by_figures_and_claims():
    p = np.array(EVEN)
    assert mixtures.random_past(p, 10, 40, 5, "first") is mixtures.random_past(p, 10, 40, 5, "first")
    assert mixtures.random_past(p, 10, 40, 5, "first") is not mixtures.random_past(p, 10, 40, 5, "subset")


@pytest.mark.parametrize("draw", MIXING)
def test_runs_of_two_kinds_stay_collapsed_by_the_first_samples_of_kept_pools_alone(draw):
    """Three in ten do; else one in a hundred has no other model in 121 generations.  False alarm below 1e-3."""
    gone = any_schedule.ended([0.5, 0.5], RandomlySampled(2, draw), 200, 1)
    assert (gone.mean() > 0.12) == (draw == "first")
    assert 60 < len(gone) < 140  # the others began with one kind: 100 of 200, to 5.6 standard deviations


@pytest.mark.parametrize("K", [2, 3])
def test_the_end_of_a_run_comes_with_the_first_dirac_mass_if_samples_are_kept_and_later_if_not(K):
    kept, fresh = (mixtures.ends(EVEN, MostRecent(6, K, draw), 200, 1) for draw in ("kept", "fresh"))
    assert (kept.final == kept.first).all()
    assert (fresh.final >= fresh.first).all()
    assert (fresh.final > fresh.first).mean() > 0.1
