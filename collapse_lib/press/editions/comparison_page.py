"""Two runs side by side as one HTML file that opens anywhere, with all that it needs inside.

The runs may be somebody else's.  What they say is escaped, what they drew is shown as pictures, in which no script
runs, and the page has a policy by which nothing does that is not ours (see `policy`).
"""

from __future__ import annotations

import base64
import html
import math
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from markupsafe import Markup

from collapse_lib import plotting, prose, records, targets
from collapse_lib.claims.ledger import expectation
from collapse_lib.errors import InvalidInput
from collapse_lib.press import provenance, templates, wording
from collapse_lib.press.book import Book
from collapse_lib.press.chapter import Chapter
from collapse_lib.press.editions import run_page
from collapse_lib.press.editions.compare import Comparison, Figure, Judged
from collapse_lib.press.editions.policy import policy
from collapse_lib.press.executed import Executed

STYLES = ("page.css", "book.css", "compare.css")
MARK = '<meta name="generator" content="collapse compare">'
"""What tells a page of ours from another file."""

ROLE = re.compile(r"\{glue:text\}`(\w+)`")

SETTINGS = """
window.MathJax = {
  tex: {
    inlineMath: [["\\\\(", "\\\\)"], ["$", "$"]],
    packages: { "[-]": ["require", "autoload"] },
    macros: { mmlToken: "\\\\text{mmlToken}" },
  },
  options: { skipHtmlTags: ["pre", "code", "style", "script", "svg"] },
};
"""
"""MathJax's, without the commands that load more of it or make links."""

INKS = "<style>:root{color:#1d2126}@media(prefers-color-scheme:dark){:root{color:#dde1e6}}</style>"
"""The page's own text colours, in the two themes, for a picture that cannot inherit them."""


def default_file(found: Comparison, run: Path) -> Path:
    """Where the page goes that was given no file: beside the first run, named after both."""
    names = (name.removeprefix(f"{found.one.slug}-") for name in (found.one.name, found.two.name))
    return run.parent / f"compare-{'-'.join([found.one.slug, *names])}.html"


def _ours(path: Path) -> bool:
    """Whether a file is such a page."""
    try:
        with path.open(encoding="utf-8", errors="replace") as file:
            return MARK in file.read(4000)
    except OSError:
        return False


FILE = targets.Kind("comparison", ".html", _ours)
"""What `collapse compare` writes, and may replace."""


def write(found: Comparison, target: Path) -> None:
    """Write the page."""
    records.write(target, page(found))


def page(found: Comparison) -> str:
    """The page, as HTML text."""
    mathjax = run_page.mathjax().read_text(encoding="utf-8").replace("</script", "<\\/script")
    chapter = _chapters().get(found.one.slug)
    text = chapter.text if chapter else ""
    return templates.render(
        "comparison",
        c=found,
        title=chapter.title if chapter else found.one.slug,
        mark=Markup(MARK),
        styles=Markup("\n".join(_style(name) for name in STYLES)),
        policy=policy((SETTINGS, mathjax)),
        scripts=(Markup(SETTINGS), Markup(mathjax)),
        runs=_runs(found.one, found.two),
        sentence=lambda name: sentence(name, text),
        measured=lambda verdict: prose.estimate(verdict.measured, verdict.interval),
        expectation=expectation,
        bars=_bars,
        drawing=_drawing,
    )


def sentence(name: str, text: str) -> Markup:
    """The sentence of the chapter's text in which a number stands, with the number's name in its place.

    >>> sentence("half", "The diversity halves in {glue:text}`half` of [them](a.md). Or so.")
    Markup('The diversity halves in <b>half</b> of them.')
    >>> sentence("half", "Nothing.")
    Markup('<b>half</b>')
    """
    blocks = (re.sub(r"\s+", " ", block) for block in re.split(r"\n\s*\n|\n(?=[|:-])", text))
    role = f"{{glue:text}}`{name}`"
    around = next((block for block in blocks if role in block), role)
    parts = re.split(r"(?<=[.;?!])\s+(?=[A-Z{$*])", around)
    plain = html.escape(next((part for part in parts if role in part), role), quote=False)
    plain = re.sub(r"\{cite:\w+\}`[^`]*`", "", plain)
    plain = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", plain)
    plain = ROLE.sub(lambda found: f"<b>{found[1]}</b>" if found[1] == name else f"<i>{found[1]}</i>", plain)
    plain = re.sub(r"\{[\w:]+\}`([^`&<]*?)( &lt;[^`]*)?`", r"\1", plain)
    return Markup(re.sub(r"\*\*?([^*]+)\*\*?", r"\1", plain).strip("|: ").replace("|", "·"))


def _runs(one: Executed, two: Executed) -> list[tuple[str, str, str]]:
    """What the two runs were: (what, of the one, of the other)."""
    tellers: dict[str, Callable[[Mapping[str, Any]], str]] = {
        "preset": lambda record: record.get("preset", ""),
        "date": lambda record: wording.date(record["started"]) if record.get("started") else "",
        "took": provenance.cost,
    }
    return [
        (name, teller(one.record) or "not known", teller(two.record) or "not known")
        for name, teller in tellers.items()
    ]


def _bars(each: Judged) -> Markup:
    """Both intervals as bars on one axis, with a dot at the measured value; a tick where a value is claimed.

    A bound has no tick: it may be so far off that the bars would shrink to points.
    """
    verdicts = [verdict for verdict in (each.one, each.two) if verdict is not None]
    values = [value for v in verdicts for value in (*v.interval, v.measured)]
    values += [v.expected for v in verdicts if v.relation == "="]
    finite = [value for value in values if math.isfinite(value)]
    low, high = min(finite, default=0.0), max(finite, default=0.0)
    width = (high - low) or 1.0

    def x(value: float) -> float:
        """Where a value stands, in hundredths of the drawing's width."""
        return round(6 + 108 * (min(max(value, low), high) - low) / width, 1)

    marks = []
    for y, v in zip((9, 23), verdicts, strict=True):
        marks.append(f'<path d="M{x(v.interval[0])} {y}H{x(v.interval[1])}" stroke-width="3"/>')
        marks.append(f'<circle cx="{x(v.measured)}" cy="{y}" r="3.5" fill="currentColor"/>')
        if v.relation == "=":
            marks.append(f'<path d="M{x(v.expected)} {y - 6}V{y + 6}" stroke-width="1.5"/>')
    opening = '<svg class="bars" viewBox="0 0 120 32" aria-hidden="true" stroke="currentColor" fill="none">'
    return Markup(opening + "".join(marks) + "</svg>")


def _drawing(figure: Figure, side: str) -> Markup:
    """One run's figure, in an `<img>`: no script in it runs, and it fetches nothing."""
    plate: Mapping[str, Any] | None = getattr(figure, side)
    if plate is None:
        return Markup("<p><em>This run has no such figure.</em></p>")
    svg = plate["svg"].replace(plotting.INK, "currentColor")
    svg = re.sub(r"<svg\b[^>]*>", lambda opening: opening[0] + INKS, svg, count=1)
    address = f"data:image/svg+xml;base64,{base64.b64encode(svg.encode()).decode()}"
    return Markup('<img src="{}" alt="{}">').format(address, plate["alt"])


def _chapters() -> dict[str, Chapter]:
    """The chapters of the book that is here; none where there is no book."""
    try:
        return Book.here().chapters
    except InvalidInput:
        return {}


def _style(name: str) -> str:
    """A style sheet of the book."""
    path = Book.here().folder / "assets" / name
    return path.read_text(encoding="utf-8") if path.is_file() else ""
