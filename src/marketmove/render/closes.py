"""What the archive has, for people and for machines; or what its rows were before."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from marketmove.feeds.archive import ArchiveRevision
from marketmove.render import RenderOptions
from marketmove.render.layout import TextTable, below, column, roomiest_table, under_table, written
from marketmove.render.machine import machine_formats
from marketmove.reports.records import CLOSES_SCHEMA, ArchivedIndex, ArchiveReport
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
        column("Missing", [f"{row.missing:,}" for row in rows], right=True),
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


def csv_table(view: ClosesView) -> list[Sequence[Any]]:
    """Give one row an index, feeds separated by spaces; or one a revision."""
    if view.revisions:
        found = [_revision(symbol, one) for symbol, one in view.report.revisions]
        return [_REVISION_COLUMNS, *([one[name] for name in _REVISION_COLUMNS] for one in found)]
    return [_COLUMNS, *([*r[:5], " ".join(r.feeds), *r[6:]] for r in view.report.indices)]


def document(view: ClosesView) -> dict[str, Any]:
    """Give what the archive has; with its revisions, if they are wanted."""
    report = view.report
    found: dict[str, Any] = {
        "schema": CLOSES_SCHEMA,
        "archive": report.archive,
        "indices": report.indices,
        "warnings": report.warnings,
    }
    if view.revisions:
        found["revisions"] = [_revision(symbol, one) for symbol, one in report.revisions]
    return found


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


FORMATS = {"table": as_table} | machine_formats(document, csv_table)
