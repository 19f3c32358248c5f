"""Tables without a symbol column: a close of one index, or columns headed by their indices."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from marketmove.market.currencies import quote_of
from marketmove.market.indices import Registry
from marketmove.sources.columns import (
    CODE,
    Column,
    Layout,
    beside,
    has_range,
    is_code,
    is_windowed,
    no_close,
    of_kind,
    refuse_second_dates,
    rivals,
    unnamed_close,
)
from marketmove.sources.content import (
    always_near,
    behaves_like_level,
    follows,
    goes_below_zero,
    hardly_moves,
    holds_text,
    is_decorated,
    of_one_scale,
    repeats_moves,
    two_always_near,
)
from marketmove.sources.header import Table

_MOST_NAMED = 8
_SAMPLE_ROWS = 50


def priced(
    table: Table, columns: Sequence[Column], registry: Registry, by_file: str
) -> Layout | None:
    """Read a table with a column whose word is the close, and names no index."""
    joined = [c for c in of_kind(columns, "close") if c.index_name is not None]
    closes = [c for c in of_kind(columns, "close") if c.index_name is None]
    closes = closes or unnamed_close(table, columns)
    if not closes and not joined:
        closes = of_kind(columns, "adjusted") or of_kind(columns, "weak_close")
        closes = [c for c in closes if c.index_name is None]
    if not closes:
        return None
    close, ranged = closes[0], has_range(columns)
    others = [c for c in columns if _names_index(table, c, close, registry, ranged)]
    if others and close.role and close.role.beside and not ranged:
        return None  # "Real Price" beside SP500 is no close of another index
    if others and not (by_file or ranged):
        names = ", ".join(c.header for c in others[:3])
        text = f"{close.header} names no index, and beside it stand columns of {names}"
        raise table.refused(f"{text}; head it with its index, or say --symbol")
    named = {c.number: c.index_name or c.header for c in others}
    why = f"{close.header} is a word for the close" if close.role else _BETWEEN
    if others:
        why = f"{why}; others are headed by their indices"
    unread = [c for c in columns if _is_unexplained(table, c, ranged) and c not in (close, *others)]
    unread += [c for c in closes[1:] if c.role and c.role.beside]
    left = f"{close.header} is the close; left out: {_listed(c.header for c in unread)}"
    return Layout(
        "wide" if others else "single",
        {close.number: by_file if others else ""} | named,
        close.header,
        why,
        beside=() if others else beside([c for c in columns if c.index_name is None]),
        warnings=rivals(table, closes),
        notes=(left,) * bool(unread),
    )


_BETWEEN = "the only column that lies between low and high on every row"


def _names_index(
    table: Table, column: Column, close: Column, registry: Registry, ranged: bool
) -> bool:
    """Whether a column beside the close is another index, by its header and by its cells."""
    name = column.index_name if column.is_named("close") else column.header
    if column is close or not (column.role is None or column.is_named("close")) or not name:
        return False
    known = registry.find(name) is not None
    if not known and (ranged or not is_code(name)):
        return False
    if _no_level(table, column, certain=True):
        return False
    return known or not follows(table, column.number, close.number)


def _is_unexplained(table: Table, column: Column, ranged: bool) -> bool:
    """Whether a column is of no word that stands beside a close; or of one that may be a name."""
    unknown = column.role is None or column.index_name is not None
    unknown = unknown or (column.is_kind("other") and not ranged)
    return unknown and not holds_text(table, column.number)


class _Sorted(NamedTuple):
    """Columns by what they are: headed by an index, unknown, explained by a word, and no levels."""

    certain: list[Column]
    strangers: list[Column]
    soft: list[Column]
    bare: list[Column]
    no_levels: list[tuple[Column, str]]


def by_header(table: Table, columns: Sequence[Column], registry: Registry) -> Layout:
    """Read a table whose columns are headed by their indices, alone or with a word of a price."""
    refuse_second_dates(table, columns, registry)
    parts = _sorted(table, columns, registry)
    single = _of_one_index(table, parts)
    taken = [*parts.certain] if single else _taken(table, parts)
    _refuse_torn(table, [c.number for c in taken])
    unknown = [c for c in taken if c in parts.strangers and not CODE.fullmatch(c.header)]
    if not taken or not (single or _may_be_levels(table, [c.number for c in unknown])):
        raise no_close(table)
    names = _names(taken, registry)
    taken, names, doubled = _without_doubles(table, taken, names, registry)
    kept = {c.number for c in taken}
    left = [
        c
        for c in columns
        if c.number not in kept
        and any(table.column(c.number))
        and not (len(taken) == 1 and _is_price_of(c, taken[0]))
    ]
    reasons = {c.number: why for c, why in parts.no_levels}
    notes = [
        f"{c.header} {reasons[c.number]}, and is left out" for c in left if c.number in reasons
    ]
    others = [c.header for c in left if c.number not in reasons]
    notes += [f"left out beside the levels: {_listed(others)}"] if others else []
    strange = [n for n in names.values() if n and not (registry.find(n) or quote_of(n))]
    if strange and len(taken) > 1:
        notes.append(f"no known indices, and read under the names they have: {_listed(strange)}")
    header = ", ".join(c.header for c in taken[:3])
    if len(taken) == 1:
        word = taken[0].role is not None
        why = f"headers name close and index: {header}" if word else _ALONE.format(header)
        stated = beside([c for c in columns if c.index_name == taken[0].index_name])
        stated = stated if word else ()
        return Layout("single", names, header, why, None, stated, tuple(doubled), tuple(notes))
    joined = all(c.role is not None for c in taken)
    why = f"headers name close and index: {header}" if joined else _WIDE
    return Layout("wide", names, header, why, None, (), tuple(doubled), tuple(notes))


_WIDE = "one column an index, by its header"
_ALONE = "{} is the only column of levels beside the date"


def _is_price_of(column: Column, close: Column) -> bool:
    """Whether a column beside a close is another price or the volume of the same index."""
    other = column.role is None or column.role.kind == "other"
    return close.role is not None and not other and column.index_name == close.index_name


def _sorted(table: Table, columns: Sequence[Column], registry: Registry) -> _Sorted:
    """Sort columns; raises where one that is headed by an index goes below zero."""
    parts = _Sorted([], [], [], [], [])
    price = "close" if any(c.is_named("close") for c in columns) else "adjusted"
    for column in columns:
        if not any(table.column(column.number)):
            continue
        if column.role is not None and not column.is_named(price):
            if column.role.kind in _SOFT:
                part = parts.soft if column.index_name else parts.bare
                part += [] if holds_text(table, column.number) else [column]
            continue
        name = column.index_name or column.header
        known = registry.find(name) is not None
        certain = known or column.role is not None or is_code(name)
        why = _no_level(table, column, certain)
        if why == _BELOW and known:
            raise no_close(table)
        if why and not (known and why == _WILD):
            parts.no_levels.append((column, why))
        elif certain:
            parts.certain.append(column)
        else:
            parts.strangers.append(column)
    return parts


_SOFT = frozenset(["open", "high", "low", "adjusted", "prior_close", "other"])
_PRICES = frozenset(["open", "high", "low"])
_BELOW, _WILD = "goes below zero, as no level does", "moves as no index does"


def _no_level(table: Table, column: Column, certain: bool = False) -> str:
    """What a column holds instead of levels, in words; empty where it may be levels.

    ``certain`` is whether the header names an index, which may be a wild one.
    """
    number = column.number
    if holds_text(table, number):
        return "holds no numbers"
    if goes_below_zero(table, number):
        return _BELOW
    return "" if behaves_like_level(table, number, certain) else _WILD


def _of_one_index(table: Table, parts: _Sorted) -> bool:
    """Whether columns stand beside one index that only one index has: its dividends, its mean."""
    if len(parts.certain) != 1:
        return False
    index = parts.certain[0].number
    return any(
        not _may_be_index(table, c)
        or not of_one_scale(table, c.number, index)
        or follows(table, c.number, index)
        for c in parts.bare
    )


def _taken(table: Table, parts: _Sorted) -> list[Column]:
    """The columns that are indices, in a table of several."""
    taken = [*parts.certain]
    known = [c.number for c in parts.certain]
    numbered = _numbered(parts.strangers)
    for column in parts.strangers:
        statistic = known and is_windowed(column.header) and column not in numbered
        if not statistic or (
            any(of_one_scale(table, column.number, n) for n in known)
            and not any(follows(table, column.number, n) for n in known)
        ):
            taken.append(column)
    if any(c.role and c.role.kind in _PRICES for c in parts.bare):
        return []
    if not parts.certain and len(taken) + len(parts.soft) < 2 and parts.bare:
        return []
    for column in (*parts.soft, *parts.bare):
        others = [c for c in (*taken, *parts.soft) if c is not column]
        if _may_be_index(table, column) and not any(_is_of(table, column, c) for c in others):
            taken.append(column)
    return sorted(taken)


def _is_of(table: Table, column: Column, other: Column) -> bool:
    """Whether a column says something of another one's index: its open or high, a ratio of it."""
    if column.role is None or column.role.kind == "other":
        word = column.header.replace(column.index_name or "", "").strip(" _-.")
        if is_windowed(word) and follows(table, column.number, other.number):
            return True
        return repeats_moves(table, column.number, other.number)
    same = column.index_name is not None and column.index_name == other.index_name
    of_price = other.role is not None and other.role.kind not in {"other", column.role.kind}
    return (same and of_price) or always_near(table, column.number, other.number)


def _numbered(columns: Iterable[Column]) -> list[Column]:
    """The columns that are numbered one after the other, as no lengths of time are: A1, A2, A3."""
    split = {c: re.fullmatch(r"(.*?)0*(\d+)", c.header) for c in columns}
    parts = {c: (match[1], int(match[2])) for c, match in split.items() if match}
    numbers = {*parts.values()}
    return [c for c, (name, n) in parts.items() if {(name, n - 1), (name, n + 1)} & numbers]


def _may_be_index(table: Table, column: Column) -> bool:
    return not (_no_level(table, column) or hardly_moves(table, column.number))


def _names(taken: Sequence[Column], registry: Registry) -> dict[int, str]:
    """What each column is called: the index beside the word of a price, or its whole header."""
    words = Counter(_word(c) for c in taken if c.is_named("close", "adjusted"))
    alone = len(taken) == 1
    names = {}
    for column in taken:
        name = column.index_name if column.is_named("close", "adjusted") else None
        # Of one "Gold Price" among others the word may belong to the name.
        certain = name and (alone or registry.find(name) or is_code(name))
        names[column.number] = name if name and (certain or words[_word(column)] > 1) else ""
        names[column.number] = names[column.number] or column.header
    if alone and taken[0].header.isdecimal():
        names[taken[0].number] = ""
    return names


def _word(column: Column) -> int:
    return column.role.rank if column.role else -1


def _without_doubles(
    table: Table, taken: Sequence[Column], names: dict[int, str], registry: Registry
) -> tuple[list[Column], dict[int, str], list[str]]:
    """Columns of which no two, differently headed, are one index; and warnings of those left."""
    first: dict[str, Column] = {}
    left: dict[int, str] = {}
    for column in sorted(taken, key=lambda c: len(c.header)):
        symbol = registry.resolve(names[column.number]).symbol
        other = first.setdefault(symbol, column)
        same_name = names[other.number] == names[column.number]
        if other is column or same_name or not names[column.number]:
            continue
        differs = table.column(other.number) != table.column(column.number)
        text = f"{other.header} and {column.header} are both {registry.resolve(symbol).name}"
        left[column.number] = f"{text}, and differ; {column.header} is left out" if differs else ""
    kept = [c for c in taken if c.number not in left]
    return kept, {c.number: names[c.number] for c in kept}, [text for text in left.values() if text]


def _may_be_levels(table: Table, columns: Sequence[int]) -> bool:
    """Whether columns that no one knows look like levels of several indices.

    Not if one has changes in it, or two are as near to each other on every day as the open, high,
    low and close of one index are.
    """
    step = max(1, len(table.rows) // _SAMPLE_ROWS)
    if any(any(map(is_decorated, table.column(n)[::step])) for n in columns):
        return False
    return not two_always_near(table, columns)


def _refuse_torn(table: Table, numbers_of: Iterable[int]) -> None:
    """Refuse columns with cells such as 07: what stood behind a decimal comma, torn off."""
    for number in numbers_of:
        for row in table.rows:
            cell = row.cells[number]
            if len(cell) > 1 and cell[0] == "0" and cell.isdecimal() and cell.strip("0"):
                raise table.refused(
                    f"{cell} is not a level, but may be the digits after a decimal comma;"
                    " put numbers with commas in quotes, or separate the cells by semicolons",
                    row.line,
                )


def _listed(names: Iterable[str]) -> str:
    """Up to some names in words, and how many more there are."""
    texts = list(names)
    more = len(texts) - _MOST_NAMED
    return f"{', '.join(texts[:_MOST_NAMED])} and {more} more" if more > 0 else ", ".join(texts)
