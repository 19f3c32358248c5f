"""Rows that are no closes by the calendar: ghosts of shut days, stamps before the close."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pandas as pd

from marketmove.closes.levels import Levels, of_each_row
from marketmove.market.calendars import Calendar
from marketmove.market.clocks import end_of
from marketmove.market.indices import Exchange

_TOLERANCE_MINUTES = 30.0


def on_shut_days(levels: Levels, calendars: Mapping[str, Calendar]) -> pd.DataFrame:
    """Give the closes of dates on which their exchange certainly had no session.

    They are rows of ``levels.frame`` with a column ``ghost``: whether the close is the one before,
    to the last digit, so that it is not a close at all. It is taken for one, too, where the row
    before cannot be used, so that nobody can tell.
    """
    frame = levels.frame
    codes = frame["symbol"].cat.codes.to_numpy()
    days = frame["session"].to_numpy().astype("datetime64[D]")
    close = frame["close"].to_numpy()
    shut = np.zeros(len(frame), dtype=bool)
    for code, symbol in enumerate(frame["symbol"].cat.categories):
        if calendar := calendars.get(str(symbol)):
            start, end = np.searchsorted(codes, [code, code + 1])
            shut[start:end] = calendar.surely_shut(days[start:end])
    same = np.zeros(len(frame), dtype=bool)
    same[1:] = (close[1:] == close[:-1]) & (codes[1:] == codes[:-1])
    unusable = _unusable(levels)
    for row in np.flatnonzero(shut & ~same).tolist() if unusable else ():
        symbol = str(frame["symbol"].iat[row])
        before = days[row - 1] if row and codes[row - 1] == codes[row] else days.min()
        dates = unusable.get(symbol, ()) + unusable.get(None, ())
        same[row] = any(before <= date <= days[row] for date in dates)
    return frame[shut].assign(ghost=same[shut])


def stamped_early(
    levels: Levels, calendars: Mapping[str, Calendar], clocks: Mapping[str, Exchange]
) -> pd.DataFrame:
    """Give the rows that are stamped before the close of their session, half days known: no closes.

    They are rows of ``levels.frame``; ``early`` is the local minute of the day, and ``ended`` the
    time of the close.
    """
    frame = levels.frame[levels.frame["early"].notna()]
    rows = zip(frame["symbol"].astype(str), frame["session"], strict=True)
    ends = [_end(symbol, session, calendars, clocks) for symbol, session in rows]
    frame = frame.assign(ended=pd.Series(ends, index=frame.index, dtype=object))
    minutes = [end.hour * 60 + end.minute if end else 0 for end in ends]
    return frame[frame["early"] < np.array(minutes, dtype=np.float64) - _TOLERANCE_MINUTES]


def _end(
    symbol: str,
    session: pd.Timestamp,
    calendars: Mapping[str, Calendar],
    clocks: Mapping[str, Exchange],
) -> dt.time | None:
    clock, calendar = clocks.get(symbol), calendars.get(symbol)
    if clock is None or (calendar and not calendar.has(session.date())):
        return None
    return end_of(session.date(), clock, calendar)


def _unusable(levels: Levels) -> dict[str | None, tuple[np.datetime64, ...]]:
    """The dates of rows that cannot be used, by symbol; None stands for any."""
    dates: dict[str | None, list[np.datetime64]] = {}
    for fault in levels.faults:
        if fault.session is not None:
            dates.setdefault(fault.symbol, []).append(np.datetime64(fault.session))
    return {symbol: tuple(of) for symbol, of in dates.items()}


def without(levels: Levels, rows: pd.DataFrame) -> Levels:
    """Give the levels without some of their rows."""
    frame = levels.frame.drop(index=rows.index).reset_index(drop=True)
    return replace(levels, frame=frame) if len(rows) else levels


def shut_between(
    shut: pd.DataFrame,
    since: Mapping[str, dt.date | None],
    until: Mapping[str, dt.date | None],
) -> pd.DataFrame:
    """Give the closes of shut days between two dates of each index, both included.

    ``shut`` is as ``on_shut_days`` gives it; no date in ``since`` is the beginning, none in
    ``until`` leaves the index out.
    """
    early = (shut["session"] < of_each_row(shut, since)).to_numpy()
    return shut[~early & (shut["session"] <= of_each_row(shut, until)).to_numpy()]
