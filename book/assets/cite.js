/* The buttons that copy a reference.  Where a page may not write to the clipboard, an old way is tried; where that
   fails too, the reference is selected, for the reader's own Ctrl+C. */
(() => {
  const copiedTheOldWay = (text) => {
    const area = document.createElement("textarea");
    area.value = text;
    area.setAttribute("readonly", "");
    area.style.cssText = "position: fixed; top: 0; opacity: 0;";
    document.body.append(area);
    area.select();
    let done = false;
    try { done = document.execCommand("copy"); } catch { /* then it is selected */ }
    area.remove();
    return done;
  };

  const copied = async (text) => {
    try {
      await navigator.clipboard.writeText(text);
      return true;
    } catch {
      return copiedTheOldWay(text);
    }
  };

  const prepare = (button) => {
    const reference = document.getElementById(button.dataset.copies);
    const status = document.createElement("span");
    status.setAttribute("role", "status");
    button.after(status);
    button.hidden = false;
    button.addEventListener("click", async () => {
      const done = await copied(reference.textContent.trim());
      button.focus();
      if (!done) getSelection().selectAllChildren(reference);
      status.textContent = done ? "Copied" : "Selected: press Ctrl+C";
      setTimeout(() => { status.textContent = ""; }, 4000);
    });
  };

  document.addEventListener("DOMContentLoaded", () => document.querySelectorAll("button.copies").forEach(prepare));
})();
