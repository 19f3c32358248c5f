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

# Beside the day, which every move has.
PERIODS = ("week", "month", "ytd")


def chosen_periods(texts: Collection[str]) -> tuple[str, ...]:
    """Give the periods to measure beside the day, each once, as they were typed."""
    for text in texts:
        if text not in {"day", *PERIODS}:
            choice = ", ".join(("day", *PERIODS))
            raise WrongUsageError.at(None, f"unknown period {text}; choose {choice}")
    return tuple(period for period in PERIODS if period in texts)


def day_before(session: dt.date, period: str) -> dt.date:
    """Give the last date before the week, month or year that a session is in.

    Examples
    --------
    >>> [str(day_before(dt.date(2025, 2, 5), period)) for period in PERIODS]
    ['2025-02-02', '2025-01-31', '2024-12-31']
    """
    import numpy as np

    before: dt.date = (first_days(np.array([session], "M8[D]"), period) - 1)[0].item()
    return before


def first_days(sessions: Days, period: str) -> Days:
    """Give the first date of the period that each of some sessions (datetime64[D]) is in.

    Examples
    --------
    >>> import numpy as np
    >>> [str(first_days(np.array(["2025-02-05"], "M8[D]"), period)[0]) for period in PERIODS]
    ['2025-02-03', '2025-02-01', '2025-01-01']
    """
    if period == "week":
        since_monday = (sessions.astype("int64") + 3) % 7  # 1970-01-01 was a Thursday
        first: Days = sessions - since_monday.astype("timedelta64[D]")
    else:
        unit = "datetime64[M]" if period == "month" else "datetime64[Y]"
        first = sessions.astype(unit).astype("datetime64[D]")
    return first
