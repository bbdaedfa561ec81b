/* Explorer: a schedule, its table of sizes, the exact mean of sigma, and simulated runs (Section 3.3, Figure 6). */
"use strict";
var collapse = globalThis.collapse || (globalThis.collapse = {});

collapse.explorers.schedules = function (view) {
  const {laws, say} = collapse, RUNS = 10, ROWS = 6;
  const known = new Map();
  const colours = JSON.parse(view.root.dataset.colours), table = view.root.querySelector(".explorer-sizes tbody");

  function draw(state) {
    const truth = collapse.truth(state), M = state.generations;
    view.root.style.setProperty("--schedule", colours[state.schedule]);
    if (truth.warning) view.warn(truth.warning);
    else if (state.schedule === "MostRecent" && state.window > state.n) {
      view.warn(`A window of ${state.window} models cannot share ${state.n} samples; it is ${state.n} here.`);
    }
    sizes(state);
    const S = mean(state, state.schedule), left = (1 - S[M]) / (1 - truth.S0);
    const half = Array.from(S).findIndex((v) => 1 - v <= (1 - truth.S0) / 2);
    view.answer("left", say(left));
    view.answer("half", half < 0 ? `after ${M}` : say(half));
    view.answer("last", say(S[M]));
    view.answer("S0", say(truth.S0));
    sigma(state, []);
    view.command(...collapse.commandOf(state, truth.parameters), truth.note);
    view.say(`After ${M} generations ${say(left)} of the diversity is left on average.`);
  }

  /* S_0, ..., S_M of a schedule; the diversities, which take the time, are remembered. */
  function mean(state, kind) {
    const schedule = collapse.schedule(state, kind), M = state.generations, key = JSON.stringify([schedule, M]);
    const {S0} = collapse.truth(state);
    if (kind === "FullySynthetic") return Array.from({length: M + 1}, (_, m) => laws.sigmaFullySynthetic(S0, state.n, m));
    if (known.size > 40) known.clear();
    if (!known.has(key)) known.set(key, laws.diversities(schedule, M));
    return known.get(key).map((d) => 1 - d * (1 - S0));
  }

  /* The first rows of the table: generation m is trained on so many samples of each source t. */
  function sizes(state) {
    const schedule = collapse.schedule(state);
    [...table.rows].forEach((line, i) => {
      const row = laws.sizes(schedule, i + 1), largest = Math.max(...row);
      for (let t = 0; t < ROWS; t++) {
        const cell = line.cells[t + 1], value = t < row.length ? row[t] : 0;
        cell.textContent = value ? say(Number(Number(value).toPrecision(3))) : "";
        cell.style.setProperty("--share", value ? `${Math.round(12 + (28 * value) / largest)}%` : "0%");
      }
    });
  }

  function sigma(state, lines) {
    const {S0} = collapse.truth(state), M = state.generations, m = [...Array(M + 1).keys()], series = {runs: lines};
    for (const kind of Object.keys(colours)) series[kind] = {x: m, y: mean(state, kind)};
    series.exact = series[state.schedule];
    view.charts.sigma.draw({
      x: {low: 0, high: M, label: "generation m"},
      y: {low: 0, high: 1, label: "chance σ that two tokens of the model are equal"},
      series,
      says: `The mean of sigma under this schedule goes from ${say(S0)} to ${say(series.exact.y[M])} at generation ${M}; `
        + `the other schedules are at ${Object.keys(colours).filter((k) => k !== state.schedule).map((k) => say(series[k].y[M])).join(", ")}.`,
    });
  }

  function* live(state) {
    const {p, S0} = collapse.truth(state), schedule = collapse.schedule(state), lines = [];
    for (let run = 0; run < RUNS; run++) {
      const line = {x: [0], y: [S0]};
      for (const model of laws.generations(schedule, p, laws.random(1000 * state.seed + run))) {
        line.x.push(line.x.length);
        line.y.push(laws.sigma(model));
        if (line.x.length > state.generations) break;
        yield;
      }
      lines.push(line);
      sigma(state, lines);
      yield "frame";
    }
  }

  return {draw, live};
};
