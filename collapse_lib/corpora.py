"""Real texts: where the characters come from, and how often each follows each context.

`load("tinyshakespeare")` looks, in this order, in

1. the folder that the environment variable `COLLAPSE_DATA` names, for `tinyshakespeare.txt`;
2. the cache of earlier downloads;
3. its public address, once, checked against its SHA-256 (not if `COLLAPSE_OFFLINE` is set);
4. the English reference text that CPython ships (`pydoc_data.topics`), so that a chapter never fails for want of
   a network.

Whatever was used says so in `Text.source`.  Any other argument is the path of a text file of the reader's.
"""

from __future__ import annotations

import functools
import hashlib
import importlib
import logging
import os
import platform
import warnings
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from collapse_lib.errors import InvalidInput, require

TINY_SHAKESPEARE = "tinyshakespeare"
ADDRESS = "https://raw.githubusercontent.com/karpathy/char-rnn/master/data/tinyshakespeare/input.txt"
SHA256 = "86c4e6aa9db7c042ec79f339dcb96d42b0075e16b8fc2e86bf0ca57e2dc565ed"


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


def load(corpus: str = TINY_SHAKESPEARE) -> Text:
    """The text called `corpus`: "tinyshakespeare", or the path of a UTF-8 text file."""
    if corpus != TINY_SHAKESPEARE:
        return _read(Path(corpus))
    found = _local()
    if found is not None:
        return Text(found[0].read_text(encoding="utf-8"), "tiny Shakespeare", found[1])
    if not os.environ.get("COLLAPSE_OFFLINE"):
        downloaded = _download()
        if downloaded is not None:
            return Text(downloaded.read_text(encoding="utf-8"), "tiny Shakespeare", f"downloaded from {ADDRESS}")
    topics = importlib.import_module("pydoc_data.topics").topics
    return Text(
        "\n".join(topics[key] for key in sorted(topics)),
        "the Python language reference",
        f"the reference text that Python {platform.python_version()} ships, because tiny Shakespeare was neither "
        "on this machine nor to be downloaded",
    )


def fingerprint(corpus: str = TINY_SHAKESPEARE) -> str:
    """What `load` would find on this machine without a download: a file's SHA-256, or "none"."""
    found = (Path(corpus), "") if corpus != TINY_SHAKESPEARE else _local()
    if found is None or not found[0].is_file():
        return "none"
    return hashlib.sha256(found[0].read_bytes()).hexdigest()


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
    pairs = np.stack([rank[context], codes[length:]])
    counts = np.zeros((len(order), len(alphabet)), dtype=np.int64)
    np.add.at(counts, (pairs[0], pairs[1]), 1)
    names = tuple(text.characters[i : i + length] for i in first[order].tolist())
    return ContextCounts(names, tuple(alphabet.tolist()), counts, pairs)


def _read(path: Path) -> Text:
    """A reader's own file, or `InvalidInput` that says why it cannot be used."""
    try:
        characters = path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise InvalidInput(f"the text {str(path)!r} is not UTF-8; save it as UTF-8 plain text.") from None
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise InvalidInput(
            f"the text {str(path)!r} cannot be read ({reason}); "
            f"corpus takes {TINY_SHAKESPEARE!r} or the path of a UTF-8 text file."
        ) from None
    require(
        "\0" not in characters,
        f"the text {str(path)!r} holds NUL characters, so it is no plain text; save it as UTF-8 plain text.",
    )
    require(len(characters) > 0, f"the text {str(path)!r} is empty; give one with some characters in it.")
    return Text(characters, path.name, f"the file {path.name}")


def _cache() -> Path:
    """Where downloads are kept."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "collapse_lib"


def _local() -> tuple[Path, str] | None:
    """Tiny Shakespeare on this machine, with a sentence that says where."""
    folder = os.environ.get("COLLAPSE_DATA")
    if folder and (path := Path(folder) / "tinyshakespeare.txt").is_file():
        return path, "read from the data folder"
    if (path := _cache() / "tinyshakespeare.txt").is_file():
        return path, "read from the cache of an earlier download"
    return None


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
