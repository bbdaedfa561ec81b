/* Explorer: a schedule, its table of sizes, the exact mean of the diversity that is left, and simulated runs (Section 4.2, Figure 6). */
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
    const d = mean(state, state.schedule), half = laws.half(d.map((v) => 1 - v));
    view.answer("left", say(d[M]));
    view.answer("half", half < 0 ? `after ${M}` : say(half));
    view.answer("last", say(1 - d[M] * (1 - truth.S0)));
    view.answer("S0", say(truth.S0));
    diversity(state, []);
    view.command(...collapse.commandOf(state, truth.parameters), truth.note);
    view.say(`After ${M} generations ${say(d[M])} of the diversity is left on average.`);
  }

  /* d_0, ..., d_M of a schedule, the mean shares of the diversity that are left, remembered. */
  function mean(state, kind) {
    const schedule = collapse.schedule(state, kind), M = state.generations, key = JSON.stringify([schedule, M]);
    if (known.size > 40) known.clear();
    if (!known.has(key)) known.set(key, laws.diversities(schedule, M));
    return known.get(key);
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

  /* A single run may have more diversity than the truth, but no more than where all live tokens are equally likely. */
  function diversity(state, lines) {
    const {S0, support} = collapse.truth(state), most = (1 - 1 / support) / (1 - S0), M = state.generations, m = [...Array(M + 1).keys()], series = {runs: lines};
    for (const kind of Object.keys(colours)) series[kind] = {x: m, y: mean(state, kind)};
    series.exact = series[state.schedule];
    view.charts.left.draw({
      x: {low: 0, high: M, label: "generation m"},
      y: {low: 0, high: Math.min(2, most), label: "share of the diversity 1 − σ that is left"},
      series,
      says: `Of the diversity a share is left that falls, under this schedule, from 1 to ${say(series.exact.y[M])} on average at generation ${M}; `
        + `the other schedules are at ${Object.keys(colours).filter((k) => k !== state.schedule).map((k) => say(series[k].y[M])).join(", ")}.`,
    });
  }

  function* live(state) {
    const {p, S0} = collapse.truth(state), schedule = collapse.schedule(state), lines = [];
    for (let run = 0; run < RUNS; run++) {
      const line = {x: [0], y: [1]};
      for (const model of laws.generations(schedule, p, laws.random(1000 * state.seed + run))) {
        line.x.push(line.x.length);
        line.y.push((1 - laws.sigma(model)) / (1 - S0));
        if (line.x.length > state.generations) break;
        yield;
      }
      lines.push(line);
      diversity(state, lines);
      yield "frame";
    }
  }

  return {draw, live};
};
