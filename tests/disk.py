"""What is on a disk: a picture of a folder, and the things that a target may be already.

Devices are made with the numbers of `/dev/full` in a temporary folder; the real ones are never touched.
"""

import os
import socket
import stat
from pathlib import Path

import pytest


def snapshot(*folders):
    """Every name below the folders with its kind, and the bytes of each regular file or where each link leads."""
    found = {}
    for folder in folders:
        for top, names, files in os.walk(folder):
            for name in [*names, *files]:
                path = Path(top) / name
                mode = path.lstat().st_mode
                content = path.read_bytes() if stat.S_ISREG(mode) else None
                found[str(path)] = (stat.S_IFMT(mode), content, path.readlink() if path.is_symlink() else None)
    return found


def fifo(path):
    os.mkfifo(path)


def listening(path):
    """A socket, by a path that is short enough for one."""
    with socket.socket(socket.AF_UNIX) as server:
        here = Path.cwd()
        os.chdir(path.parent)
        try:
            server.bind(path.name)
        finally:
            os.chdir(here)


def device(path):
    try:
        os.mknod(path, stat.S_IFCHR | 0o600, os.makedev(1, 7))
    except OSError:
        pytest.skip("devices may not be made here")


def dangling(path):
    path.symlink_to("nothing")


def loop(path):
    path.symlink_to(path.name)


def link_to_a_file(path):
    (path.parent / "linked.txt").write_text("mine", encoding="utf-8")
    path.symlink_to("linked.txt")


def link_to_a_folder(path):
    (path.parent / "linked").mkdir()
    path.symlink_to("linked")


def a_file(path):
    path.write_text("mine", encoding="utf-8")


def an_empty_file(path):
    path.touch()


def a_folder(path):
    path.mkdir()
    (path / "thesis.tex").write_text("mine", encoding="utf-8")


STRANGERS = {
    "a FIFO": fifo,
    "a socket": listening,
    "a device": device,
    "a dangling link": dangling,
    "a loop": loop,
    "a link to a file": link_to_a_file,
    "a link to a folder": link_to_a_folder,
    "a file": a_file,
    "an empty file": an_empty_file,
    "a folder with something in it": a_folder,
}
"""What is nobody's target: each by its name, and how it is made."""
