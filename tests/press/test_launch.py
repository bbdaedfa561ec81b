"""Launching a chapter: on Binder, in JupyterLab, from a notebook that was downloaded."""

import json
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from types import SimpleNamespace

import nbformat
import pytest
from click.testing import CliRunner
from conftest import CHAPTER, ROOT

from collapse_lib.commands.main import main
from collapse_lib.errors import InvalidInput
from collapse_lib.press import execute
from collapse_lib.press.book import Book
from collapse_lib.press.editions import lab
from collapse_lib.press.executed import outputs
from collapse_lib.press.pages import myst_to_markdown, notebooks
from collapse_lib.press.publish import addresses

CHAPTERS = sorted(Book.here().chapters)
every_chapter = pytest.mark.parametrize("slug", CHAPTERS)
BIBLIOGRAPHY = ROOT / "book" / "references.bib"
MYST = re.compile(r"\{[\w:+-]+\}`|^(?:`{3,}|:{3,})\{|^:::", re.MULTILINE)


def words(notebook):
    """All the Markdown of a notebook."""
    return "\n\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")


# Binder -----------------------------------------------------------------------------------------------------------


def test_binder_takes_a_python_that_the_library_takes():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    runs = (ROOT / ".binder" / "runtime.txt").read_text(encoding="utf-8").strip()
    assert runs == "python-" + project["requires-python"].removeprefix(">=")


def test_what_binders_server_needs_is_in_the_lock_as_it_stands_there():
    entries = re.split(r"\n(?=[a-z])", (ROOT / ".binder" / "requirements.txt").read_text(encoding="utf-8").strip())
    lock = (ROOT / "requirements.txt").read_text(encoding="utf-8")
    wanted = [entry for entry in entries if not entry.startswith("#")]
    assert "jupytext" in {entry.split("==")[0] for entry in wanted}
    for entry in wanted:
        assert "--hash=sha256:" in entry
        assert entry.strip() in lock


def test_binder_installs_the_lock_with_its_hashes_and_the_library_without_isolation():
    script = ROOT / ".binder" / "postBuild"
    text = script.read_text(encoding="utf-8")
    assert os.access(script, os.X_OK)
    subprocess.run(["bash", "-n", script], check=True)
    assert "--require-hashes -r requirements.txt" in text
    assert "--no-build-isolation --no-deps -e ." in text
    assert "set-default-viewer markdown myst" in text


@pytest.mark.parametrize("host", ["github", "gitlab"])
def test_a_known_repository_gives_every_chapter_a_binder_button(host):
    environment = {"COLLAPSE_REPOSITORY": f"https://{host}.com/owner/name", "COLLAPSE_REVISION": "v0.3.0"}
    config = addresses.addressed({}, environment, ROOT / "book")
    assert config["launch_buttons"]["notebook_interface"] == "jupyterlab"
    assert config["launch_buttons"]["binderhub_url"].startswith("https://")
    assert config["repository"] == {
        "url": f"https://{host}.com/owner/name",
        "path_to_book": "book",
        "branch": "v0.3.0",
    }


@pytest.mark.parametrize("environment", [{}, {"COLLAPSE_REPOSITORY": "https://bitbucket.org/owner/name"}])
def test_elsewhere_there_is_no_binder_button(environment):
    assert "launch_buttons" not in addresses.addressed({}, environment, ROOT / "book")


@pytest.mark.parametrize(
    ("name", "value"), [("REPOSITORY", "somewhere"), ("SITE", "somewhere"), ("SITE", "ftp://x")]
)
def test_an_address_that_is_none_is_refused(name, value):
    with pytest.raises(InvalidInput, match=f"COLLAPSE_{name} was '{value}'; it takes the .*address"):
        addresses.addressed({}, {f"COLLAPSE_{name}": value}, ROOT / "book")


# The lab ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def here(tmp_path, monkeypatch):
    """An empty folder to work in, and a JupyterLab that only notes how it was started."""
    monkeypatch.chdir(tmp_path)
    started = []
    monkeypatch.setattr(lab, "command", lambda: ["jupyter-lab"])
    monkeypatch.setattr(lab, "start", lambda path, options: started.append((str(path), tuple(options))) or 0)
    return SimpleNamespace(folder=tmp_path, started=started)


def collapse(*given):
    return CliRunner().invoke(main, given)


def opened(slug="fully_synthetic"):
    return nbformat.read(Path("runs") / "lab" / f"{slug}.ipynb", as_version=4)


@every_chapter
def test_a_lab_notebook_opens_with_the_chapters_parameters(slug):
    chapter = Book.here().chapter(slug)
    wanted = chapter.settings("quick", {})
    notebook = lab.notebook(chapter, wanted)
    nbformat.validate(notebook)
    assert notebook.cells[0].metadata.tags[0] == "parameters"
    values = {}
    exec(notebook.cells[0].source, values)
    assert {name: values[name] for name in wanted} == wanted
    assert sum("parameters" in cell.metadata.get("tags", []) for cell in notebook.cells) == 1
    assert notebook.metadata.kernelspec.name == "python3"


@every_chapter
def test_a_lab_notebook_keeps_the_chapters_code_in_its_order(slug):
    chapter = Book.here().chapter(slug)
    code = [c.source for c in chapter.notebook().cells if c.cell_type == "code"]
    notebook = lab.notebook(chapter, chapter.settings("paper", {}))
    shown = [c.source for c in notebook.cells if c.cell_type == "code"]
    assert [c for c in code if not c.startswith(f"{chapter.parameters[0].name}: ")] == shown[1:]


@every_chapter
def test_no_myst_is_left_in_a_lab_notebook(slug):
    chapter = Book.here().chapter(slug)
    left = words(lab.notebook(chapter, chapter.settings("paper", {})))
    assert MYST.findall(left) == []
    assert ".md)" not in left


def test_the_chapters_have_myst_to_lose():
    assert all(MYST.search(Book.here().chapter(slug).text) for slug in CHAPTERS)


def test_lab_opens_the_notebook_with_what_was_asked_for(here):
    done = collapse("lab", "fully_synthetic", "-p", "n", "25", "--preset", "quick", "--", "--no-browser")
    assert done.exit_code == 0, done.output
    assert here.started == [(str(Path("runs/lab/fully_synthetic.ipynb")), ("--no-browser",))]
    declared = opened().cells[0].source
    assert "\nn: int = 25  # samples" in declared
    assert "sizes: list[int] = [10, 50, 100]  #" in declared


def test_lab_keeps_what_the_reader_wrote_and_says_so(here):
    collapse("lab", "fully_synthetic")
    path = Path("runs/lab/fully_synthetic.ipynb")
    path.write_text(path.read_text(encoding="utf-8").replace("n: int = 50", "n: int = 51"), encoding="utf-8")
    done = collapse("lab", "fully_synthetic")
    assert done.exit_code == 0
    assert "as you left it" in done.stdout
    assert "--fresh" in done.stdout
    assert "n: int = 51" in opened().cells[0].source
    assert len(here.started) == 2


def test_lab_starts_again_when_it_is_asked_to(here):
    collapse("lab", "fully_synthetic", "-p", "n", "7")
    done = collapse("lab", "fully_synthetic", "-p", "n", "8", "--fresh")
    assert done.exit_code == 0
    assert "n: int = 8 " in opened().cells[0].source


@pytest.mark.parametrize("asked", [["-p", "n", "8"], ["--preset", "quick"]], ids=" ".join)
def test_lab_does_not_forget_parameters_in_silence(here, asked):
    collapse("lab", "fully_synthetic")
    done = collapse("lab", "fully_synthetic", *asked)
    assert done.exit_code == 2
    assert re.fullmatch(r"Error: [^\n]+--fresh[^\n]+\n", done.stderr)
    assert len(here.started) == 1


@pytest.mark.parametrize(
    ("given", "told"),
    [
        (["fuly_synthetic"], "fully_synthetic"),
        (["fully_synthetic", "-p", "n", "0"], "a whole number from 1"),
        (["fully_synthetic", "--preset", "quik"], "quick"),
    ],
    ids=["chapter", "value", "preset"],
)
def test_a_mistake_is_told_before_anything_is_written(here, given, told):
    done = collapse("lab", *given)
    assert done.exit_code == 2
    assert told in done.stderr
    assert list(here.folder.iterdir()) == []
    assert here.started == []


def test_without_jupyterlab_one_sentence_says_what_to_install(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(lab.importlib.util, "find_spec", lambda name: None)
    monkeypatch.setattr(lab.shutil, "which", lambda name: None)
    done = collapse("lab", "fully_synthetic")
    assert done.exit_code == 2
    assert re.fullmatch(r"Error: [^\n]+\n", done.stderr)
    assert "extra `lab`" in done.stderr
    assert "-m pip install jupyterlab" in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_jupyterlab_from_elsewhere_runs_this_python(tmp_path, monkeypatch):
    """What stands for it writes down its arguments, and the kernel that it would find first."""
    monkeypatch.chdir(tmp_path)
    program = tmp_path / "jupyter-lab"
    look = "import json, os, sys; from pathlib import Path; first = os.environ['JUPYTER_PATH'].split(os.pathsep)[0]"
    tell = "kernel = json.loads(Path(first, 'kernels/python3/kernel.json').read_text())['argv']"
    note = "Path('seen').write_text(json.dumps([sys.argv[1:], kernel]))"
    program.write_text(f"#!{sys.executable}\n{look}\n{tell}\n{note}\n", encoding="utf-8")
    program.chmod(0o755)
    monkeypatch.setattr(lab.importlib.util, "find_spec", lambda name: None)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    assert lab.start(Path("a.ipynb"), ["--no-browser"]) == 0
    arguments, kernel = json.loads(Path("seen").read_text(encoding="utf-8"))
    assert arguments == ["a.ipynb", "--no-browser"]
    assert kernel[:3] == [sys.executable, "-m", "ipykernel_launcher"]


def test_the_lab_is_an_extra_and_is_not_locked():
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"][
        "optional-dependencies"
    ]
    assert [name.split(">")[0] for name in extras["lab"]] == ["jupyterlab"]
    assert not re.search(r"^jupyterlab==", (ROOT / "requirements.txt").read_text(encoding="utf-8"), re.MULTILINE)


# Plain Markdown ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "plainly"),
    [
        ("{cite:p}`a,b` and {cite:t}`a`", "[A (2001); b] and A (2001)"),
        ("{glue:text}`known` and {glue:text}`page.md::unknown:s`", "7 and `unknown`"),
        ("{prf:ref}`Theorem 2 <thm-2>`, {math}`x`", "Theorem 2, $x$"),
        ("[a page](other.md#place), [a place](https://x.org)", "a page, [a place](https://x.org)"),
        ("[a\npage](other.md), [no\n\nlink](other.md)", "a\npage, [no\n\nlink](other.md)"),
        ("```console\n$ collapse {term}`x`\n```", "```console\n$ collapse {term}`x`\n```"),
        (":::{note}\n:class: a\nText.\n:::\nAfter.", "**Note.**\n\nText.\nAfter."),
        ("Before.\n\n```{parameters}\n```", "Before."),
        (
            ":::::{prf:theorem} ours\n:label: x\n\n::::{note}\nIn.\n::::\n:::::",
            "**Theorem (ours).**\n\n**Note.**\n\nIn.",
        ),
    ],
    ids=["citation", "number", "role", "link", "link over two lines", "code", "directive", "empty", "nested"],
)
def test_myst_becomes_plain_markdown(text, plainly):
    assert myst_to_markdown.markdown(text, numbers={"known": "7"}, citations={"a": "A (2001)"}) == plainly


def test_with_an_address_links_lead_to_the_site():
    shown = myst_to_markdown.markdown("[a page](other.md#place)", numbers={}, citations={}, site="https://x.org/b/")
    assert shown == "[a page](https://x.org/b/other.html#place)"


def test_every_entry_of_the_bibliography_has_an_author_and_a_year():
    cited = myst_to_markdown.citations(BIBLIOGRAPHY)
    assert cited["seddik2024bad"] == "Seddik et al. (2024)"
    assert all(re.fullmatch(r"\w.* \(\d{4}\)", text) for text in cited.values())


# The notebook with outputs ----------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def executed(tmp_path_factory, fonts):
    """A small chapter that says a number, draws a figure and prints, executed."""
    folder = tmp_path_factory.mktemp("executed") / "book"
    folder.mkdir()
    code = "\n".join(
        [
            "from collapse_lib import plotting, prose",
            "figure, ax = plotting.canvas()",
            "plotting.theory(ax, [0, 1], [0, n], label='a line', color='#2f7fc1')",
            "prose.say(count=n)",
            "print('hello')",
            "plotting.Plate(figure, name='a-line', caption='A line.', alt='A line.')",
        ]
    )
    said = "\n\nThere are {glue:text}`count` {term}`tokens <token>` ({cite:t}`seddik2024bad`).\n"
    (folder / "small.md").write_text(CHAPTER.format(code=code) + said, encoding="utf-8")
    (folder / "_toc.yml").write_text("format: jb-book\nroot: small\n", encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("COLLAPSE_BOOK", str(folder))
        chapter = Book.here().chapter("small")
        return execute.execute(chapter, chapter.settings("paper", {}), preset="paper").notebook


def test_a_downloaded_notebook_is_whole(executed):
    given = notebooks.downloadable(executed, BIBLIOGRAPHY)
    nbformat.validate(given)
    assert given.metadata.kernelspec.name == "python3"
    assert "There are 5 tokens (Seddik et al. (2024))." in words(given)
    outputs = [output for cell in given.cells for output in cell.get("outputs", [])]
    assert [output.get("text") for output in outputs if output.output_type == "stream"] == ["hello\n"]
    [figure] = [output for output in outputs if "image/png" in output.get("data", {})]
    assert set(figure.data) == {"image/png", "text/plain"}
    assert 400 < figure.metadata["image/png"]["width"] < 700


def test_a_downloaded_notebook_has_nothing_of_ours_and_no_place_in_it(executed):
    written = nbformat.writes(notebooks.downloadable(executed, BIBLIOGRAPHY))
    assert "vnd.collapse" in nbformat.writes(executed)
    assert not re.search(r"vnd\.collapse|papermill\.record|jupytext", written)
    assert str(Path.home()) + "/" not in written
    assert str(ROOT) not in written


def test_making_a_download_leaves_the_execution_as_it_was(executed):
    before = nbformat.writes(executed)
    notebooks.downloadable(executed, BIBLIOGRAPHY)
    assert nbformat.writes(executed) == before


@pytest.mark.slow
def test_a_downloaded_notebook_runs_again_and_gives_the_same(executed, tmp_path):
    import papermill

    given, again = tmp_path / "given.ipynb", tmp_path / "again.ipynb"
    nbformat.write(notebooks.downloadable(executed, BIBLIOGRAPHY), given)
    papermill.execute_notebook(given, again, progress_bar=False)
    pictures = [list(outputs(nbformat.read(path, as_version=4), "image/png")) for path in (given, again)]
    assert len(pictures[0]) == 1
    assert pictures[0][0].strip() == pictures[1][0].strip()


def menu(notebook=True, copied=True):
    """The download menu of a page, after the theme made it and `offer` went over it."""
    theirs = [
        {"label": "download-notebook-button", "text": ".ipynb"},
        {"label": "download-source-button", "text": ".md"},
        {"label": "download-pdf-button", "text": ".pdf"},
    ]
    context = {
        "header_buttons": [{"label": "download-buttons", "buttons": theirs}],
        "pathto": lambda target, resource: target,
    }
    config = SimpleNamespace(html_copy_source=copied, collapse_executed=str(ROOT / "tests" / "nowhere"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Path, "is_file", lambda path: notebook)
        notebooks.offer(SimpleNamespace(config=config), "small", "page.html", context, None)
    return [button["text"] for button in context["header_buttons"][0]["buttons"]]


def test_the_menu_says_what_each_download_is():
    assert menu() == ["notebook with outputs (.ipynb)", "source (.md)", "print (.pdf)"]
    assert menu(notebook=False) == ["source (.md)", "print (.pdf)"]


def test_a_site_that_gives_no_sources_away_offers_no_notebook():
    assert "notebook with outputs (.ipynb)" not in menu(copied=False)


def test_numbers_are_read_back_as_they_were_said(executed):
    assert notebooks.numbers(executed) == {"count": "5"}
