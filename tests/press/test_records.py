"""Files that are never half-written, folders that appear whole or not at all, and digests of what was used."""

import hashlib
import json
import stat
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import collapse_lib
from collapse_lib import records


class Stop(Exception):
    """What goes wrong in the middle."""


def stop(*_, **__):
    raise Stop


def names(folder):
    return sorted(path.name for path in folder.iterdir())


# Files ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "read"), [("Ça", "Ça".encode()), (b"\0\xff", b"\0\xff")], ids=["text", "bytes"]
)
def test_what_is_written_is_read_back(tmp_path, content, read):
    records.write(tmp_path / "a", content)
    assert (tmp_path / "a").read_bytes() == read


def test_a_dict_becomes_json(tmp_path):
    records.write(tmp_path / "a.json", {"ρ": [1, None]})
    assert json.loads((tmp_path / "a.json").read_text(encoding="utf-8")) == {"ρ": [1, None]}


def test_writing_makes_the_folders_above(tmp_path):
    records.write(tmp_path / "b" / "c" / "a", "text")
    assert (tmp_path / "b" / "c" / "a").is_file()


def test_writing_again_replaces(tmp_path):
    for content in ("a long old text", "new"):
        records.write(tmp_path / "a", content)
    assert (tmp_path / "a").read_text(encoding="utf-8") == "new"


@pytest.mark.parametrize("step", ["replace", "chmod"])
def test_a_failure_while_writing_leaves_the_old_file_and_nothing_else(tmp_path, monkeypatch, step):
    records.write(tmp_path / "a", "old")
    monkeypatch.setattr(Path, step, stop)
    with pytest.raises(Stop):
        records.write(tmp_path / "a", "new")
    assert names(tmp_path) == ["a"]
    assert (tmp_path / "a").read_text(encoding="utf-8") == "old"


def test_content_that_is_no_json_leaves_the_old_file_and_nothing_else(tmp_path):
    records.write(tmp_path / "a", "old")
    with pytest.raises(TypeError):
        records.write(tmp_path / "a", {"set": {1}})
    assert names(tmp_path) == ["a"]
    assert (tmp_path / "a").read_text(encoding="utf-8") == "old"


def test_other_people_can_read_what_is_written(tmp_path):
    records.write(tmp_path / "a", "text")
    assert stat.S_IMODE((tmp_path / "a").stat().st_mode) == 0o644


# Folders ----------------------------------------------------------------------------------------------------------


def test_a_folder_appears_when_it_is_full(tmp_path):
    with records.folder(tmp_path / "runs" / "one") as fresh:
        (fresh / "a").write_text("a", encoding="utf-8")
        assert not (tmp_path / "runs" / "one").exists()
    assert names(tmp_path / "runs") == ["one"]
    assert names(tmp_path / "runs" / "one") == ["a"]


def test_a_folder_replaces_an_older_one_entirely(tmp_path):
    for name in ("old", "new"):
        with records.folder(tmp_path / "one") as fresh:
            (fresh / name).write_text("", encoding="utf-8")
    assert names(tmp_path) == ["one"]
    assert names(tmp_path / "one") == ["new"]


def fill_and_fail(target):
    with records.folder(target) as fresh:
        (fresh / "new").write_text("", encoding="utf-8")
        stop()


def test_a_folder_that_fails_vanishes(tmp_path):
    with pytest.raises(Stop):
        fill_and_fail(tmp_path / "one")
    assert names(tmp_path) == []


def test_a_folder_that_fails_leaves_the_older_one(tmp_path):
    with records.folder(tmp_path / "one") as fresh:
        (fresh / "old").write_text("", encoding="utf-8")
    with pytest.raises(Stop):
        fill_and_fail(tmp_path / "one")
    assert names(tmp_path) == ["one"]
    assert names(tmp_path / "one") == ["old"]


def test_other_people_can_open_a_folder(tmp_path):
    with records.folder(tmp_path / "one"):
        pass
    assert stat.S_IMODE((tmp_path / "one").stat().st_mode) == 0o755


# Digests ----------------------------------------------------------------------------------------------------------


@given(st.lists(st.binary(max_size=3), max_size=4), st.lists(st.binary(max_size=3), max_size=4))
def test_digests_differ_where_the_parts_do(one, two):
    assert (records.digest(*one) == records.digest(*two)) == (one == two)


def test_a_digest_keeps_the_parts_apart():
    assert len({records.digest("ab", "c"), records.digest("a", "bc"), records.digest("abc")}) == 3


def test_a_text_has_the_digest_of_its_bytes():
    assert records.digest("σ") == records.digest("σ".encode())


def tree(folder, **files):
    folder.mkdir()
    for name, content in files.items():
        (folder / f"{name}.py").write_text(content, encoding="utf-8")
    return records.tree_digest(folder)


def test_a_tree_digest_sees_names_and_contents(tmp_path):
    found = [
        tree(tmp_path / "1", a="x", b="y"),
        tree(tmp_path / "2", a="y", b="x"),
        tree(tmp_path / "3", a="x", c="y"),
        tree(tmp_path / "4", a="x"),
        tree(tmp_path / "5"),
    ]
    assert len(set(found)) == len(found)


def test_a_tree_digest_does_not_depend_on_where_the_tree_stands(tmp_path):
    assert tree(tmp_path / "1", a="x", b="y") == tree(tmp_path / "2", b="y", a="x")


def test_a_tree_digest_sees_folders_below(tmp_path):
    before = tree(tmp_path / "1", a="x")
    (tmp_path / "1" / "below").mkdir()
    (tmp_path / "1" / "below" / "b.py").write_text("y", encoding="utf-8")
    assert records.tree_digest(tmp_path / "1") != before


def test_a_tree_digest_ignores_other_files(tmp_path):
    before = tree(tmp_path / "1", a="x")
    (tmp_path / "1" / "notes.txt").write_text("y", encoding="utf-8")
    assert records.tree_digest(tmp_path / "1") == before


def test_the_library_digest_is_of_the_source_that_runs():
    assert records.library_digest() == records.tree_digest(Path(collapse_lib.__file__).parent)


# Provenance -------------------------------------------------------------------------------------------------------


def test_provenance_has_what_a_manifest_needs():
    found = json.loads(json.dumps(records.provenance()))
    assert {"python", "platform", "versions", "library_sha256", "commit"} <= set(found)
    assert {"numpy", "scipy", "matplotlib", "papermill", "jupyter-book"} <= set(found["versions"])
    assert found["versions"]["collapse-lib"] == collapse_lib.__version__
    assert found["library_sha256"] == records.library_digest()


def test_outside_a_checkout_there_is_no_commit(tmp_path, monkeypatch):
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    monkeypatch.setattr(records, "LIBRARY", tmp_path)
    assert records.commit() is None


def test_without_git_there_is_no_commit(monkeypatch):
    def missing(*_, **__):
        raise FileNotFoundError("git")

    monkeypatch.setattr(subprocess, "run", missing)
    assert records.commit() is None


def test_a_commit_is_the_start_of_a_hash(tmp_path, monkeypatch):
    def git(*words):
        subprocess.run(["git", "-c", "user.name=n", "-c", "user.email=e@e", *words], cwd=tmp_path, check=True)

    git("init", "--quiet")
    (tmp_path / "a").write_text("one", encoding="utf-8")
    git("add", "a")
    git("commit", "--quiet", "--message", "one")
    full = subprocess.run(["git", "rev-parse", "HEAD"], cwd=tmp_path, capture_output=True, text=True, check=True)
    monkeypatch.setattr(records, "LIBRARY", tmp_path)
    assert records.commit() == full.stdout[:12]
    (tmp_path / "a").write_text("two", encoding="utf-8")
    assert records.commit() == full.stdout[:12] + "-dirty"


def test_a_digest_is_sha_256():
    framed = (2).to_bytes(8, "big") + b"ab"
    assert records.digest("ab") == hashlib.sha256(framed).hexdigest()
