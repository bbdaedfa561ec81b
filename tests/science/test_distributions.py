"""Truths: their shapes, their moments to rounding, and the sentences that refuse what cannot be."""

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from collapse_lib import InvalidInput, distributions

seeds = st.integers(0, 2**32)


@st.composite
def moments(draw):
    """(vocabulary, support, sigma, seed) with sigma anywhere in [1/support, 1)."""
    vocabulary = draw(st.integers(2, 80))
    support = draw(st.integers(2, vocabulary))
    share = draw(st.floats(0, 0.95))
    return vocabulary, support, 1 / support + share * (1 - 1 / support), draw(seeds)


def built(arguments):
    """`with_moments`, unless the rarest token is below what a float holds."""
    try:
        return distributions.with_moments(*arguments)
    except InvalidInput as refusal:
        assume("rarest token" not in str(refusal))
        raise


@given(moments())
def test_with_moments_has_exactly_the_support_asked_for(arguments):
    assert np.count_nonzero(built(arguments)) == arguments[1]


@given(moments())
def test_with_moments_has_the_sigma_asked_for(arguments):
    assert abs((built(arguments) ** 2).sum() - arguments[2]) <= 1e-12


@given(moments())
def test_with_moments_sums_to_one(arguments):
    assert abs(built(arguments).sum() - 1) <= 1e-14 * arguments[0]


@given(moments())
def test_with_moments_puts_the_likeliest_token_first(arguments):
    assert (np.diff(built(arguments)) <= 0).all()


@given(moments())
def test_with_moments_returns_the_whole_vocabulary(arguments):
    assert built(arguments).shape == (arguments[0],)


def test_with_moments_reaches_the_papers_truth_from_every_seed():
    """s = 600, s~ = 52, S_0 = 0.1: none of 200 seeds is refused."""
    sigmas = [(distributions.with_moments(600, 52, 0.1, seed) ** 2).sum() for seed in range(200)]
    np.testing.assert_allclose(sigmas, 0.1, rtol=0, atol=1e-12)


def test_one_seed_gives_one_truth():
    one, two = (distributions.with_moments(600, 52, 0.1, seed=3) for _ in range(2))
    assert (one == two).all()


def test_another_seed_gives_another_truth():
    assert (
        distributions.with_moments(60, 52, 0.1, seed=3) != distributions.with_moments(60, 52, 0.1, seed=4)
    ).any()


def test_the_least_sigma_is_uniform():
    assert distributions.with_moments(9, 7, 1 / 7, seed=0).tolist() == distributions.uniform(9, 7).tolist()


@pytest.mark.parametrize("sigma", [0.0, 0.0192, 1.0, 1.5, -0.1, float("inf")])
def test_a_sigma_that_cannot_be_is_refused_with_the_interval_that_can(sigma):
    with pytest.raises(
        InvalidInput, match=rf"sigma was {sigma!r} with support = 52; .* \[1/52, 1\) = \[0\.0192308, 1\)"
    ):
        distributions.with_moments(600, 52, sigma, seed=0)


def test_a_sigma_out_of_a_floats_reach_is_refused():
    """Seed 8 has two likeliest levels nearly equal: to part them, the rarest of 43 tokens would go below 1e-308."""
    with pytest.raises(
        InvalidInput, match=r"no float64 distribution on 43 tokens reaches sigma = 0\.94 from seed 8"
    ):
        distributions.with_moments(60, 43, 0.94, seed=8)


@pytest.mark.parametrize("support", [0, 5, 2.0, "2"])
@pytest.mark.parametrize(
    "make",
    [
        lambda support: distributions.uniform(4, support=support),
        lambda support: distributions.zipf(4, support=support),
        lambda support: distributions.with_moments(4, support, 0.5, seed=0),
    ],
)
def test_a_support_outside_the_vocabulary_is_refused(make, support):
    with pytest.raises(InvalidInput, match=f"support was {support!r}; it takes a whole number from 1 to"):
        make(support)


@pytest.mark.parametrize("vocabulary", [0, -1, 2.5, None])
@pytest.mark.parametrize(
    "make",
    [
        distributions.uniform,
        distributions.zipf,
        lambda s: distributions.dirichlet(s, 1.0, np.random.default_rng(0)),
        lambda s: distributions.with_moments(s, 1, 0.5, seed=0),
    ],
)
def test_an_empty_vocabulary_is_refused(make, vocabulary):
    with pytest.raises(InvalidInput, match=f"vocabulary was {vocabulary!r}"):
        make(vocabulary)


def test_a_negative_seed_is_refused_in_a_sentence():
    with pytest.raises(InvalidInput, match="seed was -1"):
        distributions.with_moments(10, 5, 0.5, seed=-1)


@given(st.integers(1, 50))
def test_the_uniform_sigma_is_one_over_the_support(support):
    assert (distributions.uniform(50, support) ** 2).sum() == pytest.approx(1 / support, rel=1e-12)


@given(st.integers(1, 50), st.floats(0, 4))
def test_zipf_probabilities_fall_as_a_power_of_the_rank(support, exponent):
    p = distributions.zipf(50, exponent, support)[:support]
    np.testing.assert_allclose(p / p[0], np.arange(1, support + 1.0) ** -exponent, rtol=1e-12)


@given(st.integers(1, 50), st.floats(0, 4))
def test_zipf_leaves_the_rest_of_the_vocabulary_without_probability(support, exponent):
    assert not distributions.zipf(50, exponent, support)[support:].any()


def test_zipf_with_exponent_zero_is_uniform():
    np.testing.assert_allclose(distributions.zipf(6, 0.0, 5), distributions.uniform(6, 5), rtol=1e-12)


@pytest.mark.parametrize("exponent", [-1.0, float("nan"), float("inf")])
def test_a_zipf_exponent_is_a_number_of_at_least_zero(exponent):
    with pytest.raises(InvalidInput, match="exponent was"):
        distributions.zipf(5, exponent)


@given(st.integers(2, 600), st.floats(0, 1, exclude_max=True))
def test_zipf_with_sigma_has_the_sigma_asked_for(support, share):
    sigma = min(1 / support + share * (1 - 1 / support), 1 - 1e-15)
    assert abs((distributions.zipf_with_sigma(support, sigma) ** 2).sum() - sigma) <= 1e-14


@given(st.integers(2, 80), st.floats(0.01, 0.99))
def test_zipf_with_sigma_is_a_zipf_law(support, share):
    p = distributions.zipf_with_sigma(support, 1 / support + share * (1 - 1 / support))
    exponent = np.log(p[0] / p[1]) / np.log(2)
    np.testing.assert_allclose(p, distributions.zipf(support, exponent), rtol=1e-9)


def test_zipf_with_sigma_leaves_the_rest_of_the_vocabulary_without_probability():
    assert np.count_nonzero(distributions.zipf_with_sigma(600, 0.1, support=52)) == 52


def test_zipf_with_the_least_sigma_is_uniform():
    assert (distributions.zipf_with_sigma(9, 1 / 9) == distributions.uniform(9)).all()


@pytest.mark.parametrize("sigma", [0.0, 0.0192, 1.0])
def test_a_sigma_that_no_zipf_law_has_is_refused(sigma):
    with pytest.raises(InvalidInput, match=rf"sigma was {sigma!r} with support = 52; .* \[1/52, 1\)"):
        distributions.zipf_with_sigma(52, sigma)


def test_one_token_leaves_no_sigma_to_choose():
    with pytest.raises(InvalidInput, match="support was 1; with one live token sigma is 1"):
        distributions.zipf_with_sigma(5, 0.5, support=1)


@pytest.mark.parametrize("concentration", [0.0, -1.0, float("nan"), float("inf")])
def test_a_dirichlet_concentration_is_positive(concentration):
    with pytest.raises(InvalidInput, match="concentration was"):
        distributions.dirichlet(5, concentration, np.random.default_rng(0))


def test_the_mean_sigma_of_a_dirichlet_truth_is_the_textbooks():
    """E sigma = (a + 1)/(s a + 1); 4,000 draws, z below 5: false alarm 6e-7."""
    rng = np.random.default_rng(0)
    sigmas = np.array([(distributions.dirichlet(6, 0.5, rng) ** 2).sum() for _ in range(4_000)])
    assert abs(sigmas.mean() - 1.5 / 4) < 5 * sigmas.std() / np.sqrt(len(sigmas))


@pytest.mark.parametrize(
    ("p", "sentence"),
    [
        ([0.5, 0.6], "sum to 1.1;"),
        ([[0.5, 0.5], [0.5, 0.4]], "sum to 0.9;"),
        ([1.5, -0.5], "holds -0.5; probabilities are at least 0"),
        ([0.5, float("nan")], "NaN is not a number"),
        ([0.5, float("inf")], "not finite"),
        ([], "empty"),
        (0.5, "empty"),
        (["a", "b"], "it takes numbers"),
        (np.zeros((0, 3)), "empty"),
    ],
)
def test_what_is_not_a_distribution_is_refused(p, sentence):
    with pytest.raises(InvalidInput, match=sentence):
        distributions.validated(p)


@pytest.mark.parametrize("excess", [2e-9, -2e-9, 1e-5])
def test_a_sum_that_is_off_by_more_than_a_billionth_is_refused(excess):
    with pytest.raises(InvalidInput, match="to within 1e-9"):
        distributions.validated([0.5, 0.5 + excess])


@pytest.mark.parametrize("excess", [5e-10, -5e-10])
def test_a_sum_that_is_off_by_half_a_billionth_is_accepted_as_it_is(excess):
    assert distributions.validated([0.5, 0.5 + excess]).tolist() == [0.5, 0.5 + excess]


@given(moments())
def test_a_truth_is_accepted_as_a_distribution(arguments):
    p = built(arguments)
    assert (distributions.validated(p) == p).all()


# What is drawn from -----------------------------------------------------------------------------------------------


@given(moments())
def test_what_is_drawn_from_is_the_truth_to_nine_digits(arguments):
    p = built(arguments)
    np.testing.assert_allclose(distributions.settled(p), p, rtol=1e-9)
    assert abs(distributions.settled(p).sum() - 1) <= 1e-15 * len(p)


def test_what_is_drawn_from_does_not_have_the_last_bits_of_the_truth():
    p = distributions.with_moments(60, 52, 0.1, seed=0)
    for noise in range(20):
        other = p * (1 + np.random.default_rng(noise).uniform(-4e-16, 4e-16, len(p)))
        assert (other != p).any()
        np.testing.assert_array_equal(distributions.settled(other), distributions.settled(p))
