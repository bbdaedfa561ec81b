"""A site of several versions: each in a folder of its own, and at the top what leads from one to another.

    <top>/0.2.0/       a release; releases stay as they were published
    <top>/dev/         the main branch
    <top>/latest/      a copy of the newest release, or of dev while there is none: the address to cite
    <top>/index.html   leads to latest
    <top>/404.html     the newest release's, which GitHub Pages shows for every address that is not there
    <top>/versions.js  what the pages of an older version load to say so; versions.json is for programs
    <top>/robots.txt   leaves dev to people (crawlers heed it only where <top> is a whole host)

`python -m collapse_lib.press.publish.versions SITE TOP VERSION` puts a built site in its place.  Pages do not know
which version they are of: that is the name of their folder, so `latest` is a plain copy.  Above its text each
has a place that the script fills.  A site with an address and no versions has its own robots.txt.
"""

from __future__ import annotations

import argparse
import json
import re
import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from sphinx.application import Sphinx

from collapse_lib import records
from collapse_lib.errors import InvalidInput, require
from collapse_lib.press import templates

LATEST, DEV = "latest", "dev"
RELEASE = re.compile(r"\d+(\.\d+)+")

SCRIPT = Path(__file__).with_suffix(".js")
"""The script that every page loads from the top, with `VERSIONS` for the list."""

BANNER = '<div class="version-banner" role="note" hidden><script src="{top}versions.js"></script></div>'
"""What a page of a versioned site has above its text; the script fills it before the text is laid out."""


def setup(app: Sphinx) -> None:
    """Put the banner's place on the pages of a versioned site, and robots.txt beside those of another."""
    app.add_config_value("collapse_versioned", False, "html", [bool])
    app.connect("html-page-context", banner)
    app.connect("build-finished", write_robots)


def banner(app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: Any) -> None:  # noqa: ARG001
    """Above the text of every page of a versioned site, the place where its version is told; Sphinx calls this."""
    if app.config.collapse_versioned and app.builder.format == "html" and "body" in context and doctree is not None:
        app.add_css_file("versions.css")
        top = "../" * (1 + pagename.count("/"))
        context["body"] = BANNER.format(top=top) + context["body"]


def write_robots(app: Sphinx, failure: Exception | None) -> None:
    """robots.txt beside the pages, where the site's address is known; Sphinx calls this.

    The top of a versioned site has one of its own.
    """
    address = app.config.html_baseurl
    if failure is None and app.builder.format == "html" and address and not app.config.collapse_versioned:
        records.write(Path(app.outdir) / "robots.txt", robots(address, "sitemap.xml"))


def publish(site: Path, top: Path, version: str, *, address: str = "") -> str:
    """Put the built site `site` into `top` as `version`, a release such as 0.3.0 or "dev"; the newest version.

    The other versions stay as they are.  `address` is the site's, for the sitemap's place in robots.txt.
    """
    require((site / "index.html").is_file(), f"{site} holds no built site (it has no index.html).")
    require(
        version == DEV or RELEASE.fullmatch(version) is not None,
        f"the version was {version!r}; it takes a release such as 0.3.0, or {DEV!r}.",
    )
    _place(site, top / version)
    releases = in_order(folder.name for folder in top.iterdir() if RELEASE.fullmatch(folder.name))
    newest = releases[0] if releases else DEV
    if newest == version:
        _place(site, top / LATEST)
    (top / version / "sitemap.xml").unlink(missing_ok=True)  # it lists the pages of latest, and is there
    pages = sorted(page.name for page in (top / LATEST).glob("*.html"))
    listed = {"newest": newest, "releases": releases, "dev": (top / DEV).is_dir(), "pages": pages}
    records.write(top / "versions.json", listed)
    script = SCRIPT.read_text(encoding="utf-8").replace("VERSIONS", json.dumps(listed), 1)
    records.write(top / "versions.js", script)
    records.write(top / "index.html", templates.render("redirect", target=f"{LATEST}/index.html"))
    records.write(top / "robots.txt", robots(address, f"{LATEST}/sitemap.xml", hidden=[f"{DEV}/"]))
    records.write(top / ".nojekyll", "")  # GitHub Pages would leave out folders that begin with an underscore
    if (top / LATEST / "404.html").is_file():
        shutil.copy(top / LATEST / "404.html", top / "404.html")
    return newest


def in_order(releases: Iterable[str]) -> list[str]:
    """Releases, the newest first, as numbers and not as words.

    >>> in_order(["0.9.0", "0.10.0", "0.2.1"])
    ['0.10.0', '0.9.0', '0.2.1']
    """
    return sorted(releases, key=lambda name: [int(part) for part in name.split(".")], reverse=True)


def robots(address: str, sitemap: str, *, hidden: Iterable[str] = ()) -> str:
    r"""What robots.txt says: all but the `hidden` folders may be read, and where the sitemap is.

    >>> robots("https://x.org/book", "sitemap.xml", hidden=["dev/"])
    'User-agent: *\nDisallow: /book/dev/\nSitemap: https://x.org/book/sitemap.xml\n'
    """
    path = re.sub(r"^https?://[^/]+", "", address).rstrip("/")
    lines = ["User-agent: *", *(f"Disallow: {path}/{folder}" for folder in hidden)]
    if not hidden:
        lines.append("Allow: /")
    return "\n".join([*lines, *([f"Sitemap: {address.rstrip('/')}/{sitemap}"] if address else [])]) + "\n"


def _place(site: Path, folder: Path) -> None:
    """A copy of the site in the place of what was there; a reader finds the old one or the new one."""
    with records.folder(folder) as fresh:
        shutil.copytree(site, fresh, dirs_exist_ok=True)


def main() -> None:
    """The command `python -m collapse_lib.press.publish.versions`."""
    parser = argparse.ArgumentParser(prog="python -m collapse_lib.press.publish.versions", description=main.__doc__)
    parser.add_argument("site", type=Path, help="a built site, such as _build/html")
    parser.add_argument("top", type=Path, help="the folder of all versions")
    parser.add_argument("version", help=f"a release such as 0.3.0, or {DEV}")
    parser.add_argument("--address", default="", help="the address of the folder of all versions")
    given = parser.parse_args()
    try:
        newest = publish(given.site, given.top, given.version, address=given.address)
    except InvalidInput as mistake:
        parser.error(str(mistake))
    print(f"{given.top / given.version} is published; the newest version is {newest}")  # noqa: T201


if __name__ == "__main__":
    main()
