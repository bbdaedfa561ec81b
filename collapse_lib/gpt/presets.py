"""The sizes of an experiment, as values.

The paper's Table 1 gives the architecture, the learning rate, the batch and the number of iterations; `PAPER` has
them.  What it does not print is ours, and the same in both presets: how the learning rate rises and falls, the
decay of the weights, how long a written text is, how many tokens a training set has.
"""

from __future__ import annotations

import dataclasses
import importlib.util
from dataclasses import dataclass
from typing import Any

from collapse_lib.errors import InvalidInput, require, unknown
from collapse_lib.schedules import FixedTotal, FullySynthetic, Schedule


@dataclass(frozen=True)
class Architecture:
    """A decoder-only transformer of GPT-2 type; the vocabulary is the text's own.

    `context` is the most tokens that it looks back at, `width` the length of an embedding.
    """

    context: int
    width: int
    layers: int
    heads: int
    dropout: float

    def __post_init__(self) -> None:
        require(
            self.heads >= 1 and self.width % self.heads == 0,
            f"a width of {self.width} cannot be shared by {self.heads} heads; give a multiple.",
        )


@dataclass(frozen=True)
class Recipe:
    """How a model is trained: AdamW, on `batch` windows of the corpus an iteration.

    The learning rate rises linearly over the first `warmup` iterations and then falls along a cosine to a tenth.
    Weights are decayed, biases and norms are not.  The validation loss is taken at `looks` iterations that are
    evenly spread on a log scale, the last one included, on `windows` windows of held-out text.
    """

    iterations: int
    batch: int
    learning_rate: float
    warmup: int
    weight_decay: float = 0.1
    betas: tuple[float, float] = (0.9, 0.99)
    clip: float = 1.0
    looks: int = 14
    windows: int = 256


@dataclass(frozen=True)
class Preset:
    """A whole experiment.

    `characters`  how much of tiny Shakespeare p^(0) is trained on, from its beginning
    `size`        tokens in the training set of every later model, real and synthetic together
    `document`    tokens in one written text; a corpus is a number of these
    `contexts`    texts of p^(0) after which the models are compared (the paper: 300)
    `held_out`    tokens that p^(0) wrote for the validation loss
    `measured`    tokens that each model writes for its diversity
    `generations` the last generation M
    """

    name: str
    architecture: Architecture
    recipe: Recipe
    characters: int
    size: int
    document: int
    contexts: int
    held_out: int
    measured: int
    generations: int
    seeds: tuple[int, ...]

    def __post_init__(self) -> None:
        for name in ("size", "held_out", "measured"):
            value = getattr(self, name)
            require(
                value > 0 and value % self.document == 0,
                f"{name} was {value!r}; texts have {self.document} tokens each, so give a multiple.",
            )
        require(
            self.document > self.architecture.context,
            f"texts of {self.document} tokens are too short for {self.architecture.context} tokens and the next.",
        )

        require(
            self.size % (10 * self.document) == 0,
            f"size was {self.size!r}; its half and its fifth must be whole texts, so give a multiple of "
            f"{10 * self.document}.",
        )

    @property
    def models(self) -> int:
        """How many models are trained: p^(0), p^(1), and M - 1 in each setting, for every seed."""
        return len(self.seeds) * (2 + 3 * (self.generations - 1))


LAPTOP = Preset(
    name="laptop",
    architecture=Architecture(context=32, width=48, layers=2, heads=4, dropout=0.0),
    recipe=Recipe(iterations=500, batch=16, learning_rate=4e-3, warmup=40),
    characters=200_000,
    size=12_800,
    document=128,
    contexts=300,
    held_out=12_800,
    measured=12_800,
    generations=10,
    seeds=(0, 1, 2, 3),
)
"""Two processor cores, some minutes."""

PAPER = Preset(
    name="paper",
    architecture=Architecture(context=128, width=256, layers=8, heads=4, dropout=0.2),
    recipe=Recipe(iterations=2_000, batch=256, learning_rate=1e-3, warmup=100),
    characters=1_115_394,
    size=1_024_000,
    document=512,
    contexts=300,
    held_out=102_400,
    measured=102_400,
    generations=10,
    seeds=(0, 1, 2),
)
"""The paper's Table 1; for a graphics processor."""

SETTINGS = {"synthetic": "synthetic data only", "half": "50 % synthetic", "fifth": "20 % synthetic"}
"""The settings of Figure 5, with their names in figures."""


def schedule(setting: str, size: int) -> Schedule:
    """The schedule of a setting; the training set always has `size` tokens.

    >>> schedule("fifth", 1000).sizes(3).tolist()
    [800, 0, 200]
    """
    if setting not in SETTINGS:
        raise unknown("setting", setting, SETTINGS)
    if setting == "synthetic":
        return FullySynthetic(size)
    return FixedTotal(size, synthetic=size // {"half": 2, "fifth": 5}[setting])


PRESETS = {preset.name: preset for preset in (LAPTOP, PAPER)}


def find(name: str) -> Preset:
    """The preset of that name, or `InvalidInput` that names the nearest."""
    if name not in PRESETS:
        raise unknown("preset", name, PRESETS)
    return PRESETS[name]


def with_seeds(preset: Preset, seeds: list[int]) -> Preset:
    """The preset with other seeds, each once."""
    require(len(seeds) >= 1, "no seed was given; give at least one.")
    return dataclasses.replace(preset, seeds=tuple(dict.fromkeys(seeds)))


def from_dict(values: dict[str, Any]) -> Preset:
    """The inverse of `dataclasses.asdict`, from JSON too.

    >>> from_dict(dataclasses.asdict(LAPTOP)) == LAPTOP
    True
    """
    find(values["name"])  # a record is named after it
    recipe = values["recipe"] | {"betas": tuple(values["recipe"].get("betas", Recipe.betas))}
    return Preset(
        **values
        | {
            "architecture": Architecture(**values["architecture"]),
            "recipe": Recipe(**recipe),
            "seeds": tuple(values["seeds"]),
        }
    )


def require_torch() -> None:
    """Raise `InvalidInput` where the extra `gpt` is missing."""
    if importlib.util.find_spec("torch") is None:
        raise InvalidInput(
            "training a transformer needs torch, which is not installed; install the extra `gpt`, as in "
            "pip install 'collapse-lib[gpt]'."
        )
