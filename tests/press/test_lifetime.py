"""No process outlives its command, however that ends; what a killed build left is taken up by the next one."""

import contextlib
import gc
import os
import signal
import subprocess
import sys
import tempfile
import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from filelock import FileLock

from collapse_lib import InvalidInput, lifetime
from collapse_lib.press import build as whole
from collapse_lib.press.book import Book
from collapse_lib.press.execute import execute
from collapse_lib.press.speed import kernels

pytestmark = [
    pytest.mark.skipif(sys.platform != "linux", reason="processes are looked for in /proc, which Linux alone has"),
    pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning"),
]

WAITS = "import pathlib, time\npathlib.Path({note!r}).write_text('started')\ntime.sleep({seconds})\nprint(n)"


@pytest.fixture(autouse=True)
def collected():
    """A kernel that was killed leaves sockets unclosed; they are collected here, where nobody warns of them."""
    yield
    gc.collect()


def marked(mark):
    """The processes that were started with this mark in their environment."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if mark.encode() in (process / "environ").read_bytes():
                found.append(int(process.name))
    return found


def until(condition, seconds=60.0):
    """Whether the condition comes true in time."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.05)
    return False


@pytest.fixture
def building(small_book, tmp_path, fonts):
    """A build of two chapters that wait, as a process, when both have begun; and the mark of all its processes."""
    mark, notes = uuid.uuid4().hex, [tmp_path / "one", tmp_path / "two"]
    one, two = (WAITS.format(note=str(note), seconds=120) for note in notes)
    small_book(one=one, two=two)
    command = [sys.executable, "-m", "collapse_lib", "build", "--preset", "quick", "-j", "2"]
    with subprocess.Popen(
        command, env={**os.environ, "COLLAPSE_MARK": mark}, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert until(lambda: all(note.is_file() for note in notes)), process.communicate()
        yield process, mark
        process.kill()
    for left in marked(mark):
        os.kill(left, signal.SIGKILL)


def test_a_build_that_is_killed_leaves_no_process(building):
    process, mark = building
    assert len(marked(mark)) >= 4  # itself, the server, two kernels; else this looks at nothing
    process.kill()
    process.wait()
    assert until(lambda: not marked(mark), 10), [Path(f"/proc/{p}/cmdline").read_bytes() for p in marked(mark)]


@pytest.mark.parametrize("told", [signal.SIGTERM, signal.SIGINT])
def test_a_build_that_is_told_to_end_ends_at_once_with_all_its_processes(building, told):
    process, mark = building
    process.send_signal(told)
    _, complained = process.communicate(timeout=30)
    assert process.returncode == 130
    assert complained.decode().splitlines()[-1] == "Interrupted; nothing half-written was left."
    assert "Traceback" not in complained.decode()
    assert until(lambda: not marked(mark), 10)


def test_after_a_kill_the_next_build_gives_what_an_undisturbed_one_does(building, small_book, tmp_path):
    process, mark = building
    process.kill()
    process.wait()
    assert until(lambda: not marked(mark), 10)
    small_book(one="print(n)", two="print(2 * n)")
    left = Book.here().output / ".site-left-by-the-one-that-was-killed"
    left.mkdir()
    whole.run_chapters(Book.here(), preset="quick", jobs=2, report=lambda _: None)
    after = {path.name: path.read_bytes() for path in Book.here().executed.glob("*.ipynb")}
    for path in Book.here().executed.iterdir():
        path.unlink()
    whole.run_chapters(Book.here(), preset="quick", jobs=1, report=lambda _: None)
    assert after == {path.name: path.read_bytes() for path in Book.here().executed.glob("*.ipynb")}
    assert sorted(after) == ["one.ipynb", "two.ipynb"]
    with whole.alone(Book.here()):
        assert not left.exists()


def test_kernels_that_were_stopped_are_not_started_again(small_book, tmp_path, fonts):
    """A kernel that dies is tried once more, unless it died because the build was stopped."""
    note = tmp_path / "begun"
    small_book(small=f"import time\nopen({str(note)!r}, 'a').write('x')\ntime.sleep(60)")
    with ThreadPoolExecutor(1) as pool:
        kernels.prepare()
        future = pool.submit(
            execute, Book.here().chapter("small"), {"n": 2, "loud": False}, preset="quick", one_of_many=True
        )
        assert until(note.is_file)
        kernels.stop()
        with pytest.raises(kernels.Stopped):
            future.result(timeout=20)
    assert note.read_text() == "x"
    kernels.prepare()
    assert not kernels.stopped()


def test_a_second_build_in_the_same_folder_is_refused_while_one_is_at_work(small_book):
    small_book(one="print(n)")
    Book.here().output.mkdir(parents=True, exist_ok=True)
    with FileLock(Book.here().output / ".lock"), pytest.raises(InvalidInput, match="another build is at work"):
        whole.build(Book.here(), preset="quick")


def test_scratch_folders_of_processes_that_are_gone_are_swept_and_no_others(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    with subprocess.Popen([sys.executable, "-c", ""]) as gone:
        gone.wait()
    for name in (f"c{gone.pid}-abc_1", f"c{os.getpid()}-abc", "cx-abc", f"other-{gone.pid}-a"):
        (tmp_path / name).mkdir()
        (tmp_path / name / lifetime.MARK).touch()
    (tmp_path / f"c{gone.pid}-unmarked").mkdir()
    (tmp_path / f"c{gone.pid}-link").symlink_to(tmp_path / f"other-{gone.pid}-a")
    lifetime.sweep()
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(
        [f"c{os.getpid()}-abc", "cx-abc", f"other-{gone.pid}-a", f"c{gone.pid}-unmarked", f"c{gone.pid}-link"]
    )


@pytest.mark.parametrize("grandchild", [False, True], ids=["child", "what it forks"])
def test_a_tied_process_dies_with_its_parent(grandchild):
    mark = uuid.uuid4().hex
    begins = "import os, time; from collapse_lib import lifetime; lifetime.end_with_parent(os.getppid())"
    forks = (
        "; print('tied', flush=True) if not os.fork() else None" if grandchild else "; print('tied', flush=True)"
    )
    child = f"{begins}{forks}; time.sleep(60)"
    parent = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {child!r}])"
    with subprocess.Popen(
        [sys.executable, "-c", parent], env={**os.environ, "COLLAPSE_MARK": mark}, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout.readline() == b"tied\n"
        assert len(marked(mark)) >= 2 + grandchild
        process.kill()
    assert until(lambda: not marked(mark), 10)


def test_a_process_that_is_not_tied_outlives_its_parent():
    """The control: without the tie the same child would be found."""
    mark = uuid.uuid4().hex
    child = "import time; print('free', flush=True); time.sleep(60)"
    parent = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {child!r}])"
    with subprocess.Popen(
        [sys.executable, "-c", parent], env={**os.environ, "COLLAPSE_MARK": mark}, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout.readline() == b"free\n"
        process.kill()
    assert not until(lambda: not marked(mark), 1)
    for left in marked(mark):
        os.kill(left, signal.SIGKILL)


def test_an_experiment_that_is_killed_leaves_no_process(tmp_path):
    """Its workers are busy or wait for work that will not come."""
    pytest.importorskip("torch", reason="torch is not installed, so no experiment can be killed")
    mark, folder = uuid.uuid4().hex, tmp_path / "experiment"
    command = [sys.executable, "-m", "collapse_lib", "gpt", "-j", "2", "-o", str(folder), "--seeds", "0,1"]
    with subprocess.Popen(
        command, env={**os.environ, "COLLAPSE_MARK": mark}, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        begun = until(lambda: len(marked(mark)) >= 4)  # itself, two workers, the tracker of shared memory
        process.kill()
        assert begun, process.communicate()
    assert until(lambda: not marked(mark), 10)
