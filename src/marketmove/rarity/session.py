"""How rare the moves of a session are: whether that is told, and of which indices it can be."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from marketmove.errors import Remark, listed
from marketmove.moves.move import Move
from marketmove.rarity.index_history import LEAST, MoveContext, move_context, series
from marketmove.rarity.spread_history import MoveMatrix, move_matrix
from marketmove.sources import Source

if TYPE_CHECKING:
    from marketmove.closes.read import ChosenCloses

# More closes than this are not gone through unless that is asked for.
_MOST_CLOSES = 2_000_000
_NAMED = 3


class SessionContext(NamedTuple):
    """The context of each move by symbol, the past of them all, and what cannot be told.

    ``past`` is None where nothing is told, and has the indices only whose closes are all sound.
    """

    contexts: Mapping[str, MoveContext] = MappingProxyType({})
    past: MoveMatrix | None = None
    notes: tuple[Remark, ...] = ()


def reads_past(sources: Sequence[Source], asked: bool | None) -> bool:
    """Tell whether all closes of some files are read, not only those that a session needs.

    Parameters
    ----------
    sources
        The files, as ``find_sources`` gives them.
    asked
        Whether the context was asked for; None where it is told if the files are not too long.
    """
    short = asked is None and sum(source.lines for source in sources) <= _MOST_CLOSES
    return bool(asked) or short


def session_context(
    moves: Sequence[Move], known: ChosenCloses, asked: bool | None, past_read: bool
) -> SessionContext:
    """Hold the moves of a session against the earlier ones of each index.

    Parameters
    ----------
    moves
        One an index.
    known
        The closes that they are of.
    asked
        As in ``reads_past``.
    past_read
        What that gave.
    """
    if asked is False:
        return SessionContext()
    if not past_read or (asked is None and len(known.levels.frame) > _MOST_CLOSES):
        text = f"above {_MOST_CLOSES:,} closes only --context tells how rare the moves are"
        return SessionContext(notes=(Remark("no_context", text),))
    moved = [move for move in moves if move.status == "ok"]
    unsound = _unsound(moved, known)
    own = series(known.levels, [move.symbol for move in moved if move.symbol not in unsound])
    contexts = {
        move.symbol: told
        for move in moved
        if move.symbol in own
        and move.session is not None
        and (told := move_context(own[move.symbol], move.session, known.calendars.get(move.symbol)))
    }
    few = [symbol for symbol, told in contexts.items() if told.size_n < LEAST]
    return SessionContext(
        contexts, move_matrix(own), (*_of_few(few, len(moved)), *_of_unsound(unsound))
    )


def _unsound(moves: Sequence[Move], known: ChosenCloses) -> list[str]:
    """The indices with rows before their session that cannot be used."""
    faults = known.levels.faults
    return [
        move.symbol
        for move in moves
        if any(
            fault.symbol in (None, move.symbol)
            and (fault.session is None or move.session is None or fault.session < move.session)
            for fault in faults
        )
    ]


def _of_few(few: Sequence[str], moved: int) -> list[Remark]:
    if not few:
        return []
    which = "" if len(few) == moved else f": {some(few)}"
    text = f"fewer than {LEAST} earlier moves, so only streaks are told{which}"
    return [Remark("few_sessions", text)]


def _of_unsound(unsound: Sequence[str]) -> list[Remark]:
    if not unsound:
        return []
    text = f"rows that cannot be used, so nothing on how rare the moves are: {some(unsound)}"
    return [Remark("no_context", text)]


def some(names: Sequence[str]) -> str:
    """Name the first of several, and count the others.

    Examples
    --------
    >>> some(["HSI", "SPX"]), some(["HSI", "SPX", "DJI", "DAX", "PX"])
    ('HSI, SPX', 'HSI, SPX, DJI and 2 more')
    """
    return listed(names, _NAMED, ", ")
