"""The shape of what an experiment leaves: its note, its pieces and its record, which may come from somebody else.

The shapes say what stands where; `consistent` says what has to agree for the arrays of a record to be rectangular.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from collapse_lib import shapes
from collapse_lib.errors import InvalidInput
from collapse_lib.gpt.presets import SETTINGS, Preset, from_dict
from collapse_lib.shapes import Exactly, Such


def _text(words: str, pattern: str) -> Such:
    return Such(words, lambda value: isinstance(value, str) and re.fullmatch(pattern, value) is not None)


def _number(words: str, low: float, high: float, kind: type = float) -> Such:
    return Such(words, lambda value: not shapes.fault(value, kind) and low <= value <= high)


def _row(size: int) -> Such:
    return Such(f"a list of {size} numbers", lambda value: not shapes.fault(value, [REAL]) and len(value) == size)


COUNT = _number("a whole number from 1 to 10,000,000", 1, 10**7, int)
INDEX = _number("a whole number of at least 0", 0, 2**62, int)
REAL = _number("a number", -1e12, 1e12)
SHARE = _number("a number from 0 to 1, and less", 0, 1 - 1e-12)
SEEDS = Such("a list of seeds", lambda value: bool(value) and not shapes.fault(value, [INDEX]))
NAME = _text("a name of letters, digits and dashes", r"[A-Za-z0-9_-]{1,60}")
LINE = Such("a line of text", lambda value: isinstance(value, str) and value.isprintable())
DEVICE = _text("cpu or cuda", r"cpu|cuda(:\d{1,3})?")


def _counted(shape: Mapping[str, Any]) -> Exactly:
    """The shape of a preset's part with every whole number in a range that can be worked with."""
    kinds = {int: COUNT, float: REAL}
    return Exactly({name: _counted(k) if isinstance(k, Exactly) else kinds.get(k, k) for name, k in shape.items()})


def _preset() -> Exactly:
    whole = _counted({name: kind for name, kind in shapes.of(Preset).items() if not isinstance(kind, list)})
    architecture = Exactly(whole["architecture"] | {"dropout": SHARE})
    recipe = Exactly(whole["recipe"] | {"warmup": INDEX, "learning_rate": _number("a number above 0", 1e-12, 1e3)})
    return Exactly(whole | {"name": NAME, "seeds": SEEDS, "architecture": architecture, "recipe": recipe})


EXPERIMENT = {
    "preset": _preset(),
    "corpus": LINE,
    "corpus_sha256": (LINE, None),
    "device": DEVICE,
    "provenance": {"library_sha256": LINE},
}
"""The note of what is run in a folder, `experiment.json`."""

MEASURED = {
    "deviation": _row(2), "from_truth": REAL, "entropy": REAL, "sigma": REAL, "distinct": _row(3), "block": _row(3),
    "curve": [_row(2)], "seconds": _row(2), "sample": str,
}  # fmt: skip
"""What is measured of a model (see `experiment`)."""

CHAIN = [{"generation": COUNT, **MEASURED}]
BASE = {
    "seed": INDEX,
    "truth": {**MEASURED, "law": [[INDEX]]},
    "seen": {length: [INDEX] for length in ("1", "2", "3", "4")},
    "floor": REAL,
}
RECORD = {
    **EXPERIMENT,
    "runs": [{**BASE, "settings": dict.fromkeys(SETTINGS, CHAIN)}],
    "sha256": str,
}


def consistent(values: Mapping[str, Any], where: str) -> None:
    """Raise `InvalidInput` unless the preset could run and all runs agree in generations, looks and contexts."""
    from_dict(values["preset"])
    if fault := next(_disagreements(values), ""):
        raise InvalidInput(f"{where} is not as it should be: {fault}.")


def _disagreements(values: Mapping[str, Any]) -> Iterator[str]:
    runs, preset = values["runs"], values["preset"]
    if not runs or len({run["seed"] for run in runs}) < len(runs):
        yield "it has no runs, or two with one seed"
    looks = None
    for i, run in enumerate(runs):
        for name, chain in run["settings"].items():
            if [row["generation"] for row in chain] != list(range(1, preset["generations"] + 1)):
                yield f"runs[{i}].settings.{name} has not the generations 1 to {preset['generations']}"
            for row in chain:
                looks = looks or [at for at, _ in row["curve"]]
                if not looks or [at for at, _ in row["curve"]] != looks:
                    yield f"runs[{i}].settings.{name} has curves with other iterations"
        sizes = {len(run["truth"]["law"]), *(len(run["seen"][length]) for length in run["seen"])}
        if sizes != {preset["contexts"]} or not all(any(law) for law in run["truth"]["law"]):
            yield f"runs[{i}] has not {preset['contexts']} contexts, each with a law and how often it was seen"
