"""Recursive training: each generation learns from what earlier ones wrote (paper, equation 5).

Index convention, the paper's: p^(0) is the truth, p^(1) the first model, trained on the real corpus, and p^(m)
the model of generation m.

=============  ===============================================================================================
`loop`         `generations` yields models for ever; `recorded` keeps what is to be known of them
`stored`       the two readings of a row that go back to single samples
`sources`      where real data come from: a law, counts, a text, or any function of one's own
`simulation`   `simulate` runs the loop for many runs at once and keeps what the metrics return
`times`        `collapse_times` runs it until every run is a Dirac mass
`setting`      who learns from whom under which schedule, checked once; `rows` checks what a schedule asks for
`blocks`       runs by the block, each block with a random stream of its own
=============  ===============================================================================================

A *source* is whatever is called with `(runs, size, rng)` and returns real corpora in the learner's form: `Truth`
draws them from a law, `Given` is one text for all runs, and a function of your own is as good.

What a model is, how it is trained and how it speaks is not here: that is a learner's business.
"""

from collapse_lib.recursion.blocks import BLOCK, stream
from collapse_lib.recursion.loop import READINGS, generations, recorded
from collapse_lib.recursion.simulation import Trajectory, simulate
from collapse_lib.recursion.sources import Given, Source, Truth
from collapse_lib.recursion.times import collapse_times

__all__ = [
    "BLOCK",
    "READINGS",
    "Given",
    "Source",
    "Trajectory",
    "Truth",
    "collapse_times",
    "generations",
    "recorded",
    "simulate",
    "stream",
]
