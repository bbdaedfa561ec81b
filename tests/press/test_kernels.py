"""A forked kernel is a kernel like any other, but for the time that it takes to start."""

import os
import sys

import pytest

from collapse_lib.press.book import Book
from collapse_lib.press.execute import ChapterFailed, execute
from collapse_lib.press.speed import kernels

pytestmark = [
    pytest.mark.skipif(sys.platform != "linux", reason="kernels are forked on Linux alone"),
    pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning"),
]

WHO = """import os, sys
who = [os.getpid(), os.getppid(), os.getcwd(), 'collapse_lib.claims.mixtures' in sys.modules, 'kept' in globals()]
kept = print(*who)"""


def told(small_book, code, **options):
    """What the cell of a small chapter prints."""
    small_book(small=code)
    done = execute(Book.here().chapter("small"), {"n": 2, "loud": False}, preset="quick", **options)
    return done.notebook, done.notebook.cells[-1].outputs[0].text.split()


def test_a_forked_kernel_has_imported_everything_and_seen_no_other_chapter(small_book, fonts):
    seen = [told(small_book, WHO, one_of_many=True)[1] for _ in range(2)]
    assert seen[0][0] != seen[1][0]  # a process of its own for each
    assert seen[0][1] == seen[1][1] != str(os.getpid())  # forked from one that is not this
    assert [who[3:] for who in seen] == [["True", "False"]] * 2


def test_a_kernel_that_is_the_only_one_is_launched_as_always(small_book):
    _, (_, parent, _, imported, _) = told(small_book, WHO)
    assert (parent, imported) == (str(os.getpid()), "False")


def test_forked_or_launched_the_notebook_is_the_same_to_the_byte(small_book, fonts):
    code = (
        "from collapse_lib import plotting\n"
        "figure, ax = plotting.canvas()\n"
        "plotting.theory(ax, [1, 2], [n, 2], label='$S_m$', color=plotting.INK)\n"
        "print(sum(range(n)))\n"
        "plotting.Plate(figure, 'small', 'A caption.', 'A line that rises.')"
    )
    forked, launched = (told(small_book, code, one_of_many=many)[0] for many in (True, False))
    assert forked == launched
    assert "image/svg+xml" in forked.cells[-1].outputs[1].data


def test_a_forked_kernel_takes_the_environment_of_the_moment(small_book, monkeypatch):
    told(small_book, "print(1)", one_of_many=True)  # the process that all are forked from is there by now
    monkeypatch.setenv("COLLAPSE_OF_THE_MOMENT", "here")
    code = "import os\nprint(os.environ.get('COLLAPSE_OF_THE_MOMENT'))"
    assert told(small_book, code, one_of_many=True)[1] == ["here"]


def test_the_death_of_a_forked_kernel_is_noticed(small_book):
    small_book(small="import os\nos._exit(3)")
    with pytest.raises(ChapterFailed, match="DeadKernelError"):
        execute(Book.here().chapter("small"), {"n": 2, "loud": False}, preset="quick", one_of_many=True)


def test_a_command_that_is_not_pythons_own_is_launched_as_always(monkeypatch):
    launched = []

    async def launch(self, cmd, **_):
        launched.append(cmd)

    monkeypatch.setattr(kernels.LocalProvisioner, "launch_kernel", launch)
    coroutine = kernels.Forked().launch_kernel(["/usr/bin/R", "--slave"])
    with pytest.raises(StopIteration):
        coroutine.send(None)
    assert launched == [["/usr/bin/R", "--slave"]]
