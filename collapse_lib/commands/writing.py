"""What a command leaves: where it may write, what it wrote, and plain values as JSON."""

from __future__ import annotations

import contextlib
import json
from pathlib import Path
from typing import Any

import click

import collapse_lib
from collapse_lib import records, targets
from collapse_lib.errors import InvalidInput


def target(output: Path | None, default: Path, kind: targets.Kind) -> Path:
    """Where to write, which is tried, and again before it is written: see `targets`."""
    from collapse_lib.press.book import Book

    outside = [records.LIBRARY]
    with contextlib.suppress(InvalidInput):
        book = Book.here()
        outside += [book.folder, book.site, book.executed]
    return targets.checked(default if output is None else output, kind, outside=outside)


def named(kind: targets.Kind) -> Path:
    """Where the file of this version goes that was given no name."""
    from collapse_lib.press.book import Book

    return Book.here().output / f"collapse-{collapse_lib.__version__}{kind.suffix}"


def leave(path: Path, kind: targets.Kind, content: bytes) -> None:
    """Write the file and tell its size."""
    records.write(target(path, path, kind), content)
    click.echo(f"{path}: {len(content) / 1e6:.1f} MB")


def as_json(values: Any) -> str:
    """Plain values as JSON to read."""
    return json.dumps(values, indent=1, ensure_ascii=False)
