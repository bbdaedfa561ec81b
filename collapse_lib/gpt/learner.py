"""The transformer as a learner: the verbs of `collapse_lib.learners`, so that the recursion drives it unchanged.

====================  ====================================================================================
`fit(corpus)`         trains a fresh network; its seed is drawn from the learner's own and the corpus itself,
                      so the same corpus gives the same model, bit for bit
`sample(model, k)`    k tokens, in texts of one length, that the model wrote
`pool(corpora)`       the texts of all
`subset(corpus, k)`   whole texts, picked at random without replacement
`law(model)`          the law of the next token after each of the learner's contexts, shape (c, s): what
                      metrics look at, a context taking the place that it has in the paper's model
====================  ====================================================================================

With a `shelf` (a folder) every model and every text is kept there under the digest of what it was made from, and
read back instead of made again: that is how an experiment resumes, in the middle of a training too.
"""

from __future__ import annotations

import dataclasses
import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

from collapse_lib import metrics, records
from collapse_lib.errors import InvalidInput, require
from collapse_lib.gpt import model, training
from collapse_lib.gpt.presets import Architecture, Recipe
from collapse_lib.gpt.texts import Tokens

Tick = Callable[[int], bool]
"""Told how many iterations were done; true asks to stop."""

CERTAIN = 1 - 1e-6
"""A softmax is never a Dirac mass; from this probability on it is taken for one."""


@dataclass(frozen=True, eq=False)
class Model:
    """A trained network: its weights, its validation loss (iteration, nats a token), and what training took.

    `seconds` are by the clock, `processor` is processor time.
    """

    name: str
    weights: model.Weights
    curve: tuple[tuple[int, float], ...]
    seconds: float
    processor: float


@dataclass(frozen=True, eq=False)
class Transformer:
    """A learner of GPT-2 type on texts of `document` tokens; it compares models after `contexts`, shape (c, l)."""

    architecture: Architecture
    recipe: Recipe
    vocabulary: int
    start: int
    document: int
    held_out: Tokens
    contexts: Tokens
    seed: int
    device: str = "cpu"
    shelf: Path | None = None
    tick: Tick = lambda _: False
    alone: ClassVar[bool] = True

    def corpus(self, counts: Any) -> Tokens:  # noqa: ARG002
        """Refused: a text is more than how often its tokens occur."""
        raise InvalidInput("a transformer learns from texts, and counts of tokens do not make one; give a corpus.")

    def fit(self, corpus: Tokens) -> Model:
        """A fresh network trained on texts of shape (n, document)."""
        name = records.digest("fit", self._made_with(), str(self.seed), corpus.tobytes())
        kept = self._place(f"{name[:24]}.model.pt")
        if kept is not None and kept.is_file():
            state = training.load(kept)
            self.tick(self.recipe.iterations)
        else:
            state = self._trained(corpus, name)
            if kept is not None:
                training.save(kept, state)
                kept.with_suffix(".part").unlink(missing_ok=True)
        weights = {key: w.to(self.device) for key, w in state["weights"].items()}
        curve = tuple((int(iteration), float(loss)) for iteration, loss in state["curve"])
        return Model(name, weights, curve, float(state["seconds"]), float(state["processor"]))

    def _trained(self, corpus: Tokens, name: str) -> dict[str, Any]:
        """The state after the last iteration, from a checkpoint if there is one, without the optimiser's."""
        checkpoint = self._place(f"{name[:24]}.model.part")
        if checkpoint is not None and checkpoint.is_file():
            self.tick(int(training.load(checkpoint)["iteration"]))
        state = training.train(
            corpus,
            self.architecture,
            self.recipe,
            vocabulary=self.vocabulary,
            seed=int(name[:12], 16),
            held_out=self.held_out,
            device=self.device,
            checkpoint=checkpoint,
            tick=lambda: self.tick(1),
        )
        return {key: state[key] for key in ("weights", "curve", "seconds", "processor")}

    def sample(self, model: Model, size: ArrayLike, rng: np.random.Generator) -> Tokens:
        """`size` tokens in texts of `document` each, shape (size / document, document)."""
        texts, rest = divmod(int(np.asarray(size)), self.document)
        require(
            rest == 0 and texts > 0, f"size was {size!r}; texts have {self.document} tokens, so give a multiple."
        )
        return self.written(model, texts, self.document, int(rng.integers(2**62)))

    def written(self, of: Model, texts: int, length: int, seed: int) -> Tokens:
        """Texts of any length, from a seed."""
        name = records.digest("write", of.name, str((texts, length, seed, self.start)))
        kept = self._place(f"{name[:24]}.texts.npy")
        if kept is not None and kept.is_file():
            return _read(kept, (texts, length), self.vocabulary)
        found = model.write(
            of.weights, self.architecture, start=self.start, texts=texts, length=length, seed=seed,
            device=self.device,
        )  # fmt: skip
        if kept is not None:
            buffer = io.BytesIO()
            np.save(buffer, found.astype(np.uint16))
            records.write(kept, buffer.getvalue())
        return found

    def pool(self, corpora: Sequence[Tokens]) -> Tokens:
        """The texts of all, one after the other."""
        return np.concatenate(corpora)

    def subset(self, corpus: Tokens, size: ArrayLike, rng: np.random.Generator) -> Tokens:
        """`size` tokens: whole texts, each at most once, in the corpus's order."""
        texts, rest = divmod(int(np.asarray(size)), self.document)
        require(
            rest == 0 and texts <= len(corpus),
            f"size was {size!r}; it takes a multiple of {self.document}, at most {corpus.size}.",
        )
        return corpus[np.sort(rng.choice(len(corpus), texts, replace=False))]

    def law(self, model: Model) -> NDArray[np.float64]:
        """The law of the next token after each context, shape (c, s)."""
        return _laws(model, self)

    def loss(self, model: Model) -> float:
        """The mean loss on the held-out text, nats a token."""
        windows = training.windows(self.held_out, self.architecture.context, self.recipe.windows)
        return training.validation(model.weights, windows.to(self.device), self.architecture)

    def collapsed(self, model: Model) -> NDArray[np.bool_]:
        """After which contexts one token is all but certain, shape (c,)."""
        return metrics.top(self.law(model)) >= CERTAIN

    def _made_with(self) -> str:
        """All that a trained model depends on, but for seed and corpus, as a text."""
        held = records.digest(self.held_out.tobytes())
        return repr((self.architecture, dataclasses.astuple(self.recipe), self.vocabulary, held, self.device))

    def _place(self, name: str) -> Path | None:
        return None if self.shelf is None else self.shelf / name


def _read(path: Path, shape: tuple[int, int], vocabulary: int) -> Tokens:
    """Texts that were kept, or `InvalidInput` where the file holds something else."""
    try:
        found = np.load(path, allow_pickle=False)
        if not isinstance(found, np.ndarray) or found.shape != shape or found.dtype != np.uint16:
            raise ValueError
        if found.max(initial=0) >= vocabulary:
            raise ValueError
    except (OSError, ValueError, EOFError) as error:
        raise training.unreadable(path, error) from None
    return found.astype(np.int64)


def _laws(of: Model, learner: Transformer) -> NDArray[np.float64]:
    return model.laws(of.weights, learner.contexts, learner.architecture, learner.device)
