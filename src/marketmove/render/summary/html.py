"""A summary as one HTML file for mail: tables and inline styles, no scripts, nothing fetched.

Mail clients drop much of CSS, so the layout needs none: one table as wide as the screen, names that
wrap, and the level under the name, so that a row fits a phone. The style block only turns the
colours for a dark screen; where it is dropped, the light ones stay.
"""

from __future__ import annotations

from html import escape

from marketmove.render import RenderOptions
from marketmove.render.alerts import alert_lines
from marketmove.render.summary.table import HEADS, SummaryRow, by_region
from marketmove.reports.summary import Section, SummaryReport
from marketmove.wording import numbers as words
from marketmove.wording import session_words as page

# Colours of a rise and a fall, on light and on dark; each at least 4.5:1 against its ground.
_GREEN, _RED = ("#0a6b35", "#5fd38d"), ("#b3261e", "#ff8a80")
_BLUE, _ORANGE = ("#0b57d0", "#8ab4f8"), ("#9a4a00", "#ffb065")
_COLOURS = {
    "western": (_GREEN, _RED),
    "east-asia": (_RED, _GREEN),
    "korea": (_RED, _BLUE),
    "cvd": (_BLUE, _ORANGE),
    "none": (("#1f1f1f", "#e8e8e8"),) * 2,
}
_INK, _FAINT, _RULE, _GROUND = "#1f1f1f", "#595959", "#d8d8d8", "#ffffff"
_PICTURE = 440
# Gmail shows the first 102 kB.
_MOST_BYTES = 100_000
_LEFT_OUT = "The picture is left out: with it mail clients would cut this page short"
_FONT = "font-family:-apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif"
_WRAP = "overflow-wrap:anywhere;word-break:break-word"
_FIGURE = "text-align:right;white-space:nowrap;vertical-align:top"


def as_html(summary: SummaryReport, look: RenderOptions) -> str:
    """Write a summary as one self-contained HTML document.

    Without the picture, if that is what would make it longer than mail clients show.
    """
    picture = _picture(summary, look)
    text = _document(summary, look, picture)
    if picture and _is_cut(text):
        without = _document(summary, look, [_paragraph(_LEFT_OUT)])
        text = text if _is_cut(without) else without
    return words.plain_ascii(text) if look.ascii_only else text


def _is_cut(text: str) -> bool:
    return len(text.encode()) > _MOST_BYTES


def _document(summary: SummaryReport, look: RenderOptions, picture: list[str]) -> str:
    report = summary.session
    title = escape(summary.headline.text)
    brief = " ".join(told.text for told in summary.brief)
    body = [
        *(_alert(text) for text in alert_lines(report.alerts)),
        *(_paragraph(told.text) for told in summary.revised),
        f'<h1 style="margin:0 0 12px;font-size:21px;line-height:1.3;{_WRAP}">{title}</h1>',
        _paragraph(brief),
        *picture,
        *_table(summary, look),
        *(part for section in summary.sections for part in _section(section)),
    ]
    inner = "\n".join(body)
    return f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="supported-color-schemes" content="light dark">
<title>{escape(page.title(report))}</title>
<style>
{_dark(look)}
</style>
</head>
<body class="ground" style="margin:0;padding:0;background-color:{_GROUND};color:{_INK};{_FONT}">
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0">
<tr><td align="center" style="padding:16px 12px">
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0"\
 style="max-width:640px">
<tr><td class="ink" align="left" style="color:{_INK};{_FONT};font-size:15px;line-height:1.45">
{inner}
</td></tr>
</table>
</td></tr>
</table>
</body>
</html>
"""


def _dark(look: RenderOptions) -> str:
    """The colours of a dark screen, over the inline ones."""
    up, down = _COLOURS[look.palette]
    return f""":root {{ color-scheme: light dark; supported-color-schemes: light dark; }}
@media (prefers-color-scheme: dark) {{
  .ground {{ background-color: #161616 !important; }}
  .ink {{ color: #e8e8e8 !important; }}
  .faint {{ color: #ababab !important; }}
  .rule {{ border-color: #3d3d3d !important; }}
  .up {{ color: {up[1]} !important; }}
  .down {{ color: {down[1]} !important; }}
{_dark_picture(look)}}}"""


def _dark_picture(look: RenderOptions) -> str:
    if not look.pictures:
        return ""
    from marketmove.render.palettes import DARK, PICTURES

    colours = PICTURES[look.palette].named_in_the_dark | {"ink": DARK["ink"]}
    told = " ".join(f"--{name}: {colour};" for name, colour in colours.items())
    return f"  :root {{ {told} }}\n"


def _picture(summary: SummaryReport, look: RenderOptions) -> list[str]:
    """The bars, where they can be drawn; clients that know no SVG show the table alone."""
    if not look.pictures:
        return []
    from marketmove.render.pictures.inline import bars

    try:
        drawn = bars(summary.session, look.palette)
    except (ImportError, OSError) as error:
        # The summary is worth more than its picture.
        return [_paragraph(f"The picture could not be drawn: {error}")]
    if not drawn.svg:
        return []
    rest = words.count(drawn.left_out, "index", "indices")
    between = f"{rest} between the highest and the lowest not drawn"
    return [
        f'<div style="max-width:{_PICTURE}px;margin:14px 0">\n{drawn.svg}</div>',
        *([_paragraph(between)] if drawn.left_out else []),
    ]


def _alert(text: str) -> str:
    style = f"margin:0 0 10px;padding:0 0 0 10px;border-left:4px solid;{_WRAP}"
    return f'<p class="ink" style="{style};color:{_INK}"><b>Alert:</b> {escape(text)}</p>'


def _paragraph(text: str) -> str:
    return f'<p style="margin:0 0 10px;{_WRAP}">{escape(text)}</p>'


def _table(summary: SummaryReport, look: RenderOptions) -> list[str]:
    """The moves: a row an index, the level and the change in points under its name."""
    regions = by_region(summary)
    if not regions:
        return []
    style = "margin:8px 0 6px;border-collapse:collapse;font-size:14px"
    lines = [
        f'<table width="100%" cellpadding="0" cellspacing="0" border="0" style="{style}">',
        _heads(),
    ]
    for region, rows in regions:
        if region:
            lines.append(_region(region))
        lines += [_row(row, look) for row in rows]
    lines.append("</table>")
    return lines + [_paragraph(text) for text in page.rows_left_out(summary.left_out)]


def _heads() -> str:
    cells = "".join(
        f'<th scope="col" class="faint rule" style="color:{_FAINT};font-weight:normal;'
        f'border-bottom:1px solid {_RULE};{side};padding:4px 0 4px {gap}px">{escape(head)}</th>'
        for head, side, gap in (
            (f"{HEADS.name}, close", "text-align:left", 0),
            *((head, _FIGURE, 10) for head in (HEADS.percent, HEADS.week, HEADS.year)),
        )
    )
    return f"<tr>{cells}</tr>"


def _region(name: str) -> str:
    return (
        '<tr><th colspan="4" scope="colgroup" class="ink" style="text-align:left;'
        f'padding:12px 0 2px;font-weight:bold;color:{_INK};{_WRAP}">{escape(words.visible(name))}'
        "</th></tr>"
    )


def _row(row: SummaryRow, look: RenderOptions) -> str:
    session = f"{row.session}: " if row.session else ""
    name = (
        f'<td class="ink rule" style="color:{_INK};border-bottom:1px solid {_RULE};'
        f'vertical-align:top;padding:5px 0;{_WRAP}">{escape(row.name)}<br>'
        f'<span class="faint" style="color:{_FAINT};font-size:12px">'
        f"{escape(f'{session}{row.close}')} ({escape(row.points)})</span></td>"
    )
    figures = "".join(_figure(text, look) for text in (row.percent, row.week, row.year))
    return f"<tr>{name}{figures}</tr>"


def _figure(text: str, look: RenderOptions) -> str:
    up, down = _COLOURS[look.palette]
    name, colour = {"+": ("up", up[0]), "−": ("down", down[0])}.get(text[:1], ("ink", _INK))
    return (
        f'<td class="{name} rule" style="color:{colour};border-bottom:1px solid {_RULE};{_FIGURE};'
        f'padding:5px 0 5px 10px">{escape(text)}</td>'
    )


def _section(section: Section) -> list[str]:
    faint = section.code == "about"
    kind, colour, size = ("faint", _FAINT, 13) if faint else ("ink", _INK, 15)
    items = "".join(
        f'<li class="{kind}" style="margin:0 0 6px;color:{colour};{_WRAP}">{escape(told.text)}</li>'
        for told in section.sentences
    )
    return [
        f'<h2 style="margin:18px 0 6px;font-size:16px">{escape(section.head)}</h2>',
        f'<ul style="margin:0;padding:0 0 0 18px;font-size:{size}px">{items}</ul>',
    ]
