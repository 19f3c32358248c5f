"""Rows of closes as columns of numbers, and the parts of a file that they come in."""

from __future__ import annotations

import datetime as dt
import functools
import re
from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from marketmove.sources import date_texts

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.integer[Any]]
Bools = npt.NDArray[np.bool_]
Days = npt.NDArray[np.datetime64]
RowFilter = Callable[[npt.NDArray[Any], npt.NDArray[Any]], npt.NDArray[np.intp]]

_ISO = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


class ReadWholeError(Exception):
    """What is found in a row has the whole file decide."""


class Form(NamedTuple):
    """What the lines are like: the delimiter, the number of cells, and which cells count.

    ``mark`` is the decimal mark; ``beside`` are the cells that say more of the close, as numbers,
    or where each of several columns is an index those of all but the first.
    """

    delimiter: str
    width: int
    date: int
    symbol: int
    close: int
    mark: str = "."
    beside: tuple[int, ...] = ()

    @property
    def numbers(self) -> tuple[int, ...]:
        """The cells that are numbers, the close first."""
        return (self.close, *self.beside)


class Coded(NamedTuple):
    """The different cells of a column, and which of them each row has."""

    values: list[str]
    codes: Ints

    def in_order(self) -> Coded:
        """Give the cells that rows have, with numbers in the order in which they come first.

        >>> Coded(["b", "a", "c"], np.array([2, 0, 2])).in_order().values
        ['c', 'b']
        """
        first = self.first_rows()
        order = np.argsort(first, kind="stable")[: np.count_nonzero(first < len(self.codes))]
        rank = np.zeros(len(self.values), dtype=np.int32)
        rank[order] = np.arange(len(order))
        return Coded([self.values[n] for n in order.tolist()], rank[self.codes])

    def first_rows(self) -> npt.NDArray[np.intp]:
        """Give the first row that has each cell; the number of rows for a cell that none has."""
        rows = len(self.codes)
        first = np.full(len(self.values), rows, dtype=np.intp)
        first[self.codes[::-1]] = np.arange(rows)[::-1]  # of several, the last one stays
        return first


class Rows(NamedTuple):
    """Closes as columns of numbers, each symbol by its number from 0; nan where there is none.

    ``beside`` has a column for each thing that the rows say beside the close.
    """

    symbol: Ints
    session: Days
    close: Floats
    line: Ints
    beside: Floats

    @classmethod
    def joined(cls, parts: Iterable[Rows]) -> Rows:
        """Give the rows of all parts, in their order."""
        return cls(*map(np.concatenate, zip(*parts, strict=True)))

    def with_closes(self) -> Rows:
        """Give the rows that have a close."""
        has_close = ~np.isnan(self.close)
        return self if has_close.all() else self.take(has_close)

    def take(self, which: Ints | Bools | slice) -> Rows:
        """Give some of the rows."""
        columns: Any = (column[which] for column in self)
        return Rows(*columns)


class Part(NamedTuple):
    """The dated rows of some lines.

    ``symbols`` has every name by its number, also without a close, as they come first, and "" for
    none; ``blank`` tells the rows whose close is left empty. ``certain`` says whether some close
    shows by itself what its decimal mark is, ``open`` whether some would mean something else under
    the other one. ``dates`` has each different text of a date, as they come first, and its first
    line; none where days are typed.
    """

    symbols: list[str]
    rows: Rows
    blank: Bools
    certain: bool = True
    open: bool = False
    dates: Mapping[str, int] = MappingProxyType({})


def nothing_beside(rows: int) -> Floats:
    """Give what stands beside the closes of rows that say no more."""
    return np.empty((rows, 0), dtype=np.float64)


def is_iso(text: str) -> bool:
    """Tell whether a text has the form of a date such as 2025-02-14."""
    return _ISO.fullmatch(text) is not None


@functools.lru_cache(maxsize=1 << 16)
def iso_day(text: str) -> dt.date | None:
    """Read a date such as 2025-02-14; None if it is none."""
    if not is_iso(text):
        return None
    return date_texts.day_of(int(text[:4]), int(text[5:7]), int(text[8:]))
