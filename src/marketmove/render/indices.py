"""The known indices, for people and for machines."""

from __future__ import annotations

import csv
import io

from rich.cells import cell_len

from marketmove.render import RenderOptions
from marketmove.render.machine import write
from marketmove.reports.documents import fields_of
from marketmove.reports.records import INDICES_SCHEMA, IndexListing, IndexRow
from marketmove.wording import numbers as words

_HEADS = ("Symbol", "Index", "Exchange", "Zone", "Close", "Next session", "Returns")
# Left out one after the other where a terminal has no room.
_LESS_WANTED = ("Zone", "Returns", "Exchange")
_INDENT, _GAP = "  ", "  "


def as_text(registered: IndexListing, look: RenderOptions) -> str:
    """Write the registry as one table; columns that a terminal has no room for are left out."""
    rows = [_cells(row) for row in registered.rows]
    heads = list(_HEADS)
    for head in _LESS_WANTED:
        if look.width is None or _width(heads, rows) <= look.width:
            break
        heads.remove(head)
    title = f"Next session after {words.moment(registered.moment)}, exchange's own date and time"
    table = [dict(zip(_HEADS, _HEADS, strict=True)), *rows]
    widths = {head: max(cell_len(row[head]) for row in table) for head in heads}
    lines = [
        _INDENT
        + _GAP.join(row[head] + " " * (widths[head] - cell_len(row[head])) for head in heads)
        for row in table
    ]
    count = words.count(len(rows), "index", "indices")
    text = "\n".join([title, "", *(line.rstrip() for line in lines), "", _INDENT + count]) + "\n"
    return words.plain_ascii(text) if look.ascii_only else text


def _cells(row: IndexRow) -> dict[str, str]:
    coming = words.NOTHING if row.next_session is None else str(row.next_session)
    texts = (
        *(row.symbol, row.name, row.exchange or words.NOTHING, row.zone or words.NOTHING),
        *(row.close_time or words.NOTHING, coming, row.returns),
    )
    return {head: words.visible(text) for head, text in zip(_HEADS, texts, strict=True)}


def _width(heads: list[str], rows: list[dict[str, str]]) -> int:
    widest = [max([len(head), *(cell_len(row[head]) for row in rows)]) for head in heads]
    return len(_INDENT) + sum(widest) + len(_GAP) * (len(heads) - 1)


def as_csv(registered: IndexListing, _look: RenderOptions) -> str:
    """Write one row an index; aliases are separated by ``|``."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(IndexRow._fields)
    writer.writerows([*row[:-1], "|".join(row.aliases)] for row in registered.rows)
    return buffer.getvalue()


def as_json(registered: IndexListing, _look: RenderOptions) -> str:
    """Write the registry as one JSON document."""
    rows = [fields_of(row) | {"aliases": list(row.aliases)} for row in registered.rows]
    moment = registered.moment.isoformat()
    return write({"schema": INDICES_SCHEMA, "as_of": moment, "indices": rows})


FORMATS = {"table": as_text, "csv": as_csv, "json": as_json}
