"""Parquet: typed columns go straight to numbers, where that says what their cells as text would.

A small file, or one of another form than an index and a close a row, is read as a table of text.
"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from pyarrow import parquet

from marketmove.errors import (
    MarketMoveError,
    Place,
    UnreadableFileError,
    UnrecognisedFileError,
)
from marketmove.sources.arrow_columns import (
    NotTypedError,
    cells_as_values,
    dated_head,
    days_of,
    flat_names,
    floats_of,
    is_date,
    is_number,
    is_text,
    text_of,
    texts_of,
    values_of,
)
from marketmove.sources.block import Block, Context, ReadOptions
from marketmove.sources.by_parts import PartsReader, Plan, is_sure
from marketmove.sources.date_column import Days, OtherDatesError
from marketmove.sources.grid import Grid, GridRow
from marketmove.sources.numbers import LARGEST, SMALLEST
from marketmove.sources.opening import Source
from marketmove.sources.parts import (
    Coded,
    Part,
    ReadWholeError,
    RowFilter,
    Rows,
    is_iso,
    nothing_beside,
)
from marketmove.sources.table import read_table, stated_in_fractions, understand
from marketmove.sources.typed import cell_text
from marketmove.sources.vocabulary import Role, Words, normalised
from marketmove.sources.wide_parquet import read_wide

# Below so many cells text takes no time, beyond so many too much memory.
_FEW_CELLS, _MOST_CELLS = 50_000, 5_000_000
# What a file may claim to hold for each of its bytes: cells, and bytes unpacked; of closes there is
# never more, and of a small file it is of no matter.
_MOST_CELLS_A_BYTE, _MOST_SWELLING = 30, 50
_NO_MATTER_CELLS, _NO_MATTER_BYTES = 1_000_000, 64 << 20
_HEAD_ROWS, _BATCH_ROWS, _ODD_ROWS = 1_000, 1 << 19, 1 << 12
# Of many columns fewer rows tell what they are.
_FEWEST_HEAD_ROWS, _HEAD_CELLS = 150, 100_000
_NEITHER = "it is neither an index and a close a row nor a column an index"


class _WideError(Exception):
    """Says that a file too large to read whole has a column an index."""


class _Form(NamedTuple):
    """Which columns count, by their numbers in the file."""

    names: Sequence[str]
    date: int
    symbol: int
    close: int
    beside: Sequence[int]

    @property
    def wanted(self) -> list[int]:
        """The columns that are read, each once."""
        return [*dict.fromkeys([self.date, self.symbol, self.close, *self.beside])]


def read_parquet(
    source: Source, options: ReadOptions, context: Context, keep: RowFilter | None
) -> Block:
    """Read a Parquet file; ``keep`` is as ``read_large`` has it.

    Raises ``UnreadableFileError`` if it is too large for its form, or claims to hold more than any
    file of its size does; ``UnrecognisedFileError`` if it is damaged, or not of closes.
    """
    file = _open(source)
    try:
        rows, columns = file.metadata.num_rows, file.metadata.num_columns
        _refuse_swollen(file, source)
        context = context._replace(words=_words(file.schema_arrow, context.words))
        reason = ""
        if rows * columns > _FEW_CELLS:
            try:
                try:
                    return _typed(file, source, options, context, keep)
                except OtherDatesError as found:
                    return _typed(file, source, options, context, keep, found.days)
                except _WideError:
                    return read_wide(file, source, options, context, keep)
            except (NotTypedError, ReadWholeError) as error:
                reason = str(error) or reason
        if rows * columns > _MOST_CELLS:
            text = f"a Parquet file too large to read whole, and {reason or _NEITHER}"
            raise UnreadableFileError.at(Place(source.label), text)
        grid = _grid(file, source.label, options.decimal or ".")
    except (MarketMoveError, MemoryError):
        raise
    except Exception as error:  # noqa: BLE001 - the library has no common error for bad files
        raise _damaged(source, error) from None
    source.refuse_changed()
    return read_table(grid, source.stem, options, context)


def count_rows(source: Source) -> int:
    """Count the rows of a Parquet file by what it says of itself; 0 if it is damaged."""
    try:
        return int(_open(source).metadata.num_rows)
    except MarketMoveError:
        return 0


def _open(source: Source) -> Any:
    data = io.BytesIO(source.data) if source.large is None else source.large
    try:
        schema = parquet.read_schema(data)
        # Texts of which many are the same are held once each.
        texts = [field.name for field in schema if is_text(field.type)]
        return parquet.ParquetFile(data, read_dictionary=texts)
    except Exception as error:  # noqa: BLE001 - as above
        raise _damaged(source, error) from None


def _damaged(source: Source, error: Exception) -> MarketMoveError:
    said = " ".join(str(error).split())
    return UnrecognisedFileError.at(Place(source.label), f"a damaged Parquet file: {said}")


def _refuse_swollen(file: Any, source: Source) -> None:
    """Refuse a file that claims to hold far more than its bytes can say of closes."""
    metadata, size = file.metadata, source.size
    rows = metadata.num_rows
    groups = (metadata.row_group(n) for n in range(metadata.num_row_groups))
    unpacked = sum(group.total_byte_size for group in groups)
    alike = rows * metadata.num_columns > max(_NO_MATTER_CELLS, _MOST_CELLS_A_BYTE * size)
    if alike or unpacked > max(_NO_MATTER_BYTES, _MOST_SWELLING * size):
        held = f"{rows:,} rows" if alike else f"{unpacked >> 20:,} MB"
        text = f"a Parquet file too large to read whole: it claims to hold {held} in {size:,} bytes"
        raise UnreadableFileError.at(Place(source.label), text)


def _words(schema: Any, words: Words) -> Words:
    """The words of headers, and with them such as their types alone tell.

    Of a date, a text and a number side by side each can be but one thing, whatever it is called.
    """
    kinds = {is_date: "date", is_text: "symbol", is_number: "close"}
    found = {
        kind: [field.name for field in schema if is_kind(values_of(field.type))]
        for is_kind, kind in kinds.items()
        if len(schema) == len(kinds)
    }
    if not found or any(len(names) != 1 for names in found.values()):
        return words
    unknown = {
        normalised(names[0]): Role(kind, 0)
        for kind, names in found.items()
        if words.role(names[0]) is None
    }
    return words._replace(roles={**words.roles, **unknown})


def _grid(file: Any, label: str, mark: str) -> Grid:
    """All rows as text."""
    # A thread of its own would abort the program where it ends before it.
    table = file.read(flat_names(file), use_threads=False)
    columns = [column.combine_chunks() for column in table.columns]
    dates = [n for n, column in enumerate(columns) if is_date(values_of(column.type))]
    grid = text_of(table.column_names, columns, label, mark)
    head, *rows = grid.rows
    first = next((n for n, row in enumerate(rows) if any(row.cells[c] for c in dates)), 0)
    # Of text a row without a date above all others would be one of the header; here it is none.
    return grid._replace(rows=[head, *rows[first : first + 1], *rows[:first], *rows[first + 1 :]])


def _typed(
    file: Any,
    source: Source,
    options: ReadOptions,
    context: Context,
    keep: RowFilter | None,
    days: Days | None = None,
) -> Block:
    """Read a file of an index and a close a row, column by column.

    Raises ``NotTypedError`` or ``ReadWholeError`` where its cells have to be read as text.
    """
    form, plan = _plan(file, source, options, context)
    reader = PartsReader(plan, options, context, keep, days)
    first = 2
    # By number, for two columns may have one name.
    wanted = [form.names[n] for n in form.wanted]
    for batch in file.iter_batches(_BATCH_ROWS, columns=wanted, use_threads=False):
        columns = dict(zip(form.wanted, (batch.column(name) for name in wanted), strict=True))
        _read_batch(reader, _Batch(columns, form, first), options.decimal or ".")
        first += batch.num_rows
        if context.progress is not None:
            context.progress(reader.rows, (first - 2) / file.metadata.num_rows)
        if reader.wants_all:
            return _typed(file, source, options, context, None, days)
    source.refuse_changed()
    return reader.block()


def _plan(file: Any, source: Source, options: ReadOptions, context: Context) -> tuple[_Form, Plan]:
    """How to read the columns, as the first rows tell."""
    names, metadata = flat_names(file) or file.schema_arrow.names, file.metadata
    if len(set(names)) < len(names):
        raise NotTypedError("two columns have the same name")
    batch = dated_head(file, min(_HEAD_ROWS, max(_FEWEST_HEAD_ROWS, _HEAD_CELLS // len(names))))
    grid = text_of(names, batch.columns, source.label, options.decimal or ".")
    try:
        sheet = understand(grid, source.stem, options, context)
    except MarketMoveError:
        if metadata.num_rows * metadata.num_columns <= _MOST_CELLS:
            raise ReadWholeError from None  # all rows may settle what the first do not
        raise
    table, layout = sheet.table, sheet.layout
    vast = metadata.num_rows * metadata.num_columns > _MOST_CELLS
    if layout.kind == "wide" and vast:
        raise _WideError
    if layout.kind != "long" or layout.symbol is None:
        raise NotTypedError(_NEITHER)
    if table.header_line != 1 or table.preamble or table.ragged:
        raise ReadWholeError
    if not vast and not (is_sure(sheet, context) and not (table.undated or table.footers)):
        raise ReadWholeError
    beside = [column.number for column in layout.beside]
    form = _Form(names, table.date, layout.symbol, next(iter(layout.closes)), beside)
    for number in form.wanted:
        _refuse_type(file.schema_arrow.field(names[number]), number, form)
    if not all(is_iso(text) for text in table.column(table.date)):
        text = table.rows[0].cells[table.date]
        raise NotTypedError(f"{names[table.date]} is not a plain date, such as {text}")
    fractions = tuple(stated_in_fractions(sheet))
    return form, Plan(
        sheet, sheet.reading(grid, options), "", vast, certain=True, fractions=fractions
    )


def _refuse_type(field: Any, number: int, form: _Form) -> None:
    """Refuse a column that is not of a type for what it says."""
    kind = values_of(field.type)
    expected, fits = "a number", is_number(kind)
    if number == form.symbol:
        expected, fits = "text", is_text(kind)
    elif number == form.date:
        plain = is_date(kind) and not getattr(kind, "tz", None)
        expected, fits = "a date", plain or is_text(kind)
    if not fits:
        raise NotTypedError(f"{field.name} is of type {kind}; write it as {expected}")


class _Batch(NamedTuple):
    """Some rows of the columns that count, by their numbers, and the line of the first."""

    columns: Mapping[int, Any]
    form: _Form
    first: int


def _read_batch(reader: PartsReader, batch: _Batch, mark: str) -> None:
    """Read rows as numbers; where some are odd, in small pieces, and those as text."""
    form = batch.form
    dates, dated = days_of(batch.columns[form.date], form.names[form.date])
    symbols = texts_of(batch.columns[form.symbol])
    close = floats_of(batch.columns[form.close])
    beside = [floats_of(batch.columns[n]) for n in form.beside]
    lines = np.arange(batch.first, batch.first + len(close))
    said = np.column_stack([nothing_beside(len(close)), *beside])
    rows = Rows(symbols.codes, dates, close, lines, said)
    named = np.array([*map(bool, symbols.values)], dtype=bool)[symbols.codes]
    plain = dated & named & (np.isnan(close) | ((close >= SMALLEST) & (close < LARGEST)))
    size = len(close) if plain.all() else _ODD_ROWS
    for start in range(0, len(close), size):
        piece = slice(start, start + size)
        if plain[piece].all():
            own = rows.take(piece)
            coded = Coded(symbols.values, own.symbol).in_order()
            own = own._replace(symbol=coded.codes)
            reader.add_plain(Part(coded.values, own, np.isnan(own.close)))
        else:
            reader.add(reader.odd.read_rows(_rows_of_text(batch, piece, mark)))


def _rows_of_text(batch: _Batch, piece: slice, mark: str) -> list[GridRow]:
    """Some rows as cells; those that say nothing are left out."""
    found = []
    cells = {n: cells_as_values(column[piece], mark) for n, column in batch.columns.items()}
    for n, values in enumerate(zip(*cells.values(), strict=True)):
        row = [""] * len(batch.form.names)
        for number, value in zip(cells, values, strict=True):
            row[number] = cell_text(value, mark)
        if any(row):
            found.append(GridRow(batch.first + piece.start + n, row))
    return found
