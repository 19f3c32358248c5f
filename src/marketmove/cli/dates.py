"""Dates as people type them: numbers in any unmistakable order, names of months, latest, friday."""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING

from marketmove.errors import WrongUsageError

if TYPE_CHECKING:
    from marketmove.closes.find import When

_LATEST = {"latest", "last", "newest", "last session", "latest session"}
_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_FEWEST_LETTERS = 3
_FIRST_YEAR, _LAST_YEAR = 1800, 2200
_YEAR_FIRST = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})|(\d{4})(\d\d)(\d\d)", re.ASCII)
_YEAR_LAST = re.compile(r"(\d{1,2})([-/])(\d{1,2})\2(\d{4})", re.ASCII)
EXPECTED = "a date such as 2025-02-04, or latest, today, yesterday, friday"


def read_date(text: str, today: dt.date) -> When | None:
    """Read a date that was typed; None if it is none.

    A weekday is the last one until today, with ``last`` before it the last one before today.

    Examples
    --------
    >>> saturday = dt.date(2025, 3, 1)
    >>> for text in ("20250214", "14.02.2025", "14/02/2025", "14 Feb 2025", "fri", "last saturday"):
    ...     print(read_date(text, saturday))
    2025-02-14
    2025-02-14
    2025-02-14
    2025-02-14
    2025-02-28
    2025-02-22
    >>> read_date("last", saturday), read_date("HSI", saturday)
    ('latest', None)

    Raises
    ------
    WrongUsageError
        If it may be two dates, such as 02/03/2025.
    """
    typed = " ".join(text.casefold().split())
    if typed in _LATEST:
        return "latest"
    if typed in {"today", "yesterday"}:
        return today - dt.timedelta(days=typed == "yesterday")
    if match := _YEAR_FIRST.fullmatch(typed):
        return _date(*filter(None, match.groups()))
    if match := _YEAR_LAST.fullmatch(typed):
        return _of_two_orders(text, match[4], match[1], match[3])
    from marketmove.published.dates import date_of_people

    return _weekday(typed, today) or date_of_people(text)


def is_date(text: str) -> bool:
    """Whether a text is a date, if not a sure one."""
    try:
        return read_date(text, dt.date.max) is not None
    except WrongUsageError:
        return True


def _weekday(typed: str, today: dt.date) -> dt.date | None:
    name = typed.removeprefix("last ")
    before = today - dt.timedelta(days=name != typed)
    for number, weekday in enumerate(_WEEKDAYS):
        if weekday.startswith(name) and len(name) >= _FEWEST_LETTERS:
            return before - dt.timedelta(days=(before.weekday() - number) % len(_WEEKDAYS))
    return None


def _of_two_orders(text: str, year: str, first: str, second: str) -> dt.date | None:
    ways = {_date(year, first, second), _date(year, second, first)} - {None}
    if len(ways) > 1:
        early, late = sorted(filter(None, ways))
        raise WrongUsageError.at(None, f"{text} may be {early} or {late}; type the one you mean")
    return next(iter(ways), None)


def _date(year: str, month: str, day: str) -> dt.date | None:
    try:
        when = dt.date(int(year), int(month), int(day))
    except ValueError:
        return None
    return when if _FIRST_YEAR <= when.year <= _LAST_YEAR else None
