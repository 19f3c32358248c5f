"""Moves side by side, in columns, of which a record is made where one is wanted."""

from __future__ import annotations

import functools
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import overload

import numpy as np
import numpy.typing as npt

from marketmove.frame import Frame
from marketmove.moves.move import Move
from marketmove.moves.rows import read_moves

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
Ints = npt.NDArray[np.intp]

# Records that are made at a time.
_AT_A_TIME = 1_000


@dataclass(frozen=True, eq=False)
class MoveTable(Sequence[Move]):
    """Moves of closes, as ``measure.moves_at`` gives them; each is a record where it is looked at.

    >>> import datetime as dt
    >>> from marketmove.closes.levels import levels_of
    >>> from marketmove.moves.measure import moves_at
    >>> levels = levels_of([("AAA", "2024-05-02", 200), ("AAA", "2024-05-03", 203)])
    >>> moves = MoveTable(moves_at(levels, {"AAA": dt.date(2024, 5, 3)}))
    >>> len(moves), moves[0].change_pct, figures(moves, "change_pct").tolist()
    (1, 1.5, [1.5])
    """

    frame: Frame
    periods: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.frame)

    @overload
    def __getitem__(self, at: int) -> Move: ...
    @overload
    def __getitem__(self, at: slice) -> MoveTable: ...
    def __getitem__(self, at: int | slice) -> Move | MoveTable:
        if isinstance(at, slice):
            return MoveTable(self.frame.take(at), self.periods)
        row = range(len(self))[at]
        return read_moves(self.frame.take(slice(row, row + 1)), self.periods)[0]

    def __iter__(self) -> Iterator[Move]:
        for piece in self.frame.pieces(_AT_A_TIME):
            yield from read_moves(piece, self.periods)

    def take(self, rows: Bools | Ints) -> MoveTable:
        """Give some moves: by their places, or those for which a column is true."""
        return MoveTable(self.frame.take(rows), self.periods)

    @functools.cached_property
    def by_symbol(self) -> Mapping[str, Move]:
        """The moves by symbol, each made once, where it is first looked at."""
        return _BySymbol(self)

    @functools.cached_property
    def places(self) -> dict[str, int]:
        """Where the move of each index is."""
        return {symbol: n for n, symbol in enumerate(self.frame["symbol"].tolist())}


class _BySymbol(Mapping[str, Move]):
    """The moves of a table by symbol."""

    def __init__(self, table: MoveTable) -> None:
        self._table = table
        self._made: dict[str, Move] = {}

    def __getitem__(self, symbol: str) -> Move:
        if symbol not in self._made:
            self._made[symbol] = self._table[self._table.places[symbol]]
        return self._made[symbol]

    def __contains__(self, symbol: object) -> bool:
        return symbol in self._table.places

    def __iter__(self) -> Iterator[str]:
        return iter(self._table.places)

    def __len__(self) -> int:
        return len(self._table)


def by_symbol(moves: Sequence[Move]) -> Mapping[str, Move]:
    """Give moves by their symbols."""
    if isinstance(moves, MoveTable):
        return moves.by_symbol
    return {move.symbol: move for move in moves}


def only(moves: Sequence[Move], wanted: Iterable[str]) -> Sequence[Move]:
    """Give the moves of some indices, of those that are there."""
    if not isinstance(moves, MoveTable):
        known = by_symbol(moves)
        return [known[symbol] for symbol in wanted if symbol in known]
    places = [moves.places[symbol] for symbol in wanted if symbol in moves.places]
    return moves.take(np.array(places, dtype=np.intp))


def symbols(moves: Sequence[Move]) -> list[str]:
    """Give the symbol of each move."""
    if isinstance(moves, MoveTable):
        labels = moves.frame.labels("symbol")
        return [labels.values[code] for code in labels.codes.tolist()]
    return [move.symbol for move in moves]


def chosen(moves: Sequence[Move], wanted: Bools) -> Sequence[Move]:
    """Give the moves for which a column is true."""
    if isinstance(moves, MoveTable):
        return moves if wanted.all() else moves.take(wanted)
    return [move for move, is_wanted in zip(moves, wanted.tolist(), strict=True) if is_wanted]


def of_symbols(moves: Sequence[Move], wanted: Collection[str]) -> Bools:
    """Tell which moves are of some indices."""
    if isinstance(moves, MoveTable):
        return moves.frame.labels("symbol").are(wanted)
    return np.array([move.symbol in wanted for move in moves], dtype=bool)


def figures(moves: Sequence[Move], name: str) -> Floats:
    """Give a figure of each move by its name; nan where it is not known."""
    if not isinstance(moves, MoveTable):
        return np.array([getattr(move, name) for move in moves], dtype=np.float64)
    if name not in moves.frame.columns:
        return np.full(len(moves), np.nan)
    return moves.frame[name].astype(np.float64)


def are(moves: Sequence[Move], *statuses: str) -> Bools:
    """Tell which moves have one of some statuses."""
    if isinstance(moves, MoveTable):
        return moves.frame.labels("status").are(statuses)
    return np.array([move.status in statuses for move in moves], dtype=bool)


def doubtful(moves: Sequence[Move], period: str = "") -> Bools:
    """Tell which moves are doubtful, or of which the change of a period is."""
    if isinstance(moves, MoveTable):
        return moves.frame.has(f"{period}_doubt" if period else "doubt")
    own = (move.periods.get(period) if period else move for move in moves)
    return np.array([of is not None and bool(of.doubt) for of in own], dtype=bool)


def counted(moves: Sequence[Move]) -> Bools:
    """Tell which moves are known, or bounded, and not doubtful, as ``Move.counts`` does."""
    return are(moves, "ok", "bound") & ~doubtful(moves)


def least_and_most(moves: Sequence[Move]) -> tuple[Floats, Floats]:
    """Give the least and the most that each index is known to have risen, in percent, or nan."""
    pct = figures(moves, "change_pct")
    unknown = np.isnan(pct)
    return (
        np.where(unknown, figures(moves, "change_pct_over"), pct),
        np.where(unknown, figures(moves, "change_pct_under"), pct),
    )


def in_order(moves: Sequence[Move], sort: str, home: str = "") -> Sequence[Move]:
    """Sort moves as a table shows them: that of ``home`` first, if there is one.

    ``change`` is the highest first, a bound by its bound, those without a move last, as is
    ``spread``, which sorts pairs; ``given`` as they come.
    """
    names = symbols(moves)
    order = np.arange(len(moves))
    if sort in {"change", "spread"}:
        order = _highest_first(moves, names)
    elif sort == "name":
        called = [move.name.casefold() for move in moves]
        order = np.array(sorted(order.tolist(), key=lambda n: (called[n], names[n])), dtype=np.intp)
    if home in names:
        first = names.index(home)
        order = np.array([first, *order[order != first].tolist()], dtype=np.intp)
    return moves.take(order) if isinstance(moves, MoveTable) else [moves[n] for n in order.tolist()]


def _highest_first(moves: Sequence[Move], names: Sequence[str]) -> Ints:
    """The places of moves, the highest first, those that are equal by symbol."""
    least, most = least_and_most(moves)
    known = np.where(np.isnan(least), most, least)
    falling = np.where(np.isnan(known), np.inf, -known)
    order = np.argsort(falling, kind="stable")
    alike = falling[order][1:] == falling[order][:-1]
    tied = np.append(alike, False) | np.append(False, alike)
    if tied.any():
        order[tied] = sorted(order[tied].tolist(), key=lambda n: (falling[n], names[n]))
    return order
