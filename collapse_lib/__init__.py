"""How bad is training on synthetic data?  A reproducible companion of Seddik et al. (2024), arXiv 2404.05090.

The table of contents.  Schedules say which data each generation is trained on; `simulate` and `collapse_times`
run the recursion; `theory` holds the paper's formulas and the exact laws; `claims` holds the two against each
other; `exercises` checks a reader's answers.  All of it needs numpy and scipy alone, and is loaded when it is first
used.  `plotting`, `press` and `commands` need the extra `book` and are imported by name.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from collapse_lib.errors import InvalidInput

if TYPE_CHECKING:
    from collapse_lib import (
        claims,
        distributions,
        embeddings,
        evidence,
        exercises,
        learners,
        metrics,
        schedules,
        softmax,
        text,
        theory,
    )
    from collapse_lib.recursion import Trajectory, collapse_times, generations, simulate
    from collapse_lib.schedules import (
        Accumulate,
        FixedTotal,
        FullySynthetic,
        MostRecent,
        PartiallySynthetic,
        RandomlySampled,
    )

__version__ = "0.2.0"

__all__ = [
    "Accumulate",
    "FixedTotal",
    "FullySynthetic",
    "InvalidInput",
    "MostRecent",
    "PartiallySynthetic",
    "RandomlySampled",
    "Trajectory",
    "claims",
    "collapse_times",
    "distributions",
    "embeddings",
    "evidence",
    "exercises",
    "generations",
    "learners",
    "metrics",
    "schedules",
    "simulate",
    "softmax",
    "text",
    "theory",
]

RECURSION = ("Trajectory", "collapse_times", "generations", "simulate")


def __getattr__(name: str) -> Any:
    """A name of the table, loaded at its first use, since scipy takes longer than all of this."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    if name.islower() and name not in RECURSION:
        return importlib.import_module(f"{__name__}.{name}")
    module = "recursion" if name in RECURSION else "schedules"
    return getattr(importlib.import_module(f"{__name__}.{module}"), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
