"""When the last exchange of a group closes: day by day over a year, in the clock of any zone."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import NamedTuple
from zoneinfo import ZoneInfo

from marketmove.market.calendars import Calendar
from marketmove.market.indices import Exchange

_YEAR_DAYS = 366
_WINDOW = dt.timedelta(days=91)
# A weekday with fewer of the sessions than this had special ones only.
_LEAST_SHARE = 0.05
_WORKING_WEEK = frozenset(range(5))


class Market(NamedTuple):
    """An exchange with its clock and, where one is known, its calendar."""

    exchange: str
    clock: Exchange
    calendar: Calendar | None = None

    def usual_end(self, day: dt.date) -> dt.time:
        """Give the local time at which its sessions of a weekday usually end around a date."""
        return (self.calendar.usual_end(day) if self.calendar else None) or self.clock.close

    def weekdays(self, first: dt.date) -> frozenset[int]:
        """Give the weekdays (Monday is 0) on which it has sessions from a date on.

        Where the calendar does not reach so far, those at its end; without one, Monday to Friday.
        """
        if self.calendar is None:
            return _WORKING_WEEK
        end = min(max(first, self.calendar.first) + _WINDOW, self.calendar.last)
        sessions: list[dt.date] = self.calendar.sessions.tolist()
        counts = Counter(day.weekday() for day in sessions if end - _WINDOW <= day <= end)
        return frozenset(day for day in counts if counts[day] >= _LEAST_SHARE * counts.total())


class LastClose(NamedTuple):
    """The last close of a date: the moment in UTC, and the exchanges that close then.

    ``final`` is when the closes of all exchanges are: after their auctions and calculations.
    """

    session: dt.date
    moment: dt.datetime
    exchanges: tuple[str, ...]
    final: dt.datetime


class LastExchange(NamedTuple):
    """An exchange that closes last on some dates, and at which local times it does then."""

    exchange: str
    zone: str
    times: tuple[dt.time, ...]


class SchedulePlan(NamedTuple):
    """What to run when: after the last close of each date, in the clock of ``zone``.

    ``earliest`` and ``latest`` are that close over the year, from the midnight at which its date
    begins; it can be on the day before or after. ``weekdays`` are those of the sessions (Monday
    is 0). ``final`` is the latest that closes are final at. ``unknown`` are exchanges and indices
    whose close is not known, ``assumed`` exchanges whose week is not. ``fetch`` is run before the
    command, if there is one. ``own`` says that the exchanges are those of the user's closes.
    """

    group: str
    command: tuple[str, ...]
    zone: str
    after_minutes: int
    last: tuple[LastExchange, ...]
    earliest: dt.timedelta
    latest: dt.timedelta
    weekdays: tuple[int, ...]
    final: dt.timedelta = dt.timedelta()
    unknown: tuple[str, ...] = ()
    assumed: tuple[str, ...] = ()
    fetch: tuple[str, ...] = ()
    own: bool = False

    def starts(self) -> tuple[dt.time, tuple[int, ...]]:
        """Give the local time of the run, and its weekdays, in order."""
        start = max(self.latest + dt.timedelta(minutes=self.after_minutes), self.final)
        minutes = start.seconds // 60
        days = sorted((day + start.days) % 7 for day in self.weekdays)
        return dt.time(minutes // 60, minutes % 60), tuple(days)


def last_closes(markets: Sequence[Market], first: dt.date) -> list[LastClose]:
    """Give the last close of each date on which one of the exchanges has sessions, for a year.

    Usual sessions on usual weekdays: half days end earlier, and a holiday is no reason to wait.
    """
    weeks = {market.exchange: market.weekdays(first) for market in markets}
    found = []
    for day in (first + dt.timedelta(days=n) for n in range(_YEAR_DAYS)):
        ends = {m.exchange: _end(m, day) for m in markets if day.weekday() in weeks[m.exchange]}
        if ends:
            last = max(ends.values())
            codes = tuple(code for code, moment in ends.items() if moment == last)
            final = max(ends[m.exchange] + m.clock.settles for m in markets if m.exchange in ends)
            found.append(LastClose(day, last, codes, final))
    return found


def _end(market: Market, day: dt.date) -> dt.datetime:
    local = dt.datetime.combine(day, market.usual_end(day), ZoneInfo(market.clock.zone))
    return local.astimezone(dt.UTC)


def local_range(closes: Iterable[LastClose], zone: str) -> tuple[dt.timedelta, dt.timedelta]:
    """Give the earliest and the latest of the closes on the clock of a zone, from midnight.

    Midnight is the one at which the date of the session begins there: a close can be before it.
    """
    clock = ZoneInfo(zone)
    offsets = [
        close.moment.astimezone(clock).replace(tzinfo=None)
        - dt.datetime.combine(close.session, dt.time())
        for close in closes
    ]
    return min(offsets), max(offsets)


def last_exchanges(
    closes: Sequence[LastClose], markets: Iterable[Market]
) -> tuple[LastExchange, ...]:
    """Give the fewest exchanges of which one closes last on every date, the most frequent first."""
    by_code = {market.exchange: market for market in markets}
    left, found = list(closes), []
    while left:
        (code, _), *_ = Counter(code for close in left for code in close.exchanges).most_common(1)
        market = by_code[code]
        here = [close for close in left if code in close.exchanges]
        times = tuple(sorted({market.usual_end(close.session) for close in here}))
        found.append(LastExchange(code, market.clock.zone, times))
        left = [close for close in left if code not in close.exchanges]
    return tuple(found)


def steadiest_zone(closes: Sequence[LastClose], zones: Iterable[str]) -> str:
    """Give the zone in which the closes differ least over the year; the first of equals."""

    def width(zone: str) -> dt.timedelta:
        earliest, latest = local_range(closes, zone)
        return latest - earliest

    return min(dict.fromkeys(zones), key=width)
