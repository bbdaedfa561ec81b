"""HTML by Jinja templates, all in the folder `templates` beside this module; what stands in a value is escaped."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from collapse_lib.claims.ledger import SIGNS

FOLDER = Path(__file__).parent / "templates"


@functools.cache
def environment() -> Environment:
    """The one environment; a name that a template has and nobody gave is an error."""
    made = Environment(
        loader=FileSystemLoader(FOLDER),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
    )
    made.globals["SIGNS"] = SIGNS
    return made


def render(name: str, **values: Any) -> Markup:
    """The template `<name>.html` with these values, as HTML that other templates take as it is."""
    return Markup(environment().get_template(f"{name}.html").render(**values))


def part(name: str, macro: str, *values: Any) -> Markup:
    """One macro of the template `<name>.html` with these values, where a page needs several small parts."""
    made: Markup = getattr(environment().get_template(f"{name}.html").module, macro)(*values)
    return made
