"""The headline of a session: what a desk would put first, from the facts alone."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from marketmove.errors import listed
from marketmove.moves.divergence import Divergence
from marketmove.moves.move import Move
from marketmove.rarity.extremes import has_record
from marketmove.rarity.index_history import MoveContext
from marketmove.rarity.superlatives import Fact, pair_fact
from marketmove.reports.summary import Sentence, SentenceFigure, sentence
from marketmove.wording import phrases

# What has not been for a quarter is news even where another index moved more.
_NEWS = 60.0
_QUIET_PCT = "0.50"
_FEW, _MOST = 3, 0.6


class RankedMove(NamedTuple):
    """A move with what is rare about it, the rarest first."""

    move: Move
    context: MoveContext | None
    facts: tuple[Fact, ...]

    @property
    def pct(self) -> float:
        """The move in percent."""
        return self.move.change_pct or 0.0

    @property
    def for_headline(self) -> tuple[Fact, ...]:
        """What of it a headline says: not that a close is the highest of a short series."""
        return tuple(
            fact
            for fact in self.facts
            if not (fact.kind in {"extreme", "equals"} and fact.in_data and not self._long(fact))
        )

    def _long(self, fact: Fact) -> bool:
        return self.move.session is not None and has_record(fact.since, self.move.session)

    @property
    def news(self) -> float:
        """How rare the rarest of it is; streaks are none, one index in many always has one."""
        facts = (fact.rarity for fact in self.for_headline if fact.kind != "streak")
        return max(facts, default=0.0)


def headline(
    movers: Sequence[RankedMove], pairs: Sequence[Divergence], all_indices: int, home: str = ""
) -> Sentence:
    """Give the headline of some moves: the rarest; after ``home``, if that moved."""
    found = _rarest(movers, pairs, all_indices, home)
    own = next((one for one in movers if one.move.symbol == home), None)
    told = [symbol for figure in found.figures for symbol in figure.of.split(":")]
    if own is None or home in told:
        return found
    beside = next((one for one in movers if one.move.symbol in told), None)
    rest = found._replace(text=re.sub("^(All|A|Both)(?= )", _lower, found.text))
    return sentence(_clause(own, beside), "; ", rest)


def _lower(found: re.Match[str]) -> str:
    return found[0].lower()


def _rarest(
    movers: Sequence[RankedMove], pairs: Sequence[Divergence], all_indices: int, home: str
) -> Sentence:
    ups = [one for one in movers if one.pct > 0]
    downs = [one for one in movers if one.pct < 0]
    if len(movers) == 1:
        others = all_indices - 1
        rest = f"the other {others:,} indices have" if others > 1 else "the other index has"
        return sentence(_clause(movers[0]), f"; {rest} no move" if others else "", ".")
    if not (ups or downs):
        return sentence(_all_flat(movers, all_indices), ".")
    small = all(phrases.is_less(one.pct, _QUIET_PCT) for one in movers)
    if small and len(movers) >= _FEW and not any(one.news for one in movers):
        return sentence(_quietly(movers), ".")
    if ups and downs:
        return sentence(_both_ways(ups, downs, pairs, all_indices, home), ".")
    if len(ups + downs) < len(movers):
        unchanged = f"{len(movers) - len(ups or downs):,} of {all_indices:,} unchanged"
        if len(movers) == all_indices == 2:
            unchanged = "the other unchanged"
        return sentence(_clause(_lead(ups or downs)), f"; {unchanged}.")
    return sentence(_one_way(ups or downs, all_indices), ".")


def _clause(one: RankedMove, beside: RankedMove | None = None, *, most: bool = False) -> Sentence:
    """A move with the rarest of it."""
    base = phrases.brief(one.move, beside.move if beside else None, most=most)
    if not one.for_headline or one.context is None:
        return base
    return phrases.with_facts(base, one.for_headline[:1], one.move, one.context)


def _all_flat(movers: Sequence[RankedMove], all_indices: int) -> Sentence:
    figures = tuple(SentenceFigure(one.move.symbol, "change_pct", 0.0) for one in movers)
    if len(movers) < all_indices:
        text = f"{len(movers):,} of {all_indices:,} indices unchanged, the others without a move"
        return Sentence(text, figures)
    which = "Both indices" if len(movers) == 2 else f"All {len(movers):,} indices"
    return Sentence(f"{which} unchanged", figures)


def _quietly(movers: Sequence[RankedMove]) -> Sentence:
    ranked = sorted(movers, key=lambda one: (-one.pct, one.move.symbol))
    first, last = ranked[0], ranked[-1]
    return sentence(
        "A quiet session, with no move as large as 0.5%: ",
        phrases.brief(first.move, last.move),
        ", ",
        phrases.brief(last.move, first.move),
    )


def _one_way(movers: Sequence[RankedMove], all_indices: int) -> Sentence:
    """All up, or all down: the largest move, and another where that is the news."""
    lead = _largest(movers)
    if len(movers) < _FEW:
        (other,) = (one for one in movers if one is not lead)
        return sentence(_clause(lead, other), "; ", _clause(other, lead))
    way, other_way = ("up", "down") if lead.pct > 0 else ("down", "up")
    whole = len(movers) == all_indices
    which, then = f"{len(movers):,} of {all_indices:,} indices {way}, none {other_way}", "; "
    if whole:
        which, then = f"All {all_indices:,} indices {way}", ", "
    as_far = [one for one in movers if one.pct == lead.pct]
    if len(as_far) == len(movers):
        return sentence(which, " " if whole else "; each ", _size_of(as_far))
    if len(as_far) > 1:
        return sentence(which, then, f"{_some(as_far)} most: ", _size_of(as_far))
    news = max(movers, key=lambda one: one.news)
    parts: list[Sentence | str] = [which, then, _clause(lead, news, most=True)]
    if news.news >= _NEWS and news.news > lead.news:
        parts += ["; ", _clause(news, lead)]
    return sentence(*parts)


def _some(equals: Sequence[RankedMove]) -> str:
    """Those of which none went further, by name if they are few."""
    if len(equals) > _FEW:
        return f"{len(equals):,} of them"
    return listed([phrases.name(one.move) for one in equals])


def _size_of(equals: Sequence[RankedMove]) -> Sentence:
    figures = tuple(SentenceFigure(one.move.symbol, "change_pct", one.pct) for one in equals)
    return Sentence(phrases.size(equals[0].pct), figures)


def _largest(movers: Sequence[RankedMove]) -> RankedMove:
    return min(movers, key=lambda one: (-abs(one.pct), one.move.symbol))


def _lead(movers: Sequence[RankedMove], newest: dt.date | None = None) -> RankedMove:
    """The one with news, the rarest, or else the largest move; of the newest session, if any."""
    movers = [one for one in movers if one.move.session == newest] or movers
    news = [one for one in movers if one.news >= _NEWS]
    return max(news, key=lambda one: one.news) if news else _largest(movers)


def _newest(movers: Sequence[RankedMove]) -> dt.date | None:
    """The last session of all; they differ where each index has its own."""
    return max((one.move.session for one in movers if one.move.session), default=None)


def _both_ways(
    ups: Sequence[RankedMove],
    downs: Sequence[RankedMove],
    pairs: Sequence[Divergence],
    all_indices: int,
    home: str,
) -> Sentence:
    """Both sides; or one, and that most went that way, where the other is not worth a word."""
    for many, few, way in ((ups, downs, "rose"), (downs, ups, "fell")):
        small = all(phrases.is_less(one.pct, _QUIET_PCT) for one in few)
        news = any(one.news >= _NEWS for one in few)
        if len(many) >= _MOST * all_indices and small and not news and len(many) >= _FEW:
            lead = _lead(many, _newest(many))
            return sentence(_clause(lead), f"; most indices {way}")
    return _apart(ups, downs, pairs, home)


def _apart(
    ups: Sequence[RankedMove],
    downs: Sequence[RankedMove],
    pairs: Sequence[Divergence],
    home: str,
) -> Sentence:
    """One that rose and one that fell: the pair that is rarest, or the ones with most to say."""
    by_symbol = {one.move.symbol: one for one in (*ups, *downs)}
    newest = _newest([*ups, *downs])
    up, down = _lead(ups, newest), _lead(downs, newest)
    new = {symbol: one for symbol, one in by_symbol.items() if one.move.session == newest}
    gaps = _gaps(pairs, new)
    rarest = max(gaps, key=lambda pair: gaps[pair].rarity, default=None)
    if rarest and gaps[rarest].rarity >= max(_NEWS, up.news, down.news):
        up, down = by_symbol[rarest.up], by_symbol[rarest.down]
    gap = [
        sentence(": the widest gap between the two ", phrases.since_of(fact, pair))
        for pair, fact in gaps.items()
        if (pair.up, pair.down) == (up.move.symbol, down.move.symbol)
    ]
    first, second = sorted(
        (up, down), key=lambda one: (one.move.symbol != home, -one.news, -abs(one.pct))
    )
    return sentence(_clause(first, second), "; ", _clause(second, first), *gap[:1])


def _gaps(pairs: Sequence[Divergence], known: Mapping[str, RankedMove]) -> dict[Divergence, Fact]:
    """The divergent pairs that are wide beside their past, with since when."""
    moves = {symbol: one.move for symbol, one in known.items()}
    of_shares = [p for p in pairs if p.kind == "split" and {p.up, p.down} <= moves.keys()]
    return {pair: fact for pair in of_shares if (fact := pair_fact(pair, moves))}
