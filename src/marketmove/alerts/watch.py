"""Which conditions a session is held against, and the pairs and closes that takes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import chain, takewhile

from marketmove.alerts.conditions import Condition
from marketmove.alerts.judge import Judged, SessionFacts, judge
from marketmove.errors import BadConfigError, Problem, WrongUsageError
from marketmove.market.indices import Registry
from marketmove.market.names import likely_symbol, unknown_index
from marketmove.moves.divergence import between
from marketmove.moves.move import Move
from marketmove.rarity.compare import by_session, with_context
from marketmove.rarity.index_history import SAME
from marketmove.rarity.session import SessionContext
from marketmove.rarity.spread_history import MoveMatrix, wide_pairs

MovesBySymbol = Mapping[str, Move]


def conditions_of(
    typed: Sequence[Condition], configured: Sequence[Condition]
) -> tuple[Condition, ...]:
    """Give the conditions typed, then the configured ones that were not typed too."""
    texts = {condition.text for condition in typed}
    return (*typed, *(own for own in configured if own.text not in texts))


def watched(conditions: Sequence[Condition]) -> Iterator[str]:
    """Give the indices, as written, that a condition says are not to be missing."""
    for condition in conditions:
        if condition.kind == "missing":
            yield from condition.symbols


def alerts_of(
    conditions: Sequence[Condition],
    moves: Sequence[Move],
    rare: SessionContext,
    registry: Registry,
    restricted: bool = False,
    over: bool = False,
    excluded: frozenset[str] = frozenset(),
) -> Judged:
    """Hold conditions against the moves of a session.

    With ``restricted``, only some indices were chosen, and others may be lacking without a word;
    ``over`` tells that the session of each is known to be over; ``excluded`` are symbols that are
    not meant by conditions for any index, as are doubtful moves. Raises ``WrongUsageError`` or
    ``BadConfigError`` with each index that neither the data nor the registry knows.
    """
    if not conditions:
        return Judged((), ())
    by_symbol = {move.symbol: move for move in moves}
    resolved = _resolved(conditions, by_symbol, registry, restricted)
    wanted = [
        condition
        for condition in resolved
        if condition.asked or not restricted or all(s in by_symbol for s in condition.symbols)
    ]
    excluded |= {move.symbol for move in moves if move.doubt}
    anyone = {symbol: move for symbol, move in by_symbol.items() if symbol not in excluded}
    pairs = dict.fromkeys(
        chain.from_iterable(
            _pairs(c, by_symbol if c.symbols else anyone, rare.matrix) for c in wanted
        )
    )
    spreads = with_context(between(by_symbol, pairs, "asked"), by_symbol, rare.matrix)
    return judge(
        wanted, SessionFacts(by_symbol, rare.contexts, spreads, over, excluded, rare.extremes)
    )


def _resolved(
    conditions: Sequence[Condition], moves: MovesBySymbol, registry: Registry, restricted: bool
) -> list[Condition]:
    """The conditions with symbols for what was written."""
    known, resolved = list(moves), []
    typed: list[Problem] = []
    configured: list[Problem] = []
    for condition in conditions:
        symbols = tuple(likely_symbol(text, known, registry) for text in condition.symbols)
        resolved.append(condition._replace(symbols=symbols))
        for text, symbol in zip(condition.symbols, symbols, strict=True):
            # Among chosen indices nobody can tell whether the data has a name of its own.
            sure = condition.asked or not restricted
            if sure and symbol not in moves and not registry.find(symbol):
                near = registry.nearest(text, moves)
                what = f'alert "{condition.text}": {unknown_index(text, near)}'
                (typed if condition.asked else configured).append(Problem(condition.place, what))
        if len(set(symbols)) < len(symbols):
            what = f'alert "{condition.text}": a pair needs two different indices'
            (typed if condition.asked else configured).append(Problem(condition.place, what))
    if typed:
        raise WrongUsageError(typed)
    if configured:
        raise BadConfigError(configured)
    return resolved


def _pairs(
    condition: Condition, moves: MovesBySymbol, past: MoveMatrix | None
) -> Iterator[tuple[str, str]]:
    """The pairs that a condition may be met by, in one order each."""
    if not condition.pair:
        return
    if condition.symbols:
        found = [condition.symbols] if all(symbol in moves for symbol in condition.symbols) else []
    elif condition.kind == "spread":
        found = list(_pairs_at_least(moves, condition.amount))
    else:
        by_day = by_session(moves, past) if past else {}
        found = [
            pair
            for session, symbols in by_day.items()
            if past is not None
            for pair in wide_pairs(past, session, symbols, condition.amount)
        ]
    for one, other in found:
        yield (one, other) if one < other else (other, one)


def _pairs_at_least(moves: MovesBySymbol, least_pp: float) -> Iterator[tuple[str, str]]:
    """The pairs whose spread is certainly so large."""
    ups = [(m.up_by_pct, m.symbol) for m in moves.values() if m.up_by_pct is not None]
    downs = sorted((m.down_by_pct, m.symbol) for m in moves.values() if m.down_by_pct is not None)
    for rise, up in ups:
        far = takewhile(lambda down, rise=rise: rise - down[0] >= least_pp - SAME, downs)  # type: ignore[misc]
        yield from ((up, down) for _, down in far)
