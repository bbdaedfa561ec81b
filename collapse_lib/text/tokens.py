"""Tokens of a text: its characters, or its words and marks of punctuation, as whole numbers 0..s-1.

The vocabulary is what the text holds, in the order of the alphabet; a text can be written back from its numbers,
with its own spaces where tokens are characters, and with single spaces where they are words.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from collapse_lib.errors import require

Unit = Literal["characters", "words"]
UNITS: tuple[Unit, ...] = ("characters", "words")
CODES = 0x110000  # the code points that there are

_WORDS = re.compile(r"\w+(?:['’-]\w+)*|[^\w\s]")
_SPACE_BEFORE_MARK = re.compile(r" (?=[,.;:!?)\]}…])")


@dataclass(frozen=True)
class Tokenizer:
    """The types of a text, `types[k]` being token k, and whether they are characters or words."""

    types: tuple[str, ...]
    unit: Unit

    def __len__(self) -> int:
        """The size s of the vocabulary."""
        return len(self.types)

    def write(self, tokens: ArrayLike) -> str:
        """The text that these tokens, shape (n,), stand for.

        >>> codes, tokenizer = words("To be, or not to be")
        >>> tokenizer.write(codes)
        'To be, or not to be'
        """
        each = [self.types[k] for k in np.asarray(tokens).tolist()]
        return "".join(each) if self.unit == "characters" else _SPACE_BEFORE_MARK.sub("", " ".join(each))


def characters(text: str) -> tuple[NDArray[np.int32], Tokenizer]:
    """The characters of a text as tokens, shape (n,), and what they stand for.

    >>> codes, tokenizer = characters("abac")
    >>> codes.tolist(), tokenizer.types
    ([0, 1, 0, 2], ('a', 'b', 'c'))
    """
    points = np.frombuffer(text.encode("utf-32-le", errors="surrogatepass"), dtype=np.uint32)
    seen = np.zeros(CODES, dtype=bool)
    seen[points] = True
    number = np.cumsum(seen, dtype=np.int32) - 1
    return number[points], Tokenizer(tuple(map(chr, np.flatnonzero(seen).tolist())), "characters")


def words(text: str) -> tuple[NDArray[np.int32], Tokenizer]:
    """The words of a text, and each mark of punctuation, as tokens, shape (n,), and what they stand for.

    A word is a run of letters, digits and underscores, with hyphens and apostrophes inside; its case is kept.

    >>> words("Well, well!")[1].types
    ('!', ',', 'Well', 'well')
    """
    found: Sequence[str] = _WORDS.findall(text)
    types = sorted(set(found))
    number = {word: k for k, word in enumerate(types)}
    return np.fromiter(map(number.__getitem__, found), dtype=np.int32, count=len(found)), Tokenizer(
        tuple(types), "words"
    )


def tokenized(text: str, unit: str) -> tuple[NDArray[np.int32], Tokenizer]:
    """The tokens of a text in that unit, "characters" or "words"."""
    require(unit in UNITS, f"unit was {unit!r}; it is 'characters' or 'words'.")
    return characters(text) if unit == "characters" else words(text)
