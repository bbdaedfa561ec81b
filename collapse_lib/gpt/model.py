"""A decoder-only transformer of GPT-2 type (Radford et al. 2019), as functions of its weights.

In the order of the computation:

    x = E[token] + P[position]                                  learned positions
    x = x + W_o attention(norm(x))                              in every block: causal, several heads ...
    x = x + W_2 gelu(W_1 norm(x))                               ... and four times as wide inside
    logits = norm(x) E^T                                        the head is the embedding again ("tied")

Norms come first in each block; weights start normal with standard deviation 0.02, the two matrices that write into
the residual stream smaller by 1/sqrt(2 layers), since 2 layers of them add up there.

`write` samples many texts at once.  It keeps the keys and values of what a text has so far (a cache), so a token
costs one column of the network and not all of it.  A text longer than the context is written in strides: when the
window is full, the second half of it becomes the beginning of a new one.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import torch
from torch.nn import functional

from collapse_lib.gpt.presets import Architecture
from collapse_lib.gpt.texts import Tokens

Tensor = Any  # torch is not there for everybody who checks the types
Weights = dict[str, Any]
DEVIATION = 0.02
MOST_AT_ONCE = 1_024
"""Texts that are written together; more would want too much memory."""


def initial(architecture: Architecture, vocabulary: int, seed: int) -> Weights:
    """Fresh weights, the same for the same seed on every device: they are drawn on the processor."""
    generator = torch.Generator().manual_seed(seed)
    width, layers = architecture.width, architecture.layers

    def normal(*shape: int, deviation: float = DEVIATION) -> Tensor:
        return torch.randn(*shape, generator=generator) * deviation

    weights = {"tokens": normal(vocabulary, width), "positions": normal(architecture.context, width)}
    for i in range(layers):
        into_stream = DEVIATION / math.sqrt(2 * layers)
        weights |= {
            f"{i}.look.norm": torch.ones(width),
            f"{i}.look.shift": torch.zeros(width),
            f"{i}.look.in": normal(3 * width, width),
            f"{i}.look.in.bias": torch.zeros(3 * width),
            f"{i}.look.out": normal(width, width, deviation=into_stream),
            f"{i}.look.out.bias": torch.zeros(width),
            f"{i}.think.norm": torch.ones(width),
            f"{i}.think.shift": torch.zeros(width),
            f"{i}.think.in": normal(4 * width, width),
            f"{i}.think.in.bias": torch.zeros(4 * width),
            f"{i}.think.out": normal(width, 4 * width, deviation=into_stream),
            f"{i}.think.out.bias": torch.zeros(width),
        }
    return weights | {"norm": torch.ones(width), "shift": torch.zeros(width)}


class Cache:
    """The keys and values of the tokens read so far, for each layer (batch, heads, context, width/heads)."""

    def __init__(self, architecture: Architecture, batch: int, device: str) -> None:
        heads = architecture.heads
        shape = (batch, heads, architecture.context, architecture.width // heads)
        self.length = 0
        self.layers = [
            (torch.empty(shape, device=device), torch.empty(shape, device=device))
            for _ in range(architecture.layers)
        ]

    def extend(self, layer: int, keys: Tensor, values: Tensor) -> tuple[Tensor, Tensor]:
        """Write the new tokens' keys and values; the keys and values of all tokens so far."""
        end = self.length + keys.shape[2]
        for kept, new in zip(self.layers[layer], (keys, values), strict=True):
            kept[:, :, self.length : end] = new
        kept_keys, kept_values = self.layers[layer]
        return kept_keys[:, :, :end], kept_values[:, :, :end]


def logits(
    weights: Weights,
    tokens: Tensor,
    architecture: Architecture,
    *,
    dropout: float = 0.0,
    cache: Cache | None = None,
) -> Tensor:
    """The next token's logits after every token, shapes (batch, length) -> (batch, length, vocabulary).

    With a cache the tokens follow those that it holds: all at once into an empty one, then one at a time.
    """
    start = 0 if cache is None else cache.length
    length = tokens.shape[1]
    assert start == 0 or length == 1, "a cache that holds something is extended by one token at a time"
    x = functional.embedding(tokens, weights["tokens"]) + weights["positions"][start : start + length]
    x = functional.dropout(x, dropout, training=dropout > 0)
    for i in range(architecture.layers):
        x = x + functional.dropout(
            _look(weights, f"{i}.look", x, architecture, i, dropout, cache), dropout, training=dropout > 0
        )
        x = x + functional.dropout(_think(weights, f"{i}.think", x), dropout, training=dropout > 0)
    if cache is not None:
        cache.length += length
    return functional.linear(_norm(weights, x, "norm", "shift"), weights["tokens"])


def _look(
    weights: Weights,
    name: str,
    x: Tensor,
    architecture: Architecture,
    layer: int,
    dropout: float,
    cache: Cache | None,
) -> Tensor:
    """Causal attention: every token looks at itself and at those before it."""
    batch, length, width = x.shape
    x = _norm(weights, x, f"{name}.norm", f"{name}.shift")
    joined = functional.linear(x, weights[f"{name}.in"], weights[f"{name}.in.bias"])
    queries, keys, values = (
        part.view(batch, length, architecture.heads, -1).transpose(1, 2) for part in joined.split(width, dim=2)
    )
    if cache is not None:
        keys, values = cache.extend(layer, keys, values)
    seen = functional.scaled_dot_product_attention(queries, keys, values, dropout_p=dropout, is_causal=length > 1)
    seen = seen.transpose(1, 2).reshape(batch, length, width)
    return functional.linear(seen, weights[f"{name}.out"], weights[f"{name}.out.bias"])


def _think(weights: Weights, name: str, x: Tensor) -> Tensor:
    """Two layers, four times as wide in between, for every token by itself."""
    x = _norm(weights, x, f"{name}.norm", f"{name}.shift")
    inside = functional.gelu(
        functional.linear(x, weights[f"{name}.in"], weights[f"{name}.in.bias"]), approximate="tanh"
    )
    return functional.linear(inside, weights[f"{name}.out"], weights[f"{name}.out.bias"])


def _norm(weights: Weights, x: Tensor, scale: str, shift: str) -> Tensor:
    return functional.layer_norm(x, x.shape[-1:], weights[scale], weights[shift])


def loss(weights: Weights, windows: Tensor, architecture: Architecture, dropout: float = 0.0) -> Tensor:
    """Mean cross-entropy, in nats a token, of windows of tokens, shape (batch, length + 1)."""
    out = logits(weights, windows[:, :-1], architecture, dropout=dropout)
    return functional.cross_entropy(out.flatten(0, 1).float(), windows[:, 1:].flatten())


def laws(weights: Weights, contexts: Tokens, architecture: Architecture, device: str) -> Any:
    """The law of the token after each context, shapes (c, length) -> (c, vocabulary), float64 on the processor."""
    with torch.no_grad():
        last = logits(weights, torch.from_numpy(contexts).to(device), architecture)[:, -1]
        return torch.softmax(last.double(), dim=-1).cpu().numpy()


def write(
    weights: Weights,
    architecture: Architecture,
    *,
    start: int,
    texts: int,
    length: int,
    seed: int,
    device: str = "cpu",
    cached: bool = True,
) -> Tokens:
    """Texts written token by token after the token `start` (which is not part of them), shape (texts, length).

    Without the cache every token costs the whole window; the laws are the same up to rounding.
    """
    generator = torch.Generator(device=device).manual_seed(seed)
    batches = [min(MOST_AT_ONCE, texts - first) for first in range(0, texts, MOST_AT_ONCE)]
    with torch.no_grad():
        written = [
            _write(weights, architecture, start, batch, length, generator, device, cached) for batch in batches
        ]
    return np.concatenate(written)


def _write(
    weights: Weights,
    architecture: Architecture,
    start: int,
    batch: int,
    length: int,
    generator: Any,
    device: str,
    cached: bool,
) -> Tokens:
    """As many texts as fit into memory at once."""
    tokens = torch.full((batch, length + 1), start, device=device)
    begin, cache, new = 0, Cache(architecture, batch, device), tokens[:, :1]
    for end in range(1, length + 1):  # tokens[:, begin:end] is the window, `new` what the cache has not read of it
        if cached:
            after = logits(weights, new, architecture, cache=cache)[:, -1]
        else:
            after = logits(weights, tokens[:, begin:end], architecture)[:, -1]
        picked = torch.multinomial(torch.softmax(after.float(), dim=-1), 1, generator=generator)
        tokens[:, end : end + 1] = picked
        new = picked
        if end + 1 - begin > architecture.context:
            begin = end + 1 - max(1, architecture.context // 2)
            cache.length, new = 0, tokens[:, begin : end + 1]
    return tokens[:, 1:].cpu().numpy()
