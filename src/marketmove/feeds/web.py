"""HTTP with manners: few requests, patience with limits, nothing kept that is not wanted.

``requests`` with urllib3's ``Retry``; they are the extra ``fetch``.
"""

from __future__ import annotations

import functools
import http
import re
import time
import zlib
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple
from urllib.parse import urljoin, urlsplit

import requests
import urllib3
from requests.adapters import HTTPAdapter
from urllib3.exceptions import HTTPError, InvalidHeader
from urllib3.util.retry import Retry

from marketmove import __version__
from marketmove.feeds.failure import MOST_BYTES, FeedFailure, within
from marketmove.feeds.settings import is_loopback
from marketmove.feeds.state import Validators

_CONNECT_S, _SILENCE_S = 10.0, 30.0
_RETRIES, _REDIRECTS = 2, 5
_LONGEST_WAIT_S = 60.0
_BUSY = (429, 500, 502, 503, 504)
_PIECE = 1 << 16
_ENDED_EARLY = frozenset(["the answer was cut off", "its server hung up"])
# zlib tells gzip from its own form.
_EITHER_FORM = 47
_REASONS = (
    (r"refused", "the connection was refused"),
    (r"getaddrinfo|[Nn]ame resolution|NameResolution|not known", "its host was not found"),
    (r"unreachable|No route to host", "its host cannot be reached"),
    (r"timed out|[Tt]imeout", "its server did not answer in time"),
    (r"IncompleteRead|InvalidChunk|more expected", "the answer was cut off"),
    (r"reset by peer|RemoteDisconnected|aborted|closed", "its server hung up"),
)


class WebRequest(NamedTuple):
    """What is asked: ``label`` is what people see of the URL, which is ``secret`` with a key."""

    url: str
    label: str
    headers: Mapping[str, str] = {}
    secret: bool = False
    validators: Validators = Validators()

    def __repr__(self) -> str:
        return f"<WebRequest {self.label}>"


class WebAnswer(NamedTuple):
    """What came: the bytes, unpacked; None where nothing changed since the last answer.

    ``whole`` says that the answer told where it ends.
    """

    body: bytes | None
    whole: bool = True
    status: int = 200
    content_type: str = ""
    etag: str = ""
    modified: str = ""


class Manners(NamedTuple):
    """How a server is treated: ``turn`` waits for the turn at a host, ``seconds`` is the limit."""

    turn: Callable[[str], None]
    seconds: float


def get(request: WebRequest, manners: Manners) -> WebAnswer:
    """Ask a server once, with patience, and give its answer.

    Raises
    ------
    FeedFailure
        If there is none that can be used, or not in time.
    """
    until = time.monotonic() + manners.seconds
    return within(manners.seconds, lambda: _get(request, manners, until))


def _get(request: WebRequest, manners: Manners, until: float) -> WebAnswer:
    try:
        return _asked(request, manners, until)
    except (requests.RequestException, HTTPError, OSError) as error:
        first = _reason(error)
    if first not in _ENDED_EARLY or time.monotonic() + 1 > until:
        raise FeedFailure(first)
    try:
        return _asked(request, manners, until)
    except (requests.RequestException, HTTPError, OSError) as error:
        raise FeedFailure(_reason(error)) from None


def _asked(request: WebRequest, manners: Manners, until: float) -> WebAnswer:
    """Follow redirects, within one host where there is a key, until there is an answer."""
    url = request.url
    with requests.Session() as session:
        # No login of a file of the user's is sent along.
        session.auth = _as_it_is
        for _ in range(_REDIRECTS + 1):
            turn = functools.partial(manners.turn, urlsplit(url).netloc)
            adapter = HTTPAdapter(max_retries=Patience.of(until, turn))
            session.mount("https://", adapter)
            session.mount("http://", adapter)
            turn()
            with session.get(
                url,
                headers=_headers(request),
                stream=True,
                allow_redirects=False,
                timeout=(_CONNECT_S, _SILENCE_S),
            ) as response:
                if not response.is_redirect:
                    return _answer(response)
                url = _redirected(url, response.headers["Location"], request)
    raise FeedFailure("its server redirects without end")


def _as_it_is(prepared: requests.PreparedRequest) -> requests.PreparedRequest:
    return prepared


def _headers(request: WebRequest) -> dict[str, str]:
    headers = {
        "User-Agent": f"marketmove/{__version__}",
        "Accept": "*/*",
        "Accept-Encoding": "gzip",
    }
    if request.validators.etag:
        headers["If-None-Match"] = request.validators.etag
    if request.validators.modified:
        headers["If-Modified-Since"] = request.validators.modified
    return headers | dict(request.headers)


def _redirected(url: str, location: str, request: WebRequest) -> str:
    """Where a redirect leads, if it may be followed."""
    there = urljoin(url, location)
    old, new = urlsplit(url), urlsplit(there)
    host = new.hostname or "nowhere"
    if new.scheme != "https" and not (new.scheme == "http" and is_loopback(host)):
        raise FeedFailure(f"its server redirects to an address that is not https, at {host}")
    if is_loopback(host) and not is_loopback(old.hostname or ""):
        raise FeedFailure("its server redirects to this machine itself")
    if request.secret and (new.scheme, new.netloc) != (old.scheme, old.netloc):
        raise FeedFailure(
            f"its server redirects to another host, {host}, which must not get the key"
        )
    return there


def _answer(response: requests.Response) -> WebAnswer:
    status = response.status_code
    if status == http.HTTPStatus.NOT_MODIFIED:
        return WebAnswer(None, status=status)
    if status != http.HTTPStatus.OK:
        raise FeedFailure(_status_text(status), _wait_s(response.raw) if status in _BUSY else None)
    body, whole = _body(response.raw)
    kind, etag, modified = (
        response.headers.get(name, "") for name in ("Content-Type", "ETag", "Last-Modified")
    )
    return WebAnswer(body, whole, status, kind, etag, modified)


def _status_text(status: int) -> str:
    known = {one.value: one.phrase for one in http.HTTPStatus}
    phrase = f" ({known[status]})" if status in known else ""
    advice = {401: ": is the key right?", 403: ": is the key right, or a header wanted?"}
    return f"its server answered {status}{phrase}{advice.get(status, '')}"


def _body(raw: Any) -> tuple[bytes, bool]:
    """The bytes of an answer, unpacked, and whether it told where it ends."""
    data = bytearray()
    for piece in raw.stream(_PIECE, decode_content=False):
        data += piece
        if len(data) > MOST_BYTES:
            raise FeedFailure(f"the answer is larger than {MOST_BYTES >> 20} MB")
    packed = raw.headers.get("Content-Encoding", "identity").strip().lower()
    whole = "Content-Length" in raw.headers or raw.chunked
    if packed in {"", "identity"}:
        return bytes(data), whole
    if packed not in {"gzip", "x-gzip", "deflate"}:
        raise FeedFailure("the answer is compressed in a way that was not asked for")
    return unpacked(bytes(data)), True


def unpacked(data: bytes) -> bytes:
    """Unpack gzip, and never more than an answer may have.

    Raises
    ------
    FeedFailure
        If it is damaged, cut off, or swells too much.
    """
    codec = zlib.decompressobj(_EITHER_FORM)
    try:
        body = codec.decompress(data, MOST_BYTES)
    except zlib.error:
        raise FeedFailure("the answer is compressed, and damaged") from None
    if codec.unconsumed_tail:
        raise FeedFailure(f"the answer unpacks to more than {MOST_BYTES >> 20} MB")
    if not codec.eof:
        raise FeedFailure("the answer was cut off")
    return body


class Patience(Retry):
    """Tries again what may be better a moment later; waits as it is told to, but not for long."""

    until = 0.0
    turn: Callable[[], None]

    @classmethod
    def of(cls, until: float, turn: Callable[[], None]) -> Patience:
        """Give the patience of a request that has to be done at a moment of the monotonic clock.

        ``turn`` waits for the turn of another try.
        """
        patience = cls(
            total=_RETRIES,
            status_forcelist=_BUSY,
            allowed_methods=["GET"],
            raise_on_status=False,
            redirect=0,
        )
        patience.until, patience.turn = until, turn
        return patience

    def new(self, **changes: Any) -> Patience:
        """Give the patience that is left."""
        left = super().new(**changes)
        left.until, left.turn = self.until, self.turn
        return left

    def sleep(self, response: urllib3.BaseHTTPResponse | None = None) -> None:
        """Wait as long as the server wants, else a second, then two.

        Raises
        ------
        FeedFailure
            If that is too long.
        """
        told = _wait_s(response) if response is not None else None
        wait = max(1.0, 2.0 ** (len(self.history) - 1) if told is None else told)
        status = response.status if response is not None else None
        if wait > _LONGEST_WAIT_S or time.monotonic() + wait > self.until:
            text = _status_text(status) if status else "its server hung up"
            raise FeedFailure(text, told)
        time.sleep(wait)
        self.turn()


def _wait_s(response: urllib3.BaseHTTPResponse) -> float | None:
    """How long a server wants no other request, in seconds, if it says so."""
    try:
        return Retry().get_retry_after(response)
    except InvalidHeader:
        return None


def _reason(error: Exception) -> str:
    """Say why there is no answer; nothing of what libraries say is passed on."""
    if isinstance(error, requests.exceptions.SSLError):
        return "its certificate is not trusted"
    text = f"{type(error).__name__} {error!r}"
    found = (words for pattern, words in _REASONS if re.search(pattern, text))
    return next(found, "the answer cannot be read")
