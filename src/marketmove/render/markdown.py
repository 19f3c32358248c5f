"""A session as Markdown, for chats and wikis: the tables that a terminal shows, without bars."""

from __future__ import annotations

import re

from marketmove.render import RenderOptions
from marketmove.reports.records import SessionReport
from marketmove.wording import groups
from marketmove.wording import numbers as words
from marketmove.wording import session_words as page
from marketmove.wording.highlights import highlights
from marketmove.wording.session_rows import alert_lines

_SPECIAL = re.compile(r"([\\`*_{}\[\]<>#|~&])")


def session(report: SessionReport, look: RenderOptions) -> str:
    """Write a session as a heading and tables."""
    rows, left_out = page.shown(page.moved(report), look.everything)
    alerts = [f"**Alert:** {_escaped(text)}\n" for text in alert_lines(report.alerts)]
    lines = [*alerts, f"## {_escaped(page.title(report))}", ""]
    if rows:
        columns = page.columns(report)
        heads = tuple(column.text for column in columns)
        sides = "".join("r" if column.right else "l" for column in columns)
        lines += _table(heads, sides, [page.cells(report, move) for move in rows])
    if silent := page.without_move(report):
        lines += _table(("Without a move", "Why"), "ll", [list(row) for row in silent])
    for head, pairs in page.pair_tables(report):
        rows_of = [
            [*page.pair_labels(report, pair), words.spread(pair, report.basis == "published")]
            + ([page.percentile(pair)] if report.contexts else [])
            for pair in pairs
        ]
        heads = (head, "versus", "Spread", *(["Percentile"] if report.contexts else []))
        lines += _table(heads, "llrr"[: len(heads)], rows_of)
    lines += _groups(report)
    if told := highlights(report):
        lines += [f"**Highlights:** {_escaped(' · '.join(told))}", ""]
    lines += [f"- {_escaped(footer)}" for footer in page.footers(report, left_out)]
    lines += [f"- **Warning:** {_escaped(words.visible(str(w)))}" for w in report.warnings]
    text = "\n".join(lines) + "\n"
    return words.plain_ascii(text) if look.ascii_only else text


def _groups(report: SessionReport) -> list[str]:
    """The groups asked for, and group against group; nothing if none was."""
    lines: list[str] = []
    if report.groups:
        heads = tuple(head.text for head in groups.HEADS)
        sides = "".join("r" if head.right else "l" for head in groups.HEADS)
        rows = [list(groups.cells(report, group).values()) for group in report.groups]
        lines += _table(heads, sides, rows)
    if report.group_spreads:
        apart = [
            [*groups.group_labels(report, spread), *groups.spreads(report, spread)]
            for spread in report.group_spreads
        ]
        lines += _table(groups.SPREAD_HEADS, "llrr", apart)
    return lines


def _table(heads: tuple[str, ...], sides: str, rows: list[list[str]]) -> list[str]:
    rules = [{"l": "---", "r": "---:"}[side] for side in sides]
    body = [[_escaped(cell) for cell in row] for row in rows]
    return [f"| {' | '.join(cells)} |" for cells in [list(heads), rules, *body]] + [""]


def _escaped(text: str) -> str:
    return _SPECIAL.sub(r"\\\1", text)
