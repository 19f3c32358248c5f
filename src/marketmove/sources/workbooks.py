"""Workbooks as tables of text, one a sheet that has cells: .xlsx, and .xls, .xlsb and .ods."""

from __future__ import annotations

import io
import itertools
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from marketmove.errors import Place, UnreadableFileError, UnrecognisedFileError
from marketmove.sources.grid import Grid, GridRow
from marketmove.sources.opening import OLD_WORKBOOK, missing_extra
from marketmove.sources.typed import cell_text

# What tells a workbook of the other kinds from .xlsx, among the names in the archive.
_OTHER_KINDS = (b"xl/workbook.bin", b"mimetypeapplication/vnd.oasis.opendocument.spreadsheet")
_NO_CALAMINE = "is read with the extra: pip install 'marketmove[excel]'; or save it as .xlsx or CSV"


def sheets(data: bytes, label: str, mark: str) -> list[tuple[str, Grid]]:
    """Give the name and the rows of every sheet that has cells."""
    if data.startswith(OLD_WORKBOOK) or any(sign in data for sign in _OTHER_KINDS):
        found = _by_calamine(data, label)
    else:
        found = _by_openpyxl(data, label)
    grids = [(name, typed_grid(label, rows, "Excel", mark)) for name, rows in found]
    filled = [(name, grid) for name, grid in grids if grid.rows]
    if not filled:
        raise UnrecognisedFileError.at(Place(label), "a workbook without cells")
    return filled


def _by_openpyxl(data: bytes, label: str) -> list[tuple[str, list[Any]]]:
    try:
        import openpyxl
    except ImportError:
        raise missing_extra(label, "Excel files", "excel") from None
    try:
        found: list[list[tuple[str, list[Any]]]] = []
        for values_only in (True, False) if _has_formulas(data) else (True,):
            book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=values_only)
            found.append([(s.title, list(s.iter_rows(values_only=True))) for s in book.worksheets])
    except Exception as error:  # noqa: BLE001 - the library has no common error for bad files
        raise UnrecognisedFileError.at(Place(label), f"a damaged workbook: {error}") from None
    if len(found) == 1:
        return found[0]
    return [
        (name, [*map(_with_formulas, rows, texts)])
        for (name, rows), (_, texts) in zip(*found, strict=True)
    ]


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
    try:
        import python_calamine
    except ImportError:
        what = (
            "an old Excel file (.xls)"
            if data.startswith(OLD_WORKBOOK)
            else "a workbook of this kind"
        )
        raise UnreadableFileError.at(Place(label), f"{what} {_NO_CALAMINE}") from None
    try:
        book = python_calamine.load_workbook(io.BytesIO(data))
        names = book.sheet_names
        rows: list[Any] = [
            book.get_sheet_by_name(n).to_python(skip_empty_area=False) for n in names
        ]
    except Exception as error:  # noqa: BLE001 - the library has no common error for bad files
        text = f"a damaged workbook, or no workbook: {error}"
        raise UnrecognisedFileError.at(Place(label), text) from None
    return list(zip(names, rows, strict=True))


def typed_grid(label: str, records: Iterable[Sequence[Any]], kind: str, mark: str) -> Grid:
    """Make a table of text from rows of typed values; rows without any are left out."""
    return Grid(label, list(_rows(records, mark)), kind)


def _rows(records: Iterable[Sequence[Any]], mark: str) -> Iterator[GridRow]:
    for number, record in enumerate(records, start=1):
        cells = [cell_text(cell, mark) for cell in record]
        if any(cells):
            yield GridRow(number, cells)
