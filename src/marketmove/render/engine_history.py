"""What an engine has written, for people and for machines."""

from __future__ import annotations

from typing import Any

from marketmove.engines.request import EngineHistory
from marketmove.render import RenderOptions
from marketmove.render.layout import plain
from marketmove.render.machine import machine_formats
from marketmove.reports.records import ENGINE_HISTORY_SCHEMA
from marketmove.wording.characters import visible
from marketmove.wording.engines import ENGINES, engine_warnings
from marketmove.wording.numbers import count

_STATUSES = ("ok", "no_prior", "closed", "missing", "pending", "stale")


def as_table(report: EngineHistory, options: RenderOptions) -> str:
    """Write how many rows there are of which status, and where."""
    number = sum(report.statuses.values())
    rows = count(number, "row", "rows")
    by = ENGINES[report.engine]
    title = f"{report.first} to {report.last} · {report.source} · {rows} by {by}: {report.output}"
    counts = {status: report.statuses.get(status, 0) for status in _STATUSES}
    counts |= {"doubtful": sum(report.doubts.values())}
    width = max(len(f"{n:,}") for n in counts.values())
    lines = [f"  {status:<9}  {n:>{width},}" for status, n in counts.items() if n]
    warnings = [f"  {remark}" for remark in engine_warnings(report)]
    return plain(map(visible, [title, "", *lines, *([""] if warnings else []), *warnings]), options)


def document(report: EngineHistory) -> dict[str, Any]:
    """Give the same as plain values."""
    return {
        "schema": ENGINE_HISTORY_SCHEMA,
        "engine": report.engine,
        "from": report.first,
        "to": report.last,
        "source": report.source,
        "output": report.output,
        "rows": sum(report.statuses.values()),
        "statuses": dict(sorted(report.statuses.items())),
        "doubts": dict(sorted(report.doubts.items())),
        "ghosts": report.ghosts,
        "fractions": report.fractions,
        "warnings": engine_warnings(report),
    }


FORMATS = {"table": as_table} | machine_formats(document)
