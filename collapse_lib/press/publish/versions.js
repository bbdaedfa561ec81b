// Says on a page of an older version that there is a newer one, and leads to the same page there.  It runs where it
// stands, above the page's text, so nothing moves; a page's version is the name of its folder.
(function () {
  "use strict";
  var known = VERSIONS;
  var place = document.currentScript && document.currentScript.parentElement;
  var parts = location.pathname.split("/");
  var page = parts.pop() || "index.html";
  var version = decodeURIComponent(parts.pop() || "");
  if (!place || version === "latest" || version === known.newest) return;
  var same = known.pages.indexOf(page) >= 0;
  var link = document.createElement("a");
  link.href = "../latest/" + (same ? page : "index.html") + (same ? location.hash : "");
  link.textContent = same ? "Read this page there" : "This page is not in it; go to its first page";
  var words = version === "dev"
    ? "This is the version in the making; the newest release is " + known.newest + ". "
    : "This is version " + version + "; the newest is " + known.newest + ". ";
  var line = document.createElement("p");
  line.appendChild(document.createTextNode(words));
  line.appendChild(link);
  line.appendChild(document.createTextNode("."));
  place.appendChild(line);
  place.hidden = false;
})();
