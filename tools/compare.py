# /// script
# requires-python = ">=3.12"
# dependencies = [
#     "exchange_calendars==4.13.2",
#     "holidays==0.109",
#     "korean_lunar_calendar==0.4.0",
#     "numpy==2.5.5",
#     "pandas==2.3.3",
#     "pandas_market_calendars==5.5.0",
#     "pyluach==2.3.0",
#     "pyyaml==6.0.3",
#     "toolz==1.2.0",
#     "tzdata==2026.6",
# ]
# ///
"""Hold config/sessions.csv against three packages, and list what differs without an explanation.

Run it with `uv run tools/compare.py`, or read README.md beside it. What a line of corrections.csv
or of reasons.csv explains is only counted. The result is written to compared.csv.
"""

import csv
import datetime as dt
import hashlib
import re
import sys
import warnings
from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import exchange_calendars as ec
import pandas as pd
import pandas_market_calendars as mcal
from sources import HOLIDAYS, PACKAGE, closed_days, holiday_names, years_of

HERE = Path(__file__).parent
RESULT = HERE / "compared.csv"
SESSIONS = HERE.parent / "config" / "sessions.csv"
SINCE = "2015"
FIRST, LAST = dt.date(2000, 1, 1), dt.date(2028, 12, 31)
WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
MARKETS = f"pandas_market_calendars {mcal.__version__}"
# The calendars of that package that are no copies of exchange_calendars.
OF_ITS_OWN = {
    "XASX": "ASX", "BVMF": "BMF", "XBOM": "BSE", "XHKG": "HKEX", "XTKS": "JPX", "XLON": "LSE",
    "XNYS": "NYSE", "XOSL": "OSE", "XSWX": "SIX", "XSHG": "SSE", "XTAE": "TASE", "XTSE": "TSX",
    "XCBF": "CBOE_Index_Options",
}  # fmt: skip


class Days(NamedTuple):
    """Which dates somebody has as sessions, between which dates, and when short ones ended."""

    first: dt.date
    last: dt.date
    sessions: frozenset[dt.date]
    early: dict[dt.date, str]


class Difference(NamedTuple):
    """A date that two have differently; `name` is that of the holiday, where one is known."""

    exchange: str
    date: str
    source: str
    ours: str
    theirs: str
    name: str


class Reason(NamedTuple):
    """Why dates of one exchange, or of all (`*`), differ; `name` is a pattern, empty for any."""

    exchange: str
    source: str
    ours: str
    name: str
    first: str
    last: str
    reason: str


def main() -> None:
    """Print what differs and is not explained, and write the counts."""
    corrected = {(line["exchange"], line["date"]) for line in _read("corrections.csv")}
    with_hours = {line["exchange"] for line in _read("hours.csv")}
    reasons = [Reason(*line.values()) for line in _read("reasons.csv")]
    found = [
        (difference, explained(difference, line["announced"], corrected, with_hours, reasons))
        for line in _read("exchanges.csv")
        if not line["calendar"].startswith("as ")
        for difference in differences(line)
    ]
    unexplained = [difference for difference, why in found if not why]
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(Difference._fields)
    writer.writerows(unexplained)
    since = sum(difference.date >= SINCE for difference in unexplained)
    sys.stderr.write(
        f"{len(found):,} dates differ, {len(unexplained):,} of them without an explanation,"
        f" {since:,} since {SINCE}\n"
    )
    _write_result(found)


def _write_result(found: Iterable[tuple[Difference, str]]) -> None:
    """How many dates differ from whom, and why; first of all, of which file this is true."""
    counts: dict[tuple[str, str, str], list[str]] = {}
    for difference, why in found:
        key = difference.exchange, difference.source, why or "not explained"
        counts.setdefault(key, []).append(difference.date)
    with RESULT.open("w", encoding="utf-8", newline="") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow(("exchange", "source", "why", "dates", f"since {SINCE}"))
        digest = hashlib.sha256(SESSIONS.read_bytes()).hexdigest()
        out.writerow(("*", "config/sessions.csv", digest, "", ""))
        for key, dates in sorted(counts.items()):
            out.writerow((*key, len(dates), sum(date >= SINCE for date in dates)))


def _read(name: str) -> list[dict[str, str]]:
    with (HERE / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def explained(
    found: Difference,
    announced: str,
    corrected: Container[tuple[str, str]],
    with_hours: Container[str],
    reasons: Iterable[Reason],
) -> str:
    """Why a date differs: by what is ours, or by a reason; empty if nothing tells."""
    if (found.exchange, found.date) in corrected:
        return "corrections.csv"
    if found.date > announced:
        return "provisional"
    hours_only = "shut" not in (found.ours, found.theirs) and "holiday" not in found.theirs
    if hours_only and found.exchange in with_hours:
        return "hours.csv"
    for reason in reasons:
        fits = (
            reason.exchange in ("*", found.exchange) and f" {reason.source}" in f" {found.source}"
        )
        fits = fits and reason.ours in ("", found.ours.split()[0])
        fits = fits and (reason.first or "0") <= found.date <= (reason.last or "9")
        if fits and re.search(reason.name, found.name):
            return reason.reason
    return ""


def differences(line: dict[str, str]) -> Iterator[Difference]:
    """What the three packages have otherwise than our file, of one exchange."""
    code, ours = line["exchange"], our_days(line["exchange"])
    names: dict[dt.date, str] = {}
    for place in reversed(line["names"].split()):
        names |= holiday_names(place, ours.first, ours.last)
    others = [(PACKAGE, from_package(line["calendar"], ours))]
    others += [(MARKETS, from_markets(OF_ITS_OWN[code], ours))] if code in OF_ITS_OWN else []
    for source, theirs in others:
        if theirs is not None:
            yield from _between(code, source, ours, theirs, names)
    for place in line["names"].split():
        kinds = [one for one in (place, *line["then"].split()) if one.partition("/")[0] == place]
        first, last = years_of(place)
        within = ours._replace(first=max(first, ours.first), last=min(last, ours.last))
        shut = closed_days(kinds, within.first, within.last)
        names = holiday_names(place, within.first, within.last)
        yield from _holidays(code, f"{HOLIDAYS} {place}", within, shut, names)


def _between(
    code: str, source: str, ours: Days, theirs: Days, names: Mapping[dt.date, str]
) -> Iterator[Difference]:
    """What differs from another calendar, where both reach."""
    first, last = max(ours.first, theirs.first), min(ours.last, theirs.last)
    for day in (first + dt.timedelta(days=n) for n in range((last - first).days + 1)):
        mine, other = _state(ours, day), _state(theirs, day)
        if mine != other:
            yield Difference(code, str(day), source, mine, other, names.get(day, ""))


def _state(known: Days, day: dt.date) -> str:
    if day not in known.sessions:
        return "shut"
    return f"early {known.early[day]}" if day in known.early else "session"


def _holidays(
    code: str, source: str, ours: Days, shut: set[dt.date], names: dict[dt.date, str]
) -> Iterator[Difference]:
    """Public holidays with a session, and usual days without one that are no public holiday."""
    for day in sorted(shut):
        if ours.first <= day <= ours.last and day in ours.sessions:
            yield Difference(
                code, str(day), source, _state(ours, day), "holiday", names.get(day, "")
            )
    weekdays = _usual(code)
    for day in (ours.first + dt.timedelta(days=n) for n in range((ours.last - ours.first).days)):
        if day not in ours.sessions and day not in shut and day.weekday() in weekdays(day):
            yield Difference(code, str(day), source, "shut", "no holiday", _own_name(code, day))


def _lines(code: str) -> list[dict[str, str]]:
    return [line for line in _sessions() if line["exchange"] == code]


_CACHE: list[dict[str, str]] = []


def _sessions() -> list[dict[str, str]]:
    if not _CACHE:
        with SESSIONS.open(encoding="utf-8", newline="") as file:
            _CACHE.extend(csv.DictReader(file))
    return _CACHE


def _own_name(code: str, day: dt.date) -> str:
    names = [line["name"] for line in _lines(code) if line["date"] == str(day)]
    return names[-1] if names else ""


def _usual(code: str) -> Callable[[dt.date], set[int]]:
    weeks = sorted((line["date"], line["name"]) for line in _lines(code) if line["kind"] == "week")

    def of(day: dt.date) -> set[int]:
        name = [names for since, names in weeks if since <= str(day)][-1]
        return {WEEKDAYS.index(weekday) for weekday in name.split()}

    return of


def our_days(code: str) -> Days:
    """The days of our file."""
    lines = _lines(code)
    ends = {line["kind"]: dt.date.fromisoformat(line["date"]) for line in lines}
    first, last = ends["from"], ends["until"]
    week = _usual(code)
    days = [first + dt.timedelta(days=n) for n in range((last - first).days + 1)]
    sessions = {day for day in days if day.weekday() in week(day)}
    early = {}
    for line in lines:
        if line["kind"] in ("closed", "open", "half"):
            day = dt.date.fromisoformat(line["date"])
            (sessions.discard if line["kind"] == "closed" else sessions.add)(day)
            if line["kind"] == "half":
                early[day] = line["time"]
    return Days(first, last, frozenset(sessions), early)


def from_package(name: str, ours: Days) -> Days | None:
    """The days of exchange_calendars, as far as it goes; None if it has no such calendar."""
    if " " in name:
        return None
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found: Any = None
        for year in range(ours.last.year, 2024, -1):
            try:
                found = ec.get_calendar(name, start=ours.first, end=dt.date(year, 12, 31))
            except ValueError:
                continue
            break
    ends = found.closes.dt.tz_convert(str(found.tz))
    usual = list(found.close_times)
    early = {
        day.date(): f"{end:%H:%M}"
        for day, end in ends.items()
        if end.time() < [time for since, time in usual if since is None or since <= day][-1]
    }
    last = ends.index[-1].date()
    return Days(
        ours.first,
        max(last, dt.date(last.year, 12, 31)),
        frozenset(day.date() for day in ends.index),
        early,
    )


def from_markets(name: str, ours: Days) -> Days:
    """The days of pandas_market_calendars."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = mcal.get_calendar(name)
        table = found.schedule(str(ours.first), str(LAST))
        early = found.early_closes(table)["market_close"].dt.tz_convert(str(found.tz))
    days = frozenset(pd.Timestamp(day).date() for day in table.index)
    return Days(ours.first, LAST, days, {day.date(): f"{end:%H:%M}" for day, end in early.items()})


if __name__ == "__main__":
    main()
