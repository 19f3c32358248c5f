"""When a session is over, by the clock of its exchange, and its close final."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

from marketmove.market.calendars import Calendar
from marketmove.market.indices import Exchange


def last_completed(
    moment: dt.datetime, clock: Exchange, calendar: Calendar | None
) -> dt.date | None:
    """Give the last session of an exchange whose close was final at a moment of the world.

    Parameters
    ----------
    moment
        With its offset from UTC.
    clock
        The time zone of the exchange, its usual close where the calendar does not say, and how
        long after it the close is final.
    calendar
        Its sessions; None gives the last date that was over, session or not.

    Returns
    -------
    date or None
        None where the calendar does not cover the date.

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
    day = last_over(moment, clock, calendar)
    return calendar.until(day) if calendar else day


def last_over(moment: dt.datetime, clock: Exchange, calendar: Calendar | None) -> dt.date:
    """Give the last date, session or not, on which a session would be over and its close final."""
    day = moment.astimezone(ZoneInfo(clock.zone)).date()
    while settled(day, clock, calendar) > moment:
        day -= dt.timedelta(days=1)
    return day


def settled(session: dt.date, clock: Exchange, calendar: Calendar | None) -> dt.datetime:
    """Give the moment from which the close of a session is final: after auction and calculation."""
    return ended(session, clock, calendar).astimezone(dt.UTC) + clock.settles


def over_everywhere(moment: dt.datetime) -> dt.date:
    """Give the last date whose sessions are over on every exchange: it has ended in UTC.

    Examples
    --------
    >>> over_everywhere(dt.datetime.fromisoformat("2025-02-15T01:00+02:00"))
    datetime.date(2025, 2, 13)
    """
    return moment.astimezone(dt.UTC).date() - dt.timedelta(days=1)


def ended(session: dt.date, clock: Exchange, calendar: Calendar | None) -> dt.datetime:
    """Give the moment at which trading ended in a session of an exchange, but for its auction."""
    return dt.datetime.combine(session, end_of(session, clock, calendar), ZoneInfo(clock.zone))


def end_of(session: dt.date, clock: Exchange, calendar: Calendar | None) -> dt.time:
    """Give the local time at which a session ended: the usual one where the calendar is silent."""
    return (calendar.end_of(session) if calendar else None) or clock.close
