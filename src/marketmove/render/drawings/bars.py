"""One session drawn in a terminal: a bar an index, each block the same round share of a percent."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from rich.cells import cell_len, set_cell_size

from marketmove.moves.move import Move
from marketmove.render import RenderOptions, layout
from marketmove.render.layout import StyledText
from marketmove.render.palettes import TERMINAL
from marketmove.reports.records import SessionReport
from marketmove.wording import numbers, session_rows, statuses

USUAL_WIDTH = 80
_GAP = 3
_FEWEST_BLOCKS, _LONGEST_NAME = 24, 28


def session(report: SessionReport, options: RenderOptions) -> str:
    """Draw a session as bars from a zero line, in the order of the report."""
    width = options.width or USUAL_WIDTH
    moves, left_out = session_rows.shown(session_rows.moved(report), options.everything)
    what, _, source = session_rows.title(report).partition(" · ")
    lines: list[layout.StyledLine] = [*layout.title(what, source, options), []]
    if moves:
        lines += _bars_beside(moves, options, width)
    for tries in _listed(report):
        lines += [*layout.roomiest_table(tries, width).lines(), []]
    lines += layout.below(_footers(report, left_out), report.warnings, options)
    return layout.written(lines, options)


def short(name: str) -> str:
    """Cut a name that is longer than a drawing has room for."""
    if cell_len(name) <= _LONGEST_NAME:
        return name
    return f"{set_cell_size(name, _LONGEST_NAME - 1).rstrip()}…"


def bar_length(move: Move) -> float:
    """Give the percent that a bar is drawn to: the move, or the bound that stands for it."""
    known = (move.change_pct, move.change_pct_over, move.change_pct_under)
    return next(pct for pct in known if pct is not None)


def _listed(report: SessionReport) -> Iterator[list[layout.TextTable]]:
    """The indices without a bar, by name where there is room for what is said beside it."""
    listed = session_rows.listed_volatility(report) + session_rows.listed_moves(report)
    by_name, by_symbol = (session_rows.by_head(listed, symbols) for symbols in (False, True))
    for (head, named), (_, brief) in zip(by_name, by_symbol, strict=True):
        yield [_list_table(head, rows) for rows in (named, brief)]


def _list_table(head: str, rows: Sequence[tuple[str, str]]) -> layout.TextTable:
    names = layout.column(head, [short(name) for name, _ in rows])
    return layout.TextTable([names, layout.column("", [text for _, text in rows], "dim")], _GAP)


def _footers(report: SessionReport, left_out: int) -> list[str]:
    lines = [statuses.tally(report.breadth), *session_rows.drawn_pairs(report)]
    lines += [f"{text}; --all shows them" for text in session_rows.rows_left_out(left_out)]
    return lines + layout.texts_of(report.notes)


def _bars_beside(
    moves: Sequence[Move], options: RenderOptions, width: int
) -> list[layout.StyledLine]:
    """The names, the percents and the bars; then what a block stands for."""
    table = _labels(moves, options, symbols=False)
    if width - table.width < _FEWEST_BLOCKS:
        table = _labels(moves, options, symbols=True)
    unit = _unit(moves, width - table.width - _GAP - 1)
    bars = layout.TextColumn("", _bars(moves, options, unit))
    # None of the columns has a head.
    _, *lines = layout.TextTable([*table.columns, bars], _GAP).lines()
    return [*lines, [], [StyledText(f"  one ▇ is {unit:g}%", "dim")], []]


def _labels(moves: Sequence[Move], options: RenderOptions, *, symbols: bool) -> layout.TextTable:
    percents: list[layout.StyledLine] = [
        [StyledText(numbers.change_percent(move), _colour(move, options))] for move in moves
    ]
    names = layout.column("", [short(session_rows.name(move, symbols)) for move in moves])
    return layout.TextTable([names, layout.TextColumn("", percents, right=True)], _GAP)


def _colour(move: Move, options: RenderOptions) -> str:
    return TERMINAL[options.palette].of(bar_length(move))


def _unit(moves: Sequence[Move], room: int) -> float:
    """The least round share of a percent with which both sides and a mark of bounds fit."""
    lengths = [0.0, *map(bar_length, moves)]
    least = (max(lengths) - min(lengths)) / max(room - 4, 1)
    if not least:
        return 1.0
    power = 10.0 ** math.floor(math.log10(least))
    return float(f"{next((n for n in (1, 2, 5) if n * power >= least), 10) * power:.1g}")


def _bars(moves: Sequence[Move], options: RenderOptions, unit: float) -> list[layout.StyledLine]:
    """The bars; beyond a bound that stands for a move there is an arrow."""
    drawn = []
    for move in moves:
        pct = bar_length(move)
        arrow = "" if move.change_pct is not None else "<" if pct < 0 else ">"
        bar = "▇" * (max(1, int(abs(pct) / unit + 0.5)) if pct else 0)
        drawn.append((arrow + bar, "") if pct < 0 else ("", bar + arrow))
    left = max(len(fallen) for fallen, _ in drawn)
    return [
        [
            StyledText(fallen.rjust(left), _colour(move, options)),
            StyledText("│", "dim"),
            StyledText(risen, _colour(move, options)),
        ]
        for move, (fallen, risen) in zip(moves, drawn, strict=True)
    ]
