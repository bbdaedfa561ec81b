"""The settings that depend on where the book is: its repository, its site, its versions, its history.

Nothing is linked whose address is not known, so all of this is off unless the environment says otherwise:

    COLLAPSE_REPOSITORY  the repository's address: links to the sources and, on GitHub and GitLab, a Binder button
    COLLAPSE_REVISION    the branch or tag that those links lead to (main)
    COLLAPSE_SITE        the site's address: canonical links, a sitemap, social cards, a page for what is not found
    COLLAPSE_VERSIONS    if set, each version of the site has a folder of its own below that address, see `versions`

In a Git checkout every page says when it was last changed.
"""

from __future__ import annotations

import re
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from collapse_lib.errors import require
from collapse_lib.press import contents
from collapse_lib.press.publish import repository
from collapse_lib.press.publish.versions import LATEST

BINDER = "https://mybinder.org"

GENERATED = ["search.html", "genindex.html", "prf-prf.html", "404.html", "index.html"]
"""Pages that a search engine has no use for."""

NOT_FOUND = """
<h1>Page not found</h1>
<p>There is no page at this address; it may have been moved or renamed since the link was made.</p>
<ul>
<li><a href="{prefix}{root}.html">The first page</a>, with the table of contents</li>
<li><a href="{prefix}paper_map.html">The paper, item by item</a>: from each theorem and figure to its page</li>
<li><a href="{prefix}search.html">Search the book</a></li>
</ul>
"""


def addressed(config: dict[str, Any], environment: Mapping[str, str], book: Path) -> dict[str, Any]:
    """jupyter-book's settings with what the environment and the book's history add to them; changes `config`."""
    sphinx = config.setdefault("sphinx", {}).setdefault("config", {})
    html = config.setdefault("html", {})
    if address := repository.checked(environment.get("COLLAPSE_REPOSITORY", "")):
        _repository(config, html, address, _revision(environment))
    if site := site_address(environment):
        versioned = bool(environment.get("COLLAPSE_VERSIONS"))
        place = f"{site}/{LATEST}/" if versioned else f"{site}/"
        _site(sphinx, html, place, versioned, contents.contents(book).root)
    if last_commit(book):
        sphinx.setdefault("extensions", []).append("sphinx_last_updated_by_git")
        sphinx |= {
            "html_last_updated_fmt": "%Y-%m-%d",
            "git_last_updated_timezone": "UTC",
            "git_untracked_show_sourcelink": True,
            "suppress_warnings": [*sphinx.get("suppress_warnings", []), "git.too_shallow"],
        }
        config["sphinx"]["config"] = sphinx
    return config


def site_address(environment: Mapping[str, str]) -> str:
    """The site's address without a slash at its end, empty where it is not known; pages hold it as it stands.

    >>> site_address({"COLLAPSE_SITE": "https://owner.github.io/name/"})
    'https://owner.github.io/name'
    """
    site = environment.get("COLLAPSE_SITE", "").rstrip("/")
    require(
        not site or re.fullmatch(r"https?://[A-Za-z0-9.-]+(:\d{1,5})?(/[A-Za-z0-9._~%+@=,-]+)*", site) is not None,
        f"COLLAPSE_SITE was {site!r}; it takes the site's address, such as https://owner.github.io/name.",
    )
    return site


def _revision(environment: Mapping[str, str]) -> str:
    """The branch or tag that links to the repository lead to."""
    revision = environment.get("COLLAPSE_REVISION") or "main"
    require(
        re.fullmatch(r"\w[\w./+-]*", revision) is not None,
        f"COLLAPSE_REVISION was {revision!r}; it takes the name of a branch or tag, such as main.",
    )
    return revision


def last_commit(book: Path) -> str:
    """The last commit that changed the book's folder; empty outside a Git checkout, or where Git has none."""
    command = ["git", "log", "-1", "--format=%H", "--", "."]
    try:
        return subprocess.run(command, cwd=book, capture_output=True, text=True, check=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return ""


def _repository(config: dict[str, Any], html: dict[str, Any], address: str, revision: str) -> None:
    """Links to the sources, and Binder where it knows the host."""
    config["repository"] = {"url": address, "path_to_book": "book", "branch": revision}
    html["use_repository_button"] = html["use_issues_button"] = True
    if re.match(r"https://(github|gitlab)\.com/", address):
        config["launch_buttons"] = {"notebook_interface": "jupyterlab", "binderhub_url": BINDER}


def _site(sphinx: dict[str, Any], html: dict[str, Any], address: str, versioned: bool, root: str) -> None:
    """What a site with an address has: `address` is that of the pages themselves, with a slash at the end."""
    html["baseurl"] = sphinx["ogp_site_url"] = address
    sphinx["collapse_versioned"] = versioned
    sphinx.setdefault("extensions", []).extend(["sphinx_sitemap", "notfound.extension"])
    sphinx |= {
        "sitemap_url_scheme": "{link}",
        "sitemap_excludes": GENERATED,
        "notfound_urls_prefix": (prefix := urlsplit(address).path),
        "notfound_context": {"title": "Page not found", "body": NOT_FOUND.format(prefix=prefix, root=root)},
        "ogp_site_name": "How Bad is Training on Synthetic Data?",  # a longer one runs into the card's logo
        "ogp_social_cards": {
            "enable": True,
            "image": "assets/card.png",
            "image_mini": "assets/blank.png",  # else it is Sphinx's logo
            "site_url": re.sub(rf"^https?://|(/{LATEST})?/$", "", address),
            "line_color": "#2f7fc1",
        },
    }
