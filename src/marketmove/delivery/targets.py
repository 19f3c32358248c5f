"""Where a summary is to go: targets whose URLs are secrets, and what became of each."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Literal, NamedTuple

from marketmove.errors import MarketMoveError, Place, Problem, WrongUsageError

_URL = re.compile(r"([A-Za-z][A-Za-z0-9+.-]{1,20})://\S+")
# One anywhere in a text; what is fetched has no secret in it, unless it has a login.
_IN_TEXT = re.compile(
    r"(?<![A-Za-z0-9+.-])(?!(?:https?|ftps?|file)://[^\s@]*(?:\s|$))"
    r"([A-Za-z][A-Za-z0-9+.-]{1,20})://(?!…)[^\s\"']+"
)
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
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


class Message(NamedTuple):
    """What is delivered: the body wanted, and for mail its text and its HTML.

    ``subject`` is that of mail; the others have a ``title`` that their body does not repeat.
    ``body_format`` is ``text``, ``markdown`` or ``html``.
    """

    subject: str
    title: str
    body: str
    body_format: str
    text: str
    html: str


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
    kind, _, value = text.partition(":")
    if text == "-":
        return Target(STANDARD_OUTPUT, "stdout", "", place)
    if kind == "env" and _NAME.fullmatch(value):
        return Target(text, "env", value, place)
    # A URL behind it, typed so by mistake, is no path, and would be named in what is said.
    if kind == "file" and value and "://" not in text:
        from_home = home is not None and value.startswith("~/")
        path = home / value[2:] if home is not None and from_home else folder / value
        return Target(text, "file", str(path), place)
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
    if target.kind == "env":
        text = environment.get(target.value, "").strip()
        if not text:
            raise ValueError(f"the environment has no {target.value}")
    elif target.kind == "file":
        text = _from_file(Path(target.value))
    else:
        if target.place is not None:
            _refuse_open(Path(target.place.path))
        text = target.value
    if not _URL.fullmatch(text):
        raise ValueError("expected one URL there, such as mailtos://…")
    return text


def _from_file(path: Path) -> str:
    """The one line of a file that is no comment."""
    _refuse_open(path)
    if not path.is_file():
        raise ValueError("it is no file")
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except UnicodeDecodeError:
        raise ValueError("it is not UTF-8 text") from None
    except OSError as error:
        raise ValueError(f"it {_reason(error)}") from None
    found = [line.strip() for line in lines if line.strip() and not line.startswith("#")]
    if len(found) != 1:
        raise ValueError(f"expected one URL in it, found {len(found):,} lines")
    return found[0]


def _refuse_open(path: Path) -> None:
    """Refuse a file with a secret that others than its owner can read."""
    try:
        mode = path.stat().st_mode
    except OSError as error:
        raise ValueError(f"it {_reason(error)}") from None
    if os.name == "posix" and mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise ValueError(f"others can read {path}, which has a secret; type: chmod 600 {path}")


def _reason(error: OSError) -> str:
    return f"cannot be read: {(error.strerror or 'no reason given').lower()}"
