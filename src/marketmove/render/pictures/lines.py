"""Rebased lines of several indices, each named at its end; of many, a small panel each."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from marketmove.moves.rebased import START, RebasedLine
from marketmove.render.drawings import lines as drawn
from marketmove.render.palettes import PICTURES, Theme
from marketmove.render.pictures import style
from marketmove.render.pictures.style import BODY, MARGIN, SMALL
from marketmove.reports.records import LinesReport
from marketmove.wording import numbers
from marketmove.wording.characters import visible

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

# So many lines are told apart in one picture.
MOST_TOGETHER = 8
_HEIGHT, _PANEL, _BETWEEN, _DATES = 3.4, 1.15, 0.2, 0.3
_ACROSS, _ACROSS_NARROW, _FEWEST_DATES = 3, 2, 2
# Apart for those who see colours less well, and on light and dark ground alike.
_COLOURS = (
    "#2f7fc1", "#d1621b", "#1a9a72", "#b85c9e", "#8a75d1", "#a88500", "#c4453c", "#6d7a86"
)  # fmt: skip
_STROKES = ("-", "--", ":", "-.")


def drawing(report: LinesReport, words: style.PictureWords) -> style.Drawing:
    """Say and draw the lines of some indices."""
    title = words.title or drawn.title(report)
    head, rows = drawn.rows(report)
    names = [visible(line.name) for line in report.lines]
    ends = [
        f"{name} {drawn.end_text(line)}" for name, line in zip(names, report.lines, strict=True)
    ]
    foot = style.footers(report, words, "closing levels", *drawn.base_notes(report))
    text = style.PictureText(title, [drawn.period(report)], foot)
    each = "A line for each index" if len(names) <= MOST_TOGETHER else "A panel for each index"
    return style.Drawing(
        title=f"{title}, {drawn.period(report)}",
        described=" ".join([f"{each}, at its end: {', '.join(ends)}.", *style.sentences(foot)]),
        head=head,
        rows=rows,
        lines=style.other_notes(report.notes),
        texts=[title, *names, *text.above, *text.foot],
        draw=partial(_draw, report, text),
        folded=True,
    )


def _draw(report: LinesReport, text: style.PictureText, surface: style.Surface) -> Figure:
    framed = text.frame(surface)
    if len(report.lines) <= MOST_TOGETHER:
        return _together(report, framed, surface)
    return _apart(report, framed, surface)


def _together(report: LinesReport, framed: style.Frame, surface: style.Surface) -> Figure:
    """All lines on one sheet, each with its name and its end beside it."""
    theme, letters = surface.theme, surface.letters
    labels = [
        f"{letters.text(visible(line.name), visible(line.symbol))} {_end(line)}"
        for line in report.lines
    ]
    if surface.is_narrow:
        labels = [f"{visible(line.symbol)} {_end(line)}" for line in report.lines]
    ticks = _ticks(report, 6)
    left = MARGIN + style.widest(list(ticks.values()), SMALL) + 0.12
    across = surface.width - left - style.widest(labels, BODY) * 1.08 - 0.15 - MARGIN
    sheet = framed.around(surface, _HEIGHT + _DATES)
    axes = sheet.axes(left, framed.above, across, _HEIGHT)
    _panel(axes, report, ticks, theme)
    _dates(axes, report, across, theme)
    colours = _looks(theme)
    places = _spread_out(
        [float(line.values[-1]) for line in report.lines], *axes.get_ylim(),
        style.line_height(BODY) / _HEIGHT,
    )  # fmt: skip
    for n, (line, label, place) in enumerate(zip(report.lines, labels, places, strict=True)):
        colour, stroke = colours[n % len(colours)]
        _line(axes, line, colour, stroke)
        axes.annotate(
            label, (1, place), xycoords=("axes fraction", "data"), xytext=(6, 0), va="center",
            textcoords="offset points", size=BODY, color=colour, annotation_clip=False,
            parse_math=False, weight="bold",
        )  # fmt: skip
    return sheet.figure


def _apart(report: LinesReport, framed: style.Frame, surface: style.Surface) -> Figure:
    """A panel an index, all on one scale, in rows."""
    theme, letters = surface.theme, surface.letters
    columns = _ACROSS_NARROW if surface.is_narrow else _ACROSS
    count = -(-len(report.lines) // columns)
    ticks = _ticks(report, 3)
    label = style.widest(list(ticks.values()), SMALL) + 0.12
    head = style.line_height(BODY)
    tall = head + _PANEL + _BETWEEN
    sheet = framed.around(surface, count * tall + _DATES)
    whole = surface.width - 2 * MARGIN - label
    across = (whole - (columns - 1) * _BETWEEN) / columns
    for n, line in enumerate(report.lines):
        row, column = divmod(n, columns)
        left = MARGIN + label + column * (across + _BETWEEN)
        top = framed.above + row * tall
        name = letters.text(visible(line.name), visible(line.symbol))
        end = _end(line)
        room = across - style.text_width(f" {end}", BODY) - 0.05
        sheet.lines(left, top, [style.shortened(name, room, BODY)])
        sheet.lines(left + across, top, [end], ha="right", weight="bold")
        axes = sheet.axes(left, top + head + 0.04, across, _PANEL - 0.04)
        _panel(axes, report, ticks if not column else dict.fromkeys(ticks, ""), theme)
        colour = (
            theme.up if line.change_pct > 0 else theme.down if line.change_pct < 0 else theme.ink
        )
        _line(axes, line, colour, "-")
        if n + columns >= len(report.lines):
            _dates(axes, report, across, theme)
        else:
            axes.set_xticks([])
    return sheet.figure


def _end(line: RebasedLine) -> str:
    return numbers.level(float(line.values[-1]), 1)


def _line(axes: Axes, line: RebasedLine, colour: str, stroke: str) -> None:
    days = [day.toordinal() for day in line.days.tolist()]
    axes.plot(days, line.values, color=colour, linestyle=stroke, linewidth=1.4, zorder=3)
    end: Any = {"color": colour, "markersize": 3.5, "zorder": 4, "clip_on": False}
    axes.plot(days[-1:], line.values[-1:], "o", **end)


def _looks(theme: Theme) -> list[tuple[str, str]]:
    """The colour and the stroke of each line; without colours, ink in strokes."""
    plain = PICTURES["none"]
    if theme.up in {plain.up, plain.up_in_the_dark}:
        return [(colour, stroke) for stroke in _STROKES for colour in (theme.ink, theme.muted)]
    return [(colour, "-") for colour in _COLOURS]


def _panel(axes: Axes, report: LinesReport, ticks: dict[float, str], theme: Theme) -> None:
    low, high = drawn.scale(report)
    more = 0.05 * ((high - low) or 1.0)
    axes.set_ylim(low - more, high + more)
    first, last = report.first.toordinal(), report.last.toordinal()
    axes.set_xlim(first, max(last, first + 1))
    axes.set_yticks(list(ticks), list(ticks.values()))
    axes.grid(axis="y", color=theme.rule, linewidth=0.6)
    axes.set_axisbelow(True)
    axes.axhline(START, color=theme.muted, linewidth=0.8, zorder=1)


def _ticks(report: LinesReport, most: int) -> dict[float, str]:
    low, high = drawn.scale(report)
    found = style.round_numbers(low, high, most)
    return {tick: f"{tick:,.6g}" for tick in sorted({START, *found})}


def _spread_out(values: Sequence[float], low: float, high: float, step: float) -> list[float]:
    """Places for labels beside some values: in their order, none over another, all within."""
    gap = step * (high - low)
    order = sorted(range(len(values)), key=lambda n: values[n])
    places = [values[n] for n in order]
    # Those too near to each other share the room about their middle.
    groups = [[place] for place in places]
    merged = True
    while merged:
        merged = False
        for n in range(len(groups) - 1):
            middle, after = (sum(group) / len(group) for group in (groups[n], groups[n + 1]))
            if after - middle < gap * (len(groups[n]) + len(groups[n + 1])) / 2:
                groups[n : n + 2] = [groups[n] + groups[n + 1]]
                merged = True
                break
    found = [0.0] * len(values)
    at = 0
    for group in groups:
        half = gap * (len(group) - 1) / 2
        middle = sum(group) / len(group)
        middle = min(max(middle, low + half), high - half)
        for n in range(len(group)):
            found[order[at]] = middle - half + n * gap
            at += 1
    return found


def _dates(axes: Axes, report: LinesReport, across: float, theme: Theme) -> None:
    """Name as many months or years as there is room for, else the first and the last date."""
    first, last = report.first, report.last
    room = max(1, int(across / (style.text_width("2025-02", BODY) + 0.15)))
    months = (last.year - first.year) * 12 + last.month - first.month
    every = next(n for n in (1, 2, 3, 6, 12, 24, 60, 120, 1200) if months // n < room)
    starts = [
        dt.date(year, month, 1)
        for year in range(first.year, last.year + 1)
        for month in range(1, 13)
        if (year * 12 + month - 1) % every == 0
    ]
    kept = [day for day in starts if first <= day <= last]
    labels = [f"{day:%Y-%m}" for day in kept]
    if len(kept) < _FEWEST_DATES:
        kept, labels = [first, last], [str(first), str(last)]
        if across < style.text_width(f"{first}   {last}", SMALL):
            kept, labels = kept[1:], labels[1:]
    axes.set_xticks([day.toordinal() for day in kept], labels)
    for day, label in zip(kept, axes.get_xticklabels(), strict=True):
        # At an end of the panel a date stands within it.
        label.set_horizontalalignment(
            "left" if day == first else "right" if day == last else "center"
        )
    axes.tick_params(axis="x", length=3, color=theme.muted, labelsize=SMALL)
