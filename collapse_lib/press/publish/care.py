"""What a site with an address has besides the book's pages: the banner of its versions, robots.txt.

Also the date at the foot of each page, in the words of a book: the text changed, nothing was updated.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sphinx.application import Sphinx

from collapse_lib import records
from collapse_lib.press.publish.versions import BANNER, robots


def banner(app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: Any) -> None:  # noqa: ARG001
    """Above the text of every page of a versioned site, the place where its version is told; Sphinx calls this."""
    if app.config.collapse_versioned and app.builder.format == "html" and "body" in context and doctree is not None:
        top = "../" * (1 + pagename.count("/"))
        context["body"] = BANNER.format(top=top) + context["body"]


def write_robots(app: Sphinx, failure: Exception | None) -> None:
    """robots.txt beside the pages, where the site's address is known; Sphinx calls this.

    The top of a versioned site has one of its own.
    """
    address = app.config.html_baseurl
    if failure is None and app.builder.format == "html" and address and not app.config.collapse_versioned:
        records.write(Path(app.outdir) / "robots.txt", robots(address, "sitemap.xml"))
