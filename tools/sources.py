"""What the two calendar packages know, in plain dates and texts.

Only this module touches them, so that the rest of the tool has types and can be read without
knowing either package.
"""

import datetime as dt
import warnings
from dataclasses import dataclass
from typing import Any, TypeVar

import exchange_calendars as ec
import holidays
import pandas as pd

SOURCE = f"exchange_calendars {ec.__version__}"
A_QUARTER = dt.timedelta(days=90)
T = TypeVar("T")
ONE_DAY = dt.timedelta(days=1)


@dataclass(frozen=True)
class Calendar:
    """The sessions of one exchange between two dates, each with its end in local time."""

    code: str
    first: dt.date
    last: dt.date
    weeks: dict[dt.date, frozenset[int]]
    closes: dict[dt.date, dt.time]
    sessions: dict[dt.date, dt.time]
    names: dict[dt.date, str]

    def span(self) -> list[dt.date]:
        """Every day covered."""
        return [self.first + n * ONE_DAY for n in range((self.last - self.first).days + 1)]

    def is_usual(self, day: dt.date) -> bool:
        """Whether the week of that time has a session on this weekday."""
        return day.weekday() in _at(self.weeks, day)

    def usual_end(self, day: dt.date) -> dt.time:
        """When a full session ended in that time."""
        return _at(self.closes, day)


def _at(regimes: dict[dt.date, T], day: dt.date) -> T:
    """What held on a day: the newest that had begun."""
    return regimes[max(since for since in regimes if since <= day)]


def calendar(code: str, first: dt.date, last: dt.date) -> Calendar:
    """One exchange, with explicit ends: the package's own window moves with today's date."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = ec.get_calendar(code, start=first, end=last)
        names = _rule_names(found, first, last)
    ends = found.closes.dt.tz_convert(str(found.tz))
    closes = {_date(since, first): time for since, time in found.close_times}
    return Calendar(
        code,
        first,
        last,
        _weeks(found, first),
        {since: time for since, time in closes.items() if since <= last},
        {day.date(): end.time() for day, end in ends.items()},
        names,
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
    country, _, part = where.partition("-")
    place = _make(where) if len(country) > 2 else _make(country, part or None)
    kinds = [kind for kind in place.supported_categories if kind not in ("public", "workday")]
    years = range(first.year, last.year + 1)
    named: dict[dt.date, str] = {}
    for kind in ("public", *sorted(kinds)):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            days = type(place)(subdiv=place.subdiv, years=years, language="en_US", categories=kind)
        named = {day: str(name) for day, name in days.items()} | named
    return named


def _make(where: str, part: str | None = None) -> Any:
    if len(where) > 2:
        return holidays.financial_holidays(where)
    return holidays.country_holidays(where, subdiv=part)
