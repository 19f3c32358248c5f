"""Secrets: named in settings by where they are, never written into them or into any text."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Mapping
from pathlib import Path
from typing import Literal, NamedTuple

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


class Secret(NamedTuple):
    """Where a secret is: ``value`` is a variable of the environment, or the path of a file."""

    name: str
    kind: Literal["env", "file"]
    value: str


def parse_secret(text: str, folder: Path, home: Path | None) -> Secret | None:
    """Read ``env:NAME`` or ``file:PATH``; None for what is neither.

    A path is relative to ``folder``, and ``~`` in it stands for ``home``.

    Examples
    --------
    >>> parse_secret("env:DESK", Path(), None)
    Secret(name='env:DESK', kind='env', value='DESK')
    >>> parse_secret("s3cret", Path(), None)
    """
    kind, _, value = text.partition(":")
    if kind == "env" and _NAME.fullmatch(value):
        return Secret(text, "env", value)
    # A URL behind it, typed so by mistake, is no path, and would be named in what is said.
    if kind == "file" and value and "://" not in text:
        from_home = home is not None and value.startswith("~/")
        path = home / value[2:] if home is not None and from_home else folder / value
        return Secret(text, "file", str(path))
    return None


def read_secret(secret: Secret, environment: Mapping[str, str], what: str) -> str:
    """Give the secret itself; ``what`` says what is expected in a file, such as ``URL``.

    Raises
    ------
    ValueError
        If it cannot be found, or others than its owner can read it; without its text.
    """
    if secret.kind == "file":
        return _from_file(Path(secret.value), what)
    text = environment.get(secret.value, "").strip()
    if not text:
        raise ValueError(f"the environment has no {secret.value}")
    return text


def _from_file(path: Path, what: str) -> str:
    """The one line of a file that is no comment."""
    refuse_open(path)
    if not path.is_file():
        raise ValueError("it is not a file")
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except UnicodeDecodeError:
        raise ValueError("it is not UTF-8 text") from None
    except OSError as error:
        raise ValueError(f"it {_reason(error)}") from None
    found = [line.strip() for line in lines if line.strip() and not line.startswith("#")]
    if len(found) != 1:
        raise ValueError(f"expected one {what} in it, found {len(found):,} lines")
    return found[0]


def refuse_open(path: Path) -> None:
    """Refuse a file with a secret that others than its owner can read.

    Raises
    ------
    ValueError
        With what to type.
    """
    try:
        mode = path.stat().st_mode
    except OSError as error:
        raise ValueError(f"it {_reason(error)}") from None
    if os.name == "posix" and mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise ValueError(f"others can read {path}, which has a secret; type: chmod 600 {path}")


def _reason(error: OSError) -> str:
    return f"cannot be read: {(error.strerror or 'no reason given').lower()}"
