"""The setting of the chapter `collapse_time`."""

from __future__ import annotations

from dataclasses import dataclass

from collapse_lib import parameters
from collapse_lib.parameters import parameter


@dataclass(frozen=True, eq=False)
class Scene(parameters.Scene):
    """The setting of the chapter."""

    n: int = parameter(50, "samples in each generation, tokens", 1, 1_000)
    vocabulary: int = parameter(600, "size s of the vocabulary, tokens", 2, 100_000, paper=600)
    support: int = parameter(52, "live tokens of the truth, the paper's s with a tilde", 1, 100_000, paper=52)
    sigma: float = parameter(0.1, "the truth's S_0, the sum of its squared probabilities", 0, 1, paper=0.1)
    truth: tuple[float, ...] = parameter(
        (), "your own truth in place of this one, probabilities that sum to 1", 0, 1
    )
    small: int = parameter(8, "samples in each generation of the drawn genealogy, tokens", 2, 16)
    largest: int = parameter(400, "the largest sample size in the figures against n, tokens", 10, 1_000, quick=200)
    runs: int = parameter(1_000, "runs behind the points of each figure", 100, 100_000, quick=400, deep=20_000)
    corpus: str = parameter("book", "the text: book, tinyshakespeare, or the path of your own UTF-8 file")
    characters: int = parameter(5_000, "how much of the text is read, from its beginning", 1_000, 20_000)
    context_length: int = parameter(2, "characters in a context of the text", 1, 8)
    contexts: int = parameter(40, "how many of its most frequent contexts must collapse", 2, 200, quick=20)
    trials: int = parameter(10_000, "runs behind each verdict", 100, 1_000_000, quick=8_000, deep=100_000)
    seed: int = parameter(0, "where every random stream starts", 0)
    sizes: tuple[int, ...] = parameter(
        (2, 10, 50, 100, 200, 400), "sample sizes of the exact laws, tokens", 1, 2_000, own=True
    )
