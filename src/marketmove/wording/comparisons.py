"""What there is to say of pairs and of how rare moves are: why something is not there."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import TYPE_CHECKING

from marketmove.errors import Remark
from marketmove.market.choose import ChosenPair, Comparison
from marketmove.market.indices import Registry
from marketmove.moves.divergence import Divergence
from marketmove.moves.move import Move
from marketmove.moves.table import are, by_symbol, chosen, least_and_most, of_symbols
from marketmove.rarity.compare import Compared, MovesBySymbol, PairsWanted
from marketmove.rarity.index_history import LEAST
from marketmove.rarity.session import MOST_CLOSES, MOST_INDICES, SessionContext
from marketmove.rarity.spread_history import WIDE
from marketmove.wording.remarks import some

if TYPE_CHECKING:
    from marketmove.rarity.pair import PairSummary


def pair_notes(
    compared: Compared,
    moves: Sequence[Move],
    context: SessionContext,
    pairs: Sequence[ChosenPair],
    wanted: PairsWanted,
    asked: Comparison,
    restricted: bool = False,
) -> list[Remark]:
    """Say of pairs why they are not shown, or without a percentile.

    ``asked`` is ``wanted`` as it was typed; with ``restricted``, others may be lacking without a
    word.
    """
    known = by_symbol(moves)
    notes = [*_not_shown(pairs, compared.divergences, known)]
    if asked.pairs or not restricted:
        for pair in pairs:
            lacking = [symbol for symbol in (pair.one, pair.other) if symbol not in known]
            if lacking:
                text = f"{pair.text}: no close of {' or '.join(lacking)} in the data"
                notes.append(Remark("pair_without_spread", text))
    if compared.ranked is not None:
        widest = (
            f"of {compared.standing_out:,} divergent pairs the {compared.ranked:,} with the widest"
        )
        text = f"{widest} spreads are sorted by how rare they are"
        if wanted.top is None:
            text = f"{widest} spreads are here; --top N gives more"
        notes.append(Remark("not_all_ranked", text))
    if not compared.standing_out:
        notes += _nothing(moves, wanted, asked)
    return [*notes, *_without_percentile(compared.divergences, context)]


def _not_shown(
    pairs: Sequence[ChosenPair], shown: Sequence[Divergence], moves: MovesBySymbol
) -> Iterator[Remark]:
    """Say of each pair asked for why it is not shown."""
    names = {frozenset((pair.up, pair.down)) for pair in shown}
    for pair in pairs:
        both = frozenset((pair.one, pair.other))
        if both <= moves.keys() and both not in names:
            still = [s for s in (pair.one, pair.other) if moves[s].status not in {"ok", "bound"}]
            why = f"no move of {some(still)}" if still else "a bound leaves open which is higher"
            yield Remark("pair_without_spread", f"{pair.text}: {why}")


def _nothing(moves: Sequence[Move], wanted: PairsWanted, asked: Comparison) -> Iterator[Remark]:
    """Say why there is no pair of the kind that was typed."""
    move = None if wanted.against is None else by_symbol(moves).get(wanted.against)
    if wanted.against is not None and (move is None or move.status not in {"ok", "bound"}):
        yield Remark("no_pair", f"nothing is compared with {asked.against}, which has no move")
    elif wanted.wide:
        whose = f"pair with {asked.against}" if asked.against else "pair"
        yield Remark("no_pair", f"no {whose} is at percentile {WIDE:g} of its past or above")
    elif wanted.against is None:
        included = chosen(moves, ~of_symbols(moves, wanted.excluded))
        yield from _one_sided(included, wanted.floor_pct)


def _one_sided(moves: Sequence[Move], floor_pct: float) -> Iterator[Remark]:
    """Say why no two moves diverge, where there are two."""
    moved = chosen(moves, are(moves, "ok", "bound"))
    if len(moved) < 2:
        return
    least, most = least_and_most(moved)
    why = f"no two moves of opposite sign are both {floor_pct:g}% or more"
    if (least > 0).all():
        why = "every move is up"
    elif (most < 0).all():
        why = "every move is down"
    yield Remark("no_pair", f"no divergent pairs: {why}")


def _without_percentile(pairs: Sequence[Divergence], context: SessionContext) -> Iterator[Remark]:
    """Say once of which pairs it is not known how rare they are, though it is of both moves."""
    long = {symbol for symbol, own in context.contexts.items() if own.size_n >= LEAST}
    known = [pair for pair in pairs if {pair.up, pair.down} <= long]
    few = [pair for pair in known if pair.n is not None and pair.percentile is None]
    other_dates = [pair for pair in known if pair.n is None]
    still = [pair for pair in known if pair.percentile is not None and pair.z is None]
    for code, found, why in (
        ("few_sessions", few, f"fewer than {LEAST} earlier common sessions, so no percentile"),
        ("no_context", other_dates, "moves of different sessions, so no percentile"),
        ("no_z", still, "spreads that did not vary before, so no z"),
    ):
        if found:
            yield Remark(code, f"{why}: {some([f'{pair.up}:{pair.down}' for pair in found])}")


def context_notes(context: SessionContext, moves: Sequence[Move]) -> Iterator[Remark]:
    """Say of which moves it is not known how rare they are."""
    if context.too_many:
        text = (
            f"above {MOST_CLOSES:,} closes or {MOST_INDICES:,} indices only --context tells how"
            " rare the moves are"
        )
        yield Remark("no_context", text)
    few = [symbol for symbol, own in context.contexts.items() if own.size_n < LEAST]
    if few:
        every = len(few) == are(moves, "ok").sum()
        which = "" if every else f": {some(few)}"
        text = f"fewer than {LEAST} earlier moves, so only streaks are told{which}"
        yield Remark("few_sessions", text)
    if context.unsound:
        text = "rows that cannot be used, so nothing on how rare the moves are"
        yield Remark("no_context", f"{text}: {some(context.unsound)}")


def few_common_sessions(summary: PairSummary) -> Iterator[Remark]:
    """Say in one line that there are too few common sessions to say how rare a spread is."""
    n = summary.latest.n
    if n < LEAST:
        alike = ", nor a correlation" if summary.correlation.lacking == "few" else ""
        sessions = "common session" if n == 1 else "common sessions"
        text = (
            f"the latest spread has {n} {sessions} before it, fewer than {LEAST}:"
            f" no percentile and no z{alike}"
        )
        yield Remark("few_sessions", text)


def unknown_home(home: str, registry: Registry, symbols: Collection[str]) -> list[Remark]:
    """Warn of a home market that no index is, so that nothing can come first."""
    if not home or registry.find(home) or home in symbols:
        return []
    near = registry.nearest(home, symbols)
    hint = f"; did you mean {near[0]}?" if near else ""
    return [Remark("unknown_home", f"home: {home} is an unknown index{hint}")]
