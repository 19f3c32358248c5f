"""What the calendars say of the rows of moves: shut days, sessions that the data lacks.

Rows are columns of index numbers and dates (datetime64[D]), of the same length.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from marketmove.market.calendars import Calendar

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Days = npt.NDArray[np.datetime64]
Bools = npt.NDArray[np.bool_]


def by_calendar(
    names: Sequence[str], calendars: Mapping[str, Calendar]
) -> list[tuple[Calendar, Ints]]:
    """Give each calendar with the numbers of the indices that follow it."""
    groups: dict[str, tuple[Calendar, list[int]]] = {}
    for code, name in enumerate(names):
        if calendar := calendars.get(name):
            groups.setdefault(calendar.exchange, (calendar, []))[1].append(code)
    return [(calendar, np.array(codes, dtype=np.int64)) for calendar, codes in groups.values()]


class CalendarFacts(NamedTuple):
    """What the calendars say of each row."""

    covered: Bools
    shut: Bools
    gap_sessions: Floats
    closed_for: npt.NDArray[Any]
    reopens: Days
    week_starts: Ints
    weekday_before: Days


def calendar_facts(
    codes: Ints, days: Days, prior: Days, groups: Sequence[tuple[Calendar, Ints]]
) -> CalendarFacts:
    """Give what the calendars say of each row; ``prior`` is the session of its prior close."""
    judged = CalendarFacts(
        np.zeros(len(days), dtype=bool),
        np.zeros(len(days), dtype=bool),
        sessions_lacking(codes, days, prior, groups),
        np.full(len(days), None, dtype=object),
        np.full(len(days), np.datetime64("NaT", "D"), dtype="datetime64[D]"),
        np.zeros(len(days), dtype=np.int64),
        np.full(len(days), np.datetime64("NaT", "D"), dtype="datetime64[D]"),
    )
    for calendar, own in groups:
        rows = np.flatnonzero(np.isin(codes, own))
        judged.covered[rows] = calendar.covered(days[rows])
        judged.week_starts[rows] = calendar.week_starts(days[rows])
        judged.weekday_before[rows] = calendar.weekday_before(days[rows])
        shut = rows[calendar.shut(days[rows])]
        judged.shut[shut] = True
        dates, of_row = np.unique(days[shut], return_inverse=True)
        reasons = [calendar.why_shut(date) or None for date in dates.tolist()]
        nexts = [calendar.following(date) for date in dates.tolist()]
        judged.closed_for[shut] = np.array([*reasons, None], dtype=object)[of_row]
        judged.reopens[shut] = np.array([*nexts, None], dtype="datetime64[D]")[of_row]
    return judged


def sessions_lacking(
    codes: Ints, days: Days, prior: Days, groups: Sequence[tuple[Calendar, Ints]]
) -> Floats:
    """Count the sessions between each prior close and a date; nan where no calendar can tell."""
    lacking = np.full(len(days), np.nan)
    for calendar, own in groups:
        rows = np.flatnonzero(np.isin(codes, own))
        lacking[rows] = calendar.lacking(prior[rows], days[rows])
    return lacking


def closures(judged: CalendarFacts, without_close: Bools) -> dict[str, npt.NDArray[Any]]:
    """Give why an exchange was shut and its next session, where there is no close to tell else."""
    judged.closed_for[~without_close] = None
    judged.reopens[~without_close] = np.datetime64("NaT", "D")
    return {"closed_for": judged.closed_for, "reopens": judged.reopens}
