"""One delivery through apprise, and why it failed, in words that have no secret in them."""

from __future__ import annotations

import http
import json
import logging
import re
import sys
from typing import Any

from marketmove.delivery.chats import BRIDGE, DIALECTS, PLAIN, Dialect, Limits, Piece, pieces
from marketmove.delivery.targets import Message

# The plug-ins of what is read by a program, which gets the body in the format asked for.
_PROGRAMS = frozenset(["NotifyJSON", "NotifyForm", "NotifyXML", "NotifyAMQP", "NotifyAppriseAPI"])
# What knows a few tags, and no page.
_FEW_TAGS = frozenset(["NotifyPushover", "NotifyPingram", "NotifyPushplus"])
# As what apprise is told that a body is written.
_DECLARED = {"text": "text", "markdown": "markdown", "html": "html", "json": "text"}
_SLACK_BLOCK = 3_000
# So many a message, as some log in and out, and as much again for what a server takes itself.
_REQUESTS = 6
_UNKNOWN = "apprise does not know this kind of URL"
# What libraries say, URLs and all, is never passed on; only which of these it is.
_REASONS = (
    (r"Connection refused", "the connection was refused"),
    (r"getaddrinfo|[Nn]ame resolution|NameResolution|not known", "its host was not found"),
    (r"unreachable|No route to host", "its host cannot be reached"),
    (r"CERTIFICATE|certificate", "its certificate is not trusted"),
    (r"SSL|STARTTLS", "no secure connection could be made"),
    (r"AUTH extension", "its server accepts no login"),
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

    Mail gets its text and its HTML, a chat what is made for it, and a program the body wanted.
    Apprise's own limits of time hold.
    """
    import apprise

    said = _listening()
    service = _service(url)
    if service is None:
        return _UNKNOWN
    for option, limit in (("cto=", "socket_connect_timeout"), ("rto=", "socket_read_timeout")):
        if option not in url:
            setattr(service, limit, float(seconds))
    try:
        if _takes_page(service):
            # What apprise takes for the limit of mail is none; half a page is no page.
            _with_text(service, message.text)
            done = _notify(service, Piece(message.subject, message.html), "html")
        elif _is_program(service):
            if message.body_format == "json":
                _with_document(service, message.body)
            whole = Piece(message.title, message.body)
            if "overflow=" in url or "format=" in url:
                done = _notify(service, whole, message.body_format)
            else:
                body_format = apprise.NotifyFormat(_DECLARED[message.body_format])
                done = _send_piece(service, whole, body_format)
        else:
            body_format = apprise.NotifyFormat(_dialect(service).body_format)
            if not isinstance(service.notify_format, tuple):
                # Of one with a single format this is what tells the service which it gets.
                service.notify_format = body_format
            parts = _pieces(service, url, message)
            # Apprise waits between requests, which is not to take most of the time there is.
            longest = seconds / (_REQUESTS * len(parts))
            service.request_rate_per_sec = min(service.request_rate_per_sec, longest)
            done = all(_send_piece(service, piece, body_format) for piece in parts)
    except Exception as error:  # noqa: BLE001 - whatever a plugin raises is a failed delivery
        said.lines.append(f"{type(error).__name__}: {error}")
        done = False
    return "" if done else reason(said.lines)


def _listening() -> _Said:
    """Take what apprise logs, secrets and all, so that nobody else has it."""
    said = _Said()
    logger = logging.getLogger("apprise")
    logger.addHandler(said)
    logger.setLevel(logging.DEBUG)
    logger.propagate = False
    return said


def _service(url: str) -> Any:
    """The plug-in of apprise for a URL; None where there is none, or it refuses the URL."""
    import apprise

    asset = apprise.AppriseAsset(app_id="marketmove", app_desc="marketmove", app_url="")
    return apprise.Apprise.instantiate(url, asset=asset, suppress_exceptions=True)


def _dialect(service: Any) -> Dialect:
    if getattr(service, "mode", "") == "slack":
        # A bridge of Matrix that takes what Slack would, of which apprise makes the entities.
        return BRIDGE
    return DIALECTS.get(type(service).__name__, PLAIN)


def _is_program(service: Any) -> bool:
    return type(service).__name__ in _PROGRAMS


def _takes_page(service: Any) -> bool:
    """Whether a service is mail, which shows a page with all that belongs to it."""
    formats = service.notify_format
    known = formats if isinstance(formats, tuple) else (formats,)
    html = any(getattr(one, "value", one) == "html" for one in known)
    return html and type(service).__name__ not in {*_PROGRAMS, *DIALECTS, *_FEW_TAGS}


def _pieces(service: Any, url: str, message: Message) -> list[Piece]:
    """What is made of a message for a chat, within its limits, or as its URL asks."""
    title = 0 if service.overflow_amalgamate_title else service.title_maxlen
    body = service.body_maxlen
    if getattr(service, "use_blocks", False):
        body = min(body, _SLACK_BLOCK)
    if "overflow=upstream" in url.lower():
        body = sys.maxsize
    found = pieces(message, _dialect(service), Limits(body, title))
    return found[:1] if "overflow=truncate" in url.lower() else found


def _send_piece(service: Any, piece: Piece, body_format: Any) -> bool:
    """Have a service send what is written as it wants it, which apprise is to leave so."""
    import apprise

    own = getattr(service, f"send_{body_format.value}", None)
    return bool(
        (own or service.send)(
            body=piece.body,
            title=piece.title,
            notify_type=apprise.NotifyType.INFO,
            body_format=body_format,
            body_passthrough=False,
        )
    )


def _notify(service: Any, piece: Piece, body_format: str) -> bool:
    import apprise

    sender = apprise.Apprise(asset=service.asset)
    sender.add(service)
    declared = _DECLARED[body_format]
    return bool(sender.notify(body=piece.body, title=piece.title, body_format=declared))


def _with_text(service: Any, text: str) -> None:
    """Have mail get our text beside the HTML, where apprise would make one out of the HTML."""
    module = sys.modules[type(service).send.__module__]
    convert = getattr(module, "convert_between", None)
    if convert is not None:

        def ours(source: Any, target: Any, *rest: Any, **named: Any) -> Any:
            plain = str(getattr(target, "value", target)) == "text"
            return text if plain else convert(source, target, *rest, **named)

        module.convert_between = ours  # type: ignore[attr-defined]


def _with_document(service: Any, document: str) -> None:
    """Have a program get a document as such, and not as a text within one of apprise.

    Where its URL says under which name it wants the message, the document stands there.
    """
    module = sys.modules[type(service).send.__module__]
    write = getattr(module, "dumps", None)
    if type(service).__name__ != "NotifyJSON" or write is None:
        return

    def ours(payload: Any, *rest: Any, **named: Any) -> bytes:
        if not service.payload_extras:
            return document.encode()
        read = json.loads(document)
        whole = {k: read if v == document else v for k, v in payload.items()}
        return str(write(whole, *rest, **named)).encode()

    module.dumps = ours  # type: ignore[attr-defined]


def reason_or_pieces(url: str, message: Message) -> str | int:
    """Tell in how many messages one would go to a URL; or why it could not, if that is known."""
    _listening()
    service = _service(url)
    if service is None:
        return _UNKNOWN
    whole = _takes_page(service) or _is_program(service)
    return 1 if whole else len(_pieces(service, url, message))


def takes_pages(url: str) -> bool:
    """Tell whether what is at a URL takes a page of HTML; of an unknown one another error tells."""
    _listening()
    service = _service(url)
    return service is None or _is_program(service) or _takes_page(service)


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
