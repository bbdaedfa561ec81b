"""Texts side by side on a page, as they are: whatever a reader's file or a model's output holds, it is only shown.

Nothing in them is taken for HTML, for mathematics or for Markdown.  Characters that could not be seen, or that
could turn the page's own text around, are replaced by visible signs: control characters by their pictures (U+2400
and following), others by U+FFFD.
"""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from collapse_lib.errors import require

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
_HIDDEN = re.compile("[\x80-\x9f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufff9-\uffff]")


@dataclass(frozen=True)
class Excerpts:
    """Texts under headings, for the end of a cell; `name` is their anchor, `title` says what they are."""

    texts: Mapping[str, str]
    name: str
    title: str

    def __post_init__(self) -> None:
        require(len(self.texts) > 0, f"the excerpts {self.name!r} hold no text.")

    def html(self) -> str:
        """One block of preformatted text each, whose first line feed a browser drops; MathJax leaves them alone."""
        blocks = "".join(
            f"<figure><figcaption>{html.escape(heading)}</figcaption><pre>\n{html.escape(visible(text))}</pre></figure>"
            for heading, text in self.texts.items()
        )
        return (
            f'<div class="excerpts tex2jax_ignore mathjax_ignore" id="{html.escape(self.name)}" role="group" '
            f'aria-label="{html.escape(self.title)}">{blocks}</div>'
        )

    def _repr_mimebundle_(self, **_: object) -> dict[str, Any]:
        plain = "\n\n".join(f"{heading}\n{visible(text)}" for heading, text in self.texts.items())
        return {"text/plain": f"{self.title}\n\n{plain}", "text/html": self.html()}


def visible(text: str) -> str:
    r"""The text with nothing in it that could not be seen; line feeds and tabs stay.

    >>> visible("a\x00b\n"), visible("\u202e")
    ('a␀b\n', '\ufffd')
    """
    seen = _CONTROL.sub(lambda sign: chr(0x2421 if sign[0] == "\x7f" else 0x2400 + ord(sign[0])), text)
    return _HIDDEN.sub("\ufffd", seen)
