"""A finished figure, and the numbers behind it, which every mark remembers."""

from __future__ import annotations

import base64
import csv
import io
import re
import weakref
from dataclasses import dataclass
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import ArrayLike

from collapse_lib.errors import require
from collapse_lib.plotting.style import STYLE

MIME = "application/vnd.collapse.plate+json"
COLUMNS = ("panel", "kind", "series", "x", "y", "low", "high")

_drawn: weakref.WeakKeyDictionary[Figure, list[tuple[Any, ...]]] = weakref.WeakKeyDictionary()


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


def remember(
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
