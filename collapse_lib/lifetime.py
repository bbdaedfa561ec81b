"""Processes that end with the one that started them, however that one ends.

Ctrl-C and SIGTERM are heard: the command stops what it started and says so.  SIGKILL is not, so on Linux every
process that a command starts asks the kernel to be killed when its parent is gone (prctl(2), PR_SET_PDEATHSIG).
Elsewhere a Jupyter kernel looks for its parent once a second, and other processes find their pipes closed.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import re
import shutil
import signal
import sys
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path
from types import FrameType

PR_SET_PDEATHSIG = 1
"""From <linux/prctl.h>."""

MARK = ".collapse"
"""A file in each scratch folder, by which it is known."""

_forking = 0
"""The process that is about to fork, so that its child knows whose child it is."""


def end_with_parent(parent: int) -> None:
    """Let this process be killed when `parent`, its parent, ends; and what it forks, when it ends itself."""
    if sys.platform == "linux":
        _tie(parent)
        os.register_at_fork(before=_about_to_fork, after_in_child=lambda: _tie(_forking))


def tied() -> str:
    """The first line of a program for a fresh interpreter that this process starts."""
    return f"from collapse_lib import lifetime; lifetime.end_with_parent({os.getpid()})"


def _tie(parent: int) -> None:
    """Ask to be killed with the parent; one that is gone already will not be gone again, so end at once."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(1)


def _about_to_fork() -> None:
    """Note whose child the next process is."""
    global _forking
    _forking = os.getpid()


class Terminated(KeyboardInterrupt):
    """SIGTERM was heard: an interrupt for whoever does not ask which."""


@contextlib.contextmanager
def terminable() -> Iterator[None]:
    """SIGTERM is an interrupt in here, as Ctrl-C is: what was started is stopped, nothing is left half-written."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGTERM, _interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _interrupt(_signal: int, _frame: FrameType | None) -> None:
    """Raise what Ctrl-C raises."""
    raise Terminated


def scratch() -> tempfile.TemporaryDirectory[str]:
    """A folder for the time being, named after this process, so that `sweep` knows when nobody needs it.

    The name is short: a kernel's sockets lie in it, and their paths may have 107 characters.
    """
    folder = tempfile.TemporaryDirectory(prefix=f"c{os.getpid()}-")
    (Path(folder.name) / MARK).touch()
    return folder


def sweep() -> None:
    """Remove the scratch folders of processes that were killed: those of this user whose process is gone."""
    for path in Path(tempfile.gettempdir()).glob("c*-*"):
        owner = re.fullmatch(r"c(\d+)-\w+", path.name)
        with contextlib.suppress(OSError):
            ours = hasattr(os, "getuid") and path.lstat().st_uid == os.getuid() and (path / MARK).is_file()
            if owner and ours and not path.is_symlink() and not _runs(int(owner[1])):
                shutil.rmtree(path, ignore_errors=True)


def _runs(process: int) -> bool:
    """Whether there is a process of this number."""
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:
        pass  # it is somebody else's
    return True
