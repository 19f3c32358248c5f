"""How rare a move is, held against the past of its own index; the present is no part of it.

Nothing here looks ahead: what later sessions bring changes nothing said of an earlier one.
"""

from __future__ import annotations

import datetime as dt
from typing import Literal, NamedTuple

import numpy as np
import numpy.typing as npt

from marketmove.market.calendars import Calendar
from marketmove.moves.measure import Series

Floats = npt.NDArray[np.float64]
Days = npt.NDArray[np.datetime64]
Bools = npt.NDArray[np.bool_]

# Sessions that a baseline has at most, and without which there is none.
WINDOW, LEAST = 250, 60
# Sizes nearer to each other than this, in percent or percentage points, are the same size: what
# is left is the rounding of binary fractions (2.2 and 3.3 - 1.1).
SAME = 1e-9

Record = Literal["high", "low", "equals high", "equals low"]


class MoveContext(NamedTuple):
    """What a move is beside the earlier ones of its index, as far as the data goes back.

    ``streak`` counts the sessions in a row in one direction, this one included, below zero for
    falls, 0 for a flat one; with ``streak_is_least`` the data does not tell where it began; None
    where the move spans sessions that the data lacks. ``highest_since`` and ``lowest_since`` are
    the last sessions with a higher and a lower close, ``largest_since`` the last whose move in the
    same direction was at least as large; None where there is none. ``size_percentile`` is the
    share, in percent, of the ``size_n`` moves before it that are smaller in size. With fewer than
    60 of these only the streak is known. ``data_since`` is the first session of the index.
    """

    streak: int | None
    streak_is_least: bool
    size_n: int
    data_since: dt.date
    record: Record | None = None
    highest_since: dt.date | None = None
    lowest_since: dt.date | None = None
    largest_since: dt.date | None = None
    size_percentile: float | None = None


def move_context(
    own: Series, session: dt.date, calendar: Calendar | None = None
) -> MoveContext | None:
    """Hold the move of a session against the earlier ones of its index.

    Without a ``calendar``, what the data lacks is not known. None where there is no move.
    """
    at = int(np.searchsorted(own.days, np.datetime64(session)))
    if at == 0 or at == len(own.days) or own.days[at] != np.datetime64(session):
        return None
    before, today = own.close[:at], own.close[at]
    moves, move = own.pct[1:at], own.pct[at]
    as_large = (moves * np.sign(move) >= abs(move) - SAME) & (move != 0)
    streak, is_least = _streak(own, at, calendar)
    sizes = np.abs(moves[-WINDOW:])
    context = MoveContext(streak, is_least, size_n=len(sizes), data_since=own.days[0].item())
    if len(sizes) < LEAST:
        return context
    beyond = np.column_stack([before > today, before < today, np.append(False, as_large)])
    highest, lowest, largest = last_days(own.days[:at], beyond)
    smaller = sizes < abs(move) - SAME
    return context._replace(
        record=_record(before, today),
        highest_since=highest,
        lowest_since=lowest,
        largest_since=largest,
        size_percentile=float(smaller.sum() * 100.0 / len(smaller)),
    )


def _streak(own: Series, at: int, calendar: Calendar | None) -> tuple[int | None, bool]:
    """Sessions in a row with the sign of this one; whether there may be more of them."""
    sign = np.sign(own.pct[at])
    others = np.flatnonzero(np.sign(own.pct[1:at]) != sign)
    first = int(others[-1]) + 2 if len(others) else 1
    is_least = not len(others)
    if calendar is not None:
        # A move over sessions that the data lacks does not tell how each of them went; nor does
        # the one that ends the row, if it is such a move.
        since = max(1, first - 1)
        lacking = calendar.lacking(own.days[since - 1 : at], own.days[since : at + 1])
        gaps = np.flatnonzero(lacking > 0)
        if len(gaps):
            first, is_least = since + int(gaps[-1]) + 1, True
    length = at - first + 1
    if not length:
        return None, True
    return (int(sign) * length, is_least) if sign else (0, False)


def _record(before: Floats, today: float) -> Record | None:
    """Whether a close is above or below all before it, or equals the highest or lowest."""
    highest, lowest = before.max(), before.min()
    if today > highest or today < lowest:
        return "high" if today > highest else "low"
    if highest == lowest or lowest < today < highest:
        return None
    return "equals high" if today == highest else "equals low"


def last_days(days: Days, wanted: Bools) -> list[dt.date | None]:
    """Give the last day on which each column is true; None where it is on none.

    ``wanted`` has a row a day.
    """
    if not len(days):
        return [None] * wanted.shape[1]
    rows = len(days) - 1 - wanted[::-1].argmax(axis=0)
    # The one behind the last stands for none.
    rows[~wanted[rows, np.arange(len(rows))]] = len(days)
    found: list[dt.date | None] = np.array([*days.tolist(), None], dtype=object)[rows].tolist()
    return found
