"""What cron and systemd make of a line, by their manuals."""

from __future__ import annotations

import datetime as dt
import re
from zoneinfo import ZoneInfo

EACH_WEEKDAY = dict(zip("0123456", (6, 0, 1, 2, 3, 4, 5), strict=True))


def cron_fields(text: str) -> list[str]:
    """The fields of the crontab's one line: minute, hour, day, month, weekdays, command."""
    (line,) = (line for line in text.splitlines() if not line.startswith("#"))
    return line.split(" ", 5)


def cron_runs(text: str, zone: str, first: dt.date) -> list[dt.datetime]:
    """The moments of a year and a bit at which cron starts the line, on the clock of a zone."""
    minute, hour, day, month, weekdays, _ = cron_fields(text)
    assert (day, month) == ("*", "*")
    dates = (first + dt.timedelta(days=n) for n in range(-3, 372))
    return [
        dt.datetime.combine(date, dt.time(int(hour), int(minute)), ZoneInfo(zone)).astimezone(
            dt.UTC
        )
        for date in dates
        if date.weekday() in _days(weekdays)
    ]


def _days(field: str) -> set[int]:
    """The weekdays of a crontab as Python counts them."""
    found: set[int] = set()
    for part in field.split(","):
        first, _, last = part.partition("-")
        found |= {EACH_WEEKDAY[str(n)] for n in range(int(first), int(last or first) + 1)}
    return found


def unescaped(command: str) -> str:
    """What Debian's cron hands to the shell: a "%" with a backslash is one, another ends it."""
    assert not re.search(r"(?<!\\)%", command)
    return command.replace(r"\%", "%")


def exec_words(text: str) -> list[str]:
    """The words of ``ExecStart=``, by the rules of systemd.service(5)."""
    (line,) = re.findall(r"^ExecStart=(.*)$", text, re.MULTILINE)
    words = re.findall(r'"((?:\\.|[^"\\])*)"|(\S+)', line)
    plain = [re.sub(r"\\(.)", r"\1", quoted) or bare for quoted, bare in words]
    plain = [word.replace("%%", "%") for word in plain]
    return [plain[0], *(word.replace("$$", "$") for word in plain[1:])]
