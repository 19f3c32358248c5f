"""One session drawn in a terminal: a bar an index, each block the same round share of a percent."""

from __future__ import annotations

import math
from collections.abc import Sequence

from rich.cells import cell_len, set_cell_size

from marketmove.errors import Remark
from marketmove.moves.move import Move
from marketmove.render import RenderOptions
from marketmove.render.session import (
    FITS,
    PALETTES,
    StyledLine,
    StyledText,
    TextColumn,
    aligned,
    line_width,
    under_table,
    written,
)
from marketmove.reports.records import SessionReport
from marketmove.wording import numbers as words
from marketmove.wording import session_words as page

USUAL_WIDTH = 80
_FIT = FITS[0]
_FEWEST_BLOCKS, _LONGEST_NAME = 24, 28


def session(report: SessionReport, look: RenderOptions) -> str:
    """Draw a session as bars from a zero line, in the order of the report."""
    width = look.width or USUAL_WIDTH
    moves, left_out = page.shown(page.moved(report), look.everything)
    symbols = width - line_width(_columns(moves, look, symbols=False), _FIT) < _FEWEST_BLOCKS
    lines: list[StyledLine] = [*titled(page.title(report), look), []]
    if moves:
        columns = _columns(moves, look, symbols)
        room = width - line_width(columns, _FIT) - _FIT.gap - 1
        unit = _unit(moves, room)
        # The bars have no head, and neither have the others.
        lines += aligned([*columns, TextColumn("", _bars(moves, look, unit))], _FIT)[1:]
        lines += [[], [StyledText(f"  one ▇ is {unit:g}%", "dim")], []]
    lines += _silent(report, width)
    lines += told(_footers(report, left_out), report.warnings, look)
    return written(lines, look)


def titled(title: str, look: RenderOptions) -> list[StyledLine]:
    """Give a title, on two lines where the terminal has no room for it on one."""
    fits = look.width is None or cell_len(title) <= look.width
    return [[StyledText(part, "bold")] for part in ([title] if fits else title.split(" · ", 1))]


def told(
    footers: Sequence[str], warnings: Sequence[Remark], look: RenderOptions
) -> list[StyledLine]:
    """Give what stands under a drawing, on as many lines as the terminal needs."""
    lines = [line for footer in footers for line in under_table(footer, "dim", look)]
    for warning in warnings:
        lines += under_table(f"Warning: {words.visible(str(warning))}", "yellow", look)
    return lines


def short(name: str) -> str:
    """Cut a name that is longer than a drawing has room for.

    Examples
    --------
    >>> short("A name that goes on and on and on")
    'A name that goes on and on…'
    """
    if cell_len(name) <= _LONGEST_NAME:
        return name
    return f"{set_cell_size(name, _LONGEST_NAME - 1).rstrip()}…"


def _silent(report: SessionReport, width: int) -> list[StyledLine]:
    """The indices without a move, by name where there is room for the reason beside it."""
    for symbols in (False, True):
        rows = page.without_move(report, symbols)
        columns = [
            TextColumn("Without a move", [[StyledText(short(name))] for name, _ in rows]),
            TextColumn("", [[StyledText(why, "dim")] for _, why in rows]),
        ]
        if rows and (symbols or line_width(columns, _FIT) <= width):
            return [*aligned(columns, _FIT), []]
    return []


def _footers(report: SessionReport, left_out: int) -> list[str]:
    lines = [words.tally(report.breadth), *page.widest(report)]
    if left_out:
        rows = words.count(left_out, "row", "rows")
        lines.append(f"{rows} in the middle left out; --all shows them")
    return lines + [words.visible(str(note)) for note in report.notes]


def _columns(moves: Sequence[Move], look: RenderOptions, symbols: bool) -> list[TextColumn]:
    colours = [_colour(move, look) for move in moves]
    percents = [words.change_percent(move) for move in moves]
    return [
        TextColumn("", [[StyledText(short(page.name(move, symbols)))] for move in moves]),
        TextColumn(
            "", [[StyledText(*cell)] for cell in zip(percents, colours, strict=True)], right=True
        ),
    ]


def _colour(move: Move, look: RenderOptions) -> str:
    up, down = PALETTES[look.palette]
    length = _length(move)
    return up if length > 0 else down if length < 0 else ""


def _length(move: Move) -> float:
    """The percent that a bar is drawn to: the move, or the bound that stands for it."""
    known = (move.change_pct, move.change_pct_over, move.change_pct_under)
    return next(pct for pct in known if pct is not None)


def _unit(moves: Sequence[Move], room: int) -> float:
    """The least round share of a percent with which both sides and a mark of bounds fit."""
    lengths = [0.0, *map(_length, moves)]
    least = (max(lengths) - min(lengths)) / max(room - 4, 1)
    if not least:
        return 1.0
    power = 10.0 ** math.floor(math.log10(least))
    return float(f"{next((n for n in (1, 2, 5) if n * power >= least), 10) * power:.1g}")


def _blocks(pct: float, unit: float) -> int:
    """Blocks of a bar: at least one for any move that is not zero."""
    return max(1, int(abs(pct) / unit + 0.5)) if pct else 0


def _bars(moves: Sequence[Move], look: RenderOptions, unit: float) -> list[StyledLine]:
    """The bars; beyond a bound that stands for a move there is an arrow."""
    drawn = []
    for move in moves:
        pct = _length(move)
        arrow = "" if move.change_pct is not None else "<" if pct < 0 else ">"
        bar = "▇" * _blocks(pct, unit)
        drawn.append((arrow + bar, "") if pct < 0 else ("", bar + arrow))
    left = max(len(fallen) for fallen, _ in drawn)
    return [
        [StyledText(fallen.rjust(left), _colour(move, look)), StyledText("│", "dim"),
         StyledText(risen, _colour(move, look))]
        for move, (fallen, risen) in zip(moves, drawn, strict=True)
    ]  # fmt: skip
