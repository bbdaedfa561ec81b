"""Texts: where they come from, in which order they are looked for, and how contexts are counted."""

import collections
import hashlib
import os
import re
from pathlib import Path

import numpy as np
import pooch
import pytest
import requests
from hypothesis import given
from hypothesis import strategies as st

from collapse_lib import InvalidInput, corpora
from collapse_lib.corpora import Text

SHIPPED = "reference"  # a word of the name of the text that Python ships


def text(characters):
    return Text(characters, "a text", "")


@pytest.fixture
def nowhere(tmp_path, monkeypatch):
    """A machine without tiny Shakespeare: no data folder, an empty cache, no network."""
    monkeypatch.delenv("COLLAPSE_DATA", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("COLLAPSE_OFFLINE", "1")
    monkeypatch.setattr(pooch, "retrieve", lambda *_, **__: pytest.fail("nothing may be downloaded here"))
    corpora._download.cache_clear()  # a download is tried once a process
    yield tmp_path
    corpora._download.cache_clear()


def put(folder, characters):
    """Tiny Shakespeare, of these characters, in that folder."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "tinyshakespeare.txt").write_text(characters, encoding="utf-8")
    return folder


# Contexts ---------------------------------------------------------------------------------------------------------


def by_hand(characters, length):
    """{context: Counter of next characters}, place by place."""
    counted = collections.defaultdict(collections.Counter)
    for i in range(len(characters) - length):
        counted[characters[i : i + length]][characters[i + length]] += 1
    return dict(counted)


def as_dict(counted):
    table = {}
    for context, row in zip(counted.contexts, counted.counts, strict=True):
        table[context] = collections.Counter({counted.alphabet[k]: int(row[k]) for k in np.flatnonzero(row)})
    return table


short_texts = st.text(st.sampled_from("ab \né😀"), min_size=6, max_size=80)
lengths = st.integers(1, 5)


@given(short_texts, lengths)
def test_contexts_are_counted_as_by_hand(characters, length):
    assert as_dict(corpora.contexts(text(characters), length)) == by_hand(characters, length)


@given(short_texts, lengths)
def test_every_place_of_the_text_is_counted_once(characters, length):
    assert corpora.contexts(text(characters), length).counts.sum() == len(characters) - length


@given(short_texts, lengths)
def test_the_most_frequent_context_comes_first(characters, length):
    assert (np.diff(corpora.contexts(text(characters), length).counts.sum(axis=1)) <= 0).all()


@given(short_texts, lengths)
def test_the_pairs_are_the_places_in_order(characters, length):
    counted = corpora.contexts(text(characters), length)
    read = [counted.contexts[j][:1] for j in counted.pairs[0]]
    assert "".join(read) == characters[: len(characters) - length]
    assert "".join(counted.alphabet[k] for k in counted.pairs[1]) == characters[length:]


@pytest.mark.parametrize(("alphabet", "length"), [(4, 40), (512, 8)])
def test_contexts_that_differ_in_their_first_character_only_are_told_apart(alphabet, length):
    """However many contexts are possible: more than 2^64 here."""
    letters = [chr(0x4E00 + i) for i in range(alphabet)]
    tail = letters[1] * (length - 1)
    characters = "".join([*letters, letters[0], tail, letters[3], letters[2], tail, letters[0]])
    assert as_dict(corpora.contexts(text(characters), length)) == by_hand(characters, length)


@pytest.mark.parametrize("length", [0, -1])
def test_a_context_has_at_least_one_character(length):
    with pytest.raises(InvalidInput, match="at least 1"):
        corpora.contexts(text("abc"), length)


@pytest.mark.parametrize("characters", ["", "abc"])
def test_a_text_shorter_than_its_contexts_is_refused(characters):
    with pytest.raises(InvalidInput, match=f"has {len(characters)} characters"):
        corpora.contexts(text(characters), 3)


def test_the_head_of_a_text_keeps_its_name():
    assert Text("abcdef", "name", "source").head(3) == Text("abc", "name", "source")


def test_the_head_of_a_short_text_is_all_of_it():
    assert text("abc").head(10).characters == "abc"


# Where tiny Shakespeare is looked for -----------------------------------------------------------------------------


def test_the_data_folder_comes_first(nowhere, monkeypatch):
    put(nowhere / "cache" / "collapse_lib", "from the cache")
    monkeypatch.setenv("COLLAPSE_DATA", str(put(nowhere / "data", "from the folder")))
    assert corpora.load().characters == "from the folder"


def test_the_cache_comes_second(nowhere, monkeypatch):
    put(nowhere / "cache" / "collapse_lib", "from the cache")
    monkeypatch.setenv("COLLAPSE_DATA", str(nowhere))
    found = corpora.load()
    assert found.characters == "from the cache"
    assert "cache" in found.source


def test_without_a_network_the_text_is_the_one_that_python_ships(nowhere):
    found = corpora.load()
    assert SHIPPED in found.name
    assert len(found.characters) > 100_000


def test_the_text_used_instead_says_why(nowhere):
    assert "because" in corpora.load().source
    assert "Shakespeare" in corpora.load().source


def test_offline_means_no_download(nowhere):
    corpora.load()  # the fixture fails the test where a download is tried


def test_a_failing_download_falls_back(nowhere, monkeypatch):
    def refuse(*_, **__):
        raise requests.ConnectionError("no route")

    monkeypatch.delenv("COLLAPSE_OFFLINE")
    monkeypatch.setattr(pooch, "retrieve", refuse)
    assert SHIPPED in corpora.load().name


def test_a_damaged_download_falls_back(nowhere, monkeypatch):
    def refuse(*_, **__):
        raise ValueError("SHA256 hash of downloaded file does not match")

    monkeypatch.delenv("COLLAPSE_OFFLINE")
    monkeypatch.setattr(pooch, "retrieve", refuse)
    assert SHIPPED in corpora.load().name


def test_a_download_is_checked_and_used_and_found_again(nowhere, monkeypatch):
    asked = []

    def retrieve(address, known_hash, fname, path, **_):
        asked.append((address, known_hash))
        return str(put(Path(path), "downloaded") / fname)

    monkeypatch.delenv("COLLAPSE_OFFLINE")
    monkeypatch.setattr(pooch, "retrieve", retrieve)
    first, second = corpora.load(), corpora.load()
    assert first.characters == second.characters == "downloaded"
    assert "download" in first.source
    assert asked == [(corpora.ADDRESS, f"sha256:{corpora.SHA256}")]


def test_the_copy_in_the_data_folder_is_the_known_one():
    path = Path(os.environ.get("COLLAPSE_DATA", "")) / "tinyshakespeare.txt"
    if not path.is_file():
        pytest.skip("COLLAPSE_DATA names no folder with tinyshakespeare.txt")
    assert hashlib.sha256(path.read_bytes()).hexdigest() == corpora.SHA256


# A reader's own text ----------------------------------------------------------------------------------------------


def test_a_readers_own_text_is_read(tmp_path):
    path = tmp_path / "mine.txt"
    path.write_text("Ça alors\n", encoding="utf-8")
    found = corpora.load(str(path))
    assert (found.characters, found.name) == ("Ça alors\n", "mine.txt")


def test_a_text_is_found_from_the_folder_where_one_is(tmp_path, monkeypatch):
    (tmp_path / "mine.txt").write_text("abc", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    assert corpora.load("mine.txt").characters == "abc"


def test_the_source_of_a_readers_text_does_not_tell_where_it_lies(tmp_path):
    (tmp_path / "mine.txt").write_text("abc", encoding="utf-8")
    assert str(tmp_path) not in corpora.load(str(tmp_path / "mine.txt")).source


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("missing.txt", None, "no such file"),
        ("", None, "is a directory"),
        ("latin.txt", "café".encode("latin-1"), "not UTF-8"),
        ("empty.txt", b"", "is empty"),
    ],
)
def test_a_text_that_cannot_be_used_is_refused_in_one_sentence(tmp_path, name, content, reason):
    path = tmp_path / name
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(InvalidInput) as refusal:
        corpora.load(str(path))
    said = str(refusal.value)
    assert str(path) in said
    assert reason in said
    assert re.fullmatch(r"[^\n]+\.", said)


# Fingerprints -----------------------------------------------------------------------------------------------------


def test_a_fingerprint_changes_with_the_text(tmp_path):
    path = tmp_path / "mine.txt"
    path.write_text("abc", encoding="utf-8")
    before = corpora.fingerprint(str(path))
    path.write_text("abd", encoding="utf-8")
    assert corpora.fingerprint(str(path)) != before


def test_a_fingerprint_is_of_the_text_and_not_of_its_name(tmp_path):
    for name in ("one.txt", "two.txt"):
        (tmp_path / name).write_text("abc", encoding="utf-8")
    assert corpora.fingerprint(str(tmp_path / "one.txt")) == corpora.fingerprint(str(tmp_path / "two.txt"))


def test_a_text_that_is_not_there_has_no_fingerprint(nowhere):
    assert corpora.fingerprint() == corpora.fingerprint(str(nowhere / "missing.txt")) == "none"


def test_tiny_shakespeare_has_the_fingerprint_of_the_copy_that_would_be_read(nowhere, monkeypatch):
    put(nowhere / "cache" / "collapse_lib", "from the cache")
    in_cache = corpora.fingerprint()
    monkeypatch.setenv("COLLAPSE_DATA", str(put(nowhere / "data", "from the folder")))
    assert in_cache == hashlib.sha256(b"from the cache").hexdigest()
    assert corpora.fingerprint() == hashlib.sha256(b"from the folder").hexdigest()
