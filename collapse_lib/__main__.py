"""The command line: `python -m collapse_lib`, installed as `collapse`.

Exit status 0: done.  1: something failed inside (a chapter, the site, a verdict that the book does not stand by).
2: the command was wrong; one sentence says what was given, what is accepted and the nearest known name.
"""

from __future__ import annotations

import contextlib
import json
import os
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

import collapse_lib
from collapse_lib import records
from collapse_lib.errors import InvalidInput, unknown

PRESETS = ("quick", "paper", "deep")


class Mistake(click.ClickException):
    """A user's mistake: exit 2 and one sentence."""

    exit_code = 2


class Commands(click.Group):
    """A group that answers an unknown command with the nearest known one."""

    def resolve_command(self, ctx: click.Context, args: list[str]) -> Any:
        """Find the command that args[0] names."""
        if args and self.get_command(ctx, args[0]) is None and not args[0].startswith("-"):
            raise Mistake(str(unknown("command", args[0], self.list_commands(ctx))))
        return super().resolve_command(ctx, args)


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(collapse_lib.__version__, prog_name="collapse")
def main() -> None:
    """Re-execute and build the companion of "How Bad is Training on Synthetic Data?"."""


@main.command()
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def chapters(as_json: bool) -> None:
    """List the chapters and the parameters that you may change."""
    from collapse_lib.chapters import source
    from collapse_lib.site import book

    with _mistakes():
        found = source.available()
        seconds = {slug: book.record(slug).get("seconds") for slug in found}
    if as_json:
        click.echo(json.dumps([_described(chapter, seconds[slug]) for slug, chapter in found.items()], indent=1))
        return
    for slug, chapter in found.items():
        took = f"   ({seconds[slug]:.1f} s last time)" if seconds[slug] is not None else ""
        click.echo(f"{slug}: {chapter.title}{took}")
        for p in chapter.parameters:
            click.echo(f"    {p.name} = {json.dumps(p.default)}\n        {p.meaning}; {p.accepts}")
        click.echo()


@main.command()
@click.argument("chapter")
@click.option("-p", "given", nargs=2, multiple=True, metavar="NAME VALUE", help="Set a parameter; repeat at will.")
@click.option(
    "--preset", default="paper", show_default=True, metavar="|".join(PRESETS), help="Where to start from."
)
@click.option("-o", "--output", type=click.Path(path_type=Path), help="Folder for the results [default: runs/...].")
def run(chapter: str, given: tuple[tuple[str, str], ...], preset: str, output: Path | None) -> None:
    """Run CHAPTER with other parameters; keep notebook, page, figures, data and manifest."""
    from collapse_lib.chapters import execute, source

    with _mistakes():
        found = source.find(chapter)
        parameters = found.settings(preset, dict(given))
        target = (
            output or Path("runs") / f"{found.slug}-{records.digest(json.dumps(parameters, sort_keys=True))[:8]}"
        )
        _check_output(target)
        try:
            execution = execute.execute(found, parameters, preset=preset, progress=sys.stderr.isatty())
        except execute.ChapterFailed as failure:
            with records.folder(target) as folder:
                _write_failure(failure, folder)
            raise click.ClickException(
                f"{failure}\nThe executed notebook, with the error in place: {target / f'{found.slug}.ipynb'}"
            ) from None
        with records.folder(target) as folder:
            _write_run(execution, folder)
    ledger = execution.ledger()
    if ledger.claims:
        click.echo(ledger.text())
    click.echo(f"{found.slug} ran in {execution.seconds:.1f} s; open {target / f'{found.slug}.html'}")


@main.command()
@click.option("--preset", default="paper", show_default=True, metavar="|".join(PRESETS), help="The sizes to run.")
@click.option("-j", "--jobs", default=os.cpu_count() or 1, show_default=True, help="Chapters to run at a time.")
def build(preset: str, jobs: int) -> None:
    """Build the site: run the chapters that changed, then make the pages."""
    from collapse_lib.site import book

    with _mistakes():
        try:
            built = book.build(preset=preset, jobs=jobs, report=click.echo)
        except book.BuildFailed as failure:
            raise click.ClickException(str(failure)) from None
    counts = ", ".join(f"{count} {kind}" for kind, count in built.ledger.counts().items())
    click.echo(f"{len(built.ledger.claims)} claims: {counts}\nopen {built.index}")


@main.command()
@click.argument("claim", required=False)
@click.option("-p", "given", nargs=2, multiple=True, metavar="NAME VALUE", help="Set a parameter; repeat at will.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def check(claim: str | None, given: tuple[tuple[str, str], ...], as_json: bool) -> None:
    """Judge CLAIM afresh, by itself; exit 1 if the verdict is not what the book stands by.

    Without CLAIM, list all claims with their parameters and defaults. A list is written with commas. To plant an
    error and see it refuted, set `distort`: it spoils the theory's value by that factor (1 is the claim itself), as
    in `collapse check theorem-1/sigma -p n 25 -p distort 1.5`.
    """
    from collapse_lib.chapters import check

    with _mistakes():
        if claim is None:
            if given:
                raise InvalidInput("parameters were given, but no claim; `collapse check` alone lists the claims.")
            click.echo(_json(check.catalogue()) if as_json else check.listing())
            return
        item = check.find(claim)
        try:
            verdict = check.judged(item, dict(given))
        except ArithmeticError as error:
            raise click.ClickException(f"the check of {claim} failed: {type(error).__name__}: {error}") from None
    click.echo(_json(check.described(item.claim, verdict)) if as_json else check.told(item.claim, verdict))
    if not check.as_expected(item.claim, verdict):
        raise click.ClickException(f"the book stands by {item.claim.expects}, and this is {verdict.kind}.")


@main.command()
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def claims(as_json: bool) -> None:
    """Show the verdicts of the last build; exit 1 if one is not what the book stands by."""
    from collapse_lib.site import book

    with _mistakes():
        ledger = book.ledger()
    if as_json:
        verdicts = [{**r["claim"], **ledger[r["claim"]["id"]].as_dict()} for r in ledger.records()]
        click.echo(_json(verdicts))
    else:
        click.echo(ledger.text())
    if surprises := ledger.unexpected():
        names = ", ".join(f"{c.id} ({ledger[c.id].kind}, not {c.expects})" for c in surprises)
        raise click.ClickException(f"not as the book stands by: {names}")


def _json(values: Any) -> str:
    """Plain values as JSON to read."""
    return json.dumps(values, indent=1, ensure_ascii=False)


@contextlib.contextmanager
def _mistakes() -> Iterator[None]:
    """Turn a user's mistake into exit 2 and its sentence, and an interrupt into exit 130."""
    try:
        yield
    except InvalidInput as mistake:
        raise Mistake(str(mistake)) from None
    except KeyboardInterrupt:
        click.echo("Interrupted; nothing half-written was left.", err=True)
        raise click.exceptions.Exit(130) from None


def _check_output(target: Path) -> None:
    """Refuse a folder that holds something other than an earlier run."""
    if target.is_file() or (target.is_dir() and any(target.iterdir()) and not (target / "manifest.json").is_file()):
        raise InvalidInput(
            f"the output {str(target)!r} exists and is no earlier run; give -o a new folder, or an earlier run's."
        )


def _described(chapter: Any, seconds: float | None) -> dict[str, Any]:
    """A chapter as plain values."""
    return {
        "chapter": chapter.slug,
        "title": chapter.title,
        "seconds": seconds,
        "presets": {name: dict(values) for name, values in chapter.presets.items()},
        "parameters": [
            {"name": p.name, "type": p.type, "default": p.default, "meaning": p.meaning, "accepts": p.accepts}
            for p in chapter.parameters
        ],
    }


def _write_run(execution: Any, folder: Path) -> None:
    """Everything that a run leaves."""
    import nbformat

    from collapse_lib.site import stand_alone
    from collapse_lib.site.figures import write_plate

    slug = execution.chapter.slug
    ledger, plates = execution.ledger(), execution.plates()
    records.write(folder / f"{slug}.ipynb", nbformat.writes(execution.notebook) + "\n")
    records.write(folder / f"{slug}.html", stand_alone.page(execution))
    for plate in plates:
        write_plate(plate, folder / "figures")
    records.write(
        folder / "manifest.json",
        {
            "chapter": slug,
            "title": execution.chapter.title,
            "preset": execution.preset,
            "parameters": dict(execution.parameters),
            "seed": execution.parameters.get("seed"),
            "seconds": round(execution.seconds, 2),
            "finished": datetime.now(UTC).isoformat(timespec="seconds"),
            "figures": [plate["name"] for plate in plates],
            "verdicts": {claim.id: ledger[claim.id].as_dict() for claim in ledger.claims},
            **records.provenance(),
        },
    )


def _write_failure(failure: Any, folder: Path) -> None:
    """What a failed run leaves: the notebook with the error in place, and what went wrong."""
    import nbformat

    records.write(folder / f"{failure.chapter.slug}.ipynb", nbformat.writes(failure.notebook) + "\n")
    records.write(
        folder / "manifest.json",
        {
            "chapter": failure.chapter.slug,
            "failed": {"cell": failure.cell, "error": failure.error},
            **records.provenance(),
        },
    )


if __name__ == "__main__":
    main()
