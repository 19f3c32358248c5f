"""What is wrong with closes, for people and for machines: how they were read, then the findings."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from marketmove.closes.checks import Finding
from marketmove.render import RenderOptions
from marketmove.render.layout import plain
from marketmove.render.machine import write_csv, write_json
from marketmove.reports.documents import remark_document
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
    yield f"{file.label} · {closes} of {indices} · {file.first} to {file.last}"
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


def as_csv(report: CheckReport, _options: RenderOptions) -> str:
    """Write the findings, one a row."""
    return write_csv(csv_table(report))


def csv_table(report: CheckReport) -> list[Sequence[Any]]:
    """Give the columns of CSV, and under them the cells of each finding; missing as None."""
    findings = [_plain(finding) for finding in report.findings]
    return [_COLUMNS, *([finding[name] for name in _COLUMNS] for finding in findings)]


def as_json(report: CheckReport, _options: RenderOptions) -> str:
    """Write how each file was read, and the findings, as one JSON document."""
    return write_json(document(report))


def document(report: CheckReport) -> dict[str, Any]:
    """Give how each file was read, and the findings, as plain values, missing as None."""
    files = [
        file.reading._asdict()
        | {"file": file.label, "indices": len(file.sessions), "closes": file.closes}
        | {"sessions": file.sessions, "explained": file.reading.explained()}
        | {"told": list(file.reading.told)}
        | {"first_session": file.first.isoformat(), "last_session": file.last.isoformat()}
        for file in report.files
    ]
    findings = [_plain(finding) for finding in report.findings]
    notes = [remark_document(note) for note in report.notes]
    return {"schema": CHECK_SCHEMA, "files": files, "findings": findings, "notes": notes}


FORMATS: dict[str, Callable[[CheckReport, RenderOptions], str]] = {
    "table": as_table,
    "csv": as_csv,
    "json": as_json,
}


def _plain(finding: Finding) -> dict[str, Any]:
    return finding._asdict() | {
        "session": None if finding.session is None else finding.session.isoformat(),
        "place": None if finding.place is None else str(finding.place),
    }
