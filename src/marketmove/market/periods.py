"""Periods beside the day, such as the year to date: as they are typed, and where they begin.

A period is known by the name that its columns have: ``week``, ``month``, ``qtd``, ``ytd``, ``d5``
for five sessions, ``w2``, ``m3``, ``y1`` by the calendar, ``since_2025_01_02``.
"""

from __future__ import annotations

import calendar
import datetime as dt
import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, Literal, NamedTuple

from marketmove.errors import WrongUsageError

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Days = npt.NDArray[np.datetime64]
    Weekdays = npt.NDArray[np.int64]

# Those so far, in the order in which they are shown; the day every move has.
PERIODS = ("week", "month", "qtd", "ytd")
_ALSO = {"wtd": "week", "mtd": "month"}
_COUNTED = re.compile(r"([0-9]{1,5})([dwmy])")
_MOST = {"d": 10_000, "w": 5_000, "m": 1_200, "y": 100}
_OF_PERIOD = re.compile(
    r"(week|month|qtd|ytd|[dwmy][0-9]+|since_[0-9]{4}_[0-9]{2}_[0-9]{2})_"
    r"(?:prior_session|prior_close|change_pts|change_pct|doubt|prior_fx_rate|prior_fx_rate_session"
    r"|fx_change_pct|fx_effect_pp|converted_change_pct|converted_reason)$"
)
_MONTHS = {"m": 1, "y": 12}
_CHOICE = (
    "day, week, month, qtd, ytd, sessions such as 5d, calendar weeks, months or years such as 2w,"
    " 3m, 1y, or since:2025-01-02"
)


class Span(NamedTuple):
    """What the name of a period says: its kind, how many of it, and from which date on.

    ``kind`` is one of ``PERIODS``, or ``d``, ``w``, ``m``, ``y``, or ``since``.
    """

    kind: str
    number: int = 0
    since: dt.date | None = None


def chosen_periods(texts: Iterable[str]) -> tuple[str, ...]:
    """Give the names of the periods to measure beside the day, each once.

    >>> chosen_periods(["ytd", "1Y", "5d", "week", "since:2025-01-02"])
    ('week', 'ytd', 'y1', 'd5', 'since_2025_01_02')
    """
    names = dict.fromkeys(name for text in texts if (name := period_name(text)) != "day")
    return (*(n for n in PERIODS if n in names), *(n for n in names if n not in PERIODS))


def period_name(text: str) -> str:
    """Give the name of a period as it is typed; raises ``WrongUsageError`` if there is no such."""
    written = text.strip().casefold()
    written = _ALSO.get(written, written)
    if written in {"day", *PERIODS}:
        return written
    if (match := _COUNTED.fullmatch(written)) and 0 < int(match[1]) <= _MOST[match[2]]:
        return f"{match[2]}{int(match[1])}"
    if written.startswith("since:"):
        try:
            if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", day := written[6:].strip()):
                return f"since_{dt.date.fromisoformat(day):%Y_%m_%d}"
        except ValueError:
            pass
    raise WrongUsageError.at(None, f"unknown period {text}; choose {_CHOICE}")


def period_of_column(column: str) -> str:
    """Give the period that a column such as ``ytd_change_pct`` is of; empty if of none.

    >>> period_of_column("y1_prior_close"), period_of_column("year_high")
    ('y1', '')
    """
    match = _OF_PERIOD.match(column)
    return match[1] if match else ""


def span(period: str) -> Span:
    """Take the name of a period apart.

    >>> span("m3"), span("ytd")
    (Span(kind='m', number=3, since=None), Span(kind='ytd', number=0, since=None))
    """
    if period in PERIODS:
        return Span(period)
    if period.startswith("since_"):
        return Span("since", since=dt.date.fromisoformat(period[6:].replace("_", "-")))
    return Span(period[0], int(period[1:]))


def first_days(sessions: Days, period: str, week_starts: Weekdays | int = 0) -> Days:
    """Give the first date of the period that each of some sessions (datetime64[D]) is in.

    The period is measured from the last close before that date. ``week_starts`` is the weekday on
    which weeks begin, of each session or of all: 0 for Monday. Of so many sessions no date tells.

    >>> import numpy as np
    >>> [str(first_days(np.array(["2025-05-31"], "M8[D]"), name)[0])
    ...  for name in (*PERIODS, "w1", "m3", "y1", "since_2025_01_02")]
    ... # doctest: +NORMALIZE_WHITESPACE
    ['2025-05-26', '2025-05-01', '2025-04-01', '2025-01-01', '2025-05-25', '2025-03-01',
     '2024-06-01', '2025-01-03']
    """
    kind, number, since = span(period)
    first: Days
    if kind == "week":
        into_week = (sessions.astype("int64") + 3 - week_starts) % 7  # 1970-01-01 was a Thursday
        first = sessions - into_week.astype("timedelta64[D]")
    elif kind == "qtd":
        months = sessions.astype("datetime64[M]")
        into_quarter = (months.astype("int64") % 3).astype("timedelta64[M]")  # 1970 began with one
        first = (months - into_quarter).astype("datetime64[D]")
    elif kind in {"month", "ytd"}:
        unit = "datetime64[M]" if kind == "month" else "datetime64[Y]"
        first = sessions.astype(unit).astype("datetime64[D]")
    elif kind == "w":
        first = sessions - _step(7 * number - 1, "D")
    elif kind in _MONTHS:
        first = _months_before(sessions, number * _MONTHS[kind]) + _step(1, "D")
    elif since is not None:
        first = sessions.copy()
        first[first == first] = since + dt.timedelta(days=1)  # NaT is unlike itself
    else:
        raise ValueError(f"{period} begins on no date of its own")
    return first


def _step(number: int, unit: Literal["D", "M"]) -> np.timedelta64:
    """So many days or months, by which dates can be moved."""
    import numpy as np  # who only asks what a period is needs none

    return np.timedelta64(number, unit)


def _months_before(days: Days, number: int) -> Days:
    """The same day of an earlier month; of one that has no such day, its last."""
    months = days.astype("datetime64[M]")
    earlier = months - _step(number, "M")
    following: Days = (earlier + _step(1, "M")).astype("datetime64[D]")
    last: Days = following - _step(1, "D")
    same: Days = earlier.astype("datetime64[D]") + (days - months.astype("datetime64[D]"))
    same[same > last] = last[same > last]
    return same


def days_before(session: dt.date, period: str) -> list[dt.date] | None:
    """Give the last dates before the period of a session, wherever weeks begin.

    None of so many sessions, of which no date tells where they begin.

    >>> [str(days_before(dt.date(2025, 2, 5), period)[0]) for period in PERIODS]
    ['2025-02-04', '2025-01-31', '2024-12-31', '2024-12-31']
    >>> days_before(dt.date(2024, 2, 29), "y1"), days_before(dt.date(2024, 2, 29), "d5")
    ([datetime.date(2023, 2, 28)], None)
    """
    kind, number, since = span(period)
    one = dt.timedelta(days=1)
    if kind == "week":
        return [session - n * one for n in range(1, 8)]
    if kind == "d":
        return None
    if kind == "w":
        return [session - 7 * number * one]
    if since is not None:
        return [since]
    if kind in _MONTHS:
        months = session.year * 12 + session.month - 1 - number * _MONTHS[kind]
        year, month = months // 12, months % 12 + 1
        return [dt.date(year, month, min(session.day, calendar.monthrange(year, month)[1]))]
    month = {"month": session.month, "qtd": (session.month - 1) // 3 * 3 + 1, "ytd": 1}[kind]
    return [session.replace(day=1, month=month) - one]
