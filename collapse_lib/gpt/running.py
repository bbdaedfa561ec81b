"""A whole experiment: its pieces side by side, progress, and the record at the end.

Every file is written atomically, so the process may be killed at any moment; the same command with `--resume`
takes it up where it stood.  On a processor the pieces run in `jobs` processes of one thread each.
"""

from __future__ import annotations

import contextlib
import dataclasses
import multiprocessing
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from collapse_lib import lifetime, records, shapes, targets
from collapse_lib.errors import require
from collapse_lib.gpt import layout, recorded
from collapse_lib.gpt.plan import FOLDER as FOLDER
from collapse_lib.gpt.plan import NOTE as NOTE
from collapse_lib.gpt.plan import Piece, begin, begun, check_device
from collapse_lib.gpt.plan import Plan as Plan
from collapse_lib.gpt.plan import planned as planned
from collapse_lib.gpt.plan import provenance as provenance
from collapse_lib.gpt.presets import SETTINGS, Preset

Report = Callable[[int, int, float], None]
"""Told iterations done, iterations in all, and seconds gone."""

Tick = Callable[[int], bool]
"""Told how many iterations were done; true asks to stop."""

_shared: dict[str, Any] = {}  # in each worker: the counter of iterations and the event that asks to stop


class Stopped(Exception):
    """The experiment stopped before its end; all that was done is kept."""


def run(
    plan: Plan, *, jobs: int = 1, minutes: float | None = None, report: Report = lambda *_: None
) -> dict[str, Any]:
    """Run what is not done yet, at most `minutes`; the record, which is also written.

    Raises `Stopped` where the time was up or Ctrl-C was pressed, with everything so far kept.
    """
    check_device(plan.device)
    require(jobs >= 1, f"jobs was {jobs}; it takes a whole number of at least 1.")
    require(minutes is None or minutes > 0, f"minutes was {minutes}; it takes a number above 0.")
    begin(plan)
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
