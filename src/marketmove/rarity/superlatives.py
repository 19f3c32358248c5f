"""What is rare about moves and pairs: records, long streaks, what has not been for a month."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Literal, NamedTuple

from marketmove.moves.move import Move
from marketmove.rarity.extremes import has_record
from marketmove.rarity.index_history import MoveContext

if TYPE_CHECKING:
    from marketmove.moves.divergence import Divergence

# What has not been for a month of sessions is worth a word; so is a streak of four.
_LEAST_SESSIONS, _LEAST_STREAK = 20, 4
_SESSIONS_A_DAY = 5 / 7

FactKind = Literal["record", "equals", "extreme", "largest", "streak", "widest"]


class Fact(NamedTuple):
    """Something to say of a move or a pair, and about once in how many sessions it happens.

    ``record`` is a close beyond all before it of five years or more, ``equals`` one as high or low
    as the highest or lowest, ``extreme`` the highest or lowest close since a date or of shorter
    data, ``largest`` the largest move that way, ``streak`` a row of sessions, ``widest`` the widest
    spread of a pair. ``rose`` is the direction. ``since`` is the last date that had as much or more
    or, ``in_data``, the first of the data, which has none before.
    """

    rarity: float
    kind: FactKind
    rose: bool
    since: dt.date
    in_data: bool = False


def move_facts(move: Move, context: MoveContext | None) -> list[Fact]:
    """Give what is rare about a move, the rarest first; nothing of one of zero.

    A move over sessions that the data lacks is not held against those of single ones.
    """
    return sorted(_found(move, context), key=rarest) if context else []


def _found(move: Move, context: MoveContext) -> Iterator[Fact]:
    session, rose = move.session, (move.change_pct or 0.0) > 0
    if session is None or not move.change_pct:
        return
    start = context.data_since
    record = "high" if rose else "low"
    whole = _sessions(start, session)
    if context.record == record:
        kind: FactKind = "record" if has_record(start, session) else "extreme"
        yield Fact(whole, kind, rose, start, in_data=True)
    elif context.record == f"equals {record}":
        # It may have been equalled yesterday: worth a word, but not that of a record.
        yield Fact(_LEAST_SESSIONS, "equals", rose, start, in_data=True)
    since = context.highest_since if rose else context.lowest_since
    yield from _since("extreme", rose, since, session)
    if not move.gap_sessions:
        yield from _since("largest", rose, context.largest_since, session)
        if context.largest_since is None and context.size_percentile is not None:
            yield Fact(whole, "largest", rose, start, in_data=True)
    if abs(context.streak or 0) >= _LEAST_STREAK:
        # Longer ones are all as rare; two to the power of the longest would be no float.
        yield Fact(2.0 ** min(abs(context.streak or 0), 1000), "streak", rose, start)


def pair_fact(pair: Divergence, moves: Mapping[str, Move]) -> Fact | None:
    """Tell whether the spread of a pair is the widest for long; None if not."""
    if pair.percentile is None:
        return None
    up, down = moves[pair.up], moves[pair.down]
    if up.session is None or up.gap_sessions or down.gap_sessions:
        return None
    return widest_fact(up.session, pair.widest_since, pair.data_since)


def widest_fact(
    session: dt.date, widest_since: dt.date | None, data_since: dt.date | None
) -> Fact | None:
    """Give that a spread is the widest for long, or of all the data; None if it is not."""
    if widest_since is not None:
        return next(_since("widest", True, widest_since, session), None)
    if data_since is None:
        return None
    return Fact(_sessions(data_since, session), "widest", True, data_since, in_data=True)


def rarest(fact: Fact) -> tuple[float, str]:
    """Sort facts, the rarest first."""
    return -fact.rarity, fact.kind


def _since(kind: FactKind, rose: bool, since: dt.date | None, session: dt.date) -> Iterator[Fact]:
    if since is not None and _sessions(since, session) >= _LEAST_SESSIONS:
        yield Fact(_sessions(since, session), kind, rose, since)


def _sessions(since: dt.date, session: dt.date) -> float:
    """About how many sessions lie between two dates."""
    return (session - since).days * _SESSIONS_A_DAY
