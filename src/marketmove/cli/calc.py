"""The options of `calc`."""

from __future__ import annotations

from typing import Annotated

import typer

from marketmove.cli.app import app
from marketmove.cli.options import (
    AsciiOption,
    CalcFormat,
    OutputOption,
)
from marketmove.cli.terminal import emit, render_options

_CALC_HELP = (
    "Work out the third of close, prior close and percent, and the change in points."
    "\n\nGive two of --close, --prior and --pct. Two levels are exact. A percent was rounded"
    " to the digits it has, and so was the level beside it: what follows has an interval."
)


@app.command("calc", help=_CALC_HELP)
def _calc(
    close: Annotated[str | None, typer.Option(help="The close, such as 22,579.05.")] = None,
    prior: Annotated[str | None, typer.Option(help="The prior close.")] = None,
    pct: Annotated[str | None, typer.Option(help="The change in percent, such as +3.51.")] = None,
    output_format: Annotated[
        CalcFormat, typer.Option("--format", "-f", help="How to write it.")
    ] = "table",
    output: OutputOption = None,
    ascii_only: AsciiOption = False,
) -> None:
    from marketmove.commands.calc import calc
    from marketmove.render.calc import FORMATS

    text = FORMATS[output_format](
        calc(close, prior, pct), render_options(output, "none", ascii_only)
    )
    emit(text, output, output_format == "table")
