"""A recorded experiment: read, checked, and turned into arrays.  It needs no torch.

Records lie in `book/data/transformers/`, one for each preset that was run.  A record says what ran, where and when,
and closes with the SHA-256 of all the rest, so a number that was changed by hand is seen.
"""

from __future__ import annotations

import functools
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from collapse_lib import records, shapes, targets
from collapse_lib.errors import InvalidInput, require
from collapse_lib.gpt import layout
from collapse_lib.gpt.presets import PRESETS, SETTINGS, find

Floats = NDArray[np.float64]

PUBLISHED = {"laptop": "061e06561b08ea45"}
"""The records that come with the book, by the first digits of their SHA-256: another record is another library, so
what was computed from the old one is computed again."""


@dataclass(frozen=True, eq=False)
class Record:
    """A record by name: every array has the seeds first and the generations 1..M second."""

    values: Mapping[str, Any]

    @property
    def preset(self) -> str:
        """The preset that was run."""
        return str(self.values["preset"]["name"])

    @property
    def seeds(self) -> tuple[int, ...]:
        """The seeds."""
        return tuple(run["seed"] for run in self.values["runs"])

    @property
    def generations(self) -> NDArray[np.int64]:
        """1, 2, ..., M."""
        return np.arange(1, self.values["preset"]["generations"] + 1)

    def measured(self, setting: str, name: str) -> Floats:
        """Something that was measured of every model, shape (seeds, M, ...)."""
        return np.array([[row[name] for row in run["settings"][setting]] for run in self.values["runs"]])

    def deviation(self, setting: str) -> Floats:
        """||p^(m) - p^(1)||_1, the mean over the contexts, shape (seeds, M)."""
        return self.measured(setting, "deviation")[..., 0]

    def curves(self, setting: str) -> tuple[NDArray[np.int64], Floats]:
        """The iterations, shape (looks,), and the validation losses there, shape (seeds, M, looks)."""
        found = self.measured(setting, "curve")
        return found[0, 0, :, 0].astype(np.int64), found[..., 1]

    def validation(self, setting: str) -> Floats:
        """The validation loss after the last iteration, nats a character, shape (seeds, M)."""
        return self.curves(setting)[1][..., -1]

    def floor(self) -> Floats:
        """The loss of p^(0) on the held-out text, which it wrote itself, shape (seeds,)."""
        return np.array([run["floor"] for run in self.values["runs"]])

    def sample(self, setting: str, generation: int, seed: int = 0) -> str:
        """How a text begins that p^(m) wrote; `seed` counts from 0."""
        return str(self.values["runs"][seed]["settings"][setting][generation - 1]["sample"])

    def truth(self, seed: int) -> Floats:
        """The laws of p^(0) after the contexts, each by rank, shape (c, s'); to four digits."""
        rows = self.values["runs"][seed]["truth"]["law"]
        law = np.zeros((len(rows), max(map(len, rows))))
        for row, values in zip(law, rows, strict=True):
            row[: len(values)] = values
        return law / law.sum(axis=1, keepdims=True)

    def seen(self, length: int, seed: int) -> NDArray[np.int64]:
        """How often the last `length` characters of each context stand in the real data, shape (c,)."""
        return np.array(self.values["runs"][seed]["seen"][str(length)])

    def cost(self) -> Floats:
        """Seconds of training for each model, by the clock and of processor time, shape (models, 2)."""
        each = []
        for run in self.values["runs"]:
            chains = [run["settings"][name] for name in SETTINGS]
            each += [run["truth"]["seconds"], chains[0][0]["seconds"]]
            each += [row["seconds"] for chain in chains for row in chain[1:]]
        return np.array(each)


def read(preset: str = "laptop") -> Record:
    """The record of a preset in the book, or one's own in a .json file; `InvalidInput` where there is none.

    >>> read("laptop").preset
    'laptop'
    """
    if preset.endswith(".json"):
        return read_file(Path(preset))
    find(preset)
    if path := _place(preset):
        return _read(path, path.stat().st_mtime_ns)
    raise InvalidInput(
        f"no experiment with the preset {preset!r} has been recorded; recorded: {', '.join(available()) or 'none'}."
    )


def fingerprint(preset: str) -> str:
    """The SHA-256 of the file that `read` would take, or "none"."""
    path = Path(preset) if preset.endswith(".json") else _place(preset)
    return records.digest(path.read_bytes()) if path and targets.regular(path) else "none"


def available() -> list[str]:
    """The presets of which there is a record."""
    return [name for name in PRESETS if _place(name)]


def read_file(path: Path) -> Record:
    """The record in a file; `InvalidInput` where it is none, or was changed after it was made."""
    where = f"the record {str(path)!r}"
    values = shapes.loaded(path, layout.RECORD, where)
    require(
        values["sha256"] == sealed(values)["sha256"],
        f"the record {path.name} is not as it was made: its SHA-256 does not fit.",
    )
    layout.consistent(values, where)
    return Record(values)


def sealed(values: Mapping[str, Any]) -> dict[str, Any]:
    """The values with the SHA-256 of all of them, as compact JSON with sorted keys, at the end."""
    rest = {name: value for name, value in values.items() if name != "sha256"}
    text = json.dumps(rest, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return rest | {"sha256": records.digest(text)}


def write(path: Path, record: Mapping[str, Any]) -> None:
    """Write a record, small and with a line for each model, so that two can be compared."""
    text = json.dumps(record, ensure_ascii=False, separators=(",", ":"))
    for mark in ('"provenance":', '"runs":', '"truth":', '"seen":', '"settings":', '"sha256":', '{"generation":'):
        text = text.replace(mark, f"\n{mark}")
    records.write(path, text + "\n")


def _place(preset: str) -> Path | None:
    """Where the record of a preset is."""
    return next((path for folder in _folders() if (path := folder / f"{preset}.json").is_file()), None)


def _folders() -> list[Path]:
    """Where records may lie: in the book that is named or at hand, and in the one beside the library."""
    named = os.environ.get("COLLAPSE_BOOK")
    books = [Path(named)] if named else [Path.cwd() / "book"]
    return [book / "data" / "transformers" for book in (*books, records.LIBRARY.parent / "book")]


@functools.lru_cache(maxsize=8)
def _read(path: Path, _: int) -> Record:
    """A record, read once; the second argument is when the file changed."""
    return read_file(path)
