"""When a session is over, by the clock of its exchange."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

from marketmove.market.calendars import Calendar
from marketmove.market.indices import Exchange


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
    local = moment.astimezone(ZoneInfo(clock.zone))
    day = local.date()
    if local.time() < end_of(day, clock, calendar):
        day -= dt.timedelta(days=1)
    return calendar.until(day) if calendar else day


def ended(session: dt.date, clock: Exchange, calendar: Calendar | None) -> dt.datetime:
    """Give the moment at which a session of an exchange ended."""
    return dt.datetime.combine(session, end_of(session, clock, calendar), ZoneInfo(clock.zone))


def end_of(session: dt.date, clock: Exchange, calendar: Calendar | None) -> dt.time:
    """Give the local time at which a session ended: the usual one where the calendar is silent."""
    return (calendar.end_of(session) if calendar else None) or clock.close
