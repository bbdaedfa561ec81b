"""Where a command may write: what is somebody's stays, what cannot be written is refused before any work."""

import errno
import os
import re
import signal
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import disk
import pytest
from click.testing import CliRunner

from collapse_lib import InvalidInput, lifetime, records, targets
from collapse_lib.commands.main import main
from collapse_lib.gpt import running
from collapse_lib.press.book import Book
from collapse_lib.press.editions import archive, comparison_page, last_build, pdf, run_folder

KINDS = {"run": run_folder.FOLDER, "archive": archive.FILE, "pdf": pdf.FILE, "compare": comparison_page.FILE,
         "gpt": running.FOLDER}  # fmt: skip
of_each_kind = pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)


@pytest.fixture
def here(tmp_path, monkeypatch):
    """An empty folder to work in, and a home elsewhere."""
    (tmp_path / "here").mkdir()
    (tmp_path / "home").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    return tmp_path / "here"


def refused(target, kind, **more):
    """The sentence of a refusal, after seeing that it is one and that the disk is as before."""
    top = Path.cwd().parent
    before = disk.snapshot(top)
    with pytest.raises(InvalidInput) as mistake:
        targets.checked(target, kind, **more)
    assert disk.snapshot(top) == before
    assert "\n" not in str(mistake.value)
    return str(mistake.value)


def named(kind, stem="out"):
    return Path(f"{stem}{kind.suffix}")


# What is somebody's -----------------------------------------------------------------------------------------------


@of_each_kind
@pytest.mark.parametrize("make", disk.STRANGERS.values(), ids=disk.STRANGERS)
def test_what_is_there_already_is_no_target(here, kind, make):
    make(named(kind).absolute())
    assert "give -o" in refused(named(kind), kind)


@pytest.mark.parametrize("name", [name for name in disk.STRANGERS if "file" not in name and "folder" not in name])
def test_what_came_there_in_the_meantime_is_not_replaced_by_a_writer(here, name):
    disk.STRANGERS[name](here / "out")
    before = disk.snapshot(here)
    with pytest.raises(FileExistsError):
        records.write(here / "out", "new")
    with pytest.raises(FileExistsError), records.folder(here / "out"):
        pass
    assert disk.snapshot(here) == before


@of_each_kind
def test_what_is_new_is_a_target_and_is_not_made_yet(here, kind):
    for target in (named(kind), Path("a/b/c") / named(kind), named(kind).absolute()):
        assert targets.checked(target, kind) == target
    assert disk.snapshot(here) == {}


@pytest.mark.parametrize("kind", [run_folder.FOLDER, running.FOLDER], ids=["run", "gpt"])
def test_an_empty_folder_is_a_target(here, kind):
    Path("out").mkdir()
    assert targets.checked(Path("out"), kind) == Path("out")


# What is ours -----------------------------------------------------------------------------------------------------


def earlier_run(folder, slug="one", **more):
    records.write(folder / "manifest.json", {"chapter": slug, **more})
    for name in (f"{slug}.ipynb", f"{slug}.html", "figures/a.svg", "figures/a.csv", ".DS_Store"):
        records.write(folder / name, "")


def test_an_earlier_run_is_a_target(here):
    earlier_run(Path("out"))
    assert targets.checked(Path("out"), run_folder.FOLDER) == Path("out")


@pytest.mark.parametrize("name", ["notes.txt", "figures/thesis.tex", "two.ipynb", ".git/config"])
def test_an_earlier_run_to_which_something_was_added_is_none(here, name):
    earlier_run(Path("out"))
    records.write(Path("out") / name, "mine")
    assert "something else in it" in refused(Path("out"), run_folder.FOLDER)


@pytest.mark.parametrize("manifest", ["", "[]", "{}", "null", '"chapter"', "{", '{"files": {}}', "\0"])
def test_a_folder_with_another_manifest_is_no_earlier_run(here, manifest):
    """An unpacked archive of the book has a manifest, too, and with it the whole repository."""
    records.write(Path("out") / "manifest.json", manifest)
    assert "no folder of an earlier run" in refused(Path("out"), run_folder.FOLDER)


def test_a_folder_whose_manifest_is_a_fifo_is_no_earlier_run_and_is_not_waited_for(here):
    Path("out").mkdir()
    disk.fifo(Path("out") / "manifest.json")
    assert "no folder of an earlier run" in refused(Path("out"), run_folder.FOLDER)


def test_an_archive_of_ours_is_a_target_and_another_zip_is_not(here):
    for name, inside in (("ours.zip", archive.FIRST), ("other.zip", "thesis.tex")):
        with zipfile.ZipFile(name, "w") as packed:
            packed.writestr(f"top/{inside}", "")
            packed.writestr(f"top/{archive.MANIFEST}", "{}")
    assert targets.checked(Path("ours.zip"), archive.FILE)
    assert "no archive of this book" in refused(Path("other.zip"), archive.FILE)


def test_a_comparison_is_a_target_and_another_page_is_not(here):
    Path("ours.html").write_text(f"<!DOCTYPE html><head>{comparison_page.MARK}", encoding="utf-8")
    Path("other.html").write_text("<!DOCTYPE html><title>Thesis</title>", encoding="utf-8")
    assert targets.checked(Path("ours.html"), comparison_page.FILE)
    assert "no comparison" in refused(Path("other.html"), comparison_page.FILE)


def test_a_printed_book_is_known_again_and_another_pdf_is_not_ours(here):
    """Without Chromium: a PDF of one empty page, with the bookmark that its heading has."""
    import io

    pypdf = pytest.importorskip("pypdf")
    writer = pypdf.PdfWriter()
    writer.add_blank_page(100, 100)
    writer.add_outline_item(title="Heading", page_number=0)
    blank = io.BytesIO()
    writer.write(blank)
    Path("ours.pdf").write_bytes(pdf.named(blank.getvalue(), ["Heading"]))
    Path("other.pdf").write_bytes(blank.getvalue())
    assert targets.checked(Path("ours.pdf"), pdf.FILE)
    assert "no printed book" in refused(Path("other.pdf"), pdf.FILE)


# What cannot be, or must not be -----------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", [run_folder.FOLDER, running.FOLDER], ids=["run", "gpt"])
@pytest.mark.parametrize("target", [".", "..", "", "/", "~", "../here", "../..", "../home"])
def test_the_folder_that_one_is_in_the_home_folder_and_what_holds_them_are_none(here, kind, target):
    said = refused(Path(target).expanduser(), kind)
    assert re.search("the folder that you are in|your home folder|has something else in it", said)


@of_each_kind
def test_what_lies_in_the_book_is_none_however_it_is_named(here, kind):
    (here / "book").mkdir()
    Path("link").symlink_to("book")
    for target in (Path("book") / named(kind), Path("link") / named(kind), Path("x/../book/a") / named(kind)):
        assert "mixed with" in refused(target, kind, outside=[here / "book"])
    assert targets.checked(Path("bookish") / named(kind), kind, outside=[here / "book"])


@pytest.mark.parametrize("kind", [archive.FILE, pdf.FILE, comparison_page.FILE], ids=["archive", "pdf", "compare"])
@pytest.mark.parametrize("target", ["thesis.tex", "out", "out.zip.bak", ".zip", "out.", "out.htm"])
def test_a_file_has_the_suffix_of_its_kind(here, kind, target):
    assert f"ends in {kind.suffix}" in refused(Path(target), kind)


@of_each_kind
@pytest.mark.parametrize("below", [n for n in disk.STRANGERS if "folder" not in n and n != "a device"])
def test_below_what_is_no_folder_there_is_no_target(here, kind, below):
    disk.STRANGERS[below](here / "below")
    told = refused(Path("below/a") / named(kind), kind)
    assert "no folder" in told or "Too many levels of symbolic links" in told


@of_each_kind
@pytest.mark.parametrize("name", ["x" * 256, "ü" * 128, "a/" + "x" * 300 + "/b", "a/" * 2100 + "b", "nul\0"])
def test_a_name_that_no_file_system_takes_is_none(here, kind, name):
    assert len(refused(Path(name + kind.suffix), kind)) < 5000


@of_each_kind
def test_a_name_as_long_as_names_can_be_is_a_target_and_can_be_written(here, kind):
    target = named(kind, "x" * (targets.LONGEST - len(kind.suffix)))
    targets.checked(target, kind)
    if kind.suffix:
        records.write(target, "new")
    else:
        with records.folder(target):
            pass
    assert [path.name for path in here.iterdir()] == [target.name]


@of_each_kind
def test_a_folder_that_takes_no_file_is_told_with_the_systems_words(here, kind, monkeypatch):
    def refuse(**_):
        raise OSError(errno.EROFS, "Read-only file system")

    monkeypatch.setattr(targets.tempfile, "TemporaryFile", refuse)
    assert "cannot be written: Read-only file system" in refused(named(kind), kind)


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write everywhere")
def test_a_locked_folder_is_none(here):
    (here / "locked").mkdir(mode=0o555)
    assert "cannot be written" in refused(Path("locked/out"), run_folder.FOLDER)


# What the system refuses, and what is told to end -----------------------------------------------------------------


def collapse(*words):
    return CliRunner().invoke(main, words)


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (OSError(errno.ENOSPC, "No space left on device"), "the system refused: No space left on device."),
        (PermissionError(errno.EACCES, "Permission denied", "a/b"), "the system refused 'a/b': Permission denied."),
        (OSError("nobody knows"), "the system refused: nobody knows."),
        (MemoryError(), "this takes more memory than there is; ask for smaller sizes."),
        (OverflowError("too large"), "a number is too large to compute with (too large); ask for smaller sizes."),
        (InvalidInput("one\nline\x1b[31m"), "one line\\x1b[31m"),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else "",
)
def test_what_the_system_refuses_is_one_sentence(monkeypatch, error, told):
    def refuse():
        raise error

    monkeypatch.setattr(lifetime, "terminable", refuse)
    done = collapse("chapters")
    assert (done.exit_code, done.stdout, done.stderr) == (2, "", f"Error: {told}\n")


def test_a_full_disk_leaves_no_part_of_a_file(here, monkeypatch):
    real = os.fdopen

    def full(handle, *more):
        file = real(handle, *more)
        file.write = lambda _: (_ for _ in ()).throw(OSError(errno.ENOSPC, "No space left on device"))
        return file

    monkeypatch.setattr(records.os, "fdopen", full)
    with pytest.raises(OSError, match="No space"):
        records.write(here / "a", "text")
    assert disk.snapshot(here) == {}


def until(condition, seconds=60.0):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.05)


@pytest.mark.skipif(sys.platform == "win32", reason="SIGTERM cannot be heard there")
def test_a_run_that_is_told_to_end_says_so_and_leaves_nothing(here, small_book, tmp_path, fonts):
    note = tmp_path / "note"
    small_book(waits=f"import os, pathlib, time\npathlib.Path({str(note)!r}).write_text(str(os.getpid()))\n"
               "time.sleep(120)")  # fmt: skip
    command = [sys.executable, "-m", "collapse_lib", "run", "waits", "-o", "out"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        until(lambda: note.is_file() and note.read_text())
        process.send_signal(signal.SIGTERM)
        _, complained = process.communicate(timeout=60)
    assert (process.returncode, complained) == (130, "Interrupted; nothing half-written was left.\n")
    assert list(here.iterdir()) == []
    until(lambda: not lifetime._runs(int(note.read_text())), 10)


@pytest.mark.skipif(sys.platform == "win32", reason="SIGTERM cannot be heard there")
def test_jupyterlab_is_told_to_end_with_the_command_that_started_it(here, monkeypatch):
    waits = "import sys, time, pathlib; pathlib.Path('begun').touch(); time.sleep(60)"
    program = (
        "import sys\nfrom pathlib import Path\nfrom collapse_lib import lifetime\n"
        f"from collapse_lib.press.editions import lab\nlab.command = lambda: [sys.executable, '-c', {waits!r}]\n"
        "with lifetime.terminable():\n    print(lab.start(Path('a'), []))"
    )
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True) as process:
        until(lambda: (here / "begun").is_file())
        process.send_signal(signal.SIGTERM)
        told, _ = process.communicate(timeout=30)
    assert (process.returncode, told) == (0, f"{-signal.SIGTERM}\n")


# The day of a version ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("epoch", ["yesterday", "-1", "1.5", "²", "9" * 30, "4354819200", "0x10", " ", "1_0"])
def test_a_source_date_that_is_none_is_one_sentence(monkeypatch, epoch):
    monkeypatch.setenv("SOURCE_DATE_EPOCH", epoch)
    with pytest.raises(InvalidInput, match="SOURCE_DATE_EPOCH was"):
        last_build.date(Book.here())


@pytest.mark.parametrize(("epoch", "day"), [("0", "1970-01-01"), ("4354819199", "2107-12-31")])
def test_a_source_date_is_the_day_of_a_version(monkeypatch, epoch, day):
    monkeypatch.setenv("SOURCE_DATE_EPOCH", epoch)
    assert last_build.date(Book.here()) == day


def test_a_build_refuses_a_source_date_that_is_none_before_a_chapter_runs(small_book, monkeypatch):
    small_book(one="raise RuntimeError")
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "yesterday")
    done = collapse("build")
    assert (done.exit_code, "SOURCE_DATE_EPOCH was 'yesterday'" in done.stderr) == (2, True)
    assert done.stdout == ""
