"""What is drawn that has no axes to read: a table of sizes, the simplex, a genealogy."""

from __future__ import annotations

from collections.abc import Sequence

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from numpy.typing import ArrayLike, NDArray

from collapse_lib.plotting.plates import remember
from collapse_lib.plotting.style import INK


def table_of_sizes(ax: Axes, rows: Sequence[ArrayLike], *, title: str, color: str) -> Axes:
    """Rows sizes(1), ..., sizes(M) of a schedule as a triangle of numbers, generation by generation."""
    M = len(rows)
    largest = max(float(np.max(row)) for row in rows)
    for m, row in enumerate(rows, start=1):
        for t, size in enumerate(np.asarray(row, dtype=float)):
            ax.add_patch(
                mpl.patches.Rectangle(
                    (t - 0.46, m - 0.42), 0.92, 0.84, linewidth=0.5, edgecolor=INK,
                    facecolor=color if size else "none", alpha=0.22 + 0.4 * size / largest if size else 0.35,
                )
            )  # fmt: skip
            if size:
                ax.text(t, m, f"{size:.3g}", ha="center", va="center", fontsize=8.5, color=INK)
        remember(ax, "theory", f"{title}, m = {m}", np.arange(m), row)
    ax.set(xlim=(-0.6, M - 0.4), ylim=(M + 0.6, 0.4), title=title)
    ax.set_xticks(range(M))
    ax.set_yticks(range(1, M + 1))
    ax.tick_params(length=0)
    ax.spines[:].set_visible(False)
    return ax


def simplex(
    ax: Axes, p: NDArray[np.float64], *, color: ArrayLike | str, corners: Sequence[str], label: str
) -> Axes:
    """Distributions on three tokens, shape (contexts, 3), as points of a triangle; its corners are Dirac masses."""
    vertices = np.array([[0.0, 0.0], [1.0, 0.0], [0.5, np.sqrt(3) / 2]])
    outline = vertices[[0, 1, 2, 0]]
    ax.plot(*outline.T, color=INK, linewidth=0.8)
    x, y = (p @ vertices).T
    ax.scatter(x, y, s=9, c=color, linewidths=0, alpha=0.85)
    for (vx, vy), name in zip(vertices, corners, strict=True):
        ax.annotate(
            name, (vx, vy), (0, 4 if vy > 0 else -4), textcoords="offset points", ha="center",
            va="bottom" if vy > 0 else "top", fontsize=8.5, color=INK,
        )  # fmt: skip
    ax.set(aspect="equal", xlim=(-0.08, 1.08), ylim=(-0.14, 1.0))
    ax.set_axis_off()
    return remember(ax, "simulation", label, x, y)


def genealogy(
    ax: Axes,
    parents: NDArray[np.int64],
    *,
    color: str,
    label: str,
    names: Sequence[Sequence[str]] | None = None,
    ancestry: bool = False,
) -> Axes:
    """Who copied whom: generations of n tokens as columns, each token with a line to the one that it copied.

    `parents` has shape (generations, n): entry i of row m is the place, in column m, of the parent of token i in
    column m + 1; columns count from 0.  `names` writes each token's name in place of its dot.  With `ancestry` the
    lines that lead to the last column are thick, and all else is faint.
    """
    M, n = parents.shape
    led = np.ones((M + 1, n), dtype=bool)  # whether a token has a descendant in the last column
    for m in range(M - 1, -1, -1):
        led[m] = np.isin(np.arange(n), parents[m][led[m + 1]])
    gap = 0.0 if names is None else 0.3  # room for a letter at either end of a line
    for m, row in enumerate(parents):
        step = np.arange(n) - row
        ends = np.stack([row + gap * step, row + (1 - gap) * step])
        for thick in (False, True):
            some = (ancestry & led[m + 1]) == thick
            lines = [[(m + gap, a), (m + 1 - gap, b)] for a, b in ends[:, some].T]
            width, strength = (2.2, 1) if thick else (0.8, 0.35 if ancestry else 0.8)
            ax.add_collection(LineCollection(lines, colors=color, linewidths=width, alpha=strength))
        remember(ax, "simulation", f"{label}: parents, {m} to {m + 1}", np.arange(n), row)
    for m, column in enumerate(led):
        for i, marked in enumerate(column.tolist()):
            strength = 1 if marked or not ancestry else 0.35
            if names is None:
                ax.plot(m, i, "o", color=color, alpha=strength, markersize=4.5, markeredgewidth=0)
            else:
                ax.text(m, i, names[m][i], ha="center", va="center", fontsize=9, color=INK, alpha=strength)
    ax.set(xlim=(-0.5, M + 0.5), ylim=(n - 0.4, -0.6))
    ax.set_xticks(range(M + 1))
    ax.set_yticks([])
    ax.tick_params(length=0)
    ax.spines[:].set_visible(False)
    return ax
