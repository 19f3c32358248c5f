"""CSV for machines: full precision, ASCII digits, missing is empty, lines end with a line feed."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

from marketmove.report import SessionReport, columns, csv_row

if TYPE_CHECKING:
    from marketmove.render import Look


def session(report: SessionReport, _look: Look) -> str:
    """Write the moves of a session, one row an index, under ``report.columns``."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(columns(report.periods))
    writer.writerows(csv_row(move, report.periods) for move in report.moves)
    return buffer.getvalue()
