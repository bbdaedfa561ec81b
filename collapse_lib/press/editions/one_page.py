"""The whole book as one page to print: title, contents, chapters, solutions.

It is put together from the pages of the last build, so it says what they say.  Each chapter's ids get the chapter's
name in front, and a link to another page becomes a link within this one.  What only a screen can use (buttons,
forms, scripts) goes; what a page hides at first is shown, but for code, and the solutions of the exercises move to
the end.
"""

from __future__ import annotations

import html
import re
from collections.abc import Collection
from pathlib import Path
from typing import Any

from bs4 import BeautifulSoup
from markupsafe import Markup

from collapse_lib.press import templates
from collapse_lib.press.editions.last_build import LastBuild
from collapse_lib.press.publish import citing

SCREEN_ONLY = (
    "script, button, form, input, select, canvas, template, dialog, .headerlink, .downloads, .no-print, "
    "details.citing, .parameter-card .start, .parameter-card .yours, .parameter-card .hint"
)
"""What paper has no use for."""

REFERRING = ("for", "aria-labelledby", "aria-describedby", "aria-controls", "headers")
"""Attributes whose words are ids of the same page."""


def one_page(build: LastBuild, *, with_code: bool = False) -> str:
    """The book as one HTML page, which takes its styles from the site's folder."""
    order = build.book.contents.parts
    names = [name for part in order for name in part.pages]
    parsed = {name: _parsed(build.book.site / f"{name}.html") for name in names}
    chapters = {name: article(parsed[name], name, set(names), with_code=with_code) for name in names}
    titles = {name: _title(chapters[name]) for name in names}
    solutions = {name: found for name in names if (found := _solutions_of(chapters[name]))}
    ends = [("solutions", "Solutions")] if solutions else []
    head = _head(build.book.title, parsed.values(), build.book.site.as_uri()) + _running_heads(
        {**titles, **dict(ends)}
    )
    parts = [(part.caption, [(name, titles[name]) for name in part.pages]) for part in order]
    return templates.render(
        "one_page",
        head=Markup(head),
        **_title_page(build),
        with_code=with_code,
        lists=[*parts, ("", ends)],
        chapters=[(name, Markup(chapter.decode_contents())) for name, chapter in chapters.items()],
        solutions=[(titles[name], [Markup(str(each)) for each in found]) for name, found in solutions.items()],
    )


def article(page: Any, name: str, pages: set[str], *, with_code: bool) -> Any:
    """What a page says, ready to stand among the others."""
    found = page.select_one("article.bd-article")
    for cell in found.select("details.hide"):  # code that the page folds
        if with_code:
            cell["open"] = ""
        else:
            cell.decompose()
    for fallback in found.select("noscript"):  # what stands for an explorer where there are no scripts
        fallback.unwrap()
    for control in found.select(".explorer input[type=number], .explorer select"):  # the settings of the picture
        control.insert_before(_chosen(control))
    for form in found.select(".explorer form, form.parameter-card"):
        form.name = "div"
    for tag in found.select(SCREEN_ONLY):
        tag.decompose()
    for note in found.select("details.provenance"):  # in one line
        note.replace_with(_line(note.summary))
    for tag in found.select("details"):
        tag["open"] = ""
    for tag in found.select(".dropdown, .toggle"):
        tag["class"] = [word for word in tag["class"] if word not in ("dropdown", "toggle")]
    for cell in found.select("div.cell"):
        if not cell.get_text(strip=True) and not cell.select("svg, img"):
            cell.decompose()
    for tag in found.find_all(True):
        _rename(tag, name, pages)
    return found


def _line(summary: Any) -> Any:
    """A summary as a paragraph."""
    summary.name, summary["class"] = "p", ["how-made"]
    return summary.extract()


def _chosen(control: Any) -> str:
    """What a number's field or a list of choices is set to."""
    if control.name == "input":
        return str(control.get("value", ""))
    option = control.select_one("option[selected]") or control.select_one("option")
    return option.get_text() if option else ""


def _rename(tag: Any, name: str, pages: set[str]) -> None:
    """Put the page's name in front of an element's id and of what refers to ids, and lead links to this page."""
    for key, value in list(tag.attrs.items()):
        if key == "id":
            tag["id"] = f"{name}--{value}"
        elif key in REFERRING:
            words = value if isinstance(value, list) else value.split()
            tag[key] = " ".join(f"{name}--{word}" for word in words)
        elif key in ("href", "xlink:href"):
            tag[key] = _leading(value, name, pages)
        elif isinstance(value, str) and "url(#" in value:
            tag[key] = value.replace("url(#", f"url(#{name}--")
    if tag.name == "a" and "href" in tag.attrs and not tag["href"]:
        del tag["href"]
    elif tag.name == "style" and tag.string and "url(#" in tag.string:
        tag.string = tag.string.replace("url(#", f"url(#{name}--")


def _leading(address: str, name: str, pages: set[str]) -> str:
    """Where a link of the page `name` leads in the one page; "" for what is not in it.

    >>> _leading("#a", "one", {"one", "two"}), _leading("two.html#b", "one", {"one", "two"})
    ('#one--a', '#two--b')
    >>> _leading("two.html", "one", {"one", "two"}), _leading("genindex.html", "one", {"one", "two"})
    ('#two', '')
    """
    if re.match(r"[a-z]+:", address):
        return address
    path, _, anchor = address.partition("#")
    page = path.removesuffix(".html") if path else name
    if page not in pages:
        return ""
    return f"#{page}--{anchor}" if anchor else f"#{page}"


def _parsed(path: Path) -> Any:
    """A page of the site."""
    return BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser")


def _title(chapter: Any) -> str:
    """A chapter's title, as text."""
    return " ".join(chapter.find("h1").get_text().split())


def _solutions_of(chapter: Any) -> list[Any]:
    """The solutions of a chapter's exercises, taken out of it, each under its heading."""
    found = chapter.select("details.solution, div.solution")
    for solution in found:
        solution.extract()
        solution.name, solution["class"] = "section", ["printed-solution"]
        for heading in solution.select("summary, .admonition-title")[:1]:
            heading.name = "h3"
    return list(found)


def _head(title: str, pages: Collection[Any], site: str) -> str:
    """The stylesheets and the mathematics of the pages, each once, and a title."""
    kept = {"<meta charset='utf-8'>": None, f"<title>{html.escape(title)}</title>": None}
    for page in pages:
        for link in page.select('head link[rel~="stylesheet"]'):
            if "://" not in link["href"]:
                kept[f'<link rel="stylesheet" href="{site}/{link["href"]}">'] = None
        for script in page.select("head script"):
            if "window.MathJax" in script.get_text():
                kept[str(script)] = None
            elif "mathjax" in script.get("src", ""):
                kept[f'<script defer src="{site}/{script["src"]}"></script>'] = None
    return "\n".join(kept)


def _running_heads(titles: dict[str, str]) -> str:
    """The printed book's own style, and each chapter's title at the top of its pages."""
    rules = "\n".join(
        f'@page {_page_name(name)} {{ @top-left {{ content: "{_quoted(text)}"; }} }}\n'
        f"section#{name} {{ page: {_page_name(name)}; }}"
        for name, text in titles.items()
    )
    own = (Path(__file__).parent / "printed_book.css").read_text(encoding="utf-8")
    return f"<style>\n{own}{rules}\n</style>"


def _page_name(name: str) -> str:
    """The name of a chapter's pages in CSS."""
    return "page-" + re.sub(r"\W", "-", name)


def _quoted(text: str) -> str:
    """A text between the quotation marks of CSS."""
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("<", "\\3c ")


def _title_page(build: LastBuild) -> dict[str, Any]:
    """Title, version, what was built, and how to cite."""
    work, paper = citing.book(build.book.root), citing.paper(build.book.folder)
    authors = ", ".join(f"{author.given} {author.family}".strip() for author in work.authors) if work else ""
    references = ([("To cite it", work.apa())] if work else []) + [("The paper", paper.apa())]
    return {
        "made": build.provenance(),
        "authors": authors,
        "references": [(what, Markup(text)) for what, text in references],
        "counts": build.ledger.counts(),
    }
