"""Texts on a page: shown as they are, and never taken for anything else."""

import pytest
from bs4 import BeautifulSoup
from hypothesis import given
from hypothesis import strategies as st

from collapse_lib import InvalidInput
from collapse_lib.excerpts import Excerpts, visible

NASTY = "<script>alert(1)</script> </pre><b> $x$ \\(y\\) & `c` *z* \"q\" 'a'"


def page(text, heading="m = 1"):
    return BeautifulSoup(Excerpts({heading: text}, "written", "What is written").html(), "html.parser")


@given(st.text(st.characters(exclude_categories=["Cc", "Cf", "Cs", "Cn", "Zl", "Zp"]), max_size=60))
def test_a_text_is_read_from_the_page_as_it_was(text):
    assert page(text).pre.get_text() == "\n" + text


def test_nothing_in_a_text_becomes_part_of_the_page():
    shown = page(NASTY, heading=NASTY)
    assert {tag.name for tag in shown.find_all()} == {"div", "figure", "figcaption", "pre"}
    assert shown.pre.get_text() == "\n" + NASTY
    assert shown.figcaption.get_text() == NASTY


def test_mathematics_in_a_text_is_left_alone():
    """MathJax skips what is in an element of these classes."""
    assert {"tex2jax_ignore", "mathjax_ignore"} <= set(page("$x$").div["class"])


def test_a_text_that_opens_with_empty_lines_keeps_them():
    """A browser drops the first line feed of a <pre>, so there is one more."""
    assert page("\n\na").pre.get_text() == "\n\n\na"


@pytest.mark.parametrize(
    ("character", "shown"),
    [("\x00", "␀"), ("\x1b", "␛"), ("\r", "␍"), ("\x7f", "␡"), ("\u202e", "\ufffd"), ("\u2028", "\ufffd")],
)
def test_what_cannot_be_seen_is_made_visible(character, shown):
    assert visible(f"a{character}b") == f"a{shown}b"


def test_line_feeds_and_tabs_stay():
    assert visible("a\n\tb") == "a\n\tb"


def test_a_notebook_shows_them_as_text_and_as_a_page():
    shown = Excerpts({"m = 0": "to be", "m = 1": "or not"}, "written", "What is written")._repr_mimebundle_()
    assert shown["text/plain"] == "What is written\n\nm = 0\nto be\n\nm = 1\nor not"
    assert shown["text/html"].count("<pre>") == 2


def test_the_block_has_a_name_for_those_who_do_not_see_it():
    block = page("a").div
    assert (block["role"], block["aria-label"], block["id"]) == ("group", "What is written", "written")


def test_no_text_at_all_is_refused():
    with pytest.raises(InvalidInput, match="hold no text"):
        Excerpts({}, "written", "What is written")
