"""A session for a terminal: aligned columns, colour by sign, bars from a zero line."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from rich.console import Console
from rich.measure import Measurement
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from marketmove.render import Look, page, words

if TYPE_CHECKING:
    from collections.abc import Callable

    from marketmove.moves import Move
    from marketmove.report import SessionReport

# Styles of a rise and a fall.
PALETTES = {
    "western": ("green", "red"),
    "east-asia": ("red", "green"),
    "korea": ("red", "blue"),
    "cvd": ("dodger_blue1", "dark_orange"),
    "none": ("", ""),
}
_HEADS = ("Index", "Close", "Prior close", "Prior session", "Change", "Change %")
_DATE_COLUMN, _POINTS_COLUMN, _PCT_COLUMN = 3, 4, 5
_GAP, _INDENT = 3, 2
_LONGEST_BAR, _SHORTEST_BAR = 24, 6
_PLAIN_BAR = 10


def session(report: SessionReport, look: Look) -> str:
    """Write a session as text for people; nothing is cut where no terminal sets a width."""
    page_rows, left_out = page.shown(page.moved(report), look.everything)
    sheet = _Sheet(look)
    sheet.line(Text(page.title(report), style="bold"))
    if page_rows:
        sheet.blank()
        sheet.table(_moves_table(report, page_rows, look, sheet.natural_width))
    if silent := page.without_move(report):
        sheet.blank()
        sheet.table(_silent_table(silent))
    if report.divergences:
        sheet.blank()
        sheet.table(_pairs_table(report, look))
    sheet.blank()
    for footer in page.footers(report, left_out):
        sheet.line(Text(footer, style="dim"), _INDENT)
    for warning in report.warnings:
        sheet.line(Text(f"Warning: {words.visible(str(warning))}", style="yellow"), _INDENT)
    return sheet.text()


class _Sheet:
    """Lines of styled text, written at their own width, so that nothing is cut or wrapped."""

    def __init__(self, look: Look) -> None:
        self.look = look
        self.buffer = io.StringIO()
        self.console = Console(
            file=self.buffer,
            width=10_000,
            force_terminal=look.colour,
            color_system="256" if look.colour else None,
            no_color=not look.colour,
            legacy_windows=False,
            markup=False,
            emoji=False,
            highlight=False,
            _environ={},
        )

    def natural_width(self, table: Table) -> int:
        return _INDENT + Measurement.get(self.console, self.console.options, table).maximum

    def line(self, text: Text, indent: int = 0) -> None:
        self.console.print(Text(" " * indent) + text, no_wrap=True, crop=False, soft_wrap=True)

    def blank(self) -> None:
        self.buffer.write("\n")

    def table(self, table: Table) -> None:
        self.console.print(Padding(table, (0, 0, 0, _INDENT)), no_wrap=True, crop=False)

    def text(self) -> str:
        lines = (line.rstrip() for line in self.buffer.getvalue().splitlines())
        text = "\n".join(lines) + "\n"
        return words.plain_ascii(text) if self.look.ascii_only else text


def _moves_table(
    report: SessionReport, moves: list[Move], look: Look, width_of: Callable[[Table], int]
) -> Table:
    """The table of moves: with bars as long as there is room, else without, else without points."""
    dropped = set() if any(page.cells(report, m)[_DATE_COLUMN] for m in moves) else {_DATE_COLUMN}
    bare = _columns(report, moves, look, dropped)
    if look.width is None:
        return _columns(report, moves, look, dropped, _PLAIN_BAR)
    room = look.width - width_of(bare) - _GAP
    longest = min(_LONGEST_BAR, _bar_length(moves, room))
    if longest >= _SHORTEST_BAR:
        return _columns(report, moves, look, dropped, longest)
    if room >= -_GAP:
        return bare
    return _columns(report, moves, look, dropped | {_POINTS_COLUMN})


def _columns(
    report: SessionReport, moves: list[Move], look: Look, dropped: set[int], bar: int = 0
) -> Table:
    table = _table()
    kept = [n for n in range(len(_HEADS)) if n not in dropped]
    for n in kept:
        table.add_column(_HEADS[n], justify="left" if n in {0, _DATE_COLUMN} else "right")
    if bar:
        table.add_column("")
    bars = _bars(moves, look, bar)
    for move, drawn in zip(moves, bars, strict=True):
        cells = [Text(cell) for cell in page.cells(report, move)]
        for n in (_POINTS_COLUMN, _PCT_COLUMN):
            cells[n].stylize(_style(move, look))
        table.add_row(*(cells[n] for n in kept), *([drawn] if bar else []))
    return table


def _silent_table(rows: list[tuple[str, str]]) -> Table:
    table = _table()
    table.add_column("Without a move")
    table.add_column("")
    for name, reason in rows:
        table.add_row(Text(name), Text(reason, style="dim"))
    return table


def _pairs_table(report: SessionReport, look: Look) -> Table:
    table = _table()
    table.add_column("Divergent moves")
    table.add_column("")
    table.add_column("")
    table.add_column("Spread", justify="right")
    up_style, down_style = PALETTES[look.palette]
    approximate = report.basis == "published"
    for pair in report.divergences:
        up, down = page.sides(report, pair)
        table.add_row(
            Text(up, style=up_style),
            Text("versus", style="dim"),
            Text(down, style=down_style),
            Text(words.spread(pair, approximate)),
        )
    return table


def _table() -> Table:
    return Table(box=None, pad_edge=False, padding=(0, _GAP, 0, 0), header_style="bold")


def _style(move: Move, look: Look) -> str:
    up, down = PALETTES[look.palette]
    pct = move.change_pct
    if pct is None:
        return up if move.change_pct_over is not None else down
    return up if pct > 0 else down if pct < 0 else ""


def _bar_length(moves: list[Move], room: int) -> int:
    """How long the longest bar may be, so that both sides and the zero line fit into the room."""
    highest, lowest = _extremes(moves)
    widest = max(highest, -lowest)
    return int((room - 2) * widest / (highest - lowest)) if widest else _SHORTEST_BAR


def _extremes(moves: list[Move]) -> tuple[float, float]:
    known = [move.change_pct for move in moves if move.change_pct is not None]
    return max([0.0, *known]), min([0.0, *known])


def _bars(moves: list[Move], look: Look, longest: int) -> list[Text]:
    highest, lowest = _extremes(moves)
    unit = longest / max(highest, -lowest, 1e-9)
    left = _blocks(lowest, unit)
    up, down = PALETTES[look.palette]
    drawn = []
    for move in moves:
        pct = move.change_pct or 0.0
        blocks = "▇" * _blocks(pct, unit)
        fallen, risen = (blocks, "") if pct < 0 else ("", blocks)
        drawn.append(Text.assemble((fallen.rjust(left), down), ("│", "dim"), (risen, up)))
    return drawn


def _blocks(pct: float, unit: float) -> int:
    """Blocks of a bar: at least one for any move that is not zero."""
    return max(1, int(abs(pct) * unit + 0.5)) if pct else 0
