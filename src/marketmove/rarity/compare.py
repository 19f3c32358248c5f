"""Which moves of a session are held against each other, and how rare their spreads are."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from marketmove.moves.divergence import (
    Divergence,
    PairLine,
    between,
    count_splits,
    pair_lines,
    splits,
)
from marketmove.moves.move import Move
from marketmove.moves.table import by_symbol, chosen, of_symbols
from marketmove.rarity.spread_history import (
    MoveMatrix,
    pair_contexts,
    pair_rarities,
    wide_pairs,
)

MovesBySymbol = Mapping[str, Move]
# Of more pairs only the widest are ranked, and given where nobody says how many.
MOST_RANKED = 10_000


class PairsWanted(NamedTuple):
    """Which pairs of a session are wanted: ``asked``, and those that stand out.

    These are divergent pairs, both moves at least ``floor_pct`` percent; or all with the index
    ``against``; or ``wide`` ones. The symbols ``excluded`` make no divergent pair. ``top`` is how
    many to give beside those asked for; ``MOST_RANKED`` at most if None. Divergent pairs are sorted
    by how rare they are, those of ``home`` first; or ``by_spread``. With ``lines`` those of an
    index with many others are one, and ``top`` counts that way.
    """

    asked: Sequence[tuple[str, str]] = ()
    against: str | None = None
    wide: bool = False
    floor_pct: float = 0.0
    excluded: frozenset[str] = frozenset()
    top: int | None = None
    by_spread: bool = False
    lines: bool = False
    home: str = ""


class Compared(NamedTuple):
    """The pairs, such as were asked for first; how many stand out, and are left out of those.

    ``lines`` has those that are told together, if that is wanted; ``ranked`` is how many of the
    widest were sorted by how rare they are, None if all.
    """

    divergences: tuple[Divergence, ...]
    standing_out: int
    left_out: int
    lines: tuple[PairLine, ...] = ()
    ranked: int | None = None


def compare(moves: Sequence[Move], matrix: MoveMatrix | None, wanted: PairsWanted) -> Compared:
    """Choose the pairs of a session, and give how rare their spreads are."""
    known = by_symbol(moves)
    here = [pair for pair in wanted.asked if all(symbol in known for symbol in pair)]
    own = between(known, here, "asked")
    found, count = _standing_out(moves, matrix, wanted, len(own))
    mine = {*map(_symbols, own)}
    others = [pair for pair in found if _symbols(pair) not in mine]
    lines: list[PairLine] = []
    if wanted.lines and not wanted.by_spread and {pair.kind for pair in others} == {"split"}:
        lines = pair_lines(others, wanted.home)[: wanted.top]
        told = {_symbols(pair) for line in lines for pair in line.pairs}
        others = [pair for pair in others if _symbols(pair) in told]
    elif wanted.top is not None:
        others = others[: wanted.top]
    left_out = count - len(others) - _counted(own, found, known, wanted)
    pairs = with_context([*own, *others], known, matrix)
    full = {(pair.up, pair.down): pair for pair in pairs}
    return Compared(
        divergences=tuple(pairs),
        standing_out=count,
        left_out=left_out,
        lines=tuple(
            line._replace(pairs=tuple(full[pair.up, pair.down] for pair in line.pairs))
            for line in lines
        ),
        ranked=len(found) if _is_cut(found, count, matrix, wanted) else None,
    )


def _is_cut(
    found: Sequence[Divergence], count: int, matrix: MoveMatrix | None, wanted: PairsWanted
) -> bool:
    """Whether only some of the divergent pairs are given, or were held against their past."""
    held = matrix is not None and not wanted.by_spread
    unasked = wanted.top is None or (wanted.top > 0 and held)
    return len(found) < count and unasked


def _ranks(matrix: MoveMatrix | None, wanted: PairsWanted) -> bool:
    """Whether pairs are sorted by anything but their spread."""
    return not wanted.by_spread and (matrix is not None or wanted.lines or bool(wanted.home))


def _symbols(pair: Divergence) -> frozenset[str]:
    return frozenset((pair.up, pair.down))


def _counted(
    own: Sequence[Divergence],
    found: Sequence[Divergence],
    moves: MovesBySymbol,
    wanted: PairsWanted,
) -> int:
    """How many of the pairs asked for would be listed without that."""
    if wanted.wide or wanted.against is not None:
        return len({*map(_symbols, own)} & {*map(_symbols, found)})
    both = [_included([moves[p.up], moves[p.down]], wanted) for p in own]
    return sum(count_splits(pair, wanted.floor_pct) for pair in both)


def _included(moves: Sequence[Move], wanted: PairsWanted) -> Sequence[Move]:
    """The moves that make divergent pairs."""
    return chosen(moves, ~of_symbols(moves, wanted.excluded))


def _standing_out(
    moves: Sequence[Move], matrix: MoveMatrix | None, wanted: PairsWanted, own: int
) -> tuple[list[Divergence], int]:
    """The pairs that stand out, or all with one index, in order; and how many there are.

    Only divergent moves are limited: of them there may be millions. ``own`` are asked for already.
    """
    against = wanted.against
    if wanted.wide:
        found = _wide({move.symbol: move for move in moves}, matrix, against)
    elif against is not None:
        known = {move.symbol: move for move in moves}
        others = [other for other in known if other != against and against in known]
        found = between(known, [(against, other) for other in others], "asked")
    else:
        every = _included(moves, wanted)
        count, top = count_splits(every, wanted.floor_pct), wanted.top
        room = MOST_RANKED if top is None else top and top + own
        if room and _ranks(matrix, wanted):
            room = max(MOST_RANKED, room)
        room = min(count, room)
        found = splits(every, wanted.floor_pct, room) if room else []
        if not wanted.by_spread:
            found = _rarest_first(found, by_symbol(moves), matrix, wanted)
        return found, count
    return found, len(found)


def _rarest_first(
    pairs: Sequence[Divergence],
    moves: MovesBySymbol,
    matrix: MoveMatrix | None,
    wanted: PairsWanted,
) -> list[Divergence]:
    """Sort pairs by percentile, then z, those of ``home`` first; widest first where not known."""
    known: dict[int, tuple[float, float]] = {}
    if matrix is not None:
        for session, of in _rows_by_session(pairs, moves, matrix).items():
            names = [(pairs[row].up, pairs[row].down) for row in of]
            known |= zip(of, pair_rarities(matrix, names, session), strict=True)

    def key(row: int) -> tuple[bool, float, float, int]:
        percentile, z = known.get(row, (-1.0, 0.0))
        away = wanted.home not in {pairs[row].up, pairs[row].down}
        return away, -percentile, -abs(z), row

    return [pairs[row] for row in sorted(range(len(pairs)), key=key)]


def _wide(moves: MovesBySymbol, matrix: MoveMatrix | None, against: str | None) -> list[Divergence]:
    """The pairs whose spread is in the top tail of its matrix, the rarest first."""
    if matrix is None:
        return []
    pairs = []
    for session, symbols in by_session(moves, matrix).items():
        pairs += wide_pairs(matrix, session, symbols)
    chosen = [pair for pair in pairs if against is None or against in pair]
    found = with_context(between(moves, chosen, "wide"), moves, matrix)
    return sorted(found, key=lambda pair: (-(pair.percentile or 0.0), -abs(pair.z or 0.0)))


def by_session(moves: MovesBySymbol, matrix: MoveMatrix) -> dict[dt.date, list[str]]:
    """Give the indices with a move and a matrix, by the session that the move is of."""
    symbols: dict[dt.date, list[str]] = {}
    for symbol, move in moves.items():
        if symbol in matrix.columns and move.session is not None:
            symbols.setdefault(move.session, []).append(symbol)
    return symbols


def with_context(
    pairs: Sequence[Divergence], moves: MovesBySymbol, matrix: MoveMatrix | None
) -> list[Divergence]:
    """Add to pairs how rare they are, where both moves are of one session and have a matrix."""
    found = list(pairs)
    if matrix is None:
        return found
    for session, of in _rows_by_session(pairs, moves, matrix).items():
        names = [(pairs[row].up, pairs[row].down) for row in of]
        for row, context in zip(of, pair_contexts(matrix, names, session), strict=True):
            found[row] = found[row]._replace(**context._asdict())
    return found


def _rows_by_session(
    pairs: Sequence[Divergence], moves: MovesBySymbol, matrix: MoveMatrix
) -> dict[dt.date, list[int]]:
    """Which pairs have both moves of one session and in the matrix, by that session."""
    rows: dict[dt.date, list[int]] = {}
    for row, pair in enumerate(pairs):
        session = moves[pair.up].session
        known = pair.up in matrix.columns and pair.down in matrix.columns
        if known and session is not None and session == moves[pair.down].session:
            rows.setdefault(session, []).append(row)
    return rows
