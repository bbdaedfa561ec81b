"""Numbers in sentences: as many digits as they deserve, and names that the text can show."""

import math

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from collapse_lib import prose

sizes = st.floats(1e-3, 1e12).map(lambda value: value * math.pi / 3.2)


@pytest.mark.parametrize(
    ("value", "digits", "written"),
    [
        (796.6142714, 3, "797"),
        (0.5, 3, "0.500"),
        (0.1234, 2, "0.12"),
        (-45.964, 3, "-46.0"),
        (12345.678, 3, "12,346"),
        (1000.0, 3, "1,000"),
        (7, 3, "7"),
        (0.0, 3, "0"),
        (1.5e-9, 3, "1.50e-09"),
        (math.nan, 3, "not a number"),
        (math.inf, 3, "infinity"),
        (-math.inf, 3, "-infinity"),
    ],
)
def test_a_number_is_written_to_its_significant_digits(value, digits, written):
    assert prose.number(value, digits) == written


@given(sizes, st.integers(2, 6))
def test_a_number_is_read_back_to_half_a_unit_of_its_last_digit(value, digits):
    read = float(prose.number(value, digits).replace(",", ""))
    assert abs(read - value) <= 0.51 * 10.0 ** max(math.floor(math.log10(value)) - digits + 1, -20)


@given(sizes)
def test_the_sign_is_the_only_difference_of_opposite_numbers(value):
    assert prose.number(-value) == "-" + prose.number(value)


@pytest.mark.parametrize(
    ("value", "interval", "written"),
    [
        (92.90275, (90.81, 94.99), "92.9 [90.8, 95.0]"),
        (0.25, (0.25, 0.25), "0.25"),
        (2.0, (2.0, 2.0), "2"),
        (1250.4, (1100.0, 1400.0), "1,250 [1,100, 1,400]"),
        (0.0, (0.0, 0.00106), "0.00000 [0.00000, 0.00106]"),
        (3.0, (-math.inf, math.inf), "3"),
    ],
)
def test_an_estimate_is_written_with_its_interval(value, interval, written):
    assert prose.estimate(value, interval) == written


@given(sizes, st.floats(1e-6, 0.5))
def test_the_interval_that_is_written_is_the_one_that_was_found(value, share):
    """To one in ten of its half-width."""
    low, high = value * (1 - share), value * (1 + share)
    assume(high - low > 1e-9)
    written = (
        prose.estimate(value, (low, high)).replace("[", "").replace("]", "").replace(", ", " ").replace(",", "")
    )
    shown = [float(word) for word in written.split()]
    assert shown == pytest.approx([value, low, high], abs=0.05 * (high - low) / 2 + 0.5 * (high - low > 200))


def test_an_estimate_that_is_not_a_number_says_so():
    assert prose.estimate(math.nan, (math.nan, math.nan)) == "not a number"


@pytest.fixture
def said(monkeypatch):
    """What `say` displayed: {name: text as glue would show it}."""
    shown = {}

    def display(data, raw, metadata):
        assert raw
        (text,) = data.values()
        shown[metadata["scrapbook"]["name"]] = text

    monkeypatch.setattr("IPython.display.display", display)
    monkeypatch.setattr("IPython.core.getipython.get_ipython", lambda: "a notebook")
    return shown


def test_say_names_each_value(said):
    prose.say(size=1000, mean=92.7242, word="supported")
    assert said == {"size": "'1,000'", "mean": "'92.7'", "word": "'supported'"}


def test_say_keeps_quotes_in_a_text(said):
    prose.say(first="it's")
    assert said == {"first": repr("it's")}


def test_outside_a_notebook_nothing_is_said(capsys):
    prose.say(size=1000)
    assert capsys.readouterr() == ("", "")
