"""Many sessions for a terminal: one table, in which each date stands once."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, NamedTuple

import pandas as pd

from marketmove.errors import BadFiguresError
from marketmove.render import RenderOptions
from marketmove.render.session import (
    FITS,
    PALETTES,
    Fit,
    StyledLine,
    StyledText,
    TextColumn,
    aligned,
    line_width,
    under_table,
    written,
)
from marketmove.reports.records import HistoryReport
from marketmove.wording import numbers as words
from marketmove.wording import session_words as page

_REASONS = {
    "no_prior": "no close before it is known",
    "missing": "missing: later closes are there",
    "pending": "no close yet",
}


class _Cell(NamedTuple):
    text: str
    style: str = ""


def history(report: HistoryReport, look: RenderOptions) -> str:
    """Write many sessions as text for people; a long table is shortened in its middle.

    Raises
    ------
    BadFiguresError
        If not all that was asked for can be given.
    """
    if report.unusable:
        raise BadFiguresError(report.unusable)
    rows, left_out = _shown(report.frame, look.everything)
    fit, columns = _fitting(report, rows, look)
    head, *lines = aligned(columns, fit)
    if left_out:
        lines.insert(
            page.ENDS, [StyledText(f"  … {words.count(left_out, 'row', 'rows')} left out")]
        )
    title: StyledLine = [StyledText(_title(report), "bold")]
    below: list[StyledLine] = []
    for footer in _footers(report, left_out):
        below += under_table(footer, "dim", look)
    for warning in report.warnings:
        below += under_table(f"Warning: {words.visible(str(warning))}", "yellow", look)
    return written([title, [], head, *lines, [], *below], look)


def _shown(frame: pd.DataFrame, everything: bool) -> tuple[list[Any], int]:
    """The first and last rows of a long frame; and how many lie between."""
    left_out = 0 if everything or len(frame) <= page.LONGEST else len(frame) - 2 * page.ENDS
    if left_out:
        import pandas as pd

        frame = pd.concat([frame.head(page.ENDS), frame.tail(page.ENDS)])
    return list(frame.itertuples()), left_out


def _fitting(
    report: HistoryReport, rows: Sequence[Any], look: RenderOptions
) -> tuple[Fit, list[TextColumn]]:
    """The roomiest table that the terminal has room for."""
    for fit in FITS:
        columns = _columns(report, rows, look, fit)
        if look.width is None or line_width(columns, fit) <= look.width:
            break
    return fit, columns


def _columns(
    report: HistoryReport, rows: Sequence[Any], look: RenderOptions, fit: Fit
) -> list[TextColumn]:
    """The columns that say something; a date is written on the first row of its session."""
    dates = [f"{row.session:%Y-%m-%d}" for row in rows]
    again = [n > 0 and dates[n] == dates[n - 1] for n in range(len(rows))]
    parts = [
        ("Session", False, [_Cell("" if a else d) for a, d in zip(again, dates, strict=True)]),
        ("Index", False, [_Cell(_name(row, fit)) for row in rows]),
        ("Close", True, [_Cell(_level(row.close, row)) for row in rows]),
        ("Prior close", True, [_Cell(_prior(row)) for row in rows]),
        ("Prior session", False, [_Cell(_prior_date(row)) for row in rows]),
    ]
    if fit.points:
        parts.append(("Change", True, [_points(row, look) for row in rows]))
    parts.append(("Change %", True, [_percent(row.change_pct, look) for row in rows]))
    for period in report.periods:
        pct = f"{period}_change_pct"
        cells = [_percent(getattr(row, pct), look) for row in rows]
        parts.append((page.PERIOD_HEADS[period], True, cells))
    parts.append(("", False, [_Cell(_reason(row), "dim") for row in rows]))
    return [
        TextColumn(head, [[StyledText(*cell)] for cell in cells], right)
        for head, right, cells in parts
        if any(cell.text for cell in cells)
    ]


def _name(row: Any, fit: Fit) -> str:
    return words.visible(row.symbol if fit.symbols else row.name)


def _level(value: float, row: Any) -> str:
    return "" if math.isnan(value) else words.level(value, row.decimals)


def _prior(row: Any) -> str:
    return _level(row.prior_close, row) if row.status == "ok" else ""


def _prior_date(row: Any) -> str:
    if row.status != "ok":
        return ""
    return words.prior_date(row.session.date(), row.prior_session.date())


def _points(row: Any, look: RenderOptions) -> _Cell:
    if row.status != "ok":
        return _Cell("")
    return _Cell(words.points(row.change_pts, row.decimals), _style(row.change_pct, look))


def _percent(pct: float, look: RenderOptions) -> _Cell:
    return _Cell("") if math.isnan(pct) else _Cell(words.percent(pct), _style(pct, look))


def _style(pct: float, look: RenderOptions) -> str:
    up, down = PALETTES[look.palette]
    return up if pct > 0 else down if pct < 0 else ""


def _reason(row: Any) -> str:
    """Why an index has no move, in a few words."""
    if row.status == "closed":
        return f"shut{f': {words.visible(row.closed_for)}' if row.closed_for else ''}"
    return _REASONS.get(row.status, "")


def _title(report: HistoryReport) -> str:
    sample = " (bundled sample)" if report.bundled else ""
    return (
        f"Moves from {words.day(report.first)} to {words.day(report.last)} · closes"
        f" · {words.visible(report.source)}{sample}"
    )


def _footers(report: HistoryReport, left_out: int) -> list[str]:
    counts = report.frame["status"].value_counts()
    sessions = int(report.frame["session"].nunique())
    tally = [words.count(sessions, "session", "sessions")]
    tally.append(words.count(int(counts["ok"]), "move", "moves"))
    for status, word in (
        ("closed", "shut"),
        ("pending", "no close yet"),
        ("missing", "missing"),
        ("no_prior", "without a prior close"),
    ):
        if counts[status]:
            tally.append(f"{counts[status]:,} {word}")
    lines = [" · ".join(tally)]
    if left_out:
        rows = words.count(left_out, "row", "rows")
        lines.append(f"{rows} in the middle left out; --all shows them")
    return lines + [words.visible(str(note)) for note in report.notes]
