"""What ran, and at what cost: the record of a run, the foot of a page, and what makes a chapter run again."""

import json
import platform
import re
import socket
from types import SimpleNamespace

import nbformat
import pytest
from bs4 import BeautifulSoup
from click.testing import CliRunner
from conftest import executed

from collapse_lib import records
from collapse_lib.claims.ledger import Claim, Ledger
from collapse_lib.commands.main import main
from collapse_lib.evidence import Verdict
from collapse_lib.press import build as building
from collapse_lib.press import execute, provenance, rendering
from collapse_lib.press.book import Book
from collapse_lib.press.pages import chapters, how_made, status

RECORD = {
    "preset": "quick", "parameters": {"n": 2, "loud": False}, "seed": None, "seconds": 12.34, "memory": 220_500_000,
    "started": "2026-11-22T12:58:03+00:00", "version": "1.2.3", "commit": "0123456789ab", "python": "3.11.7",
    "lock_sha256": "a" * 64, "chapters_sha256": "b" * 64,
}  # fmt: skip


def ran(chapter, **parameters):
    return execute.execute(chapter, chapter.settings("paper", parameters), preset="paper")


def foot(chapter, record=RECORD, **more):
    return BeautifulSoup(how_made.foot(chapter, record, **more), "html.parser")


@pytest.fixture
def one(small_book):
    """A small chapter."""
    small_book(one="pass")
    return Book.here().chapter("one")


# What a run costs -------------------------------------------------------------------------------------------------


def test_a_run_tells_the_memory_that_its_kernel_had(small_book):
    small_book(one='kept = bytearray(n * 2**20)\nprint(len(kept) > 0, "collapse" in str(globals().get("_")))')
    small, large = (ran(Book.here().chapter("one"), n=n) for n in ("1", "300"))
    assert large.record["memory"] - small.record["memory"] == pytest.approx(300 * 2**20, rel=0.15)
    assert small.record["memory"] < 400 * 2**20


def test_what_a_run_cost_is_not_in_its_notebook(one):
    execution = ran(one)
    assert len(execution.notebook.cells) == len(one.notebook().cells)
    assert "memory" not in nbformat.writes(execution.notebook)
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00", execution.record["started"])


def test_this_process_has_had_some_memory():
    assert 10 * 2**20 < records.peak_memory() < 2**40


def test_where_linux_does_not_tell_another_way_is_tried(monkeypatch):
    monkeypatch.setattr(records.Path, "read_text", lambda *_, **__: "VmPeak: 1 kB")
    assert 10 * 2**20 < records.peak_memory() < 2**40


def test_a_platform_that_does_not_tell_the_memory_leaves_it_open(one):
    record = {**RECORD, "memory": None}
    assert provenance.cost(record) == "about 12 s"
    assert "12.3 s" in foot(one, record).get_text()


def test_the_chapters_are_listed_with_what_they_took(one, monkeypatch):
    monkeypatch.setattr(Book, "record", lambda *_: RECORD)
    assert "about 12 s and 210 MiB at the last build, preset quick" in CliRunner().invoke(main, ["chapters"]).stdout
    (listed,) = json.loads(CliRunner().invoke(main, ["chapters", "--json"]).stdout)
    assert (listed["seconds"], listed["memory"]) == (12.34, 220_500_000)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--preset", "quick"], "about 12 s and 210 MiB, measured at the last build with these parameters"),
        ([], "not measured with these parameters; the last build, preset quick, took about 12 s and 210 MiB"),
    ],
    ids=["the same parameters", "others"],
)
def test_a_run_says_beforehand_what_it_may_take(one, monkeypatch, tmp_path, words, said):
    monkeypatch.setattr(Book, "record", lambda *_: RECORD)
    monkeypatch.setattr(execute, "execute", lambda *_, **__: (_ for _ in ()).throw(KeyboardInterrupt))
    monkeypatch.chdir(tmp_path)
    assert CliRunner().invoke(main, ["run", "one", *words]).stdout == f"one, its cost: {said}\n"


def test_a_chapter_that_never_ran_says_nothing_of_its_cost(one, monkeypatch, tmp_path):
    monkeypatch.setattr(execute, "execute", lambda *_, **__: (_ for _ in ()).throw(KeyboardInterrupt))
    monkeypatch.chdir(tmp_path)
    assert CliRunner().invoke(main, ["run", "one"]).stdout == ""


# The foot of a page -----------------------------------------------------------------------------------------------


def test_the_foot_of_a_page_tells_everything_that_the_record_holds(one):
    told = foot(one).get_text(" ")
    for part in (
        "22 November 2026",
        "12:58 UTC",
        "12.3 s",
        "210 MiB",
        "1.2.3",
        "0123456789ab",
        "3.11.7",
        "a" * 12,
        "b" * 12,
    ):
        assert part in told
    assert [item.code.get_text() for item in foot(one).select("li")] == ["n", "loud"]


def test_a_changed_parameter_stands_beside_the_papers(one):
    assert foot(one).select_one(".ran").get_text() == "changed: n"
    assert foot(one).li.get_text(" ", strip=True) == "n 2 not 5"
    own = foot(one, {**RECORD, "preset": "paper", "parameters": {"n": 5, "loud": False}})
    assert own.select_one(".ran").get_text() == "paper’s parameters"


def test_a_record_of_an_earlier_version_has_a_foot_too(one):
    assert foot(one, {"preset": "quick", "parameters": {"n": 2, "loud": False}, "seconds": 1.5}).select("dd")


def test_a_commit_is_linked_where_the_repository_is_known_and_has_it(one):
    repository = "https://github.com/somebody/something"
    assert not foot(one).a
    assert foot(one, repository=repository).a["href"] == f"{repository}/commit/0123456789ab"
    assert not foot(one, {**RECORD, "commit": "0123456789ab-dirty"}, repository=repository).a


def test_a_record_names_no_machine_and_no_place(one):
    record = json.dumps(ran(one).told(**provenance.made_with(Book.here())).record)
    names = [platform.node(), socket.gethostname(), str(Book.here().folder), str(records.LIBRARY)]
    assert [name for name in names if len(name) > 3 and name in record] == []


def test_what_only_makes_pages_is_not_part_of_the_code_of_a_run():
    digest = provenance.made_with(Book.here())["chapters_sha256"]
    assert digest == records.library_digest(without=provenance.NOT_RUN)
    assert digest != records.library_digest()


# The record in the book -------------------------------------------------------------------------------------------


@pytest.fixture
def build(one, monkeypatch):
    """A function that builds the small book, whose chapter only pretends to run, and returns what ran."""

    def execute(chapter, parameters, *, preset, **_):
        notebook = chapter.notebook()
        started = "2026-11-22T12:58:03+00:00"
        return executed(chapter, parameters, preset, notebook, memory=2**20, started=started)

    def make_site(_book, _settings, folder):
        records.write(folder / "_build" / "html" / "index.html", "pages")
        return ""

    return lambda: building.build(Book.here(), preset="quick", jobs=1, runner=execute, renderer=make_site).ran


def test_the_book_keeps_the_record_of_each_run(build):
    build()
    kept = Book.here().record("one")
    assert {name: kept[name] for name in ("preset", "parameters", "memory", "started")} == {
        "preset": "quick", "parameters": {"n": 2, "loud": False},
        "memory": 2**20, "started": "2026-11-22T12:58:03+00:00",
    }  # fmt: skip
    assert provenance.made_with(Book.here()).items() <= kept.items()


def test_a_commit_alone_runs_nothing_and_leaves_the_record(build, monkeypatch):
    assert build() == ("one",)
    before = Book.here().record("one")
    monkeypatch.setattr(records, "commit", lambda: "ffffffffffff")
    assert build() == ()
    assert Book.here().record("one") == before
    assert before["commit"] != "ffffffffffff"


def test_another_record_makes_the_pages_again(build):
    build()
    before = rendering.site_key(Book.here(), {})
    path = Book.here().executed / "one.json"
    assert rendering.site_key(Book.here(), {}) == before
    path.write_text(path.read_text(encoding="utf-8").replace('"seconds": 0.1', '"seconds": 0.2'), encoding="utf-8")
    assert rendering.site_key(Book.here(), {}) != before


# All chapters as they ran -----------------------------------------------------------------------------------------


def test_the_table_of_what_ran_has_a_row_for_each_chapter_and_the_totals(small_book):
    small_book(one="pass", two="pass")
    claim = Claim("a/b", "two", "Place", "Claim.", "paper", "supported")
    ledger = Ledger((claim,), {"a/b": Verdict("supported", 1.0, (0.9, 1.1), 1.0, p_support=1e-9)})
    own = {**RECORD, "preset": "paper", "parameters": {"n": 5, "loud": False}, "seconds": 100.0}
    table = BeautifulSoup(status.table({"one": RECORD, "two": own}, ledger), "html.parser")
    one, two, total = (row.get_text(" ", strip=True) for row in table.select("tbody tr, tfoot tr"))
    for part in ("changed: n", "preset quick", "12.3 s", "210 MiB", "2026-11-22", "1.2.3", "0123456", "none"):
        assert part in one
    assert "1 supported" in two
    assert "paper’s parameters" in two
    for part in ("2 chapters", "1 of 2", "1 supported", "112 s", "210 MiB"):
        assert part in total
    assert [link["href"] for link in table.select("a")] == [
        "one.html", "_notebooks/one.ipynb", "two.html", "_notebooks/two.ipynb",
    ]  # fmt: skip


def test_the_themes_own_repository_is_not_taken_for_the_books(small_book, monkeypatch):
    """jupyter-book names its own where none is configured."""
    small_book(one="pass")
    theirs = {"repository_url": "https://github.com/somebody/else"}
    config = SimpleNamespace(html_theme_options=theirs, collapse_ledger="ledger.json")
    assert "0123456789ab" in chapters.foot(config, "one", RECORD)
    assert "http" not in chapters.foot(config, "one", RECORD)
    monkeypatch.setenv("COLLAPSE_REPOSITORY", "https://github.com/my/book")
    assert "https://github.com/my/book/commit/0123456789ab" in chapters.foot(config, "one", RECORD)
