"""The commands on chapters: list them, run one, open one in JupyterLab, build them all."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

import click

from collapse_lib import records
from collapse_lib.commands import writing
from collapse_lib.commands.asking import agree

PRESETS = ("quick", "paper", "deep")


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def chapters(as_json: bool) -> None:
    """List the chapters and the parameters that you may change."""
    from collapse_lib.press import provenance
    from collapse_lib.press.book import Book

    book = Book.here()
    found = book.chapters
    last = {slug: book.record(slug) for slug in found}
    if as_json:
        click.echo(json.dumps([_described(chapter, last[slug]) for slug, chapter in found.items()], indent=1))
        return
    for slug, chapter in found.items():
        took = provenance.cost(last[slug])
        took = f"   ({took} at the last build, preset {last[slug]['preset']})" if took else ""
        click.echo(f"{slug}: {chapter.title}{took}")
        for p in chapter.parameters:
            click.echo(f"    {p.name} = {json.dumps(p.default)}\n        {p.meaning}; {p.accepts}")
        click.echo()


@click.command()
@click.argument("chapter")
@click.option("-p", "given", nargs=2, multiple=True, metavar="NAME VALUE", help="Set a parameter; repeat at will.")
@click.option(
    "--preset", default="paper", show_default=True, metavar="|".join(PRESETS), help="Where to start from."
)
@click.option("-o", "--output", type=click.Path(path_type=Path), help="Folder for the results [default: runs/...].")
@click.option("--yes", is_flag=True, help="Do not ask before a run that may take long.")
def run(chapter: str, given: tuple[tuple[str, str], ...], preset: str, output: Path | None, yes: bool) -> None:
    """Run CHAPTER with other parameters; keep notebook, page, figures, data and manifest."""
    from collapse_lib.press import execute, expense, provenance
    from collapse_lib.press.book import Book
    from collapse_lib.press.editions import run_folder

    book = Book.here()
    found = book.chapter(chapter)
    parameters = found.settings(preset, dict(given))
    target = writing.target(output, run_folder.default_folder(found.slug, parameters), run_folder.FOLDER)
    if not yes:
        agree(expense.of_run(book, found.slug, parameters))
    if cost := provenance.expected_cost(book.record(found.slug), parameters):
        click.echo(f"{found.slug}, its cost: {cost}")
    made_with = provenance.made_with(book)
    try:
        executed = execute.execute(found, parameters, preset=preset, progress=sys.stderr.isatty())
    except execute.ChapterFailed as failure:
        run_folder.write_failure(failure, writing.target(target, target, run_folder.FOLDER))
        raise click.ClickException(
            f"{failure}\nThe executed notebook, with the error in place: {target / f'{found.slug}.ipynb'}"
        ) from None
    run_folder.write(executed.told(**made_with), found, writing.target(target, target, run_folder.FOLDER))
    ledger = executed.ledger()
    if ledger.claims:
        click.echo(ledger.text())
    click.echo(f"{found.slug} ran in {executed.record['seconds']:.1f} s; open {target / f'{found.slug}.html'}")


@click.command()
@click.argument("chapter")
@click.argument("jupyter", nargs=-1)
@click.option("-p", "given", nargs=2, multiple=True, metavar="NAME VALUE", help="Set a parameter; repeat at will.")
@click.option("--preset", metavar="|".join(PRESETS), help="Where to start from  [default: paper].")
@click.option("--fresh", is_flag=True, help="Write the notebook again, without the changes made to it.")
def lab(
    chapter: str, jupyter: tuple[str, ...], given: tuple[tuple[str, str], ...], preset: str | None, fresh: bool
) -> None:
    """Open CHAPTER in JupyterLab, its parameters in the first cell.

    The notebook is runs/lab/CHAPTER.ipynb; it is kept as you leave it. What follows `--` is given to JupyterLab, as
    in `collapse lab fully_synthetic -- --no-browser`.
    """
    from collapse_lib.press.book import Book
    from collapse_lib.press.editions import lab

    found = Book.here().chapter(chapter)
    parameters = found.settings(preset or "paper", dict(given))
    lab.command()
    path, kept = lab.written(found, parameters, changed=bool(given or preset), fresh=fresh)
    click.echo(f"{path}, as you left it; --fresh writes it again" if kept else str(path))
    if status := lab.start(path, jupyter):
        raise click.ClickException(f"JupyterLab ended with exit status {status}.")


@click.command()
@click.option("--preset", default="paper", show_default=True, metavar="|".join(PRESETS), help="The sizes to run.")
@click.option("-j", "--jobs", default=os.cpu_count() or 1, show_default=True, help="Chapters to run at a time.")
@click.option("--student", is_flag=True, help="Build the students' edition, without solutions, in _build/student.")
def build(preset: str, jobs: int, student: bool) -> None:
    """Build the site: run the chapters that changed, then make the pages."""
    from collapse_lib.press import build as whole
    from collapse_lib.press.book import Book
    from collapse_lib.press.editions import students
    from collapse_lib.press.rendering import BuildFailed

    records.source_date()  # Sphinx reads it when all chapters have run, and would refuse a wrong one then
    try:
        built = (students if student else whole).build(Book.here(), preset=preset, jobs=jobs, report=click.echo)
    except BuildFailed as failure:
        raise click.ClickException(str(failure)) from None
    counts = ", ".join(f"{count} {kind}" for kind, count in built.ledger.counts().items())
    click.echo(f"{len(built.ledger.claims)} claims: {counts or 'none'}\nopen {built.index}")


def _described(chapter: Any, last: dict[str, Any]) -> dict[str, Any]:
    """A chapter as plain values, with what its last run in the book took."""
    return {
        "chapter": chapter.slug,
        "title": chapter.title,
        "seconds": last.get("seconds"),
        "memory": last.get("memory"),
        "presets": {name: dict(values) for name, values in chapter.presets.items()},
        "parameters": [
            {
                "name": p.name,
                "type": p.type,
                "default": p.default,
                "paper": chapter.paper_values.get(p.name),
                "meaning": p.meaning,
                "accepts": p.accepts,
            }
            for p in chapter.parameters
        ],
    }
