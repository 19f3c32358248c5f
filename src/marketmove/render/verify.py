"""Published figures held against closes, for people and for machines: a verdict a row."""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from marketmove.render import RenderOptions
from marketmove.render.machine import write
from marketmove.render.session import Fit, StyledText, TextColumn, aligned, line_width
from marketmove.reports.documents import remark_document
from marketmove.reports.records import VERIFY_SCHEMA, VerifyReport
from marketmove.wording import numbers as words
from marketmove.wording.findings import close_given, percent_given

if TYPE_CHECKING:
    from marketmove.published.verdicts import Checked

_PRINTED = ("close", "change_pct", "over_pct", "under_pct")
_COLUMNS = (
    *("session", "symbol", "name", "verdict", "why", "wrong", "unchecked"),
    *(f"published_{name}" for name in _PRINTED),
    *("close", "prior_session", "prior_close", "change_pct", "fits_session"),
    *("source", "published_source"),
)
_VERDICTS = {
    "agrees": "agrees",
    "disagrees": "disagrees",
    "no_session": "no session",
    "unchecked": "unchecked",
}
_TALLY = {
    "agrees": ("agrees", "agree"),
    "disagrees": ("disagrees", "disagree"),
    "no_session": ("without a session", "without a session"),
    "unchecked": ("cannot be checked", "cannot be checked"),
}
_FITS = (Fit(3), Fit(2), Fit(2, symbols=True))
# The table shows the right figures itself.
_SHOWN_IN_TABLE = "published_disagrees"


def as_text(report: VerifyReport, look: RenderOptions) -> str:
    """Write what was printed, what the closes give and the verdict; under it what follows."""
    lines = [*_title(report), "", *_table(report.rows, look), "", f"  {_tally(report.rows)}"]
    for finding in report.findings:
        if finding.code != _SHOWN_IN_TABLE:
            lines += words.wrapped(words.visible(finding.text), look.width)
    for warning in report.warnings:
        lines += words.wrapped(f"Warning: {words.visible(str(warning))}", look.width)
    text = "\n".join(line.rstrip() for line in lines) + "\n"
    return words.plain_ascii(text) if look.ascii_only else text


def _title(report: VerifyReport) -> list[str]:
    sample = " (bundled sample)" if report.bundled else ""
    return [
        f"Published for {words.day(report.session)} · {words.visible(report.published)}",
        f"against closes · {words.visible(report.closes)}{sample}",
    ]


def _table(rows: Sequence[Checked], look: RenderOptions) -> list[str]:
    """The roomiest table that the terminal has room for."""
    for fit in _FITS:
        columns = [*_columns(rows, fit.symbols)]
        if look.width is None or line_width(columns, fit) <= look.width:
            break
    return ["".join(span.text for span in line) for line in aligned(columns, fit)]


def _columns(rows: Sequence[Checked], symbols: bool) -> Iterator[TextColumn]:
    yield _column("Index", [words.visible(r.move.symbol if symbols else r.move.name) for r in rows])
    yield _column("Printed", [words.printed_level(r.printed.close) for r in rows], right=True)
    yield _column("", [words.printed_percent(r.printed) for r in rows], right=True)
    yield _column("Closes give", [close_given(r.printed, r.move) for r in rows], right=True)
    yield _column("", [percent_given(r.printed, r.move) for r in rows], right=True)
    yield _column("Verdict", [_VERDICTS[r.verdict] for r in rows])


def _column(head: str, texts: Sequence[str], right: bool = False) -> TextColumn:
    return TextColumn(head, [[StyledText(text)] for text in texts], right)


def _tally(rows: Sequence[Checked]) -> str:
    """Count the verdicts, such as ``1 agrees · 3 disagree``."""
    counts: Counter[str] = Counter(row.verdict for row in rows)
    known = [(counts[verdict], said) for verdict, said in _TALLY.items()]
    return " · ".join(f"{n:,} {said[n != 1]}" for n, said in known if n)


def as_csv(report: VerifyReport, _look: RenderOptions) -> str:
    """Write a row a published figure; what was printed has the digits that were printed."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(_COLUMNS)
    for row in report.rows:
        cells = _plain(row, report)
        cells |= {name: " ".join(cells[name]) for name in ("wrong", "unchecked")}
        writer.writerow(cells[column] for column in _COLUMNS)
    return buffer.getvalue()


def as_json(report: VerifyReport, _look: RenderOptions) -> str:
    """Write the verdicts and what follows from them as one JSON document."""
    counts: Counter[str] = Counter(row.verdict for row in report.rows)
    return write(
        {
            "schema": VERIFY_SCHEMA,
            "session": report.session.isoformat(),
            "published": report.published,
            "closes": report.closes,
            "bundled": report.bundled,
            "figures": [_numbers(_plain(row, report)) for row in report.rows],
            "counts": {verdict: counts[verdict] for verdict in _VERDICTS},
            "fits_session": _date(report.fits_session),
            "findings": [remark_document(finding) for finding in report.findings],
            "warnings": [remark_document(warning) for warning in report.warnings],
        }
    )


def _plain(row: Checked, report: VerifyReport) -> dict[str, Any]:
    move = row.move
    return {
        "session": report.session.isoformat(),
        "symbol": move.symbol,
        "name": move.name,
        "verdict": row.verdict,
        "why": row.why or None,
        "wrong": list(row.wrong),
        "unchecked": list(row.unchecked),
        **{f"published_{name}": getattr(row.printed, name) for name in _PRINTED},
        "close": move.close,
        "prior_session": _date(move.prior_session),
        "prior_close": move.prior_close,
        "change_pct": move.change_pct,
        "same_prior": row.same_prior,
        "fits_session": _date(row.fits_session),
        "source": move.source or None,
        "published_source": str(row.printed.place),
    }


def _numbers(cells: dict[str, Any]) -> dict[str, Any]:
    """The same with what was printed as JSON numbers."""
    printed = {name: cells[name] for name in (f"published_{name}" for name in _PRINTED)}
    return cells | {name: None if v is None else float(v) for name, v in printed.items()}


def _date(when: dt.date | None) -> str | None:
    return None if when is None else when.isoformat()


FORMATS = {"table": as_text, "csv": as_csv, "json": as_json}
