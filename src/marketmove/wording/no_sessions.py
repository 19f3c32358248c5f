"""The errors for dates without a close: what there is instead."""

from __future__ import annotations

import bisect
import datetime as dt
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from marketmove.closes.find import NAME_THEM
from marketmove.errors import (
    MarketMoveError,
    NoSessionError,
    Problem,
    Remark,
    WrongUsageError,
    listed,
)
from marketmove.moves.move import Move

if TYPE_CHECKING:
    from marketmove.moves.measure import Series


def no_session(
    when: dt.date | None,
    sessions: Sequence[dt.date],
    bundled: bool,
    moves: Sequence[Move] = (),
    warnings: Sequence[Remark] = (),
) -> MarketMoveError:
    """Make the error for a date without a close, which names the nearest sessions there are.

    ``when`` is None if each index had a date of its own; the ``moves`` may tell why, and
    ``warnings`` which rows are no close yet.
    """
    if when is None:
        ends = f"; the data has closes from {sessions[0]} to {sessions[-1]}" if sessions else ""
        text = f"no chosen index has a close of its last session by then{ends}"
        return NoSessionError.at(None, text)
    at = bisect.bisect(sessions, when)
    near = [str(session) for session in sessions[max(0, at - 1) : at + 1]]
    nearest = (
        f"the nearest in the data: {' and '.join(near)}" if near else "the data has none of them"
    )
    reasons = {move.closed_for for move in moves if move.status == "closed"}
    if moves and all(move.status == "closed" for move in moves):
        why = f" ({', '.join(sorted(filter(None, reasons)))})" if any(reasons) else ""
        shut = "its exchange was shut" if len(moves) == 1 else "their exchanges were shut"
        nearest = f"{shut}{why}; {nearest}"
    early = [Problem(w.place, w.text) for w in warnings if w.code == "unfinished"]
    if not bundled:
        yet = " yet" if early and all(move.status == "pending" for move in moves) else ""
        text = f"no chosen index has a close on {when}{yet}; {nearest}"
        return NoSessionError([*early, Problem(None, text)])
    text = (
        f"the bundled samples have no session on {when} ({nearest}), and no closes are named;"
        f" {NAME_THEM}"
    )
    within = bool(sessions) and sessions[0] <= when <= sessions[-1]
    return (NoSessionError if within else WrongUsageError).at(None, text)


def no_close_within(first: dt.date, last: dt.date, sessions: Sequence[dt.date]) -> MarketMoveError:
    """Make the error for a range without a close, which names the dates that have some."""
    have = f"closes from {sessions[0]} to {sessions[-1]}" if sessions else "none of them"
    text = f"no chosen index has a close from {first} to {last}; the data has {have}"
    return NoSessionError.at(None, text)


def no_common_session(
    own: Mapping[str, Series], days: Sequence[dt.date], since: dt.date | None, last: dt.date | None
) -> MarketMoveError:
    """Make the error for a pair without a common session in a range: what there is instead."""
    names = " and ".join(own)
    one, other = own.values()
    have = ", ".join(f"{name} from {o.days[0]} to {o.days[-1]}" for name, o in own.items())
    if not days:
        why = (
            f"{names} have no common session: no date on which both have a close and one before it"
            if set(one.days.tolist()) & set(other.days.tolist())
            else f"{names} never trade on the same date"
        )
        return NoSessionError.at(None, f"{why}; the data has {have}")
    before = [day for day in days if since is not None and day < since][-1:]
    after = [day for day in days if last is not None and day > last][:1]
    near = " and ".join(map(str, before + after))
    ends = [f"from {since}" if since else "", f"up to {last}" if last else ""]
    where = " ".join(filter(None, ends))
    text = f"{names} have no common session {where}; the nearest: {near}; the data has {have}"
    return NoSessionError.at(None, text)


def no_sound_close(symbols: Sequence[str]) -> MarketMoveError:
    """Make the error for indices whose closes are doubtful, every one of them."""
    have = "has no close" if len(symbols) == 1 else "have no close"
    text = f"{listed(symbols)} {have} that is not doubtful; marketmove check says why"
    return NoSessionError.at(None, text)
