"""One pair for a terminal: the latest spread, what the range came to, and its widest days."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from marketmove.moves.move import exact
from marketmove.rarity.index_history import LEAST, SAME
from marketmove.rarity.superlatives import widest_fact
from marketmove.render import RenderOptions
from marketmove.render.drawings.sparks import parts, spark
from marketmove.render.session import (
    FITS,
    PALETTES,
    StyledLine,
    StyledText,
    TextColumn,
    aligned,
    line_width,
    written,
)
from marketmove.reports.records import PairReport
from marketmove.wording import numbers as words
from marketmove.wording.highlights import widest

_INDENT, _LABEL, _GAP = 2, 19, 2
_CELLS, _FEWEST_CELLS = 60, 10
_DRAWN = ("Spread", "Relative strength")


def pair(report: PairReport, look: RenderOptions) -> str:
    """Write a pair as text for people."""
    warnings = [
        [StyledText(f"  Warning: {words.visible(str(warning))}", "yellow")]
        for warning in report.warnings
    ]
    notes = [[StyledText(f"  {words.visible(str(note))}", "dim")] for note in report.notes]
    lines = [
        *_title(report, look),
        [],
        *_latest(report, look),
        *_span(report, look),
        *_labelled("Correlation", [[StyledText(_correlation(report))]]),
        *_counts(report),
        [],
        *(_sparks(report, look) if len(report.frame) > 1 else ()),
        *_widest(report, look),
        *([[]] if notes or warnings else []),
        *notes,
        *warnings,
    ]
    return written(lines, look)


def no_correlation(report: PairReport) -> str | None:
    """Say why there is no correlation; None where there is one."""
    lacking, n = report.summary.correlation.lacking, report.summary.correlation.n
    if lacking is None:
        return None
    if lacking == "few":
        return f"{words.count(n, 'common session', 'common sessions')}, fewer than {LEAST}"
    still = {
        "first": f"the moves of {report.one.symbol} do",
        "versus": f"the moves of {report.other.symbol} do",
        "both": "the moves of neither",
    }[lacking]
    return f"{still}{'' if lacking == 'both' else ' not'} vary"


def _title(report: PairReport, look: RenderOptions) -> list[StyledLine]:
    """What is shown, on one line where the terminal has room for it, else on two."""
    sample = " (bundled sample)" if report.bundled else ""
    what = (
        f"{words.visible(report.one.name)} versus {words.visible(report.other.name)}"
        f" · {words.day(report.first)} to {words.day(report.last)}"
    )
    source = f"closes · {words.visible(report.source)}{sample}"
    whole = f"{what} · {source}"
    texts = [whole] if look.width is None or len(whole) <= look.width else [what, source]
    return [[StyledText(text, "bold")] for text in texts]


def _labelled(label: str, lines: Sequence[StyledLine]) -> list[StyledLine]:
    heads = [label, *[""] * (len(lines) - 1)]
    return [
        [StyledText(f"{'':{_INDENT}}{head:{_LABEL}}"), *line]
        for head, line in zip(heads, lines, strict=True)
    ]


def _latest(report: PairReport, look: RenderOptions) -> list[StyledLine]:
    latest = report.summary.latest
    spread = _spread(latest.change_pct, latest.versus_change_pct)
    lines: list[StyledLine] = [
        [StyledText(spread, "bold"), StyledText(f" on {words.day(latest.session)}, arithmetic")],
        _sides(report, look, latest.change_pct, latest.versus_change_pct),
    ]
    if latest.percentile is not None:
        z = "no z: they are all the same" if latest.z is None else f"z {words.points(latest.z, 2)}"
        share = f"wider than {_share(latest.percentile)} of the {latest.n} common sessions before"
        lines += [[StyledText(share)], [StyledText(z)]]
        if fact := widest_fact(latest.session, latest.widest_since, latest.data_since):
            lines.append([StyledText(widest(fact))])
    return _labelled("Latest spread", lines)


def _sides(report: PairReport, look: RenderOptions, one: float, other: float) -> StyledLine:
    return [
        StyledText(f"{words.visible(report.one.name)} "),
        StyledText(words.percent(one), _style(one, look)),
        StyledText(f", {words.visible(report.other.name)} "),
        StyledText(words.percent(other), _style(other, look)),
    ]


def _style(pct: float, look: RenderOptions) -> str:
    up, down = PALETTES[look.palette]
    return up if pct > 0 else down if pct < 0 else ""


def _spread(one: float, other: float) -> str:
    return words.signed_spread(one, other)


def _share(pct: float) -> str:
    """Write a share with one decimal; one short of all is never shown as all."""
    shown = words.round_to(exact(pct), 1)
    return f"{min(shown, Decimal('99.9')) if pct < 100 else shown}%"


def _span(report: PairReport, look: RenderOptions) -> list[StyledLine]:
    span = report.summary.span
    if span.change_pct is None or span.versus_change_pct is None or span.excess_pct is None:
        return _labelled(
            "Over the span", [[StyledText("one session, so nothing beyond its moves")]]
        )
    strength = words.level(float(report.frame["relative_strength"].iloc[-1]), 2)
    return _labelled(
        "Over the span",
        [
            [
                StyledText(words.percent(span.excess_pct), "bold"),
                StyledText(f" excess, geometric: relative strength {strength}"),
            ],
            _sides(report, look, span.change_pct, span.versus_change_pct),
            [StyledText(f"from the closes of {span.first} to those of {span.last}")],
        ],
    )


def _correlation(report: PairReport) -> str:
    correlation = report.summary.correlation
    if correlation.value is None:
        return f"not given: {no_correlation(report)}"
    value = words.points(correlation.value, 2)
    return f"{value} of the moves of the last {correlation.n} common sessions"


def _counts(report: PairReport) -> list[StyledLine]:
    counts = report.summary.counts
    sessions = words.count(counts.sessions, "session", "sessions")
    floor = exact(report.floor_pct).normalize()
    opposite = f"{counts.opposite:,} of {sessions} ({_share(counts.opposite_pct)})"
    split = f"{counts.split:,} of {sessions} ({_share(counts.split_pct)})"
    return [
        *_labelled("Opposite signs", [[StyledText(opposite)]]),
        *_labelled("Divergent", [[StyledText(f"{split}, both moves {floor:f}% or more")]]),
    ]


def _sparks(report: PairReport, look: RenderOptions) -> list[StyledLine]:
    """Spread and relative strength as lines of blocks, with their lowest and highest value."""
    frame = report.frame
    spreads, strengths = frame["spread_pp"], frame["relative_strength"]
    moves = frame[["change_pct", "versus_change_pct"]]
    ends = [
        [_spread(*moves.iloc[at].tolist()) for at in (spreads.argmin(), spreads.argmax())],
        [words.level(float(value), 2) for value in (strengths.min(), strengths.max())],
    ]
    told = [f"{low} to {high}" for low, high in ends]
    room = _CELLS
    if look.width is not None:
        room = look.width - _INDENT - _LABEL - _GAP - max(map(len, told))
    cells = max(_FEWEST_CELLS, room)
    lines: list[StyledLine] = []
    for label, values, text in zip(_DRAWN, (spreads, strengths), told, strict=True):
        blocks = StyledText(spark(values.tolist(), cells))
        lines += _labelled(label, [[blocks, StyledText(" " * _GAP + text)]])
    legend = _labelled("", [[StyledText(text, "dim")] for text in _legend(len(frame), cells)])
    return [*lines, *legend, []]


def _legend(sessions: int, cells: int) -> list[str]:
    """Say what a block stands for."""
    sizes = sorted({end - start for start, end in parts(sessions, cells)})
    if sizes[-1] == 1:
        return ["▁ lowest, █ highest; a block a session"]
    means = f"▁ lowest, █ highest; each the mean of {' or '.join(map(str, sizes))} sessions"
    return [means, "the figures beside them are of single sessions"]


def _widest(report: PairReport, look: RenderOptions) -> list[StyledLine]:
    """The widest sessions, in the roomiest table that the terminal has room for."""
    days = report.summary.widest
    spreads = report.frame["spread_pp"]
    if spreads.max() - spreads.min() <= SAME:
        text = f"  The spread is {_spread(days[0].change_pct, days[0].versus_change_pct)} in"
        return [
            [StyledText(f"{text} {words.count(len(spreads), 'session', 'sessions')}, all of them")]
        ]
    for fit in FITS:
        names = [i.symbol if fit.symbols else i.name for i in (report.one, report.other)]
        columns = [
            TextColumn("Widest sessions", [[StyledText(str(day.session))] for day in days]),
            TextColumn(
                "Spread",
                [[StyledText(_spread(day.change_pct, day.versus_change_pct))] for day in days],
                right=True,
            ),
            _moves(names[0], [day.change_pct for day in days], look),
            _moves(names[1], [day.versus_change_pct for day in days], look),
        ]
        if any(day.percentile is not None for day in days):
            ranks = [
                words.NOTHING if day.percentile is None else _share(day.percentile).rstrip("%")
                for day in days
            ]
            columns.append(
                TextColumn("Percentile", [[StyledText(rank)] for rank in ranks], right=True)
            )
        if look.width is None or line_width(columns, fit) <= look.width:
            break
    return aligned(columns, fit)


def _moves(name: str, moves: Sequence[float], look: RenderOptions) -> TextColumn:
    cells: list[StyledLine] = [[StyledText(words.percent(pct), _style(pct, look))] for pct in moves]
    return TextColumn(words.visible(name), cells, right=True)
