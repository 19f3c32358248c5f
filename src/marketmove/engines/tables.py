"""What is known beforehand, as small tables that an engine joins: indices, and days by calendar."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import numpy as np

from marketmove.market.calendars import Calendar
from marketmove.market.clocks import ended, last_completed
from marketmove.market.indices import Exchange, Registry

# Where it is first the next day: of an index without a clock nobody knows better.
_FIRST_DAY_ZONE = "Pacific/Kiritimati"
_DAY = np.timedelta64(1, "D")


class Table(NamedTuple):
    """A small table to hand to an engine: its name, its columns with their SQL types, its rows."""

    name: str
    columns: Mapping[str, str]
    rows: Sequence[tuple[Any, ...]]


class Exchanges(NamedTuple):
    """By symbol the calendar and the clock of each index whose exchange is known."""

    calendars: Mapping[str, Calendar]
    clocks: Mapping[str, Exchange]


def local_date(now: dt.datetime, clock: Exchange | None) -> dt.date:
    """Give the date at an exchange; without its clock, where the next date is first."""
    return now.astimezone(ZoneInfo(clock.zone if clock else _FIRST_DAY_ZONE)).date()


def indices_table(
    symbols: Iterable[str],
    chosen: Collection[str],
    registry: Registry,
    known: Exchanges,
    volatile: Collection[str],
    now: dt.datetime,
) -> Table:
    """Give what is known of some indices: those that the registry has, and those chosen.

    ``completed`` is the last session that is over at the moment, and ``completed_count`` how many
    sessions there were until it; ``open_session`` is one that is not over yet.
    """
    rows = []
    for symbol in symbols:
        index, calendar = registry.resolve(symbol), known.calendars.get(symbol)
        clock, today = known.clocks.get(symbol), local_date(now, known.clocks.get(symbol))
        unfinished = clock is not None and now < ended(today, clock, calendar)
        completed = last_completed(now, clock, calendar) if clock else None
        count = None
        if calendar and completed and calendar.covers(completed + dt.timedelta(days=1)):
            count = int(np.searchsorted(calendar.sessions, np.datetime64(completed), side="right"))
        rows.append(
            (
                symbol,
                index.name,
                registry.find(symbol) is not None,
                index.decimals,
                calendar.exchange if calendar else None,
                symbol in volatile,
                symbol in chosen,
                today if clock else None,
                today if unfinished else None,
                completed,
                count,
            )
        )
    columns = {
        "symbol": "STRING", "name": "STRING", "known": "BOOLEAN", "decimals": "INT",
        "calendar": "STRING", "volatile": "BOOLEAN", "chosen": "BOOLEAN", "local_date": "DATE",
        "open_session": "DATE", "completed": "DATE", "completed_count": "INT",
    }  # fmt: skip
    return Table("indices", columns, rows)


def days_table(calendars: Iterable[Calendar], first: dt.date, last: dt.date) -> Table:
    """Give every date from ``first`` to ``last`` that a calendar covers, and what it says of it.

    ``surely_shut`` leaves out holidays that are provisional. ``seen_before`` and ``seen_until``
    count the sessions before it, and those with it; ``counted_until`` the latter where the next
    date is covered too. ``shut_before`` and ``shut_after`` are of the dates beside it.
    """
    rows: list[tuple[Any, ...]] = []
    for calendar in {calendar.exchange: calendar for calendar in calendars}.values():
        since, until = max(first, calendar.first), min(last, calendar.last)
        if since > until:
            continue
        days = np.arange(np.datetime64(since), np.datetime64(until) + _DAY)
        shut = calendar.shut(days)
        before = np.searchsorted(calendar.sessions, days)
        seen = np.searchsorted(calendar.sessions, days, side="right")
        known = calendar.covered(days + _DAY).tolist()
        counted = [int(n) if sure else None for n, sure in zip(seen.tolist(), known, strict=True)]
        dates: list[dt.date] = days.tolist()
        reasons = [
            (calendar.why_shut(day) or None, calendar.following(day)) if closed else (None, None)
            for day, closed in zip(dates, shut.tolist(), strict=True)
        ]
        columns = (
            [calendar.exchange] * len(dates),
            dates,
            shut.tolist(),
            calendar.surely_shut(days).tolist(),
            before.tolist(),
            seen.tolist(),
            counted,
            calendar.shut(days - _DAY).tolist(),
            calendar.shut(days + _DAY).tolist(),
            *zip(*reasons, strict=True),
        )
        rows += zip(*columns, strict=True)
    columns_of = {
        "calendar": "STRING", "date": "DATE", "shut": "BOOLEAN", "surely_shut": "BOOLEAN",
        "seen_before": "INT", "seen_until": "INT", "counted_until": "INT",
        "shut_before": "BOOLEAN", "shut_after": "BOOLEAN", "closed_for": "STRING",
        "reopens": "DATE",
    }  # fmt: skip
    return Table("days", columns_of, rows)


def dates_table(name: str, column: str, dates: Iterable[dt.date]) -> Table:
    """Give a table of dates alone."""
    return Table(name, {column: "DATE"}, [(date,) for date in dates])


def names_table(symbols: Mapping[str, str]) -> Table:
    """Give the symbols that the files write in another way than the registry, each with its own."""
    rows = [(written, symbol) for written, symbol in symbols.items() if written != symbol]
    return Table("names", {"written": "STRING", "symbol": "STRING"}, rows)


def exact_table(rows: Sequence[tuple[float, float, float, float]] = ()) -> Table:
    """Give the changes of levels of too many digits, which were worked out as fractions."""
    columns = dict.fromkeys(("of_close", "of_prior", "exact_pts", "exact_pct"), "DOUBLE")
    return Table("exact", columns, rows)
