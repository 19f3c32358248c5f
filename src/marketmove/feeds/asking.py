"""What a feed is asked for, request by request, and what came of it."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Mapping
from typing import NamedTuple
from urllib.parse import quote

from marketmove.feeds import templates
from marketmove.feeds.answer import ReadAnswer, joined, read_answer
from marketmove.feeds.failure import FeedFailure
from marketmove.feeds.judge import MarketFacts
from marketmove.feeds.programs import closes_of_plugin, output_of
from marketmove.feeds.settings import Feed
from marketmove.feeds.state import Validators
from marketmove.market.indices import Index
from marketmove.sources import Context

_MOST_PAGES = 400
# A file that is not there for one date may be there for the next; other failures do not mend so.
_MOST_FAILURES = 3
_NOT_THERE = re.compile(r"answered (404|410)\b")


class Asked(NamedTuple):
    """An index and one of its feeds with its key, and the first date that is wanted."""

    wanted: Index
    feed: Feed
    since: dt.date
    facts: MarketFacts
    key: str = ""


class Page(NamedTuple):
    """An answer to one request: its bytes, None where nothing changed; what tells it again."""

    body: bytes | None
    whole: bool = True
    request: str = ""
    validators: Validators = Validators()


class Ways(NamedTuple):
    """How the world is reached: a URL with headers for what is asked; the process of plug-ins.

    ``turn`` waits for the turn at a host, or at what stands for one.
    """

    get: Callable[[str, Mapping[str, str], Asked], Page]
    turn: Callable[[str], None]
    plugin: tuple[str, ...]
    environment: Mapping[str, str]
    seconds: float
    context: Context


class Fetched(NamedTuple):
    """What a feed gave: closes, None where nothing changed since the last time.

    ``pages`` are the requests that were answered; ``remarks`` say what could not be asked.
    """

    answer: ReadAnswer | None
    pages: tuple[Page, ...] = ()
    remarks: tuple[str, ...] = ()


def ask(asked: Asked, ways: Ways) -> Fetched:
    """Ask one feed for the closes of an index.

    Raises
    ------
    FeedFailure
        If it gives nothing that can be used.
    """
    feed, index = asked.feed, asked.wanted
    if feed.by_session:
        return _by_session(asked, ways)
    if feed.way == "url":
        return _by_page(asked, ways)
    if feed.way == "command":
        page = _run(asked, ways, asked.since)
    else:
        # A plug-in asks for an index by its names; how it was rebased is ours to know.
        wanted = index._replace(symbol=feed.symbol or index.symbol, rebased=())
        job = {"plugin": feed.plugin, "index": list(wanted), "since": asked.since.isoformat()}
        ways.turn(f"plug-in {feed.plugin}")
        page = Page(closes_of_plugin(ways.plugin, job, ways.environment, ways.seconds))
    return Fetched(_read(page, asked, ways), (page,))


def _read(page: Page, asked: Asked, ways: Ways) -> ReadAnswer | None:
    if page.body is None:
        return None
    return read_answer(page.body, page.whole, asked.feed, asked.wanted, ways.context)


def _values(asked: Asked, session: dt.date) -> dict[str, templates.Value]:
    return {
        "from": asked.since,
        "to": max(asked.since, asked.facts.today),
        "session": session,
        "symbol": asked.feed.symbol or asked.wanted.symbol,
        "key": asked.key,
    }


def _run(asked: Asked, ways: Ways, session: dt.date) -> Page:
    values = _values(asked, session)
    command = [templates.filled(word, values, in_url=False) for word in asked.feed.command]
    return Page(output_of(command, ways.seconds))


def _get(asked: Asked, ways: Ways, template: str, values: Mapping[str, templates.Value]) -> Page:
    headers = {
        name: templates.filled(value, values, in_url=False) for name, value in asked.feed.headers
    }
    return ways.get(templates.filled(template, values, in_url=True), headers, asked)


def _by_session(asked: Asked, ways: Ways) -> Fetched:
    """Ask for each session by itself, the oldest first; one that is not there stops no other."""
    feed = asked.feed
    pages: list[Page] = []
    answers: list[ReadAnswer] = []
    failures: list[tuple[dt.date, FeedFailure]] = []
    known: set[str] = set()
    others = 0
    for session in asked.facts.sessions(asked.since, asked.facts.newest):
        values = _values(asked, session)
        # A template of months has one address for many sessions.
        address = templates.filled(feed.url or "\n".join(feed.command), values, in_url=False)
        if address in known:
            continue
        known.add(address)
        try:
            command = feed.way == "command"
            page = _run(asked, ways, session) if command else _get(asked, ways, feed.url, values)
            answer = _read(page, asked, ways)
        except FeedFailure as failure:
            failures.append((session, failure))
            others += not _NOT_THERE.search(failure.reason)
            if failure.wait_s is not None or others >= _MOST_FAILURES:
                break
            continue
        pages.append(page)
        answers += [] if answer is None else [answer]
    if not pages:
        raise failures[-1][1] if failures else FeedFailure("no session is over since then")
    remarks = tuple(f"{session}: {failure.reason}" for session, failure in failures)
    return Fetched(joined(answers) if answers else None, tuple(pages), remarks)


def _by_page(asked: Asked, ways: Ways) -> Fetched:
    """Ask for the closes, page after page where the feed says how, until one has nothing new."""
    values = _values(asked, asked.since)
    pages = [_get(asked, ways, asked.feed.url, values)]
    first = _read(pages[0], asked, ways)
    if first is None or not asked.feed.next_url:
        return Fetched(first, tuple(pages))
    answers, remarks = [first], list[str]()
    seen, new, rows = set(first.dates), first.dates, first.rows
    while new:
        if len(pages) >= _MOST_PAGES:
            remarks.append(f"more than {_MOST_PAGES} pages; the rest was not asked for")
            break
        at: dict[str, templates.Value] = {
            "rows": rows,
            "page": len(pages) + 1,
            "last": max(new),
        }
        try:
            page = _get(asked, ways, asked.feed.next_url, values | at)
            found = _read(page, asked, ways)
        except FeedFailure as failure:
            remarks.append(f"page {len(pages) + 1}: {failure.reason}")
            break
        if found is None:
            break
        pages.append(page)
        answers.append(found)
        rows += found.rows
        new = found.dates - seen
        seen |= new
    return Fetched(joined(answers), tuple(pages), tuple(remarks))


def label_of(feed: Feed) -> str:
    """Give what people see of where a feed asks: never what stands behind the ``?`` of a URL.

    Examples
    --------
    >>> label_of(Feed("x", "url", url="https://example.org/eod/{symbol}?api_token=s3cret"))
    'https://example.org/eod/{symbol}'
    """
    if feed.way == "plugin":
        return f"the plug-in {feed.plugin}"
    if feed.way == "command":
        return f"the command {feed.command[0]}"
    return feed.url.partition("?")[0].partition("#")[0]


def without(text: str, secret: str) -> str:
    """Give a text without a secret, also as it is in a URL.

    Examples
    --------
    >>> without("no such key: a&b, a%26b", "a&b")
    'no such key: …, …'
    """
    for form in filter(None, (secret, quote(secret, safe=""))):
        text = text.replace(form, "…")
    return text
