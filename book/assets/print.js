// Paper is white: in the dark theme, too, a page is printed in the light one.
(() => {
  const page = document.documentElement;
  let theme = null;
  addEventListener("beforeprint", () => {
    theme ??= page.dataset.theme;
    page.dataset.theme = "light";
  });
  addEventListener("afterprint", () => {
    if (theme !== null) page.dataset.theme = theme;
    theme = null;
  });
})();
