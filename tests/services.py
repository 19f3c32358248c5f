"""Services of chat, and what is sent to them: recorded by a Python that reaches no network.

The program and apprise run as they are; only the last step of the library for HTTP, which apprise
uses, writes the request to a file instead of sending it.
"""

from __future__ import annotations

import html
import json
import os
import re
from typing import TYPE_CHECKING, Any, NamedTuple

from program import Ran, run_process

if TYPE_CHECKING:
    from pathlib import Path

NOTHING = "\u200b"
_RECORDER = """
import json, os, requests

def send(self, request, **options):
    body = request.body
    text = body.decode() if isinstance(body, bytes) else body
    kept = {"url": request.url, "headers": dict(request.headers), "body": text}
    name = f"{os.getpid()}-{len(os.listdir(os.environ['RECORDED'])):04}"
    with open(os.path.join(os.environ["RECORDED"], name), "x") as file:
        json.dump(kept, file)
    answer = requests.Response()
    answer.status_code, answer.request, answer.url = 200, request, request.url
    room = {"room_id": "!r:example.com", "joined_rooms": ["!r:example.com"], "event_id": "$1"}
    known = {"user_id": "@me:example.com", "access_token": "t", "device_id": "D"}
    said = {"ok": True, "status": "success", "success": True, "data": {}, **room, **known}
    answer._content = b"ok" if "hooks.slack.com" in request.url else json.dumps(said).encode()
    return answer

requests.Session.send = send
"""


class Service(NamedTuple):
    """A service: a URL of it, what its requests have in theirs, its limit, and how it writes."""

    url: str
    asks: str
    limit: int
    markup: str


SERVICES = {
    "telegram": Service(
        "tgram://123456789:AbcDefGhIjKlMnOpQrStUvWxYzAbcDefGhI/12315544/",
        "sendMessage",
        4_096,
        "html",
    ),
    "discord": Service(
        "discord://4174216298/JHMHI8qBe7bk2ZwO5U711o3dV_js", "discord.com", 2_000, "markdown"
    ),
    "slack": Service(
        "slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ/#general",
        "hooks.slack.com",
        35_000,
        "slack",
    ),
    "matrix": Service(
        "matrix://me:word@127.0.0.1:9/#room:example.com", "m.room.message", 40_000, "html"
    ),
    "ntfy": Service("ntfy://127.0.0.1:12/topic", "127.0.0.1:12/", 4_096, "markdown"),
    "mattermost": Service("mmost://127.0.0.1:8065/abcdefghij", "hooks/abc", 4_000, "markdown"),
    "google chat": Service("gchat://space/key/token", "chat.googleapis.com", 4_000, "stars"),
    "gotify": Service("gotify://127.0.0.1:10/token1234567890", "10/message", 32_768, "markdown"),
    "rocket.chat": Service(
        "rocket://me:word@127.0.0.1:11/#room", "chat.postMessage", 1_000, "stars"
    ),
}


class Sent(NamedTuple):
    """One message of a service as it is sent: its title, if it has one, and its body."""

    title: str
    body: str

    @property
    def whole(self) -> str:
        """All that it says."""
        return f"{self.title}\n{self.body}"


def record(folder: Path, *arguments: str | Path, **environment: str) -> tuple[Ran, list[Any]]:
    """Run the program, and give the requests that it and its processes would send, in order."""
    (folder / "python").mkdir()
    (folder / "python" / "sitecustomize.py").write_text(_RECORDER, encoding="utf-8")
    (folder / "requests").mkdir()
    paths = [str(folder / "python"), os.environ.get("PYTHONPATH", "")]
    names = {
        "RECORDED": str(folder / "requests"),
        "PYTHONPATH": os.pathsep.join(filter(None, paths)),
        "HOME": str(folder),
    }
    ran = run_process(*arguments, environment=names | environment)
    files = sorted((folder / "requests").iterdir(), key=lambda path: path.name)
    return ran, [json.loads(path.read_text(encoding="utf-8")) for path in files]


def messages(requests: list[Any], service: Service) -> list[Sent]:
    """Give the messages that a service gets in some requests."""
    bodies = [
        json.loads(one["body"]) for one in requests if service.asks in one["url"] and one["body"]
    ]
    return [_message(body) for body in bodies]


def _message(body: Any) -> Sent:
    if attachments := body.get("attachments"):
        return Sent(attachments[0].get("title", ""), attachments[0]["text"])
    text = body.get("formatted_body") or next(
        body[key] for key in ("text", "content", "message") if key in body
    )
    return Sent(body.get("title", ""), text)


def seen(text: str, markup: str) -> str:
    """Give what a reader sees of a text: no marks of ours, no signs that take marks away."""
    if markup == "html":
        text = re.sub(r"</?(?:b|p|pre|code|h1|br)/?>", "", text)
    if markup == "markdown":
        text = re.sub(r"\\([^\sA-Za-z0-9])", r"\1", re.sub(r"(?<!\\)\*\*", "", text))
    if markup in {"slack", "stars"}:
        text = re.sub(r"(?m)^\*(.*)\*$", r"\1", text)
    if markup in {"html", "slack"}:
        text = html.unescape(text)
    return text.replace(NOTHING, "")


_BLOCK = {"html": r"<pre>(?:<code>)?(.*?)\n?(?:</code>)?</pre>"}
_FENCED = r"^```\n(.*?)\n```$"
_FLAGS = re.DOTALL | re.MULTILINE


def blocks(sent: Sent, markup: str) -> list[list[str]]:
    """Give the lines of each block of fixed width in a message, as a reader sees them."""
    within = "" if markup == "markdown" else markup
    found = re.findall(_BLOCK.get(markup, _FENCED), sent.body, _FLAGS)
    return [seen(block, within).split("\n") for block in found]


def beside_blocks(sent: Sent, markup: str) -> str:
    """Give what a reader sees of a message around its blocks."""
    return seen(re.sub(_BLOCK.get(markup, _FENCED), "", sent.body, flags=_FLAGS), markup)
