"""The browser that prints the book: where it is found, and what is said where there is none."""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from collapse_lib.errors import InvalidInput

if TYPE_CHECKING:
    from playwright.sync_api import Browser

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "msedge")
"""What Chromium and its kin are called where programs are looked for."""

APPLICATIONS = (
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "C:/Program Files/Google/Chrome/Application/chrome.exe",
)
"""Where they are where programs are not looked for by name."""


@contextlib.contextmanager
def chromium() -> Iterator[Browser]:
    """A running Chromium without a window; raises `InvalidInput` where there is no playwright or no Chromium."""
    try:
        from playwright.sync_api import Error, sync_playwright
    except ImportError:
        raise InvalidInput(
            "printing needs the package playwright, which is not installed; install the extra `book`."
        ) from None
    with sync_playwright() as playwright:
        path = installed(playwright.chromium.executable_path)
        if path is None:
            raise InvalidInput(
                "printing needs Chromium or Chrome, and none was found; install one (Debian: apt-get install "
                "chromium; anywhere: python -m playwright install chromium)."
            )
        try:
            browser = playwright.chromium.launch(executable_path=path)
        except Error as error:
            reason = str(error).splitlines()[0]
            raise InvalidInput(f"the browser {path} did not start: {reason}") from None
        try:
            yield browser
        finally:
            browser.close()


def installed(own: str) -> str | None:
    """The path of a Chromium on this machine, or None; `own` is where playwright puts its own, if it is there."""
    found = [path for name in NAMES if (path := shutil.which(name))]
    return next(iter([*found, *(path for path in (*APPLICATIONS, own) if Path(path).is_file())]), None)
