"""Figures: what they say, the links under them to their code, and the script that draws one alone."""

import re
import shutil
import subprocess
import sys

import jupytext
import nbformat
import pytest
from bs4 import BeautifulSoup
from conftest import CHAPTER, ROOT

from collapse_lib import records
from collapse_lib.errors import InvalidInput
from collapse_lib.press import execute, provenance
from collapse_lib.press.book import Book
from collapse_lib.press.editions import run_folder
from collapse_lib.press.executed import plates
from collapse_lib.press.pages import figure_code
from collapse_lib.press.publish import repository

pytestmark = [pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning"), pytest.mark.xdist_group("figures")]

CHAPTERS = [
    page for page in sorted((ROOT / "book").glob("*.md")) if "{code-cell}" in page.read_text(encoding="utf-8")
]
COMMIT = "0123456789ab"

DRAWS = """\
from collapse_lib import plotting, prose
x = list(range(n))
prose.say(points=n)
```

```{code-cell} ipython3
:tags: [hide-input]

fig, ax = plotting.canvas()
plotting.theory(ax, x, x, label="a", color="k")
plotting.Plate(
    fig, "line", "Caption.",
    "A line that rises.",
)"""


@pytest.fixture(scope="module")
def ran(tmp_path_factory, fonts):
    """A chapter of one figure that ran with a parameter of its own, and its page with the repository known."""
    folder = tmp_path_factory.mktemp("drawn")
    book = folder / "book"
    shutil.copytree(ROOT / "book", book, ignore=shutil.ignore_patterns("*.md"))
    shutil.copy(ROOT / "_config.yml", folder)
    (book / "drawn.md").write_text(CHAPTER.format(code=DRAWS), encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("COLLAPSE_BOOK", str(book))
        patch.setenv("COLLAPSE_REPOSITORY", "https://github.com/somebody/something")
        patch.setattr(records, "commit", lambda: COMMIT)
        execution = execute.execute(Book.here().chapter("drawn"), {"n": 3, "loud": False}, preset="paper")
        told = execution.told(**provenance.made_with(Book.here()))
        run_folder.write(told, Book.here().chapter("drawn"), folder / "run")
    html = (folder / "run" / "drawn.html").read_text(encoding="utf-8")
    return folder / "run", execution, BeautifulSoup(html, "html.parser")


def links(ran):
    """{text: link} of the line under the figure."""
    return {link.get_text(): link for link in ran[2].select("p.downloads a")}


# The lines of a cell ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)
def test_the_lines_of_every_cell_are_those_lines(path):
    text = path.read_text(encoding="utf-8")
    cells = [cell.source for cell in jupytext.reads(text, fmt="md:myst").cells if cell.cell_type == "code"]
    places = figure_code.cell_lines(text)
    lines = text.splitlines()
    assert ["\n".join(lines[first - 1 : last]) for first, last in places] == cells
    assert all(lines[last] == "```" for _, last in places)


def test_of_two_cells_with_the_same_code_each_has_its_own_lines():
    cell = "```{code-cell}\n---\ntags: [hide-input]\n---\nx = 1\n```\n\n"
    assert figure_code.cell_lines(cell + cell) == [(5, 5), (12, 12)]


# The links --------------------------------------------------------------------------------------------------------


def test_under_a_figure_stand_its_files_and_its_code(ran):
    assert list(links(ran)) == ["CSV", "SVG", "PNG", "code", "script", "source"]


def test_each_link_names_the_figure_and_begins_with_its_text(ran):
    for text, link in links(ran).items():
        assert link["aria-label"].startswith(f"{text}: ")
        assert "figure line" in link["aria-label"]


def test_the_link_to_the_code_leads_into_the_fold_above_the_figure(ran):
    target = ran[2].find(id=links(ran)["code"]["href"].removeprefix("#"))
    assert "plotting.Plate(" in target.get_text()
    assert target.find_parent("details")
    assert target.find_parent(class_="cell") is ran[2].find(id="line").find_parent(class_="cell")


def test_the_link_to_the_source_names_the_lines_at_the_commit(ran):
    address = links(ran)["source"]["href"]
    start = f"https://github.com/somebody/something/blob/{COMMIT}/book/drawn.md#"
    first, last = map(int, re.fullmatch(re.escape(start) + r"L(\d+)-L(\d+)", address).groups())
    lines = (ran[0].parent / "book" / "drawn.md").read_text(encoding="utf-8").splitlines()[first - 1 : last]
    assert (lines[0], lines[-1]) == ("fig, ax = plotting.canvas()", ")")


def test_the_files_of_the_links_are_there(ran):
    files = {link["href"] for link in links(ran).values() if link.has_attr("download")}
    assert files == {f"figures/line.{kind}" for kind in ("csv", "svg", "png", "py")}
    assert all((ran[0] / file).is_file() for file in files)


@pytest.mark.parametrize(
    ("repo", "commit", "expected"),
    [
        ("https://github.com/a/b", None, "https://github.com/a/b/blob/main/book/x.md#L1-L2"),
        ("https://github.com/a/b/", "abc-dirty", "https://github.com/a/b/blob/main/book/x.md#L1-L2"),
        ("https://gitlab.com/a/b", "abc", "https://gitlab.com/a/b/-/blob/abc/book/x.md#L1-2"),
        ("https://bitbucket.org/a/b", "abc", "https://bitbucket.org/a/b/src/abc/book/x.md#lines-1:2"),
        ("", "abc", ""),
    ],
)
def test_the_address_of_lines_is_that_of_the_host(monkeypatch, repo, commit, expected):
    monkeypatch.setenv("COLLAPSE_REPOSITORY", repo)
    assert repository.lines(commit).format(page="x", first=1, last=2) == expected


@pytest.mark.parametrize("given", ["github.com/a/b", "https://example.org/a/b", "https://github.com/a"])
def test_an_address_that_is_no_repositorys_is_refused(monkeypatch, given):
    monkeypatch.setenv("COLLAPSE_REPOSITORY", given)
    with pytest.raises(InvalidInput, match="it takes the address of a repository"):
        repository.address()


# The script -------------------------------------------------------------------------------------------------------


def test_the_script_draws_the_figure_to_the_last_byte_and_says_nothing(ran, tmp_path):
    script = ran[0] / "figures" / "line.py"
    done = subprocess.run([sys.executable, script], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert (tmp_path / "line.svg").read_bytes() == (ran[0] / "figures" / "line.svg").read_bytes()


def test_the_script_has_the_parameters_of_the_run(ran):
    script = (ran[0] / "figures" / "line.py").read_text(encoding="utf-8")
    assert re.search(r"n: int = 5 .*# What the page ran with\nn = 3\n", script, re.DOTALL)
    assert '"line" of the chapter "A small chapter"' in script


@pytest.mark.parametrize("last", ["x = 1", "%timeit x", "", "if x:\n    plate"])
def test_a_cell_that_does_not_end_in_a_figure_gives_no_script(last):
    assert figure_code.script(["x = 1", last], "a", "A") is None


# In a browser -----------------------------------------------------------------------------------------------------


@pytest.mark.browser
@pytest.mark.parametrize("scripts", [True, False])
def test_the_link_to_the_code_unfolds_it(launch, ran, scripts):
    """The script is for browsers that do not open a fold by themselves; the link is clicked twice."""
    with launch() as browser:
        context = browser.new_context(java_script_enabled=scripts)
        tab = context.new_page()
        tab.goto((ran[0] / "drawn.html").as_uri())
        code = tab.locator("#line-code")
        assert not code.is_visible()
        for _ in range(2):
            tab.get_by_role("link", name="code: the cell").click()
            code.wait_for(state="visible")
            tab.locator("details.hide", has=code).locator("summary").click()
            code.wait_for(state="hidden")
        context.close()


# In the book ------------------------------------------------------------------------------------------------------

every_chapter = pytest.mark.parametrize("slug", [path.stem for path in CHAPTERS])


def shown(top, slug):
    """A chapter's page, and its figures as they ran."""
    page = (top / "_build" / "html" / f"{slug}.html").read_text(encoding="utf-8")
    ran = nbformat.read(top / "_build" / "executed" / f"{slug}.ipynb", as_version=4)
    return BeautifulSoup(page, "html.parser"), list(plates(ran))


@every_chapter
def test_every_figure_says_what_it_shows(top, slug):
    page, plates = shown(top, slug)
    assert plates
    for plate in plates:
        figure = page.find("figure", id=plate["name"])
        assert figure.find("svg", role="img")["aria-label"] == plate["alt"]
        assert says_nothing(plate["alt"], plate["caption"]) is None
        assert figure.find("figcaption").get_text(strip=True)


def says_nothing(alt, caption):
    """Why an alternative text tells too little to somebody who cannot see the picture; None if it tells enough."""
    if len(alt.split()) < 10:
        return "short"
    kinds = "(figure|image|picture|plot|graph|chart) (of|that|which|showing)"
    if re.match(rf"(an? |the )?{kinds}\b", alt, re.IGNORECASE):
        return "says that it is a picture"
    plain = re.sub(r"[^a-z]", "", alt.lower())
    return "the caption again" if plain == re.sub(r"[^a-z]", "", caption.lower()) else None


def test_an_alternative_text_that_says_nothing_would_be_seen():
    enough = "A curve that falls from one to a half within the first ten generations."
    assert says_nothing(enough, "Another text.") is None
    assert says_nothing(enough, enough.replace("one", "*one*")) == "the caption again"
    assert says_nothing("The image of " + enough, "") == "says that it is a picture"
    assert says_nothing("A falling curve.", "") == "short"


@every_chapter
def test_the_code_of_every_figure_is_the_cell_above_it(top, slug):
    page, plates = shown(top, slug)
    for plate in plates:
        cell = page.find(id=plate["name"]).find_parent(class_="cell")
        code = cell.find(id=f"{plate['name']}-code")
        assert f'"{plate["name"]}"' in code.get_text()
        assert page.find("a", href=f"#{plate['name']}-code", string="code")


@pytest.mark.parametrize(("slug", "name"), [("errata", "two-readings"), ("collapse_time", "backwards")])
def test_a_figures_script_draws_the_figure_of_the_page(top, tmp_path, slug, name):
    """To the last byte, by itself, and without a word."""
    drawn = top / "_build" / "html" / "_figures" / slug
    command = [sys.executable, drawn / f"{name}.py"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert [path.name for path in tmp_path.iterdir()] == [f"{name}.svg"]
    assert (tmp_path / f"{name}.svg").read_bytes() == (drawn / f"{name}.svg").read_bytes()
