"""JSON for machines: one document a run, figures as numbers, missing as null."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from marketmove.errors import ExitStatus, Problem
from marketmove.render import RenderOptions
from marketmove.reports.documents import as_document
from marketmove.reports.records import SessionReport


def session(report: SessionReport, _look: RenderOptions) -> str:
    """Write a session as one JSON document."""
    return write(as_document(report))


def failure(schema: str, status: ExitStatus, problems: Sequence[Problem]) -> str:
    """Write why there is no result, as the one JSON document of a run that failed."""
    found = [{"text": p.text, "place": None if p.place is None else str(p.place)} for p in problems]
    error = {"status": int(status), "code": status.name.lower(), "problems": found}
    return write({"schema": schema, "error": error})


def write(document: dict[str, Any]) -> str:
    """Write plain values as indented JSON that ends with a line feed.

    Examples
    --------
    >>> print(write({"close": None}), end="")
    {
      "close": null
    }
    """
    return json.dumps(document, allow_nan=False, ensure_ascii=False, indent=2) + "\n"
