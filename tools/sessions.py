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
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from naming import name_closed, name_short, short
from sources import SOURCE, Calendar, calendar, holiday_names

HERE = Path(__file__).parent
TARGET = HERE.parent / "config" / "sessions.csv"
WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
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
    """One line of exchanges.csv: whose calendar it has, between which dates, named after whom."""

    exchange: str
    calendar: str
    first: str
    last: str
    holidays: str
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
    first, last = dt.date.fromisoformat(exchange.first), dt.date.fromisoformat(exchange.last)
    known = calendar(exchange.calendar, first, last)
    ours = [row for row in corrections if row.kind in FRAME]
    replaced = {row.kind for row in ours}
    frame = [row for row in _frame_rows(known) if row.kind not in replaced]
    days = corrected(_day_rows(known), corrections)
    return [*frame, *ours, *named(days, known, package_names(exchange, known))]


def corrected(rows: Iterator[Row], corrections: list[Row]) -> dict[str, Row]:
    """The days by their date, with our corrections in place of what the package says."""
    days = {row.date: row for row in rows}
    for row in corrections:
        if row.kind == "trading":
            del days[row.date]
        elif row.kind == "name":
            days[row.date] = days[row.date]._replace(name=row.name)
        elif row.kind not in FRAME:
            days[row.date] = row
    return days


def _frame_rows(known: Calendar) -> Iterator[Row]:
    """What holds from a date on: the span covered, the week, the end of the session."""
    yield Row(known.code, str(known.first), "from", source=SOURCE)
    yield Row(known.code, str(known.last), "until", source=SOURCE)
    for since, days in known.weeks.items():
        if since <= known.last:
            names = " ".join(WEEKDAYS[day] for day in sorted(days))
            yield Row(known.code, str(since), "week", "", names, SOURCE)
    for since, time in known.closes.items():
        yield Row(known.code, str(since), "close", f"{time:%H:%M}", "", SOURCE)


def _day_rows(known: Calendar) -> Iterator[Row]:
    """The days that differ from the week: shut, short, or open when the week has no session."""
    for day in known.span():
        end = known.sessions.get(day)
        if end is None:
            if known.is_usual(day):
                yield Row(known.code, str(day), "closed", source=SOURCE)
        elif not known.is_usual(day):
            yield Row(known.code, str(day), "open", source=SOURCE)
        elif end < known.usual_end(day):
            yield Row(known.code, str(day), "half", f"{end:%H:%M}", source=SOURCE)


def package_names(exchange: Exchange, known: Calendar) -> dict[dt.date, str]:
    """The names of days: of the exchange's own calendar, else its country, else the rule's."""
    names = {day: short(name) for day, name in known.names.items()}
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
