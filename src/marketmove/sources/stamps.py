"""Dates with a time of day: which session a stamp stands for, on the exchange's own clock."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple
from zoneinfo import ZoneInfo

from marketmove.market.indices import Exchange
from marketmove.sources.date_texts import Stamp

_CLOSE_TOLERANCE = dt.timedelta(minutes=30)
_LATEST_LABEL = dt.time(18, 30)
# Where Sunday is a day of sessions, and Friday and Saturday are none.
_SUNDAY_ZONES = frozenset(
    f"Asia/{city}" for city in ("Riyadh", "Kuwait", "Qatar", "Bahrain", "Muscat", "Amman", "Dhaka")
) | {"Asia/Jerusalem", "Africa/Cairo"}
_WEEKEND, _MOST_OFF_DAYS = (5, 6), 50
_USUAL_SHARE = 0.9


class UndecidedError(ValueError):
    """A column that cannot be read with certainty; ``text`` is a cell that shows it."""

    def __init__(self, text: str, message: str) -> None:
        self.text = text
        super().__init__(message)


class ClockError(UndecidedError):
    """A column whose times of day do not tell the session."""


class Dates(NamedTuple):
    """The dates of a column by their texts, None for a text that is none; and their style.

    ``early`` has the local time of the texts that are stamped before the usual close of their
    exchange, in minutes of the day: rows of a half day, or of a session that was not over.
    """

    by_text: dict[str, dt.date | None]
    style: str
    early: Mapping[str, float] = MappingProxyType({})


def judged_by_clock(parts: Mapping[str, Stamp], read: Dates, exchange: Exchange | None) -> Dates:
    """The sessions that stamps with a time of day stand for.

    Midnight means the date as written, whatever its offset. Another time is a session only if it
    is midnight or the close on the exchange's own clock or, where that clock is not known, if it
    is the hour of an afternoon, on weekdays only. Few may differ: half days end early.
    """
    dates, midnight = read.by_text, (None, dt.time())
    timed = {t: part for t, part in parts.items() if part.time not in midnight and dates.get(t)}
    if not timed:
        return read
    text = next(iter(timed))
    if exchange is not None:
        local = {t: _local(part, dates[t], exchange) for t, part in timed.items()}
        ends = [_is_session_end(moment, exchange) for moment in local.values()]
        if sum(ends) >= _USUAL_SHARE * len(ends) and all(
            end or moment.time() < exchange.close
            for end, moment in zip(ends, local.values(), strict=True)
        ):
            early = {t: minute for t, m in local.items() if (minute := _early(m, exchange))}
            days = dates | {t: moment.date() for t, moment in local.items()}
            return read._replace(by_text=days, early=early)
    if (label := _label_of_the_day(parts, timed, read, exchange)) is not None:
        return label
    _, count = Counter(part.time for part in timed.values()).most_common(1)[0]
    if count < _USUAL_SHARE * len(parts):
        raise ClockError(
            text, f"{text} is one of many times of day; marketmove needs one close a session"
        )
    known = "" if exchange else "; or say --symbol, if the file is of one index"
    raise ClockError(
        text,
        f"{text} is neither midnight nor the close at the index's exchange, so its session is not"
        f" certain; write plain dates{known}",
    )


def _label_of_the_day(
    parts: Mapping[str, Stamp],
    timed: Mapping[str, Stamp],
    read: Dates,
    exchange: Exchange | None,
) -> Dates | None:
    """The local dates of stamps that are a label of their day; None if they are none.

    They are where all have one local time, on weekdays, that is not after the close: the open, as
    some have it. So is one stamp of the newest row below rows of midnight: it was not over then.
    """
    in_utc = any(part.offset == dt.timedelta(0) for part in timed.values())
    if exchange is None and in_utc:
        return None
    local = {t: _local(part, read.by_text[t], exchange) for t, part in timed.items()}
    days = {**read.by_text, **{t: moment.date() for t, moment in local.items()}}
    newest = max(day for day in days.values() if day)
    live = [t for t in timed if days[t] == newest]
    if exchange is not None and len(parts) > len(timed) == len(live) == 1 < _usual_run(days):
        early = {t: minute for t in live if (minute := _early(local[t], exchange))}
        return read._replace(by_text=days, early=early)
    times = Counter(moment.time() for moment in local.values())
    _, count = times.most_common(1)[0]
    latest = exchange.close if exchange else _LATEST_LABEL
    weekend = {*_WEEKEND} if exchange is None or exchange.zone not in _SUNDAY_ZONES else {4, 5}
    off_days = sum(moment.weekday() in weekend for moment in local.values())
    # Few may differ from the usual time: half days end early.
    if len(timed) < len(parts) or max(times) > latest or count < _USUAL_SHARE * len(timed):
        return None
    few = off_days * _MOST_OFF_DAYS <= len(local)
    every_day = {moment.weekday() for moment in local.values()} >= set(range(7))
    fine = few if exchange is not None else not every_day
    return read._replace(by_text=days) if fine and len(set(days.values())) == len(days) else None


def _usual_run(days: Mapping[str, dt.date | None]) -> int:
    return sum(day is not None for day in days.values()) - 1


def _local(part: Stamp, date: dt.date | None, exchange: Exchange | None) -> dt.datetime:
    """A stamp on the exchange's own clock; without an offset it is on that clock already."""
    written = dt.datetime.combine(date or dt.date.min, part.time or dt.time())
    if part.offset is None or exchange is None:
        return written
    moment = (written - part.offset).replace(tzinfo=dt.UTC)
    return moment.astimezone(ZoneInfo(exchange.zone)).replace(tzinfo=None)


def _is_session_end(moment: dt.datetime, exchange: Exchange) -> bool:
    close = dt.datetime.combine(moment.date(), exchange.close)
    return moment.time() == dt.time() or abs(moment - close) <= _CLOSE_TOLERANCE


def _early(moment: dt.datetime, exchange: Exchange) -> float:
    """The minute of the day of a stamp that is before the usual close; 0 for all others."""
    minute = moment.hour * 60.0 + moment.minute
    return minute if moment.time() < exchange.close else 0.0
