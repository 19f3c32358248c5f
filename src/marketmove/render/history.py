"""Many sessions, for machines and for people: each rendering gives its text piece by piece."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

from marketmove.render import RenderOptions, history_table
from marketmove.render import machine as document
from marketmove.render.records import as_line
from marketmove.reports.documents import columns, csv_rows, history_document
from marketmove.reports.records import HistoryReport


def as_csv(report: HistoryReport, _look: RenderOptions) -> Iterator[str]:
    """Write the moves under ``documents.columns``; the header comes with the first of them."""
    header = [columns(report.periods)]
    for block in report.blocks():
        buffer = io.StringIO()
        writer = csv.writer(buffer, lineterminator="\n")
        writer.writerows(header)
        writer.writerows(csv_rows(block, report.periods))
        header = []
        yield buffer.getvalue()


def as_ndjson(report: HistoryReport, _look: RenderOptions) -> Iterator[str]:
    """Write each move as a JSON object on a line of its own, with the columns of CSV."""
    names = columns(report.periods)
    for block in report.blocks():
        rows = csv_rows(block, report.periods)
        yield "".join(as_line(dict(zip(names, row, strict=True))) for row in rows)


def as_json(report: HistoryReport, _look: RenderOptions) -> Iterator[str]:
    """Write all as one JSON document."""
    yield document.write(history_document(report))


def as_table(report: HistoryReport, look: RenderOptions) -> Iterator[str]:
    """Write a table for people."""
    yield history_table.history(report, look)


FORMATS = {"table": as_table, "csv": as_csv, "json": as_json, "ndjson": as_ndjson}
