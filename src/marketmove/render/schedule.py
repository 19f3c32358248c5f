"""The lines that run a command at its time: a crontab, units of systemd, and others."""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable, Mapping, Sequence

from marketmove.market.last_close import SchedulePlan
from marketmove.render.schedule_elsewhere import github, launchd, windows
from marketmove.render.schedule_words import (
    ONCE,
    comment,
    fetches,
    gaps,
    heading,
    runs,
    unit,
    when,
    who,
    writable,
)

_WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


def cron(plan: SchedulePlan) -> str:
    """Write a line of a crontab, with a comment that says what its time rests on."""
    time, days = plan.starts()
    # Sunday is 0 to cron.
    numbers = sorted((day + 1) % 7 for day in days)
    week = ",".join(runs(numbers, str, "-"))
    # Cron makes lines of "%" before the shell sees the command, quoted or not.
    command = "; ".join(
        shlex.join(writable(words)).replace("%", r"\%")
        for words in (plan.fetch, plan.command)
        if words
    )
    why = f"cron knows one clock, {plan.zone}, by which that is {when(plan)}"
    mail = "What it prints is mailed to the owner of the crontab, or to MAILTO=you@example.org,"
    return (
        f"{comment(heading(plan))}{comment(f'{who(plan)}; {why}.')}{gaps(plan)}"
        f"{fetches(plan)}{comment(ONCE)}{comment(f'{mail} a line above.')}"
        f"{time.minute} {time.hour} * * {week} {command}\n"
    )


def systemd(plan: SchedulePlan) -> str:
    """Write a service and a timer, with comments that say where they go and why that time."""
    time, days = plan.starts()
    week = ",".join(runs(days, _WEEKDAYS.__getitem__, ".."))
    name = unit(plan)
    # What begins with "-" may fail, and the next command is run all the same.
    fetch = f"ExecStart=-{_unit_command(plan.fetch)}\n" if plan.fetch else ""
    command = f"{fetch}ExecStart={_unit_command(plan.command)}"
    title = f"marketmove summary of {plan.group}".replace("%", "%%")
    install = (
        f"Save the two parts under their names, then: systemctl --user daemon-reload &&"
        f" systemctl --user enable --now {name}.timer. It runs while you are logged in;"
        f" always after loginctl enable-linger. What it prints: journalctl --user -u {name}. A unit"
        f" of the system wants User= as well: the home folder is that user's."
    )
    return (
        f"{comment(heading(plan))}"
        f"{comment(f'{who(plan)}; on the clock of {plan.zone} that is {when(plan)}.')}"
        f"{gaps(plan)}{fetches(plan)}{comment(ONCE)}{comment(install)}\n"
        f"# ~/.config/systemd/user/{name}.service\n"
        f"[Unit]\nDescription={title}\n\n"
        f"[Service]\nType=oneshot\n{command}\n\n"
        f"# ~/.config/systemd/user/{name}.timer\n"
        f"[Unit]\nDescription={title}, after the last close\n\n"
        f"[Timer]\nOnCalendar={week} {time:%H:%M} {plan.zone}\nPersistent=true\n\n"
        f"[Install]\nWantedBy=timers.target\n"
    )


FORMATS: Mapping[str, Callable[[SchedulePlan], str]] = {
    "cron": cron,
    "systemd": systemd,
    "github": github,
    "launchd": launchd,
    "windows": windows,
}


def _unit_command(words: Sequence[str]) -> str:
    """A command for ExecStart=, in which "%" and, but in the program, "$" are special."""
    program, *rest = (word.replace("%", "%%") for word in writable(words))
    return " ".join(map(_quoted, [program, *(word.replace("$", "$$") for word in rest)]))


def _quoted(word: str) -> str:
    if re.fullmatch(r"[\w@%$/.:=+,-]+", word):
        return word
    return '"' + word.replace("\\", "\\\\").replace('"', '\\"') + '"'
