"""The command line: `python -m collapse_lib`, installed as `collapse`.

Exit status 0: done.  1: something failed inside (a chapter, the site, a verdict that the book does not stand by).
2: the command was wrong; one sentence says what was given, what is accepted and the nearest known name.
"""

from __future__ import annotations

import contextlib
import errno
import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

import collapse_lib
from collapse_lib import lifetime, records, targets
from collapse_lib.errors import InvalidInput, unknown

PRESETS = ("quick", "paper", "deep")
BARE = getattr(click.exceptions, "NoArgsIsHelpError", ())
"""What click 8.2 raises to show the help of a command that was given nothing."""


class Mistake(click.ClickException):
    """A user's mistake: exit 2 and one sentence, on one line whatever was given."""

    exit_code = 2

    def __init__(self, sentence: str) -> None:
        line = " ".join(sentence.split())
        super().__init__("".join(c if c.isprintable() else repr(c)[1:-1] for c in line))


class Commands(click.Group):
    """A group that tells a mistake in one sentence, and answers an unknown command with the nearest known one."""

    def make_context(self, *given: Any, **more: Any) -> click.Context:
        """Read what stands before the command."""
        with _mistakes():
            return super().make_context(*given, **more)

    def invoke(self, ctx: click.Context) -> Any:
        """Read what stands after the command, and run it; SIGTERM is heard as Ctrl-C is."""
        with _mistakes(), lifetime.terminable():
            return super().invoke(ctx)

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
    from collapse_lib.chapters.book import Book
    from collapse_lib.site import provenance

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


@main.command()
@click.argument("chapter")
@click.option("-p", "given", nargs=2, multiple=True, metavar="NAME VALUE", help="Set a parameter; repeat at will.")
@click.option(
    "--preset", default="paper", show_default=True, metavar="|".join(PRESETS), help="Where to start from."
)
@click.option("-o", "--output", type=click.Path(path_type=Path), help="Folder for the results [default: runs/...].")
@click.option("--yes", is_flag=True, help="Do not ask before a run that may take long.")
def run(chapter: str, given: tuple[tuple[str, str], ...], preset: str, output: Path | None, yes: bool) -> None:
    """Run CHAPTER with other parameters; keep notebook, page, figures, data and manifest."""
    from collapse_lib.chapters import execute
    from collapse_lib.chapters.book import Book
    from collapse_lib.site import expense, provenance, runs

    book = Book.here()
    found = book.chapter(chapter)
    parameters = found.settings(preset, dict(given))
    target = _target(output, runs.default_folder(found.slug, parameters), runs.FOLDER)
    if not yes:
        _agree(expense.of_run(book, found.slug, parameters))
    if cost := provenance.expected_cost(book.record(found.slug), parameters):
        click.echo(f"{found.slug}, its cost: {cost}")
    made_with = provenance.made_with(book)
    try:
        executed = execute.execute(found, parameters, preset=preset, progress=sys.stderr.isatty())
    except execute.ChapterFailed as failure:
        runs.write_failure(failure, _target(target, target, runs.FOLDER))
        raise click.ClickException(
            f"{failure}\nThe executed notebook, with the error in place: {target / f'{found.slug}.ipynb'}"
        ) from None
    runs.write(executed.told(**made_with), found, _target(target, target, runs.FOLDER))
    ledger = executed.ledger()
    if ledger.claims:
        click.echo(ledger.text())
    click.echo(f"{found.slug} ran in {executed.record['seconds']:.1f} s; open {target / f'{found.slug}.html'}")


@main.command()
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
    from collapse_lib.chapters.book import Book
    from collapse_lib.site import lab

    found = Book.here().chapter(chapter)
    parameters = found.settings(preset or "paper", dict(given))
    lab.command()
    path, kept = lab.written(found, parameters, changed=bool(given or preset), fresh=fresh)
    click.echo(f"{path}, as you left it; --fresh writes it again" if kept else str(path))
    if status := lab.start(path, jupyter):
        raise click.ClickException(f"JupyterLab ended with exit status {status}.")


@main.command()
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
    from collapse_lib.chapters.book import Book
    from collapse_lib.site import comparison_page, runs
    from collapse_lib.site.compare import comparison

    mine = runs.read(run)
    pair = (runs.published(Book.here(), mine.slug), mine) if other is None else (mine, runs.read(other))
    found = comparison(*pair)
    target = _target(output, comparison_page.default_file(found, run), comparison_page.FILE)
    comparison_page.write(found, target)
    click.echo(f"{found.text()}\nopen {target}")


@main.command()
@click.option("--preset", default="paper", show_default=True, metavar="|".join(PRESETS), help="The sizes to run.")
@click.option("-j", "--jobs", default=os.cpu_count() or 1, show_default=True, help="Chapters to run at a time.")
@click.option("--student", is_flag=True, help="Build the students' edition, without solutions, in _build/student.")
def build(preset: str, jobs: int, student: bool) -> None:
    """Build the site: run the chapters that changed, then make the pages."""
    from collapse_lib.chapters.book import Book
    from collapse_lib.site import build as whole
    from collapse_lib.site import students

    records.source_date()  # Sphinx reads it when all chapters have run, and would refuse a wrong one then
    try:
        built = (students if student else whole).build(Book.here(), preset=preset, jobs=jobs, report=click.echo)
    except whole.BuildFailed as failure:
        raise click.ClickException(str(failure)) from None
    counts = ", ".join(f"{count} {kind}" for kind, count in built.ledger.counts().items())
    click.echo(f"{len(built.ledger.claims)} claims: {counts}\nopen {built.index}")


@main.command()
@click.argument("claim", required=False)
@click.option("-p", "given", nargs=2, multiple=True, metavar="NAME VALUE", help="Set a parameter; repeat at will.")
@click.option("--yes", is_flag=True, help="Do not ask before a check that may take long.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def check(claim: str | None, given: tuple[tuple[str, str], ...], yes: bool, as_json: bool) -> None:
    """Judge CLAIM afresh, by itself; exit 1 if the verdict is not what the book stands by.

    Without CLAIM, list all claims with their parameters and defaults. A list is written with commas. To plant an
    error and see it refuted, set `distort`: it spoils the theory's value by that factor (1 is the claim itself), as
    in `collapse check theorem-1/sigma -p n 25 -p distort 1.5`.
    """
    from collapse_lib import claims
    from collapse_lib.chapters.book import Book
    from collapse_lib.claims import command

    if claim is None:
        if given:
            raise InvalidInput("parameters were given, but no claim; `collapse check` alone lists the claims.")
        listed = Book.here().contents.in_order(claims.registry().values(), lambda item: item.claim.chapter)
        click.echo(_json(command.catalogue(listed)) if as_json else command.listing(listed))
        return
    item = claims.find(claim)
    parameters = command.settings(item, dict(given))
    if parameters and not yes:
        from collapse_lib.site import expense

        _agree(expense.of_check(Book.here(), item, parameters))
    try:
        verdict = claims.check(item.claim.id, **parameters)
    except ArithmeticError as error:
        raise click.ClickException(f"the check of {claim} failed: {type(error).__name__}: {error}") from None
    click.echo(_json(command.described(item.claim, verdict)) if as_json else command.told(item.claim, verdict))
    if not command.as_expected(item.claim, verdict):
        raise click.ClickException(f"the book stands by {item.claim.expects}, and this is {verdict.kind}.")


@main.command()
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def claims(as_json: bool) -> None:
    """Show the verdicts of the last build; exit 1 if one is not what the book stands by."""
    from collapse_lib.chapters.book import Book

    ledger = Book.here().ledger()
    if as_json:
        verdicts = [{**r["claim"], **ledger[r["claim"]["id"]].as_dict()} for r in ledger.records()]
        click.echo(_json(verdicts))
    else:
        click.echo(ledger.text())
    if surprises := ledger.unexpected():
        names = ", ".join(f"{c.id} ({ledger[c.id].kind}, not {c.expects})" for c in surprises)
        raise click.ClickException(f"not as the book stands by: {names}")


@main.command()
@click.argument("chapter", required=False)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def exercises(chapter: str | None, as_json: bool) -> None:
    """List the exercises, or those of CHAPTER, with their points and the answers that they take."""
    from collapse_lib.chapters.book import Book
    from collapse_lib.exercises import listing

    listed = Book.here().contents.in_order(listing.chosen(chapter), lambda item: item.chapter)
    click.echo(_json(listing.catalogue(listed)) if as_json else listing.listing(listed))


@main.command()
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
        folder = _target(output, Path("runs") / f"gpt-{preset}", running.FOLDER)
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
        _target(resume, resume, running.FOLDER)
    workers = jobs if jobs is not None else 2 if plan.device == "cpu" else 1
    progress = _Progress(plan.folder)
    try:
        with progress:
            running.run(plan, jobs=workers, minutes=minutes, report=progress)
    except running.Stopped as reason:
        click.echo(f"Stopped: {reason}. Go on with: collapse gpt --resume {plan.folder}", err=True)
        raise click.exceptions.Exit(130 if str(reason) == "interrupted" else 0) from None
    click.echo(f"{plan.preset.models} models; the record is {plan.record}")


class _Progress:
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


@main.command()
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
    from collapse_lib.chapters.book import Book
    from collapse_lib.site import archive, last_build, packed

    if given is None:
        target = _target(output, _named(archive.FILE), archive.FILE)
        _leave(target, archive.FILE, archive.archive(last_build.last_build(Book.here())))
        return
    if output is not None:
        raise InvalidInput("--check writes nothing, so -o makes no sense beside it.")
    faults = packed.faults(given)
    if faults:
        raise click.ClickException(f"{given} is not as its manifest says:\n" + "\n".join(f"  {f}" for f in faults))
    made = packed.manifest(given)
    click.echo(f"{len(made['files'])} files, each as the manifest says: version {made['version']}, {made['date']}")


@main.command()
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    help="The PDF to write [default: _build/collapse-VERSION.pdf].",
)
@click.option("--with-code", is_flag=True, help="Print the folded code as well.")
def pdf(output: Path | None, with_code: bool) -> None:
    """Print the last build as one PDF, by Chromium, in about a minute."""
    from collapse_lib.chapters.book import Book
    from collapse_lib.site import last_build, pdf

    target = _target(output, _named(pdf.FILE), pdf.FILE)
    _leave(target, pdf.FILE, pdf.print_book(last_build.last_build(Book.here()), with_code=with_code))


def _target(output: Path | None, default: Path, kind: targets.Kind) -> Path:
    """Where to write, which is tried, and again before it is written: see `targets`."""
    from collapse_lib.chapters.book import Book

    outside = [records.LIBRARY]
    with contextlib.suppress(InvalidInput):
        book = Book.here()
        outside += [book.folder, book.site, book.executed]
    return targets.checked(default if output is None else output, kind, outside=outside)


def _agree(expense: Any) -> None:
    """Ask before much is spent (see `expense`), or refuse where nobody is there to be asked."""
    if not expense.large:
        return
    if not _interactive():
        raise InvalidInput(f"this may take {expense}; add --yes to begin all the same, or ask for smaller sizes.")
    if not click.confirm(f"This may take {expense}. Begin?", err=True):
        raise click.ClickException("nothing was begun.")


def _interactive() -> bool:
    """Whether somebody can answer."""
    return sys.stdin.isatty()


def _named(kind: targets.Kind) -> Path:
    """Where the file of this version goes that was given no name."""
    from collapse_lib.chapters.book import Book

    return Book.here().output / f"collapse-{collapse_lib.__version__}{kind.suffix}"


def _leave(target: Path, kind: targets.Kind, content: bytes) -> None:
    """Write the file and tell its size."""
    records.write(_target(target, target, kind), content)
    click.echo(f"{target}: {len(content) / 1e6:.1f} MB")


def _json(values: Any) -> str:
    """Plain values as JSON to read."""
    return json.dumps(values, indent=1, ensure_ascii=False)


@contextlib.contextmanager
def _mistakes() -> Iterator[None]:
    """Turn a user's mistake into exit 2 and its sentence, and an interrupt into exit 130.

    What the system refuses (a full disk, a folder of somebody else's) and what no memory holds are told so, too.
    """
    try:
        yield
    except InvalidInput as mistake:
        raise Mistake(str(mistake)) from None
    except BARE:
        raise
    except click.UsageError as mistake:
        command = f"{mistake.ctx.command_path} --help" if mistake.ctx else "--help"
        raise Mistake(f"{mistake.format_message().rstrip('.')}; `{command}` tells what is taken.") from None
    except OSError as error:
        if error.errno == errno.EPIPE:  # whoever read what is told has stopped; click ends quietly
            raise
        where = f" {os.fsdecode(error.filename)!r}" if isinstance(error.filename, str | bytes) else ""
        raise Mistake(f"the system refused{where}: {error.strerror or error}.") from None
    except MemoryError:
        raise Mistake("this takes more memory than there is; ask for smaller sizes.") from None
    except OverflowError as error:
        raise Mistake(f"a number is too large to compute with ({error}); ask for smaller sizes.") from None
    except KeyboardInterrupt:
        click.echo("Interrupted; nothing half-written was left.", err=True)
        raise click.exceptions.Exit(130) from None


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


if __name__ == "__main__":
    main()
