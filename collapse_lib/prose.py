"""Numbers in sentences: they come from the run, never from the keyboard.

`say` names values in a chapter so that its text can show them (MyST-NB's `{glue:text}` role reads the same
record); `number` and `estimate` write a value with as many digits as it deserves.
"""

from __future__ import annotations

import math


def number(value: float, digits: int = 3) -> str:
    """`value` to `digits` significant digits, thousands grouped, without trailing noise.

    A whole number but for rounding, which differs between processors, is written as one.

    >>> number(796.6142714), number(1234567), number(0.000123456), number(float("nan")), number(5.999999999999999)
    ('797', '1,234,567', '0.000123', 'not a number', '6')
    """
    if math.isnan(value):
        return "not a number"
    if math.isinf(value):
        return "infinity" if value > 0 else "-infinity"
    if abs(value - round(value)) <= 1e-12 * abs(value) and abs(value) < 1e15:
        return f"{round(value):,}"
    exponent = math.floor(math.log10(abs(float(f"{value:.{digits - 1}e}"))))  # of the rounded value: 0.9996 is 1.00
    if exponent < -4 or exponent >= 15:
        return f"{value:.{digits - 1}e}"
    return f"{value:,.{max(0, digits - 1 - exponent)}f}"


def estimate(value: float, interval: tuple[float, float]) -> str:
    """`value` with its interval, to two digits of the interval's half-width.

    >>> estimate(92.90275, (90.81, 94.99))
    '92.9 [90.8, 95.0]'
    >>> estimate(0.25, (0.25, 0.25))
    '0.25'
    """
    low, high = interval
    if not (math.isfinite(low) and math.isfinite(high)):
        return number(value)
    half = (high - low) / 2
    if half <= abs(value) * 1e-12:
        return number(value, 4).rstrip("0").rstrip(".") if "." in number(value, 4) else number(value, 4)
    decimals = max(0, 1 - math.floor(math.log10(half)))
    return f"{value:,.{decimals}f} [{low:,.{decimals}f}, {high:,.{decimals}f}]"


def say(**values: object) -> None:
    """Give each value a name that the chapter's text can show: {glue:text}`name`.

    A float is written by `number`; anything else as `str` gives it.  Outside a notebook there is no text to show it
    in, and nothing happens.
    """
    from IPython.core.getipython import get_ipython
    from IPython.display import display

    if get_ipython() is None:
        return
    for name, value in values.items():
        text = number(value) if isinstance(value, float) else f"{value:,}" if isinstance(value, int) else str(value)
        mime = "application/papermill.record/text/plain"
        display(
            {mime: repr(text)},  # as glue does; the bare text 1,000 would be read back as a tuple
            raw=True,
            metadata={"scrapbook": {"name": name, "mime_prefix": "application/papermill.record/"}},
        )
