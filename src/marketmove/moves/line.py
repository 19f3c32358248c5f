"""The closes of all indices in one sorted line, in which a search finds any of them.

Each index and date is one whole number, so that "its own last close before" is one search.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from marketmove.closes.doubts import Doubts
from marketmove.closes.levels import Levels
from marketmove.frame import Frame, Labels

Ints = npt.NDArray[np.int64]
Days = npt.NDArray[np.datetime64]

# Room for every date of the calendar, counted from 1970, for each index.
ROOM, _DAY_0 = 1 << 23, 1 << 22
# Stands for no row.
NONE = -1


class CloseLine(NamedTuple):
    """The closes of some indices, in order: ``rows`` of the levels, and the key of each.

    One more key, beyond all others, is of no row. Beside the columns of the levels, ``doubt`` tells
    what is doubtful of a close; two closes are on one scale if they have the same ``scale``.
    """

    names: Sequence[str]
    keys: Ints
    rows: Frame

    def starts(self) -> Ints:
        """Give the first row of each index, and the number of all rows after the last."""
        return np.searchsorted(self.keys, np.arange(len(self.names) + 1) * ROOM)


def close_line(levels: Levels, names: Sequence[str], doubts: Doubts | None = None) -> CloseLine:
    """Put the closes of some indices into one line, sorted by index and date."""
    doubts, code_of = doubts or Doubts.none(levels), {name: n for n, name in enumerate(names)}
    symbols = levels.frame.labels("symbol")
    codes = np.array([code_of.get(name, NONE) for name in symbols.values], dtype=np.int64)
    scale = np.cumsum(doubts.breaks, dtype=np.int32) if doubts.breaks.any() else doubts.breaks
    rows = levels.frame.assign(doubt=doubts.code, scale=scale)
    if (np.diff(codes, prepend=NONE) <= 0).any():  # not all of them, or in another order
        own = codes[symbols.codes]
        order = np.argsort(own, kind="stable")
        rows = rows.take(order[np.count_nonzero(own == NONE) :])
    keys = np.full(len(rows) + 1, np.iinfo(np.int64).max)
    keys[:-1] = row_keys(codes[rows.labels("symbol").codes], rows["session"])
    return CloseLine(names, keys, rows)


def row_keys(codes: Ints, days: Days) -> Ints:
    """One number for each index and date, in the order of indices and then of dates; NaT first."""
    numbers = days.astype("datetime64[D]", copy=False).astype(np.int64)
    np.maximum(numbers, -_DAY_0, out=numbers)
    numbers += _DAY_0
    return codes * ROOM + numbers


def split_keys(keys: Ints) -> tuple[Ints, Days]:
    """The index and the date that each number stands for."""
    return keys // ROOM, (keys % ROOM - _DAY_0).astype("datetime64[D]")


class Places(NamedTuple):
    """Where the close of each index and date is, and its last one before; NONE where there is none.

    ``later`` tells whether it has a close on that date or after it.
    """

    at: Ints
    before: Ints
    later: npt.NDArray[np.bool_]


def find_places(line: CloseLine, keys: Ints) -> Places:
    """Find some indices and dates in the line."""
    found, index = np.searchsorted(line.keys, keys), keys // ROOM
    own = line.keys[found]
    before = np.where(line.keys[found - 1] // ROOM == index, found - 1, NONE)
    return Places(np.where(own == keys, found, NONE), before, own // ROOM == index)


def at_places(column: npt.NDArray[Any] | Labels, places: Ints) -> Any:
    """Give the values of a column at some places: nan, NaT, None, 0 or no label at ``NONE``."""
    if isinstance(column, Labels):
        return Labels(column.values, _at(column.codes, places, NONE))
    nothing = {"f": np.nan, "M": np.datetime64("NaT", "D"), "O": None}.get(column.dtype.kind, 0)
    return _at(column, places, nothing)


def _at(values: npt.NDArray[Any], places: Ints, nothing: Any) -> npt.NDArray[Any]:
    if not len(values):
        return np.full(len(places), nothing, dtype=values.dtype)
    found = values[places]
    found[places == NONE] = nothing
    return found
