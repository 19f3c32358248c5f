"""The lines that run a command at its time: a crontab, or the units of systemd."""

from __future__ import annotations

import datetime as dt
import re
import shlex
import textwrap
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from itertools import groupby

from marketmove.errors import WrongUsageError
from marketmove.market.last_close import SchedulePlan

_WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_ONCE = (
    "It prints only news (--once), so nothing on holidays, and remembers what it printed in your"
    " home folder: marketmove journal lists it."
)
_FETCHES = (
    "First the closes are fetched; what is not current then is said (--quiet), and the summary"
    " goes out all the same."
)
_DAYS = {-1: " the day before", 0: "", 1: " the day after"}
_WIDTH = 100
# Category: control characters, halves of characters, separators of lines and paragraphs.
_UNWRITABLE = {"Cc", "Cs", "Zl", "Zp"}


def cron(plan: SchedulePlan) -> str:
    """Write a line of a crontab, with a comment that says what its time rests on."""
    time, days = plan.starts()
    # Sunday is 0 to cron.
    numbers = sorted((day + 1) % 7 for day in days)
    week = ",".join(_runs(numbers, str, "-"))
    # Cron makes lines of "%" before the shell sees the command, quoted or not.
    command = "; ".join(
        shlex.join(_writable(words)).replace("%", r"\%")
        for words in (plan.fetch, plan.command)
        if words
    )
    why = f"cron knows one clock, {plan.zone}, by which that is {_when(plan)}"
    mail = "What it prints is mailed to the owner of the crontab, or to MAILTO=you@example.org,"
    return (
        f"{_comment(_heading(plan))}{_comment(f'{_who(plan)}; {why}.')}{_gaps(plan)}"
        f"{_fetches(plan)}{_comment(_ONCE)}{_comment(f'{mail} a line above.')}"
        f"{time.minute} {time.hour} * * {week} {command}\n"
    )


def systemd(plan: SchedulePlan) -> str:
    """Write a service and a timer, with comments that say where they go and why that time."""
    time, days = plan.starts()
    week = ",".join(_runs(days, _WEEKDAYS.__getitem__, ".."))
    unit = "marketmove-" + re.sub(r"[^A-Za-z0-9_.-]+", "-", plan.group)
    # What begins with "-" may fail, and the next command is run all the same.
    fetch = f"ExecStart=-{_unit_command(plan.fetch)}\n" if plan.fetch else ""
    command = f"{fetch}ExecStart={_unit_command(plan.command)}"
    title = f"marketmove summary of {plan.group}".replace("%", "%%")
    install = (
        f"Save the two parts under their names, then: systemctl --user daemon-reload &&"
        f" systemctl --user enable --now {unit}.timer. It runs while you are logged in;"
        f" always after loginctl enable-linger. What it prints: journalctl --user -u {unit}. A unit"
        f" of the system wants User= as well: the home folder is that user's."
    )
    return (
        f"{_comment(_heading(plan))}"
        f"{_comment(f'{_who(plan)}; on the clock of {plan.zone} that is {_when(plan)}.')}"
        f"{_gaps(plan)}{_fetches(plan)}{_comment(_ONCE)}{_comment(install)}\n"
        f"# ~/.config/systemd/user/{unit}.service\n"
        f"[Unit]\nDescription={title}\n\n"
        f"[Service]\nType=oneshot\n{command}\n\n"
        f"# ~/.config/systemd/user/{unit}.timer\n"
        f"[Unit]\nDescription={title}, after the last close\n\n"
        f"[Timer]\nOnCalendar={week} {time:%H:%M} {plan.zone}\nPersistent=true\n\n"
        f"[Install]\nWantedBy=timers.target\n"
    )


FORMATS: Mapping[str, Callable[[SchedulePlan], str]] = {"cron": cron, "systemd": systemd}


def _fetches(plan: SchedulePlan) -> str:
    return _comment(_FETCHES) if plan.fetch else ""


def _unit_command(words: Sequence[str]) -> str:
    """A command for ExecStart=, in which "%" and, but in the program, "$" are special."""
    program, *rest = (word.replace("%", "%%") for word in _writable(words))
    return " ".join(map(_quoted, [program, *(word.replace("$", "$$") for word in rest)]))


def _heading(plan: SchedulePlan) -> str:
    after = f"{plan.after_minutes} minutes after" if plan.after_minutes else "at"
    return f"marketmove: the summary of {plan.group}, {after} its last close of the day."


def _who(plan: SchedulePlan) -> str:
    closes = [
        f"{last.exchange} ({' or '.join(f'{time:%H:%M}' for time in last.times)} {last.zone})"
        for last in plan.last
    ]
    by_date = ", depending on the date" if len(closes) > 1 else ""
    return f"Last to close is {' or '.join(closes)}{by_date}"


def _when(plan: SchedulePlan) -> str:
    if plan.earliest == plan.latest:
        return f"{_clock(plan.latest)} all year"
    first, last = _clock(plan.earliest), _clock(plan.latest)
    if plan.earliest.days == plan.latest.days:
        first = first[:5]
    return f"between {first} and {last} over the year, of which the latest counts"


def _clock(offset: dt.timedelta) -> str:
    hours, minutes = divmod(offset.seconds // 60, 60)
    return f"{hours:02}:{minutes:02}{_DAYS[offset.days]}"


def _gaps(plan: SchedulePlan) -> str:
    lines = ""
    if plan.final > plan.latest + dt.timedelta(minutes=plan.after_minutes):
        lines += _comment(f"It runs once the closes are final: by {_clock(plan.final)}.")
    if plan.unknown:
        lines += _comment(
            f"Not counted, since nothing tells when they close: {', '.join(plan.unknown)}."
        )
    if plan.assumed:
        lines += _comment(
            f"Taken to have sessions from Monday to Friday: {', '.join(plan.assumed)}."
        )
    return lines


def _comment(text: str) -> str:
    marked = textwrap.wrap(
        text,
        _WIDTH,
        initial_indent="# ",
        subsequent_indent="# ",
        break_long_words=False,
        break_on_hyphens=False,
    )
    return "".join(f"{line}\n" for line in marked)


def _runs(numbers: Sequence[int], name: Callable[[int], str], joint: str) -> list[str]:
    """Name days, those that follow each other as first and last.

    >>> _runs([0, 1, 2, 3, 6], str, "-")
    ['0-3', '6']
    """
    by_run = groupby(enumerate(numbers), key=lambda pair: pair[1] - pair[0])
    runs = [[number for _, number in pairs] for _, pairs in by_run]
    return [
        f"{name(run[0])}{joint}{name(run[-1])}" if len(run) > 1 else name(run[0]) for run in runs
    ]


def _quoted(word: str) -> str:
    if re.fullmatch(r"[\w@%$/.:=+,-]+", word):
        return word
    return '"' + word.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _writable(words: Sequence[str]) -> Sequence[str]:
    """Refuse words that no line of text can have."""
    for word in words:
        if any(unicodedata.category(character) in _UNWRITABLE for character in word):
            text = f"{word!r} has characters that a line cannot have; rename it"
            raise WrongUsageError.at(None, text)
    return words
