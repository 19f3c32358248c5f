"""What a report says of a session beside others, held against the closes."""

from __future__ import annotations

import datetime as dt
from fractions import Fraction
from typing import Literal, NamedTuple

import numpy as np

from marketmove.closes.levels import Levels
from marketmove.market.periods import days_before
from marketmove.moves.measure import Series, series
from marketmove.published.prose.superlatives import Superlative
from marketmove.published.verdicts import rounded

ClaimVerdict = Literal["agrees", "disagrees", "unchecked"]


class CheckedClaim(NamedTuple):
    """A superlative with its verdict.

    ``length`` is that of the streak that the closes have, or how many sessions went that way, and
    ``since`` the last session before that was as high, as low or as large; None where the closes
    have none. ``pct`` is how far below its highest close, of ``since``, the close is, in percent.
    ``data_since`` is the first close.
    """

    said: Superlative
    symbol: str
    name: str
    verdict: ClaimVerdict
    length: int | None = None
    since: dt.date | None = None
    data_since: dt.date | None = None
    pct: float | None = None


def check_claim(said: Superlative, session: dt.date, levels: Levels, symbol: str) -> CheckedClaim:
    """Hold a superlative against the closes of its index up to a session.

    What began before the closes do is unchecked, unless they contradict it.

    Examples
    --------
    >>> from marketmove.closes.levels import levels_of
    >>> days = ["2024-05-02", "2024-05-03", "2024-05-06"]
    >>> levels = levels_of([("HSI", day, close) for day, close in zip(days, (200, 203, 204))])
    >>> said = Superlative("HSI", "streak", 1, 1, "a second straight gain", 2)
    >>> check_claim(said, dt.date(2024, 5, 6), levels, "HSI").verdict
    'agrees'
    """
    name = levels.registry.resolve(symbol).name
    unknown = CheckedClaim(said, symbol, name, "unchecked")
    own = series(levels, [symbol]).get(symbol)
    if own is None:
        return unknown
    at = int(np.searchsorted(own.days, np.datetime64(session)))
    if at >= len(own.days) or own.days[at] != np.datetime64(session) or at == 0:
        return unknown
    unknown = unknown._replace(data_since=own.days[0].item())
    if said.kind == "streak":
        return _streak(said, own, at, unknown)
    if said.kind == "tally":
        return _tally(said, own, at, unknown)
    if said.kind == "year":
        return _year(said, own, at, unknown)
    if said.kind == "below":
        return _below(said, own, at, unknown)
    way = said.way or (1 if own.pct[at] > 0 else -1)
    return _since(said, own, at, way, unknown)


def _streak(said: Superlative, own: Series, at: int, unknown: CheckedClaim) -> CheckedClaim:
    ways = np.sign(own.pct[: at + 1])
    length = 0
    while length < at and ways[at - length] == ways[at] != 0:
        length += 1
    if length == at and said.length > length:
        return unknown
    right = length == said.length and said.way in {0, int(ways[at])}
    return unknown._replace(verdict="agrees" if right else "disagrees", length=length)


def _tally(said: Superlative, own: Series, at: int, unknown: CheckedClaim) -> CheckedClaim:
    if at < said.of:
        return unknown
    ways = np.sign(own.pct[at - said.of + 1 : at + 1])
    length = int((ways == said.way).sum())
    return unknown._replace(
        verdict="agrees" if length == said.length else "disagrees", length=length
    )


def _year(said: Superlative, own: Series, at: int, unknown: CheckedClaim) -> CheckedClaim:
    """Whether no close of the last year by date was beyond that of the session."""
    session: dt.date = own.days[at].item()
    (begins,) = days_before(session, "y1") or [session]
    first = int(np.searchsorted(own.days, np.datetime64(begins), side="right"))
    beyond = np.flatnonzero(own.close[first:at] * said.way > own.close[at] * said.way)
    if len(beyond):
        return unknown._replace(verdict="disagrees", since=own.days[first + beyond[-1]].item())
    return unknown._replace(verdict="agrees") if first else unknown


def _below(said: Superlative, own: Series, at: int, unknown: CheckedClaim) -> CheckedClaim:
    """How far below the highest close: a record where the closes have five years."""
    highest = own.close[: at + 1].max()
    row = int(np.flatnonzero(own.close[: at + 1] == highest)[-1])
    since: dt.date = own.days[row].item()
    exact = 100 * (1 - Fraction(repr(float(own.close[at]))) / Fraction(repr(float(highest))))
    found = unknown._replace(since=since, pct=float(exact))
    if said.pct is None:
        return unknown
    session: dt.date = own.days[at].item()
    (five_years_before,) = days_before(session, "y5") or [session]
    if own.days[0] > np.datetime64(five_years_before):
        # A record before the closes begin can only be higher.
        too_far = exact > Fraction(said.pct) and rounded(exact, said.pct) != Fraction(said.pct)
        return found._replace(verdict="disagrees") if too_far else unknown
    right = rounded(exact, said.pct) == Fraction(said.pct)
    if said.first is not None and said.last is not None:
        right = right and said.first <= since <= said.last
    return found._replace(verdict="agrees" if right else "disagrees")


def _since(
    said: Superlative, own: Series, at: int, way: int, unknown: CheckedClaim
) -> CheckedClaim:
    """The last session before that was as much, and whether it is the one that was named."""
    values = own.pct if said.kind == "largest" else own.close
    if said.kind == "largest" and np.sign(own.pct[at]) != way:
        return unknown._replace(verdict="disagrees")
    earlier = values[1:at] if said.kind == "largest" else values[:at]
    days = own.days[1:at] if said.kind == "largest" else own.days[:at]
    as_much = np.flatnonzero(earlier * way >= values[at] * way)
    since = days[as_much[-1]].item() if len(as_much) else None
    if said.kind == "record":
        return unknown._replace(verdict="disagrees" if since else "agrees", since=since)
    if since is None:
        # The closes have nothing as much: they begin too late, or the session named was less.
        begun = said.first is not None and said.first > own.days[0].item()
        return unknown._replace(verdict="disagrees" if begun else "unchecked")
    named = said.first is not None and said.last is not None and said.first <= since <= said.last
    return unknown._replace(verdict="agrees" if named else "disagrees", since=since)
