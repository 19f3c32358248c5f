"""One session as bars from a zero line, a row an index, in the order of the report."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from marketmove.moves.move import Move
from marketmove.render.drawings.bars import bar_length
from marketmove.render.pictures import style
from marketmove.render.pictures.style import BODY, MARGIN, SMALL
from marketmove.reports.records import SessionReport
from marketmove.wording import dates, numbers, periods, session_rows, statuses
from marketmove.wording.currency import in_one

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_ROW, _BAR, _AXIS = 0.27, 0.167, 0.42
# Where names stand above their bars, a row is so much higher.
_NAME = 0.19
_GAP, _LONGEST_NAME = 0.12, 3.2
_HEAD = ("Index", "Close", "Prior close", "Change", "Change %", "Without a move")
_X_LABEL = "change from the index's own prior close, in %"
_X_LABEL_OVER = "change from the index's own last close before, in %"


def drawing(report: SessionReport, words: style.PictureWords, everything: bool) -> style.Drawing:
    """Say and draw one session."""
    moves, left_out = session_rows.shown(session_rows.moved(report), everything)
    listed = session_rows.listed_volatility(report) + session_rows.listed_moves(report)
    tally = statuses.tally(report.breadth)
    above = [f"{_when(report)} · {tally}", *session_rows.drawn_pairs(report)]
    title = words.title or _news(report, moves)
    text = style.PictureText(title, above, _footers(report, words, left_out))
    names = [session_rows.name(move) for move in report.moves]
    rows = [(*_figures(move), "") if listed else _figures(move) for move in moves]
    rows += [(session_rows.name(one.move), "", "", "", "", one.text) for one in listed]
    parts = [f"A bar for each index, {tally}."]
    if moves:
        first, last = moves[0], moves[-1]
        parts.append(f"From {_moved(first)} to {_moved(last)}.")
    return style.Drawing(
        title=f"{title} · {_when(report)}",
        described=" ".join([*parts, *style.sentences([*above[1:], *text.foot])]),
        head=_HEAD if listed else _HEAD[:-1],
        rows=rows,
        lines=style.other_notes(report.notes),
        texts=[title, *names, *above, *text.foot, *(one.text for one in listed)],
        draw=partial(_draw, report, moves, listed, text),
        width=7.0,
    )


def _when(report: SessionReport) -> str:
    when = (
        f"Session of {dates.day(report.session)}"
        if report.session
        else f"As of {dates.moment(report.as_of)}"
    )
    when += in_one(report.in_currency)
    if not report.over:
        return when
    return f"{periods.head(report.over)} to the {when[0].lower()}{when[1:]}"


def _news(report: SessionReport, moves: Sequence[Move]) -> str:
    """The first pair asked for or divergent; or where all went one way, who went furthest."""
    by_symbol = {move.symbol: move for move in moves}
    for pair in report.divergences:
        if {pair.up, pair.down} <= by_symbol.keys():
            return f"{_moved(by_symbol[pair.up])} versus {_moved(by_symbol[pair.down])}"
    if not moves:
        return "No index has a move"
    lead = max(moves, key=lambda move: abs(bar_length(move)))
    breadth = report.breadth
    for number, way in ((breadth.up, "up"), (breadth.down, "down")):
        if number > 1 and number == len(session_rows.moved(report)):
            return f"All {number:,} indices {way}, {session_rows.name(lead)} the most: {_pct(lead)}"
    return _moved(lead)


def _pct(move: Move) -> str:
    return numbers.change_percent(move)


def _moved(move: Move) -> str:
    return f"{session_rows.name(move)} {_pct(move)}"


def _footers(report: SessionReport, words: style.PictureWords, left_out: int) -> list[str]:
    lines = []
    if any(move.status == "bound" for move in report.moves):
        lines.append("Hatched: at least the bound that was published, without a figure")
    if left_out:
        rows = numbers.count(left_out, "index", "indices")
        lines.append(f"{rows} in the middle left out; --all draws them")
    basis = {"closes": "closing levels", "published": "figures as published"}[report.basis]
    return style.footers(report, words, basis, *lines)


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
    surface: style.Surface,
) -> Figure:
    width, above_bar = surface.width, surface.is_narrow
    longest = width - 2 * MARGIN if above_bar else min(_LONGEST_NAME, 0.42 * width)
    names = {
        move.symbol: style.index_label(move.name, move.symbol, surface.letters, longest)
        for move in report.moves
    }
    beside = MARGIN + style.widest(list(names.values()), BODY) + _GAP
    left = MARGIN if above_bar else beside
    framed = text.frame(surface)
    reasons = [
        (
            names[one.move.symbol],
            style.wrapped(surface.letters.text(one.text), width - left - MARGIN, SMALL),
        )
        for one in listed
    ]
    row = _ROW + (_NAME if above_bar else 0)
    bars = len(moves) * row
    plot = bars + (_AXIS if moves else 0)
    sheet = framed.around(
        surface, plot + sum(_listed_height(lines, above_bar) for _, lines in reasons)
    )
    if moves:
        x_label = _X_LABEL_OVER if report.over else _X_LABEL
        box = (left, framed.above, width - left - MARGIN, bars)
        _bars(sheet, box, moves, x_label, 1 - _ROW / 2 / row)
        for n, move in enumerate(moves):
            top = framed.above + n * row
            if above_bar:
                ground = {"fc": sheet.theme.paper, "ec": "none", "pad": 0.4}
                sheet.text(MARGIN, top + _NAME / 2 + 0.03, names[move.symbol], bbox=ground)
            else:
                sheet.text(left - _GAP, top + row / 2, names[move.symbol], ha="right")
    _list(sheet, left, framed.above + plot, reasons, above_bar)
    return sheet.figure


def _listed_height(lines: Sequence[str], above: bool) -> float:
    return style.line_height(SMALL) * max(1, len(lines)) + 0.06 + (_NAME if above else 0)


def _list(
    sheet: style.PictureSheet,
    left: float,
    top: float,
    reasons: Sequence[tuple[str, list[str]]],
    above: bool,
) -> None:
    """Name the indices without a move, each with the reason: beside it, or below."""
    muted = sheet.theme.muted
    for name, lines in reasons:
        if above:
            sheet.text(left, top + _NAME / 2, name, color=muted)
        else:
            middle = top + style.line_height(SMALL) / 2
            sheet.text(left - _GAP, middle, name, ha="right", color=muted)
        sheet.lines(left, top + (_NAME if above else 0), lines, size=SMALL, color=muted)
        top += _listed_height(lines, above)


def _bars(
    sheet: style.PictureSheet,
    box: tuple[float, float, float, float],
    moves: Sequence[Move],
    x_label: str,
    middle: float,
) -> None:
    """Draw a bar in each row, ``middle`` of a row down, between round numbers on both sides."""
    theme, axes = sheet.theme, sheet.axes(*box)
    percents = [bar_length(move) for move in moves]
    labels = [_pct(move) for move in moves]
    ticks = _ticks(percents, box[2])
    low, high, inches_a_pct = _scale(percents, labels, ticks, box[2])
    axes.set_xlim(low, high)
    axes.set_ylim(len(moves), 0)
    axes.set_xticks(ticks, list(map(style.tick_text, ticks)), parse_math=False)
    axes.set_yticks([])
    axes.grid(axis="x", color=theme.rule, linewidth=0.6, zorder=0)
    axes.set_axisbelow(True)
    axes.set_xlabel(x_label, size=SMALL, color=theme.muted, labelpad=3)
    gap, tall = 0.05 / inches_a_pct, _BAR * len(moves) / box[3]
    for n, (move, pct, label) in enumerate(zip(moves, percents, labels, strict=True)):
        colour = theme.down if pct < 0 else theme.up
        figure = move.status == "ok" or move.change_pct is not None
        fill: Any = {"color": colour} if figure else {"ec": colour, "fc": "none", "hatch": "////"}
        axes.barh(n + middle, pct, tall, linewidth=0 if figure else 0.8, zorder=2, **fill)
        axes.text(
            pct + (gap if pct >= 0 else -gap), n + middle, label,
            ha="left" if pct >= 0 else "right", va="center_baseline", size=BODY, color=theme.ink,
            parse_math=False, zorder=2, bbox={"fc": theme.paper, "ec": "none", "pad": 0.6},
        )  # fmt: skip
    axes.axvline(0, color=theme.ink, linewidth=0.8, zorder=3)


def _ticks(percents: Sequence[float], width: float) -> list[float]:
    """Round numbers about zero that reach as far as the bars do on both sides."""
    low, high = min([0.0, *percents]), max([0.0, *percents])
    return style.round_numbers_around(low, high, 6 if width > style.NARROW_WIDTH else 3) or [0.0]


def _scale(
    percents: Sequence[float], labels: Sequence[str], ticks: Sequence[float], width: float
) -> tuple[float, float, float]:
    """Where the plot ends on both sides, in percent, and how many inches there are to a percent.

    There is room for the ticks, and for the label beside each bar.
    """
    room = [style.text_width(label, BODY) + 0.1 for label in labels]

    def ends(inches: float) -> tuple[float, float]:
        beside = [
            pct + (room / inches if pct >= 0 else -room / inches)
            for pct, room in zip(percents, room, strict=True)
        ]
        return min([*beside, *ticks]), max([*beside, *ticks])

    # With more inches to a percent labels need fewer percent, so halving finds the most.
    few, many = 0.0, width / ((ticks[-1] - ticks[0]) or 1.0)
    for _ in range(40):
        inches = (few + many) / 2
        low, high = ends(inches)
        few, many = (inches, many) if (high - low) * inches <= width else (few, inches)
    return *ends(few or many), few or many
