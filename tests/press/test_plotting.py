"""Figures: reproducible bytes, the numbers behind them, and colours that can be told from the page."""

import base64
import csv
import io
import re
import subprocess
import sys
import xml.etree.ElementTree as ET

import matplotlib as mpl
import numpy as np
import pytest

from collapse_lib import evidence, plotting, schedules
from collapse_lib.errors import InvalidInput
from collapse_lib.press.pages.figures import inline_svg

WHITE, DARK = "#ffffff", "#14181e"
SAMPLES = np.random.default_rng(0).normal(size=(4, 60))
X = np.arange(4)


def figure():
    """One of everything that a line or a point can be, with mathematics in the labels."""
    drawn, ax = plotting.canvas()
    plotting.theory(ax, X, X**2, label="exact", color="#2f7fc1")
    plotting.bound(ax, X, X + 1, label="bound $n^2$")
    plotting.points(ax, X, SAMPLES, label="points", color="#2a9165")
    plotting.band(ax, X, SAMPLES, label="band", color="#2a9165")
    plotting.runs(ax, X, SAMPLES, label="run", color="#2a9165", most=3)
    plotting.label(ax, x="generation $m$", y=r"$\rho_m$", title="Title")
    return drawn


def plate(name="one", alt="A picture."):
    return plotting.Plate(figure(), name, "A caption with $x$.", alt)


def numbers(drawn):
    """The rows of the figure's table, as dicts."""
    return list(csv.DictReader(io.StringIO(plotting.Plate(drawn, "a", "", "Something.").csv())))


def series(drawn, label, *columns):
    """The columns of one series, as floats."""
    rows = [row for row in numbers(drawn) if row["series"] == label]
    return [[float(row[column]) for row in rows] for column in columns]


# Reproducible -----------------------------------------------------------------------------------------------------


def test_the_same_figure_gives_the_same_bytes():
    assert plate().svg() == plate().svg()
    assert plate().png() == plate().png()


def test_drawing_a_figure_twice_gives_the_same_bytes():
    one = plate()
    assert one.svg() == one.svg()


def test_another_figure_gives_other_bytes():
    other = figure()
    plotting.theory(other.axes[0], X, X**3, label="more", color="#2f7fc1")
    assert plotting.Plate(other, "one", "", "Something.").svg() != plate().svg()


def test_a_figure_does_not_tell_when_it_was_made():
    assert "<dc:date>" not in plate().svg()


def test_letters_are_drawn_as_paths_so_that_no_font_is_needed():
    assert "<text" not in plate().svg()
    assert "font-family" not in plate().svg()


def test_a_png_is_on_white_paper():
    picture = mpl.image.imread(io.BytesIO(plate().png()))
    assert picture[0, 0].tolist() == [1, 1, 1, 1]


def test_an_svg_has_no_paper():
    corners = ET.fromstring(plate().svg()).find(".//*[@id='patch_1']/*")
    assert "fill: none" in corners.get("style")


def test_drawing_touches_no_global_state():
    code = """
import sys
import matplotlib
before = matplotlib.rcParams.copy()
from collapse_lib import plotting
figure, ax = plotting.canvas()
plotting.theory(ax, [1, 2], [1, 2], label="a", color="k")
plotting.label(ax, x="x", y="y")
plate = plotting.Plate(figure, "a", "b", "c")
plate.svg(), plate.png(), plate.csv()
assert "matplotlib.pyplot" not in sys.modules
assert {name for name in before if name != "backend" and before[name] != matplotlib.rcParams[name]} == set()
"""
    subprocess.run([sys.executable, "-c", code], check=True)


# The numbers behind a figure --------------------------------------------------------------------------------------


def test_the_table_has_the_declared_columns():
    assert plate().csv().splitlines()[0].split(",") == list(plotting.COLUMNS)


def test_a_line_is_in_the_table_as_drawn():
    drawn = figure()
    assert series(drawn, "exact", "x", "y") == [X.tolist(), (X**2).tolist()]
    assert series(drawn, "bound $n^2$", "x", "y") == [X.tolist(), (X + 1).tolist()]
    lines = {line.get_label(): line.get_ydata().tolist() for line in drawn.axes[0].lines}
    assert lines["exact"] == (X**2).tolist()


def test_a_course_is_in_the_table_as_drawn_and_as_measured():
    drawn, ax = plotting.canvas()
    plotting.course(ax, X, 3 - X, label="loss", color="k", alpha=0.5)
    assert series(drawn, "loss", "x", "y") == [X.tolist(), (3 - X).tolist()]
    assert ax.lines[0].get_ydata().tolist() == (3 - X).tolist()
    assert {row["kind"] for row in numbers(drawn)} == {"measured"}


@pytest.mark.parametrize("label", ["points", "band"])
def test_a_mean_is_in_the_table_with_its_interval(label):
    expected = evidence.interval(SAMPLES.T)
    np.testing.assert_allclose(series(figure(), label, "y", "low", "high"), expected, rtol=1e-11)


def test_a_point_stands_where_its_mean_is():
    container = figure().axes[0].containers[0]
    np.testing.assert_array_equal(container.lines[0].get_ydata(), SAMPLES.mean(axis=1))


def test_shares_have_the_binomial_interval():
    drawn, ax = plotting.canvas()
    hits = SAMPLES > 0.5
    plotting.points(ax, X, hits, label="share", color="k")
    np.testing.assert_allclose(series(drawn, "share", "y", "low", "high"), evidence.interval(hits.T), rtol=1e-11)


def test_only_the_runs_that_are_drawn_are_in_the_table():
    drawn = figure()
    runs = [row for row in numbers(drawn) if row["kind"] == "run"]
    assert len(runs) == 3 * len(X)
    np.testing.assert_allclose([float(row["y"]) for row in runs], SAMPLES[:, :3].T.ravel(), rtol=1e-11)


def test_a_distribution_is_drawn_by_rank_without_its_dead_tokens():
    drawn, ax = plotting.canvas()
    plotting.distribution(ax, np.array([0.2, 0.0, 0.5, 0.3]), label="p", color="k")
    assert series(drawn, "p", "x", "y") == [[1, 2, 3], [0.5, 0.3, 0.2]]


def test_the_corners_of_the_simplex_are_dirac_masses():
    drawn, ax = plotting.canvas()
    plotting.simplex(ax, np.eye(3), color="k", corners=["1", "2", "3"], label="corners")
    x, y = series(drawn, "corners", "x", "y")
    assert x == [0, 1, 0.5]
    assert y == pytest.approx([0, 0, np.sqrt(3) / 2])


def test_the_centre_of_the_simplex_is_uniform():
    drawn, ax = plotting.canvas()
    plotting.simplex(ax, np.full((1, 3), 1 / 3), color="k", corners=["1", "2", "3"], label="centre")
    assert [v[0] for v in series(drawn, "centre", "x", "y")] == pytest.approx([0.5, np.sqrt(3) / 6])


def test_a_table_of_sizes_holds_the_schedules_rows():
    drawn, ax = plotting.canvas()
    rows = [schedules.MostRecent(12, 2).sizes(m) for m in range(1, 5)]
    plotting.table_of_sizes(ax, rows, title="window", color="k")
    written = [float(row["y"]) for row in numbers(drawn)]
    assert written == [size for row in rows for size in row]
    shown = sorted(float(text.get_text()) for text in ax.texts)
    assert shown == sorted(size for size in written if size)


def drawn_genealogy(**options):
    drawn, ax = plotting.canvas()
    parents = np.array([[0, 0, 2], [1, 1, 1]])
    plotting.genealogy(ax, parents, color="#2f7fc1", label="copies", **options)
    return drawn, ax, parents


def test_a_genealogy_has_a_line_from_each_token_to_its_parent():
    drawn, ax, parents = drawn_genealogy()
    ends = [line.tolist() for lines in ax.collections for line in lines.get_segments()]
    assert ends == [[[m, row[i]], [m + 1, i]] for m, row in enumerate(parents.tolist()) for i in range(3)]
    assert [int(row["y"]) for row in numbers(drawn)] == parents.ravel().tolist()


def test_the_ancestry_of_the_last_generation_is_thick():
    """Its three tokens copied token 1, and that copied token 0; nobody followed the others."""
    _, ax, _ = drawn_genealogy(ancestry=True)
    thick = [line.tolist() for c in ax.collections if c.get_linewidth() > 1 for line in c.get_segments()]
    assert thick == [[[0, 0], [1, 1]], [[1, 1], [2, 0]], [[1, 1], [2, 1]], [[1, 1], [2, 2]]]


def test_a_genealogy_names_its_tokens():
    _, ax, _ = drawn_genealogy(names=["abc", "aac", "aaa"])
    assert "".join(text.get_text() for text in ax.texts) == "abcaacaaa"


def test_panels_are_numbered_in_the_table():
    drawn, (left, right) = plotting.canvas(1, 2)
    for ax in (left, right):
        plotting.theory(ax, X, X, label="a", color="k")
    assert [row["panel"] for row in numbers(drawn)] == ["1"] * len(X) + ["2"] * len(X)


def test_a_figure_with_nothing_on_it_has_an_empty_table():
    drawn, _ = plotting.canvas()
    assert plotting.Plate(drawn, "a", "", "Something.").csv() == ",".join(plotting.COLUMNS) + "\n"


# Colours ----------------------------------------------------------------------------------------------------------


def luminance(colour):
    """Relative luminance, WCAG 2.2."""
    shares = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in shares]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one, two):
    light, dark = sorted((luminance(one), luminance(two)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_contrast_is_the_textbooks():
    assert contrast("#ffffff", "#000000") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.005)


@pytest.mark.parametrize("page", [WHITE, DARK])
@pytest.mark.parametrize("colour", [*plotting.COLOURS.values(), plotting.INK])
def test_a_colour_can_be_told_from_the_page(colour, page):
    assert contrast(colour, page) >= 3


def test_a_colour_that_is_too_light_would_be_seen():
    assert contrast("#ffbb33", WHITE) < 3


EVERY_SCHEDULE = [
    schedules.FullySynthetic(4),
    schedules.PartiallySynthetic(real=4, synthetic=2),
    schedules.FixedTotal(4, 2),
    schedules.MostRecent(4, 2),
    schedules.RandomlySampled(4),
    schedules.Accumulate(4),
]


def test_each_schedule_has_its_own_colour():
    colours = [plotting.colour(schedule) for schedule in EVERY_SCHEDULE]
    assert len({*colours, plotting.INK}) == len(EVERY_SCHEDULE) + 1


def test_what_is_no_schedule_is_drawn_in_ink():
    assert plotting.colour("anything else") == plotting.INK


# What a figure is called and says ---------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["", "Figure 2", "a_b", "Sigma", "2nd", "a--b", "a-", "a/b", "a.svg", "é"])
def test_a_name_that_is_no_address_is_refused(name):
    with pytest.raises(InvalidInput, match="it takes small letters and digits"):
        plate(name)


@pytest.mark.parametrize("alt", ["", "  \n"])
def test_a_figure_that_says_nothing_is_refused(alt):
    with pytest.raises(InvalidInput, match="'one' has no alternative text; say what it shows"):
        plate(alt=alt)


@pytest.mark.parametrize("alt", ["sigma.svg", "figure-2.png", " plot.JPEG "])
def test_a_figure_that_says_the_name_of_a_file_is_refused(alt):
    with pytest.raises(InvalidInput, match="is the name of a file"):
        plate(alt=alt)


def test_a_figure_may_say_one_sentence_with_a_full_stop():
    assert plate(alt="Rises.").alt == "Rises."


# In a notebook and on a page --------------------------------------------------------------------------------------


def test_a_notebook_gets_text_svg_png_and_the_numbers():
    one = plate("two", "What it shows.")
    shown = one._repr_mimebundle_()
    assert set(shown) == {"text/plain", "image/svg+xml", "image/png", plotting.MIME}
    assert "What it shows." in shown["text/plain"]
    assert base64.b64decode(shown["image/png"]).startswith(b"\x89PNG")
    assert shown[plotting.MIME] == {
        "name": "two", "caption": one.caption, "alt": one.alt, "csv": one.csv(),
    }  # fmt: skip


def on_page(name="one", alt="A picture."):
    """The figure as the page has it, as text and parsed."""
    made = plate(name, alt)
    drawing = inline_svg({"name": made.name, "alt": made.alt, "svg": made.svg()})
    return drawing, ET.fromstring(drawing)


def test_a_figure_on_a_page_is_an_image_that_says_what_it_shows():
    _, svg = on_page(alt='Curves "above" <1 & below.')
    assert (svg.get("role"), svg.get("aria-label")) == ("img", 'Curves "above" <1 & below.')


def test_a_figure_on_a_page_scales_with_it():
    _, svg = on_page()
    assert svg.get("viewBox")
    assert svg.get("width") is svg.get("height") is None


def test_a_figure_on_a_page_takes_the_pages_ink():
    drawing, _ = on_page()
    assert plotting.INK not in drawing
    assert "currentColor" in drawing


def test_the_ids_of_two_figures_on_a_page_differ():
    found = [{element.get("id") for element in on_page(name)[1].iter()} - {None} for name in ("one", "two")]
    assert found[0]
    assert not found[0] & found[1]


def test_what_a_figure_refers_to_is_in_it():
    drawing, svg = on_page()
    ids = {element.get("id") for element in svg.iter()}
    used = re.findall(r'url\(#([^)]+)\)|href="#([^"]+)"', drawing)
    assert used
    assert {one or two for one, two in used} <= ids
