"""A build: what it runs again and what it keeps.

Most is tested on small books whose chapters only pretend to run; the last tests spoil copies of the built book.
"""

import functools
import gc
import hashlib
import json
import re
import shutil
import subprocess

import nbformat
import pytest
from conftest import WARM, executed

from collapse_lib import records
from collapse_lib.press import build as building
from collapse_lib.press import rendering
from collapse_lib.press.book import Book
from collapse_lib.press.execute import ChapterFailed
from collapse_lib.press.executed import Executed
from collapse_lib.press.speed import waiting_sphinx

CHAPTERS = sorted(Book.here().chapters)


class Pretence:
    """Stands for the execution of chapters and for jupyter-book; keeps note of what was asked of them."""

    def __init__(self):
        self.ran, self.failing, self.sites = [], set(), 0
        self.meanwhile = lambda: None

    def execute(self, chapter, parameters, *, preset, **_):
        """What `site` calls to run a chapter."""
        self.ran.append(chapter.slug)
        self.meanwhile()
        if chapter.slug in self.failing:
            raise ChapterFailed(chapter, chapter.notebook(), 1, "RuntimeError: boom")
        return executed(chapter, parameters, preset)

    def make_site(self, _book, _settings, folder):
        """What a build calls to make the pages."""
        self.sites += 1
        records.write(folder / "_build" / "html" / "index.html", "pages")
        return ""

    def build(self, preset="quick"):
        """The chapters that a build runs."""
        self.ran.clear()
        built = building.build(Book.here(), preset=preset, jobs=1, runner=self.execute, renderer=self.make_site)
        assert sorted(built.ran) == sorted(self.ran)
        return sorted(self.ran)


@pytest.fixture
def pretence(small_book, monkeypatch):
    """A book of chapters `one` and `two`, built once."""
    small_book(one="pass", two="pass")
    pretence = Pretence()
    assert pretence.build() == ["one", "two"]
    return pretence


def test_a_second_build_runs_nothing(pretence):
    assert pretence.build() == []


def test_a_chapter_with_another_text_is_run_again_alone(pretence):
    page = Book.here().folder / "one.md"
    page.write_text(page.read_text(encoding="utf-8") + "\nA word more.\n", encoding="utf-8")
    assert pretence.build() == ["one"]
    assert pretence.build() == []


def test_another_lock_runs_everything_again(pretence):
    (Book.here().root / "requirements.txt").write_text("numpy==9\n", encoding="utf-8")
    assert pretence.build() == ["one", "two"]


def test_another_library_runs_everything_again(pretence, monkeypatch):
    monkeypatch.setattr(records, "library_digest", lambda **_: "another")
    assert pretence.build() == ["one", "two"]


def test_another_preset_runs_everything_again(pretence):
    assert pretence.build("paper") == ["one", "two"]


def test_another_corpus_runs_the_chapters_that_read_it(pretence, tmp_path, monkeypatch):
    page = Book.here().folder / "one.md"
    text = page.read_text(encoding="utf-8")
    reads = 'corpus: str = "tinyshakespeare"  # the text\n'
    page.write_text(text.replace("loud: bool", reads + "loud: bool"), encoding="utf-8")
    assert pretence.build() == ["one"]
    (tmp_path / "tinyshakespeare.txt").write_text("abc", encoding="utf-8")
    monkeypatch.setenv("COLLAPSE_DATA", str(tmp_path))
    assert pretence.build() == ["one"]


def test_another_recorded_experiment_runs_the_chapters_that_read_it(pretence, tmp_path):
    page, own = Book.here().folder / "one.md", tmp_path / "own.json"
    reads = f'record: str = "{own}"  # the record\n'
    page.write_text(page.read_text(encoding="utf-8").replace("loud: bool", reads + "loud: bool"), encoding="utf-8")
    assert pretence.build() == ["one"]
    for seeds in ([0], [1]):
        own.write_text(json.dumps(seeds), encoding="utf-8")
        assert pretence.build() == ["one"]
    assert pretence.build() == []


@pytest.mark.parametrize("kind", ["ipynb", "json"])
def test_an_interrupted_build_resumes(pretence, kind):
    (Book.here().executed / f"two.{kind}").unlink()
    assert pretence.build() == ["two"]


def test_a_new_chapter_is_run_alone(pretence, small_book):
    small_book(three="pass")
    assert pretence.build() == ["three"]


def test_a_chapter_that_left_the_book_leaves_no_execution(pretence):
    (Book.here().folder / "two.md").unlink()
    assert pretence.build() == []
    assert {path.stem for path in Book.here().executed.iterdir()} == {"one"}


def test_a_lock_that_changes_during_a_run_makes_it_stale(pretence):
    """What ran had the old one."""
    lock = Book.here().root / "requirements.txt"
    (Book.here().folder / "two.md").unlink()
    (Book.here().executed / "one.json").unlink()
    pretence.meanwhile = lambda: lock.write_text("numpy==9\n", encoding="utf-8")
    assert pretence.build() == ["one"]
    pretence.meanwhile = lambda: None
    assert pretence.build() == ["one"]


def test_a_failing_chapter_does_not_keep_the_others_from_running(pretence):
    (Book.here().root / "requirements.txt").write_text("numpy==9\n", encoding="utf-8")
    pretence.failing = {"one"}
    with pytest.raises(building.BuildFailed, match="one failed in cell 1: RuntimeError: boom"):
        pretence.build()
    pretence.failing = set()
    assert pretence.build() == ["one"]


def test_a_failing_chapter_keeps_its_notebook_and_makes_no_site(pretence):
    (Book.here().executed / "one.json").unlink()
    pretence.failing, sites = {"one"}, pretence.sites
    with pytest.raises(building.BuildFailed) as failure:
        pretence.build()
    kept = Book.here().root / "_build" / "failed" / "one.ipynb"
    assert str(kept) in str(failure.value)
    nbformat.validate(nbformat.read(kept, as_version=4))
    assert pretence.sites == sites


def test_a_record_tells_what_ran(pretence):
    found = Book.here().record("one")
    assert (found["preset"], found["parameters"]) == ("quick", {"n": 2, "loud": False})
    assert Book.here().record("missing") == {}


def test_a_record_never_vouches_for_a_notebook_that_another_run_wrote(pretence, monkeypatch):
    """The build is killed between the new notebook and its record: the old record must be gone by then."""
    write, notebook = records.write, Book.here().executed / "one.ipynb"

    def killed(path, content):
        if path.suffix == ".json":
            raise KeyboardInterrupt
        write(path, content)

    monkeypatch.setattr(records, "write", killed)
    before = notebook.read_text(encoding="utf-8")
    with pytest.raises(KeyboardInterrupt):
        Book.here().keep(Executed("one", nbformat.v4.new_notebook(), {"key": "new"}))
    monkeypatch.undo()
    assert notebook.read_text(encoding="utf-8") != before
    assert not notebook.with_suffix(".json").exists()


def git(*arguments):
    """Run Git where the small book lies, as somebody."""
    somebody = ("-c", "user.name=Somebody", "-c", "user.email=somebody@example.org", "-c", "commit.gpgsign=false")
    subprocess.run(["git", *somebody, *arguments], cwd=Book.here().root, check=True, capture_output=True)


@pytest.mark.skipif(shutil.which("git") is None, reason="Git is not installed")
def test_pages_that_show_an_earlier_commits_date_are_out_of_date(pretended):
    """Not a word has changed; the pages show when the last commit was made."""
    pretended(one="<h1>One</h1>")
    git("init")
    git("add", "book")
    git("commit", "-m", "The first")
    pretended(one="<h1>One</h1>")
    assert building.stale(Book.here()) == []
    git("commit", "--amend", "--date", "2001-01-01T00:00:00Z", "-m", "The second")
    assert building.stale(Book.here()) == ["the pages, or the settings that they are made with,"]


def test_without_addresses_the_configuration_has_none(monkeypatch):
    monkeypatch.delenv("COLLAPSE_REPOSITORY", raising=False)
    monkeypatch.delenv("COLLAPSE_SITE", raising=False)
    config = rendering.configured(Book.here())
    assert "repository" not in config
    assert "http" not in json.dumps(config)


def test_the_repositorys_address_turns_on_the_button(monkeypatch):
    monkeypatch.setenv("COLLAPSE_REPOSITORY", "https://github.com/somebody/something/")
    config = rendering.configured(Book.here())
    assert config["repository"]["url"] == "https://github.com/somebody/something"
    assert config["html"]["use_repository_button"] is True


def test_the_sites_address_gives_canonical_links(monkeypatch):
    monkeypatch.setenv("COLLAPSE_SITE", "https://example.org/book")
    assert rendering.configured(Book.here())["html"]["baseurl"] == "https://example.org/book/"


# The book itself --------------------------------------------------------------------------------------------------


def digests(folder):
    return {path: hashlib.sha256(path.read_bytes()).digest() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.skipif(bool(WARM), reason="COLLAPSE_WARM gave the chapters as they had run before")
def test_every_chapter_was_run(quick):
    assert sorted(quick[1].ran) == CHAPTERS
    assert quick[1].index.is_file()


def test_building_the_book_again_runs_and_writes_nothing_wherever_it_was_moved(copied):
    before = digests(copied / "_build")
    again = building.build(Book.here(), preset="quick", jobs=2)
    assert again.ran == ()
    assert digests(copied / "_build") == before


def test_the_pages_command_waits_until_it_is_told(capfd):
    with waiting_sphinx.Command(["sphinx.application"]) as command:
        command.start()
        done = command.run(["--version"])
    assert done.returncode == 0
    assert done.stdout.startswith("Jupyter Book")
    assert capfd.readouterr() == ("", "")


def test_the_pages_command_that_is_never_told_leaves_no_process():
    with waiting_sphinx.Command(["sphinx.application"]) as command:
        command.start()
        assert command._process.poll() is None
    assert command._process.returncode is not None


def test_the_pages_command_complains_as_always_of_what_is_missing(tmp_path):
    with waiting_sphinx.Command(["a_module_that_is_not_there"]) as command:
        done = command.run(["build", str(tmp_path / "nowhere")])
    assert done.returncode != 0
    assert "nowhere" in done.stderr + done.stdout


def test_nothing_waits_to_make_pages_where_no_chapter_has_changed(pretence):
    started, run = [], functools.partial(building.run_chapters, preset="quick", jobs=1, report=lambda _: None)
    given = {"runner": pretence.execute, "meanwhile": lambda: started.append("sphinx")}
    assert run(Book.here(), **given)[0] == ()
    assert started == []
    page = Book.here().folder / "one.md"
    page.write_text(page.read_text(encoding="utf-8") + "\nA word more.\n", encoding="utf-8")
    assert run(Book.here(), **given)[0] == ("one",)
    assert started == ["sphinx"]


@pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning")  # as of every test that runs chapters
def test_a_fault_in_a_page_is_told_and_leaves_the_site_as_it_was(small_book, tmp_path, fonts):
    page, html = tmp_path / "small" / "book" / "page.md", tmp_path / "small" / "_build" / "html"
    page.parent.mkdir(parents=True)
    page.write_text("# A page\n", encoding="utf-8")
    small_book(one="n")
    building.build(Book.here(), preset="quick")
    text, before = page.read_text(encoding="utf-8"), digests(html)
    page.write_text(text + "\nSee {ref}`a-place-that-is-not-there`.\n", encoding="utf-8")
    with pytest.raises(building.BuildFailed, match="a-place-that-is-not-there"):
        building.build(Book.here(), preset="quick")
    page.write_text(text, encoding="utf-8")
    assert digests(html) == before
    assert html / "page.html" in before
    assert building.build(Book.here(), preset="quick").ran == ()
    gc.collect()


def test_a_chapter_that_fails_leaves_the_site_as_it_was(copied):
    page, html = copied / "book" / "recursive_training.md", copied / "_build" / "html"
    text, before = page.read_text(encoding="utf-8"), digests(html)
    broken = re.sub(r"(\n## )", '\n```{code-cell} ipython3\nraise RuntimeError("boom")\n```\n\\1', text, count=1)
    page.write_text(broken, encoding="utf-8")
    try:
        with pytest.raises(building.BuildFailed, match=r"recursive_training failed in cell .*boom"):
            building.build(Book.here(), preset="quick")
    finally:
        page.write_text(text, encoding="utf-8")
        gc.collect()
    assert digests(html) == before
    assert "boom" in (copied / "_build" / "failed" / "recursive_training.ipynb").read_text(encoding="utf-8")
    assert building.build(Book.here(), preset="quick").ran == ()
