"""The book's running prose, and after it what its library says of itself, as plain text.

`make text FILE=another.txt` writes it into a file that is not there yet.  The text that the chapters read,
`book/data/prose.txt`, was made once by this and is never made again: what is written later does not change what
they print.  Whoever wants a newer text gives its path as `corpus`.

What is kept are whole sentences, one paragraph a line, in the order of the table of contents: no headings, tables,
code, formulas or addresses, no sentence that needs one of them, and no sentence twice.  A letter or a simple
comparison in a formula stays ("n = 50"); a cited work becomes its authors.
"""

import ast
import re
import sys
import unicodedata
from collections.abc import Iterator
from functools import cache
from itertools import chain
from pathlib import Path

import jupytext
from markdown_it.token import Token
from myst_parser.config.main import MdParserConfig
from myst_parser.mdit_to_docutils.base import DocutilsRenderer
from myst_parser.parsers.mdit import create_md_parser

from collapse_lib.press import solutions
from collapse_lib.press.contents import contents

BOOK = Path(__file__).parents[1] / "book"
LENGTH = 150_000
"""Characters after which the text ends, with the paragraph in which they are reached."""
SHORTEST = 50
"""Characters of a paragraph, below which it is a title or a remark."""

PROSE = ("prf:", "exercise", "admonition", "note", "tip", "glossary", "dropdown", "details")
"""How the names of directives begin whose body is prose."""
FENCE = ("colon_fence", "fence")
HOLE = "\0"
"""Stands in a sentence for what is not prose: the sentence goes."""
NAMES = ("alpha", "beta", "epsilon", "sigma", "lambda", "mu", "nu", "pi", "rho", "log", "exp")
ALOUD = {name: name for name in NAMES}
ALOUD |= {"ge": ">=", "le": "<=", "infty": "infinity", "ell": "l", "approx": "about", "times": "times"}
SIMPLE = re.compile(r"[\w ,.+=<>/()-]+")
SHORT = re.compile(r"\b(?:al|e\.g|i\.e|cf|vs|Eq|eq|Sec|Fig|[A-Z])\.$")
SENTENCE = re.compile(r"""["'(]?[A-Z0-9][\w ,.;:?!'"()%/+=<>-]*[.?!]["')]*""", re.ASCII)
PLAIN = str.maketrans({"“": '"', "”": '"', "‘": "'", "’": "'", "–": "-", "—": "-", "…": "...", "\xa0": " "})


def parser():
    """The parser that the book's pages are read with."""
    extensions = {"colon_fence", "deflist", "dollarmath", "amsmath"}
    return create_md_parser(MdParserConfig(enable_extensions=extensions), DocutilsRenderer)


def paragraphs(markdown: str) -> Iterator[str]:
    """The paragraphs of a page, those in directives in their places, each as text with `HOLE`s."""
    for token in parser().parse(markdown):
        if token.type == "inline" and token.level > 0:
            yield "".join(map(plain, token.children or []))
        elif token.type in FENCE and token.info.startswith("{") and token.info[1:].startswith(PROSE):
            body = re.sub(r"\A(?:\s*:[\w-]+:.*\n)+", "", token.content)
            yield from paragraphs(body)


def plain(token: Token) -> str:
    """What a token of a paragraph says."""
    if token.type in ("softbreak", "hardbreak"):
        return " "
    if token.type == "text":
        return token.content
    if token.type == "math_inline":
        return letters(token.content)
    if token.type == "code_inline":
        return token.content if re.fullmatch(r"[A-Za-z]+", token.content) else HOLE
    if token.type == "myst_role":
        return role(token.meta["name"], token.content)
    return "" if token.nesting or token.type in ("em", "strong", "myst_target") else HOLE


def letters(formula: str) -> str:
    """A formula as one reads it aloud, where it is simple; else a hole."""
    said = re.sub(r"\\mathbb\{?(\w)\}?|\\[,!;]", r"\1", formula.strip())
    said = re.sub(r"\\([A-Za-z]+)", lambda found: ALOUD.get(found[1], HOLE), said)
    return said if SIMPLE.fullmatch(said) else HOLE


def role(name: str, content: str) -> str:
    """A term's words, a cited work's authors; what is cited in brackets goes, and a number is a hole."""
    if name == "cite:p":
        return ""
    if name == "cite:t":
        return " and ".join(authors().get(key.strip(), HOLE) for key in content.split(","))
    return content.split(" <")[0] if name in ("term", "ref", "doc") else HOLE


@cache
def authors() -> dict[str, str]:
    """The authors of each work, by its key in the list of references."""
    text = (BOOK / "references.bib").read_text(encoding="utf-8")
    found = re.findall(r"@\w+\{([^,]+),.*?author\s*=\s*\{(.+?)\},?\n", text, re.DOTALL)
    return {key: named(re.sub(r"\s+", " ", names).split(" and ")) for key, names in found}


def named(names: list[str]) -> str:
    """Authors by their last names."""
    last = [re.sub(r"[{}\\\"'`^]", "", name.split(",")[0]) for name in names]
    return last[0] if len(last) == 1 else " and ".join(last) if len(last) == 2 else f"{last[0]} and others"


def sentences(paragraph: str) -> Iterator[str]:
    """The whole sentences of a paragraph that have no hole, in the alphabet of a keyboard."""
    text = unicodedata.normalize("NFKD", re.sub(r"\s+", " ", paragraph).translate(PLAIN))
    text = "".join(letter for letter in text if not unicodedata.combining(letter))
    text = re.sub(r" +([,.;:?!)])", r"\1", re.sub(r"\( ?\)", "", text))
    begun = ""
    for piece in re.split(r"(?<=[.?!]) |(?<=[.?!][)\"']) ", text.strip()):
        begun = f"{begun} {piece}".strip()
        if not SHORT.search(begun):
            if SENTENCE.fullmatch(begun) and balanced(begun) and ".." not in begun:
                yield begun
            begun = ""


def balanced(sentence: str) -> bool:
    """Whether brackets and quotation marks that open in a sentence close in it."""
    return sentence.count("(") == sentence.count(")") and sentence.count('"') % 2 == 0


def cells(page: Path) -> Iterator[str]:
    """The Markdown of a page, without its code, and without solutions: the students' book has this text too."""
    text = solutions.stripped(page.read_text(encoding="utf-8"), page.name)
    for cell in jupytext.reads(text, fmt="md:myst").cells:
        if cell.cell_type == "markdown":
            yield cell.source


def docstrings(module: Path) -> Iterator[str]:
    """What a module says of itself and of what it offers, without examples and tables."""
    tree = ast.parse(module.read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        named = isinstance(node, ast.ClassDef | ast.FunctionDef) and not node.name.startswith("_")
        if (named or isinstance(node, ast.Module)) and (said := ast.get_docstring(node)):
            yield "\n\n".join(each for each in said.split("\n\n") if not re.match(r" |>>>|===", each))


def prose() -> Iterator[str]:
    """The book, paragraph by paragraph, and then what its library says of itself."""
    library = sorted(BOOK.parent.glob("collapse_lib/**/*.py"))
    told: set[str] = set()
    pages = (BOOK / f"{page}.md" for page in contents(BOOK).order)
    for markdown in chain.from_iterable([*map(cells, pages), *map(docstrings, library)]):
        for paragraph in paragraphs(markdown):
            fresh = [each for each in sentences(paragraph) if each not in told]
            told.update(fresh)
            if len(said := " ".join(fresh)) >= SHORTEST:
                yield said


def main(path: Path) -> None:
    """Write the text, as far as `LENGTH`, into a new file."""
    text = ""
    for paragraph in prose():
        if len(text) < LENGTH:
            text += paragraph + "\n"
    try:
        with path.open("x", encoding="ascii", newline="\n") as file:
            file.write(text)
    except FileExistsError:
        sys.exit(f"{path} is there already; name a new file")
    print(f"{path}: {len(text):,} characters, {len(set(text))} different")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("name the file to write: make text FILE=another.txt")
    main(Path(sys.argv[1]))
