"""Runs in blocks, each with a random stream of its own: how many threads work on them changes no number."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import numpy as np

BLOCK = 256  # runs that share one random stream: fixed, so that the number of workers changes no number

Found = TypeVar("Found")


def over_blocks(
    block: Callable[[int, np.random.Generator], Found],
    runs: int,
    seed: int,
    *,
    length: int = BLOCK,
    workers: int = 1,
) -> list[Found]:
    """`block(size, rng)` for each block of runs of that length, in order, on `workers` threads."""
    sizes = [min(length, runs - start) for start in range(0, runs, length)]
    streams = (stream(seed, index) for index in range(len(sizes)))
    if workers == 1:
        return [block(size, rng) for size, rng in zip(sizes, streams, strict=True)]
    with ThreadPoolExecutor(workers) as pool:
        return list(pool.map(block, sizes, streams))


def stream(seed: int, index: int) -> np.random.Generator:
    """The random stream of block `index`: keyed by the seed and the index alone."""
    return np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(index,)))
