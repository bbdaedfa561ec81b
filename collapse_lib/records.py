"""What ran, where, and how: provenance, and files that are never half-written."""

from __future__ import annotations

import contextlib
import errno
import hashlib
import importlib.metadata
import json
import os
import platform
import re
import shutil
import stat
import subprocess
import sys
import tempfile
from collections.abc import Callable, Collection, Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from collapse_lib.errors import require

LIBRARY = Path(__file__).parent
LAST_DATE = 4_354_819_200  # the first second of 2108
PACKAGES = ("collapse-lib", "numpy", "scipy", "matplotlib", "papermill", "jupyter-book")


def digest(*parts: str | bytes) -> str:
    """SHA-256 of the parts, each marked off from the next."""
    total = hashlib.sha256()
    for part in parts:
        data = part.encode() if isinstance(part, str) else part
        total.update(len(data).to_bytes(8, "big") + data)
    return total.hexdigest()


def tree_digest(folder: Path, pattern: str = "*.py", without: Collection[str] = ()) -> str:
    """SHA-256 of every file below `folder` that matches, names included, but for what `without` names."""
    left = [folder / name for name in without]
    found = (path for path in folder.rglob(pattern) if not any(path.is_relative_to(each) for each in left))
    files = sorted(path for path in found if path.is_file())
    return digest(*(part for path in files for part in (path.relative_to(folder).as_posix(), path.read_bytes())))


def library_digest(without: Collection[str] = ()) -> str:
    """SHA-256 of the library's source, but for the packages and files that `without` names."""
    return tree_digest(LIBRARY, without=without)


def provenance() -> dict[str, Any]:
    """Versions, platform, and the commit and digest of the code that is running."""
    versions = {}
    for package in PACKAGES:
        with contextlib.suppress(importlib.metadata.PackageNotFoundError):
            versions[package] = importlib.metadata.version(package)
    return {
        "python": platform.python_version(),
        "platform": platform.platform(),
        "versions": versions,
        "library_sha256": library_digest(),
        "commit": commit(),
    }


def peak_memory() -> int | None:
    """The most memory that this process has had to itself, in bytes; None where the platform does not tell.

    Linux tells it as VmHWM.  The `ru_maxrss` of getrusage, which macOS has too, is there only second best: in a
    process that a large one started it is the large one's.
    """
    with contextlib.suppress(OSError):
        found = re.search(r"^VmHWM:\s*(\d+) kB", Path("/proc/self/status").read_text(), re.MULTILINE)
        if found:
            return int(found[1]) * 1024
    try:
        import resource
    except ImportError:  # Windows
        return None
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024


def commit() -> str | None:
    """The Git commit of the checkout, with "-dirty" after it where files have changed; None outside one."""
    try:
        return subprocess.run(
            ["git", "describe", "--always", "--dirty", "--abbrev=12", "--exclude=*"],
            cwd=LIBRARY,
            capture_output=True,
            text=True,
            check=True,
        ).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return None


def source_date() -> date | None:
    """The day of SOURCE_DATE_EPOCH, which names the date of what is made; None where it is not set.

    Raises `InvalidInput` where it is no number of seconds, or leads past 2107, the last year that a zip can tell.
    """
    epoch = os.environ.get("SOURCE_DATE_EPOCH")
    if not epoch:
        return None
    require(
        bool(re.fullmatch(r"[0-9]{1,10}", epoch)) and int(epoch) < LAST_DATE,
        f"SOURCE_DATE_EPOCH was {epoch!r}; it takes a whole number of seconds since 1970, below {LAST_DATE}.",
    )
    return datetime.fromtimestamp(int(epoch), UTC).date()


def write(path: Path, content: str | bytes | dict[str, Any]) -> None:
    """Write a file so that a reader sees the old one or the new one, never a part; a dict becomes JSON.

    Raises `OSError` where it cannot be written, or where something that is no regular file has its name.
    """
    if isinstance(content, dict):
        content = json.dumps(content, indent=1, ensure_ascii=False) + "\n"
    data = content.encode() if isinstance(content, str) else content
    _take_place_of(path, stat.S_ISREG)
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=_beside(path))
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        Path(name).chmod(0o644)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


@contextlib.contextmanager
def folder(target: Path) -> Iterator[Path]:
    """A fresh folder to fill, which takes the place of `target` at the end, or vanishes if something fails.

    Raises `OSError` where it cannot be made, or where something that is no folder has its name.
    """
    _take_place_of(target, stat.S_ISDIR)
    target.parent.mkdir(parents=True, exist_ok=True)
    fresh = Path(tempfile.mkdtemp(dir=target.parent, prefix=_beside(target)))
    fresh.chmod(0o755)
    try:
        yield fresh
        if target.exists():
            old = Path(tempfile.mkdtemp(dir=target.parent, prefix=_beside(target)))
            target.replace(old / "old")
            fresh.replace(target)
            shutil.rmtree(old)
        else:
            fresh.replace(target)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)


def _take_place_of(path: Path, accepted: Callable[[int], bool]) -> None:
    """Refuse to put something where a link, a device or another kind of thing is: to rename would destroy it."""
    if os.path.lexists(path) and not accepted(path.lstat().st_mode):
        raise FileExistsError(errno.EEXIST, "Something of another kind has this name", str(path))


def _beside(path: Path) -> str:
    """How a temporary name beside a path begins; a part of its name, since that may be as long as names can be."""
    return f".{path.name[:32]}."
