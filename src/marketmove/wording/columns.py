"""The columns that a user chose, for people: what stands above one, how its cells are written."""

from __future__ import annotations

import datetime as dt
from typing import Any

from marketmove.market.periods import period_of_column
from marketmove.wording import numbers, periods
from marketmove.wording.characters import visible

_UNITS = {"_pct": " %", "_pts": "", "_pp": " pp"}
_RATE = "fx_rate"
_LEVELS = ("close", "high", "low")
_COUNTS = ("percentile", "_n", "_10", "_up", "_down", "sessions", "behind", "streak")


def head(column: str) -> str:
    """Give what stands above a column.

    >>> [head(name) for name in ("change_pct", "ytd_prior_close", "from_year_high_pct", "doubt")]
    ['Change %', 'YTD prior close', 'From 52-week high %', 'Doubt']
    """
    period = period_of_column(column)
    name = column.removeprefix(f"{period}_") if period else column
    unit = next((end for end in _UNITS if name.endswith(end)), "")
    text = name.removesuffix(unit).replace("year_", "52-week ").replace("_", " ")
    text = text.replace("fx ", "currency ", 1) if name.startswith("fx_") else text
    text = f"{periods.head(period)} {text}" if period else f"{text[0].upper()}{text[1:]}"
    return text + _UNITS.get(unit, "")


def is_figure(column: str) -> bool:
    """Tell whether the cells of a column are figures, which stand to the right."""
    return column.endswith((*_UNITS, *_LEVELS, *_COUNTS, _RATE))


def cell(column: str, value: Any, decimals: int) -> str:
    """Write a cell of a column: a figure to the decimals of its index, a date, a text.

    >>> cell("change_pct", -0.785, 2), cell("close", 22620.33, 2), cell("doubt", None, 2)
    ('−0.79%', '22,620.33', '')
    """
    if value is None:
        return numbers.NOTHING if is_figure(column) else ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, str):
        return visible(value)
    if column.endswith("percentile"):
        return f"{value:.1f}"
    if column.endswith("_pp"):
        return numbers.points(value, 2)
    if column.endswith("_pct"):
        return numbers.percent(value)
    if column.endswith("_pts"):
        return numbers.points(value, decimals)
    if column.endswith(_RATE):
        return f"{value:,.6g}"
    return numbers.level(value, decimals) if column.endswith(_LEVELS) else f"{value:,}"
