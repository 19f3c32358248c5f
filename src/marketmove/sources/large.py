"""Larger tidy files, block by block: time and memory of a table of numbers, not of its cells.

The beginning settles the form of all lines. What is not of the plainest form is read cell by cell,
a few thousand lines at once. Where that could say something else than all of the file read as a
table does, the file is read so. What the dates are is settled by all of them at the end.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence
from typing import NamedTuple

from marketmove.errors import MarketMoveError
from marketmove.sources import fractions, numbers
from marketmove.sources.block import Block, Context, ReadOptions
from marketmove.sources.by_lines import LinesReader, blocks_of
from marketmove.sources.by_parts import PartsReader, Plan, is_sure
from marketmove.sources.date_column import Days, OtherDatesError, likely_order
from marketmove.sources.date_texts import parse_date_text
from marketmove.sources.forms import grid_of
from marketmove.sources.grid import DELIMITERS, Grid, GridRow
from marketmove.sources.header import Table, arrange, is_date_text
from marketmove.sources.numbers import is_gap
from marketmove.sources.opening import Source, is_workbook
from marketmove.sources.parts import Form, ReadWholeError, RowFilter, is_iso
from marketmove.sources.plain_rows import part_of
from marketmove.sources.sheet import ReadSheet
from marketmove.sources.table import stated_in_fractions, understand
from marketmove.sources.wide_rows import TELLING, WideRows, is_sure_of_all, late_columns

_SAMPLE_BYTES = 1 << 16
# Lines all over a file whose dates are looked at beforehand, and where they end at the latest.
_LOOKS, _LONGEST_LINE = 40, 1 << 14
# Lines of so many bytes are of many columns, of which so many lines tell what they are.
_LONG_LINE, _HEAD_LINES = 400, 160


class _Start(NamedTuple):
    """Where the rows of the table begin, by bytes and lines, and how to read them.

    ``above`` are the rows above the first of the table but for the first of all; ``told`` is
    whether the user said what the decimal mark is.
    """

    skip: int
    line: int
    form: Form
    plan: Plan
    above: Sequence[GridRow]
    told: bool


def read_large(
    source: Source, options: ReadOptions, context: Context, keep: RowFilter | None
) -> Block | None:
    """Read a larger tidy file by blocks; None if it is of a form that has to be read whole.

    ``keep`` tells the rows that matter, by their numbers, of the symbols (as numbers) and sessions
    of rows in any order; all of them stay where a file is not too large for that.
    """
    start = _start(source, options, context)
    if start is None:
        return None

    def read(days: Days | None = None) -> Block | None:
        readers = (PartsReader(start.plan, options, context, k, days) for k in (keep, None))
        blocks = (_read(source, start, reader, context) for reader in readers)
        return next(filter(None, blocks), None)

    try:
        try:
            return read()
        except OtherDatesError as found:
            return read(found.days)
    except ReadWholeError:
        return None


def _read(source: Source, start: _Start, reader: PartsReader, context: Context) -> Block | None:
    """Read all lines; None if rows that were not kept are of account."""
    form, layout = start.form, start.plan.sheet.layout
    wide = None
    if layout.kind == "wide":
        wide = WideRows(form, [*layout.closes.values()], reader.dates.day, told=start.told)
    take_apart = (
        wide.read if wide else functools.partial(part_of, form=form, day_of=reader.dates.day)
    )
    text = LinesReader(reader, form, source, start.above, take_apart)
    done = 0
    for lines in blocks_of(source, start.skip, start.line, start.form):
        text.read(lines)
        done += len(lines.data)
        if context.progress is not None:
            context.progress(reader.rows, done / source.size)
        if reader.wants_all:
            return None
    source.refuse_changed()
    if wide is not None:
        wide.end()
    return reader.block(text.warnings)


def _start(source: Source, options: ReadOptions, context: Context) -> _Start | None:
    """Where and how to read the rows, if the beginning shows that they are of the form for it."""
    head = _head(source.data)
    if options.encoding or not head or b"\r" in head.replace(b"\r\n", b"") or is_workbook(head):
        return None
    try:
        grid, encoding = grid_of(source._replace(data=head), options, context)
        delimiter = next((s for s, name in DELIMITERS.items() if name == grid.delimiter), "")
        if not delimiter or encoding not in {"utf-8", "utf-8-sig"}:
            return None
        table = arrange(grid, context.words)
        order = options.date_format or _order(source, table, delimiter, context)
        told = options._replace(date_format=order)
        sheet = understand(grid, source.stem, told, context)
        if sheet.layout.kind == "wide" and (late := late_columns(sheet.table)):
            more = _lines_with(source, len(head), delimiter, late)
            grid, _ = grid_of(source._replace(data=head + more), options, context)
            sheet = understand(grid, source.stem, told, context)
    except MarketMoveError:
        return None  # all of the file may settle what its beginning does not
    table, layout, vast = sheet.table, sheet.layout, source.is_vast
    if not _is_tidy(sheet, grid, options, context, vast=vast):
        return None
    close, *others = layout.closes
    beside = (*others, *(column.number for column in layout.beside))
    symbol, mark = layout.symbol or 0, sheet.marks[close]
    form = Form(delimiter, len(table.heads), table.date, symbol, close, mark, beside)
    reading = sheet.reading(grid, options)._replace(encoding=encoding)
    evidence = numbers.weigh(table.column(close))
    certain = bool(options.decimal or evidence.point + evidence.comma)
    stated = tuple(stated_in_fractions(sheet)) if layout.beside else ()
    plan = Plan(sheet, reading, delimiter, vast, certain, order, stated)
    first = _first_row(table, grid)
    header = table.header_line or 0
    skip = sum(len(line) + 1 for line in head.split(b"\n", header)[:header])
    return _Start(skip, header + 1, form, plan, grid.rows[1:first], options.decimal is not None)


def _lines_with(source: Source, skip: int, delimiter: str, columns: Sequence[int]) -> bytes:
    """The lines below the beginning that have the first cells of columns which have few in it."""
    missing = dict.fromkeys(columns, TELLING)
    found: list[bytes] = []
    with source.open() as file:
        file.seek(skip)
        for line in file:
            if not missing:
                break
            cells = line.split(delimiter.encode())
            filled = [n for n in missing if n < len(cells) and cells[n].strip()]
            if said := [
                n for n in filled if not is_gap(cells[n].decode("utf-8", "replace").strip())
            ]:
                found.append(line)
            for n in said:
                missing[n] -= 1
            missing = {n: rows for n, rows in missing.items() if rows} if said else missing
    return b"".join(found)


def _is_tidy(
    sheet: ReadSheet, grid: Grid, options: ReadOptions, context: Context, *, vast: bool
) -> bool:
    """Whether the beginning of a file tells what all of its columns and lines are."""
    table, layout = sheet.table, sheet.layout
    first = _first_row(table, grid)
    return (
        layout.kind in {"long", "wide"}
        and len({*sheet.marks.values()}) == 1
        and first > 0
        and all(is_date_text(text, context.words) for text in {*table.column(table.date)})
        and grid.rows[first - 1].line == table.header_line
        and not any("\n" in head for heads in table.heads for head in heads)
        and (vast or not (table.ragged or table.undated or table.footers))
        and not (layout.warnings or sheet.early)
        and _tells_changes(sheet, options, context)
        and _knows_columns(sheet, context, vast=vast)
    )


def _knows_columns(sheet: ReadSheet, context: Context, *, vast: bool) -> bool:
    """Whether no row below can change what the columns are, or no row is asked."""
    if sheet.layout.kind == "wide":
        return is_sure_of_all(sheet, context.registry)
    return vast or is_sure(sheet, context)


def _head(data: bytes) -> bytes:
    """The first lines: of many columns as many lines as tell what they are."""
    size = data[:_SAMPLE_BYTES].rfind(b"\n") + 1
    for _ in range(_HEAD_LINES if data[:size].count(b"\n") * _LONG_LINE < size else 0):
        size = data.find(b"\n", size) + 1 or size
    return data[:size]


def _first_row(table: Table, grid: Grid) -> int:
    """Which row of all is the first of the table."""
    first = min(row.line for row in (*table.rows, *table.ragged, *table.undated))
    return next(n for n, row in enumerate(grid.rows) if row.line == first)


def _tells_changes(sheet: ReadSheet, options: ReadOptions, context: Context) -> bool:
    """Whether the first rows say what changes are stated in, if any are."""
    if all(column.role and column.role.kind != "change_pct" for column in sheet.layout.beside):
        return True
    close = next(iter(sheet.layout.closes))
    closes = numbers.read_all(sheet.table.column(close), sheet.marks[close])
    stamps = (
        parse_date_text(t, context.words.months) for t in sheet.table.column(sheet.table.date)
    )
    return sum(type(level) is float for level in closes) >= fractions.SAMPLE_ROWS and (
        options.date_format is not None or all(stamp and stamp.order for stamp in stamps)
    )


def _order(source: Source, table: Table, delimiter: str, context: Context) -> str:
    """The order of day, month and year that dates all over a file seem to have."""
    texts = [*table.column(table.date)]
    if all(map(is_iso, texts)):
        return "ymd"
    with source.open() as file:
        for n in range(_LOOKS):
            file.seek(source.size * n // _LOOKS)
            file.readline(_LONGEST_LINE)
            cells = file.readline(_LONGEST_LINE).decode("utf-8", "replace").split(delimiter)
            texts += [cell.strip().strip('"') for cell in cells[table.date : table.date + 1]]
    return likely_order(texts, context)
