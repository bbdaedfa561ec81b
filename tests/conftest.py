"""No network, no cache of the user's, no setting of the user's; and what several test modules share.

Property tests draw the same examples in every run and keep no database of them.
"""

import atexit
import contextlib
import functools
import gc
import http.server
import importlib
import json
import os
import shutil
import tempfile
import threading
from pathlib import Path

import pytest
from filelock import FileLock
from hypothesis import settings

from collapse_lib import records
from collapse_lib.chapters.book import Book
from collapse_lib.chapters.executed import Executed
from collapse_lib.site import build as building

settings.register_profile("fixed", derandomize=True, deadline=None, max_examples=60, database=None)
settings.load_profile("fixed")

# Matplotlib's table of fonts takes seconds to make, so it stays where it was; all other caches start empty.
_cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
os.environ.setdefault("MPLCONFIGDIR", str(_cache / "matplotlib"))
os.environ["XDG_CACHE_HOME"] = tempfile.mkdtemp(prefix="tests-of-collapse-")
atexit.register(shutil.rmtree, os.environ["XDG_CACHE_HOME"], ignore_errors=True)
os.environ["COLLAPSE_OFFLINE"] = "1"
_addresses = ("COLLAPSE_REPOSITORY", "COLLAPSE_REVISION", "COLLAPSE_SITE", "COLLAPSE_VERSIONS")
for _name in ("COLLAPSE_BOOK", *_addresses, "GIT_DIR", "GIT_WORK_TREE"):
    os.environ.pop(_name, None)

ROOT = Path(__file__).parents[1]

WARM = os.environ.get("COLLAPSE_WARM", "")
"""A `_build` folder that the tests' book starts from: only what has changed since runs.  For writing tests."""


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items):
    """The tests of the built book come last, so that one worker builds it while the others have work to do.

    The first of them is the very first of all: it starts the build.  Those in a browser come after the others.
    """
    book_tests, others = [], []
    for item in items:
        of_the_book = "quick" in getattr(item, "fixturenames", ())
        (book_tests if of_the_book else others).append(item)
        if of_the_book:
            item.add_marker(pytest.mark.slow)
            # Each thread that runs a chapter leaves an event loop, which jupyter_core does not close.
            item.add_marker(pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning"))
    book_tests.sort(key=lambda item: item.get_closest_marker("browser") is not None)
    items[:] = book_tests[:1] + others + book_tests[1:]


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
        shutil.copytree(ROOT / "book" / "assets", folder / "assets", dirs_exist_ok=True)
        shutil.copy(ROOT / "_config.yml", folder.parent)
        (folder.parent / "requirements.txt").write_text("", encoding="utf-8")
        monkeypatch.setenv("COLLAPSE_BOOK", str(folder))
        return folder

    return make


@pytest.fixture
def pretended(small_book, monkeypatch):
    """A function that builds a small book without a kernel and without Sphinx, from articles given as slug=HTML."""

    def execute(chapter, parameters, *, preset, **_):
        return executed(chapter, parameters, preset)

    def make_site(_book, _settings, folder):
        html = folder / "_build" / "html"
        shutil.copytree(ROOT / "book" / "assets", html / "_static", dirs_exist_ok=True)
        records.write(html / "index.html", "<!DOCTYPE html><title>A small book</title>")
        for slug, article in articles.items():
            page = f'<article class="bd-article"><section>{article}</section></article>'
            style = '<link rel="stylesheet" href="_static/print.css">'
            records.write(html / f"{slug}.html", f"<!DOCTYPE html><head>{style}</head><nav>Menu</nav>{page}")
        return ""

    articles = {}

    def build(**given):
        articles.update(given)
        small_book(**dict.fromkeys(given, "pass"))
        building.build(Book.here(), preset="quick", jobs=1, runner=execute, renderer=make_site)
        return Book.here().root

    return build


def executed(chapter, parameters, preset, notebook=None, **record):
    """A chapter as if it had run."""
    told = {
        "preset": preset,
        "parameters": dict(parameters),
        "seconds": 0.1,
        "memory": None,
        "started": "",
        **record,
    }
    return Executed(chapter.slug, chapter.notebook() if notebook is None else notebook, {"seed": None, **told})


@pytest.fixture(scope="session")
def quick(tmp_path_factory, fonts):
    """The whole book with the preset `quick`: its folder, and what the build did.  Built once for all workers.

    It is there to be read; a test that writes asks for `copied`.
    """
    base = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        base = base.parent  # the one that all workers share
    top, note = base / "quick", base / "quick.json"
    with FileLock(base / "quick.lock"), pytest.MonkeyPatch.context() as patch:
        patch.setenv("COLLAPSE_BOOK", str(top / "book"))
        if not note.is_file():
            note.write_text(json.dumps(_build(top)), encoding="utf-8")
        done = json.loads(note.read_text(encoding="utf-8"))
        if "failed" in done:
            pytest.fail(f"The book could not be built.\n{done['failed']}", pytrace=False)
        return top, building.Built(Path(done["index"]), tuple(done["ran"]), Book.here().ledger())


def _build(top):
    """Build the book in a folder of its own; the index and the chapters that ran, or what failed."""
    shutil.copytree(ROOT / "book", top / "book")
    for name in ("_config.yml", "requirements.txt", "CITATION.cff"):
        shutil.copy(ROOT / name, top)
    if WARM:
        shutil.copytree(WARM, top / "_build")
    try:
        built = building.build(Book.here(), preset="quick", jobs=2)
    except Exception as failure:
        return {"failed": f"{type(failure).__name__}: {failure}"}
    finally:
        gc.collect()
    return {"index": str(built.index), "ran": built.ran}


@pytest.fixture
def top(quick, monkeypatch):
    """The folder of the built book, which COLLAPSE_BOOK names."""
    monkeypatch.setenv("COLLAPSE_BOOK", str(quick[0] / "book"))
    return quick[0]


@pytest.fixture
def copied(quick, tmp_path, monkeypatch):
    """The folder of a copy of the built book, to be spoilt; COLLAPSE_BOOK names it."""
    shutil.copytree(quick[0], tmp_path / "copied")
    monkeypatch.setenv("COLLAPSE_BOOK", str(tmp_path / "copied" / "book"))
    return tmp_path / "copied"


class Quiet(http.server.SimpleHTTPRequestHandler):
    """Serves files and says nothing."""

    def log_message(self, *_):
        """Nothing."""


@pytest.fixture(scope="session")
def addresses(quick):
    """The built site's address over http, and as files."""
    html = quick[1].index.parent
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=html))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield {"http": f"http://127.0.0.1:{server.server_port}", "file": html.as_uri()}
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def browser(launch):
    """Chromium, one for each worker and module."""
    with launch() as started:
        yield started


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
