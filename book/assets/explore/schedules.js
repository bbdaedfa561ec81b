/* Which data each generation sees, and the exact S_m that follows: the twin of collapse_lib.schedules and
   theory.moments.  Needs laws.js.

   A schedule is one of

     {kind: "FullySynthetic", n}                  n samples of the last model
     {kind: "PartiallySynthetic", N, n}           the N real samples always, and n of the last model
     {kind: "MostRecent", n, window, draw}        floor(n/window) samples of each of the last `window` models
     {kind: "RandomlySampled", n}                 n samples, each of a model picked at random from the whole past
     {kind: "Accumulate", n, draw}                n real samples, and n of every model so far

   with draw "kept" (pool t is drawn once from p^(t) and used again; the default) or "fresh" (drawn anew for every row).
   The real corpus is always drawn once. */
(function part(scope) {
  "use strict";
  const collapse = scope.collapse, laws = collapse.laws;
  const { require, whole } = collapse.checks;
  collapse.source.push(`(${part})(globalThis);\n`);

  const KINDS = {
    FullySynthetic: { sizes: ["n"], row: ({ n }, m) => only(m, m - 1, n) },
    PartiallySynthetic: { sizes: ["N", "n"], row: ({ N, n }, m) => only(m, m - 1, n).fill(N, 0, 1) },
    MostRecent: {
      sizes: ["n", "window"],
      row: ({ n, window }, m) => new Float64Array(m).fill(Math.floor(n / window), Math.max(0, m - window)),
    },
    RandomlySampled: { sizes: ["n"], row: ({ n }, m) => new Float64Array(m).fill(n / m) },
    Accumulate: { sizes: ["n"], row: ({ n }, m) => new Float64Array(m).fill(n) },
  };

  /** m zeros but for one entry. */
  const only = (m, t, size) => new Float64Array(m).fill(size, t, t + 1);

  /** Row m: n_0^(m), ..., n_{m-1}^(m), in tokens (for "mixed" rows: on the mean). */
  function sizes(schedule, m) {
    checked(schedule);
    return KINDS[schedule.kind].row(schedule, whole(m, "m"));
  }

  /** How a row is read: "kept", "fresh" or "mixed". */
  function drawOf(schedule) {
    if (schedule.kind === "RandomlySampled") return "mixed";
    if (schedule.kind === "MostRecent" || schedule.kind === "Accumulate") return schedule.draw || "kept";
    return "fresh"; // both readings agree where no row uses a model twice
  }

  /** The schedule itself, or a RangeError. */
  function checked(schedule) {
    const { kind, draw } = schedule;
    require(kind in KINDS, `there is no schedule '${kind}'; known: ${Object.keys(KINDS).join(", ")}.`);
    for (const name of KINDS[kind].sizes) whole(schedule[name], name);
    require([undefined, "kept", "fresh"].includes(draw), `draw was '${draw}'; it is 'kept' or 'fresh'.`);
    require(
      kind !== "MostRecent" || schedule.window <= schedule.n,
      `a window of ${schedule.window} models cannot share ${schedule.n} samples: give a window of at most ` +
        `${schedule.n}, or more samples.`
    );
    return schedule;
  }

  /** Exact S_0, ..., S_M under any schedule: S_m = 1 - d_m (1 - S_0). */
  const sigmas = (schedule, S0, M) => diversities(schedule, M).map((d) => 1 - d * (1 - S0));

  /** d_0, ..., d_M, the mean share of the diversity 1 - S_0 that is left: the chance that the lines of descent of two
      tokens of p^(m) never meet in one sample. */
  function diversities(schedule, M) {
    checked(schedule);
    whole(M, "M", 0);
    return drawOf(schedule) === "mixed" ? mixed(schedule.n, M) : remembering(schedule, M);
  }

  /** Kept and fresh rows.  r[t][u]: the chance that the lines of a token of source t and of one of source u never meet.

      Within a batch of n_t samples two tokens are the same sample with chance 1/n_t.  With w_t = n_t^(m)/n^(m),
      d_m = sum_{t,u} w_t w_u r[t][u] - sum_t w_t^2 r[t][t]/n_t; and r[u][m] = sum_t w_t r[u][t], less w_u r[u][u]/n_u
      if the samples of u in row m are those that u itself stands for: always for the real ones, and for pools kept. */
  function remembering(schedule, M) {
    const d = new Float64Array(M + 1), r = [], kept = drawOf(schedule) === "kept";
    d[0] = 1;
    r[0] = new Float64Array(M + 1);
    r[0][0] = 1;
    for (let m = 1; m <= M; m++) {
      const row = sizes(schedule, m), total = row.reduce((sum, size) => sum + size);
      const last = sizes(schedule, m + 1); // who is still named after this row
      r[m] = new Float64Array(M + 1);
      for (let u = 0; u < m; u++) {
        if (!(row[u] || last[u])) continue;
        const beside = r[u], one = row[u] ? 1 : 0; // the one sample of u that the two may share
        let others = 0;
        for (let t = 0; t < m; t++) if (t !== u) others += row[t] * beside[t];
        const apart = (others + (row[u] - one) * beside[u]) / total; // nothing is subtracted: no digits are lost
        d[m] += (apart * row[u]) / total;
        r[u][m] = r[m][u] = kept || u === 0 ? apart : (others + row[u] * beside[u]) / total;
      }
      r[m][m] = d[m];
    }
    return d;
  }

  /** Random sampling: total = sum_{t,u<m} r[t][u], d_m = (1 - 1/n)(total + 1/n)/m^2. */
  function mixed(n, M) {
    const d = new Float64Array(M + 1).fill(1, 0, 1);
    let total = 1 - 1 / n;
    for (let m = 1; m <= M; m++) {
      d[m] = ((1 - 1 / n) * (total + 1 / n)) / m ** 2;
      total += (2 * total) / m + d[m];
    }
    return d;
  }

  Object.assign(laws, { sizes, sigmas, diversities });
  Object.assign(collapse.checks, { drawOf, checked });
})(globalThis);
