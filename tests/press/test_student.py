"""The students' edition: nothing of a solution is in anything that is made, and the book itself stays as it is.

A small book has words planted in its solutions, in every way in which a solution can show: the text, the code, what
the code prints, a figure's words and data, a number that the text quotes.  All of them begin with PLANTED.
"""

import base64
import gc
import gzip
import io
import itertools
import re
import shutil
import zipfile
import zlib

import nbformat
import pytest
import yaml
from click.testing import CliRunner
from conftest import CHAPTER, ROOT

from collapse_lib import exercises
from collapse_lib.commands.main import main
from collapse_lib.errors import InvalidInput
from collapse_lib.press import execute, solutions
from collapse_lib.press.book import Book
from collapse_lib.press.editions import students
from collapse_lib.records import digest

pytestmark = [pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning"), pytest.mark.xdist_group("student")]

PLANTED = b"zyxw"
WORDS = ("prosa", "code", "printed", "axis", "caption", "alt", "figure", "told", "choice")

QUESTION = """
## Exercises

::::{exercise} fully-synthetic/corpus
How many?
::::

"""
SOLUTION = """\
:::{solution-start} fully-synthetic/corpus
:::

Because of zyxwprosa, a word of text.

```{code-cell} ipython3
from collapse_lib import exercises, plotting, prose

answer = 145  # zyxwcode
assert exercises.check("fully-synthetic/corpus", answer)
print("zyx" + "wprinted")
```

```{code-cell} ipython3
:tags: [hide-input]

fig, ax = plotting.canvas()
plotting.theory(ax, [1, 2], [3, 4], label="a line", color="#2f7fc1")
plotting.label(ax, x="zyx" + "waxis", y="y")
prose.say(told="zyx" + "wtold")
plotting.Plate(fig, "zyx" + "w-figure", "zyx" + "wcaption", "zyx" + "walt")
```

The number is {glue:text}`told`.

:::{solution-end}
:::
"""
AFTER = """
## Change the parameters

```{parameters}
```
"""
WHOLE, REST = QUESTION + SOLUTION + AFTER, QUESTION + AFTER.lstrip()

WITH_EXERCISES = sorted({item.chapter for item in exercises.registry().values()})


def collapse(*words):
    return CliRunner().invoke(main, words)


def digests(folder):
    return {path: digest(path.read_bytes()) for path in folder.rglob("*") if path.is_file()}


def traces(folder):
    """The files below `folder` that hold what was planted, in their name or contents, packed ones unpacked."""
    return sorted(
        str(path.relative_to(folder))
        for path in folder.rglob("*")
        if path.is_file() and (PLANTED.decode() in path.name or any(PLANTED in data for data in unpacked(path)))
    )


def unpacked(path):
    """The bytes of a file, in lower case, and of what it holds in a packed form."""
    data = path.read_bytes()
    yield data.lower()
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            for name in archive.namelist():
                yield name.encode().lower()
                yield archive.read(name).lower()
    if data[:2] == b"\x1f\x8b":
        yield gzip.decompress(data).lower()
    if path.name == "objects.inv":
        yield zlib.decompress(data.split(b"\n", 4)[4]).lower()
    for packed in re.findall(rb"base64,([A-Za-z0-9+/=]+)", data):
        yield base64.b64decode(packed).lower()


@pytest.fixture(scope="module")
def editions(tmp_path_factory, fonts):
    """A small book with a solution: its folder, with both editions built, and what was there between the two."""
    top = tmp_path_factory.mktemp("course") / "small"
    (top / "book").mkdir(parents=True)
    for slug, text in {"intro": "", "fully_synthetic": WHOLE}.items():
        (top / "book" / f"{slug}.md").write_text(CHAPTER.format(code='print("kept")') + text, encoding="utf-8")
    (top / "book" / "teaching.md").write_text(
        "# Teaching\n\nzyxwteaching\n\n```{exercises}\n```\n", encoding="utf-8"
    )
    (top / "book" / "_toc.yml").write_text(
        "format: jb-book\nroot: intro\nchapters:\n- file: fully_synthetic\n- file: teaching\n", encoding="utf-8"
    )
    shutil.copy(ROOT / "book" / "references.bib", top / "book")
    shutil.copytree(ROOT / "book" / "assets", top / "book" / "assets")
    shutil.copy(ROOT / "_config.yml", top)
    (top / "requirements.txt").write_text("", encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("COLLAPSE_BOOK", str(top / "book"))
        patch.setenv("COLLAPSE_REPOSITORY", "https://github.com/somebody/something")
        first = collapse("build", "--preset", "quick", "-j", "2")
        before = digests(top / "_build")
        second = collapse("build", "--preset", "quick", "-j", "2", "--student")
    gc.collect()  # threads that ran chapters leave event loops
    assert (first.exit_code, second.exit_code) == (0, 0), first.output + second.output
    return top, before, second.stdout


@pytest.fixture
def edition(editions, monkeypatch):
    """The students' folder."""
    monkeypatch.setenv("COLLAPSE_BOOK", str(editions[0] / "book"))
    return editions[0] / "_build" / "student"


# What is made -----------------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_no_file_of_the_students_edition_holds_anything_of_a_solution(edition):
    assert (edition / "html" / "fully_synthetic.html").is_file()
    assert traces(edition) == []


@pytest.mark.slow
def test_the_search_would_have_found_all_that_was_planted(edition):
    """In the book itself everything that was planted shows, and where one would look for it."""
    html = edition.parent / "html"
    everything = b"".join(itertools.chain.from_iterable(map(unpacked, (p for p in html.rglob("*") if p.is_file()))))
    for word in ("prosa", "code", "printed", "told", "caption", "alt", "axis"):
        assert PLANTED + word.encode() in everything
    found = traces(edition.parent / "html")
    assert {"fully_synthetic.html", "teaching.html", "searchindex.js"} <= set(found)
    assert any(name.startswith("_sources/") for name in found)
    assert any(name.startswith("_figures/") for name in found)
    assert traces(edition.parent / "executed") == ["fully_synthetic.ipynb"]


@pytest.mark.slow
def test_the_search_looks_into_what_is_packed(tmp_path):
    with zipfile.ZipFile(tmp_path / "a.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("inside.txt", "zyxw" * 100)
    (tmp_path / "b.gz").write_bytes(gzip.compress(b"ZYXW" * 100))
    (tmp_path / "c.html").write_bytes(b"data:image/svg+xml;base64," + base64.b64encode(b"<svg>zyxw</svg>"))
    (tmp_path / "zyxw.txt").write_bytes(b"")
    (tmp_path / "clean.txt").write_bytes(b"nothing")
    assert traces(tmp_path) == ["a.zip", "b.gz", "c.html", "zyxw.txt"]


@pytest.mark.slow
def test_the_exercises_stay_and_every_page_says_which_edition_it_is(edition):
    html = (edition / "html" / "fully_synthetic.html").read_text(encoding="utf-8")
    assert 'id="ex-fully-synthetic-corpus"' in html
    assert "<details" not in html.split("Exercises</h2>")[-1] or 'class="solution"' not in html
    for page in ("fully_synthetic", "intro"):
        assert students.NOTICE in (edition / "html" / f"{page}.html").read_text(encoding="utf-8").replace(
            "&#39;", "'"
        )
        own = (edition.parent / "html" / f"{page}.html").read_text(encoding="utf-8")
        assert students.NOTICE not in own.replace("&#39;", "'")


@pytest.mark.slow
def test_a_teachers_page_is_left_out(edition):
    assert not list(edition.rglob("teaching*"))
    assert "teaching" not in (edition / "book" / "_toc.yml").read_text(encoding="utf-8")
    assert (edition.parent / "html" / "teaching.html").is_file()


@pytest.mark.slow
def test_no_page_of_it_links_to_the_repository_that_has_the_solutions(edition):
    def linking(folder):
        return [
            page.name for page in folder.glob("*.html") if "github.com/somebody" in page.read_text(encoding="utf-8")
        ]

    assert linking(edition.parent / "html")
    assert linking(edition / "html") == []


@pytest.mark.slow
def test_the_book_itself_stays_as_it_was(editions):
    top, before, _ = editions
    after = digests(top / "_build")
    assert {path: after.get(path) for path in before} == before
    assert {path.relative_to(top / "_build").parts[0] for path in set(after) - set(before)} == {"student"}


@pytest.mark.slow
def test_making_it_runs_no_chapter_and_making_it_again_makes_nothing(edition, editions):
    assert editions[2].count(" ran in ") == 0
    before = digests(edition)
    done = collapse("build", "--preset", "quick", "--student")
    assert "the site is up to date" in done.stdout
    assert digests(edition) == before


@pytest.mark.slow
def test_students_can_run_what_they_are_given(edition, monkeypatch, tmp_path):
    """And what they run is what they were shown: the notebook is the one that a run leaves."""
    shown = (edition / "executed" / "fully_synthetic.ipynb").read_bytes()
    monkeypatch.setenv("COLLAPSE_BOOK", str(edition / "book"))
    chapter = Book.here().chapter("fully_synthetic")
    assert "solution" not in chapter.text
    ran = execute.execute(chapter, chapter.settings("quick", {}), preset="quick")
    gc.collect()
    assert (nbformat.writes(ran.notebook) + "\n").encode() == shown


@pytest.mark.slow
def test_the_zip_to_hand_out_holds_the_library_and_nothing_of_a_solution(edition, monkeypatch, tmp_path):
    monkeypatch.setenv("COLLAPSE_BOOK", str(edition / "book"))
    done = collapse("archive", "-o", str(tmp_path / "students.zip"))
    assert done.exit_code == 0, done.output
    with zipfile.ZipFile(tmp_path / "students.zip") as packed:
        names = {name.partition("/")[2] for name in packed.namelist()}
    assert {"site/fully_synthetic.html", "book/fully_synthetic.md", "collapse_lib/exercises/__init__.py"} <= names
    assert not any(name.startswith("tests/") for name in names)
    assert traces(tmp_path) == []


@pytest.mark.slow
def test_a_downloaded_notebook_names_exercise_and_solution(edition):
    def text(folder):
        notebook = nbformat.read(folder / "html" / "_notebooks" / "fully_synthetic.ipynb", as_version=4)
        return "\n".join(cell.source for cell in notebook.cells)

    question = (
        '**Exercise (Enough to keep half; easy).** To check an answer: `cl.exercises.check("fully-synthetic/corpus"'
    )
    assert question in text(edition)
    assert question in text(edition.parent)
    assert "**Solution (Enough to keep half).**" in text(edition.parent)
    assert not re.search(r"[Ss]olution", text(edition))


@pytest.mark.slow
def test_there_is_no_students_edition_of_the_students_edition(edition, monkeypatch):
    monkeypatch.setenv("COLLAPSE_BOOK", str(edition / "book"))
    done = collapse("build", "--preset", "quick", "--student")
    assert done.exit_code == 2
    assert "the students' edition already" in done.stderr


# The real book ----------------------------------------------------------------------------------------------------


def distinctive(text):
    """The longer lines of a page's solutions that stand nowhere else on it."""
    rest = set(solutions.stripped(text, "page").splitlines())
    return [line for line in text.splitlines() if len(line) > 40 and line not in rest]


@pytest.mark.parametrize("page", WITH_EXERCISES)
def test_every_chapter_with_exercises_can_be_stripped(page):
    text = (ROOT / "book" / f"{page}.md").read_text(encoding="utf-8")
    rest = solutions.stripped(text, page)
    assert len(distinctive(text)) >= 5
    assert not any(line in rest for line in distinctive(text))
    assert [name for name in exercises.registry() if f"{{exercise}} {name}\n" in rest] == solutions.ids(text, page)
    assert "\n\n\n\n" not in rest


def test_the_students_edition_of_the_book_builds_and_holds_no_solution(copied):
    built = students.build(Book.here(), preset="quick")
    assert built.ran == ()
    made = copied / "_build" / "student"
    everything = b"".join(
        path.read_bytes() for path in made.rglob("*") if path.suffix in {".md", ".ipynb", ".txt", ".js"}
    )
    pages = [(copied / "book" / f"{page}.md").read_text(encoding="utf-8") for page in WITH_EXERCISES]
    lines = [line for page in pages for line in distinctive(page)]
    assert len(lines) > 100
    assert not [line for line in lines if line.encode() in everything]
    for page in WITH_EXERCISES:
        html = (made / "html" / f"{page}.html").read_text(encoding="utf-8")
        assert 'class="exercise"' in html
        assert 'class="solution"' not in html
    assert not (made / "html" / "teaching.html").exists()


# The text ---------------------------------------------------------------------------------------------------------


def chapter(text):
    return CHAPTER.format(code='print("kept")') + text


def test_what_is_stripped_leaves_no_gap():
    assert solutions.stripped(chapter(WHOLE), "page") == chapter(REST)


def test_a_page_without_solutions_is_left_alone():
    text = "# A page\n\n\n\n```python\nx = 1\n\n\n\ny = 2\n```\n"
    assert solutions.stripped(text, "page") == text


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("```{solution-start} a/b\n```\nx\n", "the solution of a/b does not end"),
        ("```{solution-end}\n```\n", "ends that has not started"),
        ("```{solution-start} a/b\n```\n```{solution-start} c/d\n```\n", "starts inside that of a/b"),
        ("```{solution-start}\n```\nx\n```{solution-end}\n```\n", "without the name of its exercise"),
        ("```{solution-start} a/b\nx\n```\n", "is not closed on the next line"),
        (" ```{solution-start} a/b\n ```\nx\n", "not at the beginning of a line"),
        ("> ```{solution-start} a/b\n> ```\n> x\n", "not at the beginning of a line"),
        ("```{solution} a/b\nx\n```\n", "not at the beginning of a line"),
        (
            "````{note}\n```{solution-start} a/b\n```\nx\n```{solution-end}\n```\n````\n",
            "not at the beginning of a line",
        ),
    ],
)
def test_marks_that_could_be_missed_are_refused(text, said):
    """What Sphinx might take for a solution, and the stripping not, would leak."""
    with pytest.raises(InvalidInput, match=said) as mistake:
        solutions.stripped(text, "page.md")
    assert str(mistake.value).startswith("page.md: ")


def test_a_cell_that_follows_a_solution_is_refused():
    """It could read what the solution defined; then the students' page would show what they cannot run."""
    text = chapter(QUESTION + SOLUTION + "\n```{code-cell} ipython3\nprint(answer)\n```\n")
    notebook = nbformat.v4.new_notebook()
    with pytest.raises(InvalidInput, match="a code cell stands after a solution"):
        solutions.without(notebook, text, "page")


def test_a_cell_with_a_solutions_code_that_follows_it_is_refused_too():
    cell = '```{code-cell} ipython3\nprint("kept")\n```\n'
    text = chapter(f":::{{solution-start}} a/b\n:::\n{cell}:::{{solution-end}}\n:::\n\n{cell}")
    with pytest.raises(InvalidInput, match="a code cell stands after a solution"):
        solutions.without(nbformat.v4.new_notebook(), text, "page")


def test_marks_in_a_code_cell_are_code():
    text = chapter('\n```{code-cell} ipython3\nx = """\n:::{solution-start} a/b\n:::\n"""\n```\n')
    with pytest.raises(InvalidInput, match="not at the beginning of a line"):
        solutions.stripped(text, "page")


def test_a_part_of_the_contents_that_held_teachers_pages_alone_is_dropped():
    toc = (ROOT / "book" / "_toc.yml").read_text(encoding="utf-8")
    left = yaml.safe_load(students._contents(toc))
    assert [part["caption"] for part in left["parts"]] == [
        part["caption"] for part in yaml.safe_load(toc)["parts"] if part["caption"] != "For courses"
    ]
