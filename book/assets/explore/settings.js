/* What the controls of several explorers describe: a truth, a schedule, and the chapter to run. */
"use strict";
var collapse = globalThis.collapse || (globalThis.collapse = {});

/* The truth, remembered until it changes: {p, S0, key, support, warning, parameters, note}.  `parameters` are the chapters' own for a
 * truth with these moments; where S0 is given, or all tokens are equal, it is this very one, from the numbers that the library draws. */
collapse.truth = (function () {
  let known = "", truth = null, levels = null;
  return function (state) {
    const {laws, say} = collapse, key = [state.truth, state.support, state.S0, state.exponent].join();
    if (key === known) return truth;
    const least = 1 / state.support, refused = state.truth === "moments" && state.S0 < least;
    levels = levels || JSON.parse(document.querySelector("[data-levels]").dataset.levels);
    const p = state.truth === "zipf" ? laws.zipf(state.support, state.exponent)
      : state.truth === "uniform" || refused ? laws.uniform(state.support) : laws.withMoments(levels.slice(0, state.support), state.S0);
    const uniform = state.truth === "uniform" || refused || (state.truth === "zipf" && state.exponent === 0);
    const S0 = uniform ? least : state.truth === "moments" ? state.S0 : laws.sigma(p);
    known = key;
    truth = {
      p, S0, key, support: state.support,
      warning: refused ? `On ${state.support} tokens S₀ is at least ${say(least)}, where all are equally likely; that truth is used.` : "",
      parameters: {support: state.support, sigma: uniform ? least : state.truth === "zipf" ? Number(S0.toPrecision(6)) : S0},
      note: uniform ? "" : state.truth === "zipf" ? "The chapter draws a truth at random with this s̃ and S₀; it is not the same one."
        : "The chapter has this same truth, which its seed 0 draws.",
    };
    return truth;
  };
})();

/* The schedule that the controls describe, as the laws take it. */
collapse.schedule = function (state, kind = state.schedule) {
  const {n, real, draw} = state, window = Math.min(state.window, n);
  return {
    FullySynthetic: {kind, n},
    PartiallySynthetic: {kind, N: real, n},
    MostRecent: {kind, n, window, draw},
    RandomlySampled: {kind, n},
    Accumulate: {kind, n, draw},
  }[kind];
};

/* The chapter that simulates a schedule, as arguments of `view.command`. */
collapse.commandOf = function (state, truth) {
  const {n, window, generations} = state, more = generations ? {generations} : {};
  return state.schedule === "PartiallySynthetic"
    ? ["partially_synthetic", {N: state.real, n, ...more, ...truth}]
    : ["any_schedule", {n, window, ...more, ...truth}];
};
