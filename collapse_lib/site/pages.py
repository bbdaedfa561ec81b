"""jupyter-book's command, in a process that imports what it needs before there is anything to do.

A build starts it while the first chapter's kernel does its own imports, and another processor has nothing to do.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterable, Mapping, Sequence

from collapse_lib import lifetime

WAITING = """
import contextlib, importlib, json, sys
with contextlib.suppress(ImportError):
    for name in sys.argv[1:]:
        importlib.import_module(name)
if told := sys.stdin.readline():
    from jupyter_book.cli.main import main
    sys.argv[1:] = json.loads(told)
    main()
"""
"""Imports the modules that are named, waits for a line of arguments, and does nothing where none comes."""


class Command:
    """The command; as a context it leaves no process behind.

    `modules` are imported beforehand; a module that is missing is left for the command itself to complain of.
    """

    def __init__(self, modules: Iterable[str], environment: Mapping[str, str] = os.environ) -> None:
        self._environment = dict(environment)
        self._modules = ["jupyter_book.sphinx", "sphinx.builders.html", *modules]
        self._process: subprocess.Popen[str] | None = None

    def start(self) -> None:
        """Begin with the imports, unless that was done."""
        if self._process is None:
            self._process = subprocess.Popen(
                [sys.executable, "-c", f"{lifetime.tied()}\n{WAITING}", *self._modules],
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                env=self._environment,
            )  # fmt: skip

    def run(self, arguments: Sequence[str]) -> subprocess.CompletedProcess[str]:
        """Run the command to its end: its exit status and what it said."""
        self.start()
        assert self._process is not None
        said, complained = self._process.communicate(json.dumps(list(arguments)) + "\n")
        return subprocess.CompletedProcess(list(arguments), self._process.returncode, said, complained)

    def __enter__(self) -> Command:
        return self

    def __exit__(self, *_: object) -> None:
        if self._process is not None and self._process.poll() is None:
            self._process.kill()
            self._process.communicate()
