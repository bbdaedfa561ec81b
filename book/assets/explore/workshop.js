/* What takes long is computed beside the page, in a worker, so that a slider never waits for it.
 *
 * `collapse.workshop(answered)` returns {begin, get}.  Before each picture `begin()` forgets what is still wanted;
 * `get(key, law, ...arguments)` is the answer of collapse.laws[law] if it is there, or undefined, and then it is asked
 * for, and `answered()` is called when it has come.  What the laws refuse is answered by {refused: sentence}. */
"use strict";
var collapse = globalThis.collapse || (globalThis.collapse = {});

collapse.workshop = function (answered) {
  const known = new Map(), PATIENCE = 100, MOST = 400;
  let worker = null, running = null, started = 0, queue = [];

  /* Runs inside the worker, after the laws' own sources. */
  function work() {
    globalThis.onmessage = ({data: [key, law, given]}) => {
      let answer;
      try {
        answer = globalThis.collapse.laws[law](...given);
      } catch (error) {
        answer = {refused: error.message};
      }
      globalThis.postMessage([key, answer]);
    };
  }

  function hire() {
    const source = [...collapse.source, `(${work})();`];
    const made = new Worker(URL.createObjectURL(new Blob(source, {type: "text/javascript"})));
    made.onmessage = ({data: [key, answer]}) => {
      running = null;
      if (known.size >= MOST) known.delete(known.keys().next().value);
      known.set(key, answer);
      next();
      answered();
    };
    return made;
  }

  function next() {
    if (running || !queue.length) return;
    const job = queue.shift();
    worker = worker || hire();
    running = job[0];
    started = performance.now();
    worker.postMessage(job);
  }

  return {
    begin() {
      queue = [];
    },
    /* To be called when all has been asked for: work that nobody waits for any more is broken off. */
    end() {
      if (running && performance.now() - started > PATIENCE && queue.length && !queue.some(([key]) => key === running)) {
        worker.terminate();
        worker = running = null;
      }
      queue = queue.filter(([key]) => key !== running);
      next();
    },
    get(key, law, ...given) {
      const name = `${law} ${key}`;
      if (known.has(name)) return known.get(name);
      queue.push([name, law, given]);
      return undefined;
    },
    busy: () => Boolean(running),
  };
};
