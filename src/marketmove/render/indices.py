"""The known indices, for people and for machines."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from marketmove.render import RenderOptions
from marketmove.render.layout import StyledText, TextTable, column, roomiest_table, written
from marketmove.render.machine import machine_formats, write_csv
from marketmove.reports.records import INDICES_SCHEMA, IndexListing, IndexRow
from marketmove.wording import dates, numbers
from marketmove.wording.characters import visible

# Left out one after the other where a terminal has no room.
_LESS_WANTED = ("Zone", "Returns", "Exchange")
_GAP = 2


def as_table(listing: IndexListing, options: RenderOptions) -> str:
    """Write the registry as one table; columns that a terminal has no room for are left out."""
    title = f"Next session after {dates.moment(listing.moment)}, exchange's own date and time"
    count = numbers.count(len(listing.rows), "index", "indices")
    table = roomiest_table(_tables(listing.rows), options.width)
    head = [StyledText(title, "bold")]
    end = [[StyledText(f"  {text}")] for text in (count, *map(str, listing.notes))]
    return written([head, [], *table.lines(), [], *end], options)


def _tables(rows: tuple[IndexRow, ...]) -> Iterator[TextTable]:
    """The table with all columns, and then with ever fewer."""
    none = numbers.NOTHING
    texts = {
        "Symbol": [row.symbol for row in rows],
        "Index": [row.name for row in rows],
        "Exchange": [row.exchange or none for row in rows],
        "Zone": [row.zone or none for row in rows],
        "Close": [row.close_time or none for row in rows],
        "Next session": [str(row.next_session or none) for row in rows],
        "Returns": [row.returns or none for row in rows],
    }
    columns = {head: column(head, map(visible, cells)) for head, cells in texts.items()}
    yield TextTable([*columns.values()], _GAP)
    for head in _LESS_WANTED:
        del columns[head]
        yield TextTable([*columns.values()], _GAP)


def as_csv(listing: IndexListing, _options: RenderOptions) -> str:
    """Write one row an index; aliases are separated by ``|``."""
    rows = (row._asdict() | {"aliases": "|".join(row.aliases)} for row in listing.rows)
    return write_csv([IndexRow._fields, *([*row.values()] for row in rows)])


def document(listing: IndexListing) -> dict[str, Any]:
    """Give the registry as plain values."""
    return {
        "schema": INDICES_SCHEMA,
        "as_of": listing.moment,
        "indices": listing.rows,
        "notes": listing.notes,
    }


FORMATS = {"table": as_table} | machine_formats(document) | {"csv": as_csv}
