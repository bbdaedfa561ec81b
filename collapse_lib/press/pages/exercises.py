"""The directives `{exercise}`, `{solution-start}`, `{solution-end}` and `{exercises}`.

    ```{exercise} fully-synthetic/corpus
    The question in full.
    ```

    ```{solution-start} fully-synthetic/corpus
    ```
    Prose and code cells.
    ```{solution-end}
    ```

Title, level, points and self-check come from the registry, `collapse_lib.exercises`.  A solution becomes a native
`<details>`: it is closed before any script has run, so nothing jumps; it opens with the keyboard, and without
JavaScript.  (sphinx-exercise, which has such directives, opens and closes by a script, and registers what it draws
for single pages in a way that hides everybody else's.)

`{exercises}` is the table of all of them with their points.
"""

from __future__ import annotations

import html
from typing import Any, ClassVar

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.errors import ExtensionError
from sphinx.transforms import SphinxTransform
from sphinx.util.docutils import SphinxDirective

from collapse_lib import exercises
from collapse_lib.errors import InvalidInput
from collapse_lib.exercises import Exercise
from collapse_lib.press import templates
from collapse_lib.press.book import Book


class exercise(nodes.General, nodes.Element):  # type: ignore[misc]  # noqa: N801
    """An exercise on its page."""


class solution(nodes.General, nodes.Element):  # type: ignore[misc]  # noqa: N801
    """A solution, closed at first."""


class mark(nodes.Special, nodes.Element):  # type: ignore[misc]  # noqa: N801
    """Where a solution starts or ends, until the page is put together."""


class ExerciseDirective(SphinxDirective):
    """One exercise: its head, the text, and how to check an answer."""

    required_arguments = 1
    has_content = True

    def run(self) -> list[nodes.Node]:
        """The exercise, with the label that links to it."""
        found = _find(self)
        if found.chapter != self.env.docname:
            raise ExtensionError(
                f"the exercise {found.id} is on {self.env.docname}; its name says {found.chapter}."
            )
        box = exercise("", ids=[found.label], classes=["exercise"])
        box += nodes.raw("", templates.part("exercises", "head", found), format="html")
        self.state.nested_parse(self.content, self.content_offset, box)
        box += nodes.raw("", templates.part("exercises", "self_check", found), format="html")
        return [box]


class SolutionStartDirective(SphinxDirective):
    """Where a solution starts."""

    required_arguments = 1
    has_content = False

    def run(self) -> list[nodes.Node]:
        """A mark, for `GatherSolutions`."""
        found = _find(self)
        return [mark("", start=True, id=found.id, title=found.title)]


class SolutionEndDirective(SphinxDirective):
    """Where a solution ends."""

    has_content = False

    def run(self) -> list[nodes.Node]:
        """A mark, for `GatherSolutions`."""
        return [mark("", start=False)]


class ExercisesDirective(SphinxDirective):
    """The table of all exercises."""

    option_spec: ClassVar[Any] = {}

    def run(self) -> list[nodes.Node]:
        """One row each, chapter by chapter, and the sum of the points."""
        book = Book.here()
        titles = {slug: chapter.title for slug, chapter in book.chapters.items()}
        listed = book.contents.in_order(exercises.registry().values(), lambda item: item.chapter)
        found = [item for item in listed if item.chapter in titles]
        return [nodes.raw("", templates.part("exercises", "table", found, titles), format="html")]


class GatherSolutions(SphinxTransform):
    """Put what stands between two marks into one node."""

    default_priority = 5

    def apply(self, **_: Any) -> None:
        """Do so for every pair; a mark without its partner stops the build with a sentence."""
        for first in list(self.document.findall(mark)):
            if first.parent is None or not first["start"]:
                continue
            siblings = first.parent.children
            place = siblings.index(first)
            ends = [i for i, node in enumerate(siblings) if isinstance(node, mark) and i > place]
            if not ends or siblings[ends[0]]["start"]:
                raise ExtensionError(f"the solution of {first['id']} does not end in the section where it starts.")
            gathered = solution("", *siblings[place + 1 : ends[0]], title=first["title"], classes=["solution"])
            first.parent.children[place : ends[0] + 1] = [gathered]
            gathered.parent = first.parent
        if any(True for _ in self.document.findall(mark)):
            raise ExtensionError("a solution ends that has not started.")


def setup(app: Sphinx) -> None:
    """Register the directives and what they draw."""
    app.add_css_file("exercises.css", priority=810)  # after book.css
    app.add_directive("exercise", ExerciseDirective)
    app.add_directive("solution-start", SolutionStartDirective)
    app.add_directive("solution-end", SolutionEndDirective)
    app.add_directive("exercises", ExercisesDirective)
    app.add_transform(GatherSolutions)
    app.add_node(exercise, html=(_open_box, _close_box))
    app.add_node(solution, html=(_open_details, _close_details))


def _find(directive: SphinxDirective) -> Exercise:
    """The exercise that a directive names; one that is not registered stops the build with a sentence."""
    try:
        return exercises.find(directive.arguments[0])
    except InvalidInput as mistake:
        raise ExtensionError(f"{directive.env.docname}: {mistake}") from None


def _open_box(writer: Any, node: nodes.Element) -> None:
    writer.body.append(writer.starttag(node, "div"))


def _close_box(writer: Any, _: nodes.Element) -> None:
    writer.body.append("</div>\n")


def _open_details(writer: Any, node: nodes.Element) -> None:
    writer.body.append(writer.starttag(node, "details"))
    writer.body.append(f"<summary>Solution: {html.escape(node['title'])}</summary>\n<div>\n")


def _close_details(writer: Any, _: nodes.Element) -> None:
    writer.body.append("</div>\n</details>\n")
