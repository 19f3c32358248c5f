"""What is rare about a session, in a few words: records, long streaks, the widest pairs."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from marketmove.render import words

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator

    from marketmove.context import MoveContext
    from marketmove.divergence import Divergence
    from marketmove.moves import Move
    from marketmove.report import SessionReport

_MOST, _MOST_PAIRS, _MOST_FACTS = 3, 2, 2
# What has not been for a month of sessions is worth a word; so is a streak of four.
_LEAST_SESSIONS, _LEAST_STREAK = 20, 4
_SESSIONS_A_DAY = 5 / 7


class _Fact(NamedTuple):
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
        if told is not None and (facts := sorted(_of_move(move, told), key=_rarest)):
            text = ", ".join(fact.text for fact in facts[:_MOST_FACTS])
            of_moves.append(_Fact(facts[0].rarity, f"{words.visible(move.name)}: {text}"))
    names = {move.symbol: words.visible(move.name) for move in report.moves}
    of_pairs = sorted(
        {fact for pair in report.divergences for fact in _of_pair(pair, report, names)}, key=_rarest
    )
    rarest = sorted([*of_pairs[:_MOST_PAIRS], *of_moves], key=_rarest)
    return [fact.text for fact in rarest[:_MOST]]


def _rarest(fact: _Fact) -> tuple[float, str]:
    return -fact.rarity, fact.text


def _of_move(move: Move, told: MoveContext) -> Iterator[_Fact]:
    session, rose = move.session, (move.change_pct or 0.0) > 0
    if session is None or not move.change_pct:
        return
    record, extreme = ("high", "highest") if rose else ("low", "lowest")
    whole = _sessions(told.data_since, session)
    in_data = f"in this data, since {told.data_since}"
    if told.record == record:
        close = "record close" if rose else "lowest close"
        yield _Fact(whole, f"{close} {in_data}")
    elif told.record == f"equals {record}":
        yield _Fact(whole, f"equals its {extreme} close {in_data}")
    since = told.highest_since if rose else told.lowest_since
    yield from _since(f"{extreme} since", since, session)
    largest = f"largest {'rise' if rose else 'fall'}"
    yield from _since(f"{largest} since", told.largest_since, session)
    if told.largest_since is None and told.size_percentile is not None:
        yield _Fact(whole, f"{largest} {in_data}")
    if abs(told.streak or 0) >= _LEAST_STREAK:
        yield _Fact(2.0 ** abs(told.streak or 0), streak(told))


def _since(what: str, since: dt.date | None, session: dt.date) -> Iterator[_Fact]:
    if since is not None and _sessions(since, session) >= _LEAST_SESSIONS:
        yield _Fact(_sessions(since, session), f"{what} {since}")


def _of_pair(pair: Divergence, report: SessionReport, names: dict[str, str]) -> Iterator[_Fact]:
    session = next(move.session for move in report.moves if move.symbol == pair.up)
    if session is None or pair.percentile is None or pair.data_since is None:
        return
    who = f"{names[pair.up]} and {names[pair.down]}: widest"
    if pair.widest_since is None:
        yield _Fact(
            _sessions(pair.data_since, session), f"{who} in this data, since {pair.data_since}"
        )
    yield from _since(f"{who} since", pair.widest_since, session)


def _sessions(since: dt.date, session: dt.date) -> float:
    """About how many sessions lie between two dates."""
    return (session - since).days * _SESSIONS_A_DAY


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
