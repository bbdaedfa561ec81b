"""Texts: where they come from, in which order they are looked for, and how contexts are counted."""

import collections
import hashlib
import importlib.util
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

ROOT = Path(__file__).parents[2]
SPEECH = "One speaks.\nAnother answers.\n"  # stands for tiny Shakespeare


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


@pytest.fixture
def speech(nowhere, monkeypatch):
    """The same, and `SPEECH` passes for tiny Shakespeare."""
    monkeypatch.setattr(corpora, "SHA256", hashlib.sha256(SPEECH.encode()).hexdigest())
    return nowhere


def put(folder, characters=SPEECH):
    """Tiny Shakespeare, of these characters, in that folder."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "tinyshakespeare.txt").write_text(characters, encoding="utf-8")
    return folder


def shakespeare():
    return corpora.load(corpora.TINY_SHAKESPEARE)


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


# The book's text --------------------------------------------------------------------------------------------------


def test_the_books_text_is_the_default_and_needs_no_network(nowhere):
    found = corpora.load()
    assert found == corpora.load("book")
    assert 150_000 <= len(found.characters) <= 150_100
    assert found.characters.isascii()
    assert len(set(found.characters)) <= 85
    assert corpora.fingerprint() == corpora.BOOK_SHA256


def test_the_books_text_is_whole_sentences_each_once(nowhere):
    paragraphs = corpora.load().characters.splitlines()
    assert len(paragraphs) == len(set(paragraphs)) > 500
    assert all(re.fullmatch(r"""["'(]?[A-Z0-9].+[.?!]["')]*""", paragraph) for paragraph in paragraphs)
    assert not re.search(r"http|`|\\|\{|\}|  ", corpora.load().characters)


def test_the_books_text_is_found_wherever_one_is(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert corpora.load().characters
    monkeypatch.setenv("COLLAPSE_BOOK", str(tmp_path))
    assert corpora.load().characters


def test_a_book_whose_text_was_changed_is_refused(tmp_path, monkeypatch):
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "prose.txt").write_text("Another text.\n", encoding="utf-8")
    monkeypatch.setenv("COLLAPSE_BOOK", str(tmp_path))
    with pytest.raises(InvalidInput, match="not in the book's folder as it was made"):
        corpora.load()


# Where tiny Shakespeare is looked for -----------------------------------------------------------------------------


def test_the_data_folder_comes_first(speech, monkeypatch):
    put(speech / "cache" / "collapse_lib")
    monkeypatch.setenv("COLLAPSE_DATA", str(put(speech / "data")))
    found = shakespeare()
    assert found.characters == SPEECH
    assert "data folder" in found.source


def test_the_cache_comes_second(speech, monkeypatch):
    put(speech / "cache" / "collapse_lib")
    monkeypatch.setenv("COLLAPSE_DATA", str(speech))
    found = shakespeare()
    assert found.characters == SPEECH
    assert "cache" in found.source


def test_another_text_in_the_data_folder_is_refused(speech, monkeypatch):
    put(speech / "cache" / "collapse_lib")
    monkeypatch.setenv("COLLAPSE_DATA", str(put(speech / "data", "another text")))
    with pytest.raises(InvalidInput, match="is not tiny Shakespeare"):
        shakespeare()


def test_another_text_in_the_cache_is_not_read(speech):
    put(speech / "cache" / "collapse_lib", "half of it")
    with pytest.raises(InvalidInput, match="not on this machine"):
        shakespeare()


def test_without_it_and_a_network_one_is_told_what_to_do(nowhere):
    with pytest.raises(InvalidInput) as refusal:  # and the fixture fails the test where a download is tried
        shakespeare()
    assert re.fullmatch(r"[^\n]+\.", str(refusal.value))
    assert "'book'" in str(refusal.value)


@pytest.mark.parametrize(
    "failure", [requests.ConnectionError("no route"), ValueError("SHA256 hash does not match")]
)
def test_a_failing_or_damaged_download_is_told_in_a_sentence(nowhere, monkeypatch, failure):
    def refuse(*_, **__):
        raise failure

    monkeypatch.delenv("COLLAPSE_OFFLINE")
    monkeypatch.setattr(pooch, "retrieve", refuse)
    with pytest.raises(InvalidInput, match="was not downloaded"):
        shakespeare()


def test_a_download_is_checked_and_used_and_found_again(speech, monkeypatch):
    asked = []

    def retrieve(address, known_hash, fname, path, **_):
        asked.append((address, known_hash))
        return str(put(Path(path)) / fname)

    monkeypatch.delenv("COLLAPSE_OFFLINE")
    monkeypatch.setattr(pooch, "retrieve", retrieve)
    first, second = shakespeare(), shakespeare()
    assert first.characters == second.characters == SPEECH
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
        ("binary.txt", b"a\0b", "NUL"),
        ("aaa.txt", b"aaa", "one character, repeated"),
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


def test_a_text_is_read_as_far_as_it_is_asked_for(tmp_path):
    (tmp_path / "mine.txt").write_bytes("é".encode() + b"b" * 100_000 + b"\xff")
    assert corpora.load(str(tmp_path / "mine.txt"), 3).characters == "ébb"


def test_a_text_that_is_too_large_is_refused_unread(tmp_path):
    path = tmp_path / "large.txt"
    with path.open("wb") as file:
        file.truncate(corpora.LARGEST + 1)
    with pytest.raises(InvalidInput, match="larger than 256 MiB"):
        corpora.load(str(path), 10)
    assert corpora.fingerprint(str(path)) == "none"


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no FIFOs")
def test_what_is_no_regular_file_is_refused_unread(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(InvalidInput, match="no regular file"):
        corpora.load(str(tmp_path / "pipe"))
    assert corpora.fingerprint(str(tmp_path / "pipe")) == "none"


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
    for corpus in (corpora.TINY_SHAKESPEARE, str(nowhere / "missing.txt")):
        assert corpora.fingerprint(corpus) == "none"


def test_tiny_shakespeare_has_the_fingerprint_of_the_copy_that_would_be_read(nowhere, monkeypatch):
    put(nowhere / "cache" / "collapse_lib", "from the cache")
    in_cache = corpora.fingerprint(corpora.TINY_SHAKESPEARE)
    monkeypatch.setenv("COLLAPSE_DATA", str(put(nowhere / "data", "from the folder")))
    assert in_cache == hashlib.sha256(b"from the cache").hexdigest()
    assert corpora.fingerprint(corpora.TINY_SHAKESPEARE) == hashlib.sha256(b"from the folder").hexdigest()


# Making another text ----------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def script():
    """benchmarks/text.py, which made the book's text."""
    spec = importlib.util.spec_from_file_location("making_text", ROOT / "benchmarks" / "text.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


PAGE = """\
# A title

Let $n$ be **large**, say $n > 50$; {term}`tokens <token>` of [a page](page.md) stay. Here $x^2$ does not.
{cite:t}`seddik2024bad` say {cite:p}`seddik2024bad` so (Pólya, et al. too).

| a table | that goes |
|---|---|

```python
goes_too()
```

::::{prf:theorem} a title
:label: it

What is stated stays.
::::
"""


def test_a_page_becomes_whole_sentences(script):
    paragraphs = [" ".join(script.sentences(paragraph)) for paragraph in script.paragraphs(PAGE)]
    assert [each for each in paragraphs if each] == [
        "Let n be large, say n > 50; tokens of a page stay. Seddik and others say so (Polya, et al. too).",
        "What is stated stays.",
    ]


def test_another_text_is_written_into_a_new_file_only(script, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(script, "prose", lambda: iter(["One paragraph."] * 3))
    script.main(tmp_path / "new.txt")
    assert (tmp_path / "new.txt").read_bytes() == b"One paragraph.\n" * 3
    with pytest.raises(SystemExit, match="is there already"):
        script.main(tmp_path / "new.txt")


def test_the_book_gives_prose_enough(script):
    prose = list(script.prose())
    assert sum(map(len, prose)) > script.LENGTH
    assert len(prose) == len(set(prose))
