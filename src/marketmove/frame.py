"""Rows kept as columns of numpy: closes and moves inside the program."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType, SimpleNamespace
from typing import Any

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[Any]
Bools = npt.NDArray[np.bool_]
Days = npt.NDArray[np.datetime64]


@dataclass(frozen=True, slots=True, eq=False)
class Labels:
    """A column of texts of which many are the same: each different one once, and its numbers.

    ``codes`` has for each row the number of its text in ``values``, which has no text twice; -1
    stands for none.

    >>> labels = Labels.of(["HSI", "AXJO", "HSI"])
    >>> labels.values, labels.codes.tolist(), labels.texts().tolist()
    (('AXJO', 'HSI'), [1, 0, 1], ['HSI', 'AXJO', 'HSI'])
    """

    values: Sequence[str]
    codes: Ints

    def __len__(self) -> int:
        return len(self.codes)

    @classmethod
    def of(cls, texts: Iterable[str]) -> Labels:
        """Make a column of texts; the different ones are in their order."""
        texts = list(texts)
        values = tuple(sorted(set(texts)))
        number = {text: n for n, text in enumerate(values)}
        return cls(values, np.array([number[text] for text in texts], dtype=np.int32))

    @classmethod
    def joined(cls, parts: Sequence[Labels]) -> Labels:
        """Put columns under each other; the texts that any of them may have are in their order."""
        values = tuple(sorted({text for part in parts for text in part.values}))
        number = {text: n for n, text in enumerate(values)}
        codes = []
        for part in parts:
            numbers = [*(number[text] for text in part.values), -1]
            codes.append(np.array(numbers, dtype=np.int32)[part.codes])
        return cls(values, np.concatenate(codes))

    def texts(self) -> npt.NDArray[Any]:
        """Give the text of each row; None for none."""
        if len(self.codes) < len(self.values):
            codes = self.codes.tolist()
            own = [self.values[code] if code >= 0 else None for code in codes]
            return np.array(own, dtype=object)
        return np.array([*self.values, None], dtype=object)[self.codes]

    def number(self, text: str) -> int:
        """Give the number of a text; one that no row has where there is no such text."""
        return self.values.index(text) if text in self.values else len(self.values)

    def are(self, texts: Iterable[str]) -> Bools:
        """Tell which rows have one of some texts."""
        wanted, number = set(texts), len(self.values)
        if wanted.isdisjoint(self.values):
            return np.zeros(len(self), dtype=bool)
        known = np.zeros(number + 1, dtype=bool)
        known[:number] = np.fromiter(map(wanted.__contains__, self.values), bool, number)
        return known[self.codes]

    def each(self) -> Iterator[tuple[str, Ints]]:
        """Give every text that rows have, with the numbers of these rows."""
        order = np.argsort(self.codes, kind="stable")
        codes = self.codes[order]
        for rows in np.split(order, np.flatnonzero(np.diff(codes)) + 1):
            if len(rows) and self.codes[rows[0]] >= 0:
                yield self.values[self.codes[rows[0]]], rows


Column = npt.NDArray[Any] | Labels


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """Columns of equal length by name; nothing changes them.

    Numbers are float64, nan where there is none, or whole; dates datetime64[D], NaT where there is
    none; texts ``Labels`` or objects, None where there is none.

    >>> frame = Frame({"close": np.array([1.5, np.nan]), "symbol": Labels.of(["HSI", "SPX"])})
    >>> [(row.symbol, row.close) for row in frame.rows()]
    [('HSI', 1.5), ('SPX', nan)]
    >>> len(frame), frame.take(frame["symbol"] == "SPX")["close"]
    (2, array([nan]))
    """

    columns: Mapping[str, Column]

    def __post_init__(self) -> None:
        object.__setattr__(self, "columns", MappingProxyType(dict(self.columns)))

    def __len__(self) -> int:
        return len(next(iter(self.columns.values()), ()))

    def __getitem__(self, name: str) -> npt.NDArray[Any]:
        """Give the values of a column; of labels the texts."""
        column = self.columns[name]
        return column.texts() if isinstance(column, Labels) else column

    def has(self, name: str) -> Bools:
        """Tell which rows have a text in a column."""
        column = self.columns[name]
        if isinstance(column, Labels):
            return column.codes >= 0
        found: Bools = column != None  # noqa: E711 - each of them
        return found

    def labels(self, name: str) -> Labels:
        """Give a column of labels."""
        column = self.columns[name]
        if not isinstance(column, Labels):
            raise TypeError(f"{name} has no labels")
        return column

    def assign(self, **columns: Column) -> Frame:
        """Give the frame with other columns, or more of them."""
        return Frame({**self.columns, **columns})

    def take(self, rows: Ints | Bools | slice) -> Frame:
        """Give some rows: by their numbers, or those for which a column is true."""
        found: dict[int, Column] = {}  # several columns that say nothing are one and the same
        for column in self.columns.values():
            if id(column) not in found:
                found[id(column)] = taken(column, rows)
        return Frame({name: found[id(column)] for name, column in self.columns.items()})

    def pieces(self, rows: int) -> Iterator[Frame]:
        """Give the rows so many at a time."""
        for start in range(0, len(self), rows):
            yield self.take(slice(start, start + rows))

    def rows(self) -> Iterator[Any]:
        """Give each row with the values of its columns as Python has them, a missing date None."""
        names = list(self.columns)
        for cells in zip(*(self[name].tolist() for name in names), strict=True):
            yield SimpleNamespace(**dict(zip(names, cells, strict=True)))

    def row(self, number: int) -> Any:
        """Give one row as ``rows`` does; -1 is the last."""
        return next(self.take(np.array([number])).rows())

    @classmethod
    def joined(cls, parts: Sequence[Frame]) -> Frame:
        """Put frames with the same columns under each other."""
        if len(parts) == 1:
            return parts[0]
        return cls({name: _joined([p.columns[name] for p in parts]) for name in parts[0].columns})


def taken(column: Column, rows: Ints | Bools | slice) -> Column:
    """Give some rows of a column; of one that has a value throughout, which it holds once, too."""
    if isinstance(column, Labels):
        return Labels(column.values, _of_rows(column.codes, rows))
    return _of_rows(column, rows)


def _of_rows(values: npt.NDArray[Any], rows: Ints | Bools | slice) -> npt.NDArray[Any]:
    if not _is_throughout(values):
        found: npt.NDArray[Any] = values[rows]
        return found
    if isinstance(rows, slice):
        return throughout(values[0], len(range(*rows.indices(len(values)))))
    return throughout(values[0], int(rows.sum()) if rows.dtype == bool else len(rows))


def throughout(value: Any, rows: int) -> npt.NDArray[Any]:
    """Make a column of one value, which it holds once, as do such of its rows as are taken.

    >>> column = throughout(np.nan, 3)
    >>> column, taken(column, np.array([True, False, True])).strides
    (array([nan, nan, nan]), (0,))
    """
    return np.broadcast_to(np.asarray(value), (rows,))


def _is_throughout(values: npt.NDArray[Any]) -> bool:
    return values.strides == (0,) and len(values) > 0


def _joined(columns: Sequence[Any]) -> Column:
    if all(isinstance(column, Labels) for column in columns):
        return Labels.joined(columns)
    if all(_is_throughout(column) and np.isnan(column[0]) for column in columns):
        return throughout(np.nan, sum(map(len, columns)))
    return np.concatenate(columns)


def days_between(first: Days, last: Days) -> npt.NDArray[np.float64]:
    """Count the days from one date to another; nan where one is missing."""
    days = last - first
    return np.where(np.isnat(days), np.nan, days.astype(np.float64))


def distinct_days(days: Days) -> Days:
    """Give each different day once, in order."""
    if not len(days):
        return days
    first = days.min()
    seen = np.zeros(int((days.max() - first).astype(np.int64)) + 1, dtype=bool)
    seen[(days - first).astype(np.int64)] = True
    found: Days = first + np.flatnonzero(seen)
    return found


def distinct(values: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Give each different value once, in order; ``np.unique`` takes far longer for many of them."""
    ordered = np.sort(values, kind="stable")
    return ordered[np.append(True, ordered[1:] != ordered[:-1])] if len(ordered) else ordered
