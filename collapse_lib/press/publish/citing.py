"""How to cite the book, a page of it, and the paper: BibTeX and APA, from two files that say who wrote what.

`CITATION.cff` is the source of the book's title, authors, version and date; `references.bib` of the paper, which
the book cites everywhere.  A title is kept as BibTeX has it, with braces around the capitals that stay: LaTeX sets
it so, and APA's sentence case keeps exactly those.

How the pages show it: `citing_on_pages`.
"""

from __future__ import annotations

import codecs
import datetime
import html
import re
from dataclasses import dataclass
from pathlib import Path

import latexcodec  # noqa: F401  it brings the codec "ulatex"
import yaml
from pybtex.database import Entry, parse_string
from pybtex.richtext import Text

SOURCE = "CITATION.cff"
"""The file that names the book; a book without one cannot be cited, and its pages say nothing about it."""

PAPER = "seddik2024bad"
"""The paper's key in `references.bib`."""

_SPECIAL = {
    "\\": r"\textbackslash{}",
    "{": r"\{",
    "}": r"\}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
}


@dataclass(frozen=True)
class Author:
    """A person, or a body that has a family name only."""

    family: str
    given: str = ""

    @property
    def apa(self) -> str:
        """The name as APA lists it.

        >>> Author("Chen", "Suei-Wen").apa, Author("Debbah", "Mérouane A.").apa, Author("A team").apa
        ('Chen, S.-W.', 'Debbah, M. A.', 'A team')
        """
        initials = " ".join(
            "-".join(f"{part[0]}." for part in name.split("-") if part) for name in self.given.split()
        )
        return f"{self.family}, {initials}" if initials else self.family

    @property
    def bibtex(self) -> str:
        """The name as BibTeX reads it; a body in braces, so that it is not taken apart."""
        return f"{escape(self.family)}, {escape(self.given)}" if self.given else f"{{{escape(self.family)}}}"


@dataclass(frozen=True)
class Book:
    """The book as `CITATION.cff` has it, and its address where that is known ("" where it is not)."""

    title: str
    authors: tuple[Author, ...]
    version: str
    released: datetime.date
    address: str = ""

    @property
    def key(self) -> str:
        """The book's BibTeX key, to which a page adds its own name."""
        return f"collapse_lib{self.released.year}"

    def bibtex(self) -> str:
        """The book's BibTeX entry."""
        fields = {"author": self._by, "title": braced(self.title), "year": str(self.released.year)}
        return _entry("misc", self.key, fields | self._when | _url(self.address))

    def apa(self) -> str:
        """The book as APA cites software, as HTML."""
        title = html.escape(sentence(braced(self.title)))
        return f"{self._lead} <i>{title}</i> (Version {self.version}) [Computer software].{_at(self.address)}"

    def in_text(self) -> str:
        """Author and year, as a sentence names them."""
        return f"{_few(self.authors)}, {self.released.year}"

    def page_bibtex(self, page: str, title: str) -> str:
        """The BibTeX entry of a page."""
        fields = {"author": self._by, "title": braced(title), "booktitle": braced(self.title)}
        fields |= {"publisher": self._by, "year": str(self.released.year)}
        return _entry("incollection", f"{self.key}:{page}", fields | self._when | _url(self.page_address(page)))

    def page_apa(self, page: str, title: str) -> str:
        """A page as APA cites a chapter of a book, as HTML."""
        own = html.escape(title if title[-1] in ".?!" else f"{title}.")
        book = html.escape(sentence(braced(self.title)))
        return f"{self._lead} {own} In <i>{book}</i> (Version {self.version}).{_at(self.page_address(page))}"

    def page_address(self, page: str) -> str:
        """The address of a page, "" where the book's is not known."""
        return self.address and f"{self.address}{page}.html"

    @property
    def _by(self) -> str:
        return " and ".join(author.bibtex for author in self.authors)

    @property
    def _when(self) -> dict[str, str]:
        return {"note": f"Version {escape(self.version)}, released {self.released}"}

    @property
    def _lead(self) -> str:
        return html.escape(_sentence_end(_listed(self.authors)) + f" ({self.released.year}).")


@dataclass(frozen=True)
class Paper:
    """The paper: its entry of `references.bib`, as a text and as it reads."""

    source: str
    entry: Entry

    def bibtex(self) -> str:
        """Its BibTeX entry, as the book has it."""
        return self.source

    def apa(self) -> str:
        """The paper as APA cites a contribution to a conference, as HTML."""
        fields = self.entry.fields
        title = html.escape(_sentence_end(sentence(fields["title"])))
        where = html.escape(plain(fields["booktitle"]))
        lead = html.escape(_sentence_end(_listed(self.authors)) + f" ({fields['year']}).")
        return f"{lead} {title} In <i>{where}</i>.{_at('https://arxiv.org/abs/' + fields['eprint'])}"

    def in_text(self) -> str:
        """Authors and year, as a sentence names them."""
        return f"{_few(self.authors)}, {self.entry.fields['year']}"

    @property
    def authors(self) -> tuple[Author, ...]:
        """Who wrote it."""
        people = self.entry.persons["author"]
        return tuple(
            Author(
                " ".join(map(plain, [*person.prelast_names, *person.last_names])),
                " ".join(map(plain, [*person.first_names, *person.middle_names])),
            )
            for person in people
        )


def book(root: Path, address: str = "") -> Book | None:
    """The book whose `CITATION.cff` lies in the folder, None where there is none; `address` ends with a slash."""
    path = root / SOURCE
    if not path.is_file():
        return None
    found = yaml.safe_load(path.read_text(encoding="utf-8"))
    authors = tuple(
        Author(author["name"])
        if "name" in author
        else Author(author["family-names"], author.get("given-names", ""))
        for author in found["authors"]
    )
    released = datetime.date.fromisoformat(str(found["date-released"]))
    return Book(found["title"], authors, str(found["version"]), released, address)


def paper(folder: Path) -> Paper:
    """The paper, from the `references.bib` in the folder of the book."""
    text = (folder / "references.bib").read_text(encoding="utf-8")
    found = re.search(rf"^@\w+\{{{PAPER},.*?^\}}", text, re.DOTALL | re.MULTILINE)
    assert found is not None
    return Paper(found[0], parse_string(found[0], "bibtex").entries[PAPER])


def braced(title: str) -> str:
    r"""A title in sentence case as BibTeX has it: escaped, with braces around the words whose capitals must stay.

    >>> braced("From E[T] to collapse_times: Kingman & others")
    'From {E[T]} to collapse\\_times: {Kingman} \\& others'
    """

    def kept(word: re.Match[str]) -> str:
        rest = word[0][1:] if word.start() == 0 else word[0]
        return escape(word[0]) if rest == rest.lower() else f"{{{escape(word[0])}}}"

    return re.sub(r"[^\s?!:;,.]+", kept, title)


def escape(text: str) -> str:
    r"""Text as LaTeX writes it.

    >>> escape("50 % of collapse_lib & é")
    "50 \\% of collapse\\_lib \\& \\'e"
    """
    parts = re.findall(r"[\\{}~^]|[^\\{}~^]+", text)
    return "".join(_SPECIAL.get(part) or str(codecs.encode(part, "ulatex")) for part in parts)


def sentence(title: str) -> str:
    """A title as BibTeX has it, in sentence case: capitals stay where braces hold them, and at the beginning.

    >>> sentence("How Bad is Training? {A} Statistical Analysis")
    'How bad is training? A statistical analysis'
    """
    return str(Text.from_latex(title).capitalize())


def plain(text: str) -> str:
    """What LaTeX would print."""
    return str(Text.from_latex(text))


def _entry(kind: str, key: str, fields: dict[str, str]) -> str:
    """A BibTeX entry, one field a line."""
    width = max(map(len, fields))
    lines = ",\n".join(f"  {name:<{width}} = {{{value}}}" for name, value in fields.items())
    return f"@{kind}{{{key},\n{lines}\n}}"


def _url(address: str) -> dict[str, str]:
    """The field of an address; BibTeX takes it as it is."""
    return {"url": address} if address else {}


def _at(address: str) -> str:
    """An address at the end of a reference, as HTML."""
    shown = html.escape(address)
    return f' <a href="{shown}">{shown}</a>' if address else ""


def _listed(authors: tuple[Author, ...]) -> str:
    """Authors as APA lists them, up to twenty.

    >>> _listed((Author("A", "B."), Author("C", "D."), Author("E", "F.")))
    'A, B., C, D., & E, F.'
    """
    names = [author.apa for author in authors]
    return names[0] if len(names) == 1 else ", ".join(names[:-1]) + f", & {names[-1]}"


def _few(authors: tuple[Author, ...]) -> str:
    """Authors as APA names them in a sentence's brackets.

    >>> [_few(tuple(map(Author, names))) for names in ("A", "AB", "ABC")]
    ['A', 'A & B', 'A et al.']
    """
    names = [author.family for author in authors]
    return f"{names[0]} et al." if len(names) > 2 else " & ".join(names)


def _sentence_end(text: str) -> str:
    """Text with a full stop, unless it ends with a sign that is as good."""
    return text if text[-1] in ".?!" else f"{text}."
