"""What a page loads, made light: the theme brings two megabytes, of which a page of this book uses a tenth.

Once the pages are there, everything that none of them can use is taken away:

- the maps that developers of the theme use, and its translations, which Sphinx has read by then,
- MathJax's scripts for every combination of input and output but the one that pages load; what that one asks for
  later (fonts, further commands, the tools of its menu) lies in the folders beside it, and stays,
- Font Awesome's drawings of 2,000 icons as a script (the icons of the theme are letters of a font),
- in that font, every icon that no style sheet names,
- in the style sheets, every rule for a class that is in no page and no script,
- the search's index, but for the page that searches,
- the outline of a letter where another figure of the page has it.

What is taken away is decided from the finished pages, so a page may use what it likes of the theme.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterable
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont
from sphinx.application import Sphinx

from collapse_lib.press.pages.drawing import share_letters

ICONS = "fontawesome.js"
"""The script that draws Font Awesome's icons a second time."""

SEARCH = re.compile(r'\s*<script src="(?:_static/searchtools|_static/language_data|searchindex)\.js"></script>')


def setup(app: Sphinx) -> None:
    """Come last, since what the pages use is what stays."""
    app.connect("build-finished", lighten, priority=900)


def lighten(app: Sphinx, failure: Exception | None) -> None:
    """Take away what no page uses, once all are there; Sphinx calls this."""
    if failure is not None or app.builder.name != "html":
        return
    site = Path(app.outdir)
    static = site / "_static"
    for path in [*static.rglob(f"{ICONS}*"), *static.rglob("*.map")]:
        path.unlink(missing_ok=True)
    shutil.rmtree(static / "locales", ignore_errors=True)
    mathjax = static / app.config.mathjax_path
    for script in mathjax.parent.glob("*.js") if mathjax.parent.name == "mathjax" else ():
        if script != mathjax:
            script.unlink()
    pages = list(site.glob("*.html"))
    for page in pages:
        text = page.read_text(encoding="utf-8")
        fewer = re.sub(rf"\s*<script[^>]*{re.escape(ICONS)}[^>]*></script>", "", text)
        fewer = share_letters(fewer if page.stem == "search" else SEARCH.sub("", fewer))
        if fewer != text:
            page.write_text(fewer, encoding="utf-8")
    used = words([*pages, *(path for path in static.rglob("*.js") if "mathjax" not in path.parts)])
    sheets = [path for path in static.rglob("*.css") if "mathjax" not in path.parts]
    for sheet in sheets:
        sheet.write_text(pruned(sheet.read_text(encoding="utf-8"), used), encoding="utf-8")
    _fewer_icons(static, sheets)


def words(files: Iterable[Path]) -> set[str]:
    """Every word in these files that could be the name of a class."""
    return {word for path in files for word in re.findall(r"[A-Za-z_][\w-]*", path.read_text(encoding="utf-8"))}


def pruned(css: str, used: set[str]) -> str:
    """A style sheet without its rules for classes that are not among the words `used`.

    >>> pruned(".a,.b .c{top:0}@media print{.b{top:1px}}.a:not(.b){top:2px}", {"a"})
    '.a{top:0}.a:not(.b){top:2px}'
    """
    css = re.sub(r"/\*(?!!).*?\*/", "", css, flags=re.DOTALL)
    css = re.sub(r"([^{}]*)(\{[^{}]*\})", lambda rule: _kept(rule[1], used, rule[2]), css)
    empty = re.compile(r"@(?:media|supports)[^{};]*\{\s*\}")
    while empty.search(css):
        css = empty.sub("", css)
    return css


def _kept(selectors: str, used: set[str], body: str) -> str:
    """The rule with those of its selectors that can match, or nothing."""
    if re.search(r"[@\\]|/\*", selectors):
        return selectors + body
    kept = []
    for selector in re.split(r",(?![^(]*\))", selectors):
        certain = re.sub(
            r"\((?:[^()]|\([^()]*\))*\)|\[[^\]]*\]", "", selector
        )  # not what stands in :not(...), :is(...)
        if all(name in used for name in re.findall(r"\.(-?[A-Za-z_][\w-]*)", certain)):
            kept.append(selector)
    return ",".join(kept) + body if kept else ""


def _fewer_icons(static: Path, sheets: Iterable[Path]) -> None:
    """Leave in the icon fonts what the style sheets write, and name the smaller files there."""
    texts = {sheet: sheet.read_text(encoding="utf-8") for sheet in sheets}
    letters = {int(code, 16) for text in texts.values() for code in re.findall(r'"\\([0-9a-f]{2,5})"', text)}
    for source in (static / "vendor" / "fontawesome").rglob("*.ttf"):
        font = TTFont(source)
        chosen = subset.Subsetter(subset.Options(layout_features=[], notdef_outline=False))
        chosen.populate(unicodes=letters)
        chosen.subset(font)
        font.flavor = "woff"
        font.save(source.with_suffix(".woff"))
        whole = rf"url\(([^)]*{source.stem})\.woff2\)[^;}}]*"
        for sheet, text in texts.items():
            texts[sheet] = re.sub(whole, r'url(\1.woff) format("woff")', text)
        source.unlink()
        source.with_suffix(".woff2").unlink(missing_ok=True)
    for sheet, text in texts.items():
        sheet.write_text(text, encoding="utf-8")
