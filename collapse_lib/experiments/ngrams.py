"""The setting of the chapter `ngrams`."""

from __future__ import annotations

from dataclasses import dataclass

from collapse_lib import parameters
from collapse_lib.parameters import parameter


@dataclass(frozen=True, eq=False)
class Scene(parameters.Scene):
    """The setting of the chapter."""

    corpus: str = parameter("book", "the text: book, tinyshakespeare, or the path of your own UTF-8 file")
    characters: int = parameter(
        30_000, "how much of the text is read, from its beginning", 200, 1_000_000, quick=3_000, deep=200_000
    )
    context_length: int = parameter(3, "characters in a context", 1, 8)
    generations: int = parameter(20, "the last generation", 4, 200)
    runs: int = parameter(
        16, "runs behind each point, half as many where schedules are compared", 4, 200, quick=16, deep=40
    )
    trials: int = parameter(
        2_000, "runs behind the law of the last collapse", 500, 20_000, quick=1_500, deep=10_000
    )
    seed: int = parameter(0, "where every random stream starts", 0)
