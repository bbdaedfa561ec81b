"""The protocol of the paper's Figure 5, in pieces that can be done one by one.

1. `base`: p^(0) is trained on the corpus, but for its last tenth.  What it writes is the "real" data, the held-out
   text for the validation loss, and the contexts after which models are compared.  p^(1) is trained on the real
   data.
2. `chain`, once for each setting: generations 2, 3, ... of the recursion, under that setting's schedule.

A `Transformer` is the learner, `recursion.generations` the loop.  Each random stream is keyed by the seed and by
what it is for, so the order of the pieces changes nothing.  With a shelf, a piece that was begun goes on where it
stopped, and one that was done is only read.

What is measured of a model p^(m):

`deviation`   ||p^(m) - p^(1)||_1 after each context: its mean, and the standard deviation over the contexts
`curve`       the validation loss against the iteration, nats a character, on text that p^(0) wrote
`entropy`     of the law of the next character, mean over the contexts, nats
`distinct`    the shares of distinct 2-, 3- and 4-grams in a text of a fixed size that it wrote
`block`       the entropies of the 1-, 2- and 3-grams of that text, nats
`sample`      how that text begins
"""

from __future__ import annotations

import dataclasses
import itertools
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from collapse_lib import corpora, metrics, recursion
from collapse_lib.gpt import texts
from collapse_lib.gpt.learner import Model, Tick, Transformer
from collapse_lib.gpt.presets import SETTINGS, Preset, schedule
from collapse_lib.gpt.texts import Alphabet, Tokens

SHOWN = 400
"""Characters of a sample that are kept."""
LENGTHS = (1, 2, 3, 4)
"""How many of a context's last characters are looked up in the real data."""


@dataclass(frozen=True, eq=False)
class Base:
    """What all settings of one seed share: the learner, p^(0), p^(1) and the real data."""

    learner: Transformer
    alphabet: Alphabet
    truth: Model
    first: Model
    real: Tokens


def base(
    preset: Preset,
    seed: int,
    *,
    shelf: Path | None = None,
    device: str = "cpu",
    tick: Tick = lambda _: False,
    corpus: str = corpora.TINY_SHAKESPEARE,
) -> Base:
    """Train p^(0) and p^(1), and let p^(0) write."""
    text = corpora.load(corpus, preset.characters).characters
    alphabet = Alphabet.of(text)
    shakespeare = texts.cut(alphabet.encode(text), preset.document)
    last = max(1, len(shakespeare) // 10)
    on_text = Transformer(
        preset.architecture, preset.recipe, len(alphabet), alphabet.start, preset.document,
        held_out=shakespeare[-last:], contexts=shakespeare[:1, : preset.architecture.context],
        seed=_key(seed, "p0"), device=device, shelf=shelf, tick=tick,
    )  # fmt: skip
    truth = on_text.fit(shakespeare[:-last])

    def wrote(tokens: int, length: int, what: str) -> Tokens:
        return on_text.written(truth, tokens // length, length, _key(seed, what))

    learner = dataclasses.replace(
        on_text,
        held_out=wrote(preset.held_out, preset.document, "held out"),
        contexts=wrote(preset.contexts * preset.architecture.context, preset.architecture.context, "contexts"),
        seed=_key(seed, "generations"),
    )
    real = wrote(preset.size, preset.document, "real")
    return Base(learner, alphabet, truth, learner.fit(real), real)


def chain(base: Base, preset: Preset, seed: int, setting: str) -> list[dict[str, Any]]:
    """Generations 1, 2, ..., M under a setting, each with what is measured of it."""
    rng = np.random.default_rng(_key(seed, setting))
    models = recursion.generations(base.learner, schedule(setting, preset.size), rng, corpus=base.real)
    origin = base.learner.law(base.first)
    found = []
    for m, model in enumerate(itertools.islice(models, preset.generations), start=1):
        found.append({"generation": m, **measured(base, preset, model, origin, _key(seed, setting, m))})
    return found


def measured(base: Base, preset: Preset, model: Model, origin: Any, key: int) -> dict[str, Any]:
    """What is measured of a model, as plain values; `origin` is the law of p^(1), shape (c, s)."""
    learner, s = base.learner, len(base.alphabet)
    law = learner.law(model)
    away = metrics.deviation(law, origin)
    text = learner.written(model, preset.measured // preset.document, preset.document, key)
    return {
        "deviation": [_short(away.mean()), _short(away.std(ddof=1))],
        "from_truth": _short(metrics.deviation(law, learner.law(base.truth)).mean()),
        "entropy": _short(metrics.entropy(law).mean()),
        "sigma": _short(metrics.sigma(law).mean()),
        "distinct": [_short(texts.distinct(text, n, s)) for n in (2, 3, 4)],
        "block": [_short(texts.entropy(text, n, s)) for n in (1, 2, 3)],
        "curve": [[iteration, _short(loss)] for iteration, loss in model.curve],
        "seconds": [round(model.seconds, 2), round(model.processor, 2)],
        "sample": base.alphabet.decode(text.reshape(-1)[:SHOWN]),
    }


def described(base: Base, preset: Preset, seed: int) -> dict[str, Any]:
    """What the statistical model needs to know of a seed, and what p^(0) is like, as plain values.

    `floor` is the loss of p^(0) on the text that it wrote itself: no model has less, but for luck.
    """
    learner, s = base.learner, len(base.alphabet)
    law = learner.law(base.truth)
    return {
        "seed": seed,
        "truth": measured(base, preset, base.truth, law, _key(seed, "p0", 0)) | {"law": _sparse(law)},
        "seen": {str(length): texts.seen(learner.contexts, base.real, length, s).tolist() for length in LENGTHS},
        "floor": _short(learner.loss(base.truth)),
        "settings": {setting: [] for setting in SETTINGS},
    }


def _key(seed: int, *what: object) -> int:
    """A number for a random stream, from the seed and what the stream is for."""
    words = np.random.SeedSequence([seed, *"/".join(map(str, what)).encode()])
    return int(words.generate_state(1, np.uint64)[0] >> 2)


def _short(value: float) -> float:
    """Six significant digits."""
    return float(f"{value:.6g}")


def _sparse(law: Any) -> list[list[int]]:
    """Each row as whole numbers of ten-thousandths, the small tail cut off after the last that is not 0."""
    return [np.trim_zeros(-np.sort(-np.rint(row * 10_000).astype(int)), "b").tolist() for row in law]
