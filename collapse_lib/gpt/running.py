"""A whole experiment: its pieces side by side, progress, and the record at the end.

The folder of an experiment holds

`experiment.json`  the preset, the corpus and the device: with them, going on is going on with the same
`shelf/`           models, texts and checkpoints under the digest of what they were made from
`pieces/`          what was measured in each finished piece
`NAME.json`        the record, when all pieces are done (NAME is the preset's)

Every file is written atomically, so the process may be killed at any moment; the same command with `--resume`
takes it up where it stood.  On a processor the pieces run in `jobs` processes of one thread each.
"""

from __future__ import annotations

import contextlib
import dataclasses
import json
import multiprocessing
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from collapse_lib import corpora, lifetime, records, shapes, targets
from collapse_lib.errors import InvalidInput, require
from collapse_lib.gpt import layout, recorded
from collapse_lib.gpt.presets import SETTINGS, Preset, from_dict, require_torch

Report = Callable[[int, int, float], None]
"""Told iterations done, iterations in all, and seconds gone."""

Tick = Callable[[int], bool]
"""Told how many iterations were done; true asks to stop."""

Piece = tuple[int, str]
"""A seed and a setting; the setting "base" is p^(0) and p^(1)."""

_shared: dict[str, Any] = {}  # in each worker: the counter of iterations and the event that asks to stop


class Stopped(Exception):
    """The experiment stopped before its end; all that was done is kept."""


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


def run(
    plan: Plan, *, jobs: int = 1, minutes: float | None = None, report: Report = lambda *_: None
) -> dict[str, Any]:
    """Run what is not done yet, at most `minutes`; the record, which is also written.

    Raises `Stopped` where the time was up or Ctrl-C was pressed, with everything so far kept.
    """
    _check_device(plan.device)
    require(jobs >= 1, f"jobs was {jobs}; it takes a whole number of at least 1.")
    require(minutes is None or minutes > 0, f"minutes was {minutes}; it takes a number above 0.")
    _begin(plan)
    left = [piece for piece in plan.pieces() if not plan.piece(piece).is_file()]
    try:
        if left and jobs == 1:
            _alone(plan, left, minutes, report)
        elif left:
            _side_by_side(plan, left, jobs, minutes, report)
    except KeyboardInterrupt:
        raise Stopped("interrupted") from None
    if any(not plan.piece(piece).is_file() for piece in plan.pieces()):
        raise Stopped("the time is up")
    return _recorded(plan)


def live(preset: Preset, folder: Path, *, jobs: int = 2) -> Path:
    """Run a preset in a folder, or go on with it there; the file with the record."""
    plan = planned(folder) if (folder / NOTE).is_file() else Plan(preset, targets.checked(folder, FOLDER))
    run(plan, jobs=jobs)
    return plan.record


def _begin(plan: Plan) -> None:
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


def _check_device(device: str) -> None:
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


def _iterations(plan: Plan, pieces: list[Piece]) -> int:
    """The iterations in some pieces; p^(1) is read again at the head of each chain, and counts as done there."""
    models = sum(2 if setting == "base" else plan.preset.generations for _, setting in pieces)
    return models * plan.preset.recipe.iterations


def _alone(plan: Plan, left: list[Piece], minutes: float | None, report: Report) -> None:
    """One piece after the other in this process, which for this has one thread."""
    import torch

    begun, done, threads = time.monotonic(), 0, torch.get_num_threads()

    def tick(iterations: int) -> bool:
        nonlocal done
        done += iterations
        gone = time.monotonic() - begun
        report(done, _iterations(plan, left), gone)
        return minutes is not None and gone > 60 * minutes

    try:
        if plan.device == "cpu":
            torch.set_num_threads(1)
        for piece in left:
            _work(plan, piece, tick)
            if not plan.piece(piece).is_file():
                return
    finally:
        torch.set_num_threads(threads)


def _side_by_side(plan: Plan, left: list[Piece], jobs: int, minutes: float | None, report: Report) -> None:
    """The pieces in processes; a base before its chains."""
    context = multiprocessing.get_context("spawn")
    counter, stop, begun = context.Value("q", 0), context.Event(), time.monotonic()
    waiting, running = list(left), dict[Future[None], Piece]()
    workers = ProcessPoolExecutor(
        min(jobs, len(left)),
        mp_context=context,
        initializer=_share,
        initargs=(counter, stop, plan.device, os.getpid()),
    )
    try:
        while running or (waiting and not stop.is_set()):
            ready = [
                (seed, what) for seed, what in waiting if what == "base" or plan.piece((seed, "base")).is_file()
            ]
            with _deaf():  # Ctrl-C is this process's business, and the workers are to hear of it from here
                running |= {workers.submit(_work_apart, plan, piece): piece for piece in ready}
            waiting = [piece for piece in waiting if piece not in ready]
            for future in wait(running, timeout=0.5, return_when=FIRST_COMPLETED).done:
                del running[future]
                future.result()
            gone = time.monotonic() - begun
            report(counter.value, _iterations(plan, left), gone)
            if minutes is not None and gone > 60 * minutes:
                stop.set()
    finally:
        stop.set()
        workers.shutdown(cancel_futures=True)


@contextlib.contextmanager
def _deaf() -> Iterator[None]:
    """Ctrl-C is not heard here, nor ever by the processes that start here."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    heard = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, heard)


def _share(counter: Any, stop: Any, device: str, parent: int) -> None:
    """Prepare a worker: one thread, the counter of iterations, and the event that asks to stop."""
    lifetime.end_with_parent(parent)
    import torch

    if device == "cpu":
        torch.set_num_threads(1)
    _shared.update(counter=counter, stop=stop)


def _work_apart(plan: Plan, piece: Piece) -> None:
    """One piece in a worker, which counts for all."""

    def tick(iterations: int) -> bool:
        with _shared["counter"].get_lock():
            _shared["counter"].value += iterations
        return bool(_shared["stop"].is_set())

    _work(plan, piece, tick)


def _work(plan: Plan, piece: Piece, tick: Tick) -> None:
    """One piece; what it found is kept, unless it was asked to stop."""
    from collapse_lib.gpt import experiment
    from collapse_lib.gpt.training import Paused

    seed, setting = piece
    counted = tick if setting == "base" else lambda _: tick(0)
    try:
        base = experiment.base(
            plan.preset, seed, shelf=plan.shelf, device=plan.device, tick=counted, corpus=plan.corpus
        )
        if setting == "base":
            found: Any = experiment.described(base, plan.preset, seed)
        else:
            learner = dataclasses.replace(base.learner, tick=tick)
            found = experiment.chain(dataclasses.replace(base, learner=learner), plan.preset, seed, setting)
    except Paused:
        return
    records.write(plan.piece(piece), {"found": found})


def _recorded(plan: Plan) -> dict[str, Any]:
    """Put the pieces together, with where they come from, and write the record."""

    def found(piece: Piece) -> Any:
        shape = {"found": layout.BASE if piece[1] == "base" else layout.CHAIN}
        return shapes.loaded(plan.piece(piece), shape, f"the piece {str(plan.piece(piece))!r}")["found"]

    note = begun(plan.folder)
    runs = []
    for seed in plan.preset.seeds:
        settings = {name: found((seed, name)) for name in SETTINGS}
        runs.append(found((seed, "base")) | {"settings": settings})
    record = recorded.sealed({**note, "ended": datetime.now(UTC).isoformat(timespec="seconds"), "runs": runs})
    recorded.write(plan.record, record)
    return record
