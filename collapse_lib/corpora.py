"""Texts: where the characters come from, and how often each follows each context.

`load("book")`, the default, is a fixed file beside the chapters, `book/data/prose.txt`: prose of this book, made
once and never again, so that it needs no network and nothing written later changes what is computed from it.

`load("tinyshakespeare")`, the text of the paper's own experiment, is looked for

1. in the folder that the environment variable `COLLAPSE_DATA` names, as `tinyshakespeare.txt`;
2. in the cache of earlier downloads;
3. at its public address, once a process (not if `COLLAPSE_OFFLINE` is set).

Both are held against their SHA-256, wherever they come from.  Any other argument is the path of a text file of the
reader's.
"""

from __future__ import annotations

import functools
import hashlib
import logging
import os
import stat
import warnings
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from collapse_lib.errors import InvalidInput, require

BOOK = "book"
BOOK_SHA256 = "5bb9d9c9ae4b9f78c6656f80923b166aea2d0ac31d3ca0bfb56901739fdafe7a"
TINY_SHAKESPEARE = "tinyshakespeare"
ADDRESS = "https://raw.githubusercontent.com/karpathy/char-rnn/master/data/tinyshakespeare/input.txt"
SHA256 = "86c4e6aa9db7c042ec79f339dcb96d42b0075e16b8fc2e86bf0ca57e2dc565ed"
TAKES = f"corpus takes {BOOK!r}, {TINY_SHAKESPEARE!r} or the path of a UTF-8 text file"
LARGEST = 256 * 2**20  # bytes of a text file


@dataclass(frozen=True)
class Text:
    """A text with its name and a sentence that says where it came from."""

    characters: str
    name: str
    source: str

    def head(self, length: int) -> Text:
        """The first `length` characters (all of them if there are fewer)."""
        return Text(self.characters[:length], self.name, self.source)


@dataclass(frozen=True)
class ContextCounts:
    """How often each token follows each context of a text.

    `contexts` are the c distinct strings of l characters, most frequent first; `alphabet` the s distinct
    characters; `counts` has shape (c, s); row sums are the N_j.  `pairs` holds (context, token) for each of the
    M places, shape (2, M).
    """

    contexts: tuple[str, ...]
    alphabet: tuple[str, ...]
    counts: NDArray[np.int64]
    pairs: NDArray[np.int64]


def load(corpus: str = BOOK, characters: int = LARGEST) -> Text:
    """The text called `corpus`, its first `characters`: "book", "tinyshakespeare", or a path.

    Raises `InvalidInput` for what is no such text: not there, no regular file, above `LARGEST`, not UTF-8, empty,
    or one character repeated.
    """
    path, name, source = _found(corpus)
    text = _read(path, characters)
    require(len(text) > 0, f"the text {str(path)!r} is empty; give one with some characters in it.")
    require(
        "\0" not in text,
        f"the text {str(path)!r} holds NUL characters, so it is no plain text; save it as UTF-8 plain text.",
    )
    require(
        len(set(text)) > 1,
        f"the text {str(path)!r} is one character, repeated, in what is read of it; there is nothing to learn from "
        "it, so give another text.",
    )
    return Text(text, name, source)


def fingerprint(corpus: str = BOOK) -> str:
    """What `load` would find on this machine without a download: a file's SHA-256, or "none"."""
    if corpus == TINY_SHAKESPEARE:
        path = next((path for path in _places() if path.is_file()), None)
    else:
        path = _prose() if corpus == BOOK else Path(corpus)
    return "none" if path is None or not path.is_file() or path.stat().st_size > LARGEST else _digest(path)


def contexts(text: Text, length: int) -> ContextCounts:
    """Count the tokens that follow each context of `length` characters (paper, Section 2).

    >>> counted = contexts(Text("abcabd", "", ""), 2)
    >>> counted.contexts, counted.alphabet, counted.counts.tolist()
    (('ab', 'bc', 'ca'), ('a', 'b', 'c', 'd'), [[0, 0, 1, 1], [1, 0, 0, 0], [0, 1, 0, 0]])
    """
    require(length >= 1, f"the context length was {length!r}; it takes a whole number of at least 1.")
    places = len(text.characters) - length
    require(
        places >= 1,
        f"{text.name} has {len(text.characters)} characters; contexts of {length} need at least {length + 1}.",
    )
    alphabet, codes = np.unique(np.array(list(text.characters)), return_inverse=True)
    prefix = np.zeros(places, dtype=np.int64)  # the number of each place's context, one more character at a time
    for step in range(length):
        prefix = np.unique(prefix * len(alphabet) + codes[step : step + places], return_inverse=True)[1]
    first, context, seen = np.unique(prefix, return_index=True, return_inverse=True, return_counts=True)[1:]
    order = np.argsort(-seen, kind="stable")
    rank = np.empty_like(order)
    rank[order] = np.arange(len(order))
    pairs = np.stack([rank[context], codes[length:]]).astype(np.int64, copy=False)
    counts = np.zeros((len(order), len(alphabet)), dtype=np.int64)
    np.add.at(counts, (pairs[0], pairs[1]), 1)
    names = tuple(text.characters[i : i + length] for i in first[order].tolist())
    return ContextCounts(names, tuple(alphabet.tolist()), counts, pairs)


def _found(corpus: str) -> tuple[Path, str, str]:
    """The file of a text, the text's name, and where it is from."""
    if corpus == BOOK:
        path = _prose()
        require(
            path.is_file() and _digest(path) == BOOK_SHA256,
            f"the book's text, {path.name}, is not in the book's folder as it was made; run this in a clone of the "
            "repository, or let COLLAPSE_BOOK name its book folder.",
        )
        return path, "prose of this book", "the fixed file book/data/prose.txt"
    if corpus == TINY_SHAKESPEARE:
        path, source = _shakespeare()
        return path, "tiny Shakespeare", source
    path = Path(corpus)
    return path, path.name, f"the file {path.name}"


def _read(path: Path, characters: int) -> str:
    """The first `characters` of a regular file of UTF-8, or `InvalidInput` that says why it cannot be read."""
    try:
        found = path.stat()
        if stat.S_ISDIR(found.st_mode):
            raise IsADirectoryError(0, "is a directory")
        if not stat.S_ISREG(found.st_mode):
            raise OSError(0, "it is no regular file")
        if found.st_size > LARGEST:
            raise OSError(0, f"it is larger than {LARGEST // 2**20} MiB")
        with path.open(encoding="utf-8") as file:
            return file.read(characters)
    except UnicodeDecodeError:
        raise InvalidInput(f"the text {str(path)!r} is not UTF-8; save it as UTF-8 plain text.") from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise InvalidInput(
            f"the text {str(path)!r} cannot be read ({reason[:1].lower()}{reason[1:]}); {TAKES}."
        ) from None


def _digest(path: Path) -> str:
    """The SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _prose() -> Path:
    """The book's text: in the book that is named, at hand or beside the library; the last where it is in none."""
    named = os.environ.get("COLLAPSE_BOOK")
    books = [Path(named) if named else Path.cwd() / "book", Path(__file__).parents[1] / "book"]
    places = [book / "data" / "prose.txt" for book in books]
    return next((path for path in places if path.is_file()), places[-1])


def _cache() -> Path:
    """Where downloads are kept."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "collapse_lib"


def _places() -> list[Path]:
    """Where tiny Shakespeare may lie on this machine: in the data folder, if one is named, and in the cache."""
    folder = os.environ.get("COLLAPSE_DATA")
    return [Path(place) / "tinyshakespeare.txt" for place in ([folder] if folder else []) + [str(_cache())]]


def _shakespeare() -> tuple[Path, str]:
    """Tiny Shakespeare, with where it came from; a file in the data folder that is another text is a mistake."""
    *given, cached = _places()
    for path in given:
        if path.is_file():
            require(
                _digest(path) == SHA256,
                f"the file {path.name} in the folder that COLLAPSE_DATA names is not tiny Shakespeare: its SHA-256 "
                "is another one; give your own text by its path.",
            )
            return path, "read from the data folder"
    if cached.is_file() and _digest(cached) == SHA256:
        return cached, "read from the cache of an earlier download"
    if not os.environ.get("COLLAPSE_OFFLINE") and (downloaded := _download()) is not None:
        return downloaded, f"downloaded from {ADDRESS}"
    raise InvalidInput(
        "tiny Shakespeare is not on this machine and was not downloaded; put tinyshakespeare.txt into a folder "
        f"that COLLAPSE_DATA names, connect to a network, or take the corpus {BOOK!r}."
    )


@functools.lru_cache(maxsize=1)
def _download() -> Path | None:
    """Tiny Shakespeare from its public address into the cache, or None where that fails; tried once a process."""
    import requests

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # tqdm, in a notebook, misses widgets that nobody needs
        import pooch
    pooch.get_logger().setLevel(logging.ERROR)
    try:
        return Path(
            pooch.retrieve(
                ADDRESS,
                known_hash=f"sha256:{SHA256}",
                fname="tinyshakespeare.txt",
                path=_cache(),
                downloader=pooch.HTTPDownloader(timeout=10),
            )
        )
    except (requests.RequestException, OSError, ValueError):
        return None
