"""From a path or a pipe to text: what is there, whether it may be read, whether it is text."""

from __future__ import annotations

import re
from pathlib import Path
from typing import BinaryIO, NamedTuple

from marketmove.errors import MarketMoveError, Place, UnreadableFileError

STDIN_LABEL = "<stdin>"
_YAML_KEY = re.compile(r"^(figures|closes)[ ]*:", re.MULTILINE)
_SNIFFED = 100_000


class Source(NamedTuple):
    """The text of one file; ``stem`` is its name without folder and ending, None for a pipe."""

    label: str
    stem: str | None
    text: str

    @property
    def yaml_key(self) -> str | None:
        """``figures`` or ``closes`` where that is a top-level key, which no table has."""
        match = _YAML_KEY.search(self.text[:_SNIFFED])
        return match[1] if match else None


def open_source(spec: Path | BinaryIO, label: str | None = None) -> Source:
    """Read a file or a pipe as UTF-8 text, with or without a byte order mark.

    Parameters
    ----------
    spec
        A path, or an open stream of bytes such as standard input.
    label
        What to call it in messages and output; the path as given if None.

    Raises
    ------
    UnreadableFileError
        If it is not there, a folder, not permitted, empty, or not text.
    """
    if isinstance(spec, Path):
        source_label, stem, data = label or str(spec), spec.stem, _read(spec, label or str(spec))
    else:
        source_label, stem, data = label or STDIN_LABEL, None, spec.read()
    return Source(source_label, stem, _decode(data, source_label))


def _read(path: Path, label: str) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise _unreadable(label, "no such file") from None
    except IsADirectoryError:
        raise _unreadable(label, "a folder; name the files in it") from None
    except PermissionError:
        raise _unreadable(label, "no permission to read it") from None
    except OSError as error:
        raise _unreadable(label, (error.strerror or "cannot be read").lower()) from None


def _decode(data: bytes, label: str) -> str:
    if b"\0" in data[:_SNIFFED]:
        raise _unreadable(label, "a binary file; expected text, such as CSV or YAML")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        found = f"byte 0x{data[error.start]:02X}"
        raise UnreadableFileError.at(
            Place(label, line), f"{found} is not UTF-8 text; save the file as UTF-8"
        ) from None
    if not text.strip():
        raise _unreadable(label, "an empty file")
    return text


def _unreadable(label: str, text: str) -> MarketMoveError:
    return UnreadableFileError.at(Place(label), text)
