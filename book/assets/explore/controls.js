/* The controls of an explorer: their values, the same in the address, and what is wrong in words.
 *
 * The page holds the controls (explorers/widgets.py writes them), so names, ranges and defaults are read from it.
 * `collapse.controls(root, changed)` returns {state, reset, newRuns}; `changed(event)` is called after each change.  The address
 * after # is the whole state, n=50&truth=zipf&seed=1; what it cannot be is refused with a sentence and the default used. */
"use strict";
var collapse = globalThis.collapse || (globalThis.collapse = {});

/* A number to four digits; `shown` in explorers/widgets.py is its twin. */
collapse.say = function (value) {
  if (value === Infinity) return "any number";
  if (Math.abs(value) >= 1000) return Math.round(value).toLocaleString("en-GB");
  return value > 0 && value < 1e-4 ? "< 0.0001" : String(Number(value.toPrecision(4)));
};

collapse.controls = function (root, changed) {
  const message = root.querySelector(".explorer-message");
  const controls = {};
  for (const place of root.querySelectorAll("[data-control]")) controls[place.dataset.control] = control(place);
  for (const [name, most] of Object.entries(JSON.parse(root.dataset.counters))) controls[name] = counter(most);
  const names = Object.keys(controls);
  const state = Object.fromEntries(names.map((name) => [name, controls[name].fallback]));
  let writing = 0;

  /* A number (two inputs) or a choice.  `read` gives its value from a text, or undefined where it is none. */
  function control(place) {
    const name = place.dataset.control, when = JSON.parse(place.dataset.when || "{}");
    const list = place.querySelector("select");
    if (list) {
      const options = [...list.options].map((option) => option.value);
      list.addEventListener("input", (event) => set(name, list.value, event));
      return {
        place, when, fallback: options[0], takes: `one of ${options.join(", ")}`,
        read: (text) => (options.includes(text) ? text : undefined),
        show: (value) => { list.value = value; },
      };
    }
    const slider = place.querySelector("[type=range]"), exact = place.querySelector("[type=number]");
    const [low, high, step] = [slider.min, slider.max, slider.step].map(Number), whole = Number.isInteger(step);
    const read = (text) => {
      const value = text.trim() === "" ? NaN : Number(text);
      return value >= low && value <= high && (!whole || Number.isInteger(value)) ? value : undefined;
    };
    const takes = `${whole ? "a whole number" : "a number"} from ${low} to ${high}`;
    slider.addEventListener("input", (event) => set(name, Number(slider.value), event));
    exact.addEventListener("input", (event) => {
      const value = read(exact.value);
      exact.toggleAttribute("aria-invalid", value === undefined);
      if (value !== undefined) set(name, value, event, exact);
    });
    exact.addEventListener("change", () => {
      if (read(exact.value) !== undefined) return;
      refuse([`${slider.dataset.plain} takes ${takes}; ${exact.value ? `${exact.value} is none` : "that was none"}, so it stays at ${state[name]}.`]);
      exact.removeAttribute("aria-invalid");
      exact.value = state[name];
    });
    return {
      place, when, fallback: Number(slider.defaultValue), takes, read,
      show: (value, typedIn) => {
        slider.value = value;
        if (typedIn !== exact) exact.value = value;
      },
    };
  }

  /* A whole number with no place on the page, such as the seed, which "New runs" changes. */
  function counter(most) {
    return {
      when: {}, fallback: 0, takes: `a whole number from 0 to ${most}`, show() {},
      read: (text) => (/^\d{1,6}$/.test(text) && Number(text) <= most ? Number(text) : undefined),
    };
  }

  const applies = (name) => Object.entries(controls[name].when).every(([other, values]) => values.includes(state[other]));

  function show(typedIn) {
    for (const name of names) {
      controls[name].show(state[name], typedIn);
      if (controls[name].place) controls[name].place.hidden = !applies(name);
    }
  }

  function set(name, value, event, typedIn) {
    state[name] = value;
    refuse([]);
    show(typedIn);
    clearTimeout(writing);
    writing = setTimeout(write, 150);
    changed(event);
  }

  function refuse(sentences) {
    message.textContent = sentences.join(" ");
  }

  function address() {
    return `#${names.map((name) => `${name}=${encodeURIComponent(state[name])}`).join("&")}`;
  }

  function write() {
    clearTimeout(writing);
    if (location.hash !== address()) history.replaceState(null, "", address());
  }

  /* Take the state from the address; an address without "=" is a place on the page and none of ours. */
  function fromAddress(event) {
    if (!location.hash.includes("=") || location.hash === address()) return;
    const given = new URLSearchParams(location.hash.slice(1).replace(/\+/g, "%2B")), wrong = [];
    for (const name of names) state[name] = controls[name].fallback;
    for (const [name, text] of given) {
      if (!Object.hasOwn(controls, name)) {
        wrong.push(`The link names "${name}", which is not among ${names.join(", ")}.`);
        continue;
      }
      const value = controls[name].read(text);
      if (value === undefined) wrong.push(`The link gives ${name} = "${text}", which takes ${controls[name].takes}; it is ${state[name]} here.`);
      else state[name] = value;
    }
    show();
    refuse(wrong);
    changed(event);
  }

  addEventListener("hashchange", fromAddress);
  show();
  fromAddress();
  return {
    state, set, write, refuse,
    link: () => location.href.replace(/#.*$/, "") + address(),
    newRuns: (event) => set("seed", (state.seed + 1) % 1000000, event),
    reset: (event) => {
      for (const name of names) state[name] = controls[name].fallback;
      set("seed", 0, event);
    },
  };
};
