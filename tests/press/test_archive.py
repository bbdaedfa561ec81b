"""The archive: what is in it, that the same build gives the same bytes, and that whatever is changed is seen."""

import hashlib
import json
import shutil
import subprocess
import zipfile
from pathlib import Path

import pytest
from click.testing import CliRunner
from conftest import ROOT

import collapse_lib
from collapse_lib import records
from collapse_lib.commands.main import main
from collapse_lib.press import build
from collapse_lib.press.book import Book
from collapse_lib.press.editions import archive, last_build
from collapse_lib.press.editions import packed as given

TOP = f"collapse-{collapse_lib.__version__}"


@pytest.fixture
def small(pretended):
    """A small book, built; its folder."""
    top = pretended(one="<h1>One</h1>", two="<h1>Two</h1>")
    for name in ("_notebooks/one.ipynb", *(f"_figures/one/sigma.{kind}" for kind in ("svg", "png", "csv"))):
        records.write(top / "_build" / "html" / name, name)
    return top


def collapse(*arguments):
    """The exit status of a command, and all that it said."""
    done = CliRunner().invoke(main, list(map(str, arguments)))
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    return done.exit_code, done.output


@pytest.fixture
def packed(small, tmp_path):
    """The archive of the small book."""
    path = tmp_path / "book.zip"
    status, told = collapse("archive", "-o", path)
    assert status == 0
    assert str(path) in told
    return path


def files(path):
    with zipfile.ZipFile(path) as opened:
        return {name: opened.read(name) for name in opened.namelist()}


def written(path, contents):
    with zipfile.ZipFile(path, "w") as target:
        for name, content in contents.items():
            target.writestr(name, content)
    return path


def test_everything_is_in_one_folder_of_the_archive(packed):
    names = set(files(packed))
    assert {name.partition("/")[0] for name in names} == {TOP}
    for name in (
        "OPEN-ME.html", "manifest.json", "site/index.html", "site/one.html", "site/_notebooks/one.ipynb",
        "book/one.md", "collapse_lib/__main__.py", "requirements.txt", "_config.yml",
    ):  # fmt: skip
        assert f"{TOP}/{name}" in names


def test_the_first_file_leads_to_the_site_the_notebooks_and_the_figures(packed):
    found = files(packed)
    assert next(iter(found)) == f"{TOP}/OPEN-ME.html"
    page = found[f"{TOP}/OPEN-ME.html"].decode()
    for target in ("site/index.html", "site/_notebooks/one.ipynb", "site/_figures/one/sigma.csv"):
        assert f'href="{target}"' in page
        assert f"{TOP}/{target}" in found


def test_the_manifest_has_the_sum_of_every_file(packed):
    found = files(packed)
    manifest = json.loads(found.pop(f"{TOP}/manifest.json"))
    assert manifest["files"] == {
        name.removeprefix(f"{TOP}/"): hashlib.sha256(content).hexdigest() for name, content in found.items()
    }


def test_the_manifest_tells_what_the_build_was_made_from(packed, small):
    manifest = given.manifest(packed)
    assert manifest["version"] == collapse_lib.__version__
    assert manifest["preset"] == "quick"
    assert manifest["parameters"] == {slug: {"n": 2, "loud": False} for slug in ("one", "two")}
    assert manifest["verdicts"] == {"claims": 0}
    assert manifest["lock_sha256"] == hashlib.sha256((small / "requirements.txt").read_bytes()).hexdigest()
    assert {"commit", "date", "library_sha256", "python", "texts"} <= set(manifest)


def test_the_same_build_gives_the_same_bytes(packed, small, tmp_path):
    for path in (small / "_build" / "html").rglob("*"):
        path.touch()
    assert collapse("archive", "-o", tmp_path / "again.zip")[0] == 0
    assert (tmp_path / "again.zip").read_bytes() == packed.read_bytes()


def test_the_date_is_the_one_that_was_asked_for(small, tmp_path, monkeypatch):
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")
    assert collapse("archive", "-o", tmp_path / "dated.zip")[0] == 0
    assert given.manifest(tmp_path / "dated.zip")["date"] == "2023-11-14"
    with zipfile.ZipFile(tmp_path / "dated.zip") as opened:
        assert {entry.date_time for entry in opened.infolist()} == {(2023, 11, 14, 0, 0, 0)}
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "yesterday")
    status, told = collapse("archive", "-o", tmp_path / "dated.zip")
    assert (status, "SOURCE_DATE_EPOCH was 'yesterday'" in told) == (2, True)


def test_everything_in_the_repository_but_hidden_files_is_packed():
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False)
    if listed.returncode != 0:
        pytest.skip("this is no Git checkout")
    tops = {name.partition("/")[0] for name in listed.stdout.splitlines()}
    assert {name for name in tops if not name.startswith(".")} == set(archive.SOURCES)


# Checking ---------------------------------------------------------------------------------------------------------


def test_an_archive_as_it_was_made_has_no_faults(packed):
    status, told = collapse("archive", "--check", packed)
    assert status == 0
    assert "each as the manifest says" in told


@pytest.mark.parametrize(
    ("spoil", "fault"),
    [
        (lambda found: found.update({f"{TOP}/site/one.html": b"<h1>Other</h1>"}), f"changed: {TOP}/site/one.html"),
        (lambda found: found.pop(f"{TOP}/site/two.html"), f"missing: {TOP}/site/two.html"),
        (lambda found: found.update({f"{TOP}/more.txt": b""}), f"not in the manifest: {TOP}/more.txt"),
        (lambda found: found.update({f"{TOP}/manifest.json": b"{"}), "its manifest.json cannot be read"),
        (lambda found: found.update({f"{TOP}/manifest.json": b"[]"}), "its manifest.json cannot be read"),
        (lambda found: found.pop(f"{TOP}/manifest.json"), "it has no manifest.json"),
        (lambda found: found.update({"elsewhere.txt": b""}), "it has no manifest.json"),
        (lambda found: found.clear(), "it has no manifest.json"),
    ],
)
def test_whatever_is_not_as_the_manifest_says_is_told(packed, tmp_path, spoil, fault):
    found = files(packed)
    spoil(found)
    status, told = collapse("archive", "--check", written(tmp_path / "spoilt.zip", found))
    assert status == 1
    assert fault in told
    assert len(told.strip().splitlines()) == 2


def test_a_damaged_byte_is_seen(packed, tmp_path):
    with zipfile.ZipFile(packed) as opened:
        entry = opened.getinfo(f"{TOP}/collapse_lib/records.py")
    content = bytearray(packed.read_bytes())
    content[entry.header_offset + len(entry.filename) + 30 + entry.compress_size // 2] ^= 255
    (tmp_path / "damaged.zip").write_bytes(content)
    status, told = collapse("archive", "--check", tmp_path / "damaged.zip")
    assert (status, f"unreadable: {TOP}/collapse_lib/records.py" in told) == (1, True)


def test_a_file_that_is_there_twice_is_told_even_if_both_are_as_the_manifest_says(packed, tmp_path):
    """Which of the two is unpacked depends on the program."""
    twice, name = shutil.copy(packed, tmp_path / "twice.zip"), f"{TOP}/site/one.html"
    with zipfile.ZipFile(twice, "a") as opened, pytest.warns(UserWarning, match="Duplicate name"):
        opened.writestr(name, opened.read(name))
    status, told = collapse("archive", "--check", twice)
    assert (status, f"there twice: {name}" in told) == (1, True)


@pytest.mark.parametrize("share", [0.0, 0.5, 0.99])
def test_an_archive_that_is_cut_short_is_seen(packed, tmp_path, share):
    content = packed.read_bytes()
    (tmp_path / "short.zip").write_bytes(content[: int(share * len(content))])
    status, told = collapse("archive", "--check", tmp_path / "short.zip")
    assert (status, "no zip, or not a whole one" in told) == (1, True)


# What cannot be packed --------------------------------------------------------------------------------------------


@pytest.fixture(params=[("archive", "zip"), ("pdf", "pdf")], ids=["archive", "pdf"])
def command(request, tmp_path):
    """Both commands that hand on the last build, and the file that they are to write."""
    name, suffix = request.param
    return name, tmp_path / "out" / f"file.{suffix}"


def refused(command, sentence, *, output=None):
    name, path = command
    before = sorted(path.parent.rglob("*")) if path.parent.exists() else []
    status, told = collapse(name, "-o", output or path)
    assert status == 2
    assert sentence in told
    assert len(told.strip().splitlines()) == 1
    assert (sorted(path.parent.rglob("*")) if path.parent.exists() else []) == before


def test_without_a_build_there_is_nothing_to_hand_on(small_book, command):
    small_book(one="pass")
    refused(command, "has not been built here; run `collapse build` first")


def test_a_chapter_that_changed_since_the_build_is_named(small, command):
    page = small / "book" / "two.md"
    page.write_text(page.read_text(encoding="utf-8") + "\nMore.\n", encoding="utf-8")
    refused(command, "out of date (two changed since); run `collapse build --preset quick` first")


def test_a_library_that_changed_since_the_build_is_told(small, command, monkeypatch):
    monkeypatch.setattr(build, "code_digest", lambda _: "another")
    refused(command, "out of date (one, two changed since)")


def test_pages_that_changed_since_the_build_are_told(small, command):
    (small / "_config.yml").write_text("title: Another\n", encoding="utf-8")
    refused(command, "out of date (the pages, or the settings that they are made with, changed since)")


def test_an_output_that_is_a_folder_is_refused(small, command, tmp_path):
    refused(command, "is a folder; give -o the name of a file", output=tmp_path)


def test_a_file_to_check_that_is_not_there_is_told(tmp_path):
    status, told = collapse("archive", "--check", tmp_path / "none.zip")
    assert (status, "there is no file" in told) == (2, True)


def test_an_output_beside_a_check_is_refused(tmp_path):
    status, told = collapse("archive", "--check", tmp_path / "a.zip", "-o", tmp_path / "b.zip")
    assert (status, "--check writes nothing" in told) == (2, True)


# The book itself --------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def unpacked(quick, tmp_path_factory):
    """The archive of the built book, unpacked; its folder."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("COLLAPSE_BOOK", str(quick[0] / "book"))
        path = tmp_path_factory.mktemp("archive") / "book.zip"
        path.write_bytes(archive.archive(last_build.last_build(Book.here())))
    assert given.faults(path) == []
    with zipfile.ZipFile(path) as opened:
        opened.extractall(path.parent)
    return path.parent / TOP


def test_the_archive_of_the_book_has_its_notebooks_and_figures(unpacked, quick):
    assert {path.stem for path in (unpacked / "site" / "_notebooks").glob("*.ipynb")} == set(Book.here().chapters)
    page = (unpacked / "OPEN-ME.html").read_text(encoding="utf-8")
    figures = list((unpacked / "site" / "_figures").rglob("*.csv"))
    assert figures
    for path in figures:
        for kind in ("svg", "png", "csv"):
            assert path.with_suffix(f".{kind}").is_file()
            assert f'href="{path.relative_to(unpacked).with_suffix(f".{kind}").as_posix()}"' in page


def test_the_archive_of_the_book_can_be_downloaded_in_a_moment(unpacked):
    """What no page loads is not in it."""
    assert (unpacked.parent / "book.zip").stat().st_size < 25e6
    assert not list((unpacked / "site").rglob("*.map"))


@pytest.mark.browser
def test_the_search_in_the_unpacked_archive_finds_a_word(unpacked, browser):
    tab = browser.new_page()
    tab.goto((unpacked / "OPEN-ME.html").as_uri())
    tab.click("text=Read the book")
    tab.wait_for_selector("article h1")
    tab.goto((unpacked / "site" / "search.html").as_uri() + "?q=coalescent")
    tab.wait_for_selector("#search-results li a[href*='fully_synthetic.html']", timeout=30_000)  # one after another
    tab.close()


@pytest.mark.browser
def test_the_menu_of_a_formula_finds_all_that_it_loads(addresses, browser):
    """Collapsible formulas, another output, further commands: MathJax loads each when it is first asked for.

    Exploration is loaded and not switched on: MathJax 3.2.2 then loses the formulas of any page, a bare one too.
    """
    failed, asked = [], []
    tab = browser.new_page()
    tab.on("response", lambda answer: (asked if answer.ok else failed).append(answer.url))
    tab.goto(f"{addresses['http']}/notation.html")
    tab.wait_for_function("window.MathJax?.startup?.promise?.then(() => true)")
    with tab.expect_response("**/complexity.js"):
        tab.evaluate("MathJax.startup.document.menu.menu.pool.lookup('collapsible').setValue(true)")
    tab.wait_for_function("document.querySelectorAll('mjx-container').length > 0")
    tab.evaluate("""async () => {
      const menu = MathJax.startup.document.menu.menu;
      menu.pool.lookup('renderer').setValue('SVG');
      await MathJax.loader.load('[tex]/color', '[tex]/cancel', 'a11y/explorer', 'a11y/complexity');
    }""")
    tab.wait_for_function("document.querySelector('mjx-container[jax=SVG] svg')", timeout=30_000)
    tab.wait_for_timeout(500)
    tab.close()
    assert failed == []
    names = {Path(url.split("?")[0]).name for url in asked}
    assert {"svg.js", "tex.js", "explorer.js", "color.js"} <= names
