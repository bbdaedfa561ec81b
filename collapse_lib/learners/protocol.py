"""What the recursion asks of a learner: its verbs, as types."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol, TypeGuard, runtime_checkable

import numpy as np
from numpy.typing import ArrayLike, NDArray

Integers = NDArray[np.integer[Any]]
Floats = NDArray[np.float64]


class Learner(Protocol):
    """What the recursion asks of a learner; corpora and models are the learner's own business."""

    def corpus(self, counts: Integers) -> Any:
        """A corpus with these token counts, shape (..., s)."""

    def fit(self, corpus: Any) -> Any:
        """The model trained on `corpus`."""

    def sample(self, model: Any, size: ArrayLike, rng: np.random.Generator) -> Any:
        """A corpus of `size` tokens drawn from `model`."""

    def pool(self, corpora: Sequence[Any]) -> Any:
        """Several corpora as one."""

    def subset(self, corpus: Any, size: ArrayLike, rng: np.random.Generator) -> Any:
        """`size` tokens of `corpus`, picked at random without replacement."""

    def law(self, model: Any) -> Floats:
        """The model's distribution, shape (..., s)."""

    def collapsed(self, model: Any) -> NDArray[np.bool_]:
        """Whether the model is a Dirac mass, shape (...,)."""


@runtime_checkable
class Ordered(Learner, Protocol):
    """A learner whose corpora have an order, and `pool` keeps it: a token can be named by its place."""

    def pick(self, corpus: Any, places: Integers) -> Any:
        """The tokens at these places, counted from 0, shape (..., k)."""


def has_order(learner: Learner) -> TypeGuard[Ordered]:
    """Whether it is `Ordered`: a learner that wraps another is where that one is."""
    return hasattr(learner, "pick")
