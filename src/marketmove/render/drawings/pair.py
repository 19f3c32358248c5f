"""One pair drawn in a terminal: its spreads above and below zero, and its relative strength."""

from __future__ import annotations

import math
from collections.abc import Sequence

from marketmove.rarity.superlatives import widest_fact
from marketmove.render import RenderOptions
from marketmove.render.drawings.bars import USUAL_WIDTH, told
from marketmove.render.drawings.sparks import HEIGHTS, parts, spark
from marketmove.render.session import PALETTES, StyledLine, StyledText, under_table, written
from marketmove.reports.records import PairReport
from marketmove.wording import numbers as words
from marketmove.wording.highlights import widest

_LABEL = 10


def pair(report: PairReport, look: RenderOptions) -> str:
    """Draw the spreads and the relative strength of a pair, oldest first."""
    frame = report.frame
    spreads = [float(pp) for pp in frame["spread_pp"]]
    strengths = [float(strength) for strength in frame["relative_strength"]]
    cells = (look.width or USUAL_WIDTH) - _LABEL - 1
    up, down = PALETTES[look.palette]
    one, other = (words.visible(index.name) for index in (report.one, report.other))
    rises, falls = _largest(spreads, cells), _largest([-pp for pp in spreads], cells)
    highest = max(*rises, *falls)
    notes = [words.visible(str(note)) for note in report.notes]
    lines: list[StyledLine] = [
        *_title(report),
        [],
        *under_table(f"Spread: {one} less {other}, {spread_range(report)}", "bold", look),
        [StyledText(f"{'  above 0':{_LABEL}}"), StyledText(_blocks(rises, highest), up)],
        [StyledText(f"{'  below 0':{_LABEL}}"), StyledText(_blocks(falls, highest), down)],
        [],
        *under_table(f"Relative strength: {strength_range(report)}", "bold", look),
        [StyledText(" " * _LABEL), StyledText(spark(strengths, cells))],
        _ends(report, min(cells, len(frame))),
        [],
        *told([*_legend(len(frame), cells), latest(report), *notes], report.warnings, look),
    ]
    return written(lines, look)


def latest(report: PairReport) -> str:
    """Write the latest spread, and where it can be told how rare it is."""
    last = report.summary.latest
    text = f"latest: {spread(last.change_pct, last.versus_change_pct)} on {words.day(last.session)}"
    if last.percentile is None:
        return text
    share = words.percent(min(last.percentile, 99.9 if last.percentile < 100 else 100), 1)
    fact = widest_fact(last.session, last.widest_since, last.data_since)
    since = f"; {widest(fact)}" if fact else ""
    return f"{text}; wider than {share.lstrip('+')} of the {last.n} before{since}"


def period(report: PairReport) -> str:
    """Write from which session to which."""
    first, last = words.day(report.first), words.day(report.last)
    return first if first == last else f"{first} to {last}"


def spread(one_pct: float, other_pct: float) -> str:
    """Write one move less another, from the decimals of both."""
    return words.signed_spread(one_pct, other_pct)


def spread_range(report: PairReport) -> str:
    """Write the lowest and the highest spread."""
    frame = report.frame
    moves = frame[["change_pct", "versus_change_pct"]].to_numpy().tolist()
    lowest, highest = (spread(*moves[at]) for at in _ends_of(frame["spread_pp"].tolist()))
    return f"{lowest} to {highest}"


def _ends_of(values: Sequence[float]) -> tuple[int, int]:
    """Where the lowest and the highest value stand."""
    return values.index(min(values)), values.index(max(values))


def strength_range(report: PairReport) -> str:
    """Write the lowest, the highest and the last relative strength, and where it is 100."""
    low, high, last = (
        words.level(float(value), 2)
        for value in (
            report.frame["relative_strength"].min(),
            report.frame["relative_strength"].max(),
            report.frame["relative_strength"].iloc[-1],
        )
    )
    return f"{low} to {high}, last {last} ({report.first} is 100)"


def _title(report: PairReport) -> list[StyledLine]:
    sample = " (bundled sample)" if report.bundled else ""
    one, other = (words.visible(index.name) for index in (report.one, report.other))
    texts = [
        f"{one} versus {other} · {period(report)}",
        f"closes · {words.visible(report.source)}{sample}",
    ]
    return [[StyledText(text, "bold")] for text in texts]


def _largest(values: Sequence[float], cells: int) -> list[float]:
    """The largest value of each part; zero where none is above it."""
    return [max(0.0, *values[start:end]) for start, end in parts(len(values), cells)]


def _blocks(values: Sequence[float], highest: float) -> str:
    """Blocks as high as values, all on one scale; a value above zero has one, zero has none."""
    steps = [math.ceil(value / highest * len(HEIGHTS)) if highest else 0 for value in values]
    return "".join(HEIGHTS[step - 1] if step else " " for step in steps)


def _ends(report: PairReport, cells: int) -> StyledLine:
    """The first and the last date, below the first and the last block."""
    first, last = str(report.first), str(report.last)
    room = cells - len(first) - len(last)
    text = f"{first}{' ' * room}{last}" if room > 0 else f"{first} to {last}"
    return [StyledText(" " * _LABEL + text, "dim")]


def _legend(sessions: int, cells: int) -> list[str]:
    sizes = sorted({end - start for start, end in parts(sessions, cells)})
    if sizes[-1] == 1:
        return ["a block a session; █ is the widest spread on either side of zero"]
    of = f"{' or '.join(map(str, sizes))} sessions"
    return [
        "█ is the widest spread on either side of zero",
        f"each block is the widest of {of} or, of the relative strength, their mean",
    ]
