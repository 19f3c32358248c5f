"""Many sessions as a heat map: a row an index, by region, a column a session.

The colour of a cell tells its move, so do its sign or figure; marks stand where there is none.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from marketmove.errors import WrongUsageError, listed
from marketmove.render.drawings.heatmap import HeatGrid, HeatRow, month_starts, sign
from marketmove.render.palettes import Theme
from marketmove.render.pictures import style
from marketmove.render.pictures.style import BODY, MARGIN, SMALL
from marketmove.reports.records import HistoryReport
from marketmove.wording import dates, numbers
from marketmove.wording.currency import in_one
from marketmove.wording.groups import VOLATILITY
from marketmove.wording.statuses import NO_FIGURE, SHUT

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.path import Path

Colour = tuple[float, ...]
Position = tuple[int, int]
Moved = tuple[int, int, float]

MOST_SESSIONS = 800
_ROW, _HEADING, _DAYS, _MARKS, _RAMP = 0.24, 0.3, 0.36, 0.3, 0.5
_GAP, _LONGEST_NAME, _WIDEST_CELL = 0.1, 2.6, 1.1

# Cells of so many inches have room for a sign, and for the number of a day.
_SIGN_FROM = 0.2
_USUAL_SHARE, _MOST_MEDIANS = 0.98, 10
_BOX_INSET, _SHADES = 0.06, 255
_INSET = 0.25
_SATURDAY = 5


def drawing(report: HistoryReport, grid: HeatGrid, words: style.PictureWords) -> style.Drawing:
    """Say and draw many sessions."""
    if len(grid.sessions) > MOST_SESSIONS:
        problem = (
            f"a heat map holds {MOST_SESSIONS} sessions, and there are {len(grid.sessions):,};"
            " choose a shorter range"
        )
        raise WrongUsageError.at(None, problem)
    first, last = grid.sessions[0], grid.sessions[-1]
    moves = f"Index moves{in_one(report.in_currency)}"
    title = words.title or f"{moves} from {dates.day(first)} to {dates.day(last)}"
    if first == last and not words.title:
        title = f"{moves} in the session of {dates.day(first)}"
    drawn, lone = _without_lone_weekends(grid)
    foot = style.footers(report, words, "closing levels", *lone)
    text = style.PictureText(title, [_tally(drawn)], foot)
    return style.Drawing(
        title=title,
        described=" ".join([_described(grid), *style.sentences(foot)]),
        head=("Index", *map(str, grid.sessions)),
        rows=[(row.name, *_texts(row)) for row in grid.rows],
        lines=style.other_notes(report.notes),
        texts=[title, *(row.name for row in grid.rows), *foot, *(r.name for r in grid.regions)],
        draw=partial(_draw, drawn, text),
        folded=True,
    )


def _without_lone_weekends(grid: HeatGrid) -> tuple[HeatGrid, list[str]]:
    """Leave out weekend days on which few had a session who had one on the Friday before, too.

    For those Saturday is no day of the week's five, as Sunday is in the Gulf; a line says of whom.
    """
    lone: dict[int, list[str]] = {}
    for n, day in enumerate(grid.sessions):
        if day.weekday() < _SATURDAY:
            continue
        friday = day - dt.timedelta(days=day.weekday() - _SATURDAY + 1)
        before = grid.sessions.index(friday) if friday in grid.sessions else None
        rows = [row for row in grid.rows if row.moves_pct[n] is not None]
        special = before is not None and all(row.moves_pct[before] is not None for row in rows)
        if rows and special and 2 * len(rows) < len(grid.rows):
            lone[n] = [row.name for row in rows]
    kept = [n for n in range(len(grid.sessions)) if n not in lone]
    lines = [
        f"Not drawn: {dates.day(grid.sessions[n])}, a session of {listed(names)} alone"
        for n, names in lone.items()
    ]
    return grid.only(kept) if lone else grid, lines


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


def _draw(grid: HeatGrid, text: style.PictureText, surface: style.Surface) -> Figure:
    longest = min(_LONGEST_NAME, (0.4 if surface.is_narrow else 0.3) * surface.width)
    names = {
        row.symbol: style.index_label(row.name, row.symbol, surface.letters, longest)
        for row in grid.rows
    }
    inks = _inks(grid, surface.theme)
    left = MARGIN + style.widest(list(names.values()), BODY) + _GAP
    cells = _cells(grid, surface.width - left - MARGIN)
    headings = sum(bool(region.name) for region in grid.regions) * _HEADING
    framed = text.frame(surface)
    rows = len(grid.rows) * _ROW
    kinds = grid.kinds()
    legend = _RAMP * len(inks) + (_MARKS if any(kinds) or cells.has_strokes else 0)
    days = _DAYS if _numbered(cells) else _DAYS / 2
    sheet = framed.around(surface, days + headings + rows + 0.15 + legend)
    top = framed.above
    _days(sheet, left, top, grid.sessions, cells)
    top += days
    for region in grid.regions:
        if region.name:
            heading = surface.letters.text(region.name)
            sheet.text(MARGIN, top + 0.6 * _HEADING, heading, weight="bold", size=SMALL)
            top += _HEADING
        height = len(region.rows) * _ROW
        axes = sheet.axes(left, top, cells.width * len(grid.sessions), height)
        ink = inks.get(region.name) or inks[""]
        _draw_cells(axes, region.rows, cells, ink, surface.theme)
        for m, row in enumerate(region.rows):
            sheet.text(left - _GAP, top + (m + 0.5) * _ROW, names[row.symbol], ha="right")
        top += height
    top += 0.15
    for name, ink in inks.items():
        _ramp(sheet, top, f"{name.lower()}: change, in %" if name else "change, in %", ink)
        top += _RAMP
    _marks(sheet, top, cells, kinds)
    return sheet.figure


def _cells(grid: HeatGrid, across: float) -> _CellArea:
    """As wide cells as there is room for; figures where they fit."""
    width = min(across / len(grid.sessions), _WIDEST_CELL)
    for places in (2, 1):
        if style.widest(_shown(grid.moves_pct, places), SMALL) + 0.05 <= width:
            return _CellArea(width, places)
    return _CellArea(width, None)


def _shown(moves_pct: Sequence[float], places: int) -> list[str]:
    return [_figure(pct, places) for pct in moves_pct]


def _figure(pct: float, places: int) -> str:
    """Write a move as short as it can be; one too small to show is a zero without a sign."""
    text = numbers.percent(pct, places).removesuffix("%")
    return f"{0:.{places}f}" if "<" in text else text


def _days(
    sheet: style.PictureSheet,
    left: float,
    top: float,
    sessions: Sequence[dt.date],
    cells: _CellArea,
) -> None:
    """Name months above the numbers of days, as many of each as there is room for."""
    look = {"size": SMALL, "color": sheet.theme.muted}
    years = sessions[-1] - sessions[0] > dt.timedelta(days=350)
    names = [
        (n, f"{sessions[n]:{'%b %Y' if years else '%b'}}") for n in (0, *month_starts(sessions))
    ]
    # The first month has no name where it ends before its name would.
    if len(names) > 1 and names[1][0] * cells.width < style.text_width(names[0][1], SMALL) + 0.08:
        names = names[1:]
    free = 0.0
    for n, name in names:
        at = left + n * cells.width
        if at >= free:
            sheet.text(at, top + 0.09, name, **look)
            free = at + style.text_width(name, SMALL) + 0.08
    every = _numbered(cells)
    if not every:
        return
    for n in range(0, len(sessions), every):
        at = left + (n + 0.5) * cells.width
        sheet.text(at, top + 0.26, f"{sessions[n]:%d}", ha="center", **look)


def _numbered(cells: _CellArea) -> int:
    """Which days have a number: each, each fifth, or none, as there is room."""
    return next((n for n in (1, 5) if n * cells.width >= _SIGN_FROM), 0)


def _ramp(sheet: style.PictureSheet, top: float, said: str, ink: _Ink) -> None:
    """Draw what the colours mean in percent."""
    from matplotlib.colors import ListedColormap

    wide, high = min(2.4, 0.5 * sheet.width), 0.12
    axes = sheet.axes(MARGIN + _INSET, top + 0.08, wide, high)
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
    left = MARGIN + _INSET + wide + 0.25
    sheet.text(left, top + 0.08 + high / 2, said, size=SMALL, color=sheet.theme.muted)


def _marks(
    sheet: style.PictureSheet, top: float, cells: _CellArea, kinds: tuple[bool, bool]
) -> None:
    """Say what the cells without a move mean, and the stroke across a fall."""
    from matplotlib.patches import Rectangle

    theme, left, middle = sheet.theme, MARGIN + 0.02, top + 0.14
    small: dict[str, Any] = {"size": SMALL, "color": theme.muted}
    shut, bare = kinds
    boxes = ((shut, SHUT, "////"), (bare and not cells.has_strokes, NO_FIGURE, ""))
    for there, word, hatch in boxes:
        if there:
            box = sheet.axes(left, middle - 0.09, 0.2, 0.18)
            box.set_xticks([])
            box.set_yticks([])
            look: dict[str, Any] = {"fc": "none", "ec": theme.rule, "hatch": hatch}
            box.add_patch(Rectangle((0.02, 0.02), 0.96, 0.96, **look))
            if not hatch:
                box.text(0.5, 0.5, "·", ha="center", va="center_baseline", **small)
            sheet.text(left + 0.28, middle, word, **small)
            left += 0.28 + style.text_width(word, SMALL) + 0.3
    if cells.has_strokes:
        said = f"blank: {NO_FIGURE}; a stroke: a fall" if bare else "a stroke marks a fall"
        sheet.text(left, middle, said, **small)


class _CellArea(NamedTuple):
    """How wide cells are, in inches, and how many decimals they show; none shows the sign."""

    width: float
    places: int | None

    @property
    def has_strokes(self) -> bool:
        """Whether a fall is told by a stroke, since there is no room for a sign."""
        return self.width < _SIGN_FROM


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


def _inks(grid: HeatGrid, theme: Theme) -> dict[str, _Ink]:
    """Give the colours of shares, and those of volatility under its name where there are both."""
    inks = {"": _ink_for(grid.shares, theme)}
    for region in grid.regions:
        if region.name == VOLATILITY:
            inks[VOLATILITY] = _ink_for(region.rows, theme)
    return inks


def _ink_for(rows: Iterable[HeatRow], theme: Theme) -> _Ink:
    """Give colours that lie even on both sides of zero; a few extremes do not pale all others."""
    from matplotlib.colors import LinearSegmentedColormap

    sizes = sorted(abs(pct) for row in rows for pct in row.moves_pct if pct is not None)
    usual = sizes[math.ceil(_USUAL_SHARE * len(sizes)) - 1] if sizes else 0.0
    moved = [size for size in sizes if size]
    middle = moved[len(moved) // 2] if moved else 0.1
    value = min(usual or middle, _MOST_MEDIANS * middle)
    power = 10.0 ** math.floor(math.log10(value))
    limit = next((n * power for n in (1, 2, 3, 5) if n * power >= value), 10 * power)
    ends = [theme.down, theme.flat, theme.up]
    ramp = LinearSegmentedColormap.from_list("moves", ends, N=_SHADES)
    shades = tuple(tuple(ramp(n)) for n in range(_SHADES))
    beyond = bool(sizes) and sizes[-1] > limit
    return _Ink(shades, limit, beyond)


def _draw_cells(
    axes: Axes, rows: Sequence[HeatRow], cells: _CellArea, ink: _Ink, theme: Theme
) -> None:
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
    _colours(axes, moved, 0.3 if cells.has_strokes else 0.8, ink, theme)
    _without(axes, shut, "////", theme)
    if cells.has_strokes:
        _strokes(axes, moved, ink)
        return
    _without(axes, bare, "", theme)
    for x, y in bare:
        _mark(axes, x, y, "·", theme.muted)
    for x, y, pct in moved:
        text = sign(pct) if cells.places is None else _figure(pct, cells.places)
        _mark(axes, x, y, text, _readable_on(ink.of(pct)))


def _colours(axes: Axes, moved: Iterable[Moved], gap: float, ink: _Ink, theme: Theme) -> None:
    """Fill the cells of each colour at once, so that many of them are drawn soon."""
    from matplotlib.patches import PathPatch

    places: dict[Colour, list[Position]] = {}
    for x, y, pct in moved:
        places.setdefault(ink.of(pct), []).append((x, y))
    for colour, of_colour in places.items():
        axes.add_artist(PathPatch(_boxes(of_colour, 0.0), fc=colour, ec=theme.paper, lw=gap))


def _without(axes: Axes, places: Sequence[Position], hatch: str, theme: Theme) -> None:
    from matplotlib.patches import PathPatch

    if places:
        boxes = _boxes(places, _BOX_INSET)
        axes.add_artist(PathPatch(boxes, fc="none", ec=theme.rule, lw=0.4, hatch=hatch))


def _boxes(places: Sequence[Position], inset: float) -> Path:
    """All boxes at some places as one path."""
    from matplotlib.path import Path

    low, high = inset, 1 - inset
    corners = np.array([(low, low), (high, low), (high, high), (low, high), (low, low)])
    points = (np.array(places)[:, None, :] + corners).reshape(-1, 2)
    one = [Path.MOVETO, Path.LINETO, Path.LINETO, Path.LINETO, Path.CLOSEPOLY]
    return Path(points, one * len(places))


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
        axes.plot(xs, ys, color=colour, linewidth=0.5, alpha=0.45, solid_capstyle="butt")


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
