"""How rare each move of many sessions is, every one held against what was before it alone.

The same as ``index_history.move_context`` tells of each session, worked out in one go.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from marketmove.closes.doubts import Doubts
from marketmove.closes.read import ChosenCloses
from marketmove.frame import Frame
from marketmove.market.calendars import Calendar
from marketmove.moves.changes import changes
from marketmove.moves.line import NONE, CloseLine, at_places, close_line, find_places, row_keys
from marketmove.moves.measure import Series
from marketmove.rarity.index_history import LEAST, SAME, WINDOW, MoveContext

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
Objects = npt.NDArray[np.object_]


class CloseContexts(NamedTuple):
    """How rare the move to each close is, as for a session of its own; None without a move.

    ``columns`` has the fields of ``MoveContext`` in the rows of the line.
    """

    line: CloseLine
    columns: Frame

    def beside(self, rows: Frame) -> Frame:
        """Add them to moves, as ``measure.history_blocks`` gives them, that are not doubtful."""
        symbols = rows.labels("symbol")
        code_of = {name: code for code, name in enumerate(self.line.names)}
        codes = np.array([code_of.get(name, NONE) for name in symbols.values])[symbols.codes]
        moved = rows.labels("status").are(["ok"]) & ~rows.has("doubt") & (codes >= 0)
        places = np.full(len(rows), NONE)
        keys = row_keys(codes[moved], rows["session"][moved])
        places[moved] = find_places(self.line, keys).at
        found = {name: at_places(column, places) for name, column in self.columns.columns.items()}
        return rows.assign(**found)


def close_contexts(known: ChosenCloses, doubts: Doubts) -> CloseContexts:
    """Find how rare the moves to all closes are; ``doubts`` are those of the same closes."""
    line = close_line(doubts.levels, sorted({*known.symbols}), doubts)
    days, starts = line.rows["session"], line.starts().tolist()
    found = {name: _nothing(name, len(days)) for name in MoveContext._fields}
    for symbol, (start, end) in zip(line.names, pairwise(starts), strict=True):
        until = _first_unusable(known, symbol)
        for places, own in _scales(line, start, end):
            held = np.arange(len(places)) > 0  # no move to the first of all
            if until is not None:
                held &= own.days <= np.datetime64(until)
            for name, values in _contexts(own, known.calendars.get(symbol)).items():
                found[name][places[held]] = values[held]  # None is nan, or NaT
    return CloseContexts(line, Frame(found))


def _nothing(name: str, rows: int) -> npt.NDArray[Any]:
    """A column without values: of dates, of figures, or of texts and truth values."""
    if name.endswith("_since"):
        return np.full(rows, np.datetime64("NaT", "D"), dtype="datetime64[D]")
    if name in {"record", "streak_is_least"}:
        return np.full(rows, None, dtype=object)
    return np.full(rows, np.nan)


def _first_unusable(known: ChosenCloses, symbol: str) -> dt.date | None:
    """The date after which rows before a move cannot be used; None if none cannot."""
    dates = [
        fault.session or dt.date.min
        for fault in known.levels.faults
        if fault.symbol in (None, symbol)
    ]
    return min(dates, default=None)


def _scales(line: CloseLine, start: int, end: int) -> Iterator[tuple[Ints, Series]]:
    """The sound closes of an index from each scale on, and their places; the later ones come last.

    What is after a session is of no matter to it.
    """
    rows = line.rows.take(slice(start, end))
    doubt, close, days = rows.labels("doubt"), rows["close"], rows["session"]
    sound = (doubt.codes < 0) | doubt.are(["jump"])
    breaks = np.flatnonzero(np.diff(rows["scale"].astype(np.int64))) + 1
    for begin in [0, *breaks.tolist()]:
        own = np.flatnonzero(sound[begin:]) + begin
        pct = np.full(len(own), np.nan)
        pct[1:] = changes(close[own[1:]], close[own[:-1]])[1]
        if len(own):
            yield start + own, Series(days[own], close[own], pct)


def _contexts(own: Series, calendar: Calendar | None) -> dict[str, Objects]:
    """The context of each close of an index, under the fields of ``MoveContext``."""
    number, pct, close = len(own.days), own.pct, own.close
    streak, is_least = _streaks(own, calendar)
    sizes = np.minimum(np.maximum(np.arange(number) - 1, 0), WINDOW)
    enough = sizes >= LEAST
    dates = np.array([*own.days.tolist(), None], dtype=object)
    largest = np.where(pct > 0, _last_as_large(pct), _last_as_large(-pct))
    largest[pct == 0] = NONE
    smaller = _smaller_before(np.abs(pct))
    with np.errstate(invalid="ignore", divide="ignore"):
        percentile = smaller * 100.0 / sizes
    columns: dict[str, Objects] = {
        "streak": streak,
        "streak_is_least": is_least,
        "size_n": sizes.astype(object),
        "data_since": np.full(number, dates[0], dtype=object),
        "record": _records(close),
        "highest_since": dates[_last_beyond(close)],
        "lowest_since": dates[_last_beyond(-close)],
        "largest_since": dates[largest],
        "size_percentile": percentile.astype(object),
    }
    for name in ("record", "highest_since", "lowest_since", "largest_since", "size_percentile"):
        columns[name][~enough] = None
    return columns


def _streaks(own: Series, calendar: Calendar | None) -> tuple[Objects, Objects]:
    """Sessions in a row with the sign of each, and whether there may be more of them."""
    number = len(own.days)
    signs, at = np.sign(own.pct), np.arange(number)
    # The first move is the second close; what is before it is not known.
    begins = np.ones(number, dtype=bool)
    begins[2:] = signs[2:] != signs[1:-1]
    begins[:1] = False
    first = np.maximum.accumulate(np.where(begins, at, 0))
    is_least = first <= 1
    if calendar is not None and number > 1:
        lacking = np.append(0.0, calendar.lacking(own.days[:-1], own.days[1:])) > 0
        gap = np.maximum.accumulate(np.where(lacking, at, 0))
        # A move over sessions that the data lacks does not tell how each of them went.
        hit = gap >= np.maximum(1, first - 1)
        first, is_least = np.where(hit, gap + 1, first), is_least | hit
    length = at - first + 1
    streak = (np.nan_to_num(signs) * length).astype(np.int64).astype(object)
    least = is_least.astype(object)
    least[(signs == 0) & (length > 0)] = False
    streak[length <= 0], least[length <= 0] = None, True
    return streak, least


def _records(close: Floats) -> Objects:
    """Whether each close is above or below all before it, or equals the highest or lowest."""
    found = np.full(len(close), None, dtype=object)
    highest, lowest = (
        np.append(np.nan, run.accumulate(close)[:-1]) for run in (np.maximum, np.minimum)
    )
    varies = highest > lowest
    found[varies & (close == highest)] = "equals high"
    found[varies & (close == lowest)] = "equals low"
    found[close > highest] = "high"
    found[close < lowest] = "low"
    return found


def _last_beyond(values: Floats) -> Ints:
    """The last place before each with a larger value; -1 where there is none."""
    return _last_before(values.tolist(), lambda before, value: before > value)


def _last_as_large(moves: Floats) -> Ints:
    """The last move before each that is as large; the first is none."""
    return _last_before(moves.tolist(), lambda before, value: before >= value - SAME)


def _last_before(values: list[float], beyond: Any) -> Ints:
    """The last place before each whose value is beyond it.

    What is not is of no matter to later ones either: this one hides it.
    """
    found, open_places = [], list[int]()
    for place, value in enumerate(values):
        if value != value:
            found.append(NONE)
            continue
        while open_places and not beyond(values[open_places[-1]], value):
            open_places.pop()
        found.append(open_places[-1] if open_places else NONE)
        open_places.append(place)
    return np.array(found, dtype=np.int64)


def _smaller_before(sizes: Floats) -> Floats:
    """How many of the last moves before each are smaller."""
    padded = np.concatenate([np.full(WINDOW, np.nan), sizes])
    before = np.lib.stride_tricks.sliding_window_view(padded, WINDOW)[: len(sizes)]
    smaller: Ints = np.count_nonzero(before < (sizes - SAME)[:, None], axis=1)
    return smaller.astype(np.float64)
