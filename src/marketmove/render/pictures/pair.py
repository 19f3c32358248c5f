"""One pair through time: the spreads as bars about zero, and the relative strength below them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import numpy.typing as npt

from marketmove.rarity.index_history import LEAST
from marketmove.render.drawings import pair as drawn
from marketmove.render.drawings.heatmap import month_starts
from marketmove.render.palettes import INK, MUTED, PICTURES, RULE, Colours
from marketmove.render.pictures import style
from marketmove.render.pictures.fonts import Lettering
from marketmove.render.pictures.style import BODY, MARGIN, SMALL
from marketmove.reports.records import PairReport
from marketmove.wording import numbers
from marketmove.wording.characters import visible

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Floats = npt.NDArray[np.float64]

_WIDTH, _PANEL, _BETWEEN, _DATES = 7.6, 1.9, 0.3, 0.26
# Bars of so many sessions stand apart.
_APART_UP_TO, _SHARE = 120, 0.7
# Of fewer sessions, bars are no wider than of so many; of more than can be seen, they stand for
# several.
_FEWEST, _MOST_BARS = 20, 600


class _Band(NamedTuple):
    """Between which spreads nine in ten of ``n`` sessions before the latest lie, in pp."""

    low: float
    high: float
    n: int


def drawing(report: PairReport, palette: str) -> style.Drawing:
    """Say and draw one pair."""
    one, other = (visible(index.name) for index in (report.one, report.other))
    title = f"{one} versus {other}"
    band = _band(report)
    text = style.PictureText(
        title, [drawn.period(report), drawn.latest(report)], _footers(report, band)
    )
    return style.Drawing(
        title=f"{title}, {drawn.period(report)}",
        described=f"Two panels. The spread of {one} less {other}: {drawn.latest(report)}."
        f" Their relative strength: {drawn.strength_range(report)}.",
        head=("Session", f"{one} %", f"{other} %", "Spread", "Relative strength"),
        rows=[_figures(row) for row in _rows(report)],
        lines=[*text.above, *text.foot, *style.other_notes(report.notes)],
        texts=[title, *text.above, *text.foot],
        draw=partial(_draw, report, band, text, PICTURES[palette]),
    )


def _footers(report: PairReport, band: _Band | None) -> list[str]:
    lines = []
    # Of how many sessions a bar is the widest, where there are more than can be told apart.
    sizes = drawn.part_sizes(len(report.frame), _MOST_BARS)
    if sizes[-1] > 1:
        each = " or ".join(map(str, sizes))
        lines.append(f"each bar above zero and below it is the widest spread of {each} sessions")
    if band:
        lines.append(
            "shaded: from the 5th to the 95th percentile of the signed spreads of the"
            f" {band.n} sessions before the latest"
        )
    return style.footers(report, f"closing levels · {report.first} to {report.last}", *lines)


def _rows(report: PairReport) -> list[tuple[dt.date, float, float, float]]:
    columns = ("session", "change_pct", "versus_change_pct", "relative_strength")
    return list(zip(*(report.frame[name].tolist() for name in columns), strict=True))


def _figures(row: tuple[dt.date, float, float, float]) -> tuple[str, ...]:
    day, own, versus, strength = row
    moves = (numbers.percent(own), numbers.percent(versus))
    return (str(day), *moves, drawn.spread(own, versus), numbers.level(strength, 2))


def _band(report: PairReport) -> _Band | None:
    """What is usual, by the sessions drawn before the latest; None where they are too few.

    Where bars stand for several sessions each, they would not compare with it.
    """
    before = report.frame["spread_pp"][:-1][-report.window :]
    if len(before) < LEAST or len(report.frame) > _MOST_BARS:
        return None
    low, high = np.percentile(before, [5, 95]).tolist()
    return _Band(low, high, len(before))


def _draw(
    report: PairReport,
    band: _Band | None,
    text: style.PictureText,
    colours: Colours,
    letters: Lettering,
) -> Figure:
    spreads, strengths = report.frame["spread_pp"], report.frame["relative_strength"]
    one, other = (
        letters.text(visible(index.name), visible(index.symbol))
        for index in (report.one, report.other)
    )
    framed = text._replace(title=f"{one} versus {other}").frame(_WIDTH, letters)
    heads = [
        f"Spread: {one} less {other}, in percentage points (pp)",
        f"Relative strength: {one} over {other}, {report.first} = 100",
    ]
    ends = list(_figures(_rows(report)[-1])[-2:])
    marks = _ticks(spreads, style.tick_text, 0.0), _ticks(strengths, _plain, 100.0)
    left = MARGIN + style.widest([text for of in marks for text in of.values()], SMALL) + 0.12
    across = _WIDTH - left - style.widest(ends, BODY) - 0.1 - MARGIN
    broken = [style.wrapped(head, _WIDTH - 2 * MARGIN, BODY) for head in heads]
    tall = [_PANEL + len(lines) * style.line_height(BODY) for lines in broken]
    sheet = framed.around(_WIDTH, sum(tall) + _BETWEEN + _DATES)
    top = framed.above
    panels: list[Axes] = []
    for lines, height in zip(broken, tall, strict=True):
        sheet.lines(MARGIN, top, lines, weight="bold", color=INK)
        axes = sheet.axes(*(left, top + height - _PANEL + 0.08, across, _PANEL - 0.08))
        axes.grid(axis="y", color=RULE, linewidth=0.6)
        axes.set_axisbelow(True)
        axes.set_xticks([])
        panels.append(axes)
        top += height + _BETWEEN
    _spreads(panels[0], spreads, band, colours)
    _strengths(panels[1], strengths)
    for panel, end, value in zip(panels, ends, (spreads[-1], strengths[-1]), strict=True):
        panel.annotate(
            end, (1, float(value)), xycoords=("axes fraction", "data"), xytext=(4, 0),
            textcoords="offset points", va="center", size=BODY, color=INK, annotation_clip=False,
        )  # fmt: skip
    _dates(panels[1], report.frame["session"].tolist(), across)
    return sheet.figure


def _ticks(values: Floats, write: Callable[[float], str], zero: float) -> dict[float, str]:
    """Round numbers from the lowest to the highest value, the base line among them."""
    low, high = min(zero, float(values.min())), max(zero, float(values.max()))
    ticks = style.round_numbers(low, high, 5)
    return {tick: write(tick) for tick in sorted({zero, *ticks})}


def _plain(value: float) -> str:
    return f"{value:,.6g}"


def _spreads(axes: Axes, spreads: Floats, band: _Band | None, colours: Colours) -> None:
    number = len(spreads)
    _range(axes, spreads, 0.0, style.tick_text)
    if band:
        begins = number - 1 - band.n
        box: Any = {"color": RULE, "alpha": 0.55, "linewidth": 0, "zorder": 0.5}
        axes.fill_between([begins, number], band.low, band.high, **box)
    bars = drawn.parts(number, _MOST_BARS)
    share = _SHARE if number <= _APART_UP_TO else 1.0
    # Each bar has a left and a right edge; between bars the height is nothing.
    spare = (1 - share) / 2
    edges = [edge for start, end in bars for edge in (start + spare, end - spare)]
    rises = [max(0.0, spreads[start:end].max()) for start, end in bars]
    falls = [min(0.0, spreads[start:end].min()) for start, end in bars]
    for colour, heights in ((colours.up, rises), (colours.down, falls)):
        steps = np.zeros(2 * len(bars) - 1)
        steps[::2] = heights
        axes.stairs(steps, edges, fill=True, color=colour, linewidth=0, zorder=2)
    axes.axhline(0, color=INK, linewidth=0.8, zorder=3)
    axes.plot(number - 0.5, spreads[-1], "o", color=INK, markersize=3.5, zorder=4, clip_on=False)


def _strengths(axes: Axes, strengths: Floats) -> None:
    _range(axes, strengths, 100.0, _plain)
    middles = np.arange(len(strengths)) + 0.5
    axes.axhline(100, color=MUTED, linewidth=0.8, zorder=1)
    axes.plot(middles, strengths, color=INK, linewidth=1.1, zorder=3)
    axes.plot(middles[-1:], strengths[-1:], "o", color=INK, markersize=3.5, zorder=4, clip_on=False)


def _range(axes: Axes, values: Floats, zero: float, write: Callable[[float], str]) -> None:
    """Give the panel room for all values and the base line, and a little more; and its marks."""
    low, high = min(zero, float(values.min())), max(zero, float(values.max()))
    more = 0.06 * ((high - low) or 1.0)
    axes.set_xlim(min(0, len(values) - _FEWEST), len(values))
    axes.set_ylim(low - (more if low < zero or low == high else 0), high + more)
    ticks = _ticks(values, write, zero)
    axes.set_yticks(list(ticks), list(ticks.values()))


def _dates(axes: Axes, sessions: Sequence[dt.date], across: float) -> None:
    """Name the first session of as many months as there is room for, else the first and last."""
    starts = month_starts(sessions)
    room = int(across / (style.text_width("2025-02", BODY) + 0.15))
    every = next(n for n in (1, 2, 3, 6, 12, 24, 60, 120, 1200) if len(starts) // n < room)
    kept = [n for n in starts if (sessions[n].year * 12 + sessions[n].month - 1) % every == 0]
    labels = [f"{sessions[n]:%Y-%m}" for n in kept]
    if len(kept) < 2:
        ends = sorted({0, len(sessions) - 1})
        apart = (ends[-1] - ends[0]) * across / max(len(sessions), _FEWEST)
        kept = ends if apart > style.text_width("2025-02-14 ", SMALL) else ends[-1:]
        labels = [str(sessions[n]) for n in kept]
    axes.set_xticks([n + 0.5 for n in kept], labels)
    axes.tick_params(axis="x", length=3, color=MUTED, labelsize=SMALL)
