"""One index, from its feeds into the archive: asked, judged, stored, held against the calendar."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from marketmove.errors import MarketMoveError
from marketmove.feeds.archive import (
    ArchivedClose,
    ArchiveRevision,
    Merged,
    archive_file,
    merge,
    read_rows,
    settle,
    write,
)
from marketmove.feeds.asking import Asked, Fetched, Ways, ask, label_of, without
from marketmove.feeds.failure import FeedFailure
from marketmove.feeds.judge import Judged, LeftOut, MarketFacts, gaps, judge
from marketmove.feeds.settings import Feed
from marketmove.feeds.state import State, Validators, digest
from marketmove.market.indices import Index
from marketmove.sources import Reading

_FETCHED_AGAIN = 10
# Enough for the 250 sessions that a move is held against.
_FIRST_DAYS = 400
_STALE_DAYS = 7
# Reading is work for the processor, of which one at a time is quickest.
_READING = threading.Lock()


class IndexAsked(NamedTuple):
    """An index that is to be fetched: its feeds, and from when; None as usual.

    ``keys`` has the key of each feed that has one, or why it cannot be had.
    """

    wanted: Index
    feeds: tuple[Feed, ...]
    keys: Mapping[str, str | FeedFailure]
    facts: MarketFacts
    since: dt.date | None = None


class Tried(NamedTuple):
    """What came of one feed: what is new, what was left out, or why it failed.

    ``reading`` is how its answer was read; ``kept`` is how many closes of it are such.
    """

    feed: str
    label: str
    failure: str = ""
    kept: int = 0
    first: dt.date | None = None
    last: dt.date | None = None
    left_out: tuple[LeftOut, ...] = ()
    remarks: tuple[str, ...] = ()
    lost: tuple[dt.date, ...] = ()
    unchanged: bool = False
    reading: Reading | None = None
    closes: Mapping[dt.date, float] = {}


class IndexFetched(NamedTuple):
    """What came of an index: what each feed gave, and what the archive has of it now.

    ``newest`` is the last session of which it has a close, ``expected`` that of which it should;
    ``current`` tells whether it has. ``problem`` says why nothing could be stored.
    """

    symbol: str
    tried: tuple[Tried, ...]
    added: tuple[ArchivedClose, ...] = ()
    revised: tuple[ArchiveRevision, ...] = ()
    closes: int = 0
    newest: dt.date | None = None
    expected: dt.date | None = None
    current: bool = False
    gaps: tuple[dt.date, ...] = ()
    problem: str = ""


class Store(NamedTuple):
    """Where closes go: the folder, its lock and memory, and the moment as it is written."""

    folder: Path
    state: State
    fetched: str


def fetch_index(
    asked: IndexAsked, store: Store, ways: Ways, progress: Callable[[str, Tried], None]
) -> IndexFetched:
    """Ask the feeds of an index in order until the newest close is there, and store what is one.

    A feed does not revise what one before it in the list has given.
    """
    tried: list[Tried] = []
    added: list[ArchivedClose] = []
    revised: list[ArchiveRevision] = []
    path = archive_file(store.folder, asked.wanted.symbol)
    try:
        rows = read_rows(path)
        for place, feed in enumerate(asked.feeds):
            better = {one.name for one in asked.feeds[:place]}
            one, merged = _try(feed, asked, rows, store, ways, better)
            tried.append(one)
            progress(asked.wanted.symbol, one)
            if merged is not None:
                rows = merged.rows
                added += merged.added
                revised += merged.revised
            if _is_current(rows, asked.facts):
                break
    except MarketMoveError as error:
        texts = "; ".join(str(problem) for problem in error.problems[:3])
        return IndexFetched(asked.wanted.symbol, tuple(tried), problem=texts)
    return IndexFetched(
        symbol=asked.wanted.symbol,
        tried=tuple(tried),
        added=tuple(added),
        revised=tuple(revised),
        closes=len(rows),
        newest=rows[-1].session if rows else None,
        expected=asked.facts.newest,
        current=_is_current(rows, asked.facts),
        gaps=tuple(gaps([row.session for row in rows], asked.facts)),
    )


def explain_index(
    asked: IndexAsked, store: Store, ways: Ways, progress: Callable[[str, Tried], None]
) -> IndexFetched:
    """Ask every feed of an index, and say how its answer was read; nothing is stored."""
    rows = read_rows(archive_file(store.folder, asked.wanted.symbol))
    tried: list[Tried] = []
    for feed in asked.feeds:
        one, _, _ = _asked(feed, asked, rows, ways)
        tried.append(one)
        progress(asked.wanted.symbol, one)
    current = any(one.last == asked.facts.newest for one in tried)
    return IndexFetched(
        asked.wanted.symbol, tuple(tried), expected=asked.facts.newest, current=current
    )


def _is_current(rows: Sequence[ArchivedClose], facts: MarketFacts) -> bool:
    """Whether the newest close that should be there is; where no calendar tells, a recent one."""
    if not rows:
        return False
    if facts.calendar is not None and facts.calendar.covers(facts.newest):
        return rows[-1].session >= facts.newest
    return rows[-1].session >= facts.newest - dt.timedelta(days=_STALE_DAYS)


def _try(
    feed: Feed,
    asked: IndexAsked,
    rows: Sequence[ArchivedClose],
    store: Store,
    ways: Ways,
    better: set[str],
) -> tuple[Tried, Merged | None]:
    """Ask one feed, and store what it gave; None where nothing came that can be stored."""
    tried, judged, fetched = _asked(feed, asked, rows, ways)
    if judged is None or fetched is None:
        return tried, None
    path = archive_file(store.folder, asked.wanted.symbol)
    with store.state.locked():
        # Another run may have stored something since.
        now = read_rows(path)
        settle(store.folder, asked.wanted.symbol, now)
        closes = _not_of(better, judged.closes, now)
        merged = merge(now, closes, feed.name, store.fetched, asked.wanted.decimals)
        if merged.added or merged.revised:
            write(store.folder, asked.wanted.symbol, merged)
    _remember(fetched, tried, merged, store)
    return tried, merged


def _not_of(
    better: set[str], closes: Mapping[dt.date, float], rows: Sequence[ArchivedClose]
) -> dict[dt.date, float]:
    """The closes of the dates of which no better feed has given one."""
    taken = {row.session for row in rows if row.source in better}
    return {day: close for day, close in closes.items() if day not in taken}


def _asked(
    feed: Feed, asked: IndexAsked, rows: Sequence[ArchivedClose], ways: Ways
) -> tuple[Tried, Judged | None, Fetched | None]:
    """Ask one feed, and judge what it gave."""
    tried = Tried(feed.name, label_of(feed))
    key = asked.keys.get(feed.name, "")
    if isinstance(key, FeedFailure):
        return tried._replace(failure=key.reason), None, None
    since = _since(feed, asked, rows)
    try:
        fetched = ask(Asked(asked.wanted, feed, since, asked.facts, key), ways)
        answer = fetched.answer
        if answer is None:
            return tried._replace(unchanged=True, remarks=fetched.remarks), None, None
        with _READING:
            known = {row.session: row.value for row in rows}
            judged = judge(answer, known, asked.facts, since if feed.is_ranged else None)
    except FeedFailure as failure:
        return tried._replace(failure=without(failure.reason, key)), None, None
    days = sorted(judged.closes)
    given = sorted(answer.dates)
    # Of what was not sent again nothing is known.
    whole = all(page.body is not None for page in fetched.pages)
    lost = [
        row.session
        for row in rows
        if whole and given and row.source == feed.name and given[0] < row.session < given[-1]
        if row.session not in answer.dates
    ]
    tried = tried._replace(
        kept=len(days),
        first=days[0] if days else None,
        last=days[-1] if days else None,
        left_out=judged.left_out,
        remarks=tuple(without(text, key) for text in fetched.remarks),
        lost=tuple(lost),
        reading=answer.reading,
        closes=judged.closes,
    )
    return tried, judged, fetched


def _since(feed: Feed, asked: IndexAsked, rows: Sequence[ArchivedClose]) -> dt.date:
    """The first date to ask for: the last ten sessions that are there come again every time."""
    newest = asked.facts.newest
    if rows:
        usual = rows[-_FETCHED_AGAIN:][0].session
    else:
        days = 2 * _FETCHED_AGAIN if feed.by_session else _FIRST_DAYS
        usual = newest - dt.timedelta(days=days)
        if feed.by_session:
            usual = asked.facts.sessions(usual, newest)[-_FETCHED_AGAIN:][0]
    return min(usual, newest) if asked.since is None else min(usual, asked.since)


def _remember(fetched: Fetched, tried: Tried, merged: Merged, store: Store) -> None:
    """Keep what tells an answer again, only where all of it is in the archive.

    Else the answer would not be sent again tomorrow, and what was left out never come.
    """
    complete = not tried.left_out and not tried.remarks and bool(tried.closes)
    for page in fetched.pages:
        if page.request:
            rows = rows_digest(merged.rows, tried.first, tried.last) if complete else ""
            validators = page.validators._replace(rows=rows) if complete else Validators()
            store.state.remember(page.request, validators)


def rows_digest(rows: Sequence[ArchivedClose], first: dt.date | None, last: dt.date | None) -> str:
    """Give what stands for the rows of a range of dates, both included, with the range."""
    if first is None or last is None:
        return ""
    inside = "\n".join(f"{r.session},{r.close}" for r in rows if first <= r.session <= last)
    return f"{first}/{last}/{digest(inside)}"


def still_there(rows: Sequence[ArchivedClose], digested: str) -> bool:
    """Tell whether the rows that an answer had are still those of the archive."""
    first, _, rest = digested.partition("/")
    last, _, _ = rest.partition("/")
    try:
        range_ = dt.date.fromisoformat(first), dt.date.fromisoformat(last)
    except ValueError:
        return False
    return rows_digest(rows, *range_) == digested
