"""The options of `check`."""

from __future__ import annotations

import datetime as dt
from typing import Annotated

import typer

from marketmove.cli import arguments
from marketmove.cli.app import app
from marketmove.cli.options import (
    AllOption,
    AsciiOption,
    CheckFormat,
    ConfigOption,
    DateFormatOption,
    DecimalOption,
    EncodingOption,
    ExplainOption,
    OutputOption,
    SymbolOption,
)
from marketmove.cli.settings import settings_of, specs_of
from marketmove.cli.terminal import emit, render_options
from marketmove.errors import ExitStatus

_CHECK_HELP = (
    "Say what is wrong with closes: with file and line, the worst first."
    "\n\nErrors cannot be right, and end with status 1: cells that cannot be read, two closes for a"
    " date, closes outside their low and high. Suspicions may be: repeats, gaps, jumps, weekends."
)


@app.command("check", help=_CHECK_HELP)
def _check(
    files: Annotated[
        list[str] | None,
        typer.Argument(metavar="[FILE...|-]", help="Files or folders; - is standard input."),
    ] = None,
    symbol: SymbolOption = None,
    decimal: DecimalOption = None,
    date_format: DateFormatOption = None,
    encoding: EncodingOption = None,
    output_format: Annotated[
        CheckFormat, typer.Option("--format", "-f", help="How to write it.")
    ] = "table",
    output: OutputOption = None,
    ascii_only: AsciiOption = False,
    everything: AllOption = False,
    explain: ExplainOption = False,
    strict: Annotated[
        bool, typer.Option("--strict", help="End with status 1 for suspicions too.")
    ] = False,
    config: ConfigOption = None,
) -> None:
    specs = specs_of(arguments.paths(files or []))
    reading = arguments.reading(symbol, decimal, date_format, encoding)
    settings = settings_of(config)

    from marketmove.commands.check import check
    from marketmove.render.check import FORMATS

    report = check(specs, reading, settings, dt.date.today())  # noqa: DTZ011 - the typist's own day
    look = render_options(output, "none", ascii_only)._replace(
        everything=everything, explain=explain
    )
    emit(FORMATS[output_format](report, look), output, output_format == "table")
    if report.errors or (strict and report.findings):
        raise typer.Exit(ExitStatus.FOUND)
