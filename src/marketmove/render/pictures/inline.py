"""The bars of a session inside a page for mail: narrow enough for a phone, and without letters.

A mail client that knows no SVG shows what letters it finds in it, so here they are drawn as shapes:
such a client shows nothing. They look the same everywhere, too, whatever fonts are there.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any, NamedTuple

from marketmove.render.pictures import load_matplotlib, saving
from marketmove.render.pictures.fonts import Lettering, find_letters
from marketmove.render.pictures.style import (
    BODY,
    INK,
    POINTS_AN_INCH,
    Colours,
    colours_of,
    shortened,
    text_width,
    widest,
)
from marketmove.reports.records import SessionReport
from marketmove.wording import numbers as words
from marketmove.wording import session_words as page

# Inches. On a phone of 360 pixels the letters are then as large as those of the table.
_WIDTH, _ROW, _LONGEST_NAME, _GAP = 3.4, 0.25, 1.6, 0.12
_BAR, _LINE = 0.155, 0.011
_HALF_A_CAPITAL = 0.365
_MOST, _ENDS = 24, 10


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
    with saving.fixed_style(letters.families, letters="path"):
        svg = _draw(drawn, letters, colours_of(palette))
    svg = saving.inline(svg, _described(drawn), palette)
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


def _draw(drawn: Sequence[_Bar], letters: Lettering, colours: Colours) -> str:
    """Names, bars and figures in three columns, a row an index; as the text of an SVG file."""
    names = [shortened(letters.text(b.name, b.symbol), _LONGEST_NAME, BODY) for b in drawn]
    left = widest(names, BODY) + _GAP
    figures = [text_width(bar.figure, BODY) for bar in drawn]
    low, high = min(0.0, drawn[-1].pct), max(0.0, drawn[0].pct)
    inches_a_pct = (_WIDTH - left - _GAP - max(figures)) / ((high - low) or 1.0)
    zero = left - low * inches_a_pct
    canvas = _Canvas(_WIDTH, len(drawn) * _ROW)
    for n, (bar, name, width) in enumerate(zip(drawn, names, figures, strict=True)):
        middle = (n + 0.5) * _ROW
        colour = colours.down if bar.pct < 0 else colours.up
        canvas.box(zero, middle, bar.pct * inches_a_pct, _BAR, colour)
        canvas.text(0.0, middle, name)
        canvas.text(_WIDTH - width, middle, bar.figure)
    canvas.box(zero - _LINE / 2, len(drawn) * _ROW / 2, _LINE, len(drawn) * _ROW, INK)
    return canvas.finished()


class _Canvas:
    """Boxes and lines of text, in inches from the upper left; the middle of each is at ``top``.

    They go straight to what writes SVG: to load figures and axes takes as long as the rest.
    """

    def __init__(self, width: float, height: float) -> None:
        from matplotlib.backends.backend_svg import RendererSVG

        self._height = height * POINTS_AN_INCH
        self._written = io.StringIO()
        size = (width * POINTS_AN_INCH, self._height)
        self._renderer: Any = RendererSVG(  # type: ignore[no-untyped-call]
            *size, self._written, metadata=saving.NO_METADATA
        )

    def box(self, left: float, top: float, width: float, height: float, colour: str) -> None:
        """Fill a box; one of a negative width lies to the left of ``left``."""
        from matplotlib.colors import to_rgba
        from matplotlib.path import Path
        from matplotlib.transforms import Affine2D

        place = Affine2D().scale(width, -height).translate(left, height / 2 - top)
        place = place.scale(POINTS_AN_INCH).translate(0, self._height)
        pen = self._renderer.new_gc()
        pen.set_linewidth(0)
        self._renderer.draw_path(pen, Path.unit_rectangle(), place, to_rgba(colour))

    def text(self, left: float, top: float, text: str) -> None:
        """Write one line that begins at ``left``."""
        from matplotlib.font_manager import FontProperties

        pen = self._renderer.new_gc()
        pen.set_foreground(INK)
        x, y = left * POINTS_AN_INCH, top * POINTS_AN_INCH + _HALF_A_CAPITAL * BODY
        self._renderer.draw_text(pen, x, y, text, FontProperties(size=BODY), 0)

    def finished(self) -> str:
        """Give all of it as the text of an SVG file."""
        self._renderer.finalize()
        return self._written.getvalue()
