"""From a figure to the bytes of a file: nothing in them depends on when or where it is drawn.

An HTML file has the picture in it, and the figures as a table; it needs nothing else.
"""

from __future__ import annotations

import contextlib
import io
import re
from collections.abc import Iterator, Sequence
from html import escape
from typing import TYPE_CHECKING, Any

from marketmove.render.palettes import Theme, theme
from marketmove.render.pictures.fonts import Lettering
from marketmove.render.pictures.style import DOTS_AN_INCH, NARROW_WIDTH, Drawing, Surface

if TYPE_CHECKING:
    from matplotlib.figure import Figure

# More than this no viewer of PNG shows in one piece.
_MOST_DOTS = 30_000
NO_METADATA = dict.fromkeys(("Creator", "Date", "Format", "Type"))
_STYLE = """\
:root { color-scheme: light dark; LIGHT }
@media (prefers-color-scheme: dark) { :root { DARK } .light { display: none; } }
@media not all and (prefers-color-scheme: dark) { .dark { display: none; } }
@media (max-width: 599px) { .wide { display: none; } }
@media (min-width: 600px) { .narrow { display: none; } }
body { margin: 0 auto; max-width: 60rem; padding: 1rem; background: var(--paper); color: var(--ink);
  font: 1rem/1.5 system-ui, sans-serif; }
figure { margin: 0; }
figure svg { width: 100%; height: auto; }
.wide svg { max-width: WIDTHin; }
p, summary { color: var(--muted); font-size: .875rem; }
.figures { overflow-x: auto; }
table { border-collapse: collapse; font-size: .875rem; font-variant-numeric: tabular-nums; }
caption { text-align: left; font-weight: 600; padding: .5rem 0; }
th, td { padding: .2rem .75rem .2rem 0; border-bottom: 1px solid var(--rule); text-align: right;
  white-space: nowrap; }
th:first-child { text-align: left; white-space: normal; min-width: 5rem; }
tbody th { font-weight: 400; }
@media (max-width: 599px) {
  table { font-size: .6875rem; }
  th, td { padding-right: .3rem; }
  thead th { white-space: normal; vertical-align: bottom; }
  th:first-child { min-width: 4rem; }
}
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


def svg(figure: Figure, drawing: Drawing, name: str = "") -> str:
    """Give a figure as SVG that says what it shows, without a reference to anything outside.

    ``name`` tells it from others on the same page.
    """
    from matplotlib import rc_context
    from matplotlib.backends.backend_svg import FigureCanvasSVG

    buffer = io.BytesIO()
    canvas: Any = FigureCanvasSVG(figure)
    with rc_context({"svg.hashsalt": f"marketmove{name}"}):
        canvas.print_svg(buffer, metadata=NO_METADATA)
    drawn = buffer.getvalue().decode()
    opening = re.search(r"<svg [^>]*", drawn)
    if opening is None:
        raise ValueError("matplotlib has drawn no SVG")
    named = f' role="img" aria-labelledby="title{name} described{name}"'
    said = (
        f'<title id="title{name}">{escape(drawing.title)}</title>\n'
        f'<desc id="described{name}">{escape(drawing.described)}</desc>'
    )
    return f"{opening[0]}{named}>\n {said}{drawn[opening.end() + 1 :]}"


def page(drawing: Drawing, palette: str, width: float, letters: Lettering) -> str:
    """Write the page: a picture for each kind of screen, of which the reader's shows one.

    Screens are wide or narrow, light or dark.
    """
    light, dark = theme(palette), theme(palette, dark=True)
    pictures = ""
    for size, across in (("wide", width), ("narrow", min(NARROW_WIDTH, width))):
        for kind, colours in (("light", light), ("dark", dark)):
            figure = drawing.draw(Surface(across, colours, letters))
            drawn = svg(figure, drawing, f"-{size}-{kind}")
            pictures += f'<div class="{size} {kind}">\n{drawn}</div>\n'
    style = _STYLE.replace("LIGHT", _variables(light)).replace("DARK", _variables(dark))
    table = f"""\
<div class="figures" role="region" aria-label="The figures" tabindex="0">
<table>
<caption>{escape(drawing.title)}</caption>
<thead>{_row(drawing.head, "col")}</thead>
<tbody>
{chr(10).join(_row(row, "row") for row in drawing.rows)}
</tbody>
</table>
</div>"""
    if drawing.folded:
        table = f"<details>\n<summary>The figures</summary>\n{table}\n</details>"
    lines = "\n".join(f"<p>{escape(line)}</p>" for line in drawing.lines)
    return f"""\
<!DOCTYPE html>
<html lang="en" xmlns="http://www.w3.org/1999/xhtml">
<head>
<meta charset="utf-8"/>
<meta name="viewport" content="width=device-width, initial-scale=1"/>
<title>{escape(drawing.title)}</title>
<style>
{style.replace("WIDTH", f"{width:g}")}</style>
</head>
<body>
<main>
<figure>
{pictures}</figure>
{table}
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


def _variables(colours: Theme) -> str:
    names = ("ink", "muted", "rule", "paper")
    return " ".join(f"--{name}: {getattr(colours, name)};" for name in names)


def _svg_file(figure: Figure, drawing: Drawing) -> bytes:
    return f'<?xml version="1.0" encoding="utf-8"?>\n{svg(figure, drawing)}'.encode()


def _png(figure: Figure, drawing: Drawing) -> bytes:
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    figure.dpi = min(DOTS_AN_INCH, _MOST_DOTS / max(figure.get_size_inches()))
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
