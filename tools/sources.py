"""What the two calendar packages know, in plain dates and texts.

Only this module touches them, so that the rest of the tool has types and can be read without
knowing either package.
"""

import datetime as dt
import re
import warnings
from collections.abc import Collection, Iterable
from typing import Any, NamedTuple, TypeVar

import exchange_calendars as ec
import holidays
import pandas as pd
from holidays.calendars import _IslamicLunar

PACKAGE = f"exchange_calendars {ec.__version__}"
HOLIDAYS = f"holidays {holidays.__version__}"
A_QUARTER = dt.timedelta(days=90)
T = TypeVar("T")
ONE_DAY = dt.timedelta(days=1)
EVERY_DAY = frozenset(range(7))
CLOSES_AT = re.compile(r"close at (\d+):(\d\d) ?([ap]?)")


class End(NamedTuple):
    """A local time at which sessions end, and who says so."""

    time: dt.time
    source: str


class Calendar(NamedTuple):
    """The sessions of one exchange between two dates.

    `closes` has from each date on the usual end, by weekdays; `early` the days that end before it.
    What is after `package_until` is made of public holidays.
    """

    code: str
    first: dt.date
    last: dt.date
    weeks: dict[dt.date, frozenset[int]]
    closes: dict[dt.date, dict[frozenset[int], End]]
    sessions: frozenset[dt.date]
    early: dict[dt.date, End]
    names: dict[dt.date, str]
    package_until: dt.date = dt.date.max
    announced: dt.date = dt.date.max

    def span(self) -> list[dt.date]:
        """Every day covered."""
        return [self.first + n * ONE_DAY for n in range((self.last - self.first).days + 1)]

    def is_usual(self, day: dt.date) -> bool:
        """Whether the week of that time has a session on this weekday."""
        return day.weekday() in _at(self.weeks, day)

    def source(self, day: dt.date) -> str:
        """Who says what a day is."""
        return PACKAGE if self.first <= day <= self.package_until else HOLIDAYS


def _at(regimes: dict[dt.date, T], day: dt.date) -> T:
    """What held on a day: the newest that had begun."""
    return regimes[max(since for since in regimes if since <= day)]


def calendar(code: str, first: dt.date, last: dt.date) -> Calendar:
    """One exchange, with explicit ends: the package's own window moves with today's date."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = ec.get_calendar(code, start=first, end=last)
        names = _rule_names(found, first, last)
    usual = {_date(since, first): time for since, time in found.close_times}
    ends = {
        day.date(): end.time() for day, end in found.closes.dt.tz_convert(str(found.tz)).items()
    }
    return Calendar(
        code,
        first,
        last,
        _weeks(found, first),
        {since: {EVERY_DAY: End(t, PACKAGE)} for since, t in usual.items() if since <= last},
        frozenset(ends),
        {day: End(end, PACKAGE) for day, end in ends.items() if end < _at(usual, day)},
        names,
    )


def with_weekdays(known: Calendar, shut: Collection[dt.date], last: dt.date) -> Calendar:
    """Go on where a calendar ends: with the weekdays of its week that are not shut."""
    days = [known.last + n * ONE_DAY for n in range(1, (last - known.last).days + 1)]
    week = known.weeks[max(known.weeks)]
    more = {day for day in days if day.weekday() in week and day not in shut}
    return known._replace(
        last=last, sessions=frozenset(known.sessions | more), package_until=known.last
    )


def _date(since: pd.Timestamp | None, first: dt.date) -> dt.date:
    """When a rule starts to count here: never before the first date covered."""
    return first if since is None else max(first, since.date())


def _weeks(found: Any, first: dt.date) -> dict[dt.date, frozenset[int]]:
    """The usual trading weekdays, from each date they hold.

    The package also uses special weeks to open single Saturdays; those are days of their own
    here, so only a special week that lasts counts as a change of the week.
    """
    weeks = {first: _days(found.weekmask)}
    for start, end, mask in getattr(found, "special_weekmasks", []):
        since = _date(start, first)
        if end.date() - since > A_QUARTER:
            weeks[since] = _days(mask)
            weeks[end.date() + ONE_DAY] = _days(found.weekmask)
    return weeks


def _days(mask: str) -> frozenset[int]:
    return frozenset(day for day, flag in enumerate(mask) if flag == "1")


def _rule_names(found: Any, first: dt.date, last: dt.date) -> dict[dt.date, str]:
    """The names that the package gives to the days that follow a rule."""
    named: dict[dt.date, str] = {}
    for rule in (*(rule for _, rule in found.special_closes), found.regular_holidays):
        if rule is None or isinstance(rule, int):
            continue
        days = rule.holidays(pd.Timestamp(first), pd.Timestamp(last), return_name=True)
        if isinstance(days, pd.Series):
            named.update({pd.Timestamp(str(day)).date(): str(name) for day, name in days.items()})
    return named


def holiday_names(where: str, first: dt.date, last: dt.date) -> dict[dt.date, str]:
    """English names from `holidays`, of a financial calendar (XNYS) or of a country (GB-ENG).

    Public holidays come before days that only banks or offices keep.
    """
    kinds = [
        kind for kind in _make(where).supported_categories if kind not in ("public", "workday")
    ]
    named: dict[dt.date, str] = {}
    for kind in ("public", *sorted(kinds)):
        named = _of_kind(where, kind, first, last) | named
    return named


def years_of(where: str) -> tuple[dt.date, dt.date]:
    """From when to when `holidays` has a place."""
    place = _make(where)
    return dt.date(max(place.start_year, 1900), 1, 1), dt.date(min(place.end_year, 2100), 12, 31)


def closed_days(places: Iterable[str], first: dt.date, last: dt.date) -> set[dt.date]:
    """The public holidays of some places; a kind of its own stands after a slash."""
    found: set[dt.date] = set()
    for place in places:
        where, _, kind = place.partition("/")
        found |= _of_kind(where, kind or "public", first, last).keys()
    return found


def half_days(where: str, first: dt.date, last: dt.date) -> dict[dt.date, End]:
    """The days on which a financial calendar of `holidays` ends early, and when."""
    found = {}
    for day, name in _of_kind(where, "half_day", first, last).items():
        if told := CLOSES_AT.search(name):
            hour, minute, half = told.groups()
            afternoon = half == "p" and hour != "12"
            time = dt.time(int(hour) + 12 * afternoon, int(minute))
            found[day] = End(time, HOLIDAYS)
    return found


def ramadans(first: dt.date, last: dt.date) -> list[tuple[dt.date, dt.date]]:
    """The first and the last day of each Ramadan that are of it whoever sights the moon, or not."""
    moon = _IslamicLunar()
    years = range(first.year, last.year + 1)
    begins = [day for year in years for day, _ in moon.ramadan_beginning_dates(year)]
    ends = [day for year in years for day, _ in moon.eid_al_fitr_dates(year)]
    pairs = ((b, min(e for e in ends if e > b)) for b in sorted(set(begins)) if b < max(ends))
    return [(begin + ONE_DAY, end - 2 * ONE_DAY) for begin, end in pairs]


def _of_kind(where: str, kind: str, first: dt.date, last: dt.date) -> dict[dt.date, str]:
    place = _make(where)
    years = range(first.year, last.year + 1)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        days = type(place)(subdiv=place.subdiv, years=years, language="en_US", categories=kind)
    return {day: str(name) for day, name in days.items()}


def _make(where: str) -> Any:
    country, _, part = where.partition("-")
    if len(country) > 2:
        return holidays.financial_holidays(where)
    return holidays.country_holidays(country, subdiv=part or None)
