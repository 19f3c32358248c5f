"""Many sessions, piece by piece: for people a table in which each date stands once."""

from __future__ import annotations

import itertools
import math
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from operator import itemgetter
from typing import Any

from marketmove.frame import Frame
from marketmove.market.periods import period_of_column
from marketmove.moves.move import COUNTS, Conversion, Move
from marketmove.rarity.index_history import MoveContext
from marketmove.render import RenderOptions, layout
from marketmove.render.layout import StyledText
from marketmove.render.machine import (
    json_in_pieces,
    json_list,
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

# Rows whose text is made at a time.
_AT_A_TIME = 10_000
_COUNTED = ("closed", "pending", "stale", "missing", "unusable")
_TALLY = {
    **{status: statuses.WORDS[status].counted for status in _COUNTED},
    "no_prior": "without a prior close",
}


def as_csv(report: HistoryReport, options: RenderOptions) -> Iterator[str]:
    """Write the moves under ``documents.columns``; the header comes with the first of them."""
    names = options.columns or report_columns(report)
    head, writer = write_csv([names]), RowWriter(names, CSV)
    for piece in _pieces(report):
        yield head + (writer.text(piece) or write_csv(_truths(csv_rows(piece, names))))
        head = ""


def _pieces(report: HistoryReport) -> Iterator[Frame]:
    """The moves, a few at a time, so that their text takes little memory."""
    return itertools.chain.from_iterable(block.pieces(_AT_A_TIME) for block in report.blocks())


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
    for piece in _pieces(report):
        yield writer.text(piece) or write_ndjson(_named(piece, names))


def _named(block: Frame, names: Sequence[str]) -> Iterator[dict[str, Any]]:
    return (dict(zip(names, row, strict=True)) for row in csv_rows(block, names))


def as_json(report: HistoryReport, _options: RenderOptions) -> Iterator[str]:
    """Write all as one JSON document, its moves block by block."""
    names = report_columns(report)
    writer = RowWriter(names, JSON)
    texts = (writer.text(piece) or json_list(_named(piece, names)) for piece in _pieces(report))
    return json_in_pieces(document(report, [0]), texts)


def as_table(report: HistoryReport, options: RenderOptions) -> Iterator[str]:
    """Write many sessions as text for people; a long table is shortened in its middle."""
    rows, left_out = _shown(report, options.everything)
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
    names = ("session", "symbol", _wide_name(report, options))
    yield ["session", *report.symbols]
    place = {symbol: n for n, symbol in enumerate(report.symbols, start=1)}
    cells = (row for block in report.blocks() for row in csv_rows(block, names))
    for session, own in itertools.groupby(cells, key=itemgetter(0)):
        row = [session, *[None] * len(place)]
        for _, symbol, value in own:
            row[place[symbol]] = value
        yield row


def _wide_name(report: HistoryReport, options: RenderOptions) -> str:
    (name,) = options.columns or ("converted_change_pct" if report.in_currency else "change_pct",)
    return name


def _wide_table(report: HistoryReport, options: RenderOptions) -> Iterator[str]:
    """The same as text for people, shortened in its middle."""
    name = _wide_name(report, options)
    names, *rows = wide_rows(report, options)
    decimals, doubtful = _decimals_and_doubts(report, name)
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


def _decimals_and_doubts(
    report: HistoryReport, name: str
) -> tuple[dict[str, int], set[tuple[str, str]]]:
    """The decimals of each index; the sessions and symbols whose figure in a column is doubtful."""
    period = period_of_column(name)
    doubt = f"{period}_doubt" if period else "doubt"
    decimals, doubtful = dict[str, int](), set[tuple[str, str]]()
    for block in report.blocks():
        decimals.update(zip(block["symbol"].tolist(), block["decimals"].tolist(), strict=True))
        found = block.take(block.has(doubt))
        doubtful.update((day, symbol) for day, symbol in csv_rows(found, ("session", "symbol")))
    return decimals, doubtful


def _wide_csv(report: HistoryReport, options: RenderOptions) -> Iterator[str]:
    return (write_csv([row]) for row in wide_rows(report, options))


def _wide_ndjson(report: HistoryReport, options: RenderOptions) -> Iterator[str]:
    rows = wide_rows(report, options)
    names = next(rows)
    return (write_ndjson([dict(zip(names, row, strict=True))]) for row in rows)


WIDE_FORMATS = {
    "table": _wide_table,
    "csv": _wide_csv,
    "ndjson": _wide_ndjson,
}


def _shown(report: HistoryReport, everything: bool) -> tuple[Frame, int]:
    """The first and last rows of a long report; and how many lie between."""
    left_out = 0 if everything or report.rows <= LONGEST else report.rows - 2 * ENDS
    if not left_out:
        return report.frame, 0
    ends: list[Frame] = []
    for block in report.blocks():
        head, *before = ends or [block.take(slice(0))]
        if len(head) < ENDS:
            head = Frame.joined([head, block.take(slice(ENDS))]).take(slice(ENDS))
        tail = Frame.joined([*before, block.take(slice(-ENDS, None))])
        ends = [head, tail.take(slice(-ENDS, None))]
    return Frame.joined(ends), left_out


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
    known: dict[str, Any] = {}
    for name in MoveContext._fields:
        value = getattr(row, name)
        known[name] = None if value != value else int(value) if name in COUNTS else value
    context = MoveContext(**known)
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
    counts, sessions = Counter(report.statuses), report.sessions
    tally = [numbers.count(sessions, "session", "sessions")]
    tally.append(numbers.count(counts["ok"], "move", "moves"))
    tally += [f"{counts[status]:,} {word}" for status, word in _TALLY.items() if counts[status]]
    lines = [" · ".join(tally)]
    if left_out:
        rows = numbers.count(left_out, "row", "rows")
        lines.append(f"{rows} in the middle left out; --all shows them")
    return lines + layout.texts_of(report.notes)
