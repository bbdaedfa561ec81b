"""The book's figures: axes and data in, axes out; nothing here simulates.

One grammar throughout: exact theory is a line, simulation points or a band with its interval, single runs thin
lines, a bound dashed.  One colour for each schedule.  The colours stand at least 3:1 against white and against the
dark page; the ink is one named grey, which the site replaces by the page's own text colour.

Every primitive remembers what it drew, so that a `Plate` can hand out the numbers behind a figure.
"""

from collapse_lib.plotting.diagrams import genealogy, simplex, table_of_sizes
from collapse_lib.plotting.marks import band, bound, course, distribution, histogram, mark, points, runs, theory
from collapse_lib.plotting.plates import COLUMNS, MIME, Plate
from collapse_lib.plotting.style import COLOURS, DPI, INK, STYLE, canvas, colour, label

__all__ = [
    "COLOURS",
    "COLUMNS",
    "DPI",
    "INK",
    "MIME",
    "STYLE",
    "Plate",
    "band",
    "bound",
    "canvas",
    "colour",
    "course",
    "distribution",
    "genealogy",
    "histogram",
    "label",
    "mark",
    "points",
    "runs",
    "simplex",
    "table_of_sizes",
    "theory",
]
