"""Where nothing but numpy and scipy is installed, the library is whole, and `collapse` tells what to install."""

import subprocess
import sys
import sysconfig
import venv
from pathlib import Path

import pytest
from conftest import ROOT

REFUSE = """
import sys
class Refuse:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in hidden or known and name.split(".")[0] not in known | sys.stdlib_module_names:
            if not name.startswith("_sysconfigdata"):
                raise ModuleNotFoundError(f"No module named {name!r}", name=name)
known, hidden = {known}, {hidden}
sys.meta_path.insert(0, Refuse())
"""
BARE = {"numpy", "scipy", "collapse_lib"}
WHOLE = """
import collapse_lib as cl
assert [name for name in cl.__all__ if not hasattr(cl, name)] == []
assert len(cl.claims.registry()) > 100 and len(cl.exercises.registry()) > 10
assert cl.claims.check("theorem-1/sigma", trials=2000).kind == "supported"
"""
MAIN = "from collapse_lib.__main__ import main\nsys.argv = ['collapse', *{words}]\nmain()"


def python(code, *, known=frozenset(), hidden=frozenset({"-"})):
    """Run code where only these packages can be imported, or these cannot."""
    refuse = REFUSE.replace("{known}", repr(set(known))).replace("{hidden}", repr(set(hidden)))
    return subprocess.run([sys.executable, "-c", refuse + code], capture_output=True, text=True)


def told(name):
    ways = "`pip install 'collapse-lib[book]'` or `make` in a clone"
    return f"Error: the package {name!r} is missing; {ways} brings what is needed.\n"


def test_the_library_is_whole_with_numpy_and_scipy_only():
    done = python(WHOLE, known=BARE)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("words", [[], ["--help"], ["check", "theorem-1/sigma"]], ids=" ".join)
def test_without_click_the_command_tells_what_to_install(words):
    done = python(MAIN.format(words=words), known=BARE)
    assert (done.returncode, done.stdout, done.stderr) == (2, "", told("click"))


@pytest.mark.parametrize("words", [["chapters"], ["check", "theorem-1/sigma"]], ids=" ".join)
def test_with_click_alone_a_command_that_needs_more_tells_what_to_install(words):
    done = python(MAIN.format(words=words), known=BARE | {"click"})
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("Error: the package '")
    assert done.stderr.count("\n") == 1
    assert "`pip install 'collapse-lib[book]'`" in done.stderr


def test_one_package_that_is_missing_is_named():
    done = python(MAIN.format(words=["chapters"]), hidden={"yaml"})
    assert (done.returncode, done.stdout, done.stderr) == (2, "", told("yaml"))


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    """A fresh environment with numpy, scipy and this package as `pip install .` leaves it without extras."""
    folder = tmp_path_factory.mktemp("bare")
    quiet = ["--quiet", "--disable-pip-version-check", "--no-deps"]
    wheel = [sys.executable, "-m", "pip", "wheel", *quiet, "--no-build-isolation", "-w", str(folder), str(ROOT)]
    subprocess.run(wheel, check=True)
    venv.create(folder / "env", with_pip=True)
    [built] = folder.glob("*.whl")
    subprocess.run([folder / "env/bin/python", "-m", "pip", "install", *quiet, str(built)], check=True)
    [site] = folder.glob("env/lib/python*/site-packages")
    for name in ("numpy", "numpy.libs", "scipy", "scipy.libs"):
        if (here := Path(sysconfig.get_path("platlib")) / name).exists():
            (site / name).symlink_to(here)
    return folder / "env" / "bin"


@pytest.mark.slow
def test_installed_without_extras_the_library_is_whole(installed, tmp_path):
    done = subprocess.run([installed / "python", "-c", WHOLE], cwd=tmp_path, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.slow
@pytest.mark.parametrize("words", [[], ["build"]], ids=" ".join)
def test_installed_without_extras_the_command_tells_what_to_install(installed, tmp_path, words):
    done = subprocess.run([installed / "collapse", *words], cwd=tmp_path, capture_output=True, text=True)
    assert (done.returncode, done.stdout, done.stderr) == (2, "", told("click"))
