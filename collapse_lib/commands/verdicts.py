"""The commands on claims and exercises: judge one claim, show the last build's verdicts, list the exercises."""

from __future__ import annotations

import click

from collapse_lib.commands import writing
from collapse_lib.commands.asking import agree
from collapse_lib.errors import InvalidInput


@click.command()
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
    from collapse_lib.claims import command
    from collapse_lib.press.book import Book

    if claim is None:
        if given:
            raise InvalidInput("parameters were given, but no claim; `collapse check` alone lists the claims.")
        listed = Book.here().contents.in_order(claims.registry().values(), lambda item: item.claim.chapter)
        click.echo(writing.as_json(command.catalogue(listed)) if as_json else command.listing(listed))
        return
    item = claims.find(claim)
    parameters = command.settings(item, dict(given))
    if parameters and not yes:
        from collapse_lib.press import expense

        agree(expense.of_check(Book.here(), item, parameters))
    try:
        verdict = claims.check(item.claim.id, **parameters)
    except ArithmeticError as error:
        raise click.ClickException(f"the check of {claim} failed: {type(error).__name__}: {error}") from None
    click.echo(
        writing.as_json(command.described(item.claim, verdict)) if as_json else command.told(item.claim, verdict)
    )
    if not command.as_expected(item.claim, verdict):
        raise click.ClickException(f"the book stands by {item.claim.expects}, and this is {verdict.kind}.")


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def claims(as_json: bool) -> None:
    """Show the verdicts of the last build; exit 1 if one is not what the book stands by."""
    from collapse_lib.press.book import Book

    ledger = Book.here().ledger()
    if as_json:
        verdicts = [{**r["claim"], **ledger[r["claim"]["id"]].as_dict()} for r in ledger.records()]
        click.echo(writing.as_json(verdicts))
    else:
        click.echo(ledger.text())
    if surprises := ledger.unexpected():
        names = ", ".join(f"{c.id} ({ledger[c.id].kind}, not {c.expects})" for c in surprises)
        raise click.ClickException(f"not as the book stands by: {names}")


@click.command()
@click.argument("chapter", required=False)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def exercises(chapter: str | None, as_json: bool) -> None:
    """List the exercises, or those of CHAPTER, with their points and the answers that they take."""
    from collapse_lib.exercises import listing
    from collapse_lib.press.book import Book

    listed = Book.here().contents.in_order(listing.chosen(chapter), lambda item: item.chapter)
    click.echo(writing.as_json(listing.catalogue(listed)) if as_json else listing.listing(listed))
