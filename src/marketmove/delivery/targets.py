"""Where a summary is to go: targets whose URLs are secrets, and what became of each."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal, NamedTuple, get_args

from marketmove.errors import MarketMoveError, Place, Problem, WrongUsageError
from marketmove.secret import Secret, parse_secret, read_secret, refuse_open

_URL = re.compile(r"([A-Za-z][A-Za-z0-9+.-]{1,20})://\S+")
# What is fetched has no secret in it, unless it has a login.
_NO_SECRETS = ("http", "https", "ftp", "ftps", "file")
# One anywhere in a text, without the sign that ends the sentence.
_IN_TEXT = re.compile(
    rf"(?<![A-Za-z0-9+.-])(?!(?:{'|'.join(_NO_SECRETS)})://[^\s@]*(?:\s|$))"
    r"([A-Za-z][A-Za-z0-9+.-]{1,20})://(?!…)[^\s\"']*[^\s\"';,.:)]"
)
_EXPECTED = "a URL such as mailtos://…, env:NAME, file:PATH, or - for standard output"
STANDARD_OUTPUT = "standard output"


class Target(NamedTuple):
    """A place to deliver to: a URL, or where to find it; or standard output.

    ``name`` is what people see; ``value`` may be a secret, and is no part of any text.
    """

    name: str
    kind: Literal["url", "env", "file", "stdout"]
    value: str
    place: Place | None = None

    def __repr__(self) -> str:
        return f"<Target {self.name}>"


BlockKind = Literal["lead", "text", "head", "item", "table", "code"]


class Block(NamedTuple):
    """A part of a message for chats, without markup: its rows, between which it may be split.

    A ``lead`` and a ``head`` are set in bold, an ``item`` is one of a list. The rows of a ``table``
    are of one width each, the first has its heads; a row may be of several lines. ``code`` is of
    one width too, without heads.
    """

    kind: BlockKind
    rows: tuple[str, ...]


class Message(NamedTuple):
    """What is delivered: the body wanted, and for mail its text and its HTML.

    ``subject`` is that of mail; the others have a ``title`` that their body does not repeat.
    ``body_format`` is ``text``, ``markdown``, ``html`` or ``json``. Chats get the ``blocks``.
    """

    subject: str
    title: str
    body: str
    body_format: str
    text: str
    html: str
    blocks: tuple[Block, ...] = ()


def message_of(values: Any) -> Message:
    """Read a message that was written as JSON; a ``ValueError`` if it is none."""
    fields = len(Message._fields)
    *texts, blocks = values if len(values) == fields else (*values, [])
    if len(texts) != fields - 1 or not all(isinstance(one, str) for one in texts):
        raise ValueError("no message")
    read = []
    for kind, rows in blocks:
        if kind not in get_args(BlockKind) or not all(isinstance(row, str) for row in rows):
            raise ValueError("no block")
        read.append(Block(kind, tuple(rows)))
    subject, title, body, body_format, text, html = texts
    return Message(subject, title, body, body_format, text, html, tuple(read))


class Delivered(NamedTuple):
    """What became of a delivery to the target of a name: done, or the reason why not."""

    name: str
    ok: bool
    reason: str = ""


def parse_targets(
    texts: Iterable[tuple[str, Place | None]], folder: Path, home: Path | None
) -> tuple[Target, ...]:
    """Read targets as typed or configured, each once.

    Paths are relative to ``folder``, ``~`` is ``home``. A ``ValueError`` never has the text itself,
    which may be a secret.
    """
    targets: dict[tuple[str, str], Target] = {}
    for number, (text, place) in enumerate(texts, start=1):
        target = _target(text.strip(), number, place, folder, home)
        targets.setdefault((target.kind, target.value), target)
    return tuple(_numbered(list(targets.values())))


def _target(text: str, number: int, place: Place | None, folder: Path, home: Path | None) -> Target:
    if text == "-":
        return Target(STANDARD_OUTPUT, "stdout", "", place)
    if secret := parse_secret(text, folder, home):
        return Target(*secret, place)
    kind = text.partition(":")[0]
    if kind not in {"env", "file"} and (match := _URL.fullmatch(text)):
        return Target(f"{match[1].lower()}://…", "url", text, place)
    raise ValueError(f"target {number} is not one; expected {_EXPECTED}")


def _numbered(targets: Sequence[Target]) -> list[Target]:
    """Number those that would have the same name."""
    names: dict[str, int] = {}
    numbered = []
    for target in targets:
        names[target.name] = nth = names.get(target.name, 0) + 1
        numbered.append(target if nth == 1 else target._replace(name=f"{target.name} ({nth})"))
    return numbered


def without_secrets(text: str) -> str:
    """Give a text without the URLs of targets, wherever somebody put them by mistake.

    >>> without_secrets("slack://s3cret is not a date")
    'slack://… is not a date'
    >>> without_secrets("curl -s https://example.org/closes.csv | marketmove")
    'curl -s https://example.org/closes.csv | marketmove'
    """
    return _IN_TEXT.sub(r"\1://…", text)


def without_secret_path(path: str) -> str:
    """Give the path of a file, unless it is a URL, of which a path keeps one slash of two.

    >>> without_secret_path("slack:/s3cret"), without_secret_path("data/closes.csv")
    ('slack://…', 'data/closes.csv')
    """
    return re.sub(r"^(?:.*/)?([A-Za-z][A-Za-z0-9+.-]+):/+[^/].*", r"\1://…", path)


def urls_of(targets: Sequence[Target], environment: Mapping[str, str]) -> dict[str, str]:
    """Give the URL of each target by its name."""
    urls: dict[str, str] = {}
    problems = []
    for target in targets:
        try:
            urls[target.name] = _url(target, environment)
        except ValueError as error:
            problems.append(Problem(target.place, f"{target.name}: {error}"))
        except MarketMoveError as error:
            problems += error.problems
    if problems:
        raise WrongUsageError(problems)
    return urls


def _url(target: Target, environment: Mapping[str, str]) -> str:
    if target.kind in {"env", "file"}:
        text = read_secret(Secret(target.name, target.kind, target.value), environment, "URL")
    else:
        if target.place is not None:
            refuse_open(Path(target.place.path))
        text = target.value
    if not _URL.fullmatch(text):
        raise ValueError("expected one URL there, such as mailtos://…")
    return text
