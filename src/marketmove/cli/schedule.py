"""The options of `schedule`."""

from __future__ import annotations

from typing import Annotated, Literal

from marketmove.cli import arguments, environment
from marketmove.cli.options import ConfigOption, OutputOption, what_option
from marketmove.cli.terminal import emit, say
from marketmove.errors import Problem


def schedule(
    scheduler: Annotated[
        Literal["cron", "systemd", "github", "launchd", "windows"],
        what_option("--print", metavar="SCHEDULER", help="What is to run it."),
    ],
    region: Annotated[
        str | None,
        what_option(
            "--region",
            "--group",
            "-g",
            metavar="GROUP|all",
            help="A region, another group, or all.",
            show_default="all of your closes",
        ),
    ] = None,
    after: Annotated[
        int, what_option(min=0, max=1440, metavar="MINUTES", help="How long after the close.")
    ] = 30,
    zone: Annotated[
        str | None,
        what_option(
            metavar="ZONE",
            help="The clock to tell the time by: else this machine's, or an exchange's for those"
            " that know it (systemd, github).",
        ),
    ] = None,
    output: OutputOption = None,
    config: ConfigOption = None,
) -> None:
    """Print the lines that run the summary by themselves, after the last close of your closes.

    Cron, launchd and Windows know one clock: the time is the latest that the close has on it over
    the year. The timer of systemd and GitHub Actions are told the zone. The exchanges are those of
    your closes (levels: or feeds:), of a region those of it. Nothing is installed; the comments
    say how to.

    $ marketmove schedule --group asia --print cron
    $ marketmove schedule --group europe --print systemd --after 45
    $ marketmove schedule --group my-own --print cron --zone Europe/Berlin
    """
    clock = None if zone is None else arguments.zone(zone)
    settings = environment.settings(config)

    from marketmove.commands import schedule as command
    from marketmove.market.groups import Group
    from marketmove.render.schedule import FORMATS

    asked: Group | None = None
    if region and region.casefold() == command.ALL and command.ALL not in settings.groups:
        asked = Group(command.ALL, tuple(settings.registry.indices))
    elif region is not None:
        (asked,) = arguments.groups([region], settings)
    group, own = command.group_of_own(asked, settings)
    if clock is None and scheduler in {"cron", "launchd", "windows"}:
        clock = environment.machine_zone()
    place, _ = environment.config_file(config)
    line = command.summary_command(
        environment.this_program(), group.name, place and place.absolute()
    )
    # From today on the year counts.
    fetch = command.fetch_command(
        environment.this_program(), group, settings, place and place.absolute()
    )
    plan = command.schedule(group, settings, line, clock, after, environment.today(), fetch, own)
    if not (settings.levels or fetch):
        text = "no closes are named for it: set levels: or feeds: in a configuration"
        say([Problem(None, f"warning: {text} (marketmove init)")])
    elif settings.levels and fetch:
        text = "the summary reads the files of levels:, and not what feeds: bring into the archive"
        say([Problem(None, f"warning: {text}")])
    emit(FORMATS[scheduler](plan), output, people=False)
