"""What is rarest about a session, in a few words under its table."""

from __future__ import annotations

from collections.abc import Sequence

from marketmove.moves.move import Move
from marketmove.moves.table import by_symbol, chosen, of_symbols
from marketmove.rarity.index_history import MoveContext
from marketmove.rarity.superlatives import Fact, move_facts, pair_fact
from marketmove.reports.records import SessionReport
from marketmove.wording import numbers
from marketmove.wording.characters import visible

HIGHLIGHTS = "Highlights"
_MOST, _MOST_PAIRS, _MOST_FACTS = 3, 2, 2


# About once in how many sessions something happens, below zero; its size, below zero; the text.
_Superlative = tuple[float, float, str]


def highlights(report: SessionReport) -> list[str]:
    """Give what is rarest about the moves and pairs of a session, three at the most.

    Such as ``Hang Seng: highest since 2024-10-07, largest rise since 2024-10-02``.
    """
    of_moves: list[_Superlative] = []
    for move in chosen(report.moves, of_symbols(report.moves, report.contexts)):
        context = report.contexts[move.symbol]
        if found := move_facts(move, context):
            text = _joined(found[:_MOST_FACTS], context)
            size = abs(move.change_pct or 0.0)
            of_moves.append((-found[0].rarity, -size, f"{visible(move.name)}: {text}"))
    moves = by_symbol(report.moves)
    of_pairs: set[_Superlative] = set()
    for pair in report.divergences:
        if fact := pair_fact(pair, moves):
            one, other = (visible(moves[symbol].name) for symbol in (pair.up, pair.down))
            text = f"{one} and {other}: {widest(fact)}"
            of_pairs.add((-fact.rarity, -(pair.spread_pp or 0.0), text))
    rarest = sorted([*sorted(of_pairs)[:_MOST_PAIRS], *of_moves])
    return [text for *_, text in rarest[:_MOST]]


def facts(move: Move, context: MoveContext) -> str:
    """Give what is rarest about a move in a few words; empty if nothing is rare."""
    return _joined(move_facts(move, context)[:_MOST_FACTS], context)


def _joined(found: Sequence[Fact], context: MoveContext) -> str:
    """Facts in a row; what is true of all the data last, and that it is said once."""
    parts = [f"{_what(f, context)} {_since(f)}".rstrip() for f in found if not f.in_data]
    whole = [fact for fact in found if fact.in_data]
    if whole:
        parts.append(f"{' and '.join(_what(f, context) for f in whole)} {_since(whole[0])}")
    return ", ".join(parts)


def _what(fact: Fact, context: MoveContext) -> str:
    if fact.kind == "streak":
        return streak(context)
    extreme = "highest" if fact.rose else "lowest"
    return {
        "record": "record close" if fact.rose else "lowest close",
        "equals": f"equals its {extreme} close",
        "extreme": extreme,
        "largest": f"largest {'rise' if fact.rose else 'fall'}",
    }[fact.kind]


def _since(fact: Fact) -> str:
    if fact.kind == "streak":
        return ""
    return f"in this data, since {fact.since}" if fact.in_data else f"since {fact.since}"


def widest(fact: Fact) -> str:
    """Say since when no spread of a pair was as wide."""
    return f"widest {_since(fact)}"


def streak(context: MoveContext) -> str:
    """Say how many sessions in a row went one way; empty where that is not known."""
    if not context.streak:
        return ""
    way, length = ("up" if context.streak > 0 else "down"), abs(context.streak)
    if context.streak_is_least:
        return f"{way} for at least {numbers.count(length, 'session', 'sessions')}"
    return f"{way} for {numbers.article(length)} {numbers.ordinal(length)} session"
