"""What several explorers let the reader choose, a truth and a schedule, and how their static pictures are drawn."""

from __future__ import annotations

import functools

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import ArrayLike, NDArray

from collapse_lib import distributions, plotting
from collapse_lib.press.pages.explorers.widgets import Choice, Slider

SUPPORT, S0 = 52, 0.1
"""The paper's truth in its Figures 3, 4 and 6, and the middle one of our Figure 2."""

SEED, MOST_SUPPORT = 0, 600
"""The chapters' default seed, from which their truth is drawn, and the most live tokens that an explorer has."""

TRUTH_NOTE = "The chapter has this same truth, which its seed 0 draws."

SCHEDULES = {
    "FullySynthetic": "fully synthetic",
    "PartiallySynthetic": "partially synthetic",
    "MostRecent": "most recent models",
    "RandomlySampled": "randomly sampled",
    "Accumulate": "accumulate (not in the paper)",
}
"""The schedules of the library, and their words on the page."""

DOTTED, DOTDASH = (1, 1.5), (6, 2, 1, 2)


@functools.cache
def truth() -> NDArray[np.float64]:
    """The truth at the default setting, that of the chapters; shape (52,)."""
    return distributions.with_moments(SUPPORT, SUPPORT, S0, SEED)


def levels() -> list[float]:
    """What `distributions.with_moments` draws from the chapters' seed; shape (600,).

    A truth on k tokens has the first k of them, sorted, for its log-probabilities, times a factor that S_0 settles:
    with these numbers a page has the library's truth for every s~ and S_0.
    """
    drawn: list[float] = np.random.default_rng(SEED).normal(size=MOST_SUPPORT).tolist()
    return drawn


def half(share: ArrayLike) -> int:
    """The first index at which a share that begins at 0 reaches one half; `laws.half` is its twin.

    What misses one half by rounding has reached it: many schedules lose exactly one half.

    >>> half([0, 0.3, 0.5 - 1e-15, 0.6])
    2
    """
    return int(np.argmax(np.asarray(share) >= 0.5 - 1e-12))


def truth_controls() -> list[Slider | Choice]:
    """The truth: given S_0 and s~, Zipf's law, or uniform."""
    words = {"moments": "given S₀ and s̃", "zipf": "Zipf’s law", "uniform": "uniform"}
    return [
        Choice("truth", "Truth", words),
        Slider("support", "Live tokens <i>s̃</i>", "Live tokens", 2, MOST_SUPPORT, SUPPORT),
        Slider("S0", "<i>S</i><sub>0</sub>", "S0", 0.005, 0.95, S0, 0.005, {"truth": ["moments"]}),
        Slider("exponent", "Zipf’s exponent", "Zipf's exponent", 0, 3, 1, 0.05, {"truth": ["zipf"]}),
    ]


def schedule_controls(n: int, most: int) -> list[Slider | Choice]:
    """A schedule and its parameters, as the classes of `collapse_lib.schedules` have them."""
    partial, window, kept = ["PartiallySynthetic"], ["MostRecent"], ["MostRecent", "Accumulate"]
    return [
        Choice("schedule", "Schedule", SCHEDULES, main=True),
        Slider("n", "Samples <i>n</i>", "Samples n", 2, most, n, main=True),
        Slider("real", "Real samples <i>N</i>", "Real samples N", 2, most, n, when={"schedule": partial}),
        Slider("window", "Window <i>K</i>, models", "Window K", 1, 12, 3, when={"schedule": window}),
        Choice("draw", "Old samples", {"kept": "used again", "fresh": "drawn afresh"}, {"schedule": kept}),
    ]


def canvas(shape: str = "wide") -> tuple[Figure, Axes]:
    """A figure of the shape of an explorer's box."""
    width, height = (6.4, 3.2) if shape == "wide" else (5.0, 4.5)
    figure, ax = plotting.canvas(width=width, height=height)
    return figure, ax


def plate(figure: Figure, ax: Axes, x: str, y: str, alt: str) -> plotting.Plate:
    """The finished picture; its legend is on the page, and its vertical axis named above, as in chart.js."""
    plotting.label(ax, x=x, y="", legend=False)
    ax.set_title(y, fontsize=9.5)
    return plotting.Plate(figure, "static", "", alt)


def ring(ax: Axes, x: float, y: float, color: str) -> None:
    """The reader's own point."""
    ax.plot(x, y, "o", color=color, markersize=8, fillstyle="none", markeredgewidth=1.8)
