"""Lines of a tidy table in blocks, each taken apart as numbers, or cell by cell where it is odd."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import BinaryIO, NamedTuple

import numpy as np

from marketmove.errors import Problem, UnrecognisedFileError
from marketmove.sources.by_parts import PartsReader
from marketmove.sources.grid import GridRow, read_grid
from marketmove.sources.last_number import LastNumber
from marketmove.sources.opening import Source
from marketmove.sources.parts import Form, Part

# Blocks that a processor has at hand are taken apart in less time than larger ones.
_BLOCK_BYTES, _ODD_BYTES, _LAST_BYTES = 2 << 20, 1 << 18, 1 << 16


class Lines(NamedTuple):
    """Whole lines, the physical number of the first, and how many lines end in them."""

    first: int
    data: bytes
    ends: int


def _ends(data: bytes) -> int:
    """How many lines end: a return alone ends one too, and two before a newline."""
    newlines = int(np.count_nonzero(np.frombuffer(data, np.uint8) == ord("\n")))
    if b"\r" not in data:
        return newlines
    return newlines + data.count(b"\r") - data.count(b"\r\n") - data.count(b"\r\r\n")


def blocks_of(source: Source, skip: int, first: int, form: Form) -> Iterator[Lines]:
    """Give the lines of a file from its first row on; the bytes above it are to be skipped."""
    return _blocks(source.open(), skip, first, form.delimiter, _BLOCK_BYTES)


def _blocks(file: BinaryIO, skip: int, first: int, delimiter: str, size: int) -> Iterator[Lines]:
    """The lines of a file from some byte on, in blocks, none of which ends within quotes."""
    with file:
        file.seek(skip)
        while data := file.read(size) + file.readline():
            while _ends_in_quotes(data, delimiter) and (more := file.read(size)):
                data += more + file.readline()
            ends = _ends(data)
            yield Lines(first, data, ends)
            first += ends


def _ends_in_quotes(lines: bytes, delimiter: str) -> bool:
    """Whether a quote that begins a cell may be open still."""
    opening = (f'{delimiter}"'.encode(), b'\n"')
    return lines.count(b'"') % 2 == 1 and (lines[:1] == b'"' or any(o in lines for o in opening))


class LinesReader:
    """Reads lines as parts, and knows where they end."""

    def __init__(
        self,
        reader: PartsReader,
        form: Form,
        source: Source,
        above: Sequence[GridRow],
        take_apart: Callable[[bytes, int], Part | None],
    ) -> None:
        """``above`` are the rows above the first of the table but for the first of all.

        ``take_apart`` is given lines and the number of the first.
        """
        self._reader, self._form, self._end = reader, form, 0
        self._take_apart = take_apart
        self._last = _last_number(source, form)
        self._compare(above)

    def read(self, lines: Lines) -> None:
        """Read a block; where it is not plain, in small pieces."""
        self._end = lines.first + lines.ends
        if self._read_plain(lines):
            return
        pieces = io.BytesIO(lines.data)
        for piece in _blocks(pieces, 0, lines.first, self._form.delimiter, _ODD_BYTES):
            if not self._read_plain(piece):
                self._read_odd(piece)

    def _read_plain(self, lines: Lines) -> bool:
        whole = lines.data if lines.data.endswith(b"\n") else lines.data + b"\n"
        if b"\r" in whole:
            whole = whole.replace(b"\r\n", b"\n")
        part = self._take_apart(whole, lines.first)
        if part is None:
            return False
        self._reader.add_plain(part)
        if self._last.may_be_cut and self._last.width == self._form.width:
            above = lines.data.decode()
            above = above[: above.rfind("\n") + 1]
            self._compare(read_grid(above, "", self._form.delimiter).rows)
        return True

    def _read_odd(self, lines: Lines) -> None:
        self._reader.add(self._reader.odd.read(lines.data, lines.first))
        if self._last.may_be_cut:
            ended = lines.data.endswith(b"\n")
            self._compare(self._reader.odd.latest[: None if ended else -1])

    def _compare(self, rows: Iterable[GridRow]) -> None:
        self._last.compare(r.cells[-1] for r in rows if len(r.cells) == self._last.width)

    @property
    def warnings(self) -> Iterator[Problem]:
        """What is to be said of how the lines end."""
        return self._last.warnings(self._end)


def _last_number(source: Source, form: Form) -> LastNumber:
    """The last row of a file that ends without a line break."""
    with source.open() as file:
        size = file.seek(0, io.SEEK_END)
        file.seek(max(0, size - _LAST_BYTES))
        end = file.read().rstrip(b"\0")
    if end[-1:] in {b"\n", b"\r"}:
        return LastNumber(source.label)
    text = end[end.rfind(b"\n") + 1 :].decode("utf-8", "replace")
    try:
        rows = read_grid(text, source.label, form.delimiter).rows
    except UnrecognisedFileError:  # an open quote, as in no plain file
        rows = []
    return LastNumber(source.label, rows[-1].cells if rows else [])
