"""From a figure to the bytes of a file: nothing in them depends on when or where it is drawn.

An HTML file has the picture in it, and the figures as a table; it needs nothing else.
"""

from __future__ import annotations

import contextlib
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from html import escape
from typing import TYPE_CHECKING, Any

from marketmove.render.palettes import DARK, LIGHT, PICTURES
from marketmove.render.pictures.style import Drawing

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_DOTS_PER_INCH = 200
# More than this no viewer of PNG shows in one piece.
_MOST_DOTS = 30_000
NO_METADATA = dict.fromkeys(("Creator", "Date", "Format", "Type"))
# A picture of more points than this is not made smaller for a narrow screen.
_SHRINKS_UP_TO = 900
_STYLE = """\
:root { color-scheme: light dark; LIGHT }
@media (prefers-color-scheme: dark) { :root { DARK } }
body { margin: 0 auto; max-width: 76rem; padding: 1rem; background: var(--paper); color: var(--ink);
  font: 1rem/1.5 system-ui, sans-serif; }
figure { margin: 0; overflow-x: auto; }
svg { min-width: 36rem; max-width: 100%; height: auto; }
.wide svg { min-width: 0; max-width: none; }
figcaption, p { color: var(--muted); font-size: .875rem; }
div { overflow-x: auto; }
table { border-collapse: collapse; font-size: .875rem; font-variant-numeric: tabular-nums; }
caption { text-align: left; font-weight: 600; padding: .5rem 0; }
th, td { padding: .2rem .75rem .2rem 0; border-bottom: 1px solid var(--rule); text-align: right;
  white-space: nowrap; }
th:first-child { text-align: left; white-space: normal; min-width: 10rem; }
tbody th { font-weight: 400; }
"""


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
    canvas.print_svg(buffer, metadata=NO_METADATA)
    drawn = buffer.getvalue().decode()
    opening = re.search(r"<svg [^>]*", drawn)
    if opening is None:
        raise ValueError("matplotlib has drawn no SVG")
    named = ' role="img" aria-labelledby="title described"'
    said = (
        f'<title id="title">{escape(drawing.title)}</title>\n'
        f'<desc id="described">{escape(drawing.described)}</desc>'
    )
    return f"{opening[0]}{named}>\n {said}{drawn[opening.end() + 1 :]}"


def page(drawing: Drawing, svg: str, palette: str) -> str:
    """Write the page; its colours follow whether the reader's screen is light or dark."""
    colours = PICTURES[palette]
    light = LIGHT | {"up": colours.up, "down": colours.down}
    dark = DARK | {"up": colours.up_in_the_dark, "down": colours.down_in_the_dark}
    # Where a viewer knows no variables, the colours are those of a light page.
    for name, colour in light.items():
        svg = svg.replace(f" {colour}", f" var(--{name}, {colour})")
    style = _STYLE.replace("LIGHT", _variables(light)).replace("DARK", _variables(dark))
    size = re.search(r'<svg [^>]*width="([0-9.]+)pt"', svg)
    wide = ' class="wide"' if size and float(size[1]) > _SHRINKS_UP_TO else ""
    lines = "\n".join(f"<p>{escape(line)}</p>" for line in drawing.lines)
    return f"""\
<!DOCTYPE html>
<html lang="en" xmlns="http://www.w3.org/1999/xhtml">
<head>
<meta charset="utf-8"/>
<meta name="viewport" content="width=device-width, initial-scale=1"/>
<title>{escape(drawing.title)}</title>
<style>
{style}</style>
</head>
<body>
<main>
<figure{wide}>
{svg}</figure>
<div role="region" aria-label="The figures" tabindex="0">
<table>
<caption>{escape(drawing.title)}</caption>
<thead>{_row(drawing.head, "col")}</thead>
<tbody>
{chr(10).join(_row(row, "row") for row in drawing.rows)}
</tbody>
</table>
</div>
{lines}
</main>
</body>
</html>
"""


def _row(cells: Sequence[str], scope: str) -> str:
    first, *rest = map(escape, cells)
    others = "".join(
        f'<th scope="col">{cell}</th>' if scope == "col" else f"<td>{cell}</td>" for cell in rest
    )
    return f'<tr><th scope="{scope}">{first}</th>{others}</tr>'


def _variables(colours: Mapping[str, str]) -> str:
    return " ".join(f"--{name}: {colour};" for name, colour in colours.items())


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
