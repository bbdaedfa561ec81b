"""Kill builds, runs and experiments at random moments and see what is left: `python benchmarks/kills.py [SEED]`.

Ten kills by SIGKILL, on Linux: four of a build of two chapters, four of a run, two of an experiment (where torch is
installed).  After each no process of its session may be left, and the next undisturbed build or run must give the
bytes that one gave before.
"""

import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parent.parent
CHAPTERS = ("errata", "safe_synthetic_data")
PATIENCE = 10.0
"""Seconds after which what is left is left."""


def small_book(folder: Path) -> Path:
    """A book of two chapters."""
    shutil.copytree(ROOT / "book", folder / "book")
    for name in ("_config.yml", "requirements.txt", "CITATION.cff"):
        shutil.copy(ROOT / name, folder)
    for page in (folder / "book").glob("*.md"):
        if page.stem not in CHAPTERS:
            page.unlink()
    first, second = CHAPTERS
    (folder / "book" / "_toc.yml").write_text(f"format: jb-book\nroot: {first}\nchapters:\n  - file: {second}\n")
    return folder / "book"


def start(words: list[str], book: Path, here: Path) -> subprocess.Popen[bytes]:
    """The command in a session of its own."""
    environment = {**os.environ, "COLLAPSE_BOOK": str(book)}
    command = [sys.executable, "-m", "collapse_lib", *words]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    return subprocess.Popen(command, cwd=here, env=environment, start_new_session=True, **quiet)


def of_session(number: int) -> list[str]:
    """The processes of a session, as far as they are not dead already."""
    told = subprocess.run(["ps", "-eo", "sid=,stat=,pid=,args="], capture_output=True, text=True, check=True).stdout
    rows = (line.split(None, 3) for line in told.splitlines())
    return [row[3] for row in rows if int(row[0]) == number and not row[1].startswith("Z")]


def killed(words: list[str], book: Path, here: Path, after: float) -> list[str]:
    """What a command leaves of its session that is killed after so many seconds."""
    process = start(words, book, here)
    time.sleep(after)
    process.send_signal(signal.SIGKILL)
    process.wait()
    until = time.monotonic() + PATIENCE
    while (left := of_session(process.pid)) and time.monotonic() < until:
        time.sleep(0.1)
    return left


def made(words: list[str], book: Path, here: Path, pattern: str) -> tuple[dict[str, bytes], float]:
    """The notebooks that an undisturbed command leaves, and how long it took."""
    begun = time.monotonic()
    start(words, book, here).wait()
    return {path.name: path.read_bytes() for path in sorted(here.glob(pattern))}, time.monotonic() - begun


def main(seed: int) -> int:
    """Tell what was left after each kill, and whether the next one was as if nothing had been."""
    rng, bad = random.Random(seed), 0
    with tempfile.TemporaryDirectory() as name:
        here = Path(name)
        book = small_book(here)
        build = ["build", "--preset", "quick", "-j", "2"]
        run = ["run", CHAPTERS[0], "--preset", "quick", "-o", "out"]
        for words, pattern, times in ((build, "_build/executed/*.ipynb", 4), (run, "out/*.ipynb", 4)):
            first, length = made(words, book, here, pattern)
            for _ in range(times):
                for folder in ("_build", "out"):
                    shutil.rmtree(here / folder, ignore_errors=True)
                after = rng.uniform(0.1, length)
                left = killed(words, book, here, after)
                again, _ = made(words, book, here, pattern)
                same = bool(first) and again == first
                bad += bool(left) or not same
                print(f"{words[0]} killed after {after:.1f} of {length:.1f} s: {len(left)} left, then "
                      f"{'the same bytes' if same else 'ANOTHER RESULT'}")  # fmt: skip
        for _ in range(2):
            shutil.rmtree(here / "gpt", ignore_errors=True)
            after = rng.uniform(3, 15)
            left = killed(["gpt", "-j", "2", "-o", "gpt"], book, here, after)
            bad += bool(left)
            begun = (here / "gpt" / "experiment.json").is_file()
            stopped = start(["gpt", "--resume", "gpt", "--minutes", "0.1"], book, here).wait() if begun else None
            bad += stopped not in (0, None)
            print(f"gpt killed after {after:.1f} s: {len(left)} left; resumed with exit status {stopped}")
    return int(bad > 0)


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 0))
