"""Where the cells of lines stand, as numbers: the lines without quotes and marks of thousands."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from marketmove.sources.parts import Bools, Form, Ints

Signs = npt.NDArray[np.uint8]

_END, _QUOTE, _ZERO, _NINE = ord("\n"), ord('"'), ord("0"), ord("9")
_THOUSANDS = 3


class Cells(NamedTuple):
    """Lines of as many cells each, without quotes: their bytes, and where each cell ends.

    ``open`` says that a close such as 1,234 lost its mark of thousands, which could have been the
    decimal one.
    """

    block: bytes
    signs: Signs
    edges: Ints
    width: int
    open: bool = False

    def of(self, column: int) -> tuple[Ints, Ints]:
        """Give where the cells of a column begin and end."""
        ends = self.edges[column :: self.width]
        if column:
            return self.edges[column - 1 :: self.width] + 1, ends
        return np.append(0, self.edges[self.width - 1 : -1 : self.width] + 1), ends

    def without(self, signs: Ints, width: int, is_open: bool) -> Cells:
        """Give the cells without some signs, none of which parts cells."""
        kept = np.ones(len(self.signs), dtype=bool)
        kept[signs] = False
        edges = self.edges - np.searchsorted(signs, self.edges)
        left = self.signs[kept]
        return Cells(left.tobytes(), left, edges, width, is_open)


def cells_of(block: bytes, form: Form) -> Cells | None:
    r"""Tell the cells of whole lines; None if that takes more than to look at their signs.

    >>> form = Form(",", 3, 0, 1, 2)
    >>> cells_of(b'"2025-02-14","HSI","22,620.33"\n', form).block
    b'2025-02-14,HSI,22620.33\n'
    >>> cells_of(b'2025-02-14,"HSI, Inc",1.5\n', form) is None
    True
    """
    if form.mark == form.delimiter:
        return None
    signs = np.frombuffer(block, np.uint8)
    is_end = signs == _END
    is_edge = is_end | (signs == ord(form.delimiter))
    quotes = inner = np.zeros(0, dtype=np.intp)
    if b'"' in block:
        is_quote = signs == _QUOTE
        inside = np.bitwise_xor.accumulate(is_quote.view(np.uint8)).view(bool)
        inner = np.flatnonzero(is_edge & inside)
        is_edge &= ~inside
        quotes = np.flatnonzero(is_quote)
        if not _are_around_cells(quotes, is_edge) or is_end[inner].any():
            return None
    edges = np.flatnonzero(is_edge)
    if len(edges) != form.width * np.count_nonzero(is_end):
        return None
    if not is_end[edges[form.width - 1 :: form.width]].all():
        return None
    cells = Cells(block, signs, edges, form.width)
    groups = _groups(cells, inner, form)
    if groups is None:
        return None
    marks, is_open = groups
    drop = np.concatenate([quotes, marks])
    return cells.without(np.sort(drop), form.width, is_open) if len(drop) else cells


def _are_around_cells(quotes: Ints, is_edge: Bools) -> bool:
    """Whether quotes stand around whole cells only."""
    opening, closing = quotes[::2], quotes[1::2]
    before = (opening == 0) | is_edge[opening - 1]
    return len(quotes) % 2 == 0 and bool(before.all() and is_edge[closing + 1].all())


def _groups(cells: Cells, inner: Ints, form: Form) -> tuple[Ints, bool] | None:
    """The marks of thousands in numbers, and the signs of delimiters that are within cells.

    With them whether a close with such a mark has no decimal one. None where a mark does not part
    thousands, or a delimiter is of a name.
    """
    mark = "," if form.mark == "." else "."
    if mark == form.delimiter:
        found = inner
    elif len(inner):
        return None
    elif mark.encode() in cells.block:
        found = np.flatnonzero(cells.signs == ord(mark))
    else:
        found = inner
    if not len(found):
        return found, False
    columns = np.searchsorted(cells.edges, found) % cells.width
    if mark == form.delimiter and np.isin(columns, (form.date, form.symbol)).any():
        return None
    drop, is_open = [found[~np.isin(columns, form.numbers)]], False
    if mark != form.delimiter:
        drop = []
    for column in form.numbers:
        marks = found[columns == column]
        starts, ends = _without_quotes(cells.signs, *cells.of(column))
        cell = np.searchsorted(starts, marks, side="right") - 1
        if not _part_thousands(cells.signs, marks, starts[cell], ends[cell]):
            return None
        if column == form.close:
            is_open = bool((marks + _THOUSANDS + 1 == ends[cell]).any())
        drop.append(marks)
    return np.concatenate(drop), is_open


def _without_quotes(signs: Signs, starts: Ints, ends: Ints) -> tuple[Ints, Ints]:
    quoted = signs[starts] == _QUOTE
    return starts + quoted, ends - quoted


def _part_thousands(signs: Signs, marks: Ints, starts: Ints, ends: Ints) -> bool:
    """Whether each mark has three digits behind it, and before it three and a mark, or the first.

    Of the first digits there are up to three, and no zero to begin with.
    """
    is_digit = (signs >= _ZERO) & (signs <= _NINE)
    last = len(signs) - 1

    def digit(shift: int) -> Bools:
        found: Bools = is_digit[np.clip(marks + shift, 0, last)]
        return found

    behind = digit(1) & digit(2) & digit(3) & ~digit(_THOUSANDS + 1)
    before = marks - starts
    again = (before > _THOUSANDS) & (signs[marks - _THOUSANDS - 1] == signs[marks])
    first = (before >= 1) & (before <= _THOUSANDS) & (signs[starts] != _ZERO)
    first &= digit(-1) & ((before < 2) | digit(-2)) & ((before < _THOUSANDS) | digit(-3))
    return bool((behind & (again | first) & (marks < ends)).all())
