"""Many sessions, piece by piece: for people a table in which each date stands once."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from marketmove.market.periods import period_of_column
from marketmove.moves.move import Conversion, Move
from marketmove.rarity.index_history import MoveContext
from marketmove.render import RenderOptions, layout
from marketmove.render.layout import StyledText
from marketmove.render.machine import (
    json_in_pieces,
    json_list,
    records,
    write_csv,
    write_ndjson,
)
from marketmove.render.palettes import TERMINAL
from marketmove.render.row_bytes import CSV, JSON, NDJSON, RowWriter
from marketmove.reports.documents import csv_rows, report_columns
from marketmove.reports.documents import history_document as document
from marketmove.reports.records import HistoryReport
from marketmove.wording import columns as chosen
from marketmove.wording import currency, dates, numbers, periods, statuses
from marketmove.wording.characters import visible
from marketmove.wording.currency import in_one
from marketmove.wording.highlights import facts
from marketmove.wording.session_rows import ENDS, LONGEST

if TYPE_CHECKING:
    from marketmove.frame import Frame

_COUNTED = ("closed", "pending", "stale", "missing", "unusable")
_TALLY = {
    **{status: statuses.WORDS[status].counted for status in _COUNTED},
    "no_prior": "without a prior close",
}


def as_csv(report: HistoryReport, options: RenderOptions) -> Iterator[str]:
    """Write the moves under ``documents.columns``; the header comes with the first of them."""
    names = options.columns or report_columns(report)
    head, writer = write_csv([names]), RowWriter(names, CSV)
    for block in report.blocks():
        yield head + (writer.text(block) or write_csv(_truths(csv_rows(block, names))))
        head = ""


def _truths(rows: Iterable[Sequence[Any]]) -> Iterator[Sequence[Any]]:
    """Truth values as JSON has them."""
    return ([str(c).lower() if isinstance(c, bool) else c for c in row] for row in rows)


def csv_table(report: HistoryReport) -> Iterator[Sequence[Any]]:
    """Give the columns of CSV, and under them the cells of each move; missing as None."""
    yield (names := report_columns(report))
    for block in report.blocks():
        yield from csv_rows(block, names)


def as_ndjson(report: HistoryReport, options: RenderOptions) -> Iterator[str]:
    """Write each move as a JSON object on a line of its own, with the columns of CSV."""
    names = options.columns or report_columns(report)
    writer = RowWriter([*dict.fromkeys(names)], NDJSON)
    for block in report.blocks():
        yield writer.text(block) or write_ndjson(_named(block, names))


def _named(block: Frame, names: Sequence[str]) -> Iterator[dict[str, Any]]:
    return (dict(zip(names, row, strict=True)) for row in csv_rows(block, names))


def as_json(report: HistoryReport, _options: RenderOptions) -> Iterator[str]:
    """Write all as one JSON document, its moves block by block."""
    names = report_columns(report)
    writer = RowWriter(names, JSON)
    blocks = (writer.text(block) or json_list(_named(block, names)) for block in report.blocks())
    return json_in_pieces(document(report, [0]), blocks)


def as_table(report: HistoryReport, options: RenderOptions) -> Iterator[str]:
    """Write many sessions as text for people; a long table is shortened in its middle."""
    rows, left_out = _shown(report.frame, options.everything)
    tries = (layout.TextTable(_columns(report, rows, options, fit), fit.gap) for fit in layout.FITS)
    lines = _with_gap(layout.roomiest_table(tries, options.width).lines(), left_out)
    footers = layout.below(_footers(report, left_out), report.warnings, options)
    yield layout.written([_title(report, "Moves"), [], *lines, [], *footers], options)


def _with_gap(lines: list[layout.StyledLine], left_out: int) -> list[layout.StyledLine]:
    """The lines of a table, under its head, with a word on the rows left out in the middle."""
    if left_out:
        rows_left_out = numbers.count(left_out, "row", "rows")
        lines.insert(1 + ENDS, [StyledText(f"  … {rows_left_out} left out")])
    return lines


def _title(report: HistoryReport, what: str) -> layout.StyledLine:
    source = layout.closes_source(report.source, report.bundled)
    span = f"from {dates.day(report.first)} to {dates.day(report.last)}"
    what += in_one(report.in_currency)
    return [StyledText(f"{what} {span} · {source}", "bold")]


FORMATS = {"table": as_table, "csv": as_csv, "json": as_json, "ndjson": as_ndjson}


def wide_rows(report: HistoryReport, options: RenderOptions) -> Iterator[list[Any]]:
    """Give one figure with a column an index and a row a session, under its head."""
    name = _wide_name(report, options)
    symbols = [symbol for symbol, _ in report.frame.labels("symbol").each()]
    yield ["session", *symbols]
    row: list[Any] = []
    for block in report.blocks():
        for session, symbol, value in csv_rows(block, ["session", "symbol", name]):
            if not row or row[0] != session:
                if row:
                    yield row
                row = [session, *[None] * len(symbols)]
            row[1 + symbols.index(symbol)] = value
    if row:
        yield row


def _wide_name(report: HistoryReport, options: RenderOptions) -> str:
    (name,) = options.columns or ("converted_change_pct" if report.in_currency else "change_pct",)
    return name


def _wide_table(report: HistoryReport, options: RenderOptions) -> Iterator[str]:
    """The same as text for people, shortened in its middle."""
    name = _wide_name(report, options)
    decimals = dict(zip(report.frame["symbol"], report.frame["decimals"].tolist(), strict=True))
    names, *rows = wide_rows(report, options)
    doubtful = _doubtful(report, name)
    left_out = 0 if options.everything or len(rows) <= LONGEST else len(rows) - 2 * ENDS
    if left_out:
        rows = [*rows[:ENDS], *rows[-ENDS:]]
    by_sign = TERMINAL[options.palette].of_text if name.endswith("_pct") else ""
    right, parts = chosen.is_figure(name), [layout.column("Session", [row[0] for row in rows])]
    for n, symbol in enumerate(names[1:], start=1):
        cells = [
            chosen.cell(name, row[n], decimals[symbol])
            + ("?" if row[n] is not None and (row[0], symbol) in doubtful else "")
            for row in rows
        ]
        parts.append(layout.column(visible(symbol), cells, by_sign, right=right))
    tries = (layout.TextTable(parts, fit.gap) for fit in layout.FITS)
    lines = _with_gap(layout.roomiest_table(tries, options.width).lines(), left_out)
    footers = layout.below(_footers(report, left_out), report.warnings, options)
    title = _title(report, f"{chosen.head(name)} of each index")
    yield layout.written([title, [], *lines, [], *footers], options)


def _doubtful(report: HistoryReport, name: str) -> set[tuple[str, str]]:
    """The sessions and symbols whose figure in a column is doubtful."""
    period = period_of_column(name)
    doubt = f"{period}_doubt" if period else "doubt"
    cells = csv_rows(report.frame, ("session", "symbol", doubt))
    return {(session, symbol) for session, symbol, why in cells if why is not None}


WIDE_FORMATS = {
    "table": _wide_table,
    "csv": lambda report, options: iter([write_csv(wide_rows(report, options))]),
    "ndjson": lambda report, options: iter([write_ndjson(records(wide_rows(report, options)))]),
}


def _shown(frame: Frame, everything: bool) -> tuple[Frame, int]:
    """The first and last rows of a long frame; and how many lie between."""
    left_out = 0 if everything or len(frame) <= LONGEST else len(frame) - 2 * ENDS
    if left_out:
        frame = frame.joined([frame.take(slice(ENDS)), frame.take(slice(-ENDS, None))])
    return frame, left_out


def _columns(
    report: HistoryReport, shown: Frame, options: RenderOptions, fit: layout.Fit
) -> list[layout.TextColumn]:
    """The columns that say something; a date is written on the first row of its session."""
    if options.columns:
        return _chosen_columns(shown, options)
    by_sign, rows = TERMINAL[options.palette].of_text, list(shown.rows())
    dates_shown = [str(row.session) for row in rows]
    first = ["", *dates_shown[:-1]]
    parts = [
        layout.column(
            "Session",
            ["" if d == before else d for d, before in zip(dates_shown, first, strict=True)],
        ),
        layout.column("Index", [visible(row.symbol if fit.symbols else row.name) for row in rows]),
        layout.column("Close", [_level(row.close, row) for row in rows], right=True),
        layout.column("Prior close", map(_prior, rows), right=True),
        layout.column("Prior session", map(_prior_date, rows)),
        *([layout.column("Change", map(_points, rows), by_sign, right=True)] if fit.points else []),
        *(
            layout.column(head, [_percent(getattr(row, name)) for row in rows], by_sign, right=True)
            for head, name in _percents(report)
        ),
        *(_period(name, rows, by_sign, report.in_currency) for name in report.periods),
        *([layout.column("Rare", map(_rare, rows))] if report.context else []),
        layout.column("", map(_reason, rows), "dim"),
    ]
    return [part for part in parts if any(cell[0].text for cell in part.cells)]


def _chosen_columns(shown: Frame, options: RenderOptions) -> list[layout.TextColumn]:
    """The columns that were chosen, each as its name tells."""
    cells, decimals = list(csv_rows(shown, options.columns)), shown["decimals"].tolist()
    by_sign = TERMINAL[options.palette].of_text
    return [
        layout.column(
            chosen.head(name),
            [chosen.cell(name, row[n], of) for row, of in zip(cells, decimals, strict=True)],
            by_sign if name.endswith("_pct") else "",
            right=chosen.is_figure(name),
        )
        for n, name in enumerate(options.columns)
    ]


def _percents(report: HistoryReport) -> list[tuple[str, str]]:
    """The moves in percent: what stands above each column, and its name."""
    if not report.in_currency:
        return [("Change %", "change_pct")]
    converted = (f"In {report.in_currency} %", "converted_change_pct")
    return [("Local %", "change_pct"), ("Currency %", "fx_change_pct"), converted]


def _period(
    name: str, rows: Sequence[Any], by_sign: Callable[[str], str], in_currency: str
) -> layout.TextColumn:
    figure = "converted_change_pct" if in_currency else "change_pct"
    texts = [
        _percent(getattr(row, f"{name}_{figure}")) + ("?" if getattr(row, f"{name}_doubt") else "")
        for row in rows
    ]
    return layout.column(periods.column_head(name), texts, by_sign, right=True)


def _level(value: float, row: Any) -> str:
    return "" if math.isnan(value) else numbers.level(value, row.decimals)


def _prior(row: Any) -> str:
    return _level(row.prior_close, row) if row.status == "ok" else ""


def _prior_date(row: Any) -> str:
    if row.status != "ok":
        return ""
    return dates.prior_date(row.session, row.prior_session, row.weekday_before)


def _points(row: Any) -> str:
    return numbers.points(row.change_pts, row.decimals) if row.status == "ok" else ""


def _percent(pct: float) -> str:
    return "" if math.isnan(pct) else numbers.percent(pct)


def _rare(row: Any) -> str:
    """What is rare about the move of a row, in a few words."""
    if row.data_since is None:
        return ""
    move = Move(
        row.symbol, row.name, "ok", "closes", change_pct=row.change_pct, session=row.session,
        gap_sessions=0 if math.isnan(row.gap_sessions) else int(row.gap_sessions),
    )  # fmt: skip
    context = MoveContext(**{name: getattr(row, name) for name in MoveContext._fields})
    return facts(move, context)


def _reason(row: Any) -> str:
    """Why an index has no move, in a few words."""
    if row.doubt:
        return f"doubtful: {statuses.DOUBTS[row.doubt]}"
    if getattr(row, "converted_reason", None):
        of = Conversion(row.in_currency, row.currency, reason=row.converted_reason)
        return currency.why(of)
    if row.status == "stale":
        return f"{row.sessions_behind:.0f} sessions behind"
    if row.status == "unusable":
        return f"unusable: {visible(row.file)}:{row.line}"
    if row.status == "closed":
        return f"shut{f': {visible(row.closed_for)}' if row.closed_for else ''}"
    return statuses.WORDS[row.status].in_row if row.status in statuses.WORDS else ""


def _footers(report: HistoryReport, left_out: int) -> list[str]:
    counts = Counter({status: len(rows) for status, rows in report.frame.labels("status").each()})
    sessions = len(set(report.frame["session"].tolist()))
    tally = [numbers.count(sessions, "session", "sessions")]
    tally.append(numbers.count(counts["ok"], "move", "moves"))
    tally += [f"{counts[status]:,} {word}" for status, word in _TALLY.items() if counts[status]]
    lines = [" · ".join(tally)]
    if left_out:
        rows = numbers.count(left_out, "row", "rows")
        lines.append(f"{rows} in the middle left out; --all shows them")
    return lines + layout.texts_of(report.notes)
