"""Many sessions as a heat map: a row an index, by region, a column a session.

The colour of a cell tells its move, so do its sign or figure; marks stand where there is none.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterable, Sequence
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from marketmove.errors import WrongUsageError
from marketmove.render.drawings.heatmap import HeatGrid, HeatRow, month_starts, sign
from marketmove.render.palettes import FLAT, MUTED, PAPER, PICTURES, RULE, Colours
from marketmove.render.pictures import style
from marketmove.render.pictures.fonts import Lettering
from marketmove.render.pictures.style import BODY, MARGIN, SMALL
from marketmove.reports.records import HistoryReport
from marketmove.wording import dates, numbers
from marketmove.wording.statuses import NO_FIGURE, SHUT

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.path import Path

Colour = tuple[float, ...]
Position = tuple[int, int]
Moved = tuple[int, int, float]

MOST_SESSIONS = 800
_ROW, _HEADING, _LEGEND = 0.24, 0.3, 0.62
_GAP, _LONGEST_NAME, _NARROWEST = 0.1, 2.6, 6.4
# Cells that hold two decimals, one decimal, a sign; and then a stroke for the sign.
_CELLS = ((14, 0.54, 2), (32, 0.4, 1), (64, 0.2, None), (MOST_SESSIONS, 0.1, None))

# Cells of so many inches have room for a sign.
_SIGN_FROM = 0.2
_USUAL_SHARE, _MOST_MEDIANS = 0.98, 10
_BOX_INSET, _SHADES = 0.06, 255
_INSET = 0.25


def drawing(report: HistoryReport, grid: HeatGrid, palette: str) -> style.Drawing:
    """Say and draw many sessions."""
    if len(grid.sessions) > MOST_SESSIONS:
        problem = (
            f"a heat map holds {MOST_SESSIONS} sessions, and there are {len(grid.sessions):,};"
            " choose a shorter range"
        )
        raise WrongUsageError.at(None, problem)
    first, last = grid.sessions[0], grid.sessions[-1]
    title = f"Index moves from {dates.day(first)} to {dates.day(last)}"
    if first == last:
        title = f"Index moves in the session of {dates.day(first)}"
    foot = style.footers(report, f"closing levels · {first} to {last}")
    text = style.PictureText(title, [_tally(grid)], foot)
    return style.Drawing(
        title=title,
        described=_described(grid),
        head=("Index", *map(str, grid.sessions)),
        rows=[(row.name, *_texts(row)) for row in grid.rows],
        lines=[*text.above, *foot, *style.other_notes(report.notes)],
        texts=[title, *(row.name for row in grid.rows), *foot, *(r.name for r in grid.regions)],
        draw=partial(_draw, grid, text, PICTURES[palette]),
    )


def _tally(grid: HeatGrid) -> str:
    sessions = numbers.count(len(grid.sessions), "session", "sessions")
    indices = numbers.count(len(grid.rows), "index", "indices")
    return f"{indices} · {sessions} · each from its own prior close"


def _described(grid: HeatGrid) -> str:
    """What a person who cannot see the colours is told; the figures follow in a table."""
    text = f"A heat map of {_tally(grid)}."
    moves = [
        (pct, row.name, session)
        for row in grid.shares
        for pct, session in zip(row.moves_pct, grid.sessions, strict=True)
        if pct is not None
    ]
    if not moves:
        return text
    high, low = max(moves), min(moves)
    return (
        f"{text} The largest rise is that of {high[1]} on {high[2]}, {numbers.percent(high[0])};"
        f" the largest fall that of {low[1]} on {low[2]}, {numbers.percent(low[0])}."
        if high[0] > 0 > low[0]
        else f"{text} From {numbers.percent(low[0])} to {numbers.percent(high[0])}."
    )


def _texts(row: HeatRow) -> list[str]:
    cells = zip(row.moves_pct, row.shut, strict=True)
    return [SHUT if shut and pct is None else numbers.percent(pct) for pct, shut in cells]


def _draw(grid: HeatGrid, text: style.PictureText, colours: Colours, letters: Lettering) -> Figure:
    names = {
        row.symbol: style.index_label(row.name, row.symbol, letters, _LONGEST_NAME)
        for row in grid.rows
    }
    cells, ink = _cells(grid), _ink_for(grid.shares, colours)
    left = MARGIN + style.widest(list(names.values()), BODY) + _GAP
    across = cells.width * len(grid.sessions)
    width = max(_NARROWEST, left + across + MARGIN)
    headings = sum(bool(region.name) for region in grid.regions) * _HEADING
    upright = style.text_width("2025-02-14", SMALL) + 0.12
    below = upright if cells.width >= _SIGN_FROM else 0.25
    framed = text.frame(width, letters)
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
        _draw_cells(axes, region.rows, cells, ink)
        for m, row in enumerate(region.rows):
            sheet.text(left - _GAP, top + (m + 0.5) * _ROW, names[row.symbol], ha="right")
        top += height
        if n == len(grid.regions) - 1:
            _dates(axes, grid.sessions, cells)
    _legend(sheet, top + below, cells, ink, grid.kinds())
    return sheet.figure


def _cells(grid: HeatGrid) -> _CellArea:
    """The roomiest cells for so many sessions; figures where they fit."""
    number = len(grid.sessions)
    _, width, places = next(size for size in _CELLS if number <= size[0])
    if places is not None:
        width = max(width, style.widest(_shown(grid.moves_pct, places), SMALL) + 0.1)
    return _CellArea(width, places)


def _shown(moves_pct: Sequence[float], places: int) -> list[str]:
    return [numbers.percent(pct, places).removesuffix("%") for pct in moves_pct]


def _dates(axes: Axes, sessions: Sequence[dt.date], cells: _CellArea) -> None:
    """Name each session, or the first of each month where there are many."""
    if cells.width >= _SIGN_FROM:
        places = [n + 0.5 for n in range(len(sessions))]
        axes.set_xticks(places, list(map(str, sessions)), rotation=90)
        return
    starts = [0, *month_starts(sessions)]
    # A month that has too little room for its name, at the beginning, goes without.
    if len(starts) > 1 and (starts[1] - starts[0]) * cells.width < style.text_width(
        "2025-02 ", BODY
    ):
        starts = starts[1:]
    axes.set_xticks(starts, [f"{sessions[n]:%Y-%m}" for n in starts], ha="left")


def _legend(
    sheet: style.PictureSheet, top: float, cells: _CellArea, ink: _Ink, kinds: tuple[bool, bool]
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
    labels = list(map(style.tick_text, ticks))
    if ink.beyond:
        labels[0], labels[-1] = f"≤ {labels[0]}", f"≥ {labels[-1]}"
    axes.set_xticks(ticks, labels)
    left = MARGIN + _INSET + wide + 0.35
    middle = top + 0.18 + high / 2
    said = "change, in %" if cells.width >= _SIGN_FROM else "change, in %; a stroke marks a fall"
    sheet.text(left, middle, said, size=SMALL, color=MUTED)
    left += style.text_width(said, SMALL) + 0.3
    for there, word, hatch in zip(kinds, (SHUT, NO_FIGURE), ("////", ""), strict=True):
        if there:
            box = sheet.axes(left, middle - 0.09, 0.2, 0.18)
            box.set_xticks([])
            box.set_yticks([])
            box.add_patch(Rectangle((0.02, 0.02), 0.96, 0.96, fc="none", ec=RULE, hatch=hatch))
            if not hatch and cells.width >= _SIGN_FROM:
                box.text(0.5, 0.5, "·", size=SMALL, color=MUTED, ha="center", va="center_baseline")
            sheet.text(left + 0.28, middle, word, size=SMALL, color=MUTED)
            left += 0.28 + style.text_width(word, SMALL) + 0.3


class _CellArea(NamedTuple):
    """How wide cells are, in inches, and how many decimals they show; none shows the sign."""

    width: float
    places: int | None


class _Ink(NamedTuple):
    """From a percent to a colour, out of some from the greatest fall to the greatest rise.

    ``limit_pct`` is what the last of them stands for; ``beyond`` tells that some moves are larger.
    """

    colours: tuple[Colour, ...]
    limit_pct: float
    beyond: bool

    def of(self, pct: float) -> Colour:
        """Give the colour of a move."""
        middle = len(self.colours) // 2
        share = max(-1.0, min(1.0, pct / self.limit_pct))
        return self.colours[middle + round(share * middle)]


def _ink_for(rows: Iterable[HeatRow], colours: Colours) -> _Ink:
    """Give colours that lie even on both sides of zero; a few extremes do not pale all others."""
    from matplotlib.colors import LinearSegmentedColormap

    sizes = sorted(abs(pct) for row in rows for pct in row.moves_pct if pct is not None)
    usual = sizes[math.ceil(_USUAL_SHARE * len(sizes)) - 1] if sizes else 0.0
    moved = [size for size in sizes if size]
    middle = moved[len(moved) // 2] if moved else 0.1
    value = min(usual or middle, _MOST_MEDIANS * middle)
    power = 10.0 ** math.floor(math.log10(value))
    limit = next((n * power for n in (1, 2, 3, 5) if n * power >= value), 10 * power)
    ends = [colours.down, FLAT, colours.up]
    ramp = LinearSegmentedColormap.from_list("moves", ends, N=_SHADES)
    shades = tuple(tuple(ramp(n)) for n in range(_SHADES))
    beyond = bool(sizes) and sizes[-1] > limit
    return _Ink(shades, limit, beyond)


def _draw_cells(axes: Axes, rows: Sequence[HeatRow], cells: _CellArea, ink: _Ink) -> None:
    """Draw the rows of a region, a cell of 1 by 1 for each index and session."""
    axes.set_xlim(0, len(rows[0].moves_pct))
    axes.set_ylim(len(rows), 0)
    axes.set_xticks([])
    axes.set_yticks([])
    moved: list[Moved] = []
    shut: list[Position] = []
    bare: list[Position] = []
    for y, row in enumerate(rows):
        for x, (pct, closed) in enumerate(zip(row.moves_pct, row.shut, strict=True)):
            if pct is not None:
                moved.append((x, y, pct))
            else:
                (shut if closed else bare).append((x, y))
    _colours(axes, moved, cells, ink)
    _without(axes, shut, "////")
    _without(axes, bare, "")
    if cells.width < _SIGN_FROM:
        _strokes(axes, moved, ink)
        return
    for x, y in bare:
        _mark(axes, x, y, "·", MUTED)
    for x, y, pct in moved:
        _mark(axes, x, y, _sign(pct, cells.places), _readable_on(ink.of(pct)))


def _colours(axes: Axes, moved: Iterable[Moved], cells: _CellArea, ink: _Ink) -> None:
    """Fill the cells of each colour at once, so that many of them are drawn soon."""
    from matplotlib.patches import PathPatch

    places: dict[Colour, list[Position]] = {}
    for x, y, pct in moved:
        places.setdefault(ink.of(pct), []).append((x, y))
    gap = 0.8 if cells.width >= _SIGN_FROM else 0.3
    for colour, of_colour in places.items():
        axes.add_artist(PathPatch(_boxes(of_colour, 0.0), fc=colour, ec=PAPER, lw=gap))


def _without(axes: Axes, places: Sequence[Position], hatch: str) -> None:
    from matplotlib.patches import PathPatch

    if places:
        boxes = _boxes(places, _BOX_INSET)
        axes.add_artist(PathPatch(boxes, fc="none", ec=RULE, lw=0.4, hatch=hatch))


def _boxes(places: Sequence[Position], inset: float) -> Path:
    """All boxes at some places as one path."""
    from matplotlib.path import Path

    low, high = inset, 1 - inset
    corners = np.array([(low, low), (high, low), (high, high), (low, high), (low, low)])
    points = (np.array(places)[:, None, :] + corners).reshape(-1, 2)
    one = [Path.MOVETO, Path.LINETO, Path.LINETO, Path.LINETO, Path.CLOSEPOLY]
    return Path(points, one * len(places))


def _sign(pct: float, places: int | None) -> str:
    """What a cell says of its move."""
    if places is None:
        return sign(pct)
    return numbers.percent(pct, places).removesuffix("%")


def _strokes(axes: Axes, moved: Iterable[Moved], ink: _Ink) -> None:
    """Lay a stroke across each fall."""
    falls: dict[str, list[Position]] = {}
    for x, y, pct in moved:
        if pct < 0:
            falls.setdefault(_readable_on(ink.of(pct)), []).append((x, y))
    for colour, places in falls.items():
        left, top = np.array(places).T
        gaps = np.full(len(places), np.nan)
        xs = np.column_stack([left + 0.25, left + 0.75, gaps]).ravel()
        ys = np.column_stack([top + 0.5, top + 0.5, gaps]).ravel()
        axes.plot(xs, ys, color=colour, linewidth=0.7, solid_capstyle="butt")


def _mark(axes: Axes, x: int, y: int, text: str, colour: str) -> None:
    """Write a few letters into the middle of a cell."""
    axes.text(
        x + 0.5, y + 0.5, text, size=SMALL, color=colour, ha="center", va="center_baseline",
        parse_math=False,
    )  # fmt: skip


def _readable_on(rgba: Sequence[float]) -> str:
    """Dark letters on a light colour, light ones on a dark colour."""
    red, green, blue = rgba[:3]
    return "#111111" if 0.299 * red + 0.587 * green + 0.114 * blue > 0.5 else "#fdfdfd"
