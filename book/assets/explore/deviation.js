/* How far the models stray from the first one when N real samples are kept, and how much synthetic data is safe: the
   twin of collapse_lib.theory.deviation and of theory.paper.model_deviation.  Needs laws.js and binomial.js.

   Follow one token.  If the real corpus holds it k times, its count x_m among the n samples of p^(m) is a Markov chain
   that knows of the truth only k:

       x_1 ~ Bin(n, k/N),      x_{m+1} ~ Bin(n, (k + x_m)/(N + n)),      p_i^(m+1) = (k + x_m)/(N + n).

   So E||p^(m) - p^(1)||_1 = sum over k of (mean number of tokens held k times) E_k|p_i^(m) - k/N|, with no error but
   rounding.  A token held k times and one held N - k times deviate alike. */
(function part(scope) {
  "use strict";
  const collapse = scope.collapse, laws = collapse.laws;
  const { require, whole, validated, trimmed } = collapse.checks;
  collapse.source.push(`(${part})(globalThis);\n`);

  const EXACT = 1e-12, ROUGH = 1e-6; // relative errors aimed at; measured, 2e-12 and 2e-5
  const MOST_SYNTHETIC = 2048; // beyond, exactly how many samples are safe is too much to compute

  // Exactly ---------------------------------------------------------------------------------------------------------

  /** Exact E||p^(m) - p^(1)||_1 for m = 0..M; entry 0 is E||p - p^(1)||_1, the first model's distance from the truth.

      The chains are followed until only terms of known rates are left (see `fading`), which then go on by themselves:
      if t_0, t_1, ... are the successive differences a_{m+1} - lambda a_m, each passes to lambda t_j + t_{j+1}. */
  function deviation(p, N, n, M) {
    check(p, N, n);
    const mean = new Float64Array(whole(M, "M", 0) + 1), { rates, skipped } = fading(N, n, EXACT);
    const first = 2 + skipped, followed = Math.min(M, first + rates.length);
    for (const q of p) mean[0] += laws.meanAbsoluteError(N, q);
    mean.set(followedDeviations(p, N, n, Math.max(0, followed - 1), EXACT), Math.min(M, 2));
    if (M > followed) {
      const terms = [1, ...rates], t = [];
      for (let a = mean.subarray(first, followed + 1); a.length; a = differences(a, terms[t.length - 1])) t.push(a[0]);
      for (let m = first; m <= M; m++) {
        mean[m] = t[0];
        for (let j = 0; j < t.length; j++) t[j] = terms[j] * t[j] + (t[j + 1] || 0);
      }
    }
    return mean;
  }

  /** The sequence a_{m+1} - rate a_m, one shorter. */
  const differences = (a, rate) => a.subarray(1).map((next, i) => next - rate * a[i]);

  /** E||p^(m) - p^(1)||_1 for m = 2, 3, ..., `many` of them, by following the chain of every k. */
  function followedDeviations(p, N, n, many, tolerance) {
    const mean = new Float64Array(many), moves = transitions(N, n, 1e-4 * tolerance);
    for (const { k, tokens } of held(p, N)) {
      const chain = deviations(k, N, n, moves, tolerance);
      for (let i = 0; i < many; i++) mean[i] += tokens * chain.next().value;
    }
    return mean;
  }

  /** Exact E||p^(m) - p^(1)||_2^2, m = 0..M: D_1 = 0, D_{m+1} = alpha^2 [(1 - S_m)/n + D_m]; entry 0 is (1 - S_0)/N. */
  function deviationSquared(p, N, n, M) {
    check(p, N, n);
    const S0 = laws.sigma(p), alpha = n / (N + n), D = new Float64Array(whole(M, "M", 0) + 1);
    D[0] = (1 - S0) / N;
    for (let m = 1; m < M; m++) D[m + 1] = alpha ** 2 * ((1 - laws.sigmaPartiallySynthetic(S0, N, n, m)) / n + D[m]);
    return D;
  }

  /** Exact lim E||p^(m) - p^(1)||_1 as m grows; n may be Infinity.

      As n grows, x/n tends to the Beta law with parameters 2k and 2(N - k) (Wright 1931), whose mean absolute deviation
      is 2 a^a b^b / (B(a, b) (a + b)^(a + b + 1)). */
  function stationaryDeviation(p, N, n) {
    check(p, N, n === Infinity ? 1 : n);
    return lateDeviation(p, N, n, EXACT);
  }

  function lateDeviation(p, N, n, tolerance) {
    let mean = 0;
    if (n === Infinity) {
      for (const { k, tokens } of held(p, N)) {
        const a = 2 * k, b = 2 * (N - k), c = a + b;
        mean += tokens * Math.exp(Math.log(2 / c) + a * Math.log(a / c) + b * Math.log(b / c) - laws.logBeta(a, b));
      }
      return mean;
    }
    const { rates, skipped } = fading(N, n, tolerance);
    let last = followedDeviations(p, N, n, skipped + rates.length + 1, tolerance).subarray(skipped);
    for (const rate of rates) last = differences(last, rate).map((rest) => rest / (1 - rate)); // as if it had faded
    return last[0];
  }

  /** The rates lambda_d = n (n - 1) ... (n - d + 1)/(N + n)^d at which the chain forgets its start.

      One generation takes a polynomial of degree d in x into another, with lambda_d times its leading coefficient:
      these are the eigenvalues, whatever k.  The mean is right from the start, so that E_k|p_i^(m) - k/N| is a limit
      plus terms in lambda_2^m, lambda_3^m, ...  After `skipped` generations only the limit and those with `rates` are
      left, to a thousandth of the tolerance.  A rate near 1 is hard to tell from 1: there are as many as lose at most
      three digits. */
  function fading(N, n, tolerance) {
    const faded = Math.log(1e-3 * tolerance), rates = [];
    const wait = (rate) => (rate > 1e-300 ? Math.ceil(Math.max(1, faded / Math.log(rate))) : 1);
    let rate = (n / (N + n)) * ((n - 1) / (N + n)), cost = 1;
    for (let d = 2; ; d++) {
      const next = (rate * (n - d)) / (N + n);
      cost /= 1 - rate;
      if (cost > 1e3 || wait(next) + 1 > wait(rate)) return { rates, skipped: wait(rate) };
      rates.push(rate);
      rate = next;
    }
  }

  /** The mean number of tokens that the real corpus holds k or N - k times, for 1 <= k <= N/2; k = 0 never moves. */
  function held(p, N) {
    const tokens = new Float64Array(N + 1), equal = new Map();
    for (const q of p) if (q > 0) equal.set(q, (equal.get(q) || 0) + 1);
    for (const [q, times] of equal) {
      const { first, values } = laws.binomialRow(N, q);
      values.forEach((b, i) => (tokens[first + i] += times * b));
    }
    const all = [];
    for (let k = 1; 2 * k <= N; k++) {
      const both = 2 * k === N ? tokens[k] : tokens[k] + tokens[N - k];
      if (both > 1e-15) all.push({ k, tokens: both });
    }
    return all;
  }

  /** The law of the next count for p_i = j/(N + n), made when first asked for, where it is above `negligible`. */
  function transitions(N, n, negligible) {
    const rows = new Array(N + n + 1).fill(null);
    return (j) => (rows[j] = rows[j] || laws.binomialRow(n, j / (N + n), negligible));
  }

  /** Yields E_k|p_i^(m) - k/N| for m = 2, 3, 4, ...

      The law of x is followed on the multiples of a step h only (see `stride`), where it holds the mass of h counts. */
  function* deviations(k, N, n, moves, tolerance) {
    const h = stride(k, N, n, tolerance), centre = (k * n) / N, start = laws.binomialRow(n, k / N);
    const apart = new Float64Array(Math.floor(n / h) + 1).fill(NaN); // how far x leads on the mean, once it is known
    yield meanDistance(start, centre) / (N + n);
    let law = thinned(start, h);
    for (;;) {
      let mean = 0;
      for (let i = 0; i < law.values.length; i++) {
        const x = law.first + i;
        if (Number.isNaN(apart[x])) apart[x] = meanDistance(moves(k + h * x), centre);
        mean += law.values[i] * apart[x];
      }
      yield mean / (N + n);
      law = moved(law, k, h, moves, 1e-4 * tolerance);
    }
  }

  /** E|y - centre| for a row. */
  function meanDistance({ first, values }, centre) {
    let sum = 0;
    for (let i = 0; i < values.length; i++) sum += values[i] * Math.abs(first + i - centre);
    return sum;
  }

  /** The law of x_{m+1} from that of x_m. */
  function moved(law, k, h, moves, negligible) {
    const end = moves(k + h * (law.first + law.values.length - 1));
    const first = Math.ceil(moves(k + h * law.first).first / h) | 0;
    const next = new Float64Array(Math.floor((end.first + end.values.length - 1) / h) - first + 1);
    for (let i = 0; i < law.values.length; i++) {
      const row = moves(k + h * (law.first + i)), start = Math.ceil(row.first / h) | 0;
      add(next, start - first, row.values, h * start - row.first, h, h * law.values[i]);
    }
    return trimmed(first, next, negligible);
  }

  /** Adds mass times every h-th value of a row, from r on, to the sums from y on. */
  function add(sums, y, row, r, h, mass) {
    const end = row.length;
    if (h === 1) for (; r < end; y++, r++) sums[y] += mass * row[r];
    else for (; r < end; y++, r += h) sums[y] += mass * row[r];
  }

  /** Every h-th value of a row, times h. */
  function thinned({ first, values }, h) {
    const from = Math.ceil(first / h), many = Math.floor((first + values.length - 1) / h) - from + 1;
    return { first: from, values: Float64Array.from({ length: many }, (_, i) => h * values[h * (from + i) - first]) };
  }

  /** A step h for which sums over every h-th count are the whole sums, to the tolerance; 1 where the law is narrow.

      By Poisson's summation h [f(0) + f(h) + f(2h) + ...] differs from f(0) + f(1) + f(2) + ... by the Fourier
      transform of f at the multiples of 2 pi/h.  What is summed is the law of one count x given the next.  If it has the
      variance V(z) about the count nz, its transform at t is about exp(-V (1 - cos t)); and that count has a chance of
      about exp(-n KL(z, q)) in the first law, a binomial, and exp(-c KL(q, z)) in the last, nearly a Beta law, with c
      for which its variance is right.  Either product is to be below the tolerance for every z: V is small where z is
      rare.  (Measured against h = 1, with a tolerance of 1e-12, the error is below 1e-13.) */
  function stride(k, N, n, tolerance) {
    const q = k / N, alpha = n / (N + n), c = (n * N * (N + 2 * n)) / (N + n) ** 2;
    if (n * q < 1) return 1;
    const negligible = (t) => {
      const fall = 1 - Math.cos(t);
      for (let z = q; n * z > 0.25; z *= 0.8) {
        const binomial = 1 / (z * (1 - z)), beta = (c / n) * (q / z ** 2 + (1 - q) / (1 - z) ** 2);
        const early = n * divergence(z, q) + (fall * n) / ((1 + alpha ** 2) * binomial);
        const late = c * divergence(q, z) + (fall * n) / (beta + alpha ** 2 * binomial);
        if (Math.exp(-Math.min(early, late)) > tolerance) return false;
      }
      return true;
    };
    let h = 1;
    while (negligible((2 * Math.PI) / (h + 1))) h++;
    return h;
  }

  /** KL(x, y) = x ln(x/y) + (1 - x) ln((1 - x)/(1 - y)). */
  const divergence = (x, y) => x * Math.log(x / y) + (1 - x) * Math.log((1 - x) / (1 - y));

  // Bounds: for every m, with s~ the live tokens of the truth or of p^(1) --------------------------------------------

  /** 2n/N: each of the n samples moves at most so far. */
  const simpleBound = (N, n) => (2 * n) / N;

  /** sqrt(n (s~ - 1))/N: (18) with E||p_hat - p||_1 <= sqrt((s~ - 1)/n). */
  const sharpBound = (N, n, support) => Math.sqrt(n * (support - 1)) / N;

  /** sqrt(n (s~ - 1)/(N (N + 2n))), which stays bounded as n grows. */
  const saturatingBound = (N, n, support) => Math.sqrt(((n === Infinity ? 0.5 : n / (N + 2 * n)) * (support - 1)) / N);

  /** Theorem 3: (1/N) sqrt(pi n/2) G_n(s); Infinity beyond a float. */
  const deviationBound = (N, n, s) => Math.sqrt((Math.PI * n) / 2) * Math.exp(logG(n, s) - Math.log(N));

  /** (16), Theorem 4: (1/N) sqrt(n pi/phi(zeta)) G_n(s); spread = E lambda_1, at most 1/4, where it is Theorem 3. */
  const deviationBoundRefined = (N, n, s, spread = 0.25) =>
    Math.sqrt((n * Math.PI) / phi(zeta(N, n, spread))) * Math.exp(logG(n, s) - Math.log(N));

  /** (18): sum_{j=1}^k alpha^(k+1-j) steps[j-1], for k = 1, 2, ...; entry k-1 bounds generation k + 1. */
  function deviationChain(N, n, steps) {
    let total = 0;
    return Float64Array.from(steps, (step) => (total = (n / (N + n)) * (total + step)));
  }

  /** (19): (18) with steps sqrt(pi/(n phi(splits[j-1]))) G_n(s), splits[j-1] = E pi of p^(j). */
  const deviationBoundSum = (N, n, s, splits) =>
    deviationChain(N, n, Array.from(splits, (split) => Math.sqrt(Math.PI / (n * phi(split))) * Math.exp(logG(n, s))));

  /** zeta of (16): 1/2 - (1/2 - 2 E lambda_1)(N/(N + n))^2. */
  const zeta = (N, n, spread) => 0.5 - (0.5 - 2 * spread) * (N / (N + n)) ** 2;

  /** phi(x) = ln((1 - x)/x)/(1 - 2x), and 2 at x = 1/2. */
  function phi(x) {
    const u = 1 - 2 * x;
    if (Math.abs(u) < 1e-8) return 2;
    return (Math.abs(u) < 0.5 ? 2 * Math.atanh(u) : Math.log1p(-x) - Math.log(x)) / u;
  }

  /** (10): ln G_n(s), in its three regimes. */
  function logG(n, s) {
    const C0 = Math.E ** 3 / (2 * Math.PI), C1 = (6 * Math.E) / Math.PI ** 1.5;
    if ((C0 * n) / Math.E + 2 <= s) return Math.log(C1) + Math.log(s) + (C0 * n) / (2 * Math.E);
    if ((C0 * n) / 4 + 2 <= s) return Math.log(C1) + Math.log(s) + (s / 2) * Math.log((C0 * n) / s);
    return s * Math.LN2 + Math.log1p(-(2 ** (1 - s)));
  }

  // How much synthetic data is safe: the n for which the deviation stays below eps, for every m -----------------------

  /** The paper's answer, (11): 2 pi e^-2 min{s - 2, ln(sqrt(2) pi N eps/(6 e s))}; below 1 it allows none. */
  function largestSynthetic(N, eps, s) {
    const room = Math.log((Math.SQRT2 * Math.PI * N * eps) / (6 * Math.E * s));
    return 2 * Math.PI * Math.E ** -2 * Math.min(s - 2, room);
  }

  /** N eps/2, from `simpleBound`. */
  const largestSyntheticSimple = (N, eps) => (N * eps) / 2;

  /** N^2 eps^2/(s~ - 1), from `sharpBound`. */
  const largestSyntheticSharp = (N, eps, support) => (N * eps) ** 2 / (support - 1);

  /** N^2 eps^2/(s~ - 1 - 2 N eps^2), from `saturatingBound`; Infinity, any amount, once N >= (s~ - 1)/(2 eps^2). */
  function largestSyntheticSaturating(N, eps, support) {
    const room = support - 1 - 2 * N * eps ** 2;
    return room > 0 ? (N * eps) ** 2 / room : Infinity;
  }

  /** The largest whole n whose `stationaryDeviation` is below eps, by bisection: 0 for none, Infinity for any.

      Where it is 2,048 or more, but finite, a RangeError says that this is too much to compute.  The search is that of
      the library, which says when several n could be meant.  Mostly well below 0.1 s; near 2,048, up to one second. */
  function largestSyntheticExact(p, N, eps) {
    check(p, N, 1);
    require(eps > 0, `eps was ${eps}; it takes an L1 deviation above 0 (and 2 is the largest there is).`);
    const known = new Map();
    const below = (n) => {
      const rough = lateDeviation(p, N, n, ROUGH); // mostly that decides it
      return (Math.abs(rough - eps) > 100 * ROUGH * eps ? rough : lateDeviation(p, N, n, EXACT)) < eps;
    };
    const safe = (n) => (known.has(n) ? known : known.set(n, below(n))).get(n);
    if (safe(Infinity)) return Infinity;
    const reached = (eps / stationaryDeviation(p, N, Infinity)) ** 2; // roughly 2n/(N + 2n)
    let low = reached < 1 ? Math.min(MOST_SYNTHETIC, Math.floor((N * reached) / (2 * (1 - reached)))) : MOST_SYNTHETIC;
    let high = low + 1;
    while (low && !safe(low)) [low, high] = [Math.floor((low * 4) / 5), low];
    while (high <= MOST_SYNTHETIC && safe(high)) {
      [low, high] = [high, Math.min(Math.floor((high * 5) / 4) + 1, MOST_SYNTHETIC + 1)];
    }
    require(
      high <= MOST_SYNTHETIC || !safe(MOST_SYNTHETIC),
      `with N = ${N} and eps = ${eps} at least 2,048 synthetic tokens are safe, but not any number; exactly how many ` +
        "is too much to compute. Take a smaller eps."
    );
    while (high - low > 1) {
      const middle = Math.floor((low + high) / 2);
      if (safe(middle)) low = middle;
      else high = middle;
    }
    return low;
  }

  function check(p, N, n) {
    validated(p);
    whole(N, "N");
    whole(n, "n");
  }

  Object.assign(laws, {
    deviation, deviationSquared, stationaryDeviation,
    simpleBound, sharpBound, saturatingBound,
    deviationBound, deviationBoundRefined, deviationChain, deviationBoundSum, zeta, phi, logG,
    largestSynthetic, largestSyntheticSimple, largestSyntheticSharp, largestSyntheticSaturating, largestSyntheticExact,
  });
})(globalThis);
