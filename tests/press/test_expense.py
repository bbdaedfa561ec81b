"""What is asked before it is spent: never a preset that readers use, always what would take hours."""

import importlib

import pytest
from click.testing import CliRunner

from collapse_lib import claims
from collapse_lib.commands import asking
from collapse_lib.commands.main import main
from collapse_lib.press import expense
from collapse_lib.press.book import Book

CHAPTERS = sorted(Book.here().chapters)


def recorded(slug, preset, seconds=60.0, memory=400_000_000):
    """A record of a slow last build."""
    parameters = Book.here().chapter(slug).settings(preset, {})
    return {"seconds": seconds, "memory": memory, "preset": preset, "parameters": parameters}


@pytest.fixture
def last(monkeypatch):
    """A function that says what the last build was."""

    def put(found):
        monkeypatch.setattr(Book, "record", lambda _, slug: found(slug))

    put(lambda _: {})
    return put


@pytest.mark.parametrize("slug", CHAPTERS)
@pytest.mark.parametrize("built", [None, "quick", "paper", "deep"])
@pytest.mark.parametrize("preset", ["quick", "paper"])
def test_the_presets_that_readers_use_are_never_asked_about(last, slug, built, preset):
    last(lambda slug: recorded(slug, built) if built else {})
    found = expense.of_run(Book.here(), slug, Book.here().chapter(slug).settings(preset, {}))
    assert not found.large, found
    assert found.seconds < expense.LONG / 2


@pytest.mark.parametrize("name", claims.registry())
def test_a_check_as_it_stands_or_with_fewer_trials_is_never_asked_about(last, name):
    item = claims.registry()[name]
    few = {"trials": 1_000} if "trials" in item.parameters else {}
    assert not expense.of_check(Book.here(), item, {}).large
    assert not expense.of_check(Book.here(), item, few).large


@pytest.mark.parametrize("slug", CHAPTERS)
def test_a_chapter_was_measured_once(slug):
    seconds, memory = importlib.import_module(f"collapse_lib.experiments.{slug}").Scene.took
    assert 0 < seconds < expense.LONG
    assert expense.BARE < memory < expense.LARGE


@pytest.mark.parametrize(
    ("slug", "given"),
    [
        ("fully_synthetic", {"runs": "100000", "n": "2000"}),
        ("partially_synthetic", {"trials": "1e6", "N": "5000"}),
        ("mixtures", {"trials": "1e6"}),
        ("language_model", {"characters": "1e8", "contexts": "10000"}),
    ],
)
def test_what_would_take_hours_is_asked_about(last, slug, given):
    assert expense.of_run(Book.here(), slug, Book.here().chapter(slug).settings("paper", given)).large


def test_the_number_of_repetitions_counts_once_and_sizes_multiply():
    ran = {"runs": 10, "trials": 10, "n": 5, "sizes": [1, 2, 3], "sigma": 0.1, "seed": 1, "loud": False}
    factor = expense.guess(1.0, 0, ran, {**ran, "runs": 20, "trials": 50, "n": 15, "sizes": [6, 6], "seed": 9})
    assert factor.seconds == pytest.approx(5 * 3 * 2)
    assert expense.guess(7.0, 0, ran, ran).seconds == 7


def test_memory_grows_from_what_a_kernel_has_anyway():
    found = expense.guess(1.0, expense.BARE + 1e8, {"n": 1}, {"n": 50})
    assert found.memory == pytest.approx(expense.BARE + 5e9)
    assert found.large
    assert expense.guess(1.0, 0, {"n": 1}, {"n": 50}).memory == expense.BARE


def collapse(*words, **more):
    return CliRunner().invoke(main, words, **more)


@pytest.fixture
def costly(small_book, monkeypatch):
    """A book of one chapter that took an hour."""
    small_book(one="print(n)")
    monkeypatch.setattr(Book, "record", lambda _, slug: recorded(slug, "paper", seconds=3600.0))
    monkeypatch.chdir(Book.here().root)


def test_where_nobody_can_be_asked_one_sentence_names_the_way(costly):
    done = collapse("run", "one", "-o", "out")
    assert (done.exit_code, done.stdout) == (2, "")
    assert done.stderr.startswith("Error: this may take about 60 min and ")
    assert "add --yes" in done.stderr
    assert done.stderr.count("\n") == 1
    assert not (Book.here().root / "out").exists()


def test_with_yes_it_is_begun(costly, fonts):
    assert collapse("run", "one", "-o", "out", "--yes").exit_code == 0
    assert (Book.here().root / "out" / "manifest.json").is_file()


@pytest.mark.parametrize(("answer", "status"), [("n\n", 1), ("\n", 1), ("y\n", 0)])
def test_on_a_terminal_one_is_asked(costly, fonts, monkeypatch, answer, status):
    monkeypatch.setattr(asking, "interactive", lambda: True)
    done = collapse("run", "one", "-o", "out", input=answer)
    assert done.exit_code == status, done.output
    assert "This may take about 60 min and" in done.output
    assert (Book.here().root / "out").exists() == (status == 0)


def test_a_check_that_may_take_hours_is_asked_about_and_not_begun(last, monkeypatch):
    monkeypatch.setattr(claims, "check", lambda *_, **__: pytest.fail("it was begun"))
    done = collapse("check", "theorem-2/sigma", "-p", "trials", "1e6", "-p", "N", "5000", "-p", "n", "1000")
    assert done.exit_code == 2
    assert "add --yes" in done.stderr
