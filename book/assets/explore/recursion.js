/* Random numbers, and recursive training itself, equation (5): the twin of collapse_lib.recursion.  Needs laws.js,
   binomial.js and schedules.js.

   A random stream is a function that returns the next number, uniform on [0, 1).  One seed gives one stream, on every
   machine, so what is drawn can be drawn again. */
(function part(scope) {
  "use strict";
  const collapse = scope.collapse, laws = collapse.laws;
  const { whole, validated, checked, drawOf } = collapse.checks;
  collapse.source.push(`(${part})(globalThis);\n`);

  // Random numbers --------------------------------------------------------------------------------------------------

  /** The stream of a whole seed, 0 <= seed < 2^53: 53 bits of xoshiro128** (Blackman and Vigna 2021) a number, its
      state filled by splitmix32 (Steele, Lea and Flood 2014, in 32 bits with the finalizer of MurmurHash3). */
  function random(seed) {
    whole(seed, "seed", 0);
    const mix = splitmix32(seed >>> 0, Math.floor(seed / 2 ** 32));
    const next = xoshiro128(mix(), mix(), mix(), mix());
    return () => ((next() >>> 5) * 67108864 + (next() >>> 6)) / 9007199254740992; // 27 bits, then 26
  }

  /** xoshiro128**: a function that returns the next whole number of 32 bits. */
  function xoshiro128(a, b, c, d) {
    const rotate = (x, k) => (x << k) | (x >>> (32 - k));
    return function () {
      const result = Math.imul(rotate(Math.imul(b, 5), 7), 9) >>> 0, t = b << 9;
      c ^= a;
      d ^= b;
      b ^= c;
      a ^= d;
      c ^= t;
      d = rotate(d, 11);
      return result;
    };
  }

  /** Numbers of 32 bits that differ much for seeds that differ little; `high` are the upper 21 bits of the seed. */
  function splitmix32(low, high) {
    let state = (low ^ Math.imul(high, 0x85ebca6b)) | 0;
    return function () {
      state = (state + 0x9e3779b9) | 0;
      let z = state;
      z = Math.imul(z ^ (z >>> 16), 0x85ebca6b);
      z = Math.imul(z ^ (z >>> 13), 0xc2b2ae35);
      return (z ^ (z >>> 16)) >>> 0;
    };
  }

  /** Bin(n, q): a uniform number is used up from the mode outwards, in about sqrt(n q (1 - q)) steps (Kemp 1986). */
  function binomial(rng, n, q) {
    if (n === 0 || q <= 0) return 0;
    if (q >= 1) return n;
    const mode = Math.min(n, Math.floor((n + 1) * q)), odds = q / (1 - q);
    let low = mode, high = mode, left = rng();
    let below = laws.binomialProbability(mode, n, q), above = below;
    if (left < below) return mode;
    left -= below;
    for (;;) {
      if (high < n) {
        above *= ((n - high) * odds) / ++high;
        if (left < above) return high;
        left -= above;
      }
      if (low > 0) {
        below *= low / ((n - low + 1) * odds);
        low--;
        if (left < below) return low;
        left -= below;
      }
      if ((low === 0 && high === n) || Math.max(above, below) < 1e-20) return mode; // what rounding has left over
    }
  }

  /** Counts of n draws with chances in proportion to `weights`: one binomial a token.  A weight of 0 is never drawn. */
  function multinomial(rng, n, weights) {
    const counts = new Float64Array(weights.length), rest = new Float64Array(weights.length + 1);
    for (let i = weights.length - 1; i >= 0; i--) rest[i] = rest[i + 1] + weights[i]; // no difference, so no remainder
    for (let i = 0; n > 0; i++) {
      counts[i] = rest[i + 1] > 0 ? binomial(rng, n, weights[i] / rest[i]) : n;
      n -= counts[i];
    }
    return counts;
  }

  /** Counts of `size` tokens of a corpus, taken without replacement. */
  function subset(rng, size, corpus) {
    const taken = new Float64Array(corpus.length);
    let left = corpus.reduce((sum, count) => sum + count, 0);
    for (; size > 0; size--, left--) {
      let pick = Math.floor(rng() * left), i = 0;
      for (; pick >= corpus[i] - taken[i]; i++) pick -= corpus[i] - taken[i];
      taken[i]++;
    }
    return taken;
  }

  // Recursive training ----------------------------------------------------------------------------------------------
  //
  // A corpus is an array of token counts, over the tokens that the real corpus has: no others can ever appear.  Where
  // every model is trained on counts, the counts serve as the model too.

  /** Yields p^(1), p^(2), ... for ever, each an array of the length of p. */
  function* generations(schedule, p, rng) {
    const { live, corpora } = training(schedule, p, rng);
    for (const counts of corpora) yield law(counts, live, p.length);
  }

  /** The tokens of the real corpus, and an iterator over the training sets of generations 1, 2, ... */
  function training(schedule, p, rng) {
    checked(schedule);
    const size = laws.sizes(schedule, 1)[0], drawn = multinomial(rng, size, validated(p));
    const live = Uint32Array.from(drawn.keys()).filter((i) => drawn[i] > 0);
    return { live, corpora: READINGS[drawOf(schedule)](schedule, Float64Array.from(live, (i) => drawn[i]), rng) };
  }

  /** The distribution on s tokens with these counts of the live ones. */
  function law(counts, live, s) {
    const p = new Float64Array(s), total = sum(counts);
    live.forEach((token, i) => (p[token] = counts[i] / total));
    return p;
  }

  const READINGS = {
    /** Pool t is drawn once, when a row first names it, and used again by later rows. */
    *kept(schedule, real, rng) {
      const pools = new Map([[0, real]]);
      for (let m = 1, model = null; ; m++) {
        const row = laws.sizes(schedule, m);
        if (m > 1 && row[m - 1]) pools.set(m - 1, multinomial(rng, row[m - 1], model));
        yield (model = pooled(real.length, row, (t) => pools.get(t)));
        for (const t of pools.keys()) if (t && !row[t]) pools.delete(t);
      }
    },

    /** Every row draws anew from the earlier models; the real corpus is used again. */
    *fresh(schedule, real, rng) {
      const models = new Map();
      for (let m = 1; ; m++) {
        const row = laws.sizes(schedule, m);
        const model = pooled(real.length, row, (t) => (t ? multinomial(rng, row[t], models.get(t)) : real));
        yield model;
        for (const t of models.keys()) if (!row[t]) models.delete(t);
        models.set(m, model);
      }
    },

    /** Every sample picks its source uniformly from the past.  All training sets have one size, so that a token of a
        model picked uniformly is a token of all training sets together. */
    *mixed({ n }, real, rng) {
      const past = real.slice();
      yield real;
      for (let m = 2; ; m++) {
        const fromReal = binomial(rng, n, 1 / m);
        const corpus = subset(rng, fromReal, real);
        multinomial(rng, n - fromReal, past).forEach((count, i) => (corpus[i] += count));
        yield corpus;
        corpus.forEach((count, i) => (past[i] += count));
      }
    },
  };

  /** The sum of the corpora that a row names. */
  function pooled(length, row, corpus) {
    const counts = new Float64Array(length);
    for (let t = 0; t < row.length; t++) {
      if (!row[t]) continue;
      const more = corpus(t);
      for (let i = 0; i < length; i++) counts[i] += more[i];
    }
    return counts;
  }

  const sum = (counts) => {
    let total = 0;
    for (let i = 0; i < counts.length; i++) total += counts[i];
    return total;
  };

  /** One run: what is measured at generations 0..M, 0 being the truth.

      sigma       sigma_m = ||p^(m)||_2^2
      deviation   ||p^(m) - p^(1)||_1; at 0 the distance from the truth to the first model
      collapsed   T, the first generation m >= 1 that is a Dirac mass, or Infinity if none of these is
      last        p^(M) */
  function simulate(schedule, p, M, rng) {
    const sigma = new Float64Array(whole(M, "generations") + 1), deviation = new Float64Array(M + 1);
    const { live, corpora } = training(schedule, p, rng);
    let collapsed = Infinity, m = 0, first = null, counts = null;
    sigma[0] = laws.sigma(p);
    for (counts of corpora) {
      m++;
      const total = sum(counts);
      first = first || { counts, total };
      let squares = 0, apart = 0;
      for (let i = 0; i < counts.length; i++) {
        squares += counts[i] * counts[i];
        apart += Math.abs(counts[i] / total - first.counts[i] / first.total);
      }
      sigma[m] = squares / (total * total);
      deviation[m] = apart;
      if (squares === total * total) collapsed = Math.min(collapsed, m);
      if (m === M) break;
    }
    const model = law(first.counts, live, p.length);
    for (let i = 0; i < p.length; i++) deviation[0] += Math.abs(p[i] - model[i]);
    return { sigma, deviation, collapsed, last: law(counts, live, p.length) };
  }

  /** T of one fully synthetic run of n samples a generation, which ends with probability one. */
  function collapseTime(p, n, rng) {
    let counts = multinomial(rng, whole(n, "n"), validated(p)), m = 1;
    for (; !counts.includes(n); m++) counts = multinomial(rng, n, counts.filter((count) => count > 0));
    return m;
  }

  Object.assign(laws, { random, xoshiro128, binomial, multinomial, generations, simulate, collapseTime });
})(globalThis);
