"""A session as Markdown, for chats and wikis: the tables that a terminal shows, without bars."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from marketmove.render import RenderOptions
from marketmove.render.layout import plain, texts_of
from marketmove.reports.records import SessionReport
from marketmove.wording import groups, session_rows
from marketmove.wording.currency import in_one
from marketmove.wording.highlights import HIGHLIGHTS, highlights
from marketmove.wording.session_rows import alert_lines

_SPECIAL = re.compile(r"([\\`*_{}\[\]<>#|~&])")


def as_markdown(report: SessionReport, options: RenderOptions) -> str:
    """Write a session as a heading and tables."""
    rows, left_out = session_rows.shown(session_rows.moved(report), options.everything)
    lines = [f"**Alert:** {_escaped(text)}\n" for text in alert_lines(report.alerts)]
    lines += [f"## {_escaped(session_rows.title(report))}", ""]
    if rows:
        columns = session_rows.columns(report)
        right = [column.right for column in columns]
        cells = [session_rows.cells(report, move) for move in rows]
        lines += _table([column.text for column in columns], right, cells)
    if volatility := session_rows.volatility(report):
        columns = session_rows.columns(report)
        heads = [groups.VOLATILITY, *(column.text for column in columns[1:])]
        cells = [session_rows.cells(report, move) for move in volatility]
        lines += _table(heads, [column.right for column in columns], cells)
    for head, listed in session_rows.by_head(session_rows.listed_moves(report)):
        lines += _table((head, "Why"), (False, False), listed)
    lines += [*_pairs(report), *_groups(report)]
    if found := highlights(report):
        marked = f"{HIGHLIGHTS}{in_one(report.in_currency)}"
        lines += [f"**{marked}:** {_escaped(' · '.join(found))}", ""]
    lines += [f"- {_escaped(footer)}" for footer in session_rows.footers(report, left_out)]
    lines += [f"- **Warning:** {_escaped(warning)}" for warning in texts_of(report.warnings)]
    return plain(lines, options)


def _pairs(report: SessionReport) -> Iterator[str]:
    heads = ["versus", "Spread", *(["Percentile"] if report.contexts else [])]
    for head, pairs in session_rows.pair_tables(report):
        rows = [[row.one, row.other, row.spread, row.percentile][: 1 + len(heads)] for row in pairs]
        yield from _table([head, *heads], (False, False, True, True), rows)


def _groups(report: SessionReport) -> Iterator[str]:
    """The groups asked for, and group against group; nothing if none was."""
    if report.groups:
        rows = [groups.cells(report, group).values() for group in report.groups]
        heads = [head.text for head in groups.HEADS]
        yield from _table(heads, [head.right for head in groups.HEADS], rows)
    if report.group_spreads:
        spreads = [
            [*groups.group_labels(report, spread), *groups.spreads(report, spread)]
            for spread in report.group_spreads
        ]
        yield from _table(groups.SPREAD_HEADS, (False, False, True, True), spreads)


def _table(
    heads: Sequence[str], right: Sequence[bool], rows: Iterable[Iterable[str]]
) -> Iterator[str]:
    """A table, and an empty line; ``right`` tells of each column whether it stands to the right."""
    rules = ["---:" if to_the_right else "---" for to_the_right in right[: len(heads)]]
    for cells in (heads, rules, *([_escaped(cell) for cell in row] for row in rows)):
        yield f"| {' | '.join(cells)} |"
    yield ""


def _escaped(text: str) -> str:
    return _SPECIAL.sub(r"\\\1", text)
