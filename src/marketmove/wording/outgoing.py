"""What a run would bring where, without doing it."""

from __future__ import annotations

from collections.abc import Sequence

from marketmove.wording import numbers

DRY_RUN = "dry run: nothing is printed, sent, run or recorded"


def would_go(place: str, what: str, *, pieces: int = 1, earlier: int = 0, problem: str = "") -> str:
    """Say what would go to a place.

    Parameters
    ----------
    place
        The name of a target, or of where it is printed.
    what
        The headline or subject; empty where the place has this summary already.
    pieces
        The number of messages it takes.
    earlier
        How many summaries of earlier sessions the place still lacks.
    problem
        Why it could not go there, if that is known.

    Examples
    --------
    >>> would_go("slack://…", "Hang Seng up 3.69%", pieces=2)
    'slack://…: Hang Seng up 3.69% (2 messages)'
    >>> would_go("env:DESK", "", earlier=1)
    'env:DESK: nothing, it has this summary; then 1 summary of earlier sessions'
    """
    if problem:
        return f"{place}: could not be sent: {problem}"
    text = what or "nothing, it has this summary"
    if what and pieces > 1:
        text += f" ({pieces:,} messages)"
    if earlier:
        text += f"; then {numbers.count(earlier, 'summary', 'summaries')} of earlier sessions"
    return f"{place}: {text}"


def would_run(command: Sequence[str]) -> str:
    """Say which command an alert that is met would run."""
    return f"--on-alert: would run {command[0]}"
