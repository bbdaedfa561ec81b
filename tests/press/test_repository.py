"""The repository: what it needs is locked, what it says is there, and nothing is in it that should not be."""

import re
import subprocess
import tomllib
from pathlib import Path

import cffconvert
import pytest
import yaml
from conftest import ROOT
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

import collapse_lib

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
EXTRAS = PROJECT["optional-dependencies"]
UNLOCKED = {"lab", "gpt"}
"""Where JupyterLab is installed every kernel starts about a second slower, and torch is large, so
the locked environment is without them."""
LOCKED_EXTRAS = [requirement for name, extra in EXTRAS.items() if name not in UNLOCKED for requirement in extra]
DECLARED = [Requirement(text) for text in [*PROJECT["dependencies"], *LOCKED_EXTRAS]]
LOCK = (ROOT / "requirements.txt").read_text(encoding="utf-8")
PAGES = sorted((ROOT / "book").glob("*.md"))
CHAPTERS = [page for page in PAGES if "{code-cell}" in page.read_text(encoding="utf-8")]
PAPER = "2404.05090"

every_dependency = pytest.mark.parametrize("dependency", DECLARED, ids=str)


def text(name):
    return (ROOT / name).read_text(encoding="utf-8")


def named():
    """What requirements.in asks for, by name."""
    lines = [line.split("#")[0].strip() for line in text("requirements.in").splitlines()]
    asked = [Requirement(line) for line in lines if line]
    return {canonicalize_name(requirement.name): requirement for requirement in asked}


def locked():
    """{name: (version, how many hashes)} of requirements.txt, all lines of a package taken together."""
    found = {}
    for entry in re.split(r"\n(?=[A-Za-z0-9])", LOCK):
        pinned = re.match(r"([A-Za-z0-9._-]+)==([^\s;]+)", entry)
        if pinned:
            found.setdefault(canonicalize_name(pinned[1]), []).append((pinned[2], entry.count("--hash=sha256:")))
    return found


# Dependencies -----------------------------------------------------------------------------------------------------


@every_dependency
def test_a_dependency_is_named_in_requirements_in(dependency):
    asked = named()[canonicalize_name(dependency.name)]
    assert asked.specifier == dependency.specifier


@every_dependency
def test_a_dependency_is_locked_within_its_range_and_hashed(dependency):
    for version, hashes in locked()[canonicalize_name(dependency.name)]:
        assert dependency.specifier.contains(version)
        assert hashes >= 1


def test_everything_in_the_lock_has_a_version_and_a_hash():
    entries = [entry for entry in re.split(r"\n(?=[A-Za-z0-9])", LOCK) if not entry.startswith("#")]
    assert len(entries) > 50
    assert all(re.match(r"[\w.-]+==\S+", entry) and "--hash=sha256:" in entry for entry in entries)


@pytest.mark.parametrize("name", ["torch", "torch_cpu", "uv"])
def test_what_ci_and_the_lock_add_has_a_version_and_a_hash(name):
    entries = [each for each in re.split(r"\n(?=[a-z])", text(f".ci/{name}.txt")) if not each.startswith("#")]
    assert all(re.match(r"[\w.-]+==\S+", entry) and "--hash=sha256:" in entry for entry in entries)
    assert {"torch": EXTRAS["gpt"][0], "torch_cpu": EXTRAS["gpt"][0]}.get(name, "uv==") in "\n".join(entries)


def test_what_builds_the_package_is_locked_too():
    backend = tomllib.loads(text("pyproject.toml"))["build-system"]["requires"]
    assert all(canonicalize_name(Requirement(name).name) in locked() for name in backend)


def test_the_lock_names_no_index_and_no_host():
    assert not re.search(r"https?://|--index-url|--extra-index-url|--find-links|--trusted-host", LOCK)


def test_the_library_itself_needs_numpy_and_scipy_only():
    assert {Requirement(dependency).name for dependency in PROJECT["dependencies"]} == {"numpy", "scipy"}


# What the repository says -----------------------------------------------------------------------------------------


def targets():
    """The targets of the Makefile."""
    return set(re.findall(r"^([\w-]+):", text("Makefile"), re.MULTILINE))


def test_the_makefile_has_its_targets():
    assert {"book", "test", "serve", "lint", "bench", "clean", "lock"} <= targets()


@pytest.mark.parametrize("page", ["README.md", "CONTRIBUTING.md", ".ci/run", ".github/workflows/publish.yml"])
def test_a_make_command_that_is_written_down_exists(page):
    written = re.findall(r"(?:^|[`$:] ?|run: )make ([a-z-]+)", text(page), re.MULTILINE)
    assert written
    assert set(written) <= targets()


def test_the_targets_are_no_files():
    phony = re.search(r"^\.PHONY: (.*)$", text("Makefile"), re.MULTILINE)[1].split()
    assert {name for name in targets() if not (ROOT / name).is_file()} == set(phony)


@pytest.mark.parametrize("page", ["README.md", "book/intro.md"])
def test_a_collapse_command_that_is_written_down_exists(page):
    from collapse_lib.commands.main import main
    from collapse_lib.press.book import Book

    written = re.findall(r"collapse (\w+)(?: (\w+))?((?: -p \w+ \S+)*)", "\n".join(shown(text(page))))
    assert written
    for command, chapter, given in written:
        assert command in main.commands
        if command == "run":
            Book.here().chapter(chapter).settings("paper", dict(re.findall(r"-p (\w+) (\S+)", given)))


def shown(page):
    """The command lines of a page."""
    blocks = re.findall(r"```console\n(.*?)```", page, re.DOTALL)
    return [line for block in blocks for line in block.splitlines() if line.startswith("$ ")]


def test_the_readmes_example_runs():
    (example,) = re.findall(r"```python\n(.*?)```", text("README.md"), re.DOTALL)
    lines = example.strip().splitlines()
    names = {}
    exec("\n".join(lines[:-1]), names)
    simulated, exact = eval(lines[-1], names)
    assert abs(simulated - exact) < 0.1 * exact


@pytest.mark.parametrize(
    "variable",
    [
        "COLLAPSE_BOOK",
        "COLLAPSE_DATA",
        "COLLAPSE_OFFLINE",
        "COLLAPSE_REPOSITORY",
        "COLLAPSE_REVISION",
        "COLLAPSE_SITE",
        "COLLAPSE_VERSIONS",
    ],
)
def test_a_setting_is_read_and_written_down(variable):
    source = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "collapse_lib").rglob("*.py"))
    assert f'"{variable}"' in source
    assert variable in text("README.md")


def test_the_citation_is_valid_and_names_the_paper():
    citation = cffconvert.Citation(text("CITATION.cff"))
    citation.validate()
    assert PAPER in text("CITATION.cff")
    assert citation.as_bibtex().startswith("@")


def test_the_version_is_the_same_everywhere():
    citation = yaml.safe_load(text("CITATION.cff"))
    assert str(citation["version"]) == PROJECT["version"] == collapse_lib.__version__


def test_the_changelog_knows_the_version():
    assert PROJECT["version"] in text("CHANGELOG.md")


# What is in it ----------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def tracked():
    """The files that git tracks."""
    if not (ROOT / ".git").exists():
        pytest.skip("this is no git checkout")
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True).stdout
    return [path for name in listed.decode().split("\0") if name and (path := ROOT / name).is_file()]


def test_no_tracked_file_is_large(tracked):
    assert tracked
    assert [path.name for path in tracked if path.stat().st_size > 2**20] == []


def test_no_tracked_file_holds_an_executed_output(tracked):
    executed = re.compile(rb'"outputs": \[\s*\{')
    assert [path.name for path in tracked if executed.search(path.read_bytes())] == []
    assert [path.name for path in tracked if path.suffix == ".ipynb"] == []


def test_no_tracked_file_holds_the_corpus(tracked):
    opening = b"First Citizen:\n" + b"Before we proceed any further"
    assert [path.name for path in tracked if opening in path.read_bytes()] == []
    assert "tinyshakespeare.txt" not in [path.name for path in tracked]


def test_no_tracked_file_names_a_place_on_this_machine(tracked):
    places = [str(place).encode() for place in (ROOT, Path.home()) if len(place.parts) > 1]
    assert [path.name for path in tracked if any(place in path.read_bytes() for place in places)] == []


def test_nothing_that_is_built_is_tracked(tracked):
    top = {path.relative_to(ROOT).parts[0] for path in tracked}
    assert not top & {"_build", "runs", ".venv", "dist"}


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)
def test_a_chapter_has_a_full_header_and_no_outputs(path):
    page = path.read_text(encoding="utf-8")
    header = yaml.safe_load(re.match(r"---\n(.*?)\n---\n", page, re.DOTALL)[1])
    assert header["jupytext"]["text_representation"]["format_name"] == "myst"
    assert {"extension", "format_name", "format_version", "jupytext_version"} <= set(
        header["jupytext"]["text_representation"]
    )
    assert {"display_name", "language", "name"} <= set(header["kernelspec"])
    assert not re.search(r'"outputs"|image/png|data:image', page)


def test_the_pages_have_slugs_for_names():
    assert CHAPTERS
    assert all(re.fullmatch(r"[a-z][a-z0-9_]*", path.stem) for path in PAGES)
