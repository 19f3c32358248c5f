"""One pair through time: for people what it comes to, for machines the whole series."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from marketmove.render import RenderOptions, pair_table
from marketmove.render.machine import write
from marketmove.render.records import as_line
from marketmove.reports.documents import fields_of, remark_document
from marketmove.reports.records import PAIR_SCHEMA, PairReport

if TYPE_CHECKING:
    import pandas as pd

# The columns of CSV, in order; new ones are only ever added at the end.
COLUMNS = (
    *("session", "symbol", "versus", "change_pct", "versus_change_pct", "spread_pp", "split"),
    *("relative_strength", "n", "percentile", "z", "prior_session", "versus_prior_session"),
)


def as_csv(report: PairReport, _look: RenderOptions) -> str:
    """Write the series, a row a common session, under ``COLUMNS``."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows(map(_in_csv, cells) for cells in _rows(report))
    return buffer.getvalue()


def as_ndjson(report: PairReport, _look: RenderOptions) -> str:
    """Write each common session as a JSON object on a line of its own, with the columns of CSV."""
    return "".join(map(as_line, _records(report)))


def as_json(report: PairReport, _look: RenderOptions) -> str:
    """Write all as one JSON document."""
    told = report.summary
    correlation = {
        "value": told.correlation.value,
        "n": told.correlation.n,
        "reason": pair_table.no_correlation(report),
    }
    return write(
        {
            "schema": PAIR_SCHEMA,
            "symbol": report.one.symbol,
            "versus": report.other.symbol,
            "first": report.first.isoformat(),
            "last": report.last.isoformat(),
            "source": report.source,
            "window": report.window,
            "floor_pct": report.floor_pct,
            "latest": fields_of(told.latest),
            "span": fields_of(told.span),
            "correlation": correlation,
            "counts": fields_of(told.counts),
            "widest": [fields_of(day) for day in told.widest],
            "series": list(_records(report)),
            "warnings": [remark_document(remark) for remark in report.warnings],
            "notes": [remark_document(remark) for remark in report.notes],
        }
    )


def as_table(report: PairReport, look: RenderOptions) -> str:
    """Write what a pair comes to for people."""
    return pair_table.pair(report, look)


def _records(report: PairReport) -> Iterator[dict[str, Any]]:
    return (dict(zip(COLUMNS, cells, strict=True)) for cells in _rows(report))


def _rows(report: PairReport) -> Iterator[tuple[Any, ...]]:
    """The cells of each common session under ``COLUMNS``, as Python has them; missing as None."""
    frame = report.frame
    names = {"symbol": report.one.symbol, "versus": report.other.symbol}
    columns = (
        [names[name]] * len(frame) if name in names else _plain(frame[name]) for name in COLUMNS
    )
    return zip(*columns, strict=True)


def _plain(column: pd.Series[Any]) -> list[Any]:
    if column.dtype.kind == "M":
        column = column.dt.strftime("%Y-%m-%d")
    values: list[Any] = column.tolist()
    return [None if value != value else value for value in values]


def _in_csv(cell: Any) -> Any:
    return str(cell).lower() if isinstance(cell, bool) else cell


FORMATS = {"table": as_table, "csv": as_csv, "json": as_json, "ndjson": as_ndjson}
