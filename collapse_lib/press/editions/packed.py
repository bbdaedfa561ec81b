"""An archive as it is given to somebody: is it what its manifest says, and can it be unpacked without harm?

Nothing is unpacked here.  First what the list of its entries tells: no name that leads out of the folder or means
another file on another system, nothing but files and folders, no more than an archive of this book can have.  Only
then is each file read, a piece at a time, and its SHA-256 compared.

A file that is not unpacked by this module is not made harmless by it either: who unpacks an archive should have no
faults told before.
"""

from __future__ import annotations

import collections
import hashlib
import re
import stat
import struct
import unicodedata
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from collapse_lib import shapes
from collapse_lib.errors import InvalidInput, require
from collapse_lib.press.editions.foreign import LINE, printable
from collapse_lib.shapes import Such

MANIFEST = "manifest.json"

MOST_PACKED = 500 * 10**6
"""Bytes of the zip."""
MOST_FILES = 20_000
MOST_UNPACKED = 10**9
"""Bytes of all files together."""
MOST_RATIO = 200
"""A file above a megabyte that was made smaller by more than this is a bomb."""
MOST_TOLD = 40

UNREADABLE = (
    zipfile.BadZipFile, zlib.error, struct.error, OSError, EOFError, RuntimeError, ValueError, OverflowError
)  # fmt: skip
"""What reading a zip raises that is none, or no whole one (NotImplementedError is a RuntimeError)."""

SHA256 = Such("a SHA-256", lambda value: isinstance(value, str) and re.fullmatch("[0-9a-f]{64}", value) is not None)
SHAPE = {"version": LINE, "date": LINE, "files": {str: SHA256}}


def faults(path: Path) -> list[str]:
    """What is wrong with an archive, in one phrase each, the first ones of many; empty where nothing is.

    Raises `InvalidInput` where there is no such file, or none that can be read.
    """
    try:
        require(path.exists(), f"there is no file {str(path)!r}.")
        require(path.is_file(), f"{str(path)!r} is no regular file; give the zip that is to be checked.")
        told = [printable(fault) for fault in _faults(path)]
    except OSError as error:
        raise InvalidInput(f"{str(path)!r} cannot be read: {error.strerror}.") from None
    return told if len(told) <= MOST_TOLD else [*told[:MOST_TOLD], f"and {len(told) - MOST_TOLD:,} more"]


def manifest(path: Path) -> dict[str, Any]:
    """The manifest of an archive without faults."""
    with zipfile.ZipFile(path) as packed:
        return _manifest(packed, _top(packed.infolist()))


def _faults(path: Path) -> list[str]:
    """What is wrong with a file that is there."""
    if path.stat().st_size > MOST_PACKED or _entries(path) > MOST_FILES:
        return [
            f"it has more than {MOST_PACKED / 1e6:,.0f} MB or {MOST_FILES:,} files, as no archive of this book has"
        ]
    try:
        with zipfile.ZipFile(path) as packed:
            entries = packed.infolist()
            return _dangers(entries) or _differences(packed, entries)
    except UNREADABLE as error:
        return [f"it is no zip, or not a whole one ({error})"]


def _entries(path: Path) -> int:
    """How many entries a zip lists, at most: counted by their signature, before a list of them is made."""
    count, end = 0, b""
    with path.open("rb") as file:
        while piece := file.read(2**20):
            count += (end + piece).count(b"PK\1\2")
            end = piece[-3:]
    return count


def _dangers(entries: list[zipfile.ZipInfo]) -> list[str]:
    """What would go wrong where it is unpacked, as far as the list of its entries tells."""
    if told := [f"{fault}: {entry.filename[:200]}" for entry in entries if (fault := _danger(entry))]:
        return told
    if sum(entry.file_size for entry in entries) > MOST_UNPACKED:
        return [f"unpacked it would be larger than {MOST_UNPACKED / 1e6:,.0f} MB"]
    exact = collections.Counter(entry.filename for entry in entries)
    told = [f"there twice: {name}" for name, count in exact.items() if count > 1]
    alike = collections.Counter(_folded(name) for name in exact)
    told += [f"the same name but for case: {name}" for name in exact if alike[_folded(name)] > 1]
    files = {_folded(name) for name in exact if not name.endswith("/")}
    inside = {name for name in exact for folder in _parents(_folded(name)) if folder in files}
    return told + [f"inside of a file: {name}" for name in sorted(inside)]


def _danger(entry: zipfile.ZipInfo) -> str:
    """What is wrong with an entry by itself; empty where nothing is."""
    kind = stat.S_IFMT(entry.external_attr >> 16)
    if not _plain(entry):
        return "no plain name below the folder"
    if kind not in (0, stat.S_IFDIR if entry.is_dir() else stat.S_IFREG):
        return "neither a file nor a folder"
    if entry.flag_bits & 1:
        return "encrypted"
    if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        return "packed in another way than deflate"
    if entry.file_size > max(10**6, MOST_RATIO * entry.compress_size):
        return f"packed to less than a part in {MOST_RATIO} of its size"
    return ""


def _plain(entry: zipfile.ZipInfo) -> bool:
    r"""Whether a name means one place inside the folder, on any system: no "..", drive, backslash, NUL."""
    name = entry.filename
    if entry.orig_filename != name or len(name) > 1000 or re.search(r"[\\:\x00-\x1f\x7f]", name):
        return False
    return all(part.rstrip(". ") == part != "" for part in name.removesuffix("/").split("/"))


def _folded(name: str) -> str:
    """A name as a file system may see it that knows no case and one form of each letter."""
    return unicodedata.normalize("NFC", name.rstrip("/").casefold())


def _parents(name: str) -> Iterator[str]:
    """The folders that a file is in."""
    while name := name.rpartition("/")[0]:
        yield name


def _differences(packed: zipfile.ZipFile, entries: list[zipfile.ZipInfo]) -> list[str]:
    """What is not as the manifest says."""
    given = {entry.filename: entry for entry in entries if not entry.is_dir()}
    top = _top(entries)
    if f"{top}/{MANIFEST}" not in given:
        return [f"it has no {MANIFEST}, so it is no archive of this book"]
    try:
        sums = _manifest(packed, top)["files"]
    except (InvalidInput, *UNREADABLE) as error:
        return [f"its {MANIFEST} cannot be read ({error})"]
    expected = {f"{top}/{name}": digest for name, digest in sums.items()}
    del given[f"{top}/{MANIFEST}"]
    told = [f"missing: {name}" for name in sorted(expected.keys() - given.keys())]
    told += [f"not in the manifest: {name}" for name in sorted(given.keys() - expected.keys())]
    for name in sorted(given.keys() & expected.keys()):
        if (found := _sum(packed, given[name])) != expected[name]:
            told.append(f"{'changed' if found else 'unreadable'}: {name}")
    return told


def _top(entries: list[zipfile.ZipInfo]) -> str:
    """The one folder that everything is in; empty where there is none."""
    tops = {entry.filename.partition("/")[0] for entry in entries}
    return min(tops) if len(tops) == 1 else ""


def _manifest(packed: zipfile.ZipFile, top: str) -> dict[str, Any]:
    """The manifest, in its shape."""
    entry = packed.getinfo(f"{top}/{MANIFEST}")
    require(entry.file_size <= shapes.MOST, "it is too large.")
    found: dict[str, Any] = shapes.parsed(packed.read(entry), SHAPE, "it")
    return found


def _sum(packed: zipfile.ZipFile, entry: zipfile.ZipInfo) -> str | None:
    """The SHA-256 of a file in a zip, None where it cannot be read."""
    total = hashlib.sha256()
    try:
        with packed.open(entry) as file:
            while piece := file.read(2**20):
                total.update(piece)
    except UNREADABLE:
        return None
    return total.hexdigest()
