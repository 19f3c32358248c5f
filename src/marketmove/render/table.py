"""A session for a terminal: aligned columns, colour by sign, bars from a zero line."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, NamedTuple

from rich.console import Console
from rich.text import Text

from marketmove.render import Look, page, words

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

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
_NAME_COLUMN, _DATE_COLUMN, _POINTS_COLUMN, _PCT_COLUMN = 0, 3, 4, 5
_INDENT, _GAP = Text("  "), Text("   ")
_LONGEST_BAR, _SHORTEST_BAR, _USUAL_BAR = 24, 6, 10


class Column(NamedTuple):
    """One column of a table: its head, its cells, and whether they stand to the right."""

    head: str
    cells: list[Text]
    right: bool = False

    @property
    def width(self) -> int:
        """The widest of head and cells, in terminal cells: a Chinese sign takes two."""
        return max(Text(self.head).cell_len, *(cell.cell_len for cell in self.cells))


def session(report: SessionReport, look: Look) -> str:
    """Write a session as text for people; nothing is cut where no terminal sets a width."""
    rows, left_out = page.shown(page.moved(report), look.everything)
    lines = [Text(page.title(report), style="bold"), Text()]
    if rows:
        lines += [*_aligned(_fitting(_move_columns(report, rows, look), rows, look)), Text()]
    if silent := page.without_move(report):
        lines += [*_aligned(_silent_columns(silent)), Text()]
    if report.divergences:
        lines += [*_aligned(_pair_columns(report, look)), Text()]
    lines += [_INDENT + Text(footer, "dim") for footer in page.footers(report, left_out)]
    for warning in report.warnings:
        lines.append(_INDENT + Text(f"Warning: {words.visible(str(warning))}", "yellow"))
    return _written(lines, look)


def _move_columns(report: SessionReport, moves: Sequence[Move], look: Look) -> list[Column]:
    """Name, close, prior close, its date where one needs saying, change in points and percent."""
    texts = [page.cells(report, move) for move in moves]
    columns = []
    for n, head in enumerate(_HEADS):
        coloured = n in {_POINTS_COLUMN, _PCT_COLUMN}
        styles = [_style(move, look) if coloured else "" for move in moves]
        cells = [Text(row[n], style) for row, style in zip(texts, styles, strict=True)]
        if n != _DATE_COLUMN or any(row[n] for row in texts):
            columns.append(Column(head, cells, right=n not in {_NAME_COLUMN, _DATE_COLUMN}))
    return columns


def _fitting(columns: list[Column], moves: Sequence[Move], look: Look) -> list[Column]:
    """Add bars as long as the terminal has room for, or leave out the points where it has none."""
    if look.width is None:
        return [*columns, Column("", _bars(moves, look, _USUAL_BAR))]
    room = look.width - _line_width(columns)
    longest = min(_LONGEST_BAR, _bar_room(moves, room - len(_GAP)))
    if longest >= _SHORTEST_BAR:
        return [*columns, Column("", _bars(moves, look, longest))]
    return columns if room >= 0 else [c for c in columns if c.head != _HEADS[_POINTS_COLUMN]]


def _silent_columns(rows: Iterable[tuple[str, str]]) -> list[Column]:
    names, reasons = zip(*rows, strict=True)
    return [
        Column("Without a move", [Text(name) for name in names]),
        Column("", [Text(reason, "dim") for reason in reasons]),
    ]


def _pair_columns(report: SessionReport, look: Look) -> list[Column]:
    up_style, down_style = PALETTES[look.palette]
    sides = [page.sides(report, pair) for pair in report.divergences]
    approximate = report.basis == "published"
    spreads = [words.spread(pair, approximate) for pair in report.divergences]
    return [
        Column("Divergent moves", [Text(up, up_style) for up, _ in sides]),
        Column("", [Text("versus", "dim") for _ in sides]),
        Column("", [Text(down, down_style) for _, down in sides]),
        Column("Spread", [Text(spread) for spread in spreads], right=True),
    ]


def _line_width(columns: Sequence[Column]) -> int:
    return len(_INDENT) + sum(c.width for c in columns) + len(_GAP) * (len(columns) - 1)


def _aligned(columns: Sequence[Column]) -> list[Text]:
    """The lines of a table, each cell padded to its column."""
    heads = [Text(column.head, "bold") for column in columns]
    widths = [column.width for column in columns]
    rows = [heads, *map(list, zip(*(column.cells for column in columns), strict=True))]
    return [
        _INDENT
        + _GAP.join(
            _padded(cell, width, column.right)
            for cell, width, column in zip(row, widths, columns, strict=True)
        )
        for row in rows
    ]


def _padded(cell: Text, width: int, right: bool) -> Text:
    spaces = Text(" " * (width - cell.cell_len))
    return spaces + cell if right else cell + spaces


def _style(move: Move, look: Look) -> str:
    up, down = PALETTES[look.palette]
    pct = move.change_pct
    if pct is None:
        return up if move.change_pct_over is not None else down
    return up if pct > 0 else down if pct < 0 else ""


def _bar_room(moves: Sequence[Move], room: int) -> int:
    """How long the longest bar may be, so that both sides and the zero line fit into the room."""
    highest, lowest = _extremes(moves)
    widest = max(highest, -lowest)
    # One cell for the zero line, one for a short side that is rounded up to a block.
    return int((room - 2) * widest / (highest - lowest)) if widest else 0


def _extremes(moves: Sequence[Move]) -> tuple[float, float]:
    known = [move.change_pct for move in moves if move.change_pct is not None]
    return max([0.0, *known]), min([0.0, *known])


def _bars(moves: Sequence[Move], look: Look, longest: int) -> list[Text]:
    highest, lowest = _extremes(moves)
    unit = longest / (max(highest, -lowest) or 1.0)
    left = _blocks(lowest, unit)
    up, down = PALETTES[look.palette]
    bars = []
    for move in moves:
        pct = move.change_pct or 0.0
        blocks = "▇" * _blocks(pct, unit)
        fallen, risen = (blocks, "") if pct < 0 else ("", blocks)
        bars.append(Text.assemble((fallen.rjust(left), down), ("│", "dim"), (risen, up)))
    return bars


def _blocks(pct: float, unit: float) -> int:
    """Blocks of a bar: at least one for any move that is not zero."""
    return max(1, int(abs(pct) * unit + 0.5)) if pct else 0


def _written(lines: Iterable[Text], look: Look) -> str:
    """Styled lines as one text: with colour codes where they are wanted, never wrapped."""
    lines = list(lines)
    for line in lines:
        line.rstrip()
    page_text = Text("\n").join(lines)
    if look.colour:
        buffer = io.StringIO()
        console = Console(
            file=buffer, force_terminal=True, color_system="256", legacy_windows=False, _environ={}
        )
        console.print(page_text, soft_wrap=True, end="")
        text = buffer.getvalue()
    else:
        text = page_text.plain
    return (words.plain_ascii(text) if look.ascii_only else text) + "\n"
