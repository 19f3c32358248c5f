"""Dates and moments as people read them."""

from __future__ import annotations

import datetime as dt

from marketmove.wording.numbers import NOTHING


def day(of: dt.date) -> str:
    """Write a date with its weekday, such as ``Tue 4 Feb 2025``."""
    return f"{of:%a} {of.day} {of:%b} {of.year}"


def near(of: dt.date, session: dt.date | None) -> str:
    """Write a date close to a session, such as ``Wed 5 Feb``; with its year if that is another.

    >>> near(dt.date(2025, 2, 5), dt.date(2025, 2, 4)), near(dt.date(2025, 1, 2), None)
    ('Wed 5 Feb', 'Thu 2 Jan 2025')
    """
    same = session is not None and of.year == session.year
    return day(of).rpartition(" ")[0] if same else day(of)


def in_full(of: dt.date) -> str:
    """Write a date of the past, such as ``2 October 2024``."""
    return f"{of.day} {of:%B} {of.year}"


def moment(when: dt.datetime | None) -> str:
    """Write a moment with its offset from UTC, such as ``14 Feb 2025 18:00 +08:00``."""
    if when is None:
        return NOTHING
    offset = when.isoformat()[-6:] if when.utcoffset() else "UTC"
    return f"{when.day} {when:%b %Y %H:%M} {offset}"


def previous_weekday(date: dt.date) -> dt.date:
    """Give the last day before a date that is no Saturday or Sunday."""
    before = date - dt.timedelta(days=1)
    return before - dt.timedelta(days=max(0, before.weekday() - 4))


def prior_date(
    session: dt.date | None, prior: dt.date | None, weekday_before: dt.date | None = None
) -> str:
    """Write the prior session where it is not the weekday before, which goes without saying.

    ``weekday_before`` is that of the exchange, where its week is known; else Monday to Friday is.
    """
    if prior is None or session is None:
        return ""
    if prior == (weekday_before or previous_weekday(session)):
        return ""
    return prior.isoformat()
