"""What an explorer is made of, and its HTML: controls, numbers, charts with a legend, the command to run.

A live explorer is written down here once, for three readers.  Sphinx makes the page from it, with a picture and
numbers at the default setting, so that the page is whole without JavaScript.  The script `controls.js` reads names,
ranges and defaults back from the page.  The tests take from it what must be there.

The script fills places that the page already has, of a fixed shape, so nothing moves when it starts.
"""

from __future__ import annotations

import html
import json
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from collapse_lib import plotting
from collapse_lib.plotting import Plate
from collapse_lib.press.pages.figures import inline_svg
from collapse_lib.registry import Registry

When = Mapping[str, Sequence[str]]
"""The choices under which a control is there: {"truth": ["zipf"]}; empty for always."""


@dataclass(frozen=True)
class Slider:
    """A number: a slider with a field beside it.  `label` may hold HTML, `plain` is the same in words."""

    name: str
    label: str
    plain: str
    low: float
    high: float
    default: float
    step: float = 1
    when: When = field(default_factory=dict)
    main: bool = False

    def html(self, shown: bool) -> str:
        """The label, the field and the slider."""
        limits = f'min="{self.low:g}" max="{self.high:g}" step="{self.step:g}" value="{self.default:g}"'
        plain = html.escape(self.plain)
        return (
            f'<div class="explorer-control" data-control="{self.name}"{_conditions(self.when, shown)}>'
            f'<label for="explore-{self.name}">{self.label}</label>'
            f'<input type="number" id="explore-{self.name}-exact" {limits} inputmode="decimal" autocomplete="off" '
            f'aria-label="{plain}, exact value">'
            f'<input type="range" id="explore-{self.name}" {limits} autocomplete="off" '
            f'data-plain="{plain}"></div>'
        )


@dataclass(frozen=True)
class Choice:
    """One of several words: `options` from the word in the address to the words on the page."""

    name: str
    label: str
    options: Mapping[str, str]
    when: When = field(default_factory=dict)
    main: bool = False

    @property
    def default(self) -> str:
        """The first option."""
        return next(iter(self.options))

    def html(self, shown: bool) -> str:
        """The label and the list."""
        options = "".join(f'<option value="{value}">{text}</option>' for value, text in self.options.items())
        return (
            f'<div class="explorer-control" data-control="{self.name}"{_conditions(self.when, shown)}>'
            f'<label for="explore-{self.name}">{self.label}</label>'
            f'<select id="explore-{self.name}" autocomplete="off">{options}</select></div>'
        )


@dataclass(frozen=True)
class Key:
    """An entry of a legend.  `kind`: line, thin, run, mark; dashed, dotted, dotdash (these in ink).

    `colour` is its own where it is not the explorer's.
    """

    name: str
    kind: str
    label: str
    colour: str = ""

    def html(self) -> str:
        """A swatch and its words."""
        mark = '<circle cx="14" cy="6" r="4.5"/>' if self.kind == "mark" else '<path d="M1 6H27"/>'
        own = f' style="--schedule: {self.colour}"' if self.colour else ""
        swatch = f'<svg class="series-{self.kind}" width="28" height="12" aria-hidden="true">{mark}</svg>'
        return f'<li data-series="{self.name}" data-kind="{self.kind}"{own}>{swatch}<span>{self.label}</span></li>'


@dataclass(frozen=True)
class Chart:
    """A picture: its title, its legend, and how it looks at the default setting.  `shape` is wide or square."""

    name: str
    title: str
    keys: Sequence[Key]
    plate: Callable[[], Plate]
    shape: str = "wide"

    def html(self) -> str:
        """The title, the legend, and the box with the picture at the default setting."""
        plate = self.plate()
        drawing = inline_svg({"name": f"explore-{self.name}", "svg": plate.svg(), "alt": plate.alt})
        keys = "".join(key.html() for key in self.keys)
        legend = f'<ul class="explorer-legend">{keys}</ul>' if keys else ""
        return (
            f'<div class="explorer-chart" data-chart="{self.name}">'
            f'<p class="explorer-title">{self.title}</p>{legend}'
            f'<div class="explorer-box explorer-{self.shape}">{drawing}</div></div>'
        )


@dataclass(frozen=True)
class Explorer:
    """A live explorer.  `answers` are (name, label, value at the default setting); `script` its own file.

    `command` is what runs its chapter, `note` a remark on it, `commands` all the chapters that it may name.
    `buttons` are its own, name to words; `counters` are whole numbers from 0 that are in the address and have no
    control, with their largest values; `data` are numbers that its script takes from the page, by
    name; `before` more HTML, put before the charts.
    """

    name: str
    title: str
    colour: str
    controls: Sequence[Slider | Choice]
    answers: Sequence[tuple[str, str, str]]
    charts: Sequence[Chart]
    command: str
    commands: Sequence[str]
    buttons: Mapping[str, str] = field(default_factory=dict)
    counters: Mapping[str, int] = field(default_factory=lambda: {"seed": 999_999})
    data: Mapping[str, Any] = field(default_factory=dict)
    before: str = ""
    note: str = ""

    def default(self) -> dict[str, Any]:
        """Every control's value to begin with."""
        return {control.name: control.default for control in self.controls}

    def html(self, limits: Mapping[str, Mapping[str, tuple[float, float]]]) -> str:
        """The whole explorer; `limits` are what the chapters' parameters take, for the commands."""
        default = self.default()
        main, more = (
            "".join(c.html(_applies(c.when, default)) for c in self.controls if c.main == main)
            for main in (True, False)
        )
        own = "".join(_button(name, words) for name, words in self.buttons.items())
        if own:
            own = f'<div class="explorer-play">{own}</div>'
        answers = "".join(
            f'<div><dt>{label}</dt><dd><output name="{name}" aria-live="off">{value}</output></dd></div>'
            for name, label, value in self.answers
        )
        charts = "".join(chart.html() for chart in self.charts)
        choices = [name for control in self.controls if isinstance(control, Choice) for name in control.options]
        colours = {name: plotting.COLOURS[name] for name in choices if name in plotting.COLOURS}
        data = {"commands": limits, "colours": colours, "counters": self.counters, **self.data}
        known = "".join(f' data-{name}="{html.escape(json.dumps(value))}"' for name, value in data.items())
        return f"""\
<section class="explorer tex2jax_ignore" data-explorer="{self.name}"{known}
 aria-label="{html.escape(self.title)}" style="--schedule: {self.colour}">
<noscript><style>.explorer-main, .explorer-more, .explorer-tools, .explorer-message {{ display: none }}</style>
<p class="explorer-without">The controls need JavaScript. Without it, here are the pictures and numbers of the
default setting; the chapters are complete without it.</p></noscript>
<div class="explorer-main">{main}{own}</div>
<div class="explorer-more">{more}</div>
<div class="explorer-tools">{_button("runs", "New runs")}{_button("link", "Copy link")}
{_button("reset", "Reset")}</div>
<p class="explorer-message" role="status"></p>
<output class="explorer-spoken" aria-live="polite"></output>
<dl class="explorer-answers">{answers}</dl>
{self.before}{charts}
<div class="explorer-after">
<p class="explorer-run">The same at full length, as a chapter:</p>
<div class="explorer-command"><code>{html.escape(self.command)}</code>{_button("command", "Copy")}</div>
<p class="explorer-note">{self.note}</p>
<div class="explorer-tools">{_button("csv", "Download the numbers (CSV)")}</div></div>
</section>"""


def shown(value: float) -> str:
    """A number as an explorer writes it, to four digits; `collapse.say` in `controls.js` is its twin.

    >>> [shown(x) for x in (91.4961, 0.1, 12345.6, 2e-5, math.inf)]
    ['91.5', '0.1', '12,346', '< 0.0001', 'any number']
    """
    if math.isinf(value):
        return "any number"
    if abs(value) >= 1000:
        return f"{value:,.0f}"
    return "< 0.0001" if 0 < value < 1e-4 else f"{value:.4g}"


def _button(name: str, words: str) -> str:
    """A button of an explorer."""
    return f'<button type="button" data-button="{name}">{words}</button>'


def _applies(when: When, state: Mapping[str, Any]) -> bool:
    """Whether a control is there in a state."""
    return all(state[name] in values for name, values in when.items())


def _conditions(when: When, shown: bool) -> str:
    """The attributes that tell when a control is there."""
    conditions = f' data-when="{html.escape(json.dumps(when))}"' if when else ""
    return conditions + ("" if shown else " hidden")


EXPLORERS = Registry[Callable[[], Explorer]]("explorer", "collapse_lib.press.pages.explorers")
"""Each explorer at its default setting, by its name on the page."""


def registered(name: str) -> Callable[[Callable[[], Explorer]], Callable[[], Explorer]]:
    """Register the decorated function as the maker of an explorer."""

    def register(make: Callable[[], Explorer]) -> Callable[[], Explorer]:
        EXPLORERS.add(name, make)
        return make

    return register
