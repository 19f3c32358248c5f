"""Published figures held against closes, for people and for machines: a verdict a row."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from marketmove.published.verdicts import Checked
from marketmove.render import RenderOptions, layout
from marketmove.render.layout import StyledText
from marketmove.render.machine import machine_formats
from marketmove.reports.records import VERIFY_SCHEMA, VerifyReport
from marketmove.wording import dates, numbers
from marketmove.wording.characters import visible
from marketmove.wording.findings import close_given, percent_given, points_given, verdict

_PRINTED = ("close", "change_pct", "over_pct", "under_pct", "change_pts", "about_pct")
# Where a terminal has no room: what is wrong stands under the table.
_NARROW = tuple((fit, True) for fit in layout.FITS)
_SHOWN = ("close", "change_pts", "change_pct")
_PERCENTS = {"change_pct", "over_pct", "under_pct", "about_pct", "way"}
_COLUMNS = (
    "session", "symbol", "name", "verdict", "why", "wrong", "unchecked", "published_close",
    "published_change_pct", "published_over_pct", "published_under_pct", "close",
    "prior_session", "prior_close", "change_pct", "fits_session", "source", "published_source",
    "published_change_pts", "published_about_pct", "change_pts", "period", "faults", "quote",
)  # fmt: skip
# Of each verdict: in its row, counted once, counted several times.
_VERDICTS = {
    "agrees": ("agrees", "agrees", "agree"),
    "disagrees": ("disagrees", "disagrees", "disagree"),
    "no_session": ("shut", "without a session", "without a session"),
    "unchecked": ("unchecked", "cannot be checked", "cannot be checked"),
}
# The table shows the right figures itself.
_SHOWN_IN_TABLE = "published_disagrees"


def as_table(report: VerifyReport, options: RenderOptions) -> str:
    """Write what was printed, what the closes give and the verdict; under it what follows."""
    tries = [
        (layout.TextTable(_columns(report.rows, fit, short=short), fit.gap), short)
        for fit, short in (*((fit, False) for fit in layout.FITS[:3]), *_NARROW)
    ]
    table, short = layout.roomiest(tries, lambda tried: tried[0].fits(options.width))
    findings = [visible(f.text) for f in report.findings if f.code != _SHOWN_IN_TABLE]
    if short:
        faulty = [row for row in report.rows if row.verdict == "disagrees"]
        findings = [*(f"{visible(row.move.name)} {verdict(row)}" for row in faulty), *findings]
    heads = [
        f"Published for {dates.day(report.session)} · {visible(report.published)}",
        f"against {layout.closes_source(report.closes, report.bundled)}",
    ]
    lines: list[layout.StyledLine] = [
        *([StyledText(head, "bold")] for head in heads),
        [],
        *table.lines(),
        [],
        [StyledText(f"  {_tally(report.rows)}", "dim")],
        *layout.below(findings, report.warnings, options),
    ]
    return layout.written(lines, options)


def _columns(rows: Sequence[Checked], fit: layout.Fit, *, short: bool) -> list[layout.TextColumn]:
    names = [visible(row.move.symbol if fit.symbols else row.move.name) for row in rows]
    columns = [layout.column("Index", names)]
    if any(row.printed.period for row in rows):
        columns.append(layout.column("Span", [row.printed.period or "day" for row in rows]))
    shown = {name for row in rows for name in _SHOWN if getattr(row.printed, name) is not None}
    figures = {
        "close": [numbers.printed_level(row.printed.close) for row in rows],
        "change_pts": [numbers.printed_points(row.printed.change_pts) for row in rows],
        "change_pct": [numbers.printed_percent(row.printed) for row in rows],
    }
    right = {
        "close": [close_given(row.printed, row.move) for row in rows],
        "change_pts": [points_given(row) for row in rows],
        "change_pct": [percent_given(row) for row in rows],
    }
    heads = {"Printed": figures, "Closes give": right}
    for head, cells in heads.items():
        for name in ("close", "change_pts", "change_pct"):
            if name == "change_pts" and (name not in shown or not fit.points):
                continue
            given = (
                _marked(cells[name], rows, name) if cells is right else _plain_cells(cells[name])
            )
            columns.append(layout.TextColumn("" if name != "close" else head, given, right=True))
    columns.append(
        layout.column(
            "Verdict",
            [_VERDICTS[row.verdict][0] if short else verdict(row) for row in rows],
            _style,
        )
    )
    return columns


def _plain_cells(texts: Sequence[str]) -> list[layout.StyledLine]:
    return [[StyledText(text)] for text in texts]


def _marked(texts: Sequence[str], rows: Sequence[Checked], name: str) -> list[layout.StyledLine]:
    """What the closes give: with a sign and in colour where it is not what was printed."""
    wrong = {"change_pct": _PERCENTS}.get(name, {name})
    return [
        [StyledText(f"≠{text}", "bold red")] if wrong & set(row.wrong) else [StyledText(text)]
        for text, row in zip(texts, rows, strict=True)
    ]


def _style(text: str) -> str:
    return "green" if text == "agrees" else "dim" if text == "unchecked" else "red"


def _tally(rows: Sequence[Checked]) -> str:
    """Count the verdicts, such as ``1 agrees · 3 disagree``."""
    counts: Counter[str] = Counter(row.verdict for row in rows)
    known = [(counts[verdict], said) for verdict, (_, *said) in _VERDICTS.items()]
    return " · ".join(f"{n:,} {said[n != 1]}" for n, said in known if n)


def csv_table(report: VerifyReport) -> list[Sequence[Any]]:
    """Give the columns of CSV, and under them the cells of each figure; missing as None."""
    found = (_plain(row, report) for row in report.rows)
    listed = (
        row | {name: " ".join(row[name]) for name in ("wrong", "unchecked", "faults")}
        for row in found
    )
    return [_COLUMNS, *([row[name] for name in _COLUMNS] for row in listed)]


def document(report: VerifyReport) -> dict[str, Any]:
    """Give the verdicts and what follows from them as plain values, missing as None."""
    counts: Counter[str] = Counter(row.verdict for row in report.rows)
    return {
        "schema": VERIFY_SCHEMA,
        "session": report.session,
        "published": report.published,
        "closes": report.closes,
        "bundled": report.bundled,
        "figures": [_numbers(_plain(row, report)) for row in report.rows],
        "counts": {verdict: counts[verdict] for verdict in _VERDICTS},
        "fits_session": report.fits_session,
        "claims": [
            {
                "symbol": claim.symbol,
                "kind": claim.said.kind,
                "quote": claim.said.quote,
                "place": f"{report.published}:{claim.said.line}",
                "verdict": claim.verdict,
                "length": claim.length,
                "since": claim.since,
                "data_since": claim.data_since,
            }
            for claim in report.claims
        ],
        "findings": report.findings,
        "warnings": report.warnings,
    }


FORMATS = {"table": as_table} | machine_formats(document, csv_table)


def _plain(row: Checked, report: VerifyReport) -> dict[str, Any]:
    move = row.move
    return {
        "session": move.session or report.session,
        "symbol": move.symbol,
        "name": move.name,
        "verdict": row.verdict,
        "why": row.why or None,
        "wrong": row.wrong,
        "unchecked": row.unchecked,
        **{f"published_{name}": getattr(row.printed, name) for name in _PRINTED},
        "close": move.close,
        "prior_session": move.prior_session,
        "prior_close": row.prior_close,
        "change_pct": row.change_pct,
        "same_prior": row.same_prior,
        "fits_session": row.fits_session,
        "source": move.source or None,
        "published_source": row.printed.place.plain,
        "change_pts": row.change_pts,
        "period": row.printed.period or None,
        "faults": list(dict.fromkeys(fault.code for fault in row.faults)),
        "quote": row.printed.quote or None,
    }


def _numbers(cells: dict[str, Any]) -> dict[str, Any]:
    """The same with what was printed as JSON numbers."""
    printed = {f"published_{name}": cells[f"published_{name}"] for name in _PRINTED}
    return cells | {name: None if v is None else float(v) for name, v in printed.items()}
