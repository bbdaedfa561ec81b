"""The live explorers, in a browser: what a reader moves, what the address says, and what is there without a script.

Their four pages are built alone, which takes seconds.  The numbers on them are held against the library's.
"""

import contextlib
import csv
import functools
import http.server
import io
import re
import shutil
import threading

import numpy as np
import pytest
import yaml
from bs4 import BeautifulSoup
from conftest import ROOT, Quiet
from eyes import SHIFTS
from sphinx.application import Sphinx
from sphinx.util.docutils import docutils_namespace, patch_docutils

from collapse_lib import (
    Accumulate,
    FullySynthetic,
    MostRecent,
    PartiallySynthetic,
    RandomlySampled,
    distributions,
    metrics,
    plotting,
)
from collapse_lib.press.book import Book
from collapse_lib.press.pages.explorers import LAWS, SHARED, shared, simplex
from collapse_lib.press.pages.explorers.partially_synthetic import allowed
from collapse_lib.press.pages.explorers.widgets import EXPLORERS, shown
from collapse_lib.theory import coalescent, deviation, moments, paper

NAMES = sorted(EXPLORERS.all())
ASSETS = ROOT / "book" / "assets"
LATENCY = 50
"""Milliseconds from a slider to the picture."""

every_explorer = pytest.mark.parametrize("name", NAMES)
pytestmark = pytest.mark.xdist_group("explorers")


def page(name):
    return f"explore_{name.replace('-', '_')}"


@functools.cache
def description(name):
    return EXPLORERS.find(name)()


# One truth --------------------------------------------------------------------------------------------------------


@functools.cache
def chapter(slug, *names):
    """The variables of a chapter at its default parameters, once its first cells have given it these names."""
    variables = {}
    for cell in Book.here().chapter(slug).notebook().cells:
        if cell.cell_type == "code":
            exec(cell.source, variables)
            if variables.keys() >= set(names):
                return variables
    raise AssertionError(f"{slug} has not all of {names}")


@pytest.mark.parametrize(
    "slug",
    ["fully_synthetic", "partially_synthetic", "safe_synthetic_data", "any_schedule", "collapse_time", "mixtures"],
)
def test_the_truth_of_the_explorers_is_that_of_the_chapters(slug):
    p = chapter(slug, "p")["p"]
    assert p[p > 0].tolist() == shared.truth().tolist()


def test_the_chapters_named_by_the_explorers_are_those_whose_truth_is_compared():
    named = {slug for name in NAMES for slug in description(name).commands}
    assert named == {
        "fully_synthetic", "safe_synthetic_data", "any_schedule", "partially_synthetic", "recursive_training"
    }  # fmt: skip


def test_the_contexts_of_the_film_are_those_of_figure_1_in_its_chapter():
    assert simplex.truths().tolist() == chapter("recursive_training", "truths")["truths"].tolist()


def test_the_numbers_of_the_collapse_time_are_those_of_its_chapter():
    shows, told = chapter("fully_synthetic", "upper_T", "exact_T", "n"), default_answers("fully-synthetic")
    assert told["T"] == shown(shows["exact_T"])
    assert (told["lower"], told["upper"]) == (shown(shows["lower_T"]), shown(shows["upper_T"]))


def test_the_safe_amounts_are_those_of_their_chapter():
    shows, told = chapter("safe_synthetic_data", "first_error", "exact_n"), default_answers("partially-synthetic")
    assert told["exact"] == allowed(shows["exact_n"])
    assert told["first"] == shown(shows["first_error"])
    assert told["paper"] == allowed(shows["answers"]["the paper's (11)"])
    assert (told["direct"], told["saturating"]) == tuple(
        allowed(shows["answers"][k]) for k in ("direct", "saturating")
    )


def default_answers(name):
    return {key: value for key, _, value in description(name).answers}


def test_the_static_picture_of_the_schedules_shows_what_is_left_of_the_diversity():
    """Right way up: all curves begin at 1 and fall."""
    ax = description("schedules").charts[0].plate().figure.axes[0]
    drawn = {line.get_color(): line.get_ydata() for line in ax.lines}
    assert len(drawn) == len(shared.SCHEDULES)
    left = moments.diversity(FullySynthetic(12), 60)
    np.testing.assert_allclose(drawn[plotting.COLOURS["FullySynthetic"]], left, rtol=1e-12)
    assert all(y[0] == 1 and (np.diff(y) < 1e-12).all() for y in drawn.values())
    low, high = ax.get_ylim()
    assert low == 0
    assert high >= 1


# The pages --------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """The explorers' pages and a plain one, with the book's theme and extension and nothing else."""
    top = tmp_path_factory.mktemp("explorers")
    pages = top / "pages"
    pages.mkdir()
    for name in NAMES:
        shutil.copy(ROOT / "book" / f"{page(name)}.md", pages)
    listed = "\n".join(page(name) for name in NAMES)
    (pages / "plain.md").write_text(f"# Plain\n\n```{{toctree}}\n{listed}\n```\n", encoding="utf-8")
    config = yaml.safe_load((ROOT / "_config.yml").read_text(encoding="utf-8"))["sphinx"]["config"]
    kept = ("html_context", "html_theme_options", "myst_enable_extensions", "language", "project")
    settings = {name: config[name] for name in kept} | {
        "extensions": ["myst_nb", "sphinx_design", "sphinx_book_theme", "collapse_lib.press.pages.extension"],
        "root_doc": "plain",
        "html_theme": "sphinx_book_theme",
        "html_static_path": [str(ASSETS)],
        "html_css_files": ["book.css"],
        "html_favicon": str(ASSETS / "favicon.svg"),
        "nb_execution_mode": "off",
        "suppress_warnings": ["myst.xref_missing"],
    }
    with patch_docutils(), docutils_namespace():
        Sphinx(str(pages), None, str(top / "html"), str(top / "tree"), "html", settings, status=None).build(True)
    return top / "html"


@functools.cache
def parsed(path):
    return BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser")


def scripts(site, name):
    return [tag["src"].split("?")[0] for tag in parsed(site / f"{name}.html").select("script[src]")]


@every_explorer
def test_a_page_loads_the_scripts_of_its_explorer_in_their_order(site, name):
    ours = [src.removeprefix("_static/explore/") for src in scripts(site, page(name)) if "/explore/" in src]
    assert ours == [f"{script}.js" for script in (*LAWS, *SHARED, page(name))]
    assert all((site / "_static" / "explore" / script).is_file() for script in ours)


def test_a_page_without_an_explorer_loads_none_of_them(site):
    assert not [src for src in scripts(site, "plain") if "/explore/" in src]
    assert "explore.css" not in (site / "plain.html").read_text(encoding="utf-8")


@every_explorer
def test_an_explorer_brings_little(site, name):
    """Its page, style and scripts; the theme's own are those of every page."""
    ours = [site / src for src in scripts(site, page(name)) if "/explore/" in src]
    files = [site / f"{page(name)}.html", site / "_static" / "explore.css", *ours]
    assert sum(file.stat().st_size for file in files) < 400_000


@every_explorer
def test_without_a_script_there_are_the_pictures_and_numbers_of_the_default_setting(site, name):
    explorer = parsed(site / f"{page(name)}.html").select_one(".explorer")
    charts = explorer.select(".explorer-box > svg[role=img]")
    assert len(charts) == len(description(name).charts)
    assert all(len(chart["aria-label"].split()) >= 8 for chart in charts)
    answers = {output["name"]: output.get_text() for output in explorer.select("dl output")}
    assert answers == {name: value for name, _, value in description(name).answers}


@every_explorer
def test_every_control_has_a_name(site, name):
    explorer = parsed(site / f"{page(name)}.html").select_one(".explorer")
    for control in explorer.select("input, select"):
        assert control.get("aria-label") or explorer.select_one(f'label[for="{control["id"]}"]')
    assert len(explorer.select("input[type=range]")) == len(explorer.select("input[type=number]"))


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("```{explorer} simplx\n```", "did you mean|simplex"),
        ("```{explorer} simplex\n```\n\n```{explorer} schedules\n```", "has the explorer simplex already"),
    ],
)
def test_an_explorer_that_cannot_be_is_refused_with_a_sentence(tmp_path, text, complaint):
    (tmp_path / "index.md").write_text(f"# A page\n\n{text}\n", encoding="utf-8")
    settings = {"extensions": ["myst_nb", "collapse_lib.press.pages.extension"], "nb_execution_mode": "off"}
    told = io.StringIO()
    with patch_docutils(), docutils_namespace():
        out = str(tmp_path / "out")
        Sphinx(str(tmp_path), None, out, out, "html", settings, status=None, warning=told).build(True)
    assert re.search(complaint, told.getvalue())


# In a browser -----------------------------------------------------------------------------------------------------

in_a_browser = pytest.mark.browser


@pytest.fixture(scope="module")
def addresses(site):
    """The pages over http, and as files."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=site))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield {"http": f"http://127.0.0.1:{server.server_port}", "file": site.as_uri()}
    server.shutdown()
    server.server_close()


@pytest.fixture
def visit(browser, addresses):
    """Opens an explorer and waits for its picture; afterwards nothing may have gone wrong on any page."""
    complaints = []
    with contextlib.ExitStack() as stack:

        def look(name, state="", *, over="file", **options):
            context = browser.new_context(**{"viewport": {"width": 1280, "height": 900}} | options)
            stack.callback(context.close)
            tab = context.new_page()
            known = (addresses[over], "blob:", "data:")
            tab.on("request", lambda asked: None if asked.url.startswith(known) else complaints.append(asked.url))
            tab.on("console", lambda note: complaints.append(note.text) if note.type == "error" else None)
            tab.on("pageerror", lambda error: complaints.append(str(error)))
            tab.add_init_script(SHIFTS)
            tab.goto(f"{addresses[over]}/{page(name)}.html{state}")
            if options.get("java_script_enabled", True):
                tab.wait_for_selector("[data-latency]", state="attached")
            return tab

        yield look
    assert complaints == []


def settled(tab):
    """Wait until the runs of the present state, and what is computed beside the page, are drawn."""
    tab.evaluate("() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
    tab.wait_for_selector(".explorer[data-settled]:not([data-waiting])", state="attached", timeout=60_000)


def go(tab, state):
    """Write a state into the address of an open page."""
    tab.evaluate("state => { location.hash = state; }", state)
    tab.evaluate(
        "() => new Promise(done => setTimeout(() => requestAnimationFrame(() => requestAnimationFrame(done))))"
    )


def press(tab, name):
    """Press a button."""
    tab.get_by_role("button", name=name, exact=True).click()


def answers(tab):
    """The numbers on the page, by name."""
    return tab.eval_on_selector_all("dl output", "all => Object.fromEntries(all.map(e => [e.name, e.textContent]))")


def pictures(tab):
    """What is drawn, curve by curve."""
    return tab.eval_on_selector_all(
        ".explorer-box > svg",
        "all => all.map(svg => [...svg.querySelectorAll('path, circle')].map(e => e.outerHTML))",
    )


def alternatives(tab):
    """The pictures in words."""
    return tab.eval_on_selector_all(".explorer-box > svg", "all => all.map(svg => svg.getAttribute('aria-label'))")


def message(tab):
    return tab.locator(".explorer-message").inner_text()


def command(tab):
    return tab.locator(".explorer-command code").inner_text()


@in_a_browser
@every_explorer
@pytest.mark.parametrize("over", ["file", "http"])
def test_an_explorer_draws_what_the_static_page_shows_and_moves_nothing(visit, name, over):
    tab = visit(name, over=over)
    settled(tab)
    assert len(pictures(tab)) == len(description(name).charts)
    assert all(len(curves) >= 5 for curves in pictures(tab))
    assert all(len(label.split()) >= 8 for label in alternatives(tab))
    assert answers(tab) == {key: value for key, _, value in description(name).answers}
    assert command(tab) == description(name).command
    assert tab.locator(".explorer-note").inner_text() == description(name).note
    assert message(tab) == ""
    assert tab.evaluate("moved.sum") < 0.02, tab.evaluate("moved.what")


@in_a_browser
@every_explorer
def test_a_slider_moved_with_the_keyboard_changes_the_picture_and_the_address(visit, name):
    tab = visit(name, "#n=30&seed=0" + ("&m=3" if name == "simplex" else ""))
    before = pictures(tab), alternatives(tab)
    slider = tab.locator("#explore-n")
    slider.focus()
    assert float(slider.evaluate("e => parseFloat(getComputedStyle(e).outlineWidth)")) >= 2
    tab.keyboard.press("ArrowRight")
    tab.keyboard.press("PageUp")
    now = int(slider.input_value())
    assert now > 31
    assert tab.locator("#explore-n-exact").input_value() == str(now)
    tab.wait_for_function(f"location.hash.includes('n={now}&')")
    assert pictures(tab) != before[0]
    assert alternatives(tab) != before[1]
    assert tab.evaluate("document.activeElement.id") == "explore-n"
    tab.wait_for_function("document.querySelector('.explorer-spoken').textContent.length > 20")


@in_a_browser
def test_an_exact_value_can_be_typed_and_what_it_cannot_be_is_refused(visit):
    tab = visit("fully-synthetic")
    field = tab.locator("#explore-n-exact")
    field.fill("37")
    assert tab.locator("#explore-n").input_value() == "37"
    field.fill("0.5")
    assert message(tab) == ""
    field.press("Tab")
    assert message(tab) == "Samples n takes a whole number from 2 to 1000; 0.5 is none, so it stays at 37."
    assert field.input_value() == "37"


WRONG = {
    "n=abc": 'The link gives n = "abc", which takes a whole number from',
    "n=100000": 'The link gives n = "100000", which takes a whole number from',
    "n=2.5": 'The link gives n = "2.5", which takes',
    "n=": 'The link gives n = "", which takes',
    "seed=-1": 'The link gives seed = "-1", which takes a whole number from 0 to 999999; it is 0 here.',
    "colour=red&n=5": 'The link names "colour", which is not among ',
    "truth=zip&schedule=none": "takes one of |is not among",
}


@in_a_browser
@every_explorer
def test_an_address_sets_the_state_and_what_is_wrong_in_it_is_refused_with_a_sentence(visit, name):
    tab = visit(name, "#n=20&seed=3")
    assert tab.locator("#explore-n").input_value() == "20"
    for state, sentence in WRONG.items():
        go(tab, state)
        assert re.search(sentence, message(tab)), state
        expected = 5 if "n=5" in state else description(name).default()["n"]
        assert int(tab.locator("#explore-n").input_value()) == expected
    go(tab, "n=21")
    assert (message(tab), tab.locator("#explore-n").input_value()) == ("", "21")
    go(tab, "what-to-try")  # a heading
    assert (message(tab), tab.locator("#explore-n").input_value()) == ("", "21")


@in_a_browser
def test_settings_that_do_not_go_together_are_told(visit):
    tab = visit("fully-synthetic", "#truth=moments&support=4&S0=0.1")
    assert "On 4 tokens S₀ is at least 0.25" in message(tab)
    assert answers(tab)["S0"] == "0.25"
    tab = visit("schedules", "#schedule=MostRecent&n=5&window=9")
    assert message(tab) == "A window of 9 models cannot share 5 samples; it is 5 here."


@in_a_browser
@every_explorer
def test_a_reload_shows_the_same_runs_and_new_runs_are_others(visit, name):
    tab = visit(name, "#n=30&seed=7" + ("&m=12" if name == "simplex" else ""))
    settled(tab)
    first = pictures(tab)
    tab.reload()
    tab.wait_for_selector("[data-latency]", state="attached")
    settled(tab)
    assert pictures(tab) == first
    press(tab, "New runs")
    tab.wait_for_function("location.hash.includes('seed=8')")
    settled(tab)
    assert pictures(tab) != first
    press(tab, "Reset")
    tab.wait_for_function("location.hash.includes('seed=0')")
    assert int(tab.locator("#explore-n").input_value()) == description(name).default()["n"]


@in_a_browser
@pytest.mark.parametrize("over", ["file", "http"])
def test_the_link_that_is_copied_holds_the_whole_state(visit, over):
    tab = visit("schedules", "#n=21", over=over)
    press(tab, "Copy link")
    tab.get_by_role("button", name="Copied").wait_for()
    tab.locator("#explore-n-exact").focus()
    tab.keyboard.press("Control+A")
    state = dict(pair.split("=") for pair in tab.evaluate("location.hash.slice(1)").split("&"))
    assert set(state) == {*description("schedules").default(), *description("schedules").counters}
    assert state["n"] == "21"


SPEED = """async () => {
  const slider = document.getElementById('explore-n'), root = document.querySelector('.explorer'), times = [];
  for (let i = 0; i < 9; i++) {
    slider.value = Math.min(400, Number(slider.max)) - 5 * i;
    slider.dispatchEvent(new Event('input'));
    await new Promise(done => requestAnimationFrame(() => setTimeout(done, 20)));
    times.push(Number(root.dataset.latency));
  }
  return times.sort((a, b) => a - b);
}"""


@in_a_browser
@every_explorer
def test_the_picture_follows_a_slider_at_once(visit, name):
    """The fastest of some: other tests share the machine."""
    tab = visit(name)
    best = min(tab.evaluate(SPEED)[0] for _ in range(4))
    assert best < LATENCY


@in_a_browser
def test_the_mean_collapse_time_is_the_librarys(visit):
    truths = {
        "truth=uniform&support=600": distributions.uniform(600),
        "truth=zipf&support=100&exponent=1.5": distributions.zipf(100, 1.5),
        "truth=moments&support=52&S0=0.3": distributions.with_moments(52, 52, 0.3, seed=0),
    }
    tab = visit("fully-synthetic")
    for truth, p in truths.items():
        for n in (2, 33, 400):
            go(tab, f"n={n}&{truth}")
            lower, upper = paper.collapse_time_bounds(metrics.sigma(p), n, metrics.support(p))
            found = answers(tab)
            assert found["T"] == shown(coalescent.expected_collapse_time(p, n)), (truth, n)
            assert (found["lower"], found["upper"]) == (shown(float(lower)), shown(float(upper)))
            assert f"With your n of {n}" in alternatives(tab)[0]


@in_a_browser
@pytest.mark.parametrize("name", [name for name in NAMES if "S0" in description(name).default()])
def test_for_every_setting_the_truth_is_the_one_that_the_chapters_draw(visit, name):
    """A grid over both sliders, ends included; what no support can have is left out."""
    cases = [
        (support, S0)
        for support in (2, 3, 7, 20, 51, 52, 53, 201, 599, 600)
        for S0 in (0.005, 0.02, 0.1, 0.145, 0.5, 0.7, 0.95)
        if 1 / support <= S0
    ]
    assert len(cases) > 40
    tab = visit(name)
    given = tab.evaluate(
        """cases => cases.map(([support, S0]) => Array.from(collapse.truth({truth: "moments", support, S0}).p))""",
        cases,
    )
    for (support, S0), p in zip(cases, given, strict=True):
        expected = distributions.with_moments(600, support, S0, seed=0)
        np.testing.assert_allclose(p, expected[:support], rtol=1e-10, err_msg=f"{support}, {S0}")
        assert not expected[support:].any()


@in_a_browser
def test_another_truth_than_the_chapters_is_told(visit):
    tab = visit("partially-synthetic")
    note = tab.locator(".explorer-note")
    assert note.inner_text() == "The chapter has this same truth, which its seed 0 draws."
    go(tab, "truth=zipf&exponent=1.3")
    assert "it is not the same one" in note.inner_text()
    go(tab, "truth=uniform")
    assert note.inner_text() == ""
    go(tab, "truth=moments&support=2&S0=0.1")  # there is none: all are equal
    assert note.inner_text() == ""


@in_a_browser
def test_the_command_gives_the_chapter_the_truth_that_is_shown_to_the_last_digit(visit):
    tab = visit("schedules", "#truth=moments&support=52&S0=0.12345678")
    assert "-p support 52 -p sigma 0.12345678" in command(tab)


HALF_AT_ONCE = {
    "schedule=FullySynthetic&n=2": 1,
    "schedule=PartiallySynthetic&n=7&real=2": 1,
    "schedule=MostRecent&n=7&window=3": 1,
    "schedule=RandomlySampled&n=2": 1,
    "schedule=RandomlySampled&n=3": 2,
    "schedule=Accumulate&n=2": 1,
}
"""Schedules that lose exactly one half of the diversity, and by which generation."""


@in_a_browser
def test_exactly_one_half_is_one_half_whatever_the_truth(visit):
    tab = visit("schedules")
    truths = [f"truth=moments&support={s}&S0={S0}" for s in (52, 600) for S0 in (0.02, 0.1, 0.145, 0.35, 0.7, 0.95)]
    for schedule, generation in HALF_AT_ONCE.items():
        for truth in [*truths, "truth=zipf&support=9", "truth=uniform&support=3"]:
            go(tab, f"{schedule}&{truth}")
            assert answers(tab)["half"] == str(generation), (schedule, truth)


@in_a_browser
def test_exactly_one_half_of_the_runs_is_one_half(visit):
    """With n = 2 the chance of collapse at once is S_0."""
    tab = visit("fully-synthetic")
    for support in (2, 3, 4, 5, 6, 7, 8, 9, 52, 100, 333, 600):
        go(tab, f"n=2&truth=moments&support={support}&S0=0.5")
        assert answers(tab)["half"] == "1", support


@in_a_browser
def test_a_little_that_is_left_is_not_nothing(visit):
    """(1 - 1/2)^200 of the diversity is left, whatever the truth."""
    tab = visit("schedules")
    for S0 in (0.1, 0.35, 0.95):
        go(tab, f"schedule=FullySynthetic&n=2&generations=200&S0={S0}")
        assert answers(tab)["left"] == "< 0.0001"
    tab = visit("simplex", "#schedule=FullySynthetic&n=2&m=200")
    assert answers(tab)["exact"] == "< 0.0001"


@in_a_browser
def test_the_picture_of_the_schedules_shows_what_is_left_of_the_diversity(visit):
    """Right way up: the exact curves are the library's shares, from 1 down, and every run begins at 1."""
    values = {
        "fully synthetic": FullySynthetic(8),
        "partially synthetic": PartiallySynthetic(8, 8),
        "most recent models": MostRecent(8, 3),
        "randomly sampled": RandomlySampled(8),
        "accumulate (not in the paper)": Accumulate(8),
    }
    tab = visit("schedules", "#n=8&real=8&window=3&generations=40&S0=0.3&schedule=FullySynthetic")
    settled(tab)
    with tab.expect_download() as found:
        tab.get_by_role("button", name="Download the numbers").click()
    curves = {}
    for row in csv.DictReader(found.value.path().read_text(encoding="utf-8").splitlines()):
        curves.setdefault(row["series"], []).append(float(row["y"]))
    for words, schedule in values.items():
        np.testing.assert_allclose(curves[words], moments.diversity(schedule, 40), rtol=1e-10)
    assert curves["chosen, exact mean"] == curves["fully synthetic"]
    runs = [y for name, y in curves.items() if "run" in name]
    assert len(runs) == 10
    assert {y[0] for y in runs} == {1}
    assert f"from 1 to {shown(0.875**40)} on average" in alternatives(tab)[0]
    words = tab.locator('[data-chart="left"] svg text').all_text_contents()
    assert "share of the diversity 1 − σ that is left" in words


@in_a_browser
def test_the_safe_amounts_are_the_librarys(visit):
    p = distributions.zipf(30)
    tab = visit("partially-synthetic", "#truth=zipf&support=30&exponent=1")
    for N, n, eps in [(20, 15, 0.2), (60, 40, 0.3), (300, 20, 0.5)]:
        go(tab, f"N={N}&n={n}&eps={eps}&truth=zipf&support=30&exponent=1")
        settled(tab)
        found, tokens = answers(tab), min(30, N)
        assert found["stays"] == shown(deviation.stationary_l1(p, N, n))
        assert found["first"] == shown(float(deviation.l1(p, N, 1, 1)[0]))
        assert found["paper"] == allowed(float(paper.largest_synthetic(N, eps, 30)))
        assert found["direct"] == allowed(float(deviation.largest_synthetic_sharp(N, eps, tokens)))
        assert found["saturating"] == allowed(float(deviation.largest_synthetic_saturating(N, eps, tokens)))
        assert found["exact"] == allowed(deviation.largest_synthetic_exact(p, N, eps))


@in_a_browser
def test_every_film_begins_at_the_contexts_of_the_chapter(visit):
    """New runs are other samples from the same truths."""
    for seed in (0, 7):
        tab = visit("simplex", f"#m=0&seed={seed}")
        with tab.expect_download() as found:
            tab.get_by_role("button", name="Download the numbers").click()
        rows = csv.DictReader(found.value.path().read_text(encoding="utf-8").splitlines())
        given = [float(row["y"]) for row in rows if row["series"].startswith("context")]
        assert given == simplex.truths().ravel().tolist()


@in_a_browser
def test_the_film_plays_pauses_steps_and_begins_again(visit):
    tab = visit("simplex")
    assert answers(tab)["m"] == "0"
    reaches = "m => Number(document.querySelector('output[name=m]').textContent) >= m"
    press(tab, "Step")
    tab.wait_for_function(reaches, arg=1)
    press(tab, "10 steps")
    tab.wait_for_function(reaches, arg=11)
    assert answers(tab)["m"] == "11"
    press(tab, "Play")
    tab.wait_for_function(reaches, arg=14)
    press(tab, "Pause")
    stopped = answers(tab)["m"]
    tab.wait_for_function(f"location.hash.includes('m={stopped}&')")
    assert answers(tab)["m"] == stopped
    press(tab, "Restart")
    tab.wait_for_function("document.querySelector('output[name=m]').textContent === '0'")


@in_a_browser
def test_the_film_of_synthetic_data_alone_ends_in_the_corners_and_that_of_real_data_does_not(visit):
    tab = visit("simplex", "#n=5&m=200")
    assert (answers(tab)["collapsed"], answers(tab)["left"]) == ("81 of 81", "0")
    go(tab, "n=50&m=200&schedule=PartiallySynthetic&real=100")
    assert int(answers(tab)["collapsed"].split()[0]) < 20


@in_a_browser
@pytest.mark.parametrize("motion", ["no-preference", "reduce"])
def test_points_jump_where_less_motion_is_asked_for(visit, motion):
    """And the film takes fewer steps a second."""
    tab = visit("simplex", reduced_motion=motion)
    gliding = tab.eval_on_selector(".context", "e => getComputedStyle(e).transitionDuration")
    assert (gliding == "0s") == (motion == "reduce")
    wait = tab.evaluate("""() => new Promise(done => {
      window.setInterval = (_, wait) => { done(wait); return 1; };
      document.querySelector('[data-button=play]').click();
    })""")
    assert (wait >= 500) == (motion == "reduce")


@in_a_browser
@every_explorer
def test_without_javascript_the_static_pictures_are_there(visit, name):
    tab = visit(name, java_script_enabled=False)
    for chart in description(name).charts:
        picture = tab.locator(f'[data-chart="{chart.name}"] svg[role=img]')
        assert picture.is_visible()
        assert picture.bounding_box()["height"] > 200
    assert not tab.locator(".explorer-main").is_visible()
    assert "need JavaScript" in tab.locator(".explorer").inner_text()


@in_a_browser
@every_explorer
def test_the_numbers_can_be_downloaded(visit, name):
    tab = visit(name, "#n=10" + ("&m=3" if name == "simplex" else ""))
    settled(tab)
    with tab.expect_download() as found:
        tab.get_by_role("button", name="Download the numbers").click()
    lines = found.value.path().read_text(encoding="utf-8").splitlines()
    assert found.value.suggested_filename == f"{name}.csv"
    assert lines[0] == ",".join(plotting.COLUMNS)
    assert {"theory", "run"} <= {line.split(",")[1] for line in lines[1:]}
    assert len(lines) > 50


@in_a_browser
@every_explorer
def test_the_command_is_one_that_the_chapter_takes(visit, name):
    controls = {control.name: control for control in description(name).controls}
    kind = "schedule" if "schedule" in controls else "truth"
    tab = visit(name)
    for n in ("3", "33", str(int(controls["n"].high))):
        for option in controls[kind].options:
            go(tab, f"n={n}&{kind}={option}&window=2")
            slug, given = re.fullmatch(r"collapse run (\w+)((?: -p \w+ \S+)*)", command(tab)).groups()
            settings = Book.here().chapter(slug).settings("paper", dict(re.findall(r"-p (\w+) (\S+)", given)))
            if name != "partially-synthetic":
                note = tab.locator(".explorer-note").inner_text()
                assert settings["n"] == int(n) or "The chapter takes n from" in note
            if name == "fully-synthetic":
                assert int(n) in settings["sizes"]


TEXTS = """() => [...document.querySelectorAll('.explorer-box > svg')].map(svg => {
  const texts = [...svg.querySelectorAll('text')], boxes = texts.map(e => e.getBoundingClientRect());
  return {
    size: Math.min(...texts.map(e => parseFloat(getComputedStyle(e).fontSize) * e.getScreenCTM().a)),
    overlaps: boxes.flatMap((a, i) => boxes.slice(i + 1).filter(b => a.left < b.right - 1 && b.left < a.right - 1
      && a.top < b.bottom - 2 && b.top < a.bottom - 2)).length,
  };
})"""


@in_a_browser
@every_explorer
def test_words_in_a_picture_can_be_read_on_a_telephone(visit, name):
    tab = visit(name, "#n=200", viewport={"width": 390, "height": 844})
    assert all(text["size"] >= 11 and text["overlaps"] == 0 for text in tab.evaluate(TEXTS))
    assert tab.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0


def test_the_scripts_are_classic_and_ask_for_nothing_outside():
    scripts = sorted((ASSETS / "explore").glob("*.js"))
    assert len(scripts) >= len(LAWS) + len(SHARED) + len(NAMES)
    for script in scripts:
        text = script.read_text(encoding="utf-8").replace("http://www.w3.org/2000/svg", "")
        assert not re.search(r"https?://|\bfetch\(|^\s*(import|export)\b", text, re.MULTILINE), script
