"""JSON lines for machines: one object a line, a move each, with the columns of CSV."""

from __future__ import annotations

import json
from typing import Any

from marketmove.render import RenderOptions
from marketmove.reports.documents import csv_document
from marketmove.reports.records import SessionReport


def session(report: SessionReport, _look: RenderOptions) -> str:
    """Write the moves of a session, one object an index."""
    return "".join(as_line(csv_document(report, move)) for move in report.moves)


def as_line(record: dict[str, Any]) -> str:
    r"""Write plain values as one line of JSON.

    Examples
    --------
    >>> as_line({"symbol": "HSI", "close": None})
    '{"symbol": "HSI", "close": null}\n'
    """
    return json.dumps(record, allow_nan=False, ensure_ascii=False) + "\n"
