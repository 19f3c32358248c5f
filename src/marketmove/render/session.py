"""A session for a terminal: aligned columns, colour by sign, bars from a zero line."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, NamedTuple

from rich.cells import cell_len

from marketmove.moves.move import Move
from marketmove.render import RenderOptions
from marketmove.reports.records import SessionReport
from marketmove.wording import numbers as words
from marketmove.wording import session_words as page
from marketmove.wording.highlights import highlights
from marketmove.wording.session_rows import alert_lines

if TYPE_CHECKING:
    from marketmove.moves.divergence import Divergence

# Styles of a rise and a fall.
PALETTES = {
    "western": ("green", "red"),
    "east-asia": ("red", "green"),
    "korea": ("red", "blue"),
    "cvd": ("dodger_blue1", "dark_orange"),
    "none": ("", ""),
}
_INDENT = "  "
_NARROW = 2
_LONGEST_BAR, _SHORTEST_BAR, _USUAL_BAR = 24, 6, 10


class StyledText(NamedTuple):
    """A piece of text and the style it has in colour."""

    text: str
    style: str = ""


StyledLine = list[StyledText]


class TextColumn(NamedTuple):
    """One column of a table: its head, its cells, and whether they stand to the right."""

    head: str
    cells: list[StyledLine]
    right: bool = False

    @property
    def width(self) -> int:
        """The widest of head and cells, in terminal cells: a Chinese sign takes two."""
        return max(cell_len(self.head), *map(_length, self.cells))


class Fit(NamedTuple):
    """How tables are made to fit: the gap between columns, symbols for names, no points."""

    gap: int
    symbols: bool = False
    points: bool = True


# From the roomiest to the narrowest; figures are never cut.
FITS = (Fit(3), Fit(2), Fit(2, symbols=True), Fit(2, symbols=True, points=False))


def session(report: SessionReport, look: RenderOptions) -> str:
    """Write a session as text for people; nothing is cut where no terminal sets a width."""
    from marketmove.render import groups_table as group_table

    rows, left_out = page.shown(page.moved(report), look.everything)
    fit, (moves, silent, *pairs) = _fitting(report, rows, look)
    if moves:
        moves = _with_bars(moves, rows, look, fit)
    lines = [*alert_lines_of(report, look), [StyledText(page.title(report), "bold")], []]
    for columns in filter(None, (moves, silent, *pairs)):
        lines += [*aligned(columns, fit), []]
    lines += group_table.lines(report, look)
    if told := highlights(report):
        lines += under_table(f"Highlights: {' · '.join(told)}", "", look)
    for footer in page.footers(report, left_out):
        lines += under_table(footer, "dim", look)
    for warning in report.warnings:
        lines += under_table(f"Warning: {words.visible(str(warning))}", "yellow", look)
    return written(lines, look)


def alert_lines_of(report: SessionReport, look: RenderOptions) -> list[StyledLine]:
    """Give the alerts that are met, with an empty line below; nothing if there are none."""
    lines = [
        [StyledText(line.strip(), "bold")]
        for text in alert_lines(report.alerts)
        for line in words.wrapped(f"Alert: {text}", look.width)
    ]
    return [*lines, []] if lines else []


def under_table(text: str, style: str, look: RenderOptions) -> list[StyledLine]:
    """Give a sentence under a table, on as many lines as the terminal needs."""
    return [[StyledText(line, style)] for line in words.wrapped(text, look.width)]


def _fitting(
    report: SessionReport, rows: Sequence[Move], look: RenderOptions
) -> tuple[Fit, tuple[list[TextColumn], ...]]:
    """The roomiest tables that the terminal has room for: moves, those without one, pairs."""
    for fit in FITS:
        tables = (
            _move_columns(report, rows, look, fit),
            _silent_columns(report, fit),
            *(_pair_columns(report, *of_kind, look, fit) for of_kind in page.pair_tables(report)),
        )
        if look.width is None or all(line_width(table, fit) <= look.width for table in tables):
            break
    return fit, tables


def _move_columns(
    report: SessionReport, moves: Sequence[Move], look: RenderOptions, fit: Fit
) -> list[TextColumn]:
    """The columns of ``page``, without dates that go without saying; points where they fit."""
    texts = [page.cells(report, move, fit.symbols) for move in moves]
    columns = []
    for n, head in enumerate(page.columns(report) if moves else ()):
        cells = [
            [StyledText(row[n], _style_of(head.kind, row[n], move, look))]
            for row, move in zip(texts, moves, strict=True)
        ]
        said = head.kind != "date" or any(row[n] for row in texts)
        if said and (fit.points or head.kind != "points"):
            columns.append(TextColumn(head.text, cells, head.right))
    return columns


def _style_of(kind: str, text: str, move: Move, look: RenderOptions) -> str:
    if kind == "period":
        up, down = PALETTES[look.palette]
        return {"+": up, "−": down}.get(text[:1], "")
    return _style(move, look) if kind in {"points", "percent"} else ""


def _with_bars(
    columns: list[TextColumn], moves: Sequence[Move], look: RenderOptions, fit: Fit
) -> list[TextColumn]:
    """Add bars as long as the terminal has room for, if it has any."""
    if look.width is None:
        return [*columns, TextColumn("", _bars(moves, look, _USUAL_BAR))]
    room = look.width - line_width(columns, fit) - fit.gap
    longest = min(_LONGEST_BAR, _bar_room(moves, room))
    bars = [TextColumn("", _bars(moves, look, longest))] if longest >= _SHORTEST_BAR else []
    return columns + bars


def _silent_columns(report: SessionReport, fit: Fit) -> list[TextColumn]:
    rows = page.without_move(report, fit.symbols)
    if not rows:
        return []
    return [
        TextColumn("Without a move", [[StyledText(name)] for name, _ in rows]),
        TextColumn("", [[StyledText(reason, "dim")] for _, reason in rows]),
    ]


def _pair_columns(
    report: SessionReport, head: str, pairs: Sequence[Divergence], look: RenderOptions, fit: Fit
) -> list[TextColumn]:
    moves = {move.symbol: move for move in report.moves}
    sides = [page.pair_labels(report, pair, fit.symbols) for pair in pairs]
    ups, downs = (
        [
            [StyledText(side[n], _style(moves[symbol], look))]
            for side, symbol in zip(sides, of, strict=True)
        ]
        for n, of in enumerate(([pair.up for pair in pairs], [pair.down for pair in pairs]))
    )
    spreads = [words.spread(pair, report.basis == "published") for pair in pairs]
    columns = [
        TextColumn(head, ups),
        TextColumn("", [[StyledText("versus", "dim")] for _ in pairs]),
        TextColumn("", downs),
        TextColumn("Spread", [[StyledText(spread)] for spread in spreads], right=True),
    ]
    if any(pair.percentile is not None for pair in pairs):
        ranks = [[StyledText(page.percentile(pair))] for pair in pairs]
        columns.append(TextColumn("Percentile" if fit.gap > _NARROW else "Pctl", ranks, right=True))
    return columns


def line_width(columns: Sequence[TextColumn], fit: Fit) -> int:
    """Give the width of a table, in terminal cells."""
    gaps = fit.gap * (len(columns) - 1)
    return len(_INDENT) + sum(column.width for column in columns) + gaps


def aligned(columns: Sequence[TextColumn], fit: Fit) -> list[StyledLine]:
    """Give the lines of a table, each cell padded to its column."""
    heads: list[StyledLine] = [[StyledText(column.head, "bold")] for column in columns]
    rows = [heads, *zip(*(column.cells for column in columns), strict=True)]
    widths = [column.width for column in columns]
    gap = StyledText(" " * fit.gap)
    lines = []
    for row in rows:
        line = [StyledText(_INDENT)]
        for cell, width, column in zip(row, widths, columns, strict=True):
            padding = StyledText(" " * (width - _length(cell)))
            line += [padding, *cell, gap] if column.right else [*cell, padding, gap]
        lines.append(line)
    return lines


def _length(line: StyledLine) -> int:
    return sum(cell_len(span.text) for span in line)


def _style(move: Move, look: RenderOptions) -> str:
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


def _bars(moves: Sequence[Move], look: RenderOptions, longest: int) -> list[StyledLine]:
    highest, lowest = _extremes(moves)
    unit = longest / (max(highest, -lowest) or 1.0)
    left = _blocks(lowest, unit)
    up, down = PALETTES[look.palette]
    bars = []
    for move in moves:
        pct = move.change_pct or 0.0
        blocks = "▇" * _blocks(pct, unit)
        fallen, risen = (blocks, "") if pct < 0 else ("", blocks)
        bars.append(
            [StyledText(fallen.rjust(left), down), StyledText("│", "dim"), StyledText(risen, up)]
        )
    return bars


def _blocks(pct: float, unit: float) -> int:
    """Blocks of a bar: at least one for any move that is not zero."""
    return max(1, int(abs(pct) * unit + 0.5)) if pct else 0


def written(lines: Iterable[StyledLine], look: RenderOptions) -> str:
    """Give styled lines as one text: with colour codes where they are wanted, never wrapped."""
    lines = list(lines)
    if look.colour:
        text = _coloured(lines)
    else:
        text = "\n".join("".join(span.text for span in line).rstrip() for line in lines)
    return (words.plain_ascii(text) if look.ascii_only else text) + "\n"


def _coloured(lines: Iterable[StyledLine]) -> str:
    from rich.console import Console
    from rich.text import Text

    styled = [Text.assemble(*line) for line in lines]
    for line in styled:
        line.rstrip()
    console = Console(
        file=io.StringIO(),
        force_terminal=True,
        color_system="256",
        legacy_windows=False,
        _environ={},
    )
    with console.capture() as capture:
        console.print(Text("\n").join(styled), soft_wrap=True, end="")
    return capture.get()
