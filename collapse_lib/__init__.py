"""How bad is training on synthetic data?  A reproducible companion of Seddik et al. (2024), arXiv 2404.05090.

The table of contents.  Schedules say which data each generation is trained on; `simulate` and `collapse_times`
run the recursion; `theory` holds the paper's formulas and the exact laws; `claims` holds the two against each
other; `exercises` checks a reader's answers.  `plotting` and `chapters` need the extra `book` and are imported by
name.
"""

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
from collapse_lib.errors import InvalidInput
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
