"""Brute-force twins of the library, written from the paper and without the fast code.

Plain loops over few states or few runs.  Nothing here imports `collapse_lib`, so agreement with it is evidence.

Three statistics compare simulation with a law.  `z_scores` divides the error of a mean by its standard error: 5 is
passed by chance once in 1.7 million comparisons.  `law_distance` and `law_margin` bound the distance of two
distribution functions (Dvoretzky, Kiefer, Wolfowitz), at a false-alarm rate of at most 1e-6 for any law.
`chi_square_p` compares counts with probabilities.
"""

import collections
import functools
import itertools
import math
from fractions import Fraction

import numpy as np
from scipy.stats import chi2

# The rows n_0^(m), ..., n_{m-1}^(m) of equation (5) ---------------------------------------------------------------


def fully_synthetic(n):
    return lambda m: [0] * (m - 1) + [n]


def partially_synthetic(N, n):
    return lambda m: [N] if m == 1 else [N] + [0] * (m - 2) + [n]


def fixed_total(size, synthetic):
    """`size` samples, of which `synthetic` of the last model from generation 2 on."""
    return lambda m: [size] if m == 1 else [size - synthetic, *[0] * (m - 2), synthetic]


def most_recent(n, K):
    return lambda m: [n // K if max(0, m - K) <= t <= m - 1 else 0 for t in range(m)]


def accumulate(n):
    return lambda m: [n] * m


# One run of the recursion, token by token -------------------------------------------------------------------------


def slow_run(truth, row, reading, generations, rng):
    """p^(0), ..., p^(M) of one run of equation (5); `reading` is "kept", "fresh" or "part"."""
    models = [list(truth)]
    kept = {0: _draw(truth, row(1)[0], rng)}
    for m in range(1, generations + 1):
        training = []
        for t, size in enumerate(row(m)):
            if size == 0:
                continue
            if t == 0 and reading == "part":
                training += [kept[0][i] for i in rng.permutation(len(kept[0]))[:size]]
            elif t == 0 or reading == "kept":
                if t not in kept:
                    kept[t] = _draw(models[t], size, rng)
                assert len(kept[t]) == size
                training += kept[t]
            else:
                training += _draw(models[t], size, rng)
        models.append(_frequencies(training, len(truth)))
    return models


def slow_random_run(truth, n, generations, rng, reading="mixed"):
    """One run of random sampling: n samples, each of a uniform pick among p^(0)..p^(m-1).

    "mixed": t = 0 is the one corpus, everything else is drawn anew.  "redrawn": t = 0 is drawn anew too.  "first",
    "subset": every pool of n is drawn once and used again, in its own order or in a new one for each generation.
    """
    models = [list(truth)]
    pools = [_draw(truth, n, rng)]
    for m in range(1, generations + 1):
        picks = rng.integers(m, size=n).tolist()
        if m == 1:
            training = pools[0]
        elif reading in ("mixed", "redrawn"):
            unused = [pools[0][i] for i in rng.permutation(n)]
            training = [
                unused.pop() if t == 0 and reading == "mixed" else _draw(models[t], 1, rng)[0] for t in picks
            ]
        else:
            orders = [range(n) if reading == "first" else rng.permutation(n).tolist() for _ in pools]
            training = [pools[t][i] for t, order in enumerate(orders) for i in list(order)[: picks.count(t)]]
        models.append(_frequencies(training, len(truth)))
        pools.append(_draw(models[m], n, rng))
    return models


def _draw(p, size, rng):
    return rng.choice(len(p), size=size, p=p).tolist()


def _frequencies(tokens, vocabulary):
    return [tokens.count(k) / len(tokens) for k in range(vocabulary)]


# Exact second moments ---------------------------------------------------------------------------------------------


def kept_moments(row, S0, generations):
    """[E||p^(m)||^2] and [E||p^(m) - p^(1)||^2] for m = 1..M, pools drawn once and taken whole.

    Q[t][u] is the mean inner product of the empirical laws of pools t and u.
    """
    N = row(1)[0]
    Q = {(0, 0): 1 / N + (1 - 1 / N) * S0}
    second, apart = [], []
    for m in range(1, generations + 1):
        w = [size / sum(row(m)) for size in row(m)]
        used = [t for t in range(m) if w[t]]
        S = sum(w[t] * w[u] * Q[t, u] for t in used for u in used)
        second.append(S)
        apart.append(S - 2 * sum(w[t] * Q[t, 0] for t in used) + Q[0, 0])
        q = row(m + 1)[m]
        for u in range(m):
            Q[u, m] = Q[m, u] = sum(w[t] * Q[u, t] for t in used)
        Q[m, m] = 1 / q + (1 - 1 / q) * S
    return second, apart


def fresh_moments(row, S0, generations):
    """The same where each row draws anew from p^(t), t >= 1, with the real corpus (t = 0) or a part of it.

    A part is as good as a corpus of its size; two of its samples agree with chance 1/n_0 + (1 - 1/n_0) S_0.
    C[t][u] is the mean inner product of p^(t) and p^(u), with the corpus's own law at 0.  Given the past, n_t new
    samples of p^(t) have the mean p^(t), and their empirical law the mean square 1/n_t + (1 - 1/n_t) ||p^(t)||^2.
    """
    N = row(1)[0]
    C = {(0, 0): 1 / N + (1 - 1 / N) * S0}
    second, apart = [], []
    for m in range(1, generations + 1):
        n = row(m)
        w = [size / sum(n) for size in n]
        S = sum(w[t] * w[u] * C[t, u] for t in range(m) for u in range(m))
        S += sum(w[t] ** 2 * (1 - C[t, t]) / n[t] for t in range(1, m) if n[t])
        S += w[0] ** 2 * (1 / n[0] - 1 / N) * (1 - S0) if n[0] else 0
        for u in range(m):
            C[u, m] = C[m, u] = sum(w[t] * C[u, t] for t in range(m))
        C[m, m] = S
        second.append(S)
        apart.append(S - 2 * C[0, m] + C[0, 0])
    return second, apart


def random_moments(n, S0, generations, reading="mixed"):
    """The same for random sampling, in its four readings (see `slow_random_run`)."""
    if reading in ("first", "subset"):
        return _stored_moments(n, S0, generations, reading)
    C = {(0, 0): 1 / n + (1 - 1 / n) * S0}
    second, apart = [], []
    for m in range(1, generations + 1):
        # Two samples of a generation are both real with probability 1/m^2, and then distinct, or independent draws:
        # their mean agreement is S_0.  Any other pair of sources t, u agrees with probability C[t][u].
        past = {(t, u): C[t, u] for t in range(m) for u in range(m)} | {(0, 0): S0}
        if reading == "redrawn":  # a new real sample agrees with any other token with probability S_0
            past |= {(t, u): S0 for t, u in past if 0 in (t, u)}
        S = 1 / n + (1 - 1 / n) * sum(past.values()) / m**2
        for u in range(1, m):
            C[u, m] = C[m, u] = sum(past[u, t] for t in range(m)) / m
        C[0, m] = C[m, 0] = sum(C[0, t] for t in range(m)) / m
        C[m, m] = S
        second.append(S)
        first = C[0, m] if reading == "mixed" else C[1, m]
        apart.append(S - 2 * first + second[0])
    return second, apart


def _stored_moments(n, S0, generations, reading):
    """The same where pools are kept, from the top down: two samples go back until they meet or both are real."""

    @functools.cache
    def entry(m, others):
        """P(a sample of row m is entry 0, 1, ... of its source's pool), where `others` may share that source."""
        law = [0.0] * n
        for k, chance in enumerate(binomial_law(others, 1 / m)):
            for i in range(n if reading == "subset" else k + 1):
                law[i] += chance / (n if reading == "subset" else k + 1)
        return law

    @functools.cache
    def meet(t, u, i):
        """P(entry i of pool t and any entry of pool u agree by descent), t < u."""
        total = 0.0
        for v in range(u):
            for j, chance in enumerate(entry(u, n - 1)):
                if v == t:
                    total += chance * (1.0 if i == j else two_draws(t))
                else:
                    total += chance * (meet(v, t, j) if v < t else meet(t, v, i))
        return total / u

    @functools.cache
    def two_draws(m):
        """The same for two draws from p^(m)."""
        if m == 0:
            return 0.0
        total = sum(two_draws(t) for t in range(m))
        for t, u in itertools.combinations(range(m), 2):
            total += 2 * sum(chance * meet(t, u, i) for i, chance in enumerate(entry(m, n - 2)))
        return 1 / n + (1 - 1 / n) * total / m**2

    second = [S0 + (1 - S0) * two_draws(m) for m in range(1, generations + 1)]
    cross = [S0 + (1 - S0) * sum(meet(0, m, i) for i in range(n)) / n for m in range(1, generations + 1)]
    return second, [S - 2 * C + second[0] for S, C in zip(second, cross, strict=True)]


# Random sampling, every way in which it can come about ------------------------------------------------------------


@functools.cache
def random_paths(p, n, reading, generations):
    """{(counts of training set 1, ..., of training set M): probability}, exactly, for a truth p of fractions.

    A history holds what later rows may use: the pools, in order, where they are kept, and else the training sets.
    """
    histories = {((corpus,), ()): chance for corpus, chance in _sequences(p, n).items()}
    for m in range(1, generations + 1):
        after = collections.Counter()
        for (sources, path), weight in histories.items():
            for training, chance in _random_rows(p, n, reading, m, sources):
                x = tuple(training.count(k) for k in range(len(p)))
                new = {training: 1}
                if reading in ("first", "subset") and m < generations:
                    new = _sequences(tuple(Fraction(a, n) for a in x), n)
                for source, drawn in new.items():
                    after[(*sources, source), (*path, x)] += weight * chance * drawn
        histories = after
    paths = collections.Counter()
    for (_, path), weight in histories.items():
        paths[path] += weight
    return paths


@functools.cache
def _sequences(p, k):
    """{tokens: probability} of k draws from p, in order."""
    live = [i for i, q in enumerate(p) if q]
    return {
        tokens: math.prod((p[i] for i in tokens), start=Fraction(1)) for tokens in itertools.product(live, repeat=k)
    }


def _random_rows(p, n, reading, m, sources):
    """[(training set, probability)]: every way to pick n sources out of m, and every way to take their samples."""
    rows = collections.Counter()
    for picks in itertools.product(range(m), repeat=n):
        parts = [_takes(p, sources[t], picks.count(t), _how(reading, t)) for t in range(m)]
        for taken in itertools.product(*parts):
            training = sorted(itertools.chain(*(tokens for tokens, _ in taken)))
            rows[tuple(training)] += math.prod(chance for _, chance in taken) / Fraction(m) ** n
    return rows.items()


def _how(reading, t):
    """How a row takes samples of source t."""
    if reading in ("first", "subset"):
        return reading
    return "drawn" if t else {"mixed": "subset", "redrawn": "truth"}[reading]


@functools.cache
def _takes(p, pool, k, how):
    """[(tokens in ascending order, probability)]: the ways to take k samples of one source."""
    if how == "truth":
        ways = _sequences(p, k)
    else:
        takes = {"first": [pool[:k]], "subset": itertools.combinations(pool, k)}
        takes = list(takes.get(how) or itertools.product(pool, repeat=k))
        ways = collections.Counter()
        for tokens in takes:
            ways[tokens] += Fraction(1, len(takes))
    merged = collections.Counter()
    for tokens, chance in ways.items():
        merged[tuple(sorted(tokens))] += chance
    return list(merged.items())


def path_moments(paths, n):
    """[E||p^(m)||^2] and [E||p^(m) - p^(1)||^2] of these paths."""
    every = [([[Fraction(a, n) for a in x] for x in path], weight) for path, weight in paths.items()]
    generations = range(len(every[0][0]))
    second = [sum(weight * squares(models[m]) for models, weight in every) for m in generations]
    return second, [sum(weight * l2_squared(models[m], models[0]) for models, weight in every) for m in generations]


# The fully synthetic chain, state by state ------------------------------------------------------------------------


class Chain:
    """The Markov chain of p^(1), p^(2), ... on all the count vectors of n tokens, in the fully synthetic case."""

    def __init__(self, p, n):
        self.states = [x for x in itertools.product(range(n + 1), repeat=len(p)) if sum(x) == n]
        self.start = np.array([multinomial(x, p) for x in self.states])
        self.move = np.array([[multinomial(y, [a / n for a in x]) for y in self.states] for x in self.states])
        self.n = n
        self.dead_end = np.array([max(x) == n for x in self.states])

    def law(self, m):
        """Probability of each state at generation m >= 1."""
        law = self.start
        for _ in range(m - 1):
            law = law @ self.move
        return law

    def mean(self, m, function):
        """E function(p^(m))."""
        return sum(w * function([a / self.n for a in x]) for w, x in zip(self.law(m), self.states, strict=True))

    def collapse_probability(self, m):
        """rho_m = P(T <= m)."""
        return self.law(m)[self.dead_end].sum()

    def expected_collapse_time(self):
        """E[T] = 1 + (expected number of visits to states that are not Dirac masses)."""
        return 1 + self._visits().sum()

    def limit(self):
        """Probability that each token is the last, in the order of the tokens."""
        ends = np.flatnonzero(self.dead_end)
        reached = self.start[ends] + self._visits() @ self.move[np.ix_(~self.dead_end, ends)]
        winner = [self.states[e].index(self.n) for e in ends]
        return reached[np.argsort(winner)]

    def _visits(self):
        moving = ~self.dead_end
        inner = self.move[np.ix_(moving, moving)]
        return np.linalg.solve((np.eye(len(inner)) - inner).T, self.start[moving])


def multinomial(counts, p):
    """Probability of these token counts among sum(counts) draws from p."""
    ways = math.factorial(sum(counts))
    for a in counts:
        ways //= math.factorial(a)
    return ways * math.prod(q**a for q, a in zip(p, counts, strict=True))


def occupancy(balls, boxes):
    """[P(j boxes are hit)] for j = 0..boxes, by throwing the balls in every possible way."""
    throws = list(itertools.product(range(boxes), repeat=balls))
    hit = [len(set(throw)) for throw in throws]
    return [hit.count(j) / len(throws) for j in range(boxes + 1)]


# The partially synthetic chain, corpus by corpus ------------------------------------------------------------------


class PartialChain:
    """Every real corpus of N tokens and, beside it, every way in which n synthetic ones can fall (Section 3.2).

    p^(1) = c/N for a corpus c, and p^(m+1) = (c + x_m)/(N + n), where x_m counts n draws from p^(m).
    """

    def __init__(self, p, N, n):
        self.N, self.n = N, n
        self.corpora = list(count_vectors(N, len(p)))
        self.weights = [multinomial(c, p) for c in self.corpora]
        self.synthetic = list(count_vectors(n, len(p)))
        self.starts = [np.array([multinomial(x, [a / N for a in c]) for x in self.synthetic]) for c in self.corpora]
        self.moves = [
            np.array([[multinomial(y, self._mixed(c, x)) for y in self.synthetic] for x in self.synthetic])
            for c in self.corpora
        ]

    def outcomes(self, m):
        """Yield (probability, p^(1), p^(m)), m >= 1."""
        for c, weight, start, move in zip(self.corpora, self.weights, self.starts, self.moves, strict=True):
            first = [a / self.N for a in c]
            if m == 1:
                yield weight, first, first
                continue
            law = start
            for _ in range(m - 2):
                law = law @ move
            for chance, x in zip(law, self.synthetic, strict=True):
                yield weight * chance, first, self._mixed(c, x)

    def mean(self, m, function):
        """E function(p^(m), p^(1))."""
        return sum(w * function(model, first) for w, first, model in self.outcomes(m) if w)

    def sampling_error(self, m):
        """E ||p_hat^(m) - p^(m)||_1 for the law p_hat^(m) of n samples of p^(m)."""

        def error(model, first):
            drawn = [[a / self.n for a in x] for x in self.synthetic]
            chance = [multinomial(x, model) for x in self.synthetic]
            return sum(w * l1(q, model) for w, q in zip(chance, drawn, strict=True))

        return self.mean(m, error)

    def _mixed(self, c, x):
        return [(a + b) / (self.N + self.n) for a, b in zip(c, x, strict=True)]


def count_vectors(total, tokens):
    """All token counts with this total."""
    if tokens == 1:
        yield (total,)
        return
    for first in range(total + 1):
        for rest in count_vectors(total - first, tokens - 1):
            yield (first, *rest)


def squares(p, *_):
    """||p||_2^2."""
    return sum(q * q for q in p)


def l1(p, q):
    """||p - q||_1."""
    return sum(abs(a - b) for a, b in zip(p, q, strict=True))


def l2_squared(p, q):
    """||p - q||_2^2."""
    return sum((a - b) ** 2 for a, b in zip(p, q, strict=True))


# How evenly a law splits in two, and how far samples stray --------------------------------------------------------


def split(p, *_):
    """pi_p = max_A min{p(A), 1 - p(A)}, over all sets A of tokens; `p` may hold counts."""
    return max(min(a, sum(p) - a) for a in _subset_sums(p)) / sum(p)


def spread(p, *_):
    """lambda = max_A p(A) (1 - p(A))."""
    return _best_product(p)


def mean_spread_of_generation_1(p, N):
    """E lambda_1, exactly for a truth of fractions."""
    return sum(multinomial(c, p) * Fraction(_best_product(c), N**2) for c in count_vectors(N, len(p)))


def mean_spread_of_generation_2(p, N, n):
    """E lambda_2, exactly for a truth of fractions: every real corpus of N tokens and every n draws from it."""
    total = Fraction(0)
    for c in count_vectors(N, len(p)):
        first = [Fraction(a, N) for a in c]
        later = Fraction(0)
        for x in count_vectors(n, len(p)):
            both = [a + b for a, b in zip(c, x, strict=True)]
            later += multinomial(x, first) * Fraction(_best_product(both), (N + n) ** 2)
        total += multinomial(c, p) * later
    return total


def _best_product(weights):
    return max(a * (sum(weights) - a) for a in _subset_sums(weights))


def _subset_sums(weights):
    return {sum(chosen) for size in range(len(weights) + 1) for chosen in itertools.combinations(weights, size)}


def straying(p, n):
    """[(||p_hat - p||_1, probability)] over all the count vectors of n samples."""
    return [(l1([a / n for a in x], p), multinomial(x, p)) for x in count_vectors(n, len(p))]


def binomial_law(n, q):
    """[P(Bin(n, q) = j)] for j = 0..n."""
    return [math.comb(n, j) * q**j * (1 - q) ** (n - j) for j in range(n + 1)]


# Softmax regression -----------------------------------------------------------------------------------------------


def cross_entropy(W, contexts, tokens):
    """Equation (1), pair by pair."""
    total = 0.0
    for x, y in zip(contexts, tokens, strict=True):
        total -= W[x][y] - math.log(sum(math.exp(w) for w in W[x]))
    return total / len(tokens)


# Statistics -------------------------------------------------------------------------------------------------------


def z_scores(samples, expected):
    """(mean - expected) / standard error, with the samples along the last axis."""
    samples = np.asarray(samples, dtype=float)
    error = samples.std(axis=-1, ddof=1) / math.sqrt(samples.shape[-1])
    return (samples.mean(axis=-1) - np.asarray(expected)) / error


def law_distance(x, y):
    """Largest distance between the empirical distribution functions of two samples."""
    at = np.union1d(x, y)
    return max(
        abs(np.searchsorted(np.sort(x), at, "right") / len(x) - np.searchsorted(np.sort(y), at, "right") / len(y))
    )


def law_margin(runs, rate=1e-6):
    """The distance that an empirical distribution function of so many runs exceeds with probability <= rate."""
    return math.sqrt(math.log(2 / rate) / (2 * runs))


def chi_square_p(observed, expected):
    """p-value of counts against expected counts, cells of less than 5 expected taken together."""
    observed, expected = np.asarray(observed, dtype=float), np.asarray(expected, dtype=float)
    assert math.isclose(observed.sum(), expected.sum(), rel_tol=1e-9)
    assert not observed[expected == 0].any()
    big = expected >= 5
    observed = np.append(observed[big], observed[~big].sum())
    expected = np.append(expected[big], expected[~big].sum())
    cells = expected > 0
    statistic = ((observed - expected)[cells] ** 2 / expected[cells]).sum()
    return float(chi2.sf(statistic, cells.sum() - 1))
