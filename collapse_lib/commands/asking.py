"""Before much is spent, whoever can answer is asked."""

from __future__ import annotations

import sys
from typing import Any

import click

from collapse_lib.errors import InvalidInput


def agree(expense: Any) -> None:
    """Ask before much is spent (see `expense`), or refuse where nobody is there to be asked."""
    if not expense.large:
        return
    if not interactive():
        raise InvalidInput(f"this may take {expense}; add --yes to begin all the same, or ask for smaller sizes.")
    if not click.confirm(f"This may take {expense}. Begin?", err=True):
        raise click.ClickException("nothing was begun.")


def interactive() -> bool:
    """Whether somebody can answer."""
    return sys.stdin.isatty()
