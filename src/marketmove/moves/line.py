"""The closes of all indices in one sorted line, in which a search finds any of them.

Each index and date is one whole number, so that "its own last close before" is one search.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from marketmove.closes.doubts import Doubts
from marketmove.closes.levels import Levels
from marketmove.frame import Labels

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Days = npt.NDArray[np.datetime64]

# Room for every date of the calendar, counted from 1970, for each index.
ROOM, _DAY_0 = 1 << 23, 1 << 22
# Stands for no row.
NONE = -1


class CloseLine(NamedTuple):
    """The closes of some indices by key; one more entry, at the end of each column, is none's."""

    names: Sequence[str]
    keys: Ints
    session: Days
    close: Floats
    doubts: Sequence[str]
    beside: Mapping[str, npt.NDArray[Any]]


def close_line(levels: Levels, names: Sequence[str], doubts: Doubts | None = None) -> CloseLine:
    """Put the closes of some indices into one line, sorted by index and date."""
    frame, code_of = levels.frame, {name: code for code, name in enumerate(names)}
    symbols = frame.labels("symbol")
    codes = np.array([code_of.get(name, NONE) for name in symbols.values], dtype=np.int64)
    own = codes[symbols.codes]
    keys = row_keys(own, frame["session"])
    order = np.argsort(keys, kind="stable")
    order = order[own[order] != NONE]

    def column(name: str, none: Any) -> npt.NDArray[Any]:
        values = frame.columns[name]
        values = values.codes if isinstance(values, Labels) else values
        return np.append(values[order], none)

    doubts = doubts or Doubts.none(levels)
    return CloseLine(
        names=names,
        keys=keys[order],
        session=column("session", np.datetime64("NaT", "D")),
        close=column("close", np.nan),
        doubts=doubts.code.values,
        beside={
            "file": column("file", NONE),
            "line": column("line", 0),
            "stated_change_pct": column("change_pct", np.nan),
            "stated_prior_close": column("prior_close", np.nan),
            "doubt": np.append(doubts.code.codes[order], np.int8(NONE)),
            # Two closes are on the same scale if as many breaks are before each.
            "breaks": np.append(np.cumsum(doubts.breaks[order]), 0),
        },
    )


def row_keys(codes: Ints, days: Days) -> Ints:
    """One number for each index and date, in the order of indices and then of dates; NaT first."""
    numbers = days.astype("datetime64[D]").astype(np.int64)
    return codes * ROOM + np.maximum(numbers, -_DAY_0) + _DAY_0


def split_keys(keys: Ints) -> tuple[Ints, Days]:
    """The index and the date that each number stands for."""
    return keys // ROOM, (keys % ROOM - _DAY_0).astype("datetime64[D]")


def find_rows(line: CloseLine, keys: Ints) -> Ints:
    """Where the close of each index and date is."""
    at = np.searchsorted(line.keys, keys)
    return np.where(np.append(line.keys, NONE)[at] == keys, at, NONE)


def rows_before(line: CloseLine, keys: Ints) -> Ints:
    """Where the last close of each index strictly before a date is."""
    at = np.searchsorted(line.keys, keys) - 1
    own = np.append(line.keys, NONE)[at] // ROOM == keys // ROOM
    return np.where(own, at, NONE)
