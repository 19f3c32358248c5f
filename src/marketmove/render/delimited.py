"""CSV for machines: full precision, ASCII digits, missing is empty, lines end with a line feed."""

from __future__ import annotations

import csv
import io

from marketmove.render import RenderOptions
from marketmove.reports.documents import session_columns, session_row
from marketmove.reports.records import SessionReport


def session(report: SessionReport, _look: RenderOptions) -> str:
    """Write the moves of a session, one row an index, under ``documents.session_columns``."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(session_columns(report))
    for move in report.moves:
        cells = session_row(report, move)
        writer.writerow(str(c).lower() if isinstance(c, bool) else c for c in cells)
    return buffer.getvalue()
