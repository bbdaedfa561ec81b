"""The whole companion as one zip that needs no network: `collapse archive`.

    OPEN-ME.html     what is in it, with a link to each part
    site/            the pages, which open from the disk, search and mathematics included; in `_notebooks` the
                     executed chapters, in `_figures` every figure as SVG and PNG with its data as CSV
    manifest.json    what it was made from, and the SHA-256 of every file
    and the sources beside them, laid out as in the repository, so that `make book` works in the unpacked folder

The same build gives the same bytes: files are sorted and carry one date, and nothing tells when they were packed.
"""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath
from typing import Any

import collapse_lib
from collapse_lib import records, targets
from collapse_lib.press import templates
from collapse_lib.press.book import Book
from collapse_lib.press.editions.last_build import LastBuild
from collapse_lib.press.editions.packed import MANIFEST
from collapse_lib.press.pages.figures import FOLDER as FIGURES
from collapse_lib.press.pages.notebooks import FOLDER as NOTEBOOKS

FIRST = "OPEN-ME.html"

SOURCES = (
    "book", "collapse_lib", "tests", "benchmarks", "_config.yml", "pyproject.toml", "requirements.in",
    "requirements.txt", "Makefile", "LICENSE", "CITATION.cff", "README.md", "CHANGELOG.md", "CONTRIBUTING.md",
)  # fmt: skip
"""What of the repository is packed, where it is there."""

STORED = (".png", ".woff", ".woff2")
"""What compression makes no smaller."""


def _ours(path: Path) -> bool:
    """Whether a file is an archive of this book, of whatever version."""
    try:
        with zipfile.ZipFile(path) as packed:
            names = {PurePosixPath(name).name for name in packed.namelist() if name.count("/") == 1}
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        return False
    return {MANIFEST, FIRST} <= names


FILE = targets.Kind("archive of this book", ".zip", _ours)
"""What `collapse archive` writes, and may replace."""


def archive(build: LastBuild) -> bytes:
    """The zip of a build, as bytes."""
    files = dict(contents(build))
    made = build.provenance()
    files[FIRST] = _first_page(build.book, made, files).encode()
    sums = {name: hashlib.sha256(files[name]).hexdigest() for name in sorted(files)}
    manifest = {**made, "files": sums}
    files[MANIFEST] = (json.dumps(manifest, indent=1, ensure_ascii=False) + "\n").encode()
    return zipped(files, folder=f"collapse-{collapse_lib.__version__}", day=made["date"])


def contents(build: LastBuild) -> Iterator[tuple[str, bytes]]:
    """Every file but the first page and the manifest, by its name in the archive."""
    for path in _files(build.book.site):
        yield f"site/{path.relative_to(build.book.site).as_posix()}", path.read_bytes()
    for name in SOURCES:
        top = records.LIBRARY.parent if name == records.LIBRARY.name else build.book.root
        for path in _files(top / name):
            yield path.relative_to(top).as_posix(), path.read_bytes()


def zipped(files: Mapping[str, bytes], *, folder: str, day: str) -> bytes:
    """A zip of these files in one folder, which depends on nothing else."""
    year, month, date = map(int, day.split("-"))
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as target:
        for name in sorted(files, key=lambda name: (name != FIRST, name)):
            entry = zipfile.ZipInfo(f"{folder}/{name}", (max(year, 1980), month, date, 0, 0, 0))
            entry.create_system, entry.external_attr = 3, 0o100644 << 16
            stored = PurePosixPath(name).suffix in STORED
            entry.compress_type = zipfile.ZIP_STORED if stored else zipfile.ZIP_DEFLATED
            target.writestr(entry, files[name], compresslevel=9)
    return packed.getvalue()


def _files(place: Path) -> list[Path]:
    """A file, or the files below a folder but for caches and hidden ones; nothing where there is neither."""
    if place.is_file():
        return [place]
    names = ((path, path.relative_to(place).parts) for path in place.rglob("*") if path.is_file())
    return sorted(path for path, parts in names if not any(p.startswith(".") or p == "__pycache__" for p in parts))


def _first_page(book: Book, made: Mapping[str, Any], files: Mapping[str, bytes]) -> str:
    """What is in the archive, with links."""
    chapters = book.chapters.values()
    notebooks = [(chapter.title, f"site/{NOTEBOOKS}/{chapter.slug}.ipynb") for chapter in chapters]
    figures = [(chapter.title, _figures(chapter.slug, files)) for chapter in chapters]
    return templates.render(
        "first_page",
        made=made,
        notebooks=[(title, name) for title, name in notebooks if name in files],
        figures=[(title, found) for title, found in figures if found],
        manifest=MANIFEST,
    )


def _figures(slug: str, files: Mapping[str, bytes]) -> dict[str, str]:
    """A chapter's figures: each one's name, and its files' names without their endings."""
    base = f"site/{FIGURES}/{slug}/"
    names = sorted(name.removesuffix(".csv") for name in files if name.startswith(base) and name.endswith(".csv"))
    return {name.removeprefix(base): name for name in names}
