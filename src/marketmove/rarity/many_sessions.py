"""How rare each move of many sessions is, every one held against what was before it alone."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from marketmove.closes.doubts import Doubts, sound_levels
from marketmove.closes.read import ChosenCloses
from marketmove.frame import Frame, Labels, is_none
from marketmove.moves.measure import Series, series
from marketmove.rarity.index_history import MoveContext, move_context


def with_contexts(rows: Frame, known: ChosenCloses, doubts: Doubts) -> Frame:
    """Add how rare the move of each row is, as for a session of its own; None without a move.

    ``rows`` are as ``measure.history`` makes them, and ``doubts`` those of the same closes. The
    columns are the fields of ``MoveContext``.
    """
    found: list[MoveContext | None] = [None] * len(rows)
    moved = (rows["status"] == "ok") & is_none(rows["doubt"])
    days = rows["session"]
    for symbol, of_symbol in rows.labels("symbol").each():
        own_rows = of_symbol[moved[of_symbol]]
        until = _first_unusable(known, symbol)
        calendar = known.calendars.get(symbol)
        for own, first in _scales(symbol, doubts):
            for row in own_rows[days[own_rows] >= first].tolist():
                session: dt.date = days[row].item()
                if until is None or session <= until:
                    found[row] = move_context(own, session, calendar)
    return rows.assign(**{name: _column(found, name) for name in MoveContext._fields})


def _column(found: Sequence[MoveContext | None], name: str) -> npt.NDArray[Any]:
    column = np.empty(len(found), dtype=object)
    column[:] = [getattr(context, name, None) for context in found]
    return column


def _first_unusable(known: ChosenCloses, symbol: str) -> dt.date | None:
    """The date after which rows before a move cannot be used; None if none cannot."""
    dates = [
        fault.session or dt.date.min
        for fault in known.levels.faults
        if fault.symbol in (None, symbol)
    ]
    return min(dates, default=None)


def _scales(symbol: str, doubts: Doubts) -> Iterator[tuple[Series, np.datetime64]]:
    """The sound closes of an index on each scale, with the date from which on it is that one.

    The later ones come last; what is after a session is of no matter to it.
    """
    frame = doubts.levels.frame
    labels: Labels = frame.labels("symbol")
    breaks = np.flatnonzero(doubts.breaks & (labels.codes == labels.number(symbol)))
    starts = [None, *frame["session"][breaks].tolist()]
    ends = [*(day - dt.timedelta(days=1) for day in starts[1:] if day is not None), None]
    for start, end in zip(starts, ends, strict=True):
        own = series(sound_levels(doubts, {symbol: end}), [symbol]).get(symbol)
        if own is not None:
            yield own, np.datetime64(start or dt.date.min)
