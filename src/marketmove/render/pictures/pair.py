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
from marketmove.render.palettes import Theme
from marketmove.render.pictures import style
from marketmove.render.pictures.style import BODY, MARGIN, SMALL
from marketmove.reports.records import PairReport
from marketmove.wording import numbers
from marketmove.wording.characters import visible
from marketmove.wording.currency import in_one

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Floats = npt.NDArray[np.float64]

_PANEL, _BETWEEN, _DATES = 1.9, 0.3, 0.26
# Bars of so many sessions stand apart, and one is no wider than a share of the panel.
_APART_UP_TO, _SHARE, _WIDEST = 120, 0.7, 0.1
# Above so many sessions a bar stands for a week, above so many weeks for a month.
_MOST_BARS = 600


class _Band(NamedTuple):
    """Between which spreads nine in ten of ``n`` sessions before the latest lie, in pp."""

    low: float
    high: float
    n: int


def drawing(report: PairReport, words: style.PictureWords) -> style.Drawing:
    """Say and draw one pair."""
    one, other = (visible(index.name) for index in (report.one, report.other))
    title = words.title or f"{one} versus {other}{in_one(report.in_currency)}"
    band, bars = _band(report), _bars(report)
    text = style.PictureText(
        title, [drawn.period(report), drawn.latest(report)], _footers(report, words, band, bars)
    )
    return style.Drawing(
        title=f"{title}, {drawn.period(report)}",
        described=" ".join(
            [
                f"Two panels. The spread of {one} less {other}: {drawn.latest(report)}.",
                f"Their relative strength: {drawn.strength_range(report)}.",
                *style.sentences(text.foot),
            ]
        ),
        head=("Session", f"{one} %", f"{other} %", "Spread", "Relative strength"),
        rows=[_figures(row) for row in _rows(report)],
        lines=style.other_notes(report.notes),
        texts=[title, one, other, *text.above, *text.foot],
        draw=partial(_draw, report, band, bars, text),
        folded=True,
    )


class _Bars(NamedTuple):
    """From which to before which session each bar is, and what it stands for."""

    parts: list[tuple[int, int]]
    of: str


def _bars(report: PairReport) -> _Bars:
    """A bar a session; where those are too many to be told apart, a bar a week or a month."""
    sessions = report.frame["session"].tolist()
    if len(sessions) <= _MOST_BARS:
        return _Bars([(n, n + 1) for n in range(len(sessions))], "session")
    weeks = _runs([day.isocalendar()[:2] for day in sessions])
    if len(weeks) <= _MOST_BARS:
        return _Bars(weeks, "week")
    return _Bars(_runs([(day.year, day.month) for day in sessions]), "month")


def _runs(keys: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    starts = [n for n in range(len(keys)) if not n or keys[n] != keys[n - 1]]
    return list(zip(starts, [*starts[1:], len(keys)], strict=True))


def _footers(
    report: PairReport, words: style.PictureWords, band: _Band | None, bars: _Bars
) -> list[str]:
    lines = []
    if bars.of != "session":
        lines.append(f"Bars: the widest spreads of each {bars.of}, above zero and below it")
    if band:
        lines.append(
            "Shaded: from the 5th to the 95th percentile of the signed spreads of the"
            f" {band.n} sessions before the latest"
        )
    return style.footers(report, words, "closing levels", *lines)


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
    bars: _Bars,
    text: style.PictureText,
    surface: style.Surface,
) -> Figure:
    spreads, strengths = report.frame["spread_pp"], report.frame["relative_strength"]
    one, other = (
        surface.letters.text(visible(index.name), visible(index.symbol))
        for index in (report.one, report.other)
    )
    width, theme = surface.width, surface.theme
    framed = text.frame(surface)
    heads = [
        f"Spread: {one} less {other}, in percentage points (pp)",
        f"Relative strength: {one} over {other}, {report.first} = 100",
    ]
    ends = list(_figures(_rows(report)[-1])[-2:])
    marks = _ticks(spreads, style.tick_text, 0.0), _ticks(strengths, _plain, 100.0)
    left = MARGIN + style.widest([text for of in marks for text in of.values()], SMALL) + 0.12
    across = width - left - style.widest(ends, BODY) - 0.1 - MARGIN
    broken = [style.wrapped(head, (width - 2 * MARGIN) / 1.15, BODY) for head in heads]
    tall = [_PANEL + len(lines) * style.line_height(BODY) for lines in broken]
    sheet = framed.around(surface, sum(tall) + _BETWEEN + 2 * _DATES)
    top = framed.above
    panels: list[Axes] = []
    days = report.frame["session"].tolist()
    for lines, height in zip(broken, tall, strict=True):
        sheet.lines(MARGIN, top, lines, weight="bold")
        axes = sheet.axes(*(left, top + height - _PANEL + 0.08, across, _PANEL - 0.08))
        axes.grid(axis="y", color=theme.rule, linewidth=0.6)
        axes.set_axisbelow(True)
        _dates(axes, days, across, theme)
        panels.append(axes)
        top += height + _DATES + _BETWEEN
    _spreads(panels[0], spreads, band, bars, theme)
    _strengths(panels[1], strengths, theme)
    for panel, end, value in zip(panels, ends, (spreads[-1], strengths[-1]), strict=True):
        panel.annotate(
            end, (1, float(value)), xycoords=("axes fraction", "data"), xytext=(4, 0),
            textcoords="offset points", va="center", size=BODY, color=theme.ink,
            annotation_clip=False,
        )  # fmt: skip
    return sheet.figure


def _ticks(values: Floats, write: Callable[[float], str], zero: float) -> dict[float, str]:
    """Round numbers from the lowest to the highest value, the base line among them."""
    low, high = min(zero, float(values.min())), max(zero, float(values.max()))
    ticks = style.round_numbers(low, high, 5)
    return {tick: write(tick) for tick in sorted({zero, *ticks})}


def _plain(value: float) -> str:
    return f"{value:,.6g}"


def _spreads(axes: Axes, spreads: Floats, band: _Band | None, bars: _Bars, theme: Theme) -> None:
    number = len(spreads)
    _range(axes, spreads, 0.0, style.tick_text)
    if band:
        _shade(axes, band, number, theme)
    share = _SHARE if len(bars.parts) <= _APART_UP_TO else 1.0
    # Each bar has a left and a right edge; between bars the height is nothing.
    widths = [min(share * (end - start), _WIDEST * number) for start, end in bars.parts]
    edges = [
        edge
        for (start, end), width in zip(bars.parts, widths, strict=True)
        for edge in ((start + end - width) / 2, (start + end + width) / 2)
    ]
    rises = [max(0.0, spreads[start:end].max()) for start, end in bars.parts]
    falls = [min(0.0, spreads[start:end].min()) for start, end in bars.parts]
    for colour, heights in ((theme.up, rises), (theme.down, falls)):
        steps = np.zeros(2 * len(heights) - 1)
        steps[::2] = heights
        axes.stairs(steps, edges, fill=True, color=colour, linewidth=0, zorder=2)
    ink = theme.ink
    axes.axhline(0, color=ink, linewidth=0.8, zorder=3)
    axes.plot(number - 0.5, spreads[-1], "o", color=ink, markersize=3.5, zorder=4, clip_on=False)


def _shade(axes: Axes, band: _Band, number: int, theme: Theme) -> None:
    """Shade what is usual, with its name where it begins."""
    begins = number - 1 - band.n
    box: Any = {"color": theme.rule, "alpha": 0.55, "linewidth": 0, "zorder": 0.5}
    axes.fill_between([begins, number], band.low, band.high, **box)
    axes.annotate(
        "nine in ten sessions", (max(begins, 0), band.high), xytext=(2, 1), va="bottom",
        textcoords="offset points", size=SMALL, color=theme.muted, zorder=5,
        bbox={"fc": theme.paper, "ec": "none", "pad": 0.4, "alpha": 0.8},
    )  # fmt: skip


def _strengths(axes: Axes, strengths: Floats, theme: Theme) -> None:
    ink = theme.ink
    _range(axes, strengths, 100.0, _plain)
    middles = np.arange(len(strengths)) + 0.5
    axes.axhline(100, color=theme.muted, linewidth=0.8, zorder=1)
    axes.plot(middles, strengths, color=ink, linewidth=1.1, zorder=3)
    axes.plot(middles[-1:], strengths[-1:], "o", color=ink, markersize=3.5, zorder=4, clip_on=False)


def _range(axes: Axes, values: Floats, zero: float, write: Callable[[float], str]) -> None:
    """Give the panel room for all values and the base line, and a little more; and its marks."""
    low, high = min(zero, float(values.min())), max(zero, float(values.max()))
    more = 0.06 * ((high - low) or 1.0)
    axes.set_xlim(0, len(values))
    axes.set_ylim(low - (more if low < zero or low == high else 0), high + more)
    ticks = _ticks(values, write, zero)
    axes.set_yticks(list(ticks), list(ticks.values()))


def _dates(axes: Axes, sessions: Sequence[dt.date], across: float, theme: Theme) -> None:
    """Name the first session of as many months as there is room for, else the first and last."""
    starts = month_starts(sessions)
    room = int(across / (style.text_width("2025-02", BODY) + 0.15))
    every = next(n for n in (1, 2, 3, 6, 12, 24, 60, 120, 1200) if len(starts) // n < room)
    kept = [n for n in starts if (sessions[n].year * 12 + sessions[n].month - 1) % every == 0]
    labels = [f"{sessions[n]:%Y-%m}" for n in kept]
    if len(kept) < 2:
        ends = sorted({0, len(sessions) - 1})
        apart = (ends[-1] - ends[0]) * across / len(sessions)
        kept = ends if apart > style.text_width("2025-02-14 ", SMALL) else ends[-1:]
        labels = [str(sessions[n]) for n in kept]
    axes.set_xticks([n + 0.5 for n in kept], labels)
    axes.tick_params(axis="x", length=3, color=theme.muted, labelsize=SMALL)
