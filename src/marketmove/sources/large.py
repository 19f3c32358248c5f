"""Larger tidy files, block by block: time and memory of a table of numbers, not of its cells.

The beginning settles the form of all lines. What is not of the plainest form is read cell by cell,
a few thousand lines at once. Where that could say something else than all of the file read as a
table does, the file is read so.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import BinaryIO, NamedTuple

from marketmove.errors import MarketMoveError, Problem
from marketmove.sources import numbers
from marketmove.sources.block import Block, Context, ReadOptions
from marketmove.sources.by_parts import PartsReader, Plan, is_sure
from marketmove.sources.forms import grid_of
from marketmove.sources.grid import DELIMITERS
from marketmove.sources.last_number import LastNumber
from marketmove.sources.odd_rows import ReadWholeError
from marketmove.sources.opening import Source, is_workbook
from marketmove.sources.parts import RowFilter, is_iso
from marketmove.sources.plain_rows import Form, part_of, without_quotes
from marketmove.sources.table import understand

_BLOCK_BYTES, _ODD_BYTES = 8 << 20, 1 << 18
_SAMPLE_BYTES = 1 << 16


class Lines(NamedTuple):
    """Whole lines, and the physical number of the first."""

    first: int
    data: bytes

    @property
    def ends(self) -> int:
        """How many lines end in them: a return alone ends one too, and two before a newline."""
        once = (b"\n", 1), (b"\r", 1), (b"\r\n", -1), (b"\r\r\n", -1)
        return sum(times * self.data.count(sign) for sign, times in once)


def read_large(
    source: Source, options: ReadOptions, context: Context, keep: RowFilter | None
) -> Block | None:
    """Read a larger tidy file by blocks; None if it is of a form that has to be read whole.

    ``keep`` tells the rows that matter, by their numbers, of the symbols (as numbers) and sessions
    of rows in any order; all of them stay where a file is not too large for that.
    """
    planned = _plan(source, options, context)
    if planned is None:
        return None
    skip, form, plan = planned
    reader = PartsReader(plan, options, context, keep)
    text = _TextReader(reader, form, _last_number(source, form))
    done = 0
    try:
        for lines in _blocks(source.open(), skip, 2, form.delimiter, _BLOCK_BYTES):
            text.read(lines)
            done += len(lines.data)
            if context.progress is not None:
                context.progress(reader.rows, done / source.size)
            if reader.wants_all:
                return read_large(source, options, context, None)
        source.refuse_changed()
        return reader.block(text.warnings)
    except ReadWholeError:
        return None


def _plan(source: Source, options: ReadOptions, context: Context) -> tuple[int, Form, Plan] | None:
    """The length of the header, and how to read the lines, if they are of the form for it."""
    head = source.data[:_SAMPLE_BYTES]
    head = head[: head.rfind(b"\n") + 1]
    told = options.encoding or options.decimal or options.date_format
    if told or not head or b"\r" in head.replace(b"\r\n", b"") or is_workbook(head):
        return None
    try:
        grid, encoding = grid_of(source._replace(data=head), options, context)
        sheet = understand(grid, source.stem, options, context)
    except MarketMoveError:
        return None  # all of the file may settle what its beginning does not
    table, layout, vast = sheet.table, sheet.layout, source.is_vast
    tidy = (
        encoding in {"utf-8", "utf-8-sig"}
        and grid.delimiter in DELIMITERS.values()
        and layout.kind == "long"
        and table.header_line == 1
        and not any("\n" in head for heads in table.heads for head in heads)
        and not table.preamble
        and (vast or not (table.ragged or table.undated or table.footers))
        and not (layout.beside or layout.warnings)
        and all(is_iso(date) for date in table.column(table.date))
        and set(sheet.marks.values()) == {"."}
    )
    if not tidy or layout.symbol is None or not (vast or is_sure(sheet, context)):
        return None
    delimiter = next(sign for sign, name in DELIMITERS.items() if name == grid.delimiter)
    close = next(iter(layout.closes))
    form = Form(delimiter, len(table.heads), table.date, layout.symbol, close)
    reading = sheet.reading(grid, options)._replace(encoding=encoding)
    points = numbers.weigh(table.column(close)).point > 0
    return head.index(b"\n") + 1, form, Plan(sheet, reading, delimiter, vast, points)


def _blocks(file: BinaryIO, skip: int, first: int, delimiter: str, size: int) -> Iterator[Lines]:
    """The lines of a file from some byte on, in blocks, none of which ends within quotes."""
    with file:
        file.seek(skip)
        while data := file.read(size) + file.readline():
            while _ends_in_quotes(data, delimiter) and (more := file.read(size)):
                data += more + file.readline()
            lines = Lines(first, data)
            yield lines
            first += lines.ends


def _ends_in_quotes(lines: bytes, delimiter: str) -> bool:
    """Whether a quote that begins a cell may be open still."""
    opening = (f'{delimiter}"'.encode(), b'\n"')
    return lines.count(b'"') % 2 == 1 and (lines[:1] == b'"' or any(o in lines for o in opening))


class _TextReader:
    """Reads lines as parts, and knows where they end."""

    def __init__(self, reader: PartsReader, form: Form, last: LastNumber) -> None:
        self._reader, self._form, self._last, self._end = reader, form, last, 0

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
        part = part_of(whole.replace(b"\r\n", b"\n"), lines.first, self._form)
        if part is None:
            return False
        self._reader.add_plain(part)
        if self._last.may_be_cut and self._last.width == self._form.width:
            delimiter = self._form.delimiter
            above = without_quotes(lines.data, delimiter).decode().split("\n")[:-1]
            self._last.compare(row.rpartition(delimiter)[2].strip() for row in above)
        return True

    def _read_odd(self, lines: Lines) -> None:
        self._reader.add(self._reader.odd.read(lines.data, lines.first))
        if self._last.may_be_cut:
            above = self._reader.odd.latest[: None if lines.data.endswith(b"\n") else -1]
            self._last.compare(r.cells[-1] for r in above if len(r.cells) == self._last.width)

    @property
    def warnings(self) -> Iterator[Problem]:
        """What is to be said of how the lines end."""
        return self._last.warnings(self._end)


def _last_number(source: Source, form: Form) -> LastNumber:
    """The last row of a file that ends without a line break."""
    with source.open() as file:
        size = file.seek(0, io.SEEK_END)
        file.seek(max(0, size - _SAMPLE_BYTES))
        end = file.read().rstrip(b"\0")
    if end[-1:] in {b"\n", b"\r"}:
        return LastNumber(source.label)
    text = end[end.rfind(b"\n") + 1 :].decode("utf-8", "replace")
    cells = [cell.strip().strip('"') for cell in text.split(form.delimiter)]
    return LastNumber(source.label, cells)
