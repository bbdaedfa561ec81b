"""The library's boundary: whoever calls it wrongly reads one sentence, and never an error of NumPy's.

Each public function stands here with one good call and what each of its arguments is; every argument is then given
what it cannot be.
"""

import inspect

import numpy as np
import pytest

from collapse_lib import distributions, embeddings, errors, evidence, learners, metrics, recursion, schedules
from collapse_lib.errors import InvalidInput
from collapse_lib.theory import coalescent, deviation, drift, extinction, limits, moments
from collapse_lib.theory.paper import concentration, fully_synthetic, model_deviation, partially_synthetic

TEXTS = [None, "text", "0.5", b"1", object(), {}, 1j]
BAD = {
    "count": [*TEXTS, 2.5, 0, -1, True, float("nan"), float("inf"), np.float64(2), [1], [None], "5"],
    "optional": [*TEXTS[1:], 2.5, 0, -1, True, float("nan"), 100],
    "whole": [*TEXTS, 2.5, -1, True, float("nan"), [1]],
    "number": [*TEXTS, float("nan"), [None]],
    "numbers": [*TEXTS, float("nan"), [None], ["a"], [[1], [1, 2]], [float("nan")], np.array(["1"]), [1j]],
    "law": [
        *TEXTS,
        0.5,
        [],
        [[]],
        [0.5, 0.4],
        [1.5, -0.5],
        [float("nan"), 1],
        [None, 1],
        ["0.5", "0.5"],
        [[1], [1, 2]],
    ],
    "anything": [*TEXTS, [], [None, 1], ["0.5", "0.5"], [[1], [1, 2]], 0.5],
    "schedule": [None, "fully", schedules.FullySynthetic, 5],
    "rng": [None, 0, "seed", np.random],
    "metrics": [[], None, [None], ["sigma"], metrics.sigma],
    "samples": [None, "text", [], ["a", "b"], [None, None], 5, [float("nan"), 1.0], [[1], [1, 2]]],
}
"""What an argument of each kind cannot be."""

P, HALF = [0.5, 0.25, 0.25], [0.5, 0.5]
TEN, RNG = schedules.FullySynthetic(10), np.random.default_rng(0)
RUNS = np.random.default_rng(0).normal(size=40)

CALLS = [
    (distributions.uniform, {"vocabulary": (4, "count"), "support": (2, "optional")}),
    (distributions.zipf, {"vocabulary": (4, "count"), "exponent": (1.0, "number"), "support": (2, "optional")}),
    (distributions.zipf_with_sigma,
     {"vocabulary": (9, "count"), "sigma": (0.5, "number"), "support": (4, "optional")}),
    (distributions.dirichlet, {"vocabulary": (4, "count"), "concentration": (1.0, "number"), "rng": (RNG, "rng")}),
    (distributions.with_moments,
     {"vocabulary": (9, "count"), "support": (4, "optional"), "sigma": (0.5, "number"), "seed": (0, "whole")}),
    (distributions.validated, {"p": (P, "law")}),
    (schedules.FullySynthetic, {"size": (10, "count")}),
    (schedules.PartiallySynthetic, {"real": (10, "count"), "synthetic": (10, "count")}),
    (schedules.FixedTotal, {"size": (10, "count"), "synthetic": (5, "count")}),
    (schedules.MostRecent, {"size": (10, "count"), "window": (5, "count")}),
    (schedules.RandomlySampled, {"size": (10, "count")}),
    (schedules.Accumulate, {"size": (10, "count")}),
    (TEN.sizes, {"m": (3, "count")}),
    (learners.Tokens, {"vocabulary": (10, "count")}),
    (recursion.simulate,
     {"truth": (P, "law"), "schedule": (TEN, "schedule"), "generations": (2, "count"), "runs": (4, "count"),
      "seed": (0, "whole"), "record": ([metrics.sigma], "metrics"), "workers": (1, "count")}),
    (recursion.collapse_times,
     {"truth": (P, "law"), "schedule": (TEN, "schedule"), "runs": (4, "count"), "seed": (0, "whole")}),
    *((each, {"p": (P, "anything")}) for each in (metrics.sigma, metrics.top, metrics.entropy, metrics.support,
                                                   metrics.collapsed, metrics.distribution)),
    *((each, {"p": (P, "anything"), "q": (P, "anything")}) for each in (metrics.deviation, metrics.squared)),
    (coalescent.occupancy, {"n": (5, "count")}),
    (coalescent.ancestors, {"n": (5, "count")}),
    (coalescent.collapse_probability, {"p": (P, "law"), "n": (5, "count"), "generations": (3, "whole")}),
    (coalescent.expected_collapse_time, {"p": (P, "law"), "n": (5, "count")}),
    (coalescent.collapse_time_quantile, {"p": (P, "law"), "n": (5, "count"), "q": (0.5, "number")}),
    (coalescent.extinction_probability, {"p": (P, "law"), "n": (5, "count"), "generations": (3, "whole")}),
    (coalescent.dirac_probability, {"p": (P, "law"), "n": (5, "count"), "generations": (3, "whole")}),
    (coalescent.generations_with_lines, {"n": (5, "count")}),
    (coalescent.joint_collapse_probability,
     {"P": ([HALF, HALF], "law"), "sizes": ([5, 5], "numbers"), "generations": (3, "whole")}),
    (coalescent.expected_last_collapse, {"P": ([HALF, HALF], "law"), "sizes": ([5, 5], "numbers")}),
    (extinction.extinct, {"shares": ([0.5], "numbers"), "n": (5, "count"), "generations": (3, "whole")}),
    (extinction.extinct_at_least, {"shares": ([0.5], "numbers"), "n": (5, "count"), "generations": (3, "whole")}),
    (extinction.lines, {"n": (5, "count"), "generations": (3, "whole")}),
    (drift.diffusion_time, {"p": (P, "law"), "n": (5, "count")}),
    (drift.collapse_time_bound, {"p": (P, "law"), "n": (5, "count")}),
    (drift.drift, {"n": (5, "count"), "z": (0.5, "numbers")}),
    (limits.random_sampling, {"n": (5, "numbers"), "generations": (50, "count")}),
    (limits.random_sampling_bound, {"n": (5, "numbers")}),
    (limits.accumulated_fresh, {"n": (5, "numbers"), "generations": (50, "count")}),
    (limits.accumulated_fresh_bound, {"n": (5, "numbers")}),
    (moments.sigma, {"schedule": (TEN, "schedule"), "truth": (P, "law"), "generations": (3, "count")}),
    (moments.diversity, {"schedule": (TEN, "schedule"), "generations": (3, "count")}),
    (moments.squared_deviation, {"schedule": (TEN, "schedule"), "truth": (P, "law"), "generations": (3, "count")}),
    (moments.decay_rate, {"schedule": (TEN, "schedule")}),
    (moments.window_decay, {"q": (10, "numbers"), "K": (3, "numbers")}),
    (moments.accumulated_diversity, {"n": (10, "numbers"), "m": (3, "numbers")}),
    (deviation.l1, {"p": (P, "law"), "N": (5, "count"), "n": (5, "count"), "generations": (3, "whole")}),
    (deviation.l2_squared, {"p": (P, "law"), "N": (5, "count"), "n": (5, "count"), "generations": (3, "whole")}),
    (deviation.sampling_error,
     {"p": (P, "law"), "N": (5, "count"), "n": (5, "count"), "generations": (3, "count")}),
    (deviation.stationary_l1, {"p": (P, "law"), "N": (5, "count"), "n": (5, "number")}),
    (deviation.step_from_tail, {"n": (5, "numbers"), "s": (3, "numbers")}),
    (deviation.simple_bound, {"N": (5, "numbers"), "n": (5, "numbers")}),
    (deviation.sharp_bound, {"N": (5, "numbers"), "n": (5, "numbers"), "support": (3, "numbers")}),
    (deviation.saturating_bound, {"N": (5, "numbers"), "n": (5, "numbers"), "support": (3, "numbers")}),
    (deviation.largest_synthetic_sharp, {"N": (50, "numbers"), "eps": (0.5, "numbers"), "support": (3, "numbers")}),
    (deviation.largest_synthetic_saturating,
     {"N": (50, "numbers"), "eps": (0.5, "numbers"), "support": (3, "numbers")}),
    (deviation.largest_synthetic_exact, {"p": (P, "law"), "N": (5, "count"), "eps": (0.5, "number")}),
    (fully_synthetic.sigma_fully_synthetic, {"S0": (0.5, "numbers"), "n": (5, "numbers"), "m": (3, "numbers")}),
    (fully_synthetic.collapse_probability_bounds,
     {"S0": (0.5, "numbers"), "n": (5, "numbers"), "support": (3, "numbers"), "m": (3, "numbers")}),
    (fully_synthetic.collapse_time_bounds,
     {"S0": (0.5, "numbers"), "n": (5, "numbers"), "support": (3, "numbers")}),
    (fully_synthetic.limit_distribution, {"p": (P, "law")}),
    (partially_synthetic.sigma_partially_synthetic,
     {"S0": (0.5, "numbers"), "N": (5, "numbers"), "n": (5, "numbers"), "m": (3, "numbers")}),
    (partially_synthetic.sigma_partially_synthetic_limit,
     {"S0": (0.5, "numbers"), "N": (5, "numbers"), "n": (5, "numbers")}),
    (partially_synthetic.sigma_much_synthetic, {"S0": (0.5, "numbers"), "N": (5, "numbers")}),
    (model_deviation.deviation_bound, {"N": (5, "numbers"), "n": (5, "numbers"), "s": (3, "numbers")}),
    (model_deviation.largest_synthetic, {"N": (50, "numbers"), "eps": (0.5, "numbers"), "s": (3, "numbers")}),
    (model_deviation.mean_spread, {"p": (P, "law"), "N": (5, "count")}),
    (model_deviation.deviation_bound_refined, {"p": (P, "law"), "N": (5, "count"), "n": (5, "numbers")}),
    (concentration.phi, {"x": (0.5, "numbers")}),
    (concentration.log_G, {"n": (5, "numbers"), "s": (3, "numbers")}),
    (concentration.G, {"n": (5, "numbers"), "s": (3, "numbers")}),
    (concentration.concentration_bound, {"p": (P, "law"), "n": (5, "numbers"), "eps": (0.5, "numbers")}),
    (concentration.weissman_bound, {"p": (P, "law"), "n": (5, "numbers"), "eps": (0.5, "numbers")}),
    (concentration.exact_tail, {"p": (P, "law"), "n": (5, "count"), "eps": (0.5, "numbers")}),
    (concentration.uniform_tail, {"n": (3, "count"), "s": (5, "count")}),
    (concentration.outcomes, {"p": (P, "law"), "n": (5, "count")}),
    (evidence.equality, {"samples": (RUNS, "samples"), "expected": (0.0, "numbers"), "margin": (0.5, "numbers")}),
    (evidence.at_most, {"samples": (RUNS, "samples"), "bound": (1.0, "numbers")}),
    (evidence.at_least, {"samples": (RUNS, "samples"), "bound": (-1.0, "numbers")}),
    (evidence.interval, {"samples": (RUNS, "samples"), "alpha": (0.01, "number")}),
    (evidence.exact, {"measured": (1.0, "numbers"), "expected": (1.0, "numbers"), "tolerance": (0.1, "numbers")}),
    (evidence.exact_bound, {"lower": (1.0, "numbers"), "upper": (2.0, "numbers")}),
    (evidence.same_law,
     {"samples": ([1, 2], "samples"), "cdf": ([0.5, 1.0], "numbers"), "margin": (0.5, "number")}),
    (evidence.slope,
     {"x": ([1, 2], "numbers"), "samples": ([RUNS + 9, RUNS + 18], "samples"), "expected": (1.0, "number"),
      "margin": (0.5, "number")}),
    (embeddings.gaussian, {"contexts": (3, "count"), "dimension": (2, "count"), "seed": (0, "whole")}),
]  # fmt: skip

WRONG = [
    (function, {name: value for name, (value, _) in arguments.items()} | {wrong: bad}, wrong)
    for function, arguments in CALLS
    for wrong, (_, kind) in arguments.items()
    for bad in BAD[kind]
]


def called(function, arguments):
    """The result, an iterator's first value being one."""
    found = function(**arguments)
    return next(found) if inspect.isgenerator(found) else found


@pytest.mark.parametrize(("function", "arguments"), CALLS, ids=lambda each: getattr(each, "__qualname__", ""))
def test_a_good_call_is_one(function, arguments):
    called(function, {name: value for name, (value, _) in arguments.items()})


def shown(value):
    """The beginning of what was given, without an address, which differs from process to process."""
    return str(value).split(" at 0x")[0][:25]


@pytest.mark.parametrize(
    ("function", "arguments", "wrong"),
    WRONG,
    ids=[
        f"{f.__module__.split('.')[-1]}.{f.__qualname__}-{w}-{str(a[w]).split(' at ')[0][:25]!r}"
        for f, a, w in WRONG
    ],
)
def test_a_bad_argument_is_refused_in_one_sentence(function, arguments, wrong):
    with pytest.raises(InvalidInput) as mistake:
        called(function, arguments)
    assert len(str(mistake.value)) < 600


def test_every_public_function_stands_in_the_list():
    """But for what the loop itself calls: the learners' verbs, and the rounding of a truth that was checked."""
    listed = {function.__qualname__ for function, _ in CALLS}
    modules = [distributions, metrics, coalescent, extinction, drift, limits, moments, deviation, fully_synthetic,
               partially_synthetic]  # fmt: skip
    for module in modules:
        for name, function in vars(module).items():
            if inspect.isfunction(function) and function.__module__ == module.__name__ and name[0] != "_":
                assert name in listed or name in ("binomial", "settled"), f"{module.__name__}.{name}"


@pytest.mark.parametrize("kind", [np.int8, np.int16, np.uint8, np.int64])
def test_a_small_integer_type_changes_no_size(kind):
    """100 + 100 does not fit into eight bits, nor does a token's place in a training set."""
    small, plain = schedules.PartiallySynthetic(kind(100), kind(100)), schedules.PartiallySynthetic(100, 100)
    assert small == plain
    assert type(small.real) is int
    assert small.sizes(3).sum() == 200
    same = [
        recursion.simulate(P, schedule, kind(3), runs=kind(4), seed=kind(1), record=[metrics.sigma])["sigma"]
        for schedule in (small, plain)
    ]
    np.testing.assert_array_equal(*same)
    assert coalescent.expected_collapse_time(P, kind(100)) == coalescent.expected_collapse_time(P, 100)
    np.testing.assert_array_equal(deviation.l1(P, kind(100), kind(100), 3), deviation.l1(P, 100, 100, 3))
    assert drift.collapse_time_bound(P, kind(100)) == drift.collapse_time_bound(P, 100)
    np.testing.assert_array_equal(learners.Tokens(kind(100)).law(np.array([[99, 3]])), learners.Tokens(100).law(
        np.array([[99, 3]])))  # fmt: skip


def test_what_was_given_is_shown_in_short():
    with pytest.raises(InvalidInput, match=r"p was array\(\['a', .*\.\.\.; it takes numbers") as mistake:
        errors.numbers("p", np.array(["a"] * 1000))
    assert "\n" not in str(mistake.value)
