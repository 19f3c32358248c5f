"""What the archive has, for people and for machines; or what its rows were before."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from marketmove.feeds.archive import ArchiveRevision
from marketmove.render import RenderOptions
from marketmove.render.layout import TextTable, below, column, roomiest_table, under_table, written
from marketmove.render.machine import write_csv, write_json
from marketmove.reports.documents import fields_of
from marketmove.reports.records import ARCHIVE_SCHEMA, ArchivedIndex, ArchiveReport
from marketmove.wording import numbers
from marketmove.wording.characters import visible

_COLUMNS = tuple(ArchivedIndex._fields)
_REVISION_COLUMNS = (
    *("symbol", "session", "before", "feed_before", "fetched_before"),
    *("after", "feed", "revised"),
)


class ClosesView(NamedTuple):
    """A report of the archive, and which side of it is wanted."""

    report: ArchiveReport
    revisions: bool


def as_table(view: ClosesView, options: RenderOptions) -> str:
    """Write one row an index, or one a revision."""
    report = view.report
    columns = _revised(report) if view.revisions else _indices(report)
    table = roomiest_table([TextTable(columns, gap) for gap in (3, 2)], options.width)
    rows = len(report.revisions if view.revisions else report.indices)
    tally = numbers.count(rows, "revision", "revisions") if view.revisions else ""
    tally = tally or numbers.count(rows, "index", "indices")
    head = under_table(f"Archive · {visible(report.archive)}", "bold", options)
    lines = [*table.lines(), []] if rows else []
    return written([*head, [], *lines, *below([tally], report.warnings, options)], options)


def _indices(report: ArchiveReport) -> list[Any]:
    rows = report.indices
    return [
        column("Index", [visible(row.symbol) for row in rows]),
        column("Closes", [f"{row.closes:,}" for row in rows], right=True),
        column("First", [str(row.first) for row in rows]),
        column("Last", [str(row.last) for row in rows]),
        column("From", [visible(", ".join(row.feeds)) for row in rows]),
        column("Fetched", [visible(row.fetched) for row in rows]),
        column("Lacking", [f"{row.lacking:,}" for row in rows], right=True),
        column("Revised", [f"{row.revisions:,}" for row in rows], right=True),
    ]


def _revised(report: ArchiveReport) -> list[Any]:
    rows = report.revisions
    return [
        column("Index", [visible(symbol) for symbol, _ in rows]),
        column("Session", [str(one.before.session) for _, one in rows]),
        column("Was", [one.before.close for _, one in rows], right=True),
        column("From", [visible(one.before.source) for _, one in rows]),
        column("Fetched", [visible(one.before.fetched) for _, one in rows]),
        column("Became", [one.after.close for _, one in rows], right=True),
        column("From", [visible(one.after.source) for _, one in rows]),
        column("Fetched", [visible(one.after.fetched) for _, one in rows]),
    ]


def as_csv(view: ClosesView, _options: RenderOptions) -> str:
    """Write one row an index, feeds separated by spaces; or one a revision."""
    rows: list[Sequence[Any]]
    if view.revisions:
        found = [_revision(symbol, one) for symbol, one in view.report.revisions]
        rows = [_REVISION_COLUMNS, *([one[name] for name in _REVISION_COLUMNS] for one in found)]
    else:
        rows = [_COLUMNS, *([*r[:5], " ".join(r.feeds), *r[6:]] for r in view.report.indices)]
    return write_csv(rows)


def as_json(view: ClosesView, _options: RenderOptions) -> str:
    """Write what the archive has as one JSON document; with its revisions, if they are wanted."""
    report = view.report
    document: dict[str, Any] = {
        "schema": ARCHIVE_SCHEMA,
        "archive": report.archive,
        "indices": [fields_of(row) | {"feeds": list(row.feeds)} for row in report.indices],
        "warnings": [
            {"code": w.code, "text": w.text, "place": w.place and str(w.place)}
            for w in report.warnings
        ],
    }
    if view.revisions:
        document["revisions"] = [_revision(symbol, one) for symbol, one in report.revisions]
    return write_json(document)


def _revision(symbol: str, one: ArchiveRevision) -> dict[str, Any]:
    before, after = one
    return {
        "symbol": symbol,
        "session": before.session.isoformat(),
        "before": before.value,
        "feed_before": before.source,
        "fetched_before": before.fetched,
        "after": after.value,
        "feed": after.source,
        "revised": after.fetched,
    }


FORMATS: dict[str, Callable[[ClosesView, RenderOptions], str]] = {
    "table": as_table,
    "csv": as_csv,
    "json": as_json,
}
