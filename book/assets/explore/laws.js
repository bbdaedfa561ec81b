/* The exact laws of recursive training, for the live figures; the JavaScript twin of collapse_lib.theory.

   Five classic scripts, to be loaded in this order; each adds its functions to collapse.laws and needs those before it:

     laws.js        truths, the paper's formulas for sigma and the collapse time, and the exact law of that time
     binomial.js    the binomial law
     deviation.js   how far the models stray from the first one, and how much synthetic data is safe
     schedules.js   which data each generation sees, and the exact S_m that follows
     recursion.js   random numbers, and recursive training itself

   They use no page, so that they run in a worker too: collapse.source holds the text of each, and
   new Worker(URL.createObjectURL(new Blob(collapse.source))) is a worker that has them all.

   Letters, the paper's: p the truth, an array of probabilities; S0 = sum of p_i^2; n samples a generation; N real
   samples; m a generation, 0 for the truth and 1 for the first model; M the last one; s~ (support) the live tokens.
   What makes no sense is refused by a RangeError whose message is one sentence. */
(function part(scope) {
  "use strict";
  const collapse = (scope.collapse = scope.collapse || {});
  const laws = (collapse.laws = collapse.laws || {});
  (collapse.source = collapse.source || []).push(`(${part})(globalThis);\n`);

  const LOST = 1e-18; // mass that may be dropped at each step: far below the rounding of a sum to one

  // What is asked of arguments --------------------------------------------------------------------------------------

  function require(condition, sentence) {
    if (!condition) throw new RangeError(sentence);
  }

  /** A whole number of at least `least`, or a RangeError. */
  function whole(value, name, least = 1) {
    const right = Number.isInteger(value) && value >= least;
    require(right, `${name} was ${value}; it takes a whole number of at least ${least}.`);
    return value;
  }

  /** An array of probabilities, or a RangeError. */
  function validated(p) {
    let total = 0;
    for (const q of p) {
      require(q >= 0, `the distribution holds ${q}; probabilities are at least 0.`);
      total += q;
    }
    const right = Math.abs(total - 1) <= 1e-9;
    require(right, `the probabilities sum to ${total}; a distribution sums to 1 (to within 1e-9).`);
    return p;
  }

  // Truths ----------------------------------------------------------------------------------------------------------

  /** s equal probabilities. */
  function uniform(s) {
    return new Float64Array(whole(s, "s")).fill(1 / s);
  }

  /** Zipf's law: p_k proportional to k^(-exponent), k = 1..s. */
  function zipf(s, exponent = 1) {
    whole(s, "s");
    require(exponent >= 0 && exponent < Infinity, `exponent was ${exponent}; it takes a number of at least 0.`);
    return normalised(Float64Array.from({ length: s }, (_, k) => Math.exp(-exponent * Math.log(k + 1))));
  }

  /** The law proportional to exp(b levels), most probable token first, whose sum p_k^2 is sigma; b >= 0 is found by
      halving an interval.  With the levels that distributions.with_moments draws, it is the library's truth.

      b = 0 gives the least sigma, 1/support; as it grows, sigma tends to 1. */
  function withMoments(levels, sigma_) {
    const support = whole(levels.length, "support", 2), least = 1 / support;
    require(
      sigma_ >= least - 1e-15 && sigma_ < 1,
      `sigma was ${sigma_} with support = ${support}; the sum of squares of ${support} probabilities lies in ` +
        `[1/${support}, 1) = [${Number(least.toPrecision(6))}, 1).`
    );
    if (sigma_ <= least + 1e-15) return uniform(support);
    const falling = Float64Array.from(levels).sort().reverse();
    const tilted = (b) => normalised(falling.map((level) => Math.exp(b * (level - falling[0]))));
    let low = 0, high = 1;
    while (sigma(tilted(high)) < sigma_) [low, high] = [high, 2 * high];
    for (let middle = (low + high) / 2; low < middle && middle < high; middle = (low + high) / 2) {
      if (sigma(tilted(middle)) < sigma_) low = middle;
      else high = middle;
    }
    return tilted(high);
  }

  /** Falling weights as a share of their sum. */
  function normalised(weights) {
    const total = weights.reduceRight((sum, w) => sum + w, 0); // the small ones first
    return weights.map((w) => w / total);
  }

  // Statistics of a distribution ------------------------------------------------------------------------------------

  /** sigma = sum p_i^2: the chance that two draws are the same token. */
  function sigma(p) {
    let sum = 0;
    for (let i = p.length - 1; i >= 0; i--) sum += p[i] * p[i];
    return sum;
  }

  /** s~: how many tokens have a positive probability. */
  function support(p) {
    let live = 0;
    for (const q of p) if (q > 0) live++;
    return live;
  }

  /** The first index at which a share that begins at 0 reaches one half, or -1.

      What misses one half by rounding has reached it: many schedules lose exactly one half. */
  const half = (share) => share.findIndex((v) => v >= 0.5 - 1e-12);

  // Theorem 1: training on synthetic data alone ---------------------------------------------------------------------

  /** (6): S_m = 1 - (1 - 1/n)^m (1 - S_0). */
  const sigmaFullySynthetic = (S0, n, m) => 1 - (1 - 1 / n) ** m * (1 - S0);

  /** (1 - S_0)/(1 - 1/s~): the truth's diversity as a share of the largest on s~ tokens; 0 for a Dirac mass. */
  const diversity = (S0, support) => (S0 >= 1 ? 0 : (1 - S0) / (1 - 1 / support));

  /** (7): bounds of rho_m = P(T <= m), cut to [0, 1]. */
  function collapseProbabilityBounds(S0, n, m, support) {
    const left = (1 - 1 / n) ** m;
    return { lower: clip(1 - n * (1 - S0) * left), upper: clip(1 - diversity(S0, support) * left) };
  }

  /** (8): bounds of E[T], in generations. */
  function collapseTimeBounds(S0, n, support) {
    return { lower: 1 + diversity(S0, support) * (n - 1), upper: 1 + (1 - S0) * n * (n - 1) };
  }

  const clip = (x) => Math.min(1, Math.max(0, x));

  /** E[T] <= 1 + 2n sum_i w(p_i), w(x) = -(1 - x) ln(1 - x), and <= 2n - 1. */
  function collapseTimeBound(p, n) {
    whole(n, "n");
    let sum = 0;
    for (const q of p) if (q < 1) sum -= (1 - q) * Math.log1p(-q);
    return Math.min(1 + 2 * n * sum, 2 * n - 1);
  }

  // The exact law of the collapse time: n tokens have K_0 = n, K_1, K_2, ... ancestors -------------------------------
  //
  // One generation back, K tokens have as many parents as K balls hit boxes, of n: a Markov chain that does not know p.
  // The K_{m-1} ancestors that generation m has in the real corpus are independent draws from p, so that
  // rho_m = P(T <= m) = E sum_i p_i^{K_{m-1}}.

  /** Rows k = 0..n of A[k, j] = P(k balls hit j of n boxes), each as {first, values}: what is left out is below 1e-18.

      The ball k falls into a box already hit, or into a new one: A[k, j] = A[k-1, j] j/n + A[k-1, j-1] (n-j+1)/n. */
  const occupancy = remember(function (n) {
    whole(n, "n");
    const rows = [{ first: 0, values: new Float64Array([1]) }];
    for (let k = 1; k <= n; k++) {
      const { first, values } = rows[k - 1];
      const next = new Float64Array(values.length + 1);
      for (let i = 0; i < values.length; i++) {
        const j = first + i;
        next[i] += (values[i] * j) / n;
        next[i + 1] += (values[i] * (n - j)) / n;
      }
      rows.push(trimmed(first, next, LOST));
    }
    return rows;
  }, 16);

  /** The shortest stretch of a law outside of which every value is at most `negligible`. */
  function trimmed(first, values, negligible) {
    let low = 0, high = values.length;
    while (low < high - 1 && values[low] <= negligible) low++;
    while (low < high - 1 && values[high - 1] <= negligible) high--;
    return { first: first + low, values: values.subarray(low, high) };
  }

  /** Yields the laws of K_0, K_1, K_2, ...: entry i of `values` is P(K = first + i). */
  function* ancestors(n) {
    const A = occupancy(n);
    let law = { first: n, values: new Float64Array([1]) };
    for (;;) {
      yield law;
      const first = A[law.first].first;
      const last = law.first + law.values.length - 1; // K never grows
      const next = new Float64Array(last - first + 1);
      law.values.forEach((mass, i) => {
        const row = A[law.first + i];
        for (let j = 0; j < row.values.length; j++) next[row.first - first + j] += mass * row.values[j];
      });
      law = trimmed(first, next, LOST);
    }
  }

  /** sum_i p_i^k for k = 0..n: the chance that k draws from p are all the same token (k >= 1). */
  function coincidence(p, n) {
    const sums = new Float64Array(n + 1);
    let powers = Float64Array.from(validated(p)).filter((q) => q > 0), live = powers;
    sums[0] = live.length;
    for (let k = 1; k <= n; k++) {
      let sum = 0;
      for (let i = 0; i < live.length; i++) sum += powers[i];
      sums[k] = sum;
      if (sum < 1e-290) break; // what follows is 0, by way of very slow denormal numbers
      powers = powers.map((power, i) => (power < 1e-290 ? 0 : power * live[i]));
    }
    if (n >= 1) sums[1] = 1;
    return sums;
  }

  /** Exact rho_0, ..., rho_M: rho_m = E sum_i p_i^{K_{m-1}}, the chance that generation m is a Dirac mass. */
  function collapseProbability(p, n, M) {
    const same = coincidence(p, whole(n, "n")), rho = new Float64Array(whole(M, "M", 0) + 1), chain = ancestors(n);
    for (let m = 1; m <= M; m++) {
      const { first, values } = chain.next().value;
      for (let i = 0; i < values.length; i++) rho[m] += values[i] * same[first + i];
    }
    return rho;
  }

  /** Exact E[T] = 1 + h(n), where h(1) = 0 and h(k) = f(k) + sum_j A[k, j] h(j), f(k) = 1 - sum_i p_i^k.

      A is lower triangular: h is found by forward substitution. */
  function expectedCollapseTime(p, n) {
    return expectedCollapseTimes(p, [n])[0];
  }

  /** Exact E[T] at each of several n; the sums of powers of p are shared. */
  function expectedCollapseTimes(p, sizes) {
    const same = coincidence(p, Math.max(...sizes));
    return Float64Array.from(sizes, (n) => {
      const A = occupancy(n), h = new Float64Array(n + 1);
      for (let k = 2; k <= n; k++) {
        const { first, values } = A[k];
        let sum = 1 - same[k], stays = 0;
        for (let i = 0; i < values.length; i++) {
          if (first + i === k) stays = values[i];
          else sum += values[i] * h[first + i];
        }
        h[k] = sum / (1 - stays);
      }
      return 1 + h[n];
    });
  }

  // Theorem 2: N real samples kept ----------------------------------------------------------------------------------

  /** (9) corrected: 1 - S_m = (1 - 1/N)(1 - S_0) [1 + alpha + (alpha/N) beta^(m-1)]/D for m >= 1; S_0 at m = 0. */
  const sigmaPartiallySynthetic = (S0, N, n, m) => equation9(S0, N, n, m, +1);

  /** (9) as the paper prints it, with a minus sign that must be a plus. */
  const sigmaPartiallySyntheticPrinted = (S0, N, n, m) => equation9(S0, N, n, m, -1);

  function equation9(S0, N, n, m, sign) {
    if (m === 0) return S0;
    const { alpha, beta, D } = letters(N, n);
    const constant = ((1 / N) * (1 + 2 * alpha - (1 - 1 / N) * alpha * beta ** (m - 1))) / D;
    return constant + (((1 - 1 / N) * (1 + alpha + sign * (alpha / N) * beta ** (m - 1))) / D) * S0;
  }

  /** The limit of S_m, which the paper gives as a bound: 1 - (1 - 1/N)(1 + alpha)(1 - S_0)/D. */
  function sigmaPartiallySyntheticLimit(S0, N, n) {
    const { alpha, D } = letters(N, n);
    return 1 - ((1 - 1 / N) * (1 + alpha) * (1 - S0)) / D;
  }

  /** alpha = n/(N + n), the synthetic share; beta = n (n - 1)/(N + n)^2; D = 1 + (1 + 1/N) alpha. */
  function letters(N, n) {
    const alpha = n / (N + n);
    return { alpha, beta: (n * (n - 1)) / (N + n) ** 2, D: 1 + (1 + 1 / N) * alpha };
  }

  // -----------------------------------------------------------------------------------------------------------------

  /** A function of one value that remembers its last `size` answers. */
  function remember(answer, size) {
    const known = new Map();
    return function (value) {
      if (!known.has(value)) {
        known.set(value, answer(value));
        if (known.size > size) known.delete(known.keys().next().value);
      }
      return known.get(value);
    };
  }

  Object.assign(laws, {
    uniform, zipf, withMoments, sigma, support, half,
    sigmaFullySynthetic, collapseProbabilityBounds, collapseTimeBounds, collapseTimeBound,
    occupancy, ancestors, collapseProbability, expectedCollapseTime, expectedCollapseTimes,
    sigmaPartiallySynthetic, sigmaPartiallySyntheticPrinted, sigmaPartiallySyntheticLimit,
  });
  collapse.checks = { require, whole, validated, trimmed };
})(globalThis);
