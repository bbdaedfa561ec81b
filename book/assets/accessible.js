(() => {
  "use strict";

  // The text from the first formula on is hidden until its mathematics is set, so that nothing moves under the
  // reader's eyes; at most ten seconds, and never where scripts do not run.
  const page = document.documentElement;
  const show = () => page.classList.remove("typesetting");
  page.classList.add("typesetting");
  setTimeout(show, 10000);

  // The theme takes the focus from a button that was pressed. Whoever pressed it with a key stays on it, and is back
  // on it when the menu or the search that it opened is closed.
  const keepFocus = () => {
    let pressed = null;
    const buttons = document.querySelectorAll(".primary-toggle, .secondary-toggle, .search-button__button, .theme-switch-button");
    buttons.forEach((button) => button.addEventListener("click", (event) => {
      pressed = button;
      if (event.detail === 0) setTimeout(() => document.querySelector("dialog[open]") || button.focus());
    }, true));
    document.querySelectorAll("dialog").forEach((dialog) => dialog.addEventListener("close", () => {
      if (pressed && pressed.offsetParent) pressed.focus();
    }));
  };

  document.addEventListener("DOMContentLoaded", () => {
    keepFocus();
    const set = window.MathJax && window.MathJax.startup && window.MathJax.startup.promise;
    if (set) set.then(show, show);
    else show();
  });
})();
