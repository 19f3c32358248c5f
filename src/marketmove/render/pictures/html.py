"""One HTML file with the picture in it, and the figures as a table; it needs nothing else."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from html import escape

from marketmove.render.pictures import Drawing
from marketmove.render.pictures.saving import in_variables
from marketmove.render.pictures.style import DARK, LIGHT, colours_of

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


def page(drawing: Drawing, svg: str, palette: str) -> str:
    """Write the page; its colours follow whether the reader's screen is light or dark."""
    svg = in_variables(svg, palette)
    style = _STYLE.replace("LIGHT", _variables(LIGHT | colours_of(palette).named))
    style = style.replace("DARK", _variables(DARK | colours_of(palette).named_in_the_dark))
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
