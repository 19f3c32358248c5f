"""What documents of providers say beside their closes: the zone of moments, what is unfinished.

XML is read here too: elements of one name, beside each other.
"""

from __future__ import annotations

import datetime as dt
import itertools
import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from xml.etree import ElementTree
from zoneinfo import ZoneInfo

from marketmove.errors import Place, UnrecognisedFileError
from marketmove.sources.block import Context
from marketmove.sources.date_texts import parse_date_text
from marketmove.sources.grid import Grid, GridRow

_CLOSES = frozenset(["close", "weak_close", "adjusted"])
_NAMING = frozenset(["date", "time", "symbol", "exchange"])
_ZONES = ("exchangeTimezoneName", "exchange_timezone")
_MOMENTS = frozenset(["timestamp", "t", "date", "time", "datetime"])
_DEEPEST = 8
_MILLISECONDS = 10**11
# An auction ends some minutes after the last trade before it.
_AUCTION_S = 300


def as_told(grid: Grid, text: str, context: Context) -> Grid:
    """Read the rows of a JSON document as the rest of it says.

    Moments have the date of the zone that is named; of a session that was not over by the
    document's own word, the figures are left blank. In an object a close has to have a word that
    is known: any number of it might be a count.
    """
    document = json.loads(text) if text.lstrip().startswith("{") and _is_one(text) else None
    if document is None:
        return grid
    head: Sequence[str] = grid.rows[0].cells
    rows: Sequence[Sequence[str]] = [row.cells for row in grid.rows[1:]]
    if any(parse_date_text(cell, {}) for cell in head):
        return grid  # rows without names
    if not _has_known_close(head, context):
        names = ", ".join(head[:12])
        text = f"JSON with no column known as a close; there is {names}"
        raise UnrecognisedFileError.at(Place(grid.label), text)
    said = _said(document)
    zone = next((z for name in _ZONES if (z := _zone(said.get(name)))), None)
    if zone is not None:
        moments = [n for n, name in enumerate(head) if name.lower() in _MOMENTS]
        rows = [
            [_local_date(c, zone) if n in moments else c for n, c in enumerate(row)] for row in rows
        ]
        if day := _unfinished(said, zone):
            figures = [(r := context.words.role(n)) is None or r.kind not in _NAMING for n in head]
            rows = [_blanked(row, figures) if day in row else row for row in rows]
    head, rows = _by_code(*_latest_vintage(head, rows))
    lines = _lines(text, rows, [row.line for row in grid.rows[1:]])
    body = [GridRow(n, list(cells)) for n, cells in zip(lines, rows, strict=False)]
    return grid._replace(rows=[grid.rows[0]._replace(cells=list(head)), *body])


def _blanked(row: Sequence[str], figures: Sequence[bool]) -> list[str]:
    return ["" if figure else cell for cell, figure in zip(row, figures, strict=True)]


def _is_one(text: str) -> bool:
    """Whether a text is one document, and not one a line."""
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True


def _has_known_close(head: Sequence[str], context: Context) -> bool:
    roles = [context.words.role(name) for name in head]
    known = any(role is not None and role.kind in _CLOSES for role in roles)
    letters = {"o", "h", "l", "c"} <= set(head)
    return known or letters or any(context.registry.find(name) for name in head)


def _said(value: Any, depth: int = 0) -> dict[str, Any]:
    """What a document says outside of its records, by key; the outermost counts."""
    said: dict[str, Any] = {}
    if depth > _DEEPEST:
        return said
    if isinstance(value, list):
        return _said(value[0], depth + 1) if len(value) == 1 else said
    if isinstance(value, dict):
        said = dict(value)
        for child in value.values():
            said = _said(child, depth + 1) | said
    return said


def _zone(name: object) -> ZoneInfo | None:
    try:
        return ZoneInfo(name) if isinstance(name, str) and name else None
    except (LookupError, ValueError, OSError):
        return None


def _unfinished(said: Mapping[str, Any], zone: ZoneInfo) -> str:
    """The date of which a document has a figure from well before the session ended, by its word."""
    period = said.get("currentTradingPeriod")
    regular = period.get("regular") if isinstance(period, dict) else None
    end = regular.get("end") if isinstance(regular, dict) else None
    seen = said.get("regularMarketTime")
    if not (isinstance(seen, int) and isinstance(end, int)):
        return ""
    day = _local_date(str(seen), zone)
    return day if seen < end - _AUCTION_S and day == _local_date(str(end), zone) else ""


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


def _lines(text: str, rows: Sequence[Sequence[str]], known: Sequence[int]) -> list[int]:
    """The line of each row: where one of its cells stands next, from the row before it on."""
    if len(set(known)) > 1 or "\n" not in text.strip():
        return list(known)
    lines: list[int] = []
    at, line = 0, 1
    for row in rows:
        found = (text.find(cell, at) for cell in row if len(cell) >= len("2025-2-1"))
        there = next((place for place in found if place >= 0), at)
        line += text.count("\n", at, there)
        at = there
        lines.append(line)
    return lines


def is_xml(text: str) -> bool:
    """Tell whether a text is XML, and not a table with a header such as ``<DATE>,<CLOSE>``."""
    bare = text.strip()
    if not (bare.startswith("<") and bare.endswith(">")) or bare[:9].lower() == "<!doctype":
        return False
    return bare.startswith("<?xml") or (
        not bare[:6].lower().startswith("<html") and ("</" in bare or "/>" in bare)
    )


def xml_grid(text: str, label: str, context: Context) -> Grid:
    """Find the table of closes in an XML document; refused where there is none, or several."""
    if "<!DOCTYPE" in text or "<!ENTITY" in text:
        raise UnrecognisedFileError.at(Place(label), "XML with entities of its own; leave them out")
    try:
        root = ElementTree.fromstring(text)  # noqa: S314 - without entities nothing can swell
    except ElementTree.ParseError as error:
        line = error.position[0]
        raise UnrecognisedFileError.at(Place(label, line), "not valid XML") from None
    found = [table for table in _elements(root) if _has_known_close(table[0], context)]
    if len(found) != 1:
        what = f"{len(found)} tables" if found else "no column known as a close"
        raise UnrecognisedFileError.at(Place(label), f"XML with {what}")
    head, rows = _latest_vintage(*found[0])
    lines = _lines(text, rows, [1] * len(rows))
    body = [GridRow(n, list(cells)) for n, cells in zip(lines, rows, strict=True)]
    return Grid(label, [GridRow(1, list(head)), *body], "XML")


def _elements(root: ElementTree.Element) -> Iterator[tuple[list[str], list[list[str]]]]:
    """The elements of one name in each place, with their attributes and texts for cells."""
    for parent in root.iter():
        for _, same in itertools.groupby(parent, key=lambda child: child.tag):
            records = [
                dict(one.attrib) | {_name(c.tag): (c.text or "").strip() for c in one}
                for one in same
            ]
            head = list(dict.fromkeys(key for record in records for key in record))
            if head:
                yield head, [[record.get(key, "") for key in head] for record in records]


def _name(tag: str) -> str:
    return tag.rpartition("}")[2]


def _by_code(
    head: Sequence[str], rows: Sequence[Sequence[str]]
) -> tuple[Sequence[str], Sequence[Sequence[str]]]:
    """A table without the short names of indices that it has codes of, which name them better."""
    lower = [name.lower() for name in head]
    if "secid" not in lower or "shortname" not in lower:
        return head, rows
    return _without({lower.index("shortname")}, head, rows)


def _latest_vintage(
    head: Sequence[str], rows: Sequence[Sequence[str]]
) -> tuple[Sequence[str], Sequence[Sequence[str]]]:
    """Of the vintages of a figure, as FRED has them, the latest; their columns are not wanted."""
    lower = [name.lower() for name in head]
    if not {"realtime_start", "date"} <= set(lower):
        return head, rows
    since, date = lower.index("realtime_start"), lower.index("date")
    latest: dict[str, Sequence[str]] = {}
    for row in rows:
        if row[date] not in latest or row[since] >= latest[row[date]][since]:
            latest[row[date]] = row
    columns = {n for n, name in enumerate(lower) if name in {"realtime_start", "realtime_end"}}
    return _without(columns, head, list(latest.values()))


def _without(
    columns: set[int], head: Sequence[str], rows: Sequence[Sequence[str]]
) -> tuple[Sequence[str], Sequence[Sequence[str]]]:
    kept = [n for n in range(len(head)) if n not in columns]
    return [head[n] for n in kept], [[row[n] for n in kept] for row in rows]
