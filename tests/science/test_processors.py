"""The same numbers everywhere: what is printed and judged, as if on other processors (`processors.py` says what).

Another BLAS kernel is asked of OpenBLAS, and numpy is forbidden the instructions that it found here.  Both change
the last bits of matrix products, sums and exponentials; the control shows that they do.
"""

import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from numpy._core import _multiarray_umath as numpy_core

HERE = Path(__file__).parents[1]
FOUND = [name for name in numpy_core.__cpu_dispatch__ if numpy_core.__cpu_features__[name]]
OTHERS = {
    "another BLAS": {"OPENBLAS_CORETYPE": "Prescott"},
    "a third BLAS": {"OPENBLAS_CORETYPE": "Haswell"},
    "numpy without its fast instructions": {"NPY_DISABLE_CPU_FEATURES": " ".join(FOUND)},
}
if not FOUND:  # then numpy has nothing to forbid, and says so in a warning
    del OTHERS["numpy without its fast instructions"]


def told(environment):
    """What processors.py prints in that environment; warnings are errors there, too."""
    done = subprocess.run(
        [sys.executable, "-W", "error", HERE / "processors.py"],
        env={**os.environ, "OPENBLAS_NUM_THREADS": "1", **environment},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.fixture(scope="module")
def here_and_there():
    """What is printed here, and as if on each of the others."""
    with ThreadPoolExecutor(2) as pool:
        here, *there = pool.map(told, [{}, *OTHERS.values()])
    return here, dict(zip(OTHERS, there, strict=True))


@pytest.mark.slow
@pytest.mark.xdist_group("processors")
@pytest.mark.parametrize("other", OTHERS)
def test_what_is_printed_does_not_depend_on_the_processor(here_and_there, other):
    here, there = here_and_there
    assert len(here["printed"]) > 140
    assert there[other]["printed"] == here["printed"]


@pytest.mark.slow
@pytest.mark.xdist_group("processors")
@pytest.mark.skipif("X86_V3" not in FOUND, reason="only where there is another BLAS kernel to choose")
def test_what_is_drawn_unrounded_does_depend_on_it(here_and_there):
    here, there = here_and_there
    assert any(each["unrounded"] != here["unrounded"] for each in there.values())
