"""What a reader and a user see, as text, so that a change of structure can be held against the commit before it.

    python benchmarks/behaviour.py keep FOLDER          after `collapse build --preset quick`
    python benchmarks/behaviour.py compare BEFORE AFTER exit 1 and the differences, if there are any

`keep` writes the text of every article of the built site, the ledger, the executed notebooks and what the commands
below print, with their exit statuses.  What may differ from run to run is replaced by a word: times, dates,
commits, digests of code, and where things lie.
"""

from __future__ import annotations

import difflib
import json
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from bs4 import BeautifulSoup

ROOT = Path(__file__).parent.parent
BUILT = ROOT / "_build"

NAMES = ("archive", "build", "chapters", "check", "claims", "compare", "exercises", "gpt", "lab", "pdf", "run")

COMMANDS = (
    "",
    "--help",
    "--version",
    *(f"{name} --help" for name in NAMES),
    "chapters",
    "chapters --json",
    "exercises",
    "exercises fully_synthetic --json",
    "check",
    "check --json",
    "check theorem-1/sigma -p trials 2000",
    "check theorem-1/sigma -p trials 2000 --json",
    "check theorem-1/sigma -p trials 2000 -p distort 1.5",
    "check erratum/theorem-2",
    "check figure-5/stable",
    "check text/urn -p characters 20000",
    "claims",
    "claims --json",
    "run fully_synthetic -p n 12 -p trials 2000 -o out",
    "compare out",
    "compare out out",
    "archive -o book.zip",
    "archive --check book.zip",
    # mistakes
    "fuly",
    "run fuly_synthetic",
    "run fully_synthetic -p n",
    "run fully_synthetic -p n zero",
    "run fully_synthetic -p n 0",
    "run fully_synthetic -p m 3",
    "run fully_synthetic --preset huge",
    "run ngrams -p corpus nowhere.txt",
    "check theorem-1/sigm",
    "check theorem-1/sigma -p trials 0",
    "check theorem-1/sigma -p colour red",
    "check -p trials 3",
    "exercises nowhere",
    "compare nowhere",
    "archive --check nowhere.zip",
    "archive --check out/fully_synthetic.html",
    "gpt --preset huge",
    "gpt --resume nowhere",
    "build --preset huge",
)

CHANGING = (
    (r"\b[0-9a-f]{64}\b", "<digest>"),
    (r"\b[0-9a-f]{12}(?:[0-9a-f]{28})?\b", "<commit>"),
    (r"\b20\d\d-\d\d-\d\d(?:T[\d:.+]+Z?)?", "<date>"),
    (r"\b\d{1,2} [A-Z][a-z]+ 20\d\d\b|\b[A-Z][a-z]{2} \d{2}, 20\d\d\b", "<date>"),
    (r"\b[\d.,]+ (?:s|ms|min|seconds|minutes)\b", "<time>"),
    (r"\b[\d.,]+ (?:kB|MB|GB|MiB|GiB)\b", "<size>"),
    (r'"(seconds|memory|peak_memory|size|bytes)": [\d.]+', r'"\1": <number>'),
)


def settled(text: str, here: Path) -> str:
    """A text without what may differ from run to run."""
    for place, word in ((str(here), "<here>"), (str(ROOT), "<root>")):
        text = text.replace(place, word)
    for pattern, word in CHANGING:
        text = re.sub(pattern, word, text)
    return "\n".join(line.rstrip() for line in text.splitlines()) + "\n"


def articles() -> dict[str, str]:
    """The text of every article, without scripts and styles."""
    found = {}
    for page in sorted((BUILT / "html").glob("*.html")):
        soup = BeautifulSoup(page.read_text(encoding="utf-8"), "html.parser")
        for unseen in soup.select("script, style, svg"):
            unseen.decompose()
        article = soup.find("article") or soup.body or soup
        lines = [" ".join(line.split()) for line in article.get_text("\n").splitlines()]
        found[f"articles/{page.stem}.txt"] = "\n".join(line for line in lines if line)
    return found


def notebooks() -> dict[str, str]:
    """Every executed notebook: its cells and their outputs."""
    found = {}
    for path in sorted((BUILT / "executed").glob("*.ipynb")):
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        found[f"notebooks/{path.stem}.json"] = json.dumps(
            [{"source": cell["source"], "outputs": cell.get("outputs", [])} for cell in cells], indent=1
        )
    return found


def commands(here: Path) -> dict[str, str]:
    """What each command prints, and its exit status."""
    found = {}
    for i, command in enumerate(COMMANDS):
        run = [sys.executable, "-m", "collapse_lib", *command.split()]
        environment = {**os.environ, "COLLAPSE_BOOK": str(ROOT / "book"), "COLUMNS": "100"}
        done = subprocess.run(run, cwd=here, env=environment, capture_output=True, text=True, check=False)
        name = re.sub(r"[^\w.-]+", "_", command)[:60]
        found[f"commands/{i:02d}{name}.txt"] = (
            f"$ collapse {command}\n{done.stdout}{done.stderr}= {done.returncode}"
        )
    return found


def keep(folder: Path) -> None:
    """Write all of it into a folder."""
    with tempfile.TemporaryDirectory() as here:
        ledger = {"ledger.json": (BUILT / "ledger.json").read_text(encoding="utf-8")}
        for name, text in {**articles(), **ledger, **notebooks(), **commands(Path(here))}.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(settled(text, Path(here)), encoding="utf-8")


def compare(before: Path, after: Path) -> bool:
    """Print what differs, at most 40 lines of each file; whether nothing does."""
    names = sorted({str(p.relative_to(top)) for top in (before, after) for p in top.rglob("*") if p.is_file()})
    same = bool(names)
    for name in names:
        old, new = (_lines(top / name) for top in (before, after))
        if old != new:
            same = False
            told = difflib.unified_diff(old, new, f"before/{name}", f"after/{name}", lineterm="", n=1)
            print(*list(told)[:40], sep="\n")
    print(f"{len(names)} files compared: {'no difference' if same else 'they differ'}")
    return same


def _lines(path: Path) -> list[str]:
    """The lines of a file, none where there is none."""
    return path.read_text(encoding="utf-8").splitlines() if path.is_file() else []


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["keep", folder]:
            keep(Path(folder))
        case ["compare", before, after]:
            sys.exit(not compare(Path(before), Path(after)))
        case _:
            sys.exit(__doc__)
