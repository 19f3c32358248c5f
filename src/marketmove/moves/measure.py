"""The moves of closes: one engine over index and session, whether of one session or of many."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from marketmove.closes.doubts import Doubts
from marketmove.closes.levels import Levels
from marketmove.frame import Frame, Labels, distinct
from marketmove.market.calendars import ONE_DAY, Calendar
from marketmove.market.indices import Registry
from marketmove.market.periods import Span, first_days, span
from marketmove.moves.changes import changes
from marketmove.moves.line import (
    NONE,
    ROOM,
    CloseLine,
    close_line,
    find_rows,
    row_keys,
    rows_before,
    split_keys,
)
from marketmove.moves.status import (
    CalendarFacts,
    by_calendar,
    calendar_facts,
    closures,
    sessions_lacking,
)

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Days = npt.NDArray[np.datetime64]
Bools = npt.NDArray[np.bool_]

_STATUSES = (
    "ok", "no_prior", "missing", "stale", "pending", "closed", "unknown", "unusable"
)  # fmt: skip
# A period starts from a close at most so many sessions before its first day; where no calendar
# counts them, from one at most so many weekdays more, for holidays.
_OLDEST_BASE, _LONG_BASE, _HOLIDAYS = {"week": 5, "month": 5, "w": 5, "m": 5}, 10, 5
# Of so many sessions, one more may be lacking for each of these; and one more a holiday.
_LACKING_OF, _HOLIDAY_OF = 25, 8
# From so many sessions on that are over since the last close, the data is stale.
STALE = 2
# More digits than these come out of a calculation. A file of thousands of prices is left at two.
_MOST_DECIMALS, _MOST_STRANGERS = 4, 1_000


class Range(NamedTuple):
    """The dates asked for, both included, and the periods measured beside each session.

    ``shut_days`` also wants the dates on which an index had no session and another one had, and
    the sessions before its first close.
    """

    first: dt.date
    last: dt.date
    periods: tuple[str, ...] = ()
    shut_days: bool = False


class Series(NamedTuple):
    """The closes of one index in order: dates, index points, and the move to each in percent.

    The first move is nan: no close before it is known.
    """

    days: Days
    close: Floats
    pct: Floats


class _Judge(NamedTuple):
    """What is known beside the closes: calendars with their indices, doubts, sessions over."""

    groups: Sequence[tuple[Calendar, Ints]] = ()
    doubts: Doubts | None = None
    completed: Mapping[str, dt.date] = MappingProxyType({})


def history(
    levels: Levels,
    symbols: Iterable[str],
    calendars: Mapping[str, Calendar],
    within: Range,
    doubts: Doubts | None = None,
    completed: Mapping[str, dt.date] = MappingProxyType({}),
) -> Frame:
    """Moves of the chosen indices in every session of a range, each from its own prior close.

    Parameters
    ----------
    levels
        The closes, without ghosts.
    symbols
        The indices wanted; one that ``levels`` does not have gets rows too, if it has a calendar.
    calendars
        By symbol. Without one, or outside what it covers, only dates with a close are rows.
    within
        The range.
    doubts
        What is doubtful of the closes, as ``find_doubts`` gives it.
    completed
        By symbol the last session that is over; without one, all are.

    Returns
    -------
    Frame
        A row for every index and session, ordered by session and symbol, with the columns of
        ``moves.Move`` and ``{period}_prior_session``, ``{period}_prior_close``,
        ``{period}_change_pts``, ``{period}_change_pct``, ``{period}_doubt``,
        ``{period}_gap_sessions``, ``{period}_first_day``, ``{period}_too_old`` for a last close
        that is too old to measure from, and ``{period}_reason`` for why there is none; instead of
        ``source``, ``file`` and ``line``; and ``stated_change_pct`` and ``stated_prior_close``,
        which the file has beside the close.
        Missing is nan, NaT or None. Levels and ``_pts`` are index points, ``_pct`` percent.

    Examples
    --------
    >>> import datetime as dt
    >>> from marketmove.closes.levels import levels_of
    >>> levels = levels_of([("AAA", "2024-05-02", 200), ("AAA", "2024-05-03", 203),
    ...                     ("BBB", "2024-05-03", 50)])
    >>> moves = history(levels, ["AAA", "BBB"], {}, Range(dt.date(2024, 5, 3), dt.date(2024, 5, 3)))
    >>> [(move.symbol, move.status, move.change_pct) for move in moves.rows()]
    [('AAA', 'ok', 1.5), ('BBB', 'no_prior', nan)]
    """
    line = close_line(levels, sorted(symbols), doubts)
    groups = by_calendar(line.names, calendars)
    keys = _keys_within(line, groups, within)
    if not within.shut_days:
        keys = keys[keys >= _first_keys(line, levels)[keys // ROOM]]
    codes, days = split_keys(keys)
    order = np.argsort(days, kind="stable")
    judge = _Judge(groups, doubts, completed)
    return _measured(levels, line, codes[order], days[order], judge, within.periods)


def moves_at(
    levels: Levels,
    sessions: Mapping[str, dt.date | None],
    calendars: Mapping[str, Calendar] | None = None,
    periods: Sequence[str] = (),
    doubts: Doubts | None = None,
    completed: Mapping[str, dt.date] = MappingProxyType({}),
) -> Frame:
    """Move of each index in a session of its own: the same columns as those of ``history``.

    An index's prior close is its own latest close strictly before its session, so two indices
    with different holidays can have different prior sessions. Missing is never zero: without a
    close there is no change, and the last own close stays as the prior one.

    Parameters
    ----------
    levels
        The closes, without ghosts.
    sessions
        The indices wanted, each with its session: an exchange-local calendar date, not a
        timestamp; None where it is not known. One that ``levels`` does not have gets a row too.
    calendars
        By symbol, as far as they are known.
    periods
        As ``chosen_periods`` names them. The convention of the wires: a Tuesday's week to date
        spans two sessions, and the year to date starts from the last close of the year before, not
        from the first close of the year (AP, "For the week", 2021-12-21). A close too long before
        it is no base.
    doubts, completed
        As for ``history``.

    Returns
    -------
    Frame
        A row an index, in the order of ``sessions``. ``status`` of a row without a close is
        ``closed`` (no session), ``missing`` (there was one, and the data has later closes),
        ``pending`` (and it has none) or ``stale`` (nor of the session before), where a calendar
        tells; else ``unknown``.

    Examples
    --------
    >>> import datetime as dt
    >>> from marketmove.closes.levels import levels_of
    >>> levels = levels_of([("AAA", "2024-12-31", 200), ("AAA", "2025-02-03", 202),
    ...                     ("AAA", "2025-02-04", 203), ("BBB", "2025-02-03", 50)])
    >>> rows = moves_at(levels, dict.fromkeys(["AAA", "BBB"], dt.date(2025, 2, 4)), {}, ["ytd"])
    >>> [(row.symbol, row.status, row.change_pts, row.ytd_change_pct) for row in rows.rows()]
    [('AAA', 'ok', 1.0, 1.5), ('BBB', 'unknown', nan, nan)]
    """
    line = close_line(levels, list(sessions), doubts)
    days = np.array([day or "NaT" for day in sessions.values()], dtype="datetime64[D]")
    judge = _Judge(by_calendar(line.names, calendars or {}), doubts, completed)
    return _measured(levels, line, np.arange(len(days)), days, judge, periods)


def moves_to_each(levels: Levels) -> Frame:
    """Move to each close from the one before of its index, in the rows of ``levels.frame``."""
    symbols = levels.frame.labels("symbol")
    line = close_line(levels, symbols.values)
    codes = symbols.codes.astype(np.int64)
    return _measured(levels, line, codes, levels.frame["session"], _Judge())


def series(levels: Levels, symbols: Sequence[str]) -> dict[str, Series]:
    """Give the closes of each index, with the move to each from its own close before."""
    line = close_line(levels, list(symbols))
    close, days = line.close[:-1], line.session[:-1]
    pct = np.append(changes(close[1:], close[:-1])[1], np.nan)
    starts = np.searchsorted(line.keys, np.arange(len(line.names) + 1) * ROOM)
    pct = np.roll(pct, 1)
    pct[starts[:-1][np.diff(starts) > 0]] = np.nan
    ends = zip(line.names, starts[:-1].tolist(), starts[1:].tolist(), strict=True)
    return {
        name: Series(days[start:end], close[start:end], pct[start:end])
        for name, start, end in ends
        if end > start
    }


def _keys_within(line: CloseLine, groups: Sequence[tuple[Calendar, Ints]], within: Range) -> Ints:
    """Every index and date of a range that is a row, once."""
    first, last = np.datetime64(within.first), np.datetime64(within.last)
    days = line.session[:-1]
    keys = [line.keys[(days >= first) & (days <= last)]]
    if not groups:
        return keys[0]
    for calendar, codes in groups:
        sessions = calendar.sessions
        keys.append(_all_of(codes, sessions[(sessions >= first) & (sessions <= last)]))
    if within.shut_days:
        dates = distinct(split_keys(np.concatenate(keys))[1])
        keys += [_all_of(codes, dates[calendar.shut(dates)]) for calendar, codes in groups]
    return distinct(np.concatenate(keys))


def _first_keys(line: CloseLine, levels: Levels) -> Ints:
    """The first close of each index, or row that cannot be used; nought where there is no close."""
    starts = np.searchsorted(line.keys, np.arange(len(line.names) + 1) * ROOM)
    has = starts[1:] > starts[:-1]
    first = np.zeros(len(line.names), dtype=np.int64)
    first[has] = line.keys[starts[:-1][has]]
    for fault in levels.faults:
        if fault.session is not None:
            day = np.array([fault.session], dtype="datetime64[D]")
            mine = np.array([fault.symbol in {None, name} for name in line.names], dtype=bool)
            codes = np.flatnonzero(mine & has)
            first[codes] = np.minimum(first[codes], row_keys(codes, day))
    return first


def _all_of(codes: Ints, days: Days) -> Ints:
    return row_keys(np.repeat(codes, len(days)), np.tile(days, len(codes)))


def _measured(
    levels: Levels,
    line: CloseLine,
    codes: Ints,
    days: Days,
    judge: _Judge,
    periods: Sequence[str] = (),
) -> Frame:
    """The rows of some indices and dates, in the order of these."""
    keys = row_keys(codes, days)
    at, before = find_rows(line, keys), rows_before(line, keys)
    judged = calendar_facts(codes, days, line.session[before], judge.groups)
    behind = _sessions_behind(line, codes, days, before, judge)
    place = np.where(at == NONE, before, at)
    columns: dict[str, npt.NDArray[Any] | Labels] = {
        "session": days,
        "symbol": Labels(line.names, codes),
        "name": _names(line.names, codes, levels.registry),
        "decimals": _decimals(line, levels.registry)[codes],
        "status": _status(line, keys, at, before, judged, behind),
        "close": line.close[at],
        **_changes(line, at, before),
        "file": Labels(levels.frame.labels("file").values, line.beside["file"][place]),
        "line": line.beside["line"][place],
        "gap_sessions": judged.gap_sessions,
        **closures(judged, at == NONE),
        "sessions_behind": np.where((at == NONE) & (behind > 0), behind, np.nan),
        "weekday_before": judged.weekday_before,
        "stated_change_pct": line.beside["stated_change_pct"][at],
        "stated_prior_close": line.beside["stated_prior_close"][at],
    }
    for period in periods:
        of_period = _since_period(line, codes, days, at, period, judged.week_starts, judge.groups)
        columns |= {f"{period}_{name}": values for name, values in of_period.items()}
    return Frame(columns)


def _names(symbols: Sequence[str], codes: Ints, registry: Registry) -> Labels:
    """The name of each row's index; two of one name have it both."""
    known = registry.among(symbols)
    names = [known[symbol].name if symbol in known else symbol.strip() for symbol in symbols]
    number = {name: n for n, name in enumerate(dict.fromkeys(names))}
    if len(number) < len(names):
        codes = np.array([number[name] for name in names], dtype=np.int64)[codes]
    return Labels(tuple(number), codes)


def _decimals(line: CloseLine, registry: Registry) -> Ints:
    """The digits after the point that people are shown: of a stranger, those it is written with."""
    decimals, known = registry.decimals(line.names), registry.among(line.names)
    strangers = [n for n, name in enumerate(line.names) if name not in known]
    starts = np.searchsorted(line.keys, np.arange(len(line.names) + 1) * ROOM)
    for n in strangers[:_MOST_STRANGERS]:
        own = line.close[starts[n] : starts[n + 1]]
        for digits in range(decimals[n], _MOST_DECIMALS + 1):
            if (np.rint(own * 10.0**digits) / 10.0**digits == own).all():
                decimals[n] = digits
                break
    return np.array(decimals, dtype=np.int64)


def _since_period(
    line: CloseLine,
    codes: Ints,
    days: Days,
    at: Ints,
    period: str,
    week_starts: Ints,
    groups: Sequence[tuple[Calendar, Ints]],
) -> dict[str, npt.NDArray[Any] | Labels]:
    """The changes from the last close before a period, where that is recent enough."""
    of = span(period)
    if of.kind == "d":
        before = _sessions_before(line, codes, days, of.number)
        base = line.session[before]
        first, inside = days, of.number - 1
        oldest = max(_OLDEST_BASE["week"], of.number // _LACKING_OF)
        holidays = _HOLIDAYS + of.number // _HOLIDAY_OF
    else:
        first = first_days(days, period, week_starts)
        before = rows_before(line, row_keys(codes, first))
        base, inside, holidays = line.session[before], 0, _HOLIDAYS
        oldest = _OLDEST_BASE.get(of.kind, _LONG_BASE)
    gap = sessions_lacking(codes, first, base, groups) - inside
    gap = np.where(gap < 0, 0.0, gap)  # closes of days without a session
    weekdays = np.zeros(len(base))
    known = ~np.isnat(base) & ~np.isnat(first)
    weekdays[known] = np.busday_count(base[known] + ONE_DAY, first[known])
    counted = np.where(np.isnan(gap), weekdays - inside - holidays, gap)
    too_old = (before != NONE) & (counted > oldest)
    begun = _begun(of, days, at)
    before = np.where(too_old | ~begun, NONE, before)
    lacks = np.where(too_old, "too_old", np.where(begun, "no_earlier_close", "not_begun"))
    lacks = lacks.astype(object)
    lacks[(at == NONE) | (before != NONE)] = None
    return {
        **_changes(line, at, before),
        "gap_sessions": np.where(before == NONE, np.nan, gap),
        "first_day": first,
        "too_old": np.where(too_old & (at != NONE), base, np.datetime64("NaT", "D")),
        "reason": lacks,
    }


def _begun(of: Span, days: Days, at: Ints) -> Bools:
    """Whether a period has begun by a session: one since a date has not before that is over."""
    if of.since is None:
        return np.ones(len(at), dtype=bool)
    begun: Bools = days > np.datetime64(of.since)
    return begun


def _sessions_before(line: CloseLine, codes: Ints, days: Days, number: int) -> Ints:
    """Where the close of each index is that stands so many closes before the one of a date."""
    at = np.searchsorted(line.keys, row_keys(codes, days)) - number
    own = line.keys[np.maximum(at, 0)] // ROOM == codes if len(line.keys) else at >= 0
    return np.where((at >= 0) & own, at, NONE)


def _changes(line: CloseLine, at: Ints, before: Ints) -> dict[str, npt.NDArray[Any] | Labels]:
    """The prior closes, and the changes where both closes are known."""
    both = (at != NONE) & (before != NONE)
    points, percents = np.full(len(at), np.nan), np.full(len(at), np.nan)
    points[both], percents[both] = changes(line.close[at[both]], line.close[before[both]])
    return {
        "prior_session": line.session[before],
        "prior_close": line.close[before],
        "change_pts": points,
        "change_pct": percents,
        "doubt": _doubts(line, at, before, both),
    }


def _doubts(line: CloseLine, at: Ints, before: Ints, both: Bools) -> Labels:
    """What is doubtful of a change: its close, its prior close, or that its scale is another."""
    breaks, jump = line.beside["breaks"], line.doubts.index("jump")
    own, prior = (
        np.where(codes == jump, np.int8(NONE), codes)
        for codes in (line.beside["doubt"][rows] for rows in (at, before))
    )
    found = np.where(both & (breaks[at] != breaks[before]), np.int8(jump), np.int8(NONE))
    found = np.where(both & (prior != NONE), prior, found)
    return Labels(line.doubts, np.where(own != NONE, own, found))


def _sessions_behind(
    line: CloseLine, codes: Ints, days: Days, before: Ints, judge: _Judge
) -> Floats:
    """How many sessions are over by a date since the last close before it; nan if unknown."""
    over: npt.NDArray[Any] = np.full(len(line.names), np.datetime64(dt.date.max))
    for code, name in enumerate(line.names):
        if name in judge.completed:
            over[code] = judge.completed[name]
    until = np.minimum(days, over[codes]) + ONE_DAY
    return sessions_lacking(codes, until, line.session[before], judge.groups)


def _status(
    line: CloseLine, keys: Ints, at: Ints, before: Ints, judged: CalendarFacts, behind: Floats
) -> Labels:
    closed, later = at != NONE, np.append(line.keys, NONE)[np.searchsorted(line.keys, keys)]
    has_later = later // ROOM == keys // ROOM
    kinds = {
        "ok": closed & (before != NONE),
        "no_prior": closed,
        "stale": ~has_later & (behind >= STALE),
        "closed": judged.shut,
        "unknown": ~judged.covered,
        "missing": has_later,
    }
    codes = np.select([*kinds.values()], [*map(_STATUSES.index, kinds)], _STATUSES.index("pending"))
    return Labels(_STATUSES, codes)
