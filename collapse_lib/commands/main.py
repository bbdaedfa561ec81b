"""All commands, in one group."""

from __future__ import annotations

import click

import collapse_lib
from collapse_lib.commands import chapters, editions, gpt, verdicts
from collapse_lib.commands.group import Commands


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(collapse_lib.__version__, prog_name="collapse")
def main() -> None:
    """Re-execute and build the companion of "How Bad is Training on Synthetic Data?"."""


for command in (
    *(chapters.chapters, chapters.run, chapters.lab, chapters.build),
    *(verdicts.check, verdicts.claims, verdicts.exercises),
    *(editions.archive, editions.pdf, editions.compare),
    gpt.gpt,
):
    main.add_command(command)
