"""The options of `verify`."""

from __future__ import annotations

from typing import Annotated

import typer

from marketmove.cli import arguments
from marketmove.cli.app import app
from marketmove.cli.options import (
    AsciiOption,
    ConfigOption,
    DateFormatOption,
    DecimalOption,
    EncodingOption,
    GroupOption,
    IndexOption,
    LevelsOption,
    OutputOption,
    QuietOption,
    SymbolOption,
    VerifyFormat,
)
from marketmove.cli.settings import groups_of, settings_of, specs_of
from marketmove.cli.terminal import emit, render_options, same_terminal, say
from marketmove.errors import ExitStatus, Problem

_VERIFY_HELP = (
    "Hold published figures against closes: which agree, which do not, and which date they fit."
    "\n\nA figure agrees if it is what the closes give, rounded half away from zero to the digits"
    " that were printed. Ends with status 1 if one disagrees, is for a date without a session, or"
    " is that of another date; with 4 if not one can be checked."
)


@app.command("verify", help=_VERIFY_HELP)
def _verify(
    file: Annotated[
        str, typer.Argument(metavar="FILE|-", help="Published figures; - is standard input.")
    ],
    levels: LevelsOption = None,
    index: IndexOption = None,
    group: GroupOption = None,
    symbol: SymbolOption = None,
    decimal: DecimalOption = None,
    date_format: DateFormatOption = None,
    encoding: EncodingOption = None,
    output_format: Annotated[
        VerifyFormat, typer.Option("--format", "-f", help="How to write it.")
    ] = "table",
    output: OutputOption = None,
    ascii_only: AsciiOption = False,
    quiet: QuietOption = False,
    config: ConfigOption = None,
) -> None:
    published, *closes = specs_of(arguments.paths([file, *(levels or [])]))
    reading = arguments.reading(symbol, decimal, date_format, encoding)
    settings = settings_of(config)

    from marketmove.commands.verify import VerifyRequest, verify
    from marketmove.render.verify import FORMATS

    groups = groups_of(group or (), settings)
    report = verify(
        VerifyRequest(published, tuple(closes), tuple(index or ()), reading, settings, groups)
    )
    seen = output_format == "table" and output is None and same_terminal()
    if not (quiet or seen):
        say(Problem(remark.place, f"warning: {remark.text}") for remark in report.warnings)
    text = FORMATS[output_format](report, render_options(output, "none", ascii_only))
    emit(text, output, output_format == "table")
    if report.found:
        raise typer.Exit(ExitStatus.FOUND)
    if not report.checked:
        say([Problem(None, "not one figure can be checked")])
        raise typer.Exit(ExitStatus.NO_SESSION)
