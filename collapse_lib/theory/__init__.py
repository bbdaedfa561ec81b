"""What can be said without simulating: the paper's formulas, and the exact laws that it leaves out.

Nothing here imports the simulator, nor the simulator anything here.  The two meet in `claims` and in the tests,
which is why their agreement is evidence.
"""

from collapse_lib.theory import coalescent, deviation, drift, extinction, limits, moments, paper

__all__ = ["coalescent", "deviation", "drift", "extinction", "limits", "moments", "paper"]
