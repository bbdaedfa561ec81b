"""Bad inputs over all commands: each ends with status 2 and one sentence, runs nothing and leaves the disk alone.

A case is the words of a command and a part of what is said of them.  All are tried in one folder that has of each
kind of thing one, so that whatever is written, replaced or removed is seen.
"""

import json
import re
import time

import disk
import pytest
from click.testing import CliRunner

from collapse_lib import records
from collapse_lib.commands.main import main
from collapse_lib.gpt import presets, running
from collapse_lib.press import build, execute
from collapse_lib.press.book import Book
from collapse_lib.press.editions import lab, pdf

LIMIT = 5.0
"""Seconds in which each is refused, on a slow machine."""


def cases(command, *given):
    """Cases of one command, as (words, said)."""
    return [((*command.split(), *words), said) for words, said in given]


def parameter(command, *given):
    """Cases of a command with one parameter, as (name, value, said)."""
    return cases(command, *((("-p", name, value), said) for name, value, said in given))


def target(command, suffix, *options):
    """Cases of a command that writes: what is there already, and what cannot be written."""
    there = {
        "fifo": "is a FIFO",
        "socket": "is a socket",
        "device": "is a device",
        "dangling": "is a link",
        "loop": "is a link",
        "link": "is a link",
        "folder-link": "is a link",
        "file": "exists and is no" if suffix else "exists and is no folder",
        "empty": "exists and is no",
        "folder": "is a folder" if suffix else "has something else in it",
    }
    given = [(f"{name}{suffix}", said) for name, said in there.items()]
    given += [
        (".", "is a folder" if suffix else "has something else in it"),
        ("..", "is a folder" if suffix else "has something else in it"),
        ("/", "is a folder" if suffix else "has something else in it"),
        ("", "is a folder" if suffix else "has something else in it"),
        (f"thesis.tex/x{suffix}", "lies below 'thesis.tex', which is no folder"),
        (f"file{suffix}/a/b{suffix}", "which is no folder"),
        (f"fifo{suffix}/x{suffix}", "which is no folder"),
        (f"device{suffix}/x{suffix}", "which is no folder"),
        (f"dangling{suffix}/x{suffix}", "which is no folder"),
        (f"loop{suffix}/x{suffix}", "Too many levels of symbolic links"),
        ("x" * 300 + suffix, "File name too long"),
        (f"new/{'x' * 300}{suffix}", "a name of"),
        ("a/" * 2500 + f"x{suffix}", "File name too long"),
        (f"BOOK/x{suffix}", "mixed with the book's own folder 'book'"),
        (f"book-link/assets/x{suffix}", "mixed with the book's own folder"),
        (f"LIBRARY/x{suffix}", "mixed with the book's own folder 'collapse_lib'"),
        (f"BUILT/x{suffix}", "mixed with the book's own folder 'html'"),
        ("thesis.tex", "exists and is no"),
    ]
    if suffix:
        given += [("new.tex", f"ends in {suffix}"), ("new", f"ends in {suffix}"), (f"new{suffix}.bak", "ends in")]
    return cases(command, *(((*options, "-o", path), said) for path, said in given))


NAMES = [
    *cases(
        "",
        (("help",), "no command 'help'"),
        (("chaptrs",), "did you mean 'chapters'"),
        (("", "x"), "no command ''"),
        (("run\nrun",), "no command 'run run'"),
        (("\x1b[31m",), "no command '\\x1b[31m'"),
        (("--wrong",), "No such option"),
        (("-x",), "No such option"),
    ),
    *cases("chapters", (("fully_synthetic",), "unexpected extra argument"), (("--jsn",), "No such option")),
    *cases("claims", (("x",), "unexpected extra argument"), (("--preset", "quick"), "No such option")),
    *cases("exercises", (("nothing",), "there is no"), (("a", "b"), "unexpected extra argument")),
]

RUN = [
    *cases(
        "run",
        ((), "Missing argument 'CHAPTER'"),
        (("fuly_synthetic",), "did you mean 'fully_synthetic'"),
        (("",), "no chapter ''"),
        (("../fully_synthetic",), "no chapter"),
        (("/etc/passwd",), "no chapter"),
        (("intro",), "no chapter 'intro'"),
        (("fully_synthetic\n",), "no chapter"),
        (("fully_synthetic", "errata"), "unexpected extra argument"),
        (("fully_synthetic", "--preset", "quik"), "did you mean 'quick'"),
        (("fully_synthetic", "--preset", ""), "no preset ''"),
        (("fully_synthetic", "--preset", "__proto__"), "no preset"),
        (("fully_synthetic", "--preset"), "requires an argument"),
        (("fully_synthetic", "-p", "n"), "takes a name and a value"),
        (("fully_synthetic", "-p"), "takes a name and a value"),
        (("fully_synthetic", "-o"), "requires an argument"),
        (("fully_synthetic", "--p", "n", "5"), "No such option"),
    ),
    *parameter(
        "run fully_synthetic",
        ("m", "1", "no parameter of fully_synthetic 'm'"),
        ("", "1", "no parameter of fully_synthetic ''"),
        ("__class__", "1", "no parameter"),
        ("n", "", "a whole number from 1 to 2000"),
        ("n", "0", "a whole number from 1"),
        ("n", "-1", "a whole number from 1"),
        ("n", "2001", "a whole number from 1 to 2000"),
        ("n", "1000000000000", "from 1 to 2000"),
        ("n", "9" * 5000, "from 1 to 2000"),
        ("n", "1e400", "a whole number"),
        ("n", "2.5", "a whole number"),
        ("n", "nan", "a whole number"),
        ("n", "inf", "a whole number"),
        ("n", "0x10", "a whole number"),
        ("n", "1;2", "a whole number"),
        ("n", "__import__('os').system('touch x')", "a whole number"),
        ("n", "5\0", "a whole number"),
        ("sigma", "1.2", "a number from 0 to 1"),
        ("sigma", "-1e-9", "a number from 0 to 1"),
        ("sigma", "nan", "a number from 0 to 1"),
        ("sigma", "-inf", "a number from 0 to 1"),
        ("sigma", "0,1", "a number from 0 to 1"),
        ("truth", "0.5,half", "numbers separated by commas"),
        ("truth", "0.5,nan", "numbers separated by commas"),
        ("truth", "-0.5,1.5", "numbers separated by commas"),
        ("truth", "[[0.5],[0.5]]", "numbers separated by commas"),
        ("sizes", "", "an empty list"),
        ("sizes", "10,0", "whole numbers separated by commas from 1"),
        ("sizes", "10;20", "whole numbers separated by commas"),
        ("runs", "1", "from 2"),
        ("runs", "1e18", "from 2"),
        ("trials", "99", "from 100"),
        ("seed", "-1", "of at least 0"),
        ("seed", "true", "a whole number of at least 0"),
        ("vocabulary", "1e9", "from 2 to 100000"),
    ),
    *parameter(
        "run mixtures",
        ("draw", "frsh", "one of fresh, kept"),
        ("draw", "", "one of fresh, kept"),
        ("windows", "1,2", "from 2 to 12"),
    ),
    *parameter("run transformers", ("live", "maybe", "true or false"), ("live", "2", "true or false")),
    *target("run fully_synthetic", ""),
    *cases("run fully_synthetic", (("-o", "runs/added"), "has something else in it")),
    *cases("run fully_synthetic", (("-o", "unpacked"), "has something else in it")),
]

LAB = [
    *cases("lab", ((), "Missing argument"), (("nothing",), "no chapter 'nothing'")),
    *cases("lab fully_synthetic", (("--preset", "quik"), "no preset"), (("--wrong",), "No such option")),
    *parameter("lab fully_synthetic", ("n", "0", "from 1"), ("m", "1", "no parameter")),
]

COMPARE = [
    *cases(
        "compare",
        ((), "Missing argument 'RUN'"),
        (("nowhere",), "no folder that `collapse run` left"),
        (("thesis.tex",), "no folder that `collapse run` left"),
        (("fifo",), "no folder that `collapse run` left"),
        (("loop",), "no folder that `collapse run` left"),
        (("dangling",), "no folder that `collapse run` left"),
        (("folder",), "no folder that `collapse run` left"),
        (("",), "no folder that `collapse run` left"),
        (("x" * 300,), "no folder that `collapse run` left"),
        (("runs/failed",), "failed in cell 3"),
        (("runs/one", "runs/failed"), "failed in cell 3"),
        (("runs/one", "nowhere"), "no folder that `collapse run` left"),
        (("runs/one", "runs/other"), "cannot be compared with a run of"),
        (("runs/one", "runs/two", "runs/one"), "unexpected extra argument"),
        (("runs/one",), "no published run of it"),
    ),
    *target("compare runs/one runs/two", ".html"),
]

BUILD = cases(
    "build",
    (("--preset", "papr"), "did you mean 'paper'"),
    (("-j", "0"), "jobs was 0"),
    (("-j", "-3"), "jobs was -3"),
    (("-j", "two"), "is not a valid integer"),
    (("-j", "1.5"), "is not a valid integer"),
    (("--jobs",), "requires an argument"),
    (("now",), "unexpected extra argument"),
)

CHECK = [
    *cases(
        "check",
        (("theorem-1/sgma",), "did you mean 'theorem-1/sigma'"),
        (("",), "no claim ''"),
        (("../../etc/passwd",), "no claim"),
        (("theorem-1/sigma", "theorem-2/sigma"), "unexpected extra argument"),
        (("-p", "n", "5"), "no claim"),
        (("theorem-1/sigma", "-p", "n"), "takes a name and a value"),
    ),
    *parameter(
        "check theorem-1/sigma",
        ("trails", "10", "did you mean 'trials'"),
        ("n", "2.5", "a whole number"),
        ("n", "0", "from 1 to 2000"),
        ("n", "1000000000000", "from 1 to 2000"),
        ("n", "1e400", "from 1 to 2000"),
        ("trials", "99", "from 100 to 1000000"),
        ("trials", "1e12", "from 100 to 1000000"),
        ("truth", "0.5,half", "numbers separated by commas"),
        ("truth", "0.5,0.4", "0.9"),
        ("truth", "2,-1", "from 0 to 1"),
        ("distort", "0", "a number from 1e-09"),
        ("distort", "nan", "a number"),
        ("distort", "1e300", "a number from 1e-09"),
        ("seed", "-1", "at least 0"),
        ("seed", "1.5", "a whole number"),
    ),
    *parameter("check coalescent/twice-n", ("sizes", "", "an empty list")),
    *parameter("check theorem-2/sigma", ("N", "1e9", "from 2"), ("generations", "1e9", "from 3 to 500")),
    *parameter("check figure-4/order", ("moments", "2", "from 0.02"), ("moments", "0.1,x", "separated by commas")),
    *parameter("check figure-6/delays", ("windows", "1", "from 2 to 12"), ("windows", "1000", "from 2 to 12")),
    *parameter("check coalescent/twice-n", ("sizes", "0", "from 1 to 1000"), ("sizes", "1e6", "from 1 to 1000")),
    *parameter("check moments/window-law", ("q", "0", "from 300"), ("q", "1e12", "from 300 to 1000000")),
    *parameter("check moments/random-dirac", ("size", "0", "from 2 to 8"), ("size", "1e9", "from 2 to 8")),
    *parameter("check moments/never-collapse", ("real", "0", "from 2 to 200"), ("real", "1e9", "from 2 to 200")),
    *parameter("check embeddings/slower", ("dimensions", "0", "from 1 to 48"), ("contexts", "99", "from 1 to 24")),
    *parameter("check erratum/theorem-4-step", ("odd", "0", "from 1 to 25"), ("odd", "1000", "from 1 to 25")),
    *parameter("check erratum/theorem-2", ("synthetic", "0", "from 1"), ("synthetic", "1e9", "from 1 to 1000")),
    *parameter("check erratum/theorem-3-vacuous", ("N", "0", "from 1"), ("vocabulary", "1e12", "from 52")),
    *parameter("check erratum/exponentially", ("eps", "0", "from 0.001 to 2"), ("eps", "inf", "a number from")),
    *parameter(
        "check equation-2/real-text",
        ("corpus", "missing.txt", "missing.txt"),
        ("corpus", "folder", "'folder'"),
        ("corpus", "", "cannot be read"),
    ),
    *parameter(
        "check figure-5/order",
        ("record", "none", "'none'"),
        ("record", "../../evil", "'../../evil'"),
        ("record", "thesis.tex", "'thesis.tex'"),
    ),
]

GPT = [
    *cases(
        "gpt",
        (("--preset", "laptp"), "did you mean 'laptop'"),
        (("--resume", "nowhere"), "holds no experiment"),
        (("--resume", "thesis.tex"), "holds no experiment"),
        (("--resume", "folder"), "holds no experiment"),
        (("--resume", "fifo"), "holds no experiment"),
        (("--resume", "loop"), "holds no experiment"),
        (("--resume", ""), "holds no experiment"),
        (("--resume", "experiments/fifo"), "holds no experiment"),
        (("--resume", "experiments/list"), "its experiment.json is not as it should be"),
        (("--resume", "experiments/empty"), "its experiment.json is not as it should be"),
        (("--resume", "experiments/elsewhere"), "its experiment.json is not as it should be"),
        (("--resume", "experiments/sizes"), "its experiment.json is not as it should be"),
        (("--resume", "nowhere", "-o", "x"), "give no -o or --seeds"),
        (("--seeds", "one"), "seeds was given 'one'"),
        (("--seeds", ""), "seeds was given an empty list"),
        (("--seeds", "-1"), "seeds was given"),
        (("--seeds", "1;2"), "seeds was given"),
        (("--minutes", "ten"), "is not a valid float"),
        (("--minutes", "-1"), "minutes was -1"),
        (("--minutes", "nan"), "minutes was nan"),
        (("--minutes", "0"), "minutes was 0"),
        (("-j", "0"), "jobs was 0"),
        (("-j", "x"), "is not a valid integer"),
        (("--device", "tpu"), "device was 'tpu'"),
        (("--device", "cuda:x"), "device was 'cuda:x'"),
        (("--device", ""), "device was ''"),
        (("extra",), "unexpected extra argument"),
    ),
    *target("gpt", ""),
]

ARCHIVE = [
    *target("archive", ".zip"),
    *cases(
        "archive",
        (("--check", "none.zip"), "there is no file"),
        (("--check", "folder"), "is no regular file"),
        (("--check", "fifo"), "is no regular file"),
        (("--check", "dangling"), "there is no file"),
        (("--check", "loop"), "there is no file"),
        (("--check", "x" * 300), "File name too long"),
        (("--check", ""), "is no regular file"),
        (("--check", "file.zip", "-o", "new.zip"), "--check writes nothing"),
        (("--check",), "requires an argument"),
        (("-o", "new.zip"), "has not been built here"),
        (("x.zip",), "unexpected extra argument"),
    ),
]

PDF = [
    *target("pdf", ".pdf"),
    *cases("pdf", (("-o", "new.pdf"), "has not been built here"), (("--with-cod",), "No such option")),
]

EVERY = [*NAMES, *RUN, *LAB, *COMPARE, *BUILD, *CHECK, *GPT, *ARCHIVE, *PDF]


def name(case):
    """A case as a test's name, not too long."""
    words = " ".join(word if len(word) < 40 else f"{word[:20]}({len(word)})" for word in case[0])
    return repr(words)[1:-1]


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """A folder with one of each kind of thing, runs and experiments good and bad, a home, and a book."""
    top = tmp_path_factory.mktemp("bad")
    here = top / "here"
    for folder in ("home", "temporary", "here/runs", "book/_build/html"):
        (top / folder).mkdir(parents=True)
    makers = {
        "fifo": disk.fifo, "socket": disk.listening, "dangling": disk.dangling, "loop": disk.loop,
        "file": disk.a_file, "empty": disk.an_empty_file, "folder": disk.a_folder,
    }  # fmt: skip
    for suffix in ("", ".zip", ".pdf", ".html"):
        for stem, make in makers.items():
            make(here / f"{stem}{suffix}")
        (here / f"link{suffix}").symlink_to("thesis.tex")
        (here / f"folder-link{suffix}").symlink_to("folder")
    (here / "book-link").symlink_to(Book.here().root / "book")
    records.write(here / "thesis.tex", "mine")
    for run, slug, more in (("one", "one", {}), ("two", "one", {}), ("other", "two", {}), ("added", "one", {}),
                            ("failed", "one", {"failed": {"cell": 3, "error": "x"}})):  # fmt: skip
        manifest = {"chapter": slug, "parameters": {"n": 5}, **more}
        records.write(here / "runs" / run / "manifest.json", manifest)
        notebook = {"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
        records.write(here / "runs" / run / f"{slug}.ipynb", json.dumps(notebook))
    records.write(here / "runs" / "added" / "notes.txt", "mine")
    records.write(here / "unpacked" / "manifest.json", '{"files": {}}')
    preset = json.loads(json.dumps(presets.dataclasses.asdict(presets.LAPTOP)))
    kept = {"preset": preset, "corpus": "tinyshakespeare", "device": "cpu"}
    experiments = {
        "list": [],
        "empty": {},
        "elsewhere": {**kept, "preset": {**preset, "name": "../../evil"}},
        "sizes": {**kept, "preset": {**preset, "size": "many"}},
    }
    for experiment, note in experiments.items():
        records.write(here / "experiments" / experiment / "experiment.json", json.dumps(note))
    (here / "experiments" / "fifo").mkdir()
    disk.fifo(here / "experiments" / "fifo" / "experiment.json")
    return top


@pytest.fixture
def here(place, monkeypatch):
    """That folder, to work in; whoever begins to work fails."""

    def begun(*_, **__):
        pytest.fail("work was begun")

    monkeypatch.chdir(place / "here")
    monkeypatch.setenv("HOME", str(place / "home"))
    monkeypatch.setattr(Book, "output", place / "book" / "_build")
    for module, function in ((execute, "execute"), (running, "begin"), (pdf, "print_book"), (lab, "start"),
                             (build, "alone")):  # fmt: skip
        monkeypatch.setattr(module, function, begun)
    monkeypatch.setattr(presets, "require_torch", lambda: None)
    monkeypatch.setattr(lab, "command", lambda: ["jupyter-lab"])
    return place / "here"


def written(words):
    """The words with the folders that they stand for."""
    names = {
        "BOOK": str(Book.here().root / "book"),
        "LIBRARY": str(records.LIBRARY),
        "BUILT": str(Book.here().output / "html"),
    }
    return [re.sub("BOOK|LIBRARY|BUILT", lambda found: names[found[0]], word) for word in words]


@pytest.mark.parametrize("case", EVERY, ids=name)
def test_a_bad_input_is_refused_in_one_sentence_and_nothing_happens(here, case):
    words, said = case
    if any("device" in word and not word.startswith("-") for word in words):
        for suffix in ("", ".zip", ".pdf", ".html"):
            if not (here / f"device{suffix}").exists():
                disk.device(here / f"device{suffix}")
    if words[:2] in (("gpt", "--device"), ("gpt", "--minutes"), ("gpt", "-j")):
        pytest.importorskip("torch")
    before, began = disk.snapshot(here.parent), time.monotonic()
    done = CliRunner().invoke(main, written(words))
    took = time.monotonic() - began
    assert done.exit_code == 2, (done.output, done.exception)
    assert isinstance(done.exception, SystemExit)
    assert done.stdout == ""
    assert re.fullmatch(r"Error: [^\n]+\.\n", done.stderr)
    assert said in done.stderr
    assert disk.snapshot(here.parent) == before
    assert took < LIMIT


def test_there_are_enough_of_them_and_every_command_has_some():
    assert len({name(case) for case in EVERY}) >= 150
    assert {words[0] for words, _ in EVERY} >= set(main.commands)
