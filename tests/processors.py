"""What the random chapters print at small sizes, as JSON: run by test_processors.py as if on other processors."""

import json
import math
import sys

import numpy as np
from scipy.special import softmax

import collapse_lib as cl
from collapse_lib import claims, embeddings, evidence, metrics, prose
from collapse_lib.claims import command
from collapse_lib.experiments import histories
from collapse_lib.learners import Tabular, Tokens

SMALL = {"trials": 200, "runs": 4, "characters": 4_000, "data_sets": 500, "families": 200, "pairs": 2_000}
SCHEDULES = (
    cl.FullySynthetic(20),
    cl.PartiallySynthetic(20, 10),
    cl.FixedTotal(20, synthetic=10),
    cl.MostRecent(20, 3),
    cl.MostRecent(20, 3, "kept"),
    cl.Accumulate(20),
    *(cl.RandomlySampled(20, draw) for draw in ("mixed", "redrawn", "subset", "first")),
)
SOFTMAX = ("equation-2/random-data",)
"""What an optimiser leaves depends on the processor: of these the verdict counts."""


def printed(samples):
    """A mean with its interval, as a chapter writes it."""
    mean, low, high = evidence.interval(samples)
    return prose.estimate(float(mean), (float(low), float(high)))


def simulated():
    """Every schedule with every learner that it takes, at generation 8."""
    truth = cl.distributions.with_moments(60, 12, 0.2, 0)
    record = [metrics.sigma, metrics.deviation, metrics.entropy, metrics.collapsed]
    found = {}
    for schedule in SCHEDULES:
        for learner in (Tokens(60), Tabular()):
            if isinstance(learner, Tabular) and schedule.draw in ("subset", "first"):
                continue
            run = cl.simulate(truth, schedule, 8, runs=40, seed=0, record=record, learner=learner)
            for metric in record:
                found[f"{schedule}, {type(learner).__name__}, {metric.__name__}"] = printed(run[metric.__name__][8])
    return found


def judged():
    """Every claim that draws, as `collapse check` prints it."""
    found = {}
    for name, item in claims.registry().items():
        if "seed" in item.parameters:
            given = {key: int(max(SMALL[key], p.low)) for key, p in item.parameters.items() if key in SMALL}
            verdict = claims.check(name, **given)
            found[name] = verdict.kind if name in SOFTMAX else command.told(item.claim, verdict)
    return found


def written():
    """What models of the book's text write."""
    reading = histories.Reading(characters=4_000)
    return {f"text, m = {m}": passage for m, passage in histories.written(reading, 0, 200, (1, 5, 20)).items()}


def fitted():
    """Embeddings where all contexts have spoken alike of two tokens, and what their models write."""
    X = embeddings.gaussian(8, 3, 0)
    learner, counts = embeddings.Embedded(X), 1 + np.random.default_rng(0).multinomial(6, [0.4, 0.4, 0.2], (20, 8))
    counts[..., 1] = counts[..., 0]
    model = learner.fit(counts)
    drawn = learner.sample(model, 20, np.random.default_rng(0))
    deviation = printed(metrics.deviation(model, Tabular().fit(counts)).reshape(-1))
    return {"embeddings, drawn": drawn.tolist(), "embeddings, deviation": deviation}


def counted():
    """Softmax regression, to the digits that are shown."""
    rng = np.random.default_rng(0)
    fit = cl.softmax.fit(rng.integers(20, size=2_000), rng.integers(8, size=2_000))
    return {"softmax, loss": prose.number(fit.loss), "softmax, near": fit.discrepancy < 1e-7}


def halves():
    """Two tokens after each of 200 contexts that are equally likely, but for the last bits of a matrix product."""
    X, w = (np.random.default_rng(seed).normal(size=size) for seed, size in ((0, (200, 40)), (1, 40)))
    exactly = [math.fsum(row) for row in X * w]
    return softmax(np.stack([X @ w, exactly], axis=1), axis=1)


def main():
    """All of it."""
    settled = cl.distributions.settled(halves())
    ours = {"halves, drawn": Tabular().sample(settled, 20, np.random.default_rng(0))[:, 0].tolist()}
    printed = {**ours, **simulated(), **written(), **fitted(), **counted(), **judged()}
    json.dump(
        {"printed": printed, "unrounded": Tabular().sample(halves(), 20, np.random.default_rng(0))[:, 0].tolist()},
        sys.stdout,
    )


if __name__ == "__main__":
    main()
