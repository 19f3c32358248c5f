"""`marketmove fetch`: closes from feeds into the archive."""

from __future__ import annotations

import datetime as dt
import queue
import tempfile
import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import ExitStack
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from marketmove.config import Config
from marketmove.errors import WrongUsageError, listed
from marketmove.feeds.failure import FeedFailure
from marketmove.feeds.plugins import plugin_names
from marketmove.feeds.providers import providers
from marketmove.feeds.settings import Feed, named_feed
from marketmove.market import calendars
from marketmove.market.choose import volatility_indices
from marketmove.market.groups import Group
from marketmove.market.indices import Index
from marketmove.market.names import find_indices
from marketmove.reports.records import FetchReport
from marketmove.secret import read_secret

if TYPE_CHECKING:
    from marketmove.feeds.fetching import IndexAsked, IndexFetched, Tried

_AT_ONCE = 8
# Many providers are a quarter of an hour behind: what they give before is a figure from before the
# close.
_BEHIND = dt.timedelta(minutes=15)
_NO_FEEDS = (
    "no feeds are configured; set some under feeds: (marketmove init writes a configuration with"
    " examples), or name a provider: marketmove fetch N225 --feed nikkei"
)


class FetchRequest(NamedTuple):
    """What was asked: which indices, of which feed, from when, and how the world is reached.

    ``as_of`` is the moment by which closes have to be final, and ``now`` gives that of the clock,
    which hosts are asked by; ``plugin`` starts the process of a plug-in in ``environment``, where
    keys are too; ``seconds`` is how long one answer may take.
    """

    chosen: tuple[str, ...]
    groups: tuple[Group, ...]
    config: Config
    since: dt.date | None
    feed: str | None
    explain: bool
    seconds: float
    as_of: dt.datetime
    now: Callable[[], dt.datetime]
    plugin: tuple[str, ...]
    environment: Mapping[str, str]


def fetch(request: FetchRequest, progress: Callable[[str, Tried], None]) -> FetchReport:
    """Ask the feeds of each index, judge what they give, and store what is a close.

    ``progress`` is told of each feed that was asked, from several threads.

    Raises
    ------
    WrongUsageError
        If there is no feed for what was asked, or an extra lacks.
    OutputError
        If the archive cannot be written.
    """
    folder = request.config.archive
    if folder is None:
        text = "there is no home folder for the archive; set archive: in the configuration"
        raise WrongUsageError.at(None, text)
    feeds = _feeds(request)
    _refuse_lacking(feeds)

    # These load numpy and requests, which are not wanted before it is clear what to ask.
    from marketmove.feeds.asking import Ways
    from marketmove.feeds.fetching import Store, explain_index, fetch_index
    from marketmove.feeds.state import State
    from marketmove.feeds.visits import Visits
    from marketmove.sources import Context

    config = request.config
    with ExitStack() as stack:
        memory = folder
        if request.explain and not folder.is_dir():
            memory = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        state = State(memory)
        state.prepare()
        visits = Visits(
            state, folder, request.now, time.sleep, request.seconds, conditional=not request.explain
        )
        ways = Ways(
            visits,
            visits.turn,
            request.plugin,
            request.environment,
            request.seconds,
            Context(config.registry, config.words, config.exchanges),
        )
        store = Store(folder, state, f"{request.now():%Y-%m-%dT%H:%M:%SZ}")
        one = explain_index if request.explain else fetch_index
        asked = _asked(feeds, request)
        found = _in_parallel(asked, lambda each: one(each, store, ways, progress))
    return FetchReport(
        str(folder), request.as_of, tuple(found), request.explain, bool(config.levels)
    )


def _feeds(request: FetchRequest) -> dict[str, tuple[Feed, ...]]:
    """The feeds of the indices that were asked for, by symbol, in the order asked."""
    config = request.config
    registry, own = config.registry, [*config.feeds] or [*config.registry.indices]
    named = [
        symbol
        for text in request.chosen
        for symbol in find_indices(text, own, registry, "marketmove indices lists all")
    ]
    named += [s for group in request.groups for s in group.symbols if s in config.feeds]
    symbols = list(dict.fromkeys(named)) or list(config.feeds)
    if request.groups and not named:
        names = listed([group.name for group in request.groups])
        raise WrongUsageError.at(None, f"no index of {names} has a feed; set one under feeds:")
    if not symbols:
        raise WrongUsageError.at(None, _NO_FEEDS)
    feeds = {symbol: config.feeds.get(symbol, ()) for symbol in symbols}
    if request.feed is not None:
        feeds = _of_name(feeds, request.feed, bool(request.chosen))
    lacking = [symbol for symbol, given in feeds.items() if not given]
    if lacking:
        text = f"no feed for {listed(lacking, 3)}; set one under feeds: in the configuration"
        raise WrongUsageError.at(None, text)
    return feeds


def _of_name(
    feeds: Mapping[str, tuple[Feed, ...]], name: str, were_chosen: bool
) -> dict[str, tuple[Feed, ...]]:
    """The feeds of one name; chosen indices need no configuration for a provider or a plug-in."""
    own = {symbol: tuple(f for f in given if f.name == name) for symbol, given in feeds.items()}
    if were_chosen and name in (*providers(), *plugin_names()):
        try:
            return {symbol: given or (named_feed(name, symbol),) for symbol, given in own.items()}
        except ValueError as error:
            raise WrongUsageError.at(None, f"--feed: {error}") from None
    own = {symbol: given for symbol, given in own.items() if given}
    if not own:
        names = [feed.name for given in feeds.values() for feed in given]
        if were_chosen:
            names += [by_name for by_name, one in providers().items() if {*one.feeds} & {*feeds}]
            names += plugin_names()
        known = listed([*dict.fromkeys(names)], 5) if names else "none"
        raise WrongUsageError.at(None, f"--feed: no feed is called {name}; there is {known}")
    return own


def _refuse_lacking(feeds: Mapping[str, Sequence[Feed]]) -> None:
    """Refuse feeds that need what is not installed."""
    if find_spec("requests") is None:
        text = "fetching needs requests; type: python3 -m pip install 'marketmove[fetch]'"
        raise WrongUsageError.at(None, text)
    known = plugin_names()
    for feed in (feed for given in feeds.values() for feed in given):
        if feed.plugin and feed.plugin not in known:
            names = sorted({*known, *providers()})
            text = f"no provider or plug-in is called {feed.plugin}; there is {listed(names)}"
            raise WrongUsageError.at(feed.place, text)


def _asked(feeds: Mapping[str, tuple[Feed, ...]], request: FetchRequest) -> list[IndexAsked]:
    from marketmove.feeds.fetching import IndexAsked
    from marketmove.feeds.judge import MarketFacts

    config = request.config
    indices: dict[str, Index] = {symbol: config.registry.indices[symbol] for symbol in feeds}
    known = calendars.load(
        [index.exchange for index in indices.values() if index.exchange], config.sessions
    )
    volatile = volatility_indices(config.groups, feeds)
    return [
        IndexAsked(
            indices[symbol],
            given,
            {feed.name: _key(feed, request.environment) for feed in given if feed.key},
            MarketFacts(
                symbol,
                config.exchanges.get(indices[symbol].exchange),
                known.get(indices[symbol].exchange),
                request.as_of - _BEHIND,
                symbol in volatile,
                indices[symbol].levels,
            ),
            request.since,
        )
        for symbol, given in feeds.items()
    ]


def _key(feed: Feed, environment: Mapping[str, str]) -> str | FeedFailure:
    if feed.key is None:
        return ""
    try:
        return read_secret(feed.key, environment, "key")
    except ValueError as error:
        return FeedFailure(f"its key {feed.key.name}: {error}")


def _in_parallel(
    items: Iterable[IndexAsked], work: Callable[[IndexAsked], IndexFetched]
) -> list[IndexFetched]:
    """Do work for each item, some at once, in threads that an interrupted run leaves behind."""
    waiting: queue.SimpleQueue[tuple[int, IndexAsked]] = queue.SimpleQueue()
    done: queue.SimpleQueue[tuple[int, IndexFetched | BaseException]] = queue.SimpleQueue()
    count = 0
    for count, item in enumerate(items, start=1):
        waiting.put((count, item))

    def run() -> None:
        while True:
            try:
                number, item = waiting.get_nowait()
            except queue.Empty:
                return
            try:
                done.put((number, work(item)))
            except BaseException as error:  # noqa: BLE001 - raised where it is waited for
                done.put((number, error))

    for _ in range(min(_AT_ONCE, count)):
        threading.Thread(target=run, daemon=True).start()
    found: dict[int, IndexFetched] = {}
    while len(found) < count:
        number, result = done.get()
        if isinstance(result, BaseException):
            raise result
        found[number] = result
    return [found[number] for number in sorted(found)]
