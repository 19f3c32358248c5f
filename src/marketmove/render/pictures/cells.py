"""The cells of a heat map: the colour of each move, its sign or figure, and marks where none is."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from marketmove.render.drawings.grid import HeatRow
from marketmove.render.pictures.style import MUTED, PAPER, RULE, SMALL, Colours
from marketmove.wording import numbers as words

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.path import Path

Colour = tuple[float, ...]
Position = tuple[int, int]
Moved = tuple[int, int, float]

# CellArea of so many inches have room for a sign.
SIGN_FROM = 0.2
_USUAL_SHARE, _MOST_MEDIANS = 0.98, 10
_INSET, _SHADES = 0.06, 255


class CellArea(NamedTuple):
    """How wide cells are, in inches, and how many decimals they show; none shows the sign."""

    width: float
    places: int | None


class Ink(NamedTuple):
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


def ink_for(moves_pct: Sequence[float], colours: Colours) -> Ink:
    """Give colours that lie even on both sides of zero; a few extremes do not pale all others."""
    from matplotlib.colors import LinearSegmentedColormap

    sizes = sorted(map(abs, moves_pct))
    usual = sizes[math.ceil(_USUAL_SHARE * len(sizes)) - 1] if sizes else 0.0
    moved = [size for size in sizes if size]
    middle = moved[len(moved) // 2] if moved else 0.1
    limit = _round_up(min(usual or middle, _MOST_MEDIANS * middle))
    ends = [colours.down, colours.flat, colours.up]
    ramp = LinearSegmentedColormap.from_list("moves", ends, N=_SHADES)
    shades = tuple(tuple(ramp(n)) for n in range(_SHADES))
    beyond = bool(sizes) and sizes[-1] > limit
    return Ink(shades, limit, beyond)


def _round_up(value: float) -> float:
    """The next 1, 2, 3, 5 of its power of ten."""
    power = 10.0 ** math.floor(math.log10(value))
    return next((n * power for n in (1, 2, 3, 5) if n * power >= value), 10 * power)


def draw_cells(axes: Axes, rows: Sequence[HeatRow], cells: CellArea, ink: Ink) -> None:
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
    if cells.width < SIGN_FROM:
        _strokes(axes, moved, ink)
        return
    for x, y in bare:
        mark(axes, x, y, "·", MUTED)
    for x, y, pct in moved:
        mark(axes, x, y, _sign(pct, cells.places), _readable_on(ink.of(pct)))


def _colours(axes: Axes, moved: Iterable[Moved], cells: CellArea, ink: Ink) -> None:
    """Fill the cells of each colour at once, so that many of them are drawn soon."""
    from matplotlib.patches import PathPatch

    places: dict[Colour, list[Position]] = {}
    for x, y, pct in moved:
        places.setdefault(ink.of(pct), []).append((x, y))
    gap = 0.8 if cells.width >= SIGN_FROM else 0.3
    for colour, of_colour in places.items():
        axes.add_artist(PathPatch(_boxes(of_colour, 0.0), fc=colour, ec=PAPER, lw=gap))


def _without(axes: Axes, places: Sequence[Position], hatch: str) -> None:
    from matplotlib.patches import PathPatch

    if places:
        axes.add_artist(PathPatch(_boxes(places, _INSET), fc="none", ec=RULE, lw=0.4, hatch=hatch))


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
        return "+" if pct > 0 else "−" if pct < 0 else "0"
    return words.percent(pct, places).removesuffix("%")


def _strokes(axes: Axes, moved: Iterable[Moved], ink: Ink) -> None:
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


def mark(axes: Axes, x: int, y: int, text: str, colour: str) -> None:
    """Write a few letters into the middle of a cell."""
    axes.text(
        x + 0.5, y + 0.5, text, size=SMALL, color=colour, ha="center", va="center_baseline",
        parse_math=False,
    )  # fmt: skip


def _readable_on(rgba: Sequence[float]) -> str:
    """Dark letters on a light colour, light ones on a dark colour."""
    red, green, blue = rgba[:3]
    return "#111111" if 0.299 * red + 0.587 * green + 0.114 * blue > 0.5 else "#fdfdfd"
