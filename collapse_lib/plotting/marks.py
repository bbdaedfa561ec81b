"""What a figure is made of: theory a line, simulation points or a band, single runs thin lines, a bound dashed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import ArrayLike, NDArray

from collapse_lib import evidence
from collapse_lib.plotting.plates import remember
from collapse_lib.plotting.style import INK


def theory(ax: Axes, x: ArrayLike, y: ArrayLike, *, label: str, color: str, **options: Any) -> Axes:
    """An exact law: a line."""
    ax.plot(x, y, color=color, label=label, **options)
    return remember(ax, "theory", label, x, y)


def bound(ax: Axes, x: ArrayLike, y: ArrayLike, *, label: str, dashes: Sequence[float] = (5, 2.5)) -> Axes:
    """A bound: dashed, in ink."""
    ax.plot(x, y, color=INK, label=label, dashes=dashes, linewidth=1.4)
    return remember(ax, "bound", label, x, y)


def points(ax: Axes, x: ArrayLike, samples: ArrayLike, *, label: str, color: str, marker: str = "o") -> Axes:
    """Means of simulated samples, shape (len(x), runs), with their 99 % intervals."""
    mean, low, high = evidence.interval(np.asarray(samples).T)
    ax.errorbar(
        x, mean, yerr=[mean - low, high - mean], fmt=marker, color=color, label=label,
        markersize=4.5, capsize=2.5, linewidth=0, elinewidth=1.2, markeredgewidth=0,
    )  # fmt: skip
    return remember(ax, "simulation", label, x, mean, low, high)


def band(ax: Axes, x: ArrayLike, samples: ArrayLike, *, label: str, color: str) -> Axes:
    """The 99 % interval of the mean of simulated samples, shape (len(x), runs), as a band."""
    mean, low, high = evidence.interval(np.asarray(samples).T)
    ax.fill_between(x, low, high, color=color, alpha=0.3, linewidth=0, label=label)
    return remember(ax, "simulation", label, x, mean, low, high)


def runs(ax: Axes, x: ArrayLike, samples: ArrayLike, *, label: str, color: str, most: int = 30) -> Axes:
    """Single runs, shape (len(x), runs), as thin lines; at most `most` of them."""
    samples = np.asarray(samples)[:, :most]
    ax.plot(x, samples, color=color, linewidth=0.5, alpha=0.35)
    ax.plot([], [], color=color, linewidth=1, alpha=0.6, label=label)
    for i, run in enumerate(samples.T):
        remember(ax, "run", f"{label} {i}", x, run)
    return ax


def course(ax: Axes, x: ArrayLike, y: ArrayLike, *, label: str, color: str, **options: Any) -> Axes:
    """One measured course, such as a loss while a model is trained: a line, thinner than a theory's."""
    ax.plot(x, y, color=color, label=label, **{"linewidth": 1.2, **options})
    return remember(ax, "measured", label, x, y)


def histogram(ax: Axes, samples: ArrayLike, edges: ArrayLike, *, label: str, color: str) -> Axes:
    """How many of the samples fall between neighbouring edges, as bars."""
    counts, edges = np.histogram(np.asarray(samples), np.asarray(edges))
    ax.stairs(counts, edges, fill=True, color=color, alpha=0.45, linewidth=0, label=label)
    return remember(ax, "simulation", label, edges[:-1], counts)


def mark(ax: Axes, x: float, *, label: str, color: str) -> Axes:
    """One measured value on the horizontal axis, such as a mean: a vertical line."""
    ax.axvline(x, color=color, label=label, linewidth=1.4)
    return remember(ax, "simulation", label, [x], [""])


def distribution(ax: Axes, p: NDArray[np.float64], *, label: str, color: str) -> Axes:
    """A distribution's live tokens by rank, most probable first, on a log scale."""
    y = -np.sort(-p[p > 0])
    rank = np.arange(1, len(y) + 1)
    ax.semilogy(rank, y, color=color, label=label, drawstyle="steps-mid")
    return remember(ax, "theory", label, rank, y)
