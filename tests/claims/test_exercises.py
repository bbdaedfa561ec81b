"""Exercises: what is registered is on the pages, wrong ones are told why, and never what."""

import json
import math
import re
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from conftest import ROOT

import collapse_lib as cl
from collapse_lib import exercises
from collapse_lib.commands.main import main
from collapse_lib.errors import InvalidInput
from collapse_lib.exercises import answers, listing
from collapse_lib.press import solutions
from collapse_lib.press.book import Book

PAGES = {page.stem: page.read_text(encoding="utf-8") for page in sorted((ROOT / "book").glob("*.md"))}
KNOWN = exercises.registry()
CHAPTERS = list(dict.fromkeys(item.chapter for item in KNOWN.values()))
THEOREMS = ("fully_synthetic", "partially_synthetic", "model_deviation", "mixtures")
every_exercise = pytest.mark.parametrize("name", KNOWN)


class FirstModel:
    """Always asks the first model."""

    draw = "fresh"

    def sizes(self, m):
        """Row m."""
        row = np.zeros(m, dtype=int)
        row[min(m - 1, 1)] = 10
        return row


class TooMuch(FirstModel):
    """Takes one token more than it may."""

    def sizes(self, m):
        """Row m."""
        return super().sizes(m) * 11 // 10


def share(N, n):
    return n / (N + n)


def beta(N, n):
    """n (n - 1)/(N + n)^2."""
    return n * (n - 1) / (N + n) ** 2


def denominator(N, n):
    return 1 + (1 + 1 / N) * share(N, n)


def settled(S0, N, n):
    """The limit of 1 - S_m, by Theorem 2."""
    return (1 - 1 / N) * (1 + share(N, n)) * (1 - S0) / denominator(N, n)


ANSWERS = {
    "recursive-training/sizes": (
        [2, 4, 6, 8, 10, 10, 10, 10],
        [[12] * 8, [10] * 8, [2.4 * min(m, 5) for m in range(1, 9)]],
    ),
    "recursive-training/variance": (
        lambda p, n, m: p * (1 - p) * (1 - (1 - 1 / n) ** m),
        [
            lambda p, n, m: p * (1 - p) * m / n,
            lambda p, n, m: p * (1 - p),
            lambda p, n, m: math.sqrt(p * (1 - p) / n),
        ],
    ),
    "recursive-training/smoothing": (
        lambda n, s, c: (
            ((1 - (r := c * s / (n + c * s))) ** 2 / n + (2 * r - r**2) / s) / (1 - (1 - r) ** 2 * (1 - 1 / n))
        ),
        [lambda n, s, c: 1 / s, lambda n, s, c: 1.0, lambda n, s, c: 1 / n + (1 - 1 / n) / s],
    ),
    "fully-synthetic/corpus": (145, [144, 146, 144.77, 100, 1, -3, float("nan"), math.inf]),
    "fully-synthetic/three-samples": (13 / 4, [3, 4, 9 / 4, 10 / 3, 12]),
    "fully-synthetic/sharper": (
        lambda S0, n, m: 1 - n**2 / (2 * (n - 1)) * (1 - S0) * (1 - 1 / n) ** m,
        [
            lambda S0, n, m: 1 - n * (1 - S0) * (1 - 1 / n) ** m,
            lambda S0, n, m: 1 - n / 2 * (1 - S0) * (1 - 1 / n) ** m,
            lambda S0, n, m: n**2 / (2 * (n - 1)) * (1 - S0) * (1 - 1 / n) ** m,
        ],
    ),
    "fully-synthetic/growing": (
        math.sin(math.pi / math.sqrt(5)) / (math.pi / math.sqrt(5)),
        [
            0,
            1,
            math.exp(-(math.pi**2) / 30),
            1 - math.pi**2 / 30,
            math.prod(1 - 1 / (5 * j**2) for j in range(1, 101)),
        ],
    ),
    "partially-synthetic/flood": (
        lambda S0, N: 1 / N + (1 - 1 / N) * S0,
        [
            lambda S0, N: 1 / N + (1 - 1 / N) * (2 - 1 / N) / (2 + 1 / N) * S0,
            lambda S0, N: S0,
            lambda S0, N: 1.0,
            lambda S0, N: 1 / N,
        ],
    ),
    "partially-synthetic/misprint": (
        lambda S0, N, n: 2 * (1 - 1 / N) * share(N, n) / N * beta(N, n) * S0 / denominator(N, n),
        [
            lambda S0, N, n: -2 * (1 - 1 / N) * share(N, n) / N * beta(N, n) * S0 / denominator(N, n),
            lambda S0, N, n: (1 - 1 / N) * share(N, n) / N * beta(N, n) * S0 / denominator(N, n),
            lambda S0, N, n: 2 * (1 - 1 / N) * share(N, n) / N * S0 / denominator(N, n),
            lambda S0, N, n: S0 / N,
        ],
    ),
    "partially-synthetic/settled": (12, [11, 22, 10.26, 0]),
    "partially-synthetic/alternating": (
        [1 - 0.8 * (x := 0.75 * 0.95 / (1 - 0.25 * 0.95**2)), 1 - 0.8 * 0.95 * x],
        [[1 - 0.8 * 0.95 * x, 1 - 0.8 * x], [0.24, 0.278], [1 - settled(0.2, 20, 20)] * 2],
    ),
    "model-deviation/speaks": (12, [11, 24, 13, 11.9]),
    "model-deviation/conclusion": ("C", ["a", "b", "d"]),
    "model-deviation/first-step": (
        lambda S0, N, n: share(N, n) ** 2 / n * (1 - 1 / N) * (1 - S0),
        [
            lambda S0, N, n: share(N, n) ** 2 / n * (1 - S0),
            lambda S0, N, n: share(N, n) / n * (1 - 1 / N) * (1 - S0),
            lambda S0, N, n: (1 - 1 / N) * (1 - S0) / n,
        ],
    ),
    "model-deviation/two-amounts": (
        [
            6 * math.e * 52 / (math.sqrt(2) * math.pi * 0.1) * math.exp(10 * math.e**2 / (2 * math.pi)),
            math.sqrt(510) / 0.1,
        ],
        [[math.sqrt(510) / 0.1, 2.444e8], [1e8, 226], [math.log(10), 200]],
    ),
    "model-deviation/plateau": (
        lambda S0, N, n: n / (N * (N + 2 * n)) * settled(S0, N, n),
        [
            lambda S0, N, n: n / (N * (N + 2 * n)) * (1 - S0),
            lambda S0, N, n: n / (N * (N + 2 * n)) * (1 - 1 / N) * (1 - S0),
            lambda S0, N, n: share(N, n) ** 2 / n * (1 - 1 / N) * (1 - S0),
        ],
    ),
    "mixtures/at-once": (1 / 4, [1 / 16, 4**-10, 4 ** (1 - 11 / 5), 2]),
    "mixtures/second-model": (
        lambda S0, n: 1 - (1 - S0) * (1 - 1 / n) * (1 / 4 + 3 / 4 * (1 - 1 / n)),
        [
            lambda S0, n: 1 - (1 - S0) * (1 - 1 / n),
            lambda S0, n: 1 - (1 - S0) * (1 - 1 / n) ** 2,
            lambda S0, n: 1 - (1 - S0) * (1 - 1 / n) * (1 - 1 / (4 * n)),
        ],
    ),
    "mixtures/how-wide": ([2, 9], [[9, 2], [2, 6], [2, 8], [3, 9]]),
    "mixtures/trickle": (10 * (1 - math.sqrt(0.8 / 0.9)), [1 - math.sqrt(0.8 / 0.9), 0.5, 1, 11]),
    "collapse-time/two-samples": (
        lambda S0: 3 - 2 * S0,
        [lambda S0: 2 - 2 * S0, lambda S0: 3.0, lambda S0: 1 + S0],
    ),
    "collapse-time/rarest": (0.835375, [0.98**50, 0.98**500, 0.8214178, 1 - 0.835375, 1.2]),
    "collapse-time/last-context": (109.7256, [30.84457, 108.7256, 2498.41, 5]),
    "any-schedule/how-far-back": (
        lambda N, n: 1 + n / N,
        [lambda N, n: n / N, lambda N, n: (N + n) / n, lambda N, n: n / (N + n)],
    ),
    "any-schedule/without-real": (
        FirstModel(),
        [
            cl.FullySynthetic(10),
            cl.MostRecent(10, 5, "fresh"),
            cl.PartiallySynthetic(5, 5),
            TooMuch(),
            cl.Accumulate(10),
        ],
    ),
    "safe-synthetic-data/any-amount": (1423, [1422, 2845, 1445, 1422.2, 0]),
    "safe-synthetic-data/worst": (
        lambda N: (N - 1) / (2 * N + 1),
        [lambda N: 0.5, lambda N: (1 - 1 / N) / 2, lambda N: 1 / (2 * N)],
    ),
}


def on(page, directive):
    """The exercises that a page has such a directive for, in order."""
    return re.findall(rf"^:+\{{{directive}\}} (\S+)$", PAGES[page], flags=re.MULTILINE)


# On the pages -----------------------------------------------------------------------------------------------------


def test_every_exercise_is_on_its_page_and_the_pages_have_no_other():
    """In the same order, too."""
    assert [(name, page) for page in CHAPTERS for name in on(page, "exercise")] == [
        (name, item.chapter) for name, item in KNOWN.items()
    ]
    assert all(on(page, "exercise") == [] for page in set(PAGES) - set(CHAPTERS))
    assert len(KNOWN) > 20


@pytest.mark.parametrize("page", CHAPTERS)
def test_every_exercise_is_followed_by_its_solution(page):
    marks = re.findall(r"^:+\{(exercise|solution-start)\} (\S+)$", PAGES[page], flags=re.MULTILINE)
    assert marks == [(mark, name) for name in on(page, "exercise") for mark in ("exercise", "solution-start")]


@every_exercise
def test_the_books_own_solution_is_checked_where_it_runs(name):
    """A wrong one would fail the chapter, and so the build."""
    text = PAGES[KNOWN[name].chapter]
    own = text.split(f"{{solution-start}} {name}\n")[1].split("{solution-end}")[0]
    assert f'assert cl.exercises.check("{name}",' in own


@pytest.mark.parametrize("page", THEOREMS)
def test_a_chapter_on_theorems_has_easy_medium_and_hard_exercises(page):
    here = [item for item in KNOWN.values() if item.chapter == page]
    assert {item.level for item in here} == {"easy", "medium", "hard"}
    assert [item.points for item in here] == sorted(item.points for item in here)


@pytest.mark.parametrize("page", PAGES)
def test_no_page_hides_a_solution_that_is_not_one(page):
    assert set(solutions.ids(PAGES[page], page)) == set(on(page, "exercise"))


# Right and wrong --------------------------------------------------------------------------------------------------


def test_every_exercise_has_answers_here():
    assert set(ANSWERS) == set(KNOWN)
    assert all(len(wrong) >= 3 for _, wrong in ANSWERS.values())


@every_exercise
def test_the_right_answer_is_right(name):
    reply = exercises.check(name, ANSWERS[name][0])
    assert reply
    assert repr(reply) == "right"


@every_exercise
def test_wrong_answers_are_refused_with_a_reason(name):
    for wrong in ANSWERS[name][1]:
        reply = exercises.check(name, wrong)
        assert not reply
        assert re.fullmatch(r"not yet: \S.{15,}[^.]\.?", repr(reply))


@every_exercise
def test_no_reply_holds_the_right_numbers(name):
    right = ANSWERS[name][0]
    if callable(right) or isinstance(right, str | FirstModel):
        return
    key = KNOWN[name].key()
    said = [exercises.check(name, wrong).hint for wrong in ANSWERS[name][1]]
    said += [*key.mistakes, KNOWN[name].hint, *((key.within or ("",))[-1:])]
    for hint in said:
        numbers = np.array([float(number) for number in re.findall(r"\d+(?:\.\d+)?", hint)])
        assert not all(np.isclose(numbers, value, rtol=0.01).any() for value in np.atleast_1d(right)), hint


@every_exercise
def test_a_known_mistake_is_recognised_and_is_one(name):
    key, takes = KNOWN[name].key(), KNOWN[name].takes
    for sentence, mistaken in key.mistakes.items():
        reply = takes.reply(name, key, mistaken, "no hint")
        assert not reply
        assert reply.hint == sentence


def test_most_exercises_know_mistakes():
    assert sum(len(item.key().mistakes) for item in KNOWN.values()) >= 2 * len(KNOWN)


def test_the_bound_in_place_of_the_exact_value_is_recognised():
    assert "lower bound of (8)" in exercises.check("fully-synthetic/three-samples", 3).hint


def test_a_reply_does_not_lead_to_the_number_by_bisection():
    """Below and above, far and near, the same is said."""
    said = {exercises.check("collapse-time/rarest", x).hint for x in (0.3, 0.8, 0.83, 0.84, 0.9)}
    assert len(said) == 1


def test_what_is_wrong_with_a_schedule_is_told():
    def hint(schedule):
        return exercises.check("any-schedule/without-real", schedule).hint

    assert "row 1 holds 11 tokens" in hint(TooMuch())
    assert "row 2 has real data" in hint(cl.Accumulate(5))
    assert "it keeps 0.18 %" in hint(cl.FullySynthetic(10))


def test_a_function_that_raises_is_a_wrong_answer():
    reply = exercises.check("collapse-time/two-samples", lambda S0: 1 / 0)
    assert "it raised ZeroDivisionError at S0 = " in reply.hint


# What can be given ------------------------------------------------------------------------------------------------


def test_everyone_can_have_numbers_of_their_own():
    assert exercises.check("fully-synthetic/corpus", 1 + math.floor(1 / (1 - 2 ** (-1 / 137))), generations=137)
    assert not exercises.check("fully-synthetic/corpus", 145, generations=137)
    assert exercises.check("partially-synthetic/alternating", [0.72, 0.86], N=2, n=2, S0=0.3)


@every_exercise
def test_other_givens_have_other_answers(name):
    """Twice a whole number, half of another; where there are several, one of them is enough."""
    found = KNOWN[name]
    if not found.givens:
        return
    others = [
        found.key(**{name: 2 * value if isinstance(value, int) else value / 2}).truth
        for name, value in found.givens.items()
    ]
    assert any(not np.allclose(other, found.key().truth) for other in others)


@pytest.mark.parametrize(
    ("name", "answer", "givens", "said"),
    [
        ("fuly-synthetic/corpus", 1, {}, "did you mean 'fully-synthetic/corpus'"),
        ("fully-synthetic/corpus", "145", {}, "takes a whole number; it was given a value of type str"),
        ("fully-synthetic/corpus", [145], {}, "it was given a value of type list"),
        ("fully-synthetic/corpus", True, {}, "type bool"),
        ("fully-synthetic/corpus", None, {}, "type NoneType"),
        ("fully-synthetic/corpus", 1 + 1j, {}, "type complex"),
        ("fully-synthetic/corpus", 145, {"genrations": 3}, "did you mean 'generations'"),
        ("fully-synthetic/corpus", 145, {"generations": 0}, "takes a whole number from 1 to 2,000"),
        ("fully-synthetic/corpus", 145, {"generations": 10**9}, "takes a whole number from 1 to 2,000"),
        ("fully-synthetic/corpus", 145, {"generations": True}, "takes a whole number"),
        ("fully-synthetic/sharper", 145, {}, "a function of (S0, n, m); it was given a value of type int"),
        ("fully-synthetic/sharper", max, {"n": 1}, "has no givens to set"),
        ("mixtures/how-wide", 3, {}, "it was given an array of shape ()"),
        ("mixtures/how-wide", "29", {}, "type str"),
        ("mixtures/how-wide", {"fresh": 2}, {}, "type dict"),
        ("mixtures/at-once", 0.25, {"n": 2, "K": 5}, "has no answer with these givens"),
        ("model-deviation/conclusion", "e", {}, "takes one of the letters a, b, c, d"),
        ("model-deviation/conclusion", 3, {}, "type int"),
        ("any-schedule/without-real", cl.FullySynthetic, {}, "takes a schedule"),
    ],
)
def test_what_cannot_be_an_answer_is_refused_in_a_sentence(name, answer, givens, said):
    with pytest.raises(InvalidInput) as mistake:
        exercises.check(name, answer, **givens)
    assert said in str(mistake.value)
    assert "\n" not in str(mistake.value)


def test_numbers_of_every_make_are_numbers():
    for value in (np.int64(145), np.float64(145), np.array(145), 145.0):
        assert exercises.check("fully-synthetic/corpus", value)


def test_the_letter_of_a_choice_is_nowhere_in_the_clear():
    key = KNOWN["model-deviation/conclusion"].key()
    assert not key.mistakes
    assert key.truth == answers.sealed("model-deviation/conclusion", "c")
    assert key.truth != answers.sealed("another", "c")
    code = (Path(exercises.__file__).parent / "model_deviation.py").read_text(encoding="utf-8")
    assert '"c"' not in code


# The list, and the guide ------------------------------------------------------------------------------------------


def collapse(*words):
    return CliRunner().invoke(main, words)


def test_the_command_line_lists_exercises_and_points():
    said = collapse("exercises").stdout
    assert all(f"  {item.id}: {item.level}, {item.points}\n" in said for item in KNOWN.values())
    assert f"{len(KNOWN)} exercises, {sum(item.points for item in KNOWN.values())} points in all" in said


def test_one_chapters_exercises_can_be_listed_for_programs():
    listed = json.loads(collapse("exercises", "mixtures", "--json").stdout)
    assert [item["id"] for item in listed] == on("mixtures", "exercise")
    assert listed == json.loads(json.dumps(listing.catalogue(listing.chosen("mixtures"))))


def test_a_chapter_without_exercises_is_refused():
    done = collapse("exercises", "mixtrues")
    assert (done.exit_code, done.stdout) == (2, "")
    assert "did you mean 'mixtures'" in done.stderr


def test_the_guide_sets_every_exercise_once_and_no_other():
    plan = PAGES["teaching"].split("## Two weeks")[1].split("## Points")[0]
    names = [name.split("/")[1] for name in KNOWN]
    assert len(set(names)) == len(names)
    assert sorted(re.findall(r"`([a-z-]+)`", plan)) == sorted(names)


def test_the_guides_commands_can_be_run():
    commands = re.findall(r"collapse run (\w+)((?: -[-p]\w* \S+(?: \S+)?)*)", PAGES["teaching"])
    assert len(commands) >= 12
    for chapter, options in commands:
        given = dict(re.findall(r"-p (\w+) ([^\s`]+)", options))
        Book.here().chapter(chapter).settings("paper", given)


@pytest.mark.parametrize("page", CHAPTERS)
def test_every_exercise_has_its_solution_in_the_built_page(quick, page):
    html = (quick[0] / "_build" / "html" / f"{page}.html").read_text(encoding="utf-8")
    assert len(re.findall(r'<details class="[^"]*\bsolution\b', html)) == len(on(page, "exercise")) > 0


# In a browser -----------------------------------------------------------------------------------------------------


@pytest.mark.browser
def test_a_solution_opens_with_the_keyboard_and_without_scripts(quick, launch):
    page = quick[0] / "_build" / "html" / "partially_synthetic.html"
    with launch() as browser:
        tab = browser.new_context(java_script_enabled=False).new_page()
        tab.goto(page.as_uri())
        first = tab.locator("details.solution").first
        assert first.get_attribute("open") is None
        first.locator("summary").focus()
        tab.keyboard.press("Enter")
        assert first.get_attribute("open") is not None
