"""No network, no cache of the user's, no setting of the user's; and what several test modules share.

Property tests draw the same examples in every run and keep no database of them.
"""

import atexit
import contextlib
import importlib
import os
import shutil
import tempfile
from pathlib import Path

import pytest
from hypothesis import settings

settings.register_profile("fixed", derandomize=True, deadline=None, max_examples=60, database=None)
settings.load_profile("fixed")

# Matplotlib's table of fonts takes seconds to make, so it stays where it was; all other caches start empty.
_cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
os.environ.setdefault("MPLCONFIGDIR", str(_cache / "matplotlib"))
os.environ["XDG_CACHE_HOME"] = tempfile.mkdtemp(prefix="tests-of-collapse-")
atexit.register(shutil.rmtree, os.environ["XDG_CACHE_HOME"], ignore_errors=True)
os.environ["COLLAPSE_OFFLINE"] = "1"
for _name in ("COLLAPSE_BOOK", "COLLAPSE_REPOSITORY", "COLLAPSE_SITE", "GIT_DIR", "GIT_WORK_TREE"):
    os.environ.pop(_name, None)

ROOT = Path(__file__).parents[1]

CHAPTER = """\
---
jupytext:
  text_representation:
    extension: .md
    format_name: myst
    format_version: 0.13
    jupytext_version: 1.19.6
kernelspec:
  display_name: Python 3
  language: python
  name: python3
collapse:
  presets:
    quick: {{n: 2}}
---

# A small chapter

```{{code-cell}} ipython3
:tags: [parameters]

n: int = 5  # how many [1..5000]
loud: bool = False  # whether to shout
```

```{{code-cell}} ipython3
{code}
```
"""


@pytest.fixture(scope="session")
def fonts():
    """Matplotlib's table of fonts, made beforehand: a kernel that had to make it might say so on a page."""
    importlib.import_module("matplotlib.font_manager")


@pytest.fixture
def small_book(tmp_path, monkeypatch):
    """A function that makes a book of one-cell chapters, given as slug=code, and lets COLLAPSE_BOOK name it."""

    def make(**chapters):
        folder = tmp_path / "small" / "book"
        (folder / "assets").mkdir(parents=True, exist_ok=True)
        for slug, code in chapters.items():
            (folder / f"{slug}.md").write_text(CHAPTER.format(code=code), encoding="utf-8")
        slugs = sorted(page.stem for page in folder.glob("*.md"))
        files = "".join(f"  - file: {slug}\n" for slug in slugs[1:])
        (folder / "_toc.yml").write_text(f"format: jb-book\nroot: {slugs[0]}\nchapters:\n{files}", encoding="utf-8")
        shutil.copy(ROOT / "book" / "references.bib", folder)
        for style in (ROOT / "book" / "assets").glob("*.css"):
            shutil.copy(style, folder / "assets")
        shutil.copy(ROOT / "_config.yml", folder.parent)
        (folder.parent / "requirements.txt").write_text("", encoding="utf-8")
        monkeypatch.setenv("COLLAPSE_BOOK", str(folder))
        return folder

    return make


@pytest.fixture(scope="session")
def launch():
    """A context manager that starts Chromium; without one the test is skipped, and fails where CI is set."""
    names = ("chromium", "chromium-browser", "google-chrome")
    path = next((found for name in names if (found := shutil.which(name))), None)
    if path is None:
        reason = "no Chromium is installed (apt-get install chromium), so the pages were not looked at"
        (pytest.fail if os.environ.get("CI") else pytest.skip)(reason)

    @contextlib.contextmanager
    def start():
        from playwright.sync_api import sync_playwright

        with sync_playwright() as playwright:
            options = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
            browser = playwright.chromium.launch(executable_path=path, args=options)
            yield browser
            browser.close()

    return start
