"""What is rarest about a session, in a few words under its table."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from marketmove.render import facts, words

if TYPE_CHECKING:
    from collections.abc import Mapping

    from marketmove.context import MoveContext
    from marketmove.divergence import Divergence
    from marketmove.moves import Move
    from marketmove.render.facts import Fact
    from marketmove.report import SessionReport

_MOST, _MOST_PAIRS, _MOST_FACTS = 3, 2, 2


class _Told(NamedTuple):
    """Something to say, and about once in how many sessions it happens."""

    rarity: float
    text: str


def highlights(report: SessionReport) -> list[str]:
    """Give what is rarest about the moves and pairs of a session, three at the most.

    Such as ``Hang Seng: highest since 2024-10-07, largest rise since 2024-10-02``.
    """
    of_moves = []
    for move in report.moves:
        told = report.contexts.get(move.symbol)
        if told is not None and (found := facts.of_move(move, told)):
            text = ", ".join(_text(fact, told) for fact in found[:_MOST_FACTS])
            of_moves.append(_Told(found[0].rarity, f"{words.visible(move.name)}: {text}"))
    moves = {move.symbol: move for move in report.moves}
    apart = {gap for pair in report.divergences if (gap := _of_pair(pair, moves))}
    of_pairs = sorted(apart, key=_rarest)
    rarest = sorted([*of_pairs[:_MOST_PAIRS], *of_moves], key=_rarest)
    return [one.text for one in rarest[:_MOST]]


def _rarest(told: _Told) -> tuple[float, str]:
    return -told.rarity, told.text


def _of_pair(pair: Divergence, moves: Mapping[str, Move]) -> _Told | None:
    fact = facts.of_pair(pair, moves)
    if fact is None:
        return None
    one, other = (words.visible(moves[symbol].name) for symbol in (pair.up, pair.down))
    return _Told(fact.rarity, f"{one} and {other}: widest {_since(fact)}")


def _text(fact: Fact, told: MoveContext) -> str:
    if fact.kind == "streak":
        return streak(told)
    extreme = "highest" if fact.rose else "lowest"
    what = {
        "record": "record close" if fact.rose else "lowest close",
        "equals": f"equals its {extreme} close",
        "extreme": extreme,
        "largest": f"largest {'rise' if fact.rose else 'fall'}",
    }[fact.kind]
    return f"{what} {_since(fact)}"


def _since(fact: Fact) -> str:
    return f"in this data, since {fact.since}" if fact.in_data else f"since {fact.since}"


def streak(told: MoveContext) -> str:
    """Say how many sessions in a row went one way; empty where that is not known.

    Examples
    --------
    >>> import datetime as dt
    >>> from marketmove.context import MoveContext
    >>> nothing = (None, None, None, None, None, 0, dt.date(2024, 1, 2))
    >>> streak(MoveContext(3, False, *nothing)), streak(MoveContext(-12, True, *nothing))
    ('up for a third session', 'down for at least 12 sessions')
    """
    if not told.streak:
        return ""
    way, length = ("up" if told.streak > 0 else "down"), abs(told.streak)
    if told.streak_is_least:
        return f"{way} for at least {words.count(length, 'session', 'sessions')}"
    return f"{way} for {words.article(length)} {words.ordinal(length)} session"
