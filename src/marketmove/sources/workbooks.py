"""Workbooks as tables of text, one a sheet that has cells: .xlsx, and .xls, .xlsb and .ods."""

from __future__ import annotations

import importlib.util
import io
import itertools
import pickle
import subprocess
import sys
import warnings
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from marketmove.errors import MarketMoveError, Place, UnreadableFileError, UnrecognisedFileError
from marketmove.sources.grid import Grid, GridRow
from marketmove.sources.opening import OLD_WORKBOOK, missing_extra
from marketmove.sources.typed import cell_text

# What tells a workbook of the other kinds from .xlsx, among the names in the archive.
_OTHER_KINDS = (b"xl/workbook.bin", b"mimetypeapplication/vnd.oasis.opendocument.spreadsheet")
# Of cells, empty ones too, and of bytes: more is no table of closes, or one for another form.
_MOST_CELLS, _MOST_UNPACKED = 5_000_000, 200 << 20
_SECONDS = 30
_NO_CALAMINE = "is read with the extra: pip install 'marketmove[excel]'; or save it as .xlsx or CSV"


def sheets(data: bytes, label: str, mark: str) -> list[tuple[str, Grid]]:
    """Give the name and the rows of every sheet that has cells."""
    if not data.startswith(OLD_WORKBOOK) and _unpacked_size(data, label) > _MOST_UNPACKED:
        raise _too_large(label)
    if data.startswith(OLD_WORKBOOK) or any(sign in data for sign in _OTHER_KINDS):
        found = _by_calamine(data, label)
    else:
        found = _by_openpyxl(data, label)
    grids = [(name, typed_grid(label, rows, "Excel", mark)) for name, rows in found]
    filled = [(name, grid) for name, grid in grids if grid.rows]
    if not filled:
        raise UnrecognisedFileError.at(Place(label), "a workbook without cells")
    return filled


def _unpacked_size(data: bytes, label: str) -> int:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return sum(info.file_size for info in archive.infolist())
    except Exception as error:  # noqa: BLE001 - as below
        text = f"a damaged workbook: {error}"
        raise UnrecognisedFileError.at(Place(label), text) from None


def _by_openpyxl(data: bytes, label: str) -> list[tuple[str, list[Any]]]:
    try:
        import openpyxl
    except ImportError:
        raise missing_extra(label, "Excel files", "excel") from None
    try:
        found: list[list[tuple[str, list[Any]]]] = []
        for values_only in (True, False) if _has_formulas(data) else (True,):
            with warnings.catch_warnings():
                # Of styles, prints and checks of cells that it leaves out, and we do not need.
                warnings.simplefilter("ignore")
                source = io.BytesIO(data)
                book = openpyxl.load_workbook(source, read_only=True, data_only=values_only)
                found.append([(s.title, _rows_of(s, label)) for s in book.worksheets])
    except MarketMoveError:
        raise
    except Exception as error:  # noqa: BLE001 - the library has no common error for bad files
        raise UnrecognisedFileError.at(Place(label), f"a damaged workbook: {error}") from None
    if len(found) == 1:
        return found[0]
    return [
        (name, [*map(_with_formulas, rows, texts)])
        for (name, rows), (_, texts) in zip(*found, strict=True)
    ]


def _rows_of(sheet: Any, label: str) -> list[Any]:
    """The rows of a sheet, of which a damaged or hostile file may claim any number."""
    # What it claims of its size is not believed: rows beyond would be lost.
    sheet.reset_dimensions()
    rows: list[Any] = []
    cells = 0
    for row in sheet.iter_rows(values_only=True):
        cells += len(row) + 1
        if cells > _MOST_CELLS:
            raise _too_large(label)
        rows.append(row)
    width = max(map(len, rows), default=0)
    if width * len(rows) > _MOST_CELLS:
        raise _too_large(label)
    return [(*row, *[None] * (width - len(row))) for row in rows]


def _too_large(label: str) -> MarketMoveError:
    text = "a workbook too large to read; save the sheet of closes as CSV"
    return UnreadableFileError.at(Place(label), text)


def _has_formulas(data: bytes) -> bool:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        sheets = [name for name in archive.namelist() if "worksheets/" in name]
        return any(b"<f" in archive.read(name) for name in sheets)


def _with_formulas(values: Sequence[Any], written: Sequence[Any]) -> list[Any]:
    """The values of a row; of a formula that was never worked out, the formula."""
    both = itertools.zip_longest(values, written)
    return [
        f"{text} without a value" if value is None and str(text or "")[:1] == "=" else value
        for value, text in both
    ]


def _by_calamine(data: bytes, label: str) -> list[tuple[str, list[Any]]]:
    if importlib.util.find_spec("python_calamine") is None:
        what = (
            "an old Excel file (.xls)"
            if data.startswith(OLD_WORKBOOK)
            else "a workbook of this kind"
        )
        raise UnreadableFileError.at(Place(label), f"{what} {_NO_CALAMINE}")
    line = [sys.executable, "-m", "marketmove.cli.workbook_process"]
    try:
        done = subprocess.run(  # noqa: S603 - this very Python, and nothing typed
            line, input=data, capture_output=True, timeout=_SECONDS, check=False
        )
    except subprocess.TimeoutExpired:
        raise _too_large(label) from None
    if done.returncode:
        # What ends without a word wanted more memory than any table of closes takes.
        said = done.stderr.decode("utf-8", "replace") if done.returncode == 1 else ""
        text = f"a damaged workbook, or no workbook{f': {said}' if said else ''}"
        raise UnrecognisedFileError.at(Place(label), text)
    sheets_read: list[tuple[str, list[Any]]] = pickle.loads(done.stdout)  # noqa: S301 - our own
    return sheets_read


def typed_grid(label: str, records: Iterable[Sequence[Any]], kind: str, mark: str) -> Grid:
    """Make a table of text from rows of typed values; rows without any are left out."""
    return Grid(label, list(_rows(records, mark)), kind)


def _rows(records: Iterable[Sequence[Any]], mark: str) -> Iterator[GridRow]:
    for number, record in enumerate(records, start=1):
        cells = [cell_text(cell, mark) for cell in record]
        if any(cells):
            yield GridRow(number, cells)
