"""Changes between two closes of an index, such as from the last one before a period."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from marketmove.frame import Labels
from marketmove.market.calendars import ONE_DAY, Calendar
from marketmove.market.periods import Span, first_days, span
from marketmove.moves.changes import changes
from marketmove.moves.line import NONE, ROOM, CloseLine, at_places, find_places, row_keys
from marketmove.moves.status import sessions_lacking

Bools = npt.NDArray[np.bool_]
Days = npt.NDArray[np.datetime64]
Ints = npt.NDArray[np.int64]
Columns = dict[str, npt.NDArray[Any] | Labels]

# A period starts from a close at most so many sessions before its first day; where no calendar
# counts them, from one at most so many weekdays more, for holidays.
_OLDEST_BASE, _LONG_BASE, _HOLIDAYS = {"week": 5, "month": 5, "w": 5, "m": 5}, 10, 5
# Of so many sessions, one more may be lacking for each of these; and one more a holiday.
_LACKING_OF, _HOLIDAY_OF = 25, 8
# Why a period has no change; the last is said where bad rows are known.
_REASONS = ("too_old", "no_earlier_close", "not_begun", "unusable")


def changes_between(line: CloseLine, at: Ints, before: Ints) -> Columns:
    """Give the prior closes, and the changes where both closes are known."""
    rows, both = line.rows, (at != NONE) & (before != NONE)
    prior = at_places(rows["close"], before)
    points, percents = np.full((2, len(at)), np.nan)
    points[both], percents[both] = changes(rows["close"][at[both]], prior[both])
    return {
        "prior_session": at_places(rows["session"], before),
        "prior_close": prior,
        "change_pts": points,
        "change_pct": percents,
        "doubt": _doubts(line, at, before, both),
    }


def _doubts(line: CloseLine, at: Ints, before: Ints, both: Bools) -> Labels:
    """What is doubtful of a change: its close, its prior close, or that its scale is another."""
    doubt, scale = line.rows.labels("doubt"), line.rows["scale"]
    jump = np.int8(doubt.number("jump"))
    own, prior = (
        np.where(codes == jump, np.int8(NONE), codes)
        for codes in (at_places(doubt, rows).codes for rows in (at, before))
    )
    other_scale = both & (at_places(scale, at) != at_places(scale, before))
    found = np.where(other_scale, jump, np.int8(NONE))
    found = np.where(both & (prior != NONE), prior, found)
    return Labels(doubt.values, np.where(own != NONE, own, found))


def changes_since(
    line: CloseLine,
    codes: Ints,
    days: Days,
    at: Ints,
    period: str,
    week_starts: Ints,
    groups: Sequence[tuple[Calendar, Ints]],
) -> Columns:
    """Give the changes from the last close before a period, where that is recent enough.

    ``base`` is the date of that close even where it is not; ``groups`` has each calendar with its
    rows.
    """
    of = span(period)
    if of.kind == "d":
        before = _sessions_before(line, codes, days, of.number)
        first, inside = days, of.number - 1
        oldest = max(_OLDEST_BASE["week"], of.number // _LACKING_OF)
        holidays = _HOLIDAYS + of.number // _HOLIDAY_OF
    else:
        first = first_days(days, period, week_starts)
        before = find_places(line, row_keys(codes, first)).before
        inside, holidays = 0, _HOLIDAYS
        oldest = _OLDEST_BASE.get(of.kind, _LONG_BASE)
    base = at_places(line.rows["session"], before)
    gap = sessions_lacking(first, base, groups) - inside
    gap = np.where(gap < 0, 0.0, gap)  # closes of days without a session
    weekdays = np.zeros(len(base))
    known = ~np.isnat(base) & ~np.isnat(first)
    weekdays[known] = np.busday_count(base[known] + ONE_DAY, first[known])
    counted = np.where(np.isnan(gap), weekdays - inside - holidays, gap)
    too_old = (before != NONE) & (counted > oldest)
    begun = _begun(of, days, at)
    before = np.where(too_old | ~begun, NONE, before)
    lacks = np.where(too_old, 0, np.where(begun, 1, 2)).astype(np.int8)
    lacks[(at == NONE) | (before != NONE)] = NONE
    return {
        **changes_between(line, at, before),
        "gap_sessions": np.where(before == NONE, np.nan, gap),
        "first_day": first,
        "base": base,
        "too_old": np.where(too_old & (at != NONE), base, np.datetime64("NaT", "D")),
        "reason": Labels(_REASONS, lacks),
    }


def _begun(of: Span, days: Days, at: Ints) -> Bools:
    """Whether a period has begun by a session: one since a date has not before that is over."""
    if of.since is None:
        return np.ones(len(at), dtype=bool)
    begun: Bools = days > np.datetime64(of.since)
    return begun


def _sessions_before(line: CloseLine, codes: Ints, days: Days, number: int) -> Ints:
    """Where the close of each index is that stands so many closes before the one of a date."""
    at = np.searchsorted(line.keys, row_keys(codes, days)) - number
    own = line.keys[np.maximum(at, 0)] // ROOM == codes
    return np.where((at >= 0) & own, at, NONE)
