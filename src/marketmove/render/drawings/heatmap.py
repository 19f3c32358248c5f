"""Many sessions drawn in a terminal: cells that tell their size without colour, too."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable, Collection, Iterable, Sequence
from itertools import pairwise
from typing import Any, NamedTuple

from rich.cells import cell_len

from marketmove.market.indices import Registry
from marketmove.render import RenderOptions, layout
from marketmove.render.drawings.bars import USUAL_WIDTH, short
from marketmove.render.layout import StyledText
from marketmove.render.palettes import TERMINAL
from marketmove.reports.records import HistoryReport
from marketmove.wording import dates, numbers
from marketmove.wording.characters import visible
from marketmove.wording.currency import in_one
from marketmove.wording.groups import VOLATILITY, by_region
from marketmove.wording.statuses import NO_FIGURE, SHUT

_LARGE_PCT, _MOST_DIGIT = 1.0, 9


class HeatRow(NamedTuple):
    """An index and its moves in percent, one a session; None where there is none.

    ``shut`` tells of each session whether the exchange was shut in it.
    """

    symbol: str
    name: str
    moves_pct: tuple[float | None, ...]
    shut: tuple[bool, ...]


class HeatRegion(NamedTuple):
    """The rows of one part of the world; without a name where all are in one."""

    name: str
    rows: tuple[HeatRow, ...]


class HeatGrid(NamedTuple):
    """The sessions, oldest first, and the rows by region."""

    sessions: tuple[dt.date, ...]
    regions: tuple[HeatRegion, ...]

    @property
    def rows(self) -> list[HeatRow]:
        """All rows, from top to bottom."""
        return [row for region in self.regions for row in region.rows]

    @property
    def moves_pct(self) -> list[float]:
        """All moves that are known, in percent."""
        return [pct for row in self.rows for pct in row.moves_pct if pct is not None]

    @property
    def shares(self) -> list[HeatRow]:
        """The rows of share indices; all where there are no others."""
        regions = [region for region in self.regions if region.name != VOLATILITY]
        return [row for region in regions for row in region.rows] or self.rows

    def only(self, kept: Sequence[int]) -> HeatGrid:
        """Give the same with the sessions at some places."""
        regions = (
            HeatRegion(name, tuple(_only(row, kept) for row in rows)) for name, rows in self.regions
        )
        return HeatGrid(tuple(self.sessions[n] for n in kept), tuple(regions))

    def kinds(self) -> tuple[bool, bool]:
        """Tell whether a cell is of a shut exchange, and whether one has no figure otherwise."""
        cells = [cell for row in self.rows for cell in zip(row.moves_pct, row.shut, strict=True)]
        bare = any(pct is None and not shut for pct, shut in cells)
        return any(shut for _, shut in cells), bare


def _only(row: HeatRow, kept: Sequence[int]) -> HeatRow:
    moves_pct, shut = row.moves_pct, row.shut
    return row._replace(
        moves_pct=tuple(moves_pct[n] for n in kept), shut=tuple(shut[n] for n in kept)
    )


def grid(report: HistoryReport, registry: Registry, volatility: Collection[str] = ()) -> HeatGrid:
    """Arrange the moves of many sessions; shut days have to be among them.

    Symbols of ``volatility``, no share indices, stand under a head of their own.
    """
    sessions = sorted(set(report.frame["session"].tolist()))
    rows: dict[str, HeatRow] = {}
    for symbol, numbers_of_rows in report.frame.labels("symbol").each():
        own = {row.session: row for row in report.frame.take(numbers_of_rows).rows()}
        cells = [own.get(session) for session in sessions]
        rows[symbol] = HeatRow(
            symbol,
            visible(next(iter(own.values())).name),
            tuple(_sound_move(row) for row in cells),
            tuple(row is not None and row.status == "closed" for row in cells),
        )
    place = {symbol: n for n, symbol in enumerate(registry.indices)}
    ordered = sorted(rows, key=lambda symbol: (place.get(symbol, len(place)), symbol))
    found = by_region(ordered, registry, volatility)
    regions = tuple(
        HeatRegion(name if len(found) > 1 else "", tuple(rows[symbol] for symbol in symbols))
        for name, symbols in found
    )
    return HeatGrid(tuple(sessions), regions)


def _sound_move(row: Any) -> float | None:
    """The move of a row, if there is one that is not doubtful."""
    if row is None or row.doubt is not None or math.isnan(row.change_pct):
        return None
    pct: float = row.change_pct
    return pct


class _CellKind(NamedTuple):
    """How cells are written: their width with the gap, from a percent, and what that means."""

    width: Callable[[HeatGrid], int]
    text: Callable[[float], str]
    legend: str
    shut: str = "x"
    bare: str = "?"


def heatmap(report: HistoryReport, grid: HeatGrid, options: RenderOptions) -> str:
    """Draw many sessions in as roomy cells as fit; of too many the latest."""
    kind, symbols, room = _fitting(grid, options.width or USUAL_WIDTH)
    left_out = max(0, len(grid.sessions) - room)
    shown = grid.only(range(len(grid.sessions))[-room:])
    label = _label_width(grid, symbols)
    cell = kind.width(grid)
    first, last = grid.sessions[0], grid.sessions[-1]
    what = f"Moves{in_one(report.in_currency)} from {dates.day(first)} to {dates.day(last)}"
    lines: list[layout.StyledLine] = [
        *layout.title(what, layout.closes_source(report.source, report.bundled), options),
        [],
        *(
            [StyledText(" " * label), StyledText(text, "dim")]
            for text in _heads(shown.sessions, cell)
        ),
    ]
    for region in shown.regions:
        lines += [[StyledText(f"  {visible(region.name)}", "bold")]] if region.name else []
        lines += [_line(row, label, symbols, kind, cell, options) for row in region.rows]
    shut, bare = shown.kinds()
    marks = [f"{kind.shut} exchange {SHUT}"] if shut and kind.shut != SHUT else []
    doubtful = ", or a doubtful one" if any(report.frame["doubt"].tolist()) else ""
    marks += [f"{kind.bare} {NO_FIGURE}{doubtful}"] if bare else []
    zero = ["0 unchanged"] if kind is not _KINDS[0] and 0.0 in shown.moves_pct else []
    footers = ["; ".join([kind.legend, *zero, *marks])]
    if left_out:
        sessions = numbers.count(left_out, "session", "sessions")
        footers.append(f"{sessions} before these left out; --output draws them")
    lines += [
        [],
        *layout.below([*footers, *layout.texts_of(report.notes)], report.warnings, options),
    ]
    return layout.written(lines, options)


def _figure(pct: float) -> str:
    return numbers.percent(pct).removesuffix("%")


def _figures_width(grid: HeatGrid) -> int:
    return max([len("00-00"), *(len(_figure(pct)) for pct in grid.moves_pct)]) + 2


def sign(pct: float) -> str:
    """Give the sign of a move, or 0."""
    return "+" if pct > 0 else "−" if pct < 0 else "0"


def _digit(pct: float) -> str:
    """The sign and the whole percents, without those of less than one."""
    whole = min(int(abs(pct)), _MOST_DIGIT)
    return f"{sign(pct)}{whole or ''}"


def _letter(pct: float) -> str:
    return sign(pct) if abs(pct) < _LARGE_PCT else "R" if pct > 0 else "F"


_KINDS = (
    _CellKind(_figures_width, _figure, "change in %", shut=SHUT),
    _CellKind(
        lambda _: 3, _digit, "+ − under 1%; +1 −1 from 1% to under 2%, and so on; +9 −9 from 9%"
    ),
    _CellKind(lambda _: 1, _letter, "+ rise, − fall under 1%; R rise, F fall of 1% or more"),
)


def _fitting(grid: HeatGrid, width: int) -> tuple[_CellKind, bool, int]:
    """The roomiest cells with which all sessions fit, symbols for names if need be.

    With them comes how many sessions the terminal has room for.
    """
    tries = (
        (kind, symbols, max(1, (width - _label_width(grid, symbols)) // kind.width(grid)))
        for kind in _KINDS
        for symbols in (False, True)
    )
    return layout.roomiest(tries, lambda tried: len(grid.sessions) <= tried[2])


def _label(row: HeatRow, symbols: bool) -> str:
    return short(visible(row.symbol) if symbols else row.name)


def _label_width(grid: HeatGrid, symbols: bool) -> int:
    return 2 + max(cell_len(_label(row, symbols)) for row in grid.rows) + 2


def _line(
    row: HeatRow, label: int, symbols: bool, kind: _CellKind, cell: int, options: RenderOptions
) -> layout.StyledLine:
    name = f"  {_label(row, symbols)}"
    line = [StyledText(name + " " * (label - cell_len(name)))]
    gap = 0 if cell == 1 else 2 if kind is _KINDS[0] else 1
    for pct, shut in zip(row.moves_pct, row.shut, strict=True):
        if pct is None:
            text, style = (kind.shut if shut else kind.bare), "dim"
        else:
            text, style = kind.text(pct), _style(pct, options)
        filled = text.rjust(cell - gap) if kind is _KINDS[0] else text.ljust(cell - gap)
        line += [StyledText(filled, style), StyledText(" " * gap)]
    return line


def _style(pct: float, options: RenderOptions) -> str:
    """The colour of a move; behind a large one all of the cell has it."""
    colour = TERMINAL[options.palette].of(pct)
    return f"{colour} reverse" if colour and abs(pct) >= _LARGE_PCT else colour


def _heads(sessions: tuple[dt.date, ...], cell: int) -> list[str]:
    """The dates above the cells: month and day, else the month where it begins above the days."""
    if cell > len("00-00"):
        return ["".join(f"{day:%m-%d}".rjust(cell - 2) + "  " for day in sessions).rstrip()]
    months = _spaced((n * cell, f"{sessions[n]:%b}") for n in (0, *month_starts(sessions)))
    every = 1 if cell > 1 else 5
    days = _spaced((n * cell, f"{day:%d}") for n, day in enumerate(sessions) if n % every == 0)
    return [months, days]


def month_starts(sessions: Sequence[dt.date]) -> list[int]:
    """Give at which places a session is the first of its month, but for the very first."""
    return [
        n
        for n, (before, day) in enumerate(pairwise(sessions), start=1)
        if (before.year, before.month) != (day.year, day.month)
    ]


def _spaced(texts: Iterable[tuple[int, str]]) -> str:
    """Texts at their places in a line; one that would touch the one before is left out."""
    line = ""
    for place, text in texts:
        if not line or len(line) < place:
            line = line.ljust(place) + text
    return line
