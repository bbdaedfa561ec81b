"""Explorer: 81 contexts on three tokens, generation after generation (Figure 1)."""

from __future__ import annotations

import functools

import numpy as np
from numpy.typing import NDArray

from collapse_lib import plotting, schedules
from collapse_lib.plotting import Plate
from collapse_lib.press.pages.explorers.shared import SEED, canvas, plate, schedule_controls
from collapse_lib.press.pages.explorers.widgets import Chart, Explorer, Key, registered, shown
from collapse_lib.theory import moments

CONTEXTS, N_SAMPLES, LAST = 81, 100, 40
"""The paper's figure has n = 1000; with 100 the same picture runs ten times as fast."""
BLUE = plotting.COLOURS["FullySynthetic"]
CORNERS = np.array([[46, 127, 193], [197, 106, 21], [42, 145, 101]]) / 255


@functools.cache
def truths() -> NDArray[np.float64]:
    """The truths of Figure 1 in its chapter, spread evenly over the triangle; shape (81, 3)."""
    return np.random.default_rng(SEED).dirichlet(np.ones(3), size=CONTEXTS)


@registered("simplex")
def explorer() -> Explorer:
    """The explorer at its default setting: the truths, before any training."""
    return Explorer(
        name="simplex",
        title="Contexts drifting on the simplex",
        colour=BLUE,
        controls=schedule_controls(N_SAMPLES, 1000),
        answers=[
            ("m", "generation <i>m</i>", "0"),
            ("collapsed", "contexts in a corner", f"0 of {CONTEXTS}"),
            ("edge", "contexts on the edge", f"0 of {CONTEXTS}"),
            ("left", "diversity left, measured", "1"),
            ("exact", "diversity left, exact mean", "1"),
        ],
        charts=[
            Chart("simplex", f"{CONTEXTS} contexts on three tokens", [], _triangle, "square"),
            Chart(
                "left",
                "What is left of the diversity",
                [Key("exact", "line", "exact mean"), Key("measured", "run", f"these {CONTEXTS} contexts")],
                _left,
            ),
        ],
        command=f"collapse run recursive_training -p n {N_SAMPLES} -p generations {LAST}",
        commands=["recursive_training", "partially_synthetic", "any_schedule"],
        buttons={"play": "Play", "step": "Step", "leap": "10 steps", "restart": "Restart"},
        counters={"m": 500, "seed": 999_999},
        data={"truths": truths().tolist()},
    )


def _triangle() -> Plate:
    """The truths, each in a colour of its own."""
    figure, ax = canvas("square")
    corners = ["token 1", "token 2", "token 3"]
    plotting.simplex(ax, truths(), color=truths() @ CORNERS, corners=corners, label="truths")
    alt = f"{CONTEXTS} points, spread evenly over a triangle: the truths, before any training."
    return Plate(figure, "static", "", alt)


def _left() -> Plate:
    """The exact mean of the diversity, as a share of the truths'."""
    share = moments.diversity(schedules.FullySynthetic(N_SAMPLES), LAST)
    figure, ax = canvas()
    plotting.theory(ax, np.arange(LAST + 1), share, label="", color=BLUE)
    ax.set(xlim=(0, LAST), ylim=(0, 1))
    alt = f"The exact mean share falls from 1 to {shown(float(share[-1]))} at generation {LAST}."
    return plate(figure, ax, "generation m", "share of the diversity 1 − σ that is left", alt)
