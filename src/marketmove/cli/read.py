"""The options of `read`."""

from __future__ import annotations

from typing import Annotated, Literal

import typer

from marketmove.cli import arguments, environment
from marketmove.cli import options as shared
from marketmove.cli.terminal import emit, render_options, warn
from marketmove.sources.block import read_options


def read(
    *,
    file: Annotated[
        str, typer.Argument(metavar="FILE|-", help="A market report; - is standard input.")
    ],
    date: Annotated[
        str | None, typer.Option(metavar="DATE", help="The day that the report is of.")
    ] = None,
    everything: Annotated[
        bool,
        typer.Option("--all", help="Also what is no session's move: within it, week, futures."),
    ] = False,
    encoding: Annotated[
        str | None,
        typer.Option(help="The encoding of the file, such as gb18030, where it is open."),
    ] = None,
    output_format: Annotated[
        Literal["table", "yaml", "csv", "json"],
        typer.Option("--format", "-f", help="How to write it."),
    ] = "table",
    output: shared.OutputOption = None,
    ascii_only: shared.AsciiOption = False,
    quiet: shared.QuietOption = False,
    config: shared.ConfigOption = None,
) -> None:
    """Read the figures of a market report in prose: text, HTML or Markdown, in ten languages.

    A figure is sure if a session's level stands there with a change that fits it. What is no
    session's move, such as a level within the session or the change of a week, is left out.
    --format yaml writes what verify and session take.
    """
    (report,) = arguments.specs([file])
    when = None if date is None else arguments.plain_date(date, "--date")
    checked = read_options(None, None, None, encoding)
    settings = environment.settings(config)

    from marketmove.commands import read as command
    from marketmove.render.read import FORMATS

    found = command.read(command.ReadRequest(report, when, checked.encoding, everything, settings))
    people = output_format == "table"
    warn(found.warnings, output, people, quiet)
    emit(FORMATS[output_format](found, render_options(output, "none", ascii_only)), output, people)
