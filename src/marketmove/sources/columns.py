"""Columns by the words that head them, and the layout of a table that they make."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from marketmove.errors import UnrecognisedFileError
from marketmove.market.indices import Registry
from marketmove.sources.block import BESIDE
from marketmove.sources.content import holds_dates, is_between
from marketmove.sources.header import Table
from marketmove.sources.vocabulary import Role

# What a vendor's code looks like, and no word in any language does.
CODE = re.compile(r"[\^.]?[A-Z0-9][A-Z0-9.=&-]{0,14}")
# A statistic of some sessions: MA20, HV_60.
_WINDOWED = re.compile(r"[A-Za-z]{1,6}[ _-]?\d{1,3}")


class Column(NamedTuple):
    """One column: its number from 0, its header in one piece, its role, the index it names."""

    number: int
    header: str
    role: Role | None
    index_name: str | None

    def is_kind(self, *kinds: str) -> bool:
        """Whether the column is of one of these kinds, and names no index beside."""
        return self.role is not None and self.role.kind in kinds and self.index_name is None

    def is_named(self, *kinds: str) -> bool:
        """Whether the column is of one of these kinds, and names an index beside."""
        return self.role is not None and self.role.kind in kinds and self.index_name is not None


class Layout(NamedTuple):
    """Which column is what.

    ``kind`` is ``long`` (a ``symbol`` column), ``single`` (one index) or ``wide`` (one of
    ``closes`` an index). ``closes`` has the columns with levels and what each is called; an empty
    name is that of the file. ``why`` tells what decided; ``notes`` what is odd or left out.
    """

    kind: str
    closes: dict[int, str]
    close_header: str
    why: str
    symbol: int | None = None
    beside: tuple[Column, ...] = ()
    warnings: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def is_code(name: str) -> bool:
    """Whether a name looks like a vendor's code, and not like a statistic of some sessions.

    >>> is_code("^GSPC"), is_code("gross_tr"), is_code("MA20")
    (True, False, False)
    """
    return CODE.fullmatch(name) is not None and not is_windowed(name)


def is_windowed(name: str) -> bool:
    """Whether a name may be that of a statistic and how many sessions it is of."""
    return _WINDOWED.fullmatch(name) is not None


def of_kind(columns: Iterable[Column], *kinds: str) -> list[Column]:
    """Give the columns of a kind, the preferred word first."""
    found = [c for c in columns if c.role is not None and c.role.kind in kinds]
    return sorted(found, key=lambda c: c.role.rank if c.role else 0)


def rivals(table: Table, closes: Sequence[Column]) -> tuple[str, ...]:
    """Warn of other columns whose words mean the close too, and that differ from the one taken."""
    close = closes[0]
    level = table.column(close.number)
    different = [other for other in closes[1:] if table.column(other.number) != level]
    for other in different:
        if other.header == close.header:
            text = f"columns {close.number + 1} and {other.number + 1} are both called"
            raise table.refused(f"{text} {close.header}, and differ")
        if other.role and close.role and close.role.beside and other.role.rank == close.role.rank:
            text = f"{close.header} and {other.header} may both be the close, and differ"
            raise table.refused(f"{text}; keep one, or name them after their indices")
    names = " and ".join(c.header for c in different if not (c.role and c.role.beside))
    return (f"{close.header} is taken for the close; {names} could be, and differs",) * bool(names)


def refuse_second_dates(table: Table, columns: Iterable[Column], registry: Registry) -> None:
    """Refuse series side by side, each with a date column of its own that may differ in a row."""
    dates = table.column(table.date)
    for column in columns:
        said = column.role is not None and column.role.kind == "date"
        if not said and (column.role is not None or registry.find(column.header)):
            continue
        cells = table.column(column.number)
        if cells != dates and (said or holds_dates(table, column.number)):
            text = f"column {column.number + 1} has other dates than column {table.date + 1}"
            raise table.refused(f"{text}: tables side by side; put each into a file of its own")


def beside(columns: Sequence[Column]) -> tuple[Column, ...]:
    """Give the columns that say something of the close: its low and high, stated changes."""
    return tuple(column for kind in BESIDE for column in of_kind(columns, kind)[:1])


def has_range(columns: Iterable[Column]) -> bool:
    """Whether plain columns of open, high and low stand there, which belong to one close."""
    kinds = Counter(c.role.kind for c in columns if c.role and c.index_name is None)
    return sum(kind in kinds for kind in ("open", "high", "low")) >= 2


def unnamed_close(table: Table, columns: Sequence[Column]) -> list[Column]:
    """Give the one unknown column that lies between low and high on every row: the close."""
    low, high = ([c for c in columns if c.is_kind(kind)] for kind in ("low", "high"))
    if len(low) != 1 or len(high) != 1:
        return []
    bounds = low[0].number, high[0].number
    unknown = [c for c in columns if c.role is None]
    found = [c for c in unknown if is_between(table, c.number, *bounds)]
    return found if len(found) == 1 else []


def no_close(table: Table) -> UnrecognisedFileError:
    """Make the error for a table in which no column can be the close."""
    names = ", ".join(" ".join(heads) or "(no name)" for heads in table.heads[:30])
    return table.refused(f"no close column; the columns are: {names}")
