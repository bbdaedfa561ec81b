"""What a page may do that holds what others made: run its own scripts, and fetch nothing.

Everything that is another's is escaped, or shown as a picture in an `<img>`, in which no script runs.  The content
security policy stands behind that: where something was overlooked, it runs nothing and asks nobody.  Only scripts
whose text is named by its hash run; pictures and fonts come out of the page itself.  Styles cannot be named, since
MathJax writes them as it goes; with nothing to fetch they can only change how the page looks.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable


def policy(scripts: Iterable[str]) -> str:
    """The content security policy of a page with these scripts inside, for a `<meta>` before them.

    >>> policy(["go()"]).split("; ")[-1]
    "script-src 'sha256-5KYv+PUboo5h+0+YAtGRPbwv5d/QxzHslP4YGnUaxRw='"
    """
    named = " ".join(f"'sha256-{base64.b64encode(_digest(script)).decode()}'" for script in scripts)
    return (
        "default-src 'none'; base-uri 'none'; form-action 'none'; img-src data:; font-src data:; "
        f"style-src 'unsafe-inline'; script-src {named or repr('none')}"
    )


def _digest(script: str) -> bytes:
    """SHA-256 of a script as a browser reads it, every line ending being one character."""
    return hashlib.sha256("\n".join(script.replace("\r\n", "\n").split("\r")).encode()).digest()
