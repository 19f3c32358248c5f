"""The figures of a market report, for people and for machines; as YAML that `verify` takes."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

from marketmove.published.opening import bounded
from marketmove.published.prose.results import ProseFigure
from marketmove.published.recognise import VALUE_KEYS
from marketmove.render import RenderOptions
from marketmove.render.layout import (
    FITS,
    Fit,
    StyledLine,
    StyledText,
    TextColumn,
    TextTable,
    below,
    column,
    roomiest_table,
    written,
)
from marketmove.render.machine import write_csv, write_json
from marketmove.reports.records import READ_SCHEMA, ReadReport
from marketmove.wording import dates, numbers, prose
from marketmove.wording.characters import visible

_COLUMNS = (
    "index", "symbol", "kind", "session", "close", "change_pts", "change_pct", "direction",
    "bound", "bound_of", "sure", "doubt", "place", "quote",
)  # fmt: skip
_VALUES = ("close", "change_pts", "change_pct")
_PERIODS = ("week", "month", "ytd")
_MARK = "\ue000"
_EXACT = re.compile(f'"{_MARK}([^"]*){_MARK}"')


def as_table(report: ReadReport, options: RenderOptions) -> str:
    """Write one row a figure: what was printed, how sure it is, and where it stands."""
    tries = [
        TextTable(_columns(report, fit, quote), fit.gap)
        for fit in FITS[:3]
        for quote in (72, 48, 0)
    ]
    head = f"Figures of {visible(report.source)}"
    if report.session is not None:
        when = f"{dates.day(report.session)}, {prose.dated_by(report.dated_by)}"
        head = f"Figures for {when} · {visible(report.source)}"
    lines: list[StyledLine] = [
        [StyledText(head, "bold")],
        [],
        *roomiest_table(tries, options.width).lines(),
        [],
        *below(_footers(report), report.warnings, options),
    ]
    return written(lines, options)


def _columns(report: ReadReport, fit: Fit, quote: int) -> list[TextColumn]:
    figures = report.figures
    columns = [
        column(
            "Index", [visible(f.symbol if fit.symbols and f.symbol else f.name) for f in figures]
        ),
        column("Level", [prose.level(f) for f in figures], right=True),
        column("Points", [prose.points(f) for f in figures], right=True),
        column("Percent", [prose.percent(f) for f in figures], right=True),
    ]
    days = [prose.day(f, report.session) for f in figures]
    if any(days):
        columns.append(column("Session", days))
    if any(f.kind != "session" for f in figures):
        columns.append(column("Kind", [prose.kind(f) for f in figures]))
    columns.append(column("", [prose.certainty(f) for f in figures]))
    columns.append(column("Line", [str(f.line) for f in figures], right=True))
    if quote:
        columns.append(column("Text", [_cut(visible(f.quote), quote) for f in figures]))
    return columns


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 1].rstrip()}…"


def _footers(report: ReadReport) -> Iterator[str]:
    sure = sum(f.sure for f in report.figures)
    yield f"{numbers.count(len(report.figures), 'figure', 'figures')}, {sure} sure"
    if report.session is None:
        yield "the text has no date; --date says it"
    if report.left_out:
        count = numbers.count(report.left_out, "figure", "figures")
        yield f"{count} of other kinds left out; --all shows them"


def as_csv(report: ReadReport, _options: RenderOptions) -> str:
    """Write a row a figure, with the digits that were printed."""
    rows = (_cells(f, report) for f in report.figures)
    return write_csv([_COLUMNS, *([_csv_cell(row[name]) for name in _COLUMNS] for row in rows)])


def _csv_cell(value: Any) -> Any:
    return str(value).lower() if isinstance(value, bool) else value


def as_json(report: ReadReport, _options: RenderOptions) -> str:
    """Write one JSON document, its numbers with the digits that were printed."""
    text = write_json(document(report))
    return _EXACT.sub(r"\1", text.replace("\\ue000", _MARK))


def document(report: ReadReport) -> dict[str, Any]:
    """Give the figures as plain values; numbers are marked, to be written with all their digits."""
    return {
        "schema": READ_SCHEMA,
        "source": report.source,
        "language": report.language,
        "session": report.session,
        "dated_by": report.dated_by or None,
        "figures": [
            {name: _exact(value) for name, value in _cells(f, report).items()}
            for f in report.figures
        ],
        "left_out": report.left_out,
        "warnings": report.warnings,
    }


def _exact(value: Any) -> Any:
    return f"{_MARK}{value:f}{_MARK}" if isinstance(value, Decimal) else value


def _cells(figure: ProseFigure, report: ReadReport) -> dict[str, Any]:
    return {
        "index": figure.name,
        "symbol": figure.symbol or None,
        "kind": figure.kind,
        "session": None if figure.session is None else figure.session.isoformat(),
        **{name: getattr(figure, name) for name in _VALUES},
        "direction": figure.direction or None,
        "bound": figure.bound or None,
        "bound_of": figure.bound_of or None,
        "sure": figure.sure,
        "doubt": figure.doubt or None,
        "place": f"{report.source}:{figure.line}",
        "quote": figure.quote,
    }


def as_yaml(report: ReadReport, _options: RenderOptions) -> str:
    """Write published figures, for `verify` and `session`; the rest as comments."""
    lines = (
        [f"session: {report.session}"] if report.session else ["# session: the text has no date"]
    )
    lines += [f"source: {_quoted(report.source)}", "figures:"]
    written_keys: set[tuple[str, ...]] = set()
    for figure in report.figures:
        lines += _entry(figure, report, written_keys)
    return "\n".join(lines) + "\n"


def _entry(figure: ProseFigure, report: ReadReport, known: set[tuple[str, ...]]) -> Iterator[str]:
    """The lines of a figure; what was written of its index and session before is not repeated."""
    keys = _keys(figure, report)
    whose = (keys["index"], keys.get("session", ""), keys.get("period", ""))
    values = [name for name in VALUE_KEYS if name in keys and (*whose, name) not in known]
    usable = figure.kind in {"session", *_PERIODS} and values
    dropped = set(VALUE_KEYS) - set(values) if usable else set()
    text = ", ".join(f"{name}: {value}" for name, value in keys.items() if name not in dropped)
    yield f"  # {figure.line}: {visible(figure.quote)}"
    if usable:
        known |= {(*whose, name) for name in values}
        yield f"  - {{{text}}}"
    else:
        yield f"  # {prose.kind(figure)}: {text or figure.direction}"


def _keys(figure: ProseFigure, report: ReadReport) -> dict[str, str]:
    keys = {"index": _quoted(figure.symbol or figure.name)}
    if figure.session is not None and figure.session != report.session:
        keys["session"] = str(figure.session)
    if figure.kind in _PERIODS:
        keys["period"] = figure.kind
    for name in _VALUES:
        value = getattr(figure, name)
        if value is None:
            continue
        if figure.bound and figure.bound_of == name:
            if name == "change_pct":
                keys |= bounded(figure.bound, f"{value:+f}")
            continue
        keys[name] = f"{value:f}" if name == "close" else f"{value:+f}"
    keys["place"] = _quoted(f"{report.source}:{figure.line}")
    return keys


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


FORMATS: dict[str, Callable[[ReadReport, RenderOptions], str]] = {
    "table": as_table,
    "yaml": as_yaml,
    "csv": as_csv,
    "json": as_json,
}
