"""Dates as people write them beside figures: 2026-06-16, 16 June 2026, June 16, 2026."""

from __future__ import annotations

import datetime as dt
import re

_MONTHS = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september",
    "october", "november", "december",
)  # fmt: skip
_YEAR_FIRST = re.compile(r"(\d{4})[-/.年]\s?(\d{1,2})[-/.月]\s?(\d{1,2})日?", re.ASCII)
_DOTTED = re.compile(r"(\d{1,2})\.\s?(\d{1,2})\.\s?(\d{4})", re.ASCII)
_DAY_FIRST = re.compile(r"(\d{1,2})(?:st|nd|rd|th)?\.?\s+([a-z]{3,9})\.?,?\s+(\d{4})", re.ASCII)
_MONTH_FIRST = re.compile(r"([a-z]{3,9})\.?\s+(\d{1,2})(?:st|nd|rd|th)?,?\s+(\d{4})", re.ASCII)
_WEEKDAY = re.compile(r"^(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*,?\s+")
_FIRST_YEAR, _LAST_YEAR = 1800, 2200


def date_of_people(text: str) -> dt.date | None:
    """Read a date whose day and month cannot be exchanged; None if it is none.

    Examples
    --------
    >>> str(date_of_people("16 June 2026")), str(date_of_people("Tue, Feb 4, 2025"))
    ('2026-06-16', '2025-02-04')
    >>> date_of_people("02/03/2025") is None
    True
    """
    bare = _WEEKDAY.sub("", " ".join(text.casefold().split()))
    if match := _YEAR_FIRST.fullmatch(bare):
        return _date(match[1], int(match[2]), match[3])
    if match := _DOTTED.fullmatch(bare):
        return _date(match[3], int(match[2]), match[1])
    if (match := _DAY_FIRST.fullmatch(bare)) and (month := _month(match[2])):
        return _date(match[3], month, match[1])
    if (match := _MONTH_FIRST.fullmatch(bare)) and (month := _month(match[1])):
        return _date(match[3], month, match[2])
    return None


def _month(text: str) -> int:
    """The number of a month by its English name or the first letters of it; 0 if it is none."""
    return next(
        (
            n
            for n, name in enumerate(_MONTHS, 1)
            if name.startswith(text[:4]) or (len(text) == 3 and name.startswith(text))
        ),
        0,
    )


def _date(year: str, month: int, day: str) -> dt.date | None:
    try:
        when = dt.date(int(year), month, int(day))
    except ValueError:
        return None
    return when if _FIRST_YEAR <= when.year <= _LAST_YEAR else None
