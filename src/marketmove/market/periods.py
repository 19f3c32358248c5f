"""Moves of a week, a month, a year so far: from an index's own last close before the period."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from typing import TYPE_CHECKING

from marketmove.errors import WrongUsageError

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Days = npt.NDArray[np.datetime64]
    Weekdays = npt.NDArray[np.int64]

# Beside the day, which every move has.
PERIODS = ("week", "month", "ytd")


def chosen_periods(texts: Collection[str]) -> tuple[str, ...]:
    """Give the periods to measure beside the day, each once, as they were typed."""
    for text in texts:
        if text not in {"day", *PERIODS}:
            choice = ", ".join(("day", *PERIODS))
            raise WrongUsageError.at(None, f"unknown period {text}; choose {choice}")
    return tuple(period for period in PERIODS if period in texts)


def first_days(sessions: Days, period: str, week_starts: Weekdays | int = 0) -> Days:
    """Give the first date of the period that each of some sessions (datetime64[D]) is in.

    ``week_starts`` is the weekday on which weeks begin, of each session or of all: 0 for Monday.

    >>> import numpy as np
    >>> [str(first_days(np.array(["2025-02-05"], "M8[D]"), period)[0]) for period in PERIODS]
    ['2025-02-03', '2025-02-01', '2025-01-01']
    """
    if period == "week":
        into_week = (sessions.astype("int64") + 3 - week_starts) % 7  # 1970-01-01 was a Thursday
        first: Days = sessions - into_week.astype("timedelta64[D]")
    else:
        unit = "datetime64[M]" if period == "month" else "datetime64[Y]"
        first = sessions.astype(unit).astype("datetime64[D]")
    return first


def days_before(session: dt.date, period: str) -> list[dt.date]:
    """Give the last dates before the week, month or year of a session, wherever weeks begin.

    >>> [str(days_before(dt.date(2025, 2, 5), period)[0]) for period in PERIODS]
    ['2025-02-04', '2025-01-31', '2024-12-31']
    """
    if period == "week":
        return [session - dt.timedelta(days=n) for n in range(1, 8)]
    first = session.replace(day=1, **({} if period == "month" else {"month": 1}))
    return [first - dt.timedelta(days=1)]
