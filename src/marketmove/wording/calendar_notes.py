"""What figures rest on: calendars that end soon, or that are provisional."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping

from marketmove.errors import Remark, listed
from marketmove.market.calendars import Calendar


def ending(calendars: Iterable[Calendar], day: dt.date) -> Iterator[Remark]:
    """Name the calendars that have ended by a date or soon will, each with its last date."""
    by_last: dict[dt.date, list[str]] = {}
    for calendar in calendars:
        if calendar.ends_soon(day):
            by_last.setdefault(calendar.last, []).append(calendar.exchange)
    for last, exchanges in sorted(by_last.items()):
        verb = "ended" if last < day else "ends"
        text = (
            f"{_the_calendars(exchanges)} {verb} on {last}; after that the closes alone tell which"
            " dates were sessions. A newer marketmove knows more, or a file of your own (sessions:)"
        )
        yield Remark("calendar_ends", text)


def provisional(
    dates: Iterable[tuple[str, dt.date | None]], calendars: Mapping[str, Calendar], means: str = ""
) -> Iterator[Remark]:
    """Name the calendars (by symbol) that are provisional on a date, and say what that means."""
    found: dict[str, Calendar] = {}
    for symbol, day in dates:
        calendar = calendars.get(symbol)
        if calendar and day and calendar.is_provisional(day):
            found[calendar.exchange] = calendar
    if found:
        by_end: dict[dt.date, list[str]] = {}
        for exchange, calendar in sorted(found.items()):
            by_end.setdefault(calendar.announced, []).append(exchange)
        parts = [f"{_the_calendars(by_end[end])} after {end}" for end in sorted(by_end)]
        verb = "is" if len(found) == 1 else "are"
        text = f"{listed(parts, len(parts), ' and ')} {verb} provisional"
        yield Remark("provisional_calendar", f"{text}: made by rule, not as announced{means}")


def _the_calendars(exchanges: list[str]) -> str:
    kind = "calendar" if len(exchanges) == 1 else "calendars"
    return f"the {kind} of {listed(exchanges, len(exchanges), ' and ')}"
