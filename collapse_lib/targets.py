"""Where a command may write, tried before any work.

A target is new, or it is what the same command left there before (each writer says how it knows its own, in a
`Kind`), or an empty folder.  All else that exists is somebody's and stays: other files and folders, links, devices,
FIFOs, sockets.  What cannot be written is refused here too, so that no chapter runs for nothing.  To try leaves the
file system as it was.
"""

from __future__ import annotations

import os
import stat
import tempfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from collapse_lib.errors import InvalidInput, require

LONGEST = 255
"""Bytes in a name that every common file system takes."""

KINDS = (
    (stat.S_ISLNK, "a link"),
    (stat.S_ISFIFO, "a FIFO"),
    (stat.S_ISSOCK, "a socket"),
    (stat.S_ISBLK, "a device"),
    (stat.S_ISCHR, "a device"),
)


@dataclass(frozen=True)
class Kind:
    """What a command leaves: its name, the suffix of a file (empty for a folder), and how one is recognised.

    `ours` is asked of a regular file, or of a folder with something in it, and raises nothing.
    """

    name: str
    suffix: str
    ours: Callable[[Path], bool]

    @property
    def shape(self) -> str:
        """A file or a folder."""
        return "file" if self.suffix else "folder"


def checked(target: Path, kind: Kind, *, outside: Iterable[Path] = ()) -> Path:
    """`target`, where such a thing may be written; `outside` names folders in which it may not.

    Raises `InvalidInput` where something else is there, or where nothing can be written.
    """
    try:
        _check_what_is_there(target, kind)
        _check_name(target, kind)
        _check_place(target, outside)
        _check_folder(target)
    except InvalidInput:
        raise
    except (OSError, ValueError) as error:  # a name with a NUL in it is a ValueError
        reason = getattr(error, "strerror", None) or error
        raise InvalidInput(f"the output {str(target)!r} cannot be written: {reason}.") from None
    return target


def regular(path: Path) -> bool:
    """Whether a regular file is there, itself and not by a link; a FIFO would never end to be read."""
    try:
        return stat.S_ISREG(path.lstat().st_mode)
    except (OSError, ValueError):
        return False


def _check_place(target: Path, outside: Iterable[Path]) -> None:
    """Refuse the folder that one is in, the home folder, what holds them, and what lies in the book."""
    place = _real(target)
    for holder, words in ((Path.cwd(), "the folder that you are in"), (Path("~").expanduser(), "your home folder")):
        holder = _real(holder)
        require(place != holder, f"the output {str(target)!r} is {words}; give -o a new name.")
        require(place not in holder.parents, f"the output {str(target)!r} holds {words}; give -o a new name.")
    for folder in map(_real, outside):
        require(
            place != folder and folder not in place.parents and place not in folder.parents,
            f"the output {str(target)!r} would be mixed with the book's own folder {folder.name!r}; give -o a "
            "place outside it.",
        )


def _check_what_is_there(target: Path, kind: Kind) -> None:
    """Refuse to replace what the command has not written."""
    try:
        mode = target.lstat().st_mode
    except (FileNotFoundError, NotADirectoryError):
        return
    for has, words in KINDS:
        require(not has(mode), f"the output {str(target)!r} is {words}; give -o a new name.")
    if stat.S_ISDIR(mode):
        require(not kind.suffix, f"the output {str(target)!r} is a folder; give -o the name of a file.")
        require(
            not any(target.iterdir()) or kind.ours(target),
            f"the output {str(target)!r} has something else in it and is no {kind.name}; give -o a new folder.",
        )
        return
    require(
        bool(kind.suffix) and kind.ours(target),
        f"the output {str(target)!r} exists and is no {kind.name}; give -o a new {kind.shape}.",
    )


def _check_name(target: Path, kind: Kind) -> None:
    """Refuse another kind's suffix, and names that are too long."""
    require(
        not kind.suffix or target.suffix.lower() == kind.suffix,
        f"the output was {str(target)!r}; the name of every {kind.name} ends in {kind.suffix}.",
    )
    longest = max(len(os.fsencode(part)) for part in (".", *target.parts))
    require(longest <= LONGEST, f"the output has a name of {longest} bytes; give -o one of at most {LONGEST}.")


def _check_folder(target: Path) -> None:
    """Refuse a target below something that is no folder, or that takes no new file."""
    folder = target.parent
    while not os.path.lexists(folder):
        folder = folder.parent
    if not folder.is_dir():
        raise InvalidInput(
            f"the output {str(target)!r} lies below {str(folder)!r}, which is no folder; give -o another place."
        )
    with tempfile.TemporaryFile(dir=folder):  # on Linux it has no name, so nobody ever sees it
        pass


def _real(path: Path) -> Path:
    """A path without links, whether it exists or not, even where links lead in a circle."""
    return Path(os.path.realpath(path))
