"""What machines read of a report: rows and documents of plain values, missing as None."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from marketmove.errors import Place
from marketmove.moves.move import FX_FIELDS, PERIOD_FX, plain_column
from marketmove.reports.records import (
    HISTORY_SCHEMA,
    SESSION_SCHEMA,
    HistoryReport,
    SessionReport,
)

if TYPE_CHECKING:
    from marketmove.frame import Frame
    from marketmove.moves.move import Move

# The columns of CSV, in order; new ones are only ever added at the end.
CSV_COLUMNS = (
    "session", "symbol", "name", "status", "basis", "close", "prior_session", "prior_close",
    "change_pts", "change_pct", "source", "change_pct_over", "change_pct_under", "gap_sessions",
    "closed_for", "reopens",
)  # fmt: skip
# What the context adds where it is asked for, as in ``context.MoveContext``.
CONTEXT_COLUMNS = (
    "streak", "streak_is_least", "record", "highest_since", "lowest_since", "largest_since",
    "size_percentile", "size_n", "data_since",
)  # fmt: skip
# Where its close stands, as in ``extremes.Extremes``; in CSV where they are chosen.
EXTREME_COLUMNS = (
    "year_high", "year_high_session", "from_year_high_pct", "year_low", "year_low_session",
    "from_year_low_pct", "year_extreme", "year_gap_sessions", "high_close", "high_session",
    "drawdown_pct", "record_close", "record_session", "from_record_pct", "up_of_10", "down_of_10",
    "run_n", "run_up", "run_down",
)  # fmt: skip
# Those that can be chosen, beside such of periods.
ALL_COLUMNS = (*CSV_COLUMNS, "sessions_behind", "doubt", *CONTEXT_COLUMNS, *EXTREME_COLUMNS)
# What each period asked for adds, under its name: ``ytd_change_pct``.
_PERIOD_COLUMNS = ("prior_session", "prior_close", "change_pts", "change_pct")
_JSON_ONLY = tuple(
    f"{name}_{end}"
    for name in ("prior_close", "change_pts", "change_pct")
    for end in ("low", "high")
)


_cells_of = attrgetter(*CSV_COLUMNS)

# What a session's document has after its moves.
_LISTS = (
    "divergences", "breadth", "dispersion", "groups", "group_spreads", "warnings", "notes"
)  # fmt: skip


def columns(periods: Sequence[str]) -> list[str]:
    """Give the columns of CSV: ``CSV_COLUMNS``, those of the periods, how far to trust them."""
    return [*_figure_columns(periods), *_trust_columns(periods)]


def fx_columns(periods: Sequence[str]) -> list[str]:
    """Give the columns of moves in one currency, and of their periods."""
    return [*FX_FIELDS, *(f"{period}_{name}" for period in periods for name in PERIOD_FX)]


def _fx_cells(move: Move, periods: Sequence[str]) -> dict[str, Any]:
    """What a move in one currency is made of, under ``fx_columns``; nothing of others."""
    if not move.fx:
        return {}
    cells = {name: getattr(move.fx[""], field) for name, field in FX_FIELDS.items()}
    return cells | {
        f"{period}_{name}": getattr(move.fx.get(period), FX_FIELDS[name], None)
        for period in periods
        for name in PERIOD_FX
    }


def _figure_columns(periods: Sequence[str]) -> list[str]:
    return [*CSV_COLUMNS, *(f"{period}_{name}" for period in periods for name in _PERIOD_COLUMNS)]


def _trust_columns(periods: Sequence[str]) -> list[str]:
    return ["sessions_behind", "doubt", *(f"{period}_doubt" for period in periods)]


def _figures(move: Move, periods: Sequence[str]) -> list[Any]:
    return [*_cells_of(move)] + [
        getattr(move.periods.get(period), name, None)
        for period in periods
        for name in _PERIOD_COLUMNS
    ]


def _trust(move: Move, periods: Sequence[str]) -> list[Any]:
    doubts = (getattr(move.periods.get(name), "doubt", None) for name in periods)
    return [move.sessions_behind, move.doubt, *doubts]


def report_columns(report: SessionReport | HistoryReport) -> list[str]:
    """Give the columns of CSV of some sessions: ``columns``, and what was asked for beside them."""
    context = CONTEXT_COLUMNS if report.context else ()
    added = fx_columns(report.periods) if report.in_currency else ()
    return [*_figure_columns(report.periods), *context, *_trust_columns(report.periods), *added]


def session_row(report: SessionReport, move: Move) -> list[Any]:
    """Give the cells of one move of a session, under ``report_columns``."""
    context = _context_cells(report, move) if report.context else {}
    periods, fx = report.periods, _fx_cells(move, report.periods)
    return [
        *_figures(move.local, periods),
        *context.values(),
        *_trust(move, periods),
        *fx.values(),
    ]


def every_cell(report: SessionReport, move: Move) -> dict[str, Any]:
    """Give all that can be chosen of one move of a session, by column."""
    names, periods = columns(report.periods), report.periods
    cells = zip(names, [*_figures(move.local, periods), *_trust(move, periods)], strict=True)
    return (
        dict(cells)
        | _context_cells(report, move)
        | _extreme_cells(report, move)
        | _fx_cells(move, periods)
    )


def _context_cells(report: SessionReport, move: Move) -> dict[str, Any]:
    context = report.contexts.get(move.symbol)
    return {name: getattr(context, name, None) for name in CONTEXT_COLUMNS}


def _extreme_cells(report: SessionReport, move: Move) -> dict[str, Any]:
    stands = report.extremes.get(move.symbol)
    return {name: getattr(stands, name, None) for name in EXTREME_COLUMNS}


def csv_rows(block: Frame, names: Sequence[str]) -> Iterator[tuple[Any, ...]]:
    """Give the cells of each move of a frame, under names of ``columns``."""
    places = zip(block["file"].tolist(), block["line"].tolist(), strict=True)
    fixed = {
        "basis": ["closes"] * len(block),
        "source": ["" if file is None else f"{file}:{line}" for file, line in places],
        "change_pct_over": [None] * len(block),
        "change_pct_under": [None] * len(block),
    }
    cells = (fixed.get(name) or _with_dates_as_text(block, name) for name in names)
    return zip(*cells, strict=True)


def _with_dates_as_text(block: Frame, name: str) -> list[Any]:
    values = plain_column(block, name)
    return [value.isoformat() if isinstance(value, dt.date) else value for value in values]


def history_document(report: HistoryReport, moves: Sequence[Any] | None = None) -> dict[str, Any]:
    """Give many sessions as the JSON document that machines read: plain values, missing as None.

    ``moves`` may stand in place of those of the report, which are written block by block.
    """
    names = report_columns(report)
    return {
        "schema": HISTORY_SCHEMA,
        "from": report.first,
        "to": report.last,
        "source": report.source,
        **({"in_currency": report.in_currency} if report.in_currency else {}),
        "moves": [
            dict(zip(names, row, strict=True))
            for block in report.blocks()
            for row in csv_rows(block, names)
        ]
        if moves is None
        else moves,
        "warnings": report.warnings,
        "notes": report.notes,
    }


def json_columns(report: SessionReport) -> list[str]:
    """Give the names of all that JSON says of each move of a session, in no one currency."""
    reasons = (f"{period}_reason" for period in report.periods)
    own = [*columns(report.periods), *reasons, *_JSON_ONLY]
    return [*own, *CONTEXT_COLUMNS, *EXTREME_COLUMNS]


def document_of_move(report: SessionReport, move: Move) -> dict[str, Any]:
    """Give all that JSON says of one move of a session, under ``json_columns``."""
    return (
        move_document(move, report.periods)
        | _context_cells(report, move)
        | _extreme_cells(report, move)
    )


def as_document(report: SessionReport, moves: Sequence[Any] | None = None) -> dict[str, Any]:
    """Give a session as the JSON document that machines read: plain values, missing as None.

    ``moves`` may stand in place of those of the report, which are written block by block.
    """
    marked = {"in_currency": report.in_currency} if report.in_currency else {}
    return {
        "schema": SESSION_SCHEMA,
        "session": report.session,
        "as_of": report.as_of,
        "basis": report.basis,
        "source": report.source,
        **marked,
        "alerts": report.alerts,
        "moves": [*map(partial(document_of_move, report), report.moves)]
        if moves is None
        else moves,
        **{name: getattr(report, name) for name in _LISTS},
        **(
            {"divergences": [pair._asdict() | marked for pair in report.divergences]}
            if marked
            else {}
        ),
        "divergences_left_out": report.pairs_left_out,
    }


def move_document(move: Move, periods: Sequence[str]) -> dict[str, Any]:
    """Give a move as plain values: the columns of CSV, and the intervals of what is implied."""
    local, fx = move.local, _fx_cells(move, periods)
    cells = zip(columns(periods), [*_figures(local, periods), *_trust(move, periods)], strict=True)
    reasons = (getattr(move.periods.get(period), "reason", None) for period in periods)
    return (
        dict(cells)
        | {f"{p}_reason": why for p, why in zip(periods, reasons, strict=True)}
        | {name: getattr(move, name) for name in _JSON_ONLY}
        | fx
    )


def plain(value: Any) -> Any:
    """Give records as mappings, dates and places as text, and the rest as it is."""
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, Place):
        return value.plain
    if isinstance(value, tuple) and hasattr(value, "_asdict"):
        value = value._asdict()
    if isinstance(value, Mapping):
        return {name: plain(one) for name, one in value.items()}
    return list(map(plain, value)) if isinstance(value, (list, tuple)) else value
