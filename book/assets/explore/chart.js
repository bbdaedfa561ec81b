/* A chart in plain SVG, in the book's grammar: theory a line, single runs thin lines, a bound dashed or dotted.
 *
 * `collapse.chart(figure)` finds the legend and the box that the page already has, and returns
 *   draw({x, y, series, says})   x, y: {low, high, label}; series: {name: {x: [...], y: [...]}}, the names being
 *                                the legend's; a "run" has a list of lines; says: the picture in words
 *   rows(panel)                  what is drawn, in the columns of the book's CSV files
 * One unit is one pixel of the screen, so text has the same size on a telephone. */
"use strict";
var collapse = globalThis.collapse || (globalThis.collapse = {});

collapse.element = function (tag, attributes, text) {
  const made = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const name in attributes) made.setAttribute(name, attributes[name]);
  if (text !== undefined) made.textContent = text;
  return made;
};

/* Round numbers from low to high, about `count` of them: steps of 1, 2 or 5 times a power of ten. */
collapse.ticks = function (low, high, count) {
  const rough = (high - low) / count, power = 10 ** Math.floor(Math.log10(rough));
  const step = power * [1, 2, 5, 10].find((k) => k * power >= rough * (1 - 1e-9));
  const ticks = [];
  for (let i = Math.ceil(low / step - 1e-9); i * step <= high + step * 1e-9; i++) ticks.push(+(i * step).toPrecision(12));
  return ticks;
};

collapse.chart = function (figure) {
  const box = figure.querySelector(".explorer-box");
  const legend = [...figure.querySelectorAll("[data-series]")].map((item) => ({
    name: item.dataset.series, kind: item.dataset.kind, label: item.textContent.trim(), item, style: item.getAttribute("style") || "",
  }));
  const {element, ticks, say} = collapse;
  const left = 46, right = 14, top = 26, bottom = 40;
  let latest = null;

  function draw(picture) {
    latest = picture;
    const width = box.clientWidth, height = box.clientHeight;
    if (!width || !height) return;
    const {x, y} = picture;
    const across = (v) => left + ((v - x.low) / (x.high - x.low)) * (width - left - right);
    const up = (v) => height - bottom - ((v - y.low) / (y.high - y.low)) * (height - top - bottom);
    const svg = element("svg", {viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": picture.says});
    const clip = `clip-${figure.dataset.chart}`, frame = element("g", {class: "axes"});
    const plot = element("g", {"clip-path": `url(#${clip})`});
    const inside = element("clipPath", {id: clip});
    inside.append(element("rect", {x: left, y: top - 6, width: width - left - right + 7, height: height - top - bottom + 7}));

    for (const v of ticks(x.low, x.high, Math.max(2, width / 90))) {
      frame.append(element("path", {d: `M${across(v)} ${height - bottom}v5`}));
      frame.append(element("text", {x: across(v), y: height - bottom + 18, "text-anchor": "middle"}, say(v)));
    }
    for (const v of ticks(y.low, y.high, Math.max(2, height / 60))) {
      frame.append(element("path", {class: "grid", d: `M${left} ${up(v)}H${width - right}`}));
      frame.append(element("text", {x: left - 7, y: up(v) + 4, "text-anchor": "end"}, say(v)));
    }
    frame.append(element("path", {d: `M${left} ${top}V${height - bottom}H${width - right}`}));
    frame.append(element("text", {x: width - right, y: height - 5, "text-anchor": "end"}, x.label));
    frame.append(element("text", {x: 2, y: 13}, y.label));

    for (const {name, kind, item, style} of legend) {
      const series = picture.series[name];
      item.hidden = !series;
      if (!series) continue;
      for (const line of [series].flat()) {
        const points = [...line.x].map((v, i) => [across(v), up(line.y[i])]).filter(([, h]) => isFinite(h));
        if (kind === "mark") {
          for (const [cx, cy] of points) {
            plot.append(element("path", {class: "guide", d: `M${cx} ${height - bottom}V${cy}H${left}`}));
            plot.append(element("circle", {class: "series-mark", cx, cy, r: 6, opacity: line.stale ? 0.3 : 1}));
          }
        } else if (points.length) {
          plot.append(element("path", {class: `series-${kind}`, d: path(points), style: line.stale ? `${style}; opacity: 0.3` : style}));
        }
      }
    }
    svg.append(inside, frame, plot);
    box.replaceChildren(svg);
  }

  function rows(panel) {
    if (!latest) return [];
    return legend.flatMap(({name, kind, label}) => {
      const series = latest.series[name] || [], several = Array.isArray(series);
      const word = {line: "theory", thin: "theory", mark: "theory", run: "run"}[kind] || "bound";
      return (several ? series : [series]).flatMap((line, i) => [...line.x].map((v, j) => [
        panel, word, several ? `${label} ${i}` : label, v, line.y[j], "", ""]));
    });
  }

  if (globalThis.ResizeObserver) new ResizeObserver(() => latest && draw(latest)).observe(box);
  return {box, draw, rows};
};

/* A path through points in pixels; of those nearer than half a pixel to the last one drawn only one is kept. */
function path(points) {
  let d = "", last = -Infinity;
  points.forEach(([h, v], i) => {
    if (h - last < 0.5 && i < points.length - 1) return;
    d += `${d ? "L" : "M"}${h.toFixed(1)} ${Math.max(-1e4, Math.min(1e4, v)).toFixed(1)}`;
    last = h;
  });
  return d;
}
