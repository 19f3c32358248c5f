"""Closes held against the calendars: ghost rows, holes, and what a row without a close means."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from marketmove.market.calendars import Calendar
from marketmove.market.indices import Exchange

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

    from marketmove.closes.levels import Levels
    from marketmove.moves.move import Move


def on_shut_days(levels: Levels, calendars: Mapping[str, Calendar]) -> pd.DataFrame:
    """Give the closes of dates on which their exchange certainly had no session.

    Parameters
    ----------
    levels
        The closes.
    calendars
        The calendars by symbol of the index; one without a calendar is not judged.

    Returns
    -------
    DataFrame
        Rows of ``levels.frame`` with a column ``ghost``: whether the close is the one before, to
        the last digit, so that it is not a close at all. It is taken for one, too, where the row
        before cannot be used, so that nobody can tell.
    """
    import numpy as np

    frame = levels.frame
    codes = frame["symbol"].cat.codes.to_numpy()
    days = frame["session"].to_numpy().astype("datetime64[D]")
    close = frame["close"].to_numpy()
    shut = np.zeros(len(frame), dtype=bool)
    for code, symbol in enumerate(frame["symbol"].cat.categories):
        if calendar := calendars.get(str(symbol)):
            start, end = np.searchsorted(codes, [code, code + 1])
            shut[start:end] = calendar.shut(days[start:end])
    same = np.zeros(len(frame), dtype=bool)
    same[1:] = (close[1:] == close[:-1]) & (codes[1:] == codes[:-1])
    unusable = _unusable(levels)
    for row in np.flatnonzero(shut & ~same).tolist() if unusable else ():
        symbol = str(frame["symbol"].iat[row])
        before = days[row - 1] if row and codes[row - 1] == codes[row] else days.min()
        dates = unusable.get(symbol, ()) + unusable.get(None, ())
        same[row] = any(before <= date <= days[row] for date in dates)
    return frame[shut].assign(ghost=same[shut])


def _unusable(levels: Levels) -> dict[str | None, tuple[np.datetime64, ...]]:
    """The dates of rows that cannot be used, by symbol; None stands for any."""
    import numpy as np

    dates: dict[str | None, list[np.datetime64]] = {}
    for fault in levels.faults:
        if fault.session is not None:
            dates.setdefault(fault.symbol, []).append(np.datetime64(fault.session))
    return {symbol: tuple(of) for symbol, of in dates.items()}


def without(levels: Levels, rows: pd.DataFrame) -> Levels:
    """Give the levels without some of their rows."""
    frame = levels.frame.drop(index=rows.index).reset_index(drop=True)
    return replace(levels, frame=frame) if len(rows) else levels


def with_calendar_status(
    moves: Iterable[Move], levels: Levels, calendars: Mapping[str, Calendar]
) -> list[Move]:
    """Say of every index without a close why, and of the others what the data lacks before it.

    Parameters
    ----------
    moves
        As ``moves.session_moves`` makes them of ``levels``.
    levels
        The closes, without ghosts.
    calendars
        The calendars by symbol; an index without one stays as it is.

    Returns
    -------
    list of Move
        ``status`` is no longer ``unknown`` but ``closed`` (no session), ``missing`` (there was
        one, and the data has later closes) or ``pending`` (and it has none), where a calendar
        tells; with ``gap_sessions``, ``closed_for`` and ``reopens``.
    """
    latest = levels.frame.groupby("symbol", observed=True)["session"].max()
    last = {str(symbol): when.date() for symbol, when in latest.items()}
    return [_explained(move, calendars.get(move.symbol), last.get(move.symbol)) for move in moves]


def _explained(move: Move, calendar: Calendar | None, last: dt.date | None) -> Move:
    session, prior = move.session, move.prior_session
    if calendar is None or session is None:
        return move
    gap = None if prior is None else calendar.between(prior, session)
    trading = calendar.has(session)
    if move.status != "unknown" or trading is None:
        return move._replace(gap_sessions=gap)
    if trading:
        later = last is not None and last > session
        return move._replace(status="missing" if later else "pending", gap_sessions=gap)
    return move._replace(
        status="closed",
        gap_sessions=gap,
        closed_for=calendar.why_shut(session) or None,
        reopens=calendar.following(session),
    )


def last_completed(
    moment: dt.datetime, clock: Exchange, calendar: Calendar | None
) -> dt.date | None:
    """Give the last session of an exchange that was over at a moment of the world.

    Parameters
    ----------
    moment
        With its offset from UTC.
    clock
        The time zone of the exchange, and its usual close where the calendar does not say.
    calendar
        Its sessions; None gives the last date that was over, session or not.

    Examples
    --------
    >>> import datetime as dt
    >>> from marketmove.market.calendars import load
    >>> from marketmove.market.indices import Exchange
    >>> new_york = Exchange("America/New_York", dt.time(16))
    >>> evening_in_hong_kong = dt.datetime.fromisoformat("2025-02-14T18:00+08:00")
    >>> last_completed(evening_in_hong_kong, new_york, load(["XNYS"])["XNYS"])
    datetime.date(2025, 2, 13)
    """
    import datetime as dt

    local = moment.astimezone(ZoneInfo(clock.zone))
    day = local.date()
    if local.time() < end_of(day, clock, calendar):
        day -= dt.timedelta(days=1)
    return calendar.until(day) if calendar else day


def ended(session: dt.date, clock: Exchange, calendar: Calendar | None) -> dt.datetime:
    """Give the moment at which a session of an exchange ended."""
    import datetime as dt

    return dt.datetime.combine(session, end_of(session, clock, calendar), ZoneInfo(clock.zone))


def end_of(session: dt.date, clock: Exchange, calendar: Calendar | None) -> dt.time:
    """Give the local time at which a session ended: the usual one where the calendar is silent."""
    return (calendar.end_of(session) if calendar else None) or clock.close
