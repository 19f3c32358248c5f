"""One session: for people aligned columns with bars from a zero line, for machines every figure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import cache, partial
from itertools import starmap
from typing import Any

import numpy as np

from marketmove.frame import Frame, Labels
from marketmove.moves.move import Move
from marketmove.moves.table import MoveTable, by_symbol
from marketmove.render import RenderOptions, layout
from marketmove.render.layout import StyledText
from marketmove.render.machine import (
    json_in_pieces,
    json_list,
    write_csv,
    write_ndjson,
)
from marketmove.render.markdown import as_markdown
from marketmove.render.palettes import TERMINAL
from marketmove.render.row_bytes import CSV, JSON, NDJSON, RowWriter, Style
from marketmove.reports.documents import (
    CONTEXT_COLUMNS,
    EXTREME_COLUMNS,
    document_of_move,
    every_cell,
    json_columns,
    report_columns,
    session_row,
)
from marketmove.reports.documents import as_document as document
from marketmove.reports.records import SessionReport
from marketmove.wording import columns as chosen
from marketmove.wording import groups, numbers, session_rows
from marketmove.wording.currency import in_one
from marketmove.wording.highlights import HIGHLIGHTS, highlights
from marketmove.wording.session_rows import PairRow, alert_lines

_NARROW = 2
_AT_A_TIME = 5_000
_LONGEST_BAR, _SHORTEST_BAR, _USUAL_BAR = 24, 4, 10
# From the roomiest to the narrowest: names stand closer before symbols stand for them.
_FITS = (
    layout.Fit(3), layout.Fit(2), layout.Fit(1), layout.Fit(2, symbols=True),
    layout.Fit(1, symbols=True), layout.Fit(2, symbols=True, points=False),
)  # fmt: skip
_COLOURED = ("median", "mean", "best", "worst")


def csv_table(report: SessionReport) -> list[list[Any]]:
    """Give the columns of CSV, and under them the cells of each move; missing as None."""
    return [report_columns(report), *(session_row(report, move) for move in report.moves)]


def _cells(report: SessionReport, options: RenderOptions) -> Iterator[list[Any]]:
    """The cells of each move, of all columns of CSV or of those chosen."""
    for move in report.moves:
        if options.columns:
            row = every_cell(report, move)
            yield [row[name] for name in options.columns]
        else:
            yield session_row(report, move)


def as_csv(report: SessionReport, options: RenderOptions) -> Iterator[str]:
    """Write the moves under ``documents.report_columns``, or the columns chosen."""
    names = options.columns or report_columns(report)
    yield write_csv([names])
    yield from _row_texts(report, names, CSV, lambda part: write_csv(_cells(part, options)))


def as_ndjson(report: SessionReport, options: RenderOptions) -> Iterator[str]:
    """Write each move as a JSON object on a line of its own, with the columns of CSV."""
    names = options.columns or report_columns(report)

    def by_rows(part: SessionReport) -> str:
        return write_ndjson(dict(zip(names, row, strict=True)) for row in _cells(part, options))

    return _row_texts(report, [*dict.fromkeys(names)], NDJSON, by_rows)


def as_json(report: SessionReport, _options: RenderOptions) -> Iterator[str]:
    """Write a session as one JSON document, of many moves some at a time."""

    def by_rows(part: SessionReport) -> str:
        return json_list(document_of_move(part, move) for move in part.moves)

    texts = _row_texts(report, json_columns(report), JSON, by_rows)
    return json_in_pieces(document(report, [0]), texts)


def _row_texts(
    report: SessionReport,
    names: Sequence[str],
    style: Style,
    by_rows: Callable[[SessionReport], str],
) -> Iterator[str]:
    """The rows of moves as text, some at a time: by columns, or where that cannot be, by rows."""
    writer = RowWriter(names, style)
    for start in range(0, len(report.moves), _AT_A_TIME):
        part = report._replace(moves=report.moves[start : start + _AT_A_TIME])
        columns = _columns_of(part, names)
        text = None if columns is None else writer.text(columns)
        yield by_rows(part) if text is None else text


def _columns_of(report: SessionReport, names: Sequence[str]) -> Frame | None:
    """The moves as columns by some names; None where records alone have what these are of."""
    moves = report.moves
    rare = {*CONTEXT_COLUMNS, *EXTREME_COLUMNS} if report.contexts or report.extremes else set()
    if not isinstance(moves, MoveTable) or report.in_currency or not rare.isdisjoint(names):
        return None
    known = {*moves.frame.columns, "basis", "source"}
    nothing = Labels((), np.full(len(moves), -1))
    return moves.frame.assign(**{name: nothing for name in names if name not in known})


def as_table(report: SessionReport, options: RenderOptions) -> str:
    """Write a session as text for people; nothing is cut where no terminal sets a width."""
    rows, left_out = session_rows.shown(session_rows.moved(report), options.everything)
    what, _, source = session_rows.title(report).partition(" · ")
    lines = [*_alerts(report, options), *layout.title(what, source, options), []]
    for table in (*_fitting(report, rows, options), *_group_tables(report, options)):
        if table.columns:
            lines += [*table.lines(), []]
    if options.brief:
        return layout.written(lines[:-1], options)
    marked = in_one(report.in_currency)
    if found := highlights(report):
        lines += layout.under_table(f"{HIGHLIGHTS}{marked}: {' · '.join(found)}", "", options)
    footers = session_rows.footers if options.explain else session_rows.short_footers
    lines += layout.below(footers(report, left_out), report.warnings, options)
    return layout.written(lines, options)


def _fitting(
    report: SessionReport, rows: Sequence[Move], options: RenderOptions
) -> list[layout.TextTable]:
    """The roomiest tables that fit: with bars, if there are any with which they do."""
    tries = [(fit, named) for fit in _FITS for named in (session_rows.MOST_NAMED, 1, 0, None)]
    # Of many indices each takes its time, and the first often fits.
    made = cache(partial(_tables, report, rows, options))
    for moves, *others in starmap(made, tries if rows and not options.columns else ()):
        with_bars = _with_bars(moves, rows, options)
        if with_bars is not None and all(t.fits(options.width) for t in (with_bars, *others)):
            return [with_bars, *others]
    return layout.roomiest(
        starmap(made, tries), lambda tables: all(t.fits(options.width) for t in tables)
    )


def _whole(
    write: Callable[[SessionReport, RenderOptions], str],
) -> Callable[[SessionReport, RenderOptions], Iterator[str]]:
    """A format that is written in one piece."""
    return lambda report, options: iter([write(report, options)])


FORMATS = {
    "table": _whole(as_table),
    "markdown": _whole(as_markdown),
    "json": as_json,
    "csv": as_csv,
    "ndjson": as_ndjson,
}


def _alerts(report: SessionReport, options: RenderOptions) -> list[layout.StyledLine]:
    """The alerts that are met, with an empty line below; nothing if there are none."""
    lines = [
        [StyledText(line.strip(), "bold")]
        for text in alert_lines(report.alerts)
        for line in layout.wrapped(f"Alert: {text}", options.width)
    ]
    return [*lines, []] if lines else []


def _tables(
    report: SessionReport,
    rows: Sequence[Move],
    options: RenderOptions,
    fit: layout.Fit,
    named: int | None,
) -> list[layout.TextTable]:
    """The moves, those of volatility, the indices without one, and the pairs of each kind."""
    listed = session_rows.by_head(session_rows.listed_moves(report), fit.symbols)
    return [
        layout.TextTable(columns, fit.gap)
        for columns in (
            _move_columns(report, rows, options, fit),
            _move_columns(report, session_rows.volatility(report), options, fit, groups.VOLATILITY),
            *(_listed_columns(head, texts) for head, texts in listed),
            *(
                _pair_columns(report, *kind, options, fit)
                for kind in session_rows.pair_tables(report, fit.symbols, named)
            ),
        )
    ]


def _move_columns(
    report: SessionReport,
    moves: Sequence[Move],
    options: RenderOptions,
    fit: layout.Fit,
    name: str = "",
) -> list[layout.TextColumn]:
    """The columns of ``page``, without dates that go without saying; points where they fit."""
    if options.columns:
        return _chosen_columns(report, moves, options)
    texts = [session_rows.cells(report, move, fit.symbols) for move in moves]
    columns = []
    for n, head in enumerate(session_rows.columns(report) if moves else ()):
        cells = [
            [StyledText(row[n], _move_style(head.kind, row[n], move, options))]
            for row, move in zip(texts, moves, strict=True)
        ]
        said = head.kind != "date" or any(row[n] for row in texts)
        if said and (fit.points or head.kind != "points"):
            text = name if name and head.kind == "name" else head.text
            columns.append(layout.TextColumn(text, cells, head.right))
    return columns


def _chosen_columns(
    report: SessionReport, moves: Sequence[Move], options: RenderOptions
) -> list[layout.TextColumn]:
    """The columns that were chosen, each as its name tells."""
    by_sign = TERMINAL[options.palette].of_text
    rows = [(move.decimals, every_cell(report, move)) for move in moves]
    return [
        layout.column(
            chosen.head(name),
            [chosen.cell(name, row[name], decimals) for decimals, row in rows],
            by_sign if name.endswith("_pct") else "",
            right=chosen.is_figure(name),
        )
        for name in (options.columns if moves else ())
    ]


def _move_style(kind: str, text: str, move: Move, options: RenderOptions) -> str:
    if kind == "period":
        return TERMINAL[options.palette].of_text(text)
    return _style(move, options) if kind in {"points", "percent"} else ""


def _style(move: Move, options: RenderOptions) -> str:
    """The colour of a move, or of the bound that stands for it."""
    colours = TERMINAL[options.palette]
    if move.change_pct is None:
        return colours.up if move.change_pct_over is not None else colours.down
    return colours.of(move.change_pct)


def _listed_columns(head: str, rows: Sequence[tuple[str, str]]) -> list[layout.TextColumn]:
    return [
        layout.column(head, [name for name, _ in rows]),
        layout.column("", [text for _, text in rows], "dim"),
    ]


def _pair_columns(
    report: SessionReport,
    head: str,
    rows: Sequence[PairRow],
    options: RenderOptions,
    fit: layout.Fit,
) -> list[layout.TextColumn]:
    moves = by_symbol(report.moves)
    ones, others = (
        [[StyledText(text, _style(moves[symbol], options))] for text, symbol in side]
        for side in (
            [(row.one, row.symbols[0]) for row in rows],
            [(row.other, row.symbols[1]) for row in rows],
        )
    )
    columns = [
        layout.TextColumn(head, ones),
        layout.column("", ["versus"] * len(rows), "dim"),
        layout.TextColumn("", others),
        layout.column("Spread", [row.spread for row in rows], right=True),
    ]
    if any(row.percentile != numbers.NOTHING for row in rows):
        label = "Percentile" if fit.gap > _NARROW else "Pctl"
        columns.append(layout.column(label, [row.percentile for row in rows], right=True))
    return columns


def _with_bars(
    table: layout.TextTable, moves: Sequence[Move], options: RenderOptions
) -> layout.TextTable | None:
    """Add bars as long as the terminal has room for; None if it has not enough."""
    longest = _USUAL_BAR
    if options.width is not None:
        room = options.width - table.width - table.gap
        highest, lowest = _extremes(moves)
        widest = max(highest, -lowest)
        # One cell for the zero line, one for a short side that is rounded up to a block.
        longest = min(_LONGEST_BAR, int((room - 2) * widest / (highest - lowest)) if widest else 0)
    if longest < _SHORTEST_BAR:
        return None
    bars = layout.TextColumn("", _bars(moves, options, longest))
    return table._replace(columns=[*table.columns, bars])


def _extremes(moves: Sequence[Move]) -> tuple[float, float]:
    known = [move.change_pct for move in moves if move.change_pct is not None]
    return max([0.0, *known]), min([0.0, *known])


def _bars(moves: Sequence[Move], options: RenderOptions, longest: int) -> list[layout.StyledLine]:
    highest, lowest = _extremes(moves)
    unit = longest / (max(highest, -lowest) or 1.0)
    left = _blocks(lowest, unit)
    colours = TERMINAL[options.palette]
    bars = []
    for move in moves:
        pct = move.change_pct or 0.0
        blocks = "▇" * _blocks(pct, unit)
        fallen, risen = (blocks, "") if pct < 0 else ("", blocks)
        bars.append(
            [
                StyledText(fallen.rjust(left), colours.down if fallen else ""),
                StyledText("│", "dim"),
                StyledText(risen, colours.up),
            ]
        )
    return bars


def _blocks(pct: float, unit: float) -> int:
    """Blocks of a bar: at least one for any move that is not zero."""
    return max(1, int(abs(pct) * unit + 0.5)) if pct else 0


def _group_tables(report: SessionReport, options: RenderOptions) -> Iterator[layout.TextTable]:
    """The groups asked for, and group against group."""
    if report.groups:
        yield layout.roomiest_table(_ever_fewer_columns(report, options), options.width)
    if report.group_spreads:
        steps = [(layout.FITS[0], False), (layout.FITS[1], False), (layout.FITS[1], True)]
        tries = (
            layout.TextTable(_spread_columns(report, options, bare), fit.gap) for fit, bare in steps
        )
        yield layout.roomiest_table(tries, options.width)


def _ever_fewer_columns(
    report: SessionReport, options: RenderOptions
) -> Iterator[layout.TextTable]:
    """The groups with ever less: first as other tables, then without what is wanted least."""
    for fit in layout.FITS[:3]:
        yield layout.TextTable(_group_columns(report, options, fit), fit.gap)
    for n in range(1, len(groups.LEAST_WANTED) + 1):
        without = groups.LEAST_WANTED[:n]
        yield layout.TextTable(_group_columns(report, options, fit, without), fit.gap)


def _group_columns(
    report: SessionReport, options: RenderOptions, fit: layout.Fit, without: Sequence[str] = ()
) -> list[layout.TextColumn]:
    rows = [groups.cells(report, group, fit.symbols) for group in report.groups]
    return [
        layout.column(
            head.short if fit.symbols else head.text,
            [row[head.kind] for row in rows],
            _last_sign(options) if head.kind in _COLOURED else "",
            right=head.right,
        )
        for head in groups.HEADS
        if head.kind not in without
    ]


def _spread_columns(
    report: SessionReport, options: RenderOptions, bare: bool
) -> list[layout.TextColumn]:
    labels = [groups.group_labels(report, spread, bare) for spread in report.group_spreads]
    spreads = [groups.spreads(report, spread) for spread in report.group_spreads]
    first, _, medians, means = groups.SPREAD_HEADS
    return [
        layout.column(first, [up for up, _ in labels], _last_sign(options)),
        layout.column("", ["versus"] * len(labels), "dim"),
        layout.column("", [down for _, down in labels], _last_sign(options)),
        layout.column(medians, [median for median, _ in spreads], right=True),
        layout.column(means, [mean for _, mean in spreads], right=True),
    ]


def _last_sign(options: RenderOptions) -> Callable[[str], str]:
    """Colour by the sign of the figure at the end of a cell."""
    return lambda text: TERMINAL[options.palette].of_text(text.split(" ")[-1])
