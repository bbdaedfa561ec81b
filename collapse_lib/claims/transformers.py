"""Figure 5: what a recorded experiment with transformers says of synthetic data alone and of mixtures.

The numbers are recorded, and nothing is trained here.  A seed is one run: it has its own p^(0), its own real data,
its own contexts.  So the seeds are the sample, and few: Student's t over them is wide, and has to be; fewer than
`FEWEST` are no sample.
"""

from __future__ import annotations

import numpy as np

from collapse_lib import evidence
from collapse_lib.claims import Judge, claim
from collapse_lib.experiments.transformers import RISE, Scene, several, slopes

CHAPTER = "transformers"
MIXTURES = ("half", "fifth")


@claim(
    "figure-5/diverges",
    chapter=CHAPTER,
    place="Figure 5, top left: synthetic data only",
    statement=r"Trained on synthetic data only, the transformer strays ever further from \(p^{(1)}\): from "
    r"generation 2 to the last, the mean deviation rises by at least 0.01 a generation (least squares in every "
    r"seed; Student's t over the seeds).",
    quantifiers="For transformers of the recorded size and recipe, in the mean over seeds.",
    not_run="The sizes of the paper's Table 1, other texts, and other sizes of the training set.",
    planted=20.0,
)
def diverges(s: Scene) -> Judge:
    """The slope of the deviation against m in each seed, against a rise of 0.01 a generation."""
    rises = slopes(several(s.record).deviation("synthetic"))
    return lambda spoil: evidence.at_least(rises, spoil * RISE)


@claim(
    "figure-5/stable",
    chapter=CHAPTER,
    place="Figure 5, top left: mixtures",
    statement=r"With 50 % or 80 % real data in the training set the deviation is stable: it rises by at most "
    r"0.01 a generation, from generation 2 to the last, in both mixtures.",
    quantifiers="For transformers of the recorded size and recipe, in the mean over seeds.",
    not_run="The sizes of the paper's Table 1, and more seeds, which are what it takes to decide.",
    expects="inconclusive",
    planted=-20.0,
)
def stable(s: Scene) -> Judge:
    """The same slopes in the two mixtures.

    On the laptop's four seeds it stays open: the first mixture's slope is below 0.01, its interval is not.
    """
    found = several(s.record)
    rises = np.stack([slopes(found.deviation(name)) for name in MIXTURES], axis=1)
    return lambda spoil: evidence.at_most(rises, spoil * RISE)


@claim(
    "figure-5/order",
    chapter=CHAPTER,
    place="Figure 5, top left: the order of the curves",
    statement=r"In the last generation the deviation is larger with synthetic data only than in either mixture.",
    quantifiers="For transformers of the recorded size and recipe, in the mean over seeds.",
    not_run="The sizes of the paper's Table 1, other texts, and other mixtures.",
    planted=-20.0,
    sensible=False,
)
def order(s: Scene) -> Judge:
    """How much larger, seed by seed; `distort` moves the bound, which is 0 at 1."""
    found = several(s.record)
    alone = found.deviation("synthetic")[:, -1]
    gaps = np.stack([alone - found.deviation(name)[:, -1] for name in MIXTURES], axis=1)
    return lambda spoil: evidence.at_least(gaps, 0.05 * (1 - spoil))


@claim(
    "figure-5/overfits",
    chapter=CHAPTER,
    place="Figure 5, validation loss: synthetic data only",
    statement=r"Trained on synthetic data only, generations end with ever larger validation losses: from the first "
    r"generation to the last, the loss rises by at least 0.01 nats a character in each (least squares).",
    quantifiers="For transformers of the recorded size and recipe, in the mean over seeds.",
    not_run="The sizes of the paper's Table 1, and the validation text of the paper, which arXiv v1 does not name.",
    planted=20.0,
)
def overfits(s: Scene) -> Judge:
    """The slope of the final validation loss against m in each seed."""
    rises = slopes(several(s.record).validation("synthetic"), first=1)
    return lambda spoil: evidence.at_least(rises, spoil * RISE)


@claim(
    "figure-5/mixtures-learn",
    chapter=CHAPTER,
    place="Figure 5, validation loss: mixtures",
    statement=r"In both mixtures the validation loss rises at most half as fast as with synthetic data only, from "
    r"the first generation to the last.",
    quantifiers="For transformers of the recorded size and recipe, in the mean over seeds.",
    not_run="The sizes of the paper's Table 1, other texts, and other mixtures.",
    origin="ours",
    planted=0.05,
)
def mixtures_learn(s: Scene) -> Judge:
    """The mixtures' slopes less half of the other's, seed by seed."""
    found = several(s.record)
    alone = slopes(found.validation("synthetic"), first=1)[:, None]
    rises = np.stack([slopes(found.validation(name), first=1) for name in MIXTURES], axis=1)
    return lambda spoil: evidence.at_most(rises - spoil * alone / 2, 0.0)
