"""What the calendars say of the rows of moves: shut days, sessions that the data lacks.

Rows are columns of index numbers and dates (datetime64[D]), of the same length.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from marketmove.frame import Labels
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
    for code, name in enumerate(names) if calendars else ():
        if calendar := calendars.get(name):
            groups.setdefault(calendar.exchange, (calendar, []))[1].append(code)
    return [(calendar, np.array(codes, dtype=np.int64)) for calendar, codes in groups.values()]


def rows_of_each(
    codes: Ints, groups: Sequence[tuple[Calendar, Ints]]
) -> list[tuple[Calendar, Ints]]:
    """Give each calendar with the rows of the indices that follow it, if it has any."""
    found = [(calendar, np.flatnonzero(np.isin(codes, own))) for calendar, own in groups]
    return [(calendar, rows) for calendar, rows in found if len(rows)]


class CalendarFacts(NamedTuple):
    """What the calendars say of each row."""

    covered: Bools
    shut: Bools
    gap_sessions: Floats
    closed_for: Labels
    reopens: Days
    week_starts: Ints
    weekday_before: Days


def calendar_facts(
    days: Days, prior: Days, groups: Sequence[tuple[Calendar, Ints]]
) -> CalendarFacts:
    """Give what the calendars say of each row; ``prior`` is the session of its prior close.

    ``groups`` has each calendar with its rows.
    """
    number = len(days)
    covered, shut = np.zeros((2, number), dtype=bool)
    why, week_starts = np.full(number, -1, dtype=np.int32), np.zeros(number, dtype=np.int64)
    reopens, weekday_before = np.full((2, number), np.datetime64("NaT", "D"), "M8[D]")
    reasons: dict[str, int] = {}
    for calendar, rows in groups:
        covered[rows] = calendar.covered(days[rows])
        week_starts[rows] = calendar.week_starts(days[rows])
        weekday_before[rows] = calendar.weekday_before(days[rows])
        own = rows[calendar.shut(days[rows])]
        shut[own] = True
        dates, of_row = np.unique(days[own], return_inverse=True)
        texts = [calendar.why_shut(date) for date in dates.tolist()]
        named = [reasons.setdefault(text, len(reasons)) if text else -1 for text in texts]
        nexts = [calendar.following(date) for date in dates.tolist()]
        why[own] = np.array(named, dtype=np.int32)[of_row]
        reopens[own] = np.array(nexts, dtype="datetime64[D]")[of_row]
    gaps = sessions_lacking(days, prior, groups)
    closed_for = Labels(tuple(reasons), why)
    return CalendarFacts(covered, shut, gaps, closed_for, reopens, week_starts, weekday_before)


def sessions_lacking(days: Days, prior: Days, groups: Sequence[tuple[Calendar, Ints]]) -> Floats:
    """Count the sessions between each prior close and a date; nan where no calendar can tell."""
    lacking = np.full(len(days), np.nan)
    for calendar, rows in groups:
        lacking[rows] = calendar.lacking(prior[rows], days[rows])
    return lacking


def closures(judged: CalendarFacts, without_close: Bools) -> dict[str, npt.NDArray[Any] | Labels]:
    """Give why an exchange was shut and its next session, where there is no close to tell else."""
    why, never = judged.closed_for, np.datetime64("NaT", "D")
    return {
        "closed_for": Labels(why.values, np.where(without_close, why.codes, -1)),
        "reopens": np.where(without_close, judged.reopens, never),
    }
