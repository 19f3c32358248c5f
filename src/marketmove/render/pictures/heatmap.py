"""Many sessions as a heat map: a row an index, by region, a column a session."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from marketmove.errors import WrongUsageError
from marketmove.render.drawings.grid import HeatGrid, HeatRow
from marketmove.render.pictures import Drawing
from marketmove.render.pictures.cells import SIGN_FROM, CellArea, Ink, draw_cells, ink_for
from marketmove.render.pictures.fonts import Lettering
from marketmove.render.pictures.framing import (
    frame,
    note_lines,
    other_notes,
    source_line,
    warning_lines,
)
from marketmove.render.pictures.style import (
    BODY,
    MARGIN,
    MUTED,
    RULE,
    SMALL,
    Colours,
    PictureSheet,
    colours_of,
    shortened,
    text_width,
    tick_text,
    widest,
)
from marketmove.reports.records import HistoryReport
from marketmove.wording import numbers as words

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

MOST_SESSIONS = 800
_ROW, _HEADING, _LEGEND = 0.24, 0.3, 0.62
_GAP, _LONGEST_NAME, _NARROWEST = 0.1, 2.6, 6.4
# CellArea that hold two decimals, one decimal, a sign; and then a stroke for the sign.
_CELLS = ((14, 0.54, 2), (32, 0.4, 1), (64, 0.2, None), (MOST_SESSIONS, 0.1, None))

_INSET = 0.25
_SHUT, _BARE = "shut", "no figure"


def drawing(report: HistoryReport, grid: HeatGrid, palette: str) -> Drawing:
    """Say and draw many sessions.

    Raises
    ------
    WrongUsageError
        If there are more of them than a picture holds.
    """
    if len(grid.sessions) > MOST_SESSIONS:
        text = (
            f"a heat map holds {MOST_SESSIONS} sessions, and there are {len(grid.sessions):,};"
            " choose a shorter range"
        )
        raise WrongUsageError.at(None, text)
    first, last = grid.sessions[0], grid.sessions[-1]
    title = f"Index moves from {words.day(first)} to {words.day(last)}"
    if first == last:
        title = f"Index moves in the session of {words.day(first)}"
    subtitle = [_tally(grid)]
    foot = _footers(report, first, last)

    def draw(letters: Lettering) -> Figure:
        return _draw(grid, letters, colours_of(palette), (title, subtitle, foot))

    return Drawing(
        title=title,
        described=_described(grid),
        head=("Index", *map(str, grid.sessions)),
        rows=[(row.name, *_texts(row)) for row in grid.rows],
        lines=[*subtitle, *foot, *other_notes(report.notes)],
        texts=[title, *(row.name for row in grid.rows), *foot, *(r.name for r in grid.regions)],
        draw=draw,
    )


def _tally(grid: HeatGrid) -> str:
    sessions = words.count(len(grid.sessions), "session", "sessions")
    indices = words.count(len(grid.rows), "index", "indices")
    return f"{indices} · {sessions} · each from its own prior close"


def _footers(report: HistoryReport, first: dt.date, last: dt.date) -> list[str]:
    return [
        source_line(report, f"closing levels · {first} to {last}"),
        *note_lines(report.notes),
        *warning_lines(report.warnings),
    ]


def _described(grid: HeatGrid) -> str:
    """What a person who cannot see the colours is told; the figures follow in a table."""
    text = f"A heat map of {_tally(grid)}."
    moves = [
        (pct, row.name, session)
        for row in grid.rows
        for pct, session in zip(row.moves_pct, grid.sessions, strict=True)
        if pct is not None
    ]
    if not moves:
        return text
    high, low = max(moves), min(moves)
    return (
        f"{text} The largest rise is that of {high[1]} on {high[2]}, {words.percent(high[0])};"
        f" the largest fall that of {low[1]} on {low[2]}, {words.percent(low[0])}."
        if high[0] > 0 > low[0]
        else f"{text} From {words.percent(low[0])} to {words.percent(high[0])}."
    )


def _texts(row: HeatRow) -> list[str]:
    cells = zip(row.moves_pct, row.shut, strict=True)
    return [_SHUT if shut and pct is None else words.percent(pct) for pct, shut in cells]


def _draw(
    grid: HeatGrid, letters: Lettering, colours: Colours, around: tuple[str, list[str], list[str]]
) -> Figure:
    names = {
        row.symbol: shortened(letters.text(row.name, row.symbol), _LONGEST_NAME, BODY)
        for row in grid.rows
    }
    cells, ink = _cells(grid), ink_for(grid.moves_pct, colours)
    left = MARGIN + widest(list(names.values()), BODY) + _GAP
    across = cells.width * len(grid.sessions)
    width = max(_NARROWEST, left + across + MARGIN)
    headings = sum(bool(region.name) for region in grid.regions) * _HEADING
    below = _dates_height(cells)
    title, above, foot = around
    framed = frame(letters.text(title), above, [letters.text(line) for line in foot], width)
    rows = len(grid.rows) * _ROW
    sheet = framed.around(width, headings + rows + below + _LEGEND)
    top = framed.above
    for n, region in enumerate(grid.regions):
        if region.name:
            heading = letters.text(region.name)
            sheet.text(MARGIN, top + 0.6 * _HEADING, heading, weight="bold", size=SMALL)
            top += _HEADING
        height = len(region.rows) * _ROW
        axes = sheet.axes(left, top, across, height)
        draw_cells(axes, region.rows, cells, ink)
        for m, row in enumerate(region.rows):
            sheet.text(left - _GAP, top + (m + 0.5) * _ROW, names[row.symbol], ha="right")
        top += height
        if n == len(grid.regions) - 1:
            _dates(axes, grid.sessions, cells)
    _legend(sheet, top + below, cells, ink, grid.kinds())
    return sheet.figure


def _cells(grid: HeatGrid) -> CellArea:
    """The roomiest cells for so many sessions; figures where they fit."""
    number = len(grid.sessions)
    _, width, places = next(size for size in _CELLS if number <= size[0])
    if places is not None:
        width = max(width, widest(_shown(grid.moves_pct, places), SMALL) + 0.1)
    return CellArea(width, places)


def _shown(moves_pct: Sequence[float], places: int) -> list[str]:
    return [words.percent(pct, places).removesuffix("%") for pct in moves_pct]


def _dates_height(cells: CellArea) -> float:
    upright = text_width("2025-02-14", SMALL) + 0.12
    return upright if cells.width >= SIGN_FROM else 0.25


def _dates(axes: Axes, sessions: Sequence[dt.date], cells: CellArea) -> None:
    """Name each session, or the first of each month where there are many."""
    if cells.width >= SIGN_FROM:
        places = [n + 0.5 for n in range(len(sessions))]
        axes.set_xticks(places, list(map(str, sessions)), rotation=90)
        return
    starts = [
        n for n, day in enumerate(sessions)
        if n == 0 or (day.year, day.month) != (sessions[n - 1].year, sessions[n - 1].month)
    ]  # fmt: skip
    # A month that has too little room for its name, at the beginning, goes without.
    if len(starts) > 1 and (starts[1] - starts[0]) * cells.width < text_width("2025-02 ", BODY):
        starts = starts[1:]
    axes.set_xticks(starts, [f"{sessions[n]:%Y-%m}" for n in starts], ha="left")


def _legend(
    sheet: PictureSheet, top: float, cells: CellArea, ink: Ink, kinds: tuple[bool, bool]
) -> None:
    """Draw what the colours mean in percent, and the marks of cells without a move."""
    from matplotlib.colors import ListedColormap
    from matplotlib.patches import Rectangle

    wide, high = 2.4, 0.12
    axes = sheet.axes(MARGIN + _INSET, top + 0.18, wide, high)
    axes.imshow(
        np.linspace(-1, 1, 201)[None, :], cmap=ListedColormap(list(ink.colours)), aspect="auto",
        extent=(-ink.limit_pct, ink.limit_pct, 0, 1), interpolation="nearest",
    )  # fmt: skip
    axes.set_yticks([])
    ticks = [-ink.limit_pct, -ink.limit_pct / 2, 0.0, ink.limit_pct / 2, ink.limit_pct]
    labels = list(map(tick_text, ticks))
    if ink.beyond:
        labels[0], labels[-1] = f"≤ {labels[0]}", f"≥ {labels[-1]}"
    axes.set_xticks(ticks, labels)
    left = MARGIN + _INSET + wide + 0.35
    middle = top + 0.18 + high / 2
    said = "change, in %" if cells.width >= SIGN_FROM else "change, in %; a stroke marks a fall"
    sheet.text(left, middle, said, size=SMALL, color=MUTED)
    left += text_width(said, SMALL) + 0.3
    for there, word, hatch in zip(kinds, (_SHUT, _BARE), ("////", ""), strict=True):
        if there:
            box = sheet.axes(left, middle - 0.09, 0.2, 0.18)
            box.set_xticks([])
            box.set_yticks([])
            box.add_patch(Rectangle((0.02, 0.02), 0.96, 0.96, fc="none", ec=RULE, hatch=hatch))
            if not hatch and cells.width >= SIGN_FROM:
                box.text(0.5, 0.5, "·", size=SMALL, color=MUTED, ha="center", va="center_baseline")
            sheet.text(left + 0.28, middle, word, size=SMALL, color=MUTED)
            left += 0.28 + text_width(word, SMALL) + 0.3
