"""What is said of a schedule in comments, and the words of its command: for every scheduler."""

from __future__ import annotations

import datetime as dt
import re
import textwrap
import unicodedata
from collections.abc import Callable, Sequence
from itertools import groupby

from marketmove.errors import WrongUsageError
from marketmove.market.last_close import SchedulePlan

_ONCE = (
    "It prints only news (--once), so nothing on holidays, and remembers what it printed in your"
    " home folder: marketmove journal lists it."
)
ONCE = f"{_ONCE} It names late closes without waiting (--patience 0m)."
_FETCH = (
    "First the closes are fetched; what is not current then is said (--quiet), and the summary"
    " goes out all the same."
)
_DAYS = {-1: " the day before", 0: "", 1: " the day after"}
_WIDTH = 100
# Category: control characters, halves of characters, separators of lines and paragraphs.
_UNWRITABLE = {"Cc", "Cs", "Zl", "Zp"}


def unit(plan: SchedulePlan) -> str:
    """Give a name for files and tasks."""
    return "marketmove-" + re.sub(r"[^A-Za-z0-9_.-]+", "-", plan.group)


def heading(plan: SchedulePlan) -> str:
    """Say what is scheduled."""
    after = f"{plan.after_minutes} minutes after" if plan.after_minutes else "at"
    return f"marketmove: the summary of {whom(plan)}, {after} its last close of the day."


def whom(plan: SchedulePlan) -> str:
    """Name what is summed up."""
    if plan.group == "all":
        return "all indices of your closes" if plan.own else "all indices"
    return f"{plan.group} in your closes" if plan.own else plan.group


def who(plan: SchedulePlan) -> str:
    """Say who closes last."""
    closes = [
        f"{last.exchange} ({' or '.join(f'{time:%H:%M}' for time in last.times)} {last.zone})"
        for last in plan.last
    ]
    by_date = ", depending on the date" if len(closes) > 1 else ""
    return f"Last to close is {' or '.join(closes)}{by_date}"


def when(plan: SchedulePlan) -> str:
    """Say when that is on the clock of the plan."""
    if plan.earliest == plan.latest:
        return f"{_clock(plan.latest)} all year"
    first, last = _clock(plan.earliest), _clock(plan.latest)
    if plan.earliest.days == plan.latest.days:
        first = first[:5]
    return f"between {first} and {last} over the year, of which the latest counts"


def _clock(offset: dt.timedelta) -> str:
    hours, minutes = divmod(offset.seconds // 60, 60)
    return f"{hours:02}:{minutes:02}{_DAYS[offset.days]}"


def gaps(plan: SchedulePlan) -> str:
    """Say what is not counted, or taken for granted."""
    lines = ""
    if plan.final > plan.latest + dt.timedelta(minutes=plan.after_minutes):
        lines += comment(f"It runs once the closes are final: by {_clock(plan.final)}.")
    if plan.unknown:
        lines += comment(
            f"Not counted, since nothing tells when they close: {', '.join(plan.unknown)}."
        )
    if plan.assumed:
        lines += comment(
            f"Taken to have sessions from Monday to Friday: {', '.join(plan.assumed)}."
        )
    return lines


def fetches(plan: SchedulePlan) -> str:
    """Say that closes are fetched first, if they are."""
    return comment(_FETCH) if plan.fetch else ""


def comment(text: str) -> str:
    """Write a comment on lines of a width."""
    marked = textwrap.wrap(
        text,
        _WIDTH,
        initial_indent="# ",
        subsequent_indent="# ",
        break_long_words=False,
        break_on_hyphens=False,
    )
    return "".join(f"{line}\n" for line in marked)


def runs(numbers: Sequence[int], name: Callable[[int], str], joint: str) -> list[str]:
    """Name days, those that follow each other as first and last.

    >>> runs([0, 1, 2, 3, 6], str, "-")
    ['0-3', '6']
    """
    by_run = groupby(enumerate(numbers), key=lambda pair: pair[1] - pair[0])
    runs = [[number for _, number in pairs] for _, pairs in by_run]
    return [
        f"{name(run[0])}{joint}{name(run[-1])}" if len(run) > 1 else name(run[0]) for run in runs
    ]


def writable(words: Sequence[str]) -> Sequence[str]:
    """Refuse words that no line of text can have."""
    for word in words:
        if any(unicodedata.category(character) in _UNWRITABLE for character in word):
            text = f"{word!r} has characters that a line cannot have; rename it"
            raise WrongUsageError.at(None, text)
    return words
