"""The Sphinx extension of the book: its features, each set up in turn.  A feature is one module with a `setup`."""

from __future__ import annotations

from typing import Any

from sphinx.application import Sphinx

import collapse_lib
from collapse_lib.press.pages import (
    accessible,
    chapters,
    citing_on_pages,
    descriptions,
    exercises,
    explorers,
    figures,
    folds,
    notebooks,
    paper_map,
    parameters,
    reference,
    status,
    verdicts,
    weight,
)
from collapse_lib.press.publish import versions
from collapse_lib.press.speed import parallel_pages

FEATURES = (
    parallel_pages,
    chapters,
    figures,
    parameters,
    verdicts,
    status,
    paper_map,
    explorers,
    exercises,
    reference,
    folds,
    descriptions,
    citing_on_pages,
    versions,
    notebooks,
    accessible,
    weight,
)
"""In this order their handlers are called, where no priority says otherwise."""


def setup(app: Sphinx) -> dict[str, Any]:
    """Set up every feature; Sphinx calls this."""
    for feature in FEATURES:
        feature.setup(app)
    return {"version": collapse_lib.__version__, "parallel_read_safe": True, "parallel_write_safe": True}
