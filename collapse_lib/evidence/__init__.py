"""Holding a measurement against a claim: each comparison ends in a `Verdict`.

"Not rejected" is not "supported".  A claim is a region of values that it allows (a number give or take a stated
margin; everything below a bound), and the data give a confidence interval:

=================  =======================================================================================
`supported`        the interval lies inside the region: p_support <= alpha
`refuted`          the interval lies outside it: p_refute <= alpha
`inconclusive`     it straddles the edge: more runs are needed
`out of scope`     the parameters are outside the theorem's assumptions; nothing was measured
`corrected`        the printed statement is refuted and its correction supported (an erratum)
`overstated`       the printed statement is refuted and a weaker form of it supported
`vacuous`          true, but it allows every possible value here, so it says nothing
=================  =======================================================================================

Two qualifiers go with "supported": "in k computed cases" (a bound, at finitely many points, without chance) and
"loosely" (a bound with a slack above a factor of 10 where it is closest).

`p_support` is the probability, at most, of data so favourable were the claim false; `p_refute` of data so
unfavourable were it true.  A claim about many numbers at once (a curve) is supported only where all are, so
p_support is the largest of theirs (an intersection-union test); it is refuted where any is, so p_refute is the
smallest times their number (Bonferroni).  `holm` does the same for a book of claims (Holm 1979).

Samples have shape (runs,) or (runs, k): runs are independent, and the claim is about k means.  Means are
compared by Student's t; samples of 0 and 1 (dtype bool) by the exact binomial law (Clopper and Pearson 1934).
Fewer than four runs support and refute nothing, means of runs that are all the same support nothing (they may
refute); NaN is refused.

`verdict`      what a comparison finds
`samples`      what a comparison needs to know of a sample, and its p-values
`comparisons`  a measurement against one claim
`families`     verdicts together: two at once, an erratum, a whole book
`power`        the chance of each verdict, exactly, for normal runs
"""

from collapse_lib.evidence.comparisons import at_least, at_most, equality, exact, exact_bound, same_law, slope
from collapse_lib.evidence.families import both, corrected, holm, out_of_scope, overstated, vacuous
from collapse_lib.evidence.samples import interval
from collapse_lib.evidence.verdict import ALPHA, Kind, OutOfScope, Verdict

__all__ = [
    "ALPHA",
    "Kind",
    "OutOfScope",
    "Verdict",
    "at_least",
    "at_most",
    "both",
    "corrected",
    "equality",
    "exact",
    "exact_bound",
    "holm",
    "interval",
    "out_of_scope",
    "overstated",
    "same_law",
    "slope",
    "vacuous",
]
