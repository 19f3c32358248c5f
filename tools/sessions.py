# /// script
# requires-python = ">=3.12"
# dependencies = [
#     "exchange_calendars==4.13.2",
#     "holidays==0.109",
#     "korean_lunar_calendar==0.4.0",
#     "numpy==2.5.5",
#     "pandas==2.3.3",
#     "pyluach==2.3.0",
#     "toolz==1.2.0",
#     "tzdata==2026.6",
# ]
# ///
"""Make config/sessions.csv: the trading days of the exchanges.

Run it with `uv run tools/sessions.py`, or read README.md beside it. It writes the same bytes
every time: the versions above are fixed, and so are the dates in exchanges.csv. Pandas stays
below 3, under which exchange_calendars 4.13 fails for some exchanges and loses Saturday sessions.
"""

import csv
import datetime as dt
import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from hours import WEEKDAYS, hours_of, with_halves, with_hours
from naming import name_closed, name_short, short
from sources import EVERY_DAY, Calendar, calendar, closed_days, holiday_names, with_weekdays

HERE = Path(__file__).parent
TARGET = HERE.parent / "config" / "sessions.csv"
LAST = dt.date(2028, 12, 31)
# Golden weeks: the holiday gives its name to every day of the run that is taken around it.
ONE_NAME_A_RUN = {"XSHG"}
FRAME = ("as", "from", "until", "week", "close")


class Row(NamedTuple):
    """One line of the file."""

    exchange: str
    date: str
    kind: str
    time: str = ""
    name: str = ""
    source: str = ""


class Exchange(NamedTuple):
    """One line of exchanges.csv: whose calendar it has until when, and what takes over then.

    `calendar` is one of exchange_calendars or, where it has none, the usual weekdays. From the day
    after `package_until` on, sessions are weekdays that are no holiday of `then`; without it the
    rules of the package go on to the end. What is after `announced` is provisional.
    """

    exchange: str
    calendar: str
    first: str
    announced: str
    package_until: str
    then: str
    holidays: str
    halves: str
    note: str


def main() -> None:
    """Write the file."""
    corrections = [Row(*line) for line in _read("corrections.csv")]
    rows: list[Row] = []
    for exchange in (Exchange(*line) for line in _read("exchanges.csv")):
        own = [row for row in corrections if row.exchange == exchange.exchange]
        rows += exchange_rows(exchange, own)
    rows.sort(key=_order)
    with TARGET.open("w", encoding="utf-8", newline="") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow(Row._fields)
        out.writerows(rows)


def _read(name: str) -> list[list[str]]:
    with (HERE / name).open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))[1:]


def _order(row: Row) -> tuple[str, int, str]:
    """What holds from a date on comes first, each kind by itself, then the days."""
    return row.exchange, FRAME.index(row.kind) if row.kind in FRAME else len(FRAME), row.date


def exchange_rows(exchange: Exchange, corrections: list[Row]) -> list[Row]:
    """All lines of one exchange."""
    if exchange.calendar.startswith("as "):
        other = exchange.calendar.removeprefix("as ")
        return [Row(exchange.exchange, "2000-01-01", "as", "", other)]
    known = known_sessions(exchange)
    ours = [row for row in corrections if row.kind in FRAME]
    replaced = {row.kind for row in ours}
    frame = [row for row in _frame_rows(known, exchange) if row.kind not in replaced]
    days = corrected(_day_rows(known), corrections)
    return [*frame, *ours, *named(days, known, package_names(exchange, known))]


def known_sessions(exchange: Exchange) -> Calendar:
    """The sessions of an exchange to the end of the file: by its package, then by holidays."""
    first, announced = map(dt.date.fromisoformat, (exchange.first, exchange.announced))
    until = dt.date.fromisoformat(exchange.package_until) if exchange.package_until else LAST
    week = exchange.calendar.split()
    if len(week) == 1:
        known = calendar(exchange.calendar, first, until)
    else:
        weekdays = frozenset(map(WEEKDAYS.index, week))
        none = frozenset[dt.date]()
        known = Calendar(exchange.exchange, first, until, {first: weekdays}, {}, none, {}, {})
    known = known._replace(code=exchange.exchange)
    if exchange.then:
        known = with_weekdays(known, closed_days(exchange.then.split(), first, LAST), LAST)
    known = with_hours(known, hours_of(exchange.exchange))
    if exchange.halves:
        known = with_halves(known, exchange.halves)
    return known._replace(announced=announced)


def corrected(rows: Iterator[Row], corrections: list[Row]) -> dict[str, Row]:
    """The days by their date, with our corrections in place of what the package says."""
    days = {row.date: row for row in rows}
    for row in corrections:
        if row.kind in ("trading", "name") and row.date not in days:
            place = f"corrections.csv: {row.exchange} {row.date} {row.kind}"
            sys.exit(f"{place}: an ordinary session anyway; take the line out")
        if row.kind == "trading":
            del days[row.date]
        elif row.kind == "name":
            days[row.date] = days[row.date]._replace(name=row.name)
        elif row.kind not in FRAME:
            days[row.date] = row
    return days


def _frame_rows(known: Calendar, exchange: Exchange) -> Iterator[Row]:
    """What holds from a date on: the span covered, the week, the end of the session."""
    source = known.source(known.first)
    yield Row(known.code, str(known.first), "from", source=source)
    yield Row(known.code, exchange.announced, "until", source=source)
    if known.last > known.announced:
        yield Row(known.code, str(known.last), "until", "", "provisional", known.source(known.last))
    for since, days in known.weeks.items():
        if since <= known.last:
            yield Row(known.code, str(since), "week", "", _weekdays(days), source)
    for since, ends in known.closes.items():
        everyday = ends.get(EVERY_DAY)
        if everyday:
            yield Row(
                known.code, str(since), "close", f"{everyday.time:%H:%M}", "", everyday.source
            )
        for days, end in ends.items():
            if days != EVERY_DAY:
                time = f"{end.time:%H:%M}"
                yield Row(known.code, str(since), "close", time, _weekdays(days), end.source)


def _weekdays(days: Iterable[int]) -> str:
    return " ".join(WEEKDAYS[day] for day in sorted(days))


def _day_rows(known: Calendar) -> Iterator[Row]:
    """The days that differ from the week: shut, short, or open when the week has no session."""
    for day in known.span():
        source = known.source(day)
        if day not in known.sessions:
            if known.is_usual(day):
                yield Row(known.code, str(day), "closed", source=source)
        elif not known.is_usual(day):
            yield Row(known.code, str(day), "open", source=source)
        elif early := known.early.get(day):
            yield Row(known.code, str(day), "half", f"{early.time:%H:%M}", source=early.source)


def package_names(exchange: Exchange, known: Calendar) -> dict[dt.date, str]:
    """The names of days: of the exchange's own calendar, else its country, else the rule's."""
    names = {day: short(name, known.code) for day, name in known.names.items()}
    for place in reversed(exchange.holidays.split()):
        found = holiday_names(place, known.first, known.last)
        names |= {day: short(name) for day, name in found.items() if short(name)}
    return {day: name for day, name in names.items() if name}


def named(days: Mapping[str, Row], known: Calendar, names: Mapping[dt.date, str]) -> Iterator[Row]:
    """The days in order, those that have no name with the one that is found for them."""
    rows = {dt.date.fromisoformat(text): row for text, row in days.items()}
    kinds = {day: row.kind for day, row in rows.items()}
    names = {**names, **{day: row.name for day, row in rows.items() if row.name}}
    shut = {day for day in known.span() if kinds.get(day) == "closed" or not known.is_usual(day)}
    shut -= {day for day, kind in kinds.items() if kind == "open"}
    closed = name_closed(shut, names, known.code in ONE_NAME_A_RUN)
    for day, row in sorted(rows.items()):
        name = closed.get(day) if row.kind == "closed" else names.get(day)
        if not name and row.kind == "half":
            name = name_short(day, closed, kinds)
        yield row._replace(name=row.name or name or "")


if __name__ == "__main__":
    main()
