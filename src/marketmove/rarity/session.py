"""How rare the moves of a session are: whether that is wanted, and of which indices it is known."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple

import numpy as np

from marketmove.closes.doubts import Doubts, sound_levels
from marketmove.closes.read import ChosenCloses
from marketmove.moves.measure import Series, series
from marketmove.moves.move import Move
from marketmove.moves.table import are, chosen, doubtful
from marketmove.rarity.extremes import Extremes, extremes
from marketmove.rarity.index_history import MoveContext, move_context
from marketmove.rarity.spread_history import MoveMatrix, move_matrix

# More closes or indices than this are not gone through unless that is asked for.
MOST_CLOSES, MOST_INDICES = 2_000_000, 10_000


class SessionContext(NamedTuple):
    """The context of each move by symbol, and the moves of all these indices before.

    ``extremes`` has by symbol where the close stands beside those of a year and of all the data.

    ``matrix`` is None where nothing was worked out, ``too_many`` where that is for the number of
    closes or indices. ``unsound`` are the indices left out as some closes of them cannot be used.
    """

    contexts: Mapping[str, MoveContext] = MappingProxyType({})
    matrix: MoveMatrix | None = None
    unsound: tuple[str, ...] = ()
    too_many: bool = False
    extremes: Mapping[str, Extremes] = MappingProxyType({})


def reads_past(lines: int, asked: bool | None) -> bool:
    """Tell whether all closes of some files are read, not only those that a session needs.

    ``asked`` is None where the context is given if the files are not too long.
    """
    return bool(asked) or (asked is None and lines <= MOST_CLOSES)


def session_context(
    moves: Sequence[Move],
    known: ChosenCloses,
    doubts: Doubts,
    asked: bool | None,
    past_read: bool,
    convert: Callable[[Mapping[str, Series]], Mapping[str, Series]] | None = None,
) -> SessionContext:
    """Hold the moves of a session against the earlier ones of each index.

    With ``convert`` these are put into one currency; where a rate is lacking, what is held against
    a whole past begins after that.
    """
    if asked is False:
        return SessionContext()
    many = len(moves) > MOST_INDICES or len(known.levels.frame) > MOST_CLOSES
    if not past_read or (asked is None and many):
        return SessionContext(too_many=True)
    moved = [*chosen(moves, are(moves, "ok") & ~doubtful(moves))]
    unsound = dict.fromkeys(move.symbol for move in moved if _is_unsound(move, known))
    sound = sound_levels(doubts, {move.symbol: move.session for move in moved})
    own: Mapping[str, Series] = series(
        sound, [move.symbol for move in moved if move.symbol not in unsound]
    )
    matrix = None
    if convert is not None:
        own = convert(own)
        matrix = move_matrix(own)
        whole = {symbol: _without_gaps(line) for symbol, line in own.items()}
        own = {symbol: line for symbol, line in whole.items() if len(line.days)}
    contexts = {
        move.symbol: context
        for move in moved
        if move.symbol in own and move.session is not None
        if (
            context := move_context(
                own[move.symbol], move.session, known.calendars.get(move.symbol)
            )
        )
    }
    stands = {
        move.symbol: found
        for move in moved
        if move.symbol in own and move.session is not None
        if (found := extremes(own[move.symbol], move.session, known.calendars.get(move.symbol)))
    }
    return SessionContext(contexts, matrix or move_matrix(own), tuple(unsound), extremes=stands)


def _is_unsound(move: Move, known: ChosenCloses) -> bool:
    """Whether the index has rows before its session that cannot be used."""
    return any(
        fault.symbol in (None, move.symbol)
        and (fault.session is None or move.session is None or fault.session < move.session)
        for fault in known.levels.faults
    )


def _without_gaps(own: Series) -> Series:
    """Give the latest closes before which no rate is lacking: those that records can be told of."""
    lacking = np.flatnonzero(np.isnan(own.close) | np.append(False, np.isnan(own.pct[1:])))
    start = int(lacking[-1]) if len(lacking) else 0
    # A close whose move is not known is the first of those that follow, if it is known itself.
    start += bool(len(lacking)) and bool(np.isnan(own.close[start]))
    pct = own.pct[start:].copy()
    pct[:1] = np.nan
    return Series(own.days[start:], own.close[start:], pct)
