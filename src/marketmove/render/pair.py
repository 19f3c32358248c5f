"""One pair through time: for people what it comes to, for machines the whole series."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from marketmove.moves.move import exact
from marketmove.rarity.index_history import LEAST, SAME
from marketmove.rarity.superlatives import widest_fact
from marketmove.render import RenderOptions, layout
from marketmove.render.drawings.pair import part_sizes, share, spark, spread, spread_range
from marketmove.render.layout import StyledText
from marketmove.render.machine import machine_formats, records
from marketmove.render.palettes import TERMINAL
from marketmove.reports.records import PAIR_SCHEMA, PairReport
from marketmove.wording import dates, numbers
from marketmove.wording.characters import visible
from marketmove.wording.currency import in_one
from marketmove.wording.highlights import widest

# The columns of CSV, in order; new ones are only ever added at the end.
COLUMNS = (
    "session", "symbol", "versus", "change_pct", "versus_change_pct", "spread_pp", "split",
    "relative_strength", "n", "percentile", "z", "prior_session", "versus_prior_session",
)  # fmt: skip
# What is added in one currency.
FX_COLUMNS = (
    "in_currency", "local_change_pct", "fx_change_pct", "versus_local_change_pct",
    "versus_fx_change_pct",
)  # fmt: skip
_INDENT, _LABEL, _GAP = 2, 19, 2
_CELLS, _FEWEST_CELLS = 60, 10


def document(report: PairReport) -> dict[str, Any]:
    """Give all as plain values, missing as None."""
    summary = report.summary
    value, n, _ = summary.correlation
    return {
        "schema": PAIR_SCHEMA,
        "symbol": report.one.symbol,
        "versus": report.other.symbol,
        "first": report.first,
        "last": report.last,
        "source": report.source,
        **({"in_currency": report.in_currency} if report.in_currency else {}),
        "window": report.window,
        "floor_pct": report.floor_pct,
        "latest": summary.latest,
        "span": summary.span,
        "correlation": {"value": value, "n": n, "reason": _no_correlation(report)},
        "counts": summary.counts,
        "widest": summary.widest,
        "series": list(records(csv_table(report))),
        "warnings": report.warnings,
        "notes": report.notes,
    }


def as_table(report: PairReport, options: RenderOptions) -> str:
    """Write what a pair comes to as text for people."""
    marked = in_one(report.in_currency)
    what = (
        f"{visible(report.one.name)} versus {visible(report.other.name)}{marked}"
        f" · {dates.day(report.first)} to {dates.day(report.last)}"
    )
    footers = layout.below(layout.texts_of(report.notes), report.warnings, options)
    counts = report.summary.counts
    sessions = numbers.count(counts.sessions, "session", "sessions")
    floor = exact(report.floor_pct).normalize()
    opposite = f"{counts.opposite:,} of {sessions} ({share(counts.opposite_pct)})"
    split = f"{counts.split:,} of {sessions} ({share(counts.split_pct)})"
    lines = [
        *layout.title(what, layout.closes_source(report.source, report.bundled), options),
        [],
        *_latest(report, options),
        *_span(report, options),
        *_labelled("Correlation", [[StyledText(_correlation(report))]]),
        *_labelled("Opposite signs", [[StyledText(opposite)]]),
        *_labelled("Divergent", [[StyledText(f"{split}, both moves {floor:f}% or more")]]),
        [],
        *(_sparks(report, options) if len(report.frame) > 1 else ()),
        *_widest(report, options),
        *([[]] if footers else []),
        *footers,
    ]
    return layout.written(lines, options)


def csv_table(report: PairReport) -> list[tuple[Any, ...]]:
    """Give ``COLUMNS``, and under them the cells of each common session; missing as None."""
    frame = report.frame
    names = {"symbol": report.one.symbol, "versus": report.other.symbol}
    shown: tuple[str, ...] = COLUMNS
    if report.in_currency:
        names["in_currency"] = report.in_currency
        shown += FX_COLUMNS
    columns = (
        [names[name]] * len(frame) if name in names else _plain(frame[name].tolist())
        for name in shown
    )
    return [shown, *zip(*columns, strict=True)]


FORMATS = {"table": as_table} | machine_formats(document, csv_table)


def _plain(values: Sequence[Any]) -> list[Any]:
    if isinstance(values[0], dt.date):
        return [*map(str, values)]
    return [None if value != value else value for value in values]


def _labelled(label: str, lines: Sequence[layout.StyledLine]) -> list[layout.StyledLine]:
    heads = [label, *[""] * (len(lines) - 1)]
    return [
        [StyledText(f"{'':{_INDENT}}{head:{_LABEL}}"), *line]
        for head, line in zip(heads, lines, strict=True)
    ]


def _latest(report: PairReport, options: RenderOptions) -> list[layout.StyledLine]:
    latest = report.summary.latest
    text = spread(latest.change_pct, latest.versus_change_pct)
    lines: list[layout.StyledLine] = [
        [StyledText(text, "bold"), StyledText(f" on {dates.day(latest.session)}, arithmetic")],
        _both_moves(report, options, latest.change_pct, latest.versus_change_pct),
        *_made_of(report),
    ]
    if latest.percentile is not None:
        z = (
            "no z: they are all the same"
            if latest.z is None
            else f"z {numbers.points(latest.z, 2)}"
        )
        wider = f"wider than {share(latest.percentile)} of the {latest.n} common sessions before"
        lines += [[StyledText(wider)], [StyledText(z)]]
        if fact := widest_fact(latest.session, latest.widest_since, latest.data_since):
            lines.append([StyledText(widest(fact))])
    return _labelled("Latest spread", lines)


def _made_of(report: PairReport) -> list[layout.StyledLine]:
    """In one currency, what the two and their currencies did in the latest session."""
    if not report.in_currency:
        return []
    last = report.frame.row(-1)
    parts = [
        f"{visible(index.name)} {numbers.percent(local)}, {index.currency} {numbers.percent(fx)}"
        for index, local, fx in (
            (report.one, last.local_change_pct, last.fx_change_pct),
            (report.other, last.versus_local_change_pct, last.versus_fx_change_pct),
        )
    ]
    return [[StyledText(f"of which {'; '.join(parts)}")]]


def _both_moves(
    report: PairReport, options: RenderOptions, one_pct: float, other_pct: float
) -> layout.StyledLine:
    colours = TERMINAL[options.palette]
    return [
        StyledText(f"{visible(report.one.name)} "),
        StyledText(numbers.percent(one_pct), colours.of(one_pct)),
        StyledText(f", {visible(report.other.name)} "),
        StyledText(numbers.percent(other_pct), colours.of(other_pct)),
    ]


def _span(report: PairReport, options: RenderOptions) -> list[layout.StyledLine]:
    span = report.summary.span
    if span.change_pct is None or span.versus_change_pct is None or span.excess_pct is None:
        lines = [[StyledText("one session, so nothing beyond its moves")]]
    else:
        strength = numbers.level(float(report.frame["relative_strength"][-1]), 2)
        lines = [
            [
                StyledText(numbers.percent(span.excess_pct), "bold"),
                StyledText(f" excess, geometric: relative strength {strength}"),
            ],
            _both_moves(report, options, span.change_pct, span.versus_change_pct),
            [StyledText(f"from the closes of {span.first} to those of {span.last}")],
        ]
    return _labelled("Over the span", lines)


def _correlation(report: PairReport) -> str:
    correlation = report.summary.correlation
    if correlation.value is None:
        return f"not given: {_no_correlation(report)}"
    value = numbers.points(correlation.value, 2)
    return f"{value} of the moves of the last {correlation.n} common sessions"


def _no_correlation(report: PairReport) -> str | None:
    """Say why there is no correlation; None where there is one."""
    lacking, n = report.summary.correlation.lacking, report.summary.correlation.n
    if lacking is None:
        return None
    if lacking == "few":
        return f"{numbers.count(n, 'common session', 'common sessions')}, fewer than {LEAST}"
    return {
        "first": f"the moves of {report.one.symbol} do not vary",
        "versus": f"the moves of {report.other.symbol} do not vary",
        "both": "the moves of neither vary",
    }[lacking]


def _sparks(report: PairReport, options: RenderOptions) -> list[layout.StyledLine]:
    """Spread and relative strength as lines of blocks, with their lowest and highest value."""
    frame = report.frame
    strengths = frame["relative_strength"]
    low, high = (numbers.level(float(value), 2) for value in (strengths.min(), strengths.max()))
    drawn = (
        ("Spread", frame["spread_pp"], spread_range(report)),
        ("Relative strength", strengths, f"{low} to {high}"),
    )
    room = _CELLS
    if options.width is not None:
        room = options.width - _INDENT - _LABEL - _GAP - max(len(text) for _, _, text in drawn)
    cells = max(_FEWEST_CELLS, room)
    lines: list[layout.StyledLine] = []
    for label, values, text in drawn:
        blocks = StyledText(spark(values.tolist(), cells))
        lines += _labelled(label, [[blocks, StyledText(" " * _GAP + text)]])
    legend = _labelled("", [[StyledText(text, "dim")] for text in _legend(len(frame), cells)])
    return [*lines, *legend, []]


def _legend(sessions: int, cells: int) -> list[str]:
    """Say what a block stands for."""
    sizes = part_sizes(sessions, cells)
    if sizes[-1] == 1:
        return ["▁ lowest, █ highest; a block a session"]
    means = f"▁ lowest, █ highest; each the mean of {' or '.join(map(str, sizes))} sessions"
    return [means, "the figures beside them are of single sessions"]


def _widest(report: PairReport, options: RenderOptions) -> list[layout.StyledLine]:
    """The widest sessions, in the roomiest table that the terminal has room for."""
    spreads = report.frame["spread_pp"]
    if spreads.max() - spreads.min() > SAME:
        tries = (
            layout.TextTable(_widest_columns(report, options, fit), fit.gap) for fit in layout.FITS
        )
        return layout.roomiest_table(tries, options.width).lines()
    day = report.summary.widest[0]
    text = f"  The spread is {spread(day.change_pct, day.versus_change_pct)} in"
    return [
        [StyledText(f"{text} {numbers.count(len(spreads), 'session', 'sessions')}, all of them")]
    ]


def _widest_columns(
    report: PairReport, options: RenderOptions, fit: layout.Fit
) -> list[layout.TextColumn]:
    days = report.summary.widest
    one, other = (
        visible(index.symbol if fit.symbols else index.name) for index in (report.one, report.other)
    )
    moves = [(day.change_pct, day.versus_change_pct) for day in days]
    by_sign = TERMINAL[options.palette].of_text
    columns = [
        layout.column("Widest sessions", [str(day.session) for day in days]),
        layout.column("Spread", [spread(*both) for both in moves], right=True),
        layout.column(one, [numbers.percent(pct) for pct, _ in moves], by_sign, right=True),
        layout.column(other, [numbers.percent(pct) for _, pct in moves], by_sign, right=True),
    ]
    ranks = [day.percentile for day in days]
    if any(rank is not None for rank in ranks):
        texts = [numbers.NOTHING if rank is None else share(rank).rstrip("%") for rank in ranks]
        columns.append(layout.column("Percentile", texts, right=True))
    return columns
