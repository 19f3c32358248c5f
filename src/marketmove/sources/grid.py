"""From delimited text to columns of cells that know their physical line; nothing is interpreted."""

from __future__ import annotations

import csv
import io
from collections import Counter
from itertools import islice
from typing import NamedTuple

from marketmove.errors import Place, UnrecognisedFileError

DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "pipe"}
_SAMPLE_ROWS = 200


class Grid(NamedTuple):
    """A table of text: ``header``, equally long ``rows`` with their lines, and the ``ragged`` ones.

    Lines are physical, counted from 1; a row that spans several has the first of them. Blank lines
    are left out.
    """

    label: str
    header: list[str]
    rows: list[list[str]]
    lines: list[int]
    ragged: list[tuple[int, list[str]]]

    def column(self, number: int) -> list[str]:
        """Give the cells of one column, from 0, spaces at their ends removed."""
        return [row[number].strip() for row in self.rows]


def read_grid(text: str, label: str) -> Grid:
    r"""Split delimited text, with the delimiter that gives most rows as many cells as the header.

    Raises
    ------
    UnrecognisedFileError
        If quotes are broken, or there is a header only.

    Examples
    --------
    >>> grid = read_grid("date;HSI\n\n14.02.2025;22620,33\n", "x.csv")
    >>> grid.header, grid.rows, grid.lines
    (['date', 'HSI'], [['14.02.2025', '22620,33']], [3])
    """
    delimiter = _delimiter(text)
    header: list[str] | None = None
    rows: list[list[str]] = []
    lines: list[int] = []
    ragged: list[tuple[int, list[str]]] = []
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    line = 1
    try:
        for row in reader:
            if any(cell.strip() for cell in row):
                if header is None:
                    header = [cell.strip() for cell in row]
                elif len(row) == len(header):
                    rows.append(row)
                    lines.append(line)
                else:
                    ragged.append((line, row))
            line = reader.line_num + 1
    except csv.Error as error:
        raise UnrecognisedFileError.at(
            Place(label, line), f"a row that cannot be split: {error}"
        ) from None
    if not rows and not ragged:
        raise UnrecognisedFileError.at(
            Place(label), "a header only; expected rows of closes below it"
        )
    return Grid(label, header or [], rows, lines, ragged)


def _delimiter(text: str) -> str:
    """The delimiter under which most rows have the header's number of cells, more than one."""
    best, best_score = ",", (0.0, 0)
    for delimiter in DELIMITERS:
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
        try:
            widths = [len(row) for row in islice(reader, _SAMPLE_ROWS) if row]
        except csv.Error:
            continue
        if not widths or widths[0] < 2:
            continue
        score = (Counter(widths)[widths[0]] / len(widths), widths[0])
        if score > best_score:
            best, best_score = delimiter, score
    return best
