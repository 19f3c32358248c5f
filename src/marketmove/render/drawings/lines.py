"""Rebased lines drawn in a terminal: a row an index, all on one scale and one run of dates."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence

from rich.cells import cell_len

from marketmove.moves.rebased import RebasedLine
from marketmove.render import RenderOptions, layout
from marketmove.render.drawings.bars import USUAL_WIDTH, short
from marketmove.render.drawings.pair import HEIGHTS, parts
from marketmove.render.layout import StyledText
from marketmove.render.palettes import TERMINAL
from marketmove.reports.records import LinesReport
from marketmove.wording import dates, numbers
from marketmove.wording.characters import visible
from marketmove.wording.currency import in_one

_GAP, _FEWEST_CELLS = 2, 12


def lines(report: LinesReport, options: RenderOptions) -> str:
    """Draw each index as a row of blocks with its name before it and its end behind it."""
    width = options.width or USUAL_WIDTH
    colours = TERMINAL[options.palette]
    names = [short(visible(line.name)) for line in report.lines]
    if max(map(len, names)) > width // 3:
        names = [short(visible(line.symbol)) for line in report.lines]
    label = max(map(cell_len, names))
    ends = [end_text(line) for line in report.lines]
    room = width - 2 - label - 2 * _GAP - max(map(len, ends))
    sessions = sorted({day for line in report.lines for day in line.days.tolist()})
    cells = min(max(_FEWEST_CELLS, room), len(sessions))
    low, high = scale(report)
    drawn: list[layout.StyledLine] = []
    for line, name, end in zip(report.lines, names, ends, strict=True):
        blocks = _blocks(sessions, line, cells, low, high)
        padded = " " * (label - cell_len(name))
        drawn.append(
            [
                StyledText(f"  {name}{padded}{' ' * _GAP}{blocks:{cells}}{' ' * _GAP}"),
                StyledText(end, colours.of(line.change_pct)),
            ]
        )
    first, last = str(report.first), str(report.last)
    between = " " * max(1, cells - len(first) - len(last))
    axis = f"{' ' * (2 + label + _GAP)}{first}{between}{last}"
    whole = f"▁ is {numbers.level(low, 2)}, █ {numbers.level(high, 2)}, for all of them"
    footers = [whole, *base_notes(report), *layout.texts_of(report.notes)]
    source = layout.closes_source(report.source, report.bundled)
    return layout.written(
        [
            *layout.title(f"{title(report)} · {period(report)}", source, options),
            [],
            *drawn,
            [StyledText(axis, "dim")],
            [],
            *layout.below(footers, report.warnings, options),
        ],
        options,
    )


def title(report: LinesReport) -> str:
    """Say what is drawn."""
    return f"Index levels{in_one(report.in_currency)}, {report.since} = 100"


def period(report: LinesReport) -> str:
    """Write from which session to which."""
    return f"{dates.day(report.first)} to {dates.day(report.last)}"


def end_text(line: RebasedLine) -> str:
    """Write where a line ends, and what its change is."""
    return f"{numbers.level(float(line.values[-1]), 2)} ({numbers.percent(line.change_pct)})"


def scale(report: LinesReport) -> tuple[float, float]:
    """Give the lowest and the highest of all lines."""
    lows, highs = ([float(end(line.values)) for line in report.lines] for end in (min, max))
    return min(lows), max(highs)


def base_notes(report: LinesReport) -> list[str]:
    """Say which lines begin at another date than was asked for."""
    other = [line for line in report.lines if line.base_session != report.since]
    if len(other) == len(report.lines) and len({line.base_session for line in other}) == 1:
        return [f"100 is the close of {other[0].base_session}"]
    return [f"{visible(line.name)}: 100 is the close of {line.base_session}" for line in other]


def _blocks(
    sessions: Sequence[dt.date], line: RebasedLine, cells: int, low: float, high: float
) -> str:
    """A block for the last close of each part of the sessions; a gap where there is none."""
    found: dict[dt.date, float] = dict(zip(line.days.tolist(), line.values.tolist(), strict=True))
    drawn = []
    for start, end in parts(len(sessions), cells):
        known = [found[day] for day in sessions[start:end] if day in found]
        drawn.append(_block(known[-1] if known else math.nan, low, high))
    return "".join(drawn)


def _block(value: float, low: float, high: float) -> str:
    if math.isnan(value):
        return " "
    if low == high:
        return HEIGHTS[len(HEIGHTS) // 2 - 1]
    return HEIGHTS[min(len(HEIGHTS) - 1, int((value - low) / (high - low) * len(HEIGHTS)))]


def rows(report: LinesReport) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
    """Give the figures of all lines: a row a date, a column an index; the latest last."""
    by_day: dict[dt.date, dict[str, float]] = {}
    for line in report.lines:
        for day, value in zip(line.days.tolist(), line.values.tolist(), strict=True):
            by_day.setdefault(day, {})[line.symbol] = value
    symbols: Sequence[str] = [line.symbol for line in report.lines]
    head = ("Session", *(visible(line.name) for line in report.lines))
    return head, [
        (str(day), *(_cell_text(by_day[day].get(symbol)) for symbol in symbols))
        for day in sorted(by_day)
    ]


def _cell_text(value: float | None) -> str:
    return numbers.NOTHING if value is None else numbers.level(value, 2)
