"""Which closes are doubtful: no close yet, carried forward, on another scale, of another index.

Nothing here is worded; ``checks`` says what is wrong, for ``check`` and beside the figures alike.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator, Mapping
from typing import Literal, NamedTuple, get_args
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt

from marketmove.closes.levels import Levels
from marketmove.closes.read import ChosenCloses
from marketmove.closes.shut_days import without
from marketmove.frame import Frame, Labels
from marketmove.market.calendars import ONE_DAY, Calendar
from marketmove.market.clocks import ended
from marketmove.market.indices import Exchange

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
Days = npt.NDArray[np.datetime64]

Doubt = Literal[
    "shifted", "future", "unfinished", "shut_day", "weekend", "other_index", "carried_forward",
    "outside_range", "stray", "jump",
]  # fmt: skip
_NUMBER_OF = {doubt: number for number, doubt in enumerate(get_args(Doubt))}

# A move beyond this is no move of a share index in one session; volatility may double in a day.
JUMP_PCT = 35.0
VOLATILE_PCT = (-60.0, 150.0)
# Over a longer time an index may move further: with the root of it.
USUAL_DAYS = 14.0
# A row is a stray one if the next is back as near as this to the one before.
BACK_PCT = 10.0
# An index that steps by less than 500 of its last digits in a move of 1% may stay by chance.
FEWEST_STEPS = 500.0
_FEWEST_DIGITS = 10_000.0
_HABITUAL = 0.05
# Closes that are equal are news where there are so many times as many as there are by chance.
_TIMES_CHANCE = 3.0
_LOOKED_AT = 500_000
# An odd number of many digits, to tell sums of two numbers apart, by so many short ones.
_SPREAD, _SUMS = np.int64(0x5851F42D4C957F2D), 1 << 22
_MOST_EQUAL = 1_000
USUAL_WEEKENDS = 0.05
# So many rows on shut days are no accident, if hardly one is left when all are moved by a day.
SHIFTED, LEFT_SHIFTED = 0.08, 0.2
FEWEST_SHUT = 2
_LEVEL_TOLERANCE = 0.0051
# Rows that are held against the ones before at a time: little beside a large file.
_AT_A_TIME = 250_000


class Doubts(NamedTuple):
    """The doubtful closes, by row of the levels they are of.

    ``code`` has for each row what is doubtful of its close, none if nothing is. ``breaks`` are the
    rows from which on the closes are on another scale, so that no change spans them.
    """

    levels: Levels
    code: Labels
    breaks: Bools

    @classmethod
    def none(cls, levels: Levels) -> Doubts:
        """Make doubts of nothing."""
        rows = len(levels.frame)
        return cls(levels, Labels(tuple(_NUMBER_OF), _nothing(rows)), np.zeros(rows, dtype=bool))

    @property
    def unsound(self) -> Bools:
        """Tell which closes are doubtful themselves, other than for their scale alone."""
        unsound: Bools = (self.code.codes >= 0) & (self.code.codes != _NUMBER_OF["jump"])
        return unsound


def _nothing(rows: int) -> npt.NDArray[np.int8]:
    return np.full(rows, -1, dtype=np.int8)


class _Rows(NamedTuple):
    """The closes of all indices in order, each beside the one before; nan where there is none.

    ``known`` says of each index whether the registry has it.
    """

    symbols: list[str]
    known: Bools
    codes: Ints
    days: Days
    close: Floats
    prior: Floats


def find_doubts(
    known: ChosenCloses, volatile: Collection[str] = (), now: dt.datetime | None = None
) -> Doubts:
    """Find the closes that a careful person would doubt before using them.

    Parameters
    ----------
    known
        The closes. Without a calendar only weekends can be doubted, without a clock only the
        future.
    volatile
        The indices of volatility, which may double in a session.
    now
        The moment at which the closes are looked at; None if that is of no matter.
    """
    levels, calendars = known.levels, known.calendars
    rows = _rows(levels)
    code = _nothing(len(rows.close))
    stray, breaks = _scale(rows, volatile)
    found: list[tuple[Doubt, Bools]] = [
        ("jump", breaks),
        ("stray", stray),
        ("outside_range", _outside_range(levels.frame)),
        ("carried_forward", _carried_forward(rows)),
        ("other_index", _of_another_index(rows)),
        ("weekend", _weekend(rows, calendars)),
        ("shut_day", _on_shut_days(rows, known.shut)),
        ("shifted", _shifted(rows, calendars)),
        *_too_early(rows, calendars, known.clocks, now),
    ]
    for doubt, doubtful in found:
        code[doubtful] = _NUMBER_OF[doubt]
    return Doubts(levels, Labels(tuple(_NUMBER_OF), code), breaks)


def _rows(levels: Levels) -> _Rows:
    frame = levels.frame
    labels, days, close = frame.labels("symbol"), frame["session"], frame["close"]
    codes = labels.codes
    prior = np.roll(close, 1)
    prior[np.diff(codes, prepend=-1) != 0] = np.nan
    symbols = [*labels.values]
    by_symbol = levels.registry.among(symbols)
    known = np.array([symbol in by_symbol for symbol in symbols], dtype=bool)
    return _Rows(symbols, known, codes, days, close, prior)


def _too_early(
    rows: _Rows,
    calendars: Mapping[str, Calendar],
    clocks: Mapping[str, Exchange],
    now: dt.datetime | None,
) -> Iterator[tuple[Doubt, Bools]]:
    """Rows of sessions that are not over at the moment, or have not begun."""
    if now is None:
        return
    future, unfinished = np.zeros((2, len(rows.days)), dtype=bool)
    yesterday = np.datetime64(now.astimezone(dt.UTC).date() - dt.timedelta(days=1))
    for row in np.flatnonzero(rows.days >= yesterday).tolist():
        symbol, session = rows.symbols[rows.codes[row]], rows.days[row].item()
        clock = clocks.get(symbol)
        # Without a clock it is the next day wherever it is the next day first.
        local = now.astimezone(ZoneInfo(clock.zone if clock else "Pacific/Kiritimati")).date()
        future[row] = session > local
        unfinished[row] = (
            clock is not None
            and session == local
            and (now < ended(session, clock, calendars.get(symbol)))
        )
    yield "unfinished", unfinished
    yield "future", future


def _shifted(rows: _Rows, calendars: Mapping[str, Calendar]) -> Bools:
    """All rows of indices whose dates fit the calendar only when they are moved by a day."""
    shifted = np.zeros(len(rows.days), dtype=bool)
    for calendar, own in _by_calendar(rows, calendars):
        days = rows.days[own]
        days = days[calendar.covered(days)]
        on_shut = int(calendar.shut(days).sum())
        if on_shut >= max(FEWEST_SHUT, SHIFTED * len(days)):
            moved = min(int(calendar.shut(days + n).sum()) for n in (-ONE_DAY, ONE_DAY))
            shifted[own] = moved <= LEFT_SHIFTED * on_shut
    return shifted


def _by_calendar(
    rows: _Rows, calendars: Mapping[str, Calendar]
) -> Iterator[tuple[Calendar, slice]]:
    starts = _starts(rows)
    for code, symbol in enumerate(rows.symbols) if calendars else ():
        if calendar := calendars.get(symbol):
            yield calendar, slice(int(starts[code]), int(starts[code + 1]))


def _starts(rows: _Rows) -> Ints:
    """The first row of each index, and the number of all rows after the last."""
    return np.searchsorted(rows.codes, np.arange(len(rows.symbols) + 1, dtype=rows.codes.dtype))


def _on_shut_days(rows: _Rows, shut: Frame) -> Bools:
    """Closes of dates on which the exchange was shut, that are not those of the day before."""
    counted = shut.take(~shut["ghost"])
    found = np.zeros(len(rows.days), dtype=bool)
    starts = _starts(rows)
    for symbol, own in counted.labels("symbol").each():
        code = rows.symbols.index(symbol)
        start, end = starts[code : code + 2]
        found[start:end] = np.isin(rows.days[start:end], counted["session"][own])
    return found


def _weekend(rows: _Rows, calendars: Mapping[str, Calendar]) -> Bools:
    """Saturdays and Sundays of indices without a calendar that do not trade on them as a rule."""
    weekend: Bools = (rows.days.astype(np.int64) + 3) % 7 >= 5  # 1970-01-01 was a Thursday
    if not weekend.any():
        return weekend
    counts = np.bincount(rows.codes, minlength=len(rows.symbols))
    own = np.bincount(rows.codes[weekend], minlength=len(rows.symbols))
    known = np.array([symbol in calendars for symbol in rows.symbols], dtype=bool)
    rarely = (own < np.maximum(USUAL_WEEKENDS * counts, 2)) & ~known
    odd: Bools = weekend & rarely[rows.codes]
    return odd


def _carried_forward(rows: _Rows) -> Bools:
    """Closes that repeat the one before where that is no chance: most of them, or many digits.

    The price of a share, which has any name, does so now and then.
    """
    same: Bools = rows.close == rows.prior
    if not same.any():
        return same
    session = (rows.days - rows.days.min()).astype(np.int64)
    moved = np.bincount(session[~np.isnan(rows.prior)], minlength=session.max() + 1)
    repeated = np.bincount(session[same], minlength=session.max() + 1)
    together = (repeated > 1) & (repeated * 2 > moved)
    known = np.unique(rows.codes[same & rows.known[rows.codes]])
    fine = rows.known & (_steps(rows, known) >= FEWEST_STEPS)
    forward: Bools = same & (together[session] | fine[rows.codes])
    return forward


def _steps(rows: _Rows, wanted: Ints) -> Floats:
    """How many steps of the last digit that it is written with make 1% of each wanted index."""
    is_wanted = np.zeros(len(rows.symbols), dtype=bool)
    is_wanted[wanted] = True
    own = np.flatnonzero(is_wanted[rows.codes])
    close, codes = rows.close[own], rows.codes[own]
    finest, least = np.ones(len(rows.symbols)), np.full(len(rows.symbols), np.inf)
    np.minimum.at(finest, codes, _digits(close))
    np.minimum.at(least, codes, close)
    return np.where(np.isfinite(least), least, 0.0) * 0.01 / finest


def _digits(close: Floats) -> Floats:
    """What one more in the last digit of each level is."""
    digit = np.ones(len(close))
    for digits in range(4):
        written = np.rint(close * 10**digits) / 10**digits
        digit = np.where(written == close, digit, 10.0 ** -(digits + 1))
    return digit


def _of_another_index(rows: _Rows) -> Bools:
    """Closes that another index has on the same date, to the last of many digits.

    Of the two, the one that moved less is at home.
    """
    found = np.zeros(len(rows.close), dtype=bool)
    if len(rows.symbols) < 2:
        return found
    order = _perhaps_equal(rows)
    order = order[np.lexsort((rows.close[order], rows.days[order]))]
    equal = (np.diff(rows.close[order]) == 0) & (np.diff(rows.days[order]).astype(np.int64) == 0)
    twins = np.flatnonzero(equal)
    if not 0 < len(twins) <= _MOST_EQUAL or len(twins) < _TIMES_CHANCE * _equal_by_chance(rows):
        return found
    pairs = np.column_stack([order[twins], order[twins + 1]])
    steps = _steps(rows, np.unique(rows.codes[pairs]))
    long = (steps * 100.0 >= _FEWEST_DIGITS)[rows.codes[pairs]].all(axis=1)
    _, own, times = np.unique(
        np.sort(rows.codes[pairs], axis=1), axis=0, return_inverse=True, return_counts=True
    )
    # Two names of one index, or an index in two files, are equal all the time.
    sessions = np.bincount(rows.codes, minlength=len(rows.symbols))[rows.codes[pairs]].min(axis=1)
    times = times[own.reshape(-1)]
    rarely = (times == 1) | (times <= _HABITUAL * sessions)
    pairs = pairs[long & rarely & (sessions > 1)]
    size = np.nan_to_num(np.abs(rows.close[pairs] / rows.prior[pairs] - 1), nan=np.inf)
    found[pairs[np.arange(len(pairs)), size.argmax(axis=1)]] = True
    return found


def _equal_by_chance(rows: _Rows) -> float:
    """How many closes of a date are equal by chance: half of those that are a last digit apart.

    Of many rows only some dates are looked at. Where it is about one, it may be none.
    """
    every = 1 + len(rows.close) // _LOOKED_AT
    some = np.flatnonzero(rows.days.astype(np.int64) % every == 0)
    order = some[np.lexsort((rows.close[some], rows.days[some]))]
    close, apart = rows.close[order], np.diff(rows.close[order])
    digit = np.maximum(_digits(close[1:]), _digits(close[:-1]))
    near = (np.abs(apart - digit) < digit / 100) & (rows.days[order][1:] == rows.days[order][:-1])
    found = float(near.sum()) / 2 * every
    return found if found > 1 else 0.0


def _perhaps_equal(rows: _Rows) -> Ints:
    """Rows among which are all that are of the same date and close: their sums are the same."""
    sums = rows.days.astype(np.int64)
    sums *= _SPREAD
    sums += rows.close.view(np.int64)
    sums *= _SPREAD  # of which the highest digits are of both
    short = (sums >> 32).astype(np.uint32)
    ordered = np.sort(short)
    twice = np.zeros(_SUMS, dtype=bool)
    twice[ordered[1:][ordered[1:] == ordered[:-1]] % _SUMS] = True
    return np.flatnonzero(twice[short % _SUMS])


def _outside_range(frame: Frame) -> Bools:
    low, high, close = frame["low"], frame["high"], frame["close"]
    return (close < low - _LEVEL_TOLERANCE) | (close > high + _LEVEL_TOLERANCE)


def _scale(rows: _Rows, volatile: Collection[str]) -> tuple[Bools, Bools]:
    """Rows beyond what an index ever moves: stray ones, and such from which on it is another scale.

    A stray row is back at the next; the move from it goes as far, and is no break of its own.
    """
    if not len(rows.close):
        return np.zeros(0, dtype=bool), np.zeros(0, dtype=bool)
    held = np.array([symbol in volatile for symbol in rows.symbols], dtype=bool)
    parts = range(0, len(rows.close), _AT_A_TIME)
    far = np.concatenate([_far(rows, held, slice(start, start + _AT_A_TIME)) for start in parts])
    stray = np.zeros(len(far), dtype=bool)
    for row in np.flatnonzero(far).tolist():
        after = row + 1
        if stray[row - 1] or after == len(far) or rows.codes[after] != rows.codes[row]:
            continue
        back = abs(rows.close[after] / rows.prior[row] - 1) * 100
        stray[row] = bool(far[after]) and back < BACK_PCT
    after_stray = np.append(False, stray[:-1])
    return stray, far & ~stray & ~after_stray


def _far(rows: _Rows, volatile: Bools, part: slice) -> Bools:
    """Which of some rows are further from the one before than an index ever moves."""
    days, prior, held = rows.days[part], rows.prior[part], volatile[rows.codes[part]]
    # Of the first row of an index, which has no prior, the days are of no matter.
    gap_days = np.diff(days, prepend=rows.days[max(part.start - 1, 0)]).astype(np.float64)
    root = np.sqrt(np.maximum(gap_days / USUAL_DAYS, 1.0))
    # Without logarithms, so that a move of just as much is none beyond it, on any machine.
    ratio = rows.close[part] / prior
    low, high = VOLATILE_PCT
    up = (1 + np.where(held, high, JUMP_PCT) / 100) ** root
    down = (1 + np.where(held, low, -JUMP_PCT) / 100) ** root
    far: Bools = (ratio > up) | (ratio < down)
    return far


def culprits(doubts: Doubts, symbol: str, base: dt.date, session: dt.date) -> Ints:
    """Give the rows because of which the change between two closes of an index is doubtful."""
    frame = doubts.levels.frame
    symbols, days = frame.labels("symbol"), frame["session"]
    own = symbols.codes == symbols.number(symbol)
    since, until = np.datetime64(base), np.datetime64(session)
    ends = ((days == since) | (days == until)) & doubts.unsound
    spanned = (days > since) & (days <= until) & doubts.breaks
    return np.flatnonzero(own & (ends | spanned))


def sound_levels(doubts: Doubts, until: Mapping[str, dt.date | None]) -> Levels:
    """Give the levels without doubtful closes; of another scale nothing before a date is kept.

    ``until`` has by symbol the date that is looked at; a break after it is of no matter.
    """
    frame = doubts.levels.frame
    keep = ~doubts.unsound
    symbols, days = frame.labels("symbol"), frame["session"]
    begins = np.zeros(len(symbols.values), dtype=np.int64)
    for row in np.flatnonzero(doubts.breaks).tolist():
        last = until.get(symbols.values[symbols.codes[row]])
        if last is None or days[row] <= np.datetime64(last):
            begins[symbols.codes[row]] = row
    keep &= np.arange(len(days)) >= begins[symbols.codes]
    return without(doubts.levels, np.flatnonzero(~keep))
