"""A summary in blocks without markup, of which each chat makes its own: ``delivery/chats``."""

from __future__ import annotations

from collections.abc import Iterator

from marketmove.delivery.targets import Block
from marketmove.render import RenderOptions
from marketmove.render.summary.table import table_rows
from marketmove.reports.summary import SummaryReport
from marketmove.wording import session_rows
from marketmove.wording.characters import plain_ascii
from marketmove.wording.session_rows import alert_lines


def blocks(summary: SummaryReport, look: RenderOptions) -> tuple[Block, ...]:
    """Give what a chat is told, in its order; the title stands apart."""
    found = _blocks(summary)
    if not look.ascii_only:
        return tuple(found)
    return tuple(Block(kind, tuple(map(plain_ascii, rows))) for kind, rows in found)


def _blocks(summary: SummaryReport) -> Iterator[Block]:
    for said in summary.revised:
        yield Block("text", (said.text,))
    for text in alert_lines(summary.session.alerts):
        yield Block("lead", (f"Alert: {text}",))
    yield Block("lead", (summary.headline.text,))
    yield Block("text", (" ".join(said.text for said in summary.brief),))
    if rows := table_rows(summary):
        yield Block("table", tuple(_stripped(row) for row in rows))
    for text in session_rows.rows_left_out(summary.left_out):
        yield Block("text", (text,))
    for section in summary.sections:
        yield Block("head", (section.head,))
        for said in section.sentences:
            yield Block("item", (said.text,))


def _stripped(row: str) -> str:
    return "\n".join(line.rstrip() for line in row.split("\n"))
