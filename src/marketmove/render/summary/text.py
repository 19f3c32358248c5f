"""A summary as people and programs get it: text for mail, Markdown, JSON, HTML."""

from __future__ import annotations

import re

from marketmove.delivery.targets import Block, Message
from marketmove.render import RenderOptions
from marketmove.render.machine import machine_formats
from marketmove.render.summary.blocks import blocks
from marketmove.render.summary.html import as_html
from marketmove.render.summary.markdown import as_markdown
from marketmove.render.summary.table import WIDTH, table, wrapped
from marketmove.reports.summary import SummaryReport, summary_document
from marketmove.wording import session_rows
from marketmove.wording.characters import plain_ascii
from marketmove.wording.session_rows import alert_lines


def as_text(summary: SummaryReport, look: RenderOptions) -> str:
    """Write a summary for mail: no line is longer than 72 columns, and nothing is cut."""
    brief = " ".join(said.text for said in summary.brief)
    alerts = alert_lines(summary.session.alerts)
    # Why it comes again is the first line.
    lines = [line for said in summary.revised for line in wrapped(said.text, WIDTH, "", "  ")]
    lines += [line for text in alerts for line in wrapped(f"Alert: {text}", WIDTH, "", "  ")]
    lines += [""] if lines else []
    lines += [*wrapped(summary.headline.text, WIDTH), "", *wrapped(brief, WIDTH)]
    if rows := table(summary):
        lines += ["", *rows]
    lines += [
        line
        for text in session_rows.rows_left_out(summary.left_out)
        for line in wrapped(text, WIDTH, "  ", "  ")
    ]
    for section in summary.sections:
        lines += ["", section.head]
        for said in section.sentences:
            lines += wrapped(said.text, WIDTH, "  ", "    ")
    text = "\n".join(line.rstrip() for line in lines) + "\n"
    return plain_ascii(text) if look.ascii_only else text


# A name such as @everyone calls all of a chat, whatever stands around it.
_MENTION = re.compile(r"@(?=(?:everyone|here|channel)\b)", re.IGNORECASE)


def message(summary: SummaryReport, output_format: str, look: RenderOptions) -> Message:
    """Write a summary for delivery, in each of the forms that services take."""
    written = {name: FORMATS[name](summary, look) for name in {"text", "html", output_format}}
    people = output_format in {"text", "markdown", "html"}
    body = written[output_format]
    return Message(
        subject=session_rows.subject(summary.session, summary.headline.text),
        title=session_rows.title(summary.session).partition(" · ")[0],
        body=body if output_format == "json" else _MENTION.sub("@\u200b", body),
        body_format=output_format,
        text=written["text"],
        html=written["html"],
        blocks=blocks(summary, look) if people else (Block("code", tuple(body.splitlines())),),
    )


FORMATS = {"text": as_text, "markdown": as_markdown, "html": as_html} | machine_formats(
    summary_document
)
