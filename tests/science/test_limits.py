"""What is left in the end, under schedules that never forget: limits by extrapolation, and bounds below them."""

import math

import numpy as np
import pytest

from collapse_lib import Accumulate, RandomlySampled
from collapse_lib.theory import limits, moments

SIZES = [2, 3, 10, 100]
LIMITS = {
    "random sampling": (limits.random_sampling, limits.random_sampling_bound, RandomlySampled),
    "accumulate, fresh": (
        limits.accumulated_fresh,
        limits.accumulated_fresh_bound,
        lambda n: Accumulate(n, "fresh"),
    ),
}
# n (1 - d) for large n: what is lost for ever, in n-ths
CONSTANTS = {"random sampling": 4 - math.pi**2 / 6, "accumulate, fresh": 6 - math.pi**2 / 2}

each = pytest.mark.parametrize("name", LIMITS)


def extrapolated(schedule, m):
    """lim d from d_m and d_2m, where the rest falls like 1/m: its next term is left."""
    d = moments.diversity(schedule, 2 * m)
    return 2 * d[-1] - d[m]


@pytest.mark.parametrize("n", SIZES)
def test_the_limit_of_random_sampling_is_where_the_recursion_goes(n):
    assert abs(extrapolated(RandomlySampled(n), 2_000) - limits.random_sampling(n)) < 1e-6


@pytest.mark.parametrize("n", SIZES)
def test_the_limit_of_fresh_accumulation_is_where_the_recursion_goes(n):
    assert abs(extrapolated(Accumulate(n, "fresh"), 250) - limits.accumulated_fresh(n)) < 1e-5


def test_the_two_limits_are_not_each_others():
    """The negative control of the tests above."""
    assert (limits.accumulated_fresh(SIZES) - limits.random_sampling(SIZES) > 1e-2).all()


@each
def test_a_bound_lies_below_its_limit_and_is_positive(name):
    limit, bound, _ = LIMITS[name]
    n = np.geomspace(2, 1_000, 20)
    assert (bound(n) > 0).all()
    assert (bound(n) < limit(n)).all()


@each
def test_limit_and_bound_lose_the_same_share_to_first_order(name):
    limit, bound, _ = LIMITS[name]
    assert 1e6 * (1 - limit(1e6)) == pytest.approx(CONSTANTS[name], rel=1e-3)
    assert 1e6 * (1 - bound(1e6)) == pytest.approx(CONSTANTS[name], rel=1e-5)


@each
def test_a_limit_takes_any_shape(name):
    limit, bound, _ = LIMITS[name]
    for f in (limit, bound):
        assert f(np.full((2, 3), 7.0)).shape == (2, 3)
        assert f(7) == pytest.approx(f([7.0])[0])
