/* The form on a chapter's parameter card: what stands in its fields becomes a command to copy.

   A text is read as the library's Parameter.parse reads it (collapse_lib/press/chapter.py), and what that refuses
   is refused here in the same words; tests/browser/test_parameter_card.py holds the two against each other. */

var collapseParameters = (function () {
  "use strict";

  // As in Python ---------------------------------------------------------------------------------------------------

  var SPACE = "[\\t-\\r\\x1c- \\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000]";
  var DIGITS = "[0-9](?:_?[0-9])*";
  var EDGES = new RegExp("^" + SPACE + "+|" + SPACE + "+$", "g");
  var COMMA = new RegExp(SPACE + "*," + SPACE + "*");
  var WHOLE = new RegExp("^[+-]?" + DIGITS + "$");
  var REAL = new RegExp("^[+-]?(?:" + DIGITS + "\\.?(?:" + DIGITS + ")?|\\." + DIGITS + ")(?:[eE][+-]?" + DIGITS + ")?$");

  function strip(text) { return text.replace(EDGES, ""); }

  /* Python reads the digits of every script; their zeros are ten apart in runs that begin with a zero. */
  function western(text) {
    return text.replace(/\p{Nd}/gu, function (digit) {
      var point = digit.codePointAt(0), zero = point;
      while (/\p{Nd}/u.test(String.fromCodePoint(zero - 1))) { zero -= 1; }
      return String((point - zero) % 10);
    });
  }

  function reprText(text) {
    var quote = text.indexOf("'") >= 0 && text.indexOf('"') < 0 ? '"' : "'";
    var named = { "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t" };
    var inside = Array.from(text).map(function (letter) {
      if (named[letter]) { return named[letter]; }
      if (letter === quote) { return "\\" + quote; }
      if (letter === " " || !/[\p{C}\p{Z}]/u.test(letter)) { return letter; }
      var code = letter.codePointAt(0).toString(16);
      return code.length <= 2 ? "\\x" + code.padStart(2, "0")
        : code.length <= 4 ? "\\u" + code.padStart(4, "0") : "\\U" + code.padStart(8, "0");
    });
    return quote + inside.join("") + quote;
  }

  function reprNumber(value) {
    if (typeof value === "bigint") { return String(value); }
    if (Object.is(value, -0)) { return "-0.0"; }
    var size = Math.abs(value), parts = value.toExponential().split("e"), power = Number(parts[1]);
    if (size !== 0 && (power < -4 || power >= 16)) {
      return parts[0] + "e" + (power < 0 ? "-" : "+") + String(Math.abs(power)).padStart(2, "0");
    }
    return Number.isInteger(value) ? value + ".0" : String(value);
  }

  function repr(value) {
    if (Array.isArray(value)) { return "[" + value.map(repr).join(", ") + "]"; }
    if (typeof value === "boolean") { return value ? "True" : "False"; }
    return typeof value === "string" ? reprText(value) : reprNumber(value);
  }

  // Reading a text -------------------------------------------------------------------------------------------------

  function real(text) {
    var plain = western(strip(text));
    var value = REAL.test(plain) ? Number(plain.replace(/_/g, "")) : NaN;
    if (!isFinite(value)) { throw new RangeError(text); }
    return value;
  }

  function whole(text) {
    var plain = western(strip(text));
    if (WHOLE.test(plain)) { return BigInt(plain.replace(/_|^\+/g, "")); }
    var value = real(text);
    if (!Number.isInteger(value)) { throw new RangeError(text); }
    return BigInt(value);
  }

  function flag(text) {
    var word = text.toLowerCase();
    if (["true", "yes", "on", "1"].indexOf(word) >= 0) { return true; }
    if (["false", "no", "off", "0"].indexOf(word) >= 0) { return false; }
    throw new RangeError(text);
  }

  function entries(text) {
    var inner = strip(text.replace(/^\[/, "").replace(/\]$/, ""));
    return inner ? inner.split(COMMA).filter(Boolean) : [];
  }

  var READERS = {
    "int": whole, "float": real, "bool": flag, "str": String,
    "list[int]": function (text) { return entries(text).map(whole); },
    "list[float]": function (text) { return entries(text).map(real); }
  };

  /* What a text means for a declared parameter: {value: ...}, or {refusal: "one sentence"}. */
  function parse(parameter, text) {
    function refused(given) {
      return { refusal: parameter.name + " was given " + given + "; it takes " + parameter.accepts + "." };
    }
    var value;
    try {
      value = READERS[parameter.type](strip(text));
    } catch (error) {
      if (!(error instanceof RangeError)) { throw error; }
      return refused(repr(text));
    }
    var all = Array.isArray(value) ? value : [value];
    if (!all.length && !parameter.empty) { return refused("an empty list"); }
    if (parameter.choices.length) {
      return parameter.choices.indexOf(value) >= 0 ? { value: value } : refused(repr(value));
    }
    if (typeof value !== "string") {
      for (var i = 0; i < all.length; i += 1) {
        if ((parameter.low !== null && all[i] < parameter.low) || (parameter.high !== null && all[i] > parameter.high)) {
          return refused(Array.isArray(value) ? repr(value) + ", in it " + repr(all[i]) : repr(value));
        }
      }
    }
    return { value: value };
  }

  // The command ----------------------------------------------------------------------------------------------------

  /* A word that a POSIX shell takes as it is; Python's shlex.quote. */
  function quote(word) {
    return word && !/[^\w@%+=:,./-]/.test(word) ? word : "'" + word.replace(/'/g, "'\"'\"'") + "'";
  }

  /* A list without the blanks and brackets that a shell would need quotes for; anything else as it was typed. */
  function given(parameter, text) {
    return parameter.type.indexOf("list") === 0 ? entries(strip(text)).join(",") : strip(text);
  }

  /* The command for a preset and the texts in the fields, with only what differs from the preset in it, and what the
     command line would answer to the first text that it refuses. */
  function command(declared, preset, texts) {
    var line = ["collapse run " + declared.chapter], refused = [];
    if (preset !== "paper") { line.push("--preset " + preset); }
    declared.parameters.forEach(function (parameter) {
      var read = parse(parameter, texts[parameter.name]);
      if (read.refusal) { refused.push({ name: parameter.name, sentence: read.refusal }); }
      var own = parse(parameter, declared.presets[preset][parameter.name]);
      if (read.refusal || repr(read.value) !== repr(own.value)) {
        var word = read.refusal ? strip(texts[parameter.name]) : given(parameter, texts[parameter.name]);
        line.push("-p " + parameter.name + " " + quote(word));
      }
    });
    return { line: line.join(" "), refused: refused };
  }

  // The form -------------------------------------------------------------------------------------------------------

  function start(form) {
    var declared = JSON.parse(form.querySelector("script").textContent);
    var code = form.querySelector(".command code"), answer = form.querySelector(".answer");
    var copy = form.querySelector(".copy"), preset = "paper";

    function field(name) { return form.elements["parameter-" + name]; }
    function text(name) { return field(name).type === "checkbox" ? String(field(name).checked) : field(name).value; }
    function put(parameter, value) {
      var read = parse(parameter, value);
      if (field(parameter.name).type === "checkbox") { field(parameter.name).checked = read.value === true; }
      else { field(parameter.name).value = value; }
    }

    function texts() {
      var found = {};
      declared.parameters.forEach(function (parameter) { found[parameter.name] = text(parameter.name); });
      return found;
    }

    function show() {
      var made = command(declared, preset, texts());
      code.textContent = made.line;
      form.classList.toggle("refused", made.refused.length > 0);
      copy.disabled = made.refused.length > 0;
      answer.textContent = made.refused.length ? "Error: " + made.refused[0].sentence : "";
      declared.parameters.forEach(function (parameter) {
        var bad = made.refused.some(function (each) { return each.name === parameter.name; });
        var own = parse(parameter, declared.presets[preset][parameter.name]).value;
        var input = field(parameter.name);
        input.setAttribute("aria-invalid", String(bad));
        input.setAttribute("aria-describedby", input.dataset.takes + (bad ? " " + answer.id : ""));
        input.closest("tr").classList.toggle("changed", bad || repr(parse(parameter, text(parameter.name)).value) !== repr(own));
      });
    }

    /* Another preset brings its values into the fields that stood at the old one's. */
    function take(other) {
      declared.parameters.forEach(function (parameter) {
        var now = parse(parameter, text(parameter.name)), own = parse(parameter, declared.presets[preset][parameter.name]);
        if (!now.refusal && repr(now.value) === repr(own.value)) { put(parameter, declared.presets[other][parameter.name]); }
      });
      preset = other;
      show();
    }

    /* #change-the-parameters&n=25&preset=quick fills the form in. */
    function fill() {
      var parts = window.location.hash.slice(1).split("&");
      if (parts.length < 2) { return; }
      var asked = new URLSearchParams(parts.slice(1).join("&"));
      if (Object.hasOwn(declared.presets, asked.get("preset"))) { // not what every object has, such as "constructor"
        form.elements.preset.value = asked.get("preset");
        take(asked.get("preset"));
      }
      declared.parameters.forEach(function (parameter) {
        if (asked.has(parameter.name)) { put(parameter, asked.get(parameter.name)); }
      });
      show();
      (document.getElementById(parts[0]) || form).scrollIntoView();
    }

    function copied() {
      answer.textContent = "Copied.";
    }

    function copyByHand() {
      var range = document.createRange(), selection = window.getSelection();
      range.selectNodeContents(code);
      selection.removeAllRanges();
      selection.addRange(range);
      if (document.execCommand("copy")) { copied(); } else { answer.textContent = "Selected; copy it with your keyboard."; }
    }

    form.reset(); // a browser may bring back what stood in a field before the page was loaded again
    form.addEventListener("input", function (event) {
      if (event.target.name === "preset") { take(event.target.value); } else { show(); }
    });
    form.addEventListener("submit", function (event) { event.preventDefault(); });
    form.addEventListener("reset", function () {
      window.setTimeout(function () { preset = "paper"; show(); }, 0);
    });
    copy.addEventListener("click", function () {
      if (navigator.clipboard) { navigator.clipboard.writeText(code.textContent).then(copied, copyByHand); }
      else { copyByHand(); }
    });
    window.addEventListener("hashchange", fill);
    show();
    fill();
  }

  document.addEventListener("DOMContentLoaded", function () {
    document.querySelectorAll("form.parameter-card").forEach(start);
  });

  return { parse: parse, repr: repr, quote: quote, command: command };
})();
