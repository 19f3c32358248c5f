"""Periods in words: what stands above their columns, what sentences call them, why one is empty."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from marketmove.errors import Remark, listed
from marketmove.market.periods import span

if TYPE_CHECKING:
    from marketmove.frame import Frame

_HEADS = {"week": "WTD", "month": "MTD", "qtd": "QTD", "ytd": "YTD"}
_WORDS = {"week": "the week", "month": "the month", "qtd": "the quarter", "ytd": "the year"}
_UNITS = {"d": "session", "w": "week", "m": "month", "y": "year"}
_WHY = {
    "no_earlier_close": "no close so far back in the data",
    "not_begun": "it begins later",
    "too_old": "no close shortly before it in the data",
    "unusable": "a row that it rests on cannot be used",
}
# Of the others there are warnings.
NOTED = ("no_earlier_close", "not_begun")
_NAMED = 3


def head(period: str) -> str:
    """Give what the trade calls a period.

    >>> [head(period) for period in ("ytd", "d5", "y1", "since_2025_01_02")]
    ['YTD', '5D', '1Y', 'Since 2025-01-02']
    """
    of = span(period)
    if of.since is not None:
        return f"Since {of.since}"
    return _HEADS.get(of.kind, f"{of.number}{of.kind.upper()}")


def inside(period: str) -> str:
    """Give what the trade calls a period, inside a sentence."""
    return head(period).replace("Since", "since")


def column_head(period: str) -> str:
    """Give what stands above the changes of a period, which are in percent."""
    return f"{head(period)} %"


def words(period: str) -> str:
    """Give what a sentence calls a period.

    >>> [words(period) for period in ("ytd", "d5", "y1", "since_2025_01_02")]
    ['the year', 'the last 5 sessions', 'the last year', 'the time since 2025-01-02']
    """
    of = span(period)
    if of.since is not None:
        return f"the time since {of.since}"
    if of.kind in _WORDS:
        return _WORDS[of.kind]
    unit = _UNITS[of.kind]
    return f"the last {unit}" if of.number == 1 else f"the last {of.number:,} {unit}s"


def why(reason: str) -> str:
    """Say in words why a period has no change."""
    return _WHY[reason]


def empty_notes(rows: Frame, periods: Sequence[str]) -> Iterator[Remark]:
    """Say of which indices a period has no change, as none of their closes is before it."""
    for period in periods:
        for reason in NOTED:
            found = rows.take(rows[f"{period}_reason"] == reason)
            if len(found):
                names = listed(found["symbol"].tolist(), _NAMED)
                yield no_change(period, reason, f"of {names}")


def no_change(period: str, reason: str, of: str) -> Remark:
    """Say that a period has no change, of what, and why."""
    return Remark("no_base", f"no change of {words(period)} {of}: {why(reason)}")
