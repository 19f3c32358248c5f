"""What is wrong with closes, for people and for machines: how they were read, then the findings."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from marketmove.closes.checks import Finding
from marketmove.render import RenderOptions
from marketmove.render.layout import plain
from marketmove.render.machine import machine_formats
from marketmove.reports.documents import plain as plain_value
from marketmove.reports.records import CHECK_SCHEMA, CheckReport, FileRead
from marketmove.wording import numbers
from marketmove.wording.characters import visible

_COLUMNS = ("severity", "code", "symbol", "session", "place", "text")
_SHOWN = 20


def as_table(report: CheckReport, options: RenderOptions) -> str:
    """Write how each file was read and what is wrong with it; 20 findings of a kind, or all."""
    lines: list[str] = []
    for file in report.files:
        lines += [*_how(file, options.explain), ""]
    for severity, head in (("error", "Errors"), ("suspicion", "Suspicions")):
        of_kind = [f for f in report.findings if f.severity == severity]
        if of_kind:
            lines += [head, *_listed(of_kind, options.everything), ""]
    tally = [
        numbers.count(report.errors, "error", "errors"),
        numbers.count(len(report.findings) - report.errors, "suspicion", "suspicions"),
    ]
    lines.append(" · ".join(tally) if report.findings else "Nothing is wrong with these closes.")
    lines += ["", *map(str, report.notes)] if report.notes else []
    return plain(map(visible, lines), options)


def _how(file: FileRead, explain: bool) -> Iterator[str]:
    closes = numbers.count(file.closes, "close", "closes")
    indices = numbers.count(len(file.sessions), "index", "indices")
    span = f" · {file.first} to {file.last}" if file.first else ""
    yield f"{file.label} · {closes} of {indices}{span}"
    if explain:
        each = ", ".join(f"{symbol} {n:,}" for symbol, n in file.sessions.items())
        for aspect, text in (file.reading.explained() | {"sessions": each}).items():
            yield f"  {aspect:<12}  {text}"


def _listed(findings: list[Finding], everything: bool) -> Iterator[str]:
    counts: Counter[str] = Counter()
    for finding in findings:
        counts[finding.code] += 1
        if everything or counts[finding.code] <= _SHOWN:
            place = f"{finding.place}: " if finding.place else ""
            yield f"  {place}{finding.text}"
    for code, n in counts.items():
        if n > _SHOWN and not everything:
            yield f"  and {n - _SHOWN:,} more of {code}; --all lists them"


def csv_table(report: CheckReport) -> list[Sequence[Any]]:
    """Give the columns of CSV, and under them the cells of each finding; missing as None."""
    findings = map(plain_value, report.findings)
    return [_COLUMNS, *([finding[name] for name in _COLUMNS] for finding in findings)]


def document(report: CheckReport) -> dict[str, Any]:
    """Give how each file was read, and the findings, as plain values, missing as None."""
    files = [
        file.reading._asdict()
        | {"file": file.label, "indices": len(file.sessions), "closes": file.closes}
        | {"sessions": file.sessions, "explained": file.reading.explained()}
        | {"told": file.reading.told, "first_session": file.first, "last_session": file.last}
        for file in report.files
    ]
    return {
        "schema": CHECK_SCHEMA,
        "files": files,
        "findings": report.findings,
        "notes": report.notes,
    }


FORMATS = {"table": as_table} | machine_formats(document, csv_table)
