"""Which closes should be there by a moment, and until when they are waited for."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from marketmove.closes.find import CloseSettings
from marketmove.market import calendars
from marketmove.market.clocks import last_completed, settled


class ExpectedClose(NamedTuple):
    """A close of an index whose session is over: from when on it is final, and whether it is there.

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
    """Give the closes of some indices that should be there at a moment.

    Those whose session is over by the calendar and the clock of their exchange, and their close
    final. Where no calendar can tell, none is expected.

    Parameters
    ----------
    there
        The symbols, each with whether its close is there.
    session
        The date, or None for the last session of each that is over.
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
    >>> [(one.symbol, one.there) for one in expected]
    [('HSI', True), ('N225', False)]
    """
    known = {symbol: settings.registry.find(symbol) for symbol in there}
    codes = {symbol: index.exchange for symbol, index in known.items() if index and index.exchange}
    loaded = calendars.load(codes.values(), settings.sessions)
    found = []
    for symbol, code in codes.items():
        clock, calendar = settings.exchanges.get(code), loaded.get(code)
        if clock is None or calendar is None:
            continue
        day = last_completed(moment, clock, calendar) if session is None else session
        if day is None or not calendar.has(day):
            continue
        final = settled(day, clock, calendar)
        if final <= moment:
            found.append(ExpectedClose(symbol, day, final, there[symbol]))
    return tuple(found)


def lacking(expected: Iterable[ExpectedClose]) -> tuple[ExpectedClose, ...]:
    """Give those that are not there."""
    return tuple(one for one in expected if not one.there)


def waits_until(
    expected: Sequence[ExpectedClose],
    patience: dt.time | dt.timedelta,
    zone: dt.tzinfo,
) -> dt.datetime | None:
    """Give the moment until which closes that lack are waited for; None where none does.

    ``patience`` is how long after the last close; or a time of day, the first after it by the clock
    of ``zone``.

    >>> close = dt.datetime(2025, 2, 14, 8, 10, tzinfo=dt.UTC)
    >>> expected = [ExpectedClose("HSI", dt.date(2025, 2, 14), close, False)]
    >>> waits_until(expected, dt.timedelta(hours=3), dt.UTC).isoformat()
    '2025-02-14T11:10:00+00:00'
    >>> waits_until(expected, dt.time(7), dt.UTC).isoformat()
    '2025-02-15T07:00:00+00:00'
    """
    if not lacking(expected):
        return None
    last = max(one.final for one in expected)
    if isinstance(patience, dt.timedelta):
        return last + patience
    local = last.astimezone(zone)
    day = local.date() + dt.timedelta(days=patience <= local.time().replace(tzinfo=None))
    return dt.datetime.combine(day, patience, zone)
