"""Parameters: each is defined once, in a chapter's scene, and the notebook's cell and header say the same."""

from __future__ import annotations

import importlib
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pytest

from collapse_lib import InvalidInput, claims, parameters
from collapse_lib.parameters import parameter, read_by
from collapse_lib.press import cells
from collapse_lib.press.book import Book

CHAPTERS = Book.here().chapters
SCENES = {slug: importlib.import_module(f"collapse_lib.experiments.{slug}").Scene for slug in CHAPTERS}

every_chapter = pytest.mark.parametrize("slug", CHAPTERS)


@dataclass(frozen=True, eq=False)
class Small(parameters.Scene):
    """A setting."""

    n: int = parameter(10, "samples", 1, 100, quick=5, paper=12)
    share: float = parameter(0.5, "a share", 0, 1)
    sizes: tuple[int, ...] = parameter((1, 2), "sizes", 1, 9)
    word: str = parameter("kept", "a reading", choices=("kept", "fresh"))
    hidden: int = parameter(3, "the checks' own", 0, own=True)

    @cached_property
    def twice(self):
        """Twice n."""
        return 2 * self.n

    def sum_of(self, more):
        """The sizes and more."""
        return more + sum(self.sizes)


# One definition ---------------------------------------------------------------------------------------------------


@every_chapter
def test_the_cell_and_the_header_of_a_chapter_are_as_its_scene_says(slug):
    chapter, scene = CHAPTERS[slug], SCENES[slug]
    assert chapter.parameters == tuple(scene.parameters(own=False).values())
    assert {name: dict(values) for name, values in chapter.presets.items() if values} == {
        name: values for name, values in scene.presets().items() if values
    }
    assert dict(chapter.paper_values) == scene.paper_values()


@every_chapter
def test_writing_the_cell_of_a_chapter_again_changes_nothing(slug):
    assert cells.written(CHAPTERS[slug].text, SCENES[slug]) == CHAPTERS[slug].text


def test_another_value_in_a_scene_would_be_written():
    @dataclass(frozen=True, eq=False)
    class Other(SCENES["errata"]):
        trials: int = parameter(30_000, "runs behind each verdict", 100, 1_000_000, quick=10_000, deep=200_000)

    text = cells.written(CHAPTERS["errata"].text, Other)
    assert "trials: int = 30000  # runs" in text
    assert "deep: {trials: 200000}" in text


@pytest.mark.parametrize("name", claims.registry())
def test_a_claim_is_judged_in_the_scene_of_its_chapter(name):
    item = claims.registry()[name]
    assert item.scene is SCENES[item.claim.chapter]


# What is read -----------------------------------------------------------------------------------------------------


def helper(s: Small) -> int:
    return s.hidden


@pytest.mark.parametrize(
    ("function", "read"),
    [
        (lambda s: s.n + np.array([s.share]).size, {"n", "share"}),
        (lambda s: s.twice, {"n"}),
        (lambda s: s.sum_of(1), {"sizes"}),
        (lambda s: helper(s), {"hidden"}),
        (lambda s: lambda spoil: spoil * s.n, {"n"}),
        (lambda s: helper, set()),
    ],
    ids=["itself", "a property", "a method", "a function", "a closure", "nothing"],
)
def test_what_a_function_reads_of_a_scene_is_known_without_running_it(function, read):
    assert read_by(function, Small) == read


# Values -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "given",
    [
        {"n": 0}, {"n": 101}, {"n": 2.5}, {"n": True}, {"n": "3"}, {"n": None}, {"share": 1.1}, {"share": np.nan},
        {"share": "half"}, {"sizes": (1, 0)}, {"sizes": 3}, {"sizes": "12"}, {"sizes": (1, 2.5)}, {"word": "mixed"},
        {"hidden": -1},
    ],
    ids=str,
)  # fmt: skip
def test_a_value_that_cannot_be_is_refused_in_one_sentence(given):
    [name] = given
    with pytest.raises(InvalidInput, match=rf"^{name} was given .*; it takes .*\.$"):
        Small(**given)


@pytest.mark.parametrize(
    "given",
    [{"n": np.int64(3)}, {"share": 1}, {"share": np.float32(0.5)}, {"sizes": [3]}, {"sizes": np.arange(1, 4)}],
)
def test_numbers_of_numpy_and_any_sequence_are_taken(given):
    [(name, value)] = given.items()
    assert getattr(Small(**given), name) is value
