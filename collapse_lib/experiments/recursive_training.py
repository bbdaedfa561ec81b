"""The setting of the chapter `recursive_training`."""

from __future__ import annotations

from dataclasses import dataclass

from collapse_lib import parameters
from collapse_lib.parameters import parameter


@dataclass(frozen=True, eq=False)
class Scene(parameters.Scene):
    """The setting of the chapter."""

    n: int = parameter(
        1_000, "samples in each generation of Figure 1, of each context or in all, tokens", 1, 100_000, paper=1_000
    )
    contexts: int = parameter(81, "random contexts on three tokens in Figure 1", 1, 2_000, paper=81)
    generations: int = parameter(40, "last generation of Figure 1", 4, 1_000, paper=40)
    size: int = parameter(12, "samples in the tables of sizes, tokens", 6, 99)
    window: int = parameter(3, "models in the window of the tables", 1, 6)
    corpus: str = parameter("book", "the text: book, tinyshakespeare, or the path of your own UTF-8 file")
    characters: int = parameter(100_000, "how much of the text is read, from its beginning", 1_000, 100_000_000)
    context_length: int = parameter(2, "characters in a context of the text", 1, 8)
    trials: int = parameter(10_000, "runs behind each verdict", 100, 1_000_000, quick=7_000, deep=100_000)
    seed: int = parameter(0, "where every random stream starts", 0)
