r"""Exact mean diversity under every schedule, by two lines of descent (identity by descent, Wright 1931).

Take two tokens of p^(m), independently, and ask whether they are equal.  Follow each back to the sample that it
copies, and that to the sample which it copies in turn, until both are at real samples.  If on the way the two meet
in one and the same sample, they are equal; if they never meet, they are two independent draws from the truth.  So

    1 - S_m = d_m (1 - S_0),        d_m = P(the two lines of descent never meet),

for every schedule and every truth: d_m, the share of diversity that is left, depends on the schedule alone.

The recursion follows r[t, u], the chance that a token of source t and a token of source u have lines that never
meet; r[t, t] = d_t is for two draws from p^(t).  Within one batch of n_t samples two tokens are the same sample
with chance 1/n_t, so there it is (1 - 1/n_t) d_t: call the matrix with that diagonal r~.  With the weights
w_t = n_t^(m)/n^(m) of row m,

*kept*    d_m = sum_{t,u} w_t w_u r~[t, u],   r[u, m] = sum_t w_t r~[u, t]     (pool u is in row m too)
*fresh*   d_m = sum_{t,u} w_t w_u r~[t, u],   r[u, m] = sum_t w_t r[u, t]      (row m has samples of its own)

The real corpus, source 0 with d_0 = 1, is kept in both.  Where a row takes a part of it (*part*: as fresh, but
k of the N real samples, picked anew), two tokens of that part are one sample with chance 1/k, and one of that part
and one of the corpus with chance 1/N.  Only sources that a later row can still name are remembered, so a window of
K models needs K^2 numbers.

Random sampling: the n samples of row m pick their sources uniformly.

*mixed*     d_m = (1 - 1/n) (sum_{t,u<m} r[t, u] + 1/n)/m^2,   r[u, m] = (1/m) sum_{t<m} r[u, t]
*redrawn*   d_m = (1 - 1/n) sum_{t,u<m} r[t, u]/m^2 = prod_{j=1}^m (1 - 1/(n j^2)), with r[0, 0] = 1

In *mixed*, two samples of a row that are both real are distinct ones: 1 in place of r[0, 0] = 1 - 1/n, for one pair
of sources in m^2.  In *redrawn* two real samples never meet.  In *subset* and *first* every pool is kept, and lines
that come to the same pool by different rows meet with a chance that depends on the entry.  Let pi_m(l) be the
chance that a sample of row m whose source is t is entry l of pool t, and r[t, u; l] that entry l of pool t and a
token of p^(u), u > t, have lines that never meet.  Follow the later of the two, the token of p^(u), back to its
source v: a later pool than t, or t itself, or an earlier one, where its own entry begins to matter,

    u r[t, u; l] = sum_{t<v<u} r[t, v; l] + (1 - pi_u(l)) d_t + sum_{v<t} sum_k pi_u(k) r[v, t; k]
    d_m = (1 - 1/n) (sum_{t<m} d_t + 2 sum_{t<u<m} sum_k pi'_m(k) r[t, u; k])/m^2

*subset*    pi_m(l) = 1/n
*first*     pi_m(l) = (m/n) P(Bin(n, 1/m) >= l): entry l is in use where at least l samples chose the source

The last line takes two distinct samples of row m.  From one source they are distinct entries, whose tokens are two
draws from p^(t): d_t.  From two sources, the rest of the row has n - 1 chances to choose the first: pi' is pi for
n - 1 samples.  Rows choose independently, so nothing else is shared.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

from collapse_lib import distributions, metrics
from collapse_lib.errors import count, numbers, require
from collapse_lib.schedules import MIXING, Schedule, known
from collapse_lib.theory.paper import arguments

Floats = NDArray[np.float64]

MOST_MODELS = 60  # in a window whose decay rate is computed: a matrix of K (K + 1)/2 rows


class Generation(NamedTuple):
    """What the recursion says of generation m."""

    diversity: float
    """d_m = (1 - S_m)/(1 - S_0): two tokens of p^(m) have lines of descent that never meet."""
    apart: float
    """The same for a token of p^(m) and one of p^(1)."""


def sigma(schedule: Schedule, truth: ArrayLike, generations: int) -> Floats:
    """Exact S_0, ..., S_M for M = `generations`: S_m = 1 - d_m (1 - S_0).

    `truth` has shape (s,) or (contexts, s); the result (M + 1,) or (M + 1, contexts).

    >>> from collapse_lib import FullySynthetic
    >>> sigma(FullySynthetic(2), [0.5, 0.5], 2).tolist()
    [0.5, 0.75, 0.875]
    """
    missing = 1 - metrics.sigma(distributions.validated(truth))
    return 1 - np.multiply.outer(diversity(schedule, generations), missing)


def diversity(schedule: Schedule, generations: int) -> Floats:
    """d_0, ..., d_M: the mean share of the truth's diversity 1 - S_0 that is left; d_0 = 1.  Shape (M + 1,)."""
    return np.array([1.0, *(g.diversity for g in _first(schedule, generations))])


def squared_deviation(schedule: Schedule, truth: ArrayLike, generations: int) -> Floats:
    """Exact E||p^(m) - p^(1)||_2^2 for m = 0, ..., M; entry 0 is the first model's distance from the truth.

    For m >= 1 it is (2 r - d_m - d_1)(1 - S_0), where r = `Generation.apart`.  Shapes as for `sigma`.
    """
    laws = list(_first(schedule, generations))
    d_1 = laws[0].diversity
    shares = [1 - d_1, *(2 * law.apart - law.diversity - d_1 for law in laws)]
    missing = 1 - metrics.sigma(distributions.validated(truth))
    return np.multiply.outer(np.maximum(shares, 0.0), missing)


def decay_rate(schedule: Schedule) -> float:
    """The factor by which d_m falls in each generation in the end, for a schedule that forgets: d_m ~ rate^m.

    It is the largest eigenvalue of one step of the recursion, as a linear map of the r[t, u] that it remembers.

    Raises `InvalidInput` for a schedule that goes on using real data, or whose rows go on changing.

    >>> from collapse_lib import FullySynthetic
    >>> round(decay_rate(FullySynthetic(10)), 12)
    0.9
    """
    known(schedule)
    row, next_row = (schedule.sizes(m).astype(float) for m in (999, 1000))
    reach = int(np.count_nonzero(next_row))  # sources m - reach, ..., m - 1 are remembered
    require(
        schedule.draw not in MIXING
        and reach <= MOST_MODELS
        and np.array_equal(row, next_row[1:])
        and next_row[-reach:].all(),
        f"{schedule} has no decay rate: it goes on using real data, its rows go on changing, or it looks back at "
        f"more than {MOST_MODELS} models.",
    )
    sizes = next_row[-reach:]
    drawn = sizes if schedule.draw == "kept" else np.full(reach, np.inf)
    pairs = list(itertools.combinations_with_replacement(range(reach), 2))
    step = np.empty((len(pairs), len(pairs)))
    for column, (t, u) in enumerate(pairs):
        r = np.zeros((reach, reach))
        r[t, u] = r[u, t] = 1.0
        after = _bordered(r, *_row(r, sizes, drawn))[1:, 1:]
        step[:, column] = [after[pair] for pair in pairs]
    return float(np.abs(np.linalg.eigvals(step)).max())


def window_decay(q: ArrayLike, K: ArrayLike, *, draw: str = "kept") -> Floats:
    """The decay rate of a window of K models, q samples of each, to first order in 1/q.

    kept: 1 - 4/(q (K + 1)^2);  fresh: 1 - 4/(q K (K + 1)^2).  Each line of descent steps back by 1..K generations,
    (K + 1)/2 on average, so it stops at a given generation with chance 2/(K + 1) (renewal theorem), and two lines
    that stop at the same generation meet with chance 1/q in a pool kept, 1/(qK) in a training set.
    """
    q, K = arguments.sample_size(q, "q"), numbers("K", K)
    require(bool((K >= 1).all()), f"K was {K}; a window holds at least 1 model.")
    require(draw in ("kept", "fresh"), f"draw was {draw!r}; it is 'kept' or 'fresh'.")
    chance = 1 / q if draw == "kept" else 1 / (q * K)
    return 1 - chance * (2 / (K + 1)) ** 2


def accumulated_diversity(n: ArrayLike, m: ArrayLike = np.inf) -> Floats:
    """d_m for `Accumulate(n)`, kept: prod_{j=1}^m (1 - 1/(n j^2)); its limit is sin(x)/x at x = pi/sqrt(n) (Euler).

    p^(m+1) = (m p^(m) + mean of n new samples of p^(m))/(m + 1), so d_{m+1} = d_m (1 - 1/(n (m + 1)^2)).

    >>> float(accumulated_diversity(n=4, m=1))
    0.75
    """
    n, m = np.broadcast_arrays(arguments.sample_size(n), arguments.generation(m))
    limit = np.sinc(1 / np.sqrt(n))
    last = np.where(np.isfinite(m), m, 0).astype(np.intp)
    j = np.arange(1.0, last.max(initial=0) + 1)  # floats: the squares of 32-bit whole numbers overflow
    products = np.cumprod(np.concatenate([np.ones((*n.shape, 1)), 1 - 1 / (n[..., None] * j**2)], axis=-1), axis=-1)
    return np.where(np.isfinite(m), np.take_along_axis(products, last[..., None], axis=-1)[..., 0], limit)


def _first(schedule: Schedule, generations: int) -> Iterator[Generation]:
    """The first `generations` of the recursion."""
    known(schedule)
    generations = count("generations", generations)
    laws = {"mixed": _mixed, "redrawn": _redrawn, "subset": _stored, "first": _stored}
    return itertools.islice(laws.get(schedule.draw, _remembering)(schedule), generations)


def _remembering(schedule: Schedule) -> Iterator[Generation]:
    """Generations 1, 2, ... of kept and fresh rows; `r` is over the sources that a later row can still name."""
    names, r = np.array([0]), np.ones((1, 1))
    batches = np.zeros(1)  # how many samples of each source there are, where they are drawn once
    for m in itertools.count(1):
        sizes = schedule.sizes(m).astype(float)
        kept = (names == 0) | (schedule.draw == "kept")
        batches[-1] = sizes[m - 1]
        at_hand = np.where(kept, batches, sizes[names])
        _check_row(schedule, m, sizes, names, at_hand)
        meeting, d_m = _row(r, sizes[names], np.where(kept, at_hand, np.inf))
        yield Generation(d_m, float(meeting[0]))  # the law of the corpus, source 0, is p^(1)
        stays = (names == 0) | (sizes[names] > 0)
        names, batches = np.append(names[stays], m), np.append(batches[stays], 0)
        r = _bordered(r[np.ix_(stays, stays)], meeting[stays], d_m)


def _row(r: Floats, sizes: Floats, drawn: Floats) -> tuple[Floats, float]:
    """(r[u, m] for every remembered u, d_m); `drawn` samples of a source are drawn once, infinity where anew."""
    w = sizes / sizes.sum()
    one_sample = np.divide(r.diagonal(), sizes, out=np.zeros(len(r)), where=sizes > 0)
    d_m = w @ r @ w - w**2 @ one_sample
    return r @ w - w * np.divide(r.diagonal(), drawn, out=np.zeros(len(r)), where=sizes > 0), float(d_m)


def _bordered(r: Floats, meeting: Floats, d_m: float) -> Floats:
    """r with the row and the column of source m."""
    last = len(r)
    bordered = np.empty((last + 1, last + 1))  # np.block does the same in twenty times the time
    bordered[:last, :last] = r
    bordered[last, :last] = bordered[:last, last] = meeting
    bordered[last, last] = d_m
    return bordered


def _mixed(schedule: Schedule) -> Iterator[Generation]:
    """Generations 1, 2, ... of random sampling; `total` is sum_{t,u<m} r[t, u], and r[0, m] never changes."""
    n = _size(schedule)
    total = apart = 1 - 1 / n
    for m in itertools.count(1):
        _check_even(schedule, m, n)
        d_m = (1 - 1 / n) * (total + 1 / n) / m**2
        yield Generation(d_m, apart)
        total += 2 * total / m + d_m


def _redrawn(schedule: Schedule) -> Iterator[Generation]:
    """The same with new real data: r[1, m] is the mean of r[1, 0] = 1 and r[1, 1] = 1 - 1/n, for every m > 1."""
    n, d_m = _size(schedule), 1.0
    for m in itertools.count(1):
        _check_even(schedule, m, n)
        d_m *= 1 - 1 / (n * m**2)
        yield Generation(d_m, 1 - 1 / n if m == 1 else 1 - 1 / (2 * n))


def _stored(schedule: Schedule) -> Iterator[Generation]:
    """Generations 1, 2, ... of random sampling from kept pools, of which it remembers n numbers each.

    `later[t, l]` is sum_{t<v<m} r[t, v; l] and `earlier[t, l]` is sum_{v<t} r[v, t; l].
    """
    n = round(_size(schedule))
    d, later, earlier = np.ones(1), np.zeros((1, n)), np.zeros((1, n))
    for m in itertools.count(1):
        _check_even(schedule, m, n)
        pi, one_less = (_entry(schedule.draw, m, n, samples) for samples in (n, n - 1))
        distinct = d.sum() + 2 * (later @ one_less).sum()
        d_m = (1 - 1 / n) * distinct / m**2
        r = (later + np.outer(d, 1 - pi) + (earlier @ pi)[:, None]) / m
        yield Generation(d_m, float(r[0].mean()))  # a token of p^(1) is any entry of pool 0
        d = np.append(d, d_m)
        later = np.vstack([later + r, np.zeros(len(pi))])
        earlier = np.vstack([earlier, r.sum(axis=0)])


def _entry(draw: str, m: int, n: int, samples: int) -> Floats:
    """pi_m(l) for l = 1, ..., n, where so many `samples` have the choice: which entry of its pool a sample is."""
    before = np.arange(n)  # l - 1
    if draw == "subset":
        return np.full(n, 1 / n)
    return m / max(samples, 1) * special.bdtrc(np.minimum(before, samples), samples, 1 / m)


def _size(schedule: Schedule) -> float:
    """The size of every training set, where sources are random."""
    return float(schedule.sizes(1)[0])


def _check_even(schedule: Schedule, m: int, n: float) -> None:
    """Refuse a row that is not n samples spread evenly over the past."""
    require(
        np.abs(schedule.sizes(m) - n / m).max() <= 1e-9 * n,
        f"row {m} of {schedule} is not {n:g} samples spread evenly over the past.",
    )


def _check_row(schedule: Schedule, m: int, sizes: Floats, names: NDArray[np.int64], at_hand: Floats) -> None:
    """Refuse a row that names a source no longer remembered, or a part of a batch (see `schedules`)."""
    taken = sizes[names]
    whole = (taken == 0) | (taken == at_hand) | ((names == 0) & (taken < at_hand) & (schedule.draw == "part"))
    require(
        np.count_nonzero(taken) == np.count_nonzero(sizes) and bool(whole.all()),
        f"row {m} of {schedule} asks for samples that are not at hand: a source once left is gone, and a pool is "
        "taken whole.",
    )
