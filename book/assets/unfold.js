/* A link to something that is folded away unfolds it.  Without this script the browser shows what it can. */
(() => {
  const unfold = () => {
    const target = document.getElementById(location.hash.slice(1));
    let folded = false;
    for (let fold = target && target.closest("details"); fold; fold = fold.parentElement.closest("details")) {
      folded = folded || !fold.open;
      fold.open = true;
    }
    if (folded) target.scrollIntoView();
  };
  addEventListener("hashchange", unfold);
  document.addEventListener("DOMContentLoaded", unfold);
  document.addEventListener("click", (event) => {
    // the same link again changes no address
    if (event.target.closest && event.target.closest('a[href^="#"]')) setTimeout(unfold);
  });
})();
