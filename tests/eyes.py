"""What a page is asked in a browser, in the browser's own language; each answer lists what is wrong."""

from pathlib import Path

import axe_playwright_python

LOOK = """() => {
  const article = document.querySelector('article') || document.querySelector('main');
  const shown = e => e.checkVisibility({opacityProperty: true, visibilityProperty: true});
  const name = e => e.tagName + '.' + e.className + ': ' + e.textContent.trim().slice(0, 60);
  return {
    math: article.querySelectorAll('.math').length,
    raw: [...article.querySelectorAll('.math')].filter(e => !e.querySelector('mjx-container')).map(name),
    errors: [...document.querySelectorAll('mjx-merror, [data-mjx-error]')].map(name),
    typeset: article.querySelectorAll('mjx-container').length,
    left: (article.innerText.match(/\\\\[()]/g) || []).length,
    wide: document.documentElement.scrollWidth - window.innerWidth,
    scrolling: [...article.querySelectorAll('*')].filter(e => shown(e) && e.clientWidth > 0
      && e.scrollWidth > e.clientWidth + 1 && /auto|scroll/.test(getComputedStyle(e).overflowX)).map(name),
    nameless: [...article.querySelectorAll('svg')].filter(e => !e.closest('mjx-container') && shown(e)
      && e.getAttribute('aria-hidden') !== 'true' && !(e.getAttribute('role') === 'img'
      && (e.getAttribute('aria-label') || '').trim())).length,
    unlabelled: [...article.querySelectorAll('img')].filter(e => !e.alt).length,
  };
}"""

CONTRAST = """() => {
  const channels = colour => {
    const found = colour.match(/[\\d.]+/g).map(Number);
    return found.length === 4 ? found : [...found, 1];
  };
  const over = (top, below) => [0, 1, 2].map(i => top[i] * top[3] + below[i] * (1 - top[3])).concat(1);
  const ground = e => {
    const layers = [];
    for (; e; e = e.parentElement) layers.push(channels(getComputedStyle(e).backgroundColor));
    return layers.reverse().reduce((below, top) => over(top, below), [255, 255, 255, 1]);
  };
  const luminance = c => [0.2126, 0.7152, 0.0722].reduce((sum, weight, i) => {
    const share = c[i] / 255;
    return sum + weight * (share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4);
  }, 0);
  const contrast = e => {
    const below = ground(e);
    const pair = [luminance(over(channels(getComputedStyle(e).color), below)), luminance(below)];
    return (Math.max(...pair) + 0.05) / (Math.min(...pair) + 0.05);
  };
  const written = e => [...e.childNodes].some(n => n.nodeType === 3 && n.textContent.trim());
  const shown = e => e.checkVisibility({opacityProperty: true, visibilityProperty: true});
  const article = document.querySelector('article') || document.querySelector('main');
  const faint = [...article.querySelectorAll('*')].filter(e => shown(e) && !e.closest('svg')
    && (written(e) || e.tagName === 'MJX-CONTAINER') && contrast(e) < 4.5);
  return {
    theme: document.documentElement.dataset.theme,
    ground: luminance(ground(article)),
    faint: faint.map(e => e.tagName + '.' + e.className + ' ' + contrast(e).toFixed(2) + ': '
      + e.textContent.trim().slice(0, 40)),
    figures: [...article.querySelectorAll('svg[role=img]')].map(contrast),
  };
}"""

SHIFTS = """
window.moved = {sum: 0, what: []};
new PerformanceObserver(list => {
  for (const entry of list.getEntries()) {
    moved.sum += entry.value;
    if (entry.value > 0.005) moved.what.push(entry.value.toFixed(3) + ' ' + entry.sources.slice(0, 2).map(
      source => source.node ? source.node.nodeName + '.' + source.node.className : '?').join(', '));
  }
}).observe({type: 'layout-shift', buffered: true});
"""
"""Run before a page is; `moved` holds its cumulative layout shift, and what moved."""

STILL = """async () => {
  if (window.MathJax) await MathJax.startup.promise;
  await document.fonts.ready;
  for (let i = 0; i < 8; i++) await new Promise(done => setTimeout(() => requestAnimationFrame(done), 20));
}"""
"""Wait until mathematics is set, fonts are there and some frames were drawn."""

DRAWN = "() => document.querySelectorAll('svg[role=img], mjx-math').forEach(e => e.replaceChildren())"
"""Empty figures and set formulas: nothing in them is for assistive technology, and they take axe's time."""

HIDDEN = """() => document.querySelectorAll('mjx-assistive-mml, details:not([open]) > :not(summary)').forEach(
  e => e.replaceChildren())"""
"""Empty what is not to be seen: what is folded, and the formulas that are spoken."""

AXE = (
    (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text(encoding="utf-8")
    + """;
{
  // A page has few colours, and axe-core reads each of them thousands of times: a third of its time.
  const {prototype} = axe.commons.color.Color, read = prototype.parseString, known = new Map();
  prototype.parseString = function (text) {
    if (known.has(text)) return Object.assign(this, known.get(text));
    const colour = read.call(this, text), {r, g, b, alpha} = colour;
    known.set(text, {r, g, b, alpha});
    return colour;
  };
}
axe.version"""
)
"""axe-core, to be evaluated once in a page before it is asked."""

ASK_AXE = """async rules => {
  const asked = {resultTypes: ['violations'], ...(rules.length ? {runOnly: rules} : {})};
  const {violations} = await axe.run(document, asked);
  return violations.map(v => [v.id, v.nodes.length, v.nodes[0].target.join(' '), v.nodes[0].failureSummary]);
}"""
"""What axe-core finds by some of its rules (by all default ones if none is named): rule, how often, an example."""

OPEN = "() => document.querySelectorAll('details.solution').forEach(one => { one.open = true; })"
"""Open the solutions of a chapter's exercises."""

BAD_PAGE = """<!DOCTYPE html><html data-theme="light"><body style="background: #fff"><article style="width: 300px">
<p style="color: #999">Faint.</p>
<p style="opacity: 0; color: #fff">Not to be seen, so not to be read.</p>
<div style="background: rgba(0, 0, 0, 0.9)"><p style="color: #222">Dark on dark.</p></div>
<pre style="overflow-x: auto; width: 200px">A line of code that is too long for its place on the page.</pre>
<div style="width: 3000px">Too wide.</div>
<span class="math">\\(raw\\)</span><mjx-container><mjx-merror>bad</mjx-merror></mjx-container>
<svg width="9" height="9"></svg><svg width="9" height="9" role="img" aria-label="A dot" style="color: #ddd"></svg>
<img width="9" height="9"><button></button></article></body></html>"""
