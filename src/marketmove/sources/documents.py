"""Documents as providers send them, JSON and XML: the one table of closes in them, as rows of text.

A list of records, columns with rows, parallel lists, an object by date, wherever they stand.
"""

from __future__ import annotations

import datetime as dt
import itertools
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple
from xml.etree import ElementTree
from zoneinfo import ZoneInfo

from marketmove.errors import Place, UnrecognisedFileError
from marketmove.sources.block import Context
from marketmove.sources.date_texts import parse_date_text
from marketmove.sources.grid import Grid, GridRow
from marketmove.sources.vocabulary import Role, Words

_DEEPEST = 12
_NAMES = ("columns", "fields", "column_names", "headers", "header")
_ROWS = ("data", "rows", "values", "records")
_LABELS = ("index",)
_CLOSES = frozenset(["close", "weak_close", "adjusted"])
_ZONES = ("exchangeTimezoneName", "exchange_timezone")
_FEWEST = 2
_MOST_ITEMS = 50
_NUMBERED = ". "
# A moment in whole seconds or milliseconds: what a date is where a zone has to be known.
_MILLISECONDS = 10**11
Cells = Sequence[str]


# What the briefest of providers call their columns, where all are there.
_LETTERS = {"t": "timestamp", "o": "open", "h": "high", "l": "low", "c": "close", "v": "volume"}


class _Number(str):
    """A number as written, told from text in quotes."""

    __slots__ = ()


class Found(NamedTuple):
    """A table in a document: where it stands, its header, its rows."""

    path: str
    head: tuple[str, ...]
    rows: Sequence[Cells]


def is_document(text: str) -> bool:
    """Tell whether JSON is more than lines or a list of flat records."""
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        # Lines of JSON are no JSON as a whole; a document that is damaged has few of them.
        lines = [line.strip() for line in text.splitlines() if line.strip()]
        return not (lines[0].startswith(("{", "[")) and lines[0].endswith(("}", "]")))
    if isinstance(document, dict):
        return True
    flat = [isinstance(one, dict) and not _is_nested(one) for one in document]
    return not all(flat)


def _is_nested(record: Mapping[str, Any]) -> bool:
    return any(isinstance(value, dict | list) for value in record.values())


def json_document_grid(text: str, label: str, context: Context) -> Grid:
    """Find the table of closes in a JSON document."""
    try:
        document = json.loads(text, parse_float=_Number, parse_int=_Number)
    except RecursionError:
        raise UnrecognisedFileError.at(Place(label), "JSON nested too deeply") from None
    except ValueError as error:
        line = getattr(error, "lineno", None)
        raise UnrecognisedFileError.at(Place(label, line), "not valid JSON") from None
    found = [_spelt_out(table) for table in _tables(document, "", 0, {}) if table.rows]
    return _chosen(found, text, label, context, "JSON")


def is_xml(text: str) -> bool:
    """Tell whether a text is XML, and not a table with a header such as ``<DATE>,<CLOSE>``."""
    bare = text.strip()
    if not (bare.startswith("<") and bare.endswith(">")):
        return False
    return bare.startswith(("<?xml", "<!")) or "</" in bare or "/>" in bare


def xml_grid(text: str, label: str, context: Context) -> Grid:
    """Find the table of closes in an XML document: elements of one name, beside each other."""
    if "<!DOCTYPE" in text or "<!ENTITY" in text:
        what = "a web page" if "<!doctype html" in text.lower() else "XML with entities of its own"
        raise UnrecognisedFileError.at(Place(label), f"{what}; expected closes")
    try:
        root = ElementTree.fromstring(text)  # noqa: S314 - without entities nothing can swell
    except ElementTree.ParseError as error:
        line = error.position[0]
        raise UnrecognisedFileError.at(Place(label, line), "not valid XML") from None
    found = list(_elements(root))
    return _chosen(found, text, label, context, "XML")


def _spelt_out(table: Found) -> Found:
    """A table whose columns are letters, with the words that they stand for."""
    if not {"t", "o", "h", "l", "c"} <= set(table.head):
        return table
    return table._replace(head=tuple(_LETTERS.get(name, name) for name in table.head))


def _elements(root: ElementTree.Element) -> Iterator[Found]:
    for parent in root.iter():
        for tag, same in itertools.groupby(parent, key=lambda child: child.tag):
            records = [
                dict(one.attrib) | {_tag(child): (child.text or "").strip() for child in one}
                for one in same
            ]
            if any(records):
                yield _from_records(_tag_name(tag), records)


def _tag(element: ElementTree.Element) -> str:
    return _tag_name(element.tag)


def _tag_name(tag: str) -> str:
    return tag.rpartition("}")[2]


def _chosen(found: Sequence[Found], text: str, label: str, context: Context, kind: str) -> Grid:
    """The one table that has dates and closes; refused where there is none, or more than one."""
    words = context.words
    dated = [table for table in found if _has_dates(table, words)]
    priced = [table for table in dated if _has_closes(table, context)]
    if not priced:
        what = "no dates" if not dated else "no column that is known as a close"
        where = dated or found
        names = f"; there is {', '.join(where[0].head[:12])}" if where else ""
        raise UnrecognisedFileError.at(Place(label), f"{kind} with {what}{names}")
    if len(priced) > 1:
        paths = " and ".join(table.path or "the whole" for table in priced[:2])
        advice = "save the part that is meant as a file of its own"
        raise UnrecognisedFileError.at(Place(label), f"{kind} with two tables, {paths}; {advice}")
    (table,) = priced
    table = _by_code(_latest_vintage(table._replace(head=tuple(map(_plain, table.head)))))
    lines = _lines(text, table, words)
    rows = [GridRow(n, list(cells)) for n, cells in zip(lines, table.rows, strict=True)]
    return Grid(label, [GridRow(1, list(table.head)), *rows], kind)


def _role(name: str, words: Words) -> Role | None:
    return words.role(_plain(name))


def _plain(name: str) -> str:
    """A name without the number that some put before it: ``4. close``."""
    number, _, rest = name.partition(_NUMBERED)
    return rest if rest and number.isdecimal() else name


def _has_dates(table: Found, words: Words) -> bool:
    return _date_column(table, words) is not None


def _date_column(table: Found, words: Words) -> int | None:
    """The column of dates: one that is named so, else one whose cells are dates of themselves."""
    own: list[int] = []
    for number, name in enumerate(table.head):
        cells = [row[number] for row in table.rows if row[number]]
        stamps = [parse_date_text(cell, words.months) for cell in cells[:20]]
        if not stamps or None in stamps:
            continue
        role = _role(name, words)
        if role and role.kind in {"date", "time"}:
            return number
        if all(stamp is not None and stamp.kind != "number" for stamp in stamps):
            own.append(number)
    return own[0] if own else None


def _has_closes(table: Found, context: Context) -> bool:
    """Whether a column is known as a close; any number in a document might be a count."""
    return any(
        ((role := _role(name, context.words)) and role.kind in _CLOSES)
        or context.registry.find(name)
        for name in table.head
    )


def _lines(text: str, table: Found, words: Words) -> list[int]:
    """The line of each row: where its date stands next, from the row before it on."""
    column = _date_column(table, words) or 0
    lines: list[int] = []
    at, line = 0, 1
    for row in table.rows:
        there = text.find(row[column], at) if row[column] else -1
        if there >= 0:
            line += text.count("\n", at, there)
            at = there
        lines.append(line)
    return lines


def _tables(value: Any, path: str, depth: int, told: Mapping[str, str]) -> Iterator[Found]:
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
    elif depth == 0 and _are_records([value]):
        yield _from_records(path, [value])
    for key, one in value.items():
        yield from _tables(one, f"{path}.{key}".strip("."), depth + 1, told)


def _of_list(
    value: Sequence[Any], path: str, depth: int, told: Mapping[str, str]
) -> Iterator[Found]:
    """A list that is a table itself, or the tables in the first of its items."""
    if value and all(isinstance(one, dict) for one in value) and _are_records(value):
        yield _with_told(_from_records(path, value), told)
    elif value and all(isinstance(one, list) for one in value):
        yield from _with_header_row(path, value)
    for number, one in enumerate(value[:_MOST_ITEMS]):
        yield from _tables(one, f"{path}.{number}".strip("."), depth + 1, told)


def _told(value: Mapping[str, Any]) -> dict[str, str]:
    """What an object says of the symbol and the zone of the rows below it, by itself or as meta."""
    meta = next((value[key] for key in ("meta", "Meta Data") if key in value), None)
    said = {**(meta if isinstance(meta, dict) else {}), **value}
    told: dict[str, str] = {}
    for key, one in said.items():
        name = key.partition(_NUMBERED)[2] or key
        if isinstance(one, str) and name.lower() in {"symbol", "ticker"}:
            told["symbol"] = one
        if isinstance(one, str) and key in _ZONES:
            told["zone"] = one
    return told


def _with_told(table: Found, told: Mapping[str, str]) -> Found:
    """A table with the dates of its zone, and a column of the symbol, where it has none itself."""
    zone = _zone(told.get("zone", ""))
    if zone is not None:
        table = table._replace(rows=[_in_zone(table.head, row, zone) for row in table.rows])
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


def _are_records(values: Sequence[Mapping[str, Any]]) -> bool:
    return any(sum(map(_is_cell, one.values())) >= _FEWEST for one in values)


def _is_cell(value: Any) -> bool:
    return value is None or isinstance(value, str | bool)


def _cell(value: Any) -> str:
    if value is None or isinstance(value, dict | list):
        return ""
    return str(value).strip()


def _from_records(path: str, records: Iterable[Mapping[str, Any]]) -> Found:
    every = list(records)
    keys = dict.fromkeys(
        key for one in every for key, value in one.items() if not isinstance(value, dict | list)
    )
    return Found(path, tuple(keys), [[_cell(one.get(key)) for key in keys] for one in every])


def _with_header_row(path: str, rows: Sequence[Sequence[Any]]) -> Iterator[Found]:
    """Rows of which the first has the names."""
    head = rows[0]
    names = all(isinstance(cell, str) and not isinstance(cell, _Number) for cell in head)
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
            yield _from_records(path, records)
        elif all(map(_is_cell, children)):
            yield Found(path, ("date", "close"), [[k, _cell(one)] for k, one in value.items()])
        return
    if len(keys) < 1 or not all(isinstance(one, dict) and one for one in children):
        return
    if keys == [str(n) for n in range(len(keys))]:
        yield _from_records(path, children)
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


def _by_code(table: Found) -> Found:
    """A table without the short names of indices that it has codes of, which name them better."""
    lower = [name.lower() for name in table.head]
    if "secid" not in lower or "shortname" not in lower:
        return table
    left_out = lower.index("shortname")
    rows = [[cell for n, cell in enumerate(row) if n != left_out] for row in table.rows]
    head = tuple(name for n, name in enumerate(table.head) if n != left_out)
    return table._replace(head=head, rows=rows)


def _latest_vintage(table: Found) -> Found:
    """Of the vintages of a figure, as FRED has them, the latest; their columns are not wanted."""
    lower = [name.lower() for name in table.head]
    if not {"realtime_start", "date"} <= set(lower):
        return table
    since, date = lower.index("realtime_start"), lower.index("date")
    latest: dict[str, Cells] = {}
    for row in table.rows:
        if row[date] not in latest or row[since] >= latest[row[date]][since]:
            latest[row[date]] = row
    kept = [n for n, name in enumerate(lower) if name not in {"realtime_start", "realtime_end"}]
    rows = [[row[n] for n in kept] for row in latest.values()]
    return table._replace(head=tuple(table.head[n] for n in kept), rows=rows)
