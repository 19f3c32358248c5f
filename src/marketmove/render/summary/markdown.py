"""A summary in Markdown, for comments and documents; chats get what ``delivery/chats`` makes.

The moves stand in a block of fixed width, and a head is between single asterisks.
"""

from __future__ import annotations

import re

from marketmove.render import RenderOptions
from marketmove.render.summary.table import table
from marketmove.reports.summary import SummaryReport
from marketmove.wording import session_rows
from marketmove.wording.characters import plain_ascii
from marketmove.wording.session_rows import alert_lines

_SPECIAL = re.compile(
    r"[\\`*\[\]~|]|(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])|^[#+-](?=\s)|^\d+(?=[.)]\s)"
)
# What is taken for the signs themselves, and never for a tag, a mention or an entity; an "&"
# between letters, as in S&P, is none of these.
_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
_TAKEN = re.compile(r"[<>]|&(?!\w)|&(?=#?\w+;)")
_LEAST_FENCE = 3


def as_markdown(summary: SummaryReport, look: RenderOptions) -> str:
    """Write a summary for chats and comments."""
    brief = " ".join(said.text for said in summary.brief)
    lines = [part for said in summary.revised for part in (_escaped(said.text), "")]
    lines += [f"*Alert:* {_escaped(text)}\n" for text in alert_lines(summary.session.alerts)]
    lines += [f"*{_escaped(summary.headline.text)}*", "", _escaped(brief), ""]
    if rows := table(summary):
        runs = map(len, re.findall("`+", "\n".join(rows)))
        fence = "`" * max(_LEAST_FENCE, 1 + max(runs, default=0))
        lines += [fence, *(row.rstrip() for row in rows), fence, ""]
    lines += [_escaped(text) for text in session_rows.rows_left_out(summary.left_out)]
    for section in summary.sections:
        lines += [f"*{section.head}*", ""]
        lines += [f"- {_escaped(said.text)}" for said in section.sentences]
        lines.append("")
    text = "\n".join(lines[:-1]) + "\n"
    return plain_ascii(text) if look.ascii_only else text


def _escaped(text: str) -> str:
    r"""Keep a text from being markup.

    >>> print(_escaped("S&P *500* in my_closes.csv"))
    S&P \*500\* in my_closes.csv
    """
    plain = _TAKEN.sub(lambda found: _ENTITIES[found[0]], text)
    # A number at the beginning of a line would make a list with what is behind it.
    return _SPECIAL.sub(
        lambda found: f"{found[0]}\\" if found[0].isdigit() else f"\\{found[0]}", plain
    )
