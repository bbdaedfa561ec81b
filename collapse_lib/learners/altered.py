"""Learners that speak otherwise than their model says: a learner is wrapped, and one of its verbs is altered.

A related paper often changes not whom the data come from (that is a schedule) but what is drawn: at a temperature,
after a choice by people, after an edit.  Such a change wraps any learner of this book.  `Altered` leaves every verb
to the learner that it wraps; a change is a frozen dataclass after it, with its parameters as fields, that overrides
the one verb that it alters:

    @dataclass(frozen=True)
    class Tempered(Altered):
        temperature: float
        def sample(self, model, size, rng): ...

What is altered is what is drawn, not the model: `law(model)`, which metrics see, is the wrapped learner's.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from collapse_lib.distributions import settled
from collapse_lib.errors import require
from collapse_lib.learners.protocol import Floats, Integers, Learner, has_order
from collapse_lib.learners.tabular import Tabular


@dataclass(frozen=True)
class Altered:
    """The learner that it wraps, in every verb: what a change is written after."""

    learner: Learner

    def corpus(self, counts: Integers) -> Any:
        """The learner's."""
        return self.learner.corpus(counts)

    def fit(self, corpus: Any) -> Any:
        """The learner's."""
        return self.learner.fit(corpus)

    def sample(self, model: Any, size: ArrayLike, rng: np.random.Generator) -> Any:
        """The learner's."""
        return self.learner.sample(model, size, rng)

    def pool(self, corpora: Sequence[Any]) -> Any:
        """The learner's."""
        return self.learner.pool(corpora)

    def subset(self, corpus: Any, size: ArrayLike, rng: np.random.Generator) -> Any:
        """The learner's."""
        return self.learner.subset(corpus, size, rng)

    def law(self, model: Any) -> Floats:
        """The learner's."""
        return self.learner.law(model)

    def collapsed(self, model: Any) -> NDArray[np.bool_]:
        """The learner's."""
        return self.learner.collapsed(model)

    @property
    def alone(self) -> bool:
        """Whether the learner takes one run at a time."""
        return getattr(self.learner, "alone", False)

    @property
    def pick(self) -> Callable[[Any, Integers], Any]:
        """The learner's, where its corpora have an order; else there is none."""
        if not has_order(self.learner):
            raise AttributeError(f"the corpora of {self.learner} have no order to pick from.")
        return self.learner.pick


@dataclass(frozen=True)
class Tempered(Altered):
    """Samples from q with q_k proportional to p_k^(1/temperature), where the model says p.

    Below 1 the likely tokens become likelier still, above 1 the law is flattened over its support, and at 1 it is
    the learner itself, stream and all.  On synthetic data alone E p^(m+1) = q, given p^(m) = p: but at 1 the
    recursion is no martingale.

    For learners whose corpora are made from counts by `corpus`: `Tabular`, `Tokens`, `embeddings.Embedded`.

    >>> from collapse_lib import FullySynthetic, distributions, metrics, simulate
    >>> cold = Tempered(Tabular(), temperature=0.5)
    >>> run = simulate([0.6, 0.4], FullySynthetic(1_000), 3, runs=100, seed=0, record=[metrics.top], learner=cold)
    >>> run["top"].mean(axis=1).round(1).tolist()
    [0.6, 0.6, 0.7, 0.8]
    """

    temperature: float

    def __post_init__(self) -> None:
        require(
            isinstance(self.temperature, int | float | np.number) and 0 < self.temperature < np.inf,
            f"temperature was {self.temperature!r}; it takes a positive number, 1 leaving the learner as it is.",
        )
        require(
            not self.alone,
            f"{type(self.learner).__name__} writes texts, and this alters counts; wrap Tokens or Tabular.",
        )

    def sample(self, model: Any, size: ArrayLike, rng: np.random.Generator) -> Any:
        """A corpus of `size` tokens drawn from q."""
        if self.temperature == 1:
            return self.learner.sample(model, size, rng)
        q = settled(tempered(self.learner.law(model), self.temperature))
        if not has_order(self.learner):
            return self.learner.corpus(Tabular().sample(q, size, rng))
        # counts say nothing of the order, which must be as random as the tokens; rows of unequal size are cut
        counts = Tabular().sample(q, int(np.max(size)), rng)
        return self.learner.subset(self.learner.corpus(counts), size, rng)


def tempered(p: Floats, temperature: float) -> Floats:
    """q_k = p_k^(1/temperature) / sum_j p_j^(1/temperature), shape of `p`; what is 0 stays 0.

    >>> tempered(np.array([0.8, 0.2, 0.0]), 0.5).round(3).tolist()
    [0.941, 0.059, 0.0]
    """
    powers = (p / p.max(axis=-1, keepdims=True)) ** (1 / temperature)  # the largest is 1, however cold it is
    return powers / powers.sum(axis=-1, keepdims=True)
