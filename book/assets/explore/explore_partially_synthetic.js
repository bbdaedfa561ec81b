/* Explorer: real data kept (Theorems 2 and 3, Figure 3), and how much synthetic data is safe.
 *
 * Bounds and formulas are drawn at once; the exact deviations come from the workshop, each when it is ready, and until
 * then the line of the last setting stays, faint. */
"use strict";
var collapse = globalThis.collapse || (globalThis.collapse = {});

collapse.explorers["partially-synthetic"] = function (view) {
  const {laws, say} = collapse, RUNS = 10, LAST = 50, WAIT = "…";
  const m = [...Array(LAST + 1).keys()].slice(1), ends = [1, LAST];
  const exact = collapse.workshop(() => view.redraw()), last = {};
  let apart = [], equal = [];

  const flat = (x, height) => ({x, y: [height, height]});

  /* A line if its numbers are there, else the last one, faint. */
  function line(name, x, y) {
    if (y) last[name] = {x, y};
    return y ? last[name] : last[name] && {...last[name], stale: true};
  }

  function allowed(n) {
    return n < 1 ? "none" : n === Infinity ? "any number" : say(Math.floor(n));
  }

  function draw(state, again) {
    if (!again) [apart, equal] = [[], []];
    const truth = collapse.truth(state), {p, S0, key} = truth, {N, n, eps} = state, tokens = Math.min(truth.support, N);
    exact.begin();
    const deviation = exact.get(`${key} ${N} ${n}`, "deviation", p, N, n, LAST);
    const stays = exact.get(`${key} ${N} ${n}`, "stationaryDeviation", p, N, n);
    const safe = exact.get(`${key} ${N} ${eps}`, "largestSyntheticExact", p, N, eps);
    const largest = n <= 400 ? 400 : 1000, sizes = [1, 3, 6, 10, 16, 25, 40, 60, 90, 130, 200, 300, 400, 700, 1000].filter((k) => k <= largest);
    const curve = sizes.map((k) => exact.get(`${key} ${N} ${k}`, "stationaryDeviation", p, N, k));
    exact.end();
    const known = sizes.filter((_, i) => curve[i] !== undefined);

    if (truth.warning) view.warn(truth.warning);
    const first = p.reduce((sum, q) => sum + laws.meanAbsoluteError(N, q), 0);
    view.answer("stays", stays === undefined ? WAIT : say(stays));
    view.answer("first", say(first));
    view.answer("paper", allowed(laws.largestSynthetic(N, eps, truth.support)));
    view.answer("direct", allowed(laws.largestSyntheticSharp(N, eps, tokens)));
    view.answer("saturating", allowed(laws.largestSyntheticSaturating(N, eps, tokens)));
    view.answer("exact", safe === undefined ? WAIT : safe.refused ? "over 2,048" : allowed(safe));

    const grid = [...Array(101).keys()].map((i) => (largest * i) / 100), bound = laws.saturatingBound(N, n, tokens);
    const highest = Math.min(2, 1.2 * Math.max(eps, laws.saturatingBound(N, Infinity, tokens)));
    view.charts.safe.draw({
      x: {low: 0, high: largest, label: "synthetic samples n"},
      y: {low: 0, high: highest, label: "mean deviation from the first model, in the long run"},
      series: {
        yours: line("yours", [n], stays && [stays]),
        exact: line("safe", known, known.length > 1 && curve.filter((v) => v !== undefined)),
        saturating: {x: grid, y: grid.map((k) => laws.saturatingBound(N, k, tokens))},
        direct: {x: grid, y: grid.map((k) => laws.sharpBound(N, k, tokens))}, eps: flat([0, largest], eps),
      },
      says: `The mean deviation in the long run against n, with ${N} real samples. At your n of ${n} it is `
        + (stays === undefined ? "being computed." : `${say(stays)}, ${stays < eps ? "below" : "above"} the ${say(eps)} that is allowed.`),
    });
    view.charts.deviation.draw({
      x: {low: 1, high: LAST, label: "generation m"},
      y: {low: 0, high: Math.min(2, 1.35 * Math.max(eps, bound)), label: "deviation from the first model"},
      series: {runs: apart, exact: line("deviation", m, deviation && deviation.slice(1)), saturating: flat(ends, bound), eps: flat(ends, eps)},
      says: `The deviation of generation m from the first model stays below the bound of ${say(bound)}; its exact mean at `
        + `generation ${LAST} is ${deviation ? say(deviation[LAST]) : "being computed"}. ${apart.length} simulated runs.`,
    });
    const S = m.map((k) => laws.sigmaPartiallySynthetic(S0, N, n, k)), limit = laws.sigmaPartiallySyntheticLimit(S0, N, n);
    const printed = m.map((k) => laws.sigmaPartiallySyntheticPrinted(S0, N, n, k));
    view.charts.sigma.draw({
      x: {low: 1, high: LAST, label: "generation m"},
      y: {low: 0, high: Math.min(1, 2 * limit), label: "chance σ that two tokens of the model are equal"},
      series: {runs: equal, exact: {x: m, y: S}, printed: {x: m, y: printed}, limit: flat(ends, limit)},
      says: `The mean of sigma goes from ${say(S[0])} at generation 1 to ${say(S[LAST - 1])} at generation ${LAST}; its limit `
        + `is ${say(limit)}. As printed, equation (9) begins at ${say(printed[0])}. ${equal.length} simulated runs.`,
    });
    view.command("safe_synthetic_data", {N, eps, ...truth.parameters}, truth.note);
    if (stays !== undefined) view.say(`With ${N} real and ${n} synthetic samples the mean deviation in the long run is ${say(stays)}.`);
    view.root.toggleAttribute("data-waiting", exact.busy());
  }

  function* live(state) {
    const {p} = collapse.truth(state), schedule = {kind: "PartiallySynthetic", N: state.N, n: state.n};
    for (let run = 0; run < RUNS; run++) {
      const far = {x: [], y: []}, same = {x: [], y: []};
      let first = null;
      for (const model of laws.generations(schedule, p, laws.random(1000 * state.seed + run))) {
        first = first || Float64Array.from(model);
        far.x.push(far.x.length + 1);
        far.y.push(first.reduce((sum, q, i) => sum + Math.abs(q - model[i]), 0));
        same.x.push(far.x.length);
        same.y.push(laws.sigma(model));
        if (far.x.length === LAST) break;
        yield;
      }
      apart.push(far);
      equal.push(same);
    }
    view.redraw();
  }

  return {draw, live};
};
