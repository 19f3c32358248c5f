"""A provider of closes on this machine: real HTTP, scripted answer by answer."""

from __future__ import annotations

import http.server
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

import pytest

Handler = http.server.BaseHTTPRequestHandler


class Reply(NamedTuple):
    """An answer: its body and status, headers beside the length, or what does it all by itself."""

    body: bytes = b""
    status: int = 200
    headers: Mapping[str, str] = MappingProxyType({})
    act: Callable[[Handler], None] | None = None
    sized: bool = True


class Asked(NamedTuple):
    """A request that came: its path with the query, its headers, and when."""

    path: str
    headers: dict[str, str]
    at: float


class Provider:
    """A server of its own port; what it is asked for has one answer after the other."""

    def __init__(self) -> None:
        self.asked: list[Asked] = []
        self._replies: dict[str, list[Reply]] = {}
        provider = self

        class Answering(Handler):
            def do_GET(self) -> None:  # noqa: N802 - the name that the library calls
                provider._answer(self)

            def log_message(self, *_: object) -> None:
                return

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Answering)
        self._server.daemon_threads = True
        # What hangs up on purpose is no fault of the test.
        self._server.handle_error = lambda *_: None  # type: ignore[method-assign]
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))
        self._thread.start()

    @property
    def port(self) -> int:
        return self._server.server_port

    def serve(self, path: str, *replies: Reply | bytes | str) -> str:
        """Answer a path, whatever its query, with replies in turn; the last stays. Give its URL."""
        self._replies[path] = [
            reply if isinstance(reply, Reply) else Reply(_bytes(reply)) for reply in replies
        ]
        return f"http://127.0.0.1:{self.port}{path}"

    def close(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def _answer(self, handler: Handler) -> None:
        self.asked.append(Asked(handler.path, dict(handler.headers), time.monotonic()))
        replies = self._replies.get(handler.path.partition("?")[0], [Reply(b"no such page", 404)])
        reply = replies.pop(0) if len(replies) > 1 else replies[0]
        if reply.act is not None:
            reply.act(handler)
            return
        handler.send_response(reply.status)
        for name, value in reply.headers.items():
            handler.send_header(name, value)
        if reply.sized:
            handler.send_header("Content-Length", str(len(reply.body)))
        handler.end_headers()
        handler.wfile.write(reply.body)


def _bytes(text: bytes | str) -> bytes:
    return text.encode() if isinstance(text, str) else text


@pytest.fixture
def provider() -> Iterator[Provider]:
    one = Provider()
    yield one
    one.close()


@pytest.fixture
def providers() -> Iterator[Callable[[], Provider]]:
    """Make as many as are wanted: a host is asked once a second."""
    made: list[Provider] = []

    def make() -> Provider:
        made.append(Provider())
        return made[-1]

    yield make
    for one in made:
        one.close()


def hang_up(handler: Any) -> None:
    handler.connection.setsockopt(1, 13, b"\x01\x00\x00\x00\x00\x00\x00\x00")  # SO_LINGER: reset
    handler.connection.close()
