"""The book's figures: axes and data in, axes out; nothing here simulates.

One grammar throughout: exact theory is a line, simulation points or a band with its interval, single runs thin
lines, a bound dashed.  One colour for each schedule.  The colours stand at least 3:1 against white and against the
dark page; the ink is one named grey, which the site replaces by the page's own text colour.

Every primitive remembers what it drew, so that a `Plate` can hand out the numbers behind a figure.
"""

from __future__ import annotations

import base64
import csv
import io
import logging
import re
import weakref
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator
from numpy.typing import ArrayLike, NDArray

from collapse_lib import evidence
from collapse_lib.errors import require

INK = "#656a70"
"""Text, axes and bounds; the site draws it in the page's own text colour."""

COLOURS = {
    "FullySynthetic": "#2f7fc1",
    "PartiallySynthetic": "#2a9165",
    "MostRecent": "#c56a15",
    "RandomlySampled": "#9467bd",
    "Accumulate": "#c94f6d",
    "FixedTotal": "#8f861e",
}

# The first use on a machine builds a font cache, and a line about it would land on the page.
logging.getLogger("matplotlib.font_manager").setLevel(logging.ERROR)

DPI = 144
"""Of a PNG, and of the layout, which then measures every word as the PNG does: what is measured is kept."""

MIME = "application/vnd.collapse.plate+json"
COLUMNS = ("panel", "kind", "series", "x", "y", "low", "high")

STYLE: Any = {
    "axes.edgecolor": INK,
    "axes.facecolor": "none",
    "axes.labelcolor": INK,
    "axes.spines.right": False,
    "axes.spines.top": False,
    "axes.titlecolor": INK,
    "axes.titlelocation": "left",
    "axes.titlesize": 10.5,
    "figure.facecolor": "none",
    "font.size": 10.5,
    "grid.color": INK,
    "legend.frameon": False,
    "legend.labelcolor": INK,
    "lines.linewidth": 1.8,
    "savefig.facecolor": "none",
    "svg.fonttype": "path",
    "svg.hashsalt": "collapse_lib",
    "text.color": INK,
    "xtick.color": INK,
    "ytick.color": INK,
}

_drawn: weakref.WeakKeyDictionary[Figure, list[tuple[Any, ...]]] = weakref.WeakKeyDictionary()


def colour(schedule: object) -> str:
    """The colour of a schedule, the same through the whole book."""
    return COLOURS.get(type(schedule).__name__, INK)


def canvas(rows: int = 1, columns: int = 1, *, height: float = 3.4, width: float = 5.8, **options: Any) -> Any:
    """A figure in the book's style and its axes, as `plt.subplots` gives them; `height` in inches is one row's."""
    with mpl.rc_context(STYLE):
        figure = Figure(figsize=(width, height * rows), dpi=DPI, layout="constrained")
        FigureCanvasAgg(figure)
        axes = figure.subplots(rows, columns, **options)
    return figure, axes


def theory(ax: Axes, x: ArrayLike, y: ArrayLike, *, label: str, color: str, **options: Any) -> Axes:
    """An exact law: a line."""
    ax.plot(x, y, color=color, label=label, **options)
    return _remember(ax, "theory", label, x, y)


def bound(ax: Axes, x: ArrayLike, y: ArrayLike, *, label: str, dashes: Sequence[float] = (5, 2.5)) -> Axes:
    """A bound: dashed, in ink."""
    ax.plot(x, y, color=INK, label=label, dashes=dashes, linewidth=1.4)
    return _remember(ax, "bound", label, x, y)


def points(ax: Axes, x: ArrayLike, samples: ArrayLike, *, label: str, color: str, marker: str = "o") -> Axes:
    """Means of simulated samples, shape (len(x), runs), with their 99 % intervals."""
    mean, low, high = evidence.interval(np.asarray(samples).T)
    ax.errorbar(
        x, mean, yerr=[mean - low, high - mean], fmt=marker, color=color, label=label,
        markersize=4.5, capsize=2.5, linewidth=0, elinewidth=1.2, markeredgewidth=0,
    )  # fmt: skip
    return _remember(ax, "simulation", label, x, mean, low, high)


def band(ax: Axes, x: ArrayLike, samples: ArrayLike, *, label: str, color: str) -> Axes:
    """The 99 % interval of the mean of simulated samples, shape (len(x), runs), as a band."""
    mean, low, high = evidence.interval(np.asarray(samples).T)
    ax.fill_between(x, low, high, color=color, alpha=0.3, linewidth=0, label=label)
    return _remember(ax, "simulation", label, x, mean, low, high)


def runs(ax: Axes, x: ArrayLike, samples: ArrayLike, *, label: str, color: str, most: int = 30) -> Axes:
    """Single runs, shape (len(x), runs), as thin lines; at most `most` of them."""
    samples = np.asarray(samples)[:, :most]
    ax.plot(x, samples, color=color, linewidth=0.5, alpha=0.35)
    ax.plot([], [], color=color, linewidth=1, alpha=0.6, label=label)
    for i, run in enumerate(samples.T):
        _remember(ax, "run", f"{label} {i}", x, run)
    return ax


def course(ax: Axes, x: ArrayLike, y: ArrayLike, *, label: str, color: str, **options: Any) -> Axes:
    """One measured course, such as a loss while a model is trained: a line, thinner than a theory's."""
    ax.plot(x, y, color=color, label=label, **{"linewidth": 1.2, **options})
    return _remember(ax, "measured", label, x, y)


def histogram(ax: Axes, samples: ArrayLike, edges: ArrayLike, *, label: str, color: str) -> Axes:
    """How many of the samples fall between neighbouring edges, as bars."""
    counts, edges = np.histogram(np.asarray(samples), np.asarray(edges))
    ax.stairs(counts, edges, fill=True, color=color, alpha=0.45, linewidth=0, label=label)
    return _remember(ax, "simulation", label, edges[:-1], counts)


def mark(ax: Axes, x: float, *, label: str, color: str) -> Axes:
    """One measured value on the horizontal axis, such as a mean: a vertical line."""
    ax.axvline(x, color=color, label=label, linewidth=1.4)
    return _remember(ax, "simulation", label, [x], [""])


def distribution(ax: Axes, p: NDArray[np.float64], *, label: str, color: str) -> Axes:
    """A distribution's live tokens by rank, most probable first, on a log scale."""
    y = -np.sort(-p[p > 0])
    rank = np.arange(1, len(y) + 1)
    ax.semilogy(rank, y, color=color, label=label, drawstyle="steps-mid")
    return _remember(ax, "theory", label, rank, y)


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
        _remember(ax, "theory", f"{title}, m = {m}", np.arange(m), row)
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
    return _remember(ax, "simulation", label, x, y)


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
        _remember(ax, "simulation", f"{label}: parents, {m} to {m + 1}", np.arange(n), row)
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


def label(ax: Axes, *, x: str, y: str, title: str = "", legend: bool = True, integers: bool = False) -> Axes:
    """Axis labels, a title and a legend."""
    ax.set(xlabel=x, ylabel=y, title=title)
    if integers:
        ax.xaxis.set_major_locator(MaxNLocator(integer=True))
    if legend:
        with mpl.rc_context(STYLE):
            ax.legend(fontsize=9)
    return ax


@dataclass(frozen=True)
class Plate:
    """A finished figure with its name, caption, alternative text and numbers; a notebook shows it as SVG and PNG.

    `name` is its anchor and file name; `alt` says what the picture shows, to somebody who cannot see it.  Both are
    checked: `InvalidInput` where the name could not be a file's and an address, or the text says nothing.
    """

    figure: Figure
    name: str
    caption: str
    alt: str

    def __post_init__(self) -> None:
        require(
            re.fullmatch(r"[a-z][a-z0-9]*(-[a-z0-9]+)*", self.name) is not None,
            f"the figure's name was {self.name!r}; it takes small letters and digits, with single hyphens between, "
            "since it is an address on the page and the name of files.",
        )
        require(bool(self.alt.strip()), f"the figure {self.name!r} has no alternative text; say what it shows.")
        require(
            re.fullmatch(r"\S+\.[A-Za-z]\w{1,3}", self.alt.strip()) is None,
            f"the alternative text of the figure {self.name!r} is the name of a file, {self.alt!r}; say what the "
            "picture shows.",
        )

    def svg(self) -> str:
        """The figure as SVG, the same bytes for the same figure; paths to a hundredth of a point."""
        drawing = self._saved("svg", metadata={"Date": None, "Creator": None}).decode()
        return re.sub(r' d="[^"]*"', lambda path: re.sub(r"(\.\d\d)\d+", r"\1", path[0]), drawing)

    def png(self) -> bytes:
        """The figure as PNG on white."""
        return self._saved("png", facecolor="white", pil_kwargs={"compress_level": 4})

    def csv(self) -> str:
        """The numbers behind the figure, one point a line."""
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(COLUMNS)
        writer.writerows(_drawn.get(self.figure, []))
        return text.getvalue()

    def _saved(self, kind: str, **options: Any) -> bytes:
        with mpl.rc_context(STYLE):
            _settle(self.figure)
            buffer = io.BytesIO()
            self.figure.savefig(buffer, format=kind, **options)
            return buffer.getvalue()

    def _repr_mimebundle_(self, **_: object) -> dict[str, Any]:
        return {
            "text/plain": f"{self.name}: {self.alt}",
            "image/svg+xml": self.svg(),
            "image/png": base64.b64encode(self.png()).decode(),
            MIME: {"name": self.name, "caption": self.caption, "alt": self.alt, "csv": self.csv()},
        }


def _settle(figure: Figure) -> None:
    """Lay a figure out once, and leave its axes and legends there; every way of saving it would do so again."""
    if (engine := figure.get_layout_engine()) is None:
        return
    engine.execute(figure)
    figure.set_layout_engine(None)
    for ax in figure.axes:
        if (legend := ax.get_legend()) is not None:
            corner = legend.get_window_extent().transformed(ax.transAxes.inverted()).p0
            legend.set_loc((float(corner[0]), float(corner[1])))


def _remember(
    ax: Axes, kind: str, series: str, x: ArrayLike, y: ArrayLike, low: ArrayLike = "", high: ArrayLike = ""
) -> Axes:
    """Keep the points for the figure's table."""
    figure = ax.get_figure(root=True)
    assert isinstance(figure, Figure)
    panel = figure.axes.index(ax) + 1
    cells = np.broadcast_arrays(*(np.asarray(values, dtype=object) for values in (x, y, low, high)))
    rows = [(panel, kind, series, *(_plain(v) for v in row)) for row in zip(*cells, strict=True)]
    _drawn.setdefault(figure, []).extend(rows)
    return ax


def _plain(value: Any) -> Any:
    """A cell: integers as they are, floats to twelve digits."""
    return f"{value:.12g}" if isinstance(value, float) else value
