"""Many sessions drawn in a terminal: cells that tell their size without colour, too."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from typing import NamedTuple

from rich.cells import cell_len

from marketmove.render import RenderOptions
from marketmove.render.drawings.bars import USUAL_WIDTH, short, titled, told
from marketmove.render.drawings.grid import HeatGrid, HeatRow
from marketmove.render.session import PALETTES, StyledLine, StyledText, written
from marketmove.reports.records import HistoryReport
from marketmove.wording import numbers as words

_LARGE_PCT, _MOST_DIGIT = 1.0, 9


class _CellKind(NamedTuple):
    """How cells are written: their width with the gap, from a percent, and what that means."""

    width: Callable[[HeatGrid], int]
    text: Callable[[float], str]
    legend: str
    shut: str = "x"
    bare: str = "?"


def heatmap(report: HistoryReport, grid: HeatGrid, look: RenderOptions) -> str:
    """Draw many sessions in as roomy cells as fit; of too many the latest."""
    width = look.width or USUAL_WIDTH
    kind, symbols, number = _fitting(grid, width)
    left_out = len(grid.sessions) - number
    shown = grid.last(number)
    label = _label_width(grid, symbols)
    cell = kind.width(grid)
    lines: list[StyledLine] = [*titled(_title(report, grid), look), []]
    lines += [
        [StyledText(" " * label), StyledText(text, "dim")] for text in _heads(shown.sessions, cell)
    ]
    for region in shown.regions:
        lines += [[StyledText(f"  {words.visible(region.name)}", "bold")]] if region.name else []
        lines += [_line(row, label, symbols, kind, cell, look) for row in region.rows]
    footers = _legend(kind, shown)
    if left_out:
        sessions = words.count(left_out, "session", "sessions")
        footers.append(f"{sessions} before these left out; --output draws them")
    footers += [words.visible(str(note)) for note in report.notes]
    lines += [[], *told(footers, report.warnings, look)]
    return written(lines, look)


def _title(report: HistoryReport, grid: HeatGrid) -> str:
    sample = " (bundled sample)" if report.bundled else ""
    first, last = grid.sessions[0], grid.sessions[-1]
    return (
        f"Moves from {words.day(first)} to {words.day(last)} · closes"
        f" · {words.visible(report.source)}{sample}"
    )


def _figure(pct: float) -> str:
    return words.percent(pct).removesuffix("%")


def _figures_width(grid: HeatGrid) -> int:
    return max([len("00-00"), *(len(_figure(pct)) for pct in grid.moves_pct)]) + 2


def _sign(pct: float) -> str:
    return "+" if pct > 0 else "−" if pct < 0 else "0"


def _digit(pct: float) -> str:
    """The sign and the whole percents, without those of less than one."""
    whole = min(int(abs(pct)), _MOST_DIGIT)
    return f"{_sign(pct)}{whole or ''}"


def _letter(pct: float) -> str:
    return _sign(pct) if abs(pct) < _LARGE_PCT else "R" if pct > 0 else "F"


_KINDS = (
    _CellKind(_figures_width, _figure, "change in %", shut="shut"),
    _CellKind(
        lambda _: 3, _digit, "+ − under 1%; +1 −1 from 1% to under 2%, and so on; +9 −9 from 9%"
    ),
    _CellKind(lambda _: 1, _letter, "+ rise, − fall under 1%; R rise, F fall of 1% or more"),
)


def _fitting(grid: HeatGrid, width: int) -> tuple[_CellKind, bool, int]:
    """The roomiest cells with which all sessions fit, symbols for names if need be; how many."""
    for kind in _KINDS:
        for symbols in (False, True):
            room = (width - _label_width(grid, symbols)) // kind.width(grid)
            if len(grid.sessions) <= room:
                return kind, symbols, len(grid.sessions)
    return kind, True, max(room, 1)


def _label(row: HeatRow, symbols: bool) -> str:
    return short(words.visible(row.symbol) if symbols else row.name)


def _label_width(grid: HeatGrid, symbols: bool) -> int:
    return 2 + max(cell_len(_label(row, symbols)) for row in grid.rows) + 2


def _line(
    row: HeatRow, label: int, symbols: bool, kind: _CellKind, cell: int, look: RenderOptions
) -> StyledLine:
    name = f"  {_label(row, symbols)}"
    line = [StyledText(name + " " * (label - cell_len(name)))]
    gap = 0 if cell == 1 else 2 if kind is _KINDS[0] else 1
    for pct, shut in zip(row.moves_pct, row.shut, strict=True):
        if pct is None:
            text, style = (kind.shut if shut else kind.bare), "dim"
        else:
            text, style = kind.text(pct), _style(pct, look)
        padded = text.rjust(cell - gap) if kind is _KINDS[0] else text.ljust(cell - gap)
        line += [StyledText(padded, style), StyledText(" " * gap)]
    return line


def _style(pct: float, look: RenderOptions) -> str:
    """The colour of a move; behind a large one all of the cell has it."""
    up, down = PALETTES[look.palette]
    colour = up if pct > 0 else down if pct < 0 else ""
    return f"{colour} reverse" if colour and abs(pct) >= _LARGE_PCT else colour


def _heads(sessions: tuple[dt.date, ...], cell: int) -> list[str]:
    """The dates above the cells: month and day, else the month where it begins above the days."""
    if cell > len("00-00"):
        return ["".join(f"{day:%m-%d}".rjust(cell - 2) + "  " for day in sessions).rstrip()]
    months = _spaced(
        (n * cell, f"{day:%b}") for n, day in enumerate(sessions)
        if n == 0 or day.month != sessions[n - 1].month
    )  # fmt: skip
    every = 1 if cell > 1 else 5
    days = _spaced((n * cell, f"{day:%d}") for n, day in enumerate(sessions) if n % every == 0)
    return [months, days]


def _spaced(texts: Iterable[tuple[int, str]]) -> str:
    """Texts at their places in a line; one that would touch the one before is left out."""
    line = ""
    for place, text in texts:
        if not line or len(line) < place:
            line = line.ljust(place) + text
    return line


def _legend(kind: _CellKind, grid: HeatGrid) -> list[str]:
    shut, bare = grid.kinds()
    marks = [f"{kind.shut} exchange shut"] if shut and kind.shut != "shut" else []
    marks += [f"{kind.bare} no figure"] if bare else []
    zero = ["0 unchanged"] if kind is not _KINDS[0] and 0.0 in grid.moves_pct else []
    return ["; ".join([kind.legend, *zero, *marks])]
