"""From delimited text to rows of cells that know their physical line; nothing is interpreted."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterator
from itertools import islice
from typing import Any, NamedTuple

from marketmove.errors import Place, UnrecognisedFileError

DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "pipe"}
_BLANK = " "
_SAMPLE_ROWS = 60


class GridRow(NamedTuple):
    """The cells of one row, spaces at their ends removed, and the first line that it stands on."""

    line: int
    cells: list[str]


class Grid(NamedTuple):
    """All rows of a table that are not blank, as text; lines are physical, counted from 1."""

    label: str
    rows: list[GridRow]
    delimiter: str


def read_grid(text: str, label: str, delimiter: str | None = None) -> Grid:
    r"""Split delimited text; where it is not told, with the delimiter that makes rows alike.

    >>> read_grid("date;HSI\n\n14.02.2025;22620,33\n", "x.csv").rows[1]
    GridRow(line=3, cells=['14.02.2025', '22620,33'])
    """
    text = text.replace("\r\r\n", "\r\n")
    delimiter = delimiter or _delimiter(text)
    rows: list[GridRow] = []
    reader = _reader(text, delimiter)
    # Cells without any space need no stripping, which is most of the work for a plain file.
    spaced = text.isascii() is False or any(space in text for space in " \t\x0b\x0c")
    line = 1
    try:
        for cells in reader:
            if delimiter == _BLANK and cells and not cells[-1]:
                cells.pop()
            if spaced:
                cells = [cell.strip() for cell in cells]
            if any(cells):
                rows.append(GridRow(line, cells))
            line = reader.line_num + 1
    except csv.Error as error:
        raise UnrecognisedFileError.at(
            Place(label, line), f"a row that cannot be split: {error}"
        ) from None
    return Grid(label, rows, DELIMITERS.get(delimiter, "blanks"))


def _reader(text: str, delimiter: str) -> Any:
    return csv.reader(
        io.StringIO(text, newline=""), delimiter=delimiter, strict=True, skipinitialspace=True
    )


def _delimiter(text: str) -> str:
    """The delimiter under which the most rows have the same number of cells, more than one."""
    best, best_score = ",", (0.0, 0)
    for delimiter in DELIMITERS:
        widths = list(_widths(text, delimiter))
        if not widths:
            continue
        width, count = Counter(widths).most_common(1)[0]
        score = (count / len(widths), width)
        if width > 1 and score > best_score:
            best, best_score = delimiter, score
    return best if best_score[0] else _BLANK if _is_parted_by_blanks(text) else best


def _is_parted_by_blanks(text: str) -> bool:
    """Whether all rows have as many cells between blanks, and the last begins with a number.

    The first row, of names, may have a cell less.
    """
    first, *widths = [*_widths(text, _BLANK)] or [0]
    width = widths[0] if widths else 0
    numbered = text.strip().rpartition("\n")[2].strip(' "')[:1].isdigit()
    return width > 1 and {*widths} == {width} and first in {width, width - 1} and numbered


def _widths(text: str, delimiter: str) -> Iterator[int]:
    try:
        for row in islice(_reader(text, delimiter), _SAMPLE_ROWS):
            if any(cell.strip() for cell in row):
                # Blanks at the end of a line part nothing.
                yield len(row) - (delimiter == _BLANK and not row[-1])
    except csv.Error:
        return
