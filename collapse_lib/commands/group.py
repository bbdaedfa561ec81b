"""The group of all commands: a mistake is one sentence, and an unknown command gets the nearest known one."""

from __future__ import annotations

import contextlib
import errno
import os
from collections.abc import Iterator
from typing import Any

import click

from collapse_lib import lifetime
from collapse_lib.commands import incomplete
from collapse_lib.errors import InvalidInput, unknown

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
        with mistakes():
            return super().make_context(*given, **more)

    def invoke(self, ctx: click.Context) -> Any:
        """Read what stands after the command, and run it; SIGTERM is heard as Ctrl-C is."""
        with mistakes(), lifetime.terminable():
            return super().invoke(ctx)

    def resolve_command(self, ctx: click.Context, args: list[str]) -> Any:
        """Find the command that args[0] names."""
        if args and self.get_command(ctx, args[0]) is None and not args[0].startswith("-"):
            raise Mistake(str(unknown("command", args[0], self.list_commands(ctx))))
        return super().resolve_command(ctx, args)


@contextlib.contextmanager
def mistakes() -> Iterator[None]:
    """Turn a user's mistake into exit 2 and its sentence, and an interrupt into exit 130.

    What the system refuses (a full disk, a folder of somebody else's) and what no memory holds are told so, too.
    """
    try:
        yield
    except InvalidInput as mistake:
        raise Mistake(str(mistake)) from None
    except BARE:
        raise
    except ModuleNotFoundError as missing:
        raise Mistake(incomplete(missing)) from None
    except click.UsageError as mistake:
        command = f"{mistake.ctx.command_path} --help" if mistake.ctx else "--help"
        told = mistake.format_message().rstrip(".")
        if "'-p' requires 2" in told:
            told = "-p takes a name and a value apart, as in `-p n 25`"
        raise Mistake(f"{told}; `{command}` tells what is taken.") from None
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
