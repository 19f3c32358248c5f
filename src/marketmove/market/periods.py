"""Moves of a week, a month, a year so far: from an index's own last close before the period."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from marketmove.closes.levels import Levels
    from marketmove.moves.move import Move

    Days = npt.NDArray[np.datetime64]

# Beside the day, which every move has.
PERIODS = ("week", "month", "ytd")


def first_day(session: dt.date, period: str) -> dt.date:
    """Give the first date of the week, month or year that a session is in.

    Examples
    --------
    >>> [str(first_day(dt.date(2025, 2, 5), period)) for period in PERIODS]
    ['2025-02-03', '2025-02-01', '2025-01-01']
    """
    if period == "week":
        return session - dt.timedelta(days=session.weekday())
    return session.replace(day=1) if period == "month" else session.replace(month=1, day=1)


def first_days(sessions: Days, period: str) -> Days:
    """Give the same for many sessions (datetime64[D]) at once.

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


def with_periods(
    moves: Sequence[Move],
    levels: Levels,
    sessions: Mapping[str, dt.date | None],
    periods: Sequence[str],
) -> list[Move]:
    """Give moves with the same figures of longer periods.

    The convention of the wires: a Tuesday's week to date spans two sessions, and the year to date
    starts from the last close of the year before, not from the first close of the year (AP, "For
    the week", 2021-12-21).

    Parameters
    ----------
    moves
        As ``moves.session_moves`` makes them of ``levels`` and ``sessions``.
    periods
        Of ``PERIODS``.

    Examples
    --------
    >>> from marketmove.closes.levels import levels_of
    >>> from marketmove.moves.move import session_moves
    >>> closes = [("AAA", "2024-12-31", 200.0), ("AAA", "2025-01-02", 202.0),
    ...           ("AAA", "2025-02-04", 203.0)]
    >>> levels, sessions = levels_of(closes), {"AAA": dt.date(2025, 2, 4)}
    >>> (move,) = with_periods(session_moves(levels, sessions), levels, sessions, ["ytd"])
    >>> move.periods["ytd"].change_pct, str(move.periods["ytd"].prior_session)
    (1.5, '2024-12-31')
    """
    from marketmove.moves.move import session_moves

    measured = {}
    for period in periods:
        since = {
            symbol: None if session is None else first_day(session, period)
            for symbol, session in sessions.items()
        }
        measured[period] = session_moves(levels, sessions, since)
    return [
        move._replace(periods={period: of[row] for period, of in measured.items()})
        for row, move in enumerate(moves)
    ]
