"""The command line: what a mistake is told, what a run leaves, and what a failure keeps.

Mistakes are made in this process; a few commands run as a reader would run them.
"""

import csv
import json
import re
import subprocess
import sys
import tempfile

import nbformat
import numpy as np
import pytest
from bs4 import BeautifulSoup
from click.testing import CliRunner

import collapse_lib
from collapse_lib import claims, distributions, prose, records
from collapse_lib.claims import ledger as claim_ledger
from collapse_lib.claims.ledger import Claim, Ledger
from collapse_lib.commands.main import main
from collapse_lib.evidence import Verdict
from collapse_lib.press.book import Book
from collapse_lib.press.editions import run_page
from collapse_lib.theory import coalescent

PNG, SVG = b"\x89PNG\r\n", b"<?xml"


def of_the_run(test):
    """A test of one long run; one worker makes it, once."""
    return pytest.mark.slow(pytest.mark.xdist_group("run")(test))


@pytest.fixture
def here(tmp_path, monkeypatch):
    """An empty folder to work in, and another for temporary files."""
    for name in ("here", "temporary"):
        (tmp_path / name).mkdir()
    monkeypatch.chdir(tmp_path / "here")
    monkeypatch.setenv("TMPDIR", str(tmp_path / "temporary"))
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temporary"))
    return tmp_path / "here"


def left_behind(here):
    return sorted(path.name for folder in (here, here.parent / "temporary") for path in folder.iterdir())


def collapse(*words):
    return CliRunner().invoke(main, words)


def refusal(done):
    """The sentence of a refused command, after checking that it is one."""
    assert done.exit_code == 2, done.output
    assert done.stdout == ""
    assert re.fullmatch(r"Error: [^\n]+\n", done.stderr)
    assert "Traceback" not in done.output
    return done.stderr


# What there is ----------------------------------------------------------------------------------------------------


def test_every_chapter_is_listed_with_its_parameters():
    done = collapse("chapters")
    assert done.exit_code == 0
    for slug, chapter in Book.here().chapters.items():
        assert f"{slug}: {chapter.title}" in done.stdout
        assert all(f" {p.name} = " in done.stdout and p.accepts in done.stdout for p in chapter.parameters)


def test_the_list_is_there_for_programs_too():
    listed = {entry["chapter"]: entry for entry in json.loads(collapse("chapters", "--json").stdout)}
    assert set(listed) == set(Book.here().chapters)
    for slug, chapter in Book.here().chapters.items():
        assert {p["name"]: p["default"] for p in listed[slug]["parameters"]} == chapter.settings("paper", {})
        assert listed[slug]["presets"] == chapter.presets


@pytest.mark.parametrize(
    "words", [["--help"], ["-h"], ["run", "--help"], ["build", "--help"], ["check", "--help"]], ids=" ".join
)
def test_help_helps(words):
    done = collapse(*words)
    assert done.exit_code == 0
    assert "Usage" in done.stdout


# Mistakes that are seen at once -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "given", "nearest"),
    [
        (["chaptrs"], "chaptrs", "chapters"),
        (["run", "fuly_synthetic"], "fuly_synthetic", "fully_synthetic"),
        (["run", "fully_synthetic", "-p", "sigm", "0.2"], "sigm", "sigma"),
        (["run", "fully_synthetic", "--preset", "quik"], "quik", "quick"),
        (["build", "--preset", "papr"], "papr", "paper"),
        (["check", "theorem-1/sgma"], "theorem-1/sgma", "theorem-1/sigma"),
        (["check", "theorem-1/sigma", "-p", "trails", "10"], "trails", "trials"),
    ],
    ids=["command", "chapter", "parameter", "preset", "preset of a build", "claim", "parameter of a claim"],
)
def test_an_unknown_name_is_refused_with_the_nearest_known_one(here, words, given, nearest):
    said = refusal(collapse(*words))
    assert f"'{given}'" in said
    assert f"'{nearest}'" in said
    assert left_behind(here) == []


@pytest.mark.parametrize(
    ("chapter", "name", "value", "takes"),
    [
        ("fully_synthetic", "n", "0", "a whole number from 1"),
        ("fully_synthetic", "n", "2.5", "a whole number"),
        ("fully_synthetic", "n", "fifty", "a whole number"),
        ("fully_synthetic", "sigma", "1.2", "a number from 0 to 1"),
        ("fully_synthetic", "truth", "0.5,half", "numbers separated by commas"),
        ("fully_synthetic", "sizes", "10,0", "whole numbers separated by commas from 1"),
        ("language_model", "context_length", "nan", "a whole number from 1"),
    ],
)
def test_a_value_that_does_not_fit_is_refused_with_what_would(here, chapter, name, value, takes):
    said = refusal(collapse("run", chapter, "-p", name, value))
    assert f"{name} was given" in said
    assert takes in said
    assert left_behind(here) == []


def test_a_file_is_no_output_folder(here):
    (here / "out").write_text("mine", encoding="utf-8")
    assert "'out'" in refusal(collapse("run", "fully_synthetic", "-o", "out"))
    assert (here / "out").read_text(encoding="utf-8") == "mine"
    assert left_behind(here) == ["out"]


def test_a_folder_with_something_else_in_it_is_no_output_folder(here):
    (here / "out").mkdir()
    (here / "out" / "thesis.tex").write_text("mine", encoding="utf-8")
    assert "'out'" in refusal(collapse("run", "fully_synthetic", "-o", "out"))
    assert [path.name for path in (here / "out").iterdir()] == ["thesis.tex"]


def test_a_build_takes_at_least_one_job(here):
    assert "jobs was 0" in refusal(collapse("build", "--jobs", "0"))


def test_without_a_book_one_is_told_what_to_do(here, monkeypatch):
    monkeypatch.setenv("COLLAPSE_BOOK", str(here))
    for words in (["chapters"], ["run", "fully_synthetic"], ["build"], ["claims"]):
        assert "COLLAPSE_BOOK" in refusal(collapse(*words))
    assert left_behind(here) == []


# Mistakes that the library sees, inside a chapter -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("chapter", "given", "said"),
    [
        ("fully_synthetic", {"truth": "0.5,0.4"}, "0.9"),
        ("fully_synthetic", {"support": "5", "sigma": "0.1"}, "sigma was 0.1"),
        ("language_model", {"corpus": "missing.txt"}, "'missing.txt' cannot be read"),
        ("language_model", {"corpus": "latin.txt"}, "'latin.txt' is not UTF-8"),
    ],
    ids=["a truth that sums to 0.9", "sigma below 1/support", "a missing text", "a text in another encoding"],
)
def test_what_the_library_refuses_is_refused_in_its_own_words(here, monkeypatch, chapter, given, said):
    monkeypatch.setattr(Book, "record", lambda *_: {})  # nothing is known of what it would take
    (here / "latin.txt").write_bytes("café".encode("latin-1"))
    words = [word for name, value in given.items() for word in ("-p", name, value)]
    assert said in refusal(collapse("run", chapter, *words))
    assert left_behind(here) == ["latin.txt"]


# A chapter that fails ---------------------------------------------------------------------------------------------


def test_a_chapter_that_fails_keeps_its_notebook_and_names_the_cell(here, small_book):
    small_book(fails='print(n)\nraise RuntimeError("boom")')
    done = collapse("run", "fails", "-p", "n", "7", "-o", "out")
    assert done.exit_code == 1
    assert "Traceback" not in done.stderr
    assert "RuntimeError: boom" in done.stderr
    cell = int(re.search(r"fails failed in cell (\d+)", done.stderr)[1])
    kept = nbformat.read(here / "out" / "fails.ipynb", as_version=4)
    assert "raise RuntimeError" in kept.cells[cell].source
    assert str(here / "out" / "fails.ipynb") in done.stderr or "out/fails.ipynb" in done.stderr
    manifest = json.loads((here / "out" / "manifest.json").read_text(encoding="utf-8"))
    assert "boom" in manifest["failed"]["error"]
    assert left_behind(here) == ["out"]


def test_a_kernel_that_dies_is_a_chapter_that_failed(here, small_book):
    small_book(dies="import os\nos._exit(3)")
    done = collapse("run", "dies", "-o", "out")
    assert done.exit_code == 1
    assert isinstance(done.exception, SystemExit)
    assert "dies" in done.stderr


# A run that works -------------------------------------------------------------------------------------------------

SMALL = """\
from collapse_lib import plotting
fig, ax = plotting.canvas()
plotting.theory(ax, [1, n], [1, n], label="a", color="k")
plotting.Plate(fig, "one", "Caption.", "Alt.")"""


def test_a_run_again_replaces_the_first(here, small_book):
    """Also: 1e3 is a whole number, and the default folder is named after the parameters."""
    small_book(small=SMALL)
    assert collapse("run", "small", "-p", "n", "1e3").exit_code == 0
    (folder,) = (here / "runs").iterdir()
    (folder / "figures" / "old.svg").write_text("", encoding="utf-8")
    done = collapse("run", "small", "-p", "n", "1000")
    assert done.exit_code == 0
    assert [path.name for path in (here / "runs").iterdir()] == [folder.name]
    assert sorted(path.name for path in (folder / "figures").iterdir()) == [
        "one.csv",
        "one.png",
        "one.py",
        "one.svg",
    ]
    assert json.loads((folder / "manifest.json").read_text(encoding="utf-8"))["parameters"]["n"] == 1000
    assert left_behind(here) == ["runs"]


def test_a_failed_run_can_be_run_again_into_its_folder(here, small_book):
    small_book(small="raise RuntimeError")
    assert collapse("run", "small", "-o", "out").exit_code == 1
    small_book(small="pass")
    assert collapse("run", "small", "-o", "out").exit_code == 0
    assert "failed" not in json.loads((here / "out" / "manifest.json").read_text(encoding="utf-8"))


COMMAND = [
    "run",
    "fully_synthetic",
    "--preset",
    "quick",
    "-p",
    "n",
    "25",
    "-p",
    "runs",
    "400",
    "-p",
    "trials",
    "2000",
]
FIGURES = {"sigma", "collapse-probability", "figure-2", "survivor"}


@pytest.fixture(scope="module")
def ran(tmp_path_factory, fonts):
    """What the command that the book advertises leaves, run as a reader would."""
    folder = tmp_path_factory.mktemp("run") / "out"
    command = [sys.executable, "-m", "collapse_lib", *COMMAND, "-o", str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=folder.parent)
    assert (done.returncode, done.stderr) == (0, "")
    assert [path.name for path in folder.parent.iterdir()] == ["out"]
    return folder, done.stdout


def manifest(ran):
    return json.loads((ran[0] / "manifest.json").read_text(encoding="utf-8"), parse_constant=pytest.fail)


def said(folder):
    """What the run says in its text: {name: words}."""
    notebook = nbformat.read(folder / "fully_synthetic.ipynb", as_version=4)
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    glued = [o for o in outputs if "scrapbook" in o.get("metadata", {})]
    return {o.metadata.scrapbook.name: next(iter(o.data.values())).strip("'") for o in glued}


@of_the_run
def test_a_run_leaves_notebook_page_figures_and_manifest(ran):
    folder, shown = ran
    assert {p.name for p in folder.iterdir()} == {
        "fully_synthetic.ipynb", "fully_synthetic.html", "manifest.json", "figures",
    }  # fmt: skip
    assert str(folder / "fully_synthetic.html") in shown


@of_the_run
def test_a_run_leaves_each_figure_as_svg_png_csv_and_script(ran):
    figures = ran[0] / "figures"
    assert set(manifest(ran)["figures"]) >= FIGURES
    names = {f"{name}.{kind}" for name in manifest(ran)["figures"] for kind in ("svg", "png", "csv", "py")}
    assert {path.name for path in figures.iterdir()} == names
    assert all(path.read_bytes().startswith(PNG) for path in figures.glob("*.png"))
    assert all(path.read_bytes().startswith(SVG) for path in figures.glob("*.svg"))
    assert all(len(path.read_text(encoding="utf-8").splitlines()) > 1 for path in figures.glob("*.csv"))


@of_the_run
def test_a_manifest_tells_what_ran(ran):
    found = manifest(ran)
    given = {"n": 25, "runs": 400, "trials": 2000}
    chapter = Book.here().chapter("fully_synthetic")
    assert found["parameters"] == chapter.settings("quick", {}) | given
    assert (found["chapter"], found["preset"], found["seed"]) == ("fully_synthetic", "quick", 0)
    assert found["versions"]["collapse-lib"] == collapse_lib.__version__
    assert found["library_sha256"] == records.library_digest()
    assert found["seconds"] > 0


@of_the_run
def test_a_manifest_has_every_verdict(ran):
    verdicts = manifest(ran)["verdicts"]
    assert "theorem-1/sigma" in verdicts
    assert "refuted" not in {verdict["kind"] for verdict in verdicts.values()}
    assert all(name in ran[1] for name in verdicts)


@of_the_run
def test_the_notebook_of_a_run_is_valid_and_has_no_warnings(ran):
    notebook = nbformat.read(ran[0] / "fully_synthetic.ipynb", as_version=4)
    nbformat.validate(notebook)
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    assert [o.text for o in outputs if o.output_type == "stream" and o.name == "stderr"] == []


@of_the_run
def test_other_parameters_give_other_numbers(ran):
    p = distributions.with_moments(600, 52, 0.1, seed=0)
    default, given = (prose.number(coalescent.expected_collapse_time(p, n)) for n in (50, 25))
    assert said(ran[0])["exact_T"] == given != default
    assert said(ran[0])["n_text"] == "25"


@of_the_run
def test_the_measured_collapse_time_agrees_with_the_exact_one(ran):
    """A 99 % interval of 400 runs: another seed would miss it once in a hundred."""
    exact = coalescent.expected_collapse_time(distributions.with_moments(600, 52, 0.1, seed=0), 25)
    _, low, high = (float(word) for word in re.findall(r"[\d.]+", said(ran[0])["mean_T"]))
    assert low < exact < high
    assert not low < coalescent.expected_collapse_time(distributions.with_moments(600, 52, 0.1, seed=0), 50) < high


@of_the_run
def test_the_numbers_behind_a_figure_are_those_of_the_run(ran):
    table = (ran[0] / "figures" / "collapse-probability.csv").read_text(encoding="utf-8")
    rows = list(csv.DictReader(table.splitlines()))
    exact = {int(row["x"]): float(row["y"]) for row in rows if row["kind"] == "theory"}
    p = distributions.with_moments(600, 52, 0.1, seed=0)
    expected = coalescent.collapse_probability(p, 25, max(exact))
    np.testing.assert_allclose([exact[m] for m in sorted(exact)], expected[sorted(exact)], rtol=1e-9)


def page(ran):
    return BeautifulSoup((ran[0] / "fully_synthetic.html").read_text(encoding="utf-8"), "html.parser")


@of_the_run
def test_the_page_of_a_run_stands_alone(ran):
    """It loads nothing: what is not written into it are links that a reader may follow."""
    found = page(ran)
    loaded = [tag[name] for tag in found.find_all(True) for name in ("src", "data", "poster") if tag.get(name)]
    loaded += [link["href"] for link in found.find_all("link") if link.get("href")]
    assert [address[:60] for address in loaded if not address.startswith(("data:", "#"))] == []
    assert not re.search(r"@import", "".join(style.get_text() for style in found.find_all("style")))


@of_the_run
def test_the_links_of_the_page_lead_somewhere(ran):
    ids = {tag["id"] for tag in page(ran).find_all(id=True)}
    for link in page(ran).find_all("a", href=True):
        address = link["href"]
        if address.startswith("#"):
            assert address in ("#", "#top") or address[1:] in ids
        elif not address.startswith("https://"):
            assert (ran[0] / address).is_file(), address


@of_the_run
def test_the_page_of_a_run_says_what_ran(ran):
    shown = page(ran).get_text()
    assert "quick" in shown
    assert re.search(r"n = 25\b", shown)
    assert len(page(ran).find_all("svg", role="img")) == len(manifest(ran)["figures"])


@pytest.mark.browser
@of_the_run
def test_the_page_of_a_run_opens_without_a_network(ran, launch):
    asked, complaints = [], []
    with launch() as browser:
        tab = browser.new_page(viewport={"width": 390, "height": 844})
        tab.on("request", lambda request: asked.append(request.url))
        tab.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
        tab.on("pageerror", lambda error: complaints.append(str(error)))
        tab.goto((ran[0] / "fully_synthetic.html").as_uri())
        tab.wait_for_selector("mjx-container", timeout=20_000)
        tab.wait_for_function("MathJax.startup.promise.then(() => true)")
        raw, width = tab.evaluate(
            "[[...document.querySelectorAll('.math')].filter(e => !e.querySelector('mjx-container')).length,"
            " document.documentElement.scrollWidth]"
        )
    assert [url[:80] for url in asked if not url.startswith(("file:", "data:"))] == []
    assert complaints == []
    assert raw == 0
    assert width <= 390


# Verdicts ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def built(small_book):
    """A function that puts a ledger where a build would."""
    folder = small_book(one="pass")

    def put(ledger):
        records.write(folder.parent / "_build" / "ledger.json", {"claims": ledger.records()})

    return put


def ledger(**kinds):
    p = {"supported": {"p_support": 1e-9}, "refuted": {"p_refute": 1e-9}, "inconclusive": {}}
    made = tuple(Claim(f"a/{name}", "one", "Place", "Claim.", "paper", "supported") for name in kinds)
    return Ledger(
        made, {f"a/{name}": Verdict(kind, 1.0, (0.9, 1.1), 1.0, **p[kind]) for name, kind in kinds.items()}
    )


def test_without_a_build_there_are_no_verdicts(here, small_book):
    small_book(one="pass")
    assert "collapse build" in refusal(collapse("claims"))
    assert "collapse build" in refusal(collapse("claims", "--json"))


def test_verdicts_as_the_book_stands_by_them_are_a_success(built):
    built(ledger(one="supported", two="supported"))
    done = collapse("claims")
    assert done.exit_code == 0
    assert done.stdout.count("supported") == 2


@pytest.mark.parametrize("kind", ["refuted", "inconclusive"])
def test_a_verdict_that_the_book_does_not_stand_by_is_a_failure(built, kind):
    built(ledger(one="supported", two=kind))
    done = collapse("claims")
    assert done.exit_code == 1
    assert f"a/two ({kind}, not supported)" in done.stderr
    assert "a/one" not in done.stderr


def test_verdicts_are_there_for_programs_too(built):
    built(ledger(one="supported", two="supported"))
    listed = json.loads(collapse("claims", "--json").stdout, parse_constant=pytest.fail)
    assert [(entry["id"], entry["kind"]) for entry in listed] == [("a/one", "supported"), ("a/two", "supported")]


def test_a_book_without_claims_has_no_verdicts_to_show(built):
    built(ledger())
    assert collapse("claims").exit_code == 0


# A claim judged afresh --------------------------------------------------------------------------------------------

SIGMA = ["check", "theorem-1/sigma", "-p", "n", "10", "-p", "trials", "3000"]


def test_a_claim_judged_afresh_shows_what_was_found():
    done = collapse(*SIGMA)
    assert (done.exit_code, done.stderr) == (0, "")
    found = claims.check("theorem-1/sigma", n=10, trials=3000)
    lines = done.stdout.splitlines()
    assert lines[:3] == ["theorem-1/sigma: Theorem 1.1, (6)", "S_m = 1 - (1 - 1/n)^m (1 - S_0).", "✓ supported"]
    assert prose.estimate(found.measured, found.interval) in done.stdout
    assert f"± {prose.number(found.margin, 2)}" in done.stdout
    assert f"the theory times {claim_ledger.factor(found.sensitivity)} would be refuted" in done.stdout
    assert "3,000" in done.stdout
    assert f"{found.p_support:.2g} of support" in done.stdout


def test_a_bound_judged_afresh_shows_how_tight_it_is():
    shown = collapse("check", "theorem-1/collapse-time-lower", "-p", "n", "10", "-p", "trials", "3000").stdout
    assert re.search(r"tightness +off by a factor \d", shown)


def test_a_claim_judged_afresh_is_there_for_programs_too():
    shown = json.loads(collapse(*SIGMA, "--json").stdout, parse_constant=pytest.fail)
    found = claims.check("theorem-1/sigma", n=10, trials=3000)
    assert {name: shown[name] for name in found.as_dict()} == found.as_dict()
    assert (shown["id"], shown["expects"]) == ("theorem-1/sigma", "supported")


def test_a_planted_error_is_refuted_and_a_failure():
    done = collapse(*SIGMA, "-p", "distort", "1.5")
    assert done.exit_code == 1
    assert "✗ refuted" in done.stdout
    assert done.stderr == "Error: the book stands by supported, and this is refuted.\n"


def test_too_few_runs_are_a_failure_too():
    done = collapse("check", "theorem-1/sigma", "-p", "trials", "100")
    assert done.exit_code == 1
    assert "inconclusive" in done.stderr


def test_out_of_scope_is_no_failure_and_says_why():
    done = collapse("check", "theorem-1/sigma", "-p", "truth", "0,1,0")
    assert done.exit_code == 0
    assert "– out of scope" in done.stdout
    assert "Dirac" in done.stdout
    assert "measured" not in done.stdout


def test_a_list_is_given_with_commas():
    done = collapse("check", "coalescent/twice-n", "-p", "sizes", "50,80", "-p", "truth", ".5, .5", "--json")
    found = claims.check("coalescent/twice-n", sizes=[50, 80], truth=[0.5, 0.5])
    assert json.loads(done.stdout)["measured"] == found.measured


def test_without_a_claim_all_are_listed_with_their_places():
    done = collapse("check")
    assert done.exit_code == 0
    for name, item in claims.registry().items():
        assert f"{name}: {item.claim.place}" in done.stdout
    listed = json.loads(collapse("check", "--json").stdout, parse_constant=pytest.fail)
    assert {entry["id"] for entry in listed} == set(claims.registry())
    pages = list(dict.fromkeys(entry["chapter"] for entry in listed))
    assert pages == [page for page in Book.here().contents.order if page in pages]


@pytest.mark.parametrize("name", claims.registry())
def test_every_number_of_a_check_has_a_range_and_its_default_lies_in_it(name):
    """A seed is any whole number; what a corpus or a record is called is a text."""
    for p in claims.registry()[name].parameters.values():
        if p.type != "str":
            assert np.isfinite(p.low)
            assert np.isfinite(p.high) or p.name == "seed"
        p.taken(p.default)


def test_parameters_without_a_claim_are_refused():
    assert "no claim" in refusal(collapse("check", "-p", "n", "5"))


@pytest.mark.parametrize(
    ("name", "value", "takes"),
    [
        ("n", "2.5", "a whole number"),
        ("n", "-1", "a whole number from 1 to 2000"),
        ("n", "0", "a whole number from 1 to 2000"),
        ("n", "1000000000000", "a whole number from 1 to 2000"),
        ("trials", "0", "a whole number from 100 to 1000000"),
        ("truth", "0.5,half", "numbers separated by commas"),
        ("truth", "0.5,0.4", "0.9"),
        ("truth", "1.5,-0.5", "from 0 to 1"),
        ("distort", "0", "a number from 1e-09"),
        ("distort", "nan", "a number"),
    ],
)
def test_a_value_that_a_check_does_not_take_is_refused_with_what_it_would(name, value, takes):
    said = refusal(collapse("check", "theorem-1/sigma", "-p", name, value))
    assert takes in said


# As a reader would ------------------------------------------------------------------------------------------------


def test_the_library_tells_its_version():
    done = subprocess.run(
        [sys.executable, "-m", "collapse_lib", "--version"], capture_output=True, text=True, check=True
    )
    assert collapse_lib.__version__ in done.stdout


def test_a_mistake_ends_with_status_two_and_one_line(tmp_path):
    command = [sys.executable, "-m", "collapse_lib", "run", "fully_synthetic", "-p", "n", "0"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert re.fullmatch(r"Error: [^\n]+\n", done.stderr)
    assert list(tmp_path.iterdir()) == []


def test_an_interrupted_command_ends_with_status_130(monkeypatch):
    def interrupt(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(Book, "record", interrupt)
    done = collapse("chapters")
    assert done.exit_code == 130
    assert "Traceback" not in done.output


def test_on_the_page_of_a_run_another_chapter_is_text_or_a_link_to_the_site(tmp_path, monkeypatch):
    page = tmp_path / "page.html"
    page.write_text('<p><a href="#other.md">Other</a> <a href="#here">Here</a></p>', encoding="utf-8")
    monkeypatch.delenv("COLLAPSE_SITE", raising=False)
    assert run_page._inlined(page) == '<p>Other <a href="#here">Here</a></p>'
    monkeypatch.setenv("COLLAPSE_SITE", "https://example.org/book/")
    assert 'href="https://example.org/book/other.html"' in run_page._inlined(page)


def test_a_claim_that_is_not_there_is_answered_with_the_nearest_few():
    done = collapse("check", "erratum/theorem2")
    assert done.exit_code == 2
    assert "did you mean 'erratum/theorem-2'?" in done.stderr
    assert 2 <= sum(name in done.stderr for name in claims.registry()) <= 6
