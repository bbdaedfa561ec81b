"""The setting of the chapter `language_model`, and what is simulated for it."""

from __future__ import annotations

from dataclasses import dataclass

from collapse_lib import parameters
from collapse_lib.parameters import parameter


@dataclass(frozen=True, eq=False)
class Scene(parameters.Scene):
    """The setting of the chapter."""

    took = (5, 196e6)

    context_length: int = parameter(2, "characters in a context of the text", 1, 8)
    characters: int = parameter(
        100_000, "how much of the text is read, from its beginning", 100, 100_000_000, quick=15_000, deep=1_200_000
    )
    corpus: str = parameter("book", "the text: book, tinyshakespeare, or the path of your own UTF-8 file")
    contexts: int = parameter(20, "contexts in the random data", 1, 10_000)
    vocabulary: int = parameter(10, "tokens in the random data", 2, 10_000)
    pairs: int = parameter(20_000, "(context, token) pairs in the random data", 1, 10_000_000, deep=1_000_000)
    seed: int = parameter(0, "where every random stream starts", 0)
