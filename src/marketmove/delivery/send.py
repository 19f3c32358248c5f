"""One delivery through apprise, and why it failed, in words that have no secret in them."""

from __future__ import annotations

import http
import logging
import re
import sys
from typing import Any

from marketmove.delivery.targets import Message

_MAIL = ("mailto", "mailtos")
# What libraries say, URLs and all, is never passed on; only which of these it is.
_REASONS = (
    (r"Connection refused", "the connection was refused"),
    (r"getaddrinfo|[Nn]ame resolution|NameResolution|not known", "its host is not known"),
    (r"unreachable|No route to host", "there is no way to its host"),
    (r"CERTIFICATE|certificate", "its certificate is not one to trust"),
    (r"SSL|STARTTLS", "no secure connection could be made"),
    (r"AUTH extension", "its server takes no login"),
    (r"timed out|[Tt]imeout", "its server did not answer in time"),
    (r"unexpectedly closed|reset by peer|RemoteDisconnected|aborted", "its server hung up"),
)
_HTTP_STATUS = re.compile(r"\berror=([1-5][0-9]{2})\b")
_SMTP_STATUS = re.compile(r"\(([245][0-9]{2}), b['\"]|was refused: ([245][0-9]{2})\b")


class _Said(logging.Handler):
    """Keeps what is logged, and prints nothing."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep one line."""
        self.lines.append(record.getMessage())


def send(url: str, message: Message, seconds: float) -> str:
    """Deliver a message to a URL; give why it could not be, empty if it was.

    Mail gets its text and its HTML; all else the body wanted. Apprise's own limits of time hold.
    """
    import apprise

    said = _Said()
    logger = logging.getLogger("apprise")
    logger.addHandler(said)
    logger.setLevel(logging.DEBUG)
    logger.propagate = False
    asset = apprise.AppriseAsset(app_id="marketmove", app_desc="marketmove", app_url="")
    service: Any = apprise.Apprise.instantiate(url, asset=asset, suppress_exceptions=True)
    if service is None:
        return "its URL is not one that apprise knows"
    for option, limit in (("cto=", "socket_connect_timeout"), ("rto=", "socket_read_timeout")):
        if option not in url:
            setattr(service, limit, float(seconds))
    mail = url.partition("://")[0].lower() in _MAIL
    title, body, body_format = message.title, message.body, message.body_format
    if mail:
        title, body, body_format = message.subject, message.html, "html"
        _with_text(service, message.text)
    elif "overflow=" not in url:
        service.overflow_mode = apprise.OverflowMode.SPLIT
    sender = apprise.Apprise(asset=asset)
    sender.add(service)
    try:
        done = bool(sender.notify(body=body, title=title, body_format=body_format))
    except Exception as error:  # noqa: BLE001 - whatever a plugin raises is a failed delivery
        said.lines.append(f"{type(error).__name__}: {error}")
        done = False
    return "" if done else reason(said.lines)


def _with_text(service: Any, text: str) -> None:
    """Have mail get our text beside the HTML, where apprise would make one out of the HTML."""
    module = sys.modules[type(service).send.__module__]
    convert = getattr(module, "convert_between", None)
    if convert is not None:

        def ours(source: Any, target: Any, *rest: Any, **named: Any) -> Any:
            plain = str(getattr(target, "value", target)) == "text"
            return text if plain else convert(source, target, *rest, **named)

        module.convert_between = ours  # type: ignore[attr-defined]


def reason(lines: list[str]) -> str:
    """Say why a delivery failed, by what was logged; nothing of that is passed on.

    >>> reason(["Failed to send JSON POST notification: error=500."])
    'its server answered 500 (Internal Server Error)'
    >>> reason(["Socket Exception: (535, b'5.7.8 no such user me:s3cret')"])
    'its server answered 535'
    >>> reason(["HTTPConnectionPool: /s3cret ([Errno 111] Connection refused)"])
    'the connection was refused'
    """
    text = "\n".join(lines)
    if match := _HTTP_STATUS.search(text):
        status = int(match[1])
        known = {one.value: one.phrase for one in http.HTTPStatus}
        phrase = f" ({known[status]})" if status in known else ""
        return f"its server answered {status}{phrase}"
    if match := _SMTP_STATUS.search(text):
        return f"its server answered {match[1] or match[2]}"
    found = (words for pattern, words in _REASONS if re.search(pattern, text))
    return next(found, "it was not accepted")


def takes_pages(url: str) -> bool:
    """placeholder"""
    return True
