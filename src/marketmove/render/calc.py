"""A calculation for people and machines: each figure, and the interval that rounding leaves."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from marketmove.published.figures import Figure
from marketmove.render import RenderOptions
from marketmove.render.layout import plain
from marketmove.render.machine import machine_formats
from marketmove.reports.records import CALC_SCHEMA, Calculation
from marketmove.wording import numbers

_LEVEL, _POINTS = partial(numbers.level, decimals=2), partial(numbers.points, decimals=2)
# What each figure is called, and how it is written.
_FIGURES: dict[str, tuple[str, Callable[[float], str]]] = {
    "close": ("Close", _LEVEL),
    "prior_close": ("Prior close", _LEVEL),
    "change_pts": ("Change", _POINTS),
    "change_pct": ("Change %", numbers.percent),
}


def as_table(calculation: Calculation, options: RenderOptions) -> str:
    """Write a calculation as four lines: what was given, and what follows within its rounding."""
    rows = [
        (head, *_texts(getattr(calculation, name), write, name in calculation.given))
        for name, (head, write) in _FIGURES.items()
    ]
    width = max(len(figure) for _, figure, _ in rows)
    lines = [f"{head:<13}{figure:>{width}}{interval}" for head, figure, interval in rows]
    return plain(lines, options)


def _texts(figure: Figure, write: Callable[[float], str], given: bool) -> tuple[str, str]:
    shown = write(float(figure.value))
    if given or figure.exact:
        return shown, ""
    return f"≈ {shown}", f"   between {write(float(figure.low))} and {write(float(figure.high))}"


def document(calculation: Calculation) -> dict[str, Any]:
    """Give a calculation at full precision."""
    found: dict[str, Any] = {"schema": CALC_SCHEMA}
    for name in _FIGURES:
        figure: Figure = getattr(calculation, name)
        found[name] = float(figure.value)
        if not figure.exact:
            found |= {f"{name}_low": float(figure.low), f"{name}_high": float(figure.high)}
    return found


FORMATS = {"table": as_table} | machine_formats(document)
