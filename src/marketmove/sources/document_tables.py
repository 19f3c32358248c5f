"""The tables in a document of JSON: records, names with rows, parallel lists, objects by date."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from marketmove.sources.date_texts import parse_date_text

_DEEPEST = 12
_NAMES = ("columns", "fields", "column_names", "headers", "header")
_ROWS = ("data", "rows", "values", "records")
_LABELS = ("index",)
_ZONES = ("exchangeTimezoneName", "exchange_timezone")
_FEWEST = 2
_MOST_ITEMS = 50
NUMBERED = ". "
# A moment in whole seconds or milliseconds: what a date is where a zone has to be known.
_MILLISECONDS = 10**11
# An auction ends some minutes after the last trade before it.
_AUCTION_S = 300
Cells = Sequence[str]


class Found(NamedTuple):
    """A table in a document: where it stands, its header, its rows."""

    path: str
    head: tuple[str, ...]
    rows: Sequence[Cells]


class Number(str):
    """A number as written, told from text in quotes."""

    __slots__ = ()


def tables(value: Any, path: str, depth: int, told: Mapping[str, str]) -> Iterator[Found]:
    """Every table in a document; ``told`` is what the objects around say of symbol and zone."""
    if depth > _DEEPEST:
        return
    if isinstance(value, list):
        yield from _of_list(value, path, depth, told)
    if not isinstance(value, dict):
        return
    told = {**told, **_told(value)}
    own = [*_split(path, value), *_by_key(path, value), *_parallel(path, value, depth)]
    if own:
        yield from (_with_told(table, told) for table in own)
        if any(table.path == path for table in own):
            return
    elif depth == 0 and are_records([value]):
        yield from_records(path, [value])
    for key, one in value.items():
        yield from tables(one, f"{path}.{key}".strip("."), depth + 1, told)


def _of_list(
    value: Sequence[Any], path: str, depth: int, told: Mapping[str, str]
) -> Iterator[Found]:
    """A list that is a table itself, or the tables in the first of its items."""
    if value and all(isinstance(one, dict) for one in value) and are_records(value):
        yield _with_told(from_records(path, value), told)
    elif value and all(isinstance(one, list) for one in value):
        yield from _with_header_row(path, value)
    for number, one in enumerate(value[:_MOST_ITEMS]):
        yield from tables(one, f"{path}.{number}".strip("."), depth + 1, told)


def _told(value: Mapping[str, Any]) -> dict[str, str]:
    """What an object says of the symbol and the zone of the rows below it, by itself or as meta."""
    meta = next((value[key] for key in ("meta", "Meta Data") if key in value), None)
    said = {**(meta if isinstance(meta, dict) else {}), **value}
    told: dict[str, str] = {}
    for key, one in said.items():
        name = key.partition(NUMBERED)[2] or key
        if isinstance(one, str) and name.lower() in {"symbol", "ticker"}:
            told["symbol"] = one
        if isinstance(one, str) and key in _ZONES:
            told["zone"] = one
    if day := _unfinished(said, told.get("zone", "")):
        told["unfinished"] = day
    return told


def _unfinished(said: Mapping[str, Any], zone: str) -> str:
    """The date of which a document has a figure from well before the session ended, by its word."""
    period = said.get("currentTradingPeriod")
    regular = period.get("regular") if isinstance(period, dict) else None
    end = regular.get("end") if isinstance(regular, dict) else None
    seen, known = said.get("regularMarketTime"), _zone(zone)
    if known is None or not all(isinstance(one, str) and one.isdecimal() for one in (seen, end)):
        return ""
    day = _local_date(str(seen), known)
    before_end = int(str(seen)) < int(str(end)) - _AUCTION_S
    return day if before_end and day == _local_date(str(end), known) else ""


def _with_told(table: Found, told: Mapping[str, str]) -> Found:
    """A table with the dates of its zone, and a column of the symbol, where it has none itself."""
    zone = _zone(told.get("zone", ""))
    if zone is not None:
        table = table._replace(rows=[_in_zone(table.head, row, zone) for row in table.rows])
    if day := told.get("unfinished"):
        # No close yet: all but its date is left blank.
        rows = [[c if c == day else "" for c in row] if day in row else row for row in table.rows]
        table = table._replace(rows=rows)
    lower = {name.lower() for name in table.head}
    if "symbol" in told and not lower & {"symbol", "ticker", "secid", "name", "index"}:
        rows = [(*row, told["symbol"]) for row in table.rows]
        table = table._replace(head=(*table.head, "symbol"), rows=rows)
    return table


def _zone(name: str) -> ZoneInfo | None:
    try:
        return ZoneInfo(name) if name else None
    except (LookupError, ValueError, OSError):
        return None


def _in_zone(head: Cells, row: Cells, zone: ZoneInfo) -> Cells:
    return [
        _local_date(cell, zone) if name.lower() in {"timestamp", "t", "date", "time"} else cell
        for name, cell in zip(head, row, strict=True)
    ]


def _local_date(cell: str, zone: ZoneInfo) -> str:
    """The date of a moment since 1970 in a zone; a cell that is none as it is."""
    if not cell.lstrip("-").isdecimal():
        return cell
    seconds = int(cell)
    if abs(seconds) >= _MILLISECONDS:
        seconds //= 1000
    epoch = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
    try:
        return (epoch + dt.timedelta(seconds=seconds)).astimezone(zone).date().isoformat()
    except (OverflowError, ValueError):
        return cell


def are_records(values: Sequence[Mapping[str, Any]]) -> bool:
    """Tell whether objects are rows of a table: one of them has two values at least."""
    return any(sum(map(_is_cell, one.values())) >= _FEWEST for one in values)


def _is_cell(value: Any) -> bool:
    return value is None or isinstance(value, str | bool)


def _cell(value: Any) -> str:
    if value is None or isinstance(value, dict | list):
        return ""
    return str(value).strip()


def from_records(path: str, records: Iterable[Mapping[str, Any]]) -> Found:
    """Make a table of objects, with a column for each of their keys."""
    every = list(records)
    keys = dict.fromkeys(
        key for one in every for key, value in one.items() if not isinstance(value, dict | list)
    )
    return Found(path, tuple(keys), [[_cell(one.get(key)) for key in keys] for one in every])


def _with_header_row(path: str, rows: Sequence[Sequence[Any]]) -> Iterator[Found]:
    """Rows of which the first has the names."""
    head = rows[0]
    names = all(isinstance(cell, str) and not isinstance(cell, Number) for cell in head)
    if head and names and len({len(row) for row in rows}) == 1:
        yield Found(path, tuple(head), [[_cell(cell) for cell in row] for row in rows[1:]])


def _split(path: str, value: Mapping[str, Any]) -> Iterator[Found]:
    """An object of names and rows apart, with labels of the rows where pandas wrote them."""
    names = next((value[key] for key in _NAMES if isinstance(value.get(key), list)), None)
    rows = next((value[key] for key in _ROWS if isinstance(value.get(key), list)), None)
    if not names or rows is None:
        return
    head = [one.get("name", "") if isinstance(one, dict) else one for one in names]
    if not all(isinstance(one, str) for one in head):
        return
    body = [row for row in rows if isinstance(row, list) and len(row) == len(head)]
    if len(body) != len(rows):
        return
    labels = next((value[key] for key in _LABELS if isinstance(value.get(key), list)), None)
    cells = [[_cell(cell) for cell in row] for row in body]
    if labels is not None and len(labels) == len(cells):
        head = ["date", *head]
        cells = [[_cell(one), *row] for one, row in zip(labels, cells, strict=True)]
    yield Found(path, tuple(head), cells)


def _by_key(path: str, value: Mapping[str, Any]) -> Iterator[Found]:
    """Objects by date, or by number; or columns that are such objects, as pandas writes them."""
    keys = list(value)
    children = list(value.values())
    if keys and all(map(_is_date_key, keys)):
        if all(isinstance(one, dict) for one in children):
            records = [{"date": key, **one} for key, one in value.items()]
            yield from_records(path, records)
        elif all(map(_is_cell, children)):
            yield Found(path, ("date", "close"), [[k, _cell(one)] for k, one in value.items()])
        return
    if len(keys) < 1 or not all(isinstance(one, dict) and one for one in children):
        return
    if keys == [str(n) for n in range(len(keys))]:
        yield from_records(path, children)
        return
    labels = list(children[0])
    if all(list(one) == labels and all(map(_is_cell, one.values())) for one in children):
        dates = all(map(_is_date_key, labels))
        if dates or labels == [str(n) for n in range(len(labels))]:
            head = (*(("date",) if dates else ()), *keys)
            rows = [
                [*([label] if dates else []), *(_cell(one[label]) for one in children)]
                for label in labels
            ]
            yield Found(path, head, rows)


def _is_date_key(key: str) -> bool:
    if key.isdecimal():
        return len(key) in {8, 9, 10, 13} and key[0] != "0"
    stamp = parse_date_text(key, {})
    return stamp is not None and stamp.kind not in {"number", "month", "yearless"}


def _parallel(path: str, value: Mapping[str, Any], depth: int) -> Iterator[Found]:
    """Lists of one length, each a column, be some of them in objects below."""
    columns: dict[str, list[Any]] = {}
    for name, cells in _scalar_lists(value, depth):
        columns.setdefault(name, cells)
    if not any(isinstance(one, list) and _is_column(one) for one in value.values()):
        return
    longest = max((len(cells) for cells in columns.values()), default=0)
    same = {name: cells for name, cells in columns.items() if len(cells) == longest}
    if len(same) >= _FEWEST and longest:
        rows = [[_cell(cell) for cell in row] for row in zip(*same.values(), strict=True)]
        yield Found(path, tuple(same), rows)


def _scalar_lists(value: Mapping[str, Any], depth: int) -> Iterator[tuple[str, list[Any]]]:
    if depth > _DEEPEST:
        return
    for name, one in value.items():
        if name in {"meta", "validRanges"}:
            continue
        if isinstance(one, list) and _is_column(one):
            yield name, one
        elif isinstance(one, dict):
            yield from _scalar_lists(one, depth + 1)
        elif isinstance(one, list) and len(one) == 1 and isinstance(one[0], dict):
            yield from _scalar_lists(one[0], depth + 1)


def _is_column(value: Sequence[Any]) -> bool:
    return bool(value) and all(map(_is_cell, value))
