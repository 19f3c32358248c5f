"""The options of `fetch`."""

from __future__ import annotations

import sys
import threading
from typing import TYPE_CHECKING, Annotated, Literal

from marketmove.cli import arguments, environment
from marketmove.cli import options as shared
from marketmove.cli.terminal import emit, render_options, say, stderr_is_terminal
from marketmove.errors import ExitStatus, Problem, WrongUsageError

if TYPE_CHECKING:
    from collections.abc import Callable

    from marketmove.feeds.fetching import Tried


def fetch(
    *,
    indices: shared.SymbolsArgument = None,
    group: shared.GroupOption = None,
    since: Annotated[
        str | None,
        shared.what_option(
            "--from",
            metavar="DATE",
            help="The first date to ask for; else the last ten sessions that are there again,"
            " or about 400 days where none is.",
        ),
    ] = None,
    feed: Annotated[
        str | None, shared.what_option(metavar="NAME", help="Only this feed, or this plug-in.")
    ] = None,
    explain: Annotated[
        bool, shared.output_option("--explain", help="Say how answers are read; store nothing.")
    ] = False,
    as_of: Annotated[
        str,
        shared.what_option(
            metavar="MOMENT|now",
            help="Store closes that were final at a moment such as 2025-02-14T18:00+08:00.",
        ),
    ] = "now",
    output_format: Annotated[
        Literal["table", "json"],
        shared.output_option("--format", "-f", metavar="FORMAT", help="How to write it."),
    ] = "table",
    timeout: Annotated[
        int,
        shared.what_option(
            metavar="SECONDS", min=1, max=3_600, help="How long one answer may take."
        ),
    ] = 60,
    quiet: Annotated[
        bool,
        shared.output_option("--quiet", "-q", help="Only say what is not current, on stderr."),
    ] = False,
    ascii_only: shared.AsciiOption = False,
    config: shared.ConfigOption = None,
) -> ExitStatus:
    """Fetch closes from your feeds into the archive.

    The feeds are those of the configuration; every command reads the archive. Only final closes
    are stored: of a session that is over, on its own date, of the index asked for. Whatever is
    left out or has changed is named. Ends with 0 if all indices have their newest close, 6 if
    some lack it, 3 if all do.

    $ marketmove fetch
    $ marketmove fetch HSI N225 --from 2025-01-01
    $ marketmove fetch --group asia --explain
    """
    settings = environment.settings(config)
    first = None if since is None else arguments.session_date(since, environment.today())
    if first == "latest":
        raise WrongUsageError.at(None, "--from is latest; expected a date such as 2025-02-04")

    from marketmove.commands import fetch as command

    request = command.FetchRequest(
        chosen=tuple(indices or ()),
        groups=arguments.groups(group or (), settings),
        config=settings,
        since=first,
        feed=feed,
        explain=explain,
        seconds=timeout,
        as_of=arguments.moment(as_of, environment.now()),
        now=environment.clock,
        plugin=environment.own_process("marketmove.cli.feed_process"),
        environment=environment.of_own_process(),
    )
    report = command.fetch(request, _progress(quiet or not stderr_is_terminal()))

    from marketmove.render.fetch import FORMATS, notes

    people = output_format == "table"
    if not quiet:
        text = FORMATS[output_format](report, render_options(None, "none", ascii_only))
        emit(text, None, people)
    missing = len(report.indices) - report.current
    if missing and (quiet or not people):
        say(Problem(None, text) for text in list(notes(report))[:-1])
    if not missing or explain:
        return ExitStatus.DONE if not missing else ExitStatus.UNDELIVERED
    return ExitStatus.UNDELIVERED if report.current else ExitStatus.BAD_DATA


def _progress(quiet: bool) -> Callable[[str, Tried], None]:
    """What tells a terminal of each feed that was asked."""
    if quiet:
        return lambda _symbol, _tried: None
    from rich.console import Console
    from rich.text import Text

    from marketmove.wording.characters import visible
    from marketmove.wording.fetched import outcome

    console = Console(file=sys.stderr)
    lock = threading.Lock()

    def show(symbol: str, tried: Tried) -> None:
        with lock:
            text = Text.assemble((visible(symbol), "bold"), f"  {visible(tried.feed)}  ")
            text.append(visible(outcome(tried)), style="yellow" if tried.failure else "dim")
            console.print(text, soft_wrap=True)

    return show
