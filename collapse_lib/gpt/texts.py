"""Texts as arrays: an alphabet turns characters into tokens, and a corpus is a number of texts of one length.

A corpus has shape (texts, length).  How varied it is, is told by two numbers for each n: the share of its n-grams
that are distinct, and the Shannon entropy of their frequencies.  Both depend on how long a corpus is, so only
corpora of one size are compared.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from collapse_lib.errors import require

Tokens = NDArray[np.int64]


@dataclass(frozen=True)
class Alphabet:
    """The characters of a text in order; a token is a character's place.

    >>> letters = Alphabet.of("banana")
    >>> letters.characters, letters.encode("nab").tolist(), letters.decode(letters.encode("nab"))
    ('abn', [2, 0, 1], 'nab')
    """

    characters: str

    @classmethod
    def of(cls, text: str) -> Alphabet:
        """The alphabet of a text."""
        return cls("".join(sorted(set(text))))

    def __len__(self) -> int:
        return len(self.characters)

    @property
    def start(self) -> int:
        """The token after which a text begins: the line break, or else the first character."""
        return max(0, self.characters.find("\n"))

    def encode(self, text: str) -> Tokens:
        """The tokens of a text, shape (len(text),)."""
        place = {character: token for token, character in enumerate(self.characters)}
        return np.array([place[character] for character in text], dtype=np.int64)

    def decode(self, tokens: NDArray[Any]) -> str:
        """The text of some tokens, shape (length,)."""
        return "".join(self.characters[token] for token in tokens.tolist())


def cut(tokens: Tokens, length: int) -> Tokens:
    """A long text cut into texts of `length` tokens, shape (texts, length); what is left over is dropped."""
    texts = len(tokens) // length
    require(texts >= 1, f"the text has {len(tokens)} tokens, fewer than one piece of {length}.")
    return tokens[: texts * length].reshape(texts, length)


def grams(corpus: Tokens, n: int, vocabulary: int) -> Tokens:
    """Every n-gram of every text as one number, shape (texts, length - n + 1)."""
    length = corpus.shape[1] - n + 1
    found = np.zeros((len(corpus), length), dtype=np.int64)
    for i in range(n):
        found = found * vocabulary + corpus[:, i : i + length]
    return found


def distinct(corpus: Tokens, n: int, vocabulary: int) -> float:
    """The share of n-grams that are distinct.

    >>> distinct(np.array([[0, 1, 0, 1, 0]]), 2, 2)
    0.5
    """
    found = grams(corpus, n, vocabulary)
    return len(np.unique(found)) / found.size


def entropy(corpus: Tokens, n: int, vocabulary: int) -> float:
    """The Shannon entropy of the n-grams' frequencies, in nats.

    >>> round(entropy(np.array([[0, 1, 0, 1]]), 1, 2), 4)
    0.6931
    """
    counts = np.unique(grams(corpus, n, vocabulary), return_counts=True)[1]
    shares = counts / counts.sum()
    return float(-shares @ np.log(shares))


def seen(contexts: Tokens, corpus: Tokens, length: int, vocabulary: int) -> Tokens:
    """How often the last `length` tokens of each context stand in the corpus with a token after them, shape (c,).

    >>> seen(np.array([[9, 1, 0]]), np.array([[0, 1, 0, 0, 1, 0]]), 2, 10).tolist()
    [1]
    """
    wanted = grams(contexts[:, -length:], length, vocabulary)[:, 0]
    values, counts = np.unique(grams(corpus[:, :-1], length, vocabulary), return_counts=True)
    place = np.minimum(np.searchsorted(values, wanted), len(values) - 1)
    return np.where(values[place] == wanted, counts[place], 0)
