/* The binomial law, to rounding: one value by Loader's saddle-point form, a whole row by its recurrence from the mode.
   Needs laws.js. */
(function part(scope) {
  "use strict";
  const collapse = scope.collapse, laws = collapse.laws;
  collapse.source.push(`(${part})(globalThis);\n`);

  /** ln k! - [ (k + 1/2) ln k - k + (1/2) ln 2 pi ], Stirling's error; for small k from the factorial itself. */
  function stirlingError(k) {
    if (k < 16) {
      let factorial = 1;
      for (let i = 2; i <= k; i++) factorial *= i;
      return Math.log(factorial) - (k + 0.5) * Math.log(k) + k - 0.5 * Math.log(2 * Math.PI);
    }
    const kk = k * k;
    return (1 / 12 - (1 / 360 - (1 / 1260 - (1 / 1680 - 1 / 1188 / kk) / kk) / kk) / kk) / k;
  }

  /** x ln(x/y) + y - x without cancellation where x is near y. */
  function relativeEntropy(x, y) {
    if (Math.abs(x - y) >= 0.1 * (x + y)) return x * Math.log(x / y) + y - x;
    const v = (x - y) / (x + y);
    let sum = (x - y) * v, power = 2 * x * v;
    for (let j = 3; ; j += 2) {
      power *= v * v;
      const next = sum + power / j;
      if (next === sum) return sum;
      sum = next;
    }
  }

  /** P(Bin(n, q) = k) (C. Loader, Fast and accurate computation of binomial probabilities, 2000). */
  function binomialProbability(k, n, q) {
    if (k < 0 || k > n) return 0;
    if (q <= 0 || q >= 1) return k === (q <= 0 ? 0 : n) ? 1 : 0;
    if (k === 0) return Math.exp(n * Math.log1p(-q));
    if (k === n) return Math.exp(n * Math.log(q));
    const exponent =
      stirlingError(n) - stirlingError(k) - stirlingError(n - k) -
      relativeEntropy(k, n * q) - relativeEntropy(n - k, n * (1 - q));
    return Math.exp(exponent) * Math.sqrt(n / (2 * Math.PI * k * (n - k)));
  }

  /** The law of Bin(n, q) where it is above `negligible`: {first, values}. */
  function binomialRow(n, q, negligible = 1e-17) {
    if (q <= 0 || q >= 1) return { first: q <= 0 ? 0 : n, values: new Float64Array([1]) };
    const mode = Math.min(n, Math.floor((n + 1) * q)), odds = q / (1 - q), row = new Float64Array(n + 1);
    row[mode] = binomialProbability(mode, n, q);
    let low = mode, high = mode;
    while (low > 0 && row[low] > negligible) row[low - 1] = (row[low] * low) / ((n - --low) * odds);
    while (high < n && row[high] > negligible) row[high + 1] = (row[high] * (n - high) * odds) / ++high;
    return { first: low, values: row.subarray(low, high + 1) };
  }

  /** E|Bin(n, q)/n - q| = 2 (1 - q) j b(j)/n with j = floor(nq) + 1 (De Moivre 1730). */
  function meanAbsoluteError(n, q) {
    const j = Math.min(Math.floor(n * q) + 1, n);
    return q < 1 ? (2 * (1 - q) * j * binomialProbability(j, n, q)) / n : 0;
  }

  /** ln B(a, b), the Beta function, for whole a, b >= 1, from Stirling's error. */
  function logBeta(a, b) {
    const s = a + b, ln = Math.log; // B(a, b) = a! b!/(a + b)! (a + b)/(a b)
    return (
      stirlingError(a) + stirlingError(b) - stirlingError(s) + 0.5 * ln(2 * Math.PI) +
      (a - 0.5) * ln(a / s) + (b - 0.5) * ln(b / s) - 0.5 * ln(s)
    );
  }

  Object.assign(laws, { binomialProbability, binomialRow, meanAbsoluteError, logBeta });
})(globalThis);
