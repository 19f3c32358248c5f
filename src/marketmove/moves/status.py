"""What a row without a close means, by the calendar of its exchange."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from marketmove.market.calendars import Calendar

if TYPE_CHECKING:
    from marketmove.closes.levels import Levels
    from marketmove.moves.move import Move


def with_calendar_status(
    moves: Iterable[Move], levels: Levels, calendars: Mapping[str, Calendar]
) -> list[Move]:
    """Say of every index without a close why, and of the others what the data lacks before it.

    Parameters
    ----------
    moves
        As ``moves.session_moves`` makes them of ``levels``.
    levels
        The closes, without ghosts.
    calendars
        The calendars by symbol; an index without one stays as it is.

    Returns
    -------
    list of Move
        ``status`` is no longer ``unknown`` but ``closed`` (no session), ``missing`` (there was
        one, and the data has later closes) or ``pending`` (and it has none), where a calendar
        tells; with ``gap_sessions``, ``closed_for`` and ``reopens``.
    """
    latest = levels.frame.groupby("symbol", observed=True)["session"].max()
    last = {str(symbol): when.date() for symbol, when in latest.items()}
    return [_explained(move, calendars.get(move.symbol), last.get(move.symbol)) for move in moves]


def _explained(move: Move, calendar: Calendar | None, last: dt.date | None) -> Move:
    session, prior = move.session, move.prior_session
    if calendar is None or session is None:
        return move
    gap = None if prior is None else calendar.between(prior, session)
    trading = calendar.has(session)
    if move.status != "unknown" or trading is None:
        return move._replace(gap_sessions=gap)
    if trading:
        later = last is not None and last > session
        return move._replace(status="missing" if later else "pending", gap_sessions=gap)
    return move._replace(
        status="closed",
        gap_sessions=gap,
        closed_for=calendar.why_shut(session) or None,
        reopens=calendar.following(session),
    )
