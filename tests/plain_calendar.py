"""What is known of indices and exchanges beforehand: ``config/`` read with csv and pyyaml alone."""

from __future__ import annotations

import bisect
import csv
import datetime as dt
import functools
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import yaml

from marketmove.resources import root

_WEEK = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


class Index(NamedTuple):
    """An index as the registry has it; one that it does not know goes by its symbol."""

    symbol: str
    name: str
    exchange: str = ""
    decimals: int = 2
    returns: str = ""


class Calendar(NamedTuple):
    """The sessions of an exchange in order, why single days were not, and when sessions ended."""

    exchange: str
    first: dt.date
    last: dt.date
    sessions: list[dt.date]
    names: dict[dt.date, str]
    ends: dict[dt.date, dt.time]
    usual: list[tuple[dt.date, list[str], dt.time]]
    announced: dt.date

    def covers(self, day: dt.date) -> bool:
        return self.first <= day <= self.last

    def has(self, day: dt.date) -> bool:
        at = bisect.bisect_left(self.sessions, day)
        return at < len(self.sessions) and self.sessions[at] == day

    def between(self, after: dt.date, before: dt.date) -> int | None:
        """How many sessions lie between two dates, both left out; None if that is not known."""
        if not (self.covers(after) and self.covers(before)):
            return None
        start = bisect.bisect_right(self.sessions, after)
        return max(0, bisect.bisect_left(self.sessions, before) - start)

    def following(self, day: dt.date) -> dt.date | None:
        at = bisect.bisect_right(self.sessions, day)
        return self.sessions[at] if at < len(self.sessions) else None

    def until(self, day: dt.date) -> dt.date | None:
        at = bisect.bisect_right(self.sessions, day)
        return self.sessions[at - 1] if self.covers(day) and at else None

    def why(self, day: dt.date) -> str:
        return self.names.get(day, "weekend")

    def end(self, day: dt.date) -> dt.time | None:
        weekday = _WEEK[day.weekday()]
        usual = [time for since, names, time in self.usual if since <= day and weekday in names]
        return self.ends.get(day) or (usual[-1] if usual else None)


def _yaml(name: str) -> dict[str, Any]:
    with (root() / "config" / name).open(encoding="utf-8") as file:
        told: dict[str, Any] = yaml.safe_load(file)
    return told


def _indices() -> dict[str, Index]:
    return {
        symbol: Index(
            symbol,
            of["name"],
            of.get("exchange", ""),
            of.get("decimals", 2),
            of.get("returns", "").replace("unknown", ""),
        )
        for symbol, of in _yaml("indices.yaml").items()
    }


INDICES = _indices()
CLOCKS = _yaml("exchanges.yaml")
APART = frozenset(_yaml("groups.yaml")["volatility"])


def index(symbol: str) -> Index:
    return INDICES.get(symbol) or Index(symbol, symbol)


@functools.cache
def _lines() -> dict[str, list[dict[str, str]]]:
    found: dict[str, list[dict[str, str]]] = {}
    with (root() / "config" / "sessions.csv").open(encoding="utf-8", newline="") as file:
        for line in csv.DictReader(file):
            found.setdefault(line["exchange"], []).append(line)
    return found


@functools.cache
def calendar(exchange: str) -> Calendar | None:
    """The calendar of an exchange; None if there is none."""
    lines = _lines().get(exchange, [])
    partners = [line["name"] for line in lines if line["kind"] == "as"]
    lines = [*(_lines()[partners[0]] if partners else []), *lines]
    if not lines:
        return None
    by_kind: dict[str, list[tuple[dt.date, dict[str, str]]]] = {}
    for line in lines:
        by_kind.setdefault(line["kind"], []).append((dt.date.fromisoformat(line["date"]), line))
    first, last = by_kind["from"][-1][0], by_kind["until"][-1][0]
    weeks = sorted((since, line["name"].split()) for since, line in by_kind["week"])
    single = {
        day: line
        for line in lines
        if line["kind"] in {"closed", "half", "open"}
        and first <= (day := dt.date.fromisoformat(line["date"])) <= last
    }
    sessions, day = [], first
    while day <= last:
        week = [names for since, names in weeks if since <= day][-1]
        if single[day]["kind"] != "closed" if day in single else _WEEK[day.weekday()] in week:
            sessions.append(day)
        day += dt.timedelta(days=1)
    return Calendar(
        exchange,
        first,
        last,
        sessions,
        {day: line["name"] for day, line in single.items()},
        {day: dt.time.fromisoformat(line["time"]) for day, line in single.items() if line["time"]},
        [
            (day, line["name"].split() or list(_WEEK), dt.time.fromisoformat(line["time"]))
            for day, line in sorted(by_kind["close"], key=lambda of: of[0])
        ],
        max(day for day, line in by_kind["until"] if line["name"] != "provisional"),
    )


def settled(exchange: str, day: dt.date) -> dt.datetime | None:
    """The moment from which the close of a date is final; None where no clock is known."""
    end = ended(exchange, day)
    minutes = CLOCKS.get(exchange, {}).get("settles_after", 0)
    return end and end.astimezone(dt.UTC) + dt.timedelta(minutes=minutes)


def calendar_of(symbol: str) -> Calendar | None:
    return calendar(index(symbol).exchange)


def ended(exchange: str, day: dt.date) -> dt.datetime | None:
    """The moment at which the session of a date ends; None where no clock is known."""
    if exchange not in CLOCKS:
        return None
    clock, known = CLOCKS[exchange], calendar(exchange)
    end = (known.end(day) if known else None) or dt.time.fromisoformat(clock["close"])
    return dt.datetime.combine(day, end, ZoneInfo(clock["zone"]))
