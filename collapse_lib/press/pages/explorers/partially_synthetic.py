"""Explorer: real data kept, how far the models stray, and how much synthetic data is safe (Theorems 2 and 3)."""

from __future__ import annotations

import math

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
    levels,
    plate,
    ring,
    truth,
    truth_controls,
)
from collapse_lib.press.pages.explorers.widgets import Chart, Explorer, Key, Slider, registered, shown
from collapse_lib.theory import deviation, paper

REAL, SYNTHETIC, EPS = 100, 50, 0.1
LAST = 50
"""The last generation shown, as in the paper's Figure 3."""
GREEN = plotting.COLOURS["PartiallySynthetic"]


@registered("partially-synthetic")
def explorer() -> Explorer:
    """The explorer at its default setting."""
    N, n, p, tokens = REAL, SYNTHETIC, truth(), min(SUPPORT, REAL)
    return Explorer(
        name="partially-synthetic",
        title="How much synthetic data is safe",
        colour=GREEN,
        controls=[
            Slider("N", "Real samples <i>N</i>, kept", "Real samples N", 2, 1000, N, main=True),
            Slider("n", "Synthetic samples <i>n</i>", "Synthetic samples n", 1, 1000, n, main=True),
            Slider("eps", "Allowed deviation <i>ε</i>", "Allowed deviation", 0.01, 1, EPS, 0.01),
            *truth_controls(),
        ],
        answers=[
            ("stays", "mean deviation in the long run", shown(deviation.stationary_l1(p, N, n))),
            ("first", "from the first model to the truth", shown(float(deviation.l1(p, N, 1, 1)[0]))),
            ("paper", "safe <i>n</i>: the paper’s (11)", allowed(float(paper.largest_synthetic(N, EPS, SUPPORT)))),
            ("direct", "safe <i>n</i>: direct", allowed(float(deviation.largest_synthetic_sharp(N, EPS, tokens)))),
            (
                "saturating",
                "safe <i>n</i>: saturating",
                allowed(float(deviation.largest_synthetic_saturating(N, EPS, tokens))),
            ),
            ("exact", "safe <i>n</i>: exactly", allowed(deviation.largest_synthetic_exact(p, N, EPS))),
        ],
        charts=[
            Chart(
                "safe",
                "How far the models stray in the long run",
                [
                    Key("yours", "mark", "your n"),
                    Key("exact", "line", "exact"),
                    Key("saturating", "dashed", "saturating bound"),
                    Key("direct", "dotdash", "direct bound"),
                    Key("eps", "dotted", "allowed, ε"),
                ],
                _safe,
            ),
            Chart(
                "deviation",
                "Generation by generation",
                [
                    Key("runs", "run", "10 simulated runs"),
                    Key("exact", "line", "exact mean"),
                    Key("saturating", "dashed", "saturating bound"),
                    Key("eps", "dotted", "allowed, ε"),
                ],
                _deviation,
            ),
            Chart(
                "sigma",
                "Equation (9), corrected and as printed",
                [
                    Key("runs", "run", "10 simulated runs"),
                    Key("exact", "line", "exact mean, (9) corrected"),
                    Key("printed", "dashed", "(9) as printed"),
                    Key("limit", "dotted", "limit"),
                ],
                _sigma,
            ),
        ],
        command=f"collapse run safe_synthetic_data -p N {N} -p eps {EPS} -p support {SUPPORT} -p sigma {S0}",
        commands=["safe_synthetic_data"],
        note=TRUTH_NOTE,
        data={"levels": levels()},
    )


def allowed(n: float) -> str:
    """An amount of synthetic data in words."""
    return "none" if n < 1 else shown(n if math.isinf(n) else math.floor(n))


def _safe() -> Plate:
    """The deviation in the long run against n."""
    N, p, tokens, grid = REAL, truth(), min(SUPPORT, REAL), np.arange(4, 401, 4)
    sizes = np.unique(np.append(np.geomspace(1, 400, 16).astype(int), SYNTHETIC))
    exact = [deviation.stationary_l1(p, N, int(n)) for n in sizes]
    highest = float(deviation.saturating_bound(N, math.inf, tokens))
    figure, ax = canvas()
    plotting.theory(ax, sizes, exact, label="", color=GREEN)
    plotting.bound(ax, grid, deviation.saturating_bound(N, grid, tokens), label="")
    plotting.bound(ax, grid, deviation.sharp_bound(N, grid, tokens), label="", dashes=DOTDASH)
    plotting.bound(ax, [0, 400], [EPS, EPS], label="", dashes=DOTTED)
    yours = exact[sizes.tolist().index(SYNTHETIC)]
    ring(ax, SYNTHETIC, yours, GREEN)
    ax.set(xlim=(0, 400), ylim=(0, min(2.0, 1.2 * max(EPS, highest))))
    alt = (
        f"The mean deviation in the long run rises with n and levels off; at n = {SYNTHETIC} it is {shown(yours)}."
    )
    return plate(figure, ax, "synthetic samples n", "mean deviation from the first model, in the long run", alt)


def _deviation() -> Plate:
    """The deviation against the generation."""
    N, n = REAL, SYNTHETIC
    bound = float(deviation.saturating_bound(N, n, min(SUPPORT, N)))
    figure, ax = canvas()
    exact = deviation.l1(truth(), N, n, LAST)
    plotting.theory(ax, np.arange(1, LAST + 1), exact[1:], label="", color=GREEN)
    plotting.bound(ax, [1, LAST], [bound, bound], label="")
    plotting.bound(ax, [1, LAST], [EPS, EPS], label="", dashes=DOTTED)
    ax.set(xlim=(1, LAST), ylim=(0, min(2.0, 1.35 * max(EPS, bound))))
    alt = "The mean deviation from the first model rises from 0 and levels off below the bound."
    return plate(figure, ax, "generation m", "deviation from the first model", alt)


def _sigma() -> Plate:
    """The mean of sigma."""
    N, n, m = REAL, SYNTHETIC, np.arange(1, LAST + 1)
    limit = float(paper.sigma_partially_synthetic_limit(S0, N, n))
    figure, ax = canvas()
    plotting.theory(ax, m, paper.sigma_partially_synthetic(S0, N, n, m), label="", color=GREEN)
    plotting.bound(ax, m, paper.sigma_partially_synthetic(S0, N, n, m, printed=True), label="")
    plotting.bound(ax, [1, LAST], [limit, limit], label="", dashes=DOTTED)
    ax.set(xlim=(1, LAST), ylim=(0, min(1.0, 2 * limit)))
    alt = "The mean of sigma rises a little and levels off at its limit; as printed it begins lower."
    return plate(figure, ax, "generation m", "chance σ that two tokens of the model are equal", alt)
