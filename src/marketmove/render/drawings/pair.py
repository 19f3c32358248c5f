"""One pair drawn in a terminal: its spreads above and below zero, and its relative strength."""

from __future__ import annotations

import math
from collections.abc import Sequence

from marketmove.rarity.superlatives import widest_fact
from marketmove.render import RenderOptions, layout
from marketmove.render.drawings.bars import USUAL_WIDTH
from marketmove.render.layout import StyledText
from marketmove.render.palettes import TERMINAL
from marketmove.reports.records import PairReport
from marketmove.wording import dates, numbers
from marketmove.wording.characters import visible
from marketmove.wording.currency import in_one
from marketmove.wording.highlights import widest

HEIGHTS = "▁▂▃▄▅▆▇█"
_LABEL = 10


def pair(report: PairReport, options: RenderOptions) -> str:
    """Draw the spreads and the relative strength of a pair, oldest first."""
    frame = report.frame
    spreads = [float(pp) for pp in frame["spread_pp"]]
    strengths = [float(strength) for strength in frame["relative_strength"]]
    cells = (options.width or USUAL_WIDTH) - _LABEL - 1
    colours = TERMINAL[options.palette]
    one, other = (visible(index.name) for index in (report.one, report.other))
    marked = in_one(report.in_currency)
    rises, falls = _largest(spreads, cells), _largest([-pp for pp in spreads], cells)
    highest = max(*rises, *falls)
    footers = [*_legend(len(frame), cells), latest(report), *layout.texts_of(report.notes)]
    first, last = str(report.first), str(report.last)
    room = min(cells, len(frame)) - len(first) - len(last)
    text = f"{first}{' ' * room}{last}" if room > 0 else f"{first} to {last}"
    lines: list[layout.StyledLine] = [
        [StyledText(f"{one} versus {other}{marked} · {period(report)}", "bold")],
        [StyledText(layout.closes_source(report.source, report.bundled), "bold")],
        [],
        *layout.under_table(f"Spread: {one} less {other}, {spread_range(report)}", "bold", options),
        [StyledText(f"{'  above 0':{_LABEL}}"), StyledText(_blocks(rises, highest), colours.up)],
        [
            StyledText(f"{'  below 0':{_LABEL}}"),
            StyledText(_blocks(falls, highest), colours.down),
        ],
        [],
        *layout.under_table(f"Relative strength: {strength_range(report)}", "bold", options),
        [StyledText(" " * _LABEL), StyledText(spark(strengths, cells))],
        [StyledText(" " * _LABEL + text, "dim")],
        [],
        *layout.below(footers, report.warnings, options),
    ]
    return layout.written(lines, options)


def latest(report: PairReport) -> str:
    """Write the latest spread, and where it can be told how rare it is."""
    last = report.summary.latest
    text = f"latest: {spread(last.change_pct, last.versus_change_pct)} on {dates.day(last.session)}"
    if last.percentile is None:
        return text
    fact = widest_fact(last.session, last.widest_since, last.data_since)
    since = f"; {widest(fact)}" if fact else ""
    return f"{text}; wider than {share(last.percentile)} of the {last.n} before{since}"


def period(report: PairReport) -> str:
    """Write from which session to which."""
    first, last = dates.day(report.first), dates.day(report.last)
    return first if first == last else f"{first} to {last}"


def spread(one_pct: float, other_pct: float) -> str:
    """Write one move less another, from the decimals of both."""
    return numbers.signed_spread(one_pct, other_pct)


def share(pct: float) -> str:
    """Write a share with one decimal; one short of all is never shown as all."""
    return numbers.percent(min(pct, 99.9) if pct < 100 else pct, 1).lstrip("+")


def spread_range(report: PairReport) -> str:
    """Write the lowest and the highest spread."""
    spreads = report.frame["spread_pp"].tolist()
    ends = (report.frame.row(spreads.index(end)) for end in (min(spreads), max(spreads)))
    lowest, highest = (spread(row.change_pct, row.versus_change_pct) for row in ends)
    return f"{lowest} to {highest}"


def strength_range(report: PairReport) -> str:
    """Write the lowest, the highest and the last relative strength, and where it is 100."""
    strengths = report.frame["relative_strength"]
    ends = (strengths.min(), strengths.max(), strengths[-1])
    low, high, last = (numbers.level(float(value), 2) for value in ends)
    return f"{low} to {high}, last {last} ({report.first} is 100)"


def _largest(values: Sequence[float], cells: int) -> list[float]:
    """The largest value of each part; zero where none is above it."""
    return [max(0.0, *values[start:end]) for start, end in parts(len(values), cells)]


def _blocks(values: Sequence[float], highest: float) -> str:
    """Blocks as high as values, all on one scale; a value above zero has one, zero has none."""
    steps = [math.ceil(value / highest * len(HEIGHTS)) if highest else 0 for value in values]
    return "".join(HEIGHTS[step - 1] if step else " " for step in steps)


def _legend(sessions: int, cells: int) -> list[str]:
    sizes = part_sizes(sessions, cells)
    if sizes[-1] == 1:
        return ["a block a session; █ is the widest spread on either side of zero"]
    of = f"{' or '.join(map(str, sizes))} sessions"
    return [
        "█ is the widest spread on either side of zero",
        f"each block is the widest of {of} or, of the relative strength, their mean",
    ]


def spark(values: Sequence[float], cells: int) -> str:
    """Draw a line of at most ``cells`` blocks, the lowest ``▁`` and the highest ``█``.

    Of more ``values`` than ``cells`` each is the mean of its part; nan, as in all of a cell, leaves
    a gap. Those that are all the same stand half high.

    >>> spark([1, 2, 3, 8], 60), spark([1, 3, 5, 7], 2), spark([2, 2], 60)
    ('▁▂▃█', '▁█', '▄▄')
    """
    means = [_mean(values[start:end]) for start, end in parts(len(values), cells)]
    known = [mean for mean in means if not math.isnan(mean)]
    low, high = min(known, default=0.0), max(known, default=0.0)
    return "".join(_block(mean, low, high) for mean in means)


def parts(number: int, cells: int) -> list[tuple[int, int]]:
    """Give where each cell starts and ends: as even as can be, none without a value.

    >>> parts(5, 2), parts(2, 60)
    ([(0, 2), (2, 5)], [(0, 1), (1, 2)])
    """
    cells = max(1, min(cells, number))
    return [(n * number // cells, (n + 1) * number // cells) for n in range(cells if number else 0)]


def part_sizes(number: int, cells: int) -> list[int]:
    """Give how many values a cell may have, the fewest first."""
    return sorted({end - start for start, end in parts(number, cells)})


def _mean(values: Sequence[float]) -> float:
    known = [value for value in values if not math.isnan(value)]
    return math.fsum(known) / len(known) if known else math.nan


def _block(value: float, low: float, high: float) -> str:
    if math.isnan(value):
        return " "
    if low == high:
        return HEIGHTS[len(HEIGHTS) // 2 - 1]
    return HEIGHTS[round((value - low) / (high - low) * (len(HEIGHTS) - 1))]
