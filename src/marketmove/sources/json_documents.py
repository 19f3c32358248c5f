"""Closes in JSON: lists of records, parallel lists, columns by name, objects by date; as rows.

A document is searched for tables: whatever in it has rows with a date and a number. The symbol may
stand beside a table, as ``{"symbol": "HSI", "data": [...]}`` has it, or name one of several.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple, cast

from marketmove.errors import Place, UnrecognisedFileError
from marketmove.sources import date_texts, numbers
from marketmove.sources.grid import Grid, GridRow
from marketmove.sources.typed import Written, cell_text
from marketmove.sources.vocabulary import Words, normalised

_LABELS = ("columns", "fields", "names", "header", "headers")
_INDEX = "index"
# "2. Symbol", as some number their keys.
_NUMBERED = re.compile(r"^\d+\s*")
# What stands beside closes and has dates and numbers too.
_EVENTS = frozenset(["events", "dividends", "splits", "capitalGains"])
_SAMPLE_ROWS = 50
_MOST_FOUND = 6
_LETTERS = {"t": "timestamp", "o": "open", "h": "high", "l": "low", "c": "close", "v": "volume"}
_OWN_SCHEMA = "marketmove."
_FORMS = (
    "expected records with a date and a close, lists of dates and of closes side by side,"
    " or an object by date"
)


class Found(NamedTuple):
    """A table in a document: where it stands, its names of columns, and its rows of values."""

    path: tuple[str, ...]
    names: tuple[str, ...]
    rows: list[tuple[int, list[Any]]]

    @property
    def where(self) -> str:
        """Where the table stands, in words, and how many rows it has."""
        rows = "1 row" if len(self.rows) == 1 else f"{len(self.rows)} rows"
        return f"{'.'.join(self.path) or 'the list'} ({rows} of {', '.join(self.names[:4])})"


def json_grid(text: str, label: str, words: Words, mark: str) -> Grid:
    """Read a JSON document, or JSON lines, of which one table has dates and numbers."""
    values = _values(text, label)
    found = list(_found(values, words))
    fitting = [table for table in found if _has_closes(table, words)]
    tables = _of_one_form(fitting, words)
    if not tables:
        raise UnrecognisedFileError.at(Place(label), _nothing(found, fitting))
    names = tables[0].names
    several = len(tables) > 1
    named = any((role := words.role(name)) and role.kind == "symbol" for name in names)
    symbol = "" if several or named else _symbol_beside(values, words)
    rows = [
        GridRow(1, [*first, *(cell_text(value, mark) for value in row)])
        for table in tables
        for first in [[_name_of(table, tables)] if several else [symbol] if symbol else []]
        for line, row in table.rows
    ]
    if not names:
        return Grid(label, rows, "JSON")
    head = GridRow(1, [*(["symbol"] if several or symbol else []), *names])
    own = any(_is_own(value) for _, value in values)
    return Grid(label, [head, *(_with_prior(head, rows) if own else rows)], "JSON")


def _found(values: Sequence[tuple[int, Any]], words: Words) -> Iterator[Found]:
    """Every table of a document; the records of JSON lines are one."""
    first = values[0][1]
    if len(values) > 1 and all(isinstance(value, type(first)) for _, value in values):
        lines = [line for line, _ in values]
        for table in _of_list([value for _, value in values], (), words):
            rows = [(lines[n], row) for n, (_, row) in enumerate(table.rows[: len(lines)])]
            yield table._replace(rows=rows if len(table.rows) == len(lines) else table.rows)
    elif len(values) == 1:
        tables = list(_tables(first, (), words))
        yield from tables
        if isinstance(first, dict) and not any(_has_closes(t, words) for t in tables):
            yield from _of_list([first], (), words)


def _values(text: str, label: str) -> list[tuple[int, Any]]:
    """The document, or the one of each line, with the line that it begins on."""
    try:
        return [(1, _loads(text, label))]
    except RecursionError:
        raise UnrecognisedFileError.at(Place(label), "JSON nested too deeply") from None
    except ValueError as error:
        broken = error.lineno if isinstance(error, json.JSONDecodeError) else 1
    values: list[tuple[int, Any]] = []
    for number, line in enumerate(text.split("\n"), start=1):
        if line.strip():
            try:
                values.append((number, _loads(line, label)))
            except (ValueError, RecursionError):
                place = Place(label, number if values else broken)
                raise UnrecognisedFileError.at(place, "not valid JSON") from None
    return values


def _loads(text: str, label: str) -> Any:
    def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any] | list[Any]:
        found = dict(pairs)
        if len(found) < len(pairs):
            key = next(k for k, n in Counter(k for k, _ in pairs).items() if n > 1)
            raise UnrecognisedFileError.at(Place(label), f"an object has {key} twice")
        # pandas writes lists so, by the number of the row.
        counted = found and list(found) == [str(n) for n in range(len(found))]
        return list(found.values()) if counted else found

    return json.loads(
        text,
        parse_float=Written,
        parse_int=Written,
        parse_constant=lambda _: None,
        object_pairs_hook=unique,
    )


def _tables(value: Any, path: tuple[str, ...], words: Words) -> Iterator[Found]:
    """Every table in a value."""
    if isinstance(value, list):
        yield from _of_list(value, path, words)
    elif isinstance(value, dict):
        yield from _of_object(value, path, words)


def _of_list(items: list[Any], path: tuple[str, ...], words: Words) -> Iterator[Found]:
    if all(isinstance(item, dict) for item in items):
        flat = [{k: v for k, v in _flat(r, ()) if not isinstance(v, list)} for r in items]
        names = tuple(dict.fromkeys(key for record in flat for key in record))
        if names:
            rows = [(1, [r.get(name) for name in names]) for r in flat]
            yield Found(path, _spelt_out(names), rows)
    elif _is_matrix(items):
        first = items[0]
        headed = all(_is_text(cell) and not _is_date(cell) for cell in first)
        rows = [(1, list(row)) for row in (items[1:] if headed else items)]
        yield Found(path, tuple(first) if headed else (), rows)
        return
    for n, item in enumerate(items):
        if not _is_plain(item):
            name = _symbol_beside([(1, _own_values(item))], words) or str(n + 1)
            yield from _tables(item, (*path, *([name] if len(items) > 1 else [])), words)


def _own_values(item: Any) -> dict[str, Any]:
    """The plain values of an object, without those of what is in it."""
    return {k: v for k, v in item.items() if _is_plain(v)} if isinstance(item, dict) else {}


def _of_object(value: dict[str, Any], path: tuple[str, ...], words: Words) -> Iterator[Found]:
    if table := _split(value, path) or _by_date(value, path):
        yield table
        return
    inner = [
        table
        for k, item in value.items()
        if k not in _EVENTS
        for table in _tables(item, (*path, k), words)
    ]
    yield from inner
    # Of lists of one length those belong together that stand nearest to each other.
    if not any(_has_closes(table, words) for table in inner):
        yield from _parallel(value, path)


def _split(value: Mapping[str, Any], path: tuple[str, ...]) -> Found | None:
    """Names of columns in one list and the rows in another; with an index as pandas has it."""
    names = next((value[key] for key in _LABELS if _is_names(value.get(key))), None)
    lists = (item for item in value.values() if isinstance(item, list))
    rows: list[Any] = next((item for item in lists if _is_matrix(item, narrowest=1)), [])
    if names is None or not rows or len(rows[0]) != len(names):
        return None
    index = value.get(_INDEX)
    labels = [n["name"] if isinstance(n, dict) else n for n in names]
    counted = index == [str(n) for n in range(len(rows))]
    if isinstance(index, list) and len(index) == len(rows) and not counted:
        both = zip(index, rows, strict=True)
        return Found(path, ("date", *labels), [(1, [i, *row]) for i, row in both])
    return Found(path, tuple(labels), [(1, list(row)) for row in rows])


def _is_names(value: Any) -> bool:
    if not isinstance(value, list) or not value:
        return False
    return all(map(_is_text, value)) or all(
        isinstance(item, dict) and isinstance(item.get("name"), str) for item in value
    )


def _is_matrix(items: Sequence[Any], narrowest: int = 2) -> bool:
    """Whether all items are lists of as many plain values."""
    if not items or not all(isinstance(item, list) for item in items):
        return False
    widths = {len(item) for item in items}
    return (
        len(widths) == 1
        and widths.pop() >= narrowest
        and all(_is_plain(c) for r in items for c in r)
    )


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and not isinstance(value, Written)


def _is_plain(value: Any) -> bool:
    return not isinstance(value, list | dict)


def _by_date(value: Mapping[str, Any], path: tuple[str, ...]) -> Found | None:
    """An object by date, of numbers or of objects; or one by name, of objects by date."""
    if _are_dates(value):
        rows = {k: dict(_flat(v, ())) if isinstance(v, dict) else v for k, v in value.items()}
        if all(isinstance(row, dict) for row in rows.values()):
            names = tuple(dict.fromkeys(key for row in rows.values() for key in row))
            found = [(1, [k, *(row.get(name) for name in names)]) for k, row in rows.items()]
            return Found(path, ("date", *names), found)
        if all(_is_plain(row) for row in rows.values()):
            name = path[-1] if path else "close"
            return Found(path, ("date", name), [(1, [k, row]) for k, row in rows.items()])
        return None
    columns = {k: v for k, v in value.items() if isinstance(v, dict) and _are_dates(v)}
    plain = all(_is_plain(cell) for column in columns.values() for cell in column.values())
    if not columns or not plain:
        return None
    dates = dict.fromkeys(date for column in columns.values() for date in column)
    found = [(1, [date, *(column.get(date) for column in columns.values())]) for date in dates]
    return Found(path, ("date", *columns), found)


def _are_dates(value: Mapping[str, Any]) -> bool:
    """Whether the keys of an object are dates, or seconds since 1970."""
    keys = list(value)[:_SAMPLE_ROWS]
    if not keys or not all(key[-1:].isdigit() or key.endswith("Z") for key in keys):
        return False
    return all(map(_is_date, keys)) or bool(date_texts.epochs_of(keys))


def _is_date(text: str) -> bool:
    stamp = date_texts.parse_date_text(text, {})
    return stamp is not None and len(stamp.numbers) == 3 and stamp.kind != "number"


def _parallel(value: Mapping[str, Any], path: tuple[str, ...]) -> Iterator[Found]:
    """Lists of plain values side by side, at whatever depth, that are as long as each other."""
    lists = {
        key: item
        for key, item in _flat(value, ())
        if isinstance(item, list) and item and all(map(_is_plain, item))
    }
    lengths = Counter(map(len, lists.values()))
    for length, count in lengths.items():
        if count > 1:
            alike = {_last(key, lists): item for key, item in lists.items() if len(item) == length}
            rows = [(1, list(row)) for row in zip(*alike.values(), strict=True)]
            yield Found(path, _spelt_out(tuple(alike)), rows)


def _spelt_out(names: tuple[str, ...]) -> tuple[str, ...]:
    """Names of columns that are letters, as some keep them short, with the words they stand for."""
    return tuple(_LETTERS[n] for n in names) if {*"tohlc"} <= {*names} <= {*_LETTERS} else names


def _last(key: str, others: Mapping[str, Any]) -> str:
    """The last part of a path, where no other path ends so."""
    last = key.rpartition(".")[2]
    return last if sum(other.rpartition(".")[2] == last for other in others) == 1 else key


def _flat(value: Mapping[str, Any], path: tuple[str, ...]) -> Iterator[tuple[str, Any]]:
    """The values of an object and of the objects in it, by the names that lead to them."""
    for key, item in value.items():
        if isinstance(item, list) and len(item) == 1 and isinstance(item[0], dict):
            item = item[0]
        if isinstance(item, dict):
            yield from _flat(cast("dict[str, Any]", item), (*path, key))
        else:
            yield ".".join((*path, key)), item


def _has_closes(table: Found, words: Words) -> bool:
    """Whether some column holds dates, and another numbers."""
    step = max(1, len(table.rows) // _SAMPLE_ROWS)
    columns = list(zip(*(row for _, row in table.rows[::step]), strict=True))
    dated = {n for n, cells in enumerate(columns) if _holds_dates(table, n, cells, words)}
    numeric = {n for n, cells in enumerate(columns) if any(map(_is_number, cells))}
    return bool(dated) and bool(numeric - dated)


def _holds_dates(table: Found, number: int, cells: Sequence[Any], words: Words) -> bool:
    texts = [cell_text(cell) for cell in cells if cell is not None]
    if not texts:
        return False
    role = words.role(table.names[number]) if number < len(table.names) else None
    said = role is not None and role.kind in {"date", "time"}
    whole = all(text.lstrip("-").isdigit() for text in texts)
    stamps = [date_texts.parse_date_text(text, words.months) for text in texts]
    if said and whole:
        return all(stamps) or bool(date_texts.epochs_of(texts))
    return not whole and sum(stamp is not None for stamp in stamps) * 2 > len(texts)


def _is_number(value: Any) -> bool:
    if _is_text(value):
        return any(numbers.read_signed(value, mark) is not None for mark in ".,")
    return isinstance(value, Written)


def _of_one_form(tables: Sequence[Found], words: Words) -> list[Found]:
    """The one table there is, or several of the same columns, each under a name of its own."""
    if not tables:
        return []
    largest = max(tables, key=lambda table: len(table.rows))
    alike = [t for t in tables if t.names == largest.names and _is_beside(t, largest)]
    if len(alike) > 1 and any(words.qualifies(_name_of(table, alike)) for table in alike):
        return []  # "daily" and "weekly" are no two indices
    others = [t for t in tables if t not in alike]
    if any(len(t.rows) * 2 > len(largest.rows) and not _is_within(t, largest) for t in others):
        return []
    return alike


def _is_beside(table: Found, other: Found) -> bool:
    """Whether the paths of two tables differ in one place, if at all."""
    both = zip(table.path, other.path, strict=False)
    return len(table.path) == len(other.path) and sum(a != b for a, b in both) <= 1


def _is_within(table: Found, other: Found) -> bool:
    shorter = min(len(table.path), len(other.path))
    return table.path[:shorter] == other.path[:shorter]


def _name_of(table: Found, tables: Sequence[Found]) -> str:
    """What tells a table from the others: the last part of its path that differs."""
    for n in range(len(table.path) - 1, -1, -1):
        if len({other.path[n] for other in tables if n < len(other.path)}) == len(tables):
            return table.path[n]
    return table.path[-1] if table.path else ""


def _symbol_beside(values: Sequence[tuple[int, Any]], words: Words) -> str:
    """The symbol that a document names outside of its table, if it names one."""
    best: dict[int, set[str]] = {}
    for _, value in values:
        for key, item in _flat(value, ()) if isinstance(value, dict) else ():
            word = _NUMBERED.sub("", key.rpartition(".")[2]).strip()
            role = words.roles.get(normalised(word))
            if role and role.kind == "symbol" and _is_text(item) and item.strip():
                best.setdefault(role.rank, set()).add(item.strip())
    names = best[min(best)] if best else set()
    return names.pop() if len(names) == 1 else ""


def _is_own(value: Any) -> bool:
    """Whether a document is the JSON output of this program."""
    return isinstance(value, dict) and str(value.get("schema", "")).startswith(_OWN_SCHEMA)


def _with_prior(head: GridRow, rows: Sequence[GridRow]) -> list[GridRow]:
    """Rows of our own output, and the prior close that each of them has, as rows of their own."""
    wanted = ("symbol", "session", "close", "prior_session", "prior_close")
    if not set(wanted) <= set(head.cells):
        return list(rows)
    symbol, session, close, prior, level = (head.cells.index(name) for name in wanted)
    there = {(row.cells[symbol], row.cells[session]) for row in rows}
    found = []
    for row in rows:
        key = row.cells[symbol], row.cells[prior]
        if row.cells[prior] and key not in there:
            there.add(key)
            cells = [""] * len(row.cells)
            cells[symbol], cells[session], cells[close] = *key, row.cells[level]
            found.append(row._replace(cells=cells))
        found.append(row)
    return found


def _nothing(found: Sequence[Found], fitting: Sequence[Found]) -> str:
    """Say what was found in a document that is not read."""
    tables = fitting or found
    listed = "; ".join(table.where for table in tables[:_MOST_FOUND])
    if fitting:
        return f"several tables: {listed}; keep one"
    return f"no table of closes in the JSON; {_FORMS}" + (f", and found {listed}" if listed else "")
