"""Which moves of a session are held against each other, and how rare their spreads are."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from marketmove.config import Config
from marketmove.errors import Remark, WrongUsageError
from marketmove.market.choose import choose, spelling, symbol_of
from marketmove.market.indices import Registry
from marketmove.moves.divergence import Divergence, between, count_splits, splits
from marketmove.moves.move import Move
from marketmove.rarity.index_history import LEAST
from marketmove.rarity.session import SessionContext, some
from marketmove.rarity.spread_history import WIDE, MoveMatrix, pair_contexts, wide_pairs

MovesBySymbol = Mapping[str, Move]


class Comparison(NamedTuple):
    """What is compared: all with all, or each ``against`` one; ``wide`` pairs, or divergent ones.

    ``pairs`` are asked for beside that, each as two indices with a colon between; those of the
    configuration if there are none. The symbols of ``apart`` make no divergent pair with others.
    """

    against: str | None = None
    pairs: tuple[str, ...] = ()
    wide: bool = False
    apart: frozenset[str] = frozenset()


class Compared(NamedTuple):
    """The pairs, such as were asked for first; how many are left out; what there is to say."""

    divergences: tuple[Divergence, ...]
    left_out: int
    notes: tuple[Remark, ...]


class _Pair(NamedTuple):
    text: str
    one: str
    other: str


def compared_indices(asked: Comparison, registry: Registry) -> tuple[str, ...]:
    """Give the indices that were typed to be compared.

    Raises
    ------
    WrongUsageError
        If a text is no pair.
    """
    named = () if asked.against is None else (asked.against,)
    return named + tuple(side for text in asked.pairs for side in split_pair(text, registry))


def split_pair(text: str, registry: Registry) -> tuple[str, str]:
    """Give the two indices of a pair, as typed; a name may have a colon of its own.

    Raises
    ------
    WrongUsageError
        If it is no pair.

    Examples
    --------
    >>> from marketmove.market.indices import Index, Registry
    >>> split_pair("HSI:N225", Registry.of([Index("HSI", "Hang Seng")]))
    ('HSI', 'N225')
    """
    ways = [(text[:at], text[at + 1 :]) for at, sign in enumerate(text) if sign == ":"]
    known = [way for way in ways if all(map(registry.find, way))] or ways
    if len(known) != 1 or not all(side.strip() for side in known[0]):
        raise WrongUsageError.at(None, f"{text} is not a pair of indices, such as HSI:N225")
    return known[0]


def compare(
    moves: Sequence[Move],
    rare: SessionContext,
    asked: Comparison,
    config: Config,
    top: int | None = None,
    restricted: bool = False,
) -> Compared:
    """Choose the pairs of a session, and tell how rare their spreads are.

    Parameters
    ----------
    moves
        One an index.
    rare
        How rare the moves are, and the past of their indices, as far as that is told.
    asked
        What is compared.
    config
        The floor of divergent moves, the registry, and the user's own pairs.
    top
        How many pairs to give beside those asked for; all if None.
    restricted
        Whether only some indices were chosen, so that others may be lacking without a word.

    Raises
    ------
    WrongUsageError
        If an index is not known, or is held against itself.
    """
    by_symbol, past = {move.symbol: move for move in moves}, rare.past
    pairs = _pairs(by_symbol, asked, config)
    here = [pair for pair in pairs if pair.one in by_symbol and pair.other in by_symbol]
    own = between(by_symbol, [(pair.one, pair.other) for pair in here], "asked")
    room = None if top is None else top + len(own)
    found, count = _listed(by_symbol, past, asked, config, room)
    mine = {*map(_sides, own)}
    others = [pair for pair in found if _sides(pair) not in mine][:top]
    left_out = count - len(others) - _counted(own, found, by_symbol, asked, config)
    shown = with_context([*own, *others], by_symbol, past)
    silent = [*_silent(here, own, by_symbol)]
    if asked.pairs or not restricted:
        silent += _lacking([pair for pair in pairs if pair not in here], by_symbol)
    if not count:
        silent += _nothing(by_symbol, asked, config.registry, config.floor_pct)
    return Compared(tuple(shown), left_out, (*silent, *_without_percentile(shown, rare)))


def _sides(pair: Divergence) -> frozenset[str]:
    return frozenset((pair.up, pair.down))


def _counted(
    own: Sequence[Divergence],
    found: Sequence[Divergence],
    moves: MovesBySymbol,
    asked: Comparison,
    config: Config,
) -> int:
    """How many of the pairs asked for would be listed without that."""
    if asked.wide or asked.against is not None:
        return len({*map(_sides, own)} & {*map(_sides, found)})
    floor = config.floor_pct
    together = [_together({side: moves[side] for side in (p.up, p.down)}, asked) for p in own]
    return sum(count_splits(both, floor) for both in together)


def _together(moves: MovesBySymbol, asked: Comparison) -> list[Move]:
    """The moves that make divergent pairs."""
    return [move for symbol, move in moves.items() if symbol not in asked.apart]


def _listed(
    moves: MovesBySymbol,
    past: MoveMatrix | None,
    asked: Comparison,
    config: Config,
    top: int | None,
) -> tuple[list[Divergence], int]:
    """The pairs that stand out, or all with one index; and how many there are.

    Only divergent moves are limited to the ``top``: of them there may be millions.
    """
    against = None
    if asked.against is not None:
        (against,), _ = choose([asked.against], list(moves), config.registry)
    if asked.wide:
        found = _wide(moves, past, against)
    elif against is not None:
        others = [other for other in moves if other != against and against in moves]
        found = between(moves, [(against, other) for other in others], "asked")
    else:
        every = _together(moves, asked)
        return splits(every, config.floor_pct, top), count_splits(every, config.floor_pct)
    return found, len(found)


def _wide(moves: MovesBySymbol, past: MoveMatrix | None, against: str | None) -> list[Divergence]:
    """The pairs whose spread is in the top tail of its past, the rarest first."""
    if past is None:
        return []
    pairs = []
    for session, symbols in by_session(moves, past).items():
        pairs += wide_pairs(past, session, symbols)
    chosen = [pair for pair in pairs if against is None or against in pair]
    found = with_context(between(moves, chosen, "wide"), moves, past)
    return sorted(found, key=lambda pair: -(pair.percentile or 0.0))


def by_session(moves: MovesBySymbol, past: MoveMatrix) -> dict[dt.date, list[str]]:
    """Give the indices with a move and a past, by the session that the move is of."""
    symbols: dict[dt.date, list[str]] = {}
    for symbol, move in moves.items():
        if symbol in past.columns and move.session is not None:
            symbols.setdefault(move.session, []).append(symbol)
    return symbols


def _pairs(moves: MovesBySymbol, asked: Comparison, config: Config) -> list[_Pair]:
    """The pairs asked for: as typed, else those of the configuration."""
    registry, spelt = config.registry, spelling(moves)
    pairs = []
    for text in dict.fromkeys(asked.pairs or config.pairs):
        typed = split_pair(text, registry)
        if asked.pairs:
            choose(typed, list(moves), registry)  # refuses what nobody knows
        one, other = (symbol_of(side, spelt, registry) for side in typed)
        if one == other:
            raise WrongUsageError.at(None, f"{text}: a pair needs two different indices")
        pairs.append(_Pair(text, one, other))
    return pairs


def with_context(
    pairs: Sequence[Divergence], moves: MovesBySymbol, past: MoveMatrix | None
) -> list[Divergence]:
    """Add to pairs how rare they are, where both moves are of one session and have a past."""
    if past is None:
        return list(pairs)
    rows: dict[dt.date, list[int]] = {}
    for row, pair in enumerate(pairs):
        session = moves[pair.up].session
        known = pair.up in past.columns and pair.down in past.columns
        if known and session is not None and session == moves[pair.down].session:
            rows.setdefault(session, []).append(row)
    told = list(pairs)
    for session, of in rows.items():
        names = [(pairs[row].up, pairs[row].down) for row in of]
        for row, context in zip(of, pair_contexts(past, names, session), strict=True):
            told[row] = told[row]._replace(**context._asdict())
    return told


def _nothing(
    moves: MovesBySymbol, asked: Comparison, registry: Registry, floor_pct: float
) -> Iterator[Remark]:
    """Say why there is no pair of the kind that was typed."""
    move = None
    if asked.against is not None:
        move = moves.get(symbol_of(asked.against, spelling(moves), registry))
    if asked.against is not None and (move is None or move.status not in {"ok", "bound"}):
        yield Remark("no_pair", f"nothing is compared with {asked.against}, which has no move")
    elif not asked.wide and asked.against is None:
        yield from _one_sided(_together(moves, asked), floor_pct)
    elif asked.wide:
        whose = f"pair with {asked.against}" if asked.against else "pair"
        yield Remark("no_pair", f"no {whose} is at percentile {WIDE:g} of its past or above")


def _one_sided(moves: Iterable[Move], floor_pct: float) -> Iterator[Remark]:
    """Say why no two moves diverge, where there are two."""
    moved = [move for move in moves if move.status in {"ok", "bound"}]
    if len(moved) < 2:
        return
    why = f"no two moves of opposite sign are both {floor_pct:g}% or more"
    if all((move.up_by_pct or 0) > 0 for move in moved):
        why = "every move is up"
    elif all((move.down_by_pct or 0) < 0 for move in moved):
        why = "every move is down"
    yield Remark("no_pair", f"no divergent pairs: {why}")


def _silent(
    pairs: Sequence[_Pair], shown: Sequence[Divergence], moves: MovesBySymbol
) -> Iterator[Remark]:
    """Say of each pair asked for why it is not shown."""
    names = {frozenset((pair.up, pair.down)) for pair in shown}
    for pair in pairs:
        if frozenset((pair.one, pair.other)) not in names:
            still = [s for s in (pair.one, pair.other) if moves[s].status not in {"ok", "bound"}]
            why = f"no move of {some(still)}" if still else "a bound leaves open which is higher"
            yield Remark("pair_without_spread", f"{pair.text}: {why}")


def _lacking(pairs: Sequence[_Pair], moves: MovesBySymbol) -> Iterator[Remark]:
    for pair in pairs:
        lacking = [symbol for symbol in (pair.one, pair.other) if symbol not in moves]
        yield Remark(
            "pair_without_spread", f"{pair.text}: no close of {' or '.join(lacking)} in the data"
        )


def _without_percentile(pairs: Sequence[Divergence], rare: SessionContext) -> Iterator[Remark]:
    """Say once of which pairs it is not told how rare the spread is, where both moves have that."""
    long = {symbol for symbol, told in rare.contexts.items() if told.size_n >= LEAST}
    few, apart, still = [], [], []
    for pair in pairs:
        name = f"{pair.up}:{pair.down}"
        if not {pair.up, pair.down} <= long:
            continue
        if pair.n is None:
            apart.append(name)
        elif pair.percentile is None:
            few.append(name)
        elif pair.z is None:
            still.append(name)
    if few:
        text = f"fewer than {LEAST} earlier common sessions, so no percentile: {some(few)}"
        yield Remark("few_sessions", text)
    if apart:
        text = f"moves of different sessions, so no percentile: {some(apart)}"
        yield Remark("no_context", text)
    if still:
        yield Remark("no_z", f"spreads that did not vary before, so no z: {some(still)}")
