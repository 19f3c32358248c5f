"""Files of records that are no delimited text: YAML, JSON, Parquet, workbooks; as rows of text."""

from __future__ import annotations

import datetime as dt
import io
import json
from collections.abc import Iterable, Sequence
from typing import Any

from marketmove import yamltext
from marketmove.errors import Place, UnrecognisedFileError
from marketmove.sources.grid import Grid, GridRow
from marketmove.sources.opening import missing_extra

PARQUET, WORKBOOK = b"PAR1", b"PK\x03\x04"
_YAML_KEYS = ("date", "symbol", "close")
_LARGEST_YAML = 5_000_000
_YAML_FORM = "expected a list under closes:, of {date: 2025-02-14, symbol: HSI, close: 22620.33}"


def yaml_grid(text: str, label: str) -> Grid:
    """Read the tidy form for small data: ``closes:``, a list of ``date``, ``symbol``, ``close``."""
    if len(text) > _LARGEST_YAML:
        raise UnrecognisedFileError.at(Place(label), "YAML of over 5 MB; use CSV")
    document = yamltext.parse(text, label, UnrecognisedFileError)
    entries = document.items.get("closes") if isinstance(document, yamltext.Mapping) else document
    if not isinstance(entries, yamltext.Sequence):
        raise UnrecognisedFileError.at(Place(label), _YAML_FORM)
    rows = [GridRow(entries.line, list(_YAML_KEYS))]
    for entry in entries.items:
        items = entry.items if isinstance(entry, yamltext.Mapping) else {}
        values = [items.get(key) for key in _YAML_KEYS]
        texts = [
            "" if v.empty else v.text.strip() for v in values if isinstance(v, yamltext.Scalar)
        ]
        if len(texts) != len(_YAML_KEYS) or len(items) != len(_YAML_KEYS):
            raise UnrecognisedFileError.at(Place(label, entry.line), _YAML_FORM)
        rows.append(GridRow(entry.line, texts))
    return Grid(label, rows, "YAML")


def json_grid(text: str, label: str) -> Grid:
    """Read JSON lines, or one JSON list, of objects with the same keys."""
    records: list[tuple[int, Any]] = []
    try:
        if text.lstrip().startswith("["):
            records = [(1, record) for record in _loads(text)]
        else:
            for number, line in enumerate(text.split("\n"), start=1):
                if line.strip():
                    records.append((number, _loads(line)))
    except (ValueError, RecursionError):
        place = Place(label, records[-1][0] + 1 if records else 1)
        raise UnrecognisedFileError.at(place, "not a JSON object") from None
    if not all(isinstance(record, dict) for _, record in records):
        raise UnrecognisedFileError.at(
            Place(label), "expected JSON objects, one a close or session"
        )
    keys = list(dict.fromkeys(str(key) for _, record in records for key in record))
    rows = [GridRow(n, [_text(record.get(key)) for key in keys]) for n, record in records]
    return Grid(label, [GridRow(1, keys), *rows], "JSON")


def _loads(text: str) -> Any:
    return json.loads(text, parse_float=str, parse_int=str)


def parquet_grid(data: bytes, label: str) -> Grid:
    """Read a Parquet file, by the extra ``parquet``."""
    try:
        import pyarrow.parquet
    except ImportError:
        raise missing_extra(label, "Parquet files", "parquet") from None
    try:
        table = pyarrow.parquet.read_table(io.BytesIO(data))
    except Exception as error:  # noqa: BLE001 - the library has no common error for bad files
        raise UnrecognisedFileError.at(Place(label), f"a damaged Parquet file: {error}") from None
    columns = [column.to_pylist() for column in table.columns]
    return _grid(label, [list(table.column_names), *zip(*columns, strict=True)], "Parquet")


def workbook_grid(data: bytes, label: str) -> Grid:
    """Read the one sheet of an Excel workbook that has cells, by the extra ``excel``."""
    try:
        import openpyxl
    except ImportError:
        raise missing_extra(label, "Excel files", "excel") from None
    try:
        book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True)
        sheets = [list(sheet.iter_rows(values_only=True)) for sheet in book.worksheets]
    except Exception as error:  # noqa: BLE001 - the library has no common error for bad files
        raise UnrecognisedFileError.at(Place(label), f"a damaged workbook: {error}") from None
    filled = [rows for rows in sheets if any(any(c is not None for c in row) for row in rows)]
    if len(filled) != 1:
        text = f"a workbook with cells on {len(filled)} sheets; expected one"
        raise UnrecognisedFileError.at(Place(label), text)
    return _grid(label, filled[0], "Excel")


def _grid(label: str, records: Iterable[Sequence[Any]], kind: str) -> Grid:
    rows = [
        GridRow(number, [_text(cell) for cell in record])
        for number, record in enumerate(records, start=1)
        if any(cell is not None for cell in record)
    ]
    return Grid(label, rows, kind)


def _text(value: Any) -> str:
    """A value as text that reads back as itself."""
    if value is None or value != value:
        return ""
    if isinstance(value, dt.datetime) and value.time() == dt.time():
        return value.date().isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip()
