"""What is done to finished pages: figures in fewer bytes, style sheets and icons as far as used, names put in."""

import re

import numpy as np
import pytest
from fontTools.ttLib import TTFont
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from collapse_lib import plotting
from collapse_lib.press.pages import accessible, drawing, weight

FORMULA = r'<span class="math notranslate nohighlight">\(x &lt; 1\)</span>'


def points(path):
    """The ends of a relative path's steps; it has the commands M, l, h, v and z."""
    at, found = np.zeros(2), []
    for command, numbers in re.findall(r"([Mlhvz])([^Mlhvz]*)", path):
        values = [float(word) for word in re.findall(r"-?(?:\d+\.?\d*|\.\d+)", numbers)]
        if command in "hv":
            values = [x for value in values for x in ((value, 0) if command == "h" else (0, value))]
        for step in np.reshape(values, (-1, 2)):
            at = step if command == "M" else at + step
            found.append(at)
    return np.array(found)


@given(hnp.arrays(float, st.tuples(st.integers(2, 40), st.just(2)), elements=st.floats(-400, 400)))
def test_a_shorter_path_goes_through_the_same_points(given_points):
    """Each to within half of what is rounded to, at the end of the path too; points on the way may be left out."""
    path = drawing.shorter("M " + "L ".join(f"{x:.6f} {y:.6f} \n" for x, y in given_points))
    error = 0.05 if len(given_points) > drawing.LONG else 0.005
    drawn = points(path)
    assert np.abs(drawn[0] - given_points[0]).max() <= error + 1e-6
    assert np.abs(drawn[-1] - given_points[-1]).max() <= error + 1e-6
    for point in given_points:
        ends = np.stack([drawn[:-1], drawn[1:]]) if len(drawn) > 1 else np.stack([drawn, drawn])
        along = ends[1] - ends[0]
        share = ((point - ends[0]) * along).sum(axis=1) / np.maximum((along**2).sum(axis=1), 1e-12)
        nearest = ends[0] + np.clip(share, 0, 1)[:, None] * along
        assert np.linalg.norm(nearest - point, axis=1).min() <= 1.5 * error


def test_points_on_the_way_are_left_out_and_turns_are_not():
    assert drawing.shorter("M 0 0 L 1 0 L 2 0 L 1 0 L 1 5") == "M0 0h2-1v5"


def test_curves_are_kept():
    assert drawing.shorter("M 0 0 Q 5 0 5 5 C 5 6 7 8 9 10 z") == "M0 0q5 0 5 5c0 1 2 3 4 5z"


@pytest.fixture(scope="module")
def svg(fonts):
    figure, ax = plotting.canvas()
    x = np.arange(1, 200)
    plotting.runs(ax, x, np.random.default_rng(0).random((199, 10)), label="runs", color="#2f7fc1")
    plotting.label(ax, x="generation $m$", y="share", title="A title")
    return plotting.Plate(figure, "plate", "A caption.", "An alternative text.").svg()


def test_a_figure_on_a_page_has_little_more_than_half_of_its_bytes(svg):
    assert len(drawing.slim(svg, "plate")) < 0.6 * len(svg)


def test_a_figure_on_a_page_refers_to_what_it_holds_and_to_nothing_of_another(svg):
    one, other = (drawing.slim(svg, name) for name in ("one", "other"))
    held = [set(re.findall(r' id="([^"]+)"', each)) for each in (one, other)]
    assert set(re.findall(r'(?:href="|url\()#([^")]+)', one)) == held[0]
    assert held[0].isdisjoint(held[1])
    assert len(held[0]) > 10


def test_a_figure_on_a_page_gives_the_page_no_style(svg):
    assert "<style" in svg
    assert "<style" not in drawing.slim(svg, "plate")


def test_neighbours_that_look_the_same_say_so_once():
    """But for opacity, which a group would have as one."""
    looks = ["fill:red", "fill:red", "opacity:0.5", "opacity:0.5"]
    drawn = "".join(f'<g><path d="M 0 0 L {i} 0" style="{look}"/></g>' for i, look in enumerate(looks, start=1))
    assert drawing.slim(f"<svg>{drawn}</svg>", "plate").endswith(
        '><g style="fill:red"><path d="M0 0h1"/><path d="M0 0h2"/></g>'
        '<path d="M0 0h3" style="opacity:0.5"/><path d="M0 0h4" style="opacity:0.5"/></svg>'
    )


def test_figures_of_a_page_share_their_letters(svg):
    page = drawing.slim(svg, "one") + drawing.slim(svg, "other")
    shared = drawing.share_letters(page)
    outlines = re.findall(r'<path id="[^"]+" d="([^"]*)" transform="scale', shared)
    assert len(outlines) == len(set(outlines)) > 5
    assert len(shared) < len(page) - 5_000
    ids = re.findall(r' id="([^"]+)"', shared)
    assert set(re.findall(r'(?:href="|url\()#([^")]+)', shared)) == set(ids)
    assert shared.count("<use") == page.count("<use")


@pytest.mark.parametrize(
    ("rule", "kept"),
    [
        (".used{a:b}", ".used{a:b}"),
        (".gone{a:b}", ""),
        (".used,.gone{a:b}", ".used{a:b}"),
        (".used .gone>p{a:b}", ""),
        (".used:not(.gone,.lost){a:b}", ".used:not(.gone,.lost){a:b}"),
        (":is(.used,.gone) p{a:b}", ":is(.used,.gone) p{a:b}"),
        ("p[class*='.gone']{a:b}", "p[class*='.gone']{a:b}"),
        ("@media print{.gone{a:b}p{c:d}}", "@media print{p{c:d}}"),
        ("@media print{@supports (x:y){.gone{a:b}}}", ""),
        ("@keyframes k{0%{a:b}50.5%{c:d}}", "@keyframes k{0%{a:b}50.5%{c:d}}"),
        ("@font-face{src:url(a.gone)}", "@font-face{src:url(a.gone)}"),
        ('@charset "UTF-8";:root{--a:b}', '@charset "UTF-8";:root{--a:b}'),
        (r".gone\:x{a:b}", r".gone\:x{a:b}"),
        ("/*! a licence */.used{a:b}/* a note */", "/*! a licence */.used{a:b}"),
    ],
)
def test_a_style_sheet_keeps_the_rules_that_can_apply(rule, kept):
    assert weight.pruned(rule, {"used"}) == kept


def test_every_icon_of_a_page_has_its_letter_in_the_font(quick):
    html = quick[1].index.parent
    sheet = (html / "_static" / "styles" / "pydata-sphinx-theme.css").read_text(encoding="utf-8")
    letters = set()
    for font in (html / "_static" / "vendor").rglob("fa-*.woff"):
        letters |= set(TTFont(font).getBestCmap() or ())
    text = " ".join(page.read_text(encoding="utf-8") for page in html.glob("*.html"))
    classes = set(re.findall(r'class="[^"]*\bfa[srb]?(?:-solid|-regular|-brands)? (fa-[a-z-]+)', text))
    assert {"fa-bars", "fa-download", "fa-magnifying-glass"} <= classes
    for name in classes:
        code = re.search(rf'\.{name}:before[^{{}}]*\{{content:"\\([0-9a-f]+)"', sheet)
        assert code, name
        assert int(code[1], 16) in letters, name


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        (f"<p>If {FORMULA}, then", f'<p>If <span class="tight">{FORMULA},</span> then'),
        (f"<p>({FORMULA})</p>", f'<p><span class="tight">({FORMULA})</span></p>'),
        (f"<p>a {FORMULA}-gram", f'<p>a <span class="tight">{FORMULA}-gram</span>'),
        (f"<p>If {FORMULA} holds", f"<p>If {FORMULA} holds"),
        ("<p>99 % of it", "<p>99\N{NO-BREAK SPACE}% of it"),
        ("<b>99</b> %", "<b>99</b>\N{NO-BREAK SPACE}%"),
        ("<pre>99 % 2</pre>", "<pre>99 % 2</pre>"),
    ],
)
def test_what_belongs_together_stays_on_a_line(written, kept):
    assert accessible.mended(written) == kept
