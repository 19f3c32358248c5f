"""Documents as providers send them, JSON and XML: the one table of closes in them, as rows of text.

A list of records, columns with rows, parallel lists, an object by date, wherever they stand.
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from xml.etree import ElementTree

from marketmove.errors import Place, UnrecognisedFileError
from marketmove.sources.block import Context
from marketmove.sources.date_texts import parse_date_text
from marketmove.sources.document_tables import (
    NUMBERED,
    Cells,
    Found,
    Number,
    from_records,
    tables,
)
from marketmove.sources.grid import Grid, GridRow
from marketmove.sources.vocabulary import Role, Words

_CLOSES = frozenset(["close", "weak_close", "adjusted"])
# What the briefest of providers call their columns, where all are there.
_LETTERS = {"t": "timestamp", "o": "open", "h": "high", "l": "low", "c": "close", "v": "volume"}


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
        document = json.loads(text, parse_float=Number, parse_int=Number)
    except RecursionError:
        raise UnrecognisedFileError.at(Place(label), "JSON nested too deeply") from None
    except ValueError as error:
        line = getattr(error, "lineno", None)
        raise UnrecognisedFileError.at(Place(label, line), "not valid JSON") from None
    found = [_spelt_out(table) for table in tables(document, "", 0, {}) if table.rows]
    return _chosen(found, text, label, context, "JSON")


def is_xml(text: str) -> bool:
    """Tell whether a text is XML, and not a table with a header such as ``<DATE>,<CLOSE>``."""
    bare = text.strip()
    if not (bare.startswith("<") and bare.endswith(">")) or bare[:9].lower() == "<!doctype":
        return False
    return bare.startswith("<?xml") or "</" in bare or "/>" in bare


def xml_grid(text: str, label: str, context: Context) -> Grid:
    """Find the table of closes in an XML document: elements of one name, beside each other."""
    if "<!DOCTYPE" in text or "<!ENTITY" in text:
        raise UnrecognisedFileError.at(Place(label), "XML with entities of its own; leave them out")
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
                yield from_records(_tag_name(tag), records)


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
    number, _, rest = name.partition(NUMBERED)
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
