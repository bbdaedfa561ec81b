"""Addresses in the book's repository, where `COLLAPSE_REPOSITORY` says where it is.

GitHub, GitLab and Bitbucket each write the address of lines in their own way.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping

from collapse_lib.errors import require

LINES = {
    "github": "blob/{at}/book/{{page}}.md#L{{first}}-L{{last}}",
    "gitlab": "-/blob/{at}/book/{{page}}.md#L{{first}}-{{last}}",
    "bitbucket": "src/{at}/book/{{page}}.md#lines-{{first}}:{{last}}",
}


def address(environment: Mapping[str, str] = os.environ) -> str:
    """The repository's address without a slash at its end; empty where it is not known."""
    return checked(environment.get("COLLAPSE_REPOSITORY", ""))


def checked(given: str) -> str:
    """The address without a slash at its end; `InvalidInput` where it is that of something else."""
    given = given.rstrip("/")
    require(
        not given or _host(given) is not None,
        f"COLLAPSE_REPOSITORY was {given!r}; it takes the address of a repository on GitHub, GitLab or "
        "Bitbucket, such as https://github.com/owner/name.",
    )
    return given


def lines(commit: str | None, environment: Mapping[str, str] = os.environ) -> str:
    """The address of some lines of a page's source, with {page}, {first} and {last} left open; empty where unknown.

    Lines move, so it names the commit, unless files differ from it or there is none: then the branch `main`.
    """
    if not (known := address(environment)):
        return ""
    at = "main" if commit is None or commit.endswith("-dirty") else commit
    host = _host(known)
    assert host is not None
    return f"{known}/{LINES[host].format(at=at)}"


def _host(given: str) -> str | None:
    """Which of the three it is."""
    found = re.fullmatch(r"https://(?:www\.)?(github|gitlab|bitbucket)\.\w+/[\w.~-]+/[\w.~-]+", given)
    return found[1] if found else None
