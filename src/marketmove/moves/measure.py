"""The moves of closes: one engine over index and session, whether of one session or of many."""

from __future__ import annotations

import datetime as dt
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from types import MappingProxyType
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from marketmove.closes.doubts import Doubts
from marketmove.closes.levels import Levels
from marketmove.frame import Frame, distinct, distinct_days
from marketmove.market.calendars import Calendar
from marketmove.moves.changes import changes
from marketmove.moves.line import ROOM, CloseLine, close_line, row_keys, split_keys
from marketmove.moves.measured import Measure

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Days = npt.NDArray[np.datetime64]


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
    (rows,) = history_blocks(levels, symbols, calendars, within, doubts, completed).each()
    return rows


def history_blocks(
    levels: Levels,
    symbols: Iterable[str],
    calendars: Mapping[str, Calendar],
    within: Range,
    doubts: Doubts | None = None,
    completed: Mapping[str, dt.date] = MappingProxyType({}),
    block_rows: int = sys.maxsize,
) -> HistoryBlocks:
    """Give the rows of ``history`` block by block, as often as they are asked for.

    A block has whole sessions, of about ``block_rows`` rows together, or one that has more. There
    is at least one block.
    """
    line = close_line(levels, sorted(symbols), doubts)
    measure = Measure.of(levels, line, calendars, completed)
    first, last = np.datetime64(within.first), np.datetime64(within.last)
    days = line.rows["session"]
    inside = (days >= first) & (days <= last)
    closes = np.flatnonzero(inside).astype(np.int32)
    closes = closes[_by_date(days[closes])]
    firsts = None if within.shut_days else _first_keys(line, levels)
    bounds, starts = _bounds(days[closes], measure.groups, within, block_rows)
    return HistoryBlocks(measure, within, firsts, closes, bounds, starts)


class HistoryBlocks(NamedTuple):
    """The moves of a range, worked out block by block.

    ``closes`` are the rows of the line within the range, in the order of their dates. ``bounds``
    has the first date of each block and that after the last, ``starts`` how many of the closes are
    before them.
    """

    measure: Measure
    within: Range
    first_keys: Ints | None
    closes: npt.NDArray[np.int32]
    bounds: Days
    starts: Ints

    @property
    def number(self) -> int:
        """Give how many blocks there are."""
        return len(self.bounds) - 1

    def each(self) -> Iterator[Frame]:
        """Give every block, in the order of dates."""
        for number, (start, end) in enumerate(pairwise(self.starts.tolist())):
            keys = self._keys(self.closes[start:end], self.bounds[number : number + 2])
            codes, days = split_keys(keys)
            rows = self.measure.rows(codes, days, self.within.periods)
            yield rows.take(_by_date(days))

    def _keys(self, closes: npt.NDArray[np.int32], bounds: Days) -> Ints:
        """Every index and date of a block that is a row, once, by index and date."""
        line, groups = self.measure.line, self.measure.groups
        keys = [line.keys[closes]]
        for calendar, codes in groups:
            start, end = np.searchsorted(calendar.sessions, bounds)
            keys.append(_all_of(codes, calendar.sessions[start:end]))
        if self.within.shut_days and groups:
            dates = distinct(split_keys(np.concatenate(keys))[1])
            keys += [_all_of(codes, dates[calendar.shut(dates)]) for calendar, codes in groups]
        found: Ints = distinct(np.concatenate(keys))
        return found if self.first_keys is None else found[found >= self.first_keys[found // ROOM]]


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
    measure = Measure.of(levels, line, calendars or {}, completed)
    return measure.rows(np.arange(len(days)), days, periods)


def moves_to_each(levels: Levels) -> Frame:
    """Move to each close from the one before of its index, in the rows of ``levels.frame``."""
    symbols = levels.frame.labels("symbol")
    line = close_line(levels, symbols.values)
    codes = symbols.codes.astype(np.int64)
    return Measure.of(levels, line, {}, {}).rows(codes, levels.frame["session"])


def series(levels: Levels, symbols: Sequence[str]) -> dict[str, Series]:
    """Give the closes of each index, with the move to each from its own close before."""
    line = close_line(levels, list(symbols))
    close, days = line.rows["close"], line.rows["session"]
    pct = np.full(len(close), np.nan)
    pct[1:] = changes(close[1:], close[:-1])[1]
    starts = line.starts()
    pct[starts[:-1][np.diff(starts) > 0]] = np.nan
    ends = zip(line.names, starts[:-1].tolist(), starts[1:].tolist(), strict=True)
    return {
        name: Series(days[start:end], close[start:end], pct[start:end])
        for name, start, end in ends
        if end > start
    }


def _bounds(
    dates: Days, groups: Sequence[tuple[Calendar, Ints]], within: Range, block_rows: int
) -> tuple[Days, Ints]:
    """Where blocks begin: their rows are the closes of ``dates``, in order, and all sessions."""
    first, last = np.datetime64(within.first), np.datetime64(within.last)
    spans = [calendar.sessions for calendar, _ in groups]
    spans = [sessions[(sessions >= first) & (sessions <= last)] for sessions in spans]
    days = distinct(np.concatenate([distinct_days(dates), *spans]))
    rows = np.diff(np.searchsorted(dates, days), append=len(dates))
    of_groups = sum(len(codes) for _, codes in groups)
    if within.shut_days:
        rows = rows + of_groups
    else:
        for sessions, (_, codes) in zip(spans, groups, strict=True):
            rows[np.searchsorted(days, sessions)] += len(codes)
    block = (np.cumsum(rows) - 1) // block_rows
    inner = days[1:][np.diff(block) > 0]
    bounds = np.concatenate([[first], inner, [last + np.timedelta64(1, "D")]])
    return bounds, np.searchsorted(dates, bounds)


def _by_date(days: Days) -> Ints:
    """The order of dates: numbers of two bytes where they are near, which are sorted at once."""
    numbers = days.astype(np.int64)
    least, most = (numbers.min(), numbers.max()) if len(numbers) else (0, 0)
    if most - least <= np.iinfo(np.uint16).max:
        numbers = (numbers - least).astype(np.uint16)
    return np.argsort(numbers, kind="stable")


def _first_keys(line: CloseLine, levels: Levels) -> Ints:
    """The first close of each index, or row that cannot be used; nought where there is no close."""
    starts = line.starts()
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
