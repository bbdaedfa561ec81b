"""Chapters as programs: what they declare, how a value is read from a command line, and one run of one.

Runs start a kernel, so they use throw-away chapters of one cell.
"""

import concurrent.futures
import gc
import math

import nbformat
import pytest
from conftest import CHAPTER, ROOT

from collapse_lib import InvalidInput, claims
from collapse_lib.parameters import PRESETS, Parameter
from collapse_lib.press import execute
from collapse_lib.press.book import Book
from collapse_lib.press.execute import ChapterFailed

REAL = Book.here().chapters
PARAMETERS = [(slug, p) for slug, chapter in REAL.items() for p in chapter.parameters]
every_chapter = pytest.mark.parametrize("slug", REAL)
every_parameter = pytest.mark.parametrize(
    ("slug", "parameter"), PARAMETERS, ids=[f"{s}-{p.name}" for s, p in PARAMETERS]
)

TYPES = {"int": int, "float": float, "bool": bool, "str": str, "list[int]": list, "list[float]": list}


# The book's own chapters ------------------------------------------------------------------------------------------


def test_the_book_has_chapters_with_parameters():
    assert {"language_model", "recursive_training", "fully_synthetic"} <= set(REAL)
    assert PARAMETERS


def test_a_page_of_text_is_no_chapter():
    pages = {page.stem for page in (ROOT / "book").glob("*.md")}
    assert "notation" in pages
    assert "notation" not in REAL


@every_parameter
def test_a_default_is_of_its_type_and_in_its_range(slug, parameter):
    assert parameter.checked(parameter.default) == parameter.default
    assert type(parameter.default) is TYPES[parameter.type]


@every_parameter
def test_a_default_typed_on_a_command_line_is_the_default(slug, parameter):
    typed = str(parameter.default).strip("[]")
    assert parameter.parse(typed) == parameter.default


@every_parameter
def test_a_parameter_says_what_it_means(slug, parameter):
    assert len(parameter.meaning.split()) >= 2
    assert parameter.accepts


@every_chapter
@pytest.mark.parametrize("preset", PRESETS)
def test_a_preset_is_valid(slug, preset):
    settings = REAL[slug].settings(preset, {})
    assert set(settings) == {p.name for p in REAL[slug].parameters}
    for name, value in settings.items():
        assert type(value) is TYPES[REAL[slug].parameter(name).type]


@every_chapter
def test_a_chapter_declares_no_preset_that_nobody_can_ask_for(slug):
    assert set(REAL[slug].presets) <= set(PRESETS)


@every_chapter
def test_a_chapter_can_be_seeded(slug):
    assert REAL[slug].parameter("seed").type == "int"


@every_chapter
def test_the_cells_of_a_chapter_have_fixed_ids(slug):
    ids = [cell["id"] for cell in REAL[slug].notebook().cells]
    assert ids == [f"{slug}-{i}" for i in range(len(ids))]


@every_chapter
def test_parameters_are_used_below_their_cell_and_not_changed_in_it(slug):
    """Papermill puts given values after that cell: what is derived in it would keep the default."""
    (cell,) = (c for c in REAL[slug].notebook().cells if "parameters" in c.metadata.get("tags", []))
    lines = [line for line in cell.source.splitlines() if line.strip()]
    assert len(lines) == len(REAL[slug].parameters)


# Values from a command line ---------------------------------------------------------------------------------------

N = Parameter("n", "int", 50, "samples", 1, 5_000)
SIGMA = Parameter("sigma", "float", 0.1, "S_0", 0, 1)
LOUD = Parameter("loud", "bool", False, "whether to shout")
TEXT = Parameter("corpus", "str", "tinyshakespeare", "a text")
DRAW = Parameter("draw", "str", "kept", "the reading", choices=("kept", "fresh"))
SIZES = Parameter("sizes", "list[int]", [1, 2], "sizes", 1, 2_000)
TRUTH = Parameter("truth", "list[float]", [], "a truth", 0, 1)
FREE = Parameter("free", "float", 0.0, "any number")
SEED = Parameter("seed", "int", 0, "a seed", low=0)


@pytest.mark.parametrize(
    ("parameter", "typed", "value"),
    [
        (N, "50", 50),
        (N, " 50 ", 50),
        (N, "1e3", 1_000),
        (N, "1_000", 1_000),
        (N, "25.0", 25),
        (N, "1", 1),
        (N, "5000", 5_000),
        (SEED, "123456789012345678", 123456789012345678),
        (SIGMA, "0.25", 0.25),
        (SIGMA, "1", 1.0),
        (SIGMA, "1e-3", 0.001),
        (FREE, "-2.5", -2.5),
        (LOUD, "false", False),
        (LOUD, "False", False),
        (LOUD, "no", False),
        (LOUD, "0", False),
        (LOUD, "true", True),
        (LOUD, "YES", True),
        (TEXT, "my text.txt", "my text.txt"),
        (DRAW, "fresh", "fresh"),
        (SIZES, "10,50,100", [10, 50, 100]),
        (SIZES, "[10, 1e2]", [10, 100]),
        (SIZES, "7", [7]),
        (TRUTH, "", []),
        (TRUTH, "[]", []),
        (TRUTH, "0.5, 0.5", [0.5, 0.5]),
    ],
    ids=lambda v: repr(getattr(v, "name", v)),
)
def test_a_value_is_read_by_its_declared_type(parameter, typed, value):
    read = parameter.parse(typed)
    assert read == value
    assert type(read) is type(value)


@pytest.mark.parametrize(
    ("parameter", "typed"),
    [
        (N, "2.5"),
        (N, "nan"),
        (N, "inf"),
        (N, "1e400"),
        (N, "many"),
        (N, ""),
        (N, "0"),
        (N, "-3"),
        (N, "5001"),
        (N, "1,2"),
        (N, "0x10"),
        (SEED, "-1"),
        (SIGMA, "1.5"),
        (SIGMA, "-0.1"),
        (SIGMA, "nan"),
        (SIGMA, "half"),
        (FREE, "inf"),
        (FREE, "-inf"),
        (LOUD, "maybe"),
        (LOUD, ""),
        (DRAW, "frsh"),
        (DRAW, ""),
        (SIZES, "10,2.5"),
        (SIZES, "10,0"),
        (SIZES, "10 50"),
        (TRUTH, "0.5,1.5"),
        (TRUTH, "0.5,nan"),
    ],
    ids=lambda v: repr(getattr(v, "name", v)),
)
def test_a_value_that_does_not_fit_is_refused_with_what_would(parameter, typed):
    with pytest.raises(InvalidInput) as refusal:
        parameter.parse(typed)
    said = str(refusal.value)
    assert said.startswith(f"{parameter.name} was given ")
    assert said.endswith(f"it takes {parameter.accepts}.")
    assert "\n" not in said


@pytest.mark.parametrize(
    ("parameter", "accepts"),
    [
        (N, "a whole number from 1 to 5000"),
        (SEED, "a whole number of at least 0"),
        (Parameter("x", "float", 0.0, "x", high=2), "a number of at most 2"),
        (FREE, "a number"),
        (LOUD, "true or false"),
        (DRAW, "one of kept, fresh"),
        (TRUTH, "numbers separated by commas from 0 to 1"),
    ],
    ids=lambda v: getattr(v, "name", None),
)
def test_what_a_parameter_takes_is_told_in_words(parameter, accepts):
    assert parameter.accepts == accepts


def test_settings_are_the_default_then_the_preset_then_what_was_given(small_book):
    small_book(one="pass")
    chapter = Book.here().chapter("one")
    assert chapter.settings("paper", {}) == {"n": 5, "loud": False}
    assert chapter.settings("quick", {}) == {"n": 2, "loud": False}
    assert chapter.settings("quick", {"n": "7", "loud": "yes"}) == {"n": 7, "loud": True}


# Malformed chapters -----------------------------------------------------------------------------------------------


def test_declarations_are_read(small_book):
    folder = small_book(one="pass")
    lines = [
        "draw: str = 'kept'  # how the table is read, kept or fresh [kept|fresh]",
        "low: int = 3  # bounded below [2..]",
        "high: float = 3.5  # bounded above [..4.5]",
        "any: list[float] = [0.5, 1]  # a list, of what [you] like",
    ]
    page = (folder / "one.md").read_text(encoding="utf-8")
    (folder / "one.md").write_text(
        page.replace("n: int = 5  # how many [1..5000]", "\n".join(lines)), encoding="utf-8"
    )
    draw, low, high, free, _ = Book.here().chapter("one").parameters
    assert (draw.choices, draw.default) == (("kept", "fresh"), "kept")
    assert (low.low, low.high) == (2, math.inf)
    assert (high.low, high.high) == (-math.inf, 4.5)
    assert (free.default, free.meaning, free.low) == ([0.5, 1], "a list, of what [you] like", -math.inf)


@pytest.mark.parametrize(
    "line",
    [
        "n = 5",
        "n: int = 5",
        "n: int = 5 # how many",
        "n: complex = 5  # how many",
        "n: int | None = None  # how many",
        "n: int = five  # how many",
        "n: int = 5  # how many [few..many]",
        "n: int = 5  # how many [1-9]",
        "import numpy",
    ],
)
def test_a_malformed_declaration_is_refused_with_its_page(small_book, line):
    folder = small_book(one="pass")
    page = (folder / "one.md").read_text(encoding="utf-8")
    (folder / "one.md").write_text(page.replace("n: int = 5  # how many [1..5000]", line), encoding="utf-8")
    with pytest.raises(InvalidInput, match=r"one\.md"):
        Book.here().chapter("one")


@pytest.mark.parametrize(
    "tags", ["[parameters]\nx = 1\n```\n\n```{code-cell} ipython3\n:tags: [parameters]", "[hide-input]"]
)
def test_a_chapter_has_one_cell_of_parameters(small_book, tags):
    folder = small_book(one="pass")
    page = (folder / "one.md").read_text(encoding="utf-8")
    (folder / "one.md").write_text(page.replace("[parameters]", tags), encoding="utf-8")
    with pytest.raises(InvalidInput, match=r"one\.md has [02] cells"):
        Book.here().chapter("one")


@pytest.mark.parametrize(
    ("ask", "given", "nearest"),
    [
        (lambda: Book.here().chapter("fuly_synthetic"), "fuly_synthetic", "fully_synthetic"),
        (lambda: Book.here().chapter("fully_synthetic").parameter("sigm"), "sigm", "sigma"),
        (lambda: Book.here().chapter("fully_synthetic").settings("quik", {}), "quik", "quick"),
        (lambda: Book.here().chapter("fully_synthetic").settings("quick", {"rums": "3"}), "rums", "runs"),
    ],
    ids=["chapter", "parameter", "preset", "given parameter"],
)
def test_an_unknown_name_is_refused_with_the_nearest_known_one(ask, given, nearest):
    with pytest.raises(InvalidInput) as refusal:
        ask()
    assert f"'{given}'" in str(refusal.value)
    assert f"did you mean '{nearest}'" in str(refusal.value)


def test_a_chapters_file_name_is_as_good_as_its_name():
    assert Book.here().chapter("fully_synthetic.md") == Book.here().chapter("fully_synthetic")


def test_without_a_book_one_is_told_where_it_was_looked_for(tmp_path, monkeypatch):
    monkeypatch.setenv("COLLAPSE_BOOK", str(tmp_path / "nowhere"))
    with pytest.raises(InvalidInput, match=r"nowhere.*COLLAPSE_BOOK"):
        Book.here()


def test_the_book_is_found_from_any_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert Book.here().folder == ROOT / "book"


# A run ------------------------------------------------------------------------------------------------------------

PLATE = """\
from collapse_lib import plotting, prose
fig, ax = plotting.canvas()
plotting.theory(ax, [1, n], [1, n], label="a", color="k")
prose.say(size=n)
print(n, type(n).__name__, loud)
plotting.Plate(fig, "one", "Caption.", "Alt.")"""


def run(slug, **given):
    chapter = Book.here().chapter(slug)
    return execute.execute(chapter, chapter.settings("paper", given), preset="paper")


def printed(execution):
    return "".join(
        o.text for c in execution.notebook.cells for o in c.get("outputs", []) if o.output_type == "stream"
    )


def failure(slug, **given):
    with pytest.raises(ChapterFailed) as stopped:
        run(slug, **given)
    return stopped.value


@pytest.fixture
def twice(small_book):
    """The same run of a chapter with a figure, twice."""
    small_book(one=PLATE)
    return [run("one", n="1e3", loud="false") for _ in range(2)]


def test_a_run_has_its_parameters_and_is_reproduced_to_the_byte(twice):
    one, two = twice
    assert printed(one).startswith("1000 int False")
    assert one.parameters == {"n": 1000, "loud": False}
    assert one.notebook.metadata["collapse"]["parameters"] == {"n": 1000, "loud": False}
    assert one.notebook.metadata["collapse"]["changed"] == {"n": 1000}
    assert nbformat.writes(one.notebook) == nbformat.writes(two.notebook)
    nbformat.validate(one.notebook)
    (plate,) = one.plates().values()
    assert (plate["name"], plate["alt"]) == ("one", "Alt.")
    assert plate["svg"].count("<svg") == 1
    assert "1000" in plate["csv"]
    assert one.ledger().claims == ()


def test_a_run_leaves_no_temporary_folder(small_book, tmp_path, monkeypatch):
    (tmp_path / "tmp").mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "tmp"))
    small_book(one="print(n)")
    assert printed(run("one")) == "5\n"
    assert list((tmp_path / "tmp").iterdir()) == []


def test_a_mistake_in_a_parameter_is_told_as_a_mistake(small_book):
    small_book(one='import collapse_lib as cl\nraise cl.InvalidInput(f"n was {n}, which is odd")')
    with pytest.raises(InvalidInput, match="n was 7, which is odd"):
        run("one", n="7")


@pytest.mark.parametrize("given", [{}, {"n": "7"}], ids=["as declared", "with a parameter"])
def test_a_failure_names_the_cell_and_keeps_the_notebook(small_book, given):
    small_book(one='print("before")\n```\n\n```{code-cell} ipython3\nraise RuntimeError("boom")')
    stopped = failure("one", **given)
    assert stopped.error == "RuntimeError: boom"
    assert "boom" in str(stopped)
    assert f"cell {stopped.cell}" in str(stopped)
    cells = stopped.notebook.cells
    assert "boom" in str([cell.get("outputs") for cell in cells])
    assert "before" in str([cell.get("outputs") for cell in cells])
    assert cells[stopped.cell].source == 'raise RuntimeError("boom")'


def test_a_kernel_that_dies_is_a_failed_chapter(small_book):
    """As it does where memory runs out."""
    small_book(one="import os\nos._exit(3)")
    assert "one" in str(failure("one"))


def test_a_verdict_out_of_scope_comes_through_a_notebook_unharmed(small_book):
    small_book(
        one='import collapse_lib as cl\ncl.claims.check_all("fully_synthetic", truth=[0.0, 1.0], n=n, trials=100)'
    )
    ran = run("one")
    assert printed(ran) == ""
    expected = claims.check("theorem-1/sigma", truth=[0.0, 1.0])
    assert expected.kind == "out of scope"
    assert repr(ran.ledger().found["theorem-1/sigma"]) == repr(expected)


@pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning")
def test_two_chapters_can_run_at_the_same_time(small_book, tmp_path):
    """Each waits for the other, so one after the other would never end."""
    meet = """\
import pathlib, time
here, other = pathlib.Path({mine!r}), pathlib.Path({other!r})
here.touch()
for _ in range(600):
    if other.exists():
        break
    time.sleep(0.05)
print("met" if other.exists() else "alone")"""
    one, two = (str(tmp_path / name) for name in ("1", "2"))
    small_book(one=meet.format(mine=one, other=two), two=meet.format(mine=two, other=one))
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        assert [printed(ran) for ran in pool.map(run, ("one", "two"))] == ["met\n", "met\n"]
    gc.collect()  # each thread leaves an event loop, which jupyter_core does not close


def test_the_throw_away_chapter_is_one_like_the_books():
    header = CHAPTER.split("collapse:")[0]
    assert all(chapter.text.startswith(header) for chapter in REAL.values())
