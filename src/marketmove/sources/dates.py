"""Dates as files write them: the whole column decides, and what it leaves open is refused."""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

_ISO = re.compile(r"(\d{4})([-/.]?)(\d{2})\2(\d{2})", re.ASCII)
_DOTTED = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})", re.ASCII)
_SLASHED = re.compile(r"(\d{1,2})([/-])(\d{1,2})\2(\d{4})", re.ASCII)
_EARLIEST_YEAR = 1800

ORDERS = ("dmy", "mdy", "ymd")
EXPECTED = "a date such as 2025-02-14 or 14.02.2025"


class UndecidedError(ValueError):
    """A column that can be read in more than one way; ``text`` is a cell that shows it."""

    def __init__(self, text: str, message: str) -> None:
        self.text = text
        super().__init__(message)


def read_dates(texts: Iterable[str], date_format: str | None = None) -> dict[str, dt.date | None]:
    """Read the distinct texts of a date column.

    ISO dates and dotted days first (``14.02.2025``) say themselves what they are. Of
    ``02/03/2025`` the column decides: one cell above 12 settles the order of all.

    Parameters
    ----------
    texts
        The cells, in any order, repeated or not.
    date_format
        ``dmy``, ``mdy``, ``ymd`` or a pattern of ``strptime``, where the user has said it.

    Returns
    -------
    dict
        Each distinct text with its date, or None where it is none.

    Raises
    ------
    UndecidedError
        If day and month could be exchanged, or cells of the column contradict each other.

    Examples
    --------
    >>> read_dates(["02/14/2025", "02/03/2025"])["02/03/2025"]
    datetime.date(2025, 2, 3)
    """
    distinct = dict.fromkeys(texts)
    if date_format is not None:
        read = _by_format(date_format)
        return {text: read(text) for text in distinct}
    slashed = [text for text in distinct if _SLASHED.fullmatch(text)]
    order = _order(slashed) if slashed else "dmy"
    return {text: _iso(text) or _dotted(text) or _slashed(text, order) for text in distinct}


def _order(texts: list[str]) -> str:
    """The order of day and month that the cells themselves settle."""
    day_first = {text: _slashed(text, "dmy") for text in texts}
    month_first = {text: _slashed(text, "mdy") for text in texts}
    only_day_first = [t for t in texts if day_first[t] and not month_first[t]]
    only_month_first = [t for t in texts if month_first[t] and not day_first[t]]
    if only_day_first and only_month_first:
        raise UndecidedError(
            only_day_first[0],
            f"{only_day_first[0]} has the day first and {only_month_first[0]} the month",
        )
    if only_day_first or only_month_first:
        return "dmy" if only_day_first else "mdy"
    for text in texts:
        if day_first[text] != month_first[text]:
            raise UndecidedError(
                text,
                f"{text} may be {day_first[text]} or {month_first[text]}, and no date in the column"
                " settles it; say --date-format dmy or --date-format mdy",
            )
    return "dmy"


def _iso(text: str) -> dt.date | None:
    match = _ISO.fullmatch(text)
    return _date(match[1], match[3], match[4]) if match else None


def _dotted(text: str) -> dt.date | None:
    match = _DOTTED.fullmatch(text)
    return _date(match[3], match[2], match[1]) if match else None


def _slashed(text: str, order: str) -> dt.date | None:
    match = _SLASHED.fullmatch(text)
    if not match:
        return None
    day, month = (match[1], match[3]) if order == "dmy" else (match[3], match[1])
    return _date(match[4], month, day)


def _by_format(date_format: str) -> Callable[[str], dt.date | None]:
    if date_format == "ymd":
        return _iso
    if date_format in ORDERS:
        return lambda text: _slashed(text.replace(".", "/"), date_format)

    def read(text: str) -> dt.date | None:
        try:
            return dt.datetime.strptime(text, date_format).date()  # noqa: DTZ007 - a date is a label
        except ValueError:
            return None

    return read


def _date(year: str, month: str, day: str) -> dt.date | None:
    try:
        date = dt.date(int(year), int(month), int(day))
    except ValueError:
        return None
    return date if date.year >= _EARLIEST_YEAR else None
