"""Groups for a terminal: aligned columns, as many as it has room for."""

from __future__ import annotations

from collections.abc import Iterable

from marketmove.render import RenderOptions
from marketmove.render.session import (
    FITS,
    PALETTES,
    Fit,
    StyledLine,
    StyledText,
    TextColumn,
    aligned,
    line_width,
)
from marketmove.reports.records import SessionReport
from marketmove.wording import groups

_COLOURED = ("median", "mean", "best", "worst")


def lines(report: SessionReport, look: RenderOptions) -> list[StyledLine]:
    """Give the lines of both tables of groups, with a blank one after each; none if none was."""
    tables = []
    if report.groups:
        tables.append(_roomiest(_group_tables(report, look), look))
    if report.group_spreads:
        steps = [(FITS[0], False), (FITS[1], False), (FITS[1], True)]
        spreads = ((_spread_columns(report, look, bare), fit) for fit, bare in steps)
        tables.append(_roomiest(spreads, look))
    return [line for columns, fit in tables for line in [*aligned(columns, fit), []]]


def _roomiest(
    tables: Iterable[tuple[list[TextColumn], Fit]], look: RenderOptions
) -> tuple[list[TextColumn], Fit]:
    """The first table that the terminal has room for, else the last."""
    for columns, fit in tables:
        if look.width is None or line_width(columns, fit) <= look.width:
            break
    return columns, fit


def _group_tables(
    report: SessionReport, look: RenderOptions
) -> Iterable[tuple[list[TextColumn], Fit]]:
    """The groups with ever less: first as other tables, then without what is wanted least."""
    for fit in FITS[:3]:
        yield _group_columns(report, look, fit), fit
    for n in range(1, len(groups.LEAST_WANTED) + 1):
        yield _group_columns(report, look, fit, groups.LEAST_WANTED[:n]), fit


def _group_columns(
    report: SessionReport, look: RenderOptions, fit: Fit, without: tuple[str, ...] = ()
) -> list[TextColumn]:
    rows = [groups.cells(report, group, fit.symbols) for group in report.groups]
    return [
        TextColumn(
            head.short if fit.symbols else head.text,
            [[StyledText(row[head.kind], _style(head.kind, row[head.kind], look))] for row in rows],
            head.right,
        )
        for head in groups.HEADS
        if head.kind not in without
    ]


def _spread_columns(report: SessionReport, look: RenderOptions, bare: bool) -> list[TextColumn]:
    sides = [groups.group_labels(report, spread, bare) for spread in report.group_spreads]
    spreads = [groups.spreads(report, spread) for spread in report.group_spreads]
    first, _, medians, means = groups.SPREAD_HEADS
    return [
        TextColumn(first, [[StyledText(up, _style("median", up, look))] for up, _ in sides]),
        TextColumn("", [[StyledText("versus", "dim")] for _ in sides]),
        TextColumn("", [[StyledText(down, _style("median", down, look))] for _, down in sides]),
        TextColumn(medians, [[StyledText(median)] for median, _ in spreads], right=True),
        TextColumn(means, [[StyledText(mean)] for _, mean in spreads], right=True),
    ]


def _style(kind: str, text: str, look: RenderOptions) -> str:
    """The colour of the sign that the figure at the end of a cell has."""
    if kind not in _COLOURED:
        return ""
    up, down = PALETTES[look.palette]
    return {"+": up, "−": down}.get(text.split(" ")[-1][:1], "")
