"""The library is layered: a module imports only what lies below it, and theory and simulation never meet."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import collapse_lib

ROOT = Path(collapse_lib.__file__).parent
ROWS = {
    "errors": -2, "parameters": -1, "registry": -1, "shapes": -0.5,
    "metrics": 0, "schedules": 0, "evidence": 0, "distributions": 0,
    "learners": 1, "softmax": 1, "theory": 1, "corpora": 1,
    "embeddings": 1.5,
    "recursion": 2, "text": 2,
    "lifetime": 3, "records": 3, "targets": 3, "plotting": 3, "prose": 3, "excerpts": 3,
    "gpt": 3.5,
    "experiments": 3.7,
    "claims": 4, "exercises": 4, "papers": 4,
    "__init__": 4.5,
    "press": 5,
    "commands": 7,
    "__main__": 8,
}  # fmt: skip
STRANGERS = [{"theory", other} for other in ("learners", "embeddings", "text", "recursion", "gpt")]
FILES = sorted(ROOT.rglob("*.py"))


def unit(name):
    """The row name of a dotted module or object name: collapse_lib.theory.paper -> theory."""
    parts = name.split(".")
    return parts[1] if len(parts) > 1 and parts[1] in ROWS else "__init__"


def imports(source):
    """The units of collapse_lib that a source text imports, wherever in the text it does."""
    found = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found |= {a.name for a in node.names if a.name.split(".")[0] == "collapse_lib"}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are absolute"
            if node.module.split(".")[0] == "collapse_lib":
                found |= {f"{node.module}.{a.name}" for a in node.names}
    return {unit(name) for name in found}


def offences(importer, imported):
    """The imports that neither go to a lower row nor stay in a package, or by which theory and simulation meet."""
    return sorted(u for u in imported - {importer} if ROWS[u] >= ROWS[importer] or {u, importer} in STRANGERS)


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_module_imports_only_from_the_layers_below_it(path):
    importer = path.relative_to(ROOT).with_suffix("").parts[0]
    assert importer in ROWS, f"{importer} has no row in the table of layers"
    assert offences(importer, imports(path.read_text())) == []


def test_all_the_finished_modules_are_looked_at():
    finished = {"errors", "metrics", "schedules", "distributions", "learners", "softmax", "recursion", "theory"}
    assert finished <= {path.relative_to(ROOT).with_suffix("").parts[0] for path in FILES}


@pytest.mark.parametrize(
    ("importer", "line"),
    [
        ("theory", "from collapse_lib.recursion import simulate"),
        ("theory", "import collapse_lib.learners"),
        ("recursion", "from collapse_lib import theory"),
        ("learners", "def f():\n    from collapse_lib.theory.paper import limit_distribution"),
        ("metrics", "from collapse_lib.distributions import uniform"),
        ("recursion", "import collapse_lib"),
    ],
)
def test_an_import_against_the_layers_would_be_seen(importer, line):
    assert offences(importer, imports(line))


def test_importing_the_library_loads_none_of_the_heavy_packages():
    heavy = ["scipy", "matplotlib", "click", "papermill", "nbformat", "sphinx", "torch"]
    code = f"import sys, collapse_lib; print(*(set({heavy}) & set(sys.modules)))"
    shown = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout
    assert shown.split() == []


# Circles ----------------------------------------------------------------------------------------------------------


def modules_imported(path):
    """The modules of the library that a module imports when it is imported itself."""
    found = set()
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.ImportFrom) and node.module.split(".")[0] == "collapse_lib":
            for name in node.names:
                place = ROOT.parent / f"{node.module}.{name.name}".replace(".", "/")
                is_module = place.is_dir() or place.with_suffix(".py").is_file()
                found.add(f"{node.module}.{name.name}" if is_module else node.module)
    return found


def circle(imports):
    """A circle in a graph of imports, as names; empty where there is none."""
    done, way = set(), []

    def follow(name):
        if name in way:
            return way[way.index(name) :]
        if name in done:
            return []
        way.append(name)
        found = next((found for other in sorted(imports.get(name, ())) if (found := follow(other))), [])
        way.pop()
        done.add(name)
        return found

    return next((found for name in sorted(imports) if (found := follow(name))), [])


def dotted(path):
    return ".".join(path.relative_to(ROOT.parent).with_suffix("").parts).removesuffix(".__init__")


def test_no_import_runs_in_a_circle():
    """But for a package that offers what its own modules define, and is imported by them for the rest."""
    graph = {dotted(path): modules_imported(path) for path in FILES if path != ROOT / "__init__.py"}
    assert len(graph) > 100
    assert circle(graph) == []


def test_a_circle_would_be_seen():
    assert circle({"a": {"b"}, "b": {"c"}, "c": {"b"}}) == ["b", "c"]


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_module_can_be_read_in_one_go(path):
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 320
