"""The statistical model beside the transformer: each context a table of its own, seen as often as in the real data.

A transformer shares what it learns between contexts; the paper's model does not.  For a comparison, let a context
be the last l characters only.  Then context j has N_j samples in the real data, and its recursion is the paper's
with N_j in place of the training set's size, and with the same shares of synthetic data.  The longer l, the rarer
a context, and the further the table strays.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from collapse_lib import metrics, recursion
from collapse_lib.errors import require
from collapse_lib.gpt.presets import schedule
from collapse_lib.gpt.recorded import Record

Floats = NDArray[np.float64]

LEAST = 5
"""Samples that a context must have: fewer cannot be shared into a half or a fifth."""


def deviation(record: Record, setting: str, length: int, *, runs: int, seed: int) -> Floats:
    """Mean ||p^(m) - p^(1)||_1 for m = 1..M of the tables of the last `length` characters, shape (M,).

    Over the contexts, of all seeds, that were seen at least `LEAST` times; the truth is the law of p^(0) there.
    The N_j are rounded to a geometric grid, so that contexts can be simulated together.
    """
    laws, N = _contexts(record, length)
    enough = N >= LEAST
    require(bool(enough.any()), f"no context of {length} characters was seen {LEAST} times.")
    laws, N = laws[enough], N[enough]
    size = np.round(LEAST * 1.5 ** np.round(np.log(N / LEAST) / np.log(1.5))).astype(int)
    last = int(record.generations[-1])
    total = np.zeros(last)
    for n in np.unique(size).tolist():
        some = laws[size == n]
        run = recursion.simulate(some, schedule(setting, n), last, runs=runs, seed=seed, record=[metrics.deviation])
        total += run["deviation"][1:].mean(axis=1).sum(axis=1)
    return total / len(laws)


def seen(record: Record, length: int) -> tuple[float, float]:
    """The median N_j of the contexts' last `length` characters, and the share of them with at least `LEAST`."""
    N = _contexts(record, length)[1]
    return float(np.median(N)), float((N >= LEAST).mean())


def _contexts(record: Record, length: int) -> tuple[Floats, NDArray[np.int64]]:
    """The laws of p^(0) after all contexts of all seeds, shape (c, s), and their N_j, shape (c,)."""
    each = [record.truth(i) for i in range(len(record.seeds))]
    width = max(law.shape[1] for law in each)
    laws = np.concatenate([np.pad(law, ((0, 0), (0, width - law.shape[1]))) for law in each])
    return laws, np.concatenate([record.seen(length, i) for i in range(len(record.seeds))])
