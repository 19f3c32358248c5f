"""What came of a fetch, in sentences: what was revised or left out, what lacks, what to do."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import TYPE_CHECKING

from marketmove.errors import listed
from marketmove.wording import numbers

if TYPE_CHECKING:
    from marketmove.feeds.archive import ArchiveRevision
    from marketmove.feeds.fetching import IndexFetched, Tried
    from marketmove.feeds.judge import LeftOut

_NAMED = 3


def revision(symbol: str, one: ArchiveRevision) -> str:
    """Say what a close was and what it is now."""
    before, after = one
    was = f"{before.close} of {before.source or 'nobody'}, fetched {before.fetched or 'some time'}"
    return f"{symbol}: {before.session} is revised to {after.close}; it was {was}"


def sentences(index: IndexFetched) -> Iterator[str]:
    """Say of an index what people have to know: what failed, changed, was left out, and lacks."""
    symbol = index.symbol
    if index.problem:
        yield f"{symbol}: nothing could be stored: {index.problem}"
    for tried in index.tried:
        if tried.failure:
            yield f"{symbol}: {tried.feed}: {tried.failure}"
        yield from (f"{symbol}: {tried.feed}: {remark}" for remark in _shortened(tried.remarks))
        yield from (f"{symbol}: left out {text}" for text in left_out(tried.left_out))
        if tried.lost:
            lost = _days(tried.lost)
            yield f"{symbol}: {tried.feed} no longer gives {lost}; the archive keeps it"
    yield from (revision(symbol, one) for one in index.revised)
    if index.gaps:
        count = numbers.count(len(index.gaps), "session", "sessions")
        text = f"{symbol}: the archive lacks {count}: {_days(index.gaps)}"
        yield f"{text}; try marketmove fetch {symbol} --from {index.gaps[0]}"


def lacking(index: IndexFetched) -> str:
    """Say what an index without its newest close lacks, and what to do."""
    has = f"the newest is of {index.newest}" if index.newest else "nor any other"
    text = f"{index.symbol} is not current: no close of {index.expected} yet, {has}"
    failed = bool(index.tried) and all(tried.failure for tried in index.tried)
    if index.problem or failed:
        return f"{text}; see above"
    return f"{text}; try again later, or add another feed of it under feeds:"


def left_out(rows: Sequence[LeftOut]) -> Iterator[str]:
    """Say which rows of an answer were left out and why, those of one reason together."""
    ordered = sorted(rows, key=lambda row: (row.text, row.session or dt.date.min))
    for text, same in groupby(ordered, key=lambda row: row.text):
        days = [row.session for row in same if row.session]
        yield f"{_days(days)}: {text}" if days else text


def _days(days: Sequence[dt.date]) -> str:
    return listed([str(day) for day in days], _NAMED)


def _shortened(texts: Sequence[str]) -> Sequence[str]:
    if len(texts) <= _NAMED:
        return texts
    return [*texts[:_NAMED], f"and {len(texts) - _NAMED} more such"]


def outcome(tried: Tried) -> str:
    """Say in a few words what came of one feed."""
    if tried.failure:
        return tried.failure
    if tried.unchanged:
        return "nothing new since the last time"
    closes = numbers.count(tried.kept, "close", "closes")
    span = f", {tried.first} to {tried.last}" if tried.first else ""
    out = f"; {len(tried.left_out)} left out" if tried.left_out else ""
    return f"{closes}{span}{out}"
