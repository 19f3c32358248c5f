"""The options of `schedule`."""

from __future__ import annotations

from typing import Annotated, Literal

from marketmove.cli import arguments, environment
from marketmove.cli.options import ConfigOption, OutputOption, what_option
from marketmove.cli.terminal import emit, say
from marketmove.errors import Problem


def schedule(
    region: Annotated[
        str,
        what_option(
            "--region", "--group", "-g", metavar="GROUP", help="A region, or another group."
        ),
    ],
    scheduler: Annotated[
        Literal["cron", "systemd"],
        what_option("--print", metavar="SCHEDULER", help="What is to run it."),
    ],
    after: Annotated[
        int, what_option(min=0, max=1440, metavar="MINUTES", help="How long after the close.")
    ] = 30,
    zone: Annotated[
        str | None,
        what_option(
            metavar="ZONE",
            help="The clock to tell the time by, such as Europe/Berlin; else this machine's, for"
            " systemd an exchange's.",
        ),
    ] = None,
    output: OutputOption = None,
    config: ConfigOption = None,
) -> None:
    """Print the lines that run a summary by themselves.

    It runs after the last close of a region. Cron knows one clock: the time is the latest that the
    close has on it over the year. The timer of systemd is told the zone. Nothing is installed; the
    comments say how to.

    $ marketmove schedule --region asia --print cron
    $ marketmove schedule --region europe --print systemd --after 45
    $ marketmove schedule --group my-own --print cron --zone Europe/Berlin
    """
    clock = None if zone is None else arguments.zone(zone)
    settings = environment.settings(config)
    (group,) = arguments.groups([region], settings)
    if clock is None and scheduler == "cron":
        clock = environment.machine_zone()

    from marketmove.commands import schedule as command
    from marketmove.render.schedule import FORMATS

    place, _ = environment.config_file(config)
    line = command.summary_command(
        environment.this_program(), group.name, place and place.absolute()
    )
    # From today on the year counts.
    fetch = command.fetch_command(
        environment.this_program(), group, settings, place and place.absolute()
    )
    plan = command.schedule(group, settings, line, clock, after, environment.today(), fetch)
    if not (settings.levels or fetch):
        text = "no closes are named for it: set levels: or feeds: in a configuration"
        say([Problem(None, f"warning: {text} (marketmove init)")])
    elif settings.levels and fetch:
        text = "the summary reads the files of levels:, and not what feeds: bring into the archive"
        say([Problem(None, f"warning: {text}")])
    emit(FORMATS[scheduler](plan), output, people=False)
