"""Values that arrive typed, from JSON, workbooks and frames, as text that reads one way only."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from numbers import Integral, Real
from typing import Any

# Digits after the mark that thousands have too: 1.234.
_THOUSANDS = 3


# The largest power of ten that is written out; beyond it nothing is a level or a date.
_MOST_DIGITS = 40


class Written(str):
    """A number as its source writes it, such as 17.125 or 1e3; and no text."""

    __slots__ = ()


def cell_text(value: Any, mark: str = ".") -> str:
    """Write a value as text that can be read in one way only, with a decimal mark; "" for none.

    >>> cell_text(17.125), cell_text(17.0), cell_text("17,125"), cell_text(None)
    ('17.1250', '17', '17,125', '')
    """
    if value is None or value != value:
        return ""
    if isinstance(value, Written):
        value = _number(value)
    if isinstance(value, dt.datetime):
        return str(value) if value.tzinfo or value.time() != dt.time() else value.date().isoformat()
    if isinstance(value, bool) or not isinstance(value, Real | Decimal):
        return str(value).strip()
    whole, point, digits = number_text(value).partition(".")
    if not digits.strip("0"):
        return whole
    # 1.234 might have a mark of thousands, 1.2340 has not.
    return f"{whole}{mark if point else ''}{digits}{'0' * (len(digits) == _THOUSANDS)}"


def _number(text: Written) -> Decimal | int | str:
    """The number that a text of JSON is, which is left a text where it is absurdly long."""
    if len(text) > _MOST_DIGITS:
        return str(text)
    try:
        return Decimal(text) if "." in text or "e" in text.lower() else int(text)
    except ArithmeticError:
        return str(text)


def number_text(number: Real | Decimal | float) -> str:
    """Write a number with the digits that it has, and no exponent.

    >>> number_text(1e-06), number_text(Decimal("3.50")), number_text(7)
    ('0.000001', '3.50', '7')
    """
    if isinstance(number, Integral):
        return str(int(number))
    exact = number if isinstance(number, Decimal) else Decimal(repr(float(number)))
    plain = exact.is_finite() and abs(exact.adjusted()) <= _MOST_DIGITS
    return f"{exact:f}" if plain else str(number)
