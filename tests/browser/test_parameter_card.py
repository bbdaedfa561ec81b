"""The parameter card: what it lists, and a form that refuses what the command line would, in the same words."""

import dataclasses
import json
import math
import shlex

import pytest
from bs4 import BeautifulSoup
from click.testing import CliRunner
from conftest import ROOT

from collapse_lib import InvalidInput
from collapse_lib.commands.main import main
from collapse_lib.parameters import PRESETS, Parameter
from collapse_lib.press import wording
from collapse_lib.press.book import Book
from collapse_lib.press.chapter import Chapter
from collapse_lib.press.pages import parameters

REAL = Book.here().chapters
SCRIPT = (ROOT / "book" / "assets" / "parameters.js").read_text(encoding="utf-8")
every_chapter = pytest.mark.parametrize("slug", REAL)


def parsed(slug, **record):
    return BeautifulSoup(parameters.card(REAL[slug], record), "html.parser")


# What it lists ----------------------------------------------------------------------------------------------------


@every_chapter
def test_every_parameter_has_a_row_and_a_field_with_a_label(slug):
    card = parsed(slug)
    rows = card.select("tbody tr")
    assert [row.code.get_text() for row in rows] == [p.name for p in REAL[slug].parameters]
    for row, parameter in zip(rows, REAL[slug].parameters, strict=True):
        field = row.select_one("input, select")
        assert row.label["for"] == field["id"]
        assert parameter.meaning in row.th.get_text()
        assert card.find(id=field["aria-describedby"]).get_text() == parameters.takes(parameter)


@every_chapter
def test_an_id_is_on_a_card_once(slug):
    ids = [tag["id"] for tag in parsed(slug).find_all(id=True)]
    assert len(ids) == len(set(ids))


def test_a_card_tells_the_default_the_papers_value_and_what_ran():
    row = parsed("errata", parameters={"real": 7}).find("code", string="real").find_parent("tr")
    assert [cell.get_text() for cell in row.select("td[data-label]")] == ["5", "100 in Figure 3", "7"]
    assert row.select_one("td.other")["data-label"] == "Here"


def test_a_long_list_is_written_once():
    row = parsed("fully_synthetic").find("code", string="sizes").find_parent("tr")
    assert [cell.get_text() for cell in row.select("td[data-label]")][1:] == ["the same", "the same"]


def test_a_card_tells_what_the_run_took():
    card = parsed("mixtures", seconds=12.3, memory=220_500_000)
    assert "about 12 s and 210 MiB" in card.select_one(".cost").get_text()
    assert parsed("mixtures").select_one(".cost").get_text() == ""


@every_chapter
def test_what_the_paper_prints_is_a_parameter_and_fits_it(slug):
    chapter = REAL[slug]
    for name, value in chapter.paper_values.items():
        parameter = chapter.parameter(name)
        if isinstance(value, str):  # a value and where it is printed; a chapter need not take it
            free = dataclasses.replace(parameter, low=-math.inf, high=math.inf)
            free.parse(value.split(" in Figure")[0])
        else:
            assert parameter.checked(value) == value


def test_some_chapter_has_values_of_the_papers():
    assert REAL["mixtures"].paper_values["generations"] == 500


def test_a_value_of_the_papers_for_an_unknown_parameter_is_refused(small_book):
    folder = small_book(one="pass")
    page = (folder / "one.md").read_text(encoding="utf-8")
    (folder / "one.md").write_text(
        page.replace("collapse:\n", "collapse:\n  paper_values: {m: 5}\n"), encoding="utf-8"
    )
    with pytest.raises(InvalidInput, match=r"one\.md: paper_values names 'm'"):
        Book.here().chapter("one")


def test_thousands_are_grouped_in_the_table_and_not_in_the_fields():
    row = parsed("mixtures").find("code", string="trials").find_parent("tr")
    assert row.td.get_text() == "4,000"
    assert row.input["value"] == "4000"
    assert "1,000,000" in row.get_text()


# The form and the command line, text by text ----------------------------------------------------------------------

DECLARED = [
    Parameter("n", "int", 50, "samples", 1, 5_000),
    Parameter("seed", "int", 0, "a seed", low=0),
    Parameter("sigma", "float", 0.1, "S_0", 0, 1),
    Parameter("free", "float", 0.0, "any number"),
    Parameter("small", "float", 1e-7, "a small one", 1e-8, 2.5e-7),
    Parameter("high", "float", 1.0, "a large one", high=4e17),
    Parameter("loud", "bool", False, "whether to shout"),
    Parameter("corpus", "str", "tinyshakespeare", "a text"),
    Parameter("draw", "str", "kept", "the reading", choices=("kept", "fresh")),
    Parameter("sizes", "list[int]", [1, 2], "sizes", 1, 2_000),
    Parameter("truth", "list[float]", [], "a truth", 0, 1),
]
TEXTS = [
    "", " ", "0", "1", "-1", "+1", "-0", "007", "50", " 50 ", "\t50\n", "5000", "5001", "1e3", "1E3", "1e+3",
    "1e-3", "1.5e2", "1_000", "1__000", "_1", "1_", "1_000.5", "1e1_0", "25.0", "25.", ".5", "-.5", ".", "e3",
    "1e", "2.5", "-2.5", "1 000", "1,000", "1.000,5", "0x10", "0b1", "1e400", "-1e400", "1e22", "1e16",
    "123456789012345678", "9" * 40, "1e-5", "0.00001", "0.0001", "-0.0", "1e-400", "0.1", "0.30000000000000004",
    "1.0000000000000002", "5000.0000000000001", "1e15", "12345678.9", "3e17", "5e17", "1e-7", "3e-7", "nan",
    "NaN", "inf", "-inf", "Infinity", "true", "True", "TRUE", "yes", "on", "off", "no", "False", " false ",
    "maybe", "t", "kept", "fresh", "Fresh", "frsh", " kept ", "1,2", "1, 2", "[1, 2]", "[1,2", "1,2]", "[[1]]",
    "[]", "[ ]", ",", "1,,2", ",1", "1,", "10 50", "10;50", "10,2.5", "10,0", "1e3,2e3", "[10, 1e2]", "0.5,0.5",
    "0.5,1.5", "0.5,nan", "1,true", "0.1,0.2,0.70000000000000001", "it's", 'say "so"', "it's \"so\"",
    "back\\slash", "a\tb", "a\nb", "a\x00b", "a\x7fb", "caf\u00e9", "\u65e5\u672c", "a\u00a0b", "\u00a05\u00a0",
    "\u20035", "\ufeff5", "\u200b5", "\u2028x", "\u0663", "\uff11\uff12", "\U0001d7d9", "\U0001f600", "\ue000",
    "\u00b2", "\u00bd", "$HOME", "`ls`", "a b", "-p", "--help", "0,5", "1.2.3", "--1", "+-1", "1e3.5", "5e0",
    "1\u00b75", "\u22121", "1e-1,2E-1", "0", "9007199254740993", "1e309",
]  # fmt: skip


def pythons(parameter, text):
    """What the command line makes of a text: the value as Python writes it, or the refusal."""
    try:
        return {"value": repr(parameter.parse(text))}
    except InvalidInput as refusal:
        return {"refusal": str(refusal)}


def told(parameter):
    """A parameter as the page tells it."""
    chapter = Chapter("c", "C", ROOT, "", (parameter,), {})
    return parameters.declaration(chapter)["parameters"][0]


@pytest.fixture(scope="module")
def blank(browser):
    """A page that has the script and nothing else."""
    tab = browser.new_page()
    tab.set_content("<!DOCTYPE html><title>blank</title>")
    tab.add_script_tag(content=SCRIPT)
    return tab


READ = """([declared, texts]) => texts.map(text => {
  const read = collapseParameters.parse(declared, text);
  return read.refusal ? {refusal: read.refusal} : {value: collapseParameters.repr(read.value)};
})"""


def differences(blank, parameter, declared):
    found = blank.evaluate(READ, [declared, TEXTS])
    return [
        (text, one, pythons(parameter, text))
        for text, one in zip(TEXTS, found, strict=True)
        if one != pythons(parameter, text)
    ]


@pytest.mark.browser
@pytest.mark.parametrize("parameter", DECLARED, ids=lambda p: p.name)
def test_the_form_reads_and_refuses_a_text_as_the_command_line_does(blank, parameter):
    answers = [pythons(parameter, text) for text in TEXTS]
    assert any("value" in answer for answer in answers)
    assert differences(blank, parameter, told(parameter)) == []


@pytest.mark.browser
def test_a_form_that_knew_another_range_would_be_found_out(blank):
    assert differences(blank, DECLARED[0], told(DECLARED[0]) | {"high": 4_000}) != []
    assert differences(blank, DECLARED[1], told(DECLARED[1]) | {"type": "float"}) != []


@pytest.mark.browser
def test_a_word_is_quoted_as_a_shell_needs_it(blank):
    quoted = blank.evaluate("texts => texts.map(collapseParameters.quote)", TEXTS)
    assert quoted == [shlex.quote(text) for text in TEXTS]


# The form in a page -----------------------------------------------------------------------------------------------


@pytest.fixture
def chapter(small_book):
    """A small chapter that has a parameter of most kinds, and says what it was given."""
    folder = small_book(one="import json\nprint(json.dumps([n, loud, word, kind, sizes]))")
    more = (
        'word: str = "a"  # a word\nkind: str = "kept"  # a choice [kept|fresh]\n'
        "sizes: list[int] = [1, 2]  # some sizes [1..2000]\n"
    )
    page = (folder / "one.md").read_text(encoding="utf-8")
    page = page.replace(
        "loud: bool = False  # whether to shout\n", "loud: bool = False  # whether to shout\n" + more
    )
    (folder / "one.md").write_text(page, encoding="utf-8")
    return Book.here().chapter("one")


@pytest.fixture
def form(chapter, tmp_path, browser):
    """The card of the small chapter in a page of its own; a function opens it."""
    path = tmp_path / "card.html"
    heading = '<h2 id="change-the-parameters">Change</h2>'
    path.write_text(
        f"<!DOCTYPE html><script>{SCRIPT}</script>{heading}{parameters.card(chapter, {})}", encoding="utf-8"
    )
    tabs = []

    def opened(fragment=""):
        tab = browser.new_page()
        tab.goto(path.as_uri() + fragment)
        tabs.append(tab)
        return tab

    yield opened
    for tab in tabs:
        tab.close()


def command(tab):
    return tab.text_content(".command code")


def answer(tab):
    return tab.text_content(".answer")


@pytest.mark.browser
def test_the_command_that_the_form_writes_does_what_the_form_says(form, tmp_path, monkeypatch):
    tab = form()
    tab.fill("[name=parameter-n]", " 1e3 ")
    tab.check("[name=parameter-loud]")
    tab.fill("[name=parameter-word]", 'it\'s $HOME, "so"')
    tab.select_option("[name=parameter-kind]", "fresh")
    tab.fill("[name=parameter-sizes]", "[10, 20]")
    assert (answer(tab), tab.is_disabled(".copy")) == ("", False)
    words_ = shlex.split(command(tab))
    assert words_[:3] == ["collapse", "run", "one"]
    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(main, [*words_[1:], "-o", "out"])
    assert done.exit_code == 0, done.output
    manifest = json.loads((tmp_path / "out" / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["parameters"] == {
        "n": 1000, "loud": True, "word": "it's $HOME, \"so\"", "kind": "fresh", "sizes": [10, 20],
    }  # fmt: skip


@pytest.mark.browser
def test_only_what_differs_from_the_preset_is_in_the_command(form):
    tab = form()
    assert command(tab) == "collapse run one"
    tab.fill("[name=parameter-n]", "5.0")
    tab.fill("[name=parameter-sizes]", "[1, 2]")
    assert command(tab) == "collapse run one"
    tab.fill("[name=parameter-n]", "7")
    assert command(tab) == "collapse run one -p n 7"
    tab.select_option("[name=preset]", "quick")
    assert command(tab) == "collapse run one --preset quick -p n 7"
    tab.fill("[name=parameter-n]", "2")
    assert command(tab) == "collapse run one --preset quick"
    tab.click("[type=reset]")
    tab.wait_for_function("document.querySelector('.command code').textContent === 'collapse run one'")
    assert tab.input_value("[name=parameter-n]") == "5"


@pytest.mark.browser
def test_a_preset_brings_its_values_into_the_fields_that_nobody_changed(form):
    tab = form()
    tab.fill("[name=parameter-word]", "b")
    tab.select_option("[name=preset]", "quick")
    assert (tab.input_value("[name=parameter-n]"), tab.input_value("[name=parameter-word]")) == ("2", "b")


@pytest.mark.browser
def test_the_form_answers_as_the_command_line_would(form):
    tab = form()
    tab.fill("[name=parameter-n]", "2.5")
    assert tab.is_disabled(".copy")
    assert tab.get_attribute("[name=parameter-n]", "aria-invalid") == "true"
    done = CliRunner().invoke(main, shlex.split(command(tab))[1:])
    assert done.exit_code == 2
    assert done.stderr.strip() == answer(tab) == "Error: n was given '2.5'; it takes a whole number from 1 to 5000."
    tab.fill("[name=parameter-n]", "3")
    assert (answer(tab), tab.is_disabled(".copy")) == ("", False)
    assert tab.get_attribute("[name=parameter-n]", "aria-invalid") == "false"


@pytest.mark.browser
def test_an_address_can_fill_in_the_form(form):
    tab = form("#change-the-parameters&n=25&preset=quick&word=a%20b&loud=true&colour=red")
    assert command(tab) == "collapse run one --preset quick -p n 25 -p loud true -p word 'a b'"


@pytest.mark.browser
def test_without_a_script_there_is_a_table_and_a_command(chapter, tmp_path, browser):
    styles = (ROOT / "book" / "assets" / "parameters.css").read_text(encoding="utf-8")
    path = tmp_path / "card.html"
    path.write_text(f"<!DOCTYPE html><style>{styles}</style>{parameters.card(chapter, {})}", encoding="utf-8")
    context = browser.new_context(java_script_enabled=False)
    tab = context.new_page()
    tab.goto(path.as_uri())
    assert command(tab) == "collapse run one"
    assert not any(field.is_visible() for field in tab.query_selector_all("input, select, button"))
    assert tab.is_visible("table.parameters")
    assert tab.is_visible(".without-script")
    context.close()


def test_every_preset_is_told_to_the_form(chapter):
    presets = parameters.declaration(chapter)["presets"]
    assert set(presets) == set(PRESETS)
    assert {
        name: chapter.parameter(name).parse(text) for name, text in presets["quick"].items()
    } == chapter.settings("quick", {})


@every_chapter
@pytest.mark.parametrize("preset", PRESETS)
def test_what_the_form_starts_from_is_read_as_the_presets_value(slug, preset):
    for name, value in REAL[slug].settings(preset, {}).items():
        assert REAL[slug].parameter(name).parse(wording.typed(value)) == value
