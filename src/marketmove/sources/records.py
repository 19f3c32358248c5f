"""Files of records that are no delimited text: YAML and Parquet; as rows of text."""

from __future__ import annotations

import io

from marketmove import yamltext
from marketmove.errors import (
    MarketMoveError,
    Place,
    UnreadableFileError,
    UnrecognisedFileError,
)
from marketmove.sources.grid import Grid, GridRow
from marketmove.sources.opening import missing_extra
from marketmove.sources.workbooks import typed_grid

PARQUET = b"PAR1"
_YAML_KEYS = ("date", "symbol", "close")
_MOST_CELLS = 5_000_000
_LARGEST_YAML = 5_000_000
_YAML_FORM = "expected a list under closes:, of {date: 2025-02-14, symbol: HSI, close: 22620.33}"


def yaml_grid(text: str, label: str) -> Grid:
    """Read the tidy form for small data: ``closes:``, a list of ``date``, ``symbol``, ``close``."""
    if len(text) > _LARGEST_YAML:
        raise UnrecognisedFileError.at(Place(label), "YAML above 5 MB; use CSV")
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


def parquet_grid(data: bytes, label: str, mark: str) -> Grid:
    """Read a Parquet file, by the extra ``parquet``."""
    try:
        import pyarrow.parquet
    except ImportError:
        raise missing_extra(label, "Parquet files", "parquet") from None
    try:
        file = pyarrow.parquet.ParquetFile(io.BytesIO(data))
        if file.metadata.num_rows * file.metadata.num_columns > _MOST_CELLS:
            text = "a Parquet file too large to read whole; write it as CSV, which is read by parts"
            raise UnreadableFileError.at(Place(label), text)
        # A thread of its own would abort the program where it ends before it.
        table = file.read(use_threads=False)
        columns = [column.to_pylist() for column in table.columns]
    except MarketMoveError:
        raise
    except Exception as error:  # noqa: BLE001 - the library has no common error for bad files
        raise UnrecognisedFileError.at(Place(label), f"a damaged Parquet file: {error}") from None
    rows = [list(table.column_names), *zip(*columns, strict=True)]
    return typed_grid(label, rows, "Parquet", mark)
