"""The commands on what is built: pack it, print it, set a run beside it."""

from __future__ import annotations

from pathlib import Path

import click

from collapse_lib.commands import writing
from collapse_lib.errors import InvalidInput


@click.command()
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    help="The zip to write [default: _build/collapse-VERSION.zip].",
)
@click.option(
    "--check", "given", type=click.Path(path_type=Path), metavar="FILE", help="Verify FILE, write nothing."
)
def archive(output: Path | None, given: Path | None) -> None:
    """Pack the last build into one zip that needs no network: site, notebooks, figures, sources, manifest.

    With --check, compare a zip with its manifest; exit 1 and a list of what is missing, changed or not in it.
    """
    from collapse_lib.press.book import Book
    from collapse_lib.press.editions import archive, last_build, packed

    if given is None:
        target = writing.target(output, writing.named(archive.FILE), archive.FILE)
        writing.leave(target, archive.FILE, archive.archive(last_build.last_build(Book.here())))
        return
    if output is not None:
        raise InvalidInput("--check writes nothing, so -o makes no sense beside it.")
    faults = packed.faults(given)
    if faults:
        raise click.ClickException(f"{given} is not as its manifest says:\n" + "\n".join(f"  {f}" for f in faults))
    made = packed.manifest(given)
    click.echo(f"{len(made['files'])} files, each as the manifest says: version {made['version']}, {made['date']}")


@click.command()
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    help="The PDF to write [default: _build/collapse-VERSION.pdf].",
)
@click.option("--with-code", is_flag=True, help="Print the folded code as well.")
def pdf(output: Path | None, with_code: bool) -> None:
    """Print the last build as one PDF, by Chromium, in about a minute."""
    from collapse_lib.press.book import Book
    from collapse_lib.press.editions import last_build, pdf

    target = writing.target(output, writing.named(pdf.FILE), pdf.FILE)
    writing.leave(target, pdf.FILE, pdf.print_book(last_build.last_build(Book.here()), with_code=with_code))


@click.command()
@click.argument("run", type=click.Path(path_type=Path))
@click.argument("other", required=False, type=click.Path(path_type=Path))
@click.option(
    "-o", "--output", type=click.Path(path_type=Path), help="The page [default: compare-....html beside RUN]."
)
def compare(run: Path, other: Path | None, output: Path | None) -> None:
    """Set RUN beside the published run of its chapter, or beside OTHER, in one page.

    RUN and OTHER are folders that `collapse run` left; published is what the last build put into the book. Nothing
    that differs is a failure.
    """
    from collapse_lib.press.book import Book
    from collapse_lib.press.editions import comparison_page, run_folder
    from collapse_lib.press.editions.compare import comparison

    mine = run_folder.read(run)
    pair = (run_folder.published(Book.here(), mine.slug), mine) if other is None else (mine, run_folder.read(other))
    found = comparison(*pair)
    target = writing.target(output, comparison_page.default_file(found, run), comparison_page.FILE)
    comparison_page.write(found, target)
    click.echo(f"{found.text()}\nopen {target}")
