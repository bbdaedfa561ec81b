/* Explorer: 81 contexts on three tokens, generation after generation (Figure 1).
 *
 * Every context is a generator of its own; a generation is one step of all of them.  The generation that is shown is in
 * the address, so a link leads to the same picture.  Points glide from place to place, unless less motion is asked for. */
"use strict";
var collapse = globalThis.collapse || (globalThis.collapse = {});

collapse.explorers.simplex = function (view) {
  const {laws, say, element} = collapse, CONTEXTS = 81, MOST = 500;
  const colours = JSON.parse(view.root.dataset.colours), box = view.charts.simplex.box;
  const calm = matchMedia("(prefers-reduced-motion: reduce)");
  const truths = JSON.parse(view.root.dataset.truths); // those of the chapter's Figure 1
  let world = null, timer = 0;

  /* For each truth the generator of its models. */
  function begin(state, key) {
    const schedule = collapse.schedule(state);
    const chains = truths.map((p, j) => laws.generations(schedule, p, laws.random(1000 * state.seed + j)));
    const S0 = mean(truths.map(laws.sigma));
    world = {key, chains, models: truths, m: 0, S0, left: [1], exact: [1], schedule};
  }

  function advance(to) {
    while (world.m < to) {
      world.models = world.chains.map((chain) => Array.from(chain.next().value));
      world.m += 1;
      world.left.push((1 - mean(world.models.map(laws.sigma))) / (1 - world.S0));
    }
  }

  function draw(state) {
    const key = ["schedule", "n", "real", "window", "draw", "seed"].map((name) => state[name]).join();
    view.root.style.setProperty("--schedule", colours[state.schedule]);
    if (!world || world.key !== key || world.m > state.m) begin(state, key);
    if (state.schedule === "MostRecent" && state.window > state.n) {
      view.warn(`A window of ${state.window} models cannot share ${state.n} samples; it is ${state.n} here.`);
    }
    advance(state.m);
    const collapsed = world.models.filter((p) => Math.max(...p) === 1).length;
    const edge = world.models.filter((p) => Math.min(...p) === 0).length;
    const last = Math.max(40, Math.ceil(world.m / 40) * 40);
    if (world.exact.length <= last) world.exact = laws.diversities(world.schedule, last);
    view.answer("m", say(world.m));
    view.answer("collapsed", `${collapsed} of ${CONTEXTS}`);
    view.answer("edge", `${edge} of ${CONTEXTS}`);
    view.answer("left", say(world.left[world.m]));
    view.answer("exact", say(world.exact[world.m]));
    triangle(`${CONTEXTS} points in a triangle at generation ${world.m}: ${edge} lie on its edge, ${collapsed} of these in a corner.`);
    view.charts.left.draw({
      x: {low: 0, high: last, label: "generation m"}, y: {low: 0, high: 1, label: "share of the diversity 1 − σ that is left"},
      series: {measured: {x: world.left.map((_, i) => i), y: world.left}, exact: {x: [...world.exact.keys()], y: world.exact}},
      says: `Of the diversity ${say(world.left[world.m])} is left in these contexts at generation ${world.m}; the exact mean is ${say(world.exact[world.m])}.`,
    });
    if (state.schedule === "FullySynthetic") view.command("recursive_training", {n: state.n, generations: Math.max(4, world.m || 40)});
    else view.command(...collapse.commandOf(state, {}), "Figure 1 in its chapter is fully synthetic; this one has the schedule.");
    if (!timer) view.say(`Generation ${world.m}: ${collapsed} of ${CONTEXTS} contexts are in a corner.`);
  }

  /* Points are made once and moved, so that they glide. */
  function triangle(says) {
    const width = box.clientWidth, height = box.clientHeight, side = Math.min(width - 40, (height - 60) / 0.866);
    const corners = [[-side / 2, 0.866 * side], [side / 2, 0.866 * side], [0, 0]].map(([h, v]) => [h + width / 2, v + 28]);
    const size = `0 0 ${width} ${height}`;
    let svg = box.querySelector("svg.live");
    if (!svg || svg.getAttribute("viewBox") !== size) {
      svg = element("svg", {class: "live", viewBox: size, role: "img"});
      const axes = element("g", {class: "axes"});
      axes.append(element("path", {d: `M${corners.map((c) => c.join(" ")).join("L")}Z`}));
      corners.forEach(([h, v], i) => axes.append(element("text", {class: "corner", x: [Math.max(2, h - 30), Math.min(width - 2, h + 30), h][i], y: i === 2 ? v - 10 : v + 20, "text-anchor": i === 2 ? "middle" : ["start", "end"][i]})));
      svg.append(axes);
      for (let j = 0; j < CONTEXTS; j++) svg.append(element("circle", {class: "context", r: 4.5}));
      box.replaceChildren(svg);
    }
    svg.setAttribute("aria-label", says);
    svg.querySelectorAll(".corner").forEach((name, i) => {
      const here = world.models.filter((p) => p[i] === 1).length;
      name.textContent = `token ${i + 1}${here ? `: ${here} context${here === 1 ? "" : "s"}` : ""}`;
    });
    svg.querySelectorAll("circle").forEach((point, j) => {
      const p = world.models[j], [h, v] = [0, 1].map((d) => p.reduce((sum, q, i) => sum + q * corners[i][d], 0));
      point.setAttribute("fill", hue(truths[j]));
      point.style.transform = `translate(${h.toFixed(1)}px, ${v.toFixed(1)}px)`;
    });
  }

  /* The colour of a truth: each corner has its own, and the others lie between. */
  function hue(p) {
    const mix = [[46, 127, 193], [197, 106, 21], [42, 145, 101]];
    return `rgb(${[0, 1, 2].map((c) => Math.round(p.reduce((sum, q, i) => sum + q * mix[i][c], 0))).join(" ")})`;
  }

  function mean(values) {
    return values.reduce((sum, v) => sum + v, 0) / values.length;
  }

  function go(to, event) {
    const {state, set} = view.controls;
    set("m", Math.min(MOST, to), event);
    if (state.m >= MOST) pause();
  }

  function pause() {
    clearInterval(timer);
    timer = 0;
    view.button("play").textContent = "Play";
    view.refresh();
  }

  function play() {
    timer = setInterval(() => go(view.controls.state.m + 1), calm.matches ? 800 : 120);
    view.button("play").textContent = "Pause";
  }

  view.button("play").addEventListener("click", () => (timer ? pause() : play()));
  view.button("step").addEventListener("click", (event) => { pause(); go(view.controls.state.m + 1, event); });
  view.button("leap").addEventListener("click", (event) => { pause(); go(view.controls.state.m + 10, event); });
  view.button("restart").addEventListener("click", (event) => { pause(); go(0, event); });
  addEventListener("resize", () => view.refresh());
  view.charts.simplex.rows = (panel) => world.models.flatMap((p, j) => [0, 1, 2].map((i) => [
    panel, "run", `context ${j + 1}, token ${i + 1}, m = ${world.m}`, i + 1, p[i], "", ""]));
  return {draw};
};
