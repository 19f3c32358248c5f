"""The options of `schedule`."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal

import typer

from marketmove.cli import arguments
from marketmove.cli.app import app
from marketmove.cli.machine import machine_zone, this_program
from marketmove.cli.options import ConfigOption, OutputOption
from marketmove.cli.settings import groups_of, settings_of
from marketmove.cli.terminal import config_file, emit, say
from marketmove.errors import Problem

_SCHEDULE_HELP = (
    "Print the lines that run the summary of a region by themselves, after its last close."
    "\n\nCron knows one clock: the time is the latest that the close has on it over the year. The"
    " timer of systemd is told the zone. Nothing is installed; the comments say how to."
)


@app.command("schedule", help=_SCHEDULE_HELP)
def _schedule(
    region: Annotated[
        str,
        typer.Option(
            "--region", "--group", "-g", metavar="GROUP", help="A region, or another group."
        ),
    ],
    scheduler: Annotated[
        Literal["cron", "systemd"], typer.Option("--print", help="What is to run it.")
    ],
    after: Annotated[
        int, typer.Option(min=0, max=1440, metavar="MINUTES", help="How long after the close.")
    ] = 30,
    zone: Annotated[
        str | None,
        typer.Option(
            metavar="ZONE",
            help="The clock to tell the time by: else this machine's, for systemd an exchange's.",
        ),
    ] = None,
    output: OutputOption = None,
    config: ConfigOption = None,
) -> None:
    clock = None if zone is None else arguments.zone(zone)
    settings = settings_of(config)
    (group,) = groups_of([region], settings)
    if clock is None and scheduler == "cron":
        clock = machine_zone()

    from marketmove.commands.schedule import schedule, summary_command
    from marketmove.render.schedule import FORMATS

    place, _ = config_file(config)
    command = summary_command(this_program(), group.name, place and place.absolute())
    today = dt.date.today()  # noqa: DTZ011 - from which day on the year counts
    plan = schedule(group, settings, command, clock, after, today)
    if not settings.levels:
        text = "no closes are named for it: set levels: in a configuration (marketmove init)"
        say([Problem(None, f"warning: {text}")])
    emit(FORMATS[scheduler](plan), output, people=False)
