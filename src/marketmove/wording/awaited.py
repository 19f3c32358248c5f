"""What a summary lacks, and that an index is gone from the data."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from itertools import groupby

from marketmove.errors import listed
from marketmove.reports.summary import Sentence, SentenceFigure
from marketmove.wording import dates
from marketmove.wording.characters import visible

_MOST = 6


def lacks(closes: Sequence[tuple[str, str, dt.date]]) -> list[Sentence]:
    """Say of which indices, each with symbol, name and session, the close has not come.

    >>> [said.text for said in lacks([("N225", "Nikkei 225", dt.date(2025, 2, 14))])]
    ['Not complete: the close of Nikkei 225 of Fri 14 Feb 2025 has not come.']
    """
    said = []
    for session, group in groupby(sorted(closes, key=lambda one: one[2]), lambda one: one[2]):
        of = [*group]
        who = listed([visible(name) for _, name, _ in of], _MOST)
        what, have = ("close", "has") if len(of) == 1 else ("closes", "have")
        text = f"Not complete: the {what} of {who} of {dates.day(session)} {have} not come."
        figures = tuple(SentenceFigure(symbol, "session", session) for symbol, _, _ in of)
        said.append(Sentence(text, figures))
    return said


def gone(symbol: str, name: str) -> Sentence:
    """Say that an index is no longer in the data.

    >>> gone("HSI", "Hang Seng").text
    'Hang Seng is no longer in the data.'
    """
    return Sentence(
        f"{visible(name)} is no longer in the data.", (SentenceFigure(symbol, "name", name),)
    )


def waits(names: Sequence[str], until: dt.datetime) -> str:
    """Say for what a summary waits, and until when.

    >>> waits(["Nikkei 225"], dt.datetime.fromisoformat("2025-02-14T22:00+01:00"))
    'not sent yet: waits for Nikkei 225 until 22:00 on Fri 14 Feb 2025; --no-complete sends it now'
    """
    who = listed([visible(name) for name in names], _MOST)
    when = f"{until:%H:%M} on {dates.day(until.date())}"
    return f"not sent yet: waits for {who} until {when}; --no-complete sends it now"
