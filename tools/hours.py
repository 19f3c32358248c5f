"""When sessions end, where the package has it wrong or too simple: hours.csv."""

import csv
import datetime as dt
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple
from zoneinfo import ZoneInfo

import yaml
from sources import EVERY_DAY, Calendar, End, half_days, ramadans

HERE = Path(__file__).parent
NEW_YORK = ZoneInfo("America/New_York")
WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


class Hours(NamedTuple):
    """One line of hours.csv: from a date on, when the sessions of some weekdays end.

    `season` is empty, `us winter` (New York is on standard time) or `ramadan`; a line with one
    stands over those without. `zone` is the clock that `time` is told on; empty for the exchange's.
    """

    since: dt.date
    weekdays: frozenset[int]
    season: str
    time: dt.time
    zone: str
    source: str


def hours_of(exchange: str) -> list[Hours]:
    """The lines of an exchange."""
    with (HERE / "hours.csv").open(encoding="utf-8", newline="") as file:
        lines = [line for line in csv.DictReader(file) if line["exchange"] == exchange]
    return [
        Hours(
            dt.date.fromisoformat(line["from"]),
            frozenset(map(WEEKDAYS.index, line["weekdays"].split())) or EVERY_DAY,
            line["season"],
            dt.time.fromisoformat(line["time"]),
            line["zone"],
            line["source"],
        )
        for line in lines
    ]


def with_hours(known: Calendar, hours: list[Hours]) -> Calendar:
    """The calendar with our hours instead of the package's, if there are any of ours.

    Early days of the package that are the usual ones of their weekday here are no longer early.
    """
    if not hours:
        return known
    zone = clock_of(known.code)
    closes: dict[dt.date, dict[frozenset[int], End]] = {}
    before: dict[frozenset[int], End] = {}
    for monday, ends in _weeks(known, hours, zone):
        if ends != before:
            closes[monday], before = ends, ends
    known = known._replace(closes=closes)
    early = {day: end for day, end in known.early.items() if end.time < _end_on(closes, day)}
    return known._replace(early=early)


def with_halves(known: Calendar, where: str) -> Calendar:
    """Add the days that end early by a calendar of `holidays`, whose times are of its own clock.

    `where` names it, and the minutes that this exchange goes on longer: `XNYS+15`.
    """
    place, _, minutes = where.partition("+")
    zones = clock_of(place), clock_of(known.code)
    longer = dt.timedelta(minutes=int(minutes or 0))
    more = {
        day: end._replace(time=_moved(_plus(end.time, longer), day, *zones))
        for day, end in half_days(place, known.first, known.last).items()
        if day in known.sessions and known.is_usual(day) and day not in known.early
    }
    return known._replace(early=known.early | more)


def clock_of(exchange: str) -> ZoneInfo:
    """The time zone of an exchange, by config/exchanges.yaml."""
    text = (HERE.parent / "config" / "exchanges.yaml").read_text(encoding="utf-8")
    return ZoneInfo(yaml.safe_load(text)[exchange]["zone"])


def _weeks(
    known: Calendar, hours: list[Hours], zone: ZoneInfo
) -> Iterator[tuple[dt.date, dict[frozenset[int], End]]]:
    """From each day on that hours may change, the ends of the seven days that follow."""
    fasts = ramadans(known.first, known.last)
    for day in known.span():
        by_weekday = {weekday: _of_day(hours, day, weekday, fasts, zone) for weekday in range(7)}
        ends: dict[End, set[int]] = {}
        for weekday, end in by_weekday.items():
            ends.setdefault(end, set()).add(weekday)
        usual = max(ends, key=lambda end: len(ends[end]))
        others = {frozenset(days): end for end, days in ends.items() if end != usual}
        yield day, {EVERY_DAY: usual, **others}


def _of_day(
    hours: list[Hours],
    day: dt.date,
    weekday: int,
    fasts: list[tuple[dt.date, dt.date]],
    zone: ZoneInfo,
) -> End:
    """When a session of a weekday ends at that time of the year: the most special line tells."""
    seasons = {""}
    if not dt.datetime.combine(day, dt.time(12), NEW_YORK).dst():
        seasons.add("us winter")
    if any(begin <= day <= end for begin, end in fasts):
        seasons.add("ramadan")
    fitting = [
        line
        for line in hours
        if line.since <= day and line.season in seasons and weekday in line.weekdays
    ]
    line = max(fitting, key=lambda line: (bool(line.season), line.since, -len(line.weekdays)))
    told = ZoneInfo(line.zone) if line.zone else zone
    return End(_moved(line.time, day, told, zone), line.source)


def _moved(time: dt.time, day: dt.date, zone: ZoneInfo, to: ZoneInfo) -> dt.time:
    return dt.datetime.combine(day, time, zone).astimezone(to).time()


def _plus(time: dt.time, more: dt.timedelta) -> dt.time:
    return (dt.datetime.combine(dt.date.min, time) + more).time()


def _end_on(closes: Mapping[dt.date, Mapping[frozenset[int], End]], day: dt.date) -> dt.time:
    ends = closes[max(since for since in closes if since <= day)]
    special = [
        end.time for days, end in ends.items() if days != EVERY_DAY and day.weekday() in days
    ]
    return special[0] if special else ends[EVERY_DAY].time
