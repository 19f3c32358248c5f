"""Requests of one run: in turn at each host, not before it wants one, and none of them twice."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from urllib.parse import urlsplit

from marketmove.feeds.archive import archive_file, read_rows
from marketmove.feeds.asking import Asked, Page, label_of
from marketmove.feeds.failure import FeedFailure
from marketmove.feeds.fetching import still_there
from marketmove.feeds.state import State, Validators
from marketmove.feeds.web import Manners, WebAnswer, WebRequest, get

_SPACING_S = 1.0
_Key = tuple[str, tuple[tuple[str, str], ...], Validators]


class Visits:
    """Asks hosts for what feeds want; what several indices want of one URL comes once.

    Parameters
    ----------
    state, folder
        What is remembered of hosts and answers, and the archive whose rows tell whether it holds.
    now
        Gives the moment.
    wait
        Waits for some seconds.
    seconds
        How long one answer may take.
    conditional
        Whether an answer that is known already may stay away.
    """

    def __init__(
        self,
        state: State,
        folder: Path,
        now: Callable[[], dt.datetime],
        wait: Callable[[float], None],
        seconds: float,
        *,
        conditional: bool,
    ) -> None:
        self._state, self._folder, self._now, self._wait = state, folder, now, wait
        self._seconds, self._conditional = seconds, conditional
        self._answers: dict[_Key, WebAnswer] = {}
        self._locks: dict[_Key, threading.Lock] = {}

    def __call__(self, url: str, headers: Mapping[str, str], asked: Asked) -> Page:
        """Ask for a URL.

        Raises
        ------
        FeedFailure
            If there is no answer that can be used, or the host wants no request yet.
        """
        symbol = asked.wanted.symbol
        request = f"{symbol} {url}"
        known = self._known(request, symbol)
        key = (url, tuple(headers.items()), known)
        with self._locks.setdefault(key, threading.Lock()):
            answer = self._answers.get(key) or self._get(url, headers, asked, known)
            self._answers[key] = answer
        validators = Validators(answer.etag, answer.modified)
        return Page(answer.body, answer.whole, request, validators)

    def _known(self, request: str, symbol: str) -> Validators:
        if not self._conditional:
            return Validators()
        found = self._state.validators(request)
        if not found.rows:
            return Validators()
        rows = read_rows(archive_file(self._folder, symbol))
        return found if still_there(rows, found.rows) else Validators()

    def _get(
        self, url: str, headers: Mapping[str, str], asked: Asked, known: Validators
    ) -> WebAnswer:
        host = urlsplit(url).netloc
        until = self._state.not_before(host)
        if until > self._now().timestamp():
            moment = dt.datetime.fromtimestamp(until, dt.UTC)
            text = f"its server accepts no request before {moment:%Y-%m-%d %H:%M:%S} UTC"
            raise FeedFailure(text)
        request = WebRequest(url, label_of(asked.feed), headers, bool(asked.key), known)
        try:
            return get(request, Manners(self.turn, self._seconds))
        except FeedFailure as failure:
            if failure.wait_s is not None:
                self._state.wait_until(host, self._now().timestamp() + failure.wait_s)
            raise

    def turn(self, host: str) -> None:
        """Wait for the turn at a host, over all runs."""
        self._wait(self._state.turn(host, self._now().timestamp(), _SPACING_S))
