"""Rows that are no closes by the calendar: ghosts of shut days, stamps before the close."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from marketmove.closes.levels import Levels, of_each_row
from marketmove.frame import Frame, Ints
from marketmove.market.calendars import Calendar
from marketmove.market.clocks import end_of
from marketmove.market.indices import Exchange

_TOLERANCE_MINUTES = 30.0


def on_shut_days(levels: Levels, calendars: Mapping[str, Calendar]) -> Frame:
    """Give the closes of dates on which their exchange certainly had no session.

    They are rows of ``levels.frame`` with columns ``row``, its number there, and ``ghost``: whether
    the close is the one before, to the last digit, so that it is not a close at all. It is taken
    for one, too, where the row before cannot be used, so that nobody can tell.
    """
    frame = levels.frame
    symbols, days, close = frame.labels("symbol"), frame["session"], frame["close"]
    codes = symbols.codes
    shut = np.zeros(len(frame), dtype=bool)
    starts = np.searchsorted(codes, np.arange(len(symbols.values) + 1)).tolist()
    for code, symbol in enumerate(symbols.values) if calendars else ():
        if calendar := calendars.get(symbol):
            own = slice(starts[code], starts[code + 1])
            shut[own] = calendar.surely_shut(days[own])
    same = np.zeros(len(frame), dtype=bool)
    same[1:] = (close[1:] == close[:-1]) & (codes[1:] == codes[:-1])
    unusable = _unusable(levels)
    for row in np.flatnonzero(shut & ~same).tolist() if unusable else ():
        symbol = symbols.values[codes[row]]
        before = days[row - 1] if row and codes[row - 1] == codes[row] else days.min()
        dates = unusable.get(symbol, ()) + unusable.get(None, ())
        same[row] = any(before <= date <= days[row] for date in dates)
    return frame.take(shut).assign(row=np.flatnonzero(shut), ghost=same[shut])


def stamped_early(
    levels: Levels, calendars: Mapping[str, Calendar], clocks: Mapping[str, Exchange]
) -> Frame:
    """Give the rows that are stamped before the close of their session, half days known: no closes.

    They are rows of ``levels.frame``; ``row`` is its number there, ``early`` the local minute of
    the day, and ``ended`` the time of the close.
    """
    stamped = np.flatnonzero(~np.isnan(levels.frame["early"]))
    frame = levels.frame.take(stamped)
    ends = [_end(row.symbol, row.session, calendars, clocks) for row in frame.rows()]
    minutes = [end.hour * 60 + end.minute if end else 0 for end in ends]
    frame = frame.assign(row=stamped, ended=np.array(ends, dtype=object))
    return frame.take(frame["early"] < np.array(minutes, dtype=np.float64) - _TOLERANCE_MINUTES)


def _end(
    symbol: str,
    session: dt.date,
    calendars: Mapping[str, Calendar],
    clocks: Mapping[str, Exchange],
) -> dt.time | None:
    clock, calendar = clocks.get(symbol), calendars.get(symbol)
    if clock is None or (calendar and not calendar.has(session)):
        return None
    return end_of(session, clock, calendar)


def _unusable(levels: Levels) -> dict[str | None, tuple[np.datetime64, ...]]:
    """The dates of rows that cannot be used, by symbol; None stands for any."""
    dates: dict[str | None, list[np.datetime64]] = {}
    for fault in levels.faults:
        if fault.session is not None:
            dates.setdefault(fault.symbol, []).append(np.datetime64(fault.session))
    return {symbol: tuple(of) for symbol, of in dates.items()}


def without(levels: Levels, rows: Ints) -> Levels:
    """Give the levels without some of their rows, by number."""
    if not len(rows):
        return levels
    keep = np.ones(len(levels.frame), dtype=bool)
    keep[rows] = False
    return replace(levels, frame=levels.frame.take(keep))


def shut_between(
    shut: Frame,
    since: Mapping[str, dt.date | None],
    until: Mapping[str, dt.date | None],
) -> Frame:
    """Give the closes of shut days between two dates of each index, both included.

    ``shut`` is as ``on_shut_days`` gives it; no date in ``since`` is the beginning, none in
    ``until`` leaves the index out.
    """
    early = shut["session"] < of_each_row(shut, since)
    return shut.take(~early & (shut["session"] <= of_each_row(shut, until)))
