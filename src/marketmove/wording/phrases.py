"""Parts of sentences: a move, a superlative, a list of names, a date; words for figures."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from marketmove.moves.divergence import Divergence
from marketmove.moves.move import Move, exact
from marketmove.rarity.index_history import MoveContext
from marketmove.rarity.spread_history import WIDE
from marketmove.rarity.superlatives import Fact
from marketmove.reports.summary import Sentence, SentenceFigure, sentence
from marketmove.wording import dates, numbers
from marketmove.wording.characters import visible
from marketmove.wording.highlights import streak as in_a_row

_SMALL, _SMALLEST = Decimal("0.10"), Decimal("0.01")
# Without a past to hold a move against, so many percent are more than the usual.
_MUCH_PCT, _USUAL = 1.0, 50.0
# A session and a close, the most that can be beyond all before them.
_BOTH = 2


def size(pct: float) -> str:
    """Write the size of a move, whose direction a word gives.

    >>> size(-0.785), size(0.004)
    ('0.79%', 'less than 0.01%')
    """
    shown = _shown(pct)
    return f"{shown:,}%" if shown else f"less than {_SMALLEST}%"


def _shown(pct: float) -> Decimal:
    return numbers.round_to(abs(exact(pct)), 2)


def is_less(pct: float, most: str) -> bool:
    """Tell whether the size of a move, as people read it, is below a figure."""
    return _shown(pct) < Decimal(most)


def name(move: Move) -> str:
    """Give the name of an index as text."""
    return visible(move.name)


def brief(move: Move, beside: Move | None = None, *, most: bool = False) -> Sentence:
    """Write a move as a headline does, such as ``Hang Seng up 3.69%``.

    Beside a move of another session it says of which one it is; where all went one way, whose move
    is the largest (``Hang Seng most: 3.69%``).
    """
    pct = move.change_pct or 0.0
    way = "up" if pct > 0 else "down"
    said = f"{'most:' if most else way} {size(pct)}" if pct else "unchanged"
    if beside is None or move.session is None or move.session == beside.session:
        return _move(move, said)
    return _move(move, said, f" on {dates.near(move.session, beside.session)}")


def full(move: Move, context: MoveContext | None) -> Sentence:
    """Write a move as a clause, with a verb that fits its size."""
    pct = move.change_pct or 0.0
    shown, way = _shown(pct), "up" if pct > 0 else "down"
    verb = f"edged {way}" if shown < _SMALL else _verb(pct, context)
    if not shown:
        verb = f"was little changed, {way}"
    text = f"{verb} {size(pct)}" if pct else "was unchanged"
    return _move(move, text)


def _verb(pct: float, context: MoveContext | None) -> str:
    share = context.size_percentile if context else None
    if share is not None and share >= WIDE:
        return "jumped" if pct > 0 else "slumped"
    much = share >= _USUAL if share is not None else abs(pct) >= _MUCH_PCT
    if much:
        return "gained" if pct > 0 else "lost"
    return "rose" if pct > 0 else "fell"


def _move(move: Move, text: str, when: str = "") -> Sentence:
    over = f" over {move.gap_sessions + 1} sessions" if move.gap_sessions else ""
    figure = SentenceFigure(move.symbol, "change_pct", move.change_pct)
    return Sentence(f"{name(move)} {text}{over}{when}", (figure,))


def with_facts(base: Sentence, found: Sequence[Fact], move: Move, context: MoveContext) -> Sentence:
    """Write behind a move what is rare about it.

    Such as ``, its best session since 2 October 2024, to its highest close since 7 October 2024``.
    """
    said = base.text.removeprefix(name(move))
    parts = [_superlative(fact, move, context, said) for fact in found]
    if sum(fact.in_data for fact in found) == _BOTH:
        whole = f" {since(found[0])}"
        first, second, *others = parts
        first = first._replace(text=first.text.removesuffix(whole))
        second = second._replace(text=f"{second.text.removesuffix(whole)}, both{whole}")
        parts = [first, second, *others]
    if parts and parts[0].text.startswith(", to ") and " most: " not in said:
        parts[0] = parts[0]._replace(text=parts[0].text.removeprefix(","))
    return sentence(base, *parts)


def _superlative(fact: Fact, move: Move, context: MoveContext, said: str) -> Sentence:
    if fact.kind == "streak":
        way = "up" if fact.rose else "down"
        row = _another(context) if f" {way} " in said else in_a_row(context)
        return Sentence(f", {row}", (SentenceFigure(move.symbol, "streak", context.streak),))
    extreme = "highest" if fact.rose else "lowest"
    text = {
        "largest": f"its {'best' if fact.rose else 'worst'} session",
        "extreme": f"to its {extreme} close",
        "equals": f"to equal its {extreme} close",
        "record": "to a record close" if fact.rose else "to its lowest close",
    }[fact.kind]
    return Sentence(f", {text} {since(fact)}", (_of_fact(fact, move.symbol),))


def _another(context: MoveContext) -> str:
    """How many in a row it makes, behind a move of which "up" or "down" is said already."""
    streak = context.streak or 0
    text = f"its {numbers.ordinal(abs(streak))} {'rise' if streak > 0 else 'fall'} in a row"
    return f"at least {text}" if context.streak_is_least else text


def _of_fact(fact: Fact, of: str) -> SentenceFigure:
    names = {
        "largest": "largest_since",
        "extreme": "highest_since" if fact.rose else "lowest_since",
        "widest": "widest_since",
    }
    what = "data_since" if fact.in_data else names[fact.kind]
    return SentenceFigure(of, what, fact.since)


def since(fact: Fact) -> str:
    """Write since when something has not been, or that the data has no such thing."""
    day = dates.in_full(fact.since)
    return f"in this data, since {day}" if fact.in_data else f"since {day}"


def since_of(fact: Fact, pair: Divergence) -> Sentence:
    """Write since when a pair has not been as far apart."""
    return Sentence(since(fact), (_of_fact(fact, of_both(pair)),))


def of_both(pair: Divergence) -> str:
    """Name a pair for machines."""
    return f"{pair.up}:{pair.down}"
