/* Explorer: training on synthetic data alone (Theorem 1, Figure 2). */
"use strict";
var collapse = globalThis.collapse || (globalThis.collapse = {});

collapse.explorers["fully-synthetic"] = function (view) {
  const {laws, say} = collapse, RUNS = 12;
  let curve = null; // Figure 2 does not change with n, but for its range

  /* The mean collapse time at some sizes up to `largest`. */
  function figure2(truth, largest) {
    if (curve && curve.truth === truth && curve.largest === largest) return curve;
    const sizes = [2, 10, 50, 100, 150, 200, 250, 300, 350, 400, 600, 800, 1000].filter((n) => n <= largest);
    const grid = [...Array(101).keys()].map((i) => 2 + ((largest - 2) * i) / 100);
    const bounds = grid.map((n) => laws.collapseTimeBounds(truth.S0, n, truth.support));
    curve = {truth, largest, exact: {x: sizes, y: laws.expectedCollapseTimes(truth.p, sizes)},
      lower: {x: grid, y: bounds.map((b) => b.lower)}, upper: {x: grid, y: bounds.map((b) => b.upper)}};
    return curve;
  }

  /* Generations from 1 to `last`: all, or about 240 of them. */
  function some(last) {
    const step = Math.ceil(last / 240), found = [];
    for (let k = 1; k < last; k += step) found.push(k);
    return [...found, last];
  }

  function draw(state) {
    const truth = collapse.truth(state), {p, S0, support} = truth, n = state.n;
    const T = laws.expectedCollapseTime(p, n), bounds = laws.collapseTimeBounds(S0, n, support);
    if (truth.warning) view.warn(truth.warning);
    view.answer("T", say(T));
    view.answer("lower", say(bounds.lower));
    view.answer("upper", say(bounds.upper));
    view.answer("twice", say(2 * n));
    view.answer("S0", say(S0));

    const largest = n <= 400 ? 400 : 1000, {exact, lower, upper} = figure2(truth, largest);
    view.charts["figure-2"].draw({
      x: {low: 0, high: largest, label: "samples n in each generation"},
      y: {low: 0, high: 2 * largest, label: "mean collapse time E[T], generations"},
      series: {exact, lower, upper,
        twice: {x: [0, largest], y: [0, 2 * largest]}, yours: {x: [n], y: [T]}},
      says: `The mean collapse time against n. With your n of ${n} it is ${say(T)} generations; `
        + `the paper's bounds are ${say(bounds.lower)} and ${say(bounds.upper)}, and 2n is ${2 * n}.`,
    });

    const last = Math.max(10, Math.min(6 * n, 3000)), m = some(last), rho = laws.collapseProbability(p, n, last);
    const around = m.map((k) => laws.collapseProbabilityBounds(S0, n, k, support));
    const half = laws.half(rho);
    view.answer("half", half < 0 ? `> ${say(last)}` : say(half));
    view.charts.probability.draw({
      x: {low: 0, high: last, label: "generation m"},
      y: {low: 0, high: 1, label: "probability of total collapse by generation m"},
      series: {exact: {x: m, y: m.map((k) => rho[k])},
        upper: {x: m, y: around.map((b) => b.upper)}, lower: {x: m, y: around.map((b) => b.lower)}},
      says: `The probability of total collapse against the generation. It reaches one half at generation ${half} `
        + `and is ${say(rho[last])} at generation ${last}.`,
    });
    diversity(state, truth, []);
    view.command("fully_synthetic", {n, ...truth.parameters,
      sizes: [...new Set([10, 50, 100, 150, 200, 250, 300, 350, 400, n])].sort((a, b) => a - b)}, truth.note);
    view.say(`n = ${n}: the mean collapse time is ${say(T)} generations.`);
  }

  function diversity(state, {S0}, lines) {
    const last = 4 * state.n, m = [0, ...some(last)], S = laws.sigmaFullySynthetic(S0, state.n, last);
    view.charts.sigma.draw({
      x: {low: 0, high: last, label: "generation m"},
      y: {low: 0, high: 1, label: "chance σ that two tokens of the model are equal"},
      series: {runs: lines, exact: {x: m, y: m.map((k) => laws.sigmaFullySynthetic(S0, state.n, k))}},
      says: `The chance that two tokens are equal: its mean rises from ${say(S0)} to ${say(S)} at generation ${last}; `
        + `${lines.length} simulated runs wander around it.`,
    });
  }

  function* live(state) {
    const truth = collapse.truth(state), last = 4 * state.n, lines = [];
    for (let run = 0; run < RUNS; run++) {
      const line = {x: [0], y: [truth.S0]};
      lines.push(line);
      for (const p of laws.generations({kind: "FullySynthetic", n: state.n}, truth.p, laws.random(1000 * state.seed + run))) {
        const sigma = laws.sigma(p);
        line.x.push(line.x.length);
        line.y.push(sigma);
        if (sigma === 1) line.x.push(last), line.y.push(1);
        if (line.x.length > last || sigma === 1) break;
        yield;
      }
      diversity(state, truth, lines);
      yield "frame";
    }
  }

  return {draw, live};
};
