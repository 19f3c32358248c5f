"""What became of closes since a summary of them was last written."""

from __future__ import annotations

from marketmove.delivery.revisions import Revision
from marketmove.reports.summary import Sentence, SentenceFigure
from marketmove.wording import numbers
from marketmove.wording.characters import visible

REPEAT = Sentence(
    "This may be a repeat: an earlier run was ended while the summary was on its way here."
)


def text(revision: Revision) -> str:
    """Say what became of a close, with all its digits."""
    symbol, session, before, after = revision
    what = f"{visible(symbol)} {session}"
    if before is None:
        return f"{what} came in: {numbers.whole_level(after)}"
    if after is None:
        return f"{what} withdrawn: it was {numbers.whole_level(before)}"
    return f"{what} revised from {numbers.whole_level(before)} to {numbers.whole_level(after)}"


def sentence(revision: Revision) -> Sentence:
    """Say the same with the figures that it rests on: the session, the close before and after."""
    symbol, session, before, after = revision
    figures = (("session", session), ("close_before", before), ("close", after))
    return Sentence(
        text(revision), tuple(SentenceFigure(symbol, what, value) for what, value in figures)
    )
