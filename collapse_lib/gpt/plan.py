"""What an experiment is: its preset, corpus and device, and the folder that all of it is kept in.

The folder of an experiment holds

`experiment.json`  the preset, the corpus and the device: with them, going on is going on with the same
`shelf/`           models, texts and checkpoints under the digest of what they were made from
`pieces/`          what was measured in each finished piece
`NAME.json`        the record, when all pieces are done (NAME is the preset's)
"""

from __future__ import annotations

import dataclasses
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from collapse_lib import corpora, records, shapes, targets
from collapse_lib.errors import InvalidInput, require
from collapse_lib.gpt import layout
from collapse_lib.gpt.presets import SETTINGS, Preset, from_dict, require_torch

Piece = tuple[int, str]
"""A seed and a setting; the setting "base" is p^(0) and p^(1)."""


@dataclass(frozen=True)
class Plan:
    """An experiment in a folder."""

    preset: Preset
    folder: Path
    corpus: str = corpora.TINY_SHAKESPEARE
    device: str = "cpu"

    @property
    def shelf(self) -> Path:
        """Where models and texts are kept."""
        return self.folder / "shelf"

    @property
    def record(self) -> Path:
        """The record at the end."""
        return self.folder / f"{self.preset.name}.json"

    def pieces(self) -> list[Piece]:
        """Every piece, the bases first."""
        seeds = self.preset.seeds
        return [(seed, "base") for seed in seeds] + [(seed, name) for seed in seeds for name in SETTINGS]

    def piece(self, piece: Piece) -> Path:
        """Where a finished piece is kept."""
        return self.folder / "pieces" / f"{piece[0]}-{piece[1]}.json"


NOTE = "experiment.json"

FOLDER = targets.Kind("folder of an experiment", "", lambda folder: targets.regular(folder / NOTE))
"""What `collapse gpt` goes on with."""


def begin(plan: Plan) -> None:
    """Note in the folder what is run there, or see that it is the same."""
    note = {
        "preset": dataclasses.asdict(plan.preset),
        "corpus": plan.corpus,
        "corpus_sha256": corpora.fingerprint(plan.corpus),
        "device": plan.device,
        "provenance": provenance(plan.device),
        "started": datetime.now(UTC).isoformat(timespec="seconds"),
    }
    path = plan.folder / NOTE
    if not path.is_file():
        records.write(path, note)
        return
    kept = begun(plan.folder)
    for name in ("preset", "corpus", "corpus_sha256", "device"):
        require(
            kept.get(name) == json.loads(json.dumps(note[name])),
            f"the experiment in {str(plan.folder)!r} was begun with another {name}; use another folder.",
        )
    now = provenance(plan.device)
    if kept["provenance"]["library_sha256"] != now["library_sha256"]:
        records.write(path, kept | {"resumed_with": now})


def begun(folder: Path) -> dict[str, Any]:
    """What was noted when the experiment in a folder began, or `InvalidInput`."""
    where = f"{str(folder)!r} holds no experiment that `collapse gpt` can go on with: its experiment.json"
    found: dict[str, Any] = shapes.loaded(folder / NOTE, layout.EXPERIMENT, where)
    return found


def planned(folder: Path) -> Plan:
    """The experiment that was begun in a folder, or `InvalidInput`."""
    note = begun(folder)
    try:
        return Plan(from_dict(note["preset"]), folder, corpus=str(note["corpus"]), device=str(note["device"]))
    except (KeyError, TypeError, AttributeError, ZeroDivisionError):
        raise InvalidInput(
            f"the {NOTE} in {str(folder)!r} is not as `collapse gpt` writes it; go on with a folder that it left."
        ) from None


def provenance(device: str) -> dict[str, Any]:
    """What ran, and on which device."""
    import torch

    name = torch.cuda.get_device_name(device) if device != "cpu" else _processor()
    found = records.provenance()
    return found | {"versions": found["versions"] | {"torch": torch.__version__}, "device": name}


def check_device(device: str) -> None:
    """Refuse a device that is not there."""
    require_torch()
    import torch

    require(
        device == "cpu" or (device.split(":")[0] == "cuda" and torch.cuda.is_available()),
        f"the device was {device!r}; it is cpu, or cuda where torch finds a graphics processor.",
    )


def _processor() -> str:
    """The processor's name, where the system tells it."""
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        lines = []
    names = {line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")}
    return f"cpu: {', '.join(sorted(names)) or 'unknown'}"
