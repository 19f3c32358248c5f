"""Which closes should be there by a moment, and until when they are waited for."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple
from zoneinfo import ZoneInfo

from marketmove.closes.find import CloseSettings
from marketmove.market import calendars
from marketmove.market.clocks import last_completed, settled


class ExpectedClose(NamedTuple):
    """A close of an index: from when on it is final, and whether it is there.

    ``final`` is in UTC.
    """

    symbol: str
    session: dt.date
    final: dt.datetime
    there: bool


def expected_closes(
    there: Mapping[str, bool],
    session: dt.date | None,
    moment: dt.datetime,
    settings: CloseSettings,
) -> tuple[ExpectedClose, ...]:
    """Give the closes of some indices that should be there at a moment, and those to come.

    They are of sessions that the calendar of their exchange has. Where none can tell, no close is
    expected.

    Parameters
    ----------
    there
        The symbols, each with whether its close is there.
    session
        The date, or None for the last session of each that is over, and the one of that day that
        is not.
    moment
        With its offset from UTC.
    settings
        The registry, the clocks and the user's own sessions.

    Examples
    --------
    >>> from marketmove.config import load
    >>> noon = dt.datetime.fromisoformat("2025-02-14T12:00+00:00")
    >>> there = {"HSI": True, "N225": False, "SPX": False}
    >>> expected = expected_closes(there, dt.date(2025, 2, 14), noon, load(None).closes)
    >>> [(one.symbol, one.there, one.final <= noon) for one in expected]
    [('HSI', True, True), ('N225', False, True), ('SPX', False, False)]
    """
    known = {symbol: settings.registry.find(symbol) for symbol in there}
    codes = {symbol: index.exchange for symbol, index in known.items() if index and index.exchange}
    loaded = calendars.load(codes.values(), settings.sessions)
    found = []
    for symbol, code in codes.items():
        clock, calendar = settings.exchanges.get(code), loaded.get(code)
        if clock is None or calendar is None:
            continue
        if session is None:
            today = moment.astimezone(ZoneInfo(clock.zone)).date()
            days = dict.fromkeys((last_completed(moment, clock, calendar), today))
        else:
            days = {session: None}
        for day in days:
            if day is not None and calendar.has(day):
                final = settled(day, clock, calendar)
                is_there = there[symbol] and (session is not None or final <= moment)
                found.append(ExpectedClose(symbol, day, final, is_there))
    return tuple(found)


def lacking(expected: Iterable[ExpectedClose], moment: dt.datetime) -> tuple[ExpectedClose, ...]:
    """Give those that are not there, and should be at a moment."""
    return tuple(one for one in expected if not one.there and one.final <= moment)


def awaited(
    expected: Sequence[ExpectedClose],
    moment: dt.datetime,
    patience: dt.time | dt.timedelta,
    zone: dt.tzinfo,
) -> tuple[tuple[ExpectedClose, ...], dt.datetime | None]:
    """Give the closes that are waited for at a moment, and until when; None where none is.

    ``patience`` is how long after the last close; one that is to come so soon after it is waited
    for as well. Or it is a time of day, the first after the last close by the clock of ``zone``,
    and all that come before are waited for.

    >>> def close(symbol, hour, there):
    ...     final = dt.datetime(2025, 2, 14, hour, tzinfo=dt.UTC)
    ...     return ExpectedClose(symbol, final.date(), final, there)
    >>> expected = [close("N225", 7, True), close("HSI", 8, False), close("SPX", 21, False)]
    >>> at = dt.datetime(2025, 2, 14, 7, 30, tzinfo=dt.UTC)
    >>> for patience in (dt.timedelta(hours=3), dt.time(22), dt.timedelta()):
    ...     closes, until = awaited(expected, at, patience, dt.UTC)
    ...     print([one.symbol for one in closes], until and f"{until:%H:%M}")
    ['HSI'] 11:00
    ['HSI', 'SPX'] 22:00
    [] None
    """
    over = [one.final for one in expected if one.final <= moment]
    if not over:
        return (), None
    last = max(over)
    coming = sorted({one.final for one in expected if one.final > moment and not one.there})
    if isinstance(patience, dt.timedelta):
        for final in coming:
            last = final if final < last + patience else last
        until = last + patience
    else:
        local = last.astimezone(zone)
        day = local.date() + dt.timedelta(days=patience <= local.time().replace(tzinfo=None))
        until = dt.datetime.combine(day, patience, zone)
    closes = tuple(one for one in expected if not one.there and one.final < until)
    return closes, until if closes else None
