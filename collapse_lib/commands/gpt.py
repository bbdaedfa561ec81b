"""The command that trains the transformers of Figure 5, and what it tells while it does."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from collapse_lib.commands import writing
from collapse_lib.errors import InvalidInput


@click.command()
@click.option("--preset", default="laptop", show_default=True, metavar="laptop|paper", help="The sizes to run.")
@click.option("--resume", type=click.Path(path_type=Path), metavar="DIR", help="Go on with the experiment in DIR.")
@click.option("-o", "--output", type=click.Path(path_type=Path), help="Its folder [default: runs/gpt-PRESET].")
@click.option("--seeds", metavar="N,N,...", help="Other seeds than the preset's.")
@click.option("--minutes", type=float, help="Stop after about so many minutes; --resume goes on.")
@click.option("-j", "--jobs", type=int, help="Processes at a time [default: 2 on a processor, 1 on a device].")
@click.option("--device", default="cpu", show_default=True, metavar="cpu|cuda", help="Where to train.")
def gpt(
    preset: str,
    resume: Path | None,
    output: Path | None,
    seeds: str | None,
    minutes: float | None,
    jobs: int | None,
    device: str,
) -> None:
    """Run Figure 5: train transformers on tiny Shakespeare, and then on their own output.

    It needs torch, the extra `gpt`. Ctrl-C leaves an experiment that --resume goes on with; every model, text and
    checkpoint is kept in the folder until you delete it. The record at the end is one JSON file.
    """
    from collapse_lib.gpt import presets, running
    from collapse_lib.parameters import Parameter

    presets.require_torch()
    if resume is None:
        sizes = presets.find(preset)
        if seeds is not None:
            typed = Parameter("seeds", "list[int]", [0], "seeds", 0).parse(seeds)
            sizes = presets.with_seeds(sizes, typed)
        folder = writing.target(output, Path("runs") / f"gpt-{preset}", running.FOLDER)
        if (folder / running.NOTE).is_file():
            raise InvalidInput(
                f"the folder {str(folder)!r} holds an experiment already; go on with it by --resume {folder}, or "
                "name another folder with -o."
            )
        plan = running.Plan(sizes, folder, device=device)
    else:
        if output is not None or seeds is not None:
            raise InvalidInput("--resume goes on in its own folder, with its own seeds: give no -o or --seeds.")
        plan = running.planned(resume)
        writing.target(resume, resume, running.FOLDER)
    workers = jobs if jobs is not None else 2 if plan.device == "cpu" else 1
    progress = Progress(plan.folder)
    try:
        with progress:
            running.run(plan, jobs=workers, minutes=minutes, report=progress)
    except running.Stopped as reason:
        click.echo(f"Stopped: {reason}. Go on with: collapse gpt --resume {plan.folder}", err=True)
        raise click.exceptions.Exit(130 if str(reason) == "interrupted" else 0) from None
    click.echo(f"{plan.preset.models} models; the record is {plan.record}")


class Progress:
    """How far a long experiment is and how long it has to go: a bar on a terminal, else a line a minute."""

    def __init__(self, folder: Path) -> None:
        self.bar: Any = None
        self.told, self.done, self.folder, self.begun = 0.0, 0, folder, False

    def __enter__(self) -> None:
        """Nothing is shown before something is done."""

    def __exit__(self, *_: object) -> None:
        if self.bar is not None:
            self.bar.render_finish()

    def __call__(self, done: int, total: int, seconds: float) -> None:
        """Show that `done` of `total` iterations took so many seconds."""
        if not self.begun:
            click.echo(f"{self.folder}: may be stopped with Ctrl-C at any time and resumed", err=True)
            self.begun = True
        if sys.stderr.isatty():
            if self.bar is None:
                self.bar = click.progressbar(length=total, label="iterations", show_pos=True, file=sys.stderr)
            self.bar.update(done - self.done)
        elif seconds - self.told >= 60:
            self.told = seconds
            left = seconds / max(done, 1) * (total - done) / 60
            click.echo(f"{done:,} of {total:,} iterations; about {left:.0f} min left", err=True)
        self.done = done
