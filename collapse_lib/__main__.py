"""Where the command line begins, also where only numpy and scipy are installed: then it tells what to install."""

from __future__ import annotations

import sys

from collapse_lib.commands import incomplete


def main() -> None:
    """Run the command that was typed."""
    try:
        from collapse_lib.commands.main import main as collapse
    except ModuleNotFoundError as missing:
        print(f"Error: {incomplete(missing)}", file=sys.stderr)
        sys.exit(2)
    collapse()


if __name__ == "__main__":
    main()
