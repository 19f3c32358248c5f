"""What is wrong with closes, for people and for machines: how they were read, then the findings."""

from __future__ import annotations

import csv
import io
from typing import Any

from marketmove.closes.checks import Finding
from marketmove.render import RenderOptions
from marketmove.render.machine import write
from marketmove.reports.records import CHECK_SCHEMA, CheckReport, FileRead
from marketmove.wording import numbers as words

_COLUMNS = ("severity", "code", "symbol", "session", "place", "text")
_SHOWN = 20


def as_text(report: CheckReport, look: RenderOptions) -> str:
    """Write how each file was read and what is wrong with it; 20 findings of a kind, or all."""
    lines: list[str] = []
    for file in report.files:
        lines += [*_how(file, look.explain), ""]
    for severity, head in (("error", "Errors"), ("suspicion", "Suspicions")):
        of_kind = [f for f in report.findings if f.severity == severity]
        if of_kind:
            lines += [head, *_listed(of_kind, look.everything), ""]
    errors, all_found = report.errors, len(report.findings)
    tally = [words.count(errors, "error", "errors")]
    tally.append(words.count(all_found - errors, "suspicion", "suspicions"))
    lines.append(" · ".join(tally) if all_found else "Nothing is wrong with these closes.")
    text = "\n".join(words.visible(line) for line in lines) + "\n"
    return words.plain_ascii(text) if look.ascii_only else text


def _how(file: FileRead, explain: bool) -> list[str]:
    closes = words.count(file.closes, "close", "closes")
    indices = words.count(len(file.sessions), "index", "indices")
    lines = [f"{file.label} · {closes} of {indices} · {file.first} to {file.last}"]
    if explain:
        each = ", ".join(f"{symbol} {n:,}" for symbol, n in file.sessions.items())
        taken = file.reading.explained() | {"sessions": each}
        lines += [f"  {aspect:<12}  {text}" for aspect, text in taken.items()]
    return lines


def _listed(findings: list[Finding], everything: bool) -> list[str]:
    lines = []
    counts: dict[str, int] = {}
    for finding in findings:
        counts[finding.code] = counts.get(finding.code, 0) + 1
        if everything or counts[finding.code] <= _SHOWN:
            place = f"{finding.place}: " if finding.place else ""
            lines.append(f"  {place}{finding.text}")
    more = {code: n - _SHOWN for code, n in counts.items() if n > _SHOWN and not everything}
    lines += [f"  and {n:,} more of {code}; --all lists them" for code, n in more.items()]
    return lines


def as_csv(report: CheckReport, _look: RenderOptions) -> str:
    """Write the findings, one a row."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(_COLUMNS)
    for finding in report.findings:
        writer.writerow(_plain(finding)[column] for column in _COLUMNS)
    return buffer.getvalue()


def as_json(report: CheckReport, _look: RenderOptions) -> str:
    """Write how each file was read, and the findings, as one JSON document."""
    files = [
        file.reading._asdict()
        | {"file": file.label, "indices": len(file.sessions), "closes": file.closes}
        | {"sessions": file.sessions, "explained": file.reading.explained()}
        | {"first_session": file.first.isoformat(), "last_session": file.last.isoformat()}
        for file in report.files
    ]
    findings = [_plain(finding) for finding in report.findings]
    return write({"schema": CHECK_SCHEMA, "files": files, "findings": findings})


def _plain(finding: Finding) -> dict[str, Any]:
    return finding._asdict() | {
        "session": None if finding.session is None else finding.session.isoformat(),
        "place": None if finding.place is None else str(finding.place),
    }


FORMATS = {"table": as_text, "csv": as_csv, "json": as_json}
