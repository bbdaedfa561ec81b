"""Pages read and written side by side, one process for each processor.

Sphinx can do so, but jupyter-book's command does not ask for it, and three extensions keep it from reading so, two
of them by saying nothing.  None of the three keeps anything of a page where Sphinx would have to join it.
"""

from __future__ import annotations

import os
from collections.abc import Set
from typing import Any

from sphinx.application import Sphinx
from sphinx_proof.domain import ProofDomain

SILENT = ("sphinx_multitoc_numbering", "sphinx-mathjax-offline")
"""The extensions that do not say whether pages may be read side by side."""


class Proofs(ProofDomain):  # type: ignore[misc]
    """sphinx-proof's domain; its statements are in the environment, where sphinx-proof joins them itself."""

    def merge_domaindata(self, docnames: Set[str], otherdata: dict[str, Any]) -> None:
        """Nothing: the domain has no data of its own."""


def setup(app: Sphinx) -> None:
    """Let Sphinx take several pages at a time."""
    app.parallel = os.cpu_count() or 1
    for name in SILENT:
        if name in app.extensions:
            app.extensions[name].parallel_read_safe = True
    if "sphinx_proof" in app.extensions:
        app.add_domain(Proofs, override=True)
