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
import html
import io
import json
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath
from typing import Any

import collapse_lib
from collapse_lib import records, targets
from collapse_lib.chapters.book import Book
from collapse_lib.site.figures import FOLDER as FIGURES
from collapse_lib.site.last_build import LastBuild
from collapse_lib.site.notebooks import FOLDER as NOTEBOOKS
from collapse_lib.site.packed import MANIFEST

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
    titles = {slug: chapter.title for slug, chapter in book.chapters.items()}
    verdicts = ", ".join(f"{count} {kind}" for kind, count in made["verdicts"].items())
    commit = f", commit {made['commit']}" if made["commit"] else ""
    notebooks = "".join(
        f'<li><a href="{name}">{html.escape(title)}</a></li>'
        for slug, title in titles.items()
        if (name := f"site/{NOTEBOOKS}/{slug}.ipynb") in files
    )
    figures = "".join(
        f"<li>{html.escape(title)}: {', '.join(found)}</li>"
        for slug, title in titles.items()
        if (found := _figures(slug, files))
    )
    return f"""<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>{html.escape(made["title"])}</title>
<style>
:root {{ color-scheme: light dark; }}
body {{ font: 1rem/1.55 system-ui, sans-serif; max-width: 44rem; margin: 2rem auto; padding: 0 1rem; }}
li {{ margin: 0.2rem 0; overflow-wrap: anywhere; }}
.read {{ font-size: 1.3rem; }}
</style></head><body><main>
<h1>{html.escape(made["title"])}</h1>
<p>Version {made["version"]}, {made["date"]}{commit}; preset {html.escape(made["preset"])}.
Verdicts: {verdicts}.</p>
<p class="read"><a href="site/index.html">Read the book</a></p>
<p>It needs no network: mathematics, figures and search are in this folder.</p>
<h2>The executed notebooks</h2><ul>{notebooks}</ul>
<h2>The figures and their data</h2><ul>{figures}</ul>
<h2>Run it again</h2>
<p>This folder is laid out as the repository: with Python 3.11 or later, <code>make book</code> here runs every
chapter and builds the site. <a href="README.md">README.md</a> says more, <a href="CITATION.cff">CITATION.cff</a>
how to cite it, <a href="LICENSE">LICENSE</a> what you may do with it. <a href="{MANIFEST}">{MANIFEST}</a> has the
parameters, the versions and the SHA-256 of every file; <code>collapse archive --check FILE.zip</code> compares
them.</p>
</main></body></html>
"""


def _figures(slug: str, files: Mapping[str, bytes]) -> list[str]:
    """A chapter's figures, each with links to its three files."""
    base = f"site/{FIGURES}/{slug}/"
    names = sorted(name.removesuffix(".csv") for name in files if name.startswith(base) and name.endswith(".csv"))
    return [
        f"{html.escape(name.removeprefix(base))} ("
        + " ".join(f'<a href="{name}.{kind}">{kind.upper()}</a>' for kind in ("svg", "png", "csv"))
        + ")"
        for name in names
    ]
