"""What others made (a run folder, a zip, a record, an address) runs nothing, asks nobody, breaks no command."""

import base64
import contextlib
import functools
import hashlib
import html
import http.server
import importlib
import json
import os
import re
import threading
import time
import warnings
import zipfile
from urllib.parse import quote

import nbformat
import pytest
from click.testing import CliRunner
from conftest import ROOT, Quiet
from test_compare import keep, run_of, verdict

from collapse_lib import InvalidInput, shapes
from collapse_lib.claims.ledger import MIME as LEDGER
from collapse_lib.commands.main import main
from collapse_lib.gpt import recorded
from collapse_lib.plotting import MIME as PLATE
from collapse_lib.press.book import Book
from collapse_lib.press.editions import packed as unpacked
from collapse_lib.press.executed import GLUE, numbers
from collapse_lib.press.publish.addresses import site_address

RAN = "void (top.document.title = 'ran')"
BREAKS = f"""</style></title></script>"><script>{RAN}</script><img src="nowhere" onerror="{RAN}">"""
"""A text that runs where it is taken for HTML."""

EVIL_SVG = f"""<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="0 0 9 9"
 onload="{RAN}"><script>{RAN}</script><style>@import "LEAK/style"; svg {{ background: url(LEAK/paint) }}</style>
<image href="LEAK/picture" width="9" height="9"/><foreignObject width="9" height="9"><iframe
 xmlns="http://www.w3.org/1999/xhtml" src="javascript:{RAN}"></iframe></foreignObject>
<a href="javascript:{RAN}"><rect width="9" height="9"/></a><circle r="3" onmouseover="{RAN}"/></svg>"""

LINK = f"javascript:{RAN}"
TEX = rf"\(\href{{{LINK}}}{{x}} \require{{html}} \mmlToken{{mi}}[href='{LINK}']{{y}} \cancel{{z}}\)"


def collapse(*words):
    return CliRunner().invoke(main, [*words])


def refused(done):
    """The one sentence of a mistake."""
    assert done.exit_code == 2, (done.output, done.exception)
    assert done.stdout == ""
    assert re.fullmatch(r"Error: [^\n]+\.\n", done.stderr), done.stderr
    assert done.stderr.isprintable() or done.stderr[:-1].isprintable()
    return done.stderr


# A run folder: its shape ------------------------------------------------------------------------------------------


def changed(values, path, new):
    """A copy of plain values in which what is at a path is something else, or gone where `new` is GONE."""
    copy = json.loads(json.dumps(values))
    *way, last = path
    place = functools.reduce(lambda inner, step: inner[step], way, copy)
    if new is GONE:
        del place[last]
    else:
        place[last] = new
    return copy


GONE = object()
DEEP = "[" * 100_000
HUGE = 10**400

MANIFESTS = [
    "", "[]", "null", "5", '"one"', "{", DEEP, "\N{EM DASH}", '{"chapter": "one"}', '{"chapter": NaN}',
    *[
        (path, new)
        for path, values in {
            ("chapter",): (GONE, None, 5, "", ["one"], "../one", "/etc/x", "a/../one", "a" * 500, "o\0ne", "two"),
            ("parameters",): (GONE, None, [], "n", {"<b>": 1}, {"": 1}, {"n?": {}}, {"n\n": 1}),
            ("parameters", "n"): (
                None, {}, [[1]], [None], float("nan"), float("inf"), HUGE, "a\nb", "\x1b[2J", "\ud800",
            ),
            ("seconds",): ("5", -1, True, [1], 1e300, HUGE),
            ("memory",): ("5", -1, {}),
            ("started",): ("yesterday", 5, "", "2026-13-01", "2026-01-01\n"),
            ("version",): (5, ["1"], "\x1b[31m", "a\u202eb"),
            ("commit",): (True, {}, "a\nb"),
            ("preset",): (None, 5, "a\x07"),
            ("failed",): ("yes", [1], True, {"cell": "three"}, {"error": "x"}),
        }.items()
        for new in values
    ],
]  # fmt: skip
"""Contents of a manifest, or what is changed in a good one."""

OUTPUTS = ("cells", 0, "outputs")
SAYS, JUDGES, DRAWS = ((*OUTPUTS, i) for i in range(3))
CLAIM, VERDICT = (*JUDGES, "data", LEDGER, 0, "claim"), (*JUDGES, "data", LEDGER, 0, "verdict")
PICTURE = (*DRAWS, "data", PLATE)

NOTEBOOKS = [
    "", "[]", "{}", "{", DEEP,
    *[
        (path, new)
        for path, values in {
            ("nbformat",): (GONE, 3, 99, "4", None),
            ("nbformat_minor",): (GONE, "x", -1),
            ("cells",): (GONE, None, {}, [5], [{}], [{"cell_type": "evil"}]),
            ("metadata",): (GONE, []),
            ("cells", 0, "id"): (GONE, 5, "a b", ""),
            OUTPUTS: (None, {}, [5], [{}], [{"output_type": "evil"}]),
            (*SAYS, "metadata"): (GONE, [], {"scrapbook": 5}, {"scrapbook": {"name": "<b>"}}, {"scrapbook": {}}),
            (*SAYS, "data", GLUE): (5, None, {}, "x" * 5000, [5]),
            (*DRAWS, "data"): (None, [], {PLATE: {}}),
            PICTURE: (None, [], "x", {}),
            (*PICTURE, "name"): (GONE, "../../x", "", 5, 'a" onload="x', "a b"),
            (*PICTURE, "alt"): (GONE, None, ["x"]),
            (*PICTURE, "csv"): (GONE, 5),
            (*DRAWS, "data", "image/svg+xml"): (GONE, 5, {}),
            (*DRAWS, "data", "image/png"): (GONE, 5),
            (*JUDGES, "data", LEDGER): ({}, [5], [{}], "x", [[]], None),
            CLAIM: (GONE, None, [], {}),
            (*CLAIM, "id"): (GONE, '"><script>', "", 5, "a b"),
            (*CLAIM, "unknown"): ("x",),
            (*CLAIM, "statement"): (GONE, 5),
            (*CLAIM, "expects"): ("approved", None),
            VERDICT: (GONE, None, [], {}),
            (*VERDICT, "kind"): (GONE, "<b>", "approved", 5, ["supported"]),
            (*VERDICT, "measured"): (GONE, None, "1e5x", "x", True, 1e308, HUGE, [1]),
            (*VERDICT, "interval"): (GONE, [1], [1, 2, 3], "nan", [None, None], {"0": 1}),
            (*VERDICT, "p_support"): (-1, 2, "x", "nan", None),
            (*VERDICT, "relation"): ("<", "", None),
            (*VERDICT, "samples"): (1.5, "x", True, None, HUGE),
            (*VERDICT, "note"): (5, None),
            (*VERDICT, "sensitivity"): ("x", [], 1e301),
            (*VERDICT, "unknown"): (1,),
        }.items()
        for new in values
    ],
]  # fmt: skip
"""The same for its notebook."""


def told(value):
    """A change in a few characters, for a test's name."""
    if isinstance(value, str):
        return ascii(value[:12])
    return f"{'.'.join(map(str, value[0][-2:]))}={'gone' if value[1] is GONE else ascii(value[1])[:20]}"


def left_in(folder, file, given, here):
    """Leave a good run in a folder but for one file."""
    keep(here / folder, GOOD)
    path = here / folder / file
    content = given if isinstance(given, str) else json.dumps(changed(json.loads(path.read_text()), *given))
    path.write_text(content, encoding="utf-8")


GOOD = run_of(
    {"n": 5}, {"T": "1"}, {"a/b": verdict(0.9, 1.1)}, {"first": "x\n1\n"},
    started="2026-11-22T12:58:03+00:00", commit=None,
)  # fmt: skip


@pytest.fixture
def here(small_book, tmp_path, monkeypatch):
    """A folder with one good run."""
    small_book(one="pass", two="pass")
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    keep(tmp_path / "here" / "good", GOOD)
    return tmp_path / "here"


def test_the_run_that_is_changed_in_these_tests_is_a_good_one(here):
    left_in("bad", "manifest.json", (("unknown",), {"a": [1]}), here)
    assert collapse("compare", "good", "bad").exit_code == 0


@pytest.mark.parametrize("given", MANIFESTS, ids=told)
def test_a_manifest_of_another_shape_is_one_sentence(here, given):
    left_in("bad", "manifest.json", given, here)
    before = sorted(here.rglob("*"))
    said = refused(collapse("compare", "good", "bad"))
    assert len(said) < 400
    assert sorted(here.rglob("*")) == before


@pytest.mark.parametrize("given", NOTEBOOKS, ids=told)
def test_a_notebook_of_another_shape_is_one_sentence(here, given):
    left_in("bad", "one.ipynb", given, here)
    before = sorted(here.rglob("*"))
    said = refused(collapse("compare", "good", "bad"))
    assert len(said) < 400
    assert sorted(here.rglob("*")) == before


@pytest.mark.parametrize("file", ["manifest.json", "one.ipynb"])
@pytest.mark.parametrize("kind", ["fifo", "folder", "loop", "endless", "large"])
def test_what_is_no_regular_file_of_a_moderate_size_is_not_read(here, monkeypatch, file, kind):
    keep(here / "bad", GOOD)
    path = here / "bad" / file
    path.unlink()
    if kind == "fifo":
        os.mkfifo(path)
    elif kind == "folder":
        path.mkdir()
    elif kind == "large":
        monkeypatch.setattr(shapes, "MOST", 1000)
        path.write_text(" " * 1001)
    else:
        path.symlink_to(path if kind == "loop" else "/dev/zero")
    refused(collapse("compare", "good", "bad"))


@pytest.mark.parametrize("words", ["__import__('os').getpid()", "(" * 900, "-" * 900 + "1", "'a'\0", "[]"])
def test_words_that_are_no_text_are_shown_and_not_evaluated(words):
    output = nbformat.v4.new_output("display_data", {GLUE: words}, metadata={"scrapbook": {"name": "a"}})
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(outputs=[output])])
    assert numbers(notebook) == {"a": words}


# An experiment and its record -------------------------------------------------------------------------------------

LAPTOP = json.loads((ROOT / "book" / "data" / "transformers" / "laptop.json").read_text(encoding="utf-8"))
ROW = ("runs", 0, "settings", "half", 1)

OF_THE_EXPERIMENT = [
    (path, new)
    for path, values in {
        ("preset",): (GONE, None, [], "laptop", {}),
        ("preset", "name"): (GONE, 5, "", "../../evil", "/evil", "a/b", "a\\b", "..", "a\0", "a\nb", "x" * 99),
        ("preset", "unknown"): (1,),
        ("preset", "seeds"): (GONE, 5, [], ["0"], [-1], [True], [HUGE], [0.5]),
        ("preset", "size"): (0, -1, "12800", 12800.5, HUGE, 12801, True),
        ("preset", "contexts"): (0, None),
        ("preset", "generations"): (0, [1]),
        ("preset", "architecture"): (GONE, None, [], {}),
        ("preset", "architecture", "heads"): (0, -4, 5, "4"),
        ("preset", "architecture", "dropout"): (-0.1, 1, "0", float("nan")),
        ("preset", "architecture", "unknown"): (1,),
        ("preset", "recipe", "iterations"): (0, 1e3, HUGE),
        ("preset", "recipe", "betas"): ([0.9], 0.9, [0.9, "x"], None),
        ("preset", "recipe", "learning_rate"): (0, -1, "x"),
        ("corpus",): (GONE, None, 5, "a\x1bb"),
        ("device",): (GONE, "../cpu", "cuda:x", "cpu; rm", 5),
        ("provenance",): (GONE, None, {}),
    }.items()
    for new in values
]
OF_THE_RECORD = [
    (path, new)
    for path, values in {
        ("runs",): (GONE, None, {}, [], [5]),
        ("runs", 0, "seed"): (GONE, "0", -1, 1, None),
        ("runs", 0, "floor"): (GONE, "2", None, float("inf")),
        ("runs", 0, "truth", "law"): (GONE, [], [[1]], [[]] * 300, [[0]] * 300, [[-1]] * 300, [["1"]] * 300),
        ("runs", 0, "seen"): (GONE, {}, []),
        ("runs", 0, "seen", "2"): ([], [-1] * 300, [0.5] * 300),
        ("runs", 0, "settings"): (GONE, [], {"half": []}),
        ("runs", 0, "settings", "half"): (GONE, [], {}, None),
        ROW: (None, [], {}),
        (*ROW, "generation"): (GONE, 1, 99, "2"),
        (*ROW, "deviation"): (GONE, 0.5, [0.5], [0.5, None], [0.1, 0.2, 0.3], [1e300, 0]),
        (*ROW, "curve"): (GONE, [], [[1]], [[1, 2]], [[1, "x"]]),
        (*ROW, "sample"): (GONE, 5, "\ud800"),
        (*ROW, "seconds"): ([], ["1", "2"]),
    }.items()
    for new in values
]


@pytest.mark.parametrize("given", ["", "[]", "5", DEEP, "{}", *OF_THE_EXPERIMENT], ids=told)
def test_an_experiment_of_another_shape_is_one_sentence_and_nothing_is_written(here, monkeypatch, given):
    monkeypatch.setattr("collapse_lib.gpt.presets.require_torch", lambda: None)
    note = {name: value for name, value in LAPTOP.items() if name not in ("runs", "sha256", "ended")}
    text = given if isinstance(given, str) else json.dumps(changed(note, *given))
    (here / "experiment.json").write_text(text, encoding="utf-8")
    before = sorted(here.parent.rglob("*"))
    refused(collapse("gpt", "--resume", "."))
    assert sorted(here.parent.rglob("*")) == before


@pytest.mark.parametrize("given", ["", "[]", "5", DEEP, "{}", *OF_THE_EXPERIMENT, *OF_THE_RECORD], ids=told)
def test_a_record_of_another_shape_is_one_sentence_though_its_digest_fits(here, given):
    values = given if isinstance(given, str) else changed(LAPTOP, *given)
    if isinstance(values, dict):
        with contextlib.suppress(UnicodeEncodeError):
            values = recorded.sealed(values)
        values = json.dumps(values)
    (here / "record.json").write_text(values, encoding="utf-8")
    with pytest.raises(InvalidInput, match=r"\A[^\n]{1,400}\.\Z"):
        recorded.read(str(here / "record.json"))


def test_the_record_that_is_changed_in_these_tests_is_a_good_one(here):
    (here / "record.json").write_text(
        json.dumps(recorded.sealed(changed(LAPTOP, ("unknown",), 5))), encoding="utf-8"
    )
    assert recorded.read(str(here / "record.json")).seeds == (0, 1, 2, 3)


def test_a_check_on_a_record_of_another_shape_is_one_sentence(here):
    (here / "record.json").write_text(json.dumps(recorded.sealed(changed(LAPTOP, ROW, None))), encoding="utf-8")
    assert "half[1]" in refused(collapse("check", "figure-5/stable", "-p", "record", "record.json"))


@pytest.mark.parametrize("content", [b"", b"text", b"\x80\x04cos\nsystem\n(S'touch ran'\ntR.", b"PK\3\4"])
def test_what_is_no_model_on_a_shelf_is_one_sentence_and_runs_nothing(here, content):
    torch = pytest.importorskip("torch") if not os.environ.get("CI") else importlib.import_module("torch")
    assert torch
    training = importlib.import_module("collapse_lib.gpt.training")
    (here / "a.model.pt").write_bytes(content)
    with pytest.raises(InvalidInput, match="delete it, and what was in it is made again"):
        training.load(here / "a.model.pt")
    assert not (here / "ran").exists()


@pytest.mark.parametrize(
    "content", ["", "{}", "[]", '{"claims": [5]}', '{"claims": [{"claim": {}, "verdict": {}}]}']
)
def test_a_ledger_of_another_shape_is_one_sentence(here, content):
    Book.here().output.mkdir(exist_ok=True)
    (Book.here().output / "ledger.json").write_text(content, encoding="utf-8")
    refused(collapse("claims"))


# An archive -------------------------------------------------------------------------------------------------------


def sums(files):
    return {name: hashlib.sha256(content).hexdigest() for name, content in files.items()}


CONTENT = {"site/a.html": b"<p>A</p>", "site/b.html": b"<p>B</p>"}


def zip_of(path, *more, manifest=None, content=CONTENT):
    """A zip as `collapse archive` leaves it, with more entries, (name or ZipInfo, bytes) each, listed too."""
    named = {getattr(each, "filename", each).removeprefix("c/"): data for each, data in more}
    listed = {"version": "1", "date": "2026-01-01", "files": sums({**content, **named})}
    with warnings.catch_warnings(action="ignore"), zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as target:
        target.writestr("c/manifest.json", json.dumps(listed) if manifest is None else manifest)
        for name, data in content.items():
            target.writestr(f"c/{name}", data)
        for each, data in more:
            target.writestr(each, data)
    return path


def entry(name, mode=0o100644):
    made = zipfile.ZipInfo(name)
    made.create_system, made.external_attr = 3, mode << 16
    return made


def forged(path, field, value):
    """Change two bytes of the header of c/site/b.html in the list of entries."""
    data = bytearray(path.read_bytes())
    at = data.rindex(b"c/site/b.html") - 46 + field
    data[at : at + 2] = value.to_bytes(2, "little")
    path.write_bytes(data)


def checked(path):
    """What `collapse archive --check` says of a zip."""
    done = collapse("archive", "--check", str(path))
    assert done.exit_code == 1, (done.output, done.exception)
    assert done.stdout == ""
    assert "is not as its manifest says" in done.stderr
    assert all(line.isprintable() for line in done.stderr.splitlines())
    assert len(done.stderr.splitlines()) <= unpacked.MOST_TOLD + 2
    return done.stderr


def test_the_archive_that_is_spoilt_in_these_tests_is_a_good_one(tmp_path):
    done = collapse("archive", "--check", str(zip_of(tmp_path / "a.zip", ("c/more.txt", b"x"))))
    assert (done.exit_code, done.stdout) == (0, "3 files, each as the manifest says: version 1, 2026-01-01\n")


ENTRIES = {
    "no plain name": [
        "../x", "c/../x", "c/../../x", "c/..", "c/./x", "/x", "//x", "c//x", "c\\x", "..\\x", "c/..\\x", "C:x",
        "C:/x", "c/C:\\x", "\\\\host\\x", "c/x\nchanged: y", "c/\x1b[31mx", "c/x.", "c/x ", "c/.../x", "c/a:stream",
        "c/" + "a" * 2000,
    ],
    "neither a file nor a folder": [
        entry("c/x", mode) for mode in (0o120777, 0o010644, 0o020644, 0o060644, 0o140644, 0o040755)
    ],
    "the same name but for case": ["c/site/A.html", "C/site/a.html", "c/site/b.HTML", "c/\u017fite/a.html"],
    "there twice": ["c/site/a.html", "c/manifest.json"],
    "inside of a file": ["c/site/a.html/x", "c/site/A.HTML/x"],
    "part in 200": [("c/zeros", bytes(5 * 10**6))],
}  # fmt: skip
SPOILT = [(fault, each) for fault, entries in ENTRIES.items() for each in entries]


@pytest.mark.parametrize(("fault", "more"), SPOILT, ids=lambda value: ascii(getattr(value, "filename", value))[:40])
def test_an_archive_that_would_do_harm_where_it_is_unpacked_is_told_even_if_its_manifest_fits(
    tmp_path, fault, more
):
    assert fault in checked(zip_of(tmp_path / "a.zip", more if isinstance(more, tuple) else (more, b"x")))


@pytest.mark.parametrize(
    ("field", "value", "fault"),
    [(8, 1, "encrypted"), (10, 12, "another way"), (10, 14, "another way"), (10, 99, "another way")],
    ids=["encrypted", "bzip2", "lzma", "unknown"],
)
def test_an_entry_that_is_not_simply_packed_is_told(tmp_path, field, value, fault):
    forged(zip_of(tmp_path / "a.zip"), field, value)
    assert fault in checked(tmp_path / "a.zip")


@pytest.mark.parametrize(
    "manifest",
    [
        "", "{", "[]", "null", "5", DEEP, "\xff", '{"files": {}}', '{"files": [], "version": "1", "date": "x"}',
        '{"files": {"site/a.html": ""}, "version": "1", "date": "x"}',
        '{"files": {"site/a.html": 5}, "version": "1", "date": "x"}',
        '{"files": {"site/a.html": null}, "version": "1", "date": "x"}',
        '{"files": {}, "version": {}, "date": "x"}', '{"files": {}, "version": "1\\n2", "date": "x"}',
        '{"files": {}, "version": "1", "date": "\\ud800"}', '{"files": {}, "version": "1", "date": NaN}',
    ],
)  # fmt: skip
def test_a_manifest_of_an_archive_in_another_shape_is_told(tmp_path, manifest):
    assert "its manifest.json cannot be read" in checked(zip_of(tmp_path / "a.zip", manifest=manifest))


def test_a_file_that_cannot_be_read_is_told_whatever_its_digest_is_said_to_be(tmp_path):
    data = bytearray(zip_of(tmp_path / "a.zip").read_bytes())
    at = data.index(b"c/site/b.html") + len("c/site/b.html")
    data[at] ^= 255
    (tmp_path / "a.zip").write_bytes(data)
    assert "unreadable: c/site/b.html" in checked(tmp_path / "a.zip")


def test_a_bomb_of_many_files_is_told_in_a_moment(tmp_path, monkeypatch):
    """Each is small; the sizes are believed, since no more than a file's size is ever read."""
    monkeypatch.setattr(unpacked, "MOST_UNPACKED", 10_000)
    content = {f"x{i}": bytes(500) for i in range(30)}
    assert "unpacked it would be larger than" in checked(zip_of(tmp_path / "a.zip", content=content))


@pytest.mark.parametrize(("limit", "value"), [("MOST_PACKED", 100), ("MOST_FILES", 2)])
def test_an_archive_that_is_larger_than_any_of_this_book_is_not_opened(tmp_path, monkeypatch, limit, value):
    path = zip_of(tmp_path / "a.zip")
    monkeypatch.setattr(unpacked, limit, value)
    monkeypatch.setattr(unpacked.zipfile, "ZipFile", None)
    assert "as no archive of this book has" in checked(path)


def test_ten_thousand_faults_are_told_in_a_moment_and_in_few_lines(tmp_path):
    empty = '{"files": {}, "version": "1", "date": "x"}'
    path = zip_of(tmp_path / "a.zip", content={f"x{i}": b"" for i in range(10_000)}, manifest=empty)
    begun = time.process_time()
    assert "and 9,960 more" in checked(path)
    assert time.process_time() - begun < 5


@pytest.mark.parametrize("kind", ["fifo", "folder", "loop", "device", "missing", "long"])
def test_what_is_no_regular_file_is_no_archive(tmp_path, kind):
    path = tmp_path / "a.zip"
    if kind == "fifo":
        os.mkfifo(path)
    elif kind == "folder":
        path.mkdir()
    elif kind == "loop":
        path.symlink_to(path)
    elif kind == "device":
        path.symlink_to("/dev/zero")
    refused(collapse("archive", "--check", str(path if kind != "long" else tmp_path / ("a" * 300))))


@pytest.mark.parametrize(
    "content", [b"", b"PK", b"PK\5\6" + bytes(18), b"PK\1\2" * 999, os.urandom(0) + bytes(range(256)) * 99]
)
def test_what_is_no_zip_is_told(tmp_path, content):
    (tmp_path / "a.zip").write_bytes(content)
    checked(tmp_path / "a.zip")


# An address -------------------------------------------------------------------------------------------------------

SITES = [
    'https://x.org/"><script>', "https://x.org/'x", "https://x.org/<b>", "javascript:alert(1)", "data:text/html,x",
    "https://", "x.org", "ftp://x.org", "https://x.org/a b", "https://x.org\nhttps://y.org", "https://x.org/\\x",
    "https://x.org/{x}", "https://x.org/[x]", "https://x.org/`x`", "https://me@x.org", "https://x.org:80000000/",
    "https://x.org/?a", "https://x.org/#a", "https://x.org/a//b", "https:///a", "//x.org", "https://x.org/\u202e",
]  # fmt: skip


@pytest.mark.parametrize("site", SITES)
def test_an_address_of_a_site_that_pages_could_not_hold_is_refused_in_a_sentence(here, monkeypatch, site):
    monkeypatch.setenv("COLLAPSE_SITE", site)
    assert "COLLAPSE_SITE was" in refused(collapse("build", "--preset", "quick"))
    with pytest.raises(InvalidInput, match="COLLAPSE_SITE was"):
        site_address(os.environ)


@pytest.mark.parametrize("site", ["http://localhost:8000", "https://a.b-c.org/d_e/~f/", "https://a.org/%7Eb/1.0"])
def test_the_address_of_a_site_is_taken(site):
    assert site_address({"COLLAPSE_SITE": site}) == site.rstrip("/")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("COLLAPSE_REPOSITORY", 'https://github.com/a/"><script>'),
        ("COLLAPSE_REPOSITORY", "https://github.com/a/b\n"),
        ("COLLAPSE_REPOSITORY", "https://github.com.evil.org/a/b"),
        ("COLLAPSE_REVISION", '"><script>'),
        ("COLLAPSE_REVISION", "a b"),
        ("COLLAPSE_REVISION", "-a"),
    ],
)
def test_a_repository_that_pages_could_not_hold_is_refused_in_a_sentence(here, monkeypatch, name, value):
    monkeypatch.setenv("COLLAPSE_REPOSITORY", "https://github.com/a/b")
    monkeypatch.setenv(name, value)
    assert f"{name} was" in refused(collapse("build", "--preset", "quick"))


EVERY_OBJECT_HAS = ("__proto__", "constructor", "toString", "hasOwnProperty", "valueOf", "__defineGetter__")
HASHES = [
    *(f"change-the-parameters&preset={name}&n={name}&{name}={name}" for name in EVERY_OBJECT_HAS),
    *(f"n={name}&{name}=1&schedule={name}&seed={name}" for name in EVERY_OBJECT_HAS),
    f"change-the-parameters&n={BREAKS}&preset={BREAKS}", f"n={BREAKS}&{BREAKS}=1", BREAKS, "%", "%E0%A4%A", "&",
    "&&&", "=", "a&=&=", "change-the-parameters&n=1e999", "n=1e999&seed=-1", "\\\"'",
    f"change-the-parameters&n={'9' * 10_000}",
    "change-the-parameters&seed=NaN&record=../../x.json", "javascript:" + RAN, "top", "__proto__",
]  # fmt: skip


@pytest.mark.browser
@pytest.mark.parametrize(
    "page", ["fully_synthetic", "transformers", "explore_fully_synthetic", "explore_schedules"]
)
def test_no_address_runs_anything_or_breaks_a_form(addresses, browser, page):
    tab, complaints = opened(browser, f"{addresses['http']}/{page}.html")
    title = tab.title()
    for each in HASHES:
        for tried in (each, quote(each)):
            tab.evaluate("hash => { location.hash = hash; }", tried)
            tab.wait_for_timeout(20)
            tab.evaluate("""() => {
              const form = document.querySelector('form.parameter-card');
              if (form) { form.reset(); form.dispatchEvent(new Event('input', {bubbles: true})); }
            }""")
    tab.wait_for_timeout(300)
    assert tab.title() == title
    assert complaints == []
    if page in ("fully_synthetic", "transformers"):
        assert tab.inner_text(".command code") == f"collapse run {page}"
        tab.evaluate("location.hash = 'change-the-parameters&preset=quick'")
        tab.wait_for_function("document.querySelector('.command code').textContent.endsWith('--preset quick')")
    tab.close()


# A run folder: what runs ------------------------------------------------------------------------------------------


class Served:
    """A folder over http; `asked` has every path that was asked for."""

    def __init__(self, folder):
        asked = self.asked = []

        class Noted(Quiet):
            def do_GET(self):  # noqa: N802
                asked.append(self.path)
                super().do_GET()

        handler = functools.partial(Noted, directory=folder)
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self.address = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self):
        """Serve no more."""
        self.server.shutdown()
        self.server.server_close()


@pytest.fixture
def served(tmp_path):
    """What may be looked at in a browser, over http and as files, in one place."""
    (tmp_path / "served").mkdir()
    server = Served(tmp_path / "served")
    yield server
    server.close()


def hostile(address, name="one-2"):
    """A run that has something evil wherever a text is allowed."""
    run = run_of({"n": 5, "text": BREAKS}, {"T": BREAKS}, {"a/b": verdict(0, 1)}, {"first": "x\n9\n"}, name=name)
    record = {
        **run.record,
        **dict.fromkeys(("version", "commit", "chapters_sha256", "lock_sha256", "python"), BREAKS),
    }
    record |= {"preset": BREAKS, "title": BREAKS, "unknown": BREAKS}
    run.record.clear()
    run.record.update(record)
    for output in run.notebook.cells[0].outputs:
        if PLATE in output.data:
            output.data[PLATE] |= {"caption": BREAKS + TEX, "alt": BREAKS, "csv": BREAKS}
            output.data |= {"image/svg+xml": EVIL_SVG.replace("LEAK", address), "text/html": BREAKS}
        for each in output.data.get(LEDGER, ()):
            each["claim"] |= dict.fromkeys(("place", "statement", "after", "quantifiers", "not_run"), BREAKS + TEX)
            each["verdict"] |= {"kind": "out of scope", "note": BREAKS + TEX}
    run.notebook.cells.append(nbformat.v4.new_markdown_cell(BREAKS))
    run.notebook.metadata["title"] = BREAKS
    return run


@pytest.fixture
def compared(small_book, served, tmp_path, monkeypatch):
    """The page of an honest run beside a hostile one, whose folder too has an evil name."""
    small_book(one="pass")
    monkeypatch.chdir(tmp_path / "served")
    name = BREAKS.replace("/", "")
    keep(tmp_path / "served" / "one-1", run_of({"n": 5}, {"T": "1"}, {}, {"first": "x\n1\n"}))
    keep(tmp_path / "served" / name, hostile(served.address))
    done = collapse("compare", "one-1", name, "-o", "page.html")
    assert done.exit_code == 0, done.output
    return tmp_path / "served" / "page.html"


def opened(browser, address, *, theme="light", width=1280):
    """A page after everything in it had its chance: its tab, and what the browser complained of."""
    complaints = []
    tab = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=theme)
    tab.on("console", lambda note: complaints.append(note.text) if note.type == "error" else None)
    tab.on("pageerror", lambda error: complaints.append(str(error)))
    tab.goto(address, wait_until="load")
    tab.evaluate("window.MathJax && MathJax.startup && MathJax.startup.promise")
    tab.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true; })")
    for link in tab.query_selector_all("a[href^='javascript:' i], a[*|href^='javascript:' i]"):
        link.dispatch_event("click")
    tab.wait_for_timeout(300)
    return tab, complaints


def ran(browser, address):
    """Whether anything evil ran in a page."""
    tab, _ = opened(browser, address)
    try:
        return tab.title() == "ran"
    finally:
        tab.close()


def at(page, served, over):
    return page.as_uri() if over == "file" else f"{served.address}/{page.name}"


over_http_and_as_a_file = pytest.mark.parametrize("over", ["http", "file"])


@pytest.mark.browser
@over_http_and_as_a_file
def test_nothing_of_a_hostile_run_runs_in_a_comparison(compared, served, browser, over):
    tab, complaints = opened(browser, at(compared, served, over))
    assert "two runs" in tab.inner_text("h1")
    assert tab.title().startswith("A small chapter: one-1 and <style>")
    assert complaints == []
    assert [path for path in served.asked if path not in ("/page.html", "/favicon.ico")] == []
    assert tab.evaluate("[...document.images].every(one => one.src.startsWith('data:image/svg+xml;base64,'))")
    assert tab.evaluate("document.querySelectorAll('mjx-container').length") > 0
    tab.set_viewport_size({"width": 390, "height": 844})
    assert tab.evaluate("document.documentElement.scrollWidth") <= 390
    assert tab.evaluate("document.querySelectorAll('a, iframe, object, embed, form, link').length") == 0
    tab.close()


def without_policy(page):
    """A copy of the page that has none."""
    policy = r'<meta [^>]*http-equiv="Content-Security-Policy"[^>]*>'
    text, count = re.subn(policy, "", page.read_text(encoding="utf-8"))
    assert count == 1
    page.with_name("open.html").write_text(text, encoding="utf-8")
    return page.with_name("open.html")


def taken_for_html(page):
    """A copy of the page in which what is escaped is HTML and what is a picture is inside."""
    head, body = page.read_text(encoding="utf-8").split("<body>")
    body = html.unescape(body)
    body = re.sub(
        r'<img src="data:[^,]*,([^"]*)"', lambda found: base64.b64decode(found[1]).decode() + "<img", body
    )
    page.with_name("raw.html").write_text(f"{head}<body>{body}", encoding="utf-8")
    return page.with_name("raw.html")


@pytest.mark.browser
@over_http_and_as_a_file
def test_either_of_escaping_and_policy_is_enough_and_without_both_it_runs(compared, served, browser, over):
    assert not ran(browser, at(without_policy(compared), served, over))
    served.asked.clear()
    assert not ran(browser, at(taken_for_html(compared), served, over))
    assert [path for path in served.asked if path not in ("/raw.html", "/favicon.ico")] == []
    assert ran(browser, at(without_policy(taken_for_html(compared)), served, over))
    assert "/paint" in served.asked


@pytest.mark.browser
@over_http_and_as_a_file
def test_nothing_that_a_chapter_shows_runs_on_the_page_of_its_run(small_book, served, tmp_path, browser, over):
    """A chapter shows what it likes, a text that somebody gave it too; the page's own scripts do run."""
    small_book(
        one=f"from IPython.display import HTML, SVG, Markdown, display\n"
        f"display(HTML({BREAKS!r}), SVG({EVIL_SVG.replace('LEAK', served.address)!r}))\n"
        "```\n\nOf $x^2$ and {download}`a file <one.md>`.\n\n```{parameters}\n```\n\n```{code-cell} ipython3\npass"
    )
    assert collapse("run", "one", "-o", str(tmp_path / "served" / "run")).exit_code == 0
    page = (tmp_path / "served" / "run" / "one.html").replace(tmp_path / "served" / "one.html")
    (tmp_path / "served" / "figures").mkdir()
    tab, complaints = opened(browser, at(page, served, over))
    assert tab.title() == "A small chapter"
    assert [path for path in served.asked if path not in ("/one.html", "/favicon.ico")] == []
    assert complaints
    assert all("Content Security Policy" in each for each in complaints)
    assert tab.evaluate("document.querySelectorAll('mjx-container').length") > 0
    assert tab.evaluate("typeof collapseParameters") == "object"
    tab.close()
    assert ran(browser, at(without_policy(page), served, over))
