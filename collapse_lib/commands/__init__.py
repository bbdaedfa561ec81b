"""The command line: `collapse`, or `python -m collapse_lib`.

Exit status 0: done.  1: something failed inside (a chapter, the site, a verdict that the book does not stand by).
2: the command was wrong; one sentence says what was given, what is accepted and the nearest known name.

What lives here: what is typed and what is told.  What is done lives below, in `press`, `claims`, `exercises` and
`gpt`.
"""


def incomplete(missing: ModuleNotFoundError) -> str:
    """What to install, where a package is missing that the command line needs and the library does not.

    >>> incomplete(ModuleNotFoundError(name="yaml"))
    "the package 'yaml' is missing; `pip install 'collapse-lib[book]'` or `make` in a clone brings what is needed."
    """
    return (
        f"the package {missing.name!r} is missing; `pip install 'collapse-lib[book]'` or `make` in a clone brings "
        "what is needed."
    )
