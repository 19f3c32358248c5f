"""Closes of an index as a line that begins at 100: each close over that of the day it starts at."""

from __future__ import annotations

import datetime as dt
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from marketmove.moves.changes import changes
from marketmove.moves.measure import Series

Floats = npt.NDArray[np.float64]
Days = npt.NDArray[np.datetime64]

START = 100.0
# A close so many days before the start still stands for it, over the longest of holidays.
OLDEST_BASE = 15
_FEWEST = 2


class RebasedLine(NamedTuple):
    """The closes of one index over its own sessions, ``values`` of them 100 on ``base_session``.

    ``base_close`` and ``last_close`` are in index points, or in the currency they are in;
    ``change_pct`` is the change between the two, exact.
    """

    symbol: str
    name: str
    days: Days
    values: Floats
    base_session: dt.date
    base_close: float
    last_close: float
    change_pct: float


def rebased(
    symbol: str, name: str, own: Series, since: dt.date, until: dt.date | None = None
) -> RebasedLine | None:
    """Rebase an index to its own last close on or before a date; if it has none, to its first.

    A last close that is too old is none. None where fewer than two closes are left.
    """
    days = own.days
    start = int(np.searchsorted(days, np.datetime64(since), side="right")) - 1
    oldest = np.datetime64(since) - np.timedelta64(OLDEST_BASE, "D")
    if start < 0 or days[start] < oldest:
        start += 1
    end = len(days)
    if until is not None:
        end = int(np.searchsorted(days, np.datetime64(until), side="right"))
    kept = np.arange(start, end)[~np.isnan(own.close[start:end])]
    if len(kept) < _FEWEST:
        return None
    close = own.close[kept]
    return RebasedLine(
        symbol,
        name,
        days[kept],
        # Rounded as little as can be, so that 110 is 110.
        START * close / close[0],
        days[kept[0]].item(),
        float(close[0]),
        float(close[-1]),
        float(changes(close[-1:], close[:1])[1][0]),
    )
