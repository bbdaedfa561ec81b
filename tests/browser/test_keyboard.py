"""The book with the keyboard alone: all is reached, in order, and seen when it is; nothing holds the focus."""

import pytest

pytestmark = pytest.mark.browser

# One page of each kind: a chapter with figures and folded code, a list of statements, the search.
some_pages = pytest.mark.parametrize("page", ["safe_synthetic_data", "prf-prf", "search"])

WATCH = """() => {
  window.stops = [];
  const shown = e => e.checkVisibility({opacityProperty: true, visibilityProperty: true});
  window.reachable = () => [...document.querySelectorAll('a[href], button, input, select, textarea, summary, '
    + '[tabindex]')].filter(e => shown(e) && !e.disabled && e.tabIndex >= 0 && e.getClientRects().length);
  window.told = e => (e.id ? '#' + e.id : e.tagName + '.' + e.className) + ': ' + e.textContent.trim().slice(0, 40);
  document.addEventListener('focusin', ({target}) => {
    const style = getComputedStyle(target), box = target.getClientRects()[0];
    const on = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
    stops.push({
      target,
      seen: (style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 0) || style.boxShadow !== 'none',
      covered: !on || !(target.contains(on) || on.contains(target)),
    });
  });
}"""

WALK = """() => {
  const reached = stops.map(stop => stop.target);
  const first = reached.indexOf(reached[0], 1);
  const round = first < 0 ? reached : reached.slice(0, first);
  const before = (a, b) => a.compareDocumentPosition(b) & Node.DOCUMENT_POSITION_FOLLOWING;
  return {
    stops: round.length,
    missed: reachable().filter(e => !reached.includes(e)).map(told),
    backwards: round.slice(1).filter((e, i) => !before(round[i], e)).map(told),
    unseen: stops.filter(stop => !stop.seen).map(stop => told(stop.target)),
    covered: stops.filter(stop => stop.covered).map(stop => told(stop.target)),
  };
}"""


@pytest.fixture
def tab(browser):
    with browser.new_context(viewport={"width": 1280, "height": 900}, reduced_motion="reduce") as context:
        yield context.new_page()


def opened(tab, address):
    """Open a page and wait until its mathematics is set."""
    tab.goto(address)
    tab.evaluate("async () => { if (window.MathJax) await MathJax.startup.promise; }")
    tab.evaluate(WATCH)


def walked(tab):
    """Press Tab until everything has had its turn, and a little more; what was found."""
    for _ in range(tab.evaluate("reachable().length") + 4):
        tab.keyboard.press("Tab")
    return tab.evaluate(WALK)


@some_pages
def test_the_tab_key_reaches_everything_in_order_and_shows_where_it_is(tab, addresses, page):
    opened(tab, f"{addresses['http']}/{page}.html")
    found = walked(tab)
    assert found.pop("stops") > 20
    assert found == {"missed": [], "backwards": [], "unseen": [], "covered": []}


def test_what_the_tab_key_is_to_find_would_be_missed(tab, tmp_path):
    (tmp_path / "page.html").write_text(
        """<!DOCTYPE html><a href="#a">One</a> <a href="#b" style="outline: none">No sign of focus</a>
        <button tabindex="1">First</button> <button id="hidden-away" onfocus="this.blur()">Refuses</button>
        <div style="position: absolute; inset: 50px 0; background: white; z-index: 1"></div>
        <div style="margin-top: 70px"><a href="#c">Covered</a></div>
        <textarea id="trap" onkeydown="event.key === 'Tab' && event.preventDefault()"></textarea>
        <a href="#d">Behind the trap</a>""",
        encoding="utf-8",
    )
    opened(tab, (tmp_path / "page.html").as_uri())
    found = walked(tab)
    assert [told.split(": ")[-1] for told in found["missed"]] == ["Refuses", "Behind the trap"]
    assert [told.split(": ")[-1] for told in found["unseen"]] == ["No sign of focus"]
    assert "Covered" in found["covered"][0]
    assert found["backwards"]


def test_the_first_key_leads_past_the_menu(tab, addresses):
    opened(tab, f"{addresses['http']}/notation.html")
    tab.keyboard.press("Tab")
    assert tab.evaluate("document.activeElement.textContent") == "Skip to main content"
    assert tab.locator("#pst-skip-link").bounding_box()["y"] >= 0
    tab.keyboard.press("Enter")
    tab.keyboard.press("Tab")
    assert tab.evaluate("document.activeElement.closest('main') !== null")


def test_folded_code_opens_with_the_enter_key(tab, addresses):
    opened(tab, f"{addresses['http']}/safe_synthetic_data.html")
    fold = tab.locator("article details.hide").first
    fold.locator("summary").focus()
    tab.keyboard.press("Enter")
    assert fold.get_attribute("open") is not None
    tab.keyboard.press("Enter")
    assert fold.get_attribute("open") is None


@pytest.mark.parametrize(
    ("button", "dialog"),
    [
        (".primary-toggle", "#pst-primary-sidebar-modal"),
        (".secondary-toggle", "#pst-secondary-sidebar-modal"),
        ("main .search-button__button", "#pst-search-dialog"),
    ],
)
def test_the_menus_of_a_phone_open_hold_the_focus_and_close_with_the_keyboard(tab, addresses, button, dialog):
    tab.set_viewport_size({"width": 390, "height": 844})
    opened(tab, f"{addresses['http']}/notation.html")
    inside = f"document.querySelector('{dialog}').contains(document.activeElement)"
    tab.locator(button).focus()
    tab.keyboard.press("Enter")
    tab.wait_for_function(f"document.querySelector('{dialog}').open && {inside}")
    behind = 0
    for _ in range(tab.locator(f"{dialog} :is(a, button, input)").count() + 3):
        tab.keyboard.press("Tab")
        behind += not tab.evaluate(f"{inside} || document.activeElement === document.body")
    assert behind == 0
    tab.keyboard.press("Escape")
    tab.wait_for_function(f"!document.querySelector('{dialog}').open")
    tab.wait_for_function(f"document.activeElement === document.querySelector('{button}')")


def test_the_theme_changes_with_the_keyboard_which_stays_on_its_button(tab, addresses):
    opened(tab, f"{addresses['http']}/notation.html")
    tab.locator(".theme-switch-button").first.focus()
    seen = []
    for _ in range(3):
        tab.keyboard.press("Enter")
        seen.append(tab.evaluate("document.documentElement.dataset.mode"))
    assert sorted(seen) == ["auto", "dark", "light"]
    tab.wait_for_function("document.activeElement.matches('.theme-switch-button')")


@pytest.mark.parametrize("width", [1280, 390])
def test_the_magnifier_of_a_search_stands_beside_its_text(tab, addresses, width):
    tab.set_viewport_size({"width": width, "height": 844})
    opened(tab, f"{addresses['http']}/notation.html")
    tab.keyboard.press("Control+k")
    form = tab.locator("dialog[open] form.bd-search")
    sign, field = form.locator("i").bounding_box(), form.locator("input").bounding_box()
    text = field["x"] + float(form.locator("input").evaluate("e => parseFloat(getComputedStyle(e).paddingLeft)"))
    assert field["x"] < sign["x"]
    assert sign["x"] + sign["width"] + 4 <= text
