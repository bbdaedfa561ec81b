"""Do the addresses outside the book still answer?  `python -m collapse_lib.press.publish.links`, once a week.

Sphinx asks each address that a page links to, three times if it must.  A publisher who turns programs away, or an
answer that takes too long, says nothing about the link; what is gone does.  The chapters must have been run
(`collapse build`).
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import yaml

from collapse_lib.errors import require
from collapse_lib.press import rendering
from collapse_lib.press.book import Book

SETTINGS: dict[str, Any] = {
    "linkcheck_retries": 3,
    "linkcheck_timeout": 30,
    "linkcheck_workers": 4,
    "linkcheck_anchors": False,
    "linkcheck_report_timeouts_as_broken": False,
    "linkcheck_allow_unauthorized": True,
    "linkcheck_ignore": [
        r"https?://localhost", r"https?://127\.", r"(?!https?://)",
        # these answer 403 to programs, whatever the address
        r"https?://(dx\.)?doi\.org/", r"https?://(www\.)?jstor\.org/", r"https?://.*\.wiley\.com/",
    ],
}  # fmt: skip


def broken(reports: str) -> list[str]:
    """A line for each link that is broken, from the lines of JSON that Sphinx leaves.

    >>> broken('{"status": "broken", "filename": "a.md", "lineno": 3, "uri": "https://x.y", "info": "404"}')
    ['a.md:3: https://x.y (404)']
    """
    found = [json.loads(line) for line in reports.splitlines() if line.strip()]
    return [f"{r['filename']}:{r['lineno']}: {r['uri']} ({r['info']})" for r in found if r["status"] == "broken"]


def check() -> list[str]:
    """The broken links of the book, as its chapters last ran."""
    book = Book.here()
    settings = rendering.configured(book)
    settings["sphinx"]["config"] |= SETTINGS
    with tempfile.TemporaryDirectory(prefix="collapse-links-") as folder:
        config = Path(folder) / "config.yml"
        config.write_text(yaml.safe_dump(settings), encoding="utf-8")
        done = subprocess.run(
            [
                sys.executable, "-c", "from jupyter_book.cli.main import main; main()",
                "build", str(book.folder), "--config", str(config), "--path-output", folder,
                "--builder", "custom", "--custom-builder", "linkcheck", "--all",
            ],
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        report = Path(folder) / "_build" / "linkcheck" / "output.json"
        require(report.is_file(), f"the links could not be checked:\n{done.stderr[-2000:]}")
        return broken(report.read_text(encoding="utf-8"))


def main() -> None:
    """Print the broken links; exit status 1 if there are any."""
    found = check()
    print("\n".join(found) or "every link answers")  # noqa: T201
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()
