"""Sources: where the real data of a recursion come from.

A *source* is whatever is called with `(runs, size, rng)` and returns a real corpus of `size` samples for each of so
many runs, in the form of the learner that it is for, drawn with `rng` and nothing else.  If it has a `law`, that is
p^(0): what metrics see at generation 0.

`Truth`     a law p^(0): each run draws a corpus of its own.  What `simulate` makes of an array of probabilities.
`Counted`   token counts that are given: one corpus for all runs.  What it makes of the argument `corpus`.
`Given`     a corpus in the form of a learner that takes one run at a time: a text, for instance.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from collapse_lib import distributions
from collapse_lib.errors import require
from collapse_lib.learners import Learner, Tabular

Source = Callable[[int, int, np.random.Generator], Any]


@dataclass(frozen=True, eq=False)
class Truth:
    """The distribution p^(0), shape (s,), or (contexts, s); every run draws its own corpus from it."""

    law: NDArray[np.float64]
    learner: Learner

    def __call__(self, runs: int, size: int, rng: np.random.Generator) -> Any:
        """`size` independent samples after each context."""
        law = np.broadcast_to(distributions.settled(self.law), (runs, *self.law.shape))
        return self.learner.corpus(Tabular().sample(law, size, rng))


@dataclass(frozen=True, eq=False)
class Counted:
    """Token counts, shape (s,), or (contexts, s): one real corpus for all runs."""

    counts: NDArray[np.integer[Any]]
    learner: Learner

    def __call__(self, runs: int, size: int, rng: np.random.Generator) -> Any:  # noqa: ARG002
        """The same counts for every run."""
        return self.learner.corpus(np.broadcast_to(self.counts, (runs, *self.counts.shape)))


@dataclass(frozen=True, eq=False)
class Given:
    """One real corpus, the same in every run, in the form of a learner that takes one run at a time.

    It is all there is: nothing is known of the law behind it, and it cannot be drawn anew.
    """

    corpus: Any

    def __call__(self, runs: int, size: int, rng: np.random.Generator) -> Any:  # noqa: ARG002
        """The corpus itself."""
        require(
            runs == 1,
            "a corpus was given as the source of several runs at once; it takes a learner of one run at a time, "
            "and others take a truth, and token counts as `corpus`.",
        )
        return self.corpus
