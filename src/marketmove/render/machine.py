"""Text for machines: CSV and JSON, full precision, missing is empty or null, lines end in LF."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Sequence
from typing import Any

from marketmove.errors import ExitStatus, Problem


def failure(schema: str, status: ExitStatus, problems: Sequence[Problem]) -> str:
    """Write why there is no result, as the one JSON document of a run that failed."""
    found = [{"text": p.text, "place": None if p.place is None else str(p.place)} for p in problems]
    error = {"status": int(status), "code": status.name.lower(), "problems": found}
    return write_json({"schema": schema, "error": error})


def write_json(document: dict[str, Any]) -> str:
    """Write plain values as one indented JSON document."""
    return json.dumps(document, allow_nan=False, ensure_ascii=False, indent=2) + "\n"


def write_ndjson(records: Iterable[dict[str, Any]]) -> str:
    """Write plain values as JSON lines, one object a line."""
    lines = (json.dumps(record, allow_nan=False, ensure_ascii=False) for record in records)
    return "".join(f"{line}\n" for line in lines)


def write_csv(rows: Iterable[Iterable[Any]]) -> str:
    """Write rows of cells as CSV, the header the first of them."""
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator="\n").writerows(rows)
    return buffer.getvalue()


def flags_as_text(cells: Iterable[Any]) -> list[Any]:
    """Write the truth values of a row of CSV as JSON has them."""
    return [str(cell).lower() if isinstance(cell, bool) else cell for cell in cells]
