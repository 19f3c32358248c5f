"""A summary as one HTML file for mail: tables and inline styles, no scripts, nothing fetched.

Mail clients drop much of CSS, so the layout needs none: one table as wide as the screen, names that
wrap, and the level under the name, so that a row fits a phone. The bars are cells with a background
colour. The style block turns the colours for a dark screen, and gives the level columns of its own
where there is room; where it is dropped, the light ones stay, and the level under the name.
"""

from __future__ import annotations

from html import escape

from marketmove.render import RenderOptions
from marketmove.render.palettes import MAIL
from marketmove.render.summary.table import SummaryRow, by_region, heads, longer, row
from marketmove.reports.records import SessionReport
from marketmove.reports.summary import Section, SummaryReport
from marketmove.wording import session_rows
from marketmove.wording.characters import plain_ascii, visible
from marketmove.wording.session_rows import alert_lines

_INK, _FAINT, _RULE, _GROUND = "#1f1f1f", "#595959", "#d8d8d8", "#ffffff"
# Gmail shows the first 102 kB.
_MOST_BYTES = 100_000
_WIDE_FROM = 600
_FONT = "font-family:-apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif"
# Words stay whole, but for one that is wider than the screen, such as the path of a file.
_WRAP = "overflow-wrap:break-word"
# In lines such a word is not to widen the page; who does not know that takes the first.
_LINE_WRAP = f"{_WRAP};overflow-wrap:anywhere"
_FIGURE = "text-align:right;white-space:nowrap;vertical-align:top"


def as_html(summary: SummaryReport, look: RenderOptions) -> str:
    """Write a summary as one self-contained HTML document; without bars, if they make it too long.

    Mail clients cut what is longer.
    """
    text = _document(summary, look, bars=True)
    if len(text.encode()) > _MOST_BYTES:
        text = _document(summary, look, bars=False)
    return plain_ascii(text) if look.ascii_only else text


def _document(summary: SummaryReport, look: RenderOptions, *, bars: bool) -> str:
    report = summary.session
    title = escape(summary.headline.text)
    brief = " ".join(said.text for said in summary.brief)
    body = [
        *(_paragraph(said.text) for said in summary.revised),
        *(
            f'<p class="ink" style="margin:0 0 10px;padding:0 0 0 10px;border-left:4px solid;'
            f'{_LINE_WRAP};color:{_INK}"><b>Alert:</b> {escape(text)}</p>'
            for text in alert_lines(report.alerts)
        ),
        f'<p class="faint" style="margin:0 0 4px;font-size:13px;color:{_FAINT}">{_day(report)}</p>',
        f'<h1 style="margin:0 0 12px;font-size:21px;line-height:1.3;{_LINE_WRAP}">{title}</h1>',
        _paragraph(brief),
        *_table(summary, look, bars=bars),
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
<title>{escape(session_rows.title(report))}</title>
<style>
{_style(look)}
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


def _day(report: SessionReport) -> str:
    """The session, or the moment, as it stands above the headline."""
    return escape(session_rows.title(report).partition(" · ")[0])


def _style(look: RenderOptions) -> str:
    """The columns of a wide screen and the colours of a dark one, over what is inline."""
    light_up, light_down, up, down = MAIL[look.palette]
    return f"""@media (min-width: {_WIDE_FROM}px) {{
  .wide {{ display: table-cell !important; {_FIGURE.replace(";", "; ")}; padding: 5px 0 5px 10px; }}
  .wide.up {{ color: {light_up}; }}
  .wide.down {{ color: {light_down}; }}
  .beside {{ display: inline !important; }}
  .under {{ display: none !important; }}
}}
:root {{ color-scheme: light dark; supported-color-schemes: light dark; }}
@media (prefers-color-scheme: dark) {{
  .ground {{ background-color: #161616 !important; }}
  .ink {{ color: #e8e8e8 !important; }}
  .faint {{ color: #ababab !important; }}
  .rule {{ border-color: #3d3d3d !important; }}
  .up {{ color: {up} !important; }}
  .down {{ color: {down} !important; }}
  .rise {{ background-color: {up} !important; }}
  .fall {{ background-color: {down} !important; }}
}}"""


def _paragraph(text: str) -> str:
    return f'<p style="margin:0 0 10px;{_LINE_WRAP}">{escape(text)}</p>'


def _table(summary: SummaryReport, look: RenderOptions, *, bars: bool) -> list[str]:
    """The moves: a row an index, the level and the change in points under its name, then a bar."""
    regions = by_region(summary)
    if not regions:
        return []
    report = summary.session
    pcts = [move.change_pct or 0.0 for _, moves in regions for move in moves]
    per_pct = 98 / ((max(0.0, *pcts) - min(0.0, *pcts)) or 1.0)
    zero_at = 1 - min(0.0, *pcts) * per_pct
    style = "margin:8px 0 6px;border-collapse:collapse;font-size:14px"
    lines = [
        f'<table width="100%" cellpadding="0" cellspacing="0" border="0" style="{style}">',
        _heads(heads(report)),
    ]
    beside = len(longer(report))
    for region, moves in regions:
        if region:
            lines.append(
                f'<tr><th colspan="{2 + beside}" scope="colgroup" class="ink"'
                ' style="text-align:left;'
                f'padding:12px 0 2px;font-weight:bold;color:{_INK};{_WRAP}">'
                f"{escape(visible(region))}</th></tr>"
            )
        for move in moves:
            lines.append(_row(row(report, move), look, rule=not bars))
            if bars:
                lines.append(_bar(move.change_pct or 0.0, zero_at, per_pct, look, beside))
    lines.append("</table>")
    return lines + [_paragraph(text) for text in session_rows.rows_left_out(summary.left_out)]


def _heads(above: SummaryRow) -> str:
    """The heads of the columns; those of the level and the points only where there is room."""
    look = f"color:{_FAINT};font-weight:normal;border-bottom:1px solid {_RULE}"
    under = '<span class="under">, close</span>'
    left, right = (
        f"{look};text-align:left;padding:4px 0",
        f"{look};{_FIGURE};padding:4px 0 4px 10px",
    )
    cells = [
        f'<th scope="col" class="faint rule" style="{left}">{escape(above.name)}{under}</th>',
        *(
            f'<th scope="col" class="wide faint rule" style="{look};display:none">{head}</th>'
            for head in (above.close, above.points)
        ),
        *(
            f'<th scope="col" class="faint rule" style="{right}">{escape(head)}</th>'
            for head in (above.percent, *above.periods)
        ),
    ]
    return f"<tr>{''.join(cells)}</tr>"


def _row(row: SummaryRow, look: RenderOptions, *, rule: bool) -> str:
    when = f"{row.session}: " if row.session else ""
    alone = (
        f'<span class="faint beside" style="color:{_FAINT};display:none"> · {escape(row.session)}'
        "</span>"
    )
    under = f";border-bottom:1px solid {_RULE}" if rule else ""
    name = (
        f'<td class="ink rule" style="color:{_INK}{under};'
        f'vertical-align:top;padding:5px 0;{_WRAP}">{escape(row.name)}'
        f'<span class="faint under" style="color:{_FAINT};font-size:12px"><br>'
        f"{escape(f'{when}{row.close}')} ({escape(row.points)})</span>{alone if when else ''}</td>"
    )
    figures = _wide(row.close, under) + _wide(row.points, under)
    figures += "".join(_figure(text, look, under) for text in (row.percent, *row.periods))
    return f"<tr>{name}{figures}</tr>"


def _figure(text: str, look: RenderOptions, under: str) -> str:
    up, down, *_ = MAIL[look.palette]
    kind = _kind(text)
    colour = {"up": up, "down": down}.get(kind, _INK)
    return (
        f'<td class="{kind} rule" style="color:{colour}{under};{_FIGURE};'
        f'padding:5px 0 5px 10px">{escape(text)}</td>'
    )


def _kind(figure: str) -> str:
    return {"+": "up", "−": "down"}.get(figure[:1], "ink")


def _wide(figure: str, under: str) -> str:
    """A cell that only a wide screen shows, and a client that drops the style block does not."""
    return (
        f'<td class="wide rule {_kind(figure)}" style="display:none{under}">{escape(figure)}</td>'
    )


def _bar(pct: float, zero_at: float, per_pct: float, look: RenderOptions, beside: int) -> str:
    """A bar from the line of zero, under the figures.

    It spans the first two columns, which are others on a wide screen. Where zero is, and how long
    1% is, is in percent of the width of the column of bars.
    """
    width = round(abs(pct) * per_pct, 1)
    before = round(zero_at - (width if pct < 0 else 0), 1)
    up, down, *_ = MAIL[look.palette]
    kind, colour = ("fall", down) if pct < 0 else ("rise", up)
    zero = ' style="border-left:1px solid"'
    drawn = f'<td width="{width}%" bgcolor="{colour}" class="{kind}"{"" if pct < 0 else zero}></td>'
    cells = (
        f'<td width="{before}%" height="5"></td>'
        f"{drawn if width else ''}<td{'' if pct > 0 and width else zero}></td>"
    )
    rule = f'class="rule" style="border-bottom:1px solid {_RULE}"'
    rest = f'<td colspan="{beside}" {rule}></td>' if beside else ""
    more = (
        f'<td colspan="2" class="wide rule" style="border-bottom:1px solid {_RULE};display:none">'
    )
    return (
        f'<tr aria-hidden="true"><td colspan="2" {rule}>'
        '<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0">'
        f"<tr>{cells}</tr></table></td>{rest}{more}</td></tr>"
    )


def _section(section: Section) -> list[str]:
    faint = section.code == "about"
    kind, colour, size = ("faint", _FAINT, 13) if faint else ("ink", _INK, 15)
    items = "".join(
        f'<li class="{kind}" style="margin:0 0 6px;color:{colour};{_LINE_WRAP}">'
        f"{escape(said.text)}</li>"
        for said in section.sentences
    )
    return [
        f'<h2 style="margin:18px 0 6px;font-size:16px">{escape(section.head)}</h2>',
        f'<ul style="margin:0;padding:0 0 0 18px;font-size:{size}px">{items}</ul>',
    ]
