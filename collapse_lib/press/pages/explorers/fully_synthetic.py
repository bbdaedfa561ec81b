"""Explorer: how long until one token is left, its law and the paper's bounds (Theorem 1, Figure 2)."""

from __future__ import annotations

import numpy as np

from collapse_lib import plotting
from collapse_lib.plotting import Plate
from collapse_lib.press.pages.explorers.shared import (
    DOTDASH,
    DOTTED,
    S0,
    SUPPORT,
    TRUTH_NOTE,
    canvas,
    half,
    levels,
    plate,
    ring,
    truth,
    truth_controls,
)
from collapse_lib.press.pages.explorers.widgets import Chart, Explorer, Key, Slider, registered, shown
from collapse_lib.theory import coalescent, paper

N_SAMPLES = 50
BLUE = plotting.COLOURS["FullySynthetic"]
SIZES = "10,50,100,150,200,250,300,350,400"


@registered("fully-synthetic")
def explorer() -> Explorer:
    """The explorer at its default setting."""
    n, p = N_SAMPLES, truth()
    T = coalescent.expected_collapse_time(p, n)
    lower, upper = (float(bound) for bound in paper.collapse_time_bounds(S0, n, SUPPORT))
    return Explorer(
        name="fully-synthetic",
        title="Your own n in Figure 2",
        colour=BLUE,
        controls=[
            Slider("n", "Samples <i>n</i> in each generation", "Samples n", 2, 1000, n, main=True),
            *truth_controls(),
        ],
        answers=[
            ("T", "mean collapse time E[<i>T</i>]", shown(T)),
            ("lower", "the paper’s lower bound (8)", shown(lower)),
            ("upper", "its upper bound (8)", shown(upper)),
            ("twice", "2<i>n</i>", shown(2 * n)),
            ("half", "half of all runs collapsed by", shown(half(coalescent.collapse_probability(p, n, 6 * n)))),
            ("S0", "<i>S</i><sub>0</sub>", shown(S0)),
        ],
        charts=[
            Chart(
                "figure-2",
                "Figure 2: how long until one token is left",
                [
                    Key("yours", "mark", "your n"),
                    Key("exact", "line", "exact"),
                    Key("lower", "dashed", "lower bound (8)"),
                    Key("upper", "dotdash", "upper bound (8)"),
                    Key("twice", "dotted", "2n"),
                ],
                _figure_2,
            ),
            Chart(
                "probability",
                "When it happens",
                [
                    Key("exact", "line", "exact"),
                    Key("upper", "dashed", "upper bound (7)"),
                    Key("lower", "dotdash", "lower bound (7)"),
                ],
                _probability,
            ),
            Chart(
                "sigma",
                "Two tokens are ever more often equal",
                [Key("runs", "run", "12 simulated runs"), Key("exact", "line", "exact mean, (6)")],
                _sigma,
            ),
        ],
        command=f"collapse run fully_synthetic -p n {n} -p support {SUPPORT} -p sigma {S0} -p sizes {SIZES}",
        commands=["fully_synthetic"],
        note=TRUTH_NOTE,
        data={"levels": levels()},
    )


def _figure_2() -> Plate:
    """The mean collapse time against n."""
    p, sizes = truth(), np.array([2, 5, *range(10, 401, 10)])
    T = [coalescent.expected_collapse_time(p, int(n)) for n in sizes]
    lower, upper = paper.collapse_time_bounds(S0, sizes, SUPPORT)
    figure, ax = canvas()
    plotting.theory(ax, sizes, T, label="", color=BLUE)
    plotting.bound(ax, sizes, lower, label="")
    plotting.bound(ax, sizes, upper, label="", dashes=DOTDASH)
    plotting.bound(ax, sizes, 2 * sizes, label="", dashes=DOTTED)
    mean = T[sizes.tolist().index(N_SAMPLES)]
    ring(ax, N_SAMPLES, mean, BLUE)
    ax.set(xlim=(0, 400), ylim=(0, 800))
    alt = f"The mean collapse time against n: nearly a straight line below 2n, {shown(mean)} at n = {N_SAMPLES}."
    return plate(figure, ax, "samples n in each generation", "mean collapse time E[T], generations", alt)


def _probability() -> Plate:
    """The law of the collapse time and its bounds."""
    n, m = N_SAMPLES, np.arange(1, 6 * N_SAMPLES + 1)
    lower, upper = paper.collapse_probability_bounds(S0, n, m, SUPPORT, clip=True)
    rho = coalescent.collapse_probability(truth(), n, 6 * n)
    figure, ax = canvas()
    plotting.theory(ax, m, rho[1:], label="", color=BLUE)
    plotting.bound(ax, m, upper, label="")
    plotting.bound(ax, m, lower, label="", dashes=DOTDASH)
    ax.set(xlim=(0, 6 * n), ylim=(0, 1))
    alt = "The probability of total collapse by generation m: an S-shaped curve between the paper's two bounds."
    return plate(figure, ax, "generation m", "probability of total collapse by generation m", alt)


def _sigma() -> Plate:
    """The mean of sigma."""
    n, m = N_SAMPLES, np.arange(4 * N_SAMPLES + 1)
    figure, ax = canvas()
    plotting.theory(ax, m, paper.sigma_fully_synthetic(S0, n, m), label="", color=BLUE)
    ax.set(xlim=(0, 4 * n), ylim=(0, 1))
    alt = f"The mean of the chance that two tokens are equal rises from {S0} towards 1."
    return plate(figure, ax, "generation m", "chance σ that two tokens of the model are equal", alt)
