"""Two learners on texts: one that writes freely, and one that gives each context its number of tokens.

A corpus is one or several sequences of tokens.  The first l tokens of a sequence are its *opening*: they are the
context of what follows, and are not counted as tokens themselves.  So no context is made up across the border of
two sequences, and a corpus of M tokens is M places, each a pair (context, token), the paper's (x_i, y_i).  A
schedule's sizes are such numbers.

`NGrams`         writes passages.  The opening of each is a context drawn by its frequency in the training set;
                 each next token is drawn after the l before it.  How often a context turns up is then random, and
                 depends on what the other contexts say.  With passages of one token, every place is drawn by
                 itself: the training set is one urn of pairs, a Wright-Fisher chain with n = M.
`FixedContexts`  is the paper's setting: context j turns up its fixed share of times, N_j in every training set of
                 M tokens, and only the tokens after it are drawn.  Each context is then a chain of its own with
                 n = N_j.

**Contexts never seen.**  Where a passage ends in a context that its training set never continued, a later passage
may come there.  It then drops the context's first token, again and again, until what is left was seen (at the last,
no context at all), and draws from the counts after that.  There is no smoothing: after a context that was seen, a
token that was not has probability 0.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from collapse_lib.errors import require
from collapse_lib.text import sequences
from collapse_lib.text.sequences import Corpus, Tokens
from collapse_lib.text.tables import UNSEEN, Floats, Integers, Table, pairs, shorter, table, windows


@dataclass(frozen=True)
class Model:
    """What was counted: `tables` from contexts of l tokens down to none, all of the same places.

    `follow` has, for each pair of the first table, the row of the context that it leads to, or -1, shape (u,).
    """

    tables: tuple[Table, ...]
    follow: Integers

    @property
    def table(self) -> Table:
        """The table of the longest contexts."""
        return self.tables[0]


@dataclass(frozen=True)
class NGrams:
    """The maximum-likelihood model with contexts of `length` tokens (an n-gram model, n = length + 1).

    `vocabulary` is s; `passage` the number of tokens that it writes before it opens the next sequence.  One run
    at a time: corpora have no leading axes.

    >>> from collapse_lib import FullySynthetic, generations, text
    >>> codes, tokenizer = text.characters("to be or not to be, that is the question")
    >>> learner = NGrams(2, len(tokenizer), passage=30)
    >>> real = learner.read(codes)
    >>> models = generations(learner, FullySynthetic(learner.size(real)), np.random.default_rng(0), corpus=real)
    >>> tokenizer.write(learner.sample(next(models), 30, np.random.default_rng(2)).tokens)
    't is to be, the questionot that '
    """

    length: int
    vocabulary: int
    passage: int = 50

    def __post_init__(self) -> None:
        _check(self.length, self.vocabulary)
        _check_number("passage", self.passage, 1)

    def read(self, tokens: ArrayLike) -> Corpus:
        """A text's tokens, shape (n,), as a corpus of one sequence: n - length places."""
        return sequences.read(tokens, self.length, self.vocabulary)

    def corpus(self, counts: ArrayLike) -> Corpus:
        """A corpus with those counts of runs of l + 1 tokens, shape (s,) * (l + 1), each run a sequence."""
        return sequences.of_counts(np.asarray(counts), self.length, self.vocabulary)

    def size(self, corpus: Corpus) -> int:
        """M, the tokens of a corpus that are counted: all but the openings."""
        return int(np.maximum(0, corpus.lengths - self.length).sum())

    def fit(self, corpus: Corpus) -> Model:
        """Count every pair of a context and the token after it."""
        return _fit(corpus, self.length, self.vocabulary)

    def sample(self, model: Model, size: ArrayLike, rng: np.random.Generator) -> Corpus:
        """`size` tokens in passages, all written side by side; the last passage may be shorter."""
        size, length = int(np.asarray(size)), self.length
        passages, steps = -(-size // self.passage), min(size, self.passage)
        written = np.empty((length + steps, passages), dtype=np.int32)  # one column a passage
        row = model.table.openings(passages, rng)
        written[:length] = _digits(model.table.contexts[row], length, self.vocabulary)
        for step in range(length, length + steps):
            (lost,) = (row == UNSEEN).nonzero()
            row[lost] = 0  # any row: what it says is written over
            pair = model.table.draw(row, rng)
            written[step], row = model.table.tokens[pair], model.follow[pair]
            if lost.size:
                written[step, lost] = _backed_off(model, written[step - length : step, lost], rng)
                row[lost] = model.table.rows(_keys(written[step - length + 1 : step + 1, lost], self.vocabulary))
        lengths = np.full(passages, length + steps, dtype=np.int64)
        lengths[-1:] -= passages * steps - size
        return Corpus(written.T.reshape(-1)[: lengths.sum()], lengths)

    def pool(self, corpora: Sequence[Corpus]) -> Corpus:
        """All their sequences."""
        return sequences.pooled(corpora)

    def subset(self, corpus: Corpus, size: ArrayLike, rng: np.random.Generator) -> Corpus:
        """`size` places of the corpus, picked at random without replacement, each with its context."""
        return sequences.subset(corpus, self.length, int(np.asarray(size)), rng)

    def law(self, model: Model) -> Floats:
        """How often the model's training set holds each token, whatever came before; shape (s,)."""
        return _law(model)

    def collapsed(self, model: Model) -> NDArray[np.bool_]:
        """Whether every context is followed by one token only, shape ()."""
        return np.asarray((model.table.support == 1).all())


@dataclass(frozen=True)
class FixedContexts:
    """The same counts, but each context is given its number of tokens: what the exact laws assume.

    A sample of `size` tokens takes context j floor(size N_j / M) times, and once more where the remainders are
    largest; so it takes it N_j times where `size` is M.  Only the tokens are drawn, each by itself.
    """

    length: int
    vocabulary: int

    def __post_init__(self) -> None:
        _check(self.length, self.vocabulary)

    def read(self, tokens: ArrayLike) -> Corpus:
        """A text's tokens, shape (n,), as a corpus of one sequence: n - length places."""
        return sequences.read(tokens, self.length, self.vocabulary)

    def corpus(self, counts: ArrayLike) -> Corpus:
        """A corpus with those counts of runs of l + 1 tokens, shape (s,) * (l + 1), each run a sequence."""
        return sequences.of_counts(np.asarray(counts), self.length, self.vocabulary)

    def fit(self, corpus: Corpus) -> Model:
        """Count every pair of a context and the token after it."""
        return _fit(corpus, self.length, self.vocabulary)

    def sample(self, model: Model, size: ArrayLike, rng: np.random.Generator) -> Corpus:
        """Pairs, each a sequence of its own: contexts by their shares, tokens by chance."""
        counted = model.table
        times = shares(counted.sizes, int(np.asarray(size))).astype(np.intp, copy=False)
        row = np.repeat(np.arange(len(counted.contexts)), times)
        context = _digits(counted.contexts[row], self.length, self.vocabulary)
        token = counted.tokens[counted.draw(row, rng)]
        return sequences.of_runs(np.vstack([context, token[None]]).T)

    def pool(self, corpora: Sequence[Corpus]) -> Corpus:
        """All their sequences."""
        return sequences.pooled(corpora)

    def subset(self, corpus: Corpus, size: ArrayLike, rng: np.random.Generator) -> Corpus:
        """`size` places of the corpus, picked at random without replacement, each with its context."""
        return sequences.subset(corpus, self.length, int(np.asarray(size)), rng)

    def law(self, model: Model) -> Floats:
        """How often the model's training set holds each token, whatever came before; shape (s,)."""
        return _law(model)

    def collapsed(self, model: Model) -> NDArray[np.bool_]:
        """Whether every context is followed by one token only, shape ()."""
        return np.asarray((model.table.support == 1).all())


def shares(sizes: Integers, size: int) -> Integers:
    """`size` divided in proportion to `sizes`, in whole numbers, by largest remainders; shape of `sizes`.

    >>> shares(np.array([5, 3, 2]), 4).tolist()
    [2, 1, 1]
    """
    whole, rest = np.divmod(sizes * size, sizes.sum())
    whole[np.argsort(-rest, kind="stable")[: size - int(whole.sum())]] += 1
    return whole


def _fit(corpus: Corpus, length: int, vocabulary: int) -> Model:
    """All the tables of a corpus, and where each pair of the first leads."""
    keys = windows(corpus.tokens, length + 1, vocabulary)
    if len(corpus.lengths) > 1:
        keys = keys[sequences.inside(corpus, length)]
    require(
        len(keys) > 0,
        f"there is nothing to count: no sequence of the corpus has more than {length} tokens, and the first "
        f"{length} of each are its opening.",
    )
    tables = [table(keys, None, length, vocabulary)]
    del keys
    while tables[-1].length:
        tables.append(shorter(tables[-1]))
    return Model(tuple(tables), tables[0].rows(pairs(tables[0]) % vocabulary**length))


def _law(model: Model) -> Floats:
    """The counts without context, over M, shape (s,)."""
    last = model.tables[-1]
    law = np.zeros(last.vocabulary)
    law[last.tokens] = last.counts / last.before[-1]
    return law


def _backed_off(model: Model, past: Tokens, rng: np.random.Generator) -> Tokens:
    """A token after each column of `past`, shape (l, k), a context never seen: by its longest end that was."""
    drawn = np.empty(past.shape[1], dtype=np.int32)
    todo = np.arange(past.shape[1])
    for each in model.tables[1:]:
        row = each.rows(_keys(past[len(past) - each.length :, todo], each.vocabulary))
        found = row != UNSEEN
        drawn[todo[found]] = each.tokens[each.draw(row[found], rng)]
        todo = todo[~found]
    return drawn


def _keys(columns: Tokens, vocabulary: int) -> Integers:
    """The key of each column of tokens, shapes (length, k) -> (k,)."""
    keys = np.zeros(columns.shape[1], dtype=np.int64)
    for row in columns:
        keys = keys * vocabulary + row
    return keys


def _digits(keys: Integers, length: int, vocabulary: int) -> Tokens:
    """The tokens of each key, one column each, shapes (k,) -> (length, k)."""
    digits = [keys // vocabulary**step % vocabulary for step in reversed(range(length))]
    return np.array(digits, dtype=np.int32).reshape(length, len(keys))


def _check(length: int, vocabulary: int) -> None:
    """Refuse a length below 0, a vocabulary below 1, and what has no keys."""
    _check_number("length", length, 0)
    _check_number("vocabulary", vocabulary, 1)
    windows(np.zeros(0, dtype=np.int32), length + 1, vocabulary)


def _check_number(name: str, value: int, least: int) -> None:
    """Refuse what is not a whole number of at least `least`."""
    require(
        isinstance(value, int | np.integer) and not isinstance(value, bool) and value >= least,
        f"{name} was {value!r}; it takes a whole number of at least {least}.",
    )
