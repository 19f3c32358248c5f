"""The bars of a session inside a page for mail: narrow enough for a phone, and without letters.

A mail client that knows no SVG shows what letters it finds in it, so here they are drawn as shapes:
such a client shows nothing. They look the same everywhere, too, whatever fonts are there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from marketmove.render import page, words
from marketmove.render.pictures import load_matplotlib, saving
from marketmove.render.pictures.fonts import find_letters
from marketmove.render.pictures.style import BODY, INK, colours_of, sheet, shortened, widest

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.figure import Figure

    from marketmove.render.pictures.fonts import Lettering
    from marketmove.render.pictures.style import Colours
    from marketmove.report import SessionReport

# Inches. On a phone of 360 pixels the letters are then as large as those of the table.
_WIDTH, _ROW, _LONGEST_NAME, _GAP = 3.4, 0.25, 1.6, 0.12
_BAR, _MOST, _ENDS = 0.62, 24, 10


class _Bar(NamedTuple):
    """A move as it is drawn: the name, a shorter one, the percent, and how that is written."""

    name: str
    symbol: str
    pct: float
    figure: str


class Inline(NamedTuple):
    """A picture as an element of HTML; and how many indices are not in it."""

    svg: str
    left_out: int


def bars(report: SessionReport, palette: str) -> Inline:
    """Draw the moves of a session; where they are many, the highest and the lowest alone.

    Returns
    -------
    Inline
        An ``svg`` element as wide as what it stands in, empty without a move. Its colours are
        variables with those of a light page to fall back on: ``up``, ``down``, ``ink``.

    Raises
    ------
    ImportError, OSError
        If matplotlib cannot be loaded, or finds no folder to write its list of fonts to.
    """
    moved = sorted(_all_bars(report), key=lambda bar: -bar.pct)
    drawn = moved if len(moved) <= _MOST else moved[:_ENDS] + moved[-_ENDS:]
    if not drawn:
        return Inline("", 0)
    load_matplotlib()
    letters = find_letters([bar.name for bar in drawn])
    with saving.settled(letters.families, letters="path"):
        figure = _draw(drawn, letters, colours_of(palette))
        svg = saving.inline(figure, _described(drawn), palette)
    return Inline(svg, len(moved) - len(drawn))


def _all_bars(report: SessionReport) -> list[_Bar]:
    return [
        _Bar(page.name(move), words.visible(move.symbol), pct, words.percent(pct))
        for move in page.moved(report)
        if (pct := move.change_pct) is not None
    ]


def _described(drawn: Sequence[_Bar]) -> str:
    """What a person is told who cannot see the bars; the table has the figures."""
    first, last = drawn[0], drawn[-1]
    said = f"A bar for each of {words.count(len(drawn), 'index', 'indices')}"
    return f"{said}, from {first.name} {first.figure} to {last.name} {last.figure}"


def _draw(drawn: Sequence[_Bar], letters: Lettering, colours: Colours) -> Figure:
    """Names, bars and figures in three columns, a row an index."""
    names = [shortened(letters.text(b.name, b.symbol), _LONGEST_NAME, BODY) for b in drawn]
    left = widest(names, BODY) + _GAP
    width = _WIDTH - left - _GAP - widest([bar.figure for bar in drawn], BODY)
    bare = sheet(_WIDTH, len(drawn) * _ROW)
    axes = bare.axes(left, 0.0, width, len(drawn) * _ROW)
    axes.set_axis_off()
    low, high = min(0.0, drawn[-1].pct), max(0.0, drawn[0].pct)
    axes.set_xlim(low, high if high > low else 1.0)
    axes.set_ylim(len(drawn), 0)
    for n, (bar, name) in enumerate(zip(drawn, names, strict=True)):
        colour = colours.down if bar.pct < 0 else colours.up
        axes.barh(n + 0.5, bar.pct, _BAR, color=colour, linewidth=0, clip_on=False)
        bare.text(0.0, (n + 0.5) * _ROW, name)
        bare.text(_WIDTH, (n + 0.5) * _ROW, bar.figure, ha="right")
    axes.axvline(0, color=INK, linewidth=0.8, clip_on=False)
    return bare.figure
