"""What is said of an index that rose, fell, stayed, or has no move: one table of words."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, NamedTuple

from marketmove.wording import currency, numbers
from marketmove.wording.characters import visible

if TYPE_CHECKING:
    from marketmove.moves.breadth import Breadth
    from marketmove.moves.move import Move


class StatusWords(NamedTuple):
    """What is said of one status: wherever it has no word, it does not come up."""

    counted: str = ""  # behind a number of indices
    of_one: str = ""
    of_several: str = ""
    reason: str = ""  # why an index of a session has no move
    in_row: str = ""  # the same beside a row of many sessions
    unchecked: str = ""  # why a published figure cannot be checked


_NO_PRIOR = "no close before it is known"
WORDS = {
    "up": StatusWords("up", "rose", "rose"),
    "down": StatusWords("down", "fell", "fell"),
    "unchanged": StatusWords("unchanged", "was unchanged", "were unchanged"),
    "closed": StatusWords("shut", "was shut", "were shut"),
    "pending": StatusWords(
        "no close yet", "has no close yet", "have no close yet", "no close yet", "no close yet",
        "the closes end before that session",
    ),
    "stale": StatusWords(
        "without a recent close", "has no recent close", "have no recent close",
        unchecked="the closes end before that session",
    ),
    "missing": StatusWords(
        "missing", "is missing", "are missing", "the close is missing, though later ones are there",
        "missing: later closes are there", "the closes lack that session, and have later ones",
    ),
    "unusable": StatusWords("unusable", "is unusable", "are unusable"),
    "doubtful": StatusWords("doubtful", "is doubtful", "are doubtful"),
    "no_rate": StatusWords("without a rate", "has no rate", "have no rate"),
    "other": StatusWords("", "had no move", "had no move"),
    "no_prior": StatusWords("", "", "", _NO_PRIOR, _NO_PRIOR, _NO_PRIOR),
    "unknown": StatusWords(
        reason="no close, and no calendar tells why",
        unchecked="the closes have none for that date, and no calendar tells why",
    ),
    "not_in_data": StatusWords(unchecked="the closes do not have it"),
    "gap": StatusWords(unchecked="the closes lack the session before"),
}  # fmt: skip
# In a cell of a heat map.
SHUT, NO_FIGURE = "shut", "no figure"
# Why a figure is doubtful, in short; the warnings say it whole.
DOUBTS = {
    "shifted": "its dates are a day off",
    "future": "its session has not begun",
    "unfinished": "its session is not over",
    "shut_day": "its exchange was shut",
    "weekend": "a weekend",
    "other_index": "the level of another index",
    "carried_forward": "a close carried forward",
    "outside_range": "outside its own low and high",
    "stray": "a stray row",
    "jump": "on another scale",
}
_NO_SESSION = "its last session is not known, as its exchange or its calendar is not"


def tally(breadth: Breadth) -> str:
    """Count who rose, fell, stayed and has no move."""
    counts = [(getattr(breadth, state), of.counted) for state, of in WORDS.items() if of.counted]
    counts.append((breadth.no_prior + breadth.unknown, "without a move"))
    return " · ".join(f"{number:,} {word}" for number, word in counts if number)


def state(move: Move) -> str:
    """Give the key of what a move is in ``WORDS``, with a verb."""
    if move.doubt:
        return "doubtful"
    if move.change_pct is not None:
        return "up" if move.change_pct > 0 else "down" if move.change_pct < 0 else "unchanged"
    return move.status if WORDS[move.status].of_one else "other"


def shut(closed_for: str | None, reopens: dt.date | None = None) -> str:
    """Say that an exchange had no session, why, and when it has the next."""
    why = f": {visible(closed_for)}" if closed_for else ""
    return f"shut{why}{f', opens again {reopens}' if reopens else ''}"


def reason(move: Move) -> str:
    """Say why an index has no move that counts, and the last close that it has."""
    if move.doubt:
        level = numbers.level(move.close, move.decimals)
        change = numbers.change_percent(move) if move.change_pct else "as before"
        return f"{level}, {change}: {DOUBTS[move.doubt]}"
    if move.status == "no_rate":
        return currency.without_rate(move)
    if move.status == "unusable":
        return f"unusable: {visible(move.source)}"
    if move.status == "stale":
        behind = f"{move.sessions_behind} sessions behind"
        last = numbers.level(move.prior_close, move.decimals)
        return f"{behind}; last {last} on {move.prior_session}"
    if move.status == "no_prior":
        return f"closed at {numbers.level(move.close, move.decimals)}; {WORDS[move.status].reason}"
    if move.status == "closed":
        return shut(move.closed_for, move.reopens)
    known = move.session is not None or move.status != "unknown"
    why = WORDS[move.status].reason if known else _NO_SESSION
    if move.prior_close is None:
        return f"{why}; none before it either" if move.session else why
    return f"{why}; last {numbers.level(move.prior_close, move.decimals)} on {move.prior_session}"
