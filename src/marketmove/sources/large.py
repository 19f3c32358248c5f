"""Larger tidy files, block by block: time and memory of a table of numbers, not of its cells.

The beginning settles the form of all lines. What is not of the plainest form is read cell by cell,
a few thousand lines at once. Where that could say something else than all of the file read as a
table does, the file is read so.
"""

from __future__ import annotations

from marketmove.errors import MarketMoveError
from marketmove.sources import numbers
from marketmove.sources.block import Block, Context, ReadOptions
from marketmove.sources.by_parts import PartsReader, Plan, is_sure
from marketmove.sources.forms import grid_of
from marketmove.sources.grid import DELIMITERS
from marketmove.sources.odd_rows import ReadWholeError
from marketmove.sources.opening import Source, is_workbook
from marketmove.sources.parts import Form, RowFilter, is_iso
from marketmove.sources.table import understand

_SAMPLE_BYTES = 1 << 16


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
    # This loads pandas, which is not wanted for a file that is read whole.
    from marketmove.sources.by_lines import LinesReader, blocks_of

    skip, form, plan = planned
    reader = PartsReader(plan, options, context, keep)
    text = LinesReader(reader, form, source)
    done = 0
    try:
        for lines in blocks_of(source, skip, form):
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
