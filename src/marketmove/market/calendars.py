"""Which dates were sessions of which exchange, and why the others were not: data, not a library."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from marketmove import yamltext
from marketmove.errors import BadConfigError, Place, Problem
from marketmove.resources import root

Days = npt.NDArray[np.datetime64]
ONE_DAY = np.timedelta64(1, "D")

SESSIONS = "config/sessions.csv"
COLUMNS = ("exchange", "date", "kind", "time", "name", "source")
_KINDS = ("from", "until", "week", "close", "closed", "half", "open", "as")
_SINGLE = frozenset(["closed", "half", "open"])
_WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_TIME = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]")
_FORM = f"expected {','.join(COLUMNS)}"
_PROVISIONAL = "provisional"
_NOTED_BEFORE = dt.timedelta(days=60)


def in_days(numbers: npt.NDArray[np.int64]) -> npt.NDArray[np.timedelta64]:
    """Give whole numbers as so many days, which dates can be moved by."""
    return numbers.astype("timedelta64[D]")


class SessionsLine(NamedTuple):
    """A line of a sessions file after its exchange; ``rest`` is taken apart when it is wanted."""

    date: str
    kind: str
    rest: str


class RegularEnd(NamedTuple):
    """From a date on, the local time at which sessions of some weekdays (Monday is 0) end."""

    since: dt.date
    time: dt.time
    weekdays: frozenset[int]


@dataclass(frozen=True, slots=True)
class Calendar:
    """The sessions of one exchange from ``first`` to ``last``, both covered.

    ``sessions`` are their dates (datetime64[D], in order), ``regular`` from which date on which
    local time was the usual end of which weekdays. ``single`` has the time, name and source of
    single days, ``weeks`` from which date on which weekdays (Monday is 0) were those of sessions.
    After ``announced`` the calendar is provisional: made of public holidays and of rules, where
    the exchange has not said so itself yet.
    """

    exchange: str
    first: dt.date
    last: dt.date
    sessions: Days
    regular: tuple[RegularEnd, ...]
    single: Mapping[str, str]
    announced: dt.date
    weeks: tuple[tuple[dt.date, tuple[int, ...]], ...] = ()

    def covers(self, day: dt.date) -> bool:
        """Tell whether it is known what happened on a date."""
        return self.first <= day <= self.last

    def is_provisional(self, day: dt.date) -> bool:
        """Tell whether a date is covered, but by rule only: not as the exchange announced it."""
        return self.covers(day) and day > self.announced

    @property
    def is_by_rule_only(self) -> bool:
        """Tell whether nothing of it was announced: outside its span it counts as none at all."""
        return self.announced < self.first

    def ends_soon(self, day: dt.date) -> bool:
        """Tell whether the calendar has ended by a date, or ends within the next 60 days."""
        return day > self.last - _NOTED_BEFORE

    def has(self, day: dt.date) -> bool | None:
        """Tell whether a date was a session; None if it is not covered."""
        if not self.covers(day):
            return None
        at = int(np.searchsorted(self.sessions, np.datetime64(day)))
        return at < len(self.sessions) and bool(self.sessions[at] == np.datetime64(day))

    def why_shut(self, day: dt.date) -> str:
        """Give the name of the holiday, ``weekend``, or nothing where it has no name."""
        outside_week = day.isoformat() not in self.single
        return self._single(day)[1] or ("weekend" if outside_week and self.covers(day) else "")

    def _single(self, day: dt.date) -> list[str]:
        """The time, name and source of a single day; empty texts for all others."""
        return next(csv.reader([self.single.get(day.isoformat(), ",,")]))

    def following(self, day: dt.date) -> dt.date | None:
        """Give the first session after a date; None if it is not known."""
        at = int(np.searchsorted(self.sessions, np.datetime64(day), side="right"))
        return _date(self.sessions[at]) if self.covers(day) and at < len(self.sessions) else None

    def until(self, day: dt.date) -> dt.date | None:
        """Give the last session on or before a date; None if it is not known."""
        at = int(np.searchsorted(self.sessions, np.datetime64(day), side="right"))
        return _date(self.sessions[at - 1]) if self.covers(day) and at else None

    def between(self, after: dt.date, before: dt.date) -> int | None:
        """Count the sessions between two dates, both left out; None if not all is covered."""
        if not (self.covers(after) and self.covers(before)):
            return None
        start = int(np.searchsorted(self.sessions, np.datetime64(after), side="right"))
        end = int(np.searchsorted(self.sessions, np.datetime64(before)))
        return max(0, end - start)

    def lacking(self, after: Days, before: Days) -> npt.NDArray[np.float64]:
        """Count as ``between`` for many dates at once; nan where not all is covered, or NaT."""
        covered = self.covered(after) & self.covered(before)
        start = np.searchsorted(self.sessions, after, side="right")
        count = np.searchsorted(self.sessions, before) - start
        return np.where(covered, np.maximum(count, 0), np.nan)

    def covered(self, days: Days) -> npt.NDArray[np.bool_]:
        """Tell as ``covers`` of many dates at once."""
        return (days >= np.datetime64(self.first)) & (days <= np.datetime64(self.last))

    def shut(self, days: Days) -> npt.NDArray[np.bool_]:
        """Tell of each date whether there was certainly no session."""
        at = np.searchsorted(self.sessions, days)
        held: npt.NDArray[np.bool_] = (
            np.append(self.sessions, np.datetime64("NaT", "D"))[at] == days
        )
        return self.covered(days) & ~held

    def surely_shut(self, days: Days) -> npt.NDArray[np.bool_]:
        """Tell as ``shut``, but not of a holiday that is provisional: a close tells better."""
        usual = np.zeros(len(days), dtype=bool)
        for since, weekdays in self.weeks:
            own = days >= np.datetime64(since)
            usual[own] = np.isin((days.astype(np.int64) + 3) % 7, weekdays)[own]
        return self.shut(days) & ~(usual & (days > np.datetime64(self.announced)))

    def week_starts(self, days: Days) -> npt.NDArray[np.int64]:
        """Give the weekday (Monday is 0) on which the week around each date begins."""
        starts = np.zeros(len(days), dtype=np.int64)
        for since, weekdays in self.weeks:
            # The week begins after the longest row of days off.
            gaps = {day: (day - weekdays[n - 1]) % 7 or 7 for n, day in enumerate(weekdays)}
            starts[days >= np.datetime64(since)] = max(gaps, key=lambda day: (gaps[day], -day))
        return starts

    def weekday_before(self, days: Days) -> Days:
        """Give the last weekday of sessions before each date, be it a holiday or not."""
        before: Days = days - in_days(1 + np.maximum(0, (days.astype(np.int64) + 2) % 7 - 4))
        for since, weekdays in self.weeks:
            of_weekday = (days.astype(np.int64) + 3) % 7
            steps = np.array([_step_back(n, weekdays) for n in range(7)], dtype=np.int64)
            own = days >= np.datetime64(since)
            before[own] = (days - in_days(steps[of_weekday]))[own]
        return before

    def end_of(self, day: dt.date) -> dt.time | None:
        """Give the local time at which the session of a date ended; None if it is not known."""
        if time := self._single(day)[0]:
            return dt.time.fromisoformat(time)
        return self.usual_end(day)

    def usual_end(self, day: dt.date) -> dt.time | None:
        """Give the local time at which sessions of its weekday usually ended around a date."""
        weekday = day.weekday()
        usual = (end for end in reversed(self.regular) if end.since <= day)
        return next((end.time for end in usual if weekday in end.weekdays), None)


def _step_back(weekday: int, weekdays: Sequence[int]) -> int:
    return min((weekday - day) % 7 or 7 for day in weekdays)


def load(codes: Iterable[str], own: Path | None = None) -> dict[str, Calendar]:
    """Read the calendars of some exchanges: the bundled ones, and over them the user's own file.

    Codes without a calendar are left out. ``own`` is in the form of ``config/sessions.csv``. Raises
    ``BadConfigError`` with every line of it that is not.
    """
    data = (root() / SESSIONS).read_bytes()
    text = yamltext.read_text(own, str(own), "the sessions") if own is not None else None
    added = read_lines(text, str(own)) if text is not None else {}
    calendars = {}
    for code in dict.fromkeys(codes):
        if calendar := _calendar(code, [*_lines_of(code, data), *added.get(code, ())]):
            calendars[code] = calendar
    return calendars


def _lines_of(code: str, data: bytes) -> list[SessionsLine]:
    """The lines of one exchange, which stand together; of the one it goes along with, if so."""
    start = data.find(f"\n{code},".encode()) + 1
    found = re.compile(rb"(?:%s,.*\n)+" % code.encode()).match(data, start) if start else None
    if found is None:
        return []
    lines = [SessionsLine(*line.split(",", 3)[1:]) for line in found.group().decode().splitlines()]
    if lines[0].kind == "as":
        partner = next(csv.reader([lines[0].rest]))[1]
        return _lines_of(partner, data) + lines[1:]
    return lines


def read_lines(text: str, label: str) -> dict[str, list[SessionsLine]]:
    r"""Read a sessions file, and say of each line that is not of the form what is wrong with it.

    Raises ``BadConfigError`` with every such line.

    >>> text = "exchange,date,kind,time,name,source\nXHKG,2030-01-02,closed,,Typhoon,\n"
    >>> read_lines(text, "own.csv")
    {'XHKG': [SessionsLine(date='2030-01-02', kind='closed', rest=',Typhoon,')]}
    """
    found: dict[str, list[SessionsLine]] = {}
    problems: list[Problem] = []
    head, *lines = text.splitlines() or [""]
    if head != ",".join(COLUMNS):
        raise BadConfigError.at(Place(label, 1), f"the first line is {head!r}; {_FORM}")
    for number, line in enumerate(lines, start=2):
        cells = next(csv.reader([line]), [])
        if wrong := _wrong(cells) if cells else None:
            problems.append(Problem(Place(label, number), wrong))
        elif cells:
            found.setdefault(cells[0], []).append(
                SessionsLine(cells[1], cells[2], _joined(cells[3:]))
            )
    if problems:
        raise BadConfigError(problems)
    return found


def _joined(cells: Sequence[str]) -> str:
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator="").writerow(cells)
    return buffer.getvalue()


def _wrong(cells: Sequence[str]) -> str | None:
    """What is wrong with a line."""
    if len(cells) != len(COLUMNS):
        return f"{len(cells)} cells; {_FORM}"
    _, date, kind, time, name, _ = cells
    if kind not in _KINDS:
        return f"{kind} is not one of {', '.join(_KINDS)}"
    if not _is_date(date):
        return f"{date} is not a date such as 2025-02-14"
    if (time or kind == "close") and not _TIME.fullmatch(time):
        return f"{time or 'nothing'} is not a time such as 12:30"
    if (kind == "week" or (kind == "close" and name)) and not _are_weekdays(name):
        return f"{name or 'nothing'} is not weekdays such as Mon Tue Wed Thu Fri"
    return None


def _are_weekdays(text: str) -> bool:
    return bool(text) and set(text.split()) <= set(_WEEKDAYS)


def _is_date(text: str) -> bool:
    try:
        return dt.date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _calendar(code: str, lines: Sequence[SessionsLine]) -> Calendar | None:
    """The sessions that the lines of an exchange tell of; a later line stands over an earlier."""
    by_kind: dict[str, list[SessionsLine]] = {kind: [] for kind in _KINDS}
    for line in lines:
        by_kind[line.kind].append(line)
    if not (by_kind["from"] and by_kind["until"] and by_kind["week"]):
        return None
    announced, until = _ends(by_kind["until"])
    first, last = np.datetime64(by_kind["from"][-1].date), np.datetime64(until)
    days = np.arange(first, last + ONE_DAY)
    trading, weeks = np.zeros(len(days), dtype=bool), []
    weekdays = (days.astype(np.int64) + 3) % 7  # 1970-01-01 was a Thursday
    for line in sorted(by_kind["week"], key=lambda line: line.date):
        names = next(csv.reader([line.rest]))[1].split()
        week = np.array([name in names for name in _WEEKDAYS])
        since = days >= np.datetime64(line.date)
        trading[since] = week[weekdays[since]]
        weeks.append((dt.date.fromisoformat(line.date), tuple(np.flatnonzero(week).tolist())))
    single = {line.date: line for line in lines if line.kind in _SINGLE}
    dates = np.array(list(single), dtype="datetime64[D]")
    held = np.array([line.kind != "closed" for line in single.values()], dtype=bool)
    covered = (dates >= first) & (dates <= last)
    trading[(dates[covered] - first).astype(np.int64)] = held[covered]
    return Calendar(
        code,
        _date(first),
        _date(last),
        days[trading],
        tuple(_regular_end(line) for line in sorted(by_kind["close"], key=lambda line: line.date)),
        {date: line.rest for date, line in single.items()},
        dt.date.fromisoformat(announced),
        tuple(weeks),
    )


def _ends(lines: Iterable[SessionsLine]) -> tuple[str, str]:
    """The last date that is announced, and the last that is covered at all."""
    announced = until = ""
    for line in lines:
        if next(csv.reader([line.rest]))[1] == _PROVISIONAL:
            until = line.date
        else:  # of one's own, it stands over what the bundled file makes by rule
            announced, until = line.date, ""
    return announced, max(announced, until)


def _regular_end(line: SessionsLine) -> RegularEnd:
    names = next(csv.reader([line.rest]))[1].split() or _WEEKDAYS
    weekdays = frozenset(map(_WEEKDAYS.index, names))
    return RegularEnd(
        dt.date.fromisoformat(line.date), dt.time.fromisoformat(line.rest[:5]), weekdays
    )


def _date(day: np.datetime64) -> dt.date:
    date: dt.date = day.astype("datetime64[D]").item()
    return date
