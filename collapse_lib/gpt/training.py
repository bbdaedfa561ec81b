"""Training a transformer on a corpus: AdamW (Loshchilov and Hutter 2019), and checkpoints that change nothing.

Training is a function of its arguments: the seed starts the weights, the batches and the dropout, and nothing else
is random.  A checkpoint holds all that the next iteration depends on: weights, the optimiser's averages, the state
of both random streams, and what was measured so far.  So a training that was killed at any moment ends, when it is
taken up again, with the same bits as one that was never interrupted.

On a processor numbers have 32 bits; on a graphics processor the products have 16 (bfloat16), and the network is
compiled.  "The same" holds for one device, one version of torch and one number of threads.
"""

from __future__ import annotations

import io
import math
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import torch

from collapse_lib import records
from collapse_lib.errors import InvalidInput
from collapse_lib.gpt import model
from collapse_lib.gpt.model import Weights
from collapse_lib.gpt.presets import Architecture, Recipe
from collapse_lib.gpt.texts import Tokens

State = dict[str, Any]
Tick = Callable[[], bool]
"""Called after each iteration; true asks to stop there."""

EVERY = 60.0
"""Seconds between checkpoints."""


class Paused(Exception):
    """Training was asked to stop; its checkpoint is on disk."""


def train(
    corpus: Tokens,
    architecture: Architecture,
    recipe: Recipe,
    *,
    vocabulary: int,
    seed: int,
    held_out: Tokens,
    device: str = "cpu",
    checkpoint: Path | None = None,
    tick: Tick = lambda: False,
) -> State:
    """The state after the last iteration: `weights`, `curve` (iteration, validation loss), `seconds` by the
    clock and of `processor` time.

    `corpus` and `held_out` have shape (texts, length), longer than the context.  `checkpoint` is a file to go on
    from, if it is there, and to keep up to date.  Raises `Paused` where `tick` asks to stop.
    """
    devices = [] if device == "cpu" else [device]
    with torch.random.fork_rng(devices=devices):  # nobody else's random numbers change
        if checkpoint is not None and checkpoint.is_file():
            state = load(checkpoint)
        else:
            state = _started(architecture, vocabulary, seed, device)
        weights = {name: w.to(device).requires_grad_() for name, w in state["weights"].items()}
        optimiser = _optimiser(weights, recipe)
        if state["averages"] is not None:
            optimiser.load_state_dict(state["averages"])
        batches = np.random.default_rng()
        batches.bit_generator.state = state["batches"]
        _set_streams(state, device)
        loss = torch.compile(model.loss) if device != "cpu" else model.loss
        looked_at = windows(held_out, architecture.context, recipe.windows).to(device)
        texts, looks, saved = torch.from_numpy(corpus).to(device), set(look_at(recipe)), time.monotonic()

        def here() -> State:
            return {
                "iteration": state["iteration"],
                "weights": {name: w.detach().cpu().clone() for name, w in weights.items()},
                "averages": optimiser.state_dict(),
                "batches": batches.bit_generator.state,
                "streams": _streams(device),
                "curve": list(state["curve"]),
                "seconds": state["seconds"],
                "processor": state["processor"],
            }

        clock, work = time.perf_counter(), time.process_time()
        while state["iteration"] < recipe.iterations:
            for group in optimiser.param_groups:
                group["lr"] = learning_rate(recipe, state["iteration"])
            picked = _batch(texts, architecture.context, recipe.batch, batches)
            with torch.autocast(device.split(":")[0], dtype=torch.bfloat16, enabled=device != "cpu"):
                found = loss(weights, picked, architecture, architecture.dropout)
            optimiser.zero_grad(set_to_none=True)
            found.backward()
            torch.nn.utils.clip_grad_norm_(list(weights.values()), recipe.clip)
            optimiser.step()
            state["iteration"] += 1
            if state["iteration"] in looks:
                state["curve"].append((state["iteration"], validation(weights, looked_at, architecture)))
            now = time.perf_counter()
            state["seconds"], clock = state["seconds"] + now - clock, now
            now = time.process_time()
            state["processor"], work = state["processor"] + now - work, now
            stop = tick()
            if checkpoint is not None and (stop or time.monotonic() - saved > EVERY):
                save(checkpoint, here())
                saved = time.monotonic()
            if stop and state["iteration"] < recipe.iterations:
                raise Paused
        return here()


def look_at(recipe: Recipe) -> list[int]:
    """The iterations at which the validation loss is taken.

    >>> look_at(Recipe(iterations=100, batch=1, learning_rate=1, warmup=1, looks=5))
    [1, 3, 10, 32, 100]
    """
    return sorted({round(i) for i in np.geomspace(1, recipe.iterations, recipe.looks).tolist()})


def learning_rate(recipe: Recipe, iteration: int) -> float:
    """The learning rate of an iteration, counted from 0: a line up, a cosine down to a tenth."""
    if iteration < recipe.warmup:
        return recipe.learning_rate * (iteration + 1) / recipe.warmup
    done = (iteration - recipe.warmup) / max(1, recipe.iterations - recipe.warmup)
    return recipe.learning_rate * (0.55 + 0.45 * math.cos(math.pi * done))


def save(path: Path, state: State) -> None:
    """Write a state so that a reader sees the old one or the new one, never a part."""
    buffer = io.BytesIO()
    torch.save(state, buffer)
    records.write(path, buffer.getvalue())


def load(path: Path) -> State:
    """A state that `save` wrote; tensors and plain values, no code.

    Raises `InvalidInput` where the file is none.
    """
    try:
        found: State = torch.load(path, map_location="cpu", weights_only=True)
    except Exception as error:  # whatever torch finds in a file that somebody else made
        raise unreadable(path, error) from None
    if not isinstance(found, dict) or not {"weights", "curve", "seconds", "processor"} <= found.keys():
        raise unreadable(path, KeyError())
    return found


def unreadable(path: Path, error: Exception) -> InvalidInput:
    """The error for a file on a shelf that is not what its name says."""
    return InvalidInput(
        f"{str(path)!r} cannot be read ({type(error).__name__}); delete it, and what was in it is made again."
    )


def _started(architecture: Architecture, vocabulary: int, seed: int, device: str) -> State:
    """The state before the first iteration."""
    torch.manual_seed(seed)  # inside the fork: this is the stream that dropout draws from
    return {
        "iteration": 0,
        "weights": model.initial(architecture, vocabulary, seed),
        "averages": None,
        "batches": np.random.default_rng(seed).bit_generator.state,
        "streams": _streams(device),
        "curve": [],
        "seconds": 0.0,
        "processor": 0.0,
    }


def _streams(device: str) -> State:
    """The state of torch's own random streams."""
    streams = {"cpu": torch.get_rng_state()}
    return streams if device == "cpu" else streams | {"device": torch.cuda.get_rng_state(device)}


def _set_streams(state: State, device: str) -> None:
    """Go on where torch's own random streams stood."""
    torch.set_rng_state(state["streams"]["cpu"])
    if device != "cpu":
        torch.cuda.set_rng_state(state["streams"]["device"], device)


def _optimiser(weights: Weights, recipe: Recipe) -> Any:
    """AdamW; matrices are decayed, vectors are not."""
    matrices = [w for w in weights.values() if w.dim() >= 2]
    vectors = [w for w in weights.values() if w.dim() < 2]
    groups = [
        {"params": matrices, "weight_decay": recipe.weight_decay},
        {"params": vectors, "weight_decay": 0.0},
    ]
    return torch.optim.AdamW(groups, lr=recipe.learning_rate, betas=recipe.betas, fused=True)


def _batch(texts: Any, context: int, batch: int, rng: np.random.Generator) -> Any:
    """Windows of `context` + 1 tokens, each from a random text and a random place in it."""
    rows = rng.integers(texts.shape[0], size=batch)
    starts = rng.integers(texts.shape[1] - context, size=batch)
    columns = starts[:, None] + np.arange(context + 1)
    return texts[torch.from_numpy(rows)[:, None], torch.from_numpy(columns)]


def windows(held_out: Tokens, context: int, most: int) -> Any:
    """At most `most` windows that do not overlap, but for the one token that links them, from the first texts."""
    across = (held_out.shape[1] - 1) // context
    starts = context * np.arange(across)[:, None] + np.arange(context + 1)
    return torch.from_numpy(held_out[:, starts].reshape(-1, context + 1)[:most])


def validation(weights: Weights, looked_at: Any, architecture: Architecture) -> float:
    """The mean loss on such windows, nats a token."""
    with torch.no_grad():
        parts = [model.loss(weights, part, architecture) * len(part) for part in looked_at.split(256)]
        return float(sum(parts)) / len(looked_at)
