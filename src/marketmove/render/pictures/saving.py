"""From a figure to the bytes of a file: nothing in them depends on when or where it is drawn."""

from __future__ import annotations

import contextlib
import io
import re
from collections.abc import Iterator, Sequence
from html import escape
from typing import TYPE_CHECKING, Any

from marketmove.render.pictures import Drawing
from marketmove.render.pictures.style import LIGHT, colours_of

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_DOTS_PER_INCH = 200
# More than this no viewer of PNG shows in one piece.
_MOST_DOTS = 30_000
_NO_METADATA = dict.fromkeys(("Creator", "Date", "Format", "Type"))


@contextlib.contextmanager
def fixed_style(families: Sequence[str]) -> Iterator[None]:
    """Draw with matplotlib's own settings, and none of the user's, while this is open.

    In SVG text stays text: it can be searched, edited, and read by those who cannot see.
    """
    from matplotlib import style

    ours: Any = {
        "font.family": [*families, "sans-serif"],
        "font.sans-serif": [families[0]],
        "svg.fonttype": "none",
        "svg.hashsalt": "marketmove",
        "hatch.linewidth": 0.6,
    }
    with style.context(["default", ours]):
        yield


def svg(figure: Figure, drawing: Drawing) -> str:
    """Give a figure as SVG that says what it shows, without a reference to anything outside."""
    from matplotlib.backends.backend_svg import FigureCanvasSVG

    buffer = io.BytesIO()
    canvas: Any = FigureCanvasSVG(figure)
    canvas.print_svg(buffer, metadata=_NO_METADATA)
    opening, body = _opened(buffer.getvalue().decode())
    named = ' role="img" aria-labelledby="title described"'
    said = (
        f'<title id="title">{escape(drawing.title)}</title>\n'
        f'<desc id="described">{escape(drawing.described)}</desc>'
    )
    return f"{opening}{named}>\n {said}{body}"


def in_variables(svg: str, palette: str) -> str:
    """Let a page set the colours of an SVG; where it does not, they are those of a light one."""
    for name, colour in (LIGHT | colours_of(palette).named).items():
        svg = svg.replace(f" {colour}", f" var(--{name}, {colour})")
    return svg


def _opened(svg: str) -> tuple[str, str]:
    """The opening of the element, without its end, and all that follows it."""
    opening = re.search(r"<svg [^>]*", svg)
    if opening is None:
        raise ValueError("matplotlib has drawn no SVG")
    return opening[0], svg[opening.end() + 1 :]


def _svg_file(figure: Figure, drawing: Drawing) -> bytes:
    return f'<?xml version="1.0" encoding="utf-8"?>\n{svg(figure, drawing)}'.encode()


def _png(figure: Figure, drawing: Drawing) -> bytes:
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    figure.dpi = min(_DOTS_PER_INCH, _MOST_DOTS / max(figure.get_size_inches()))
    buffer = io.BytesIO()
    canvas: Any = FigureCanvasAgg(figure)
    canvas.print_png(buffer, metadata={"Software": None, "Title": drawing.title})
    return buffer.getvalue()


def _pdf(figure: Figure, drawing: Drawing) -> bytes:
    from matplotlib.backends.backend_pdf import FigureCanvasPdf

    buffer = io.BytesIO()
    metadata = {"Title": drawing.title, "Creator": "marketmove", "Producer": None}
    canvas: Any = FigureCanvasPdf(figure)
    canvas.print_pdf(buffer, metadata=metadata | {"CreationDate": None})
    return buffer.getvalue()


SAVERS = {".svg": _svg_file, ".png": _png, ".pdf": _pdf}
