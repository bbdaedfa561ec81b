"""`Tabular`: a corpus is its count array, a model its probability array, and sampling is multinomial."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from collapse_lib.learners.protocol import Floats, Integers

TIE = 1e-9  # probabilities that differ by less are equal: frequencies differ by one over the sample size at least


@dataclass(frozen=True)
class Tabular:
    """Counts in, frequencies out: corpora are integer counts (..., s), models are probabilities (..., s)."""

    def corpus(self, counts: Integers) -> Integers:
        """The counts themselves."""
        return np.asarray(counts)

    def fit(self, corpus: Integers) -> Floats:
        """Empirical frequencies, the maximum-likelihood model (equation 2)."""
        return corpus / corpus.sum(axis=-1, keepdims=True)

    def sample(self, model: Floats, size: ArrayLike, rng: np.random.Generator) -> Integers:
        """Multinomial counts of `size` tokens."""
        # Generator.multinomial gives the rounding remainder of sum(p), about 1e-16, to the last category even
        # when its probability is 0, which would revive a dead token.  So the likeliest token is put last, and the
        # first of those that are likeliest but for rounding, which differs between processors.
        last = (model >= model.max(axis=-1, keepdims=True) - TIE).argmax(axis=-1, keepdims=True)
        counts = rng.multinomial(np.asarray(size), _swapped(model, last))
        return _swapped(counts, last)

    def pool(self, corpora: Sequence[Integers]) -> Integers:
        """The sum of the counts."""
        return np.sum(corpora, axis=0)

    def subset(self, corpus: Integers, size: ArrayLike, rng: np.random.Generator) -> Integers:
        """Counts of `size` tokens taken without replacement (multivariate hypergeometric)."""
        rows = corpus.reshape(-1, corpus.shape[-1])
        sizes = np.broadcast_to(size, corpus.shape[:-1]).reshape(-1)
        taken = [rng.multivariate_hypergeometric(row, k) for row, k in zip(rows, sizes, strict=True)]
        return np.reshape(taken, corpus.shape)

    def law(self, model: Floats) -> Floats:
        """The probabilities themselves."""
        return model

    def collapsed(self, model: Floats) -> NDArray[np.bool_]:
        """Whether one token has all the probability."""
        return np.count_nonzero(model, axis=-1) == 1


def _swapped(array: NDArray[Any], index: Integers) -> NDArray[Any]:
    """A copy in which entry `index` (shape (..., 1)) and the last entry have changed places."""
    swapped = array.copy()
    np.put_along_axis(swapped, index, array[..., -1:], axis=-1)
    swapped[..., -1] = np.take_along_axis(array, index, axis=-1)[..., 0]
    return swapped
