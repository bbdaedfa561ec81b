"""The colours and letters of every figure, and the canvas that it is drawn on."""

from __future__ import annotations

import logging
from typing import Any

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

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


def label(ax: Axes, *, x: str, y: str, title: str = "", legend: bool = True, integers: bool = False) -> Axes:
    """Axis labels, a title and a legend."""
    ax.set(xlabel=x, ylabel=y, title=title)
    if integers:
        ax.xaxis.set_major_locator(MaxNLocator(integer=True))
    if legend:
        with mpl.rc_context(STYLE):
            ax.legend(fontsize=9)
    return ax
