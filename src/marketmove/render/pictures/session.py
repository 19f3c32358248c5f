"""One session as bars from a zero line, a row an index, in the order of the report."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from marketmove.moves.move import Move
from marketmove.render.drawings.bars import bar_length
from marketmove.render.palettes import INK, MUTED, PAPER, PICTURES, RULE, Colours
from marketmove.render.pictures import style
from marketmove.render.pictures.fonts import Lettering
from marketmove.render.pictures.style import BODY, MARGIN, SMALL
from marketmove.reports.records import SessionReport
from marketmove.wording import dates, numbers, periods, session_rows, statuses
from marketmove.wording.currency import in_one

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_ROW, _BAR, _PLOT, _AXIS = 0.27, 0.62, 4.6, 0.42
_GAP, _LONGEST_NAME, _NARROWEST = 0.12, 3.2, 6.4
_HEAD = ("Index", "Close", "Prior close", "Change", "Change %", "Without a move")
_X_LABEL = "change from the index's own prior close, in %"
_X_LABEL_OVER = "change from the index's own last close before, in %"


def drawing(report: SessionReport, palette: str, everything: bool) -> style.Drawing:
    """Say and draw one session."""
    moves, left_out = session_rows.shown(session_rows.moved(report), everything)
    listed = session_rows.listed_volatility(report) + session_rows.listed_moves(report)
    above = [statuses.tally(report.breadth), *session_rows.widest(report)]
    text = style.PictureText(_title(report), above, _footers(report, left_out))
    names = [session_rows.name(move) for move in report.moves]
    rows = [(*_figures(move), "") if listed else _figures(move) for move in moves]
    rows += [(session_rows.name(one.move), "", "", "", "", one.text) for one in listed]
    parts = [f"A bar for each index, {statuses.tally(report.breadth)}."]
    if moves:
        first, last = moves[0], moves[-1]
        parts.append(
            f"From {session_rows.name(first)} {numbers.change_percent(first)}"
            f" to {session_rows.name(last)} {numbers.change_percent(last)}."
        )
    return style.Drawing(
        title=text.title,
        described=" ".join(parts),
        head=_HEAD if listed else _HEAD[:-1],
        rows=rows,
        lines=[*above, *text.foot, *style.other_notes(report.notes)],
        texts=[text.title, *names, *above, *text.foot, *(one.text for one in listed)],
        draw=partial(_draw, report, moves, listed, text, PICTURES[palette]),
    )


def _title(report: SessionReport) -> str:
    over = in_one(report.in_currency)
    over += f" {periods.inside(report.over)}" if report.over else ""
    if report.session is None:
        return f"Index moves{over} as of {dates.moment(report.as_of)}"
    when = f"{'to' if report.over else 'in'} the session of {dates.day(report.session)}"
    return f"Index moves{over} {when}"


def _footers(report: SessionReport, left_out: int) -> list[str]:
    basis = {"closes": "closing levels", "published": "figures as published"}[report.basis]
    day = f" · session {report.session}" if report.session else ""
    lines = []
    if any(move.status == "bound" for move in report.moves):
        lines.append("hatched: at least the bound that was published, without a figure")
    if left_out:
        rows = numbers.count(left_out, "index", "indices")
        lines.append(f"{rows} in the middle left out; --all draws them")
    return style.footers(report, f"{basis}{day}", *lines)


def _figures(move: Move) -> tuple[str, ...]:
    mark = session_rows.approx(move)
    return (
        session_rows.name(move),
        numbers.level(move.close, move.decimals),
        mark + numbers.level(move.prior_close, move.decimals),
        mark + numbers.points(move.change_pts, move.decimals),
        numbers.change_percent(move),
    )


def _draw(
    report: SessionReport,
    moves: Sequence[Move],
    listed: Sequence[session_rows.ListedMove],
    text: style.PictureText,
    colours: Colours,
    letters: Lettering,
) -> Figure:
    names = {
        move.symbol: style.index_label(move.name, move.symbol, letters, _LONGEST_NAME)
        for move in report.moves
    }
    left = MARGIN + style.widest(list(names.values()), BODY) + _GAP
    width = max(_NARROWEST, left + _PLOT + MARGIN)
    framed = text.frame(width, letters)
    reasons = [
        (
            names[one.move.symbol],
            style.wrapped(letters.text(one.text), width - left - MARGIN, SMALL),
        )
        for one in listed
    ]
    bars = len(moves) * _ROW
    plot = bars + (_AXIS if moves else 0)
    sheet = framed.around(width, plot + sum(_listed_height(lines) for _, lines in reasons))
    if moves:
        x_label = _X_LABEL_OVER if report.over else _X_LABEL
        _bars(sheet, (left, framed.above, width - left - MARGIN, bars), moves, colours, x_label)
        for n, move in enumerate(moves):
            top = framed.above + (n + 0.5) * _ROW
            sheet.text(left - _GAP, top, names[move.symbol], ha="right")
    _list(sheet, left, framed.above + plot, reasons)
    return sheet.figure


def _listed_height(lines: Sequence[str]) -> float:
    return style.line_height(SMALL) * max(1, len(lines)) + 0.06


def _list(
    sheet: style.PictureSheet, left: float, top: float, reasons: Sequence[tuple[str, list[str]]]
) -> None:
    """Name the indices without a move, each with the reason."""
    for name, lines in reasons:
        sheet.text(left - _GAP, top + style.line_height(SMALL) / 2, name, ha="right", color=MUTED)
        sheet.lines(left, top, lines, size=SMALL, color=MUTED)
        top += _listed_height(lines)


def _bars(
    sheet: style.PictureSheet,
    box: tuple[float, float, float, float],
    moves: Sequence[Move],
    colours: Colours,
    x_label: str,
) -> None:
    axes = sheet.axes(*box)
    percents = [bar_length(move) for move in moves]
    labels = [numbers.change_percent(move) for move in moves]
    low, high, inches_a_pct = _scale(percents, labels, box[2])
    axes.set_xlim(low, high)
    axes.set_ylim(len(moves), 0)
    ticks = style.round_numbers(min([0.0, *percents]), max([0.0, *percents]), 6) or [0.0]
    axes.set_xticks(ticks, list(map(style.tick_text, ticks)), parse_math=False)
    axes.set_yticks([])
    axes.grid(axis="x", color=RULE, linewidth=0.6, zorder=0)
    axes.set_axisbelow(True)
    axes.set_xlabel(x_label, size=SMALL, color=MUTED, labelpad=3)
    gap = 0.05 / inches_a_pct
    for n, (move, pct, label) in enumerate(zip(moves, percents, labels, strict=True)):
        colour = colours.down if pct < 0 else colours.up
        figure = move.status == "ok" or move.change_pct is not None
        fill: Any = {"color": colour} if figure else {"ec": colour, "fc": "none", "hatch": "////"}
        axes.barh(n + 0.5, pct, _BAR, linewidth=0 if figure else 0.8, zorder=2, **fill)
        axes.text(
            pct + (gap if pct >= 0 else -gap), n + 0.5, label, ha="left" if pct >= 0 else "right",
            va="center_baseline", size=BODY, color=INK, parse_math=False, zorder=2,
            bbox={"fc": PAPER, "ec": "none", "pad": 0.6},
        )  # fmt: skip
    axes.axvline(0, color=INK, linewidth=0.8, zorder=3)


def _scale(
    percents: Sequence[float], labels: Sequence[str], width: float
) -> tuple[float, float, float]:
    """Where the plot ends on both sides, with room for labels, in percent; and inches a percent."""
    pairs = list(zip(percents, labels, strict=True))
    left = style.widest([label for pct, label in pairs if pct < 0], BODY) + 0.1
    right = style.widest([label for pct, label in pairs if pct >= 0], BODY) + 0.1
    low, high = min([0.0, *percents]), max([0.0, *percents])
    span = (high - low) or 1.0
    inches = (width - left - right) / span
    return low - left / inches, high + right / inches, inches
