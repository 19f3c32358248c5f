"""From the bytes of an answer to closes of the index that was asked for, read as any file is."""

from __future__ import annotations

import datetime as dt
import io
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from marketmove.closes.levels import fold
from marketmove.errors import MarketMoveError, listed
from marketmove.feeds.archive import close_text
from marketmove.feeds.failure import FeedFailure
from marketmove.feeds.settings import Feed
from marketmove.frame import Labels
from marketmove.market.indices import Index
from marketmove.sources import Block, Context, Reading, open_source, read_blocks

_PAGE = re.compile(rb"<(!doctype html|html|head|body|script|meta|title)\b", re.IGNORECASE)
_LOOKED_AT = 2_000
_DAILY = ("1d", "1day", "d", "day", "daily", "24h")
# What packs, and ends with no line.
_BINARY = (b"PK", b"\x1f\x8b", b"PAR1", b"BZh", b"\xfd7zXZ", b"\x28\xb5\x2f\xfd")
_NUMBERED = re.compile(r"^\d+\. ")
_DEEP = 6
_NAMES = re.compile(r"; the columns are:|; there is ")


class ProviderWord(NamedTuple):
    """What a provider says beside its closes: of which index, in which zone, whether it is over.

    ``market_time`` is that of its last figure, ``regular_end`` when the session of that day ends.
    """

    name: str = ""
    zone: str = ""
    market_time: dt.datetime | None = None
    regular_end: dt.datetime | None = None
    granularity: str = ""

    def unfinished(self, session: dt.date, end: dt.datetime | None) -> bool:
        """Tell whether the provider's last figure is from before a session ended, at ``end``.

        What ends later by the provider than by the exchange has an auction after it, which an
        index may not wait for.
        """
        if self.market_time is None:
            return False
        local = ZoneInfo(self.zone) if self.zone else end.tzinfo if end else dt.UTC
        seen = self.market_time.astimezone(local).date()
        own = self.regular_end.astimezone(local).date() if self.regular_end else None
        ends = [end, self.regular_end if own == session else None]
        known = [moment for moment in ends if moment is not None]
        return session > seen or (session == seen and bool(known) and self.market_time < min(known))


class ReadAnswer(NamedTuple):
    """The closes of one index in an answer, by session, and what else it has.

    ``blank`` are sessions without a close; ``unusable`` are rows that are none, each with its
    session where that is known, and why.
    """

    closes: Mapping[dt.date, float]
    blank: tuple[dt.date, ...] = ()
    unusable: tuple[tuple[dt.date | None, str], ...] = ()
    word: ProviderWord = ProviderWord()
    reading: Reading | None = None
    rows: int = 0

    @property
    def dates(self) -> set[dt.date]:
        """Every date that it has a row of."""
        return {*self.closes, *self.blank, *(day for day, _ in self.unusable if day)}


def read_answer(body: bytes, whole: bool, feed: Feed, index: Index, context: Context) -> ReadAnswer:
    """Read the closes of an index from an answer.

    Parameters
    ----------
    body
        What came, unpacked.
    whole
        Whether it told where it ends; else a last line without an end is not trusted.
    feed, index
        Where it came from, and what was asked for.
    context
        The known indices, words and exchanges.

    Raises
    ------
    FeedFailure
        If no closes can be read from it, or they are of another index or not daily. The message
        has nothing of the answer in it but names of indices.
    """
    if not body.strip():
        raise FeedFailure("an empty answer")
    if _PAGE.match(body.lstrip()[:_LOOKED_AT]) or b"<html" in body[:_LOOKED_AT].lower():
        raise FeedFailure("a web page instead of closes: a notice, a login or an error")
    word = provider_word(body)
    if feed.symbol and context.registry.find(index.symbol):
        registry = context.registry.also(feed.symbol, index.symbol)
        context = context._replace(registry=registry)
    _refuse_other(word, feed, index, context)
    cut = _without_last_line(body, whole)
    block = _block(cut, feed, index, context)
    if block is None:
        return ReadAnswer({}, word=word)
    own = _only(block, feed, index, context)
    return _from_block(own, context, word, was_cut=len(cut) < len(body))


def _from_block(block: Block, context: Context, word: ProviderWord, *, was_cut: bool) -> ReadAnswer:
    unusable: list[tuple[dt.date | None, str]] = []
    closes: dict[dt.date, float] = {}
    faults = block.faults
    if len(block.frame):
        levels = fold([block], context.registry)
        sessions = levels.frame["session"].tolist()
        levels_text = map(close_text, levels.frame["close"].tolist())
        closes = dict(zip(sessions, map(float, levels_text), strict=True))
        faults = levels.faults
    for fault in faults:
        text = "it has two closes" if " has two closes for " in fault.problem.text else ""
        text = text or "its close cannot be read"
        unusable.append((fault.session, text if fault.session else "a row without a date"))
    if was_cut:
        unusable.append((None, "the last line has no end: the answer may have been cut off"))
    blank = sorted({day for _, day in block.blank} - closes.keys())
    return ReadAnswer(
        closes, tuple(blank), tuple(unusable), word, block.reading, len(block.frame) + len(blank)
    )


def _without_last_line(body: bytes, whole: bool) -> bytes:
    """The answer without a last line that may be half of one: 70035 might have been 70035.71."""
    end = body.rstrip(b" \t")
    text = body.lstrip()[:1] not in {b"{", b"[", b"<"} and not body.startswith(_BINARY)
    if whole or not text or end.endswith((b"\n", b"\r")):
        return body
    return body[: body.rfind(b"\n") + 1]


def _block(body: bytes, feed: Feed, index: Index, context: Context) -> Block | None:
    """The answer as our readers read it; None for one that says that there are no rows."""
    try:
        source = open_source(io.BytesIO(body), feed.name)
        # A table that does not name its index is of the one that was asked for.
        (block,) = read_blocks([source._replace(stem=index.symbol)], feed.reading, context)
    except MarketMoveError as error:
        if is_empty(body):
            return None
        # What names of columns it has is not told: they may be the words of a message.
        why = _NAMES.split(error.problems[0].text)[0]
        raise FeedFailure(f"no closes can be read from the answer: {why}") from None
    return block


def is_empty(body: bytes) -> bool:
    r"""Tell whether an answer is a table or a document of records that has none.

    Examples
    --------
    >>> is_empty(b'{"history": {"columns": ["TRADEDATE", "CLOSE"], "data": []}}')
    True
    >>> is_empty(b'{"error": "limit reached"}'), is_empty(b"Date,Close\n")
    (False, True)
    """
    document = _document(body)
    if document is not None:
        lists = list(_lists(document))
        rows = any(isinstance(one, dict | list) for each in lists for one in each)
        return any(map(_is_headed_and_empty, _objects(document))) or ([] in lists and not rows)
    lines = body.decode("utf-8", "replace").split()
    return len(body.splitlines()) == 1 and len(lines) == 1 and "," in lines[0]


def _is_headed_and_empty(value: Mapping[str, Any]) -> bool:
    """Whether an object has names of columns, and no rows."""
    named = any(isinstance(value.get(key), list) and value[key] for key in ("columns", "fields"))
    return named and value.get("data") == []


def _objects(value: Any, depth: int = 0) -> Iterator[Mapping[str, Any]]:
    if isinstance(value, dict):
        yield value
    children = value.values() if isinstance(value, dict) else value if depth else ()
    if isinstance(value, dict | list) and depth < _DEEP:
        for child in children:
            yield from _objects(child, depth + 1)


def _document(body: bytes) -> Any:
    if body.lstrip()[:1] not in {b"{", b"["}:
        return None
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None


def _lists(value: Any, depth: int = 0) -> Iterator[list[Any]]:
    if isinstance(value, list):
        yield value
    children = value.values() if isinstance(value, dict) else ()
    for child in children if depth < _DEEP else ():
        yield from _lists(child, depth + 1)


def _only(block: Block, feed: Feed, index: Index, context: Context) -> Block:
    """The rows of the index that was asked for, under its symbol.

    Raises
    ------
    FeedFailure
        If there are none, but rows of others.
    """
    ours = [name for name in block.symbols if _is_name(name, feed, index, context)]
    if not ours:
        raise _other(block.symbols, index)
    frame = block.frame.take(block.frame.labels("symbol").are(ours))
    return block._replace(
        frame=frame.assign(symbol=Labels.of([index.symbol] * len(frame))),
        symbols=(index.symbol,),
        faults=tuple(fault for fault in block.faults if fault.symbol in {None, *ours}),
        blank=tuple(row for row in block.blank if row[0] in ours),
    )


def _is_name(name: str, feed: Feed, index: Index, context: Context) -> bool:
    if feed.symbol and name.strip().casefold() == feed.symbol.casefold():
        return True
    found = context.registry.find(name)
    # A name that a share or a fund has too says nothing.
    return found is not None and found.symbol == index.symbol and not found.shares(name)


def _other(names: Sequence[str], index: Index) -> FeedFailure:
    shown = listed([name.strip()[:30] for name in names], 2)
    text = f"the answer is of {shown}, not of {index.symbol}"
    return FeedFailure(f"{text}; where that is its name there, say symbol: in the feed")


def _refuse_other(word: ProviderWord, feed: Feed, index: Index, context: Context) -> None:
    if word.name and not _is_name(word.name, feed, index, context):
        raise _other([word.name], index)
    if word.granularity and word.granularity.lower() not in _DAILY:
        text = f"the answer has a row for each {word.granularity[:10]}, not for each session"
        raise FeedFailure(text)


def provider_word(body: bytes) -> ProviderWord:
    """Find what a JSON answer says beside its closes; nothing in any other.

    Examples
    --------
    >>> provider_word(b'{"meta": {"symbol": "SPX", "interval": "1day"}, "values": []}')[:1]
    ('SPX',)
    """
    said: dict[str, Any] = {}
    for mapping in _mappings(_document(body)):
        for key, value in mapping.items():
            name = _NUMBERED.sub("", str(key)).replace("_", "").replace(" ", "").lower()
            said.setdefault(name, value)
    period = said.get("currenttradingperiod")
    regular = period.get("regular") if isinstance(period, dict) else None
    return ProviderWord(
        name=_text(said.get("symbol") or said.get("ticker")),
        zone=_zone(said.get("exchangetimezonename") or said.get("exchangetimezone")),
        market_time=_moment(said.get("regularmarkettime")),
        regular_end=_moment(regular.get("end")) if isinstance(regular, dict) else None,
        granularity=_text(said.get("datagranularity") or said.get("interval")),
    )


def _mappings(value: Any, depth: int = 0) -> Iterator[Mapping[str, Any]]:
    """The objects of a document that are no records: those in lists of one at most."""
    if depth > _DEEP:
        return
    if isinstance(value, dict):
        yield value
        for child in value.values():
            yield from _mappings(child, depth + 1)
    elif isinstance(value, list) and len(value) == 1 and depth:
        yield from _mappings(value[0], depth + 1)


def _text(value: object) -> str:
    return value.strip() if isinstance(value, str) else ""


def _zone(value: object) -> str:
    try:
        return ZoneInfo(_text(value)).key if _text(value) else ""
    except (LookupError, ValueError, OSError):
        return ""


def _moment(value: object) -> dt.datetime | None:
    """A moment in seconds since 1970."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        return dt.datetime.fromtimestamp(value, dt.UTC)
    except (ValueError, OverflowError, OSError):
        return None


def joined(answers: Iterable[ReadAnswer]) -> ReadAnswer:
    """Give the closes of several answers as of one: of pages, or of sessions.

    Two that contradict each other are neither kept.
    """
    closes: dict[dt.date, float] = {}
    contradicted: set[dt.date] = set()
    every = list(answers)
    for answer in every:
        for day, close in answer.closes.items():
            if closes.setdefault(day, close) != close:
                contradicted.add(day)
    for day in contradicted:
        del closes[day]
    unusable = [row for answer in every for row in answer.unusable]
    unusable += [(day, "it has two closes") for day in sorted(contradicted)]
    blank = {day for answer in every for day in answer.blank} - closes.keys()
    last = every[-1]
    return ReadAnswer(
        closes,
        tuple(sorted(blank)),
        tuple(unusable),
        last.word,
        next((answer.reading for answer in every if answer.reading), None),
        sum(answer.rows for answer in every),
    )
