"""Explorer: a schedule's table of sizes, what it and the others leave of the diversity, and runs (Section 4.2)."""

from __future__ import annotations

import numpy as np

from collapse_lib import plotting
from collapse_lib.plotting import Plate
from collapse_lib.press.pages.explorers.shared import (
    S0,
    SCHEDULES,
    SUPPORT,
    TRUTH_NOTE,
    canvas,
    half,
    levels,
    plate,
    schedule_controls,
    truth_controls,
)
from collapse_lib.press.pages.explorers.widgets import Chart, Explorer, Key, Slider, registered, shown
from collapse_lib.schedules import (
    Accumulate,
    FullySynthetic,
    MostRecent,
    PartiallySynthetic,
    RandomlySampled,
    Schedule,
)
from collapse_lib.theory import moments

N_SAMPLES, WINDOW, LAST, ROWS = 12, 3, 60, 6
VALUES: dict[str, Schedule] = {
    "FullySynthetic": FullySynthetic(N_SAMPLES),
    "PartiallySynthetic": PartiallySynthetic(N_SAMPLES, N_SAMPLES),
    "MostRecent": MostRecent(N_SAMPLES, WINDOW),
    "RandomlySampled": RandomlySampled(N_SAMPLES),
    "Accumulate": Accumulate(N_SAMPLES),
}
"""The schedules at the default setting."""

TABLE = """\
<p class="explorer-title">Its table of sizes</p>
<p class="explorer-caption">Row <i>m</i>: what generation <i>m</i> is trained on. Column 0 is real data, column
<i>t</i> holds samples of model <i>t</i>.</p>
<table class="explorer-sizes"><thead><tr><th scope="col"><i>m</i></th>{heads}</tr></thead>
<tbody>{rows}</tbody></table>
"""


@registered("schedules")
def explorer() -> Explorer:
    """The explorer at its default setting."""
    diversity = moments.diversity(VALUES["FullySynthetic"], LAST)
    return Explorer(
        name="schedules",
        title="Schedules compared",
        colour=plotting.COLOURS["FullySynthetic"],
        controls=[
            *schedule_controls(N_SAMPLES, 200),
            Slider("generations", "Generations shown", "Generations shown", 10, 200, LAST, 5),
            *truth_controls(),
        ],
        answers=[
            ("left", "diversity left in the last generation", shown(float(diversity[-1]))),
            ("half", "half of it is lost by generation", shown(half(1 - diversity))),
            ("last", "mean of <i>σ</i> in the last generation", shown(1 - float(diversity[-1]) * (1 - S0))),
            ("S0", "<i>S</i><sub>0</sub>", shown(S0)),
        ],
        charts=[
            Chart(
                "left",
                "Diversity under each schedule",
                [
                    *(Key(name, "thin", words, plotting.COLOURS[name]) for name, words in SCHEDULES.items()),
                    Key("runs", "run", "10 simulated runs"),
                    Key("exact", "line", "chosen, exact mean"),
                ],
                _left,
            )
        ],
        command=f"collapse run any_schedule -p n {N_SAMPLES} -p window {WINDOW} -p generations {LAST} "
        f"-p support {SUPPORT} -p sigma {S0}",
        commands=["any_schedule", "partially_synthetic"],
        note=TRUTH_NOTE,
        data={"levels": levels()},
        before=_table(VALUES["FullySynthetic"]),
    )


def _table(schedule: Schedule) -> str:
    """The first rows of the table n_t^(m)."""
    heads = "".join(f'<th scope="col">{t}</th>' for t in range(ROWS))
    rows = "".join(
        f'<tr><th scope="row">{m}</th>' + "".join(_cell(schedule, m, t) for t in range(ROWS)) + "</tr>"
        for m in range(1, ROWS + 1)
    )
    return TABLE.format(heads=heads, rows=rows)


def _cell(schedule: Schedule, m: int, t: int) -> str:
    """A cell, the darker the more samples."""
    row = schedule.sizes(m)
    size = float(row[t]) if t < m else 0.0
    share = round(12 + 28 * size / float(row.max())) if size else 0
    return f'<td style="--share: {share}%">{shown(size) if size else ""}</td>'


def _left() -> Plate:
    """What is left of the diversity under every schedule, the chosen one's line thick."""
    figure, ax = canvas()
    for name, schedule in VALUES.items():
        width, left = 2.0 if name == "FullySynthetic" else 1.0, moments.diversity(schedule, LAST)
        plotting.theory(ax, np.arange(LAST + 1), left, label="", color=plotting.COLOURS[name], linewidth=width)
    ax.set(xlim=(0, LAST), ylim=(0, (1 - 1 / SUPPORT) / (1 - S0)))  # a single run may have more than the truth
    alt = (
        "The share of the diversity that is left under five schedules: each falls from 1, fully synthetic towards "
        "0 first, the window later; three level off."
    )
    return plate(figure, ax, "generation m", "share of the diversity 1 − σ that is left", alt)
