"""The day that a report and each of its figures speaks of."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence

from marketmove.published.prose.grammar import Language

_IN_NAME = re.compile(r"(?<!\d)(\d{4})[-_.]?(\d{2})[-_.]?(\d{2})(?!\d)", re.ASCII)


def report_date(
    days: Sequence[str], stated: str, said: dt.date | None, name: str
) -> tuple[dt.date | None, str]:
    """Give the day of a report, and what it is known by.

    Parameters
    ----------
    days
        The dates of the text in its order, as ``year-month-day`` with parts left out.
    stated, said, name
        The date that the page states, the one that the user has said, the name of the file.

    Examples
    --------
    >>> report_date(["2025-2-4"], "", None, "report.txt")
    (datetime.date(2025, 2, 4), 'text')
    >>> report_date([], "", None, "2025-02-04.txt")
    (datetime.date(2025, 2, 4), 'name')
    """
    if said is not None:
        return said, "option"
    if stated and (when := _date(*stated.split("-"))):
        return when, "page"
    full = [when for text in days[:3] if (when := _date(*text.split("-")))]
    if full:
        return full[0], "text"
    match = _IN_NAME.search(name)
    if match and (when := _date(*match.groups())):
        return when, "name"
    return None, ""


def _date(year: str, month: str, day: str) -> dt.date | None:
    try:
        return dt.date(int(year), int(month), int(day))
    except ValueError:
        return None


def session_of(day: str, report: dt.date | None, language: Language) -> dt.date | None:
    """Give the date that a figure's word for its day names; the report's own where it has none.

    A weekday is the last one up to the day of the report. What cannot be told is None.
    """
    del language
    kind, _, value = day.partition(":")
    if kind == "date":
        year, month, number = value.split("-")
        if year:
            return _date(year, month, number)
        if report is None:
            return None
        return _nearest(month, number, report)
    if report is None:
        return None
    if kind == "weekday":
        return report - dt.timedelta(days=(report.weekday() - int(value)) % 7)
    if kind in {"yesterday", "earlier"}:
        return None
    return report


def _nearest(month: str, day: str, report: dt.date) -> dt.date | None:
    """The last day of that month and number up to the day of the report."""
    tries = (
        [_date(str(report.year - back), month, day) for back in (0, 1)]
        if month
        else [
            _date(
                str((report.replace(day=1) - dt.timedelta(days=back)).year),
                str((report.replace(day=1) - dt.timedelta(days=back)).month),
                day,
            )
            for back in (0, 1)
        ]
    )
    return next((when for when in tries if when and when <= report), None)
