"""What a chapter's kernel has done before it starts: import this module, and all of it is done.

Every claim is registered, and one figure drawn, so that fonts have been found and mathematics been set once.
Garbage is not looked for, in any kernel, among what is here by the end.
"""

import gc
import os
import sqlite3

os.environ.setdefault("PYDEVD_DISABLE_FILE_VALIDATION", "1")  # else the debugger warns of it on the terminal

import click
import ipykernel.debugger

from collapse_lib import claims, corpora, exercises, plotting, prose, records

__all__ = ["claims", "click", "corpora", "exercises", "ipykernel", "plotting", "prose", "records", "sqlite3"]

claims.registry()

_figure, _axes = plotting.canvas()
plotting.theory(_axes, [1, 2], [1, 2], label="$x_1$", color=plotting.INK)
plotting.label(_axes, x="generation $m$", y=r"$\mathbb{E}\,T$")
plotting.Plate(_figure, "beforehand", "", "A line.")._repr_mimebundle_()

gc.collect()
gc.freeze()
