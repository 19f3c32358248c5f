"""What is said of an index that rose, fell, stayed, or has no move: one table of words."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from marketmove.wording import numbers
from marketmove.wording.characters import visible

if TYPE_CHECKING:
    from marketmove.moves.breadth import Breadth
    from marketmove.moves.move import Move

# Behind a number of indices.
COUNTED = {
    "up": "up",
    "down": "down",
    "unchanged": "unchanged",
    "closed": "shut",
    "pending": "no close yet",
    "missing": "missing",
}
# Behind one index, and behind several.
VERBS = {
    "up": ("rose", "rose"),
    "down": ("fell", "fell"),
    "unchanged": ("was unchanged", "were unchanged"),
    "closed": ("was shut", "were shut"),
    "pending": ("has no close yet", "have no close yet"),
    "missing": ("is missing", "are missing"),
    "other": ("had no move", "had no move"),
}
REASONS = {
    "no_prior": "no close before it is known",
    "pending": "no close yet",
    "missing": "the close is missing, though later ones are there",
    "unknown": "no close, and no calendar tells why",
}
_NO_SESSION = "its last session is not known, as its exchange or its calendar is not"


def tally(breadth: Breadth) -> str:
    """Count who rose, fell, stayed and has no move."""
    counts = [(getattr(breadth, state), word) for state, word in COUNTED.items()]
    counts.append((breadth.no_prior + breadth.unknown, "without a move"))
    return " · ".join(f"{number:,} {word}" for number, word in counts if number)


def state(move: Move) -> str:
    """Give the key of what a move is in ``VERBS``."""
    if move.change_pct is not None:
        return "up" if move.change_pct > 0 else "down" if move.change_pct < 0 else "unchanged"
    return move.status if move.status in VERBS else "other"


def shut(closed_for: str | None, reopens: dt.date | None = None) -> str:
    """Say that an exchange had no session, why, and when it has the next."""
    why = f": {visible(closed_for)}" if closed_for else ""
    return f"shut{why}{f', opens again {reopens}' if reopens else ''}"


def reason(move: Move) -> str:
    """Say why an index has no move, and the last close that it has."""
    if move.status == "no_prior":
        return f"closed at {numbers.level(move.close, move.decimals)}; {REASONS[move.status]}"
    if move.status == "closed":
        return shut(move.closed_for, move.reopens)
    known = move.session is not None or move.status != "unknown"
    why = REASONS[move.status] if known else _NO_SESSION
    if move.prior_close is None:
        return f"{why}; none before it either" if move.session else why
    return f"{why}; last {numbers.level(move.prior_close, move.decimals)} on {move.prior_session}"
