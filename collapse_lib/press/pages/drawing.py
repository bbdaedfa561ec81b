"""A figure's SVG, made small enough to stand in a page: the same picture in about half the bytes.

Matplotlib writes one point a line, in absolute coordinates, with an id on every group.  Here a path goes from
point to point by differences, in whole tenths of a printer's point where it is long (hundredths where it is short,
such as a marker's outline); points that lie on the way to the next are left out; neighbours that look the same say
so once; and only ids that something refers to stay, under short names.  What is rounded is the points, so the error
does not add up along a path.

The files that a reader downloads are matplotlib's own.
"""

from __future__ import annotations

import functools
import hashlib
import itertools
import re

LOOK = r' (?:style|clip-path)="[^"]*"'

LONG = 12
"""Points from which on a path's coordinates are rounded to tenths."""


def slim(svg: str, name: str) -> str:
    """The SVG of the figure `name` for a page that holds several: smaller, and with ids of its own."""
    svg = re.sub(r"<\?xml.*?\?>|<!.*?>|<metadata>.*?</metadata>", "", svg, flags=re.DOTALL)
    svg = re.sub(r'\bd="([^"]*)"', lambda path: f'd="{shorter(path[1])}"', svg)
    svg = re.sub(r"""(<use [^>]*)transform="translate\(([-\d.]+) ([-\d.]+)\)"/>""", r"""\1x="\2" y="\3"/>""", svg)
    svg = re.sub(r'(translate\([^)]*\)|\b(?:x|y|width|height)="[-\d.]+")', _two_decimals, svg)
    svg = svg.replace(' x="0"', "").replace(' y="0"', "").replace("xlink:href", "href")
    svg = re.sub(r'style="[^"]*"', lambda style: style[0].replace(": ", ":").replace("; ", ";"), svg)
    svg = re.sub(r"<style.*?</style>", "", svg, flags=re.DOTALL)
    svg = re.sub(r' xmlns(:xlink)?="[^"]*"| version="[^"]*"', "", svg)
    svg = re.sub(r">\s+<", "><", svg)
    svg = re.sub(r"\s+/>", "/>", svg)
    svg = _short_ids(svg, "f" + hashlib.sha256(name.encode()).hexdigest()[:4])
    svg = _said_once(re.sub(r"<defs></defs>|<g/>", "", svg))
    # what matplotlib says of all elements in a style, which would hold for the whole page
    return svg.replace("<svg", '<svg stroke-linejoin="round" stroke-linecap="butt"', 1).strip()


@functools.lru_cache(maxsize=4096)
def shorter(path: str) -> str:
    """A path in relative coordinates; `path` has the commands M, L, Q, C (all absolute) and z.

    >>> shorter("M 10 20 L 30.004 20 L 40 20 L 40 20.5 z")
    'M10 20h30v.5z'
    """
    words = re.findall(r"[A-Za-z]|-?[\d.]+(?:e-?\d+)?", path)
    decimals = 1 if len(words) > 3 * LONG and not set(words) & {"C", "Q"} else 2
    unit = 10**decimals
    steps: list[tuple[str, tuple[int, ...]]] = []
    at, command, i = (0, 0), "", 0
    while i < len(words):
        if words[i].isalpha():
            command, i = words[i], i + 1
        if command in "zZ":
            steps.append(("z", ()))
            continue
        size = {"M": 2, "L": 2, "Q": 4, "C": 6}[command]
        points = [round(float(word) * unit) for word in words[i : i + size]]
        i += size
        if command == "M":
            steps.append(("M", tuple(points)))
        else:
            step = tuple(value - at[k % 2] for k, value in enumerate(points))
            last, before = steps[-1]
            if command == "L" and last == "l" and _onwards(before, step):
                steps[-1] = ("l", (before[0] + step[0], before[1] + step[1]))
            elif command != "L" or any(step) or last == "M":
                steps.append((command.lower(), step))
        at = (points[-2], points[-1])
    return _written(steps, decimals)


def _onwards(before: tuple[int, ...], step: tuple[int, ...]) -> bool:
    """Whether a step goes on in the very direction of the one before."""
    (a, b), (c, d) = before, step
    return a * d == b * c and a * c + b * d > 0


def _written(steps: list[tuple[str, tuple[int, ...]]], decimals: int) -> str:
    """The path as text: a command is named once for all its repetitions, a minus sign separates too."""
    text, named = [], ""
    for command, values in steps:
        if command == "l" and 0 in values:
            command, values = ("h", values[:1]) if values[1] == 0 else ("v", values[1:])
        numbers = [_number(value, decimals) for value in values]
        first = "" if command == named and (not numbers or numbers[0].startswith("-")) else " "
        text.append(command if command != named or not numbers else first)
        text.append("".join(n if k == 0 or n.startswith("-") else f" {n}" for k, n in enumerate(numbers)))
        named = {"M": ""}.get(command, command)
    return "".join(text)


def _number(value: int, decimals: int) -> str:
    """A number of tenths or hundredths, as short as it can be."""
    text = f"{value / 10**decimals:.{decimals}f}".rstrip("0").rstrip(".")
    return re.sub(r"^(-?)0\.", r"\1.", text)


def _said_once(svg: str) -> str:
    """Hand to a group what all of its neighbouring paths have: style and clipping."""
    svg = re.sub(r"<g>(<(?:path|use)\b[^>]*/>)</g>", r"\1", svg)
    return re.sub(r"(?:<(?:path|use)\b[^>]*/>){2,}", lambda found: _grouped(found[0]), svg)


def _grouped(elements: str) -> str:
    text = []
    each = re.findall(r"<[^>]*/>", elements)
    for look, alike in itertools.groupby(each, _look):
        same = list(alike)
        if len(same) > 1 and look:
            same = [f"<g{look}>", *(re.sub(LOOK, "", element) for element in same), "</g>"]
        text += same
    return "".join(text)


def _look(element: str) -> str:
    """What a group can say for an element: not its opacity, nor anything where others refer to it alone."""
    look = "".join(re.findall(LOOK, element))
    return "" if " id=" in element or re.search(r"[\";]opacity", look) else look


def _two_decimals(found: re.Match[str]) -> str:
    return re.sub(r"-?\d+\.\d+", lambda number: f"{float(number[0]):.2f}".rstrip("0").rstrip("."), found[0])


def _short_ids(svg: str, prefix: str) -> str:
    """Drop the ids that nothing refers to, and number the others."""
    used = dict.fromkeys(re.findall(r'(?:url\(|href=")#([^")]+)', svg))
    short = {name: f"{prefix}-{i}" for i, name in enumerate(used)}
    svg = re.sub(r' id="([^"]*)"', lambda found: f' id="{short[found[1]]}"' if found[1] in short else "", svg)
    return re.sub(r'(url\(|href=")#([^")]+)', lambda found: f"{found[1]}#{short[found[2]]}", svg)


def share_letters(page: str) -> str:
    """A page whose figures draw a letter that another has drawn before by referring to it."""
    first: dict[str, str] = {}
    again: dict[str, str] = {}

    def once(letter: re.Match[str]) -> str:
        known = first.setdefault(letter[2], letter[1])
        if known == letter[1]:
            return letter[0]
        again[letter[1]] = known
        return ""

    page = re.sub(r'<path id="(f[0-9a-f]{4}-\d+)"( d="[^"]*" transform="scale\(0\.015625\)")/>', once, page)
    page = re.sub(r'href="#(f[0-9a-f]{4}-\d+)"', lambda use: f'href="#{again.get(use[1], use[1])}"', page)
    return page.replace("<defs></defs>", "")
