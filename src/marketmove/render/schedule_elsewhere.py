"""The lines that run a command at its time where there is no cron: GitHub, macOS, Windows."""

from __future__ import annotations

import json
import plistlib
import re
import shlex
import subprocess
import textwrap
from collections.abc import Sequence

from marketmove.errors import WrongUsageError
from marketmove.market.last_close import SchedulePlan
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
    whom,
    writable,
)

_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_KEPT = ".marketmove"


def github(plan: SchedulePlan) -> str:
    """Write a workflow of GitHub Actions, which knows the zone of the exchange.

    What the program is called, and where its configuration and its journal are, is as in a clone.
    """
    time, days = plan.starts()
    week = ",".join(runs(sorted((day + 1) % 7 for day in days), str, "-"))
    fetch = (
        f"      - run: {_yaml(_in_clone(plan.fetch, 'fetch') + ' || true')}\n" if plan.fetch else ""
    )
    summary = f"{_in_clone(plan.command, 'summary')} --journal {_KEPT}/journal.sqlite"
    page = '--format markdown | tee -a "$GITHUB_STEP_SUMMARY"'
    kept = [_KEPT, *(["~/.local/share/marketmove"] if plan.fetch else [])]
    place = (
        f"Save it as .github/workflows/{unit(plan)}.yml on the default branch, beside your"
        " configuration and what it names. What it prints is on the page of the run; to have it"
        " delivered, say to: env:MARKETMOVE_TO in the configuration, and set a secret of that name."
        " The cache keeps what was out, so that nothing comes twice."
    )
    return (
        f"{comment(heading(plan))}"
        f"{comment(f'{who(plan)}; on the clock of {plan.zone} that is {when(plan)}.')}"
        f"{gaps(plan)}{fetches(plan)}{comment(place)}"
        f"name: {_yaml(f'marketmove summary of {whom(plan)}')}\n"
        f"on:\n"
        f"  schedule:\n"
        f'    - cron: "{time.minute} {time.hour} * * {week}"\n'
        f"      timezone: {_yaml(plan.zone)}\n"
        f"  workflow_dispatch:\n"
        f"permissions:\n"
        f"  contents: read\n"
        f"concurrency: {unit(plan)}\n"
        f"jobs:\n"
        f"  summary:\n"
        f"    runs-on: ubuntu-latest\n"
        f"    defaults:\n"
        f"      run:\n"
        f"        shell: bash\n"
        f"    env:\n"
        f"      MARKETMOVE_TO: ${{{{ secrets.MARKETMOVE_TO }}}}\n"
        f"    steps:\n"
        f"      - uses: actions/checkout@v4\n"
        f"      - uses: actions/setup-python@v5\n"
        f"        with:\n"
        f'          python-version: "3.13"\n'
        f"      - uses: actions/cache@v4\n"
        f"        with:\n"
        f"          path: |\n{''.join(f'            {path}' + chr(10) for path in kept)}"
        f"          key: {unit(plan)}-${{{{ github.run_id }}}}\n"
        f"          restore-keys: {unit(plan)}-\n"
        f"      - run: pip install 'marketmove[notify]' && mkdir -p {_KEPT}\n"
        f"{fetch}"
        f"      - run: {_yaml(f'{summary} {page}')}\n"
    )


def launchd(plan: SchedulePlan) -> str:
    """Write a property list for launchd, by the clock of the machine."""
    time, days = plan.starts()
    label = unit(plan)
    log = f'exec >> "$HOME/Library/Logs/{label}.log" 2>&1'
    commands = [shlex.join(writable(words)) for words in (plan.fetch, plan.command) if words]
    job = {
        "Label": label,
        "ProgramArguments": ["/bin/sh", "-c", "; ".join([log, *commands])],
        "StartCalendarInterval": [
            {"Weekday": (day + 1) % 7, "Hour": time.hour, "Minute": time.minute} for day in days
        ],
    }
    clock = f"launchd goes by the clock of the machine, here {plan.zone}, by which that is"
    install = (
        f"Save it as ~/Library/LaunchAgents/{label}.plist, then: launchctl bootstrap gui/$(id -u)"
        f" ~/Library/LaunchAgents/{label}.plist. It runs while you are logged in, and after a sleep"
        f" makes up for what it missed. What it prints is added to ~/Library/Logs/{label}.log."
    )
    said = [heading(plan), f"{who(plan)}; {clock} {when(plan)}.", *_comments(plan), install]
    first, second, *rest = plistlib.dumps(job, sort_keys=False).decode().splitlines()
    return "\n".join([first, second, "<!--", *_wrapped(said), "-->", *rest, ""])


def windows(plan: SchedulePlan) -> str:
    """Write commands of PowerShell that enter a task in the Task Scheduler of Windows."""
    time, days = plan.starts()
    actions = "".join(
        f"    New-ScheduledTaskAction -Execute {_quoted(program)}"
        f" -Argument {_quoted(subprocess.list2cmdline(rest))}\n"
        for program, *rest in (writable(words) for words in (plan.fetch, plan.command) if words)
    )
    clock = f"the task goes by the clock of the machine, here {plan.zone}, by which that is"
    install = (
        "Paste it into PowerShell. It runs while you are logged in; what it missed it makes up for."
        " What it prints is kept nowhere: say in the configuration where it is delivered (to:)."
    )
    return (
        f"{comment(heading(plan))}{comment(f'{who(plan)}; {clock} {when(plan)}.')}{gaps(plan)}"
        f"{fetches(plan)}{comment(ONCE)}{comment(install)}"
        f"$actions = @(\n{actions})\n"
        f"$trigger = New-ScheduledTaskTrigger -Weekly -At '{time:%H:%M}'"
        f" -DaysOfWeek {','.join(_WEEKDAYS[day] for day in days)}\n"
        f"$settings = New-ScheduledTaskSettingsSet -StartWhenAvailable\n"
        f"Register-ScheduledTask -TaskName {_quoted(unit(plan))} -Action $actions"
        f" -Trigger $trigger -Settings $settings\n"
    )


def _in_clone(words: Sequence[str], command: str) -> str:
    """A command as a workflow runs it: the program by its name, the configuration in the clone."""
    after = list(writable(words))[words.index(command, 1) :]
    if "--config" in after:
        place = after.index("--config", 1) + 1
        after[place] = re.split(r"[/\\]", after[place])[-1]
    if stray := next((word for word in after if "${{" in word), None):
        text = f"{stray}: GitHub would read the ${{{{ in that; rename it"
        raise WrongUsageError.at(None, text)
    return shlex.join(["marketmove", *after])


def _yaml(text: str) -> str:
    return json.dumps(text)


def _quoted(text: str) -> str:
    """A text between the quotes of PowerShell, which takes the curved ones for quotes as well."""
    return "'" + re.sub("(['\u2018\u2019\u201a\u201b])", r"\1\1", text) + "'"


def _comments(plan: SchedulePlan) -> list[str]:
    """What else is said, as sentences."""
    marked = f"{gaps(plan)}{fetches(plan)}{comment(ONCE)}".splitlines()
    return [" ".join(line.removeprefix("# ") for line in marked)]


def _wrapped(said: Sequence[str]) -> list[str]:
    """Lines for a comment of XML, in which no two hyphens stand beside each other."""
    return [
        line
        for text in said
        for line in textwrap.wrap(text.replace("--", ""), 98, break_long_words=False)
    ]
