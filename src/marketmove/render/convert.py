"""What was converted, for people and for machines."""

from __future__ import annotations

from typing import Any

from marketmove.render import RenderOptions
from marketmove.render.layout import plain
from marketmove.render.machine import machine_formats
from marketmove.reports.records import CONVERT_SCHEMA, ConvertReport
from marketmove.wording.characters import visible
from marketmove.wording.numbers import count


def as_table(report: ConvertReport, options: RenderOptions) -> str:
    """Write in a line what was read, and where it is now; then what there is to say of it."""
    closes = count(report.closes, "close", "closes")
    indices = count(report.indices, "index", "indices")
    line = (
        f"{report.source} · {closes} of {indices} · {report.first} to {report.last}"
        f" · written to {report.output}"
    )
    remarks = [f"  {remark}" for remark in (*report.warnings, *report.notes)]
    return plain(map(visible, [line, *([""] if remarks else []), *remarks]), options)


def document(report: ConvertReport) -> dict[str, Any]:
    """Give the same as plain values."""
    return {"schema": CONVERT_SCHEMA, **report._asdict()}


FORMATS = {"table": as_table} | machine_formats(document)
