/* What all explorers share: from a change to a picture, the runs that follow, and the buttons.
 *
 * An explorer is a function in `collapse.explorers`, by its name on the page, of a view; it returns
 *   draw(state, again)  the exact laws, at once; `again` where the state is the same as before
 *   live(state)         a generator that simulates, yielding after each small piece of work; it is given a few
 *                  milliseconds of every frame until it ends or the reader changes something
 * The view has the charts, `answer(name, value)`, `command(chapter, parameters)`, `say(sentence)` and the controls. */
"use strict";
var collapse = globalThis.collapse || (globalThis.collapse = {});
collapse.explorers = {};

collapse.SLICE = 8; // milliseconds of a frame that simulated runs may take

collapse.start = function (root) {
  const charts = {}, limits = JSON.parse(root.dataset.commands), spoken = root.querySelector(".explorer-spoken");
  for (const figure of root.querySelectorAll("[data-chart]")) charts[figure.dataset.chart] = collapse.chart(figure);
  const button = (name) => root.querySelector(`[data-button="${name}"]`);
  let asked = 0, since = 0, runs = null, speaking = 0;

  const view = {
    root, charts, button,
    answer: (name, text) => { root.querySelector(`output[name="${name}"]`).textContent = text; },
    /* One sentence for those who listen, when the reader has stopped changing things. */
    say: (sentence) => {
      clearTimeout(speaking);
      speaking = setTimeout(() => { spoken.textContent = sentence; }, 900);
    },
    warn: (sentence) => controls.refuse([sentence]),
    /* The command of a chapter, each parameter brought into what the chapter takes. */
    command: (chapter, parameters, note = "") => {
      const cut = [];
      const words = Object.entries(parameters).map(([name, value]) => {
        const [low, high] = (limits[chapter] || {})[name] || [-Infinity, Infinity];
        const list = [].concat(value), kept = list.filter((v) => v >= low && v <= high);
        if (kept.length === list.length || typeof list[0] === "string") return `-p ${name} ${list.join(",")}`;
        const nearest = Math.min(Math.max(list[0], low), high);
        cut.push(`The chapter takes ${name} from ${low} to ${high}.`);
        return `-p ${name} ${kept.length ? kept.join(",") : nearest}`;
      });
      root.querySelector(".explorer-command code").textContent = ["collapse run", chapter, ...words].join(" ");
      root.querySelector(".explorer-note").textContent = [...cut, note].join(" ").trim();
    },
    refresh: (event) => changed(event),
    /* The same state again, with something more to show; the runs go on. */
    redraw: () => explorer.draw(controls.state, true),
  };
  const explorer = {draw() {}, ...collapse.explorers[root.dataset.explorer](view)};
  const controls = collapse.controls(root, (event) => changed(event));
  view.controls = controls;

  function changed(event) {
    if (!asked) {
      since = event ? event.timeStamp : performance.now();
      asked = requestAnimationFrame(draw);
    }
  }

  function draw() {
    asked = 0;
    explorer.draw(controls.state, false);
    root.dataset.latency = (performance.now() - since).toFixed(1);
    delete root.dataset.settled;
    const idle = !runs;
    runs = explorer.live ? explorer.live(controls.state) : [][Symbol.iterator]();
    if (idle) requestAnimationFrame(simulate);
  }

  function simulate() {
    const until = performance.now() + collapse.SLICE;
    for (let step = runs.next(); ; step = runs.next()) {
      if (step.done) {
        runs = null;
        root.dataset.settled = "";
        return;
      }
      if (step.value === "frame" || performance.now() > until) break;
    }
    requestAnimationFrame(simulate);
  }

  const told = (which, words) => {
    const before = which.textContent;
    which.textContent = words;
    setTimeout(() => { which.textContent = before; }, 1500);
  };
  button("runs").addEventListener("click", (event) => controls.newRuns(event));
  button("reset").addEventListener("click", (event) => controls.reset(event));
  button("link").addEventListener("click", async () => {
    controls.write();
    told(button("link"), (await copied(controls.link())) ? "Copied" : "Copy it from the address bar");
  });
  button("command").addEventListener("click", async () => {
    const text = root.querySelector(".explorer-command code").textContent;
    told(button("command"), (await copied(text)) ? "Copied" : "Select it to copy");
  });
  button("csv").addEventListener("click", () => {
    const rows = Object.values(charts).flatMap((chart, i) => chart.rows(i + 1));
    const text = [["panel", "kind", "series", "x", "y", "low", "high"], ...rows].map((row) => row.map(quoted).join(",")).join("\n") + "\n";
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([text], {type: "text/csv"}));
    link.download = `${root.dataset.explorer}.csv`;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
  });
  changed();
};

function quoted(cell) {
  return /[",]/.test(cell) ? `"${String(cell).replace(/"/g, '""')}"` : cell;
}

/* Put a text on the clipboard; a page opened as a file may have to do it in the old way. */
async function copied(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const area = document.createElement("textarea"), before = document.activeElement;
    area.value = text;
    document.body.append(area);
    area.select();
    const done = document.execCommand("copy");
    area.remove();
    before.focus();
    return done;
  }
}

addEventListener("DOMContentLoaded", () => document.querySelectorAll("[data-explorer]").forEach(collapse.start));
