"""A web server and a mail server on this machine, to deliver to, and the summary that is sent."""

from __future__ import annotations

import email
import email.policy
import http.server
import json
import socket
import threading
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

from program import SAMPLE_CLOSES, Ran, run_process

if TYPE_CHECKING:
    from collections.abc import Iterator
    from email.message import EmailMessage
    from pathlib import Path

FEBRUARY_14 = ("summary", "2025-02-14", "--levels", SAMPLE_CLOSES, "-i", "HSI", "-i", "N225")
HEADLINE = (
    "Hang Seng up 3.69%, its best session since 2 October 2024; Nikkei 225 down 0.79%:"
    " the widest gap between the two since 6 November 2024."
)
SECRET = "s3cretT0ken"  # noqa: S105 - of no use to anybody


class Got(NamedTuple):
    """A request that the web server got."""

    path: str
    headers: dict[str, str]
    body: Any


class Web(NamedTuple):
    """A web server: its port, what it got, and with which status it answers."""

    port: int
    got: list[Got]
    answers: list[int]

    def url(self, path: str = SECRET) -> str:
        return f"json://127.0.0.1:{self.port}/{path}"


@pytest.fixture
def web() -> Iterator[Web]:
    got: list[Got] = []
    answers = [200]

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            got.append(Got(self.path, dict(self.headers), json.loads(body)))
            self.send_response(answers[0])
            self.end_headers()

        def log_message(self, *_: object) -> None:
            return

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield Web(server.server_port, got, answers)
    server.shutdown()
    thread.join()
    server.server_close()


class Mail(NamedTuple):
    """A mail server: its port, what it got, and how it answers."""

    port: int
    got: list[EmailMessage]
    answers: list[str]

    def url(self, user: str = "") -> str:
        return (
            f"mailto://{user}127.0.0.1:{self.port}/?from=markets@example.com"
            "&to=desk@example.com&mode=insecure"
        )


@pytest.fixture
def mail() -> Iterator[Mail]:
    """An SMTP server of a few lines, which takes mail and a login, and knows one password."""
    got: list[EmailMessage] = []
    answers = ["250 taken"]
    listener = socket.create_server(("127.0.0.1", 0))
    threads = [threading.Thread(target=serve_mail, args=(listener, got, answers), daemon=True)]
    threads[0].start()
    yield Mail(listener.getsockname()[1], got, answers)
    listener.close()


def serve_mail(listener: socket.socket, got: list[EmailMessage], answers: list[str]) -> None:
    """Take mail from whoever connects, one after the other."""
    while True:
        try:
            connection, _ = listener.accept()
        except OSError:
            return
        with connection, connection.makefile("rwb") as stream:
            _talk(stream, got, answers)


def _talk(stream: Any, got: list[EmailMessage], answers: list[str]) -> None:
    def say(text: str) -> None:
        stream.write(f"{text}\r\n".encode())
        stream.flush()

    say("220 mail.example.com")
    while line := stream.readline():
        word = line[:4].upper()
        if word == b"EHLO":
            say("250-mail.example.com\r\n250 AUTH PLAIN")
        elif word == b"AUTH":
            say(f"535 5.7.8 no {SECRET} here")
        elif word == b"DATA":
            say("354 go on")
            lines = iter(stream.readline, b".\r\n")
            data = b"".join(line.removeprefix(b".") for line in lines)
            if answers[0].startswith("2"):
                policy = email.policy.default
                got.append(email.message_from_bytes(data, policy=policy))
            say(answers[0])
        elif word == b"QUIT":
            say("221 bye")
            return
        else:
            say("250 fine")


def summary(*arguments: str | Path, **environment: str) -> Ran:
    """Run the summary as a process, which shows no secret."""
    ran = run_process(*FEBRUARY_14, *arguments, environment=environment)
    assert SECRET not in ran.stdout + ran.stderr
    return ran
