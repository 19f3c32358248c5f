"""What of an answer is a close: over, of the right day, on the scale of what is there."""

from __future__ import annotations

import datetime as dt
import itertools
import statistics
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple
from zoneinfo import ZoneInfo

from marketmove.closes.doubts import JUMP_PCT
from marketmove.errors import listed
from marketmove.feeds.answer import ReadAnswer
from marketmove.feeds.failure import FeedFailure
from marketmove.market.calendars import Calendar
from marketmove.market.clocks import ended, last_completed
from marketmove.market.indices import Exchange

# Where it is the latest that it is still some date.
_LAST_ZONE = dt.timezone(dt.timedelta(hours=-12))
_FAR_TIMES = 3.0
_NEAR_DAYS, _YEAR_DAYS = 30, 365
_FEWEST = 3
_LEVELS_SINCE = dt.date(2015, 1, 1)
# The levels that the registry has end some time ago.
_LEEWAY = 2.0
_WEEK_DAYS = 5
_MOST_SHIFTED = 0.8
_SAME = 1e-6
_DAY = dt.timedelta(days=1)
_NOT_OVER = "the provider's own time says that it was not over"


class MarketFacts(NamedTuple):
    """What is known beforehand of an index: the clock and the sessions of its exchange.

    ``moment`` is that by which a close has to be final. ``volatile`` is an index whose level may
    double in a day; ``levels`` are those that it had since 2015.
    """

    symbol: str
    clock: Exchange | None
    calendar: Calendar | None
    moment: dt.datetime
    volatile: bool = False
    levels: tuple[float, float] | None = None

    @property
    def zone(self) -> str:
        """The time zone of the exchange; empty where it is not known."""
        return self.clock.zone if self.clock else ""

    @property
    def today(self) -> dt.date:
        """The date at the exchange; in UTC where that is not known."""
        return self.moment.astimezone(ZoneInfo(self.zone or "UTC")).date()

    @property
    def newest(self) -> dt.date:
        """The last session that is over; by the calendar, else a weekday."""
        if self.clock is None:
            return self.moment.astimezone(_LAST_ZONE).date() - _DAY
        day = last_completed(self.moment, self.clock, self.calendar)
        if day is not None and self.calendar is not None:
            return day
        day = last_completed(self.moment, self.clock, None) or dt.date.min
        while day.weekday() > 4:
            day -= _DAY
        return day

    def is_over(self, day: dt.date) -> bool:
        """Tell whether a date is past, session or not."""
        if self.clock is None:
            return day <= self.newest
        return day <= (last_completed(self.moment, self.clock, None) or dt.date.min)

    def end_of(self, day: dt.date) -> dt.datetime | None:
        """Give the moment at which the session of a date ends; None where no clock is known."""
        return ended(day, self.clock, self.calendar) if self.clock else None

    def is_shut(self, day: dt.date) -> bool:
        """Tell whether there was certainly no session."""
        return self.calendar is not None and self.calendar.has(day) is False

    def are_neighbours(self, day: dt.date, later: dt.date) -> bool:
        """Tell whether no session is known to be between two dates."""
        between = self.calendar.between(day, later) if self.calendar else None
        return between == 0 if between is not None else (later - day).days < _WEEK_DAYS

    def sessions(self, first: dt.date, last: dt.date) -> list[dt.date]:
        """Give the sessions of a range, both ends included; weekdays where no calendar tells."""
        days = [first + n * _DAY for n in range((last - first).days + 1)]
        known = [self.calendar.has(day) if self.calendar else None for day in days]
        return [
            day
            for day, has in zip(days, known, strict=True)
            if has or (has is None and day.weekday() <= 4)
        ]


class LeftOut(NamedTuple):
    """A row of an answer that is no close: its session, where known, a code, and why."""

    session: dt.date | None
    code: str
    text: str

    def __str__(self) -> str:
        return self.text if self.session is None else f"{self.session}: {self.text}"


class Judged(NamedTuple):
    """What of an answer is a close, by session, and what is not."""

    closes: Mapping[dt.date, float]
    left_out: tuple[LeftOut, ...]


def judge(
    answer: ReadAnswer, there: Mapping[dt.date, float], facts: MarketFacts, since: dt.date | None
) -> Judged:
    """Tell what of an answer is a close.

    Parameters
    ----------
    answer
        The closes of one index, as a provider gave them.
    there
        The closes that are known already, in index points.
    facts
        The clock and the sessions of its exchange.
    since
        The date from which closes were asked for; None where no range was.

    Raises
    ------
    FeedFailure
        If the answer as a whole is not what it seems: not daily, a day off, on another scale.
    """
    _refuse_not_daily(answer, facts)
    _refuse_shifted(answer.closes, there, facts)
    left_out = [LeftOut(day, "unusable", text) for day, text in answer.unusable]
    left_out += [
        LeftOut(day, "unfinished", _NOT_OVER)
        if answer.word.unfinished(day, facts.end_of(day))
        else LeftOut(day, "blank", "the provider gives no close")
        for day in answer.blank
        if not facts.is_shut(day)
        and (facts.is_over(day) or answer.word.unfinished(day, facts.end_of(day)))
    ]
    kept: dict[dt.date, float] = {}
    for day in sorted(answer.closes):
        if reason := _not_a_close(day, answer, facts):
            left_out.append(reason)
        else:
            kept[day] = answer.closes[day]
    _refuse_single(kept, facts, since)
    _refuse_unlikely(kept, there, facts)
    strays = _off_scale(kept, there, facts)
    if strays and len(strays) == len(kept):
        raise _other_scale(kept, there, facts)
    for day in strays:
        left_out.append(
            LeftOut(day, "scale", f"{kept[day]:,} is not on the scale of its neighbours")
        )
        del kept[day]
    return Judged(kept, tuple(sorted(left_out, key=lambda one: one.session or dt.date.min)))


def _not_a_close(day: dt.date, answer: ReadAnswer, facts: MarketFacts) -> LeftOut | None:
    if facts.is_shut(day) and facts.calendar is not None:
        why = f" ({reason})" if (reason := facts.calendar.why_shut(day)) else ""
        return LeftOut(day, "shut", f"{facts.calendar.exchange} was shut{why}")
    if not facts.is_over(day):
        return LeftOut(day, "unfinished", "the session was not over, or its close not settled yet")
    if answer.word.unfinished(day, facts.end_of(day)):
        return LeftOut(day, "unfinished", _NOT_OVER)
    return None


def _refuse_not_daily(answer: ReadAnswer, facts: MarketFacts) -> None:
    """Refuse weeks and months, whose rows have the date of another session than their close."""
    days = sorted(answer.dates)
    if len(days) < 2:
        return
    pairs = list(itertools.pairwise(days))
    if 2 * sum(facts.are_neighbours(one, other) for one, other in pairs) < len(pairs):
        text = f"{len(days)} rows from {days[0]} to {days[-1]} are not one a session"
        raise FeedFailure(f"{text}: weeks or months?")


def _refuse_shifted(
    closes: Mapping[dt.date, float], there: Mapping[dt.date, float], facts: MarketFacts
) -> None:
    """Refuse rows that all have the date of the day before or after their session."""
    days = sorted(closes)
    shut = [day for day in days if facts.is_shut(day)]
    for step, name in ((_DAY, "early"), (-_DAY, "late")):
        if shut and len(days) >= _FEWEST and not any(facts.is_shut(day + step) for day in days):
            exchange = facts.calendar.exchange if facts.calendar else ""
            text = f"the dates look a day {name}: {exchange} was shut on {listed(_texts(shut), 2)}"
            raise FeedFailure(f"{text}, and on none of them moved by a day")
    common = [day for day in days if day in there]
    if len(common) < _FEWEST or any(_same(closes[day], there[day]) for day in common):
        return
    known = sorted(there)
    place = {day: n for n, day in enumerate(known)}
    for one, name in ((-1, "late"), (1, "early")):
        beside = [
            _same(closes[day], there[known[at]])
            for day in common
            if 0 <= (at := place[day] + one) < len(known)
        ]
        if len(beside) >= _FEWEST and sum(beside) >= _MOST_SHIFTED * len(beside):
            raise FeedFailure(f"the dates look a day {name}, compared with the archive")


def _texts(days: Sequence[dt.date]) -> list[str]:
    return [str(day) for day in days]


def _same(one: float, other: float) -> bool:
    return abs(one / other - 1) < _SAME


def _refuse_single(
    kept: Mapping[dt.date, float], facts: MarketFacts, since: dt.date | None
) -> None:
    """Refuse one row where many were asked for, but the newest: it may stand for a week."""
    if since is None or len(kept) != 1:
        return
    (day,) = kept
    asked = len(facts.sessions(since, facts.newest))
    if day != facts.newest and asked > _FEWEST:
        text = f"one close, of {day}, where {asked} sessions were asked for"
        raise FeedFailure(f"{text}, and not that of {facts.newest}")


def _refuse_unlikely(
    kept: Mapping[dt.date, float], there: Mapping[dt.date, float], facts: MarketFacts
) -> None:
    """Refuse levels far from those of the index, where the archive cannot tell yet."""
    levels = [close for day, close in kept.items() if day >= _LEVELS_SINCE]
    if there or not levels or facts.levels is None:
        return
    usual, (low, high) = statistics.median(levels), facts.levels
    if not low / _LEEWAY <= usual <= high * _LEEWAY:
        text = f"levels about {usual:,.15g} are not those of {facts.symbol}, {low:,g} to {high:,g}"
        raise FeedFailure(f"{text} in ten years; another index, or another unit?")


def _off_scale(
    new: Mapping[dt.date, float], there: Mapping[dt.date, float], facts: MarketFacts
) -> list[dt.date]:
    """The dates whose close is too far from the nearest that is trusted."""
    levels = dict(there) or _largest_run(new, facts)
    if not levels:
        return []
    judged = new.keys() if there else new.keys() - levels.keys()
    first, *others = sorted(levels)
    # The first that is trusted has none before it, and is held against the one after it.
    near = others[0] if others else first
    strays: list[dt.date] = []
    ahead = sorted((day for day in judged if day < first), reverse=True)
    for days, start in ((ahead, first), (sorted({*levels, *judged} - set(ahead)), near)):
        near = start
        for day in days:
            if day in judged and _is_far(levels[near], new[day], abs((day - near).days), facts):
                strays.append(day)
                if day not in levels:
                    continue
            elif day in judged:
                levels[day] = new[day]
            near = day
    return sorted(strays)


def _largest_run(new: Mapping[dt.date, float], facts: MarketFacts) -> dict[dt.date, float]:
    """The most closes in a row of which none is far from the one before it."""
    runs: list[dict[dt.date, float]] = []
    last: dt.date | None = None
    for day in sorted(new):
        if last is None or _is_far(new[last], new[day], (day - last).days, facts):
            runs.append({})
        runs[-1][day] = new[day]
        last = day
    return max(runs, key=len, default={})


def _is_far(one: float, other: float, days: int, facts: MarketFacts) -> bool:
    """Whether a level is too far from another, so many days apart, to be of the same index."""
    times = max(one / other, other / one)
    if facts.volatile:
        return times > _FAR_TIMES
    if days <= _NEAR_DAYS:
        return abs(other / one - 1) * 100 > JUMP_PCT
    near = min(_FAR_TIMES, (1 + JUMP_PCT / 100) * days / _NEAR_DAYS)
    return times > max(near, _FAR_TIMES * days / _YEAR_DAYS)


def _other_scale(
    kept: Mapping[dt.date, float], there: Mapping[dt.date, float], facts: MarketFacts
) -> FeedFailure:
    day, near = max(kept), max(there)
    text = f"{kept[day]:,} on {day} is not on the scale of the archive, {there[near]:,} on {near}"
    return FeedFailure(f"{text}; is it {facts.symbol}?")


def gaps(known: Sequence[dt.date], facts: MarketFacts) -> Iterator[dt.date]:
    """Give the sessions that closes lack between the first and the last of them, by calendar."""
    if facts.calendar is not None and known:
        have = set(known)
        for day in facts.sessions(known[0], known[-1]):
            if day not in have and facts.calendar.has(day):
                yield day
