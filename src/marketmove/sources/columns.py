"""What the columns of a table are: the date, the index, the close; or one column an index."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from marketmove.errors import UnrecognisedFileError
from marketmove.market.indices import Registry
from marketmove.sources import date_texts, numbers
from marketmove.sources.block import BESIDE
from marketmove.sources.header import Table
from marketmove.sources.vocabulary import Role, Words

_NUMBER_SHARE = 0.5
# What a vendor's code looks like, and no word in any language does.
_CODE = re.compile(r"[\^.]?[A-Z0-9][A-Z0-9.=&-]{1,14}")
_NEAR = 1.05
_FEW = 20
_SAMPLE_ROWS = 50


class Column(NamedTuple):
    """One column: its number from 0, its header in one piece, its role, the index it names."""

    number: int
    header: str
    role: Role | None
    index_name: str | None


class Layout(NamedTuple):
    """Which column is what.

    ``kind`` is ``long`` (a ``symbol`` column), ``single`` (one index, named by ``name`` or by the
    file) or ``wide`` (one of ``closes`` an index). ``closes`` has the columns with levels and what
    each is called. ``why`` tells what decided; ``notes`` what is odd.
    """

    kind: str
    closes: dict[int, str]
    close_header: str
    why: str
    symbol: int | None = None
    beside: tuple[Column, ...] = ()
    warnings: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def recognise(table: Table, words: Words, registry: Registry) -> Layout:
    """Tell the columns of a table apart by the words of their headers, and by what they hold.

    Raises
    ------
    UnrecognisedFileError
        If no column can be the close, or several; the message says which columns there are.
    """
    if not table.heads:
        return _headerless(table, registry)
    columns = [_column(n, heads, words, registry) for n, heads in enumerate(table.heads)]
    columns = [c for c in columns if c.number != table.date]
    filled = [c for c in columns if any(table.column(c.number))]
    nameless = [c for c in filled if not c.header and not _counts_rows(table, c.number)]
    if nameless:
        text = f"column {nameless[0].number + 1} has cells but no name in the header"
        raise table.refused(f"{text}; name it, or mend rows that were torn apart")
    named = [c for c in filled if c.header]
    return (
        _long(table, named)
        or _joined(table, named)
        or _single(table, named)
        or _wide(table, [c for c in columns if c.header], registry)
    )


def _column(number: int, heads: Sequence[str], words: Words, registry: Registry) -> Column:
    """A column by its header; of several levels, one is a kind of price and one the index."""
    header = " ".join(heads)
    known = [(head, words.role(head)) for head in heads if registry.find(head) is None]
    roles = [role for _, role in known if role is not None]
    if not roles:
        return Column(number, header, None, None)
    role = roles[-1]
    others = [head for head in heads if words.role(head) is not role or registry.find(head)]
    name = role.index_name or (others[0] if len(heads) > 1 and others else None)
    return Column(number, header, role, name)


def _of_kind(columns: Iterable[Column], *kinds: str) -> list[Column]:
    """The columns of a kind, the preferred word first."""
    found = [c for c in columns if c.role is not None and c.role.kind in kinds]
    return sorted(found, key=lambda c: c.role.rank if c.role else 0)


def _long(table: Table, columns: Sequence[Column]) -> Layout | None:
    """A table with a symbol column, and the close beside it."""
    symbols = [c for c in _of_kind(columns, "symbol") if not _mostly_numbers(table, c.number)]
    symbols = symbols or _of_kind(columns, "symbol")
    if not symbols:
        return None
    closes = [c for c in _of_kind(columns, "close") if c.index_name is None]
    closes = closes or _weak(columns) or _of_kind(columns, "adjusted")
    if not closes:
        raise _no_close(table)
    close, symbol = closes[0], symbols[0]
    return Layout(
        "long",
        {close.number: ""},
        close.header,
        f"{symbol.header} names the index, {close.header} is the close",
        symbol=symbol.number,
        beside=_beside(columns),
        warnings=_rivals(table, closes),
    )


def _joined(table: Table, columns: Sequence[Column]) -> Layout | None:
    """A table whose headers join the kind of price and the index, such as "Schluss DAX"."""
    closes = [c for c in _of_kind(columns, "close") if c.index_name is not None]
    closes = closes or [c for c in _of_kind(columns, "adjusted") if c.index_name is not None]
    plain = [c for c in _of_kind(columns, "close") if c.index_name is None]
    if not closes or plain:
        return None
    kind = "single" if len(closes) == 1 else "wide"
    if kind == "wide":
        _refuse_second_dates(table, columns)
    named = {c.number: c.index_name or "" for c in sorted(closes)}
    headers = ", ".join(c.header for c in sorted(closes)[:3])
    beside = _beside(columns) if kind == "single" else ()
    return Layout(kind, named, headers, f"headers name close and index: {headers}", beside=beside)


def _single(table: Table, columns: Sequence[Column]) -> Layout | None:
    """A table of one index: a close column that names none."""
    closes = _of_kind(columns, "close") or _of_kind(columns, "adjusted") or _weak(columns)
    if not closes:
        return None
    close = closes[0]
    return Layout(
        "single",
        {close.number: ""},
        close.header,
        f"{close.header} is a word for the close",
        beside=_beside(columns),
        warnings=_rivals(table, closes),
    )


def _rivals(table: Table, closes: Sequence[Column]) -> tuple[str, ...]:
    """Warn of other columns whose words mean the close too, and that differ from the one taken.

    Raises
    ------
    UnrecognisedFileError
        If two that differ have the very same word.
    """
    close = closes[0]
    level = table.column(close.number)
    rivals = [other for other in closes[1:] if table.column(other.number) != level]
    for other in rivals:
        if other.header == close.header:
            text = f"columns {close.number + 1} and {other.number + 1} are both called"
            raise table.refused(f"{text} {close.header}, and differ")
    names = " and ".join(other.header for other in rivals)
    return (
        (f"{close.header} is taken for the close; {names} could be, and differs",) if rivals else ()
    )


def _weak(columns: Sequence[Column]) -> list[Column]:
    """A column called value or level: the close only where every other column is known."""
    weak = _of_kind(columns, "weak_close")
    return weak if all(c.role is not None for c in columns) else []


def _wide(table: Table, columns: Sequence[Column], registry: Registry) -> Layout:
    """A table with one column an index: those that no word explains, and that hold levels."""
    unknown = [c for c in columns if c.role is None]
    prices = _of_kind(columns, "open", "high", "low", "other")
    bare = [c for c in prices if c.index_name is None and not _holds_text(table, c.number)]
    if not unknown or bare:
        raise _no_close(table)
    _refuse_second_dates(table, columns)
    text = [c for c in unknown if _holds_text(table, c.number)]
    signed = [c for c in unknown if c not in text and _goes_below_zero(table, c.number)]
    closes = {c.number: c.header for c in unknown if c not in text and c not in signed}
    if not closes or any(registry.find(c.header) for c in signed):
        raise _no_close(table)
    _refuse_torn(table, closes)
    notes = (
        *(f"{c.header} holds no numbers, and is left out" for c in text),
        *(f"{c.header} goes below zero, as no level does, and is left out" for c in signed),
    )
    if len(closes) == 1 and (header := next(iter(closes.values()))).isdecimal():
        why = "the only column beside the date"
        return Layout("single", dict.fromkeys(closes, ""), header, why, notes=notes)
    strangers = [
        n for n, name in closes.items() if not (registry.find(name) or _CODE.fullmatch(name))
    ]
    if not _may_be_levels(table, strangers):
        raise _no_close(table)
    names = ", ".join(list(closes.values())[:3])
    return Layout("wide", closes, names, "one column an index, by its header", notes=notes)


def _may_be_levels(table: Table, columns: Sequence[int]) -> bool:
    """Whether columns that no one knows look like levels of several indices.

    Not if one has changes in it, or two are as near to each other on every day as the open, high,
    low and close of one index are.
    """
    step = max(1, len(table.rows) // _SAMPLE_ROWS)
    samples: dict[int, list[float]] = {}
    for number in columns:
        cells = table.column(number)[::step]
        if any(map(_is_decorated, cells)):
            return False
        samples[number] = [numbers.read_signed(cell, ".") or 0.0 for cell in cells]
    return not any(
        table.heads[one] != table.heads[other] and _always_near(samples[one], samples[other])
        for one, other in itertools.combinations(columns, 2)
    )


def _refuse_second_dates(table: Table, columns: Iterable[Column]) -> None:
    """Refuse series side by side, each with a date column of its own that may differ in a row."""
    dates = table.column(table.date)
    for column in columns:
        cells = table.column(column.number)
        said = column.role is not None and column.role.kind == "date"
        if (said or column.role is None) and any(map(_is_dated, cells)) and cells != dates:
            text = f"column {column.number + 1} has other dates than column {table.date + 1}"
            raise table.refused(f"{text}: tables side by side; put each into a file of its own")


def _refuse_torn(table: Table, numbers_of: Iterable[int]) -> None:
    """Refuse columns with cells such as 07: what stood behind a decimal comma, torn off."""
    for number in numbers_of:
        for row in table.rows:
            cell = row.cells[number]
            if len(cell) > 1 and cell[0] == "0" and cell.isdecimal() and cell.strip("0"):
                raise table.refused(
                    f"{cell} is no level, but may be what stood behind a decimal comma;"
                    " put numbers with commas in quotes, or part the cells by semicolons",
                    row.line,
                )


def _goes_below_zero(table: Table, number: int) -> bool:
    """Whether more than a few cells of a column are negative numbers: changes or differences."""
    cells = table.filled(number)
    below = sum(cell[0] in "-−" for cell in cells)
    return below > 1 and below * _FEW >= len(cells)


def _is_decorated(cell: str) -> bool:
    """Whether a cell has the sign of a change, or the letter of a volume."""
    return len(cell) > 1 and (cell[0] in "+-−" or cell[-1] in "%KMBkmb")


def _always_near(one: Sequence[float], other: Sequence[float]) -> bool:
    pairs = [(a, b) for a, b in zip(one, other, strict=True) if a > 0 and b > 0]
    return len(pairs) > 1 and all(1 / _NEAR < a / b < _NEAR for a, b in pairs)


def _headerless(table: Table, registry: Registry) -> Layout:
    """A table without a header: certain only where one column alone can be the level."""
    width = len(table.rows[0].cells)
    numeric = [n for n in range(width) if n != table.date and _mostly_numbers(table, n)]
    if len(numeric) != 1:
        count = (
            f"{len(numeric)} columns could be the close" if numeric else "no column holds numbers"
        )
        raise table.refused(f"no header, and {count}; add a header line", table.rows[0].line)
    number = numeric[0]
    warning = f"no header; column {number + 1} is taken for the close, as the only one with numbers"
    why = "the only column with numbers"
    for other in range(width):
        texts = {cell.casefold() for cell in table.column(other) if cell}
        named = [text for text in texts if registry.find(text)]
        if other not in (table.date, number) and named and _holds_text(table, other):
            header = f"column {number + 1}"
            return Layout("long", {number: ""}, header, why, symbol=other, warnings=(warning,))
    return Layout("single", {number: ""}, f"column {number + 1}", why, warnings=(warning,))


def _beside(columns: Sequence[Column]) -> tuple[Column, ...]:
    """Columns that say something of the close: its low and high, stated changes."""
    return tuple(column for kind in BESIDE for column in _of_kind(columns, kind)[:1])


def _mostly_numbers(table: Table, number: int) -> bool:
    cells = table.filled(number)
    sample = cells[:: max(1, len(cells) // 100)]
    readings = ([numbers.read_signed(cell, mark) for mark in ".,"] for cell in sample)
    fitting = sum(reading != [None, None] for reading in readings)
    return bool(sample) and fitting >= _NUMBER_SHARE * len(sample)


def _holds_text(table: Table, number: int) -> bool:
    cells = table.filled(number)
    return bool(cells) and not any(
        any(map(str.isdigit, cell)) and not cell[0].isalpha() for cell in cells
    )


def _is_dated(cell: str) -> bool:
    stamp = None if cell.isdecimal() else date_texts.parse_date_text(cell, {})
    return stamp is not None and len(stamp.numbers) == 3


def _counts_rows(table: Table, number: int) -> bool:
    """Whether a column without a name just counts the rows, as exported frames do."""
    return number == 0 and all(cell.isdecimal() for cell in table.column(number)[:100])


def _no_close(table: Table) -> UnrecognisedFileError:
    names = ", ".join(" ".join(heads) or "(no name)" for heads in table.heads[:30])
    return table.refused(f"no close column; the columns are: {names}")
