"""The finished pages, put right for readers who listen, use the keyboard or read on a phone.

The theme's and the extensions' HTML leaves out some names and uses some roles that have gone; no setting reaches
them.  Each is mended here in the text of the page, so it is right without JavaScript too.  So is what no author
wants to think of: punctuation stays on the line of the formula before it, a per cent sign on that of its number.

`assets/accessible.css` and `assets/accessible.js` have the rest.
"""

from __future__ import annotations

import re
from pathlib import Path

from sphinx.application import Sphinx

SHELL = {
    '<dialog id="pst-search-dialog"': ' aria-label="Search"',
    '<dialog id="pst-primary-sidebar-modal"': ' aria-label="Contents of the book"',
    '<dialog id="pst-secondary-sidebar-modal"': ' aria-label="On this page"',
    '<div id="pst-primary-sidebar"': ' role="region" aria-label="The book"',
    '<img src="_static/logo.svg"': ' width="240" height="120"',
    'title="Toggle primary sidebar"': ' aria-label="Contents of the book"',
    'title="Toggle secondary sidebar"': ' aria-label="Sections of this page"',
}
"""What the theme leaves out, by the tag that it should have been in."""

OUTDATED = ('role="list" class="citation-list"', 'role="doc-biblioentry"')
"""Roles that bibliographies had once."""

CODE = r"<(pre|script|style|title|svg)\b.*?</\1>"

FORMULA = r'<span class="math notranslate nohighlight">[^<]*</span>'

TIGHT = re.compile(rf"([(\[“]?)({FORMULA})([.,;:!?)\]”’]+|[-–’]\w+[.,;:!?)]*)?")
"""A formula, with what must not be parted from it on either side."""

PER_CENT = re.compile(rf"{CODE}|(?<=[\d>]) %", re.DOTALL)


def setup(app: Sphinx) -> None:
    """Mend the pages after everything is there, and load what else they need."""
    app.add_css_file("accessible.css", priority=810)  # after book.css
    app.add_js_file("accessible.js", priority=810)
    app.connect("build-finished", mend, priority=800)


def mend(app: Sphinx, failure: Exception | None) -> None:
    """Put every page right, once all are there; Sphinx calls this."""
    if failure is not None or app.builder.format != "html":
        return
    for page in Path(app.outdir).glob("*.html"):
        page.write_text(mended(page.read_text(encoding="utf-8")), encoding="utf-8")


def mended(page: str) -> str:
    r"""A page's HTML with names where they are missing, and no line that begins with a full stop.

    >>> mended('<dialog id="pst-search-dialog"></dialog>')
    '<dialog id="pst-search-dialog" aria-label="Search"></dialog>'
    >>> mended("<p>99 % of it</p>")
    '<p>99\xa0% of it</p>'
    """
    for tag, missing in SHELL.items():
        page = page.replace(tag, tag + missing)
    for role in OUTDATED:
        page = page.replace(role, role.partition('" ')[2])
    page = TIGHT.sub(_kept_together, page)
    return PER_CENT.sub(lambda found: found[0] if found[1] else "\N{NO-BREAK SPACE}%", page)


def _kept_together(found: re.Match[str]) -> str:
    before, formula, after = found.groups(default="")
    return f'<span class="tight">{before}{formula}{after}</span>' if before or after else formula
